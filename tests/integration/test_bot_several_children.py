"""One message a day for all children of a phone, at a good hour; each child's receipts are kept."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, update

from bot.chats import links
from bot.chats.preferences import Preferences
from bot.handing_over import Receiver, bundles, hand_over, receivers
from bot.words.keyboards import Verb
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Consignment, Content
from jetkiz.delivery.model import Kind as ConsignmentKind
from jetkiz.delivery.states import State
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock
from tests.bot_days import School
from tests.bot_family import Family, family_of
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week

MOTHER, FATHER, CHILD = 500, 501, 502
ZONE = ZoneInfo("Asia/Qostanay")


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


def test_who_left_the_school_gets_nothing_anew_when_the_others_day_is_taken_back(
    school: School,
) -> None:
    alice, bob = school.people.alice, school.people.bob
    school.link(MOTHER, alice, bob)
    batch = school.hand_over()
    [mine] = [one for one in batch.consignments if one.student == bob]
    with school.database.write() as connection:
        left = update(student).where(student.c.id == alice)
        connection.execute(left.values(active=False))
        assert school.channel.take_back(connection, mine, school.people.lessons)
    assert school.waiting() == []


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
    left = row["not_before"] - timedelta(hours=hours)  # type: ignore[operator]
    assert began <= left <= wall_clock()
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
    made = bundles({one.key: takers for one in given}, given)
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
    for bundle in bundles(phones, given):
        hand_over(connection, bundle, NOW)


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
