"""Whatever a teacher writes, every message is one that Telegram takes, and no letter is lost."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chats.links import Child
from bot.chats.reading import StudentLesson
from bot.sending.outbox import Job
from bot.sending.sender import marked_as_repeat
from bot.words import family, homework, linking, privacy, talk
from bot.words.cards import Answer, Card, Day, digest, feedback
from bot.words.dates import day_words
from bot.words.keyboards import Verb, button, inline
from bot.words.lesson_card import LessonCard, lesson_cards
from bot.words.markdown import Run, length, messages, runs_of
from jetkiz.delivery.model import LessonState
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.homework.model import HomeworkReturn, Page, ReturnState
from jetkiz.homework.quality import Hint
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.lessons.model import Lesson, LessonKind, Licence, Task
from jetkiz.rehearsal.bot_api.sending import LONGEST_CAPTION, LONGEST_TEXT
from jetkiz.rehearsal.texts.formatting import format_text
from jetkiz.rehearsal.texts.keyboards import inline_rows
from jetkiz.rehearsal.texts.text_entities import FormattedText, utf16_length

NOW = datetime(2026, 1, 26, 3, tzinfo=UTC)
MONDAY = date(2026, 1, 26)
LETTERS = "abӘңқ 😀👩‍👧<>&\"'_*`#[]()!|~\n.-1"
WORDS = st.text(alphabet=LETTERS, max_size=60)
NAMES = st.text(alphabet="АйгүлӘі<&> 😀'", min_size=1, max_size=30).filter(lambda x: x.strip())
TITLES = st.text(alphabet=LETTERS, min_size=1, max_size=200).filter(lambda x: x.strip())
LONG = st.builds(lambda part, times: (part + " ") * times, WORDS, st.integers(1, 400))
TEXTS = WORDS | LONG
SPOKEN = st.sampled_from(LANGUAGES)


@st.composite
def lessons(draw: st.DrawFn) -> Lesson:
    task = Task(draw(TEXTS), date(2026, 1, 29)) if draw(st.booleans()) else None
    return Lesson(
        id=draw(st.integers(1, 2**31)),
        code="w05-7",
        language="kk",
        week="2026-W05",
        day=MONDAY,
        order=1,
        subject=draw(st.sampled_from(["mathematics", "Өзін-өзі тану", "<&>"])),
        grades=(2,),
        title=draw(TITLES),
        kind=LessonKind.TEXT,
        minutes=15,
        needs_picture=False,
        weight=1.0,
        text=draw(TEXTS),
        licence=Licence("CC BY 4.0", text_by=draw(WORDS)),
        task=task,
    )


def standing(lesson: Lesson, state: State) -> StudentLesson:
    facts = LessonState(5, lesson.id, 0, "telegram", ChoiceReason.BEST_VALUE, 1, state)
    return StudentLesson(lesson, facts)


STANDINGS = st.builds(standing, lessons(), st.sampled_from([State.DISPATCHED, State.MARKED]))


def taken(card: Card) -> FormattedText:
    """Read a message as the rehearsal's Telegram does, which refuses what the real one would."""
    payload = card.payload()
    read = format_text(payload["text"], payload["parse_mode"], None)
    assert read.text.strip()
    assert utf16_length(read.text) <= LONGEST_TEXT
    inline_rows(payload.get("reply_markup", {"inline_keyboard": []})["inline_keyboard"])
    return read


def taken_even_as_repeat(card: Card, language: str) -> FormattedText:
    job = Job(1, "k", 5, "sendMessage", card.payload(), 2, "", language, NOW, unknowns=1)
    repeat = marked_as_repeat(job)
    assert utf16_length(format_text(repeat["text"], "HTML", None).text) <= LONGEST_TEXT
    return taken(card)


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(NAMES, st.lists(lessons(), min_size=1, max_size=12), SPOKEN)
@settings(max_examples=40, deadline=None)
def test_every_day_can_be_sent(name: str, found: list[Lesson], language: str) -> None:
    day = Day(5, name, MONDAY, tuple(found), ways={found[0].id: "пошта <&>"})
    cards = digest(day, translator(language))
    text = "".join(taken_even_as_repeat(card, language).text for card in cards)
    assert all(bare(one.title) in bare(text) for one in found)
    assert sum(len(row) for row in cards[-1].rows) == len(found) + 1


@given(NAMES, lessons(), SPOKEN)
@settings(max_examples=60, deadline=None)
def test_every_lesson_can_be_sent(name: str, lesson: Lesson, language: str) -> None:
    cards = lesson_cards(LessonCard(5, name, lesson), translator(language))
    text = "".join(taken_even_as_repeat(card, language).text for card in cards)
    if lesson.task:
        assert bare(lesson.task.text) in bare(text)
    assert [bool(card.rows) for card in cards] == [False] * (len(cards) - 1) + [True]


@given(NAMES, lessons(), TEXTS, st.booleans(), SPOKEN)
@settings(max_examples=40, deadline=None)
def test_every_answer_of_a_teacher_can_be_sent(
    name: str, lesson: Lesson, words: str, once_more: bool, language: str
) -> None:
    cards = feedback(Answer(5, name, lesson, words, once_more=once_more), translator(language))
    text = "".join(taken_even_as_repeat(card, language).text for card in cards)
    assert bare(words) in bare(text)


@given(NAMES, st.lists(STANDINGS, max_size=40), SPOKEN)
@settings(max_examples=40, deadline=None)
def test_every_list_can_be_sent(name: str, found: list[StudentLesson], language: str) -> None:
    t, child = translator(language), Child(5, name, "2 <А>", "guardian")
    listed = homework.task_list(child, found, MONDAY, t)
    text = "".join(taken_even_as_repeat(card, language).text for card in listed)
    assert all(bare(one.lesson.title) in bare(text) for one in found)
    for card in talk.week([(child, found)], {}, t):
        taken_even_as_repeat(card, language)


@given(NAMES, STANDINGS, st.integers(0, 30), SPOKEN)
@settings(max_examples=40, deadline=None)
def test_every_word_of_the_conversation_can_be_sent(
    name: str, one: StudentLesson, count: int, language: str
) -> None:
    t, child = translator(language), Child(5, name, "2 <А>", "guardian")
    page = HomeworkReturn(1, 5, 7, 2, ReturnState.HANDED_IN, NOW, NOW, is_late=True)
    noted = Page("k", "a", "image/jpeg", "telegram", note=name * 20, hints=tuple(Hint))
    pages = (noted,) * count
    cards = (
        linking.welcome(child, t),
        linking.linked_before(child, t),
        linking.another_phone(child, "student", 7, t),
        talk.no_longer(name, t),
        talk.leave_question(name, 5, t),
        linking.whose(child, t),
        linking.consent(child, t),
        linking.waits_for_guardian(name, t),
        linking.consent_ended(name, t),
        linking.not_us(name, t, is_cut=True),
        family.ask_name(child, t),
        family.renamed(name, t),
        family.ask_now(child, one, t),
        family.ask_about([(child, one)] * min(count, 8), t),
        homework.no_open_task_of(child, t),
        family.children_card([child] * max(count, 1), t),
        homework.which_child([child, replace(child, student=6)], t),
        homework.which_task(5, [one] * max(count, 1), t),
        homework.send_pages(child, one, count, t),
        homework.draft(child, one, pages, t),
        homework.page_order(child, one, pages, t),
        homework.unfinished(count, t),
        homework.which_draft([(child, one)] * max(count, 1), t),
        homework.closed(child, one, t),
        homework.handed_in(child, one, page, "12:40", t, count),
        homework.handed_in_by_itself(child, one, page, t),
        homework.not_placed(count, t),
    )
    said = [bare(taken_even_as_repeat(card, language).text) for card in cards]
    assert all(said)
    assert all(bare(name) in words for words in said[:10]), "the first ten tell of the child"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_for_everybody_can_be_sent(language: str) -> None:
    t = translator(language)
    plain = (
        linking.guest,
        linking.not_linked,
        linking.link_broken_off,
        linking.still_waits,
        talk.help_card,
        partial(privacy.privacy, marks_allowed=True),
        partial(privacy.privacy, marks_allowed=False),
        privacy.mydata,
        privacy.delete_question,
        privacy.kept,
        privacy.deleted,
        family.no_name,
        family.wrong_name,
        family.asked,
        family.not_asked,
        family.cannot_ask,
        talk.stop_question,
        talk.stopped,
        homework.lost,
    )
    more = (
        linking.pause,
        homework.no_open_task,
        homework.nothing_to_send,
        homework.too_large,
        homework.wrong_type,
        homework.broken,
        talk.not_understood,
    )
    for words in (*plain, *more, homework.cancelled):
        taken(words(t))
    for name, words in talk.COMMANDS.items():
        assert re.fullmatch(r"[a-z]{1,32}", name)
        assert 1 <= len(t(words)) <= 256


TAGS = st.sampled_from(["b", "i", "s", "code", "pre", "blockquote", 'a href="https://a.kz"'])
RUNS = st.lists(
    st.builds(Run, st.text(alphabet=LETTERS, max_size=80), st.lists(TAGS, max_size=3).map(tuple)),
    max_size=30,
)


@given(RUNS, st.integers(2, 60))
@settings(deadline=None)
def test_a_cut_loses_only_white_space_and_keeps_the_order(runs: list[Run], longest: int) -> None:
    parts = [format_text(one, "HTML", None).text for one in messages(runs, longest)]
    assert all(utf16_length(part) <= longest for part in parts)
    assert bare("".join(parts)) == bare("".join(run.text for run in runs))


@given(st.sampled_from(["😀", "Ә", "a", "👩‍👧", "𝒳"]), st.integers(4090, 4100))
def test_the_border_of_4096_is_counted_as_telegram_counts(letter: str, wanted: int) -> None:
    text = letter * (wanted // length(letter)) + "x" * (wanted % length(letter))
    assert length(text) == wanted
    parts = messages([Run(text)])
    assert len(parts) == (1 if wanted <= LONGEST_TEXT else 2)
    assert "".join(parts) == text


@given(st.text(alphabet=LETTERS + "😀" * 5, max_size=400))
@settings(deadline=None)
def test_no_message_ends_with_half_a_letter(text: str) -> None:
    parts = messages(runs_of(text), 7)
    assert all(part.encode("utf-8").decode("utf-8") == part for part in parts)


@given(st.text(alphabet=LETTERS, max_size=900), st.sampled_from(LANGUAGES))
def test_a_repeated_caption_is_never_too_long(caption: str, language: str) -> None:
    """The handlers give pictures at most two hundred letters; the rest is room for the mark."""
    short = caption[:200]
    payloads: list[dict[str, Any]] = [
        {"photo": "x", "caption": short},
        {"media": [{"type": "photo", "media": "x", "caption": short}, {"media": "y"}]},
        {"document": "x"},
    ]
    for payload in payloads:
        job = Job(1, "k", 5, "m", payload, 2, "", language, NOW, unknowns=1)
        marked = marked_as_repeat(job)
        first = marked["media"][0] if "media" in marked else marked
        assert utf16_length(first["caption"]) <= LONGEST_CAPTION
        assert "document" in payload or first["caption"].startswith(short)
        assert payload.get("caption", short) == short, "the kept message stays as it was"


@given(st.lists(st.lists(TITLES, min_size=1, max_size=3), max_size=8), st.integers(0, 2**62))
def test_every_button_says_something_and_fits(rows: list[list[str]], number: int) -> None:
    made = [[button(label, Verb.OPEN, number) for label in row] for row in rows]
    read = inline_rows(inline(made)["inline_keyboard"])
    assert read is None or [len(row) for row in read] == [len(row) for row in rows]


def test_days_are_written_for_every_language_and_every_day_of_a_year() -> None:
    for language in LANGUAGES:
        t = translator(language)
        said = {day_words(MONDAY + timedelta(days=n), t) for n in range(365)}
        assert len(said) == 365
