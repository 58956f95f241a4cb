"""How a plan is written: ``broadcast-plan/1``, the same plan always in the same bytes."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.plan.model import FORMAT, Plan, PlannedAiring
from broadcast.problem.entries import clock
from broadcast.problem.json_lines import json_bytes, ordered
from broadcast.problem.model import Channel, Problem
from broadcast.problem.moments import day_of, local_place
from jetkiz.storage.spreadsheets import harmless

COLUMNS = (
    "id",
    "lesson",
    "channel",
    "day",
    "local",
    "start",
    "minutes",
    "kind",
    "status",
    "sequence",
    "supersedes",
)
"""Columns of the list of airings: day and local time for people, start for programs."""


def plan_bytes(plan: Plan, problem: Problem | None = None) -> bytes:
    """Return the file of a plan.

    With its problem each start is followed by the ``offset`` of the channel's clock, which readers
    without time zones need; the file without it is the one that is kept and compared.
    """
    zones = {one.id: one.zone for one in problem.channels} if problem else {}
    return json_bytes(
        {
            "format": FORMAT,
            "problem": plan.problem_id,
            "revision": plan.revision,
            "parent": plan.parent,
            "input_sha256": plan.input_sha256,
            "solver": asdict(plan.solver),
            "airings": [_airing(one, zones) for one in in_order(plan)],
            "unplaced": [
                {"lesson": one.lesson, "reason": one.reason, "facts": ordered(one.facts)}
                for one in sorted(plan.unplaced, key=lambda one: (one.lesson, one.reason))
            ],
            "report": ordered(plan.report),
        }
    )


def in_order(plan: Plan) -> list[PlannedAiring]:
    """Return the airings as they go on the air."""
    return sorted(plan.airings, key=lambda one: (one.start, one.channel, one.id))


def _airing(one: PlannedAiring, zones: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": one.id,
        "lesson": one.lesson,
        "channel": one.channel,
        "start": _utc(one.start),
    }
    if one.channel in zones:
        found["offset"] = _offset(one.start, zones[one.channel])
    found |= {"minutes": one.minutes, "kind": one.kind, "status": one.status}
    if one.sequence:
        found["sequence"] = one.sequence
    if one.supersedes:
        found["supersedes"] = one.supersedes
    return found


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _offset(at: datetime, zone: str) -> str:
    text = f"{at.astimezone(ZoneInfo(zone)):%z}"
    return f"{text[:3]}:{text[3:]}"


def plan_lists(plan: Plan, problem: Problem) -> dict[str, bytes]:
    """Return the lists of a plan as tables, by the names of their files."""
    return {"airings.csv": airings_csv(plan, problem), "unplaced.csv": unplaced_csv(plan)}


def airings_csv(plan: Plan, problem: Problem) -> bytes:
    """Return the airings as a table, with the day and the clock of their channels."""
    channels = {one.id: one for one in problem.channels}
    return _table(COLUMNS, (_row(one, problem, channels[one.channel]) for one in in_order(plan)))


def _row(one: PlannedAiring, problem: Problem, channel: Channel) -> tuple[object, ...]:
    day, minute = local_place(problem, channel, one.start)
    return (
        one.id,
        one.lesson,
        one.channel,
        day_of(problem, day).isoformat(),
        clock(minute),
        _utc(one.start),
        one.minutes,
        one.kind,
        one.status,
        one.sequence,
        one.supersedes,
    )


def unplaced_csv(plan: Plan) -> bytes:
    """Return the lessons without a place as a table, with the reason in English words."""
    return _table(
        ("lesson", "reason"),
        (
            (one.lesson, one.reason.format(**one.facts))
            for one in sorted(plan.unplaced, key=lambda one: one.lesson)
        ),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([harmless(str(cell)) for cell in row] for row in rows)
    # Office programs take a table for UTF-8 only when it begins with a mark.
    return text.getvalue().encode("utf-8-sig")
