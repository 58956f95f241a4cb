"""How a batch of packs becomes files: allotted first, drawn, written whole, then noted as ready.

Killed at any point and run again, it makes the same packs with the same serials and bytes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from jetkiz.delivery.model import Batch, Consignment
from jetkiz.errors import JetkizError
from jetkiz.fonts.letters import missing
from jetkiz.i18n import N_, translator
from jetkiz.lessons.model import Lesson
from jetkiz.storage.whole_files import UnwritableError, make_folder
from jetkiz.storage.workplace import Workplace
from print_packs.issuer import Issuer, read_issuer
from print_packs.lessons.lesson_pages import LessonPages, set_lesson
from print_packs.model import LessonKey, Pack
from print_packs.pack_file import PackFile
from print_packs.post.address_words import by_hand_for_their_address
from print_packs.post.kazpost_registry import Carrier, ItemList
from print_packs.post.list_pages import draw_lists
from print_packs.post.registry_files import to_csv, to_json, to_xlsx
from print_packs.postage.choosing import postal_of
from print_packs.records import (
    RunRow,
    allot_packs,
    allot_run,
    allot_sheets,
    finish_pack,
    finish_run,
    has_sheets,
)
from print_packs.runs.composing import (
    Allotted,
    code_places,
    compose,
    gather,
    in_order,
    sheet_places,
    without,
)
from print_packs.runs.link_codes import allot_codes
from print_packs.runs.lists import allot_lists
from print_packs.runs.run_files import file_names, job_ticket, run_folder, write_run
from print_packs.runs.run_pdf import draw_front, draw_run, part_of


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished run: its packs, and the lessons of it that could not be printed."""

    run: RunRow
    packs: tuple[PackFile, ...]
    unprintable: frozenset[int]
    problems: tuple[str, ...]


def local_day(workplace: Workplace, now: datetime) -> date:
    """Return the school's date."""
    return now.astimezone(ZoneInfo(workplace.settings.zone)).date()


def print_batch(
    workplace: Workplace, batch: Batch, consignments: Sequence[Consignment], now: datetime
) -> Printed:
    """Make the files of a batch; again gives the same files."""
    issuer = _issuer(workplace)
    run, packs, numbers = _allot(workplace, batch, consignments, now)
    if not packs:
        return Printed(run, (), frozenset(), ())
    folder = run_folder(workplace.settings.data, run)
    make_folder(folder)
    lessons, refused = _set_lessons(workplace, packs)
    unprintable = frozenset(refused)
    packs = [without(pack, unprintable) for pack in packs]
    words = translator(workplace.settings.language)
    problems = [
        *refused.values(),
        *_strange_names(workplace, packs),
        *by_hand_for_their_address(packs, words),
    ]
    drawn = draw_run(packs, lessons, issuer.codes)
    parts = part_of(drawn.pdf, drawn.pages)
    files = [
        PackFile(name, pack, pdf, first, count, postal_of(pack, count // 2))
        for name, pack, pdf, (first, count) in zip(
            file_names(packs), packs, parts, drawn.pages, strict=True
        )
    ]
    with workplace.database.write() as connection:
        lists = allot_lists(connection, run, files)
    content = {one.name: one.pdf for one in files}
    content["run.pdf"] = drawn.pdf
    content["job.json"] = job_ticket(run, files, problems)
    content |= _paper_work(workplace, run, files, lists, drawn.pdf)
    write_run(folder, content)
    _finish(workplace, run, files, numbers)
    return Printed(run, tuple(files), unprintable, tuple(problems))


def _paper_work(
    workplace: Workplace,
    run: RunRow,
    files: list[PackFile],
    lists: Sequence[ItemList],
    drawn: bytes,
) -> dict[str, bytes]:
    """What lies beside the packs: the front sheet, the lists for the office, those to sign."""
    checksum = hashlib.sha256(drawn).hexdigest()
    paper = {"front_sheet.pdf": draw_front(run, files, checksum, workplace.settings.language)}
    post = [one for one in lists if one.carrier == Carrier.POST]
    hand = [one for one in lists if one.carrier == Carrier.HAND]
    if post:
        paper |= {
            "post/registry.pdf": draw_lists(post),
            "post/registry.xlsx": to_xlsx(post),
            "post/registry.csv": to_csv(post),
            "post/registry.json": to_json(post),
        }
    if hand:
        paper["hand/signature_sheet.pdf"] = draw_lists(hand)
    return paper


def _issuer(workplace: Workplace) -> Issuer:
    with workplace.database.read() as connection:
        is_first = not has_sheets(connection)
    # Before the first sheet gets a number: a run that was cut off finds the keys it began with.
    return read_issuer(workplace.settings.data / "keys", may_make=is_first)


def _allot(
    workplace: Workplace,
    batch: Batch,
    consignments: Sequence[Consignment],
    now: datetime,
) -> tuple[RunRow, list[Pack], dict[str, int]]:
    """Give every pack its number, every sheet and child a code, before anything is drawn."""
    wanted = replace(batch, consignments=tuple(consignments))
    with workplace.database.write() as connection:
        facts = gather(connection, wanted)
        ordered = in_order(facts, consignments)
        run = allot_run(connection, batch, local_day(workplace, now), now)
        homes = [(one.key, household.id) for one, household in ordered]
        rows = {one.consignment: one for one in allot_packs(connection, run, homes)}
        numbers = {key: row.id for key, row in rows.items()}
        places = sheet_places(facts, [one for one, _ in ordered])
        sheets = allot_sheets(connection, numbers, places)
        drawn_for, hashed = code_places(facts, ordered), workplace.files.hash_of_code
        codes = allot_codes(connection, drawn_for, now, hashed)
    packs = compose(facts, run, ordered, rows, Allotted(sheets, codes))
    return run, sorted(packs, key=lambda one: one.place), numbers


def _set_lessons(
    workplace: Workplace, packs: Sequence[Pack]
) -> tuple[dict[LessonKey, LessonPages], dict[int, str]]:
    """Set every lesson once; one that cannot be set is left out, with the sentence why."""
    wanted: dict[LessonKey, Lesson] = {
        (lesson.id, child.is_large): lesson
        for pack in packs
        for child in pack.children
        for lesson in child.lessons
    }
    done: dict[LessonKey, LessonPages] = {}
    refused: dict[int, str] = {}
    cache = workplace.settings.data / "cache" / "lessons"
    t = translator(workplace.settings.language)
    for key, lesson in wanted.items():
        try:
            done[key] = set_lesson(lesson, workplace.files, cache, large=key[1])
        except UnwritableError:
            # A full disk says nothing against the lesson: the whole run is tried again.
            raise
        except JetkizError as error:
            refused[lesson.id] = t.error(error)
    return done, refused


def _strange_names(workplace: Workplace, packs: Sequence[Pack]) -> list[str]:
    t = translator(workplace.settings.language)
    texts: Mapping[str, str] = {
        text: pack.key
        for pack in packs
        for text in (
            pack.addressee.name,
            *pack.addressee.lines,
            *(child.name for child in pack.children),
        )
    }
    return [
        t(
            N_("Household {key}: {name} has letters that cannot be printed ({characters})."),
            key=key,
            name=text,
            characters=" ".join(missing(text)),
        )
        for text, key in texts.items()
        if missing(text)
    ]


def _finish(
    workplace: Workplace, run: RunRow, files: Sequence[PackFile], numbers: Mapping[str, int]
) -> None:
    with workplace.database.write() as connection:
        for file in files:
            finish_pack(
                connection,
                numbers[file.pack.consignment],
                pages=file.pages,
                sheets=file.sheets,
                grams=file.grams,
                sha256=hashlib.sha256(file.pdf).hexdigest(),
                contents=[
                    {
                        "student": child.student,
                        "attempt": child.attempt,
                        "lessons": [one.id for one in child.lessons],
                    }
                    for child in file.pack.children
                ],
            )
        finish_run(connection, run.id)
