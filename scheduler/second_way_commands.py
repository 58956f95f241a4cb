"""What ``plan fallbacks`` does: say which second ways stand ready, and which took over."""

import click

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.i18n import N_
from jetkiz.roster.register import read_names
from scheduler.falling_back import read_orders
from scheduler.plan_store import read_lines, run_in_force
from scheduler.second_way_words import order_lines, ready_line, room_lines


@click.command(cls=SpokenCommand, help=N_("Say which second ways stand ready, or took over."))
@click.argument("week")
@pass_desk
def fallbacks(desk: CommandDesk, week: str) -> None:
    """Print what the plan in force has ready, and a line for each student who needed it."""
    parse_week(week)
    with desk.workplace.database.read() as connection:
        run = run_in_force(connection, week)
        plans = read_lines(connection, run.id)
        orders = read_orders(connection, week)
        names = read_names(connection, only={one.student for one in orders})
    told = {number: name.short for number, name in names.items()}
    lines = [ready_line(plans, desk.t), *room_lines(run.report, desk.t)]
    for line in [*lines, *order_lines(orders, told, desk.t)]:
        click.echo(line)
