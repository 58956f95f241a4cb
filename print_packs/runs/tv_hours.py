"""When the lessons on television are shown, as far as that is known when the packs are made.

The broadcaster's timetable may come after the printing cut-off: then the page says where to look.
"""

from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from jetkiz.channel import Shows, load_channel
from jetkiz.storage.workplace import Workplace
from print_packs.model import OnTv, WeekLine
from print_packs.runs.composing import Facts

BROADCAST = "broadcast"


def with_tv_hours(connection: Connection, workplace: Workplace, facts: Facts) -> Facts:
    """Return the facts with channel and hour of every lesson that is aired and has its hour."""
    if not any(line.channel == BROADCAST for lines in facts.weeks.values() for line in lines):
        return facts
    channel = load_channel(BROADCAST, workplace)
    shown = channel.showings(connection, facts.week) if isinstance(channel, Shows) else {}
    zone = ZoneInfo(workplace.settings.zone)
    hours = {
        lesson: OnTv(one.at.astimezone(zone).replace(tzinfo=None), one.place)
        for lesson, one in shown.items()
    }

    def told(line: WeekLine) -> WeekLine:
        is_aired = line.channel == BROADCAST
        return replace(line, on_tv=hours.get(line.lesson.id)) if is_aired else line

    weeks = {student: tuple(map(told, lines)) for student, lines in facts.weeks.items()}
    return replace(facts, weeks=weeks)
