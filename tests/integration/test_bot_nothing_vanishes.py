"""Whatever a chat is in the middle of ends in words: by a command, a button, a day, a cut link."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import family_access
from bot.chats import links, questions, staff
from bot.talking import draft_news
from bot.talking.dialogue_states import LIVES, Doing, read_state
from bot.words.keyboards import Verb, button
from jetkiz.homework.feedback import read_feedback
from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.roster.link_codes import LinkRole, make_link_code
from jetkiz.storage.database import Database
from tests.bot_family import BOT, Family, undone
from tests.bot_staff import AIGUL, MOTHER, TAMARA, add_everybody, bring, linked_staff, number_of
from tests.factories import People

Act = Callable[[Family, People], None]
ZONE = ZoneInfo("Asia/Qostanay")
ONE, TWO = "1" * 64, "2" * 64
NOT_ASKED, NAME_STAYS = "Nothing was asked.", "The name stays as it was."
NOT_LINKED, NOT_SAID = "begin again", "Nothing was sent home."
DROPPED, KEPT, THROWN = (
    "It does not go out.",
    "Your 1 page is kept.",
    "I have thrown the pages away.",
)


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_everybody(connection)


@pytest.fixture
def school(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with linked_staff(sqlite_database, tmp_path, people) as opened:
        opened.link(MOTHER, people.bob)
        yield opened


def doing(school: Family, phone: int) -> Doing:
    chat = links.find_chat(school.connection, BOT, phone)
    assert chat
    return read_state(school.connection, chat, school.now).doing


def pressed(school: Family, phone: int, verb: Verb, *numbers: int) -> None:
    school.presses(phone, 1, button("", verb, *numbers).data)


def heard(school: Family, phone: int, act: Callable[[], object]) -> list[str]:
    """What a phone was told meanwhile, new or over an older message."""
    before = len(school.left)
    act()
    mine = [one for one in school.left[before:] if one.get("chat_id") == phone]
    return [one["text"] for one in mine if "text" in one]


# What a family or somebody of the school begins.


def asks(school: Family, people: People) -> int:
    pressed(school, MOTHER, Verb.ASK, people.alice, people.lessons[0])
    return MOTHER


def renames(school: Family, people: People) -> int:
    pressed(school, MOTHER, Verb.RENAME, people.alice)
    return MOTHER


def links_another(school: Family, people: People) -> int:
    starts_with(school, people, LinkRole.GUARDIAN)
    return MOTHER


def starts_with(school: Family, people: People, role: LinkRole) -> None:
    hashed = school.workplace.files.hash_of_code
    code = make_link_code(school.connection, people.charlie, role, school.now, hashed)
    school.says(MOTHER, f"/start {code}")


def drafts_a_page(school: Family, people: People) -> int:
    pressed(school, MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    school.sends(MOTHER, ONE)
    return MOTHER


def answers_work(school: Family, people: People) -> int:
    known = read_returns(school.connection, states=[ReturnState.HANDED_IN])
    work = known[0].id if known else bring(school, people.alice, people.lessons[2])
    pressed(school, TAMARA, Verb.FEEDBACK, work)
    return TAMARA


def answers_question(school: Family, people: People) -> int:
    chat = links.find_chat(school.connection, BOT, MOTHER)
    assert chat
    place = questions.Place(BOT, chat, people.alice, people.lessons[2], 5)
    number = questions.ask(school.connection, place, questions.Part("q", "Why?"), school.now)
    pressed(school, TAMARA, Verb.ANSWER, number)
    return TAMARA


def warns(school: Family, _people: People) -> int:
    school.says(AIGUL, "/emergency The school is closed.")
    return AIGUL


BEGUN = {
    Doing.ASKING: (asks, NOT_ASKED),
    Doing.NAMING: (renames, NAME_STAYS),
    Doing.LINKING: (links_another, NOT_LINKED),
    Doing.DRAFT: (drafts_a_page, KEPT),
    Doing.FEEDBACK: (answers_work, NOT_SAID),
    Doing.ANSWERING: (answers_question, "Nothing was sent to the family."),
    Doing.EMERGENCY: (warns, DROPPED),
}
OTHERS: dict[str, Act] = {
    "a command": lambda school, _: [school.says(one, "/help") for one in (MOTHER, TAMARA, AIGUL)],
    "a question": lambda school, people: pressed(
        school, MOTHER, Verb.ASK, people.bob, people.lessons[1]
    ),
    "a name": lambda school, people: pressed(school, MOTHER, Verb.RENAME, people.bob),
    "a draft": lambda school, people: pressed(
        school, MOTHER, Verb.HAND_IN, people.bob, people.lessons[1]
    ),
    "a code": lambda school, people: starts_with(school, people, LinkRole.STUDENT),
    "other work": lambda school, people: pressed(
        school, TAMARA, Verb.FEEDBACK, bring(school, people.alice, people.lessons[1])
    ),
    "work opened": lambda school, people: pressed(
        school, TAMARA, Verb.WORK, bring(school, people.alice, people.lessons[1])
    ),
    "another warning": lambda school, _: school.says(AIGUL, "/emergency No. It is open."),
}
OF = {
    "a command": set(BEGUN),
    "other work": {Doing.FEEDBACK, Doing.ANSWERING},
    "work opened": {Doing.FEEDBACK},
    "another warning": {Doing.EMERGENCY},
}
OF_FAMILIES = {Doing.ASKING, Doing.NAMING, Doing.LINKING, Doing.DRAFT}
CASES = [(one, act) for act in OTHERS for one in BEGUN if one in OF.get(act, OF_FAMILIES)]


def test_what_something_else_ends_is_named(school: Family, people: People) -> None:
    for state, act in CASES:
        with undone(school):
            begin, words = BEGUN[state]
            phone = begin(school, people)
            assert doing(school, phone) == state
            said = heard(school, phone, partial(OTHERS[act], school, people))
            assert any(words in text for text in said), (state, act, said)


@pytest.mark.parametrize("is_first", [True, False])
def test_what_a_day_ends_is_named_once_whoever_sees_it_first(
    school: Family, people: People, *, is_first: bool
) -> None:
    for state, (begin, words) in BEGUN.items():
        with undone(school):
            phone = begin(school, people)
            school.now += LIVES + timedelta(seconds=1)
            if not is_first:
                assert draft_news.tell_ended(school.connection, BOT, ZONE, school.now) == 1
            said = heard(school, phone, partial(_begins_again, school, people, state))
            ended = "no longer wait for pages" if state == Doing.DRAFT else words
            assert ended in said[0], said
            often = 1 if state == Doing.DRAFT else 2
            assert sum(ended in text for text in said) == often, "of yesterday and of today"
            assert draft_news.tell_ended(school.connection, BOT, ZONE, school.now) == 0


def _begins_again(school: Family, people: People, state: Doing) -> None:
    school.deliver()
    # What begins the same anew, and a command that ends it.
    phone = BEGUN[state][0](school, people)
    school.says(phone, "/help")


def test_pages_of_yesterday_are_named_before_those_of_today_wait(
    school: Family, people: People
) -> None:
    school.sends(MOTHER, ONE)
    assert doing(school, MOTHER) == Doing.CHOOSING
    school.now += LIVES + timedelta(seconds=1)
    said = heard(school, MOTHER, lambda: school.sends(MOTHER, TWO))
    assert "Yesterday you sent 1 page" in said[0]
    assert people.alice


@pytest.mark.parametrize("by", ["the school", "itself"])
def test_what_a_cut_link_ends_is_named(school: Family, people: People, by: str) -> None:
    for state in (Doing.ASKING, Doing.NAMING, Doing.DRAFT):
        with undone(school):
            begin, words = BEGUN[state]
            begin(school, people)
            said = heard(school, MOTHER, partial(_cut, school, people, by))
            assert any(words in text for text in said), (state, said)
            assert "/send opens it" not in str(said)
            assert doing(school, MOTHER) == Doing.NOTHING


def _cut(school: Family, people: People, by: str) -> None:
    if by == "itself":
        pressed(school, MOTHER, Verb.PART, people.alice)
    else:
        family_access.cut_family(school.connection, people.alice, school.now)
        school.says(MOTHER, "Why is it so?")


def test_a_link_that_is_cut_leaves_what_is_about_others(school: Family, people: People) -> None:
    school.sends(MOTHER, ONE)
    school.sends(MOTHER, TWO)
    pressed(school, MOTHER, Verb.ASK, people.bob, people.lessons[0])
    said = heard(school, MOTHER, lambda: pressed(school, MOTHER, Verb.PART, people.alice))
    assert doing(school, MOTHER) == Doing.ASKING
    assert not any(NOT_ASKED in text for text in said)
    school.says(MOTHER, "Why?")
    assert doing(school, MOTHER) == Doing.CHOOSING, "the pages still wait for their word"
    said = heard(school, MOTHER, lambda: pressed(school, MOTHER, Verb.PART, people.bob))
    assert any(THROWN in text for text in said)
    assert doing(school, MOTHER) == Doing.NOTHING


def test_a_code_that_waits_for_its_answer_outlives_a_cut(school: Family, people: People) -> None:
    links_another(school, people)
    pressed(school, MOTHER, Verb.PART, people.bob)
    assert doing(school, MOTHER) == Doing.LINKING


def test_who_leaves_the_school_hears_what_ends(school: Family, people: People) -> None:
    for state, login in ((Doing.FEEDBACK, "tamara"), (Doing.EMERGENCY, "aigul")):
        begin, words = BEGUN[state]
        phone = begin(school, people)
        staff.cut_staff(school.connection, number_of(school.connection, login))
        said = heard(school, phone, partial(school.says, phone, "Well done!"))
        assert any(words in text for text in said), said
        assert doing(school, phone) == Doing.NOTHING


def test_a_teachers_own_child_keeps_its_draft_when_the_school_cuts_the_teacher(
    school: Family, people: People
) -> None:
    school.link(TAMARA, people.bob)
    pressed(school, TAMARA, Verb.HAND_IN, people.bob, people.lessons[0])
    staff.cut_staff(school.connection, number_of(school.connection, "tamara"))
    assert doing(school, TAMARA) == Doing.DRAFT


def test_pages_that_wait_survive_what_a_teacher_or_coordinator_does(
    school: Family, people: People
) -> None:
    for phone, begin in ((TAMARA, answers_work), (AIGUL, warns)):
        school.link(phone, people.alice, people.bob)
        pressed(school, phone, Verb.HAND_IN, people.alice, people.lessons[0])
        school.sends(phone, ONE)
        pressed(school, phone, Verb.MOVE, people.alice, people.lessons[0])
        assert doing(school, phone) == Doing.CHOOSING
        begin(school, people)
        school.says(phone, "/today")
        assert doing(school, phone) == Doing.CHOOSING


def test_words_to_another_work_leave_the_answer_that_was_announced(
    school: Family, people: People
) -> None:
    other = bring(school, people.alice, people.lessons[1])
    pressed(school, TAMARA, Verb.WORK, other)
    card = max(school.screens[TAMARA].messages)
    first = bring(school, people.alice, people.lessons[2])
    pressed(school, TAMARA, Verb.FEEDBACK, first)
    place = {"id": TAMARA, "type": "private"}
    reply = {"message_id": card, "date": 1, "chat": place}
    school.says(TAMARA, "To the other.", reply_to_message=reply)
    assert [one.words for one in read_feedback(school.connection, [other])] == ["To the other."]
    assert doing(school, TAMARA) == Doing.FEEDBACK
    school.presses(TAMARA, 1, "1:fbx")
    pressed(school, TAMARA, Verb.NO_FEEDBACK, other)
    assert doing(school, TAMARA) == Doing.FEEDBACK
    school.says(TAMARA, "To the first.")
    assert doing(school, TAMARA) == Doing.NOTHING


def test_a_draft_that_another_takes_the_place_of_is_named(school: Family, people: People) -> None:
    drafts_a_page(school, people)

    def turn(verb: Verb, student: int) -> list[str]:
        return heard(
            school, MOTHER, lambda: pressed(school, MOTHER, verb, student, people.lessons[0])
        )

    for verb in (Verb.ADD, Verb.HAND_IN):
        assert any(KEPT in text for text in turn(verb, people.bob))
        turn(Verb.ADD, people.alice)
        assert not any(KEPT in text for text in turn(Verb.ADD, people.alice)), "it goes on"
