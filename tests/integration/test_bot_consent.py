"""A phone is linked only to the child of its own code, after the answers that are needed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.chats import consents, links
from bot.chats.alarms import AlarmKind, Refused, open_alarms, refused_since, see_alarm
from bot.chats.export import all_about
from bot.family_access import cut_family
from bot.tables import telegram_link
from bot.talking.dialogue_states import LIVES, Doing, read_state
from bot.words.keyboards import Verb, button
from jetkiz.roster.link_codes import LinkRole, link_code, make_link_code, revoke_codes, typed_form
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.bot_family import BOT, Family, Screen, family_of
from tests.factories import MONDAY, NOW, People

MOTHER, FATHER, CHILD, STRANGER = 11, 12, 13, 14
GUARDIAN, STUDENT = LinkRole.GUARDIAN, LinkRole.STUDENT


STRICT = {"guardian_consent": True}
EASY = {"guardian_consent": False}
EITHER = pytest.mark.parametrize("school", [EASY, {}], ids=["easy", "strict"])


@pytest.fixture
def school() -> dict[str, bool]:
    """The settings of a school that asks for a guardian's consent."""
    return STRICT


@pytest.fixture
def family(
    sqlite_database: Database, people: People, tmp_path: Path, school: dict[str, bool]
) -> Iterator[Family]:
    assert people.lessons, "the week is published before the family speaks"
    with family_of(sqlite_database, FileStore(tmp_path), **school) as opened:
        yield opened


def code(family: Family, student: int, role: LinkRole) -> str:
    return make_link_code(
        family.connection, student, role, NOW, family.workplace.files.hash_of_code
    )


def sends_code(family: Family, phone: int, student: int, role: LinkRole = GUARDIAN) -> Screen:
    return family.says(phone, typed_form(code(family, student, role)))


def links_by_code(family: Family, phone: int, student: int, role: LinkRole = GUARDIAN) -> Screen:
    sends_code(family, phone, student, role)
    screen = family.press_verb(phone, Verb.CONFIRM, student)
    return family.press_verb(phone, Verb.AGREE, student) if role == GUARDIAN else screen


def children(family: Family, phone: int) -> list[int]:
    chat = links.find_chat(family.connection, BOT, phone)
    return [one.student for one in links.children(family.connection, chat)] if chat else []


def forged(family: Family, phone: int, verb: Verb, *numbers: int) -> Screen:
    return family.presses(phone, 1, button("", verb, *numbers).data)


def refused(family: Family) -> dict[Refused, int]:
    return refused_since(family.connection, BOT, MONDAY)


@pytest.mark.parametrize(
    "answers", [(), (Verb.CONFIRM,), (Verb.REFUSE,), (Verb.CONFIRM, Verb.REFUSE)]
)
def test_nothing_is_linked_before_a_guardian_agrees(
    family: Family, people: People, answers: tuple[Verb, ...]
) -> None:
    sends_code(family, MOTHER, people.alice)
    for verb in answers:
        family.press_verb(MOTHER, verb, people.alice)
    assert children(family, MOTHER) == []
    assert "Test" not in "".join(family.screens[MOTHER].texts), "no surname leaves"


def test_consent_is_recorded_with_its_date_and_its_text(family: Family, people: People) -> None:
    links_by_code(family, MOTHER, people.alice)
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    assert consents.consents_of(family.connection, chat) == [
        consents.Consent(chat.id, people.alice, consents.TEXT_VERSION, family.now)
    ]
    assert children(family, MOTHER) == [people.alice]


def test_a_restart_between_two_answers_changes_nothing(family: Family, people: People) -> None:
    sends_code(family, MOTHER, people.alice)
    family.restart()
    family.press_verb(MOTHER, Verb.CONFIRM)
    family.restart()
    family.press_verb(MOTHER, Verb.AGREE)
    assert children(family, MOTHER) == [people.alice]


def test_pressing_again_links_once_and_says_so(family: Family, people: People) -> None:
    sends_code(family, MOTHER, people.alice)
    message, data, _ = family.screens[MOTHER].buttons()[-2]
    family.press_verb(MOTHER, Verb.CONFIRM)
    agree = family.screens[MOTHER].buttons()[-2]
    for number, what in ((message, data), agree[:2], agree[:2], (message, data)):
        family.presses(MOTHER, number, what)
    assert children(family, MOTHER) == [people.alice]
    assert "белгіленіп қойған" in family.screens[MOTHER].answers[-1]


@pytest.mark.parametrize("verb", [Verb.CONFIRM, Verb.AGREE, Verb.REFUSE, Verb.NOT_US])
def test_a_forged_button_links_nothing_and_is_counted(
    family: Family, people: People, verb: Verb
) -> None:
    sends_code(family, MOTHER, people.alice)
    for numbers in ((people.bob,), (people.charlie, 1), ()):
        forged(family, MOTHER, verb, *numbers)
    forged(family, STRANGER, verb, people.alice)
    assert children(family, MOTHER) == children(family, STRANGER) == []
    assert refused(family)[Refused.FOREIGN] == 4


def test_agreeing_before_saying_whose_child_it_is_links_nothing(
    family: Family, people: People
) -> None:
    sends_code(family, MOTHER, people.alice)
    forged(family, MOTHER, Verb.AGREE, people.alice)
    assert children(family, MOTHER) == []


def test_a_students_code_cannot_agree_for_a_guardian(family: Family, people: People) -> None:
    sends_code(family, CHILD, people.alice, STUDENT)
    forged(family, CHILD, Verb.AGREE, people.alice)
    chat = links.find_chat(family.connection, BOT, CHILD)
    assert chat
    assert consents.consents_of(family.connection, chat) == []
    assert children(family, CHILD) == []


@EITHER
def test_a_students_phone_waits_for_a_guardian_where_the_school_asks_for_it(
    family: Family, people: People, school: dict[str, bool]
) -> None:
    links_by_code(family, CHILD, people.alice, STUDENT)
    assert (children(family, CHILD) == []) == (school != EASY)
    if school != EASY:
        said = family.says(CHILD, "/today").last["text"]
        assert "/today" not in said
        links_by_code(family, MOTHER, people.alice)
        assert "/today" in family.screens[CHILD].last["text"]
    assert children(family, CHILD) == [people.alice]
    assert links.role_of(family.connection, _chat(family, CHILD), people.alice) == STUDENT


def _chat(family: Family, phone: int) -> links.Chat:
    chat = links.find_chat(family.connection, BOT, phone)
    assert chat
    return chat


def test_after_a_guardian_agreed_the_students_phone_need_not_wait(
    family: Family, people: People
) -> None:
    links_by_code(family, MOTHER, people.alice)
    links_by_code(family, CHILD, people.alice, STUDENT)
    assert children(family, CHILD) == [people.alice]


def test_a_child_is_taken_out_after_one_question_and_consent_stands_until_then(
    family: Family, people: People
) -> None:
    links_by_code(family, MOTHER, people.alice)
    links_by_code(family, MOTHER, people.bob)
    family.says(MOTHER, "/children")
    family.press_verb(MOTHER, Verb.LEAVE, people.alice)
    assert children(family, MOTHER) == [people.alice, people.bob]
    assert consents.is_agreed(family.connection, people.alice)
    family.press_verb(MOTHER, Verb.PART, people.alice)
    assert children(family, MOTHER) == [people.bob]
    assert not consents.is_agreed(family.connection, people.alice)
    screen = family.press_verb(MOTHER, Verb.LEAVE, people.alice)
    assert screen.answers[-1] == "Бұл бала осы чатта жоқ."


@EITHER
@pytest.mark.parametrize("first", [(), ("/stop", Verb.STOP), ("/children", Verb.LEAVE, Verb.PART)])
def test_a_students_own_phone_never_agrees_for_itself(
    family: Family, people: People, first: tuple[Any, ...]
) -> None:
    """The guardian's code lies on the same desk; leaving first helps nothing."""
    links_by_code(family, CHILD, people.alice, STUDENT)
    if first:
        family.says(CHILD, first[0])
        chat = _chat(family, CHILD)
        if family.screens[CHILD].buttons() and children(family, CHILD):
            for verb in first[1:]:
                family.press_verb(CHILD, verb)
        else:
            links.unlink(family.connection, chat, [people.alice])
    said = sends_code(family, CHILD, people.alice, GUARDIAN).last
    assert "reply_markup" not in said
    forged(family, CHILD, Verb.CONFIRM, people.alice)
    forged(family, CHILD, Verb.AGREE, people.alice)
    assert consents.consents_of(family.connection, _chat(family, CHILD)) == []
    assert links.role_of(family.connection, _chat(family, CHILD), people.alice) != GUARDIAN
    [alarm] = open_alarms(family.connection, BOT)
    assert (alarm.kind, alarm.student) == (AlarmKind.SELF_CONSENT, people.alice)
    assert refused(family)[Refused.FORBIDDEN] == 1


def test_once_the_school_has_cut_it_the_only_phone_at_home_may_be_a_guardians(
    family: Family, people: People
) -> None:
    links_by_code(family, CHILD, people.alice, STUDENT)
    sends_code(family, CHILD, people.alice, GUARDIAN)
    chat = _chat(family, CHILD)
    assert all_about(family.connection, chat)["own_phone_of"] == [people.alice]
    cut_family(family.connection, people.alice, family.now)
    assert all_about(family.connection, chat)["own_phone_of"] == []
    links_by_code(family, CHILD, people.alice, GUARDIAN)
    assert links.role_of(family.connection, _chat(family, CHILD), people.alice) == GUARDIAN


def test_a_sisters_phone_may_be_the_guardians_of_her_brother(
    family: Family, people: People
) -> None:
    links_by_code(family, CHILD, people.alice, STUDENT)
    links_by_code(family, CHILD, people.bob, GUARDIAN)
    assert links.role_of(family.connection, _chat(family, CHILD), people.bob) == GUARDIAN


def test_a_guardians_phone_stays_one_when_the_students_code_comes_too(
    family: Family, people: People
) -> None:
    links_by_code(family, MOTHER, people.alice)
    sends_code(family, MOTHER, people.alice, STUDENT)
    assert links.role_of(family.connection, _chat(family, MOTHER), people.alice) == GUARDIAN
    links.unlink(family.connection, _chat(family, MOTHER), [people.alice])
    links_by_code(family, MOTHER, people.alice)
    assert open_alarms(family.connection, BOT) == []


@EITHER
def test_taking_the_consent_back_ends_what_it_allowed(
    family: Family, people: People, school: dict[str, bool]
) -> None:
    links_by_code(family, MOTHER, people.alice)
    links_by_code(family, CHILD, people.alice, STUDENT)
    family.says(MOTHER, "/stop")
    family.press_verb(MOTHER, Verb.STOP)
    [given] = consents.consents_of(family.connection, _chat(family, MOTHER))
    assert given.withdrawn_at == family.now
    assert (children(family, CHILD) == []) == (school != EASY)
    assert [one.kind for one in open_alarms(family.connection, BOT)] == (
        [AlarmKind.WITHDRAWN] if school != EASY else []
    )


def test_while_another_guardian_agrees_the_students_phone_goes_on(
    family: Family, people: People
) -> None:
    for phone in (MOTHER, FATHER):
        links_by_code(family, phone, people.alice)
    links_by_code(family, CHILD, people.alice, STUDENT)
    family.says(MOTHER, "/stop")
    family.press_verb(MOTHER, Verb.STOP)
    assert children(family, CHILD) == [people.alice]
    assert open_alarms(family.connection, BOT) == []


def test_a_command_breaks_linking_off_and_says_so(family: Family, people: People) -> None:
    sends_code(family, MOTHER, people.alice)
    shown = [data for _, data, _ in family.screens[MOTHER].buttons()]
    family.says(MOTHER, "/help")
    assert "қосылмады" in family.screens[MOTHER].texts[-2]
    for data in shown:
        family.presses(MOTHER, 1, data)
    assert children(family, MOTHER) == []


def test_a_question_of_yesterday_links_nothing(family: Family, people: People) -> None:
    sends_code(family, MOTHER, people.alice)
    family.now += LIVES
    family.press_verb(MOTHER, Verb.CONFIRM)
    assert children(family, MOTHER) == []


def test_a_code_cancelled_between_the_answers_links_nothing(family: Family, people: People) -> None:
    sends_code(family, MOTHER, people.alice)
    family.press_verb(MOTHER, Verb.CONFIRM)
    revoke_codes(family.connection, people.alice, NOW)
    family.press_verb(MOTHER, Verb.AGREE)
    assert children(family, MOTHER) == []


@pytest.mark.parametrize("answer", [Verb.CONFIRM, Verb.REFUSE])
def test_pages_that_wait_for_a_word_still_wait_after_linking(
    family: Family, people: People, answer: Verb
) -> None:
    links_by_code(family, MOTHER, people.alice)
    family.sends(MOTHER, "1" * 64)
    sends_code(family, MOTHER, people.bob)
    family.press_verb(MOTHER, answer, people.bob)
    family.says(MOTHER, "/today")
    state = read_state(family.connection, _chat(family, MOTHER), family.now)
    assert state.doing == Doing.CHOOSING
    assert [page["sha256"] for page in state.facts["pages"]] == ["1" * 64]


def not_us(family: Family, phone: int) -> Any:
    return family.press_verb(phone, Verb.NOT_US).last["text"]


def test_a_code_that_others_used_up_between_the_answers_links_nothing(
    family: Family, people: People
) -> None:
    sends_code(family, MOTHER, people.alice)
    family.press_verb(MOTHER, Verb.CONFIRM)
    family.connection.execute(update(link_code).values(uses_left=0))
    family.press_verb(MOTHER, Verb.AGREE)
    assert children(family, MOTHER) == []
    assert consents.consents_of(family.connection, _chat(family, MOTHER)) == []


def test_a_guardian_cuts_a_phone_that_nobody_knows(family: Family, people: People) -> None:
    links_by_code(family, MOTHER, people.alice)
    spare = code(family, people.alice, GUARDIAN)
    links_by_code(family, STRANGER, people.alice)
    not_us(family, MOTHER)
    assert children(family, STRANGER) == []
    assert children(family, MOTHER) == [people.alice]
    [alarm] = open_alarms(family.connection, BOT)
    assert (alarm.kind, alarm.student) == (AlarmKind.FOREIGN_PHONE, people.alice)
    family.says(STRANGER, typed_form(spare))
    assert children(family, STRANGER) == []
    assert see_alarm(family.connection, alarm.id, NOW)
    assert not see_alarm(family.connection, alarm.id, NOW + timedelta(1))
    assert open_alarms(family.connection, BOT) == []


def test_with_the_foreign_phone_its_consent_ends(family: Family, people: People) -> None:
    links_by_code(family, MOTHER, people.alice)
    links_by_code(family, STRANGER, people.alice)
    not_us(family, MOTHER)
    [given] = consents.consents_of(family.connection, _chat(family, STRANGER))
    assert given.withdrawn_at == family.now
    family.says(MOTHER, "/stop")
    family.press_verb(MOTHER, Verb.STOP)
    links_by_code(family, CHILD, people.alice, STUDENT)
    assert children(family, CHILD) == [], "the stranger's consent opens nothing"


def test_a_students_phone_only_tells_the_school(family: Family, people: People) -> None:
    family.connection.execute(telegram_link.delete())
    chat = links.open_chat(family.connection, BOT, CHILD, "en")
    links.link(family.connection, chat, people.alice, STUDENT, NOW)
    family.screens[CHILD] = Screen()
    links_by_code(family, MOTHER, people.alice)
    not_us(family, CHILD)
    assert children(family, MOTHER) == [people.alice]
    assert len(open_alarms(family.connection, BOT)) == 1


def test_whoever_came_second_cannot_cut_the_first(family: Family, people: People) -> None:
    links_by_code(family, MOTHER, people.alice)
    links_by_code(family, STRANGER, people.alice)
    forged(family, STRANGER, Verb.NOT_US, people.alice, _chat(family, MOTHER).id)
    assert children(family, MOTHER) == [people.alice]
