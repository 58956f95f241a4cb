"""The command that says how old each leg of a week's paper is, for all or by home and office."""

from collections.abc import Sequence

import click

from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.i18n import N_
from jetkiz.i18n.decimals import tenths
from print_packs.runs.legs import LEG_WORDS, LegAge, ages, by_group, read_ways, slowest


@click.command(
    "legs",
    cls=SpokenCommand,
    help=N_("Say how long each leg of the way takes, and which is slowest."),
)
@click.argument("week")
@click.option(
    "--by",
    "group",
    type=click.Choice(["home", "office"]),
    help=N_("Name the slowest leg of each home or of each post office."),
)
@pass_desk
def legs_command(desk: CommandDesk, week: str, group: str | None) -> None:
    """Print the ages of the legs."""
    with desk.workplace.database.read() as connection:
        ways = read_ways(connection, week)
    now = desk.workplace.clock()
    found = ages(ways, now)
    if not found:
        desk.say("No packs have been made for week {week} yet.", week=week)
        return
    if group:
        for name, one in by_group(ways, group, now):
            click.echo(f"{name:<12} {_line(desk, one)}")
        return
    _say_legs(desk, found)


def _say_legs(desk: CommandDesk, found: Sequence[LegAge]) -> None:
    for one in found:
        click.echo(_line(desk, one))
    last = slowest(found)
    if last:
        desk.say("Slowest: {leg}.", leg=desk.t(LEG_WORDS[last.leg]))


def _line(desk: CommandDesk, one: LegAge) -> str:
    return desk.t(
        "{leg}: {days} days; done {done}, waiting {waiting}, the longest for {oldest} days",
        leg=desk.t(LEG_WORDS[one.leg]),
        days=tenths(one.middle, desk.t.language),
        done=one.done,
        waiting=one.waiting,
        oldest=tenths(one.oldest, desk.t.language),
    )
