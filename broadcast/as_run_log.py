"""What was really aired: the broadcaster's log becomes receipts for every student who watches.

Columns: ``airing`` (our number) or ``channel``, ``date`` and ``start``; ``status`` (aired, missed).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from broadcast.airings import mark_airings, read_airings
from broadcast.channel import airing_receipts
from broadcast.log_lines import AIRED, MISSED, LogLine, read_lines
from broadcast.model import Airing, TvChannel
from broadcast.plan.model import AiringStatus
from jetkiz.delivery.consignments import read_consignments, settle_batches
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch

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
    """Match the lines of a log with airings; a line that cannot be read is an error.

    Where a log contradicts itself, an airing ran: the second line may be of another studio.
    """
    by_number = {str(one.id): one for one in airings}
    by_name = _names(channels)
    timed: dict[str, list[LogLine]] = defaultdict(list)
    ran: dict[int, bool] = {}
    unknown: list[int] = []

    def note(line: LogLine, one: Airing | None) -> None:
        if one is None:
            unknown.append(line.number)
        else:
            ran[one.id] = ran.get(one.id, False) or line.was_aired

    for line in read_lines(text):
        channel = by_name.get(line.channel.casefold())
        if line.airing:
            note(line, by_number.get(line.airing.lstrip("0")))
        elif channel is None:
            unknown.append(line.number)
        else:
            timed[channel.key].append(line)
    for channel in channels:
        lines = timed[channel.key]
        there = [one for one in airings if one.channel == channel.key]
        for line, found in zip(lines, _matched(lines, there, channel), strict=True):
            note(line, found)
    return AsRun(
        tuple(number for number, aired in ran.items() if aired),
        tuple(number for number, aired in ran.items() if not aired),
        tuple(sorted(unknown)),
    )


def _names(channels: Sequence[TvChannel]) -> dict[str, TvChannel]:
    """A studio names its channel as it pleases: by our key, its own name, its guide number."""
    return {
        name.casefold(): channel
        for channel in channels
        for name in (channel.xmltv_id, channel.name, channel.key)
    }


def _matched(
    lines: Sequence[LogLine], airings: Sequence[Airing], channel: TvChannel
) -> list[Airing | None]:
    """Return the airing of each line: as many as fit in their order, then as near as may be.

    The nearest alone would be wrong: when everything ran eight minutes late, each lesson
    of a quarter of an hour is nearer to the next one's start than to its own.
    """
    starts = [_moment(line, channel) for line in lines]
    times = sorted(set(starts))
    ordered = sorted(airings, key=lambda one: one.start)
    pairs = dict(_pairs(times, [one.start for one in ordered]))
    by_time = {times[n]: ordered[place] for n, place in pairs.items()}
    return [by_time.get(start) for start in starts]


def _moment(line: LogLine, channel: TvChannel) -> datetime:
    start = line.start or datetime.min.replace(tzinfo=UTC)
    local = start if start.tzinfo else start.replace(tzinfo=ZoneInfo(channel.zone))
    return local.astimezone(UTC)


def _pairs(said: Sequence[datetime], planned: Sequence[datetime]) -> list[tuple[int, int]]:
    """Pair moments in their order, none further apart than the drift; most pairs, then nearest."""
    rest = [[(0, 0.0)] * (len(planned) + 1) for _ in range(len(said) + 1)]
    for n in range(len(said) - 1, -1, -1):
        for m in range(len(planned) - 1, -1, -1):
            best = max(rest[n + 1][m], rest[n][m + 1])
            apart = abs(said[n] - planned[m])
            if apart <= _DRIFT:
                count, nearness = rest[n + 1][m + 1]
                best = max(best, (count + 1, nearness - apart.total_seconds()))
            rest[n][m] = best
    pairs, n, m = [], 0, 0
    while n < len(said) and m < len(planned):
        if rest[n][m] == rest[n + 1][m]:
            n += 1
        elif rest[n][m] == rest[n][m + 1]:
            m += 1
        else:
            pairs.append((n, m))
            n, m = n + 1, m + 1
    return pairs


def record_log(connection: Connection, week: str, log: AsRun, now: datetime) -> tuple[int, int]:
    """Turn a log into receipts; return how many lessons were aired and missed for students.

    The same log again changes nothing; what ran once has run, whatever a later log says.
    """
    airings = {one.id: one for one in read_airings(connection, week)}
    lessons = {number: one.lesson for number, one in airings.items()}
    missed = [n for n in log.missed if n in airings and airings[n].status != AiringStatus.AIRED]
    consignments = read_consignments(connection, week=week, channel="broadcast")
    mark_airings(connection, log.aired, AiringStatus.AIRED, now)
    mark_airings(connection, missed, AiringStatus.MISSED, now)
    counts = []
    for numbers, state, source in (
        (list(log.aired), State.DELIVERED, AIRED),
        (missed, State.FAILED, MISSED),
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
    planned = [
        one.id for one in read_airings(connection, week) if one.status == AiringStatus.PLANNED
    ]
    mark_airings(connection, planned, AiringStatus.PUBLISHED, now)
    consignments = read_consignments(connection, week=week, channel="broadcast")
    batches = select(batch.c.key).where(batch.c.week == week, batch.c.channel == "broadcast")
    settle_batches(connection, connection.scalars(batches), now)
    receipts = airing_receipts(consignments, State.DISPATCHED, "confirmed", now)
    return record_receipts(connection, receipts, now)
