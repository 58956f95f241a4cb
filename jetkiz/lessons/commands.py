"""The command `jetkiz lessons`: check a folder, bring it in, list a week."""

from collections import defaultdict
from pathlib import Path

import click
from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.i18n import N_
from jetkiz.lessons.audience import left_out_lines
from jetkiz.lessons.importing import (
    LessonProposal,
    LessonsRefusedError,
    compare,
    propose,
    read_lessons_in,
    save,
)
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.report import message_lines


@click.group(cls=SpokenGroup, help=N_("Bring in the lessons of a week."))
def lessons() -> None:
    """Hold the commands together."""


_replace = click.option(
    "--replace-published",
    is_flag=True,
    help=N_("Also change lessons of a published week, for those who have not received them."),
)


@lessons.command("import", help=N_("Check a folder of lessons and bring it in."))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help=N_("Only show; change nothing."))
@_replace
@pass_desk
def import_command(
    desk: CommandDesk, /, folder: Path, *, dry_run: bool, replace_published: bool
) -> None:
    """Read, compare, save, show; nobody waits while the folder is read or a reader scrolls."""
    workplace = desk.workplace
    reading = read_lessons_in(folder)
    begin = workplace.database.read if dry_run else workplace.database.write
    with begin() as connection:
        proposal = compare(connection, reading, replace_published=replace_published)
        is_kept = not dry_run and not proposal.stops
        if is_kept:
            save(connection, workplace.files, proposal, now=desk.clock())
        without = _left_out(connection, desk, proposal) if is_kept else []
    _show(desk, proposal)
    if dry_run or proposal.is_empty:
        desk.say(N_("Nothing was changed."))
    else:
        desk.say(N_("Saved."))
    for line in without:
        click.echo(line)


def _left_out(connection: Connection, desk: CommandDesk, proposal: LessonProposal) -> list[str]:
    """Name the students of the grades just brought in who can read none of it."""
    grades: dict[str, set[int]] = defaultdict(set)
    for one in (*proposal.added, *proposal.changed):
        grades[one.head.week].update(one.head.grades)
    return [
        line
        for week, wanted in sorted(grades.items())
        for line in left_out_lines(connection, week, desk.t, wanted)
    ]


@lessons.command(help=N_("Check a folder of lessons and change nothing."))
@click.argument("folder", type=click.Path(path_type=Path))
@pass_desk
def check(desk: CommandDesk, /, folder: Path) -> None:
    """Read and compare."""
    with desk.workplace.database.read() as connection:
        _show(desk, propose(connection, folder))


def _show(desk: CommandDesk, proposal: LessonProposal) -> None:
    for line in message_lines(desk.t, proposal.messages):
        click.echo(line)
    if proposal.stops:
        raise LessonsRefusedError(proposal)
    desk.say(
        N_("Lessons: {added} added, {changed} changed, {unchanged} unchanged"),
        added=len(proposal.added),
        changed=len(proposal.changed),
        unchanged=proposal.unchanged,
    )


@lessons.command("list", help=N_("List the lessons of a week."))
@click.argument("week")
@pass_desk
def list_command(desk: CommandDesk, /, week: str) -> None:
    """Print a line for each lesson."""
    parse_week(week)
    with desk.workplace.database.read() as connection:
        found = read_lessons(connection, week)
    for lesson in found:
        grades = ",".join(map(str, lesson.grades))
        due = lesson.task.due.isoformat() if lesson.task else "—"
        signed = "  " + desk.t(N_("(sign language)")) if lesson.sign_language else ""
        click.echo(
            f"{lesson.day}  {lesson.order}  {lesson.language}  {grades:12}  "
            f"{due:10}  {lesson.code}  {lesson.title}{signed}"
        )
    desk.say(N_("Lessons in week {week}: {n}"), week=week, n=len(found))
