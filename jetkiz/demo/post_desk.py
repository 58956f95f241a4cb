"""What the sample school does for its post: addresses, numbers, scales, counter, and the news."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import Connection

from jetkiz.delivery.ledger import lesson_states
from jetkiz.demo.stage import Stage
from jetkiz.demo.typed import typed
from jetkiz.demo.week_clock import WEEK
from jetkiz.i18n import N_
from jetkiz.roster.hand_edits import edit_by_hand
from jetkiz.roster.incoming import Subject
from jetkiz.roster.register import read_households, read_schools
from jetkiz.storage.whole_files import write_whole
from print_packs.model import PackState
from print_packs.post.address_checks import AddressState, CheckedAddress, Flaw
from print_packs.post.address_report import check_addresses, let_pass
from print_packs.post.kazpost_registry import Carrier
from print_packs.post.senders import checked_sender, save_sender
from print_packs.records import PackRow, read_packs
from print_packs.runs.lists import ListRecord, read_lists
from print_packs.s10.allotment import numbers_of
from print_packs.s10.ranges import read_ranges

BY: Final = "aigul"
# Twelve digits that fit together, as they must; a school enters its own.
_SENDER: Final = {
    "bin": "000140002217",
    "contract": "07-15/2026",
    "office": "Ақкөл",
    "office_index": "111908",
    "payment": "contract",
}
_NOTE: Final = "В удостоверении отчества нет, спросила у матери"
_OWN_PLACE: Final = (
    ("street", "Мектеп көшесі"),
    ("house", "1"),
    ("settlement_type", "ауылы"),
    ("settlement", "Ақкөл"),
    ("district", "Тобылсай ауданы"),
    ("region_kato", "39"),
    ("index6", "111908"),
    ("phone", "+77090000001"),
)
_RIGHT_INDEX: Final = "111911"
# Real rolls come from the office; these are printed as a word, never as a number.
_ROLL: Final = ("RR", "00000001", "00000040")


def ready_the_post(stage: Stage) -> None:
    """Say who posts, look at the addresses, and enter a roll of numbers, before anything prints."""
    now = stage.move_to("before thu", "09:30")
    with stage.workplace.database.write() as connection:
        (school,) = read_schools(connection)
        key = ("", school.sourced_id)
        for value in _OWN_PLACE:
            edit_by_hand(connection, Subject.SCHOOL, key, value, by=BY, at=now)
        save_sender(connection, school.id, checked_sender(_SENDER))
        rolls = read_ranges(connection)
    stage.say(N_("The lists will name BIN {bin}, contract {contract}."), **_SENDER)
    typed(stage, "packs", "addresses")
    with stage.workplace.database.read() as connection:
        strange = [one for one in check_addresses(connection) if one.state == AddressState.WARN]
    for one in strange:
        _mend(stage, one, now)
    if not rolls:
        typed(stage, "post", "numbers", "add", *_ROLL, "--office", "111908", "--specimen")


def _mend(stage: Stage, one: CheckedAddress, now: datetime) -> None:
    """Correct an address with a false index; let any other pass with a note."""
    home = one.household
    if Flaw.OTHER_REGION in {finding.flaw for finding in one.open}:
        typed(stage, "roster", "set", "household", home.key, "index6", _RIGHT_INDEX)
        return
    with stage.workplace.database.write() as connection:
        let_pass(connection, home, BY, _NOTE, now)
    stage.say(
        N_("{home}: the coordinator lets the address pass, with a note how she knows it."),
        home=home.key,
    )


def posted_rows(connection: Connection) -> tuple[list[ListRecord], dict[str, PackRow]]:
    """Return the lists for the office, and the packs of the week by their names."""
    lists = [one for one in read_lists(connection, WEEK) if one.carrier == Carrier.POST]
    return lists, {one.name: one for one in read_packs(connection, week=WEEK)}


def weigh_and_label(stage: Stage) -> None:
    """Weigh what goes by post, write labels and inventories, and replace a page that got wet."""
    stage.move_to("before fri", "08:40")
    with stage.workplace.database.read() as connection:
        (one, *_), packs = posted_rows(connection)
    rows = [packs[name] for name in one.packs]
    said = [
        word
        for place, row in enumerate(rows, start=1)
        for word in (f"{one.number}/{place}", str(_on_the_scales(row, place)))
    ]
    typed(stage, "post", "weigh", WEEK, *said)
    for what, name in ((("labels", "--as", "a4"), "labels.pdf"), (("inventory",), "inventory.pdf")):
        command, *options = what
        file = stage.folder / "post" / name
        number = ("--list", str(one.number))
        typed(stage, "packs", command, WEEK, *number, *options, "--out", str(file))
    _replace_a_page(stage, rows)


def _on_the_scales(row: PackRow, place: int) -> int:
    """Return what a pack weighs: the paper is a little heavier than it says, and damp."""
    model: int = row.postal["model_g"]
    return round(model * (1.03 + place % 3 / 100))


def _replace_a_page(stage: Stage, rows: Sequence[PackRow]) -> None:
    """Print one page again, of a pack that lies in one envelope."""
    whole = next(one for one in rows if one.parts == 1)
    with stage.workplace.database.read() as connection:
        home = read_households(connection, [whole.household])[whole.household].key
    stage.say(N_("Coffee was spilt over page 3 of the pack of {home}:"), home=home)
    typed(stage, "packs", "reprint", home, "--week", WEEK, "--page", "3")


def hear_the_post(stage: Stage) -> None:
    """Paste what Kazpost's page and the carrier say: letters delivered, one bag lost."""
    stage.move_to("mon", "19:00")
    with stage.workplace.database.read() as connection:
        lists, packs = posted_rows(connection)
        rows = [packs[name] for one in lists for name in one.packs]
        numbers = {
            pack: one.number.text
            for pack, one in numbers_of(connection, [row.id for row in rows]).items()
        }
        lost = [f"{one.print_id} 26.01.2026 lost" for one in lost_packs(connection)]
    file = stage.folder / "post" / "events.txt"
    write_whole(file, "\n".join([*_delivered(rows, numbers), *lost, ""]).encode())
    typed(stage, "packs", "events", WEEK, str(file))


def _delivered(rows: Sequence[PackRow], numbers: Mapping[int, str]) -> list[str]:
    """Return a line for each letter that arrived; the last was typed with a wrong check digit."""
    arrived = [one for one in rows if one.state != PackState.RETURNED_TO_SENDER]
    said = [numbers[one.id] for one in arrived if one.id in numbers]
    *good, last = said
    return [f"{one} 26.01.2026 14:20 delivered" for one in (*good, _mistyped(last))]


def lost_packs(connection: Connection) -> list[PackRow]:
    """Return the pack that the carrier loses: the first whose lessons all have a second way."""
    has_another = {
        (one.student, one.lesson)
        for one in lesson_states(connection, WEEK)
        if one.fallback is not None
    }
    keys = {number: one.key for number, one in read_households(connection).items()}
    brought = [one for one in read_packs(connection, week=WEEK) if one.channel == "in_person"]
    found = (
        one
        for one in sorted(brought, key=lambda one: keys[one.household])
        if all((x["student"], n) in has_another for x in one.contents for n in x["lessons"])
    )
    return [*islice(found, 1)]


def _mistyped(number: str) -> str:
    check = (int(number[10]) + 1) % 10
    return f"{number[:10]}{check}{number[11:]}"
