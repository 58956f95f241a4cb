"""Which lessons of a run are laid two pages to a side, to save paper, and which stay as they are.

Only pages that all readers of a lesson share are ever made smaller: never a cover, an answer sheet
or a slip, whose marks and addresses must be read by machines.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jetkiz.i18n import N_
from jetkiz.i18n.kept_words import Words
from jetkiz.lessons.model import Lesson
from print_packs.layout import Layout
from print_packs.lessons.lesson_pages import may_be_small
from print_packs.letter_sizes import least_size
from print_packs.model import ChildPart
from print_packs.runs.allotting import Outline


@dataclass(frozen=True, slots=True)
class LaidOut:
    """An outline whose packs know their layout; grades and lessons that stay one to a side."""

    outline: Outline
    grades: tuple[int, ...] = ()
    set_by_teachers: tuple[str, ...] = ()
    has_large_print: bool = False

    def notices(self) -> list[Words]:
        """Say what stays one page to a side."""
        found = [
            Words(
                N_(
                    "Grade {grade}: letters may not be smaller than {size} points, so its lessons "
                    "stay one page to a side."
                ),
                facts={"grade": grade, "size": least_size(grade)},
            )
            for grade in self.grades
        ]
        if self.set_by_teachers:
            facts = {"codes": ", ".join(self.set_by_teachers)}
            found.append(
                Words(N_("Ready pages of a teacher stay one to a side: {codes}."), facts=facts)
            )
        if self.has_large_print:
            found.append(Words(N_("Large print stays one page to a side.")))
        return found


def laid_out(outline: Outline, layout: Layout) -> LaidOut:
    """Tell every pack its layout, and every child which of its lessons have small pages."""
    if layout == Layout.SINGLE:
        return LaidOut(outline)
    packs = tuple(
        replace(pack, layout=layout, children=tuple(map(_laid, pack.children)))
        for pack in outline.packs
    )
    children = [child for pack in packs for child in pack.children]
    full = _lessons([one for one in children if not one.is_large])
    refused = [one for one in full.values() if not may_be_small(one)]
    return LaidOut(
        replace(outline, packs=packs),
        tuple(sorted({min(one.grades, default=9) for one in refused if not one.ready_pages})),
        tuple(sorted(one.code for one in refused if one.ready_pages)),
        any(one.is_large for one in children),
    )


def _laid(child: ChildPart) -> ChildPart:
    if child.is_large:
        return child
    return replace(child, small=frozenset(one.id for one in child.lessons if may_be_small(one)))


def _lessons(children: Sequence[ChildPart]) -> dict[int, Lesson]:
    return {lesson.id: lesson for child in children for lesson in child.lessons}
