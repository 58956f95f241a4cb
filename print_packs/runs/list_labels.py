"""Which addresses belong to a list, in its order: what is stuck on the envelopes."""

from pathlib import Path

from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_households
from print_packs.model import Letter
from print_packs.post.addresses import household_letter
from print_packs.post.kept_lists import kept_list
from print_packs.post.labels import Label
from print_packs.post.list_form import ListForm
from print_packs.records import read_packs, read_runs
from print_packs.runs.composing import sender_letters
from print_packs.runs.lists import ListRecord, read_lists
from print_packs.runs.run_files import run_folder


def find_list(connection: Connection, week: str, number: int) -> ListRecord:
    """Return a list of a week."""
    for one in read_lists(connection, week):
        if one.number == number:
            return one
    raise JetkizError(
        N_("Week {week} has no list number {number}."),
        N_("Look at the number at the top of the list, after the week."),
        week=week,
        number=number,
    )


def list_as_made(connection: Connection, data: Path, week: str, one: ListRecord) -> ListForm:
    """Return a list as it was made, from the files of its run."""
    run = next(run for run in read_runs(connection, week) if run.id == one.run)
    return kept_list(run_folder(data, run), f"{week}/{one.number}")


def list_labels(connection: Connection, data: Path, week: str, one: ListRecord) -> list[Label]:
    """Return the labels of a list, with the addresses of today and the list's postal numbers."""
    packs = {pack.name: pack for pack in read_packs(connection, consignments=one.packs)}
    homes = read_households(connection, {pack.household for pack in packs.values()})
    senders = sender_letters(connection, {home.school for home in homes.values()})
    form = list_as_made(connection, data, week, one)
    at = next((n for n, column in enumerate(form.columns) if column.key == "s10"), None)
    return [
        Label(
            household_letter(homes[packs[name].household]),
            senders.get((home.school, home.language), Letter("")),
            home.language,
            packs[name].print_id,
            "" if at is None else row[at],
        )
        for name, row in zip(one.packs, form.rows, strict=True)
        if (home := homes.get(packs[name].household))
    ]
