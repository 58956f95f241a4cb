"""How one stack is made: drawn, looked through, and written whole; nothing else knows its bytes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from jetkiz.engine.failpoints import failpoint
from jetkiz.fonts.drawing import Pen
from jetkiz.i18n import translator
from jetkiz.storage.whole_files import write_whole
from print_packs.gate.faults import Fault
from print_packs.gate.gate import faults_in
from print_packs.issuer import Issuer
from print_packs.lessons.set_pages import LessonPages
from print_packs.page_plan import LessonKey
from print_packs.pages.front_sheet import draw_front_sheet, draw_slip_sheet
from print_packs.print_run import RunRow
from print_packs.runs.run_pdf import Between, RunPdf, Sheet, draw_run
from print_packs.stacks import Bundle, Stack


@dataclass(frozen=True, slots=True)
class StackJob:
    """Everything a process needs to make one stack, and where it belongs."""

    stack: Stack
    run: RunRow
    lessons: Mapping[LessonKey, LessonPages]
    issuer: Issuer
    language: str
    folder: Path
    sample: frozenset[str]
    """The names of the packs whose every page is looked at."""


@dataclass(frozen=True, slots=True)
class StackMade:
    """A stack that lies on the disk; its packs know the checksums of their pages.

    ``faults`` are those of packs that are held back and are not in it. Where that is all of them
    there is no file, and ``sha256`` is empty.
    """

    stack: Stack
    sha256: str
    faults: tuple[Fault, ...] = ()


def make_stack(job: StackJob) -> StackMade:
    """Draw a stack, look it through and write its file; the same job gives the same bytes.

    What the gate holds back is left out, and the rest is drawn anew without it.
    """
    failpoint("before_stack")
    faults: list[Fault] = []
    while job.stack.packs:
        drawn = draw_stack(job)
        stack = _with_checksums(job.stack, drawn)
        found = faults_in(drawn.pdf, stack, job.lessons, job.issuer.codes, job.sample)
        if not found:
            write_whole(job.folder / stack.name, drawn.pdf)
            return StackMade(stack, hashlib.sha256(drawn.pdf).hexdigest(), tuple(faults))
        faults += _by_pack(found, stack)
        job = replace(job, stack=stack.without(one.pack for one in faults))
    return StackMade(job.stack, "", tuple(faults))


def _by_pack(found: Sequence[Fault], stack: Stack) -> list[Fault]:
    """A fault of the whole file is one of each of its packs."""
    whole = [one for one in found if not one.pack]
    if not whole:
        return list(found)
    return [replace(whole[0], pack=one.pack.name, place=one.pack.place) for one in stack.packs]


def draw_stack(job: StackJob) -> RunPdf:
    """Draw the first sheet, the packs and the sheets between them."""
    stack, run, t = job.stack, job.run, translator(job.language)

    def first(pen: Pen, checksum: str) -> None:
        draw_front_sheet(pen, run, stack, checksum, t)

    def slip(bundle: Bundle) -> Sheet:
        return partial(draw_slip_sheet, run=run, bundle=bundle, t=t)

    before, at = {}, 0
    for bundle in stack.bundles:
        if bundle.has_slip:
            before[at] = slip(bundle)
        at += len(bundle.packs)
    packs = [one.pack for one in stack.packs]
    return draw_run(packs, job.lessons, job.issuer.codes, Between(first, before))


def _with_checksums(stack: Stack, drawn: RunPdf) -> Stack:
    known = {
        one.pack.name: replace(one, sha256=checksum)
        for one, checksum in zip(stack.packs, drawn.checksums, strict=True)
    }
    bundles = tuple(
        replace(bundle, packs=tuple(known[one.pack.name] for one in bundle.packs))
        for bundle in stack.bundles
    )
    return replace(stack, bundles=bundles)
