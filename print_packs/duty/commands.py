"""The commands for the duty class: print its attendance lists, and say who came."""

from datetime import datetime

import click

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_names
from print_packs.duty.attendance import Attendance, enter_day, make_registers


@click.group(cls=SpokenGroup, help=N_("Look after the students who learn at school."))
def duty() -> None:
    """Hold the commands together."""


@duty.command(help=N_("Write the attendance lists of a week now, or once more."))
@click.argument("week")
@pass_desk
def lists(desk: CommandDesk, week: str) -> None:
    """Write the lists before their moment, or after a disk was full."""
    parse_week(week)
    folder = make_registers(desk.workplace, week)
    desk.say("The attendance lists lie in {folder}", folder=folder)


@duty.command(help=N_("Record who came on a day: everybody on the list but those you name."))
@click.argument("week")
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help=N_("The day of the list.")
)
@click.option("--absent", multiple=True, help=N_("Id or number of a student who did not come."))
@click.option("--all", "everybody", is_flag=True, help=N_("Everybody on the list came."))
@click.option("--school", help=N_("Id of the school, where more than one has a duty class."))
@pass_desk
def attended(
    desk: CommandDesk,
    /,
    week: str,
    day: datetime,
    absent: tuple[str, ...],
    school: str | None,
    *,
    everybody: bool,
) -> None:
    """Turn an attendance list into receipts."""
    parse_week(week)
    if bool(absent) == everybody:
        raise JetkizError(
            N_("It is not clear who came."),
            N_("Name those who did not come with --absent, or say --all."),
        )
    _say(desk, enter_day(desk.workplace, week, day.date(), absent, school))


def _say(desk: CommandDesk, told: Attendance) -> None:
    with desk.workplace.database.read() as connection:
        names = read_names(connection, told.stands)
    for number in told.stands:
        desk.say(
            "{name} stays as it is: it was entered before that the student came.",
            name=names[number].short if number in names else str(number),
        )
    if not told.news:
        desk.say("This was recorded before; nothing has changed.")
        return
    came = desk.t.n("{n} student came", "{n} students came", len(told.came))
    missed = desk.t.n("{n} did not come", "{n} did not come", len(told.absent))
    click.echo(f"{came}, {missed}.")
