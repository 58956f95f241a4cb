"""Which packs of a drawn file may be printed: the gate that every file of a run passes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from print_packs.gate.bones import Drawn, faults_of_bones
from print_packs.gate.eyes import Codes, faults_seen
from print_packs.gate.faults import Fault
from print_packs.gate.other_reader import faults_told
from print_packs.lessons.set_pages import LessonPages
from print_packs.model import Pack
from print_packs.page_plan import LessonKey, plan_pages
from print_packs.stacks import Stack

_WORTH_ANOTHER: Final = 50


def sample_of(stacks: Iterable[Stack], *, every: bool) -> frozenset[str]:
    """Return the names of the packs that are looked at page by page.

    One of each kind of reader: grade, languages, size of letters, and by whom it is brought; or
    every pack.
    """
    chosen: dict[object, str] = {}
    for stack in stacks:
        for one in stack.packs:
            kind = one.pack.name if every else _kind(one.pack)
            chosen.setdefault(kind, one.pack.name)
    return frozenset(chosen.values())


def _kind(pack: Pack) -> object:
    readers = {(child.grade, child.language, child.is_large) for child in pack.children}
    return pack.language, pack.by_post, frozenset(readers)


def faults_in(
    pdf: bytes,
    stack: Stack,
    lessons: Mapping[LessonKey, LessonPages],
    codes: Codes,
    sample: Collection[str],
) -> list[Fault]:
    """Return what is wrong with a drawn stack whose packs know the checksums of their pages."""
    counts = {key: one.pages for key, one in lessons.items()}
    packs = [Drawn(one, plan_pages(one.pack, counts)) for one in stack.packs]
    found = faults_of_bones(pdf, packs, stack.sheets, lessons)
    if any(not one.pack for one in found):
        return found
    held = {one.pack for one in found}
    left = [one for one in packs if one.file.pack.name not in held]
    looked_at = [one for one in left if one.file.pack.name in sample]
    seen = faults_seen(pdf, looked_at, codes)
    found += [*seen, *faults_seen(pdf, _alike(left, looked_at, seen), codes)]
    # It takes as long as drawing a hundred packs: in a small run our own eyes must do.
    return [*found, *faults_told(pdf, looked_at)] if len(packs) >= _WORTH_ANOTHER else found


def _alike(
    packs: Sequence[Drawn], looked_at: Sequence[Drawn], found: Sequence[Fault]
) -> list[Drawn]:
    """Return the packs of the kinds of which one has a fault: theirs it most likely is as well."""
    faulty, seen = {one.pack for one in found}, {one.file.pack.name for one in looked_at}
    kinds = {_kind(one.file.pack) for one in looked_at if one.file.pack.name in faulty}
    return [
        one for one in packs if one.file.pack.name not in seen and _kind(one.file.pack) in kinds
    ]
