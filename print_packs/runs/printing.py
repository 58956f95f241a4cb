"""How a batch of packs becomes files: allotted first, drawn, written whole, then noted as ready.

Killed at any point and run again, it makes the same packs with the same serials and bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from jetkiz.delivery.model import Batch, Consignment
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.i18n.kept_words import Words
from jetkiz.lessons.model import Lesson
from jetkiz.storage.whole_files import UnwritableError
from jetkiz.storage.workplace import Workplace
from print_packs.gate.gate import sample_of
from print_packs.gate.sums import check_lists
from print_packs.issuer import Issuer
from print_packs.layout import Layout
from print_packs.lessons.lesson_pages import set_lesson
from print_packs.lessons.page_cache import make_room
from print_packs.lessons.set_pages import LessonPages
from print_packs.model import Pack, Postal
from print_packs.pack_file import PackFile
from print_packs.page_plan import LessonKey, plan_pages
from print_packs.post.kazpost_registry import Carrier
from print_packs.post.registry_files import list_files
from print_packs.postage.choosing import kept
from print_packs.print_run import RunRow
from print_packs.records import (
    finish_packs,
    finish_run,
    kept_layout,
    leave_out,
    left_behind,
)
from print_packs.runs.allotting import BY, Numbered, contents_of, outline
from print_packs.runs.enveloping import Enveloped, into_envelopes
from print_packs.runs.laying_out import laid_out
from print_packs.runs.lists import RunLists, allot_lists
from print_packs.runs.own_issuer import own_issuer
from print_packs.runs.pack_dates import allot_days, keep_dates, with_dates
from print_packs.runs.parting import Counts
from print_packs.runs.processes import side_by_side
from print_packs.runs.run_files import (
    Made,
    close_run,
    file_names,
    job_ticket,
    manifest,
    only_maker,
    open_run,
    release_run,
    run_folder,
)
from print_packs.runs.run_language import language_of
from print_packs.runs.run_notes import (
    NO_LONGER_IN,
    RunNotes,
    by_hand_for_their_address,
    lesson_left_out,
    strange_letters,
)
from print_packs.runs.stack_making import StackJob, StackMade, make_stack
from print_packs.s10.allotment import NumberState
from print_packs.s10.allotment import move as move_numbers
from print_packs.stacks import Stack, cut_into_stacks
from print_packs.transit.measuring import measure
from print_packs.transit.ways import Posting


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished run: its packs, the lessons that could not be printed, what a person is told."""

    run: RunRow
    packs: tuple[PackFile, ...]
    unprintable: frozenset[int]
    notes: RunNotes


def print_batch(
    workplace: Workplace,
    batch: Batch,
    consignments: Sequence[Consignment],
    now: datetime,
    layout: Layout | None = None,
) -> Printed:
    """Make the files of a batch; again gives the same files.

    ``layout`` is what somebody wished; None stands for what the run has, or the setting.
    Raises JetkizError while somebody else makes them.
    """
    with only_maker(workplace.settings.data, batch.week, batch.key):
        return _print_batch(workplace, batch, consignments, now, layout)


def _print_batch(
    workplace: Workplace,
    batch: Batch,
    consignments: Sequence[Consignment],
    now: datetime,
    layout: Layout | None,
) -> Printed:
    # Before the first sheet gets a number: a run that was cut off finds the keys it began with.
    issuer = own_issuer(workplace)
    laid = laid_out(outline(workplace, batch, consignments), _layout(workplace, batch, layout))
    drawn_up = laid.outline
    lessons, refused = _set_lessons(workplace, drawn_up.packs)
    unprintable = frozenset(refused)
    counts = {key: one.pages for key, one in lessons.items()}
    done = into_envelopes(workplace, batch, drawn_up, counts, unprintable, now)
    given, run = done.given, done.given.run
    packs = _dated(workplace, given, now)
    folder = run_folder(workplace.settings.data, run)
    open_run(folder)
    stacks = _planned(packs, counts, given.postal, workplace.settings.stack_sheets)
    sample = sample_of(stacks, every=workplace.settings.print_check_all)
    language = language_of(one.language for one in packs)
    work = StackWork(workplace, run, lessons, issuer, sample, language)
    made = Made.of([*work.made(stacks)])
    notes = RunNotes(
        left_out=(*refused.values(), *done.left_out),
        held_back=tuple(one.told for one in made.held_back.values()),
        notices=(
            *laid.notices(),
            *strange_letters(packs),
            *by_hand_for_their_address(packs),
            *done.notices,
        ),
    )
    said = job_ticket(run, made, notes, translator(language))
    paper = iter([("job.json", said)])
    with workplace.database.write() as connection:
        # Also where nothing is released: what an earlier making had on its lists is on none now.
        lists = allot_lists(connection, run, made.packs, workplace.settings.list_rows)
    if made.packs:
        check_lists(made.packs, lists)
        paper = chain(paper, paper_work(lists), [("manifest.csv", manifest(made.packs))])
    sums = close_run(folder, made, workplace.settings.single_files, paper)
    # Known first, released last: made again after a power cut, the packs have the same pages.
    _finish(workplace, made, done, notes, now)
    release_run(folder, made, sums)
    return Printed(run, made.packs, unprintable, notes)


def _layout(workplace: Workplace, batch: Batch, wished: Layout | None) -> Layout:
    with workplace.database.read() as connection:
        kept = kept_layout(connection, batch.key)
    return wished or kept or Layout(workplace.settings.print_layout)


def _planned(
    packs: Sequence[Pack], counts: Counts, postal: Mapping[str, Postal], most_sheets: int
) -> list[Stack]:
    """Count the pages of every pack, and cut the run into stacks, before anything is drawn."""
    pages = [len(plan_pages(pack, counts)) for pack in packs]
    return cut_into_stacks(
        [
            PackFile(name, pack, "", 0, count, postal[pack.name])
            for name, pack, count in zip(file_names(packs), packs, pages, strict=True)
        ],
        most_sheets,
    )


@dataclass(frozen=True, slots=True)
class StackWork:
    """What all stacks of a run are made with."""

    workplace: Workplace
    run: RunRow
    lessons: Mapping[LessonKey, LessonPages]
    issuer: Issuer
    sample: frozenset[str]
    language: str

    def made(self, stacks: Sequence[Stack]) -> Iterator[StackMade]:
        """Yield the stacks as they lie on the disk, in their order."""
        settings = self.workplace.settings
        processes = min(settings.print_processes, len(stacks))
        return side_by_side(make_stack, map(self._job, stacks), processes)

    def _job(self, stack: Stack) -> StackJob:
        settings = self.workplace.settings
        keys = {
            (lesson.id, child.is_large)
            for one in stack.packs
            for child in one.pack.children
            for lesson in child.lessons
        }
        return StackJob(
            stack=stack,
            run=self.run,
            # A process is told no more lessons than it needs.
            lessons={key: one for key, one in self.lessons.items() if key in keys},
            issuer=self.issuer,
            language=self.language,
            folder=run_folder(settings.data, self.run),
            sample=self.sample.intersection(one.pack.name for one in stack.packs),
        )


def paper_work(lists: RunLists) -> Iterator[tuple[str, bytes]]:
    """Give what lies beside the packs, a file at a time: lists for the office, those to sign."""
    post = (one for one in lists if one.carrier == Carrier.POST)
    signed = (one for one in lists if one.carrier != Carrier.POST)
    yield from list_files(post, "post/registry")
    yield from list_files(signed, "hand/signature_sheet")


def _set_lessons(
    workplace: Workplace, packs: Sequence[Pack]
) -> tuple[dict[LessonKey, LessonPages], dict[int, Words]]:
    """Set every lesson once; one that cannot be set is left out, with the words why."""
    wanted: dict[LessonKey, Lesson] = {
        (lesson.id, child.is_large): lesson
        for pack in packs
        for child in pack.children
        for lesson in child.lessons
    }
    small = {number for pack in packs for child in pack.children for number in child.small}
    done: dict[LessonKey, LessonPages] = {}
    refused: dict[int, Words] = {}
    cache = workplace.settings.data / "cache" / "lessons"
    for key, lesson in wanted.items():
        try:
            is_small = lesson.id in small and not key[1]
            done[key] = set_lesson(lesson, workplace.files, cache, large=key[1], small=is_small)
        except UnwritableError:
            # A full disk says nothing against the lesson: the whole run is tried again.
            raise
        except JetkizError as error:
            refused[lesson.id] = lesson_left_out(lesson, error)
    make_room(cache)
    return done, refused


def _dated(workplace: Workplace, given: Numbered, now: datetime) -> list[Pack]:
    """Give every pack its days, from what is known by now: when it leaves, when its answers do."""
    posting = Posting.of(workplace.settings)
    with workplace.database.write() as connection:
        measure(connection, posting.clock, ZoneInfo(workplace.settings.zone), now)
    # Apart: who records events holds packs before it measures.
    with workplace.database.write() as connection:
        ways = allot_days(connection, posting, given.packs, given.rows)
    return [with_dates(one, ways[one.name], posting, given.run.printed_on) for one in given.packs]


def _finish(
    workplace: Workplace, made: Made, done: Enveloped, notes: RunNotes, now: datetime
) -> None:
    numbers = done.given.rows
    rows = [
        {
            "number": numbers[file.pack.name],
            "pages": file.pages,
            "sheets": file.sheets,
            "grams": file.grams,
            "sha256": file.sha256,
            "stack": file.stack,
            "first_page": file.first_page,
            "held_back": "",
            "parts": file.pack.parts,
            "contents": contents_of(file.pack),
            "postal": kept(file.postal, file.sheets, done.postage.stock),
        }
        for file in made.packs
    ]
    held = {numbers[name]: fault.words for name, fault in made.held_back.items()}
    with workplace.database.write() as connection:
        finish_packs(connection, rows)
        gone = left_behind(connection, done.given.run.id, numbers.values())
        leave_out(connection, held | dict.fromkeys(gone, NO_LONGER_IN))
        printed = [numbers[file.pack.name] for file in made.packs]
        move_numbers(connection, printed, NumberState.PRINTED, BY, now)
        keep_dates(connection, [file.pack for file in made.packs], numbers)
        finish_run(connection, done.given.run.id, notes.document())
