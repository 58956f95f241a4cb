"""A nation's plan in the ledger of both databases: the same rows as if published one by one."""

import random
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import func, select, text

from jetkiz.delivery import ledger, whole_weeks
from jetkiz.delivery.known_bits import Bits, set_bits
from jetkiz.delivery.model import Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import consignment_content, plan_template, student_week
from jetkiz.errors import JetkizError
from jetkiz.lessons.tables import lesson
from jetkiz.storage.database import Database
from scheduler.nation.plan_folder import Outcome
from scheduler.nation.planning import plan_nation
from scheduler.nation.solving import solve_nation as solved
from scheduler.nation.storing import store_plan
from scheduler.plan_store import RunState, read_runs
from scheduler.preparing import prepare_week
from tests.factories import add_people
from tests.nations import WEEK, drawn
from tests.plain_channels import plain_channels

NOW = datetime(2026, 1, 20, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("stored")
    drawn(folder / "problem", 45)
    made = plan_nation(folder / "problem", folder / "plan", solved, NOW.date(), lambda _: None)
    return made.outcome


def plans(outcome: Outcome) -> list[StudentPlan]:
    """The same plan as the school planner would hand it to the ledger."""
    week, plan = outcome.week, outcome.plan
    found = []
    for row, student in enumerate(week.students.number.tolist()):
        slots = range(week.slots)
        lessons = week.programs[week.students.program[row]].tolist()
        choices = tuple(
            Choice(
                week.channels[plan.channel[row, slot]] if plan.channel[row, slot] >= 0 else None,
                ChoiceReason(int(plan.reason[row, slot])),
            )
            for slot in slots
        )
        numbers = tuple(outcome.problem.lessons[lesson].number for lesson in lessons)
        found.append(StudentPlan(student, numbers, choices))
    return found


def test_the_rows_are_those_of_publishing(database: Database, outcome: Outcome) -> None:
    with database.write() as connection:
        assert store_plan(connection, outcome, "ministry", NOW) == 45
    with database.read() as connection:
        whole = ledger.lesson_states(connection, WEEK)
        rows = connection.execute(
            select(student_week.c.student_id, student_week.c.school_id, student_week.c.attempt)
        ).all()
        templates = connection.scalar(select(func.count()).select_from(plan_template))
    people = outcome.week.students
    schools = outcome.week.school[people.school].tolist()
    wanted = list(zip(people.number.tolist(), schools, [1] * 45, strict=True))
    assert sorted(map(tuple, rows)) == wanted
    assert templates == len(outcome.templates.program)
    with database.write() as connection:
        connection.execute(student_week.delete())
        schools_of = dict(zip(people.number.tolist(), schools, strict=True))
        ledger.publish(connection, WEEK, 1, plans(outcome), schools_of)
    with database.read() as connection:
        assert ledger.lesson_states(connection, WEEK) == whole
        again = connection.scalar(select(func.count()).select_from(plan_template))
    assert again == templates


def test_the_run_is_in_force_and_names_its_inputs(database: Database, outcome: Outcome) -> None:
    with database.write() as connection:
        store_plan(connection, outcome, "ministry", NOW)
    with database.read() as connection:
        (run,) = read_runs(connection, WEEK)
        named = select(plan_template.c.run_id).join_from(student_week, plan_template)
        runs = set(connection.scalars(named))
    assert (run.state, run.version, run.published_at) == (RunState.PUBLISHED, 1, NOW)
    assert run.inputs_hash == outcome.report["inputs_hash"]
    assert run.report["students"] == 45
    assert run.gap == pytest.approx(outcome.plan.gap)
    assert runs == {run.id}


def test_receipts_find_the_loaded_lessons(database: Database, outcome: Outcome) -> None:
    row = 5
    student = int(outcome.week.students.number[row])
    place = int(outcome.week.programs[outcome.week.students.program[row], 7])
    number = outcome.problem.lessons[place].number
    receipt = Receipt(
        key="r",
        week=WEEK,
        student=student,
        lessons=(number,),
        state=State.DELIVERED,
        channel="post",
        at=NOW,
    )
    with database.write() as connection:
        store_plan(connection, outcome, "ministry", NOW)
        ledger.apply(connection, [receipt])
    with database.read() as connection:
        states = ledger.lesson_states(connection, WEEK, [student])
    delivered = [one.lesson for one in states if one.state == State.DELIVERED]
    assert delivered == [number]


def test_a_week_is_loaded_once(database: Database, outcome: Outcome) -> None:
    with database.write() as connection:
        store_plan(connection, outcome, "ministry", NOW)
    with (
        pytest.raises(JetkizError, match="in the ledger already, with 45 students"),
        database.write() as connection,
    ):
        store_plan(connection, outcome, "ministry", NOW)
    with database.read() as connection:
        assert len(read_runs(connection, WEEK)) == 1
        assert connection.scalar(select(func.count()).select_from(student_week)) == 45


def test_a_load_that_fails_leaves_nothing(database: Database, outcome: Outcome) -> None:
    class PowerCutError(Exception):
        pass

    def load_until_the_power_goes() -> None:
        with database.write() as connection:
            store_plan(connection, outcome, "ministry", NOW)
            raise PowerCutError

    with pytest.raises(PowerCutError):
        load_until_the_power_goes()
    with database.read() as connection:
        assert read_runs(connection, WEEK) == []
        assert connection.scalar(select(func.count()).select_from(student_week)) == 0


def test_rows_keep_room_to_grow_on_postgresql(database: Database) -> None:
    with database.read() as connection:
        if connection.dialect.name != "postgresql":
            plan = connection.execute(
                text("EXPLAIN QUERY PLAN SELECT * FROM student_week WHERE week=1 AND school_id=1")
            ).all()
            assert "ix_student_week_week_school_id" in repr(plan)
            return
        options = connection.scalar(
            text("SELECT reloptions FROM pg_class WHERE relname = 'student_week'")
        )
    assert options == ["fillfactor=70"]


def test_a_student_week_is_small_and_grows_little_on_postgresql(
    migrated_postgres_url: str,
) -> None:
    count = 5_000
    database = Database(migrated_postgres_url)
    lessons = tuple(range(1, 31))
    chance = random.Random(1)
    channels = [bytes(chance.choices(range(1, 6), k=30)) for _ in range(60)]
    templates = [whole_weeks.WeekTemplate(lessons, one, b"\x02" * 30) for one in channels]
    numbers = np.arange(1, count + 1)
    size = text("SELECT pg_relation_size('student_week') + pg_indexes_size('student_week')")
    with database.write() as connection:
        columns = (numbers, numbers // 450 + 1, numbers % 60)
        assert whole_weeks.load_week(connection, WEEK, 1, templates, columns) == count
    with database.read() as connection:
        fresh = connection.scalar(size) or 0
    for slot, state in enumerate((State.DISPATCHED, State.FAILED, State.DELIVERED, State.MARKED)):
        students = chance.sample(range(1, count + 1), count)
        for start in range(0, count, 500):
            bits = Bits()
            for student in students[start : start + 500]:
                bits.add((WEEK, student, 1), state, 1 << 29 | 1 << slot)
            with database.write() as connection:
                set_bits(connection, bits)
    with database.read() as connection:
        lived = connection.scalar(size) or 0
        rows = {row.known for row in ledger.week_rows(connection, WEEK)}
    database.close()
    assert fresh / count < 118
    assert lived / fresh < 1.4, "receipts update rows in their page"
    top = 1 << 29
    assert rows == {(top | 1, top | 2, top | 4, 0, 0, top | 8)}


@pytest.mark.parametrize("number", [0, -5, 2**31, 2**40])
def test_numbers_that_the_ledger_has_no_room_for_are_refused(
    sqlite_database: Database, number: int
) -> None:
    one = [whole_weeks.WeekTemplate((1,), b"\x01", b"\x02")]
    fits, wide, first = np.array([1, 2]), np.array([1, number]), np.array([0, 0])
    for columns in ((wide, fits, first), (fits, wide, first)):
        with (
            pytest.raises(JetkizError, match=f"; {number} is none of them"),
            sqlite_database.write() as connection,
        ):
            whole_weeks.load_week(connection, WEEK, 1, one, columns)


def test_nobody_at_all_is_loaded_as_nobody(database: Database) -> None:
    nobody = np.zeros(0, dtype=np.int64)
    with database.write() as connection:
        assert whole_weeks.load_week(connection, WEEK, 1, [], (nobody, nobody, nobody)) == 0
        assert ledger.week_rows(connection, WEEK) == []


def test_a_roster_that_comes_after_a_drawn_nation_breaks_nothing(
    sqlite_database: Database, outcome: Outcome
) -> None:
    """Its students may have the numbers of drawn ones; those lessons are on no shelf."""
    with sqlite_database.write() as connection:
        store_plan(connection, outcome, "ministry", NOW)
        add_people(connection)
        prepare_week(connection, plain_channels(), WEEK, NOW)
        shelf = set(connection.scalars(select(lesson.c.id)))
        inside = connection.scalars(select(consignment_content.c.lessons))
        assert {number for numbers in inside for number in numbers} <= shelf


def test_an_equal_list_of_lessons_is_kept_once(database: Database) -> None:
    with database.write() as connection:
        lessons = add_people(connection).lessons
        first = whole_weeks._curriculum(connection, WEEK, lessons)
        assert whole_weeks._curriculum(connection, WEEK, lessons) == first
        assert whole_weeks._curriculum(connection, WEEK, lessons[::-1]) != first
