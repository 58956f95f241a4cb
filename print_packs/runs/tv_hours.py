"""When the lessons on television are shown, as far as that is known when the packs are made.

The broadcaster's timetable may come after the printing cut-off: then the page says where to look.
"""

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from jetkiz.channel import Showing, Shows, load_channel
from jetkiz.storage.workplace import Workplace
from print_packs.model import OnTv, WeekLine
from print_packs.runs.composing import Facts

BROADCAST = "broadcast"


def with_tv_hours(connection: Connection, workplace: Workplace, facts: Facts) -> Facts:
    """Return the facts with channel and hour of every lesson that is aired and has its hour."""
    if not any(line.channel == BROADCAST for lines in facts.weeks.values() for line in lines):
        return facts
    channel = load_channel(BROADCAST, workplace)
    if not isinstance(channel, Shows):
        return facts
    shown = channel.showings(connection, facts.week, list(facts.weeks))
    zone = ZoneInfo(workplace.settings.zone)

    def told(line: WeekLine, hours: Mapping[int, Showing]) -> WeekLine:
        one = hours.get(line.lesson.id) if line.channel == BROADCAST else None
        return replace(line, on_tv=_on_tv(one, zone)) if one else line

    weeks = {
        student: tuple(told(line, shown.get(student, {})) for line in lines)
        for student, lines in facts.weeks.items()
    }
    return replace(facts, weeks=weeks)


def _on_tv(one: Showing, zone: ZoneInfo) -> OnTv:
    at = one.at.astimezone(zone).replace(tzinfo=None)
    return OnTv(at, one.place, tuple(_on_tv(other, zone) for other in one.again))
