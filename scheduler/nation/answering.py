"""What ``plan make --problem`` says of a nation's plan: coverage, cost, proof, and the seconds."""

from pathlib import Path

import click

from jetkiz.command_line import CommandDesk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.nation.manifest import read_manifest
from scheduler.nation.planning import Planned, plan_nation
from scheduler.nation.solving import solve_nation


def plan_the_folder(
    desk: CommandDesk, week: str, problem: Path, out: Path | None, *, long: bool
) -> None:
    """Plan the week of a folder and say what came out."""
    found = read_manifest(problem).week
    if found != week:
        raise JetkizError(
            N_("The folder {folder} holds week {found}, not {week}."),
            N_("Name the week that lies there, or draw another with: jetkiz nation make."),
            folder=problem,
            found=found,
            week=week,
        )

    def tell(step: str) -> None:
        click.echo(f"{desk.t(step)} ...", err=True)

    today = desk.clock().date()
    made = plan_nation(problem, out or problem / "plan", solve_nation, today, tell, long=long)
    _say(desk, made)


def _say(desk: CommandDesk, made: Planned) -> None:
    report, took = made.outcome.report, made.seconds
    spread = {name: f"{value:.1%}" for name, value in report["expected_received"].items()}
    seconds = {name: f"{value:.1f}" for name, value in took.items()}
    desk.say(
        "{planned} of {lessons} lessons of {students} students have a channel.",
        planned=report["with_channel"],
        lessons=report["lessons"],
        students=report["students"],
    )
    desk.say(
        "Expected to be received: {mean} on average; one in ten gets no more than {p10}, "
        "one in a hundred no more than {p1}.",
        **spread,
    )
    desk.say(
        "It costs {cost} tenge, and no plan could be better by more than {gap}.",
        cost=f"{report['cost_tenge']:.0f}",
        gap=f"{report['gap']:.2%}",
    )
    for one in report["set_aside"]:
        desk.say("A decision by hand cannot be kept: {decision}.", decision=one)
    desk.say("Seconds: read {read}, solve {solve}, check {check}, write {write}.", **seconds)
    desk.say("The plan lies in {folder}.", folder=made.folder)
