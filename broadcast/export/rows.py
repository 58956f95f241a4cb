"""What one line of an exported timetable says; every format is made from these lines."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from broadcast.plan.model import AiringKind, Plan, PlannedAiring
from broadcast.problem.model import Channel, Lesson, Problem, Stream
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

GUIDE_ID: Final = re.compile(r"[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+")
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Showing:
    """Another airing of the same lesson; ``start`` is local to its channel."""

    start: datetime
    channel: Channel
    guide_id: str


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One airing with all that a broadcaster or a family has to know; times are local.

    ``earlier`` is when the lesson was last shown before, ``again`` what homes that see this airing
    can see of it later.
    """

    airing: PlannedAiring
    channel: Channel
    guide_id: str
    stream: Stream
    lesson: Lesson
    start: datetime
    end: datetime
    title: str
    earlier: Showing | None = None
    again: tuple[Showing, ...] = ()

    @property
    def language(self) -> str:
        """The language that is spoken."""
        return self.stream.language

    @property
    def grades(self) -> str:
        """The grades as "1-4", "9" or "1, 3"."""
        return grade_words(self.stream.grades)

    @property
    def house_number(self) -> str:
        """What the file is called over there; without a name of its own, as the lesson is."""
        return printable(self.lesson.asset) or self.lesson.id

    @property
    def is_repeat(self) -> bool:
        """True when a home saw it before; instead of a run that nobody saw it is new."""
        if self.airing.kind is AiringKind.MAKEUP:
            return self.earlier is not None and seen_together(self.channel, self.earlier.channel)
        return self.airing.kind is AiringKind.REPEAT


def export_rows(problem: Problem, plan: Plan) -> list[ExportRow]:
    """Return a line for each airing that stands, by start, end and the channel's id in guides."""
    return _rows(problem, [one for one in plan.airings if one.stands], plan.airings)


def withdrawn_rows(problem: Problem, plan: Plan) -> list[ExportRow]:
    """Return a line for each airing that was announced and does not stand, in the same order."""
    return _rows(problem, [one for one in plan.airings if not one.stands], plan.airings)


def _rows(
    problem: Problem, wanted: Iterable[PlannedAiring], airings: Sequence[PlannedAiring]
) -> list[ExportRow]:
    channels = {one.id: one for one in problem.channels}
    guide_ids = guide_ids_of(problem.channels)
    streams = {one.id: one for one in problem.streams}
    lessons = {one.id: one for one in problem.lessons}
    shown: dict[str, list[Showing]] = defaultdict(list)
    for one in sorted(airings, key=lambda a: (a.start, a.channel, a.id)):
        if one.stands:
            shown[one.lesson].append(_showing(one, channels[one.channel], guide_ids))
    rows = []
    for one in wanted:
        channel, lesson = channels[one.channel], lessons[one.lesson]
        own, others = _showing(one, channel, guide_ids), shown[one.lesson]
        rows.append(
            ExportRow(
                airing=one,
                channel=channel,
                guide_id=own.guide_id,
                stream=streams[lesson.stream],
                lesson=lesson,
                start=own.start,
                end=_local(one.end, channel),
                title=title_of(lesson, streams[lesson.stream].language),
                earlier=_earlier(own, others),
                again=_again(own, others, stands=one.stands),
            )
        )
    return sorted(rows, key=lambda row: (row.start, row.end, row.guide_id, row.airing.id))


def _showing(one: PlannedAiring, channel: Channel, guide_ids: Mapping[str, str]) -> Showing:
    return Showing(_local(one.start, channel), channel, guide_ids[channel.id])


def _local(moment: datetime, channel: Channel) -> datetime:
    """Hours of one zone would be compared by their clocks: one that a change repeats comes late."""
    local = moment.astimezone(_zone(channel.zone))
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def by_clock(row: ExportRow, zone: ZoneInfo) -> ExportRow:
    """Return an airing and its repeats with hours as the clocks of a zone show them."""
    again = tuple(replace(one, start=one.start.astimezone(zone)) for one in row.again)
    return replace(row, start=row.start.astimezone(zone), end=row.end.astimezone(zone), again=again)


def _earlier(own: Showing, others: Sequence[Showing]) -> Showing | None:
    """What a guide means by a repeat is on its own channel first, elsewhere if not."""
    before = [one for one in others if one.start < own.start]
    here = [one for one in before if one.channel.id == own.channel.id]
    return max(here or before, key=lambda one: one.start, default=None)


def _again(own: Showing, others: Sequence[Showing], *, stands: bool) -> tuple[Showing, ...]:
    """What was withdrawn may have been moved to an earlier hour, too."""
    return tuple(
        one
        for one in others
        if (one.start > own.start or not stands) and seen_together(own.channel, one.channel)
    )


def seen_together(one: Channel, other: Channel) -> bool:
    """Return whether some home receives both; a channel without regions is received everywhere."""
    if not one.regions or not other.regions:
        return True
    return not set(one.regions).isdisjoint(other.regions)


def title_of(lesson: Lesson, language: str) -> str:
    """Return a lesson's title in a language, or in the one there is, on one line."""
    known: Mapping[str, str] = lesson.titles
    for text in (known.get(language, ""), *(known[key] for key in sorted(known)), lesson.id):
        if said := printable(text):
            return said
    return "-"


def printable(text: str) -> str:
    """Take out signs that control a printer of old: no format allows them, they spoil a file."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def grade_words(grades: Sequence[int]) -> str:
    """Return grades as "1-4" where they follow each other, else as "1, 3"."""
    ordered = sorted(set(grades))
    if len(ordered) > 1 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]}-{ordered[-1]}"
    return ", ".join(map(str, ordered))


def guide_ids_of(channels: Sequence[Channel]) -> dict[str, str]:
    """Return what each channel is called in guides: a name with a dot, for each its own."""
    names = {one.id: one.guide_id or _made_up(one.id) for one in channels}
    for key, name in names.items():
        if not GUIDE_ID.fullmatch(name):
            raise JetkizError(
                N_("{name} cannot name the channel {channel} in programme guides."),
                N_("Give it a guide_id that looks like balapan.kz: letters, digits and a dot."),
                name=name,
                channel=key,
            )
    if len(set(names.values())) < len(names):
        twice = next(one for one in names.values() if list(names.values()).count(one) > 1)
        raise JetkizError(
            N_("Two channels are called {name} in programme guides."),
            N_("Give each channel a guide_id of its own."),
            name=twice,
        )
    return names


def _made_up(key: str) -> str:
    """Return a name made from a channel's id; what a name cannot hold becomes a checksum."""
    plain = _NOT_IN_NAMES.sub("-", key.lower()).strip("-")
    if plain == key:
        return f"{plain}.jetkiz"
    check = hashlib.sha256(key.encode()).hexdigest()[:8]
    return "-".join(filter(None, (plain, check))) + ".jetkiz"
