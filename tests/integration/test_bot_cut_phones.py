"""When a phone is cut, its link, its consent and what waits to be sent to it end together."""

from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chats import consents, links
from bot.chats.alarms import AlarmKind, open_alarms
from bot.chats.links import Chat
from bot.chats.preferences import Preferences
from bot.family_access import Cause, cut_family, cut_phones
from bot.sending import claims, evidence, outbox, recovery
from bot.sending.claims import Claim
from bot.sending.outbox import Done, Job, Lane, Outgoing
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step
from bot.telling import News, tell, timed
from bot.words.cards import Card
from jetkiz.delivery.states import State
from jetkiz.roster.access_profile import FactKind
from jetkiz.roster.link_codes import LinkRole
from jetkiz.roster.register import read_homes
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import wall_clock
from tests.bot_days import BOT, School
from tests.factories import NOW

MOTHER, FATHER, CHILD = 500, 501, 502
GUARDIAN, STUDENT = LinkRole.GUARDIAN, LinkRole.STUDENT
ZONE = ZoneInfo("Asia/Qostanay")


@pytest.fixture
def school(sqlite_database: Database, tmp_path: Path) -> School:
    return School(sqlite_database, tmp_path, NOW)


def chat_of(school: School, number: int) -> Chat:
    with school.database.read() as connection:
        chat = links.find_chat(connection, BOT, number)
    assert chat
    return chat


def agree(school: School, number: int, student: int) -> None:
    with school.database.write() as connection:
        chat = links.find_chat(connection, BOT, number)
        assert chat
        consents.give_consent(connection, chat, student, NOW)


def cut(school: School, number: int, student: int, *, needs_consent: bool = True) -> None:
    cause = Cause(BOT, f"test:{number}", NOW, needs_consent)
    with school.database.write() as connection:
        cut_phones(connection, student, [chat_of(school, number)], cause)


def agreed(school: School, student: int) -> bool:
    with school.database.read() as connection:
        return consents.is_agreed(connection, student)


def standing(school: School, number: int) -> list[bool]:
    """Say of each consent of a chat whether it still stands."""
    with school.database.read() as connection:
        found = consents.consents_of(connection, chat_of(school, number))
    return [one.withdrawn_at is None for one in found]


def alarms(school: School) -> list[AlarmKind]:
    with school.database.read() as connection:
        return [one.kind for one in open_alarms(connection, BOT)]


def family(school: School) -> int:
    """A mother who agreed and a child with a phone of their own."""
    alice = school.people.alice
    school.link(MOTHER, alice)
    school.link(CHILD, alice, role=STUDENT)
    agree(school, MOTHER, alice)
    return alice


def by_force(school: School, student: int) -> None:
    with school.database.write() as connection:
        assert cut_family(connection, student, NOW) == (2, 0)


def by_press(school: School, student: int) -> None:
    cut(school, MOTHER, student)


@pytest.mark.parametrize("end", [by_force, by_press])
def test_no_consent_outlives_its_phone(school: School, end: object) -> None:
    alice = family(school)
    end(school, alice)  # type: ignore[operator]
    assert standing(school, MOTHER) == [False]
    assert not agreed(school, alice)


def test_a_consent_of_a_phone_that_is_gone_opens_nothing(school: School) -> None:
    alice = family(school)
    with school.database.write() as connection:
        links.unlink(connection, chat_of(school, MOTHER), [alice])
    assert not agreed(school, alice)


@pytest.mark.parametrize("is_blocked", [False, True])
def test_without_a_guardian_every_own_phone_waits_also_one_that_has_blocked(
    school: School, *, is_blocked: bool
) -> None:
    alice = family(school)
    with school.database.write() as connection:
        links.set_blocked(connection, chat_of(school, CHILD), NOW if is_blocked else None)
    cut(school, MOTHER, alice)
    with school.database.write() as connection:
        links.set_blocked(connection, chat_of(school, CHILD), None)
    with school.database.read() as connection:
        assert links.all_phones(connection, alice) == []
        assert [one.chat_id for one in links.waiting_phones(connection, alice)] == [CHILD]
    assert [row["chat_id"] for row in school.rows()] == ([] if is_blocked else [CHILD])
    assert alarms(school) == [AlarmKind.WITHDRAWN]


def test_while_another_guardian_agrees_nobody_waits(school: School) -> None:
    alice = family(school)
    school.link(FATHER, alice)
    cut(school, MOTHER, alice)
    with school.database.read() as connection:
        assert {one.chat_id for one in links.all_phones(connection, alice)} == {FATHER, CHILD}
    assert alarms(school) == []


def test_where_no_consent_was_given_none_is_taken_back(school: School) -> None:
    alice = school.people.alice
    school.link(CHILD, alice, role=STUDENT)
    cut(school, CHILD, alice)
    assert alarms(school) == []


def test_where_the_school_asks_for_no_consent_the_own_phone_goes_on(school: School) -> None:
    alice = family(school)
    cut(school, MOTHER, alice, needs_consent=False)
    with school.database.read() as connection:
        assert [one.chat_id for one in links.all_phones(connection, alice)] == [CHILD]


@pytest.fixture
def evening(sqlite_database: Database, tmp_path: Path) -> School:
    """Lessons handed over at ten in the evening: they wait for the morning."""
    return School(sqlite_database, tmp_path, datetime(2026, 1, 26, 22, tzinfo=ZONE))


def test_what_waits_for_the_morning_never_reaches_a_phone_that_was_cut(evening: School) -> None:
    alice, bob = evening.people.alice, evening.people.bob
    evening.link(MOTHER, alice, bob)
    evening.hand_over()
    remind(evening, MOTHER, f"{alice}:1")
    remind(evening, MOTHER, f"{bob}:1")
    cut(evening, MOTHER, alice)
    texts = evening.waiting()
    assert not any("Alice" in text for text in texts)
    assert sum("Bob" in text for text in texts) == 1
    assert f"about {bob}:1" in texts
    assert f"about {alice}:1" not in texts
    assert evening.states(alice) == {State.FAILED}
    evening.end()
    assert evening.states(bob) == {State.DISPATCHED}


def remind(school: School, number: int, subject: str) -> None:
    payload = {"chat_id": number, "text": f"about {subject}"}
    later = wall_clock() + timedelta(hours=3)
    message = Outgoing(
        subject, number, "sendMessage", payload, Lane.REMINDER, subject=subject, not_before=later
    )
    with school.database.write() as connection:
        outbox.put(connection, BOT, [message], wall_clock())


def test_lessons_that_another_phone_takes_have_not_failed(evening: School) -> None:
    alice = evening.people.alice
    evening.link(MOTHER, alice)
    evening.link(FATHER, alice)
    evening.hand_over()
    cut(evening, MOTHER, alice)
    assert [row["chat_id"] for row in evening.rows() if row["state"] == "queued"] == [FATHER]
    assert State.FAILED not in evening.states(alice)
    evening.end()
    assert evening.states(alice) == {State.DISPATCHED}


def test_what_a_guardian_allowed_is_held_back_from_the_childs_phone_too(evening: School) -> None:
    alice = family(evening)
    evening.hand_over()
    cut(evening, MOTHER, alice)
    [left] = [row for row in evening.rows() if row["state"] == "queued"]
    assert str(left["key"]).startswith("consent:")
    assert evening.states(alice) == {State.FAILED}
    with evening.database.read() as connection:
        profile = next(one.profile for one in read_homes(connection) if one.student.id == alice)
    assert profile.value(FactKind.TELEGRAM) == "never"


def test_what_has_left_is_not_called_lost(evening: School) -> None:
    alice = evening.people.alice
    evening.link(MOTHER, alice)
    evening.hand_over()
    evening.end()
    cut(evening, MOTHER, alice)
    assert evening.states(alice) == {State.DISPATCHED}


def begin(school: School) -> list[Job]:
    """Let a sender take what is due in the morning."""
    with school.database.write() as connection:
        return claims.claim(connection, Claim(BOT, "a", 50), wall_clock() + timedelta(days=1))


def settle(school: School, jobs: list[Job], kind: Kind, state: OutboxState) -> None:
    done = [Done(job, Outcome(kind, message_id=70 + job.id), Step(state)) for job in jobs]
    with school.database.write() as connection:
        claims.settle(connection, BOT, done, wall_clock())
        evidence.report(connection, BOT, done, school.now)


UNSENT = (Kind.NOT_SENT, OutboxState.RETRY)
UNHEARD = (Kind.UNKNOWN, OutboxState.UNKNOWN)


@pytest.mark.parametrize(
    ("ends", "expected"), [((UNSENT,), True), ((UNHEARD,), False), ((UNHEARD, UNSENT), False)]
)
@pytest.mark.parametrize("is_under_way", [False, True])
def test_what_was_tried_never_goes_again_to_a_phone_that_was_cut(
    evening: School,
    ends: tuple[tuple[Kind, OutboxState], ...],
    *,
    expected: bool,
    is_under_way: bool,
) -> None:
    """Only what surely did not arrive has failed."""
    alice = evening.people.alice
    evening.link(MOTHER, alice)
    evening.hand_over()
    for end in ends[:-1]:
        settle(evening, begin(evening), *end)
    jobs = begin(evening)
    assert len(jobs) == 1
    if is_under_way:
        cut(evening, MOTHER, alice)
        settle(evening, jobs, *ends[-1])
    else:
        settle(evening, jobs, *ends[-1])
        cut(evening, MOTHER, alice)
    assert begin(evening) == []
    assert [row["state"] for row in evening.rows()] == ["dropped"]
    assert (State.FAILED in evening.states(alice)) == expected


def test_what_arrives_while_its_phone_is_cut_has_arrived(
    database: Database, tmp_path: Path
) -> None:
    evening = School(database, tmp_path, datetime(2026, 1, 26, 22, tzinfo=ZONE))
    alice = evening.people.alice
    evening.link(MOTHER, alice)
    evening.hand_over()
    jobs = begin(evening)
    cut(evening, MOTHER, alice)
    assert [row["state"] for row in evening.rows()] == ["dropped"]
    settle(evening, jobs, Kind.SENT, OutboxState.SENT)
    [row] = evening.rows()
    assert (row["state"], row["message_id"]) == ("sent", 70 + jobs[0].id)
    assert evening.states(alice) == {State.DISPATCHED}


def test_a_sender_that_dies_sends_nothing_again_to_a_phone_that_was_cut(evening: School) -> None:
    alice = evening.people.alice
    evening.link(MOTHER, alice)
    evening.hand_over()
    begin(evening)
    cut(evening, MOTHER, alice)
    with evening.database.write() as connection:
        assert recovery.recover(connection, BOT, "a", wall_clock()) == 0
    assert begin(evening) == []
    assert State.FAILED not in evening.states(alice), "it may have arrived"


@pytest.mark.parametrize("end", [UNSENT, UNHEARD])
def test_a_brother_gets_his_part_anew_of_what_was_under_way(
    evening: School, end: tuple[Kind, OutboxState]
) -> None:
    alice, bob = evening.people.alice, evening.people.bob
    evening.link(MOTHER, alice, bob)
    evening.hand_over()
    jobs = begin(evening)
    cut(evening, MOTHER, alice)
    settle(evening, jobs, *end)
    [text] = evening.waiting()
    assert "Bob" in text
    assert "Alice" not in text
    assert State.FAILED not in evening.states(bob)
    evening.end()
    assert evening.states(bob) == {State.DISPATCHED}


def test_cutting_twice_changes_and_says_nothing_more(evening: School) -> None:
    alice = family(evening)
    evening.hand_over()
    for _ in range(2):
        cut(evening, MOTHER, alice)
    assert alarms(evening) == [AlarmKind.WITHDRAWN]
    assert sum(str(row["key"]).startswith("consent:") for row in evening.rows()) == 1


@given(st.integers(0, 24 * 60 - 1), st.booleans(), st.integers(0, 23), st.integers(0, 23))
def test_nobody_is_told_anything_in_quiet_hours(
    minute: int, quiet: bool, begins: int, ends: int
) -> None:
    now = datetime(2026, 1, 26, tzinfo=ZONE) + timedelta(minutes=minute)
    wishes = Preferences(
        quiet_from=time(begins),
        quiet_until=time(ends),
    )
    wall = wall_clock()
    plain = Outgoing("k", 1, "sendMessage", {"chat_id": 1, "text": "x"})
    made = timed(plain, Chat(1, 1, "en", quiet=quiet), wishes, now, ZONE)
    arrives = now + (made.not_before - wall if made.not_before else timedelta(0))
    local = arrives.astimezone(ZONE)
    assert not wishes.is_quiet(local.time())
    assert made.silent == (quiet or local.hour < 8)
    assert bool(made.not_before) == wishes.is_quiet(now.time())


def test_a_phone_that_has_blocked_the_bot_is_told_nothing(school: School) -> None:
    school.link(MOTHER, school.people.alice)
    news = News("n", Card("words"), about=7)
    with school.database.write() as connection:
        chat = chat_of(school, MOTHER)
        assert tell(connection, chat, news, NOW, ZONE)
        assert not tell(connection, chat, news, NOW, ZONE), "the same key is told once"
        links.set_blocked(connection, chat, NOW)
    with school.database.write() as connection:
        assert not tell(connection, chat_of(school, MOTHER), News("m", Card("x")), NOW, ZONE)
    [row] = school.rows()
    assert row["payload"]["reply_parameters"]["message_id"] == 7  # type: ignore[index]
