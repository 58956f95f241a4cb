"""The timetable as a calendar for families and schools: one event an airing, kept by its number.

What no longer stands is not left out but called off: a phone that has it takes it away.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from broadcast.export.rows import ExportRow, printable
from broadcast.export.words import again_words, series_words, speaker

_OCTETS: Final = 75
_SPECIAL: Final = re.compile(r"([\\;,])")


def as_calendar(rows: Sequence[ExportRow], published_at: datetime, name: str = "") -> bytes:
    """Write an iCalendar (RFC 5545) of airings that stand and that were withdrawn, in UTC.

    UID and SEQUENCE stay with the airing over every revision (3.8.4.7, 3.8.7.4); DTSTAMP is the
    moment of publishing, so that the same revision is the same file.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Jetkiz//timetable//EN",
        "METHOD:PUBLISH",
        # RFC 7986, 5.7: who subscribed hears of a change within the hour.
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    if name:
        lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
    for row in rows:
        lines += _event(row, _moment(published_at))
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


def _event(row: ExportRow, published: str) -> Iterator[str]:
    t = speaker(row.language)
    yield "BEGIN:VEVENT"
    yield f"UID:airing-{_text(row.airing.id)}@jetkiz"
    yield f"SEQUENCE:{row.airing.sequence}"
    yield f"DTSTAMP:{published}"
    yield f"DTSTART:{_moment(row.start)}"
    yield f"DTEND:{_moment(row.end)}"
    yield f"STATUS:{'CONFIRMED' if row.airing.stands else 'CANCELLED'}"
    yield f"SUMMARY:{_text(f'{series_words(row, t)}: {row.title}')}"
    yield f"LOCATION:{_text(printable(row.channel.name))}"
    if again := again_words(row, t):
        yield f"DESCRIPTION:{_text(again)}"
    yield "CATEGORIES:" + ",".join(_text(f"{row.language}-{n}") for n in row.stream.grades)
    # A lesson on the air takes nobody's appointment away.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """Mark what has a meaning of its own in a value (3.3.11)."""
    return _SPECIAL.sub(r"\\\1", text).replace("\n", r"\n")


def _folded(line: str) -> bytes:
    """Break a line into pieces of at most 75 octets, between letters (3.1)."""
    rest = line.encode()
    pieces = []
    room = _OCTETS
    while len(rest) > room:
        end = room
        while rest[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(rest[:end])
        rest, room = rest[end:], _OCTETS - 1
    return b"\r\n ".join([*pieces, rest]) + b"\r\n"
