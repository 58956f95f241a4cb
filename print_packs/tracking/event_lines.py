"""How a list of events is read: a line for each, pasted from the counter, as CSV or as JSON.

A plain line is a number or the code of a pack, then a day, an hour and a word, each of which may be
left out: ``RR473124829KZ 30.01.2026 14:05 delivered``. JSON may also be what Kazpost's tracking
answers. In a line that is copied from a page or a letter the number may stand anywhere; a line with
neither number nor code is passed over by name. What cannot be read is one line with its reason,
never the end of the rest.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.s10.numbers import bare

MOST_LINES: Final = 50_000
MOST_LETTERS: Final = 500
MOST_BYTES: Final = 10_000_000
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_HOUR: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
# A postal number with or without the blanks of its groups, and the code at the foot of a page.
_NUMBER: Final = re.compile(r"(?<!\w)[A-Za-z]{2} ?(?:\d ?){9}[A-Za-z]{2}(?!\w)", re.ASCII)
_CODE: Final = re.compile(
    r"(?<![\w-])[2-9A-HJ-NP-Za-hj-np-z]{4}-[2-9A-HJ-NP-Za-hj-np-z]{4}(?![\w-])"
)
_CODE_LETTERS: Final = 8
# The number of a row in a table.
_ROW: Final = re.compile(r"^\s*(?:№\s*)?\d{1,4}[.)]?\s+")
# A day without an hour is a day of work: noon is on that day wherever the line is read.
NOON: Final = time(12)
_NAMES: Final = {
    "number": ("number", "trackid", "barcode", "s10", "pack", "нөмір", "номер", "шпи"),
    "at": ("at", "date", "day", "time", "күні", "дата"),
    "code": ("code", "status", "what", "event", "күйі", "статус"),
}


@dataclass(frozen=True, slots=True)
class EventLine:
    """A line as it was given: whose, when, which word; ``trouble`` says why it is no event."""

    place: int
    said: str
    number: str = ""
    at: datetime | None = None
    code: str = ""
    trouble: JetkizError | None = None


def read_text(file: BinaryIO) -> str:
    """Return the text of a list; one that is too long or no text is refused."""
    found = file.read(MOST_BYTES + 1)
    if len(found) > MOST_BYTES:
        raise JetkizError(
            N_("The list is larger than {most} MB."),
            N_("Share it out over several files."),
            most=MOST_BYTES // 1_000_000,
        )
    for encoding in ("utf-8-sig", "cp1251"):
        # What Excel saves as CSV on a Russian Windows.
        try:
            return found.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise JetkizError(N_("The list is no text."), N_("Save it as CSV or text, and give that file."))


def read_lines(text: str, zone: ZoneInfo, usual: str, today: date) -> list[EventLine]:
    """Return the events of a text, each with its place: the line it stands in, from 1.

    ``usual`` is the word of lines without one, ``today`` the day of lines without one.
    """
    parts = list(_parts(text.lstrip("\ufeff")))
    if len(parts) > MOST_LINES:
        raise JetkizError(
            N_("The list has more than {most} lines."),
            N_("Share it out over several files."),
            most=MOST_LINES,
        )
    reading = _Reading(zone, usual, today)
    return [reading.line(place, one) for place, one in parts]


def _parts(text: str) -> Iterator[tuple[int, str | Mapping[str, Any]]]:
    if text.lstrip().startswith(("{", "[")):
        yield from enumerate(_of_json(text.strip()), start=1)
        return
    numbered = [(place, line.strip()) for place, line in enumerate(text.splitlines(), start=1)]
    lines = [(place, line) for place, line in numbered if line and not line.startswith("#")]
    if lines and (named := _columns(lines[0][1])):
        places = [place for place, _ in lines[1:]]
        yield from zip(places, _of_table([line for _, line in lines], named), strict=False)
        return
    yield from lines


def _of_json(text: str) -> Iterator[Mapping[str, Any] | str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JetkizError(
            N_("The list of events is no proper JSON: {reason}."),
            N_("Save the file again where it came from, or paste plain lines."),
            reason=error,
        ) from error
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict) and isinstance(one.get("events"), list):
            yield from events_of_kazpost(one)
        else:
            yield one if isinstance(one, dict) else str(one)


def events_of_kazpost(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return the events of one answer of Kazpost's tracking: days, each with its activities."""
    number = str(answer.get("trackid", ""))
    for day in answer["events"]:
        activities = day.get("activity") if isinstance(day, dict) else None
        for one in activities if isinstance(activities, list) else ():
            if not isinstance(one, dict):
                continue
            statuses = one.get("status")
            first = statuses[0] if isinstance(statuses, list) and statuses else statuses
            moment = f"{day.get('date', '')} {one.get('time', '')}"
            yield {"number": number, "at": moment.strip(), "code": str(first or "")}


def _columns(head: str) -> list[str] | None:
    cells = [cell.strip().strip('"').lower() for cell in re.split("[;,\t]", head)]
    known = {word: name for name, words in _NAMES.items() for word in words}
    named = [known.get(cell, "") for cell in cells]
    return named if "number" in named and len(cells) > 1 else None


def _of_table(lines: list[str], named: list[str]) -> Iterator[Mapping[str, Any]]:
    separator = next(mark for mark in ";\t," if mark in lines[0])
    for cells in csv.reader(io.StringIO("\n".join(lines[1:])), delimiter=separator):
        yield {name: cell for name, cell in zip(named, cells, strict=False) if name}


@dataclass(frozen=True, slots=True)
class _Reading:
    zone: ZoneInfo
    usual: str
    today: date

    def line(self, place: int, part: str | Mapping[str, Any]) -> EventLine:
        said = part if isinstance(part, str) else " ".join(str(v) for v in part.values())
        said = said[:MOST_LETTERS]
        try:
            number, moment, code = self._fields(part)
            return EventLine(place, said, number, self._moment(moment), code or self.usual)
        except ValueError:
            trouble = JetkizError(
                N_("Line {place} cannot be understood: {said}."),
                N_("Write a number, a day and a word: RR473124829KZ 30.01.2026 delivered."),
                place=place,
                said=said[:80],
            )
            return EventLine(place, said, trouble=trouble)

    def _fields(self, part: str | Mapping[str, Any]) -> tuple[str, str, str]:
        if not isinstance(part, str):
            number, at, code = (_value(part, words) for words in _NAMES.values())
            if not number or len(number + code) > MOST_LETTERS:
                raise ValueError(part)
            return number, at, code
        part = _number_first(part)
        words = [word for word in re.split(r"[\s;,]+", part) if word]
        moments = [word for word in words if _DAY.fullmatch(word) or _HOUR.fullmatch(word)]
        rest = [word for word in words if word not in moments]
        number, rest = _number(rest)
        if not re.search(r"\d", number) and len(bare(number)) != _CODE_LETTERS:
            raise ValueError(part)
        return number, " ".join(moments), "_".join(rest)

    def _moment(self, text: str) -> datetime:
        iso = _iso(text)
        if iso:
            return iso if iso.tzinfo else iso.replace(tzinfo=self.zone)
        day, hour = _DAY.search(text), _HOUR.search(text)
        if text and not day:
            raise ValueError(text)
        found = self.today
        if day:
            parts = (day[1], day[2], day[3]) if day[1] else (day[6], day[5], day[4])
            found = date(*map(int, parts))
        at = time(int(hour[1]), int(hour[2]), int(hour[3] or 0)) if hour else NOON
        return datetime.combine(found, at, self.zone).astimezone(UTC)


def _value(part: Mapping[str, Any], words: tuple[str, ...]) -> str:
    """Return the first value under one of these names."""
    return next((str(part[word]).strip() for word in words if part.get(word)), "")


def _iso(text: str) -> datetime | None:
    if "T" not in text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _number_first(line: str) -> str:
    """Put a number or code that stands further on to the beginning: pages of the post do that."""
    found = _NUMBER.search(line) or _CODE.search(line)
    if not found or found.start() == 0:
        return line
    before = _ROW.sub("", line[: found.start()])
    return f"{re.sub(' ', '', found[0])} {before} {line[found.end() :]}"


def _number(words: list[str]) -> tuple[str, list[str]]:
    """Join a postal number that was typed in its groups: ``RR 473 124 829 KZ``."""
    if not words:
        raise ValueError(words)
    if len(words) > 1 and re.fullmatch(r"[^\W\d_]{2}", words[0]):
        joined, digits = words[0], 0
        for used, word in enumerate(words[1:], start=2):
            joined += word
            digits += sum(map(str.isdigit, word))
            if word[-2:].isalpha():
                return joined, words[used:]
    return words[0], words[1:]
