"""How a school's data is upgraded, copied, put back and examined from the command line."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy.exc import DatabaseError

from jetkiz.command_line import CommandDesk, SpokenGroup, confirm_or_stop, pass_desk
from jetkiz.engine.workers import living_workers
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage import backup as copies
from jetkiz.storage import schema
from jetkiz.storage.database import DamagedError
from jetkiz.storage.file_copies import copy_files
from jetkiz.storage.health import faults_of
from jetkiz.storage.key_health import require_key_of_codes


@click.group(cls=SpokenGroup, help=N_("Upgrade, back up, restore and check the data."))
def database() -> None:
    """Only the subcommands do anything."""


@database.command(help=N_("Bring the tables to the version of this program."))
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@pass_desk
def upgrade(desk: CommandDesk, *, yes: bool) -> None:
    """Back up what is there, then upgrade; on a database that is current nothing happens."""
    place = desk.workplace_as_it_is.database
    have, needed = schema.version(place)
    if have is not None and not schema.is_known(have):
        raise schema.newer(have)
    if have is not None and have != needed:
        if place.is_sqlite:
            file = copies.back_up(place, _folder(desk), _now(desk), keep=True)
            desk.say(N_("The data as it was is kept in {file}."), file=file)
        else:
            confirm_or_stop(desk, N_("Is the PostgreSQL database backed up with pg_dump?"), yes=yes)
    schema.upgrade(place)
    desk.say(N_("The database is ready: version {version}."), version=needed)


def _folder(desk: CommandDesk) -> Path:
    return desk.workplace_as_it_is.settings.data / "backups"


def _now(desk: CommandDesk) -> datetime:
    # Files are named by the clock on the school's wall.
    return desk.clock().astimezone(ZoneInfo(desk.settings.zone))


@database.command(help=N_("Copy the data while work goes on, and prove the copy sound."))
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help=N_("Another folder, such as a USB stick: stored files are copied there as well."),
)
@pass_desk
def backup(desk: CommandDesk, to: Path | None) -> None:
    """Copy the database, and to another folder also the files that it names."""
    file = copies.back_up(desk.workplace.database, to or _folder(desk), _now(desk), keep=True)
    desk.say(N_("The copy is sound: {file}"), file=file)
    if to:
        count = copy_files(desk.workplace_as_it_is.files, to / "files")
        desk.say(N_("Stored files that were not there yet: {n} copied."), n=count)
        for name in copies.copy_kept(desk.settings.data, to):
            desk.say(N_("Copied as well: {file}"), file=to / name)
        if desk.workplace_as_it_is.files.has_sealed():
            keys = desk.settings.keys
            desk.say(N_("Not copied, so that nobody has both: the key file {file}."), file=keys)
            desk.say(N_("Keep a copy of it in another place: without it no homework opens."))


@database.command(help=N_("Put a copy in the place of the data."))
@click.argument("copy", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@pass_desk
def restore(desk: CommandDesk, copy: Path, *, yes: bool) -> None:
    """Lay the present database aside and put the copy in its place."""
    place = desk.workplace_as_it_is.database
    _require_rest(desk)
    if place.is_sqlite:
        copies.require_sound(copy)
    confirm_or_stop(
        desk, N_("Everything entered after this copy was made leaves the screen. Go on?"), yes=yes
    )
    aside = copies.restore(place, copy, _now(desk))
    if aside:
        desk.say(N_("The database that was there is kept as {file}."), file=aside)
    _require_keys(desk)
    desk.say(N_("The copy is in place. If it is older than the program: jetkiz database upgrade"))


def _require_keys(desk: CommandDesk) -> None:
    """Homework and codes on another computer need the key: say so before somebody misses it."""
    place = desk.workplace_as_it_is
    files = place.files
    if files.has_sealed():
        files.keys.read()
    with place.database.read() as connection:
        require_key_of_codes(connection, files.keys, desk.clock())


def _require_rest(desk: CommandDesk) -> None:
    """Refuse while a process works on the data; a database too broken to ask is at rest."""
    try:
        with desk.workplace_as_it_is.database.read() as connection:
            alive = living_workers(connection)
    except DamagedError:
        return
    if alive:
        raise JetkizError(
            N_("Jetkiz is running on this data ({workers})."),
            N_("Stop it, wait half a minute, and repeat."),
            workers=", ".join(alive),
        )


@database.command(help=N_("Look for damage, without changing anything."))
@pass_desk
def check(desk: CommandDesk) -> None:
    """Say each fault; status 1 if there is one."""
    schema.require_file(desk.settings.url)
    place = desk.workplace_as_it_is.database
    try:
        faults = faults_of(place)
    except DamagedError as error:
        faults = [str(error.facts["reason"])]
    except DatabaseError as error:
        faults = [str(error.orig).splitlines()[0]]
    for fault in faults:
        click.echo(f"- {fault}")
    if faults:
        raise JetkizError(
            N_("The database is damaged."),
            N_("Stop Jetkiz and put the last copy back: jetkiz database restore COPY"),
        )
    schema.require_current(place)
    desk.say(N_("The database is sound and current."))
