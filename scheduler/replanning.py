"""What of a plan stays when something has changed meanwhile: only what must change does.

A lesson keeps its way as long as that is possible, in time and worth no less than before. What is
on its way already stays in every case.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import numpy as np

from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.airing_values import channels_of_plan, prices_of
from scheduler.model import CapacityUse, Option, Plan, PlannedStudent, PlanProblem, SetAside
from scheduler.planner import plan_in_words, strangers_of
from scheduler.rules import channel_choice
from scheduler.rules.deadlines import Deadlines, too_late
from scheduler.solver.compiling import arrays_of, in_order
from scheduler.solver.price_search import Prices, look
from scheduler.solver.reasons import reasons_of
from scheduler.solver.replan import homes_of, part_of, plan_anew, use_of
from scheduler.solver.solving import finished
from scheduler.solver.standing import Standing
from scheduler.solver.week_arrays import Bools, Bytes, WeekArrays

REPLANS: Final = "replans"
"""Where the report of a re-plan says which plan it came from, and what had happened."""

AIR: Final = "broadcast"
AT_SCHOOL: Final = frozenset({"in_person", "duty_class"})
"""What cannot work while a school is closed: nobody fetches paper there, nobody sits there."""

_DOWN: Final = N_("this channel is down")
_CLOSED: Final = N_("the school is closed on this day")
_DROPPED: Final = N_("the airing of this lesson was dropped")
_LATE: Final = N_("it would come too late for this lesson")

_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened: channels that are down, schools closed from a day on, airings dropped."""

    down: frozenset[str] = frozenset()
    closed: Mapping[int, date] = field(default_factory=dict)
    dropped: frozenset[int] = frozenset()

    def __or__(self, other: "Changes") -> "Changes":
        """Join what happened earlier and later."""
        earliest = {
            school: min(day, other.closed.get(school, day)) for school, day in self.closed.items()
        }
        return Changes(
            self.down | other.down, {**other.closed, **earliest}, self.dropped | other.dropped
        )

    def to_report(self) -> dict[str, Any]:
        """Return plain values, for the report of a plan."""
        return {
            "down": sorted(self.down),
            "closed": {str(school): day.isoformat() for school, day in sorted(self.closed.items())},
            "dropped": sorted(self.dropped),
        }

    @classmethod
    def from_report(cls, said: Mapping[str, Any]) -> "Changes":
        """Read them back."""
        return cls(
            frozenset(said.get("down", ())),
            {int(n): date.fromisoformat(day) for n, day in said.get("closed", {}).items()},
            frozenset(said.get("dropped", ())),
        )

    def closes(self, problem: PlanProblem, student: int, lesson: int) -> dict[str, str]:
        """Return the channels that this keeps from a lesson, each with the test that fails."""
        found = dict.fromkeys(self.down, _DOWN)
        day = self.closed.get(problem.student[student].school)
        if day and problem.lessons[lesson].day >= day:
            found |= dict.fromkeys(AT_SCHOOL, _CLOSED)
        if lesson in self.dropped:
            found[AIR] = _DROPPED
        return found


def changed_problem(problem: PlanProblem, changes: Changes) -> PlanProblem:
    """Return the problem after something happened; decisions on closed ways are set aside."""
    known: dict[tuple[int, tuple[tuple[str, str], ...]], tuple[Option, ...]] = {}
    options = {}
    for (student, lesson), answer in problem.options.items():
        closing = changes.closes(problem, student, lesson)
        key = (id(answer), tuple(sorted(closing.items())))
        if key not in known:
            known[key] = tuple(_closed(one, closing) for one in answer) if closing else answer
        options[student, lesson] = known[key]
    return _with_sound_decisions(replace(problem, options=options))


def _closed(one: Option, closing: Mapping[str, str]) -> Option:
    if not one.possible or one.channel not in closing:
        return one
    return Option(one.channel, possible=False, test=closing[one.channel])


def at_moment(problem: PlanProblem, deadlines: Deadlines, version: int) -> PlanProblem:
    """Return a kept problem as it stands later in time: more has become too late."""
    dated = [(one.id, one.day, one.due) for one in problem.lessons.values()]
    channels = {
        name: replace(
            one,
            too_late=too_late(deadlines, dated, is_paper=one.is_paper, lead_days=one.lead_days),
        )
        for name, one in problem.channels.items()
    }
    later = replace(
        problem, version=version, channels=channels, standing={}, on_its_way=frozenset()
    )
    return _with_sound_decisions(later)


def _with_sound_decisions(problem: PlanProblem) -> PlanProblem:
    kept, aside = {}, list(problem.set_aside)
    for (student, lesson), one in problem.overrides.items():
        option = _option(problem, (student, lesson), one.channel)
        if option is None or not option.possible:
            aside.append(SetAside(one, lesson, option.test if option else _LATE))
        elif lesson in problem.channels[one.channel].too_late:
            aside.append(SetAside(one, lesson, _LATE))
        else:
            kept[student, lesson] = one
    return replace(problem, overrides=kept, set_aside=tuple(aside))


def _option(problem: PlanProblem, place: _Place, channel: str | None) -> Option | None:
    return next((one for one in problem.options.get(place, ()) if one.channel == channel), None)


def as_replanned(
    problem: PlanProblem, said: Mapping[str, Any], kept: PlanProblem | None
) -> PlanProblem:
    """Return inputs that were read anew as a re-plan took them, from what its report says."""
    if not said:
        return problem
    problem = changed_problem(problem, Changes.from_report(said))
    if kept is None:
        return problem
    fixed = {place: kept.options[place] for place in kept.on_its_way}
    decisions = {
        place: one for place, one in problem.overrides.items() if place not in kept.on_its_way
    }
    return replace(
        problem,
        options={**problem.options, **fixed},
        overrides=decisions,
        standing=kept.standing,
        on_its_way=kept.on_its_way,
    )


@dataclass(frozen=True, slots=True)
class Before:
    """The plan that stands: what it was made of, its lines, and what it said of its limits."""

    problem: PlanProblem
    students: Sequence[StudentPlan]
    use: Sequence[CapacityUse]


def with_standing(before: Before, now: PlanProblem, handed: Collection[_Place]) -> PlanProblem:
    """Return today's problem with all that stays as it is: what is ``handed`` over, and more."""
    standing: dict[_Place, Choice] = {}
    on_its_way: set[_Place] = set()
    options = dict(now.options)
    for line in before.students:
        person = now.student.get(line.student)
        if person is None:
            continue
        for lesson, choice in zip(line.lessons, line.choices, strict=True):
            place = (line.student, lesson)
            if lesson not in person.curriculum:
                continue
            if place in handed and choice.channel:
                # As it was when it left: what became of the home since does not call it back.
                options[place] = before.problem.options[place]
                standing[place] = choice
                on_its_way.add(place)
                continue
            stays = _stays(before.problem, now, person, lesson, choice)
            if stays:
                standing[place] = stays
    overrides = {place: one for place, one in now.overrides.items() if place not in on_its_way}
    return replace(
        now,
        options=options,
        overrides=overrides,
        standing=standing,
        on_its_way=frozenset(on_its_way),
    )


def _stays(
    before: PlanProblem, now: PlanProblem, person: PlannedStudent, lesson: int, choice: Choice
) -> Choice | None:
    """Return what stays of a choice, perhaps for another reason; None to choose anew."""
    place = (person.id, lesson)
    was = before.student[person.id]
    decision, had = now.overrides.get(place), before.overrides.get(place)
    is_same = was == person and before.lessons[lesson] == now.lessons[lesson]
    is_same &= before.options[place] == now.options[place]
    is_same &= (decision and decision.channel) == (had and had.channel)
    if choice.channel is None:
        return choice if is_same else None
    if decision and decision.channel != choice.channel:
        return None
    if choice.channel not in now.channels or lesson in now.channels[choice.channel].too_late:
        return None
    if not is_same and (_has_less_room(was, person) or _is_worth_less(before, now, place, choice)):
        return None
    if is_same:
        return choice
    return Choice(choice.channel, ChoiceReason.TEACHER if decision else ChoiceReason.STANDS)


def _has_less_room(was: PlannedStudent, person: PlannedStudent) -> bool:
    limits = ("videos", "phone_lessons", "tv_lessons")
    return any(getattr(was, name) != getattr(person, name) for name in limits)


def _is_worth_less(before: PlanProblem, now: PlanProblem, place: _Place, choice: Choice) -> bool:
    worth = []
    for problem in (before, now):
        option = _option(problem, place, choice.channel)
        if option is None or not option.possible:
            return True
        about = problem.lessons[place[1]]
        worth.append(
            channel_choice.worth(
                about.weight, about.kind, option.channel, option.likelihood, about.has_task
            )
        )
    return worth[1] < worth[0]


def make_replan(before: Before, now: PlanProblem) -> Plan:
    """Plan what does not stand in ``now``, see ``with_standing``; everything else keeps its way."""
    week = arrays_of(now)
    price = prices_of(week, before.use)
    stood, free = _stood(now, week)
    rows = homes_of(week, np.asarray(free.any(axis=1)))
    kept = np.setdiff1d(np.arange(week.students.count), rows)
    others = use_of(part_of(week, kept, stood[kept], free[kept]), stood[kept])
    anew = plan_anew(part_of(week, rows, stood[rows], free[rows]), price, others)
    if not anew.fits:
        raise JetkizError(
            N_("What stands in the plan needs more than there is now."),
            N_("Raise the limit, or make a new plan with: jetkiz plan make {week}."),
            week=now.week,
        )
    channel = stood.copy()
    channel[rows] = anew.channel
    # Decided by hand, standing or free: open to whoever has it, in time or not.
    whole = part_of(week, np.arange(week.students.count), channel, free)
    bound = float(look(whole, price).most.sum() + (price * week.pools.amount).sum())
    solution = finished(Standing.of(whole, channel), Prices(price, bound, 1))
    found = reasons_of(Standing.of(week, channel), strangers_of(now, week))
    for row, slot, choice in _standing_slots(now):
        found[row, slot] = choice.reason
    return plan_in_words(now, solution, found, before.students)


def _standing_slots(now: PlanProblem) -> Iterator[tuple[int, int, Choice]]:
    for row, one in enumerate(in_order(now.students)):
        for slot, lesson in enumerate(one.curriculum):
            choice = now.standing.get((one.id, lesson))
            if choice:
                yield row, slot, choice


def _stood(now: PlanProblem, week: WeekArrays) -> tuple[Bytes, Bools]:
    """Return the channels that stand [N, W], and which slots are free."""
    lines = [
        StudentPlan(
            one.id,
            one.curriculum,
            tuple(now.standing.get((one.id, lesson), _NOTHING_YET) for lesson in one.curriculum),
        )
        for one in now.students
    ]
    stood = channels_of_plan(now, week, lines)
    free = np.zeros(stood.shape, dtype=np.bool_)
    for row, one in enumerate(in_order(now.students)):
        for slot, lesson in enumerate(one.curriculum):
            free[row, slot] = (one.id, lesson) not in now.standing
    return stood, free


_NOTHING_YET: Final = Choice(None, ChoiceReason.NO_CHANNEL_FITS)
