"""For which lessons no order of placing would have helped: they share fewer places than they are.

Each lost lesson is matched with one start of its own, as if nothing but what stands bound it. What
cannot be matched even so has no place, and the lessons that compete with it can be counted.
"""

from collections.abc import Iterable

from broadcast.replanning.cells import bits
from broadcast.replanning.placing import Need, starts, venues
from broadcast.replanning.week import Week

Start = tuple[str, int]


def too_many(week: Week, needs: Iterable[Need]) -> dict[str, tuple[int, int]]:
    """Return, by airing, how many lessons share how few starts; nothing where all could have one.

    A lesson without any start competes with nobody and is left out.

    ``week`` is without the lost airings; repeats count as free.
    """
    wanted = {need.airing.id: _starts(week, need) for need in needs}
    held: dict[Start, str] = {}
    short: set[str] = set()
    for key in sorted(wanted, key=lambda key: (len(wanted[key]), key)):
        if wanted[key]:
            short |= _seat(key, wanted, held)
    few = {start for key in short for start in wanted[key]}
    return dict.fromkeys(short, (len(short), len(few)))


def _starts(week: Week, need: Need) -> list[Start]:
    """Return every start; repeats of its own about to begin may stay and take its place."""
    free = [
        (venue.channel.id, cell)
        for venue in venues(week, need)
        for cell in bits(starts(week, need, venue, soft=False))
    ]
    own = [(one.place.channel, one.place.cell) for one in week.repeats(need.lesson.id)]
    return sorted({*free, *own})


def _seat(key: str, wanted: dict[str, list[Start]], held: dict[Start, str]) -> set[str]:
    """Give a lesson a start, and others another; return all that compete when there is none."""
    came: dict[Start, str] = {}
    queue, met = [key], {key}
    for one in queue:
        for start in wanted[one]:
            if start in came:
                continue
            came[start] = one
            if start not in held:
                _shift(start, came, held)
                return set()
            queue.append(held[start])
            met.add(held[start])
    return met


def _shift(start: Start, came: dict[Start, str], held: dict[Start, str]) -> None:
    """Let each on the way take the start that it found, and leave its own to who asked."""
    before = {who: own for own, who in held.items()}
    while True:
        who = came[start]
        left = before.get(who)
        held[start] = who
        if left is None:
            return
        start = left
