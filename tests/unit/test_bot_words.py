"""What messages say in three languages: never a mark, never a family name, always short enough."""

import html
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chats.links import Child
from bot.chats.reading import StudentLesson
from bot.receiving.attachments import DOCX, attachment_of, media_type_of
from bot.receiving.updates import chat_of
from bot.sending.outbox import Job
from bot.sending.sender import marked_as_repeat
from bot.words import homework, linking, privacy, talk
from bot.words.cards import (
    Answer,
    Day,
    day_number,
    day_of_number,
    digest,
    feedback,
)
from bot.words.keyboards import Verb, read_press
from bot.words.lesson_card import LessonCard, lesson_cards
from bot.words.markdown import LONGEST, length
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.homework.model import HomeworkReturn, ReturnState
from jetkiz.homework.standing import Standing
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.lessons.model import Lesson, LessonKind, Licence, Task
from jetkiz.lessons.subjects import subject_words

NOW = datetime(2026, 1, 26, 3, tzinfo=UTC)
MONDAY = date(2026, 1, 26)
LESSON = Lesson(
    id=7,
    code="w05-7",
    language="kk",
    week="2026-W05",
    day=MONDAY,
    order=1,
    subject="mathematics",
    grades=(2,),
    title="Adding <up>",
    kind=LessonKind.TEXT,
    minutes=15,
    needs_picture=False,
    weight=1.0,
    text="# Adding\n\nTwo and two.",
    licence=Licence("CC BY 4.0", text_by="A. Author"),
    task=Task("Count to ten.", date(2026, 1, 29)),
)
CHILD = Child(5, "Alice", "2A", "guardian")


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def stands(state: State, lesson: Lesson = LESSON) -> StudentLesson:
    reason = ChoiceReason.BEST_VALUE
    return StudentLesson(lesson, LessonState(5, 7, 0, "telegram", reason, 1, state))


def work(version: int = 1, *, is_late: bool = False) -> HomeworkReturn:
    return HomeworkReturn(1, 5, 7, version, ReturnState.HANDED_IN, NOW, NOW, is_late)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_digest_names_day_lessons_and_due_dates(language: str) -> None:
    [card] = digest(Day(5, "Alice", MONDAY, (LESSON,)), translator(language))
    assert "26" in card.text
    assert "Adding &lt;up&gt;" in card.text
    assert "29" in card.text
    assert [len(row) for row in card.rows] == [1, 1], "one column, for small screens"


def test_a_very_long_day_is_several_messages_with_buttons_under_the_last() -> None:
    lessons = tuple(replace(LESSON, id=n, title="word " * 60) for n in range(30))
    cards = digest(Day(5, "Alice", MONDAY, lessons), translator("ru"))
    assert len(cards) > 1
    assert all(length(plain(card.text)) <= LONGEST for card in cards)
    assert [bool(card.rows) for card in cards] == [False] * (len(cards) - 1) + [True]


def test_a_day_that_comes_another_way_says_which() -> None:
    day = Day(5, "Alice", MONDAY, (LESSON,), ways={7: "television"}, can_receive=False)
    [card] = digest(day, translator("en"))
    assert "(television)" in card.text
    assert len(card.rows) == 1


def test_a_lesson_shows_text_task_and_licence(language: str) -> None:
    card = lesson_cards(LessonCard(5, "Alice", LESSON), translator(language))[-1]
    assert "Two and two." in card.text
    assert "Count to ten." in card.text
    assert "A. Author · CC BY 4.0" in card.text
    verbs = [press.verb for row in card.rows if (press := read_press(row[0].data))]
    assert verbs == [Verb.RECEIVED, Verb.HAND_IN, Verb.ASK, Verb.LATER]


def test_a_lesson_without_a_heading_gets_its_title_and_without_a_task_no_hand_in() -> None:
    bare = replace(LESSON, text="Only words.", task=None)
    [card] = lesson_cards(LessonCard(5, "Alice", bare, received="12:40"), translator("en"))
    assert "<b>Adding &lt;up&gt;</b>" in card.text
    assert [row[0].label for row in card.rows] == ["Received 12:40", "Ask the teacher"]


def test_a_long_lesson_is_cut_into_messages_that_fit() -> None:
    long = replace(LESSON, text="A sentence of a lesson. " * 600)
    cards = lesson_cards(LessonCard(5, "Alice", long), translator("kk"))
    assert len(cards) > 3
    assert all(length(plain(card.text)) <= LONGEST for card in cards)


@given(st.text(max_size=400))
def test_a_teachers_words_are_shown_as_they_are(words: str) -> None:
    cards = feedback(Answer(5, "Alice", LESSON, words), translator("en"))
    said = plain("".join(card.text for card in cards))
    assert "".join(words.split()) in "".join(said.split())


def test_an_answer_names_no_mark_but_says_where_it_is(language: str) -> None:
    [card] = feedback(Answer(5, "Alice", LESSON, "Well done."), translator(language))
    assert "Well done." in card.text
    assert not re.search(r"\b[2-5]\b", plain(card.text))
    assert card.rows == ()


def test_an_answer_without_words_still_says_something() -> None:
    [card] = feedback(Answer(5, "Alice", LESSON, " "), translator("en"))
    assert "at school or on paper" in card.text


def test_a_task_to_be_done_again_has_a_button() -> None:
    [card] = feedback(Answer(5, "Alice", LESSON, "Try 3.", once_more=True), translator("en"))
    assert "once more" in card.text
    assert card.rows[0][0].label == "Hand in"


@pytest.mark.parametrize("number", [0, 20261301, 99, 999_999_999, 2**63 - 1, 10**30])
def test_a_button_with_no_day_is_no_day(number: int) -> None:
    assert day_of_number(number) is None


def test_a_day_survives_a_button() -> None:
    assert day_of_number(day_number(MONDAY)) == MONDAY


def test_an_unknown_subject_keeps_its_name() -> None:
    t = translator("ru")
    own, known = (t(subject_words(one)) for one in ("Өзін-өзі тану", "mathematics"))
    assert (own, known) == ("Өзін-өзі тану", "Математика")


def test_tasks_say_how_they_stand(language: str) -> None:
    t = translator(language)
    found = [stands(state) for state in (State.DISPATCHED, State.RETURNED, State.MARKED)]
    [card] = homework.task_list(CHILD, found, MONDAY, t)
    assert len(set(card.text.splitlines()[1:])) == 3
    assert len(card.rows) == 1, "only what is open can be handed in from the list"
    asked_again = replace(stands(State.MARKED), work=Standing.ONCE_MORE)
    [again] = homework.task_list(CHILD, [asked_again], MONDAY, t)
    assert not set(again.text.splitlines()[1:]) & set(card.text.splitlines()[1:])
    assert len(again.rows) == 1, "what is wanted once more as well"
    assert t("There is nothing to hand in.") in homework.task_list(CHILD, [], MONDAY, t)[0].text


def test_handed_in_work_tells_version_and_lateness() -> None:
    t = translator("en")
    early = homework.handed_in(CHILD, stands(State.RETURNED), work(), "13:05", t).text
    late = homework.handed_in(CHILD, stands(State.RETURNED), work(2), "13:05", t, 2).text
    assert "13:05" in early
    assert "version" not in early
    assert "version 2" in late
    assert "2 days late" in late


def test_a_draft_without_pages_can_only_be_cancelled() -> None:
    card = homework.draft(CHILD, stands(State.DISPATCHED), (), translator("en"))
    assert [row[0].label for row in card.rows] == ["Cancel"]


def test_every_refusal_of_a_code_has_words(language: str) -> None:
    t = translator(language)
    said = {linking.wrong_code(refusal, t).text for refusal in linking.CODE_WORDS}
    assert len(said) == len(linking.CODE_WORDS) == 4


def test_sentences_for_families_are_short(language: str) -> None:
    t = translator(language)
    cards = [
        talk.help_card(t),
        privacy.privacy(t, marks_allowed=False),
        privacy.privacy(t, marks_allowed=True),
        privacy.mydata(t),
        privacy.delete_question(t),
        linking.guest(t),
        linking.welcome(CHILD, t),
    ]
    cards += [linking.whose(CHILD, t), linking.consent(CHILD, t), linking.still_waits(t)]
    for card in cards:
        for sentence in re.split(r"[.!?\n]", plain(card.text)):
            assert len(sentence.split()) <= 16, sentence


def job(payload: dict[str, object]) -> Job:
    return Job(1, "k", 5, "m", payload, 2, "", "en", NOW, unknowns=1)


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "hello"},
        {"photo": "x", "caption": "hello"},
        {"document": "x"},
        {"media": [{"caption": "hello"}, {"caption": "second"}]},
    ],
)
def test_a_repeat_says_so_whatever_it_is(payload: dict[str, object]) -> None:
    assert "Perhaps you have" in str(marked_as_repeat(job(payload)))
    assert "Perhaps" not in str(payload)


def test_a_repeated_edit_needs_no_mark() -> None:
    edit = {"text": "hello", "message_id": 7}
    assert marked_as_repeat(job(edit)) == edit
    assert marked_as_repeat(job({"callback_query_id": "1"})) == {"callback_query_id": "1"}


def word_file() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return packed.getvalue()


def other_archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("virus.exe", "x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"%PDF-1.7", "application/pdf"),
        (b"OggS", "audio/ogg"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (word_file(), DOCX),
        (other_archive(), ""),
        (b"PK\x03\x04 broken", ""),
        (b"MZ", ""),
        (b"", ""),
    ],
)
def test_the_first_bytes_say_what_a_file_is(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@given(st.binary(max_size=200))
def test_no_file_is_a_traceback(content: bytes) -> None:
    assert isinstance(media_type_of(content), str)


def test_the_largest_size_of_a_photo_is_taken() -> None:
    sizes = [
        {"file_id": "s", "file_unique_id": "a", "width": 90, "height": 60, "file_size": 1},
        {"file_id": "l", "file_unique_id": "b", "width": 900, "height": 600},
    ]
    found = attachment_of({"photo": sizes})
    assert found
    assert found.file_id == "l"
    assert attachment_of({"text": "hello"}) is None


@pytest.mark.parametrize(
    "broken",
    [
        {"photo": [{"file_id": "x"}]},
        {"photo": "x"},
        {"photo": {"width": 1}},
        {"document": {"file_id": "x"}},
        {"voice": "x"},
        {"document": {"file_id": "x", "file_unique_id": "y", "file_size": "large"}},
    ],
)
def test_a_file_in_a_broken_form_is_none(broken: dict[str, object]) -> None:
    assert attachment_of(broken) is None


@pytest.mark.parametrize(
    ("raw", "chat"),
    [
        ({"message": {"chat": {"id": 5}}}, 5),
        ({"callback_query": {"from": {"id": 6}, "message": {"chat": {"id": 5}}}}, 5),
        ({"callback_query": {"from": {"id": 6}}}, 6),
        ({"my_chat_member": {"chat": {"id": 7}}}, 7),
        ({"poll": {}}, 0),
    ],
)
def test_every_update_belongs_to_a_chat(raw: dict[str, object], chat: int) -> None:
    assert chat_of(raw) == chat
