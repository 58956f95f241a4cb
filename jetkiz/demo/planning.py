"""How the sample school's coordinator plans the week: make, look, publish."""

from typing import Final

import click

from jetkiz.demo.stage import Stage
from jetkiz.demo.week_clock import WEEK
from jetkiz.i18n import N_
from jetkiz.wiring import build_channels
from scheduler.asking import plan_lines
from scheduler.dispatch import prepare_week
from scheduler.explain import Explainer, explanation_lines
from scheduler.plan_store import read_lines, run_in_force
from scheduler.planning import look_again, make_and_save
from scheduler.publishing import publish_plan

BY: Final = "aigul"


def plan_the_week(stage: Stage) -> None:
    """Make a plan, let the checker look, publish it, and explain one choice."""
    now = stage.move_to("before thu", "11:00")
    workplace = stage.workplace
    # Built anew: whether TV shows a lesson stood open when the program started.
    channels = build_channels(workplace)
    made = make_and_save(workplace.database, channels, WEEK, workplace.settings, now)
    with workplace.database.write() as connection:
        publish_plan(connection, made.run, BY, now)
        prepare_week(connection, channels, WEEK, now)
    with workplace.database.read() as connection:
        plans = read_lines(connection, made.run.id)
        run = run_in_force(connection, WEEK)
        for line in plan_lines(run, plans, stage.t):
            click.echo("    " + line)
        looked = look_again(connection, channels, made.run, workplace.settings)
    stage.say(N_("One choice explained:"))
    student = plans[0].student
    found = Explainer(looked.problem, looked.plan.students).explain(student, plans[0].lessons[0])
    for line in explanation_lines(found, stage.t):
        click.echo("      " + line)
