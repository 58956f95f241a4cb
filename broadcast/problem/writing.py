"""How a problem is written: ``broadcast-problem/1``, the same problem always in the same bytes.

What has its usual value is left out, and what has no order is put in order; kinds of homes too
small to be told are joined with others first.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import MISSING, Field, asdict, fields, replace
from typing import Any, Final

from broadcast.problem.entries import clock
from broadcast.problem.hours import hours_text
from broadcast.problem.json_lines import json_bytes
from broadcast.problem.model import FORMAT, Channel, Condition, Hours, Lesson, Meta, Problem, Stream
from broadcast.problem.moments import day_of
from broadcast.problem.small_cells import merged, told_count

NAMES: Final = {"medium": "kind"}
"""What is called otherwise in files than in the program."""


def problem_bytes(problem: Problem) -> bytes:
    """Return the file of a problem."""
    return json_bytes(problem_document(problem))


def problem_sha256(problem: Problem) -> str:
    """Return what tells a problem from every other: a plan names it as its input."""
    return hashlib.sha256(problem_bytes(problem)).hexdigest()


def in_order(problem: Problem) -> Problem:
    """Return the problem as it is read back from its file: a plan made from it is the same.

    Lists are in order, and kinds of homes too small to be told are joined.
    """
    return replace(
        problem,
        regions=dict(sorted(problem.regions.items())),
        channels=tuple(map(_channel_in_order, sorted(problem.channels, key=lambda one: one.id))),
        streams=tuple(map(_stream_in_order, sorted(problem.streams, key=lambda one: one.id))),
        lessons=tuple(
            replace(one, titles=dict(sorted(one.titles.items())))
            for one in sorted(problem.lessons, key=lambda one: one.id)
        ),
        homes=merged(problem.homes),
        fixed=tuple(
            sorted(problem.fixed, key=lambda one: (one.day, one.start, one.channel, one.lesson))
        ),
        conditions=tuple(
            map(_condition_in_order, sorted(problem.conditions, key=lambda one: one.id))
        ),
    )


def _channel_in_order(one: Channel) -> Channel:
    return replace(
        one,
        regions=tuple(sorted(one.regions)),
        windows=_hours_in_order(one.windows),
        repeat_windows=_hours_in_order(one.repeat_windows),
        blocked=_hours_in_order(one.blocked),
    )


def _stream_in_order(one: Stream) -> Stream:
    return replace(
        one,
        grades=tuple(sorted(one.grades)),
        regions=tuple(sorted(one.regions)),
        students=told_count(one.students),
        alone=told_count(one.alone),
    )


def _condition_in_order(one: Condition) -> Condition:
    return replace(
        one,
        lessons=tuple(sorted(one.lessons)),
        streams=tuple(sorted(one.streams)),
        subjects=tuple(sorted(one.subjects)),
        then_lessons=tuple(sorted(one.then_lessons)),
        then_streams=tuple(sorted(one.then_streams)),
        then_subjects=tuple(sorted(one.then_subjects)),
    )


def _hours_in_order(hours: Iterable[Hours]) -> tuple[Hours, ...]:
    return tuple(sorted(hours, key=lambda one: (one.days, one.start, one.end)))


def problem_document(problem: Problem) -> dict[str, Any]:
    """Return a problem as plain values, in order."""
    problem = in_order(problem)
    meta = problem.meta
    found = {
        "format": FORMAT,
        "meta": asdict(meta) | {"first_day": meta.first_day.isoformat()},
        "regions": dict(problem.regions),
        "channels": [_channel(one, meta) for one in problem.channels],
        "streams": [_stream(one) for one in problem.streams],
        "lessons": [_lesson(one, meta) for one in problem.lessons],
        "homes": [_unusual(one) for one in problem.homes],
        "policy": _unusual(problem.policy),
        "fixed": [
            _unusual(one, day=day_of(meta, one.day).isoformat(), start=clock(one.start))
            for one in problem.fixed
        ],
    }
    # Files of before there were conditions keep their bytes.
    asked = {"conditions": [_unusual(one) for one in problem.conditions]}
    return found | asked if problem.conditions else found


def _channel(one: Channel, meta: Meta) -> dict[str, Any]:
    found = _unusual(
        one,
        windows=[hours_text(hours, meta) for hours in one.windows],
        repeat_windows=[hours_text(hours, meta) for hours in one.repeat_windows],
        blocked=[hours_text(hours, meta) for hours in one.blocked],
        day_start=clock(one.day_start),
        fillers=[_unusual(filler) for filler in one.fillers],
        reserves=[f"{plan.channel}: {hours_text(plan.hours, meta)}" for plan in one.reserves],
    )
    found.pop("grid_min", None)
    # A channel without a grid of its own has that of the whole week.
    return found if one.grid_min == meta.grid_min else found | {"grid_min": one.grid_min}


def _stream(one: Stream) -> dict[str, Any]:
    return _unusual(one, earliest=clock(one.earliest), latest=clock(one.latest))


def _lesson(one: Lesson, meta: Meta) -> dict[str, Any]:
    day = None if one.day is None else day_of(meta, one.day).isoformat()
    return _unusual(one, titles=dict(one.titles), day=day)


def _unusual(one: Any, **written: Any) -> dict[str, Any]:
    """Return the fields that differ from their usual value, in files' names and words."""
    found = {}
    for field in fields(one):
        value = getattr(one, field.name)
        if value != _usual(field):
            plain = list(value) if isinstance(value, tuple) else value
            found[NAMES.get(field.name, field.name)] = written.get(field.name, plain)
    return found


def _usual(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default
