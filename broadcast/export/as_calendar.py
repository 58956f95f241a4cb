"""The timetable as a calendar for families and schools: one event an airing, kept by its number."""

from collections.abc import Sequence
from datetime import UTC, datetime

from icalendar import Calendar, Event

from broadcast.export.playlist import ExportRow
from jetkiz.i18n import translator
from jetkiz.lessons.subjects import subject_words


def as_calendar(rows: Sequence[ExportRow], now: datetime) -> bytes:
    """Write an iCalendar; UID and SEQUENCE stay with the airing over every revision."""
    calendar = Calendar()
    calendar.add("prodid", "-//Jetkiz//timetable//EN")
    calendar.add("version", "2.0")
    for row in rows:
        calendar.add_component(_event(row, now))
    return bytes(calendar.to_ical())


def _event(row: ExportRow, now: datetime) -> Event:
    one = row.programme
    t = translator(one.language)
    event = Event()
    event.add("uid", f"airing-{row.airing}@jetkiz")
    event.add("sequence", row.revision)
    event.add("dtstamp", now)
    event.add("dtstart", row.start.astimezone(UTC))
    event.add("dtend", row.end.astimezone(UTC))
    event.add("summary", one.title)
    event.add("location", row.channel.name)
    words = t("{subject}, grade {grades}", subject=t(subject_words(one.subject)), grades=row.grades)
    event.add("description", words)
    event.add("categories", [f"{one.language}-{grade}" for grade in one.grades])
    return event
