"""The command `jetkiz editions`: lessons as files for screens, and as Braille for an embosser."""

from pathlib import Path

import click

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.whole_files import UnwritableError, write_whole
from print_packs.braille.liblouis import find_liblouis
from print_packs.braille.pages import Size
from print_packs.braille.week import in_braille, readers_of, report_lines, week_file
from print_packs.lessons.screen_edition import screen_edition

_to = click.option(
    "--to", "folder", type=click.Path(path_type=Path), help=N_("Folder for the files.")
)


@click.group(cls=SpokenGroup, help=N_("Make lessons for screens and in Braille."))
def editions() -> None:
    """Hold the commands together."""


@editions.command(help=N_("Write each lesson of a week as a PDF that screen readers can read."))
@click.argument("week")
@_to
@pass_desk
def screen(desk: CommandDesk, /, week: str, folder: Path | None) -> None:
    """Write a file for each lesson; one that cannot be made stops no other."""
    parse_week(week)
    workplace, data = desk.workplace, desk.settings.data
    folder = folder or data / "editions" / week / "screen"
    with workplace.database.read() as connection:
        lessons = read_lessons(connection, week)
    done = 0
    for lesson in lessons:
        try:
            content = screen_edition(lesson, workplace.files, data / "cache" / "lessons")
        except UnwritableError:
            raise
        except JetkizError as error:
            _left_out(desk, lesson.code, error)
            continue
        write_whole(folder / f"{lesson.code}.{lesson.language}.pdf", content)
        done += 1
    desk.say("{n} lessons written to {folder}", n=done, folder=folder)
    if done < len(lessons):
        raise click.exceptions.Exit(1)


@editions.command(help=N_("Write a week in Braille for each child who reads it."))
@click.argument("week")
@_to
@pass_desk
def braille(desk: CommandDesk, /, week: str, folder: Path | None) -> None:
    """Write a file for each child, and one that says what a person has to look at."""
    parse_week(week)
    folder = folder or desk.settings.data / "editions" / week / "braille"
    with desk.workplace.database.read() as connection:
        readers = readers_of(connection, week)
    if not readers:
        desk.say("No child of the roster reads Braille.")
        return
    louis = find_liblouis()
    size = Size(desk.settings.braille_cells, desk.settings.braille_lines)
    done, refused = in_braille({x.id: x for one in readers for x in one.lessons}.values(), louis)
    files = {one.student.id: f"{one.home}-{one.student.id}.brf" for one in readers}
    for one in readers:
        text = week_file(one, done, louis, week, size)
        write_whole(folder / files[one.student.id], text.encode("ascii"))
    report = "\n".join(report_lines(readers, done, refused, files, desk.t)) + "\n"
    write_whole(folder / "report.txt", report.encode())
    for error in refused.values():
        _left_out(desk, "", error)
    desk.say("Files in Braille: {n}, in {folder}", n=len(readers), folder=folder)
    desk.say("report.txt beside them says what a person has to check.")


def _left_out(desk: CommandDesk, code: str, error: JetkizError) -> None:
    said = desk.t.error(error)
    named = said if "code" in error.facts or not code else f"{code}: {said}"
    click.echo(desk.t("Left out: {problem}", problem=named), err=True)
