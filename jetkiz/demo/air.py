"""What happens on the air in the sample week: a timetable is made, published and accepted."""

from datetime import date

from broadcast.airings import read_airings
from broadcast.as_run.importing import LogFile, import_log
from broadcast.as_run.profiles import OWN, log_profile
from broadcast.consequences import follow_log, tellers
from jetkiz.demo.stage import Stage
from jetkiz.demo.typed import typed
from jetkiz.demo.week_clock import DAYS, WEEK


def put_lessons_on_air(stage: Stage) -> None:
    """Give every lesson its hour, and put the timetable in force."""
    stage.move_to("before thu", "10:00")
    typed(stage, "timetable", "make", WEEK)
    typed(stage, "timetable", "publish", WEEK)


def confirm_the_timetable(stage: Stage) -> None:
    """Hand the timetable to the broadcaster, who accepts it."""
    stage.move_to("before fri", "10:00")
    stage.settle()
    typed(stage, "timetable", "confirm", WEEK)


def hear_the_log(stage: Stage, day: date) -> int:
    """Read what the broadcaster says was aired; on Wednesday a match took one lesson's place."""
    now = stage.move_to(DAYS[day.weekday()], "18:30")
    with stage.workplace.database.write() as connection:
        airings = read_airings(connection, WEEK)
        of_day = [one for one in airings if one.start.astimezone(now.tzinfo).date() == day]
        dropped = {of_day[0].code} if day.weekday() == 2 and of_day else set()
        lines = [f"{one.code};{'missed' if one.code in dropped else 'aired'}" for one in of_day]
        log = LogFile("\n".join(["airing;status", *lines]).encode(), f"{day}.csv")
        done = import_log(connection, WEEK, log, log_profile(OWN), "broadcaster", now)
        follow_log(connection, tellers(stage.workplace), WEEK, done, now)
    return len(dropped)
