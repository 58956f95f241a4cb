"""How many bytes a student-week takes in PostgreSQL with all its indexes, and how fast it loads.

A nation of 200,000 with a plan drawn at random: what is stored does not depend on how good it is.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

STUDENTS = 200_000
WEEK = "2026-W05"
NOW = datetime(2026, 1, 20, 6, 0, tzinfo=UTC)
TABLES = ("student_week", "plan_template", "curriculum", "curriculum_slot")


def run(record: Callable[..., None]) -> None:
    """Draw, plan at random, load into a server of our own, and ask it how big the tables are."""
    from sqlalchemy import text

    from jetkiz.storage.database import Database
    from jetkiz.storage.schema import upgrade
    from scheduler.nation.storing import store_plan
    from tests.postgres_server import running_server

    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        outcome = drawn_outcome(Path(folder))
        server.execute("CREATE DATABASE nation")
        database = Database(server.url("nation"))
        upgrade(database)
        began = time.perf_counter()
        with database.write() as connection:
            store_plan(connection, outcome, "ministry", NOW)
        seconds = time.perf_counter() - began
        with database.read() as connection:
            sizes = {
                name: int(connection.scalar(text(f"SELECT pg_total_relation_size('{name}')")) or 0)
                for name in TABLES
            }
        database.close()
    each = sum(sizes.values()) / STUDENTS
    peer = ", ".join(f"{name} {size / STUDENTS:.1f}" for name, size in sizes.items())
    record(name="planner.bytes_per_student_week", value=each, unit="B", peer=peer)
    record(name="planner.load_student_weeks_s", value=STUDENTS / seconds, unit="1/s")


def drawn_outcome(folder: Path) -> Any:
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

    make_nation(folder, read_population(), Wanted(STUDENTS, 1, WEEK), lambda _: None)
    about = read_folder(folder)
    week = arrays_of(about)
    chance = np.random.default_rng(1)
    # About 40,000 distinct weeks among 3.4 million students were measured: one in 85.
    each = STUDENTS // 85 // len(about.programs)
    shape = (len(about.programs), each, week.slots)
    kinds = chance.integers(-1, len(week.channels), shape).astype(np.int8)
    channel = kinds[week.students.program, chance.integers(0, each, STUDENTS)]
    pools = np.zeros(len(week.pools.amount))
    reason = np.where(channel < 0, 36, 2).astype(np.uint8)
    nobody = np.zeros((0, 0), dtype=np.int8)
    plan = PlanArrays("drawn", channel, reason, pools, pools, 1, 1, 0, nobody)
    templates = templates_of(week.students.program, plan)
    report = {"inputs_hash": "0" * 64}
    return Outcome(about, week, plan, lines_of(week, plan), templates, report)
