"""How the sample school's coordinator plans the week: make, look, publish."""

from datetime import datetime
from typing import Final

from jetkiz.demo.stage import Stage
from jetkiz.demo.week_clock import WEEK
from jetkiz.i18n import N_
from jetkiz.lessons.shelf import read_lessons
from jetkiz.wiring import build_channels
from scheduler.answering import answer_lines, answer_why
from scheduler.asking import plan_lines
from scheduler.dispatch import prepare_week
from scheduler.plan_store import read_lines, run_in_force
from scheduler.planning import Made, make_and_save
from scheduler.publishing import publish_plan

BY: Final = "aigul"


def publish_week(stage: Stage, week: str, now: datetime) -> Made:
    """Plan a week and put the plan into force."""
    workplace = stage.workplace
    # Built anew: whether TV shows a lesson stood open when the program started.
    channels = build_channels(workplace)
    made = make_and_save(workplace.database, channels, week, workplace.settings, now)
    with workplace.database.write() as connection:
        publish_plan(connection, made.run, BY, now)
        prepare_week(connection, channels, week, now)
    return made


def told(stage: Stage, week: str) -> list[str]:
    """Return what there is to say of the plan in force."""
    with stage.workplace.database.read() as connection:
        run = run_in_force(connection, week)
        return plan_lines(run, read_lines(connection, run.id), stage.t)


def plan_the_week(stage: Stage) -> None:
    """Make a plan, let the checker look, publish it, and explain one choice."""
    now = stage.move_to("before thu", "11:00")
    workplace = stage.workplace
    made = publish_week(stage, WEEK, now)
    for line in told(stage, WEEK):
        stage.show(line)
    with workplace.database.read() as connection:
        plans = read_lines(connection, made.run.id)
        run = run_in_force(connection, WEEK)
        student, number = plans[0].student, plans[0].lessons[0]
        found = answer_why(connection, workplace, run, student, number)
        (about,) = read_lessons(connection, only=[number])
    stage.say(N_("One choice explained:"))
    for line in answer_lines(found, about.title, stage.t):
        stage.show("  " + line)
