"""What has to be done at a LibreTime so that it plays the week as planned, and nothing more.

Each airing has a show instance of its own with one scheduled file; a mark in its description says
which. What carries no mark of ours is never touched, and what has begun is left as it is. Fields
are those of LibreTime's OpenAPI document (api/schema.yml, version 2.0, release 4).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, Final

from broadcast.export.rows import ExportRow
from broadcast.export.words import series_words, speaker
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

SHOWS: Final = "shows"
INSTANCES: Final = "show-instances"
SCHEDULE: Final = "schedule"
FILES: Final = "files"
_SERIES: Final = "jetkiz series "
_AIRING: Final = "jetkiz airing "
_DURATION: Final = re.compile(r"(?:(\d+) )?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?", re.ASCII)
_LONGEST_NAME: Final = 255

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at the LibreTime now, as its lists give it."""

    shows: Sequence[Item]
    instances: Sequence[Item]
    schedule: Sequence[Item]
    files: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Step:
    """One request: make (no ``id``), change, or take away (no ``fields``) an item of a list.

    A field in ``links`` gets the id of what the step with that name made.
    """

    kind: str
    name: str
    id: int | None = None
    fields: dict[str, Any] | None = None
    links: Mapping[str, str] = field(default_factory=dict)


def steps(rows: Sequence[ExportRow], found: Found, now: datetime) -> list[Step]:
    """Return what is to be done, in order; an empty list when all stands as planned.

    ``rows`` are the airings of one station that stand. Raises JetkizError when a file is missing
    there, or when another show has the hours.
    """
    ahead = [row for row in rows if row.airing.start > now]
    files = _files_of(ahead, found.files)
    _refuse_taken_hours(ahead, found)
    made: list[Step] = _gone({row.airing.id for row in rows}, found, now)
    shows = {_mark(one, _SERIES): one for one in found.shows if _mark(one, _SERIES)}
    for row in ahead:
        series = f"{row.stream.id} {row.lesson.subject}"
        if series not in shows:
            step = Step(SHOWS, _SERIES + series, fields=_show(row, series))
            made.append(step)
            shows[series] = {"id": None}
        made += _airing(row, series, shows[series]["id"], files[row.house_number], found)
    return made


def _mark(item: Item, kind: str) -> str:
    """Return what an item of ours stands for; nothing when somebody else made it."""
    said = str(item.get("description") or "")
    return said.removeprefix(kind) if said.startswith(kind) else ""


def _airing(row: ExportRow, series: str, show: int | None, file: Item, found: Found) -> list[Step]:
    name = _AIRING + row.airing.id
    wanted: dict[str, Any] = {
        "starts_at": _moment(row.start),
        "ends_at": _moment(row.end),
        "description": name,
    }
    link = {} if show else {"show": _SERIES + series}
    if show:
        wanted["show"] = show
    known = next((one for one in found.instances if _mark(one, _AIRING) == row.airing.id), None)
    if known is None:
        fixed = {"created_at": wanted["starts_at"], "modified": False, "auto_playlist_built": False}
        return [
            Step(INSTANCES, name, fields=wanted | fixed, links=link),
            Step(SCHEDULE, name, fields=_played(row, file), links={"instance": name}),
        ]
    number = int(known["id"])
    made = [Step(INSTANCES, name, number, wanted, link)] if link or _differs(known, wanted) else []
    played = _played(row, file) | {"instance": number}
    items = [one for one in found.schedule if one.get("instance") == number]
    if not items:
        return [*made, Step(SCHEDULE, name, fields=played)]
    made += [Step(SCHEDULE, name, int(one["id"])) for one in items[1:]]
    if _differs(items[0], played):
        made.append(Step(SCHEDULE, name, int(items[0]["id"]), played))
    return made


def _show(row: ExportRow, series: str) -> dict[str, Any]:
    return {
        "name": series_words(row, speaker(row.language))[:_LONGEST_NAME],
        "description": _SERIES + series,
        "linked": False,
        "linkable": False,
        "auto_playlist_enabled": False,
        "auto_playlist_repeat": False,
    }


def _played(row: ExportRow, file: Item) -> dict[str, Any]:
    """A file longer than its slot is cut at its end: the next show begins on time."""
    own = _duration(file.get("length")) or timedelta(minutes=row.lesson.minutes)
    length = min(own, row.end - row.start)
    return {
        "starts_at": _moment(row.start),
        "ends_at": _moment(row.start + length),
        "cue_in": "00:00:00",
        "cue_out": str(length).zfill(8),
        "length": str(length).zfill(8),
        "file": int(file["id"]),
        "position": 0,
        "broadcasted": 0,
    }


def _gone(wanted: set[str], found: Found, now: datetime) -> list[Step]:
    """Take away what we once announced and is not planned any more, its file first."""
    made: list[Step] = []
    for one in found.instances:
        key = _mark(one, _AIRING)
        if key and key not in wanted and _read(one["starts_at"]) > now:
            name = _AIRING + key
            made += [
                Step(SCHEDULE, name, int(item["id"]))
                for item in found.schedule
                if item.get("instance") == one["id"]
            ]
            made.append(Step(INSTANCES, name, int(one["id"])))
    return made


def _files_of(rows: Iterable[ExportRow], files: Sequence[Item]) -> dict[str, Item]:
    """Return the file of each house number: its name, with or without its ending, or its title."""
    known: dict[str, Item] = {}
    for one in sorted(files, key=lambda file: -int(file["id"])):
        place = PurePosixPath(str(one.get("filepath") or one.get("name") or ""))
        for key in (one.get("track_title"), place.stem, place.name):
            if key:
                known[str(key)] = one
    missing = sorted({row.house_number for row in rows} - set(known))
    if missing:
        raise JetkizError(
            N_("LibreTime has no file for {n} lessons: {names}."),
            N_("Upload them there: the name of the file, or its title, is the house number."),
            n=len(missing),
            names=", ".join(missing[:5]),
        )
    return known


def _refuse_taken_hours(rows: Sequence[ExportRow], found: Found) -> None:
    others = [one for one in found.instances if not _mark(one, _AIRING)]
    names = {one["id"]: one.get("name", "") for one in found.shows}
    for row in rows:
        for one in others:
            if _read(one["starts_at"]) < row.end and row.start < _read(one["ends_at"]):
                raise JetkizError(
                    N_("At {start} LibreTime has the show {show}: {title} would run into it."),
                    N_("Move that show there, or the lesson here, and repeat: nothing was sent."),
                    start=f"{row.start:%Y-%m-%d %H:%M}",
                    show=names.get(one.get("show"), one.get("show")),
                    title=row.title,
                )


def _differs(known: Item, wanted: Mapping[str, Any]) -> bool:
    return any(not _same(known.get(key), value) for key, value in wanted.items())


def _same(known: Any, value: Any) -> bool:
    """Times and lengths are written in several ways that mean the same."""
    if known == value or not isinstance(known, str) or not isinstance(value, str):
        return bool(known == value)
    length = _duration(value)
    if length is not None:
        return _duration(known) == length
    try:
        return _read(known) == _read(value)
    except ValueError:
        return False


def _duration(text: Any) -> timedelta | None:
    found = _DURATION.fullmatch(str(text or ""))
    if not found:
        return None
    days, hours, minutes, seconds = (int(found[n] or 0) for n in range(1, 5))
    small = int((found[5] or "").ljust(6, "0"))
    return timedelta(days, seconds, small, 0, minutes, hours)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
