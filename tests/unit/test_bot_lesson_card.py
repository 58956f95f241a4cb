"""A lesson in the chat: head, deadline in the reader's time, files with sizes, buttons in words."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.talking.lesson_pictures import LONGEST_SIDE, fit_for_phone
from bot.words.keyboards import inline
from bot.words.lesson_card import (
    Extras,
    Handed,
    LessonCard,
    attachments,
    lesson_cards,
    lesson_rows,
    size_words,
)
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.lessons.model import LessonFile
from tests.bot_lessons import QUIZ, a_picture
from tests.unit.test_bot_words import LESSON, plain

QOSTANAY = ZoneInfo("Asia/Qostanay")
FILES = (
    LessonFile("img/1.png", "a", 9),
    LessonFile("kk.ogg", "b", 1_234_567),
    LessonFile("s.pdf", "c", 400),
)


def labels(card: LessonCard) -> list[str]:
    rows = [row[0].label for row in lesson_rows(card, translator("en"))]
    assert "Ask the teacher" in rows
    return [row for row in rows if row not in {"Ask the teacher", "Remind me later"}]


def test_the_head_says_goal_deadline_and_files_before_the_text() -> None:
    lesson = replace(LESSON, goal="Count.", files=FILES, quiz=QUIZ)
    card = LessonCard(5, "Alice", lesson, zone=QOSTANAY, extras=Extras(attachments(FILES)))
    text = lesson_cards(card, translator("en"))[0].text
    end = int(datetime(2026, 1, 29, 18, 59, tzinfo=UTC).timestamp())
    assert f'<tg-time unix="{end}" format="wD">Thursday, 29 January</tg-time>' in text
    assert plain(text).splitlines()[:5] == [
        "Alice · Mathematics",
        "Adding <up>",
        "Goal: Count.",
        "Hand in by Thursday, 29 January.",
        "Also here: read aloud, 1.2 MB, sheet to print, 1 kB, quiz, 2 questions.",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_deadline_is_whole_in_every_language(language: str) -> None:
    t = translator(language)
    with_zone = lesson_cards(LessonCard(5, "A", LESSON, zone=QOSTANAY), t)[0].text
    assert plain(with_zone) == plain(lesson_cards(LessonCard(5, "A", LESSON), t)[0].text)
    assert "29" in plain(with_zone).split("Two and two")[0]


def test_a_title_in_the_text_is_not_said_twice() -> None:
    same = replace(LESSON, title="Adding")
    assert lesson_cards(LessonCard(5, "A", same), translator("en"))[0].text.count("Adding") == 1
    other = lesson_cards(LessonCard(5, "A", LESSON), translator("en"))[0].text
    assert other.count("Adding") == 2


@pytest.mark.parametrize(
    ("handed", "expected"),
    [
        (None, ["Hand in"]),
        (Handed(2, 3, "13:05"), ["Version 2, 3 pages, 13:05", "Replace"]),
        (Handed(1, 1, "13:05", is_marked=True), ["The teacher has looked at it"]),
        (Handed(1, 1, "13:05", is_marked=True, once_more=True), ["Do it once more"]),
    ],
)
def test_buttons_say_how_the_work_stands(handed: Handed | None, expected: list[str]) -> None:
    card = LessonCard(5, "Alice", LESSON, received="12:40", handed=handed)
    assert labels(card) == ["Received 12:40", *expected]
    assert labels(replace(card, can_hand_in=False)) == ["Received 12:40"]
    assert labels(replace(card, lesson=replace(LESSON, task=None))) == ["Received 12:40"]


def test_later_is_offered_while_work_is_wanted_and_never_more_than_four_buttons() -> None:
    t = translator("en")
    wanted = LessonCard(5, "Alice", LESSON)
    assert [row[0].label for row in lesson_rows(wanted, t)][-1] == "Remind me later"
    for handed in (None, Handed(2, 3, "13:05"), Handed(1, 1, "13:05", is_marked=True)):
        rows = lesson_rows(replace(wanted, handed=handed), t)
        assert len(rows) <= 4
        assert (rows[-1][0].label == "Remind me later") == (handed is None)


def test_what_was_received_is_green_where_a_phone_knows_colours() -> None:
    rows = inline(lesson_rows(LessonCard(5, "A", LESSON, received="12:40"), translator("en")))
    received, hand_in = (row[0] for row in rows["inline_keyboard"][:2])
    assert (received["text"], received["style"]) == ("Received 12:40", "success")
    assert "style" not in hand_in


@pytest.mark.parametrize("language", LANGUAGES)
def test_sizes_are_written_as_phones_write_them(language: str) -> None:
    words = [size_words(size, translator(language)) for size in (1, 999_499, 1_000_000, 48_650_000)]
    wanted = {"en": ["1 kB", "999 kB", "1 MB", "48.6 MB"]}
    assert words == wanted.get(language, ["1 КБ", "999 КБ", "1 МБ", "48,6 МБ"])


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_no_picture_is_longer_than_a_phone_shows(width: int, height: int) -> None:
    shrunk = fit_for_phone(a_picture(width, max(1, height // 50), "PNG"))
    with Image.open(io.BytesIO(shrunk)) as picture:
        assert max(picture.size) <= LONGEST_SIDE
        assert picture.format == "PNG"


def test_a_photo_saved_as_png_becomes_light_and_a_small_one_stays_as_it_is() -> None:
    out = io.BytesIO()
    Image.effect_noise((1400, 40), 80).convert("RGB").save(out, "PNG")
    wide = Image.merge("RGB", [Image.effect_noise((1400, 40), 80) for _ in range(3)])
    photo = io.BytesIO()
    wide.save(photo, "PNG")
    with Image.open(io.BytesIO(fit_for_phone(photo.getvalue()))) as picture:
        assert (picture.format, picture.width) == ("JPEG", LONGEST_SIDE)
    small = a_picture()
    assert fit_for_phone(small) is small
