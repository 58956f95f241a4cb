"""How ten countries taught on the air in 2020 and 2021, each as a problem with fixed airings.

Where a source gives hours for a grade, its lessons are fixed there; where it gives hours alone,
they are windows, and lessons are made from what the row says. What no source says is in
``DESIGNS``.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from broadcast.problem.entries import minutes_of
from broadcast.problem.hours import days_of
from broadcast.problem.model import (
    Channel,
    FixedAiring,
    Hours,
    Lesson,
    Medium,
    Meta,
    Policy,
    Problem,
    Reserve,
    Stream,
)

FILE: Final = Path(__file__).parent / "data" / "broadcast" / "education_tv_timetables_2020.csv"


@dataclass(frozen=True)
class Design:
    """What the rows of a country do not say: where its clocks are, how long a lesson is."""

    zone: str
    language: str
    minutes: int
    gap: int = 0
    first_day: date = date(2020, 4, 27)
    medium: Medium = Medium.TV
    a_week: int = 5
    """Lessons a week of each grade, where only windows are given."""
    grades: tuple[int, ...] = ()


DESIGNS: Final = {
    "Ghana": Design("Africa/Accra", "en", 45, gap=15),
    "Turkey": Design("Europe/Istanbul", "tr", 30, first_day=date(2020, 3, 23)),
    "Croatia": Design("Europe/Zagreb", "hr", 30, first_day=date(2021, 2, 22)),
    "Ukraine": Design("Europe/Kyiv", "uk", 15),
    "Serbia": Design("Europe/Belgrade", "sr", 30, gap=5, first_day=date(2020, 5, 18)),
    "Mexico": Design("America/Mexico_City", "es", 30, first_day=date(2020, 8, 24)),
    "Kazakhstan": Design("Asia/Almaty", "kk", 15, first_day=date(2020, 9, 7), a_week=16),
    "Kenya": Design("Africa/Nairobi", "en", 30, medium=Medium.RADIO, grades=tuple(range(1, 9))),
    "Russia": Design("Europe/Moscow", "ru", 30, a_week=15),
    "UK": Design("Europe/London", "en", 30, first_day=date(2021, 1, 11), grades=(1, 2, 3, 4, 5, 6)),
}
LANGUAGES: Final = {"Balapan (kk)": "kk", "El Arna (ru)": "ru", "Radio Taifa": "sw"}


@dataclass(frozen=True)
class Slot:
    """A lesson as the source has it: minutes of the day of its channel."""

    channel: str
    grade: int
    subject: str
    day: int
    start: int
    minutes: int
    is_repeat: bool


@cache
def rows_of(country: str) -> tuple[dict[str, str], ...]:
    """Return what the sources say of a country."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(row for row in csv.DictReader(file) if row["country"] == country)


def countries() -> list[str]:
    """Return the countries in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(dict.fromkeys(row["country"] for row in csv.DictReader(file)))


def meta_of(country: str) -> Meta:
    """Return a week of the design."""
    found = DESIGNS[country]
    monday = found.first_day - timedelta(days=found.first_day.weekday())
    return Meta(country, found.zone, monday, 7, iterations=4_000)


def slots_of(country: str) -> list[Slot]:
    """Return every lesson that a source gives an hour, one after the other within its hours."""
    found, meta = DESIGNS[country], meta_of(country)
    slots = []
    for row in rows_of(country):
        if row["kind"] == "window":
            continue
        # The one option that is told of a grade is its first run.
        is_repeat = row["kind"] == "repeat"
        for day in days_of(_days(row), meta) or ():
            start, end = _hours(row)
            starts = range(start, end - found.minutes + 1, found.minutes + found.gap)
            for place, minute in enumerate(starts, 1):
                subject = row["subject"] if row["subject"].isalpha() else f"part {place}"
                grade = _grades(row, found)[0]
                slots.append(
                    Slot(row["channel"], grade, subject, day, minute, found.minutes, is_repeat)
                )
    return slots


def _days(row: dict[str, str]) -> str:
    return row["weekday"].lower().replace("+", " ")


def _hours(row: dict[str, str]) -> tuple[int, int]:
    start, end = minutes_of(row["start"]), minutes_of(row["end"])
    assert start is not None
    assert end is not None
    return start, end


def _grades(row: dict[str, str], found: Design) -> tuple[int, ...]:
    """Return the grades of a row: "SHS3" is the last of twelve, "1-11" are all of eleven."""
    numbers = [int(one) for one in re.findall(r"\d+", row["grade"])]
    if row["grade"].startswith("SHS"):
        return (numbers[0] + 9,)
    if "-" in row["grade"]:
        return tuple(range(numbers[0], numbers[1] + 1))
    return tuple(numbers) or found.grades


def problem_of(country: str) -> Problem:
    """Return the design of a country as a problem."""
    slots = slots_of(country)
    fixed_lessons, fixed = _fixed(country, slots)
    streams, lessons = _free(country)
    known = {one.id for one in streams}
    taught = [_stream(country, DESIGNS[country].language, one.grade) for one in slots]
    streams += [one for one in dict.fromkeys(taught) if one.id not in known]
    return Problem(
        meta=meta_of(country),
        regions=_regions(country),
        channels=_channels(country),
        streams=tuple(streams),
        lessons=tuple(fixed_lessons + lessons),
        policy=Policy(repeat_quota=sum(one.is_repeat for one in fixed)),
        fixed=tuple(fixed),
    )


def _regions(country: str) -> dict[str, str]:
    """In 2020 the west of Kazakhstan saw nine in the morning at eight."""
    regions = {"all": DESIGNS[country].zone}
    return regions | {"west": "Asia/Aqtobe"} if country == "Kazakhstan" else regions


def _stream(country: str, language: str, grade: int) -> Stream:
    found = DESIGNS[country]
    regions = tuple(_regions(country))
    name = f"{language}-{grade}"
    return Stream(name, language, (grade,), regions, medium=found.medium, students=1_000)


def _channels(country: str) -> tuple[Channel, ...]:
    """Return the channels with the hours in which anything is aired, and plan B where one was."""
    found, meta = DESIGNS[country], meta_of(country)
    names = list(dict.fromkeys(row["channel"] for row in rows_of(country)))
    made = []
    for name in names:
        rows = [row for row in rows_of(country) if row["channel"] == name]
        hours = [Hours(days_of(_days(row), meta) or (), *_hours(row)) for row in rows]
        repeats = [h for h, row in zip(hours, rows, strict=True) if row["kind"] == "repeat"]
        made.append(
            Channel(
                id=name,
                name=name,
                medium=found.medium,
                languages=(LANGUAGES.get(name, found.language),),
                regions=tuple(_regions(country)),
                zone=found.zone,
                windows=_touching([one for one in hours if one not in repeats]),
                repeat_windows=tuple(repeats),
                min_gap=found.gap,
            )
        )
    return _with_plan_b(made) if country == "Serbia" else tuple(made)


def _touching(hours: Sequence[Hours]) -> tuple[Hours, ...]:
    """Join hours of the same days that touch, or that lie a break apart."""
    joined: list[Hours] = []
    for one in sorted(hours, key=lambda one: (one.days, one.start)):
        last = joined[-1] if joined else None
        if last and last.days == one.days and one.start - last.end <= 15:
            joined[-1] = replace(last, end=max(last.end, one.end))
        else:
            joined.append(one)
    return tuple(joined)


def _with_plan_b(made: Iterable[Channel]) -> tuple[Channel, ...]:
    """When parliament sat, RTS 2 gave its lessons to RTS 3."""
    rts2 = next(iter(made))
    rts3 = replace(rts2, id="RTS 3", name="RTS 3", windows=())
    plan = Reserve("RTS 3", rts2.windows[0])
    return replace(rts2, reserves=(plan,)), rts3


def _fixed(country: str, slots: Sequence[Slot]) -> tuple[list[Lesson], list[FixedAiring]]:
    language = DESIGNS[country].language
    lessons: dict[str, Lesson] = {}
    seqs: Counter[tuple[int, str]] = Counter()
    fixed = []
    for one in sorted(slots, key=lambda one: (one.is_repeat, one.day, one.start)):
        key = f"{language}-{one.grade} {one.subject} {one.day}"
        if key not in lessons:
            seqs[one.grade, one.subject] += 1
            seq = seqs[one.grade, one.subject]
            stream = f"{language}-{one.grade}"
            lessons[key] = Lesson(key, stream, one.subject, seq, one.minutes)
        fixed.append(FixedAiring(key, one.channel, one.day, one.start, one.is_repeat))
    return list(lessons.values()), fixed


def _free(country: str) -> tuple[list[Stream], list[Lesson]]:
    """Make lessons for the windows: so many a week of each grade, five of a subject at most."""
    found = DESIGNS[country]
    rows = [row for row in rows_of(country) if row["kind"] == "window"]
    streams: dict[str, Stream] = {}
    lessons = {}
    for row in rows:
        language = LANGUAGES.get(row["channel"], found.language)
        for grade in _grades(row, found):
            stream = _stream(country, language, grade)
            streams[stream.id] = stream
            for number in range(_a_week(row, found)):
                subject, seq = f"subject {number // 5}", number % 5 + 1
                key = f"{stream.id} {subject} {seq}"
                needs_picture = found.medium is Medium.TV
                minutes = found.minutes
                lessons[key] = Lesson(
                    key, stream.id, subject, seq, minutes, needs_picture=needs_picture
                )
    return list(streams.values()), list(lessons.values())


def _a_week(row: dict[str, str], found: Design) -> int:
    """An hour a day of Kiswahili for eight grades: one lesson a week for each."""
    return 1 if row["channel"] == "Radio Taifa" else found.a_week
