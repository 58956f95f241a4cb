"""What fits into lent hours: told before the timetable, and the most wanted lessons chosen."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.capacity.choosing import DAY_LIMIT, FULL, LONG_SIT, NO_HOURS, ONE_A_DAY, chosen
from broadcast.capacity.report import capacity_report, plain
from broadcast.capacity.rooms import covering
from broadcast.capacity.words import capacity_lines
from broadcast.plan.model import Unplaced
from broadcast.problem.model import (
    Channel,
    FixedAiring,
    Hours,
    Lesson,
    Medium,
    Meta,
    Policy,
    Problem,
    Stream,
)
from broadcast.problem.open_hours import (
    minutes_of_spans,
    open_spans,
    slot_minutes,
    without,
)
from jetkiz.i18n import translator
from tests.broadcast_problems import problems, week_600
from tests.examples import drawing

ENGLISH = translator("en")


def _channel(*windows: Hours, **values: object) -> Channel:
    made = Channel("one", "One", Medium.TV, ("kk",), ("kz",), "Asia/Almaty", windows)
    return replace(made, **values)


def _stream(grade: int, **values: object) -> Stream:
    return replace(Stream(f"kk{grade}", "kk", (grade,), ("kz",), students=100), **values)


def _lessons(stream: str, count: int, minutes: int = 15, **values: object) -> list[Lesson]:
    made = (Lesson(f"{stream}-{n}", stream, f"subject{n}", 1, minutes) for n in range(1, count + 1))
    return [replace(one, **values) for one in made]


def _problem(
    channels: list[Channel], streams: list[Stream], lessons: list[Lesson], **values: object
) -> Problem:
    meta = Meta("w", "Asia/Almaty", date(2026, 1, 26), 5)
    made = Problem(meta, {"kz": "Asia/Almaty"}, tuple(channels), tuple(streams), tuple(lessons))
    return replace(made, **values)


ONE_HOUR = Hours((0,), 540, 600)


def _ids(problem: Problem) -> list[str]:
    return [one.id for one in problem.lessons]


@drawing(60)
@given(problems())
def test_what_is_chosen_fits_in_minutes_and_the_rest_has_a_reason(problem: Problem) -> None:
    fitting, unplaced = chosen(problem)
    assert sorted(_ids(fitting) + [one.lesson for one in unplaced]) == sorted(_ids(problem))
    assert {one.lesson for one in problem.fixed} <= set(_ids(fitting))
    assert all(one.reason.format(**one.facts) for one in unplaced)
    needed: Counter[str] = Counter()
    streams = {one.id: one for one in problem.streams}
    for lesson in fitting.lessons:
        for group in covering(problem, streams[lesson.stream]):
            if len(group) == 1:
                needed[group[0].id] += slot_minutes(lesson.minutes, group[0])
    for channel in problem.channels:
        room = sum(minutes_of_spans(open_spans(channel, day)) for day in range(problem.meta.days))
        assert needed[channel.id] <= room
    again, same = chosen(replace(problem, lessons=problem.lessons[::-1]))
    assert set(_ids(again)) == set(_ids(fitting))
    assert same == unplaced


@drawing(30)
@given(problems())
def test_with_more_hours_no_fewer_lessons_of_one_length_fit(problem: Problem) -> None:
    alike = replace(
        problem,
        channels=tuple(replace(one, grid_min=15) for one in problem.channels),
        lessons=tuple(replace(one, minutes=15, value=1.0) for one in problem.lessons),
        fixed=(),
    )
    wider = replace(
        alike,
        channels=tuple(
            replace(one, windows=(*one.windows, Hours((0,), 1560, 1620))) for one in alike.channels
        ),
    )
    assert len(chosen(wider)[0].lessons) >= len(chosen(alike)[0].lessons)


def test_the_most_valued_minutes_are_aired_and_no_more_than_there_are() -> None:
    lessons = [
        *_lessons("kk2", 2, 30, value=3.0),
        *_lessons("kk3", 3, 15, value=2.0),
        *_lessons("kk4", 2, 15),
    ]
    problem = _problem([_channel(ONE_HOUR)], [_stream(n) for n in (2, 3, 4)], lessons)
    fitting, unplaced = chosen(problem)
    # Two an eighth of an hour are worth more a minute than three a half hour; then it is full.
    assert _ids(fitting) == ["kk3-1", "kk3-2", "kk3-3", "kk4-1"]
    assert {one.lesson: one.reason for one in unplaced} == {
        "kk2-1": FULL,
        "kk2-2": FULL,
        "kk4-2": FULL,
    }


def test_without_values_first_and_exam_grades_come_first_then_all_take_turns() -> None:
    streams = [_stream(1), _stream(9), _stream(5), _stream(6, alone=60)]
    lessons = [lesson for one in streams for lesson in _lessons(one.id, 2)]
    hours = Hours((0,), 540, 540 + 15 * 7)
    fitting, unplaced = chosen(_problem([_channel(hours)], streams, lessons))
    assert [one.lesson for one in unplaced] == ["kk5-2"]
    hours = Hours((0,), 540, 540 + 15 * 5)
    fitting, _ = chosen(_problem([_channel(hours)], streams, lessons))
    assert _ids(fitting) == ["kk1-1", "kk1-2", "kk9-1", "kk9-2", "kk6-1"]
    policy = Policy(first_grades=(5,), exam_grades=(6,))
    fitting, _ = chosen(_problem([_channel(hours)], streams, lessons, policy=policy))
    assert _ids(fitting) == ["kk1-1", "kk5-1", "kk5-2", "kk6-1", "kk6-2"]


def test_earlier_lessons_of_a_subject_are_preferred_and_weighty_ones_before_them() -> None:
    lessons = [Lesson(f"m{seq}", "kk2", "math", seq, 30) for seq in (3, 1, 2)]
    days = Hours((0, 1), 540, 570)
    problem = _problem([_channel(days)], [_stream(2)], lessons)
    assert sorted(_ids(chosen(problem)[0])) == ["m1", "m2"]
    lessons[0] = replace(lessons[0], weight=2.0)
    assert sorted(_ids(chosen(replace(problem, lessons=tuple(lessons)))[0])) == ["m1", "m3"]


@pytest.mark.parametrize(
    ("stream", "lessons", "reason"),
    [
        ({}, {"day": 3}, NO_HOURS),
        ({"per_day_max": 1}, {"day": 0}, DAY_LIMIT),
        ({}, {"subject": "math", "day": 0}, ONE_A_DAY),
        ({"latest": 555}, {}, FULL),
        ({"max_run": 10}, {}, LONG_SIT),
    ],
)
def test_what_does_not_fit_has_its_reason(
    stream: dict[str, object], lessons: dict[str, object], reason: str
) -> None:
    problem = _problem([_channel(ONE_HOUR)], [_stream(2, **stream)], _lessons("kk2", 2, **lessons))
    _, unplaced = chosen(problem)
    assert unplaced[-1].reason == reason
    assert ENGLISH(reason, **unplaced[-1].facts)


def test_fixed_airings_take_their_room_first() -> None:
    lessons = _lessons("kk2", 5)
    fixed = (
        FixedAiring("kk2-5", "one", 0, 540),
        FixedAiring("kk2-1", "one", 0, 555, is_repeat=True),
    )
    problem = _problem([_channel(ONE_HOUR)], [_stream(2)], lessons, fixed=fixed)
    assert sorted(_ids(chosen(problem)[0])) == ["kk2-1", "kk2-2", "kk2-5"]


def test_gaps_between_lessons_need_room_as_well() -> None:
    problem = _problem([_channel(ONE_HOUR, min_gap=5)], [_stream(2)], _lessons("kk2", 5))
    assert len(chosen(problem)[0].lessons) == 3


def test_a_stream_that_no_single_channel_covers_takes_minutes_of_several() -> None:
    east = _channel(ONE_HOUR, regions=("east",))
    west = _channel(Hours((0,), 540, 570), id="two", regions=("west",), zone="Asia/Aqtau")
    regions = {"east": "Asia/Almaty", "west": "Asia/Aqtau"}
    stream = _stream(2, regions=("east", "west"))
    problem = _problem([east, west], [stream], _lessons("kk2", 4), regions=regions)
    assert covering(problem, stream) == ((east,), (west,))
    assert len(chosen(problem)[0].lessons) == 2
    report = capacity_report(problem)
    assert [one.used for one in report.channels] == [30, 30]


def test_the_hours_of_students_are_those_of_their_own_clocks() -> None:
    """In 2020 the west was an hour behind: ten at the earliest is eleven on the air."""
    meta = Meta("w", "Asia/Almaty", date(2020, 9, 7), 1)
    stream = _stream(2, earliest=600, regions=("kz",))
    hours = Hours((0,), 540, 690)
    problem = _problem([_channel(hours)], [stream], _lessons("kk2", 6), meta=meta)
    assert len(chosen(problem)[0].lessons) == 6
    behind = replace(problem, regions={"kz": "Asia/Aqtau"})
    assert len(chosen(behind)[0].lessons) == 2


def test_the_report_says_what_a_planner_of_the_air_needs() -> None:
    channel = _channel(
        Hours((0, 1), 540, 600),
        repeat_windows=(Hours((0,), 1080, 1140),),
        blocked=(Hours((1,), 540, 570), Hours((0,), 1080, 1090)),
    )
    problem = _problem([channel], [_stream(2), _stream(3)], _lessons("kk2", 7))
    report = capacity_report(problem)
    room = report.channels[0]
    assert (room.offered, room.blocked, room.usable, room.repeats, room.used) == (
        *(120, 30, 90),
        *(50, 90),
    )
    assert not room.has_slack
    assert [(one.lessons, one.fitting_lessons, one.left) for one in report.streams] == [
        (7, 6, 1),
        (0, 0, 0),
    ]
    assert report.missing_minutes == 15
    assert report.unplaced == (Unplaced("kk2-7", FULL),)
    lines = capacity_lines(report, ENGLISH)
    assert lines[0].startswith("1 of 7 lessons do not fit: 15 minutes of air are missing.")
    assert "90 of 90 minutes for first runs are filled (100 %)" in lines[1]
    assert "only be made up in the hours for repeats" in lines[2]
    assert lines[3] == "kk2: 6 of 7 lessons fit, 1 do not."
    assert plain(report)["channels"][0]["has_slack"] is False
    alone = replace(problem, channels=(replace(channel, repeat_windows=()),))
    assert "no evening is lent" in capacity_lines(capacity_report(alone), ENGLISH)[2]


def test_a_week_with_slack_says_so_and_a_closed_channel_as_well() -> None:
    closed = _channel(id="two", name="Two")
    problem = _problem([_channel(ONE_HOUR), closed], [_stream(2)], _lessons("kk2", 2))
    report = capacity_report(problem)
    assert report.channels[0].has_slack
    lines = capacity_lines(report, ENGLISH)
    assert lines[0] == "All 2 lessons fit; 50 % of the air is filled."
    assert lines[-1] == "Two lends no hours for first runs in this week."


def test_the_drawn_week_of_600_fits_and_on_half_the_channels_it_does_not() -> None:
    week = week_600()
    assert capacity_report(week).unplaced == ()
    half = replace(week, channels=week.channels[::2])
    report = capacity_report(half)
    assert len(report.unplaced) == 600 - 360
    assert all(not one.has_slack for one in report.channels)
    first = next(one for one in report.streams if one.stream == "kk01")
    assert first.left == 0
    assert min(one.fitting_lessons for one in report.streams) >= 12


@drawing(40)
@given(problems())
def test_open_spans_are_what_windows_leave_beside_blocked_hours(problem: Problem) -> None:
    for channel in problem.channels:
        for day in range(problem.meta.days):
            spans = open_spans(channel, day)
            inside = {minute for start, end in spans for minute in range(start, end, 5)}
            lent = _minutes_on(channel.windows, day) - _minutes_on(channel.blocked, day)
            assert inside == lent
            assert without(spans, spans) == []


def _minutes_on(hours: tuple[Hours, ...], day: int) -> set[int]:
    return {minute for one in hours if day in one.days for minute in range(one.start, one.end, 5)}


@drawing(60)
@given(
    st.lists(st.tuples(st.sampled_from([5, 10, 15, 30, 45]), st.integers(0, 9)), max_size=14),
    st.integers(2, 20),
)
def test_no_more_value_is_promised_than_the_minutes_could_hold(
    wished: list[tuple[int, int]], steps: int
) -> None:
    """Parting lessons would bring more, by the worth of one lesson at most."""
    lessons = [
        Lesson(f"l{n}", "kk2", f"s{n}", 1, minutes, value=float(value))
        for n, (minutes, value) in enumerate(wished)
    ]
    minutes = steps * 5
    hours = Hours((0,), 540, 540 + minutes)
    fitting, _ = chosen(_problem([_channel(hours)], [_stream(2)], lessons))
    got = sum(one.value or 0.0 for one in fitting.lessons)
    bound, left = 0.0, minutes
    for one in sorted(lessons, key=lambda one: -(one.value or 0.0) / one.minutes):
        share = min(1.0, left / one.minutes)
        bound += share * (one.value or 0.0)
        left -= int(share * one.minutes)
    assert sum(one.minutes for one in fitting.lessons) <= minutes
    assert got <= bound + 1e-9
    assert got >= bound - max((one.value or 0.0 for one in lessons), default=0.0) - 1e-9


def test_of_lessons_of_one_weight_those_with_an_interpreter_are_aired_first() -> None:
    """Who needs one has nothing else on the air; a weightier lesson goes before them all."""
    lessons = _lessons("kk7", 3)
    lessons[1] = replace(lessons[1], sign_language=True)
    lessons[2] = replace(lessons[2], weight=2.0)
    short = _problem([_channel(Hours((0,), 540, 570))], [_stream(7)], lessons)
    smaller, left = chosen(short)
    assert [one.id for one in smaller.lessons] == ["kk7-2", "kk7-3"]
    assert [one.lesson for one in left] == ["kk7-1"]
