"""A reminder comes at the family's hour, once, and not after the work was handed in."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from bot import reminding
from bot.channel import TelegramChannel
from bot.chats import links
from bot.chats.links import Chat
from bot.chats.preferences import Preferences, change_preferences
from bot.reminding import keep_late_reminders, later
from bot.sending import claims
from bot.sending.claims import Claim
from bot.sending.outbox import Lane
from bot.tables import outbox
from bot.words.keyboards import Verb, button
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock
from scheduler.reminding import remind
from scheduler.tables import reminder
from tests.bot_family import BOT, Family, family_of
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week

MOTHER, FATHER = 11, 12
ZONE = ZoneInfo("Asia/Qostanay")
WEDNESDAY = MONDAY + timedelta(days=2)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        people = add_people(connection, lessons=2)
        publish_week(connection, people)
        came = [
            Receipt(f"r{n}", WEEK, n, people.lessons, State.DISPATCHED, "telegram", NOW)
            for n in (people.alice, people.bob)
        ]
        record_receipts(connection, came, NOW)
    return people


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path)) as opened:
        opened.link(MOTHER, people.alice)
        yield opened


def pulse(family: Family, now: datetime) -> None:
    """Let the clock come by, twice over, as after a kill."""
    family.now = now
    channel = TelegramChannel(family.workplace)
    for _ in range(2):
        remind(family.connection, {"telegram": channel}, ZONE, now)


def told(family: Family) -> list[tuple[int, int, date]]:
    rows = family.connection.execute(select(reminder).order_by(reminder.c.id))
    return [(row.student_id, row.number, row.day) for row in rows]


def messages(family: Family) -> list[tuple[int, str]]:
    query = select(outbox).where(outbox.c.lane == int(Lane.REMINDER)).order_by(outbox.c.id)
    return [(row.chat_id, row.state) for row in family.connection.execute(query)]


def wishes(family: Family, phone: int, **changes: object) -> None:
    chat = links.find_chat(family.connection, BOT, phone)
    assert chat
    change_preferences(family.connection, chat, **changes)


def test_one_reminder_comes_at_the_familys_hour(family: Family, people: People) -> None:
    pulse(family, at(WEDNESDAY, 16, 59))
    assert messages(family) == []
    for minute in (0, 15, 30):
        pulse(family, at(WEDNESDAY, 17, minute))
    assert told(family) == [(people.alice, 1, WEDNESDAY)]
    assert messages(family) == [(MOTHER, "queued")]
    family.deliver()
    card = family.screens[MOTHER].last
    assert "Alice" in card["text"]
    assert "Test" not in card["text"]
    assert len(card["reply_markup"]["inline_keyboard"]) == 4


def test_two_phones_share_one_reminder_each_at_its_own_hour(family: Family, people: People) -> None:
    family.link(FATHER, people.alice)
    wishes(family, FATHER, reminder_hour=19)
    pulse(family, at(WEDNESDAY, 17))
    assert [chat for chat, _ in messages(family)] == [MOTHER]
    pulse(family, at(WEDNESDAY, 19))
    assert [chat for chat, _ in messages(family)] == [MOTHER, FATHER]
    assert len(told(family)) == 1


@pytest.mark.parametrize(
    "changes", [{"reminders": False}, {"quiet_from": datetime.min.time().replace(hour=16)}]
)
def test_who_wants_none_gets_none(family: Family, changes: dict[str, object]) -> None:
    wishes(family, MOTHER, **changes)
    for hour in range(15, 21):
        pulse(family, at(WEDNESDAY, hour))
    assert messages(family) == []


def test_late_at_night_nothing_is_made_up_for(family: Family) -> None:
    pulse(family, at(WEDNESDAY, 21, 5))
    assert told(family) == messages(family) == []


def _hand_in(family: Family, student: int, lesson: int, channel: str) -> None:
    page = Page(f"k{lesson}", "1" * 64, "image/jpeg", channel)
    add_page(family.connection, student, lesson, page, family.now)
    assert hand_in(family.connection, student, lesson, MONDAY, family.now, channel)


@pytest.mark.parametrize("channel", ["telegram", "post"])
def test_work_handed_in_by_any_channel_is_not_called_to_mind(
    family: Family, people: People, channel: str
) -> None:
    for lesson in people.lessons:
        _hand_in(family, people.alice, lesson, channel)
    pulse(family, at(WEDNESDAY, 18))
    assert told(family) == messages(family) == []


def test_a_reminder_that_still_waits_stays_at_home_once_the_work_is_in(
    family: Family, people: People
) -> None:
    pulse(family, at(WEDNESDAY, 17))
    lesson = family.connection.scalar(select(reminder.c.lesson_id))
    assert lesson
    _hand_in(family, people.alice, lesson, "post")
    pulse(family, at(WEDNESDAY, 17, 15))
    assert messages(family) == [(MOTHER, "dropped")]


@pytest.mark.parametrize("is_reminded", [False, True])
def test_what_a_family_put_off_stays_at_home_once_the_work_is_in(
    family: Family, people: People, *, is_reminded: bool
) -> None:
    family.now = at(WEDNESDAY, 18)
    if is_reminded:
        pulse(family, family.now)
    for lesson in people.lessons:
        data = button("", Verb.LATER, people.alice, lesson, 2).data
        family.presses(MOTHER, 99, data)
    _hand_in(family, people.alice, people.lessons[1], "post")
    pulse(family, at(WEDNESDAY, 18, 15))
    query = select(outbox.c.subject, outbox.c.state).where(outbox.c.key.startswith("later:"))
    assert {row.subject: row.state for row in family.connection.execute(query)} == {
        f"{people.alice}:{people.lessons[0]}": "queued",
        f"{people.alice}:{people.lessons[1]}": "dropped",
    }


def keep_late(family: Family, now: datetime) -> int:
    return keep_late_reminders(family.connection, BOT, ZONE, now)


def set_state(family: Family, state: str) -> None:
    reminders = outbox.c.lane == int(Lane.REMINDER)
    family.connection.execute(update(outbox).where(reminders).values(state=state))


@pytest.mark.parametrize("state", ["queued", "retry"])
@pytest.mark.parametrize("now", [at(WEDNESDAY, 21, 1), at(WEDNESDAY + timedelta(days=1), 9)])
def test_a_reminder_that_telegram_did_not_take_in_time_never_comes(
    family: Family, now: datetime, state: str
) -> None:
    pulse(family, at(WEDNESDAY, 20))
    set_state(family, state)
    assert keep_late(family, at(WEDNESDAY, 20, 59)) == 0
    assert keep_late(family, now) == 1
    assert messages(family) == [(MOTHER, "dropped")]
    assert keep_late(family, now) == 0


def test_who_wants_none_meanwhile_gets_none(family: Family) -> None:
    pulse(family, at(WEDNESDAY, 18))
    wishes(family, MOTHER, reminders=False)
    assert keep_late(family, at(WEDNESDAY, 18, 5)) == 1
    assert messages(family) == [(MOTHER, "dropped")]


@pytest.mark.parametrize("state", ["queued", "retry"])
def test_what_the_family_put_off_itself_comes_after_the_night(
    family: Family, people: People, state: str
) -> None:
    family.now = at(WEDNESDAY, 18)
    family.presses(MOTHER, 99, _later(people, 2))
    row = outbox.c.key.startswith("later:")
    family.connection.execute(update(outbox).where(row).values(not_before=NOW))
    set_state(family, state)
    began = wall_clock()
    assert keep_late(family, at(WEDNESDAY, 22)) == 1
    ended = wall_clock()
    assert keep_late(family, at(WEDNESDAY, 22)) == 0
    [due] = family.connection.execute(select(outbox.c.state, outbox.c.not_before).where(row))
    assert due.state == "queued"
    assert began <= due.not_before - timedelta(hours=9, minutes=30) <= ended
    claimed = claims.claim(family.connection, Claim(BOT, "a", 9), due.not_before)
    assert any(job.key.startswith("later:") for job in claimed)


@pytest.mark.parametrize("evening", [at(WEDNESDAY, 21, 1), at(WEDNESDAY, 22)])
def test_what_a_sender_takes_meanwhile_is_left_to_it(
    family: Family, people: People, evening: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse(family, at(WEDNESDAY, 20))
    family.presses(MOTHER, 99, _later(people, 1))
    due = {"not_before": NOW, "is_held": False}
    family.connection.execute(update(outbox).values(due))

    def find_after_a_claim(connection: Connection, bot: int, chat_id: int) -> Chat | None:
        set_state(family, "sending")
        return links.find_chat(connection, bot, chat_id)

    monkeypatch.setattr(reminding, "find_chat", find_after_a_claim)
    assert keep_late(family, evening) == 0
    assert {state for _, state in messages(family)} == {"sending"}


def test_what_never_came_is_not_called_to_mind(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    with family_of(sqlite_database, FileStore(tmp_path)) as family:
        family.link(MOTHER, people.alice)
        pulse(family, at(WEDNESDAY, 18))
        assert told(family) == []


def test_putting_off_comes_at_the_chosen_time(family: Family, people: People) -> None:
    pulse(family, at(WEDNESDAY, 17))
    family.deliver()
    family.restart()
    family.press_verb(MOTHER, Verb.LATER, people.alice)
    assert "When" in family.screens[MOTHER].last["text"]
    family.presses(MOTHER, 99, _later(people, 3))
    assert "Thursday, 29 January at 17:00" in str(family.screens[MOTHER].messages[99]["text"])
    assert messages(family)[-1] == (MOTHER, "queued")
    family.presses(MOTHER, 99, _later(people, 3))
    assert len(messages(family)) == 2


def _later(people: People, choice: int) -> str:
    return f"1:sz:{people.alice}:{people.lessons[0]}:{choice}"


def test_another_familys_lesson_is_not_put_off(family: Family, people: People) -> None:
    family.now = at(WEDNESDAY, 17)
    for data in (f"1:sz:{people.bob}:{people.lessons[0]}:1", "1:sz", "1:sz:1"):
        family.presses(MOTHER, 99, data)
    assert messages(family) == []
    assert set(family.screens[MOTHER].answers) == {"This lesson is not in this chat."}


@pytest.mark.parametrize(
    ("choice", "hour", "expected"),
    [
        (1, 12, at(WEDNESDAY, 13)),
        (2, 12, at(WEDNESDAY, 19)),
        (2, 20, None),
        (3, 12, at(WEDNESDAY + timedelta(days=1), 17)),
        (9, 12, None),
    ],
)
def test_when_later_is(choice: int, hour: int, expected: datetime | None) -> None:
    assert later(choice, at(WEDNESDAY, hour), Preferences()) == expected


def test_a_blocked_phone_has_no_hour(family: Family, people: People) -> None:
    assert reminding.reminder_hours(family.connection) == {people.alice: 17}
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    links.set_blocked(family.connection, chat, NOW)
    assert reminding.reminder_hours(family.connection) == {}


def test_who_left_the_school_has_no_hour(family: Family, people: People) -> None:
    left = student.update().where(student.c.id == people.alice)
    family.connection.execute(left.values(active=False))
    assert reminding.reminder_hours(family.connection) == {}
