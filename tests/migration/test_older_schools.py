"""A school that worked with an older program keeps all it had, and goes on with the new one."""

from datetime import date

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from broadcast.tables import airing
from jetkiz.delivery import ledger
from jetkiz.delivery.model import Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.slots import lessons_hash
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import plan_template
from jetkiz.lessons import tables as lessons
from jetkiz.lessons.shelf import read_lessons
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


def _a_published_week(connection: Connection, **newer: bytes) -> None:
    _add(connection, "curriculum", id=1, week=WEEK, lessons_hash=lessons_hash([11, 12]))
    for slot, lesson in enumerate((11, 12)):
        _add(connection, "curriculum_slot", curriculum_id=1, slot=slot, lesson_id=lesson)
    template = {"channels": b"\x01\x01", "reasons": b"\x02\x02", **newer}
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
        ledger.publish(connection, WEEK, 3, plans, {8: 1, 9: 1})
        rows = {row.student_id: row for row in ledger.week_rows(connection, WEEK)}
        fallbacks = [
            one.fallback for one in ledger.lesson_states(connection, WEEK) if one.student == 9
        ]
    assert rows[8].template_id == rows[7].template_id == 5
    assert rows[9].template_id != 5
    assert fallbacks == [None, "in_person"]
    database.close()


def _older_rows(connection: Connection) -> dict[tuple[str, int, int], tuple[int, ...]]:
    """Weeks in all states, of two runs that share a template; return the bitmaps of each."""
    _a_published_week(connection, fallbacks=b"")
    _add(connection, "curriculum", id=2, week="2025-W52", lessons_hash=lessons_hash([11, 12]))
    for slot, lesson in enumerate((11, 12)):
        _add(connection, "curriculum_slot", curriculum_id=2, slot=slot, lesson_id=lesson)
    content = {"reasons": b"\x02\x02", "fallbacks": b""}
    _add(connection, "plan_template", id=6, curriculum_id=2, channels=b"\x03\x03", **content)
    _add(connection, "plan_template", id=9, curriculum_id=2, channels=b"\x04\x04", **content)
    bitmaps = {
        (WEEK, 7, 1): (1, 0, 0, 0, 0, 0),
        (WEEK, 7, 2): (0, 0, 0, 0, 0, 0),
        (WEEK, 8, 1): (3, 1, 3, 2, 1, 1),
        ("2025-W52", 7, 1): (0, 0, 0, 0, 0, 2**62),
        ("2025-W52", 2**31 - 1, 3): (2**63 - 1, 256, 255, 2**62, 1, 65536),
    }
    runs = {(WEEK, 7, 2): 4, (WEEK, 8, 1): 4}
    rungs = ("dispatched", "failed", "delivered", "acknowledged", "returned", "marked")
    for place, bits in list(bitmaps.items())[1:]:
        week, student, attempt = place
        known = dict(zip(rungs, bits, strict=True))
        row = {"week": week, "student_id": student, "attempt": attempt, "school_id": student}
        template = 5 if week == WEEK else 6
        _add(
            connection,
            "student_week",
            **row,
            **known,
            run_id=runs.get(place, 3),
            template_id=template,
        )
    return bitmaps


def test_what_was_known_is_carried_over_and_goes_on(
    empty_database_url: str,
) -> None:
    database = Database(empty_database_url)
    _bring_to(database, "0003")
    with database.write() as connection:
        bitmaps = _older_rows(connection)
    upgrade(database)
    with database.read() as connection:
        assert ledger.weeks(connection) == ["2025-W52", WEEK]
        rows = [row for week in ("2025-W52", WEEK) for row in ledger.week_rows(connection, week)]
        templates = connection.execute(
            sa.select(plan_template.c.id, plan_template.c.run_id).order_by(plan_template.c.id)
        ).all()
        states = ledger.lesson_states(connection, WEEK, [8])
    assert {(row.week, row.student_id, row.attempt): row.known for row in rows} == bitmaps
    assert all(row.school_id in {1, row.student_id} for row in rows)
    named = {(row.week, row.student_id, row.attempt): row.run_id for row in rows}
    assert named == dict.fromkeys(bitmaps, 3) | {(WEEK, 7, 2): 4, (WEEK, 8, 1): 4}
    assert [(one.channel, one.state) for one in states] == [
        ("telegram", State.MARKED),
        ("telegram", State.ACKNOWLEDGED),
    ]
    # The shared one was copied for the second run, the one that nobody had is gone.
    assert sorted(run for _, run in templates) == [3, 3, 4]
    assert {number for number, _ in templates} >= {5, 6}
    heard = Receipt("r", WEEK, 7, (12,), State.FAILED, "telegram", NOW, attempt=2)
    again = StudentPlan(8, (11, 12), (BY_TELEGRAM, BY_TELEGRAM))
    with database.write() as connection:
        assert record_receipts(connection, [heard], NOW) == 1
        assert ledger.replace_attempt(connection, WEEK, 4, again, 1) == 2
        rows = {(r.student_id, r.attempt): r for r in ledger.week_rows(connection, WEEK)}
        ledger.rebuild(connection, WEEK)
        proved = {row.known for row in ledger.week_rows(connection, WEEK)}
    assert rows[7, 2].known == (0, 2, 0, 0, 0, 0)
    assert rows[8, 2].template_id == rows[8, 1].template_id != 5
    # Receipts are the truth: what no receipt proves does not outlive a rebuild.
    assert proved == {(0, 0, 0, 0, 0, 0), (0, 2, 0, 0, 0, 0)}
    database.close()


def test_an_upgrade_that_is_cut_off_leaves_the_old_rows(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    _bring_to(database, "0003")
    with database.write() as connection:
        _older_rows(connection)
        _add(
            connection,
            "student_week",
            week="no week",
            student_id=1,
            attempt=1,
            school_id=1,
            run_id=3,
            template_id=5,
        )
    with pytest.raises(ValueError, match="invalid literal"):
        upgrade(database)
    with database.write() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM student_week").scalar() == 6
        assert connection.exec_driver_sql("SELECT max(marked) FROM student_week").scalar() == 2**62
        connection.exec_driver_sql("DELETE FROM student_week WHERE week = 'no week'")
    upgrade(database)
    with database.read() as connection:
        assert len(ledger.week_rows(connection, WEEK)) == 3
    database.close()


def test_airings_of_before_are_first_runs_in_the_words_of_now(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    _bring_to(database, "0034")
    with database.write() as connection:
        for number in range(5):
            row = {"id": 10 + number, "week": WEEK, "lesson_id": 20 + number, "revision": number}
            row |= {"channel": "balapan", "start": NOW, "minutes": 15, "changed_at": NOW}
            _add(connection, "airing", **row, status=number)
    upgrade(database)
    with database.read() as connection:
        rows = connection.execute(sa.select(airing).order_by(airing.c.id)).all()
    assert [(row.code, row.status, row.sequence) for row in rows] == [
        ("10", "planned", 0),
        ("11", "published", 1),
        ("12", "aired", 2),
        ("13", "missed", 3),
        ("14", "cancelled", 4),
    ]
    assert {(row.kind, row.supersedes, row.start, row.minutes) for row in rows} == {
        ("first", "", NOW, 15)
    }
    again = {"week": WEEK, "code": "x", "lesson_id": 20, "channel": "el_arna", "start": NOW}
    again |= {
        "minutes": 15,
        "kind": "repeat",
        "status": "planned",
        "sequence": 0,
        "changed_at": NOW,
    }
    with database.write() as connection:
        connection.execute(airing.insert().values(again))
    with pytest.raises(sa.exc.IntegrityError), database.write() as connection:
        connection.execute(airing.insert().values(again))
    database.close()


def test_no_lesson_of_before_is_known_to_have_an_interpreter(empty_database_url: str) -> None:
    """The older program, which knows no such column, goes on writing lessons beside it."""
    head = {"language": "kk", "week": WEEK, "day": date(2026, 1, 26), "place": 1, "minutes": 15}
    head |= {"subject": "art", "title": "T", "kind": "text", "needs_picture": True, "weight": 1.0}
    head |= {"text": "", "licence": {"name": "CC0"}, "content_hash": "", "imported_at": NOW}
    columns = [one for one in lessons.lesson.c if one.name in head or one.name == "code"]
    older = sa.Table("lesson", sa.MetaData(), *(sa.Column(one.name, one.type) for one in columns))
    database = Database(empty_database_url)
    _bring_to(database, "0036")
    with database.write() as connection:
        connection.execute(older.insert().values(code="a", **head))
    upgrade(database)
    with database.write() as connection:
        connection.execute(older.insert().values(code="b", **head))
        found = [(one.code, one.sign_language) for one in read_lessons(connection, WEEK)]
    assert found == [("a", False), ("b", False)]
    database.close()
