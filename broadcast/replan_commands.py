"""The commands for a timetable that something came between: what changes then, and plan B."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from broadcast.consequences import publish_and_tell, tellers
from broadcast.export_commands import say_outdated
from broadcast.followed_words import say_followed
from broadcast.making import reported
from broadcast.plan.model import Plan
from broadcast.plan.reading import read_plan
from broadcast.plan.writing import plan_bytes
from broadcast.problem.model import Problem
from broadcast.problem.moments import day_of
from broadcast.problem.reading import read_problem
from broadcast.problem.soundness import faults_of
from broadcast.problem.writing import problem_bytes, problem_sha256
from broadcast.replanning.changes import ChangeKind
from broadcast.replanning.events import Event
from broadcast.replanning.optimum import fewest_changes
from broadcast.replanning.plan_b import plan_b
from broadcast.replanning.promises import refuse_broken
from broadcast.replanning.repairing import Repaired, repair
from broadcast.replanning.telling import Teller
from broadcast.replanning.typed_events import Typed, typed_event
from broadcast.revisions import keep_draft, read_kept, read_published
from jetkiz.command_line import CommandDesk, SpokenCommand, operator, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import write_whole


@dataclass(frozen=True, slots=True)
class Source:
    """The timetable that is changed: from our database, or from the files of a broadcaster."""

    problem: Problem
    plan: Plan
    now: datetime
    week: str | None = None


_problem_file = click.option(
    "--problem",
    "problem_file",
    type=click.Path(path_type=Path),
    help=N_("File of what was to be aired, instead of our database."),
)
_plan_file = click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help=N_("File of its timetable.")
)


@click.command(
    cls=SpokenCommand, help=N_("Show what follows when hours are lost or lent, and publish it.")
)
@click.argument("week", required=False)
@click.option("--preempt", nargs=3, help=N_("Something else is aired: CHANNELS FROM TO."))
@click.option("--drop-day", nargs=2, help=N_("A day falls out: CHANNELS or LANGUAGE, and DAY."))
@click.option("--window", nargs=2, help=N_('More hours are lent: CHANNEL "DAYS 18:00-20:00".'))
@click.option("--for-repeats", is_flag=True, help=N_("The window is for repeats alone."))
@click.option(
    "--move-match", nargs=5, help=N_("What comes between was moved: CHANNELS FROM TO FROM TO.")
)
@click.option(
    "--missed", is_flag=True, help=N_("Make up for what the log of the air says was lost.")
)
@click.option(
    "--may-move", is_flag=True, help=N_("Let another first run make room where nothing else helps.")
)
@click.option(
    "--optimum",
    "seconds",
    type=click.IntRange(1, 600),
    help=N_("Seconds to look for fewer changes with OR-Tools."),
)
@click.option("--publish", "is_final", is_flag=True, help=N_("Keep the change and publish it."))
@_problem_file
@_plan_file
@click.option(
    "--into", type=click.Path(path_type=Path), help=N_("Folder for the files of the change.")
)
@pass_desk
def change(desk: CommandDesk, /, week: str | None, **given: Any) -> None:
    """Show the changes first; keep them only on demand."""
    source = _source(desk, week, given)
    event = typed_event(source.problem, Typed(**{name: given[name] for name in Typed.NAMES}))
    may_move = given["may_move"]
    found = _found(desk, source, event, given["seconds"], may_move=may_move)
    refuse_broken(source.plan, found, source.problem, source.now)
    _say_changes(desk, found)
    if not found.changes and not found.unplaced:
        desk.say(
            N_("Nothing that is still to come stands in these hours. Look at day and channel.")
        )
    if found.unplaced and not may_move and not given["missed"]:
        desk.say(N_("With --may-move, another first run may make room for what has no hour."))
    if given["into"]:
        _write(desk, found, given["into"])
    if given["is_final"]:
        _publish(desk, source, found)
    elif found.changes and source.week:
        desk.say(N_("Nothing is kept yet. Publish it by repeating this with --publish."))
    elif found.changes and not given["into"]:
        desk.say(N_("Nothing is kept. Take the changed files with --into FOLDER."))


def _found(
    desk: CommandDesk, source: Source, event: Event, seconds: int | None, *, may_move: bool
) -> Repaired:
    """Return the repair at once, or the better one that somebody was ready to wait for."""
    if seconds is None:
        return repair(source.problem, source.plan, event, source.now, may_move=may_move)
    both = fewest_changes(source.problem, source.plan, event, source.now, seconds)
    if both.better is None:
        desk.say(N_("OR-Tools found nothing better than what was there at once:"))
        return both.at_once
    desk.say(N_("At once there was:"))
    _say_sums(desk, both.at_once)
    desk.say(N_("OR-Tools found better:"))
    return both.better


def _source(desk: CommandDesk, week: str | None, given: dict[str, Any]) -> Source:
    problem, plan = given["problem_file"], given["plan_file"]
    if problem and plan:
        return Source(
            read_problem(_content(problem), problem.name),
            read_plan(_content(plan), plan.name),
            desk.clock(),
        )
    if week is None or problem or plan:
        raise JetkizError(
            N_("It is not clear which timetable is meant."),
            N_("Name a week, or both files with --problem and --plan."),
        )
    with desk.workplace.database.read() as connection:
        kept = read_published(connection, week) or read_kept(connection, week)
    return Source(kept.problem, kept.plan, desk.workplace.clock(), week)


def _content(file: Path) -> bytes:
    with _readable(file):
        return file.read_bytes()


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JetkizError(
            N_("The file {file} cannot be read: {reason}."),
            N_("Check its name."),
            file=file,
            reason=error.strerror,
        ) from error


def _say_changes(desk: CommandDesk, found: Repaired) -> None:
    teller = Teller(found.problem, desk.t, desk.settings.language)
    for one in found.changes:
        click.echo(teller.change(one))
    for lost in found.unplaced:
        words = N_("No other hour for {lesson}: {reason}.")
        reason = desk.t(lost.reason, **lost.facts)
        desk.say(words, lesson=teller.lesson(lost.lesson), reason=reason)
    _say_sums(desk, found)


def _say_sums(desk: CommandDesk, found: Repaired) -> None:
    kinds = [one.kind for one in found.changes]
    # What the log says was missed is no change any more, and has no hour all the same.
    lost = {one.lesson for one in found.changes if one.kind is ChangeKind.CANCELLED}
    lost |= {one.lesson for one in found.unplaced}
    desk.say(
        N_(
            "Changes: {n}. Lessons made up for: {made_up}; others moved: {moved};"
            " repeats: {repeats}; without an hour: {lost}."
        ),
        n=len(kinds),
        made_up=kinds.count(ChangeKind.MADE_UP) + kinds.count(ChangeKind.NEW),
        moved=kinds.count(ChangeKind.MOVED),
        lost=len(lost),
        repeats=kinds.count(ChangeKind.DROPPED_REPEAT) + kinds.count(ChangeKind.MOVED_REPEAT),
    )


def _write(desk: CommandDesk, found: Repaired, folder: Path) -> None:
    plan = _with_input(found)
    for name, content in (
        ("problem.json", problem_bytes(found.problem)),
        ("plan.json", plan_bytes(plan, found.problem)),
    ):
        write_whole(folder / name, content)
        desk.say(N_("Written: {file}"), file=folder / name)


def _with_input(found: Repaired) -> Plan:
    plan = replace(found.plan, input_sha256=problem_sha256(found.problem))
    return reported(found.problem, plan) if found.changes else plan


def _publish(desk: CommandDesk, source: Source, found: Repaired) -> None:
    week, now = source.week, source.now
    if week is None:
        raise JetkizError(
            N_("Only a timetable of our database can be published here."),
            N_("Name its week, or take the files with --into FOLDER."),
        )
    if not found.changes:
        desk.say(N_("Nothing changes."))
        return
    for fault in faults_of(found.problem):
        raise fault
    with desk.workplace.database.write() as connection:
        plan = _with_input(found)
        revision = keep_draft(connection, week, found.problem, plan, now, by=operator())
        codes, followed = publish_and_tell(
            connection, tellers(desk.workplace), week, revision, (operator(), now)
        )
        say_followed(desk, connection, week, followed)
    desk.say(
        N_("Revision {revision} is in force: {n} airings changed."), revision=revision, n=len(codes)
    )
    desk.say(N_("Files for broadcasters and families: jetkiz timetable export {week}"), week=week)
    say_outdated(desk, week, revision)


@click.command(
    name="plan-b",
    cls=SpokenCommand,
    help=N_("Show what happens to the lessons of each channel when it falls out for a day."),
)
@click.argument("week", required=False)
@click.option("--channel", "wanted", help=N_("Only this channel."))
@_problem_file
@_plan_file
@pass_desk
def show_plan_b(desk: CommandDesk, /, week: str | None, **given: Any) -> None:
    """Print plan B by channel and day."""
    source = _source(desk, week, given)
    teller = Teller(source.problem, desk.t, desk.settings.language)
    names = {one.id: one.name for one in source.problem.channels}
    is_any = False
    for one in plan_b(source.problem, source.plan, source.now, given["wanted"]):
        is_any = True
        agreed = N_("agreed hours") if one.is_agreed else N_("no hours agreed")
        desk.say(
            N_("When {channel} falls out on {day} ({agreed}):"),
            channel=names[one.channel],
            day=day_of(source.problem, one.day),
            agreed=desk.t(agreed),
        )
        for line in one.changes:
            click.echo(f"  {teller.change(line)}")
        for lost in one.unplaced:
            reason = desk.t(lost.reason, **lost.facts)
            words = N_("No other hour for {lesson}: {reason}.")
            desk.say(words, lesson=teller.lesson(lost.lesson), reason=reason)
    if not is_any:
        desk.say(N_("No lesson of this timetable is still to come: there is nothing to plan for."))
