"""Which packs a person means: by home, by the code at the foot of its pages, by rows of a list."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_school_numbers
from jetkiz.roster.tables import household
from jetkiz.storage.many_values import among
from print_packs.records import PackRow, read_pack_codes, read_packs
from print_packs.runs.lists import read_lists

_SPAN: Final = "[0-9]{1,4}(?:-[0-9]{1,4})?"
_ROWS: Final = re.compile(f"([0-9]{{1,4}})/({_SPAN}(?:,{_SPAN})*)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The packs of the homes that were named, and those that were named one by one."""

    of_homes: tuple[PackRow, ...]
    by_number: tuple[PackRow, ...]


def choose_packs(
    connection: Connection, week: str, said: Sequence[str], school: int | None = None
) -> Chosen:
    """Return the packs of a week that are meant; a word that means none is refused.

    A word is the key of a home (h07), the code of a pack (K3X8-EHD7), or rows of a list
    (3/1-5,8). With a ``school`` only packs for its homes are meant. Nothing is read but what the
    words name.
    """
    keys = home_keys(connection, said, school)
    homes: dict[str, list[PackRow]] = defaultdict(list)
    for one in read_packs(connection, week=week, households=keys):
        if one.is_in_run:
            homes[keys[one.household]].append(one)
    numbers = read_pack_codes(connection, {word.upper() for word in said})
    codes = _own(connection, numbers.values(), week, school)
    rows = _by_row(connection, week, said, school)
    of_homes: dict[int, PackRow] = {}
    by_number: dict[int, PackRow] = {}
    for word in said:
        if word in homes:
            of_homes |= {one.id: one for one in _one_home(homes[word], word, week)}
        elif numbers.get(word.upper()) in codes:
            by_number[numbers[word.upper()]] = codes[numbers[word.upper()]]
        elif _ROWS.fullmatch(word):
            by_number |= {one.id: one for one in _of_rows(rows, word, week)}
        else:
            raise _nothing(word, week)
    return Chosen(tuple(of_homes.values()), tuple(by_number.values()))


def packs_to_copy(
    connection: Connection, said: str, week: str | None, school: int | None = None
) -> Sequence[PackRow]:
    """Return the packs that are to be printed once more; there is one at least.

    A home means all envelopes of its last pack, of the week if one is named. A code means its pack,
    of whatever week; rows of a list are read as ``choose_packs`` does, and need the week.
    """
    if keys := home_keys(connection, [said], school):
        return _last_pack(read_packs(connection, week=week, households=keys), said)
    numbers = read_pack_codes(connection, {said.upper()}).values()
    if coded := _own(connection, numbers, None, school):
        return _printed([*coded.values()], said)
    if week is None:
        raise _no_week(said)
    return _printed(choose_packs(connection, week, [said], school).by_number, said)


def _printed(packs: Sequence[PackRow], word: str) -> Sequence[PackRow]:
    found = [one for one in packs if one.is_in_run]
    if packs and not found:
        raise JetkizError(
            N_("{word}: the pack was held back and is in no run."),
            N_("To see why, and to make it again: jetkiz packs make {week}."),
            word=word,
            week=packs[-1].week,
        )
    return found


def _last_pack(packs: Sequence[PackRow], word: str) -> Sequence[PackRow]:
    found = _printed(packs, word)
    if not found:
        raise _no_pack(word)
    last = max(_one_home(found, word, found[0].week), key=lambda one: (one.week, one.id))
    return [one for one in found if one.consignment == last.consignment]


def _no_pack(word: str) -> JetkizError:
    return JetkizError(
        N_("Home {home} has no pack yet."),
        N_("Look at its key in the roster, and make the packs of the week first."),
        home=word,
    )


def _no_week(word: str) -> JetkizError:
    if _ROWS.fullmatch(word) is None:
        return _no_pack(word)
    return JetkizError(
        N_("{word}: every week has lists of its own."),
        N_("Add the week that stands on the sheet: --week 2026-W05."),
        word=word,
    )


def home_keys(
    connection: Connection, said: Iterable[str], school: int | None = None
) -> dict[int, str]:
    """Return the homes that are called so, by their number."""
    c = household.c
    query = select(c.id, c.sourced_id).where(c.active, among(c.sourced_id, said))
    if school is not None:
        query = query.where(c.school_id == school)
    return {row.id: row.sourced_id for row in connection.execute(query)}


def _own(
    connection: Connection, numbers: Iterable[int], week: str | None, school: int | None
) -> dict[int, PackRow]:
    """Return those of the packs that are of this week and this school, if they are named."""
    packs = read_packs(connection, week=week, numbers=numbers)
    if school is not None:
        schools = read_school_numbers(connection, {one.household for one in packs})
        packs = [one for one in packs if schools.get(one.household) == school]
    return {one.id: one for one in packs}


def _by_row(
    connection: Connection, week: str, said: Sequence[str], school: int | None
) -> dict[tuple[int, int], PackRow]:
    """Return the packs of the lists that are named, by list and row as printed on the sheet."""
    matches = [_ROWS.fullmatch(word) for word in said]
    lists = read_lists(connection, week, numbers={int(one[1]) for one in matches if one})
    names = {
        name: (one.number, row) for one in lists for row, name in enumerate(one.packs, start=1)
    }
    packs = read_packs(connection, week=week, consignments=names)
    own = _own(connection, [one.id for one in packs], week, school)
    return {names[one.name]: one for one in own.values()}


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
