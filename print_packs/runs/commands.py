"""The commands for what belongs to a list: labels, inventories, rows that the counter refused."""

from pathlib import Path

import click

from jetkiz.command_line import CommandDesk, SpokenCommand, operator, pass_desk
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import write_whole
from print_packs.post.labels import Shape, draw_labels
from print_packs.post.list_pages import draw_forms
from print_packs.runs.hand_over import not_refused, refused
from print_packs.runs.inventories import inventories
from print_packs.runs.list_labels import find_list, list_labels

_NUMBER = click.option("--list", "number", type=int, required=True, help=N_("Number of a list."))
_OUT = click.option(
    "--out", type=click.Path(path_type=Path), required=True, help=N_("The file to write.")
)


@click.command(
    cls=SpokenCommand, help=N_("Write the addresses of a list: A5 sheets, labels or envelopes.")
)
@click.argument("week")
@_NUMBER
@click.option(
    "--as",
    "shape",
    type=click.Choice([one.value for one in Shape]),
    default=Shape.A5.value,
    help=N_("What is printed on: a5, a4 (eight labels), c5, c4 or dl."),
)
@click.option("--start", type=int, default=1, help=N_("Place of the first label on its sheet."))
@_OUT
@pass_desk
def labels(desk: CommandDesk, week: str, number: int, shape: str, start: int, out: Path) -> None:
    """Write labels in the order of the list."""
    with desk.workplace.database.read() as connection:
        one = find_list(connection, week, number)
        found = list_labels(connection, desk.settings.data, week, one)
    write_whole(out, draw_labels(found, Shape(shape), start))
    desk.say("Addresses: {n}, in {file}", n=len(found), file=out)


@click.command(
    cls=SpokenCommand, help=N_("Write an inventory of contents for each envelope of a list.")
)
@click.argument("week")
@_NUMBER
@_OUT
@pass_desk
def inventory(desk: CommandDesk, week: str, number: int, out: Path) -> None:
    """Write inventories in the order of the list."""
    with desk.workplace.database.read() as connection:
        one = find_list(connection, week, number)
        found = inventories(connection, desk.settings.data, week, one)
    write_whole(out, draw_forms(found))
    desk.say("Inventories: {n}, in {file}", n=len(found), file=out)


@click.command(
    "refused", cls=SpokenCommand, help=N_("Record which packs of a list the counter did not take.")
)
@click.argument("week")
@click.argument("packs", nargs=-1, required=True)
@click.option("--note", default="", help=N_("What was said at the counter."))
@click.option("--undo", is_flag=True, help=N_("They were taken after all, or never refused."))
@pass_desk
def refused_command(
    desk: CommandDesk, week: str, packs: tuple[str, ...], note: str, undo: bool
) -> None:
    """Turn what the counter refused into receipts, so that another way is found."""
    workplace = desk.workplace
    if undo:
        with workplace.database.write() as connection:
            not_refused(connection, week, packs, workplace.clock())
        desk.say(
            N_(
                "Noted: not refused. Lessons that got another way meanwhile keep it; what comes "
                "first counts."
            )
        )
        return
    why = (operator(), note)
    with workplace.database.write() as connection:
        moved = refused(connection, week, packs, why, workplace.clock())
    click.echo(
        desk.t.n(
            "{n} pack recorded, with {lessons} lessons.",
            "{n} packs recorded, with {lessons} lessons.",
            moved.packs,
            lessons=moved.lessons,
        )
    )
