"""Whether a problem can be worked with: what is named exists, hours fit, somebody airs it.

Every fault is noted with its place and with what mends it; ``faults_of`` serves a problem that was
not read from a file.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from broadcast.problem.conditions import note_conditions
from broadcast.problem.contradictions import note_contradictions
from broadcast.problem.entries import Notes, clock, note_unknown
from broadcast.problem.hours import days_text, hours_text
from broadcast.problem.model import (
    GRID,
    LONGEST,
    SHORTEST,
    Channel,
    FixedAiring,
    Hours,
    Lesson,
    Medium,
    Problem,
    Stream,
)
from broadcast.problem.moments import day_end, skipped
from broadcast.problem.open_hours import (
    channels_of,
    longest_span,
    open_spans,
    slot_minutes,
)
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

_GUIDE_ID: Final = re.compile(r"[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+")
"""As the checker of XMLTV wants it: RFC 2838, a name of at least two parts."""
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""As in BCP 47; files and feeds are called by it, so it may hold no sign of a path."""
_ITS_OWN = N_("Each needs a name of its own.")


def faults_of(problem: Problem) -> list[JetkizError]:
    """Return all faults of a problem."""
    notes = Notes(problem.meta.id)
    note_faults(problem, notes)
    return notes.faults


def note_faults(problem: Problem, notes: Notes) -> None:
    """Note all faults of a problem."""
    _note_doubles(problem, notes)
    for channel in problem.channels:
        _note_channel(problem, channel, notes)
    for stream in problem.streams:
        _note_stream(problem, stream, notes)
    _note_lessons(problem, notes)
    _note_homes(problem, notes)
    _note_fixed(problem, notes)
    note_contradictions(problem, notes)
    note_conditions(problem, notes)


def _note_doubles(problem: Problem, notes: Notes) -> None:
    names = {
        "channels": [one.id for one in problem.channels],
        "streams": [one.id for one in problem.streams],
        "lessons": [one.id for one in problem.lessons],
        "conditions": [one.id for one in problem.conditions],
        "channels, guide_id": [one.guide_id for one in problem.channels if one.guide_id],
    }
    for place, found in names.items():
        for name, count in Counter(found).items():
            if count > 1:
                words = N_("{place}: {name} stands there twice.")
                notes.add(words, _ITS_OWN, place=place, name=name)


def _note_channel(problem: Problem, one: Channel, notes: Notes) -> None:
    place = f"channels, {one.id}"
    if not one.languages:
        notes.add(
            N_("{place}: the channel has no language."),
            N_('Name the languages that it airs, such as "languages": ["kk"].'),
            place=place,
        )
    _note_languages(one.languages, place, notes)
    if one.guide_id and not _GUIDE_ID.fullmatch(one.guide_id):
        notes.add(
            N_("{place}: {name} cannot stand in a guide."),
            N_("Give it a guide_id that looks like balapan.kz: letters, digits and a dot."),
            place=place,
            name=one.guide_id,
        )
    _note_regions(problem, one.regions, place, notes)
    others = [other.id for other in problem.channels if other.id != one.id]
    note_unknown((plan.channel for plan in one.reserves), others, place, "channels", notes)
    if one.grid_min % GRID:
        notes.add(
            N_("{place}: {minutes} minutes are no grid."),
            N_("Take a multiple of {grid} minutes."),
            place=place,
            minutes=one.grid_min,
            grid=GRID,
        )
    _note_hours(problem, one, place, notes)


def _note_languages(names: Iterable[str], place: str, notes: Notes) -> None:
    for name in names:
        if name and not _LANGUAGE.fullmatch(name):
            notes.add(
                N_("{place}: {name} is no language."),
                N_("Write its code of two or three letters, such as kk."),
                place=place,
                name=repr(name[:60]),
            )


def _note_regions(problem: Problem, regions: Sequence[str], place: str, notes: Notes) -> None:
    if not regions:
        notes.add(
            N_("{place}: no region is named."),
            N_('Name those it reaches, such as "regions": ["almaty"].'),
            place=place,
        )
    note_unknown(regions, problem.regions, place, "regions", notes)


def _note_hours(problem: Problem, one: Channel, place: str, notes: Notes) -> None:
    meta = problem.meta
    for hours in (*one.windows, *one.repeat_windows):
        if hours.start < one.day_start or hours.end > day_end(one):
            notes.add(
                N_(
                    "{place}: {hours} does not lie within the day of the channel, {start} to {end}."
                ),
                N_("Move the hours to the day before or after, or correct day_start."),
                place=place,
                hours=hours_text(hours, meta),
                start=clock(one.day_start),
                end=clock(day_end(one)),
            )
        gone = skipped(meta, one, hours)
        if gone and not _is_blocked(one, *gone):
            notes.add(
                N_("{place}: clocks are put forward, and {day} has no {time}."),
                N_("Put the hour that is left out into blocked."),
                place=place,
                day=days_text((gone[0],), meta),
                time=clock(gone[1]),
            )
    _note_overlaps(problem, one, place, notes)


def _is_blocked(one: Channel, day: int, minute: int) -> bool:
    return any(day in hours.days and hours.start <= minute < hours.end for hours in one.blocked)


def _note_overlaps(problem: Problem, one: Channel, place: str, notes: Notes) -> None:
    """Note each pair of hours that overlap once, on the first day on which they do."""
    by_day: dict[int, list[Hours]] = defaultdict(list)
    for hours in (*one.windows, *one.repeat_windows):
        for day in hours.days:
            by_day[day].append(hours)
    told = set()
    for day in sorted(by_day):
        in_order = sorted(by_day[day], key=lambda hours: (hours.start, hours.end))
        for before, after in pairwise(in_order):
            if after.start < before.end and (before, after) not in told:
                told.add((before, after))
                notes.add(
                    N_("{place}: the windows {one} and {other} overlap."),
                    N_("Let one end where the other begins; repeats may use all windows anyway."),
                    place=place,
                    one=hours_text(before, problem.meta),
                    other=hours_text(after, problem.meta),
                )


def _note_stream(problem: Problem, one: Stream, notes: Notes) -> None:
    place = f"streams, {one.id}"
    if not one.grades:
        notes.add(
            N_("{place}: no grade is named."),
            N_('Name the grades, such as "grades": [5].'),
            place=place,
        )
    if one.earliest >= one.latest:
        notes.add(
            N_("{place}: the latest hour {latest} is not after the earliest, {earliest}."),
            N_("Correct one of the two."),
            place=place,
            earliest=clock(one.earliest),
            latest=clock(one.latest),
        )
    _note_languages((one.language,), place, notes)
    _note_regions(problem, one.regions, place, notes)


def _note_lessons(problem: Problem, notes: Notes) -> None:
    streams = {one.id: one for one in problem.streams}
    by_stream: dict[str, list[Lesson]] = defaultdict(list)
    for one in problem.lessons:
        by_stream[one.stream].append(one)
        _note_minutes(one, notes)
    for name, lessons in sorted(by_stream.items()):
        if name in streams:
            _note_unaired(problem, streams[name], lessons, notes)
        else:
            place = f"lessons, {lessons[0].id}"
            note_unknown((name,), streams, place, "streams", notes)


def _note_minutes(one: Lesson, notes: Notes) -> None:
    if not SHORTEST <= one.minutes <= LONGEST or one.minutes % GRID:
        notes.add(
            N_("{place}: a lesson cannot have {minutes} minutes."),
            N_("Take {shortest} to {longest} minutes in steps of {grid}; part what is longer."),
            place=f"lessons, {one.id}",
            minutes=one.minutes,
            shortest=SHORTEST,
            longest=LONGEST,
            grid=GRID,
        )


def _note_unaired(
    problem: Problem, stream: Stream, lessons: Sequence[Lesson], notes: Notes
) -> None:
    place = f"streams, {stream.id}"
    channels = channels_of(problem, stream)
    reached = {region for one in channels for region in one.regions}
    for region in sorted(set(stream.regions) & set(problem.regions) - reached):
        notes.add(
            N_("{place}: no {kind} channel airs {language} in {region}."),
            N_("Add a channel, its language or region, or take these lessons out."),
            place=place,
            kind=stream.medium,
            language=stream.language,
            region=region,
        )
    # Blocked hours come and go: a week that lost them stays readable, its plan names what is lost.
    longest = {one.id: longest_span(problem, replace(one, blocked=()), stream) for one in channels}
    for lesson in lessons:
        if stream.medium is Medium.RADIO and lesson.needs_picture:
            notes.add(
                N_("{place}: a lesson that needs pictures cannot be on the radio."),
                N_("Air it on TV, or say needs_picture false of a lesson made for the ear."),
                place=f"lessons, {lesson.id}",
            )
        if channels and all(slot_minutes(lesson.minutes, c) > longest[c.id] for c in channels):
            notes.add(
                N_("{place}: {minutes} minutes are longer than any window it may stand in."),
                N_("Lengthen a window, part the lesson, or widen the hours of its stream."),
                place=f"lessons, {lesson.id}",
                minutes=lesson.minutes,
            )


def _note_homes(problem: Problem, notes: Notes) -> None:
    streams = {one.id for one in problem.streams}
    for number, one in enumerate(problem.homes, 1):
        place = f"homes {number}"
        note_unknown(one.streams, streams, place, "streams", notes)
        if one.region:
            note_unknown((one.region,), problem.regions, place, "regions", notes)
        if not one.streams:
            notes.add(
                N_("{place}: no stream is named."),
                N_("Homes without students who watch are not counted: take the line out."),
                place=place,
            )


def _note_fixed(problem: Problem, notes: Notes) -> None:
    lessons = {one.id: one for one in problem.lessons}
    channels = {one.id: one for one in problem.channels}
    streams = {one.id: one for one in problem.streams}
    on_air: dict[tuple[str, int], list[tuple[int, int, str]]] = defaultdict(list)
    for one in problem.fixed:
        place = f"fixed, {one.lesson}"
        note_unknown((one.lesson,), lessons, place, "lessons", notes)
        note_unknown((one.channel,), channels, place, "channels", notes)
        lesson, channel = lessons.get(one.lesson), channels.get(one.channel)
        if lesson and channel:
            end = one.start + slot_minutes(lesson.minutes, channel)
            on_air[one.channel, one.day].append((one.start, end, one.lesson))
            _note_place(problem, one, (channel, end), notes)
            stream = streams.get(lesson.stream)
            if stream:
                _note_not_for(problem, (stream, channel, lesson), place, notes)
    _note_doubled(problem.fixed, on_air, notes)


def _note_not_for(
    problem: Problem, what: tuple[Stream, Channel, Lesson], place: str, notes: Notes
) -> None:
    stream, channel, lesson = what
    if channel not in channels_of(problem, stream):
        notes.add(
            N_("{place}: {channel} does not air what the stream {stream} needs."),
            N_("Kind, language and a region of both have to be the same."),
            place=place,
            channel=channel.id,
            stream=stream.id,
        )
    if stream.max_run and lesson.minutes > stream.max_run:
        notes.add(
            N_("{place}: it lasts {minutes} minutes, and {stream} needs a break after {limit}."),
            N_("Raise max_run of the stream, part the lesson, or take the fixed airing out."),
            place=place,
            minutes=lesson.minutes,
            stream=stream.id,
            limit=stream.max_run,
        )


def _note_place(
    problem: Problem, one: FixedAiring, where: tuple[Channel, int], notes: Notes
) -> None:
    channel, end = where
    spans = open_spans(channel, one.day, repeats=one.is_repeat)
    if not any(first <= one.start and end <= last for first, last in spans):
        notes.add(
            N_("{place}: {hours} is not within the open windows of {channel}."),
            N_("Widen a window, take the hour out of blocked, or move the fixed airing."),
            place=f"fixed, {one.lesson}",
            hours=hours_text(Hours((one.day,), one.start, end), problem.meta),
            channel=channel.id,
        )
    elif one.start % channel.grid_min:
        notes.add(
            N_("{place}: {time} is not on the grid of {grid} minutes."),
            N_("Begin on the grid."),
            place=f"fixed, {one.lesson}",
            time=clock(one.start),
            grid=channel.grid_min,
        )


def _note_doubled(
    fixed: Sequence[FixedAiring],
    on_air: dict[tuple[str, int], list[tuple[int, int, str]]],
    notes: Notes,
) -> None:
    first_runs = Counter((one.lesson, one.channel) for one in fixed if not one.is_repeat)
    for (lesson, channel), count in first_runs.items():
        if count > 1:
            notes.add(
                N_("{place}: its first run on {channel} is fixed twice."),
                N_("Take one out, or say of it that it is a repeat (is_repeat)."),
                place=f"fixed, {lesson}",
                channel=channel,
            )
    for (channel, _), airings in sorted(on_air.items()):
        for before, after in pairwise(sorted(airings)):
            if after[0] < before[1]:
                notes.add(
                    N_("{place}: it overlaps with {other} on {channel} at {time}."),
                    N_("Move one of the two."),
                    place=f"fixed, {after[2]}",
                    other=before[2],
                    channel=channel,
                    time=clock(after[0]),
                )
