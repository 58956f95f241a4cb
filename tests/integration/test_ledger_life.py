"""A week's whole life in any order: whatever happens to the ledger, its states never lie."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import Connection, select

from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import (
    BatchState,
    move_batch,
    read_batch,
    read_consignments,
    read_heads,
)
from jetkiz.delivery.known import RUNGS
from jetkiz.delivery.model import WITH_LESSONS, Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import student_week
from jetkiz.delivery.tallies import (
    channels_by_slot,
    count_choices,
    tally_states,
    tally_week,
)
from jetkiz.delivery.withdrawing import withdraw_week
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from scheduler.failures import failure_receipts
from scheduler.preparing import prepare_week
from tests.factories import BY_POST, BY_TELEGRAM, NO_WAY, NOW, WEEK, People, add_people
from tests.lives import truths_that_held
from tests.plain_channels import plain_channels

BY_HAND = Choice("in_person", ChoiceReason.REPLACES)
NOT_HERE = Choice(None, ChoiceReason.NOT_THIS_ATTEMPT)
FOREIGN = 9999
# What the ledger keeps of each state that a receipt may name, from weak to strong.
KEPT = {
    State.DISPATCHED: State.DISPATCHED,
    State.EXPIRED: State.FAILED,
    State.FAILED: State.FAILED,
    State.CANCELLED: State.FAILED,
    State.DELIVERED: State.DELIVERED,
    State.ACKNOWLEDGED: State.ACKNOWLEDGED,
    State.RETURNED: State.RETURNED,
    State.MARKED: State.MARKED,
}
names = st.sampled_from(["alice", "bob"])
places = st.sets(st.integers(0, 2), min_size=1)


@dataclass
class Try:
    """One attempt as the model remembers it: choices by lesson, and what was heard."""

    choices: dict[int, Choice]
    heard: dict[int, set[State]] = field(default_factory=lambda: defaultdict(set))

    def state(self, lesson: int) -> State:
        planned = State.PLANNED if self.choices[lesson].channel else State.UNPLANNED
        return max((KEPT[one] for one in self.heard[lesson]), default=planned)


class Week(RuleBasedStateMachine):
    """The ledger beside a model that is as plain as can be: sets of what was heard."""

    file: Path

    def __init__(self) -> None:
        super().__init__()
        self.database = Database(f"sqlite:///{self.file}")
        # Nothing is committed: the next life finds the same empty file.
        self.connection: Connection = self.database.engine.connect()
        self.people: People = add_people(self.connection)
        self.tries: dict[int, list[Try]] = {}
        self.keys: set[str] = set()
        self.begun = False

    def teardown(self) -> None:
        self.connection.close()
        self.database.close()

    def student(self, name: str) -> int:
        return int(getattr(self.people, name))

    @initialize(choices=st.lists(st.sampled_from([BY_TELEGRAM, BY_POST]), min_size=3, max_size=3))
    def first_plan(self, choices: list[Choice]) -> None:
        self.publish(choices, choices)

    @rule(
        alice=st.lists(st.sampled_from([BY_TELEGRAM, BY_POST, NO_WAY]), min_size=3, max_size=3),
        bob=st.lists(st.sampled_from([BY_TELEGRAM, NO_WAY]), min_size=3, max_size=3),
    )
    def publish(self, alice: list[Choice], bob: list[Choice]) -> None:
        lessons = self.people.lessons
        wanted = {self.people.alice: alice, self.people.bob: bob}
        plans = [StudentPlan(who, lessons, tuple(some)) for who, some in wanted.items()]
        schools = dict.fromkeys(wanted, self.people.school)
        count = ledger.publish(self.connection, WEEK, 1, plans, schools)
        assert count == len(wanted.keys() - self.tries.keys())
        for who, some in wanted.items():
            self.tries.setdefault(who, [Try(dict(zip(lessons, some, strict=True)))])

    @rule(name=names, where=places, spare=st.booleans())
    def replace_attempt(self, name: str, where: set[int], *, spare: bool) -> None:
        """Another way for some lessons; the others are left out, or stand there as not meant."""
        who = self.student(name)
        if who not in self.tries or len(self.tries[who]) > 2:
            return
        chosen = {
            lesson: BY_HAND if place in where else NOT_HERE
            for place, lesson in enumerate(self.people.lessons)
            if place in where or spare
        }
        plan = StudentPlan(who, tuple(chosen), tuple(chosen.values()))
        number = ledger.replace_attempt(self.connection, WEEK, 2, plan, self.people.school)
        self.tries[who].append(Try(chosen))
        assert number == len(self.tries[who])

    @rule(
        name=names,
        where=places,
        state=st.sampled_from(State),
        attempt=st.integers(1, 3),
        key=st.integers(0, 40),
        twice=st.booleans(),
    )
    def hear(
        self, name: str, where: set[int], state: State, attempt: int, key: int, *, twice: bool
    ) -> None:
        lessons = tuple(self.people.lessons[place] for place in sorted(where))
        one = Receipt(
            key=f"told:{key}",
            week=WEEK,
            student=self.student(name),
            lessons=(*lessons, FOREIGN),
            state=state,
            channel="telegram",
            at=NOW,
            attempt=attempt,
        )
        self.record([one, one] if twice else [one])

    def record(self, receipts: Iterable[Receipt]) -> None:
        told = list(receipts)
        fresh = {one.key: one for one in told if one.key not in self.keys}
        assert record_receipts(self.connection, told, NOW) == len(fresh)
        self.begun = self.begun or bool(fresh)
        self.keys |= fresh.keys()
        for one in fresh.values():
            tries = self.tries.get(one.student, [])
            if one.attempt <= len(tries) and one.state in KEPT:
                own = tries[one.attempt - 1]
                for lesson in set(one.lessons) & own.choices.keys():
                    own.heard[lesson].add(one.state)

    @rule()
    def prepare(self) -> None:
        prepare_week(self.connection, plain_channels(), WEEK, NOW)
        again = prepare_week(self.connection, plain_channels(), WEEK, NOW)
        assert (again.batches, again.consignments) == ((), 0)

    @rule(fails=st.booleans(), twice=st.booleans())
    def hand_a_batch_over(self, *, fails: bool, twice: bool) -> None:
        heads = read_heads(self.connection, BatchState.WAITING)
        if not heads:
            return
        number = heads[0].id
        batch = read_batch(self.connection, number)
        if fails:
            receipts = failure_receipts(self.connection, batch, FailureReason.REFUSED, NOW)
        else:
            receipts = plain_channels()[batch.channel].dispatch(batch, NOW)
        after = BatchState.STOPPED if fails else BatchState.HANDED
        move_batch(self.connection, number, BatchState.WAITING, after)
        self.begun = True
        for _ in range(2 if twice else 1):
            self.record(receipts)

    @rule()
    def withdraw(self) -> None:
        if self.begun:
            with pytest.raises(JetkizError, match="cannot be replaced"):
                withdraw_week(self.connection, WEEK)
            return
        count = withdraw_week(self.connection, WEEK)
        assert count == sum(map(len, self.tries.values()))
        assert read_consignments(self.connection, week=WEEK) == []
        self.tries.clear()

    @precondition(lambda self: self.tries)
    @rule(name=names, rung=st.sampled_from(range(len(RUNGS))), bits=places)
    def damage_and_rebuild(self, name: str, rung: int, bits: set[int]) -> None:
        who = self.student(name)
        mask = sum(1 << bit for bit in bits)
        c = student_week.c
        tries = self.connection.execute(select(c.attempt, c.known).where(c.student_id == who))
        for number, known in tries.all():
            damaged = (*known[:rung], known[rung] | mask, *known[rung + 1 :])
            # The same as a disk would do it: behind the ledger's back.
            self.connection.execute(
                student_week.update()
                .where(c.student_id == who, c.attempt == number)
                .values(known=damaged)
            )
        wrong = ledger.differences(self.connection, WEEK)
        assert {student for student, _ in wrong} <= {who}
        assert ledger.rebuild(self.connection, WEEK) == len(wrong)

    @invariant()
    def the_ledger_says_what_was_heard(self) -> None:
        found = ledger.lesson_states(self.connection, WEEK)
        told = {(one.student, one.lesson): one for one in found}
        assert len(told) == len(found)
        assert told.keys() == {(who, n) for who in self.tries for n in self.people.lessons}
        for (who, lesson), one in told.items():
            state, attempt, choice = self.expected(who, lesson)
            assert (one.state, one.attempt) == (state, attempt), (who, lesson)
            assert (one.channel, one.reason) == (choice.channel, choice.reason)

    def expected(self, who: int, lesson: int) -> tuple[State, int, Choice]:
        tries = [
            (one.state(lesson), number, one.choices[lesson])
            for number, one in enumerate(self.tries[who], start=1)
            if lesson in one.choices and (number == 1 or one.choices[lesson] != NOT_HERE)
        ]
        best = max(tries, key=lambda one: one[:2])
        return best if best[0].has_arrived else tries[-1]

    @invariant()
    def every_bit_is_proved_by_its_receipts(self) -> None:
        assert ledger.differences(self.connection, WEEK) == []

    @invariant()
    def counting_gives_what_opening_gives(self) -> None:
        states = ledger.lesson_states(self.connection, WEEK)
        tallies = sorted(tally_week(self.connection, WEEK), key=lambda one: one.student)
        assert tallies == tally_states(states)
        counted = Counter((one.channel, one.reason) for one in states)
        assert count_choices(self.connection, WEEK) == counted
        by_slot = channels_by_slot(self.connection, WEEK)
        assert {who: Counter(some) for who, some in by_slot.items()} == {
            who: Counter(one.channel for one in states if one.student == who) for who in self.tries
        }

    @invariant()
    def no_lesson_travels_twice_on_one_attempt(self) -> None:
        inside = Counter(
            (content.student, content.attempt, lesson)
            for one in read_consignments(self.connection, week=WEEK)
            if one.kind in WITH_LESSONS
            for content in one.contents
            for lesson in content.lessons
        )
        assert [what for what, count in inside.items() if count > 1] == []


def test_the_ledger_survives_any_life(migrated_sqlite: Path) -> None:
    assert truths_that_held(Week, lives=15, steps=15, file=migrated_sqlite) == {
        "the_ledger_says_what_was_heard",
        "every_bit_is_proved_by_its_receipts",
        "counting_gives_what_opening_gives",
        "no_lesson_travels_twice_on_one_attempt",
    }
