"""How many bytes a student-week takes in PostgreSQL with all its indexes, and how fast it loads.

A nation of 200,000 with a plan drawn at random: what is stored does not depend on how good it is.
The peer is a table with a row a lesson, filled in the same run, with columns as narrow as ours.
Then a week goes by for some of the students: receipts of every day, in the order of no table.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

STUDENTS = 200_000
LIVING = 20_000
LESSONS = 30
WEEK = "2026-W05"
NOW = datetime(2026, 1, 20, 6, 0, tzinfo=UTC)
TABLES = ("student_week", "plan_template", "curriculum", "curriculum_slot")
# The same facts a lesson: who, which lesson, which way and second way, why, how far it came.
ROW_A_LESSON = """
    CREATE TABLE row_a_lesson (
        student_id integer, school_id integer, run_id integer, lesson_id integer,
        week smallint, attempt smallint, channel smallint, reason smallint,
        fallback smallint, state smallint,
        PRIMARY KEY (week, student_id, attempt, lesson_id)
    );
    CREATE INDEX ON row_a_lesson (week, school_id);
    INSERT INTO row_a_lesson
    SELECT student_id, school_id, 1, lesson, week, attempt, 1, 2, 3, 0
    FROM student_week, generate_series(1, 30) AS lesson WHERE student_id <= 20000
"""


def run(record: Callable[..., None]) -> None:
    """Load into a server of our own, and ask it how big everything is."""
    from tests.postgres_server import running_server

    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        database, seconds = loaded(server, "nation", drawn_outcome(Path(folder) / "n", STUDENTS))
        ours = sizes(database, TABLES, STUDENTS)
        with database.write() as connection:
            connection.exec_driver_sql(ROW_A_LESSON)
        theirs = sum(sizes(database, ("row_a_lesson",), LIVING).values())
        database.close()
        few = drawn_outcome(Path(folder) / "few", LIVING)
        database, _ = loaded(server, "few", few)
        fresh = sizes(database, ("student_week",), LIVING)
        live_through(database, few)
        lived = sizes(database, ("student_week",), LIVING)
        database.close()
    each = sum(ours.values())
    peer = f"one row a lesson, {theirs:.0f} B; {told(ours)}"
    record(
        name="planner.bytes_per_student_week", value=each, unit="B", peer=peer, ratio=each / theirs
    )
    grown = each + sum(lived.values()) - sum(fresh.values())
    peer = f"the same after ten rounds of receipts; {told(lived)}"
    record(name="planner.bytes_per_week_lived", value=grown, unit="B", peer=peer)
    record(name="planner.load_student_weeks_s", value=STUDENTS / seconds, unit="1/s")


def loaded(server: Any, name: str, outcome: Any) -> tuple[Any, float]:
    """Store a plan in a new database; return that and the seconds."""
    from jetkiz.storage.database import Database
    from jetkiz.storage.schema import upgrade
    from scheduler.nation.storing import store_plan

    server.execute(f"CREATE DATABASE {name}")
    database = Database(server.url(name))
    upgrade(database)
    began = time.perf_counter()
    with database.write() as connection:
        store_plan(connection, outcome, "ministry", NOW)
    return database, time.perf_counter() - began


def sizes(database: Any, tables: tuple[str, ...], students: int) -> dict[str, float]:
    """Return the bytes a student of each table and each index, the pages of free space with it."""
    from sqlalchemy import text

    query = text(
        "SELECT relname, pg_total_relation_size(oid) - pg_indexes_size(oid) FROM pg_class"
        " WHERE relname = ANY(:tables) UNION ALL SELECT one.relname, pg_relation_size(one.oid)"
        " FROM pg_index JOIN pg_class one ON one.oid = indexrelid"
        " JOIN pg_class whole ON whole.oid = indrelid WHERE whole.relname = ANY(:tables)"
    )
    with database.read() as connection:
        return {n: s / students for n, s in connection.execute(query, {"tables": list(tables)})}


def told(found: dict[str, float]) -> str:
    """Name what takes a byte or more, the biggest first."""
    ordered = sorted(found.items(), key=lambda one: -one[1])
    return ", ".join(f"{name} {size:.1f}" for name, size in ordered if size >= 1)


def live_through(database: Any, outcome: Any) -> None:
    """Hear of a week: each morning what left, each evening what came of it, home by home."""
    import random

    from jetkiz.delivery.known_bits import Bits, set_bits
    from jetkiz.delivery.states import State

    chance = random.Random(3)
    students = [one for one in outcome.week.students.number.tolist() if chance.random() < 0.93]
    heard = [State.ACKNOWLEDGED] * 9 + [State.DELIVERED] * 5 + [State.FAILED] + [None] * 5
    day = LESSONS // 5
    for number in range(5):
        lessons = (1 << day) - 1 << day * number
        for evening in (False, True):
            chance.shuffle(students)
            for start in range(0, len(students), 1_000):
                bits = Bits()
                for one in students[start : start + 1_000]:
                    place = (WEEK, one, 1)
                    state = chance.choice(heard) if evening else State.DISPATCHED
                    if state:
                        bits.add(place, state, lessons)
                    if evening and chance.random() < 0.4:
                        bits.add(place, State.RETURNED, lessons & lessons << 2)
                    if evening and number and chance.random() < 0.2:
                        bits.add(place, State.MARKED, lessons >> day & lessons >> day - 2)
                with database.write() as connection:
                    set_bits(connection, bits)


def drawn_outcome(folder: Path, students: int) -> Any:
    """Return a plan of a drawn nation with as many distinct weeks as a solved one has."""
    import numpy as np

    from scheduler.nation.compiling import arrays_of
    from scheduler.nation.folder import read_folder
    from scheduler.nation.making import Wanted, make_nation
    from scheduler.nation.plan_arrays import PlanArrays
    from scheduler.nation.plan_folder import Outcome
    from scheduler.nation.population import read_population
    from scheduler.nation.reporting import lines_of
    from scheduler.nation.templates import templates_of

    make_nation(folder, read_population(), Wanted(students, 1, WEEK), lambda _: None)
    about = read_folder(folder)
    week = arrays_of(about)
    chance = np.random.default_rng(1)
    # About 40,000 distinct weeks among 3.4 million students were measured: one in 85.
    each = max(1, students // 85 // len(about.programs))
    shape = (len(about.programs), each, week.slots)
    kinds = chance.integers(-1, len(week.channels), shape).astype(np.int8)
    channel = kinds[week.students.program, chance.integers(0, each, students)]
    pools = np.zeros(len(week.pools.amount))
    reason = np.where(channel < 0, 36, 2).astype(np.uint8)
    nobody = np.zeros((0, 0), dtype=np.int8)
    plan = PlanArrays("drawn", channel, reason, pools, pools, 1, 1, 0, nobody)
    templates = templates_of(week.students.program, plan)
    report = {"inputs_hash": "0" * 64}
    return Outcome(about, week, plan, lines_of(week, plan), templates, report)
