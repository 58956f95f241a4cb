"""The commands for what the post office gets: which addresses it would refuse."""

import click

from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.i18n import N_
from print_packs.post.address_checks import AddressState, CheckedAddress
from print_packs.post.address_report import check_addresses
from print_packs.post.address_words import told_all

STATE_WORDS = {
    AddressState.BLOCK: N_("by hand"),
    AddressState.WARN: N_("look"),
}


@click.command(
    cls=SpokenCommand, help=N_("Show the addresses that the post would refuse or that look wrong.")
)
@click.argument("week", required=False)
@pass_desk
def addresses(desk: CommandDesk, week: str | None) -> None:
    """Report before anything is printed; end with a failure while an address blocks."""
    with desk.workplace.database.read() as connection:
        checked = check_addresses(connection, week)
    for one in checked:
        if one.state != AddressState.OK:
            click.echo(_line(desk, one))
    blocked = sum(one.state == AddressState.BLOCK for one in checked)
    look = sum(one.state == AddressState.WARN for one in checked)
    desk.say(
        N_(
            "Addresses: {n}. By hand because the post would refuse them: {blocked}. "
            "Look at: {look}."
        ),
        n=len(checked),
        blocked=blocked,
        look=look,
    )
    if blocked:
        raise click.exceptions.Exit(1)


def _line(desk: CommandDesk, one: CheckedAddress) -> str:
    home = one.household
    return (
        f"{home.key}  {desk.t(STATE_WORDS[one.state])}  {home.addressee}: {told_all(one, desk.t)}"
    )
