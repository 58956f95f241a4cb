"""The commands around revisions: look at a timetable, publish it, note who accepted it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from broadcast.capacity.words import unplaced_line
from broadcast.confirming import confirm_week, read_confirmations
from broadcast.consequences import publish_and_tell, tellers
from broadcast.export_commands import say_outdated
from broadcast.followed_words import say_followed
from broadcast.plan.model import AiringKind, PlannedAiring
from broadcast.problem.model import Problem
from broadcast.revisions import (
    Revision,
    RevisionState,
    no_timetable,
    read_kept,
    read_published,
    read_revisions,
)
from jetkiz.command_line import CommandDesk, SpokenCommand, operator, pass_desk
from jetkiz.i18n import N_, Translator
from jetkiz.storage.workplace import Workplace

STATE_WORDS = {
    RevisionState.DRAFT: N_("draft"),
    RevisionState.PUBLISHED: N_("published"),
    RevisionState.SUPERSEDED: N_("superseded"),
}
KIND_WORDS = {
    AiringKind.FIRST: "",
    AiringKind.REPEAT: N_("again"),
    AiringKind.MAKEUP: N_("instead of what was lost"),
}

_REVISION = click.option(
    "--revision", type=int, help=N_("Number of the revision; the newest if it is left out.")
)


@click.command("show", cls=SpokenCommand, help=N_("Show the timetable of a week."))
@click.argument("week")
@click.option(
    "--revision",
    type=int,
    help=N_("Number of the revision; the one in force if it is left out, or else the newest."),
)
@pass_desk
def show_command(desk: CommandDesk, week: str, revision: int | None) -> None:
    """Print the airings by channel and time."""
    with desk.workplace.database.read() as connection:
        kept = read_published(connection, week) if revision is None else None
        kept = kept or read_kept(connection, week, revision)
    desk.say(
        N_("Timetable of week {week}, revision {revision} ({state})."),
        week=week,
        revision=kept.revision,
        state=desk.t(STATE_WORDS[kept.state]),
    )
    for one in sorted(kept.plan.airings, key=lambda a: (a.channel, a.start)):
        if one.stands:
            click.echo(_line(kept.problem, one, desk.t))
    for left in kept.plan.unplaced:
        click.echo(unplaced_line(left.lesson, left.reason, left.facts, desk.t))


def _line(problem: Problem, one: PlannedAiring, t: Translator) -> str:
    channel = next(c for c in problem.channels if c.id == one.channel)
    lesson = next(found for found in problem.lessons if found.id == one.lesson)
    stream = next(found for found in problem.streams if found.id == lesson.stream)
    local = one.start.astimezone(ZoneInfo(channel.zone))
    grades = ", ".join(map(str, stream.grades))
    title = lesson.titles.get(stream.language) or lesson.id
    again = f" ({t(KIND_WORDS[one.kind])})" if KIND_WORDS[one.kind] else ""
    return f"{one.channel:10} {local:%Y-%m-%d %H:%M} {one.minutes:3} [{grades}] {title}{again}"


@click.command("revisions", cls=SpokenCommand, help=N_("List the revisions of a week's timetable."))
@click.argument("week")
@pass_desk
def revisions_command(desk: CommandDesk, week: str) -> None:
    """Print one line a revision: its state, what it came from, who made and published it."""
    with desk.workplace.database.read() as connection:
        history = read_revisions(connection, week)
        confirmed = read_confirmations(connection, week)
    if not history:
        raise no_timetable(week)
    for one in history:
        desk.say(
            N_("{revision}  {state}, made {made} by {by}"),
            revision=one.revision,
            state=desk.t(STATE_WORDS[one.state]),
            made=_local(desk.workplace, one.made_at),
            by=one.made_by or "jetkiz",
        )
        _say_history(desk, one)
        for (number, channel), at in sorted(confirmed.items()):
            if number == one.revision:
                when = _local(desk.workplace, at)
                desk.say(N_("   accepted by {channel} {when}"), channel=channel, when=when)


def _say_history(desk: CommandDesk, one: Revision) -> None:
    if one.parent:
        desk.say(N_("   made from revision {parent}"), parent=one.parent)
    if one.published_at:
        when = _local(desk.workplace, one.published_at)
        desk.say(N_("   published {when} by {by}"), when=when, by=one.published_by)


def _local(workplace: Workplace, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(workplace.settings.zone)):%Y-%m-%d %H:%M}"


@click.command(
    "publish", cls=SpokenCommand, help=N_("Put a draft in force for families and broadcasters.")
)
@click.argument("week")
@_REVISION
@pass_desk
def publish_command(desk: CommandDesk, week: str, revision: int | None) -> None:
    """Publish the newest draft, or the one that is named."""
    workplace = desk.workplace
    with workplace.database.write() as connection:
        kept = read_kept(connection, week, revision)
        number = kept.revision
        who_and_when = operator(), workplace.clock()
        changed, found = publish_and_tell(
            connection, tellers(workplace), week, number, who_and_when
        )
        say_followed(desk, connection, week, found)
    if kept.state == RevisionState.PUBLISHED:
        desk.say(N_("Revision {revision} is in force already."), revision=number)
        say_outdated(desk, week, number)
        return
    desk.say(
        N_("Revision {revision} of week {week} is in force: {n} airings are new or have changed."),
        revision=number,
        week=week,
        n=len(changed),
    )
    desk.say(N_("Files for broadcasters and families: jetkiz timetable export {week}"), week=week)
    say_outdated(desk, week, number)


@click.command("confirm", cls=SpokenCommand, help=N_("Note that a broadcaster accepted it."))
@click.argument("week")
@click.option(
    "--channel",
    "channels",
    multiple=True,
    help=N_("Key of a channel that accepted it; all of them if it is left out."),
)
@pass_desk
def confirm_command(desk: CommandDesk, week: str, channels: tuple[str, ...]) -> None:
    """Record the acceptance."""
    workplace = desk.workplace
    with workplace.database.write() as connection:
        new = confirm_week(connection, week, operator(), workplace.clock(), channels)
    desk.say(N_("The broadcaster accepted the timetable: {n} lessons of students."), n=new)
