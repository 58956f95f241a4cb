"""What it costs to keep and to publish the week of a ministry: 2,400 lessons, a fifth aired again.

Beside it one airing that loses its hour, which is what happens on a working day; how long it takes
to find it another is measured elsewhere. Nothing of it asks how many students there are: only
airings are written. The best of three runs counts.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

RUNS: Final = 3
ROUNDS: Final = 500
NOW: Final = datetime(2026, 1, 22, 5, tzinfo=UTC)
FIRST: Final = datetime(2026, 1, 26, 4, tzinfo=UTC)
WEEK: Final = "2026-W05"
_PLACE: Final = "%04d"


def run(record: Callable[..., None]) -> None:
    """Keep and publish a whole week, then one with a moved airing, on SQLite."""
    problem, plan = _week()
    found = [_once(problem, plan) for _ in range(RUNS)]
    for number, name in enumerate(("keep_2400_s", "publish_2400_s", "move_published_s")):
        record(name=f"broadcast.{name}", value=min(one[number] for one in found), unit="s")


def _week() -> tuple[Any, Any]:
    """A timetable that keeps its promises, of lessons with codes as a school's database has them.

    How near it is to the best is another benchmark's: few rounds are enough.
    """
    from broadcast.problem.lesson_ids import lesson_id
    from broadcast.solver.solving import solve
    from tests.broadcast_problems import week_2400

    week = week_2400(iterations=ROUNDS)
    lessons = tuple(
        replace(one, id=lesson_id(_PLACE % n, "kk")) for n, one in enumerate(week.lessons)
    )
    problem = replace(week, lessons=lessons)
    return problem, solve(problem)


def _once(problem: Any, plan: Any) -> tuple[float, float, float]:
    from broadcast.replanning.events import Preempted
    from broadcast.replanning.repairing import repair
    from broadcast.revisions import keep_draft, publish, require_published
    from jetkiz.storage.database import Database
    from jetkiz.storage.schema import upgrade

    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
        upgrade(database)
        with database.write() as connection:
            _write_lessons(connection, len(problem.lessons))
        clock = [time.perf_counter()]
        with database.write() as connection:
            keep_draft(connection, WEEK, problem, plan, NOW)
        clock.append(time.perf_counter())
        with database.write() as connection:
            publish(connection, WEEK, 1, "bench", NOW)
        clock.append(time.perf_counter())
        with database.read() as connection:
            kept = require_published(connection, WEEK)
        first = kept.plan.airings[0]
        match = Preempted((first.channel,), first.start, first.end)
        found = repair(kept.problem, kept.plan, match, NOW)
        clock.append(time.perf_counter())
        with database.write() as connection:
            number = keep_draft(connection, WEEK, found.problem, found.plan, NOW)
            changed = publish(connection, WEEK, number, "bench", NOW)
        clock.append(time.perf_counter())
        database.close()
    if first.id not in changed:
        raise AssertionError(f"{first.id} has lost its hour, and nothing of it changed")
    return clock[1] - clock[0], clock[2] - clock[1], clock[4] - clock[3]


def _write_lessons(connection: Any, count: int) -> None:
    from jetkiz.lessons.tables import lesson

    row = {"language": "kk", "week": WEEK, "day": FIRST.date(), "subject": "math", "title": "x"}
    row |= {"kind": "text", "minutes": 15, "needs_picture": True, "weight": 1.0, "text": "x"}
    row |= {"licence": {"name": "x"}, "content_hash": "0" * 64, "imported_at": NOW, "place": 1}
    connection.execute(lesson.insert(), [row | {"code": _PLACE % n} for n in range(count)])
