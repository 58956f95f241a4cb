"""What is to be aired for a school or a ministry: its lessons, its homes as counts, its channels.

Lessons for the same grades in one language are a stream. One without pictures is on the radio's
own list as well, where a station airs its language; the sound of TV is never aired.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, func, select

from broadcast.problem.channels_file import (
    FILE_NAME,
    UNKNOWN_REGION,
    channels_of_week,
    with_rules,
)
from broadcast.problem.entries import several
from broadcast.problem.homes_on_air import Audience, Wanted, audience
from broadcast.problem.lesson_ids import lesson_id
from broadcast.problem.model import (
    GRID,
    LONGEST,
    SHORTEST,
    Channel,
    Lesson,
    Medium,
    Meta,
    Policy,
    Problem,
    Stream,
)
from broadcast.problem.moments import day_number
from broadcast.problem.open_hours import channels_of, longest_span, slot_minutes
from broadcast.problem.soundness import faults_of
from broadcast.problem.writing import in_order
from jetkiz.calendar.school_weeks import parse_week
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson as SchoolLesson
from jetkiz.lessons.model import LessonKind
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.tables import school

NO_CHANNEL: Final = N_("No channel airs lessons in this language where its students live.")
TOO_LONG: Final = N_("With {minutes} minutes it is longer than a lesson on the air may be: {most}.")
NO_WINDOW: Final = N_("With {minutes} minutes it is longer than any window of its channels.")

# A week of a nation has 600 lessons and needs all the steps; a village waits a second, not three.
_STEPS_A_LESSON: Final = 100

Values = Mapping[tuple[str, str], float]
"""What a lesson is worth on the air by the planner, by code and language."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A lesson that cannot be aired at all; ``reason`` is a message id with places."""

    lesson: str
    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WeekToAir:
    """What can be aired in a week, and what never could be."""

    problem: Problem
    left_out: tuple[LeftOut, ...]
    unreached: tuple[tuple[str, str], ...] = ()
    """Streams with a region that no channel of theirs reaches."""


def week_to_air(
    connection: Connection, week: str, settings: Settings, values: Values | None = None
) -> WeekToAir:
    """Return what is to be aired in a week, and which lessons no channel could ever air.

    With ``values`` the lessons that are worth most on TV are chosen first where hours are short.
    """
    found = read_lessons(connection, week)
    if not found:
        raise JetkizError(
            N_("There are no lessons for week {week}."),
            N_("Bring them in first with: jetkiz lessons import FOLDER."),
            week=week,
        )
    meta = Meta(week, settings.zone, parse_week(week), 7)
    regions = _regions(connection, settings.zone)
    channels = channels_of_week(settings.data, meta, regions)
    made = _lessons(found, channels, meta, values or {})
    streams = _streams(found, made)
    signed = {one.stream for one in made if one.sign_language}
    heard = audience(connection, _wanted(streams, channels, signed))
    problem = Problem(
        meta=replace(meta, iterations=min(meta.iterations, _STEPS_A_LESSON * len(made))),
        regions=regions,
        channels=channels,
        streams=_with_audience(settings.data, streams, heard, regions),
        lessons=tuple(made),
        homes=heard.homes,
        policy=Policy(one_a_day=not _has_two_a_day(made)),
    )
    airable, left_out = _airable(problem)
    faults = faults_of(airable)
    if faults:
        raise several(FILE_NAME, faults)
    return WeekToAir(in_order(airable), tuple(left_out), _unreached(problem, airable))


def _unreached(wished: Problem, airable: Problem) -> tuple[tuple[str, str], ...]:
    regions = {one.id: one.regions for one in airable.streams}
    return tuple(
        (one.id, region)
        for one in wished.streams
        if one.id in regions
        for region in one.regions
        if region not in regions[one.id]
    )


def _has_two_a_day(lessons: Iterable[Lesson]) -> bool:
    """True when teachers gave a stream two lessons of a subject on one day, which then may be."""
    places = [(one.stream, one.subject, one.day) for one in lessons]
    return len(set(places)) < len(places)


def _regions(connection: Connection, zone: str) -> dict[str, str]:
    """Return the regions in which there are schools, each with the zone of most of them."""
    c = school.c
    query = select(c.region_kato, c.zone, func.count()).group_by(c.region_kato, c.zone)
    zones: dict[str, Counter[str]] = defaultdict(Counter)
    for kato, own, count in connection.execute(query):
        zones[kato[:2] or UNKNOWN_REGION][own] += count
    usual = {
        region: min(found, key=lambda name: (-found[name], name)) for region, found in zones.items()
    }
    return usual or {UNKNOWN_REGION: zone}


def _lessons(
    found: Iterable[SchoolLesson], channels: Sequence[Channel], meta: Meta, values: Values
) -> list[Lesson]:
    on_radio = {
        language for one in channels if one.medium is Medium.RADIO for language in one.languages
    }
    places: Counter[tuple[str, str]] = Counter()
    lessons = []
    for one in sorted(found, key=lambda one: (one.day, one.order, one.code, one.language)):
        for medium in Medium:
            if medium is Medium.RADIO and (_is_seen(one) or one.language not in on_radio):
                continue
            stream = stream_id(one.language, one.grades, medium)
            places[stream, one.subject] += 1
            made = _lesson(one, medium, places[stream, one.subject], meta)
            value = values.get((one.code, one.language)) if medium is Medium.TV else None
            lessons.append(replace(made, value=value))
    return lessons


def _is_seen(one: SchoolLesson) -> bool:
    """True when a lesson cannot be followed by ear: its head says so, or it is a film."""
    return one.needs_picture or one.kind is LessonKind.VIDEO


def _lesson(one: SchoolLesson, medium: Medium, seq: int, meta: Meta) -> Lesson:
    return Lesson(
        id=lesson_id(one.code, one.language, medium),
        stream=stream_id(one.language, one.grades, medium),
        subject=one.subject,
        seq=seq,
        minutes=max(SHORTEST, -(-one.minutes // GRID) * GRID),
        needs_picture=_is_seen(one),
        sign_language=one.sign_language and medium is Medium.TV,
        titles={one.language: one.title},
        day=day_number(meta, one.day),
        weight=one.weight,
    )


def stream_id(language: str, grades: Sequence[int], medium: Medium = Medium.TV) -> str:
    """Return the id of a stream: ``kk-5``, ``kk-1+2``, and ``kk-5.radio`` to be listened to."""
    name = f"{language}-{'+'.join(map(str, grades))}"
    return f"{name}.radio" if medium is Medium.RADIO else name


def _streams(found: Iterable[SchoolLesson], lessons: Iterable[Lesson]) -> list[Stream]:
    used = {one.stream for one in lessons}
    groups = {(one.language, one.grades) for one in found}
    return [
        Stream(name, language, grades, (), medium=medium)
        for language, grades in sorted(groups)
        for medium in Medium
        if (name := stream_id(language, grades, medium)) in used
    ]


def _wanted(
    streams: Iterable[Stream], channels: Sequence[Channel], signed: Collection[str]
) -> Wanted:
    by_key: dict[tuple[Medium, str, int], list[str]] = defaultdict(list)
    for one in streams:
        for grade in one.grades:
            by_key[one.medium, one.language, grade].append(one.id)
    stations: dict[tuple[Medium, str], set[str]] = defaultdict(set)
    for channel in channels:
        for language in channel.languages:
            stations[channel.medium, language].add(channel.id)
    return Wanted(by_key, stations, UNKNOWN_REGION, signed)


def _with_audience(
    folder: Path, streams: Iterable[Stream], heard: Audience, regions: Iterable[str]
) -> tuple[Stream, ...]:
    everywhere = tuple(sorted(regions))
    counted = (
        replace(
            one,
            students=heard.students.get(one.id, 0),
            alone=heard.alone.get(one.id, 0),
            regions=heard.regions.get(one.id, everywhere),
        )
        for one in streams
    )
    return with_rules(folder, counted)


def _airable(problem: Problem) -> tuple[Problem, list[LeftOut]]:
    """Take out what no channel could ever air: streams, regions of streams, and lessons."""
    channels = {one.id: channels_of(problem, one) for one in problem.streams}
    reached = {
        name: {region for one in found for region in one.regions}
        for name, found in channels.items()
    }
    streams = tuple(
        replace(one, regions=tuple(region for region in one.regions if region in reached[one.id]))
        for one in problem.streams
        if channels[one.id]
    )
    by_id = {one.id: one for one in streams}
    left_out, kept = [], []
    for lesson in problem.lessons:
        reason = _hindrance(problem, lesson, by_id.get(lesson.stream), channels[lesson.stream])
        if reason:
            facts = {"minutes": lesson.minutes, "most": LONGEST}
            left_out.append(LeftOut(lesson.id, reason, facts))
        else:
            kept.append(lesson)
    homes = tuple(
        replace(one, streams=own)
        for one in problem.homes
        if (own := tuple(name for name in one.streams if name in by_id))
    )
    return replace(problem, streams=streams, lessons=tuple(kept), homes=homes), left_out


def _hindrance(
    problem: Problem, lesson: Lesson, stream: Stream | None, channels: Sequence[Channel]
) -> str:
    if stream is None:
        return NO_CHANNEL
    if lesson.minutes > LONGEST:
        return TOO_LONG
    if all(
        slot_minutes(lesson.minutes, one) > longest_span(problem, one, stream) for one in channels
    ):
        return NO_WINDOW
    return ""
