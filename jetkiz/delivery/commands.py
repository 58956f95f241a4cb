"""How the ledger is checked against its receipts, and computed anew from them."""

from collections.abc import Sequence

import click

from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.delivery import ledger as book
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


@click.group(cls=SpokenGroup, help=N_("Check the ledger against its receipts, or rebuild it."))
def ledger() -> None:
    """Only the subcommands do anything."""


@ledger.command(help=N_("Compare every bit of the ledger with the receipts that prove it."))
@click.argument("week", required=False)
@pass_desk
def check(desk: CommandDesk, week: str | None) -> None:
    """Say for each week whether it agrees; status 1 if one does not."""
    wrong = 0
    with desk.workplace.database.read() as connection:
        for one in _weeks(book.weeks(connection), week):
            count = len(book.differences(connection, one))
            wrong += count
            desk.say(_verdict(count), week=one, n=count)
    if wrong:
        raise JetkizError(
            N_("The ledger does not say what its receipts prove."),
            N_("Run: jetkiz ledger rebuild. The receipts are the truth; nothing is lost."),
        )


def _verdict(count: int) -> str:
    if count:
        return N_("Week {week}: entries that differ from their receipts: {n}.")
    return N_("Week {week}: every entry is proved by its receipts.")


@ledger.command(help=N_("Compute the ledger anew from the receipts."))
@click.argument("week", required=False)
@pass_desk
def rebuild(desk: CommandDesk, week: str | None) -> None:
    """Rebuild one week, or all."""
    with desk.workplace.database.write() as connection:
        for one in _weeks(book.weeks(connection), week):
            count = book.rebuild(connection, one)
            desk.say(N_("Week {week}: rebuilt; entries changed: {n}."), week=one, n=count)


def _weeks(known: Sequence[str], wanted: str | None) -> Sequence[str]:
    if not known:
        raise JetkizError(
            N_("The ledger is empty."), N_("A week enters it with: jetkiz plan publish WEEK")
        )
    if wanted is None:
        return known
    if wanted not in known:
        raise JetkizError(
            N_("The ledger has no week {week}."),
            N_("Weeks that it has: {known}."),
            week=wanted,
            known=", ".join(known),
        )
    return [wanted]
