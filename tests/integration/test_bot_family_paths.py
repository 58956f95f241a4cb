"""What happens to a family that does things in another order than the one we thought of."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.chats import links
from bot.receiving import inbox
from bot.receiving.attachments import ArrivedFile, Trouble
from bot.receiving.updates import sift
from bot.sending import evidence
from bot.tables import outbox, telegram_inbox
from bot.talking import draft_news
from bot.talking.dialogue_states import LIVES, Doing, read_state
from bot.words.keyboards import Verb, button
from jetkiz.homework.model import SILENCE, HomeworkReturn, ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.homework.silence import seal_silent_drafts
from jetkiz.roster.tables import student as students
from jetkiz.roster.tables import student_identity
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock
from tests.bot_family import BOT, Family, family_of
from tests.factories import NOW, People

MOTHER, FATHER, STRANGER = 11, 12, 13
ZONE = ZoneInfo("Asia/Qostanay")
ONE, TWO, THREE = "1" * 64, "2" * 64, "3" * 64


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path)) as opened:
        opened.link(MOTHER, people.alice, people.bob)
        opened.link(FATHER, people.alice)
        yield opened


def works(family: Family, *students: int) -> list[HomeworkReturn]:
    return read_returns(family.connection, students=students)


def pages(family: Family, student: int) -> list[list[str]]:
    return [[page.sha256[0] for page in one.pages] for one in works(family, student)]


def doing(family: Family, chat_id: int) -> Doing:
    chat = links.find_chat(family.connection, BOT, chat_id)
    assert chat
    return read_state(family.connection, chat, family.now).doing


def choose(family: Family, student: int, lesson: int) -> None:
    family.press_verb(MOTHER, Verb.CHOOSE_CHILD, student)
    family.press_verb(MOTHER, Verb.CHOOSE_TASK, student, lesson)


def test_a_page_that_waits_for_a_word_survives_another_button(
    family: Family, people: People
) -> None:
    family.sends(MOTHER, ONE)
    family.says(MOTHER, "/homework")
    screen = family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    assert pages(family, people.alice) == []
    [[take]] = screen.last["reply_markup"]["inline_keyboard"]
    assert take["text"] == "Take the 1 page I sent before"
    family.press_verb(MOTHER, Verb.CHOOSE_TASK, people.alice, people.lessons[0])
    assert pages(family, people.alice) == [["1"]]


def test_a_page_that_waits_is_never_taken_for_another_task_without_a_word(
    family: Family, people: People
) -> None:
    family.sends(MOTHER, ONE)
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, TWO)
    family.press_verb(MOTHER, Verb.FINISH)
    assert pages(family, people.alice) == [["2"]]
    choose(family, people.bob, people.lessons[1])
    assert pages(family, people.bob) == [["1"]]


def test_a_reply_leaves_the_question_standing(family: Family, people: People) -> None:
    family.sends(MOTHER, ONE)
    family.says(MOTHER, "/today")
    family.press_verb(MOTHER, Verb.OPEN, people.bob, people.lessons[2])
    card = {"message_id": max(family.screens[MOTHER].messages), "date": 1}
    place = {"chat": {"id": MOTHER, "type": "private"}}
    family.sends(MOTHER, TWO, reply_to_message=card | place)
    assert pages(family, people.bob) == [["2"]]
    choose(family, people.alice, people.lessons[0])
    assert pages(family, people.alice) == [["1"]]


def test_work_for_the_wrong_child_is_moved_whole(family: Family, people: People) -> None:
    family.sends(MOTHER, ONE, "album")
    family.sends(MOTHER, TWO, "album")
    choose(family, people.alice, people.lessons[0])
    screen = family.press_verb(MOTHER, Verb.MOVE)
    assert screen.last["text"] == "Whose work is this?"
    assert pages(family, people.alice) == [[]]
    choose(family, people.bob, people.lessons[0])
    family.press_verb(MOTHER, Verb.FINISH)
    assert pages(family, people.bob) == [["1", "2"]]
    assert [one.state for one in works(family, people.bob)] == [ReturnState.HANDED_IN]


def test_work_can_be_moved_there_and_back(family: Family, people: People) -> None:
    family.sends(MOTHER, ONE)
    for student in (people.alice, people.bob, people.alice):
        choose(family, student, people.lessons[0])
        if student != people.alice or not pages(family, people.bob):
            family.press_verb(MOTHER, Verb.MOVE)
    assert [p for p in pages(family, people.alice) if p] == [["1"]]
    assert not any(pages(family, people.bob))


def test_nothing_is_moved_out_of_an_empty_draft(family: Family, people: People) -> None:
    family.sends(MOTHER, ONE)
    choose(family, people.alice, people.lessons[0])
    move = next(b for b in family.screens[MOTHER].buttons() if b[2].verb == Verb.MOVE)
    family.press_verb(MOTHER, Verb.FINISH)
    screen = family.presses(MOTHER, *move[:2])
    assert screen.answers[-1] == "There are no pages yet."
    assert pages(family, people.alice) == [["1"]]


def test_ending_one_draft_leaves_the_other(family: Family, people: People) -> None:
    first, second, _ = people.lessons
    family.says(MOTHER, "/homework")
    for lesson, page in ((first, ONE), (second, TWO)):
        family.press_verb(MOTHER, Verb.HAND_IN, people.alice, lesson)
        family.sends(MOTHER, page)
    family.press_verb(MOTHER, Verb.FINISH, people.alice, first)
    assert doing(family, MOTHER) == Doing.DRAFT
    family.sends(MOTHER, THREE)
    family.press_verb(MOTHER, Verb.FINISH, people.alice, second)
    assert sorted(pages(family, people.alice)) == [["1"], ["2", "3"]]


@pytest.mark.parametrize("verb", [Verb.REMOVE, Verb.CANCEL])
def test_an_old_draft_is_changed_without_touching_the_question(
    family: Family, people: People, verb: Verb
) -> None:
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, ONE)
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    links.forget_dialogue(family.connection, chat)
    family.sends(MOTHER, TWO)
    shown = [n for n, _, press in family.screens[MOTHER].buttons() if press.verb == Verb.FINISH]
    old = button("as months ago", verb, people.alice, people.lessons[0])
    family.presses(MOTHER, shown[0], old.data)
    assert pages(family, people.alice) == [[]]
    choose(family, people.bob, people.lessons[0])
    assert pages(family, people.bob) == [["2"]]


def test_silence_tells_the_phone_that_sent_it_wherever_it_is_now(
    family: Family, people: People
) -> None:
    family.says(MOTHER, "/homework")
    for lesson, page in zip(people.lessons[:2], (ONE, TWO), strict=True):
        family.press_verb(MOTHER, Verb.HAND_IN, people.alice, lesson)
        family.sends(MOTHER, page)
    family.now += SILENCE + timedelta(minutes=1)
    assert draft_news.seal_silent(family.connection, BOT, ZONE, family.now) == 2
    family.deliver()
    said = [text for text in family.screens[MOTHER].texts if "Nothing more came" in text]
    assert len(said) == 2
    assert not any("Nothing more came" in text for text in family.screens[FATHER].texts)


def test_at_night_silence_hands_in_and_the_phone_hears_of_it_in_the_morning(
    family: Family, people: People
) -> None:
    family.now = NOW.replace(hour=15, minute=45)  # a quarter to nine in the evening at the school
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, ONE)
    family.now += SILENCE + timedelta(minutes=1)
    assert draft_news.seal_silent(family.connection, BOT, ZONE, family.now) == 1
    family.deliver()
    assert [one.state for one in works(family, people.alice)] == [ReturnState.HANDED_IN]
    assert not any("Nothing more came" in text for text in family.screens[MOTHER].texts)
    [row] = family.connection.execute(select(outbox).where(outbox.c.key.startswith("sealed:")))
    hold = row.not_before - wall_clock()
    assert timedelta(hours=10) < hold < timedelta(hours=11)


def test_the_work_of_a_student_who_left_is_handed_in_without_a_word(
    family: Family, people: People
) -> None:
    family.says(MOTHER, "/homework")
    for child, page in ((people.alice, ONE), (people.bob, TWO)):
        family.press_verb(MOTHER, Verb.HAND_IN, child, people.lessons[0])
        family.sends(MOTHER, page)
    gone = update(students).where(students.c.id == people.alice)
    family.connection.execute(gone.values(active=False))
    family.now += SILENCE + timedelta(minutes=1)
    assert draft_news.seal_silent(family.connection, BOT, ZONE, family.now) == 1
    family.deliver()
    assert [one.state for one in works(family, people.alice)] == [ReturnState.HANDED_IN]
    said = [text for text in family.screens[MOTHER].texts if "Nothing more came" in text]
    assert len(said) == 1, "the other child's work is told of as ever"


def test_the_phone_hears_of_it_once_whoever_hands_the_work_in(
    family: Family, people: People
) -> None:
    lesson, other = people.lessons[:2]
    family.says(MOTHER, "/homework")
    for task, page in ((lesson, ONE), (other, TWO)):
        family.press_verb(MOTHER, Verb.HAND_IN, people.alice, task)
        family.sends(MOTHER, page)
    family.press_verb(MOTHER, Verb.FINISH, people.alice, other)
    family.now += SILENCE + timedelta(minutes=1)
    # The worker comes before the bot.
    [sealed] = seal_silent_drafts(family.connection, family.now - SILENCE, ZONE, family.now)
    assert sealed.lesson == lesson
    assert draft_news.seal_silent(family.connection, BOT, ZONE, family.now) == 1
    assert draft_news.seal_silent(family.connection, BOT, ZONE, family.now) == 0
    family.deliver()
    said = [text for text in family.screens[MOTHER].texts if "Nothing more came" in text]
    assert len(said) == 1, "what the family handed in itself is no news"
    assert doing(family, MOTHER) != Doing.DRAFT


def test_what_was_handed_in_by_silence_days_ago_is_no_news(family: Family, people: People) -> None:
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, ONE)
    family.now += SILENCE + timedelta(minutes=1)
    assert seal_silent_drafts(family.connection, family.now - SILENCE, ZONE, family.now)
    later = family.now + draft_news.NEWS + timedelta(minutes=1)
    assert draft_news.seal_silent(family.connection, BOT, ZONE, later) == 0


def test_after_silence_a_new_photo_goes_to_no_other_child(family: Family, people: People) -> None:
    first, second, third = people.lessons
    family.says(MOTHER, "/homework")
    for student, lesson in ((people.alice, first), (people.alice, second), (people.alice, third)):
        family.press_verb(MOTHER, Verb.HAND_IN, student, lesson)
        family.sends(MOTHER, ONE)
        family.press_verb(MOTHER, Verb.FINISH, student, lesson)
    family.press_verb(MOTHER, Verb.HAND_IN, people.bob, first)
    family.sends(MOTHER, TWO)
    family.now += SILENCE + timedelta(minutes=1)
    draft_news.seal_silent(family.connection, BOT, ZONE, family.now)
    family.deliver()
    assert "Hand in again" in str(family.screens[MOTHER].last["reply_markup"])
    family.sends(MOTHER, THREE)
    assert pages(family, people.bob) == [["2"]], "two tasks of Bob are open: he is asked"


def test_pages_without_a_word_are_named_after_a_day(family: Family) -> None:
    family.sends(MOTHER, ONE)
    family.sends(MOTHER, TWO)
    family.now += LIVES - timedelta(seconds=1)
    assert draft_news.tell_ended(family.connection, BOT, ZONE, family.now) == 0
    family.now += timedelta(seconds=2)
    assert draft_news.tell_ended(family.connection, BOT, ZONE, family.now) == 1
    assert draft_news.tell_ended(family.connection, BOT, ZONE, family.now) == 0
    family.deliver()
    assert "2 pages" in family.screens[MOTHER].last["text"]
    assert doing(family, MOTHER) == Doing.NOTHING


def test_a_phone_that_left_or_blocked_is_not_written_to(family: Family, people: People) -> None:
    family.sends(MOTHER, ONE)
    evidence.lose_chat(family.connection, BOT, MOTHER, family.now)
    family.link(STRANGER, people.alice)
    family.sends(STRANGER, TWO)
    chat = links.find_chat(family.connection, BOT, STRANGER)
    assert chat
    links.unlink(family.connection, chat, [people.alice])
    family.now += LIVES + timedelta(seconds=1)
    assert draft_news.tell_ended(family.connection, BOT, ZONE, family.now) == 0


def test_a_child_taken_out_leaves_the_siblings_draft(family: Family, people: People) -> None:
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, ONE)
    family.says(MOTHER, "/children")
    assert "Your 1 page is kept. /send opens it again." in family.screens[MOTHER].texts
    family.press_verb(MOTHER, Verb.LEAVE, people.bob)
    family.press_verb(MOTHER, Verb.PART, people.bob)
    family.says(MOTHER, "/send")
    family.sends(MOTHER, TWO)
    assert pages(family, people.alice) == [["1", "2"]]


def test_a_child_taken_out_in_the_middle_of_a_draft_ends_it(family: Family, people: People) -> None:
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.bob, people.lessons[0])
    family.says(MOTHER, "/children")
    family.press_verb(MOTHER, Verb.LEAVE, people.bob)
    family.press_verb(MOTHER, Verb.PART, people.bob)
    assert doing(family, MOTHER) == Doing.NOTHING
    screen = family.press_verb(MOTHER, Verb.HAND_IN, people.bob, people.lessons[0])
    assert screen.answers[-1] == "This lesson is not in this chat."


def test_two_children_of_one_name_are_told_apart_by_their_class(
    family: Family, people: People
) -> None:
    c = student_identity.c
    family.connection.execute(
        update(student_identity).where(c.student_id == people.bob).values(given_name="Alice")
    )
    screen = family.sends(MOTHER, ONE)
    rows = screen.last["reply_markup"]["inline_keyboard"]
    assert [row[0]["text"] for row in rows] == ["Alice, 2A", "Alice, 2A"]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [(Trouble.TOO_LARGE, "20 MB"), (Trouble.LOST, "once more"), (Trouble.WRONG_TYPE, "kind of")],
)
def test_what_cannot_be_kept_is_said_under_the_file_itself(
    family: Family, trouble: Trouble, words: str
) -> None:
    size = {"file_id": "f", "file_unique_id": "u"}
    screen = family.hears(MOTHER, {"document": size}, ArrivedFile("u", trouble=trouble))
    assert words in screen.last["text"]
    assert screen.last["reply_parameters"]["message_id"] == family.numbers - 1
    assert doing(family, MOTHER) == Doing.NOTHING


def test_a_note_under_the_photo_goes_with_it(family: Family, people: People) -> None:
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, ONE, caption="№ 4 " * 400)
    [work] = works(family, people.alice)
    assert work.pages[0].note == ""
    whole = family.workplace.files.get(work.pages[1].sha256).decode()
    assert whole == ("№ 4 " * 400).strip()


def test_updates_of_one_answer_are_handled_in_their_order(family: Family) -> None:
    chat = {"id": MOTHER, "type": "private"}
    raws = [{"update_id": n, "message": {"chat": chat}} for n in (903, 901, 902)]
    inbox.store(family.connection, BOT, raws, NOW)
    c = telegram_inbox.c
    query = select(c.update_id).where(c.update_id > 900).order_by(c.id)
    assert list(family.connection.scalars(query)) == [901, 902, 903]
    assert sift(raws).following == 904


def test_two_parents_hand_in_one_work_together(family: Family, people: People) -> None:
    lesson = people.lessons[0]
    for chat_id, page in ((MOTHER, ONE), (FATHER, TWO)):
        family.says(chat_id, "/homework")
        family.press_verb(chat_id, Verb.HAND_IN, people.alice, lesson)
        family.sends(chat_id, page)
    family.press_verb(FATHER, Verb.FINISH)
    screen = family.press_verb(MOTHER, Verb.FINISH)
    assert pages(family, people.alice) == [["1", "2"]]
    assert "Handed in at 08:00: 2 pages." in screen.last["text"]


def test_work_after_the_due_date_is_taken_and_called_late(family: Family, people: People) -> None:
    family.now = NOW + timedelta(days=5)
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, ONE)
    screen = family.press_verb(MOTHER, Verb.FINISH)
    assert "It came 2 days late." in screen.last["text"]
    assert works(family, people.alice)[0].is_late
