"""How a nation's plan lies in a folder: a line a student, each distinct week once, prices, report.

Equal plans give equal bytes. Students are numbers: no name and no address stands in these files.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import write_whole
from scheduler.nation.counting import PIECE
from scheduler.nation.parquet import ByteRows, Column, Table, Words, forget, write_columns, writing
from scheduler.nation.plan_arrays import PlanArrays
from scheduler.nation.problem import Problem
from scheduler.nation.reporting import Lines
from scheduler.nation.tables_of_text import table
from scheduler.nation.templates import Templates
from scheduler.rules.channel_choice import LESSON
from scheduler.solver.week_arrays import NOTHING, Bytes, Counts, Longs, WeekArrays

LINES: Final = "student_week.parquet"
TEMPLATES: Final = "templates.parquet"
UNREACHED: Final = "unreached.parquet"
LONG: Final = "long.parquet"
REPORT: Final = "report.json"
_REASONS: Final = tuple(one.name.lower() for one in ChoiceReason)
_PLACE: Final = np.zeros(256, dtype=np.int32)
for _place, _reason in enumerate(ChoiceReason):
    _PLACE[_reason] = _place


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A plan with all that is written of it."""

    problem: Problem
    week: WeekArrays
    plan: PlanArrays
    lines: Lines
    templates: Templates
    report: Mapping[str, Any]


def write_plan(folder: Path, outcome: Outcome, *, long: bool = False) -> None:
    """Write a plan; the report comes last, so a folder without it is not whole."""
    forget(folder / REPORT)
    _write_lines(folder, outcome)
    _write_templates(folder, outcome)
    _write_unreached(folder, outcome)
    write_whole(folder / "prices.csv", _prices(outcome.week, outcome.plan))
    if long:
        _write_long(folder, outcome)
    text = json.dumps(outcome.report, ensure_ascii=False, indent=2, sort_keys=True)
    write_whole(folder / REPORT, (text + "\n").encode())


def _write_lines(folder: Path, outcome: Outcome) -> None:
    week, lines = outcome.week, outcome.lines
    school = week.students.school
    columns: dict[str, Column] = {
        "student": week.students.number,
        "school": week.school[school],
        "region": Words(week.region[school], week.regions),
        "template": outcome.templates.of,
        "mode": _modes(week, lines),
        "sides": lines.sides,
        "received": lines.received.astype(np.float32),
    }
    write_columns(folder / LINES, columns)


def _modes(week: WeekArrays, lines: Lines) -> Words:
    """Name the channels that each student's week uses together."""
    names = tuple(
        " ".join(name for bit, name in enumerate(week.channels) if code >> bit & 1)
        for code in range(1 << len(week.channels))
    )
    return Words(lines.channels.astype(np.int32), names)


def _write_templates(folder: Path, outcome: Outcome) -> None:
    found = outcome.templates
    columns: dict[str, Column] = {
        "template": np.arange(len(found.program), dtype=np.int32),
        "program": Words(found.program, outcome.problem.programs),
        "channels": ByteRows(found.channels),
        "reasons": ByteRows(found.reasons),
    }
    if found.fallbacks.shape[1]:
        columns["fallbacks"] = ByteRows(found.fallbacks)
    write_columns(folder / TEMPLATES, columns)


def _write_unreached(folder: Path, outcome: Outcome) -> None:
    """Write a line for each lesson that nothing brings, with the reason."""
    week, plan = outcome.week, outcome.plan
    rows, slots = _unreached(plan.reason)
    lesson = week.programs[week.students.program[rows], slots]
    codes = tuple(one.code for one in outcome.problem.lessons)
    columns: dict[str, Column] = {
        "student": week.students.number[rows],
        "slot": slots.astype(np.int8),
        "lesson": Words(lesson.astype(np.int32), codes),
        "reason": Words(_PLACE[plan.reason[rows, slots]], _REASONS),
    }
    write_columns(folder / UNREACHED, columns)


def _unreached(reason: Counts) -> tuple[Longs, Longs]:
    found = np.flatnonzero(reason >= ChoiceReason.NO_CHANNEL_FITS)
    rows, slots = np.divmod(found, reason.shape[1])
    return rows, slots


def _prices(week: WeekArrays, plan: PlanArrays) -> bytes:
    """Write what one unit more of each pool would be worth, in lessons."""
    pools = week.pools
    rows = (
        (resource.value, key, f"{amount:.12g}", round(used, 2), round(price / LESSON, 12))
        for resource, key, amount, used, price in zip(
            pools.resource,
            pools.key,
            pools.amount.tolist(),
            plan.use.tolist(),
            plan.price.tolist(),
            strict=True,
        )
    )
    return table(("resource", "key", "amount", "used", "price"), rows)


def _write_long(folder: Path, outcome: Outcome) -> None:
    """Write one line for each lesson of each student, for those who count with other programs."""
    week, plan = outcome.week, outcome.plan
    people = week.students
    codes = tuple(one.code for one in outcome.problem.lessons)
    names = (*week.channels, "none")
    with writing(folder / LONG) as file:
        for start in range(0, max(people.count, 1), 16 * PIECE):
            rows = slice(start, start + 16 * PIECE)
            lesson = week.programs[people.program[rows]]
            at = np.flatnonzero(lesson.ravel() != NOTHING)
            student, slot = np.divmod(at, max(week.slots, 1))
            school = people.school[rows][student]
            channel = plan.channel[rows].ravel()[at].astype(np.int32)
            columns: dict[str, Column] = {
                "student": people.number[rows][student],
                "region": Words(week.region[school], week.regions),
                "school": week.school[school],
                "rural": week.is_rural[school],
                "program": Words(people.program[rows][student], outcome.problem.programs),
                "slot": slot.astype(np.int8),
                "lesson": Words(lesson.ravel()[at].astype(np.int32), codes),
                "channel": Words(np.where(channel < 0, len(names) - 1, channel), names),
                "reason": Words(_PLACE[plan.reason[rows].ravel()[at]], _REASONS),
            }
            file.add(columns)


def read_channels_of(folder: Path) -> tuple[Longs, Bytes]:
    """Return the students of a written plan and their channels [N, W], for the week after."""
    if not (folder / REPORT).exists():
        raise JetkizError(
            N_("The folder {folder} holds no whole plan."),
            N_("Make it anew with: jetkiz plan make --problem."),
            folder=folder,
        )
    lines, templates = Table(folder / LINES), Table(folder / TEMPLATES)
    rows = templates.byte_rows("channels").astype(np.int8) - np.int8(1)
    of = lines.numbers("template", np.int32)
    return lines.numbers("student", np.int64), rows[of]
