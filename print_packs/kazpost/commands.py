"""The commands for Kazpost's network services; without their settings they say what is missing."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import Connection, select

from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.model import Household
from jetkiz.roster.register import read_households
from jetkiz.roster.tables import school
from jetkiz.storage.many_values import among
from jetkiz.storage.whole_files import write_whole
from print_packs.kazpost import operations
from print_packs.kazpost.asking import item_of, packs_without
from print_packs.kazpost.following import PAUSE, due_numbers, follow
from print_packs.kazpost.key import read_key
from print_packs.kazpost.numbers import Counter, OrderState, all_numbers, read_orders
from print_packs.kazpost.operations import Item, Party
from print_packs.kazpost.service import service_of, track
from print_packs.post.addresses import addressee_name
from print_packs.records import PackRow, read_packs
from print_packs.runs.pack_choice import choose_packs
from print_packs.s10.allotment import numbers_of

_FEWEST_GRAMS = 1
# From here on a person goes and does something else meanwhile.
_MANY = 120


@click.group(cls=SpokenGroup, help=N_("Ask Kazpost's network services, if the school uses them."))
def kazpost() -> None:
    """Hold the commands together."""


@kazpost.command(help=N_("Say what Kazpost asks for a letter of some grams between two indexes."))
@click.argument("grams", type=click.IntRange(min=_FEWEST_GRAMS))
@click.argument("from_index")
@click.argument("to_index")
@pass_desk
def rate(desk: CommandDesk, grams: int, from_index: str, to_index: str) -> None:
    """Ask for a rate; no key is needed."""
    fields = operations.rate_fields(Item(grams), from_index, to_index)
    reply = service_of(desk.settings).ask(operations.RATE, fields, with_key=False)
    desk.say("{tenge} tg for {grams} g.", tenge=operations.tenge_of(reply), grams=grams)


@kazpost.command(help=N_("Ask Kazpost for a number for every pack of a week that waits for one."))
@click.argument("week")
@click.option("--label", "labels", is_flag=True, help=N_("Ask for Kazpost's own label, too."))
@pass_desk
def numbers(desk: CommandDesk, week: str, labels: bool) -> None:
    """Ask for numbers once each; what stays open is said."""
    counter = replace(_counter(desk), wants_label=labels)
    with desk.workplace.database.read() as connection:
        packs = packs_without(connection, week)
        homes = read_households(connection, {one.household for one in packs})
        senders = _senders(connection, {one.school for one in homes.values()}, desk)
    found = all_numbers(
        [one for one in packs if one.household in homes],
        lambda one: counter.number(
            one,
            item_of(one),
            senders[homes[one.household].school],
            recipient_of(homes[one.household]),
        ),
    )
    if not packs:
        desk.say("No pack of week {week} waits for a number.", week=week)
    for one in found:
        words = desk.t.error(one.trouble) if one.trouble else one.number
        click.echo(f"{one.pack.print_id}  {words}", err=one.trouble is not None)
    if any(one.trouble for one in found):
        raise click.exceptions.Exit(1)


def recipient_of(home: Household) -> Party:
    """Return a home as Kazpost's services want it."""
    a = home.address
    return Party(
        name=addressee_name(home),
        index=a.index6,
        settlement=a.settlement,
        district=a.district,
        street=a.street,
        house=", ".join(part for part in (a.house, a.flat) if part),
        phone=home.phone,
    )


def _senders(connection: Connection, schools: set[int], desk: CommandDesk) -> Mapping[int, Party]:
    c = school.c
    rows = connection.execute(select(c.id, c.name, c.address).where(among(c.id, schools)))
    return {row.id: _sender(row.name, row.address or {}, desk.settings.kazpost_bin) for row in rows}


def _sender(name: str, address: Mapping[str, str], number: str) -> Party:
    said = {key: str(address.get(key) or "") for key in ("district", "street", "house", "phone")}
    place = str(address.get("settlement") or "")
    return Party(name, str(address.get("index6") or ""), place, bin=number, **said)


def _counter(desk: CommandDesk) -> Counter:
    service = service_of(desk.settings)
    return Counter(desk.workplace, service, read_key(desk.settings))


@kazpost.command(help=N_("Settle an order that stayed open, with its number or without one."))
@click.argument("week")
@click.argument("pack")
@click.argument("postal_number", default="")
@pass_desk
def settle(desk: CommandDesk, week: str, pack: str, postal_number: str) -> None:
    """Write down what a person heard from Kazpost."""
    _counter(desk).settle(_one(desk, week, pack), postal_number)
    desk.say("Recorded.")


@kazpost.command(help=N_("Make the number of a pack void at Kazpost."))
@click.argument("week")
@click.argument("pack")
@pass_desk
def cancel(desk: CommandDesk, week: str, pack: str) -> None:
    """Cancel one number."""
    number = _counter(desk).cancel(_one(desk, week, pack))
    desk.say("The number {number} is void.", number=number)


def _one(desk: CommandDesk, week: str, said: str) -> PackRow:
    with desk.workplace.database.read() as connection:
        chosen = choose_packs(connection, week, [said])
    packs = [one for one in (*chosen.of_homes, *chosen.by_number) if one.channel == "post"]
    if len(packs) != 1:
        raise JetkizError(
            N_("{said} does not name one pack that goes by post."),
            N_("Give the code that stands at the foot of the pack's pages."),
            said=said,
        )
    return packs[0]


@kazpost.command(help=N_("Write the label that Kazpost made for a pack into a PDF."))
@click.argument("week")
@click.argument("pack")
@click.argument("pdf", type=click.Path(path_type=Path, dir_okay=False))
@pass_desk
def label(desk: CommandDesk, week: str, pack: str, pdf: Path) -> None:
    """Hand out a label that came with its number."""
    row = _one(desk, week, pack)
    with desk.workplace.database.read() as connection:
        orders = read_orders(connection, [row.id])
    name = next((one.label for one in orders if one.state == OrderState.GIVEN), "")
    if not name:
        raise JetkizError(
            N_("Kazpost gave no label for pack {code}."),
            N_("Labels come with numbers asked for with: jetkiz kazpost numbers {week} --label"),
            code=row.print_id,
            week=week,
        )
    write_whole(pdf, desk.workplace.files.get(name))
    desk.say("The label of pack {code} lies in {file}", code=row.print_id, file=pdf)


@kazpost.command("form-103", help=N_("Fetch Kazpost's electronic form 103 for the numbers given."))
@click.argument("week")
@click.argument("pdf", type=click.Path(path_type=Path, dir_okay=False))
@pass_desk
def form_103(desk: CommandDesk, week: str, pdf: Path) -> None:
    """Write the PDF that the service makes."""
    counter = _counter(desk)
    with desk.workplace.database.read() as connection:
        packs = [one.id for one in read_packs(connection, week=week)]
        orders = read_orders(connection, packs)
        valid = {one.number.text for one in numbers_of(connection, packs).values()}
    given = [one.number for one in orders if one.number in valid]
    fields = operations.form_103_fields(counter.key, given)
    reply = counter.service.ask(operations.FORM_103, fields, with_key=True)
    write_whole(pdf, operations.pdf_of(reply))
    desk.say("The form for {n} numbers lies in {file}", n=len(given), file=pdf)


@kazpost.command(help=N_("Look up the post offices of a settlement."))
@click.argument("settlement")
@pass_desk
def offices(desk: CommandDesk, settlement: str) -> None:
    """Print index and address of each office."""
    fields = operations.office_fields(settlement)
    reply = service_of(desk.settings).ask(operations.OFFICES, fields, with_key=False)
    for index, address in zip(
        reply.texts.get("PstIndex", ()), reply.texts.get("Address", ()), strict=False
    ):
        click.echo(f"{index}  {address}")


@kazpost.command("follow", help=N_("Ask where the packs of a week are, each once an hour at most."))
@click.argument("week")
@pass_desk
def follow_command(desk: CommandDesk, week: str) -> None:
    """Record what Kazpost's tracking says."""
    address = desk.settings.kazpost_tracking
    if not address:
        raise JetkizError(
            N_("Kazpost's tracking is switched off here."),
            N_("Write its address in the setting kazpost_tracking."),
        )
    with desk.workplace.database.read() as connection:
        due = len(due_numbers(connection, week, desk.workplace.clock()))
    if due >= _MANY:
        desk.say(
            "{n} packs are asked for one after the other; that takes {minutes} minutes or more.",
            n=due,
            minutes=int(due * PAUSE / 60),
        )
    found = follow(desk.workplace, week, lambda number: track(address, number), time.sleep)
    desk.say(
        "Asked for {asked} packs, {recorded} events are new.",
        asked=found.asked,
        recorded=found.recorded,
    )
    for trouble in found.troubles:
        click.echo(desk.t("Error: {sentence}", sentence=desk.t.error(trouble)), err=True)
    if found.troubles:
        raise click.exceptions.Exit(1)
