"""Whether students can follow: never two lessons at once, not too many a day, breaks kept.

What makes good a lesson that was lost does not count for the day, and no repeat counts for breaks:
nobody has to watch it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from broadcast.checker.model import Fault, FaultKind
from broadcast.checker.seen import Ground, Seen
from broadcast.plan.model import Plan
from broadcast.problem.model import Stream


def student_faults(ground: Ground, plan: Plan, airings: Sequence[Seen]) -> Iterator[Fault]:
    """Yield what students cannot follow."""
    ordered = sorted(airings, key=lambda one: (one.start, one.airing.id))
    yield from _parallel(ordered)
    runs = [one for one in ordered if one.is_run]
    for one in runs:
        if one.lesson.day not in {None, one.day} and not one.is_late:
            facts = {"lesson": one.lesson.id, "channel": one.channel.id, "time": one.time}
            yield Fault(FaultKind.OTHER_DAY, (one.airing.id,), facts)
    by_stream: dict[str, list[Seen]] = defaultdict(list)
    for one in runs:
        by_stream[one.stream.id].append(one)
    for stream in ground.problem.streams:
        own = by_stream[stream.id]
        yield from _days(ground, plan, stream, [one for one in own if not one.is_late])
        for region in stream.regions:
            yield from _breaks(stream, [one for one in own if region in one.heard])


def _parallel(ordered: Sequence[Seen]) -> Iterator[Fault]:
    """Yield lessons of the same students at once on two channels that both reach them."""
    on_air: list[Seen] = []
    for one in ordered:
        on_air = [other for other in on_air if other.end > one.start]
        for other in on_air:
            if _is_for_both(one, other):
                facts = {"time": one.time, "lesson": other.lesson.id, "other": one.lesson.id}
                where = {"channel": other.channel.id, "limit": one.channel.id}
                both = (other.airing.id, one.airing.id)
                yield Fault(FaultKind.PARALLEL, both, {**facts, **where})
        on_air.append(one)


def _is_for_both(one: Seen, other: Seen) -> bool:
    return (
        one.channel.id != other.channel.id
        and one.lesson.id != other.lesson.id
        and not one.heard.isdisjoint(other.heard)
        and (one.stream.id == other.stream.id or one.stream.shares_students(other.stream))
    )


def _days(ground: Ground, plan: Plan, stream: Stream, own: Sequence[Seen]) -> Iterator[Fault]:
    by_day: dict[int, dict[str, Seen]] = defaultdict(dict)
    for one in own:
        by_day[one.day].setdefault(one.lesson.id, one)
    for day, lessons in sorted(by_day.items()):
        about = {"stream": stream.id, "day": f"{ground.date(day):%Y-%m-%d}"}
        numbers = tuple(one.airing.id for one in lessons.values())
        if stream.per_day_max and len(lessons) > stream.per_day_max:
            counts = {"minutes": len(lessons), "limit": stream.per_day_max}
            yield Fault(FaultKind.TOO_MANY, numbers, {**about, **counts})
        if ground.problem.policy.one_a_day:
            yield from _subjects(about, list(lessons.values()))
    if stream.per_day_min and not plan.parent:
        yield from _floor(ground, plan, stream, {day: len(of) for day, of in by_day.items()})


def _subjects(about: dict[str, str], lessons: Sequence[Seen]) -> Iterator[Fault]:
    by_subject: dict[str, list[str]] = defaultdict(list)
    for one in lessons:
        by_subject[one.lesson.subject].append(one.airing.id)
    for subject, numbers in sorted(by_subject.items()):
        if len(numbers) > 1:
            counts = {"minutes": len(numbers), "limit": subject}
            yield Fault(FaultKind.ONE_A_DAY, tuple(numbers), {**about, **counts})


def _floor(ground: Ground, plan: Plan, stream: Stream, counts: dict[int, int]) -> Iterator[Fault]:
    """Yield days with too few lessons, where the week of the stream has enough for each day.

    Lessons without a place, or tied to a day, decide for themselves; so does a week that had to be
    planned again.
    """
    own = [one for one in ground.lessons.values() if one.stream == stream.id]
    fixed = {one.lesson for one in ground.problem.fixed}
    missing = {one.lesson for one in plan.unplaced}
    is_bound = any(one.day is not None or one.id in fixed | missing for one in own)
    days = _days_of(ground, stream)
    if is_bound or len(own) < stream.per_day_min * len(days):
        return
    for day in days:
        if counts.get(day, 0) < stream.per_day_min:
            about = {"stream": stream.id, "day": f"{ground.date(day):%Y-%m-%d}"}
            least = {"minutes": counts.get(day, 0), "limit": stream.per_day_min}
            yield Fault(FaultKind.TOO_FEW, (), {**about, **least})


def _days_of(ground: Ground, stream: Stream) -> list[int]:
    return sorted(
        {
            day
            for channel in ground.problem.channels
            if stream.language in channel.languages and stream.medium == channel.medium
            for hours in channel.windows
            for day in hours.days
        }
    )


def _breaks(stream: Stream, own: Sequence[Seen]) -> Iterator[Fault]:
    """Yield runs of lessons that are longer than the students of a stream can bear."""
    if not stream.max_run:
        return
    run: list[Seen] = []
    for one in [*own, None]:
        if run and (one is None or one.start - max(x.end for x in run) >= stream.break_min):
            minutes = max(x.end for x in run) - run[0].start
            if minutes > stream.max_run:
                numbers = tuple(x.airing.id for x in run)
                facts = {"minutes": minutes, "limit": stream.max_run}
                about = {"stream": stream.id, "time": run[0].time}
                yield Fault(FaultKind.LONG_RUN, numbers, {**about, **facts})
            run = []
        if one is not None:
            run.append(one)
