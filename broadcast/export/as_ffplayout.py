"""Playlists of the television playout ffplayout: one file a channel and day, of exact length.

The program breaks on days that are shorter than it expects: every gap is filled with the fillers
that the channel names, and a gap that nothing fits is refused.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import PurePosixPath
from typing import Any, Final
from zoneinfo import ZoneInfo

from broadcast.export.rows import ExportRow
from broadcast.problem.model import Channel, Filler, Meta
from broadcast.problem.moments import day_of, local_place, moment
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

_MINUTE: Final = timedelta(minutes=1)


# A house number without one of these is the name of a file without its ending.
_ENDING: Final = re.compile(
    r"\.(aac|avi|flac|flv|jpg|m2ts|m4[av]|mkv|mov|mp[34]|mpe?g|mxf|ogg|png|ts|wav|webm)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Media:
    """Where the files of lessons and fillers lie over there, and how their names end.

    Without a folder the program looks in its own; an ``ending`` such as ".mp4" is put behind names
    that have none.
    """

    folder: str = ""
    ending: str = ""

    def file(self, name: str) -> str:
        """Return the file of a house number, as the program opens it."""
        folder = f"{self.folder.rstrip('/')}/" if self.folder else ""
        has_ending = _ENDING.fullmatch(PurePosixPath(name).suffix) is not None
        dot = "." if self.ending and not self.ending.startswith(".") else ""
        return folder + name + ("" if has_ending else dot + self.ending)


IN_STORAGE: Final = Media()


@dataclass(frozen=True, slots=True)
class _Piece:
    """What runs from one moment to another, beginning ``skipped`` into its file."""

    start: datetime
    end: datetime
    source: str
    title: str
    length: timedelta
    skipped: timedelta = timedelta()


def as_ffplayout(
    meta: Meta, channel: Channel, rows: Iterable[ExportRow], media: Media = IN_STORAGE
) -> dict[date, bytes]:
    """Return the playlist of each day of a channel, from the first planned day to the last used.

    A day reaches from the channel's ``day_start`` to the next: 23 or 25 hours where the zone
    changes. ``media`` says where the files lie over there. A lesson over the end of a day goes
    on in the next one. Raises JetkizError for a gap without a filler.
    """
    mine = [row for row in rows if row.channel.id == channel.id]
    last = max([meta.days - 1, *(local_place(meta, channel, row.airing.start)[0] for row in mine)])
    lessons = [_lesson(row, media) for row in mine]
    days = {}
    for day in range(last + 1):
        begins = moment(meta, channel, day, channel.day_start)
        ends = moment(meta, channel, day + 1, channel.day_start)
        pieces = [*_filled(channel, list(_within(lessons, begins, ends)), begins, ends, media)]
        days[day_of(meta, day)] = _written(channel, day_of(meta, day), pieces)
    return days


def _lesson(row: ExportRow, media: Media) -> _Piece:
    length = min(row.lesson.minutes, row.airing.minutes) * _MINUTE
    start = row.airing.start
    own = row.lesson.minutes * _MINUTE
    return _Piece(start, start + length, media.file(row.house_number), row.title, own)


def _within(pieces: Iterable[_Piece], begins: datetime, ends: datetime) -> Iterator[_Piece]:
    """Cut what reaches over the ends of a day; its other part stands in the other day."""
    for one in pieces:
        start, end = max(one.start, begins), min(one.end, ends)
        if start < end:
            skipped = start - one.start
            yield _Piece(start, end, one.source, one.title, one.length, skipped)


def _filled(
    channel: Channel, lessons: Sequence[_Piece], begins: datetime, ends: datetime, media: Media
) -> Iterator[_Piece]:
    at = begins
    for one in lessons:
        yield from _fillers(channel, at, one.start, media)
        yield one
        at = one.end
    yield from _fillers(channel, at, ends, media)


def _fillers(channel: Channel, at: datetime, until: datetime, media: Media) -> Iterator[_Piece]:
    """Fill a gap: with fillers of fixed length as far as they go, with one of any length then."""
    minutes, rest = divmod(until - at, _MINUTE)
    if minutes < 0 or (minutes == 0 and not rest):
        return
    chosen = None if rest else _chosen(channel.fillers, minutes)
    if chosen is None:
        chosen = tuple(one for one in channel.fillers if not one.minutes)[:1]
        if not chosen:
            raise _no_filler(channel, at, until)
    for one in chosen:
        end = at + one.minutes * _MINUTE if one.minutes else until
        yield _Piece(at, end, media.file(one.asset), one.name, end - at)
        at = end


@cache
def _chosen(fillers: tuple[Filler, ...], minutes: int) -> tuple[Filler, ...] | None:
    """Return the fewest fillers of fixed length that last just so long, the longest first.

    One of any length takes what they leave.
    """
    fixed = sorted((one for one in fillers if one.minutes > 0), key=lambda one: -one.minutes)
    free = [one for one in fillers if not one.minutes]
    best: list[tuple[Filler, ...] | None] = [()]
    for length in range(1, minutes + 1):
        found = None
        for one in fixed:
            before = best[length - one.minutes] if one.minutes <= length else None
            if before is not None and (found is None or len(before) + 1 < len(found)):
                found = (*before, one)
        best.append(found)
    reached = max(length for length, found in enumerate(best) if found is not None)
    if reached < minutes and not free:
        return None
    taken = sorted(best[reached] or (), key=lambda one: -one.minutes)
    return (*taken, *(free[:1] if reached < minutes else ()))


def _no_filler(channel: Channel, at: datetime, until: datetime) -> JetkizError:
    local = [one.astimezone(ZoneInfo(channel.zone)) for one in (at, until)]
    return JetkizError(
        N_("{channel}: nothing fills the air on {day} from {start} to {end}."),
        N_("Name a filler of that length for the channel, or one without minutes: it fits always."),
        channel=channel.name,
        day=local[0].date(),
        start=f"{local[0]:%H:%M}",
        end=f"{local[1]:%H:%M}",
    )


def _written(channel: Channel, day: date, pieces: Sequence[_Piece]) -> bytes:
    program = [_item(one) for one in pieces]
    told = {"channel": channel.name, "date": day.isoformat(), "program": program}
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _item(one: _Piece) -> dict[str, Any]:
    first = one.skipped.total_seconds()
    return {
        "in": first,
        "out": first + (one.end - one.start).total_seconds(),
        "duration": one.length.total_seconds(),
        "source": one.source,
        "title": one.title,
    }
