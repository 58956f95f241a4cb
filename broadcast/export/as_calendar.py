"""The timetable as a calendar for families and schools: one event an airing, kept by its number.

What no longer stands is not left out but called off: a phone that has it takes it away.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event

from broadcast.export.rows import ExportRow, printable
from broadcast.export.words import again_words, series_words, speaker

# RFC 7986, 5.7: who subscribed hears of a change within the hour.
_ASK_AGAIN: Final = timedelta(hours=1)


def as_calendar(rows: Sequence[ExportRow], published_at: datetime, name: str = "") -> bytes:
    """Write an iCalendar (RFC 5545) of airings that stand and that were withdrawn, in UTC.

    UID and SEQUENCE stay with the airing over every revision (3.8.4.7, 3.8.7.4); DTSTAMP is the
    moment of publishing, so that the same revision is the same file.
    """
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Jetkiz//timetable//EN")
    calendar.add("method", "PUBLISH")
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
    for row in rows:
        calendar.add_component(_event(row, published_at.astimezone(UTC)))
    return bytes(calendar.to_ical())


def _event(row: ExportRow, published: datetime) -> Event:
    t = speaker(row.language)
    event = Event()
    event.add("uid", f"airing-{row.airing.id}@jetkiz")
    event.add("sequence", row.airing.sequence)
    event.add("dtstamp", published)
    event.add("dtstart", row.start.astimezone(UTC))
    event.add("dtend", row.end.astimezone(UTC))
    event.add("status", "CONFIRMED" if row.airing.stands else "CANCELLED")
    event.add("summary", f"{series_words(row, t)}: {row.title}")
    event.add("location", printable(row.channel.name))
    if again := again_words(row, t):
        event.add("description", again)
    event.add("categories", [f"{row.language}-{n}" for n in row.stream.grades])
    # A lesson on the air takes nobody's appointment away.
    event.add("transp", "TRANSPARENT")
    return event
