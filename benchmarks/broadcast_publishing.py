"""What it costs to keep and to publish the week of a ministry: 2,400 lessons, a fifth aired again.

Beside it one moved airing, which is what happens on a working day. Nothing of it asks how many
students there are: only airings are written. The best of three runs counts.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

RUNS: Final = 3
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
    """Lessons with codes as a school's database has them, one after another on each channel."""
    from broadcast.plan.model import AiringKind, Plan, PlannedAiring, Solver
    from broadcast.problem.lesson_ids import lesson_id
    from tests.broadcast_problems import week_2400

    week = week_2400()
    lessons = tuple(
        replace(one, id=lesson_id(_PLACE % n, "kk")) for n, one in enumerate(week.lessons)
    )
    channels = [one.id for one in week.channels]
    airings = []
    for n, one in enumerate(lessons):
        slot, channel = divmod(n, len(channels))
        start = FIRST + timedelta(minutes=15 * slot)
        first = PlannedAiring(f"{one.id}.1", one.id, channels[channel], start, 15)
        airings.append(first)
        if not n % 5:
            later = {"id": f"{one.id}.2", "start": start + timedelta(days=5)}
            airings.append(replace(first, kind=AiringKind.REPEAT, **later))
    plan = Plan(week.meta.id, 1, 0, "", Solver(), tuple(airings))
    return replace(week, lessons=lessons), plan


def _once(problem: Any, plan: Any) -> tuple[float, float, float]:
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
        with database.write() as connection:
            kept = require_published(connection, WEEK)
            first, *others = kept.plan.airings
            moved = replace(first, start=first.start + timedelta(hours=2))
            later = replace(kept.plan, parent=kept.revision, airings=(moved, *others))
            number = keep_draft(connection, WEEK, kept.problem, later, NOW)
            changed = publish(connection, WEEK, number, "bench", NOW)
        clock.append(time.perf_counter())
        database.close()
    if len(changed) != 1:
        raise AssertionError(f"one airing was moved, {len(changed)} changed")
    return clock[1] - clock[0], clock[2] - clock[1], clock[3] - clock[2]


def _write_lessons(connection: Any, count: int) -> None:
    from jetkiz.lessons.tables import lesson

    row = {"language": "kk", "week": WEEK, "day": FIRST.date(), "subject": "math", "title": "x"}
    row |= {"kind": "text", "minutes": 15, "needs_picture": True, "weight": 1.0, "text": "x"}
    row |= {"licence": {"name": "x"}, "content_hash": "0" * 64, "imported_at": NOW, "place": 1}
    connection.execute(lesson.insert(), [row | {"code": _PLACE % n} for n in range(count)])
