"""What ``plan whatif`` and ``plan airing`` do: ask a plan what would be, and keep nothing."""

from pathlib import Path

import click

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import write_whole
from scheduler.airing_values import airing_text, airing_values
from scheduler.kept_problem import read_kept_problem
from scheduler.model import PlanProblem
from scheduler.plan_store import PlanRun, read_lines, run_in_force
from scheduler.planning import uses_of
from scheduler.whatif import read_change, what_if, whatif_lines


@click.command(cls=SpokenCommand, help=N_("Say what more or less of something would change."))
@click.argument("week")
@click.option(
    "--capacity",
    "capacities",
    multiple=True,
    required=True,
    help=N_("As in post_money=+50000, print_pages=3000, duty_seats=-20%; may be repeated."),
)
@pass_desk
def whatif(desk: CommandDesk, week: str, capacities: tuple[str, ...]) -> None:
    """Plan with other capacities, from what the plan in force was made of."""
    parse_week(week)
    changes = [read_change(one) for one in capacities]
    _, problem = kept_problem_of(desk, week)
    for line in whatif_lines(what_if(problem, changes), desk.t):
        click.echo(line)


@click.command(cls=SpokenCommand, help=N_("Say which lessons are worth most on TV."))
@click.argument("week")
@click.option(
    "--into",
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("Write the table here; jetkiz timetable make --values reads it."),
)
@pass_desk
def airing(desk: CommandDesk, week: str, into: Path | None) -> None:
    """Weigh every lesson on the air beside the plan in force."""
    parse_week(week)
    run, problem = kept_problem_of(desk, week)
    with desk.workplace.database.read() as connection:
        lines = read_lines(connection, run.id)
    values = airing_values(problem, lines, uses_of(run, problem))
    if not values:
        raise JetkizError(
            N_("Plan {version} of week {week} knows no TV."),
            N_("Switch the channel broadcast on, and make a new plan."),
            version=run.version,
            week=week,
        )
    if into:
        write_whole(into, airing_text(values).encode())
        desk.say("{n} lessons, the most useful on TV first: {file}", n=len(values), file=into)
        return
    for one in values:
        desk.say(
            "{lesson} ({language}): as much as {value:.1f} lessons received; {students} gain.",
            lesson=one.code,
            language=one.language,
            value=one.value,
            students=desk.t.n("{n} student", "{n} students", one.students),
        )


def kept_problem_of(desk: CommandDesk, week: str) -> tuple[PlanRun, PlanProblem]:
    """Return the plan in force, or the newest draft, and what it was made of."""
    with desk.workplace.database.read() as connection:
        run = run_in_force(connection, week)
    kept = read_kept_problem(desk.settings.data, run)
    if kept is None:
        raise JetkizError(
            N_("What plan {version} of week {week} was made of is not kept any more."),
            N_("Make a new plan with: jetkiz plan make {week}."),
            version=run.version,
            week=week,
        )
    return run, kept
