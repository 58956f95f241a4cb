"""What waits in the outbox of the bot is taken back whole, or not at all once it may have left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.channel import TelegramChannel
from bot.chats import links
from bot.sending import claims, evidence, outbox
from bot.sending.claims import Claim
from bot.sending.outbox import Done
from bot.tables import outbox as outbox_table
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step
from jetkiz.channel import TakesBack
from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.model import Batch, Consignment, StudentPlan
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace, wall_clock
from scheduler.dispatch import enqueue_due, hand_over, prepare_week
from scheduler.falling_back import fall_back
from scheduler.rules.fallback_firing import Cause
from tests.factories import BY_TELEGRAM, NOW, WEEK, People, add_people
from tests.second_way_school import CHECK, EVENING, HandChannel, Jobs

BOT = 1
TAKEN_BACK = OutboxState.DROPPED


@dataclass
class Post:
    """Alice's day as messages in the outbox for the phones of her family."""

    workplace: Workplace
    people: People
    channel: TelegramChannel
    consignment: Consignment

    @property
    def database(self) -> Database:
        return self.workplace.database

    def dispatch(self) -> None:
        self.channel.dispatch(Batch("b", "telegram", WEEK, (self.consignment,)), NOW)

    def take_back(self, *lessons: int) -> bool:
        with self.database.write() as connection:
            return self.channel.take_back(connection, self.consignment, lessons)

    def claim(self) -> list[outbox.Job]:
        with self.database.write() as connection:
            later = wall_clock() + timedelta(seconds=5)
            return claims.claim(connection, Claim(BOT, "sender", 9), later)

    def end(self, jobs: Iterable[outbox.Job], kind: Kind, state: OutboxState) -> None:
        done = [Done(job, Outcome(kind), Step(state)) for job in jobs]
        with self.database.write() as connection:
            claims.settle(connection, BOT, done, wall_clock())

    def messages(self) -> list[tuple[OutboxState, str]]:
        c = outbox_table.c
        with self.database.read() as connection:
            rows = connection.execute(select(c.state, c.payload).order_by(c.id)).all()
        return [(OutboxState(row.state), row.payload["text"]) for row in rows]

    def states(self) -> list[OutboxState]:
        return [state for state, _ in self.messages()]


@pytest.fixture
def post(sqlite_database: Database, tmp_path: Path) -> Post:
    return open_post(sqlite_database, tmp_path)


@pytest.fixture
def each_post(database: Database, tmp_path: Path) -> Post:
    """The same on each database in turn, for what locks rows or counts in SQL."""
    return open_post(database, tmp_path)


def open_post(database: Database, tmp_path: Path) -> Post:
    settings = Settings(data=tmp_path, telegram_token="1:test", zone="Asia/Qostanay")
    workplace = Workplace(settings, database, FileStore(tmp_path / "files"), lambda: EVENING)
    with database.write() as connection:
        people = add_people(connection)
        plan = StudentPlan(
            people.alice,
            people.lessons,
            (BY_TELEGRAM,) * 3,
            ("in_person", None, "in_person"),
        )
        ledger.publish(connection, WEEK, 1, [plan], {people.alice: people.school})
        for chat in (500, 501):
            phone = links.open_chat(connection, BOT, chat, "en")
            links.link(connection, phone, people.alice, "guardian", NOW)
        evidence.learn_telegram(connection, people.alice, "linked", NOW)
        channel = TelegramChannel(workplace)
        prepare_week(connection, {"telegram": channel}, WEEK, NOW)
        (consignment,) = read_consignments(connection, week=WEEK)
    return Post(workplace, people, channel, consignment)


def test_the_bot_can_take_back_and_says_so(post: Post) -> None:
    assert isinstance(post.channel, TakesBack)


def test_what_nobody_has_begun_to_send_stays_at_home(post: Post) -> None:
    post.dispatch()
    assert post.take_back(*post.people.lessons)
    assert post.states() == [TAKEN_BACK] * 2
    assert post.claim() == []


def test_nothing_written_is_nothing_to_take_back(post: Post) -> None:
    assert post.take_back(*post.people.lessons)
    assert post.messages() == []
    assert post.take_back(post.people.lessons[0])
    assert post.messages() == []


def test_the_rest_of_the_day_is_written_anew_for_every_phone(post: Post) -> None:
    first, second, _ = post.people.lessons
    post.dispatch()
    assert post.take_back(first)
    found = post.messages()
    assert [state for state, _ in found] == [TAKEN_BACK] * 2 + [OutboxState.QUEUED] * 2
    assert all("w05-0" in text for _, text in found[:2])
    assert all("w05-0" not in text and "w05-1" in text for _, text in found[2:])
    assert {job.consignment for job in post.claim()} == {post.consignment.key}
    assert second in post.consignment.contents[0].lessons


def test_a_message_of_several_parts_goes_back_with_all_of_them(post: Post) -> None:
    with post.database.write() as connection:
        connection.execute(update(lesson_table).values(title="A very long title. " * 150))
    post.dispatch()
    assert len(post.states()) > 2
    assert post.take_back(*post.people.lessons)
    assert set(post.states()) == {TAKEN_BACK}


def test_what_may_have_left_is_not_taken_back_from_any_phone(each_post: Post) -> None:
    each_post.dispatch()
    jobs = each_post.claim()
    assert len(jobs) == 2
    assert not each_post.take_back(*each_post.people.lessons)
    each_post.end(jobs[:1], Kind.UNKNOWN, OutboxState.UNKNOWN)
    each_post.end(jobs[1:], Kind.NOT_SENT, OutboxState.RETRY)
    assert not each_post.take_back(*each_post.people.lessons)
    assert each_post.states() == [OutboxState.UNKNOWN, OutboxState.RETRY]


def test_a_try_that_surely_failed_can_be_taken_back_unless_an_earlier_may_have_come(
    post: Post,
) -> None:
    post.dispatch()
    jobs = post.claim()
    post.end(jobs, Kind.UNKNOWN, OutboxState.UNKNOWN)
    jobs = post.claim()
    post.end(jobs, Kind.NOT_SENT, OutboxState.RETRY)
    assert set(post.states()) == {OutboxState.RETRY}
    assert not post.take_back(*post.people.lessons)


def test_what_surely_never_left_is_taken_back(post: Post) -> None:
    post.dispatch()
    post.end(post.claim(), Kind.NOT_SENT, OutboxState.RETRY)
    assert post.take_back(*post.people.lessons)
    assert set(post.states()) == {TAKEN_BACK}


def test_what_was_sent_stays_sent(post: Post) -> None:
    post.dispatch()
    post.end(post.claim(), Kind.SENT, OutboxState.SENT)
    assert not post.take_back(*post.people.lessons)
    assert set(post.states()) == {OutboxState.SENT}


def test_a_late_day_goes_by_paper_and_its_rest_by_telegram(each_post: Post) -> None:
    """The bot was off the whole day: what has a second way takes it, nothing goes out twice."""
    paper, first = HandChannel(), each_post.people.lessons[0]
    ways = {"telegram": each_post.channel, "in_person": paper}
    engine = Jobs()
    with each_post.database.write() as connection:
        enqueue_due(connection, engine, EVENING)  # type: ignore[arg-type]
    for job in engine.jobs:
        hand_over(each_post.workplace, ways, int(job.ref))
    with each_post.database.write() as connection:
        orders = fall_back(connection, ways, WEEK, CHECK, EVENING)
    assert {one.cause for one in orders} == {Cause.LATE}
    assert [one.lesson for one in orders] == [first, each_post.people.lessons[2]]
    jobs = each_post.claim()
    assert len(jobs) == 2
    assert all("w05-0" not in job.payload["text"] for job in jobs)
    done = [Done(job, Outcome(Kind.SENT, 7), Step(OutboxState.SENT)) for job in jobs]
    with each_post.database.write() as connection:
        claims.settle(connection, BOT, done, wall_clock())
        evidence.report(connection, BOT, done, EVENING)
        states = ledger.lesson_states(connection, WEEK, [each_post.people.alice])
        assert ledger.differences(connection, WEEK) == []
    assert [(one.channel, one.state) for one in states] == [
        ("in_person", State.PLANNED),
        ("telegram", State.DISPATCHED),
        ("in_person", State.PLANNED),
    ]


def test_a_family_that_blocks_the_bot_gets_paper_for_the_rest_of_the_day(post: Post) -> None:
    ways = {"telegram": post.channel, "in_person": HandChannel()}
    post.dispatch()
    blocked = Outcome(Kind.UNREACHABLE, reason=FailureReason.BLOCKED)
    step = Step(OutboxState.REFUSED, reason=FailureReason.BLOCKED)
    done = [Done(job, blocked, step) for job in post.claim()]
    with post.database.write() as connection:
        claims.settle(connection, BOT, done, wall_clock())
        evidence.report(connection, BOT, done, NOW)
        orders = fall_back(connection, ways, WEEK, CHECK, NOW)
    assert {one.reason for one in orders} == {FailureReason.BLOCKED}
    assert len(orders) == 2
    assert set(post.states()) == {OutboxState.REFUSED}
