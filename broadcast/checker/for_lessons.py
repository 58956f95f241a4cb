"""Whether each lesson has what it was promised: a first run in each region, order, useful repeats.

A repeat is of use after the first run is over and before the next lesson of the subject begins, in
every region that hears it. A make-up stands in the order like a first run; only what has been aired
already cannot wait for it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product

from broadcast.checker.model import Fault, FaultKind
from broadcast.checker.seen import Ground, Seen, moment, said
from broadcast.plan.model import AiringKind, AiringStatus, Plan

Runs = Mapping[str, Sequence[Seen]]


def lesson_faults(
    ground: Ground, plan: Plan, airings: Sequence[Seen], missed: Sequence[Seen]
) -> Iterator[Fault]:
    """Yield what lessons lack; ``missed`` were lost on the day, and the ledger knows of them."""
    runs: dict[str, list[Seen]] = defaultdict(list)
    for one in airings:
        if one.is_run:
            runs[one.lesson.id].append(one)
    known = [one for one in missed if one.is_run]
    yield from _answers(ground, plan, runs, {one.lesson.id for one in known})
    yield from _coverage(ground, runs, known)
    series = _series(ground, runs)
    yield from _order(series, runs)
    yield from _repeats(airings, series, runs, known)
    yield from _quota(ground, airings)
    yield from _fixed(ground, plan)


def _answers(ground: Ground, plan: Plan, runs: Runs, known: set[str]) -> Iterator[Fault]:
    unplaced = {one.lesson for one in plan.unplaced}
    for one in plan.unplaced:
        if one.lesson not in ground.lessons:
            yield Fault(FaultKind.UNKNOWN_UNPLACED, (), {"lesson": one.lesson})
        elif not one.reason:
            yield Fault(FaultKind.NO_REASON, (), {"lesson": one.lesson})
    for lesson in ground.lessons:
        if lesson in unplaced and runs.get(lesson):
            numbers = tuple(one.airing.id for one in runs[lesson])
            yield Fault(FaultKind.BOTH, numbers, {"lesson": lesson})
        if lesson not in unplaced | known and not runs.get(lesson):
            yield Fault(FaultKind.UNANSWERED, (), {"lesson": lesson})


def _coverage(ground: Ground, runs: Runs, known: Sequence[Seen]) -> Iterator[Fault]:
    for name, found in sorted(runs.items()):
        stream = ground.streams[ground.lessons[name].stream]
        heard = [*found, *(one for one in known if one.lesson.id == name)]
        missing = sorted(set(stream.regions).difference(*(one.heard for one in heard)))
        numbers = tuple(one.airing.id for one in found)
        if missing:
            facts = {"lesson": name, "limit": ", ".join(missing)}
            yield Fault(FaultKind.UNCOVERED, numbers, facts)
        firsts = [one for one in found if one.airing.kind == AiringKind.FIRST]
        if any(
            one is not other and one.heard <= other.heard and one.heard
            for one in firsts
            for other in firsts
        ):
            yield Fault(FaultKind.DOUBLE_FIRST, numbers, {"lesson": name})


def _series(ground: Ground, runs: Runs) -> list[list[list[str]]]:
    """Return for each subject of each stream its lessons that have runs, those of one seq together.

    The checker reads the order from ``seq`` alone, whatever order the lessons are listed in.
    """
    subjects: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for lesson in ground.lessons.values():
        if runs.get(lesson.id):
            subjects[lesson.stream, lesson.subject][lesson.seq].append(lesson.id)
    return [[of[seq] for seq in sorted(of)] for of in subjects.values()]


def _order(series: Sequence[Sequence[Sequence[str]]], runs: Runs) -> Iterator[Fault]:
    for lessons in series:
        for place, before in enumerate(lessons):
            earlier = [one for name in before for one in runs[name]]
            for after in lessons[place + 1 :]:
                later = [one for name in after for one in runs[name]]
                for one, two in product(earlier, later):
                    if _is_disordered(one, two):
                        facts = {"lesson": one.lesson.id, "other": two.lesson.id}
                        numbers = (one.airing.id, two.airing.id)
                        yield Fault(FaultKind.ORDER, numbers, {**facts, "time": two.time})
                if not all(two.is_over for two in later):
                    break


def _is_disordered(before: Seen, after: Seen) -> bool:
    if before.heard.isdisjoint(after.heard) or before.end <= after.start:
        return False
    return not (before.airing.kind == AiringKind.MAKEUP and after.is_over)


def _repeats(
    airings: Sequence[Seen],
    series: Sequence[Sequence[Sequence[str]]],
    runs: Runs,
    known: Sequence[Seen],
) -> Iterator[Fault]:
    following = {
        name: after for lessons in series for one, after in pairwise(lessons) for name in one
    }
    lost: dict[str, list[Seen]] = defaultdict(list)
    for one in known:
        lost[one.lesson.id].append(one)
    for one in airings:
        if one.is_run:
            continue
        name = one.lesson.id
        about = {"lesson": name, "channel": one.channel.id, "time": one.time}
        if not _is_after(one, [*runs.get(name, ()), *lost[name]]):
            yield Fault(FaultKind.REPEAT_EARLY, (one.airing.id,), about)
        late = [
            two
            for other in following.get(name, ())
            for two in runs[other]
            if not one.heard.isdisjoint(two.heard) and one.end > two.start
        ]
        if late:
            facts = {**about, "other": late[0].lesson.id}
            yield Fault(FaultKind.REPEAT_LATE, (one.airing.id,), facts)


def _is_after(repeat: Seen, firsts: Sequence[Seen]) -> bool:
    """True when the first run is over in every region that hears the repeat."""
    return bool(firsts) and all(
        any(one.end <= repeat.start for one in firsts if region in one.heard)
        for region in repeat.heard
    )


def _quota(ground: Ground, airings: Sequence[Seen]) -> Iterator[Fault]:
    quota = ground.problem.policy.repeat_quota
    agreed = sum(one.is_repeat for one in ground.problem.fixed)
    found = tuple(one.airing.id for one in airings if not one.is_run)
    if 0 <= quota < len(found) - agreed:
        facts = {"minutes": len(found), "limit": quota}
        yield Fault(FaultKind.QUOTA, found, facts)


def _fixed(ground: Ground, plan: Plan) -> Iterator[Fault]:
    """Yield what was agreed and does not stand where it was agreed."""
    lost = {AiringStatus.MOVED, AiringStatus.CANCELLED}
    kept = {
        (one.lesson, one.channel, one.start.timestamp() // 60, one.kind == AiringKind.REPEAT)
        for one in plan.airings
        if one.status not in lost and one.start.utcoffset() is not None
    }
    for fixed in ground.problem.fixed:
        channel = ground.channels.get(fixed.channel)
        if channel is None:
            facts = {"lesson": fixed.lesson, "channel": fixed.channel}
            yield Fault(FaultKind.FIXED, (), {**facts, "time": f"{ground.date(fixed.day)}"})
            continue
        start = ground.at(channel, fixed.day, fixed.start)
        if (fixed.lesson, fixed.channel, start, fixed.is_repeat) not in kept:
            facts = {"lesson": fixed.lesson, "channel": fixed.channel}
            time = said(moment(start), channel.zone)
            yield Fault(FaultKind.FIXED, (), {**facts, "time": time})
