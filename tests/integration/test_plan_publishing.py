"""From draft to ledger on both databases: once, whole, never over something handed over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import Connection, func, select, update

from jetkiz.config import Settings
from jetkiz.delivery.consignments import BatchState, begin_attempt, read_heads
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.receipts import record_receipt
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import (
    batch,
    consignment,
    plan_template,
    receipt,
    student_week,
)
from jetkiz.errors import JetkizError
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from scheduler.dispatch import prepare_week
from scheduler.model import Violation
from scheduler.plan_files import inputs_hash
from scheduler.plan_report import report_of
from scheduler.plan_store import (
    PlanRun,
    RunState,
    read_lines,
    read_runs,
    run_in_force,
    save_plan,
)
from scheduler.planner import make_plan
from scheduler.publishing import move_run, publish_plan
from scheduler.tables import plan_run
from tests.factories import WEEK, People, add_people
from tests.plain_channels import plain_channels
from tests.weeks_read import read_problem

WEDNESDAY = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)
THURSDAY = WEDNESDAY + timedelta(days=1)
SETTINGS = Settings(zone="Asia/Qostanay")


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        return add_people(connection)


def _draft(connection: Connection) -> PlanRun:
    problem = read_problem(connection, plain_channels(), WEEK, SETTINGS, WEDNESDAY)
    plan = make_plan(problem)
    save_plan(connection, plan, inputs_hash(problem), report_of(problem, plan), WEDNESDAY)
    return read_runs(connection, WEEK)[0]


def test_a_draft_is_read_back_as_it_was_made(database: Database, people: People) -> None:
    with database.write() as connection:
        problem = read_problem(connection, plain_channels(), WEEK, SETTINGS, WEDNESDAY)
        plan = make_plan(problem)
        number = save_plan(connection, plan, "x" * 64, report_of(problem, plan), WEDNESDAY)
        assert tuple(read_lines(connection, number)) == plan.students
        run = run_in_force(connection, WEEK)
    assert (run.version, run.state, run.gap) == (1, RunState.DRAFT, plan.gap)
    assert run.created_at == WEDNESDAY
    assert people.alice


def test_a_plan_that_breaks_a_rule_is_not_saved(database: Database, people: People) -> None:
    assert people.alice
    with database.write() as connection:
        problem = read_problem(connection, plain_channels(), WEEK, SETTINGS, WEDNESDAY)
        broken = Violation("capacity", "{n} pages too many", {"n": 3})
        plan = replace(make_plan(problem), violations=(broken,))
        with pytest.raises(JetkizError, match="3 pages too many"):
            save_plan(connection, plan, "x" * 64, {}, WEDNESDAY)
        assert read_runs(connection, WEEK) == []


def test_two_plans_of_one_version_cannot_both_be_kept(database: Database, people: People) -> None:
    assert people.alice
    with (  # noqa: PT012 - the second plan needs the first
        pytest.raises(JetkizError, match="Somebody else"),
        database.write() as connection,
    ):
        problem = read_problem(connection, plain_channels(), WEEK, SETTINGS, WEDNESDAY)
        plan = make_plan(problem)
        for _ in range(2):
            save_plan(connection, plan, "x" * 64, report_of(problem, plan), WEDNESDAY)


def test_publishing_writes_the_ledger_once(database: Database, people: People) -> None:
    with database.write() as connection:
        run = _draft(connection)
        assert publish_plan(connection, run, "coordinator", WEDNESDAY) == 3
        assert publish_plan(connection, run, "coordinator", WEDNESDAY) == 0
        states = lesson_states(connection, WEEK, [people.alice])
        (published,) = read_runs(connection, WEEK)
    assert [one.channel for one in states] == ["in_person"] * 3
    assert (published.state, published.approved_by) == (RunState.PUBLISHED, "coordinator")
    assert published.published_at == WEDNESDAY


def test_a_student_who_left_since_the_draft_is_passed_over(
    database: Database, people: People
) -> None:
    with database.write() as connection:
        run = _draft(connection)
        connection.execute(student.update().where(student.c.id == people.bob).values(active=False))
        assert publish_plan(connection, run, "coordinator", WEDNESDAY) == 2


def test_a_second_plan_is_refused_and_replaces_only_on_request(
    database: Database, people: People
) -> None:
    with database.write() as connection:
        first = _draft(connection)
        publish_plan(connection, first, "coordinator", WEDNESDAY)
        prepare_week(connection, plain_channels(), WEEK, WEDNESDAY)
        second = _draft(connection)
        with pytest.raises(JetkizError, match="published already: plan 1, by coordinator"):
            publish_plan(connection, second, "teacher", WEDNESDAY)
        publish_plan(connection, second, "teacher", WEDNESDAY, replace=True)
        states = {run.version: run.state for run in read_runs(connection, WEEK)}
        assert states == {1: RunState.SUPERSEDED, 2: RunState.PUBLISHED}
        assert run_in_force(connection, WEEK).version == 2
        runs = select(plan_template.c.run_id).join_from(student_week, plan_template)
        assert set(connection.scalars(runs)) == {second.id}
        for table in (batch, consignment):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
        with pytest.raises(JetkizError, match="replaced by a newer one"):
            publish_plan(connection, first, "coordinator", WEDNESDAY)
    assert people.alice


def test_nothing_that_was_handed_over_is_replaced(database: Database, people: People) -> None:
    with database.write() as connection:
        publish_plan(connection, _draft(connection), "coordinator", WEDNESDAY)
        receipt = Receipt(
            key="k",
            week=WEEK,
            student=people.alice,
            lessons=people.lessons,
            state=State.DISPATCHED,
            channel="in_person",
            at=WEDNESDAY,
        )
        record_receipt(connection, receipt, WEDNESDAY)
        second = _draft(connection)
        with pytest.raises(JetkizError, match="have been handed over"):
            publish_plan(connection, second, "coordinator", WEDNESDAY, replace=True)


def test_an_attempt_that_has_begun_is_not_replaced(database: Database, people: People) -> None:
    with database.write() as connection:
        publish_plan(connection, _draft(connection), "coordinator", WEDNESDAY)
        prepare_week(connection, plain_channels(), WEEK, WEDNESDAY)
        later = datetime(2026, 2, 1, tzinfo=UTC)
        begin_attempt(connection, read_heads(connection, BatchState.WAITING, later)[0].id, later)
        second = _draft(connection)
        with pytest.raises(JetkizError, match="have been handed over"):
            publish_plan(connection, second, "coordinator", WEDNESDAY, replace=True)
    assert people.alice


def test_a_run_that_changed_meanwhile_is_refused(database: Database, people: People) -> None:
    with database.write() as connection:
        first = _draft(connection)
        second = _draft(connection)
        publish_plan(connection, first, "coordinator", WEDNESDAY)
        publish_plan(connection, second, "coordinator", WEDNESDAY, replace=True)
        with pytest.raises(JetkizError, match="replaced by a newer one"):
            publish_plan(connection, first, "teacher", WEDNESDAY)
    assert people.alice


def test_of_two_who_publish_at_once_one_is_refused(database: Database, people: People) -> None:
    assert people.alice
    with database.write() as connection:
        run = _draft(connection)
        publish_plan(connection, run, "coordinator", WEDNESDAY)
        with pytest.raises(JetkizError, match="just been changed by somebody else"):
            move_run(connection, run, RunState.DRAFT, RunState.PUBLISHED, by="x", now=WEDNESDAY)


def test_a_week_without_a_plan_has_none_in_force(database: Database) -> None:
    with (
        database.read() as connection,
        pytest.raises(JetkizError, match="no plan for week 2026-W09"),
    ):
        run_in_force(connection, "2026-W09")


def test_work_that_came_before_the_plan_is_not_lost_to_the_ledger(
    database: Database, people: People
) -> None:
    first, second, _ = people.lessons
    with database.write() as connection:
        works = [_handed(connection, people.alice, lesson) for lesson in (first, second)]
        open_page = Page("open", "0" * 64, "image/jpeg", "post")
        add_page(connection, people.bob, first, open_page, WEDNESDAY)
        told = give_feedback(connection, Marking(works[0], "5", "", "aigul", "m"), WEDNESDAY)
        assert lesson_states(connection, WEEK) == []
        run = _draft(connection)
        publish_plan(connection, run, "aigul", THURSDAY)
        publish_plan(connection, run, "aigul", THURSDAY)
        found = {one.lesson: one.state for one in lesson_states(connection, WEEK, [people.alice])}
        others = {one.state for one in lesson_states(connection, WEEK, [people.bob])}
        rows = connection.execute(select(receipt.c.key, receipt.c.at).order_by(receipt.c.id)).all()
    assert (found[first], found[second]) == (State.MARKED, State.RETURNED)
    assert others == {State.PLANNED}
    assert [row.key for row in rows] == [f"return:{n}" for n in works] + ["mark:m"]
    assert {row.at for row in rows} == {WEDNESDAY}
    assert told.at == WEDNESDAY


def _handed(connection: Connection, number: int, lesson: int) -> int:
    page = Page(f"{number}:{lesson}", "0" * 64, "image/jpeg", "post")
    add_page(connection, number, lesson, page, WEDNESDAY)
    work = hand_in(connection, number, lesson, WEDNESDAY.date(), WEDNESDAY, "scan")
    assert work
    return work.id


def test_of_two_plans_published_at_once_one_is_in_force(database: Database, people: People) -> None:
    with database.write() as connection:
        first, second = _two_drafts(connection)
    refused: list[str] = []

    def publish(run: PlanRun, meanwhile: Thread | None = None) -> None:
        try:
            with database.write() as connection:
                publish_plan(connection, run, "aigul", WEDNESDAY)
                if meanwhile:
                    meanwhile.start()
                    # Long enough for the other to come as far as our row.
                    meanwhile.join(0.5)
        except JetkizError as error:
            refused.append(str(error))

    other = Thread(target=publish, args=(second,))
    publish(first, other)
    other.join()
    with database.read() as connection:
        states = {one.id: one.state for one in read_runs(connection, WEEK)}
        assert len(lesson_states(connection, WEEK, [people.alice])) == len(people.lessons)
    assert states == {first.id: RunState.PUBLISHED, second.id: RunState.DRAFT}
    assert len(refused) == 1
    assert WEEK in refused[0]


def _two_drafts(connection: Connection) -> tuple[PlanRun, PlanRun]:
    _draft(connection)
    _draft(connection)
    second, first = read_runs(connection, WEEK)
    return first, second


def test_a_plan_of_another_week_may_be_in_force_beside_it(
    database: Database, people: People
) -> None:
    assert people.alice
    with database.write() as connection:
        first, second = _two_drafts(connection)
        publish_plan(connection, first, "aigul", WEDNESDAY)
        connection.execute(
            update(plan_run).where(plan_run.c.id == second.id).values(week="2026-W06")
        )
        (other,) = read_runs(connection, "2026-W06")
        publish_plan(connection, other, "aigul", WEDNESDAY)
        assert run_in_force(connection, WEEK).state == RunState.PUBLISHED
        assert run_in_force(connection, "2026-W06").state == RunState.PUBLISHED
