"""What was really aired: the broadcaster's log becomes receipts for every student who watches.

Columns: ``airing`` (our number) or ``channel``, ``date`` and ``start``; ``status`` (aired, missed).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from broadcast.airings import mark_airings, read_airings
from broadcast.channel import airing_receipts
from broadcast.model import Airing, Status, TvChannel
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

AIRED, MISSED = "aired", "missed"
# Clocks of studios drift, and a programme before may run over.
_DRIFT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class AsRun:
    """What a log says: airings that ran, airings that did not, lines that match nothing."""

    aired: tuple[int, ...]
    missed: tuple[int, ...]
    unknown: tuple[int, ...]
    """Numbers of the lines of the file that no airing fits."""


def read_log(text: str, airings: Sequence[Airing], channels: Sequence[TvChannel]) -> AsRun:
    """Match the lines of a log with airings; a line that cannot be read is an error."""
    by_number = {one.id: one for one in airings}
    zones = {channel.key: channel.zone for channel in channels}
    found: dict[str, list[int]] = {AIRED: [], MISSED: []}
    unknown = []
    for number, row in _rows(text):
        status = (row.get("status") or "").strip().lower()
        if status not in found:
            raise _bad_line(number, "status", row.get("status"))
        one = _match(number, row, by_number, zones)
        unknown.append(number) if one is None else found[status].append(one.id)
    return AsRun(tuple(found[AIRED]), tuple(found[MISSED]), tuple(unknown))


def _rows(text: str) -> list[tuple[int, Mapping[str, str | None]]]:
    lines = text.removeprefix("\ufeff")
    head = lines.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    try:
        rows = list(csv.DictReader(io.StringIO(lines), delimiter=delimiter))
    except csv.Error as error:
        raise _bad_line(1, "file", str(error)) from error
    names = set(rows[0]) if rows else set()
    if not names >= {"status"} or not (names >= {"airing"} or names >= {"channel", "start"}):
        raise JetkizError(
            N_("This is not a log of what was aired: the column names are missing."),
            N_("The first line needs: airing;status - or channel;date;start;status."),
        )
    return list(enumerate(rows, start=2))


def _match(
    number: int,
    row: Mapping[str, str | None],
    by_number: Mapping[int, Airing],
    zones: Mapping[str, str],
) -> Airing | None:
    own = (row.get("airing") or "").strip()
    if own:
        return by_number.get(int(own)) if own.isdecimal() and own.isascii() else None
    key = (row.get("channel") or "").strip()
    if key not in zones:
        return None
    try:
        day = date.fromisoformat((row.get("date") or "").strip())
        clock = time.fromisoformat((row.get("start") or "").strip())
    except ValueError as error:
        raise _bad_line(number, "date, start", f"{row.get('date')} {row.get('start')}") from error
    start = datetime.combine(day, clock.replace(tzinfo=None), ZoneInfo(zones[key])).astimezone(UTC)
    near = [one for one in by_number.values() if one.channel == key]
    near.sort(key=lambda one: abs(one.start - start))
    return near[0] if near and abs(near[0].start - start) <= _DRIFT else None


def _bad_line(number: int, column: str, value: str | None) -> JetkizError:
    return JetkizError(
        N_("Line {number} of the log cannot be used: {column} is {value!r}."),
        N_("Status is aired or missed; a date looks like 2026-01-26 and a time like 09:00."),
        number=number,
        column=column,
        value=value,
    )


def record_log(connection: Connection, week: str, log: AsRun, now: datetime) -> tuple[int, int]:
    """Turn a log into receipts; return how many lessons were aired and missed for students.

    The same log again changes nothing.
    """
    lessons = {one.id: one.lesson for one in read_airings(connection, week)}
    consignments = read_consignments(connection, week=week, channel="broadcast")
    mark_airings(connection, log.aired, Status.AIRED, now)
    mark_airings(connection, log.missed, Status.MISSED, now)
    counts = []
    for numbers, state, source in (
        (log.aired, State.DELIVERED, AIRED),
        (log.missed, State.FAILED, MISSED),
    ):
        heard = {lessons[n] for n in numbers if n in lessons}
        wanted = [one for one in consignments if one.lesson in heard]
        receipts = airing_receipts(wanted, state, source, now)
        if state == State.FAILED:
            receipts = [replace(one, reason=FailureReason.NOT_AIRED) for one in receipts]
        counts.append(record_receipts(connection, receipts, now))
    return counts[0], counts[1]


def confirm_week(connection: Connection, week: str, now: datetime) -> int:
    """Record that the broadcaster accepted the timetable of a week; return the new receipts."""
    planned = [one.id for one in read_airings(connection, week) if one.status == Status.PLANNED]
    mark_airings(connection, planned, Status.CONFIRMED, now)
    consignments = read_consignments(connection, week=week, channel="broadcast")
    receipts = airing_receipts(consignments, State.DISPATCHED, "confirmed", now)
    return record_receipts(connection, receipts, now)
