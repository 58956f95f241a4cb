"""Which packs a person means: by home, by the code at the foot of its pages, by rows of a list."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_households
from print_packs.records import PackRow, read_packs, read_reprints
from print_packs.runs.lists import read_lists

_SPAN: Final = "[0-9]{1,4}(?:-[0-9]{1,4})?"
_ROWS: Final = re.compile(f"([0-9]{{1,4}})/({_SPAN}(?:,{_SPAN})*)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The packs of the homes that were named, and those that were named one by one."""

    of_homes: tuple[PackRow, ...]
    by_number: tuple[PackRow, ...]


def choose_packs(connection: Connection, week: str, said: Sequence[str]) -> Chosen:
    """Return the packs of a week that are meant; a word that means none is refused.

    A word is the key of a home (h07), the code of a pack (K3X8-EHD7), or rows of a list
    (3/1-5,8).
    """
    packs = read_packs(connection, week=week)
    homes = _by_home(connection, packs)
    codes = {one.print_id: one for one in packs}
    by_id = {one.id: one for one in packs}
    codes |= {copy: by_id[one] for copy, one in read_reprints(connection, by_id).items()}
    rows = _by_row(connection, week, packs)
    of_homes: dict[int, PackRow] = {}
    by_number: dict[int, PackRow] = {}
    for word in said:
        if word in homes:
            of_homes |= {one.id: one for one in _one_home(homes[word], word, week)}
        elif word.upper() in codes:
            by_number[codes[word.upper()].id] = codes[word.upper()]
        elif _ROWS.fullmatch(word):
            by_number |= {one.id: one for one in _of_rows(rows, word, week)}
        else:
            raise _nothing(word, week)
    return Chosen(tuple(of_homes.values()), tuple(by_number.values()))


def _by_home(connection: Connection, packs: Sequence[PackRow]) -> dict[str, list[PackRow]]:
    numbers = {one.household for one in packs}
    keys = {number: one.key for number, one in read_households(connection, numbers).items()}
    homes: dict[str, list[PackRow]] = defaultdict(list)
    for one in packs:
        if one.household in keys:
            homes[keys[one.household]].append(one)
    return dict(homes)


def _by_row(
    connection: Connection, week: str, packs: Sequence[PackRow]
) -> dict[tuple[int, int], PackRow]:
    """Return packs by list and row, as both are printed on the sheet."""
    known = {one.name: one for one in packs}
    return {
        (one.number, row): known[name]
        for one in read_lists(connection, week)
        for row, name in enumerate(one.packs, start=1)
        if name in known
    }


def _one_home(packs: Sequence[PackRow], word: str, week: str) -> Sequence[PackRow]:
    """Keys are given by schools: two schools may call two homes the same."""
    if len({one.household for one in packs}) > 1:
        raise JetkizError(
            N_("More than one home is called {home} in week {week}."),
            N_("Give the code that stands at the foot of the pack's pages."),
            home=word,
            week=week,
        )
    return packs


def _of_rows(rows: Mapping[tuple[int, int], PackRow], word: str, week: str) -> list[PackRow]:
    number, _, spans = word.partition("/")
    found = []
    for span in spans.split(","):
        first, _, last = span.partition("-")
        if int(last or first) < int(first):
            raise _nothing(word, week)
        for row in range(int(first), int(last or first) + 1):
            if (int(number), row) not in rows:
                raise JetkizError(
                    N_("{word}: list {number} of week {week} has no pack in row {row}."),
                    N_("Look at the sheet: the list's number is after the week, rows are counted."),
                    word=word,
                    number=int(number),
                    week=week,
                    row=row,
                )
            found.append(rows[int(number), row])
    return found


def _nothing(word: str, week: str) -> JetkizError:
    return JetkizError(
        N_("{word} is no home, no pack and no row of a list in week {week}."),
        N_(
            "Give the key of a home (h07), the code at the foot of a page (K3X8-EHD7) "
            "or rows of a list (3/1-5,8). See them with: jetkiz packs status {week}."
        ),
        word=word,
        week=week,
    )
