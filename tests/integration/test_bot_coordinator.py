"""What a coordinator asks of the bot and does in the chat, and that nobody else can."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot import emergencies
from bot.chats import links, staff
from bot.chats.preferences import change_preferences
from bot.receiving import inbox
from bot.sending import outbox as outbox_rows
from bot.sending.outbox import Lane
from bot.sending.undelivered import undelivered
from bot.tables import outbox
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipt
from jetkiz.delivery.states import State
from jetkiz.staff.audit import Act, read_entries
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import wall_clock
from tests.bot_family import BOT, Family
from tests.bot_staff import (
    AIGUL,
    BOLAT,
    FATHER,
    MOTHER,
    OUTSIDER,
    SECOND,
    STRANGER,
    TAMARA,
    add_everybody,
    link_by_code,
    linked_staff,
    number_of,
)
from tests.factories import NOW, WEEK, People


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_everybody(connection)


@pytest.fixture
def school(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with linked_staff(sqlite_database, tmp_path, people) as opened:
        yield opened


def fail(school: Family, student: int, lessons: tuple[int, ...], reason: FailureReason) -> None:
    """Let the ledger hear that messages were refused."""
    receipt = Receipt(
        key=f"refused:{student}:{lessons}",
        week=WEEK,
        student=student,
        lessons=lessons,
        state=State.FAILED,
        channel="telegram",
        at=NOW,
        attempt=1,
        source="telegram",
        reason=reason,
    )
    record_receipt(school.connection, receipt, NOW)


def texts_after(school: Family, chat_id: int, said: str) -> list[str]:
    before = len(school.screens[chat_id].texts)
    return school.says(chat_id, said).texts[before:]


def test_status_tells_what_waits_what_was_refused_and_what_stands_still(
    school: Family,
) -> None:
    assert "Nothing stops the bot." in school.says(AIGUL, "/status").last["text"]
    school.hears(MOTHER, {"text": "?"})
    raw = {"update_id": 9_000, "message": {"chat": {"id": MOTHER, "type": "private"}}}
    inbox.store(school.connection, BOT, [raw], NOW)
    one = inbox.waiting(school.connection, BOT, wall_clock())[-1]
    for tries in range(inbox.MOST_TRIES):
        broken = inbox.Arrived(one.id, one.update_id, one.chat_id, one.raw, tries)
        inbox.mark_failed(school.connection, broken, "KeyError: 'from'", NOW)
    waits = outbox_rows.Outgoing("w", MOTHER, "sendMessage", {"text": "x"}, lane=Lane.BULK)
    later = wall_clock() + timedelta(hours=1)
    outbox_rows.put(school.connection, BOT, [waits], later)
    shown = school.says(AIGUL, "/status").last["text"]
    assert "Put aside because they could not be read: 1." in shown
    assert "what may come later: 1" in shown


def test_status_says_in_words_why_messages_were_refused(school: Family) -> None:
    school.presses(AIGUL, 1, "1:ln:ru")
    # What is told is counted since midnight, and that may come before it is asked for.
    later = wall_clock() + timedelta(hours=1)
    for place, error in enumerate(("Bad Request: chat not found", "Forbidden: bot was blocked")):
        one = outbox_rows.Outgoing(f"r{place}", MOTHER, "sendMessage", {"text": "x"})
        outbox_rows.put(school.connection, BOT, [one], later)
        ended = update(outbox).where(outbox.c.key == one.key)
        school.connection.execute(ended.values(state="refused", last_error=error))
    shown = school.says(AIGUL, "/status").last["text"]
    assert not re.search("[a-z]{3}", shown.replace("Telegram", ""))
    assert "чата больше нет: 1" in shown


@pytest.mark.parametrize("chat_id", [TAMARA, MOTHER, STRANGER])
def test_the_commands_of_a_coordinator_do_not_exist_for_others(
    school: Family, people: People, chat_id: int
) -> None:
    fail(school, people.bob, people.lessons, FailureReason.BLOCKED)
    for command in ("/status", "/undelivered", "/resend", "/emergency Now!"):
        said = str(school.says(chat_id, command).last)
        assert "Bob" not in said
        assert "not understood" in said or "send me the code" in said


def test_undelivered_names_given_name_class_reason_and_is_written_down(
    school: Family, people: People
) -> None:
    assert "brought everything" in school.says(AIGUL, "/undelivered").last["text"]
    fail(school, people.alice, people.lessons[:2], FailureReason.REFUSED)
    fail(school, people.bob, people.lessons, FailureReason.BLOCKED)
    shown = school.says(AIGUL, "/undelivered").last
    assert "Alice: 2 lessons (Reading)" in shown["text"]
    assert "Bob: 3 lessons" in shown["text"]
    assert "no other way is planned" in shown["text"]
    assert "Test" not in str(shown)
    # Only Alice has a phone that would take it.
    assert [press.numbers[-1] for _, _, press in school.screens[AIGUL].buttons()] == [people.alice]
    last = read_entries(school.connection, people.bob, 1)[0]
    assert (last.act, last.who) == (Act.READ_UNDELIVERED, "aigul")
    assert "Bob" not in school.says(OUTSIDER, "/undelivered").last["text"]


def test_what_was_refused_is_sent_again_once_and_only_where_a_phone_would_take_it(
    school: Family, people: People
) -> None:
    fail(school, people.alice, people.lessons[:2], FailureReason.REFUSED)
    fail(school, people.bob, people.lessons, FailureReason.BLOCKED)
    assert "To 1 student nothing came: 2 lessons" in school.says(AIGUL, "/resend").last["text"]
    school.press_verb(AIGUL, "rep")
    assert "once more within minutes" in school.screens[AIGUL].last["text"]
    school.press_verb(AIGUL, "rep")
    assert "Nobody with a linked phone lacks" in school.screens[AIGUL].last["text"]
    states = lesson_states(school.connection, WEEK, [people.alice])
    assert [one.attempt for one in states] == [2, 2, 1]
    assert [one.state for one in states[:2]] == [State.PLANNED] * 2
    [again] = read_consignments(school.connection)
    assert (again.student, again.contents[0].lessons) == (people.alice, people.lessons[:2])
    assert again.contents[0].attempt == 2
    assert [one.state for one in lesson_states(school.connection, WEEK, [people.bob])] == [
        State.FAILED
    ] * 3
    sent = [one for one in read_entries(school.connection, None, 50) if one.act == Act.SEND_AGAIN]
    assert [(one.who, one.student) for one in sent] == [("aigul", people.alice)]


def test_a_guessed_button_sends_nothing_for_another_school_or_role(
    school: Family, people: People
) -> None:
    fail(school, people.alice, people.lessons, FailureReason.REFUSED)
    school.says(AIGUL, "/resend")
    _, data, _ = school.screens[AIGUL].buttons()[-1]
    for chat_id in (OUTSIDER, TAMARA, MOTHER):
        school.says(chat_id, "/help")
        school.presses(chat_id, max(school.screens[chat_id].messages), data)
    assert read_consignments(school.connection) == []
    assert undelivered(school.connection, [people.alice], WEEK)


def propose(school: Family, scope: str = "To the whole school") -> None:
    school.says(AIGUL, "/emergency The school is closed tomorrow.")
    for row in school.screens[AIGUL].last["reply_markup"]["inline_keyboard"]:
        for one in row:
            if one["text"] == scope:
                school.presses(AIGUL, max(school.screens[AIGUL].messages), one["callback_data"])


def alarms(school: Family) -> int:
    query = select(func.count()).where(outbox.c.lane == int(Lane.EMERGENCY))
    return school.connection.scalar(query) or 0


@pytest.mark.parametrize("scope", ["To the whole school", "Grade 2", "2A"])
def test_an_emergency_goes_out_when_a_second_coordinator_confirms(
    school: Family, people: People, scope: str
) -> None:
    school.link(FATHER, people.alice, people.bob)
    chat = links.find_chat(school.connection, BOT, FATHER)
    assert chat
    change_preferences(school.connection, chat, sound=False)
    propose(school, scope)
    assert alarms(school) == 0
    asked = school.screens[SECOND].last["text"]
    assert "The school is closed tomorrow." in asked
    assert "It would reach 2 phones." in asked
    school.restart()
    school.press_verb(SECOND, "emy")
    assert "It goes to 2 phones now." in school.screens[SECOND].last["text"]
    for chat_id in (MOTHER, FATHER):
        shown = school.screens[chat_id].last
        assert "The school is closed tomorrow." in shown["text"]
        assert "disable_notification" not in shown
    assert alarms(school) == 2
    school.presses(SECOND, 1, "1:emy:1")
    assert alarms(school) == 2
    acts = [(one.act, one.who) for one in read_entries(school.connection, None, 2)]
    assert acts == [(Act.PROPOSE_EMERGENCY, "aigul"), (Act.CONFIRM_EMERGENCY, "second")]


def test_the_writer_an_outsider_and_a_teacher_cannot_confirm(school: Family) -> None:
    propose(school)
    for chat_id in (AIGUL, OUTSIDER, TAMARA, BOLAT, MOTHER, STRANGER):
        school.says(chat_id, "/help")
        school.presses(chat_id, max(school.screens[chat_id].messages), "1:emy:1")
    assert alarms(school) == 0
    assert "Another coordinator has to confirm" in str(school.screens[AIGUL].answers)
    school.presses(OUTSIDER, 1, "1:emn:1")
    school.press_verb(SECOND, "emy")
    assert alarms(school) == 1


def test_a_phone_of_two_coordinators_is_no_second_person(school: Family) -> None:
    """Whoever holds a phone that is linked to both could confirm what they wrote themselves."""
    link_by_code(school, AIGUL, "second")
    propose(school)
    for chat_id in (AIGUL, SECOND):
        assert alarms(school) == 0
        school.presses(chat_id, max(school.screens[chat_id].messages), "1:emy:1")
    assert "Another coordinator has to confirm" in str(school.screens[AIGUL].answers)
    assert alarms(school) == 1, "the second coordinator's own phone may"


def test_nobody_is_asked_on_a_phone_of_the_writer(school: Family) -> None:
    for chat in (AIGUL, SECOND):
        link_by_code(school, chat, "second" if chat == AIGUL else "aigul")
    assert "nobody could confirm" in school.says(AIGUL, "/emergency Fire").last["text"]


def test_the_chat_in_which_it_was_written_cannot_confirm_either(school: Family) -> None:
    """The writer's link is cut meanwhile, so that only the other account is left in the chat."""
    link_by_code(school, AIGUL, "second")
    propose(school)
    staff.cut_staff(school.connection, number_of(school.connection, "aigul"))
    school.presses(AIGUL, max(school.screens[AIGUL].messages), "1:emy:1")
    assert alarms(school) == 0


def test_an_emergency_that_waited_too_long_or_was_dropped_never_goes_out(school: Family) -> None:
    propose(school)
    school.now += emergencies.CONFIRM_WITHIN + timedelta(seconds=1)
    school.press_verb(SECOND, "emy")
    assert "waited too long" in school.screens[SECOND].last["text"]
    propose(school)
    school.press_verb(SECOND, "emn")
    school.presses(SECOND, 1, "1:emy:2")
    assert alarms(school) == 0


def test_an_emergency_needs_words_and_somebody_to_confirm(school: Family) -> None:
    assert "Write the message after" in school.says(AIGUL, "/emergency").last["text"]
    assert "nobody could confirm" in school.says(OUTSIDER, "/emergency Fire").last["text"]
    # A scope that is pressed without words, or of a class that is not the school's, does nothing.
    school.presses(SECOND, 1, "1:emt:0:0")
    school.says(SECOND, "/emergency Fire")
    school.presses(SECOND, 1, "1:emt:2:3")
    school.presses(SECOND, 1, "1:emt:1:9")
    school.presses(AIGUL, 1, "1:emy:1")
    assert alarms(school) == 0
