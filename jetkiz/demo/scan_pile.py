"""How the sample's paper comes back: two piles of scans, and what a person does with the rest."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final

from sqlalchemy import select

from jetkiz.codes import decode
from jetkiz.demo.handwriting import AnswerSheet, answer_sheets, phone_photo, scanned_pdf
from jetkiz.demo.odd_pages import CAT, INKED, write_odd_pages
from jetkiz.demo.paper import packs_by_home
from jetkiz.demo.post_desk import BY
from jetkiz.demo.stage import Stage
from jetkiz.demo.typed import typed
from jetkiz.demo.week_clock import DAYS, WEEK
from jetkiz.i18n import N_
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_schools
from jetkiz.storage.whole_files import write_whole
from print_packs.issuer import read_issuer
from print_packs.model import PackState
from print_packs.quizzes.tables import quiz_sheet
from print_packs.records import PackRow, SheetRow, read_sheets
from print_packs.runs.single_packs import checksum_of_file
from print_packs.scans.deciding import Waiting, assign, put_aside, read_queue, typed_sheet
from print_packs.scans.return_scans import close_works
from print_packs.scans.scan_results import RESULT_WORDS

# Every so many homes send nothing back; of the others every so many take photos.
_SENDS_NOTHING_BACK: Final = 4
_TAKES_PHOTOS: Final = 5
# Of three questions the second has two right answers; whoever is unsure marks two in the first.
_QUIZZES: Final = 3
_SURE: Final = ((0,), (0, 1), (0,))
_UNSURE: Final = ((0, 2), (0, 1), (1,))


@dataclass(frozen=True, slots=True)
class _Back:
    """A sheet at a home that answers: as it lies there, and whose and for which day it is."""

    sheet: AnswerSheet
    row: SheetRow
    day: date
    place: int


def bring_first_sheets_back(stage: Stage) -> None:
    """On Tuesday the carrier brings Monday's sheets, which signed homes have given along."""
    stage.move_to("tue", "20:30")
    monday = [
        one
        for one in _at_homes(stage, PackState.SIGNED)
        if DAYS[one.day.weekday()] == "mon" and one.place % 2
    ]
    file = stage.folder / "returns" / "tuesday.pdf"
    write_whole(file, scanned_pdf([one.sheet for one in monday], "tuesday"))
    typed(stage, "returns", "scan", str(file))


def bring_paper_back(stage: Stage) -> None:
    """On Friday the rest: sheets of Tuesday in a scan, photos, and what else lies in a pile."""
    stage.move_to("fri", "17:30")
    back = _fridays(_at_homes(stage, PackState.SIGNED, PackState.HANDED_OVER))
    odd = [one for one in back if one.row.pages == 1][:3]
    rest = [one for one in back if one not in odd]
    with_phones = sorted({one.place for one in rest})[1::_TAKES_PHOTOS]
    photos = [one.sheet for one in rest if one.place in with_phones]
    scans = [one.sheet for one in rest if one.place not in with_phones]
    folder = stage.folder / "returns"
    write_whole(folder / "friday.pdf", scanned_pdf(scans, "friday"))
    for sheet in photos:
        name = hashlib.sha256(f"{sheet.file.name}:{sheet.page}".encode()).hexdigest()[:8]
        write_whole(folder / "photos" / f"{name}.jpg", phone_photo(sheet, name))
    issuer = read_issuer(stage.folder / "keys")
    write_odd_pages(folder / "odd", [*(one.sheet for one in odd), scans[0]], issuer)
    where = [folder / "friday.pdf", folder / "photos", folder / "odd"]
    typed(stage, "returns", "scan", *map(str, where))
    _decide(stage, odd[2].sheet)
    stage.settle()


def _fridays(found: list[_Back]) -> list[_Back]:
    """Return Tuesday's sheets of every second home, and the works of a few with circles."""
    tuesday = [one for one in found if DAYS[one.day.weekday()] == "tue"]
    circles = dict.fromkeys((x.row.student, x.row.lesson) for x in tuesday if x.sheet.options)
    few = [*islice(circles, _QUIZZES)]
    return [
        one
        for one in tuesday
        if (one.row.student, one.row.lesson) in few
        or (one.place % 2 == 0 and (one.row.student, one.row.lesson) not in circles)
    ]


def _at_homes(stage: Stage, *states: PackState) -> list[_Back]:
    """Return the sheets of homes that send something back, of packs that stand so."""
    with stage.workplace.database.read() as connection:
        packs, keys = packs_by_home(connection)
        answering = {
            one.id: (place, one)
            for place, one in enumerate(packs, start=1)
            if place % _SENDS_NOTHING_BACK and one.state in states
        }
        rows = {one.serial: one for one in read_sheets(connection, packs=answering)}
        quizzes = set(connection.scalars(select(quiz_sheet.c.sheet_id)))
        lessons = {one.id: one for one in read_lessons(connection, WEEK)}
    found = []
    hands = [_UNSURE, _SURE]
    for place, one in answering.values():
        for sheet in _sheets_of(stage, keys[one.household], one):
            row = rows[_serial(sheet)]
            lesson = lessons[row.lesson]
            if row.id in quizzes:
                marked = replace(
                    sheet,
                    options=tuple(len(each.options) for each in lesson.quiz),
                    answers=hands.pop() if hands else _SURE,
                )
                found.append(_Back(marked, row, lesson.day, place))
            else:
                found.append(_Back(sheet, row, lesson.day, place))
    return found


def _serial(sheet: AnswerSheet) -> int:
    code = decode(sheet.code.replace(" ", ""))
    if code is None:
        raise ValueError(sheet)
    return code[0].serial


def _sheets_of(stage: Stage, key: str, one: PackRow) -> list[AnswerSheet]:
    """Return the answer sheets of a pack; its file is known by its checksum, and read once."""
    read = stage.memory.setdefault("sheets", {})
    if one.id not in read:
        files = sorted((stage.folder / "packs" / WEEK).rglob(f"run-*/{key}*.pdf"))
        file = next(file for file in files if checksum_of_file(file) == one.sha256)
        read[one.id] = answer_sheets(file)
    found: list[AnswerSheet] = read[one.id]
    return found


def _decide(stage: Stage, inked: AnswerSheet) -> None:
    """Let the coordinator look at what waits: type a code, put the cat aside, leave the rest."""
    with stage.workplace.database.read() as connection:
        (school,) = read_schools(connection)
        waiting = read_queue(connection, school.id)
    for page in waiting:
        if page.source == INKED:
            _type_the_code(stage, page, inked.code, school.id)
        elif page.source == CAT:
            with stage.workplace.database.write() as connection:
                put_aside(connection, page, BY, stage.clock())
            stage.say(N_("{file}: no work of a student; it is put aside."), file=page.source)
        else:
            stage.say(N_("{file} waits in the console for a person."), file=page.source)


def _type_the_code(stage: Stage, page: Waiting, code: str, school: int) -> None:
    """Type what stands under a mark, with a letter where a digit belongs."""
    said, now = code.replace("0", "O").replace("1", "I").lower(), stage.clock()
    issuer = read_issuer(stage.folder / "keys")
    with stage.workplace.database.write() as connection:
        sheet = typed_sheet(connection, issuer, said, school)
        result = assign(connection, page, sheet, BY, now)
    close_works(stage.workplace, {(sheet.student, sheet.lesson)}, now)
    stage.say(
        N_("{file}: the coordinator types {code} from below the ink: {words}."),
        file=page.source,
        code=said,
        words=stage.t(RESULT_WORDS[result]),
    )
