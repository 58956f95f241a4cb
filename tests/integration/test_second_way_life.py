"""A week in any order of news, clocks, crashes and people: one second way a lesson, never two."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import BatchState, begin_attempt, move_batch, read_heads
from jetkiz.delivery.model import Batch, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.storage.database import Database
from scheduler.dispatch import requeue_stranded
from scheduler.falling_back import Order
from scheduler.rules.fallback_firing import DECIDED
from tests.counting_channel import CountingChannel
from tests.factories import WEEK
from tests.lives import truths_that_held
from tests.second_way_school import (
    CHECK,
    ZONE,
    HandChannel,
    SecondWays,
    give_by_hand,
    open_school,
)

names = st.sampled_from(["alice", "bob"])
places = st.sets(st.integers(0, 2), min_size=1)
# Failures more often than in life: without them nothing happens here.
heard = st.sampled_from([State.FAILED, State.FAILED, *State])
reasons = st.sampled_from(
    [None, FailureReason.BLOCKED, FailureReason.REFUSED, FailureReason.PLAN_CHANGED]
)
# What was handed over: channel, student, attempt and lesson.
Handed = Counter[tuple[str, int, int, int]]


@dataclass
class _Seen(CountingChannel):
    lessons: Handed = field(default_factory=Counter)

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        _note(self.lessons, batch)
        return super().dispatch(batch, now)


@dataclass
class _SeenByHand(HandChannel):
    lessons: Handed = field(default_factory=Counter)

    def dispatch(self, batch: Batch, now: datetime) -> list[Receipt]:
        _note(self.lessons, batch)
        return super().dispatch(batch, now)


def _note(lessons: Handed, batch: Batch) -> None:
    lessons.update(
        (batch.channel, content.student, content.attempt, lesson)
        for one in batch.consignments
        for content in one.contents
        for lesson in content.lessons
    )


class _Idle:
    """An engine whose jobs have all died."""

    def unfinished(self, _keys: Sequence[str]) -> frozenset[str]:
        return frozenset()


class SecondWayLife(RuleBasedStateMachine):
    """The school beside the few things that must never happen."""

    file: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        copy = self.folder / "jetkiz.sqlite3"
        shutil.copy(self.file, copy)
        self.url = f"sqlite:///{copy}"
        self.school: SecondWays = open_school(Database(self.url), self.folder)
        self.lessons: Handed = Counter()
        self.school.telegram = _Seen(lessons=self.lessons)
        self.school.paper = _SeenByHand(lessons=self.lessons)
        self.orders: dict[tuple[int, int], Order] = {}
        self.handed_before: dict[tuple[int, int], int] = {}

    def teardown(self) -> None:
        self.school.database.close()
        shutil.rmtree(self.folder)

    @rule(
        name=names,
        where=places,
        state=heard,
        attempt=st.integers(1, 3),
        reason=reasons,
        twice=st.booleans(),
    )
    def hear(
        self,
        name: str,
        where: set[int],
        state: State,
        attempt: int,
        reason: FailureReason | None,
        twice: bool,
    ) -> None:
        who = getattr(self.school.people, name)
        lessons = [self.school.people.lessons[place] for place in sorted(where)]
        for _ in range(2 if twice else 1):
            self.school.hear(state, *lessons, student=who, attempt=attempt, reason=reason)

    def an_evening_comes(self) -> None:
        local = self.school.now.astimezone(ZONE)
        evening = datetime.combine(local.date(), CHECK, ZONE)
        self.school.now = evening if local < evening else evening + timedelta(days=1)

    @rule()
    def what_is_due_is_handed_over(self) -> None:
        self.school.send()

    @rule(found=st.booleans())
    def a_worker_dies_over_a_batch(self, *, found: bool) -> None:
        with self.school.database.write() as connection:
            heads = read_heads(connection, BatchState.WAITING)
            if heads:
                move_batch(connection, heads[0].id, BatchState.WAITING, BatchState.QUEUED)
                begin_attempt(connection, heads[0].id, self.school.now)
        if found:
            place, now = self.school.workplace, self.school.now
            requeue_stranded(place, _Idle(), now)  # type: ignore[arg-type]

    @rule(where=places)
    def a_person_decides(self, where: set[int]) -> None:
        give_by_hand(self.school, *(self.school.people.lessons[place] for place in sorted(where)))

    @rule(closed=st.booleans(), evening=st.booleans())
    def second_ways_are_looked_for(self, *, closed: bool, evening: bool) -> None:
        if evening:
            self.an_evening_comes()
            # The program was off over the day.
            self.school.database.close()
            self.school.database = Database(self.url)
        self.school.telegram.closed = closed
        with self.school.database.read() as connection:
            before = {
                (one.student, one.lesson): one for one in ledger.lesson_states(connection, WEEK)
            }
        for one in self.school.look():
            place = one.student, one.lesson
            assert place not in self.orders, "a lesson took its second way twice"
            self.orders[place] = one
            self.handed_before[place] = self._by_first_way(one)
            told = before[place]
            assert not told.state.has_arrived
            assert told.state != State.DISPATCHED
            assert (told.attempt, told.fallback) == (one.failed_attempt, one.to_channel)
            assert one.reason not in DECIDED
        assert self.school.look() == []
        self.what_is_due_is_handed_over()

    def _by_first_way(self, one: Order) -> int:
        return self.lessons[one.from_channel, one.student, one.failed_attempt, one.lesson]

    @invariant()
    def nothing_goes_the_first_way_after_the_second_took_over(self) -> None:
        for place, one in self.orders.items():
            assert self._by_first_way(one) == self.handed_before[place], place

    @invariant()
    def nothing_is_handed_over_twice(self) -> None:
        assert [what for what, count in self.lessons.items() if count > 1] == []

    @invariant()
    def what_is_kept_is_what_was_done(self) -> None:
        kept = {(one.student, one.lesson): one for one in self.school.orders()}
        assert kept == self.orders
        with self.school.database.read() as connection:
            assert ledger.differences(connection, WEEK) == []


def test_no_life_sends_a_lesson_twice(migrated_sqlite: Path) -> None:
    assert truths_that_held(SecondWayLife, lives=15, steps=14, file=migrated_sqlite) == {
        "nothing_goes_the_first_way_after_the_second_took_over",
        "nothing_is_handed_over_twice",
        "what_is_kept_is_what_was_done",
    }
