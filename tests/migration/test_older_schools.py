"""A school that worked with an older program keeps all it had, and goes on with the new one."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.slots import lessons_hash
from jetkiz.storage.database import Database
from jetkiz.storage.schema import upgrade
from scheduler.plan_store import read_lines
from tests.factories import NOW

WEEK = "2026-W05"
BY_TELEGRAM = Choice("telegram", ChoiceReason.BEST_VALUE)


def _bring_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "jetkiz/migrations")
    with database.reshape() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _add(connection: Connection, table: str, **row: object) -> None:
    """Write a row as the older program did, which knew no other columns."""
    found = sa.Table(table, sa.MetaData(), autoload_with=connection)
    connection.execute(found.insert().values(row))


def _a_published_week(connection: Connection) -> None:
    _add(connection, "curriculum", id=1, week=WEEK, lessons_hash=lessons_hash([11, 12]))
    for slot, lesson in enumerate((11, 12)):
        _add(connection, "curriculum_slot", curriculum_id=1, slot=slot, lesson_id=lesson)
    template = {"channels": b"\x01\x01", "reasons": b"\x02\x02"}
    _add(connection, "plan_template", id=5, curriculum_id=1, **template)
    place = {"week": WEEK, "student_id": 7, "attempt": 1, "school_id": 1, "run_id": 3}
    _add(connection, "student_week", **place, template_id=5, dispatched=1)
    run = {"inputs_hash": "0" * 64, "engine": "old", "objective": 1.0, "bound": 1.0, "gap": 0.0}
    about = {"week": WEEK, "version": 1, "report": {}, "state": "published"}
    _add(connection, "plan_run", id=3, **run, **about, created_at=NOW)
    _add(connection, "plan_run_template", run_id=3, number=0, lessons=[11, 12], **template)
    _add(connection, "plan_run_line", run_id=3, student_id=7, template=0)


def test_plans_made_before_there_were_second_ways_have_none(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    _bring_to(database, "0001")
    with database.write() as connection:
        _a_published_week(connection)
    upgrade(database)
    with database.read() as connection:
        states = ledger.lesson_states(connection, WEEK)
        lines = read_lines(connection, 3)
    assert [(one.student, one.channel, one.fallback) for one in states] == [
        (7, "telegram", None),
        (7, "telegram", None),
    ]
    assert states[0].state > states[1].state
    assert lines == [StudentPlan(7, (11, 12), (BY_TELEGRAM, BY_TELEGRAM))]
    database.close()


def test_after_the_upgrade_equal_weeks_with_and_without_a_second_way_stand_apart(
    empty_database_url: str,
) -> None:
    database = Database(empty_database_url)
    _bring_to(database, "0001")
    with database.write() as connection:
        _a_published_week(connection)
    upgrade(database)
    choices = (BY_TELEGRAM, BY_TELEGRAM)
    plans = [
        StudentPlan(8, (11, 12), choices),
        StudentPlan(9, (11, 12), choices, (None, "in_person")),
    ]
    with database.write() as connection:
        ledger.publish(connection, WEEK, 4, plans, {8: 1, 9: 1})
        rows = {row.student_id: row for row in ledger.week_rows(connection, WEEK)}
        fallbacks = [
            one.fallback for one in ledger.lesson_states(connection, WEEK) if one.student == 9
        ]
    assert rows[8].template_id == rows[7].template_id == 5
    assert rows[9].template_id != 5
    assert fallbacks == [None, "in_person"]
    database.close()
