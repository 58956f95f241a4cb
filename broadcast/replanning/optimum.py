"""The repair with the fewest changes, where OR-Tools is installed: proposed, never believed.

It may also move the later lessons of the subjects that lost one; if that does not place all, the
later lessons of their streams. Its answer is worked out again here, held against the checker, and
taken only when it costs families less than the repair that was there at once.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import Any, Final

from broadcast.checker.checking import faults
from broadcast.plan.model import AiringKind, Plan
from broadcast.problem.model import GRID, Problem
from broadcast.replanning.changes import burden
from broadcast.replanning.conditions import Groups, borders, broken_by, hours, limits
from broadcast.replanning.draft import Draft
from broadcast.replanning.events import Event
from broadcast.replanning.placing import MOVED, REPEAT, Need, Option, options
from broadcast.replanning.repairing import Begun, Repaired, begin, finish, repair
from broadcast.replanning.week import Held, Place, Week
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.limited_process import CrashedError, LimitedProcess, Limits, TooCostlyError

ANSWERS: Final = "broadcast.replanning.optimum_child:answered"
OPTIMUM: Final = "optimum"
NO_HOUR: Final = 10_000.0
"""What a lesson without an hour costs: more than all the moves that may give it one."""
NEAREST: Final = 40
AN_HOUR: Final = 60 // GRID
MEGABYTES: Final = 4_000
PATIENCE: Final = 4
"""The search counts its own steps as seconds; a slow machine gets this many times as long."""


@dataclass(frozen=True, slots=True)
class Movable:
    """A lesson with the places it may take; ``held`` stands somewhere and may stay there."""

    need: Need
    options: tuple[Option, ...]
    held: Held | None = None
    begins: int = -1
    """Which of its places it has in the repair that was there at once."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The repair that was there at once, and a better one if the search found it."""

    at_once: Repaired
    better: Repaired | None

    @property
    def chosen(self) -> Repaired:
        """The one to publish."""
        return self.better or self.at_once


def fewest_changes(
    problem: Problem, plan: Plan, event: Event, now: datetime, seconds: int
) -> Compared:
    """Return both repairs of an event; each of two searches takes about ``seconds``.

    The second is left out when the first leaves no lesson without an hour. The same event and
    seconds give the same answer. Raises ``JetkizError`` when OR-Tools is
    missing, or when its process is lost: the repair at once is there without it.
    """
    _refuse_missing()
    at_once = repair(problem, plan, event, now)
    if at_once.plan is plan:
        return Compared(at_once, None)
    begun = begin(problem, plan, event, now)
    better: Repaired | None = None
    limits = Limits(seconds=PATIENCE * seconds + 10, megabytes=MEGABYTES)
    with LimitedProcess(ANSWERS, limits) as process:
        for is_wide in (False, True):
            best = better or at_once
            found = _searched(begun, best, process, seconds, is_wide=is_wide)
            if found and burden(found.changes) < burden(best.changes):
                better = found
            if not (better or at_once).unplaced:
                break
    return Compared(at_once, better)


def _refuse_missing() -> None:
    if find_spec("ortools") is None:
        raise JetkizError(
            N_("The fewest changes need OR-Tools, which is not installed."),
            N_("Install it with: pip install 'jetkiz[optimum]'. The repair at once needs nothing."),
        )


def _searched(
    begun: Begun, best: Repaired, process: LimitedProcess, seconds: int, *, is_wide: bool
) -> Repaired | None:
    first = begun.draft()
    runs, repeats = begun.needs(first)
    movable = _movable(first.week, runs, best, is_wide=is_wide)
    question = json.dumps(asked(first.week, movable, seconds)).encode()
    try:
        chosen: list[int] = json.loads(process.ask(question))
    except (TooCostlyError, CrashedError) as error:
        raise JetkizError(
            N_("No better repair was found: OR-Tools needs more memory or time than there is."),
            N_("The repair that was there at once holds."),
        ) from error
    if not is_answer(chosen, movable):
        return None
    draft = settled(begun, movable, chosen)
    draft.given_up += repeats
    draft.place_repeats()
    found = finish(begun, draft, OPTIMUM)
    known = {(one.kind, one.airings) for one in faults(begun.problem, begun.plan)}
    broken = (one for one in faults(found.problem, found.plan))
    return None if any((one.kind, one.airings) not in known for one in broken) else found


def is_answer(chosen: list[int], movable: list[Movable]) -> bool:
    """Return False when the search found nothing, or names places that nobody offered."""
    return len(chosen) == len(movable) and all(
        -1 <= index < len(one.options) for one, index in zip(movable, chosen, strict=True)
    )


def _movable(week: Week, runs: list[Need], best: Repaired, *, is_wide: bool) -> list[Movable]:
    """Return the lessons that lost their hour and those that may make room, with their places."""
    others = [
        one
        for one in _later(week, runs, is_wide=is_wide)
        if not (one.is_kept or one.is_over or one.is_repeat)
    ]
    for one in others:
        week.take(one)
    found = []
    for need, held in [(need, None) for need in runs] + [
        (need_of(week, one), one) for one in others
    ]:
        place = _place_in(week, best, need)
        places = _looked_at(options(week, need, soft=False), place)
        if held:
            places = [one for one in places if one.place != held.place]
            if not broken_by(week, need.lesson, held.place):
                places.insert(0, Option(0.0, held.place))
        begins = next((index for index, one in enumerate(places) if one.place == place), -1)
        found.append(Movable(need, tuple(places), held, begins))
    return found


def need_of(week: Week, one: Held) -> Need:
    lesson = week.ground.lessons[one.airing.lesson]
    return Need(one.airing, lesson, is_first=one.airing.kind == AiringKind.FIRST)


def _place_in(week: Week, best: Repaired, need: Need) -> Place | None:
    """Return where a repair has put a lesson."""
    for one in best.plan.airings:
        if need.airing.id in {one.id, one.supersedes} and one.stands:
            return week.place_of(one)
    return None


def _looked_at(found: list[Option], place: Place | None) -> list[Option]:
    """Return the nearest places and the best of each hour: near ones alone crowd each other."""
    kept: list[Option] = []
    hours = set()
    for one in found:
        hour = (one.place.channel, one.place.cell // AN_HOUR)
        if one.promoted or (len(kept) >= NEAREST and hour in hours and one.place != place):
            continue
        hours.add(hour)
        kept.append(one)
    return kept


def _later(week: Week, runs: Iterable[Need], *, is_wide: bool) -> list[Held]:
    lost: dict[tuple[str, str], int] = {}
    for need in runs:
        subject = (need.lesson.stream, "" if is_wide else need.lesson.subject)
        start = week.place_of(need.airing).cell
        lost[subject] = min(start, lost.get(subject, start))
    found = []
    for one in week.held.values():
        lesson = week.ground.lessons[one.airing.lesson]
        first = lost.get((lesson.stream, "" if is_wide else lesson.subject))
        if first is not None and one.place.cell >= first:
            found.append(one)
    return sorted(found, key=lambda one: one.id)


def asked(week: Week, movable: list[Movable], seconds: int) -> dict[str, Any]:
    """Return the question: places with costs, what can be taken once, what repeats are lost."""
    once: dict[tuple[Any, ...], list[tuple[int, int]]] = defaultdict(list)
    most: dict[tuple[Any, ...], Groups] = defaultdict(lambda: defaultdict(list))
    repeats: dict[str, list[tuple[int, int]]] = defaultdict(list)
    lessons = []
    for number, one in enumerate(movable):
        for index, option in enumerate(one.options):
            for claim in _claims(week, one, option):
                once[claim].append((number, index))
            for claim in _of_day(week, one, option):
                most[claim][one.need.lesson.id].append((number, index))
            for repeat in option.dropped:
                repeats[repeat].append((number, index))
        costs = [_own_cost(one, option) for option in one.options]
        spans = [(option.place.cell, option.place.end) for option in one.options]
        lessons.append({"costs": costs, "spans": spans, "begins": one.begins})
    offered = [(one.need.lesson.id, [option.place for option in one.options]) for one in movable]
    meant = week.ground.meant
    return {
        "seconds": seconds,
        "no_hour": NO_HOUR,
        "repeat": REPEAT,
        "lessons": lessons,
        "once": [one for one in once.values() if len({number for number, _ in one}) > 1],
        "limits": [
            *((claim[-1], list(groups.values())) for claim, groups in most.items()),
            *(
                (left, list(groups.values()))
                for one in meant
                for left, groups in limits(week, one, offered)
            ),
        ],
        "borders": [one for asked in meant for one in borders(week.ground, asked, offered)],
        "hours": [found for asked in meant if (found := hours(week.ground, asked, offered))],
        "least": [],
        "never": [],
        "repeats": list(repeats.values()),
        "order": _order(movable),
    }


def _own_cost(one: Movable, option: Option) -> float:
    """Return what a place costs by itself; repeats are counted once, whoever drops them."""
    stays = one.held is not None and option.place == one.held.place
    own = option.cost - REPEAT * len(option.dropped)
    return 0.0 if stays else own + (MOVED if one.held else 0.0)


def _claims(week: Week, one: Movable, option: Option) -> Iterator[tuple[Any, ...]]:
    """Yield what only one lesson can have: cells of a channel, and of students in a region."""
    place, ground, stream = option.place, week.ground, one.need.lesson.stream
    for cell in range(place.cell, place.end + ground.shape(place.channel).gap):
        yield "air", place.channel, cell
    pairs = [tuple(sorted((stream, other))) for other in ground.sharing(stream)]
    for region in sorted(ground.audience(stream, place.channel)):
        for pair in pairs:
            for cell in range(place.cell, place.end):
                yield "students", *pair, region, cell


def _of_day(week: Week, one: Movable, option: Option) -> Iterator[tuple[Any, ...]]:
    """Yield the days that a first run fills; what makes good a lost lesson fills none."""
    if not one.need.is_first:
        return
    ground, lesson = week.ground, one.need.lesson
    shape, stream = ground.shape(option.place.channel), ground.streams[lesson.stream]
    day = shape.day(option.place.cell)
    if ground.problem.policy.one_a_day:
        yield "subject", stream.id, lesson.subject, day, 1
    if stream.per_day_max:
        mask = shape.day_mask(option.place.cell)
        there = week.lessons_in(lesson, option.place.channel, mask)
        yield "day", stream.id, day, max(0, stream.per_day_max - there)


def _order(movable: list[Movable]) -> list[tuple[int, int]]:
    subjects: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for number, one in enumerate(movable):
        lesson = one.need.lesson
        subjects[lesson.stream, lesson.subject].append((lesson.seq, number))
    return [
        (before, after)
        for ones in subjects.values()
        for seq, before in ones
        for other, after in ones
        if seq < other
    ]


def settled(begun: Begun, movable: list[Movable], chosen: list[int]) -> Draft:
    """Return the chosen places as a draft."""
    draft = begun.draft()
    week = draft.week
    for one in movable:
        if one.held:
            week.take(one.held)
    pairs = list(zip(movable, chosen, strict=True))
    for one, index in pairs:
        if index < 0:
            continue
        option = one.options[index]
        if one.held and option.place == one.held.place:
            week.put(one.held)
            continue
        standing = tuple(number for number in option.dropped if number in week.held)
        draft.settle(one.need, Option(option.cost, option.place, standing))
    for one, index in pairs:
        if index < 0:
            draft.fail(one.need)
    return draft
