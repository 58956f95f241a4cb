"""Weeks on paper: everything stands there, in its language, and nothing runs over an edge."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from broadcast.export.channel_page import channel_page
from broadcast.export.issue import Issue
from broadcast.export.page_foot import clock_words
from broadcast.export.rows import ExportRow, export_rows
from broadcast.export.week_page import week_page
from broadcast.plan.model import AiringKind
from jetkiz.i18n import translator
from tests.broadcast_export_weeks import (
    ALMATY,
    CHANNELS,
    MONDAY,
    PUBLISHED,
    TWO_ZONES,
    ZONE_CHANGE,
    airing,
    full_week,
    small_week,
)

ISSUE = Issue(MONDAY, 7, ALMATY, 3, PUBLISHED)
FIRST = airing("a1", "l1", 0, "09:00")
REPEAT = airing("a2", "l1", 1, "19:00", "khabar", kind=AiringKind.REPEAT)


def words(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def places(pdf: bytes) -> list[tuple[float, float, str]]:
    """Where each piece of text begins, in millimetres from the lower left corner."""
    found: list[tuple[float, float, str]] = []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(
            visitor_text=lambda text, _cm, tm, _font, _size: (
                found.append((tm[4] / 72 * 25.4, tm[5] / 72 * 25.4, text)) if text.strip() else None
            )
        )
    return found


def test_a_repeat_stands_beside_its_first_run() -> None:
    (page,) = words(week_page(export_rows(*small_week(FIRST, REPEAT)), 1, "kk", ISSUE))
    assert page.count("Ер Төстік") == 1
    assert "сс 19:00 Хабар 24" in page
    assert "Дүйсенбі, 26 қаңтар" in page
    assert "09:00" in page


def test_a_repeat_without_its_first_run_has_a_line_of_its_own() -> None:
    (page,) = words(week_page(export_rows(*small_week(REPEAT)), 1, "ru", ISSUE))
    assert "Чтение (повтор)" in page
    assert "Вторник, 27 января" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", "3-редакция, 23 қаңтар 2026"),
        ("ru", "Редакция 3 от 23 января 2026"),
        ("en", "Revision 3 of 23 January 2026"),
    ],
)
def test_the_foot_says_which_revision_it_is_and_of_when(language: str, said: str) -> None:
    rows = export_rows(*small_week(FIRST))
    for pdf in (
        week_page(rows, 1, language, ISSUE),
        channel_page(CHANNELS[0], rows, language, ISSUE),
    ):
        (page,) = words(pdf)
        assert said in page
        assert "15:00" in page
        assert "UTC+5" in page


@pytest.mark.parametrize(
    ("first_day", "zone", "language", "said"),
    [
        (MONDAY, "Asia/Qostanay", "kk", "Қостанай, UTC+5"),
        (MONDAY, "Asia/Oral", "ru", "Уральск, UTC+5"),
        (ZONE_CHANGE, ALMATY, "en", "Almaty, UTC+6, from 1 March UTC+5"),
        (ZONE_CHANGE, ALMATY, "kk", "Алматы, UTC+6, 1 наурыз күнінен бастап UTC+5"),
        (TWO_ZONES, ALMATY, "ru", "Алматы, UTC+6"),
        (MONDAY, "Asia/Kolkata", "en", "Kolkata, UTC+5:30"),
        (MONDAY, "America/St_Johns", "en", "St. John’s, UTC-3:30"),
        (MONDAY, "UTC", "ru", "UTC, UTC+0"),
    ],
)
def test_the_foot_names_a_city_and_no_key_of_a_zone(
    first_day: date, zone: str, language: str, said: str
) -> None:
    issue = replace(ISSUE, first_day=first_day, zone=zone)
    assert clock_words(issue, translator(language)) == said


def test_hours_are_those_of_the_home() -> None:
    problem, plan = full_week(TWO_ZONES)
    rows = [row for row in export_rows(problem, plan) if row.stream.id == "kk-1"][:1]
    issue = replace(ISSUE, first_day=TWO_ZONES)
    assert "18:00" in words(week_page(rows, 1, "kk", issue))[0]
    assert "17:00" in words(week_page(rows, 1, "kk", replace(issue, zone="Asia/Oral")))[0]


LONG_NAME = "Қазақстанның ең ұзақ атты арнасы"


def long_week(title: str, count: int, name: str = LONG_NAME) -> Sequence[ExportRow]:
    made = [
        airing(f"a{n}", f"x{n}", n % 5, f"{9 + n // 20}:{n // 5 % 4 * 15:02}") for n in range(count)
    ]
    problem, plan = small_week(*made)
    first = problem.lessons[0]
    lessons = tuple(replace(first, id=f"x{n}", titles={"kk": title}) for n in range(count))
    channels = tuple(replace(one, name=name) for one in CHANNELS)
    return export_rows(replace(problem, lessons=lessons, channels=channels), plan)


@pytest.mark.parametrize("title", ["Қысқа", "Ұлы дала тарихы және мәдениеті " * 6, "Ұ" * 900])
@pytest.mark.parametrize("count", [1, 40])
def test_nothing_runs_over_an_edge_and_every_line_is_there(title: str, count: int) -> None:
    rows = long_week(title, count)
    grade = week_page(rows, 1, "kk", ISSUE)
    grid = channel_page(rows[0].channel, rows, "kk", ISSUE)
    for pdf, (wide, high) in ((grade, (210, 297)), (grid, (297, 210))):
        found = places(pdf)
        assert all(9 <= x < wide - 10 and 6 <= y < high - 9 for x, y, _text in found)
        assert len(words(pdf)) < 40
    shown = sum(page.count("Оқу") for page in words(grade))
    assert shown == count
    assert sum(page.count("Оқу") for page in words(grid)) == count


def test_lessons_with_an_interpreter_are_named() -> None:
    problem, plan = small_week(FIRST)
    signed = tuple(replace(one, sign_language=True) for one in problem.lessons)
    (page,) = words(week_page(export_rows(replace(problem, lessons=signed), plan), 1, "ru", ISSUE))
    assert "қазан (с жестовым языком)" in page


def test_a_short_week_is_one_page_in_large_letters() -> None:
    assert len(words(week_page(long_week("Бөлшектер", 25, "Балапан"), 1, "kk", ISSUE))) == 1


def test_a_grade_without_lessons_and_a_channel_without_any_say_so() -> None:
    assert "уроков в эфире нет" in words(week_page([], 7, "ru", ISSUE))[0]
    assert "Балапан" in words(channel_page(CHANNELS[0], [], "ru", ISSUE))[0]


def test_a_grid_with_repeats_says_what_stands_on_grey() -> None:
    """A page from a poor printer is read as well: grey alone says nothing."""
    rows = export_rows(*small_week(FIRST, airing("a2", "l1", 1, "19:00", kind=AiringKind.REPEAT)))
    assert "Сұр түсте: қайталаулар" in words(channel_page(CHANNELS[0], rows, "kk", ISSUE))[0]
    first = export_rows(*small_week(FIRST))
    assert "Сұр" not in words(channel_page(CHANNELS[0], first, "kk", ISSUE))[0]


def test_the_night_stands_on_the_day_of_the_channel() -> None:
    night = airing("a", "l1", 1, "00:30", "qazaqstan")
    rows = export_rows(*small_week(night, airing("b", "l2", 0, "20:00", "qazaqstan")))
    pdf = channel_page(rows[0].channel, rows, "kk", ISSUE)
    columns = {text.split("\n")[0].strip(): round(x) for x, _y, text in places(pdf)}
    lessons = [x for x, _y, text in places(pdf) if "Оқу" in text]
    assert lessons[0] == pytest.approx(lessons[1])
    assert columns["00:30"] == columns["20:00"]


def test_the_same_week_is_the_same_page() -> None:
    rows = export_rows(*small_week(FIRST, REPEAT))
    assert week_page(rows, 1, "kk", ISSUE) == week_page(rows, 1, "kk", ISSUE)
    later = replace(ISSUE, first_day=date(2026, 1, 12), days=5)
    outside = words(week_page(rows, 1, "en", later))[0]
    assert "Tue 27 Jan 19:00" in outside
    assert later.first_day + timedelta(days=14) == MONDAY
