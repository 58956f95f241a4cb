"""How the sample school's coordinator plans the week: make, look, publish."""

from typing import Final

import click

from jetkiz.demo.stage import Stage
from jetkiz.demo.week_clock import WEEK
from jetkiz.i18n import N_
from jetkiz.lessons.shelf import read_lessons
from jetkiz.wiring import build_channels
from scheduler.answering import answer_lines, answer_why
from scheduler.asking import plan_lines
from scheduler.dispatch import prepare_week
from scheduler.plan_store import read_lines, run_in_force
from scheduler.planning import make_and_save
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
        student, number = plans[0].student, plans[0].lessons[0]
        found = answer_why(connection, workplace, run, student, number)
        (about,) = read_lessons(connection, only=[number])
    stage.say(N_("One choice explained:"))
    for line in answer_lines(found, about.title, stage.t):
        click.echo("      " + line)
