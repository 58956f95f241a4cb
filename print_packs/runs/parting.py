"""Into which envelopes a home's pack goes: one, or several that are numbered 1/2 and 2/2.

A pack that was parted before stays so when it is made again, as long as every part keeps to its
limit: what is already in the hands of the post must not become something else.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from jetkiz.lessons.model import Lesson
from print_packs.model import ChildPart, Pack
from print_packs.page_plan import LessonKey, plan_pages
from print_packs.postage.splitting import Frame, Piece, split
from print_packs.questions import question_pages

Counts = Mapping[LessonKey, int]
Inside = frozenset[tuple[int, int]]
"""What lies in a part: students and lessons, also those of which only the sheet is there."""


@dataclass(frozen=True, slots=True)
class TooHeavy:
    """A lesson that fills more than one envelope all by itself, with the sheets it would take."""

    pack: Pack
    child: ChildPart
    lesson: Lesson
    sheets: int


@dataclass(frozen=True, slots=True)
class Parted:
    """The envelopes of one pack, and the lessons that go into none."""

    packs: tuple[Pack, ...]
    too_heavy: tuple[TooHeavy, ...] = ()


def part(pack: Pack, counts: Counts, most: int, before: Sequence[Inside] = ()) -> Parted:
    """Put a pack into envelopes of at most ``most`` sheets, and into as few as can be.

    ``before`` is what lay in each part when the pack was made before.
    """
    if len(before) < 2 and sheets_of(pack, counts) <= most:
        return Parted((pack,))
    kept = _as_before(pack, before)
    if len(kept) > 1 and all(sheets_of(one, counts) <= most for one in kept):
        return Parted(tuple(kept))
    return _part_anew(pack, counts, most, len(kept))


def sheets_of(pack: Pack, counts: Counts) -> int:
    """Return how many sheets of paper a pack takes."""
    return len(plan_pages(pack, counts)) // 2


def _lessons(child: ChildPart) -> list[Lesson]:
    """All lessons of a child, also those with a sheet only: one subject after the other."""
    known = {one.id: one for one in (*child.lessons, *(sheet.lesson for sheet in child.sheets))}
    lessons = sorted(known.values(), key=lambda one: (one.day, one.order, one.code))
    subjects = list(dict.fromkeys(one.subject for one in lessons))
    return sorted(lessons, key=lambda one: subjects.index(one.subject))


def _as_before(pack: Pack, before: Sequence[Inside]) -> list[Pack]:
    """Part a pack as it was; a lesson that is new since then goes with the one before it."""
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    at = 0
    for child in pack.children:
        for lesson in _lessons(child):
            place = (child.student, lesson.id)
            at = next((n for n, one in enumerate(before) if place in one), at)
            found[at].add(place)
    return _envelopes(pack, [found[at] for at in sorted(found)])


def _envelopes(pack: Pack, parts: Sequence[Collection[tuple[int, int]]]) -> list[Pack]:
    """Return an envelope for each part; a child of whom there is nothing goes into the first."""
    empty = {child.student for child in pack.children if not _lessons(child)}
    envelopes = [
        replace(
            pack,
            part=number,
            parts=len(parts),
            children=tuple(
                _only(child, places)
                for child in pack.children
                if any(student == child.student for student, _ in places)
                or (number == 1 and child.student in empty)
            ),
        )
        for number, places in enumerate(parts, start=1)
    ]
    return _said_once(envelopes)


def _said_once(envelopes: Sequence[Pack]) -> list[Pack]:
    """What a teacher said lies in the first envelope of its child, and in no other."""
    told: set[int] = set()
    done = []
    for pack in envelopes:
        children = tuple(
            replace(child, earlier=()) if child.student in told else child
            for child in pack.children
        )
        told |= {child.student for child in children}
        done.append(replace(pack, children=children))
    return done


def _only(child: ChildPart, places: Collection[tuple[int, int]]) -> ChildPart:
    return replace(
        child,
        lessons=tuple(one for one in child.lessons if (child.student, one.id) in places),
        sheets=tuple(one for one in child.sheets if (child.student, one.lesson.id) in places),
    )


def _part_anew(pack: Pack, counts: Counts, most: int, least: int) -> Parted:
    too_heavy, places = [], []
    for child in pack.children:
        for lesson in _lessons(child):
            place = (child.student, lesson.id)
            sheets = sheets_of(_envelopes(pack, [[place]])[0], counts)
            if sheets > most:
                too_heavy.append(TooHeavy(pack, child, lesson, sheets))
            else:
                places.append(place)
    if not places:
        nothing = tuple(_only(child, ()) for child in pack.children)
        return Parted((replace(pack, children=nothing),), tuple(too_heavy))
    rest = _envelopes(pack, [places])[0]
    return Parted(tuple(_fitting(rest, counts, most, least)), tuple(too_heavy))


def _fitting(pack: Pack, counts: Counts, most: int, least: int) -> list[Pack]:
    """Cut, count every page of the parts, and cut anew where the count was too low."""
    pieces, frame = _measured(pack, counts)
    places = [place for child in pack.children for place in _places(child)]
    limit = most * 2
    while spans := split(pieces, frame, limit, least):
        parts = _envelopes(pack, [places[start:end] for start, end in spans])
        over = max(sheets_of(one, counts) for one in parts) - most
        if over <= 0:
            return parts
        limit -= 2 * over
    return _envelopes(pack, [[place] for place in places])


def _places(child: ChildPart) -> list[tuple[int, int]]:
    return [(child.student, one.id) for one in _lessons(child)]


def _measured(pack: Pack, counts: Counts) -> tuple[list[Piece], Frame]:
    """Return the pieces of a pack, the pages of an empty part, and of a child without lessons."""
    bare = [_only(child, ()) for child in pack.children if _lessons(child)]
    own = len(plan_pages(replace(pack, children=()), counts))
    alone = [len(plan_pages(replace(pack, children=(child,)), counts)) for child in bare]
    pieces = [
        Piece(number, lesson.subject, _pages(child, lesson, counts))
        for number, child in enumerate(one for one in pack.children if _lessons(one))
        for lesson in _lessons(child)
    ]
    # A page more for each child: the last of the lessons may have an empty back.
    return pieces, Frame(own, tuple(pages - own + 1 for pages in alone))


def _pages(child: ChildPart, lesson: Lesson, counts: Counts) -> int:
    own = counts[lesson.id, child.is_large] if lesson in child.lessons else 0
    # Of two small pages to a side the other may be the next lesson's: better too few than too many.
    own = max(1, own // 2) if lesson.id in child.small and own else own
    sheets = sum(1 for one in child.sheets if one.lesson.id == lesson.id)
    if any(one.asks for one in child.sheets if one.lesson.id == lesson.id):
        # The questions and the sheet of circles, each with an empty back at worst.
        own += len(question_pages(lesson, is_large=child.is_large)) + 2
    return own + sheets + sheets % 2
