"""What ``plan replan`` does: plan anew what must change, and show the difference first."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.channel import CHANNELS, channel_words, load_channels, switched_off
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_names, read_schools
from scheduler.asking import set_aside_lines
from scheduler.replan_runs import Replanned, Wanted, replan_and_save
from scheduler.replan_words import difference_lines
from scheduler.replanning import Changes


@click.command(cls=SpokenCommand, help=N_("Plan anew only what must change, as a draft."))
@click.argument("week")
@click.option("--changed", is_flag=True, help=N_("Read students, homes and settings anew."))
@click.option(
    "--channel-down",
    "down",
    type=click.Choice(list(CHANNELS)),
    multiple=True,
    help=N_("A channel that does not work; may be repeated."),
)
@click.option("--closed", multiple=True, help=N_("A school that is closed; may be repeated."))
@click.option(
    "--from",
    "since",
    type=click.DateTime(["%Y-%m-%d"]),
    help=N_("The first day on which the schools are closed; tomorrow if none is named."),
)
@click.option(
    "--dropped", multiple=True, help=N_("A lesson whose airing was dropped; may be repeated.")
)
@pass_desk
def replan(desk: CommandDesk, /, week: str, **about: Any) -> None:
    """Keep a draft beside the plan it came from, and say what it would change."""
    parse_week(week)
    since: datetime | None = about["since"]
    if since and not about["closed"]:
        raise JetkizError(
            N_("A first day belongs to a school that is closed."),
            N_("Write both, as in: --closed S1 --from 2026-01-28."),
        )
    place = desk.workplace
    now = place.clock()
    tomorrow = now.astimezone(ZoneInfo(desk.settings.zone)).date() + timedelta(days=1)
    with place.database.read() as connection:
        changes = Changes(
            down=frozenset(about["down"]),
            closed=_schools(connection, about["closed"], since.date() if since else tomorrow),
            dropped=frozenset(_lessons(connection, week, about["dropped"])),
        )
    channels = load_channels(place, switched_off(desk.settings))
    wanted = Wanted(week, changes, is_read_anew=about["changed"])
    found = replan_and_save(place.database, channels, wanted, desk.settings, now)
    _show(desk, found)


def _schools(connection: Connection, named: Sequence[str], since: date) -> dict[int, date]:
    schools = read_schools(connection)
    found = {}
    for text in named:
        own = [one for one in schools if text in {one.sourced_id, one.name, str(one.id)}]
        if len(own) != 1:
            raise JetkizError(
                N_("There is no school {text!r}."),
                N_("There are: {names}."),
                text=text,
                names=", ".join(f"{one.sourced_id} ({one.name})" for one in schools),
            )
        found[own[0].id] = since
    return found


def _lessons(connection: Connection, week: str, codes: Sequence[str]) -> list[int]:
    shelf = read_lessons(connection, week)
    for code in codes:
        if all(one.code != code for one in shelf):
            raise JetkizError(
                N_("There is no lesson {code!r} in week {week}."),
                N_("The codes stand in the folders of the lessons."),
                code=code,
                week=week,
            )
    return [one.id for one in shelf if one.code in codes]


def _show(desk: CommandDesk, found: Replanned) -> None:
    with desk.workplace.database.read() as connection:
        only = {one.student for one in found.moves}
        names = {number: one.short for number, one in read_names(connection, only).items()}
    for line in difference_lines(found, names, desk.t):
        click.echo(line)
    if not found.is_new:
        return
    earlier = found.earlier
    if earlier:
        listed = ", ".join(desk.t(channel_words(name)) for name in sorted(earlier))
        desk.say("Still counted as down since the plan before: {channels}.", channels=listed)
    for line in set_aside_lines(found.problem.set_aside, desk.t):
        click.echo(line)
    desk.say("To put it in force: jetkiz plan publish {week}.", week=found.run.week)
