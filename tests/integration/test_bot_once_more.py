"""Work that a teacher asks for once more is an open task again, until it is handed in anew."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.words.keyboards import Verb, button
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import ACCEPTED, ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.storage.database import Database
from tests.bot_family import Family
from tests.bot_staff import MOTHER, TAMARA, add_everybody, bring, linked_staff
from tests.factories import NOW, People

REDO, HANDED_IN = "please do it once more", "handed in"


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_everybody(connection)


@pytest.fixture
def school(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    """Alice has handed in everything; the first is asked for once more, though nothing late is."""
    with linked_staff(sqlite_database, tmp_path, people, late_work="closed") as opened:
        first, *_ = [bring(opened, people.alice, lesson) for lesson in people.lessons]
        opened.presses(TAMARA, 1, f"1:{Verb.REDO}:{first}")
        yield opened


def offered(school: Family) -> list[tuple[int, ...]]:
    """For which tasks the newest message to the mother has a button to hand in."""
    last = max(school.screens[MOTHER].messages)
    found = school.screens[MOTHER].buttons()
    return [press.numbers for at, _, press in found if at == last and press.verb == Verb.HAND_IN]


def pages_of(school: Family, people: People) -> list[tuple[int, ReturnState, str]]:
    works = read_returns(school.connection, students=[people.alice])
    mine = sorted(
        (one for one in works if one.lesson == people.lessons[0]), key=lambda w: w.version
    )
    return [(w.version, w.state, "".join(page.sha256[0] for page in w.pages)) for w in mine]


def asked_again(school: Family, people: People) -> int:
    works = read_returns(school.connection, students=[people.alice])
    return next(one.id for one in works if one.lesson == people.lessons[0])


def accept(school: Family, people: People) -> None:
    done = Marking(asked_again(school, people), ACCEPTED, "", "tamara", "k")
    give_feedback(school.connection, done, NOW)


def test_a_photo_goes_to_the_only_task_that_is_wanted_once_more(
    school: Family, people: People
) -> None:
    school.now = NOW + timedelta(days=5)
    screen = school.sends(MOTHER, "b" * 64)
    assert not any("I have not kept this file" in text for text in screen.texts)
    school.press_verb(MOTHER, Verb.FINISH, people.alice, people.lessons[0])
    assert pages_of(school, people) == [
        (1, ReturnState.MARKED, "0"),
        (2, ReturnState.HANDED_IN, "b"),
    ]


def test_the_list_asks_for_it_until_the_next_version_is_handed_in(
    school: Family, people: People
) -> None:
    task = (people.alice, people.lessons[0])
    said = school.says(MOTHER, "/homework").last["text"]
    assert (said.count(REDO), said.count(HANDED_IN)) == (1, 2)
    assert offered(school) == [task]
    school.press_verb(MOTHER, Verb.HAND_IN, *task)
    school.sends(MOTHER, "b" * 64)
    assert REDO in school.says(MOTHER, "/homework").last["text"], "a draft is no hand-in"
    school.press_verb(MOTHER, Verb.FINISH, *task)
    said = school.says(MOTHER, "/homework").last["text"]
    assert (said.count(REDO), said.count(HANDED_IN)) == (0, 3), "the teacher has yet to look at it"
    assert offered(school) == []


def test_send_offers_it(school: Family) -> None:
    screen = school.says(MOTHER, "/send")
    assert "Send photos of the work" in screen.last["text"]
    assert "Lesson w05-0" in screen.last["text"]


def test_a_later_answer_without_a_mark_takes_nothing_back(school: Family, people: People) -> None:
    work = asked_again(school, people)
    give_feedback(school.connection, Marking(work, "", "Look at page 5.", "tamara", "k"), NOW)
    assert REDO in school.says(MOTHER, "/homework").last["text"]
    school.says(MOTHER, "/today")
    school.press_verb(MOTHER, Verb.OPEN, people.alice, people.lessons[0])
    assert "Do it once more" in str(school.screens[MOTHER].last)


def test_accepted_in_the_end_nothing_is_wanted(school: Family, people: People) -> None:
    accept(school, people)
    said = school.says(MOTHER, "/homework").last["text"]
    assert REDO not in said
    assert "the teacher has looked at it" in said
    assert offered(school) == []


def test_with_nothing_open_send_speaks_of_no_file_and_a_file_is_named(
    school: Family, people: People
) -> None:
    accept(school, people)
    words = "There is no open task just now"
    assert school.says(MOTHER, "/send").last["text"].startswith(f"{words}.\n")
    said = school.sends(MOTHER, "b" * 64).last["text"]
    assert said.startswith(f"{words}, so I have not kept this file.")


def test_today_says_what_came_of_the_work_instead_of_its_day(
    school: Family, people: People
) -> None:
    said = school.says(MOTHER, "/today").last["text"]
    assert (said.count("Please do it once more."), said.count("Handed in.")) == (1, 2)
    assert "Hand in by" not in said
    accept(school, people)
    said = school.says(MOTHER, "/today").last["text"]
    assert (said.count("The teacher has looked at it."), said.count("Handed in.")) == (1, 2)


def test_a_lesson_whose_work_is_no_longer_taken_offers_no_hand_in(
    school: Family, people: People
) -> None:
    school.link(MOTHER, people.bob)
    school.says(MOTHER, "/today")
    in_time = opened(school, people.bob, people.lessons[0])
    assert Verb.HAND_IN in in_time
    school.now = NOW + timedelta(days=4)
    late = opened(school, people.bob, people.lessons[0])
    assert late == in_time - {Verb.HAND_IN, Verb.LATER}
    assert Verb.HAND_IN in opened(school, people.alice, people.lessons[0]), "asked for once more"


def opened(school: Family, student: int, lesson: int) -> set[str]:
    """The verbs on the newest card of a lesson."""
    school.presses(MOTHER, 1, button("", Verb.OPEN, student, lesson).data)
    screen = school.screens[MOTHER]
    last = max(at for at, _, press in screen.buttons() if press.verb == Verb.ASK)
    return {press.verb for at, _, press in screen.buttons() if at == last}


def test_the_cards_that_stand_in_the_chat_say_so_when_it_is_handed_in_anew(
    school: Family, people: People
) -> None:
    for lesson in (*people.lessons[:2], people.lessons[0]):
        opened(school, people.alice, lesson)
    first, other, again = (
        number
        for number, message in school.screens[MOTHER].messages.items()
        if "Ask the teacher" in str(message)
    )
    before = dict(school.screens[MOTHER].messages)
    assert "Do it once more" in str(before[first])
    school.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    school.sends(MOTHER, "b" * 64)
    shown = school.press_verb(MOTHER, Verb.FINISH, people.alice).messages
    for card in (first, again):
        assert "Version 2, 1 page, 08:00" in str(shown[card])
        assert "Do it once more" not in str(shown[card])
        assert shown[card]["text"] == before[card]["text"]
    assert shown[other] == before[other], "another lesson's card stays as it is"
    assert "Handed in at 08:00" in str(shown)
