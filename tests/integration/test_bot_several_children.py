"""One message a day for all children of a phone, at a good hour; each child's receipts are kept."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.channel import TelegramChannel
from bot.chats import links
from bot.chats.preferences import Preferences, change_preferences
from bot.handing_over import Receiver, hand_over, parcels, receivers
from bot.sending import claims, evidence
from bot.sending.claims import Claim
from bot.sending.outbox import Done
from bot.tables import outbox as outbox_table
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step
from bot.words.keyboards import Verb
from jetkiz.config import Settings
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.ledger import deliveries, lesson_states
from jetkiz.delivery.model import Batch, Consignment, Content
from jetkiz.delivery.model import Kind as ConsignmentKind
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.bot_family import Family, family_of
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week

BOT = 1
MOTHER, FATHER, CHILD = 500, 501, 502
ZONE = ZoneInfo("Asia/Qostanay")


class School:
    """Alice and Bob, whose lessons go out by Telegram, and their phones."""

    def __init__(self, database: Database, folder: Path, now: datetime) -> None:
        settings = Settings(data=folder, telegram_token="1:test")
        self.workplace = Workplace(settings, database, FileStore(folder / "files"), lambda: now)
        self.database, self.now = database, now
        self.channel = TelegramChannel(self.workplace)
        with database.write() as connection:
            self.people = add_people(connection)
            publish_week(connection, self.people)

    def link(self, chat_id: int, *students: int, role: str = "guardian", **wishes: object) -> None:
        with self.database.write() as connection:
            chat = links.open_chat(connection, BOT, chat_id, "en")
            for student in students:
                links.link(connection, chat, student, role, NOW)
            change_preferences(connection, chat, **wishes)

    def batch(self) -> Batch:
        with self.database.write() as connection:
            homes = {self.people.alice: 1, self.people.bob: 2}
            wanted = deliveries(connection, WEEK, homes, dict.fromkeys(self.people.lessons, MONDAY))
            given = tuple(self.channel.prepare(wanted))
            batch = Batch("b", "telegram", WEEK, given)
            save_batch(connection, batch, NOW, NOW)
        return batch

    def hand_over(self) -> Batch:
        batch = self.batch()
        receipts = self.channel.dispatch(batch, self.now)
        with self.database.write() as connection:
            record_receipts(connection, receipts, self.now)
        return batch

    def rows(self) -> list[dict[str, object]]:
        with self.database.read() as connection:
            found = connection.execute(select(outbox_table).order_by(outbox_table.c.id))
            return [dict(row._mapping) for row in found]

    def waiting(self) -> list[str]:
        return [
            str(row["payload"]["text"])  # type: ignore[index]
            for row in self.rows()
            if row["state"] == "queued"
        ]

    def end(self, refused: tuple[int, ...] = ()) -> None:
        """Let Telegram take every message, but refuse those to some chats for good."""
        with self.database.write() as connection:
            later = wall_clock() + timedelta(days=1)
            while jobs := claims.claim(connection, Claim(BOT, "a", 50), later):
                done = []
                for job in jobs:
                    is_refused = job.chat_id in refused
                    kind = Kind.REFUSED if is_refused else Kind.SENT
                    state = OutboxState.REFUSED if is_refused else OutboxState.SENT
                    done.append(Done(job, Outcome(kind, message_id=job.id), Step(state)))
                claims.settle(connection, BOT, done, later)
                evidence.report(connection, BOT, done, self.now)

    def states(self, student: int) -> set[State]:
        with self.database.read() as connection:
            return {one.state for one in lesson_states(connection, WEEK, [student])}


@pytest.fixture
def school(sqlite_database: Database, tmp_path: Path) -> School:
    return School(sqlite_database, tmp_path, NOW)


def test_two_children_are_one_message_and_two_times_evidence(
    database: Database, tmp_path: Path
) -> None:
    school = School(database, tmp_path, NOW)
    school.link(MOTHER, school.people.alice, school.people.bob)
    school.hand_over()
    [text] = school.waiting()
    assert "Alice" in text
    assert "Bob" in text
    school.end()
    assert school.states(school.people.alice) == {State.DISPATCHED}
    assert school.states(school.people.bob) == {State.DISPATCHED}


def test_handing_over_again_writes_nothing_more(school: School) -> None:
    school.link(MOTHER, school.people.alice, school.people.bob)
    batch = school.hand_over()
    again = school.channel.dispatch(batch, NOW)
    assert {one.key for one in again} == {one.key for one in school.channel.dispatch(batch, NOW)}
    assert len(school.rows()) == 1


def test_a_phone_linked_to_another_child_between_two_tries_gets_nothing_twice(
    school: School,
) -> None:
    school.link(MOTHER, school.people.bob)
    batch = school.hand_over()
    school.link(MOTHER, school.people.alice)
    school.channel.dispatch(batch, NOW)
    texts = school.waiting()
    assert ["Bob" in text for text in texts] == [True, False]
    assert ["Alice" in text for text in texts] == [False, True]


def test_a_family_that_wants_them_apart_gets_them_apart(school: School) -> None:
    school.link(MOTHER, school.people.alice, school.people.bob, together=False)
    school.hand_over()
    assert ["Alice" in text for text in school.waiting()] == [True, False]


def test_what_was_refused_fails_for_each_child_without_another_phone(school: School) -> None:
    alice, bob = school.people.alice, school.people.bob
    school.link(MOTHER, alice, bob)
    school.link(FATHER, alice)
    school.hand_over()
    school.end(refused=(MOTHER,))
    assert school.states(alice) == {State.DISPATCHED}
    assert school.states(bob) == {State.FAILED}


@pytest.mark.parametrize("kept", [0, 1])
def test_taking_one_childs_lessons_back_leaves_the_other_alone(
    database: Database, tmp_path: Path, kept: int
) -> None:
    school = School(database, tmp_path, NOW)
    alice, bob = school.people.alice, school.people.bob
    school.link(MOTHER, alice, bob)
    batch = school.hand_over()
    [mine] = [one for one in batch.consignments if one.student == alice]
    back = school.people.lessons[kept:]
    with school.database.write() as connection:
        assert school.channel.take_back(connection, mine, back)
    texts = school.waiting()
    assert sum("Bob" in text for text in texts) == 1
    assert sum("Alice" in text for text in texts) == kept
    with school.database.write() as connection:
        assert school.channel.take_back(connection, mine, back)
    assert sum("Bob" in text for text in school.waiting()) == 1, "Bob's is not written again"
    school.end()
    assert school.states(bob) == {State.DISPATCHED}


def test_what_has_begun_to_leave_is_not_taken_back(school: School) -> None:
    school.link(MOTHER, school.people.alice, school.people.bob)
    batch = school.hand_over()
    school.end()
    with school.database.write() as connection:
        for one in batch.consignments:
            assert not school.channel.take_back(connection, one, school.people.lessons)


def _at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, 26, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "hours", "is_silent"),
    [(_at(22), 9.5, True), (_at(7, 35), 0, True), (_at(8), 0, False), (_at(20, 59), 0, False)],
)
def test_nothing_comes_in_quiet_hours_and_mornings_are_silent(
    sqlite_database: Database, tmp_path: Path, now: datetime, hours: float, *, is_silent: bool
) -> None:
    school = School(sqlite_database, tmp_path, now)
    school.link(MOTHER, school.people.alice)
    began = wall_clock()
    school.hand_over()
    [row] = school.rows()
    wait = row["not_before"] - began  # type: ignore[operator]
    assert timedelta(0) <= wait - timedelta(hours=hours) < timedelta(minutes=1)
    assert bool(row["payload"].get("disable_notification")) == is_silent  # type: ignore[attr-defined]


@pytest.mark.parametrize(("copies", "expected"), [(True, {MOTHER, CHILD}), (False, {CHILD})])
def test_a_guardian_can_leave_the_childs_phone_alone(
    school: School, expected: set[int], *, copies: bool
) -> None:
    alice = school.people.alice
    school.link(MOTHER, alice, copies=copies)
    school.link(CHILD, alice, role="student")
    school.hand_over()
    assert {row["chat_id"] for row in school.rows()} == expected


def test_without_a_phone_of_the_child_the_guardian_gets_everything(school: School) -> None:
    school.link(MOTHER, school.people.alice, copies=False)
    school.hand_over()
    assert {row["chat_id"] for row in school.rows()} == {MOTHER}


def _consignment(student: int, day: int, kind: ConsignmentKind) -> Consignment:
    key = f"{kind}:{student}:{day}"
    return Consignment(key, "telegram", kind, WEEK, MONDAY + timedelta(days=day), student=student)


@given(
    st.sets(st.tuples(st.integers(1, 4), st.integers(0, 2), st.booleans()), min_size=1),
    st.lists(st.booleans(), min_size=1, max_size=3),
)
def test_whatever_is_joined_each_phone_gets_each_consignment_once(
    given_days: set[tuple[int, int, bool]], phones: list[bool]
) -> None:
    kinds = {True: ConsignmentKind.DIGEST, False: ConsignmentKind.FEEDBACK}
    given = [_consignment(student, day, kinds[is_day]) for student, day, is_day in given_days]
    takers = [
        Receiver(links.Chat(n, n, "en"), Preferences(together=joined), (), ZONE)
        for n, joined in enumerate(phones)
    ]
    made = parcels({one.key: takers for one in given}, given)
    got = [(one.receiver.chat.id, c.key) for one in made for c in one.consignments]
    assert sorted(got) == sorted((r.chat.id, c.key) for r in takers for c in given)
    for one in made:
        assert len({c.due for c in one.consignments}) == 1
        several = len(one.consignments) > 1
        assert not several or one.receiver.wishes.together
        assert not several or {c.kind for c in one.consignments} == {ConsignmentKind.DIGEST}
    assert len({one.key for one in made}) == len(made)


def _share(connection: Connection, people: People) -> None:
    """Hand the Monday of both children over as one message."""
    given = [
        Consignment(
            f"telegram:{student}",
            "telegram",
            ConsignmentKind.DIGEST,
            WEEK,
            MONDAY,
            student=student,
            contents=(Content(student, people.lessons),),
        )
        for student in (people.alice, people.bob)
    ]
    phones = {one.key: receivers(connection, one.student or 0) for one in given}
    for parcel in parcels(phones, given):
        hand_over(connection, parcel, NOW)


def _press(family: Family, number: int, student: int) -> None:
    [data] = [
        data
        for message, data, press in family.screens[MOTHER].buttons()
        if (message, press.verb, press.numbers[:1]) == (number, Verb.DAY_RECEIVED, (student,))
    ]
    family.presses(MOTHER, number, data)


def _labels(family: Family, number: int) -> list[str]:
    rows = family.screens[MOTHER].messages[number]["reply_markup"]["inline_keyboard"]
    return [one["text"] for row in rows for one in row]


def _standing(family: Family, student: int) -> set[State]:
    return {one.state for one in lesson_states(family.connection, WEEK, [student])}


def test_the_buttons_of_a_joined_message_serve_each_child(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    with family_of(sqlite_database, FileStore(tmp_path)) as family:
        family.link(MOTHER, people.alice, people.bob)
        _share(family.connection, people)
        family.deliver()
        assert len(family.screens[MOTHER].messages) == 1
        shown = family.press_verb(MOTHER, Verb.SHOW_DAY, people.bob).last["text"]
        assert "Bob" in shown
        assert "Alice" not in shown
        [number] = [n for n, _, p in family.screens[MOTHER].buttons() if p.verb == Verb.SHOW_DAY][
            :1
        ]
        _press(family, number, people.alice)
        assert _standing(family, people.alice) == {State.ACKNOWLEDGED}
        assert State.ACKNOWLEDGED not in _standing(family, people.bob)
        labels = _labels(family, number)
        assert labels[1] == "Received 08:00: Alice"
        assert labels[3] == "Received: Bob"
        _press(family, number, people.bob)
        assert _labels(family, number)[3] == "Received 08:00: Bob"
        family.presses(MOTHER, number, f"1:dy:{people.charlie}:ZZ")
        assert family.screens[MOTHER].answers[-1] == "This lesson is not in this chat."
