"""From a nation's folder to its plan in a folder: read, solve, check, write, each with its time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.model import Violation
from scheduler.nation import manifest as manifests
from scheduler.nation.checking import check_arrays
from scheduler.nation.compiling import arrays_of
from scheduler.nation.folder import read_folder
from scheduler.nation.plan_arrays import PlanArrays
from scheduler.nation.plan_folder import Outcome, write_plan
from scheduler.nation.reporting import lines_of, report_of
from scheduler.nation.templates import templates_of
from scheduler.solver.week_arrays import WeekArrays

Solve = Callable[[WeekArrays], PlanArrays]
Tell = Callable[[str], None]

STEPS = {
    "read": N_("reading the week"),
    "solve": N_("solving"),
    "check": N_("checking"),
    "write": N_("writing the plan"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A plan that was made and kept: where it lies, and the seconds of each step."""

    folder: Path
    outcome: Outcome
    seconds: dict[str, float]


class _Watch:
    """Says which step begins, and how long each one took."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._began = time.perf_counter()
        self._step = ""
        self.seconds: dict[str, float] = {}

    def begin(self, step: str) -> None:
        """End the step before, and begin another; an empty one is the end."""
        now = time.perf_counter()
        if self._step:
            self.seconds[self._step] = now - self._began
        self._step, self._began = step, now
        if step:
            self._tell(STEPS[step])


def plan_nation(
    problem: Path, out: Path, solve: Solve, today: date, tell: Tell, *, long: bool = False
) -> Planned:
    """Plan the week of a folder into another; a plan that breaks a rule is never written."""
    watch = _Watch(tell)
    watch.begin("read")
    manifest = manifests.read_manifest(problem)
    hashed = manifests.inputs_hash(problem, manifest)
    about = read_folder(problem, today)
    week = arrays_of(about)
    watch.begin("solve")
    plan = solve(week)
    watch.begin("check")
    with ThreadPoolExecutor(2) as desks:
        # What will be written is counted meanwhile: the checker leaves a processor idle at times.
        counted = desks.submit(lines_of, week, plan)
        templates = desks.submit(templates_of, week.students.program, plan)
        _refuse(check_arrays(week, plan))
        watch.begin("write")
        lines = counted.result()
    report: dict[str, Any] = {"week": about.week, "inputs_hash": hashed}
    report |= report_of(week, plan, lines, ())
    outcome = Outcome(about, week, plan, lines, templates.result(), report)
    write_plan(out, outcome, long=long)
    watch.begin("")
    return Planned(out, outcome, watch.seconds)


def _refuse(violations: list[Violation]) -> None:
    if violations:
        first = violations[0]
        raise JetkizError(
            N_("The plan broke its own rules and was not saved ({count}): {first}"),
            N_("Please report this with the folder of the plan: it is a fault of the program."),
            count=len(violations),
            first=first.sentence.format(**first.facts),
        )
