"""How a problem is read: ``broadcast-problem/1``, whole or refused with all its faults."""

from dataclasses import fields
from typing import Any, Final

from broadcast.columns.layout import is_zone
from broadcast.problem.entries import Entry, Notes
from broadcast.problem.hours import days_of, hours_of
from broadcast.problem.json_lines import document_of
from broadcast.problem.model import (
    FORMAT,
    ITERATIONS,
    SHORTEST,
    Channel,
    Condition,
    ConditionKind,
    Filler,
    FixedAiring,
    HomeKind,
    Hours,
    Lesson,
    Medium,
    Meta,
    Policy,
    Problem,
    Reserve,
    Stream,
)
from broadcast.problem.soundness import note_faults
from broadcast.problem.writing import NAMES, in_order
from jetkiz.i18n import N_

_LISTS: Final = (
    "format",
    "meta",
    "regions",
    "channels",
    "streams",
    "lessons",
    "homes",
    "policy",
    "fixed",
    "conditions",
)
_LONGEST_PLAN: Final = 62
_WEEK: Final = 7
_UNNAMED: Final = "?"
HOURS_PARTED: Final = "|"
"""What parts several hours in one cell of a table; days are parted by spaces or commas."""


def read_problem(content: bytes | str, source: str = "problem.json") -> Problem:
    """Read a problem; a file with faults is refused with all of them."""
    encoded = content.encode() if isinstance(content, str) else content
    return problem_of(document_of(encoded, source, FORMAT), source, Notes(source))


def problem_of(document: dict[str, Any], source: str, notes: Notes) -> Problem:
    """Read a problem from plain values, with what was noted about them before."""
    whole = Entry(document, source, notes, _LISTS)
    whole.place = ""
    meta = _meta(whole.inner("meta", names_of(Meta)))
    problem = Problem(
        meta=meta,
        regions=_regions(whole, meta),
        channels=tuple(_channel(one, meta) for one in whole.entries("channels", names_of(Channel))),
        streams=tuple(map(_stream, whole.entries("streams", names_of(Stream)))),
        lessons=tuple(_lesson(one, meta) for one in whole.entries("lessons", names_of(Lesson))),
        homes=tuple(map(_home, whole.entries("homes", names_of(HomeKind)))),
        policy=_policy(whole.inner("policy", names_of(Policy))),
        fixed=tuple(_fixed(one, meta) for one in whole.entries("fixed", names_of(FixedAiring))),
        conditions=tuple(map(_condition, whole.entries("conditions", names_of(Condition)))),
    )
    note_faults(problem, notes)
    notes.refuse()
    return in_order(problem)


def names_of(kind: type) -> tuple[str, ...]:
    """Return the names that an entry of a kind has in files."""
    return tuple(NAMES.get(field.name, field.name) for field in fields(kind))


def _meta(found: Entry) -> Meta:
    return Meta(
        id=found.text("id"),
        zone=_zone(found, "Asia/Almaty", is_needed=True),
        first_day=found.day("first_day"),
        days=found.number("days", least=1, most=_LONGEST_PLAN, harmless=_WEEK),
        grid_min=found.number("grid_min", 5, 1, 60),
        seed=found.number("seed", 1),
        iterations=found.number("iterations", ITERATIONS),
    )


def _zone(found: Entry, usual: str, *, is_needed: bool = False) -> str:
    name = found.text("zone", None if is_needed else usual)
    if name and is_zone(name):
        return name
    if name:
        found.wrong("zone", N_("A time zone looks like Asia/Almaty."))
    return usual


def _regions(whole: Entry, meta: Meta) -> dict[str, str]:
    found = whole.mapping("regions")
    for region, zone in found.items():
        if not is_zone(zone):
            whole.notes.add(
                N_("{place}: {value} cannot be used."),
                N_("A time zone looks like Asia/Almaty."),
                place=f"regions, {region}",
                value=repr(zone[:60]),
            )
            found[region] = meta.zone
    return found


def _channel(found: Entry, meta: Meta) -> Channel:
    day_start = found.day_start()
    return Channel(
        id=found.text("id"),
        name=found.text("name", "") or found.text("id", _UNNAMED),
        medium=found.word("kind", Medium, Medium.TV),
        languages=found.texts("languages"),
        regions=found.texts("regions"),
        zone=_zone(found, meta.zone),
        windows=_hours(found, "windows", meta, day_start),
        repeat_windows=_hours(found, "repeat_windows", meta, day_start),
        blocked=_hours(found, "blocked", meta, day_start),
        day_start=day_start,
        grid_min=found.number("grid_min", meta.grid_min, 1, 60),
        min_gap=found.number("min_gap", 0, 0, 60),
        fillers=fillers_of(found),
        reserves=reserves_of(found, meta),
        guide_id=found.text("guide_id", ""),
    )


def _hours(found: Entry, name: str, meta: Meta, day_start: int) -> tuple[Hours, ...]:
    hours = []
    for text in found.texts(name, HOURS_PARTED):
        read = hours_of(text, meta, day_start)
        if read is None:
            remedy = N_(
                'Hours look like "mon-fri 09:00-18:00"; a date has to be a planned day. In a table'
                " a | stands between several."
            )
            found.wrong(name, remedy, part=text)
        elif read.days:
            hours.append(read)
    return tuple(hours)


def fillers_of(found: Entry) -> tuple[Filler, ...]:
    """Read what fills the air between the lessons of a channel."""
    return tuple(
        Filler(one.text("name"), one.text("asset"), one.number("minutes", 0, 0, 1440))
        for one in found.entries("fillers", names_of(Filler))
    )


def reserves_of(found: Entry, meta: Meta) -> tuple[Reserve, ...]:
    """Read plans B, each "channel: hours"; the hours are those of the day of that channel."""
    reserves = []
    for text in found.texts("reserves", HOURS_PARTED):
        channel, _, words = text.partition(":")
        hours = hours_of(words, meta)
        if hours is None:
            found.wrong(
                "reserves", N_('A plan B looks like "rts3: mon-fri 09:00-12:00".'), part=text
            )
        elif hours.days:
            reserves.append(Reserve(channel.strip(), hours))
    return tuple(reserves)


def _stream(found: Entry) -> Stream:
    usual = Stream("", "", (), ())
    return Stream(
        id=found.text("id"),
        language=found.text("language"),
        grades=found.numbers("grades"),
        regions=found.texts("regions"),
        variant=found.text("variant", ""),
        medium=found.word("kind", Medium, Medium.TV),
        students=found.number("students", 0),
        alone=found.number("alone", 0),
        earliest=found.clock("earliest", usual.earliest),
        latest=found.clock("latest", usual.latest),
        max_run=found.number("max_run", 0, 0, 1440),
        break_min=found.number("break_min", usual.break_min, 0, 1440),
        per_day_min=found.number("per_day_min", 0, 0, 288),
        per_day_max=found.number("per_day_max", 0, 0, 288),
    )


def _lesson(found: Entry, meta: Meta) -> Lesson:
    return Lesson(
        id=found.text("id"),
        stream=found.text("stream"),
        subject=found.text("subject"),
        seq=found.number("seq", least=0),
        minutes=found.number("minutes", least=1, most=1440, harmless=SHORTEST),
        asset=found.text("asset", ""),
        needs_picture=found.flag("needs_picture", default=True),
        sign_language=found.flag("sign_language", default=False),
        titles=found.mapping("titles"),
        day=_day(found, meta) if found.has("day") else None,
        value=found.amount("value", 0.0) if found.has("value") else None,
        weight=found.amount("weight", 1.0),
    )


def _day(found: Entry, meta: Meta) -> int:
    """Return the number of a single day, by date or by a weekday that is planned once."""
    days = days_of(found.text("day"), meta)
    if days is not None and len(days) == 1:
        return days[0]
    found.wrong("day", N_("One day that is planned belongs here, such as mon or 2026-01-26."))
    return 0


def _home(found: Entry) -> HomeKind:
    streams = found.texts("streams")
    return HomeKind(
        streams=streams,
        count=found.number("count"),
        children=found.number("children", len(streams), 1, 30),
        tv_sets=found.number("tv_sets", 1, 0, 30),
        radios=found.number("radios", 1, 0, 30),
        region=found.text("region", ""),
    )


def _fixed(found: Entry, meta: Meta) -> FixedAiring:
    return FixedAiring(
        lesson=found.text("lesson"),
        channel=found.text("channel"),
        day=_day(found, meta),
        start=found.clock("start", 0),
        is_repeat=found.flag("is_repeat", default=False),
    )


def _condition(found: Entry) -> Condition:
    if not found.has("kind"):
        found.wrong("kind", N_("Write one of these: {words}."), words=", ".join(ConditionKind))
    return Condition(
        id=found.text("id"),
        kind=found.word("kind", ConditionKind, ConditionKind.APART),
        lessons=found.texts("lessons"),
        streams=found.texts("streams"),
        subjects=found.texts("subjects"),
        sign_language=found.flag("sign_language", default=False),
        then_lessons=found.texts("then_lessons"),
        then_streams=found.texts("then_streams"),
        then_subjects=found.texts("then_subjects"),
        count=found.number("count", 1, 1, 1000),
        days=found.number("days", 1, 1, _LONGEST_PLAN),
    )


def _policy(found: Entry) -> Policy:
    usual = Policy()
    return Policy(
        repeat_quota=found.number("repeat_quota", usual.repeat_quota, -1),
        freeze_min=found.number("freeze_min", usual.freeze_min, 0, 10_080),
        one_a_day=found.flag("one_a_day", default=usual.one_a_day),
        split_weight=found.amount("split_weight", usual.split_weight),
        many_children_weight=found.amount("many_children_weight", usual.many_children_weight),
        first_grades=_grades(found, "first_grades", usual.first_grades),
        exam_grades=_grades(found, "exam_grades", usual.exam_grades),
    )


def _grades(found: Entry, name: str, usual: tuple[int, ...]) -> tuple[int, ...]:
    return found.numbers(name) if found.raw(name) is not None else usual
