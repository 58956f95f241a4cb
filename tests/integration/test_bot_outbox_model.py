"""The outbox against a model: order in each lane, one at a time for a chat, nothing forgotten."""

from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import Connection, select

from bot.sending import claims, outbox, recovery
from bot.sending.claims import Claim
from bot.sending.outbox import Done, Job, Lane, Outgoing
from bot.tables import outbox as outbox_table
from bot.tables import outbox_attempt
from bot.telegram.telegram_errors import MOST_UNKNOWN, Kind, OutboxState, Outcome, next_step
from jetkiz.storage.database import Database
from tests.factories import NOW
from tests.lives import truths_that_held

BOT = 1
CHATS = (5, 6, 7)
OPEN = {"queued", "sending", "retry", "unknown"}
OUTCOMES = st.sampled_from(
    [
        Outcome(Kind.SENT, message_id=70),
        Outcome(Kind.NOT_SENT),
        Outcome(Kind.FLOODED, retry_after=30),
        Outcome(Kind.REFUSED),
        Outcome(Kind.UNKNOWN),
        Outcome(Kind.UNKNOWN),
    ]
)


@dataclass
class Message:
    """What the model believes of one message."""

    number: int
    chat: int
    lane: Lane
    state: str = "queued"
    not_before: float = 0.0
    unknowns: int = 0


@dataclass
class Believed:
    """Every message that was ever put into the outbox."""

    messages: dict[str, Message] = field(default_factory=dict)

    def first_of(self, chat: int, lane: Lane, now: float) -> Message | None:
        mine = [
            one
            for one in self.messages.values()
            if (one.chat, one.lane) == (chat, lane)
            and one.state in OPEN
            and (one.state != "queued" or one.not_before <= now)
        ]
        return min(mine, key=lambda one: one.number, default=None)

    def due(self, now: float, resting: set[int]) -> list[Message]:
        """The messages whose turn it is: of each chat the first of its most urgent lane."""
        heads = []
        for chat in set(CHATS) - resting:
            firsts = [self.first_of(chat, lane, now) for lane in Lane]
            ready = [
                one for one in firsts if one and one.state != "sending" and one.not_before <= now
            ]
            if ready:
                heads.append(ready[0])
        return sorted(heads, key=lambda one: (one.lane, one.number))


class Outboxes(RuleBasedStateMachine):
    """Messages come, are claimed, end in every way; senders die in the middle."""

    database: Database
    connection: Connection

    @initialize()
    def begin(self) -> None:
        self.raw = self.database.engine.connect()
        self.connection = self.raw.execution_options(jetkiz_write=True)
        self.story = self.connection.begin()
        self.believed = Believed()
        self.seconds = 0.0
        self.under_way: dict[str, Job] = {}
        self.neighbours = recovery.Neighbours("b")

    @property
    def now(self) -> object:
        return NOW + timedelta(seconds=self.seconds)

    @rule(
        chat=st.sampled_from(CHATS),
        lane=st.sampled_from(Lane),
        held=st.sampled_from([0.0, 0.0, 45.0]),
    )
    def put(self, chat: int, lane: Lane, held: float) -> None:
        number = len(self.believed.messages)
        until = NOW + timedelta(seconds=self.seconds + held) if held else None
        words = {"text": "x"}
        message = Outgoing(f"m{number}", chat, "sendMessage", words, lane, not_before=until)
        for expected in (1, 0):
            count = outbox.put(self.connection, BOT, [message], self.now)  # type: ignore[arg-type]
            assert count == expected, "a key that stands already is left alone"
        self.believed.messages[message.key] = Message(
            number, chat, lane, not_before=self.seconds + held
        )

    @rule(most=st.integers(1, 4), resting=st.sets(st.sampled_from(CHATS)))
    def claim(self, most: int, resting: set[int]) -> None:
        busy = {job.chat_id for job in self.under_way.values()} | resting
        wanted = Claim(BOT, "a", most, resting=busy)
        jobs = claims.claim(self.connection, wanted, self.now)  # type: ignore[arg-type]
        expected = self.believed.due(self.seconds, busy)[:most]
        assert [job.key for job in jobs] == [f"m{one.number}" for one in expected]
        for job, one in zip(jobs, expected, strict=True):
            assert (job.unknowns, job.is_repeat) == (one.unknowns, one.unknowns > 0)
            one.state = "sending"
            self.under_way[job.key] = job

    @rule(outcome=OUTCOMES, choice=st.integers(0, 9), age=st.sampled_from([0.0, 0.0, 90_000.0]))
    def end(self, outcome: Outcome, choice: int, age: float) -> None:
        if not self.under_way:
            return
        key = sorted(self.under_way)[choice % len(self.under_way)]
        job = self.under_way.pop(key)
        one = self.believed.messages[key]
        step = next_step(outcome, job.tries, age, 60.0, job.unknowns)
        claims.settle(self.connection, BOT, [Done(job, outcome, step)], self.now)  # type: ignore[arg-type]
        one.state = step.state.value
        one.not_before = self.seconds + step.wait
        one.unknowns += step.state == OutboxState.UNKNOWN

    @rule()
    def the_sender_dies_and_starts_again(self) -> None:
        count = recovery.recover(self.connection, BOT, "a", self.now)  # type: ignore[arg-type]
        lost = [one for one in self.believed.messages.values() if one.state == "sending"]
        assert count == len(lost)
        self.under_way.clear()
        for one in lost:
            one.state = "unknown"
            one.unknowns += 1

    @rule()
    def another_sender_looks_around(self) -> None:
        told = (self.neighbours, self.seconds, self.now)
        assert recovery.take_over(self.connection, BOT, *told) == 0  # type: ignore[arg-type]

    @rule(step=st.sampled_from([1.0, 30.0, 61.0]))
    def time_passes(self, step: float) -> None:
        if not self.under_way or step < recovery.STALE / 4:
            self.seconds += step

    @invariant()
    def the_table_says_what_is_believed(self) -> None:
        if not hasattr(self, "believed"):
            return
        c = outbox_table.c
        rows = self.connection.execute(select(c.key, c.state)).all()
        assert {row.key: row.state for row in rows} == {
            key: one.state for key, one in self.believed.messages.items()
        }
        sending = [one.chat for one in self.believed.messages.values() if one.state == "sending"]
        assert len(sending) == len(set(sending)), "one at a time for each chat"
        assert all(one.unknowns <= MOST_UNKNOWN for one in self.believed.messages.values())
        doubts = outbox_attempt.c.event == OutboxState.UNKNOWN.value
        written = self.connection.execute(select(outbox_attempt.c.id).where(doubts)).all()
        assert len(written) == sum(one.unknowns for one in self.believed.messages.values())

    def teardown(self) -> None:
        if hasattr(self, "story"):
            self.story.rollback()
            self.raw.close()


def test_the_outbox_does_as_the_model(sqlite_database: Database) -> None:
    held = truths_that_held(Outboxes, lives=25, steps=40, database=sqlite_database)
    assert held == {"the_table_says_what_is_believed"}
