"""The command that brings a published week to a LibreTime."""

from datetime import datetime

import click

from broadcast.checker.checking import refuse_faults
from broadcast.export.libretime.pushing import push
from broadcast.export.libretime.server import Server
from broadcast.export.rows import export_rows, guide_ids_of
from broadcast.problem.model import Channel, Medium, Problem
from broadcast.problem.moments import moment
from broadcast.revisions import no_timetable, read_published
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


@click.command(
    "push-libretime",
    cls=SpokenCommand,
    help=N_("Bring the published week of a radio station to its LibreTime."),
)
@click.argument("week")
@click.option("--channel", default="", help=N_("Key of the station; the only radio if left out."))
@pass_desk
def push_libretime(desk: CommandDesk, week: str, channel: str) -> None:
    """Make what stands at the LibreTime equal to what is published."""
    workplace = desk.workplace
    settings = workplace.settings
    with workplace.database.read() as connection:
        kept = read_published(connection, week)
    if kept is None:
        raise no_timetable(week)
    refuse_faults(kept.problem, kept.plan)
    station = _station(kept.problem, channel)
    rows = [row for row in export_rows(kept.problem, kept.plan) if row.channel.id == station.id]
    name = f"libretime-{guide_ids_of([station])[station.id]}.json"
    done = push(
        rows,
        _days(kept.problem, station),
        Server(settings.libretime_address, settings.libretime_key),
        settings.data / "broadcast" / week / name,
        workplace.clock(),
    )
    if done.is_nothing:
        desk.say(N_("LibreTime has the week as it is published: nothing was to be done."))
        return
    desk.say(
        N_("At LibreTime: {made} made, {changed} changed, {gone} taken away."),
        made=done.made,
        changed=done.changed,
        gone=done.gone,
    )


def _days(problem: Problem, station: Channel) -> tuple[datetime, datetime]:
    ends = (0, problem.meta.days)
    first, last = (moment(problem, station, day, station.day_start) for day in ends)
    return first, last


def _station(problem: Problem, key: str) -> Channel:
    radios = [one for one in problem.channels if one.medium is Medium.RADIO]
    found = [one for one in problem.channels if one.id == key] if key else radios
    if len(found) != 1:
        raise JetkizError(
            N_("Which station is meant is not clear: {given}."),
            N_("Name one with --channel: {known}."),
            given=key or "-",
            known=", ".join(one.id for one in radios or problem.channels),
        )
    return found[0]
