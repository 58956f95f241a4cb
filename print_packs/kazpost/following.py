"""How packs with a number are followed: each asked for once an hour at most, one after the other.

Kazpost answers anew only once an hour, and several schools ask. The question is written down before
it leaves, so that a computer that is started again and again asks no oftener.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from jetkiz.errors import JetkizError
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import Workplace
from print_packs.kazpost.service import BusyError
from print_packs.model import PackState
from print_packs.s10.numbers import Number
from print_packs.s10.tables import s10_number
from print_packs.tables import kazpost_poll, pack
from print_packs.tracking.event_lines import read_lines
from print_packs.tracking.recording import Answer, LineResult, record_lines
from print_packs.transit.measuring import measure
from print_packs.transit.post_dates import clock_of

EVERY: Final = timedelta(hours=1)
PAUSE: Final = 1.0
_MOST_SILENCES: Final = 3
_OPEN: Final = (PackState.PREPARED.value, PackState.HANDED_OVER.value)

Track = Callable[[str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Followed:
    """What a round brought: numbers asked for, what was recorded, why it ended early."""

    asked: int
    results: tuple[LineResult, ...]
    troubles: tuple[JetkizError, ...]

    @property
    def recorded(self) -> int:
        """How many events were new."""
        return sum(one.answer in {Answer.RECORDED, Answer.KEPT} for one in self.results)


def follow(
    workplace: Workplace, week: str, track: Track, pause: Callable[[float], None]
) -> Followed:
    """Ask for every pack of a week that is on its way and was not asked for within the hour.

    What is new counts at once among the days that our own packs took.
    """
    results: list[LineResult] = []
    troubles: list[JetkizError] = []
    with workplace.database.read() as connection:
        due = due_numbers(connection, week, workplace.clock())
    asked = silences = 0
    for number in due:
        if asked:
            pause(PAUSE)
        asked += 1
        _note(workplace, number)
        try:
            answer = track(number)
        except JetkizError as error:
            troubles.append(error)
            silences += 1
            # Who is told to ask for less asks for nothing more now.
            if isinstance(error, BusyError) or silences == _MOST_SILENCES:
                break
            continue
        silences = 0
        results += _record(workplace, number, answer)
    found = Followed(asked, tuple(results), tuple(troubles))
    if found.recorded:
        zone = ZoneInfo(workplace.settings.zone)
        with workplace.database.write() as connection:
            measure(connection, clock_of(workplace.settings), zone, workplace.clock())
    return found


def due_numbers(connection: Connection, week: str, now: datetime) -> list[str]:
    """Return the numbers of a week that may be asked for now."""
    c = s10_number.c
    rows = connection.execute(
        select(c.prefix, c.serial, c.country)
        .join_from(s10_number, pack)
        .where(pack.c.week == week, pack.c.state.in_(_OPEN), c.state != "void")
        .order_by(pack.c.run_id, pack.c.place)
    )
    numbers = [Number(prefix, serial, country).text for prefix, serial, country in rows]
    p = kazpost_poll.c
    recent = connection.scalars(
        select(p.number).where(among(p.number, numbers), p.asked_at > now - EVERY)
    )
    just_asked = set(recent)
    return [one for one in numbers if one not in just_asked]


def _note(workplace: Workplace, number: str) -> None:
    now = workplace.clock()
    with workplace.database.write() as connection:
        if not insert_new(
            connection, kazpost_poll, [{"number": number, "asked_at": now}], ["number"]
        ):
            same = kazpost_poll.c.number == number
            connection.execute(update(kazpost_poll).where(same).values(asked_at=now))


def _record(workplace: Workplace, number: str, answer: dict[str, Any]) -> list[LineResult]:
    """Keep what an answer says of this number; of another number it can say nothing."""
    events = answer.get("events")
    if not isinstance(events, list):
        return []
    now, zone = workplace.clock(), ZoneInfo(workplace.settings.zone)
    text = json.dumps({"trackid": number, "events": events})
    lines = read_lines(text, zone, "", now.astimezone(zone).date())
    with workplace.database.write() as connection:
        return record_lines(connection, lines, now, "kazpost")
