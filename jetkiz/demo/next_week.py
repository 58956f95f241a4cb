"""What the sample school does for the next week: one lesson for all, and what teachers said."""

from importlib import resources
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.demo.planning import publish_week, told
from jetkiz.demo.stage import Stage
from jetkiz.i18n import N_
from jetkiz.lessons.importing import import_lessons
from jetkiz.roster.register import read_households
from print_packs.records import PackRow, read_packs, read_runs
from print_packs.runs.run_files import run_folder
from print_packs.tables import feedback_place

NEXT: Final = "2026-W06"
_LESSONS: Final = resources.files("jetkiz.demo") / "next_week"


def plan_next_week(stage: Stage) -> None:
    """Bring the next week's lesson in and publish its plan; its packs are made on Thursday."""
    now = stage.move_to("wed", "21:00")
    with stage.workplace.database.write() as connection:
        import_lessons(connection, stage.workplace.files, Path(str(_LESSONS)), now=now)
    publish_week(stage, NEXT, now)
    for line in told(stage, NEXT):
        stage.show(line)


def show_earlier_work(stage: Stage) -> None:
    """Say in which packs of the next week the teachers' words lie, and where to see one."""
    with stage.workplace.database.read() as connection:
        packs = read_packs(connection, week=NEXT)
        inside = _works_inside(connection, packs)
        homes = read_households(connection, {one.household for one in packs})
        runs = {one.id: one for one in read_runs(connection, NEXT)}
    stage.say(
        N_("Packs of week {week}: {n}; in {m} of them lie the marks of {k} works."),
        week=NEXT,
        n=len(packs),
        m=len(inside),
        k=sum(inside.values()),
    )
    fullest = max(packs, key=lambda one: inside.get(one.id, 0))
    folder = run_folder(stage.workplace.settings.data, runs[fullest.run])
    stage.say(
        N_("Look for “Your earlier work” in {file}."),
        file=folder / f"{homes[fullest.household].key}.pdf",
    )


def _works_inside(connection: Connection, packs: list[PackRow]) -> dict[int, int]:
    """Return how many marks each pack brings; packs without any are absent."""
    numbers = {one.name: one.id for one in packs}
    c = feedback_place.c
    found: dict[int, int] = {}
    for name in connection.scalars(select(c.place).where(c.place.in_(numbers))):
        found[numbers[name]] = found.get(numbers[name], 0) + 1
    return found
