"""Lessons on TV: in the hours of the channel, in their order, and what does not fit is named."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.checking import faults, refuse_faults
from broadcast.model import Airing, Programme, TvChannel, Window
from broadcast.timetable import NO_CHANNEL, NO_ROOM, make_timetable
from broadcast.tv_channels import parse_channels, read_tv_channels
from jetkiz.errors import JetkizError

MONDAY = date(2026, 1, 26)
CHANNEL = TvChannel(
    key="balapan",
    name="Balapan",
    kind="tv",
    xmltv_id="balapan.kz",
    languages=("kk",),
    zone="Asia/Almaty",
    days=("mon", "tue", "wed", "thu", "fri"),
    windows=(Window(time(9), time(10)), Window(time(14), time(15))),
    grid_minutes=5,
)


def _programme(number: int, grade: int = 2, minutes: int = 15, **values: object) -> Programme:
    made = Programme(
        lesson=number,
        code=f"l{number:03}",
        title=f"Lesson {number}",
        subject="reading",
        language="kk",
        grades=(grade,),
        day=MONDAY,
        order=number,
        minutes=minutes,
    )
    return replace(made, **values)  # type: ignore[arg-type]


programmes = st.lists(
    st.builds(
        lambda grade, minutes, day, language: _programme(
            0, grade, minutes, day=MONDAY + timedelta(days=day), language=language
        ),
        st.integers(0, 11),
        st.integers(5, 45),
        st.integers(0, 6),
        st.sampled_from(["kk", "ru"]),
    ),
    max_size=40,
).map(lambda found: [replace(p, lesson=n, code=f"l{n:03}", order=n) for n, p in enumerate(found)])


@given(programmes)
def test_whatever_is_wished_the_checker_finds_no_fault(wished: list[Programme]) -> None:
    made = make_timetable("2026-W05", wished, [CHANNEL])
    assert faults(made.airings, {one.lesson: one for one in wished}, [CHANNEL]) == []


@given(programmes)
def test_every_lesson_is_placed_or_named(wished: list[Programme]) -> None:
    made = make_timetable("2026-W05", wished, [CHANNEL])
    placed = [one.lesson for one in made.airings]
    named = [lesson for lesson, _ in made.unplaced]
    assert sorted(placed + named) == [one.lesson for one in wished]


@given(programmes, st.randoms())
def test_the_order_of_the_input_does_not_matter(wished: list[Programme], chance: object) -> None:
    mixed = list(wished)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert make_timetable("w", mixed, [CHANNEL]) == make_timetable("w", wished, [CHANNEL])


def test_the_lessons_of_a_grade_stand_together_in_their_order() -> None:
    wished = [_programme(1, 3), _programme(2, 1), _programme(3, 3), _programme(4, 1)]
    made = make_timetable("w", wished, [CHANNEL])
    assert [one.lesson for one in made.airings] == [2, 4, 1, 3]
    assert made.airings[0].start == datetime(2026, 1, 26, 4, 0, tzinfo=UTC)


def test_first_and_examination_grades_keep_their_place_when_hours_are_short() -> None:
    wished = [_programme(n, grade=5) for n in range(8)] + [_programme(90, grade=9)]
    made = make_timetable("w", wished, [CHANNEL])
    assert 90 in [one.lesson for one in made.airings]
    assert made.unplaced == ((7, NO_ROOM),)
    assert (made.capacity[0].minutes, made.capacity[0].wished) == (120, 135)


def test_a_lesson_that_fits_no_window_whole_is_named() -> None:
    wished = [_programme(n, minutes=40) for n in range(3)]
    made = make_timetable("w", wished, [CHANNEL])
    assert [lesson for lesson, _ in made.unplaced] == [2]


def test_a_language_or_day_without_a_channel_is_named() -> None:
    wished = [_programme(1, language="ru"), _programme(2, day=date(2026, 1, 31))]
    made = make_timetable("w", wished, [CHANNEL])
    assert made.unplaced == ((1, NO_CHANNEL), (2, NO_CHANNEL))


def test_the_shipped_channels_are_those_of_the_country() -> None:
    found = read_tv_channels()
    assert {(one.key, one.languages) for one in found} == {
        ("balapan", ("kk",)),
        ("el_arna", ("ru",)),
    }


@pytest.mark.parametrize(
    "text", ["", "channel = 1", "[[channel]]\nkey = 'x'", "[[channel", "[channel]\nkey = 1"]
)
def test_a_broken_list_of_channels_is_a_sentence(text: str) -> None:
    with pytest.raises(JetkizError, match="cannot be read"):
        parse_channels(text, "channels.toml")


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    good = (
        "[[channel]]\nkey='x'\nname='X'\nkind='tv'\nxmltv_id='x.kz'\nlanguages=['kk']\n"
        "zone='Asia/Almaty'\ndays=['mon']\nwindows=['09:00-18:00']\ngrid_minutes=5\n"
    )
    assert parse_channels(good, "f")[0].windows[0].minutes == 540
    with pytest.raises(JetkizError, match=r"balapan\.kz"):
        parse_channels(good.replace("x.kz", "x_y.kz"), "f")
    with pytest.raises(JetkizError, match="ends before"):
        parse_channels(good.replace("09:00-18:00", "18:00-09:00"), "f")


START = datetime(2026, 1, 26, 4, 0, tzinfo=UTC)
GOOD = Airing(1, "balapan", START, 15, id=1)


@pytest.mark.parametrize(
    ("airings", "words"),
    [
        ([replace(GOOD, channel="none")], "does not exist"),
        ([replace(GOOD, lesson=9)], "does not exist"),
        ([replace(GOOD, start=START.replace(tzinfo=None))], "no time zone"),
        ([replace(GOOD, minutes=0)], "longer than nothing"),
        ([replace(GOOD, minutes=10)], "shorter than the lesson"),
        ([replace(GOOD, start=START + timedelta(days=1))], "another day"),
        ([replace(GOOD, start=START + timedelta(hours=2))], "leaves the hours"),
        ([GOOD, replace(GOOD, lesson=2, start=START + timedelta(minutes=5))], "overlap"),
        ([GOOD, replace(GOOD, lesson=2)], "has 2 lessons"),
        ([replace(GOOD, lesson=3)], "language ru"),
    ],
)
def test_every_planted_fault_is_refused(airings: list[Airing], words: str) -> None:
    known = {1: _programme(1), 2: _programme(2), 3: _programme(3, language="ru")}
    assert faults([GOOD], known, [CHANNEL]) == []
    refuse_faults([GOOD], known, [CHANNEL])
    assert any(words in fault for fault in faults(airings, known, [CHANNEL]))
    with pytest.raises(JetkizError, match="faults"):
        refuse_faults(airings, known, [CHANNEL])
