"""The command that writes the files of a week, and what is said of files that are out of date."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from broadcast.export.as_ffplayout import Media
from broadcast.export.writing import FORMATS, PLAIN, Wishes
from broadcast.exporting import Exported, export_week, letters_replaced, outdated
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.i18n import N_

_FEW = 3


@click.command(
    "export", cls=SpokenCommand, help=N_("Write the files for broadcasters and for families.")
)
@click.argument("week")
@click.option(
    "--revision",
    type=int,
    help=N_("Number of a draft to talk about; what is in force if it is left out."),
)
@click.option(
    "--only",
    "formats",
    type=click.Choice(FORMATS),
    multiple=True,
    help=N_("A format; may be said several times. All of them if it is left out."),
)
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    default=(PLAIN,),
    help=N_("Columns of the playlist: a name in the folder profiles of the data, or telvue."),
)
@click.option(
    "--channel",
    "channels",
    multiple=True,
    help=N_("Key of a channel of one broadcaster; may be said several times. Else all of them."),
)
@click.option(
    "--media", default=None, help=N_("Folder of the lessons' files over there, for ffplayout.")
)
@click.option(
    "--ending",
    default=None,
    help=N_("Ending of the lessons' files over there, such as .mp4, for ffplayout."),
)
@pass_desk
def export_command(desk: CommandDesk, /, week: str, revision: int | None, **given: Any) -> None:
    """Write the formats into the data folder."""
    workplace = desk.workplace
    formats, profiles = given["formats"], given["profiles"]
    folder = workplace.settings.data
    wishes = Wishes(
        profiles=profiles,
        folder=folder,
        media=_media(desk, given),
        channels=frozenset(given["channels"]),
    )
    with workplace.database.read() as connection:
        done = export_week(connection, week, folder, revision, wishes, formats)
        has_playlist = not formats or "playlist" in formats
        replaced = letters_replaced(connection, week, revision, wishes) if has_playlist else {}
    _say_done(desk, week, done)
    for name, letters in replaced.items():
        desk.say(
            N_("The encoding of {profile} has no {letters}: the nearest letters stand there."),
            profile=name,
            letters=" ".join(letters),
        )


def _media(desk: CommandDesk, given: dict[str, Any]) -> Media:
    """What is said here wins over the settings."""
    settings = desk.settings
    folder, ending = given["media"], given["ending"]
    return Media(
        settings.playout_folder if folder is None else folder,
        settings.playout_ending if ending is None else ending,
    )


def _say_done(desk: CommandDesk, week: str, done: Exported) -> None:
    for file in done.written:
        desk.say(N_("Written: {file}"), file=file)
    for file in done.gone:
        desk.say(N_("Taken away, for it was of an earlier revision: {file}"), file=file)
    if not done.written:
        desk.say(N_("Nothing was written: no channel of this week names fillers for ffplayout."))
    if done.stale:
        desk.say(
            N_("{n} files there are still of an earlier revision, such as {files}."),
            n=len(done.stale),
            files=_names(done.stale),
        )
        desk.say(N_("All of them anew: jetkiz timetable export {week}"), week=week)


def _names(files: Sequence[Path]) -> str:
    return ", ".join(one.name for one in files[:_FEW])


def say_outdated(desk: CommandDesk, week: str, revision: int) -> None:
    """Name the folders whose files are not of the revision that is in force now."""
    for folder in outdated(desk.settings.data, week, revision):
        desk.say(
            N_(
                "The files in {folder} are of an earlier revision or not all there:"
                " nobody should get them now."
            ),
            folder=folder,
        )
