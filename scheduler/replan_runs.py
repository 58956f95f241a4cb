"""The steps from a plan that stands to a new draft in which only what must change has changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import BatchState
from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.states import State
from jetkiz.delivery.taking_back import read_held
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.database import Database
from scheduler.airing_values import FILE as AIRING_FILE
from scheduler.airing_values import airing_text, airing_values
from scheduler.kept_problem import read_kept_problem
from scheduler.model import PlanProblem
from scheduler.plan_files import (
    folder_of,
    hash_of,
    inputs_of,
    plan_files,
    problem_files,
    write_files,
)
from scheduler.plan_report import report_of
from scheduler.plan_store import (
    PlanRun,
    PlanTakenError,
    RunState,
    read_lines,
    read_runs,
    run_in_force,
    save_plan,
)
from scheduler.planning import uses_of
from scheduler.problem import Inputs, problem_of, read_inputs, refuse_the_past, with_experience
from scheduler.replanning import (
    AIR,
    REPLANS,
    Before,
    Changes,
    at_moment,
    changed_problem,
    make_replan,
    with_standing,
)
from scheduler.rules.deadlines import deadlines_of
from scheduler.two_plans import Move, moves

_PROMISES: Final = frozenset({AIR, "duty_class"})
_AT_HOME: Final = frozenset({State.PLANNED, State.UNPLANNED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What happened in a week; ``is_read_anew`` when homes and settings are to be read again."""

    week: str
    changes: Changes = field(default_factory=Changes)
    is_read_anew: bool = False


@dataclass(frozen=True, slots=True)
class Replanned:
    """A re-plan beside the plan it came from; ``run`` is that plan when nothing had to change."""

    base: PlanRun
    run: PlanRun
    problem: PlanProblem
    moves: tuple[Move, ...] = ()
    changes: Changes = field(default_factory=Changes)

    @property
    def earlier(self) -> frozenset[str]:
        """The channels that were down in the plan before, and so still are."""
        said = self.base.report.get(REPLANS, {})
        return Changes.from_report(said).down

    @property
    def is_new(self) -> bool:
        """True when there is a new draft."""
        return self.run.id != self.base.id


@dataclass(frozen=True, slots=True)
class _Read:
    """What a re-plan is made of; ``inputs`` only where profiles are to be read anew."""

    base: PlanRun
    newest: PlanRun
    before: Before
    handed: Mapping[tuple[int, int], bool]
    inputs: Inputs | None = None


def replan_and_save(
    database: Database,
    channels: Mapping[str, Channel],
    wanted: Wanted,
    settings: Settings,
    now: datetime,
) -> Replanned:
    """Plan anew what must change, and keep it as a draft; nothing is kept when nothing must."""
    week = wanted.week
    with database.read() as connection:
        read = _read(connection, week, settings)
        if wanted.is_read_anew:
            known = read_inputs(connection, week)
            known = with_experience(connection, known, channels, settings, now)
            read = replace(read, inputs=known)
    every = Changes.from_report(read.base.report.get(REPLANS, {})) | wanted.changes
    problem = _problem(read, channels, settings, now, every)
    plan = make_replan(read.before, problem)
    moved = tuple(moves(read.before.students, plan.students))
    if tuple(read.before.students) == plan.students:
        return Replanned(read.base, read.base, problem)
    inputs = inputs_of(problem)
    files = problem_files(problem, inputs) | plan_files(problem, plan)
    values = airing_values(problem, plan.students, plan.use)
    if values:
        files[AIRING_FILE] = airing_text(values)
    report = report_of(problem, plan) | {
        REPLANS: {
            "version": read.base.version,
            "students": len({one.student for one in moved}),
            "promised": sorted(set(read.handed) - problem.on_its_way),
            **every.to_report(),
        }
    }
    with database.write() as connection:
        _refuse_others(connection, read)
        save_plan(connection, plan, hash_of(inputs), report, now)
        write_files(folder_of(settings.data, week, problem.version), files)
        run = read_runs(connection, week)[0]
    return Replanned(read.base, run, problem, moved, every)


def _read(connection: Connection, week: str, settings: Settings) -> _Read:
    base = run_in_force(connection, week)
    kept = read_kept_problem(settings.data, base)
    if kept is None:
        raise JetkizError(
            N_("What plan {version} of week {week} was made of is not kept any more."),
            N_("Make a new plan with: jetkiz plan make {week}."),
            version=base.version,
            week=week,
        )
    lines = read_lines(connection, base.id)
    handed: Mapping[tuple[int, int], bool] = {}
    if base.state == RunState.PUBLISHED:
        handed = on_its_way(connection, week)
    return _Read(
        base=base,
        newest=read_runs(connection, week)[0],
        before=Before(kept, lines, uses_of(base, kept)),
        handed=handed,
    )


def on_its_way(connection: Connection, week: str) -> dict[tuple[int, int], bool]:
    """Return the lessons of a published week that have left; True for those that are over.

    Handed over, tried a second time, or told of: nothing of these is called back.
    """
    states = {
        (one.student, one.lesson): one
        for one in ledger.lesson_states(connection, week)
        if one.attempt > 1 or one.state not in _AT_HOME
    }
    found = dict.fromkeys(states, False)
    students = sorted({row.student_id for row in ledger.week_rows(connection, week)})
    for one in read_held(connection, week, students):
        if one.state == BatchState.HANDED:
            found |= {(one.student, lesson): False for lesson in one.lessons}
    return found | {
        place: one.attempt > 1 or one.state.has_arrived or one.state.is_setback
        for place, one in states.items()
    }


def left_for_good(
    handed: Mapping[tuple[int, int], bool],
    problem: PlanProblem,
    lines: Sequence[StudentPlan],
    changes: Changes,
) -> frozenset[tuple[int, int]]:
    """Return the lessons that nothing can change any more.

    A timetable that the broadcaster has, and a list of the duty class, are promises for a day: what
    keeps the day from coming undoes them.
    """
    way = {
        (line.student, lesson): choice.channel
        for line in lines
        for lesson, choice in zip(line.lessons, line.choices, strict=True)
    }
    return frozenset(
        (student, lesson)
        for (student, lesson), is_over in handed.items()
        if is_over
        or way.get((student, lesson)) not in _PROMISES
        or way[student, lesson] not in changes.closes(problem, student, lesson)
    )


def _problem(
    read: _Read,
    channels: Mapping[str, Channel],
    settings: Settings,
    now: datetime,
    changes: Changes,
) -> PlanProblem:
    version = read.newest.version + 1
    if read.inputs:
        problem = problem_of(read.inputs, channels, settings, now, version)
    else:
        deadlines = deadlines_of(read.base.week, settings.print_cutoff, settings.zone, now)
        refuse_the_past(read.base.week, deadlines)
        problem = at_moment(read.before.problem, deadlines, version)
    before = read.before
    handed = left_for_good(read.handed, before.problem, before.students, changes)
    found = with_standing(before, changed_problem(problem, changes), handed)
    return _with_tries_that_left(before, found, read.handed)


def _with_tries_that_left(
    before: Before, now: PlanProblem, handed: Mapping[tuple[int, int], bool]
) -> PlanProblem:
    """Let lessons stand without a way whose earlier try left after a plan had none for them.

    Such a plan called nothing off. Another way now would bring the lesson twice.
    """
    left = {
        (line.student, lesson): choice
        for line in before.students
        for lesson, choice in zip(line.lessons, line.choices, strict=True)
        if choice.channel is None
        and (line.student, lesson) in handed
        and (line.student, lesson) in now.options
    }
    return replace(
        now,
        standing={**now.standing, **left},
        on_its_way=now.on_its_way | left.keys(),
        overrides={place: one for place, one in now.overrides.items() if place not in left},
    )


def _refuse_others(connection: Connection, read: _Read) -> None:
    """Refuse when somebody planned, published or edited meanwhile: the draft would be stale."""
    week = read.base.week
    newest, base = read_runs(connection, week)[0], run_in_force(connection, week)
    if (newest.id, base.id, base.state) != (read.newest.id, read.base.id, read.base.state):
        raise PlanTakenError(
            N_("Somebody else has just made or published a plan of week {week}."),
            N_("Nothing was saved. Look at it with: jetkiz plan show {week}, then repeat."),
            week=week,
        )
    if read.inputs and read_inputs(connection, week) != read.inputs:
        raise JetkizError(
            N_("Students, homes or lessons changed while week {week} was planned anew."),
            N_("Nothing was saved. Repeat."),
            week=week,
        )
    if read.base.state == RunState.PUBLISHED and on_its_way(connection, week) != read.handed:
        raise JetkizError(
            N_("Lessons of week {week} left while it was planned anew."),
            N_("Nothing was saved. Repeat."),
            week=week,
        )


def changed_weeks(before: Sequence[StudentPlan], after: Sequence[StudentPlan]) -> list[StudentPlan]:
    """Return, for each student whose lessons move, the lessons that do, with their new ways."""
    moved: dict[int, set[int]] = {}
    for one in moves(before, after):
        moved.setdefault(one.student, set()).add(one.lesson)
    return [only(line, moved[line.student]) for line in after if line.student in moved]


def only(line: StudentPlan, lessons: Collection[int]) -> StudentPlan:
    """Return some lessons of a student's week."""
    seconds: Sequence[str | None] = line.fallbacks or (None,) * len(line.lessons)
    rows: list[tuple[int, Choice, str | None]] = [
        row for row in zip(line.lessons, line.choices, seconds, strict=True) if row[0] in lessons
    ]
    found = replace(
        line,
        lessons=tuple(row[0] for row in rows),
        choices=tuple(row[1] for row in rows),
        fallbacks=tuple(row[2] for row in rows),
    )
    return found if any(found.fallbacks) else replace(found, fallbacks=())
