"""How a plan is read back: ``broadcast-plan/1``, whole or refused with all its faults."""

from collections.abc import Mapping
from typing import Any, Final

from broadcast.plan.model import (
    FORMAT,
    AiringKind,
    AiringStatus,
    Plan,
    PlannedAiring,
    Solver,
    Unplaced,
)
from broadcast.problem.entries import Entry, Notes
from broadcast.problem.json_lines import document_of
from jetkiz.i18n import N_

_PLAN: Final = (
    "format",
    "problem",
    "revision",
    "parent",
    "input_sha256",
    "solver",
    "airings",
    "unplaced",
    "report",
)
_AIRING: Final = (
    "id",
    "lesson",
    "channel",
    "start",
    "offset",
    "minutes",
    "kind",
    "status",
    "sequence",
    "supersedes",
)
_DAY_MINUTES: Final = 24 * 60


def read_plan(content: bytes, source: str = "plan.json") -> Plan:
    """Read a plan; a file with faults is refused with all of them."""
    notes = Notes(source)
    whole = Entry(document_of(content, source, FORMAT), source, notes, _PLAN)
    airings = tuple(map(_airing, whole.entries("airings", _AIRING)))
    _refuse_doubles(airings, notes)
    plan = Plan(
        problem_id=whole.text("problem"),
        revision=whole.number("revision"),
        parent=whole.number("parent", 0),
        input_sha256=whole.text("input_sha256", ""),
        solver=_solver(whole.inner("solver", ("name", "version", "seed", "iterations"))),
        airings=airings,
        unplaced=tuple(
            Unplaced(one.text("lesson"), one.text("reason"), _plain(one, "facts"))
            for one in whole.entries("unplaced", ("lesson", "reason", "facts"))
        ),
        report=_plain(whole, "report"),
    )
    notes.refuse()
    return plan


def _airing(found: Entry) -> PlannedAiring:
    return PlannedAiring(
        id=found.text("id"),
        lesson=found.text("lesson"),
        channel=found.text("channel"),
        start=found.moment("start"),
        minutes=found.number("minutes", least=1, most=_DAY_MINUTES),
        kind=found.word("kind", AiringKind, AiringKind.FIRST),
        status=found.word("status", AiringStatus, AiringStatus.PLANNED),
        sequence=found.number("sequence", 0),
        supersedes=found.text("supersedes", ""),
    )


def _solver(found: Entry) -> Solver:
    usual = Solver()
    return Solver(
        name=found.text("name", usual.name),
        version=found.text("version", usual.version),
        seed=found.number("seed", usual.seed),
        iterations=found.number("iterations", usual.iterations),
    )


def _plain(found: Entry, name: str) -> Mapping[str, Any]:
    values = found.raw(name)
    if values is None or isinstance(values, Mapping):
        return values or {}
    found.wrong(name, N_("Names with values belong here."))
    return {}


def _refuse_doubles(airings: tuple[PlannedAiring, ...], notes: Notes) -> None:
    seen: set[str] = set()
    for one in airings:
        if one.id in seen:
            notes.add(
                N_("{place}: {name} stands there twice."),
                N_("Each needs a name of its own."),
                place="airings",
                name=one.id,
            )
        seen.add(one.id)
