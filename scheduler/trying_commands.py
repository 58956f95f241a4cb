"""What ``plan whatif`` does: try other capacities, say what would be, keep nothing."""

import click

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.kept_problem import read_kept_problem
from scheduler.model import PlanProblem
from scheduler.plan_store import PlanRun, run_in_force
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
