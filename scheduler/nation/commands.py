"""What the command ``nation make`` does: a nation for rehearsals, benchmarks and simulations."""

from datetime import timedelta
from pathlib import Path

import click

from jetkiz.calendar.school_weeks import parse_week, week_of
from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.i18n import N_
from scheduler.nation.comparing import compare
from scheduler.nation.making import Tally, Wanted, make_nation
from scheduler.nation.population import Population, read_population

COUNTRY = 3_400_000


@click.group(cls=SpokenGroup, help=N_("Draw a nation's week to plan, without a real child in it."))
def nation() -> None:
    """A nation is drawn here; it is planned with ``plan make --problem``."""


@nation.command(help=N_("Draw a nation from the population tables into a folder."))
@click.option("--students", type=int, default=COUNTRY, help=N_("How many students there are."))
@click.option("--seed", type=click.IntRange(0), default=1, help=N_("Equal seeds, equal files."))
@click.option("--week", help=N_("The week, such as 2026-W05; the coming one if none is named."))
@click.option(
    "--tables",
    type=click.Path(file_okay=False, path_type=Path),
    help=N_("Folder with population tables of your own."),
)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help=N_("The folder to write."),
)
@pass_desk
def make(
    desk: CommandDesk,
    /,
    students: int,
    seed: int,
    week: str | None,
    tables: Path | None,
    into: Path,
) -> None:
    """Draw, write, and hold what was drawn against what was published."""
    named = week or week_of(desk.clock().date() + timedelta(days=7))
    parse_week(named)
    population = read_population(tables)

    def progress(count: int) -> None:
        share = 100 * count // students
        click.echo("\r" + desk.t("drawn: {share} %", share=share), err=True, nl=count == students)

    tally = make_nation(into, population, Wanted(students, seed, named), progress)
    desk.say(
        "{students} students in {homes} homes and {schools} schools, week {week}: {folder}",
        students=tally.students,
        homes=tally.homes,
        schools=sum(map(len, tally.schools)),
        week=named,
        folder=into,
    )
    _show_comparison(desk, tally, population)
    desk.say("Plan it with: jetkiz plan make {week} --problem {folder}", week=named, folder=into)


def _show_comparison(desk: CommandDesk, tally: Tally, population: Population) -> None:
    desk.say("Beside what was published (drawn, published, where):")
    for one in compare(tally, population):
        form = "{:.1%}" if one.is_share else "{:.0f}"
        drawn, published = form.format(one.drawn), form.format(one.published)
        click.echo(f"  {desk.t(one.words)}: {drawn}, {published} ({one.source})")
