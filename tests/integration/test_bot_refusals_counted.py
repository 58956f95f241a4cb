"""Every press that leads to nothing and every code that opens nothing is answered and counted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chats import questions
from bot.chats.alarms import AlarmKind, Refused, open_alarms, refused_since
from bot.chats.questions import MOST_WORDS
from bot.receiving.attachments import ArrivedFile, Trouble
from bot.words.keyboards import Verb, button
from jetkiz.roster.link_codes import LinkRole, make_link_code, revoke_codes
from jetkiz.storage.database import Database
from tests.bot_family import BOT, Family
from tests.bot_staff import (
    AIGUL,
    BOLAT,
    MOTHER,
    OUTSIDER,
    SECOND,
    STRANGER,
    TAMARA,
    add_everybody,
    bring,
    linked_staff,
)
from tests.factories import MONDAY, People

FOREIGN, FORBIDDEN, UNKNOWN = Refused.FOREIGN, Refused.FORBIDDEN, Refused.UNKNOWN
OF_A_LESSON = (
    *(Verb.HAND_IN, Verb.FINISH, Verb.REMOVE, Verb.ADD, Verb.ORDER, Verb.UP, Verb.CANCEL),
    *(Verb.MOVE, Verb.CHOOSE_TASK, Verb.OPEN, Verb.RECEIVED, Verb.FILE, Verb.PICTURES),
    *(Verb.LARGE, Verb.QUIZ, Verb.ASK, Verb.LATER, Verb.DAY_RECEIVED, Verb.SHOW_DAY),
)
OF_A_CHILD = (
    *(Verb.CHOOSE_CHILD, Verb.RENAME, Verb.LEAVE, Verb.PART),
    *(Verb.CONFIRM, Verb.AGREE, Verb.REFUSE),
)
OF_STAFF = (Verb.WORK, Verb.ACCEPTED, Verb.REDO, Verb.MARK, Verb.FEEDBACK, Verb.QUESTION)


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_everybody(connection)


@pytest.fixture
def school(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    changes = {"telegram_marks": True}
    with linked_staff(sqlite_database, tmp_path, people, **changes) as opened:
        yield opened


def counted(school: Family) -> dict[Refused, int]:
    return refused_since(school.connection, BOT, MONDAY)


def forged(school: Family, phone: int, verb: Verb, *numbers: int) -> Refused | None:
    """Press what was never shown; return why it was refused, as counted once and answered once."""
    before, answers = counted(school), len(school.screens[phone].answers)
    school.presses(phone, 1, button("", verb, *numbers).data)
    assert len(school.screens[phone].answers) == answers + 1
    new = {why: n - before.get(why, 0) for why, n in counted(school).items()}
    found = [why for why, n in new.items() if n]
    assert sum(new.values()) == len(found) <= 1, new
    return found[0] if found else None


def test_a_familys_forged_presses_are_counted(school: Family, people: People) -> None:
    for verb in OF_A_LESSON:
        for numbers in ((people.bob, people.lessons[0], 2), (99, 99, 99), ()):
            assert forged(school, MOTHER, verb, *numbers) == FOREIGN, (verb, numbers)
    for verb in OF_A_CHILD:
        for student in (people.bob, 99):
            assert forged(school, MOTHER, verb, student) == FOREIGN, verb
    for numbers in ((people.bob, 1), (people.alice, 77), ()):
        assert forged(school, MOTHER, Verb.NOT_US, *numbers) == FOREIGN
    assert open_alarms(school.connection, BOT) == [], "no button was shown, no alarm is raised"


def test_what_is_the_schools_is_refused_to_families_and_other_schools(
    school: Family, people: People
) -> None:
    work = bring(school, people.alice, people.lessons[0])
    for phone in (MOTHER, BOLAT, OUTSIDER):
        for verb in OF_STAFF:
            for number in (work, 99):
                why = forged(school, phone, verb, number, 5)
                assert why in {FOREIGN, UNKNOWN}, (phone, verb)
    assert forged(school, TAMARA, Verb.MARK, work, 9) == FORBIDDEN
    assert forged(school, TAMARA, Verb.MARK, work) == FORBIDDEN
    for phone in (MOTHER, TAMARA):
        for verb in (Verb.RESEND, Verb.EMERGENCY_TO, Verb.EMERGENCY_YES, Verb.EMERGENCY_NO):
            assert forged(school, phone, verb, 1, 1) == UNKNOWN


def test_a_strangers_presses_are_counted_whatever_they_say(school: Family) -> None:
    school.says(STRANGER, "Hello")
    for verb in (*OF_A_LESSON, *OF_STAFF, Verb.RESEND, Verb.DROP, Verb.NO_QUESTION):
        assert forged(school, STRANGER, verb, 1, 1) == FOREIGN, verb


def test_a_coordinators_forged_presses_are_counted(school: Family, people: People) -> None:
    assert forged(school, AIGUL, Verb.RESEND) == UNKNOWN
    assert forged(school, AIGUL, Verb.RESEND, 99_999_999) == UNKNOWN
    assert forged(school, AIGUL, Verb.RESEND, 20260126, people.charlie) == FOREIGN
    assert forged(school, AIGUL, Verb.RESEND, 20260126, people.alice) is None
    assert forged(school, AIGUL, Verb.OFFICE, 3, 99) == UNKNOWN
    school.says(AIGUL, "/emergency The school is closed.")
    assert forged(school, AIGUL, Verb.EMERGENCY_TO, 9, 9) == UNKNOWN
    assert forged(school, AIGUL, Verb.EMERGENCY_TO, 2, 99) == FOREIGN
    school.press_verb(AIGUL, Verb.EMERGENCY_TO)
    [(_, _, press), _] = school.screens[SECOND].buttons()[-2:]
    assert forged(school, AIGUL, Verb.EMERGENCY_YES, *press.numbers) == FORBIDDEN
    assert forged(school, OUTSIDER, Verb.EMERGENCY_YES, *press.numbers) == FOREIGN
    assert forged(school, OUTSIDER, Verb.EMERGENCY_NO, *press.numbers) == FOREIGN
    assert forged(school, SECOND, Verb.EMERGENCY_YES, *press.numbers) is None


@pytest.mark.parametrize("word", ["qf-99999999999999999999", "qf-x", "rh-9" + "9" * 40, "m-x"])
def test_a_forged_setting_is_refused_and_counted(school: Family, word: str) -> None:
    screen = school.presses(MOTHER, 1, f"1:set:{word}")
    assert len(screen.answers) + len(screen.texts) == 1
    assert counted(school) == {UNKNOWN: 1}


@pytest.mark.parametrize("verb", [Verb.SHOW_DAY, Verb.DAY_RECEIVED])
@pytest.mark.parametrize("day", [999_999_999, 2**63 - 1, 20_260_230])
def test_a_forged_day_is_refused_and_counted(
    school: Family, people: People, verb: Verb, day: int
) -> None:
    assert forged(school, MOTHER, verb, people.alice, day) == FOREIGN


def test_the_coordinator_is_told_how_much_was_turned_away(school: Family) -> None:
    assert "turned away in seven days: 0." in school.says(AIGUL, "/status").last["text"]
    forged(school, MOTHER, Verb.OPEN, 99, 99)
    forged(school, TAMARA, Verb.WORK, 99)
    assert "turned away in seven days: 2." in school.says(AIGUL, "/status").last["text"]


def test_an_emergency_of_too_many_words_is_refused_whole(school: Family) -> None:
    said = school.says(AIGUL, "/emergency " + "x" * 1001).last["text"]
    assert "1001 letters; 1000 fit" in said


def test_an_answer_to_a_question_that_is_not_ones_own_is_counted(
    school: Family, people: People
) -> None:
    ask(school, people)
    school.says(MOTHER, "Why?")
    [one] = questions.open_questions(school.connection, BOT)
    school.presses(TAMARA, 1, button("", Verb.QUESTION, one.id).data)
    card = max(school.screens[TAMARA].messages)
    place = {"id": TAMARA, "type": "private"}
    questions.forget(school.connection, [one.chat])
    reply = {"message_id": card, "date": 1, "chat": place}
    school.says(TAMARA, "Because.", reply_to_message=reply)
    assert counted(school) == {FOREIGN: 1}


def test_codes_that_open_nothing_are_counted(school: Family, people: People) -> None:
    hashed = school.workplace.files.hash_of_code
    facts = (people.bob, LinkRole.GUARDIAN, school.now, hashed)
    old, code = (make_link_code(school.connection, *facts) for _ in range(2))
    revoke_codes(school.connection, people.bob, school.now)
    for text in (old, code, "k1_AAAAAAAAAAAAAAAAAAAAAA"):
        school.says(STRANGER, f"/start {text}")
    late = make_link_code(school.connection, *facts)
    school.now += timedelta(days=40)
    school.says(STRANGER, f"/start {late}")
    assert counted(school) == {Refused.CODE: 4}
    for _ in range(6):
        school.says(STRANGER, "/start k1_AAAAAAAAAAAAAAAAAAAAAA")
    assert counted(school) == {Refused.CODE: 10}, "in the pause as well"
    right = make_link_code(school.connection, *facts[:2], school.now, hashed)
    school.now += timedelta(hours=2)
    school.says(STRANGER, f"/start {right}")
    assert counted(school) == {Refused.CODE: 10}


def test_a_phone_that_is_gone_already_still_raises_the_alarm_of_a_button_that_was_shown(
    school: Family, people: People
) -> None:
    hashed = school.workplace.files.hash_of_code
    code = make_link_code(school.connection, people.alice, LinkRole.GUARDIAN, school.now, hashed)
    school.says(STRANGER, f"/start {code}")
    school.press_verb(STRANGER, Verb.CONFIRM)
    school.press_verb(STRANGER, Verb.AGREE)
    school.says(STRANGER, "/children")
    school.press_verb(STRANGER, Verb.LEAVE)
    school.press_verb(STRANGER, Verb.PART)
    school.press_verb(MOTHER, Verb.NOT_US)
    [alarm] = open_alarms(school.connection, BOT)
    assert (alarm.kind, alarm.student) == (AlarmKind.FOREIGN_PHONE, people.alice)


# A question is kept whole or refused


def ask(school: Family, people: People) -> None:
    school.presses(MOTHER, 1, button("", Verb.ASK, people.alice, people.lessons[0]).data)


def asked(school: Family) -> list[str]:
    found = questions.open_questions(school.connection, BOT)
    return [part.words for one in found for part in one.parts]


def sends(school: Family, name: str, **more: object) -> str:
    size = {"file_id": "f", "file_unique_id": name, "width": 9, "height": 9}
    trouble = Trouble.BROKEN if name == "!" else None
    file = ArrivedFile(name, "" if trouble else name * 64, "image/jpeg", trouble)
    body = {"photo": [size], "media_group_id": "album", **more}
    return str(school.hears(MOTHER, body, file).last["text"])


def test_a_question_too_long_is_refused_and_asked_for_again(school: Family, people: People) -> None:
    ask(school, people)
    said = school.says(MOTHER, "x" * (MOST_WORDS + 1)).last["text"]
    assert "1001 letters; 1000 fit" in said
    assert asked(school) == []
    school.says(MOTHER, "x" * MOST_WORDS)
    assert asked(school) == ["x" * MOST_WORDS]


def test_a_part_of_an_album_that_cannot_be_asked_is_named(school: Family, people: People) -> None:
    ask(school, people)
    assert "1000 fit" in sends(school, "a", caption="x" * 1001)
    sends(school, "b", caption="Look.")
    assert "A question is words" in sends(school, "!")
    assert "1000 fit" in sends(school, "c", caption="y" * 1001)
    sends(school, "d")
    assert asked(school) == ["Look.", ""]
