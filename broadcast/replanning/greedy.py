"""Which lesson gets its new hour first, and what makes room when none is free.

The lesson with the fewest hours left goes first, but never before an earlier lesson of its subject.
"""

from collections import Counter
from collections.abc import Iterable

from broadcast.plan.model import AiringKind
from broadcast.replanning.draft import Draft
from broadcast.replanning.placing import MOVED, Need, Option, options, room, venues
from broadcast.replanning.week import Held, Week

LOOKED_AT = 3


def place_all(
    draft: Draft, needs: Iterable[Need], urgent: frozenset[str] = frozenset()
) -> list[Need]:
    """Give each lesson the best place that is left without moving first runs; return the rest.

    ``urgent`` airings choose before the others.
    """
    left = []
    for need in _in_order(draft.week, list(needs), urgent):
        found = options(draft.week, need, soft=True) or options(draft.week, need, soft=False)
        if found:
            draft.settle(need, found[0])
        else:
            left.append(need)
    return left


def _in_order(week: Week, needs: list[Need], urgent: frozenset[str]) -> list[Need]:
    places: Counter[tuple[str, str]] = Counter()
    ranks = {}
    for need in sorted(needs, key=lambda one: (one.lesson.seq, one.airing.start, one.airing.id)):
        subject = (need.lesson.stream, need.lesson.subject)
        waits = need.airing.id not in urgent
        ranks[need.airing.id] = (places[subject], waits, room(week, need), need.airing.id)
        places[subject] += 1
    return sorted(needs, key=lambda one: ranks[one.airing.id])


def eject_one(draft: Draft, need: Need) -> bool:
    """Place a lesson by moving one other first run; False when no single move helps."""
    week, best = draft.week, None
    for other in _others(week, need):
        week.take(other)
        found = options(week, need, soft=False)[:LOOKED_AT]
        for option in found:
            then = _room_for(week, need, option, other)
            if then and (best is None or option.cost + then.cost < best[0]):
                best = (option.cost + then.cost, option, other, then)
        week.put(other)
    if best is None:
        return False
    _, option, other, then = best
    week.take(other)
    draft.settle(need, option)
    draft.settle(_again(week, other), then)
    draft.cost += MOVED
    return True


def _others(week: Week, need: Need) -> list[Held]:
    """Return the first runs that may be in the way: in its hours, or next in its subject."""
    ground, lesson = week.ground, need.lesson
    near = {
        one.id
        for other in ground.subjects[lesson.stream, lesson.subject]
        for one in week.runs(other.id)
    }
    for venue in venues(week, need):
        first, last = week.bounds(lesson, venue.channel.id)
        row = week.on_channel[venue.channel.id]
        near |= {row[cell].id for cell in range(first, last) if cell in row}
    found = [week.held[one] for one in sorted(near)]
    return [one for one in found if not (one.is_kept or one.is_repeat or one.is_over)]


def _room_for(week: Week, need: Need, option: Option, other: Held) -> Option | None:
    """Return where another first run goes once the lesson stands where it would stand."""
    gone = [week.held[one] for one in option.dropped]
    for one in gone:
        week.take(one)
    kept = week.held.get(option.promoted)
    made = Held(need.airing, option.place)
    if not kept:
        week.put(made)
    found = options(week, _again(week, other), soft=False)
    if not kept:
        week.take(made)
    for one in gone:
        week.put(one)
    return next((one for one in found if not one.promoted), None)


def _again(week: Week, other: Held) -> Need:
    lesson = week.ground.lessons[other.airing.lesson]
    return Need(other.airing, lesson, is_first=other.airing.kind == AiringKind.FIRST)
