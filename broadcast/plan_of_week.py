"""What a kept week says as a problem and a plan, from which every format is written."""

from collections.abc import Mapping, Sequence
from datetime import date

from broadcast.model import Airing, Programme, TvChannel
from broadcast.plan.model import Plan, PlannedAiring, Solver
from broadcast.problem.model import Channel, Lesson, Medium, Meta, Problem, Stream


def plan_of_week(
    airings: Sequence[Airing],
    programmes: Mapping[int, Programme],
    channels: Sequence[TvChannel],
    revisions: Mapping[int, int],
) -> tuple[Problem, Plan]:
    """Return the channels, streams and lessons of a kept week, and its airings."""
    used = {one.lesson: programmes[one.lesson] for one in airings}
    streams = {_stream(one).id: _stream(one) for one in used.values()}
    meta = Meta("week", "UTC", min((one.day for one in used.values()), default=date.min), 7)
    problem = Problem(
        meta=meta,
        regions={},
        channels=tuple(map(_channel, channels)),
        streams=tuple(streams.values()),
        lessons=tuple(_lessons(airings, used)),
    )
    planned = tuple(
        _planned(one, used[one.lesson].code, revisions.get(one.id, 0)) for one in airings
    )
    return problem, Plan("week", max(revisions.values(), default=0), 0, "", Solver(), planned)


def _channel(one: TvChannel) -> Channel:
    medium = Medium(one.kind)
    languages = one.languages
    return Channel(one.key, one.name, medium, languages, (), one.zone, (), guide_id=one.xmltv_id)


def _stream(one: Programme) -> Stream:
    grades = "-".join(map(str, one.grades))
    return Stream(f"{one.language}-{grades}", one.language, one.grades, ())


def _lessons(airings: Sequence[Airing], used: Mapping[int, Programme]) -> list[Lesson]:
    """Number the lessons of a subject as they are aired."""
    seen: dict[tuple[str, str, int], int] = {}
    lessons = {}
    for airing in sorted(airings, key=lambda a: (a.start, a.channel)):
        one = used[airing.lesson]
        series = (one.language, one.subject, min(one.grades))
        if one.lesson not in lessons:
            seen[series] = seen.get(series, 0) + 1
            titles = {one.language: one.title}
            lessons[one.lesson] = Lesson(
                one.code, _stream(one).id, one.subject, seen[series], one.minutes, titles=titles
            )
    return list(lessons.values())


def _planned(one: Airing, code: str, revision: int) -> PlannedAiring:
    return PlannedAiring(
        id=str(one.id),
        lesson=code,
        channel=one.channel,
        start=one.start,
        minutes=one.minutes,
        kind=one.kind,
        status=one.status,
        sequence=revision,
    )
