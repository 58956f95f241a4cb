"""What happens on the air in the sample week: a timetable, a match in its way, and the log."""

import csv
import io
from collections import Counter
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Final

from broadcast.as_run.importing import LogFile, import_log
from broadcast.as_run.model import Outcome
from broadcast.as_run.profiles import OWN, log_profile
from broadcast.consequences import follow_log, tellers
from broadcast.plan.model import PlannedAiring
from broadcast.problem.opening import open_problem
from broadcast.revisions import require_published
from jetkiz.demo.stage import Stage
from jetkiz.demo.typed import typed
from jetkiz.demo.week_clock import DAYS, WEEK
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import write_whole

_OFFER: Final = resources.files("jetkiz.demo") / "air_offer"
_MATCH_DAY: Final = 2
_HEAD: Final = ("airing", "date", "start", "length", "status")
# What the studio did with the lessons of Wednesday, by their place in the log of Balapan.
_SHORT, _MISSED, _LATE = 1, 2, 3


def put_lessons_on_air(stage: Stage) -> None:
    """Count the homes of the whole region, give every lesson its hour, and publish it."""
    stage.move_to("before thu", "10:00")
    folder = stage.workplace.settings.data
    write_whole(folder / "channels.toml", (_OFFER / "channels.toml").read_bytes())
    tables = folder / "broadcast" / "to-air"
    typed(stage, "timetable", "problem", WEEK, "--into", str(tables), lines=1)
    write_whole(tables / "homes.csv", (_OFFER / "homes.csv").read_bytes())
    homes = sum(one.count for one in open_problem(tables).homes)
    stage.say(
        N_("The region's office counted {n} homes by the streams of their children."), n=homes
    )
    typed(stage, "timetable", "make", WEEK, "--problem", str(tables))
    typed(stage, "timetable", "publish", WEEK)


def confirm_the_timetable(stage: Stage) -> None:
    """Hand the timetable to the broadcaster, who accepts it."""
    stage.move_to("before fri", "10:00")
    stage.settle()
    typed(stage, "timetable", "confirm", WEEK)


def make_room_for_the_match(stage: Stage) -> None:
    """Repair the timetable when a match takes an hour of tomorrow, and publish it again."""
    stage.move_to("tue", "20:30")
    hour = [f"{_day(_MATCH_DAY)}T{clock}" for clock in ("09:00", "10:00")]
    typed(stage, "timetable", "change", WEEK, "--preempt", "balapan", *hour, "--publish")
    typed(stage, "timetable", "revisions", WEEK)
    typed(stage, "timetable", "export", WEEK, lines=1)
    stage.settle()


def _day(number: int) -> date:
    return date.fromisocalendar(int(WEEK[:4]), int(WEEK[-2:]), number + 1)


def hear_the_log(stage: Stage, day: date) -> int:
    """Read what the broadcaster says was aired; return how many lessons were missed."""
    now = stage.move_to(DAYS[day.weekday()], "18:30")
    with stage.workplace.database.read() as connection:
        kept = require_published(connection, WEEK)
    lines = _log([one for one in kept.plan.airings if one.stands], day, now)
    name = f"aired-{day}.csv"
    if day.weekday() == _MATCH_DAY:
        file = stage.workplace.settings.data / "broadcast" / name
        write_whole(file, lines)
        typed(stage, "timetable", "as-run", WEEK, str(file))
        typed(stage, "timetable", "aired", WEEK, "--day", str(day))
        return 1
    with stage.workplace.database.write() as connection:
        found = import_log(connection, WEEK, LogFile(lines, name), log_profile(OWN), "efir", now)
        follow_log(connection, tellers(stage.workplace), WEEK, found, now)
    return Counter(one.outcome for one in found.as_run.outcomes)[Outcome.MISSED]


def _log(airings: list[PlannedAiring], day: date, now: datetime) -> bytes:
    """Write the studio's log of a day: on Wednesday one was cut, one left out, one came late."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(_HEAD)
    of_day = [one for one in airings if one.start.astimezone(now.tzinfo).date() == day]
    balapan = sorted((one for one in of_day if one.channel == "balapan"), key=lambda one: one.start)
    odd = dict(enumerate(balapan)) if day.weekday() == _MATCH_DAY else {}
    for one in sorted(of_day, key=lambda one: (one.channel, one.start)):
        late = timedelta(minutes=25) if one == odd.get(_LATE) else timedelta()
        local = (one.start + late).astimezone(now.tzinfo)
        length = "00:06:00" if one == odd.get(_SHORT) else f"00:{one.minutes}:00"
        status = "missed" if one == odd.get(_MISSED) else "aired"
        writer.writerow([one.id, local.date(), f"{local:%H:%M}", length, status])
    return text.getvalue().encode()
