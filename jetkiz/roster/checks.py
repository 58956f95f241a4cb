"""What looks wrong though every cell is right: namesakes, new ids, files of another year."""

from collections import defaultdict
from datetime import date
from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.access_profile import UNKNOWN, FactKind
from jetkiz.roster.completion import folded
from jetkiz.roster.difference import Difference, SubjectDifference
from jetkiz.roster.incoming import Incoming, Key, Subject
from jetkiz.roster.reading.findings import Findings, Place
from jetkiz.roster.register_state import ImportRun, RegisterState

# Enough to find the slip; the file has the rest.
LISTED_HOMES: Final = 5


def check_names(incoming: Incoming, register: RegisterState, place: Place, f: Findings) -> None:
    """Point at two students of one name in one class; one may be the other with a new id."""
    namesakes: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for key in sorted(incoming[Subject.STUDENT].keys() | register[Subject.STUDENT].keys()):
        if _value(incoming, register, key, "active"):
            namesakes[_name_in_class(incoming, register, key)].add(key[1])
    titles = _titles(incoming, register)
    said = {key[1] for key in incoming[Subject.STUDENT]}
    for (*_name, room), ids in namesakes.items():
        if len(ids) > 1 and ids & said:
            f.warn(
                place,
                N_("Students of one name are in class {room}: {ids}."),
                N_("If it is one person, correct the id at the source; if not, all is well."),
                room=titles.get(room, room),
                ids=", ".join(sorted(ids)),
                cause=("namesakes", *sorted(ids)),
            )


def _titles(incoming: Incoming, register: RegisterState) -> dict[str, str]:
    known = {key[1]: str(one.values["title"]) for key, one in register[Subject.CLASS].items()}
    said = incoming[Subject.CLASS].items()
    return known | {key[1]: str(values["title"]) for key, values in said if "title" in values}


def _value(incoming: Incoming, register: RegisterState, key: Key, column: str) -> object:
    said = incoming[Subject.STUDENT].get(key, {}).get(column)
    return register.value(Subject.STUDENT, key, column) if said is None else said


def _name_in_class(incoming: Incoming, register: RegisterState, key: Key) -> tuple[str, ...]:
    columns = ("family_name", "given_name", "patronymic")
    names = (folded(str(_value(incoming, register, key, column) or "")) for column in columns)
    return (key[0], *names, str(_value(incoming, register, key, "class") or ""))


def check_year(
    year_ends: date | None, last: ImportRun | None, today: date, place: Place, f: Findings
) -> None:
    """Refuse a file of a school year that is over, or older than the last one."""
    if year_ends is None:
        return
    if year_ends < today:
        f.error(
            place,
            N_("These files are of a school year that ended on {ended}."),
            N_("Export this year's. To bring in the old ones all the same: --older."),
            ended=year_ends.isoformat(),
        )
    elif last and last.year_ends and year_ends < last.year_ends:
        f.error(
            place,
            N_("The last import was of a school year that ends later, on {ended}."),
            N_("Export this year's. To bring in the old ones all the same: --older."),
            ended=last.year_ends.isoformat(),
        )


def check_missing(
    difference: Difference, register: RegisterState, place: Place, f: Findings
) -> None:
    """Ask whether it is the right file when much of a school is not in it."""
    part = difference.subjects.get(Subject.STUDENT, SubjectDifference())
    known = len(register[Subject.STUDENT])
    if part.absent and len(part.absent) * 3 >= known:
        f.warn(
            place,
            N_("{absent} of the {known} students of the register are not in the file."),
            N_("They stay as they are; check that it is the whole roster of the right school."),
            absent=len(part.absent),
            known=known,
        )


def check_repeated(sha256: str, runs: list[ImportRun], place: Place, f: Findings) -> None:
    """Refuse to go back to a file after which newer ones were brought in."""
    run = next((run for run in runs if run.sha256 == sha256), None)
    if run is None or run is runs[0]:
        return
    f.error(
        place,
        N_("This file was imported on {day} by {by}; newer ones were imported after it."),
        N_("Take the newest file. To bring in the old one all the same: --older."),
        day=f"{run.at:%Y-%m-%d}",
        by=run.by,
    )


def check_tv_keys(incoming: Incoming, known: frozenset[str], place: Place, f: Findings) -> None:
    """Point at a TV channel that carries no lessons: it may be a slip of one that does."""
    homes: dict[str, set[str]] = defaultdict(set)
    for item in incoming.facts:
        if item.fact.kind is FactKind.TV and item.fact.value not in {UNKNOWN, "none"}:
            for key in set(item.fact.value.split(",")) - known:
                homes[key].add(item.household)
    for key, ids in sorted(homes.items()) if known else ():
        f.warn(
            place,
            N_("The TV channel {key} carries no lessons here; homes: {homes}."),
            N_("If it is a slip, correct it; channels with lessons are: {known}."),
            key=key,
            homes=", ".join(sorted(ids)[:LISTED_HOMES])
            + (", …" if len(ids) > LISTED_HOMES else ""),
            known=", ".join(sorted(known)),
            cause=("tv", key),
        )
