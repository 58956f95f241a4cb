"""What happens to the sample packs: printed, listed, carried, signed for, answered, scanned."""

import hashlib
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from jetkiz.demo.handwriting import AnswerSheet, answer_sheets, phone_photo, scanned_pdf
from jetkiz.demo.stage import Stage
from jetkiz.demo.week_clock import WEEK
from jetkiz.i18n import N_
from jetkiz.roster.register import read_households
from jetkiz.storage.whole_files import write_whole
from print_packs.model import PackState
from print_packs.records import PackRow, read_packs
from print_packs.runs.hand_over import came_back, hand_over, signed
from print_packs.runs.single_packs import checksum_of_file
from print_packs.scans.return_scans import file_scans

# Every so many homes something else happens, as it does.
_NOBODY_HOME: Final = 9
_SENDS_NOTHING_BACK: Final = 4
_TAKES_PHOTOS: Final = 5


def hand_paper_over(stage: Stage) -> None:
    """Print at the cut-off; on Friday the post office and the carrier take the packs."""
    stage.move_to("before thu", "15:05")
    stage.settle()
    now = stage.move_to("before fri", "09:30")
    with stage.workplace.database.write() as connection:
        hand_over(connection, WEEK, None, now)
        packs = read_packs(connection, week=WEEK)
    stage.say(
        N_("{n} packs with {m} sheets are printed; {k} go by post, {h} by hand."),
        n=len(packs),
        m=sum(one.sheets for one in packs),
        k=sum(one.channel == "post" for one in packs),
        h=sum(one.channel == "in_person" for one in packs),
    )


def sign_for_packs(stage: Stage) -> None:
    """Let homes sign for what is brought; one letter comes back, at one home nobody opens."""
    now = stage.move_to("mon", "17:00")
    with stage.workplace.database.write() as connection:
        packs, keys = _packs(connection)
        brought = [one for one in packs if one.channel == "in_person"]
        open_doors = [one for n, one in enumerate(brought, start=1) if n % _NOBODY_HOME]
        signed(connection, WEEK, [keys[one.household] for one in open_doors], now)
        lost = [one for one in packs if one.channel == "post"][-1:]
        if lost:
            came_back(connection, WEEK, [keys[lost[0].household]], now)
    stage.say(
        N_("Homes that signed: {n}; that did not open: {m}. Letters the post brought back: {k}."),
        n=len(open_doors),
        m=len(brought) - len(open_doors),
        k=len(lost),
    )


def _packs(connection: Connection) -> tuple[list[PackRow], dict[int, str]]:
    keys = {number: one.key for number, one in read_households(connection).items()}
    return sorted(read_packs(connection, week=WEEK), key=lambda one: keys[one.household]), keys


def bring_paper_back(stage: Stage) -> None:
    """Fill answer sheets in, photograph some, scan the rest, and let the program file them."""
    now = stage.move_to("fri", "17:30")
    with stage.workplace.database.read() as connection:
        packs, keys = _packs(connection)
    scans: list[AnswerSheet] = []
    photos: list[AnswerSheet] = []
    for place, one in enumerate(packs, start=1):
        if place % _SENDS_NOTHING_BACK == 0 or not _arrived(one):
            continue
        found = answer_sheets(_file_of(stage, keys[one.household], one))
        (photos if place % _TAKES_PHOTOS == 0 else scans).extend(found[: 2 + place % 3])
    files = _write_returns(stage.folder / "returns", scans, photos)
    outcome = file_scans(stage.workplace, files, now)
    stage.say(
        N_("{n} pages scanned and {m} photographed: {k} found their student and task."),
        n=len(scans),
        m=len(photos),
        k=outcome.filed,
    )
    stage.settle()


def _arrived(one: PackRow) -> bool:
    """A letter that came back, or a pack nobody opened the door for, is answered by nobody."""
    if one.channel == "in_person":
        return one.state == PackState.SIGNED
    return one.state != PackState.RETURNED_TO_SENDER


def _file_of(stage: Stage, key: str, one: PackRow) -> Path:
    """Return the file of a pack, known by its checksum: a home may have had a second one."""
    files = sorted((stage.folder / "packs" / WEEK).rglob(f"{key}.pdf"))
    return next(file for file in files if checksum_of_file(file) == one.sha256)


def _write_returns(folder: Path, scans: list[AnswerSheet], photos: list[AnswerSheet]) -> list[Path]:
    """Write one scan of many sheets, and a photo for each of the others."""
    files = [folder / "scan.pdf"]
    write_whole(files[0], scanned_pdf(scans, "scan"))
    for sheet in photos:
        name = hashlib.sha256(f"{sheet.file.name}:{sheet.page}".encode()).hexdigest()[:8]
        files.append(folder / "photos" / f"{name}.jpg")
        write_whole(files[-1], phone_photo(sheet, name))
    return files
