"""Batches on their way out: prepared once, handed over once, refused, given up, taken up again."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from jetkiz.channel import ChannelError
from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import BatchState, Outcome, read_batch, read_head, read_heads
from jetkiz.delivery.heard import receipt_lessons
from jetkiz.delivery.model import LessonState, StudentPlan
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import attempt, batch, consignment
from jetkiz.engine.dbos_adapter import DbosEngine
from jetkiz.engine.port import Job
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from scheduler.dispatch import enqueue_due, hand_over, prepare_week, requeue_stranded
from scheduler.failures import failure_receipts
from scheduler.rules.retries import MOST_DEATHS, MOST_TRIES, WAITS
from tests.counting_channel import CountingChannel
from tests.factories import BY_POST, BY_TELEGRAM, WEEK, People, add_people, publish_week
from tests.statement_counts import parameters_counted

SUNDAY = datetime(2026, 1, 25, 12, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 1, 26, 2, 30, tzinfo=UTC)


@dataclass
class Notebook:
    """An engine that only writes down what it was asked for: enough to test the asking."""

    jobs: list[Job] = field(default_factory=list)
    alive: set[str] = field(default_factory=set)

    def enqueue(self, tx: Connection, job: Job) -> None:
        self.jobs.append(job)

    def unfinished(self, keys: list[str]) -> frozenset[str]:
        return frozenset(set(keys) & self.alive)


@dataclass
class School:
    """A published week at a place whose clock the test moves."""

    database: Database
    folder: Path
    people: People
    now: datetime = SUNDAY
    engine: Notebook = field(default_factory=Notebook)
    telegram: CountingChannel = field(default_factory=CountingChannel)

    @property
    def channels(self) -> dict[str, CountingChannel]:
        return {"telegram": self.telegram}

    @property
    def workplace(self) -> Workplace:
        files = FileStore(self.folder / "files")
        return Workplace(Settings(data=self.folder), self.database, files, lambda: self.now)

    def prepare(self) -> int:
        with self.database.write() as connection:
            return prepare_week(connection, self.channels, WEEK, self.now).consignments

    def send(self) -> None:
        """Hand over whatever is due, as clock and worker would."""
        self.engine.jobs.clear()
        with self.database.write() as connection:
            enqueue_due(connection, self.engine, self.now)
        for job in self.engine.jobs:
            hand_over(self.workplace, self.channels, int(job.ref))

    def states(self, student: int) -> set[State]:
        with self.database.read() as connection:
            found: list[LessonState] = ledger.lesson_states(connection, WEEK, [student])
        return {one.state for one in found}

    def outcomes(self) -> list[str]:
        with self.database.read() as connection:
            return list(connection.scalars(select(attempt.c.outcome).order_by(attempt.c.id)))

    def count(self, state: BatchState) -> int:
        with self.database.read() as connection:
            return len(read_heads(connection, state))


@pytest.fixture
def school(database: Database, tmp_path: Path) -> Iterator[School]:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    return School(database, tmp_path, people)


def busy(after: float | None = None) -> ChannelError:
    return ChannelError("The line is busy.", permanent=False, retry_after=after)


def test_a_week_is_prepared_once_however_often_it_is_asked_for(school: School) -> None:
    assert school.prepare() == 2
    assert school.prepare() == 0
    with school.database.read() as connection:
        assert len(connection.execute(select(consignment.c.id)).all()) == 2
        moment = connection.scalar(select(batch.c.not_before))
    assert moment == MONDAY_MORNING  # half past seven in Qostanay


def test_lessons_of_a_channel_that_is_off_are_counted_and_left(school: School) -> None:
    with school.database.write() as connection:
        found = prepare_week(connection, {}, WEEK, school.now)
    assert found.left_out == {"telegram": 6}
    assert school.count(BatchState.WAITING) == 0


def test_nothing_leaves_before_its_moment_and_everything_after(school: School) -> None:
    school.prepare()
    school.send()
    assert not school.telegram.handed
    school.now = MONDAY_MORNING
    school.send()
    assert set(school.telegram.handed.values()) == {1}
    assert school.states(school.people.alice) == {State.DISPATCHED}
    assert school.outcomes() == ["handed"]


def test_a_job_that_comes_twice_hands_over_once(school: School) -> None:
    school.prepare()
    school.now = MONDAY_MORNING
    school.send()
    hand_over(school.workplace, school.channels, int(school.engine.jobs[0].ref))
    hand_over(school.workplace, school.channels, 4711)
    assert set(school.telegram.handed.values()) == {1}


def test_batches_hold_no_more_than_the_channel_takes(school: School) -> None:
    school.telegram.batch_size = 1
    school.prepare()
    assert school.count(BatchState.WAITING) == 2


def test_a_channel_without_limit_gets_one_batch_for_the_week(school: School) -> None:
    school.telegram.batch_size = 0
    school.prepare()
    assert school.count(BatchState.WAITING) == 1


def test_an_airing_is_one_consignment_for_all_who_watch(school: School) -> None:
    school.telegram.is_airing = True
    assert school.prepare() == 3
    assert school.prepare() == 0


def test_a_refused_batch_waits_as_the_rule_says_and_then_goes(school: School) -> None:
    school.telegram.refusals = [busy(), busy(after=600)]
    school.prepare()
    school.now = MONDAY_MORNING
    school.send()
    with school.database.read() as connection:
        head = read_heads(connection, BatchState.WAITING)[0]
    assert head.not_before == school.now + WAITS[0]
    school.send()
    assert school.outcomes() == ["refused"]
    school.now += WAITS[0]
    school.send()
    school.now += timedelta(seconds=600)
    school.send()
    assert school.outcomes() == ["refused", "refused", "handed"]
    assert set(school.telegram.handed.values()) == {1}


def test_a_line_that_stays_dead_ends_in_a_failure_for_every_lesson(school: School) -> None:
    school.telegram.refusals = [busy() for _ in range(MOST_TRIES)]
    school.prepare()
    school.now = MONDAY_MORNING
    for _ in range(MOST_TRIES + 2):
        school.send()
        school.now += timedelta(hours=2)
    assert school.outcomes() == ["refused"] * (MOST_TRIES - 1) + ["stopped"]
    assert school.count(BatchState.STOPPED) == 1
    assert school.states(school.people.alice) == {State.FAILED}
    with school.database.read() as connection:
        rows = receipt_lessons(connection, WEEK, school.people.bob)
    assert [(row.reason, len(lessons)) for row, lessons in rows] == [("no_answer", 3)]


def test_a_permanent_refusal_is_not_tried_again(school: School) -> None:
    school.telegram.refusals = [ChannelError("No such bot: {bot}.", permanent=True, bot="x")]
    school.prepare()
    school.now = MONDAY_MORNING
    school.send()
    assert school.states(school.people.alice) == {State.FAILED}
    with school.database.read() as connection:
        assert connection.scalar(select(batch.c.last_error)) == "No such bot: x."
        rows = receipt_lessons(connection, WEEK, school.people.bob)
    assert [row.reason for row, _ in rows] == ["refused"]


def test_an_airing_that_is_refused_fails_for_all_who_watch(school: School) -> None:
    school.telegram.is_airing = True
    school.telegram.refusals = [ChannelError("Off the air.", permanent=True)]
    school.telegram.batch_size = 0
    school.prepare()
    school.now = MONDAY_MORNING
    school.send()
    assert school.states(school.people.alice) == {State.FAILED}
    assert school.states(school.people.bob) == {State.FAILED}


def test_who_watches_is_read_once_however_many_airings_are_given_up(school: School) -> None:
    school.telegram.is_airing = True
    school.telegram.batch_size = 0
    school.prepare()
    with school.database.read() as connection:
        (head,) = read_heads(connection, BatchState.WAITING)
        whole = read_batch(connection, head.id)
        one = replace(whole, consignments=whole.consignments[:1])
        questions, failed = [], []
        for asked in (one, whole):
            with parameters_counted(connection) as counted:
                failed.append(
                    failure_receipts(connection, asked, FailureReason.REFUSED, school.now)
                )
            questions.append(len(counted))
    assert len(whole.consignments) == 3
    assert [len(some) for some in failed] == [2, 6]
    assert questions[0] == questions[1]


def test_a_channel_switched_off_after_preparing_is_a_refusal(school: School) -> None:
    school.prepare()
    school.now = MONDAY_MORNING
    with school.database.write() as connection:
        enqueue_due(connection, school.engine, school.now)
    hand_over(school.workplace, {}, int(school.engine.jobs[0].ref))
    assert school.outcomes() == ["refused"]


def test_a_fault_of_ours_leaves_the_batch_to_the_next_look(school: School) -> None:
    school.telegram.faults = [RuntimeError("a bug")]
    school.prepare()
    school.now = MONDAY_MORNING
    with pytest.raises(RuntimeError):
        school.send()
    assert school.count(BatchState.QUEUED) == 1
    school.engine.alive = {school.engine.jobs[0].key}
    assert requeue_stranded(school.workplace, school.engine, school.now) == 0
    school.engine.alive = set()
    assert requeue_stranded(school.workplace, school.engine, school.now) == 1
    school.now += WAITS[0]
    school.send()
    assert school.outcomes() == ["lost", "handed"]
    assert school.states(school.people.alice) == {State.DISPATCHED}


def test_a_job_that_vanished_before_it_began_leaves_a_trace(school: School) -> None:
    school.prepare()
    school.now = MONDAY_MORNING
    with school.database.write() as connection:
        enqueue_due(connection, school.engine, school.now)
    assert requeue_stranded(school.workplace, school.engine, school.now) == 1
    assert school.outcomes() == [Outcome.LOST]


def test_a_job_that_ends_well_while_we_look_leaves_no_trace_of_a_death(school: School) -> None:
    school.prepare()
    school.now = MONDAY_MORNING
    with school.database.write() as connection:
        enqueue_due(connection, school.engine, school.now)
    (job,) = school.engine.jobs

    class Slow(Notebook):
        def unfinished(self, keys: list[str]) -> frozenset[str]:
            hand_over(school.workplace, school.channels, int(job.ref))
            return frozenset()

    assert requeue_stranded(school.workplace, Slow(), school.now) == 0
    assert school.outcomes() == [Outcome.HANDED]
    assert school.count(BatchState.HANDED) == 1
    assert school.count(BatchState.WAITING) == 0


def test_a_batch_over_which_the_program_always_dies_is_given_up(school: School) -> None:
    school.prepare()
    school.now = MONDAY_MORNING
    for _ in range(MOST_DEATHS):
        with school.database.write() as connection:
            enqueue_due(connection, school.engine, school.now)
        requeue_stranded(school.workplace, school.engine, school.now)
        school.now += timedelta(hours=1)
    school.send()
    assert school.count(BatchState.STOPPED) == 1
    assert not school.telegram.handed
    assert school.states(school.people.bob) == {State.FAILED}


def test_a_second_attempt_travels_under_a_key_of_its_own(school: School) -> None:
    school.telegram.refusals = [ChannelError("Blocked.", permanent=True)]
    school.prepare()
    school.now = MONDAY_MORNING
    school.send()
    people = school.people
    again = StudentPlan(people.alice, people.lessons, (BY_TELEGRAM,) * 3)
    with school.database.write() as connection:
        ledger.replace_attempt(connection, WEEK, 2, again, people.school)
    assert school.prepare() == 1
    school.send()
    assert list(school.telegram.handed) == [f"telegram:{people.alice}:2026-01-26::part-2"]
    assert school.states(people.alice) == {State.DISPATCHED}
    assert school.states(people.bob) == {State.FAILED}
    assert school.prepare() == 0


def test_lessons_that_join_a_home_later_travel_in_a_further_part(school: School) -> None:
    with school.database.write() as connection:
        people = school.people
        first = StudentPlan(people.alice, people.lessons[:1], (BY_TELEGRAM,))
        ledger.replace_attempt(connection, WEEK, 2, first, people.school)
    school.prepare()
    with school.database.write() as connection:
        later = StudentPlan(people.alice, people.lessons[1:2], (BY_TELEGRAM,))
        ledger.replace_attempt(connection, WEEK, 3, later, people.school)
    assert school.prepare() == 1


def test_the_engine_carries_a_batch_from_the_clock_to_the_channel(school: School) -> None:
    engine = DbosEngine(school.database, "test", poll_seconds=0.05)
    engine.handler("hand_over", lambda ref: hand_over(school.workplace, school.channels, int(ref)))
    school.prepare()
    school.now = MONDAY_MORNING
    engine.start()
    try:
        with school.database.write() as connection:
            enqueue_due(connection, engine, school.now)
        assert engine.wait_idle(20)
    finally:
        engine.stop()
    assert school.states(school.people.bob) == {State.DISPATCHED}
    with school.database.read() as connection:
        head = read_head(connection, 1)
    assert head is not None
    assert head.state == BatchState.HANDED
    assert BY_POST.channel not in school.channels
