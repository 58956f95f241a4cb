"""Which addresses belong to a list, in its order: what is stuck on the envelopes."""

import re
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_households
from print_packs.model import Letter
from print_packs.post.addresses import household_letter
from print_packs.post.kazpost_registry import whom
from print_packs.post.kept_lists import kept_list
from print_packs.post.labels import Label
from print_packs.post.list_form import ListForm
from print_packs.records import read_packs, read_runs
from print_packs.runs.composing import sender_letters
from print_packs.runs.lists import ListRecord, read_lists
from print_packs.runs.run_files import run_folder

# The end of an address in one line: the index of six digits and that of the building, if known.
_INDEXES: Final = re.compile(
    r"(.*?)(?:(?:, |^)([0-9]{6}))?(?:(?:, |^)([A-Z][0-9]{2}[A-Z][0-9][A-Z][0-9]))?"
)


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
    """Return the labels of a list, with its addresses and postal numbers, whatever changed since.

    A pack is addressed once: what is stuck on it says what list and cover sheet say.
    """
    packs = {pack.name: pack for pack in read_packs(connection, consignments=one.packs)}
    homes = read_households(connection, {pack.household for pack in packs.values()})
    senders = sender_letters(connection, {home.school for home in homes.values()})
    form = list_as_made(connection, data, week, one)
    rows = _rows(form)
    codes = [packs[name].print_id for name in one.packs]
    if [row["note"].partition(";")[0] for row in rows] != codes:
        raise JetkizError(
            N_("List {name} was not written to its end: its files and its packs differ."),
            N_("Make the packs again with: jetkiz packs make {week}."),
            name=form.name,
            week=week,
        )
    return [
        Label(
            as_printed(household_letter(home), (row["addressee"], row["address"])),
            senders.get((home.school, home.language), Letter("")),
            home.language,
            packs[name].print_id,
            row.get("s10", ""),
        )
        for name, row in zip(one.packs, rows, strict=True)
        if (home := homes.get(packs[name].household))
    ]


def _rows(form: ListForm) -> list[dict[str, str]]:
    keys = [column.key for column in form.columns]
    return [dict(zip(keys, row, strict=True)) for row in form.rows]


def as_printed(today: Letter, row: tuple[str, str]) -> Letter:
    """Return an address as the row of a list says it: name, and all else in one line.

    An address that is the same today keeps its lines.
    """
    if whom(today) == row:
        return today
    name, address = row
    match = _INDEXES.fullmatch(address)
    lines, index, index7 = match.groups("") if match else (address, "", "")
    return Letter(name, (lines,) if lines else (), index, index7=index7)
