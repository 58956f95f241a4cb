"""What lies in each envelope of a list, told from what was printed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection

from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.lessons.subjects import subject_words
from print_packs.post.inventory import Envelope, inventory
from print_packs.post.list_form import ListForm, both
from print_packs.records import PackRow, SheetRow, read_packs, read_sheets
from print_packs.runs.list_labels import list_labels
from print_packs.runs.lists import ListRecord


def inventories(connection: Connection, data: Path, week: str, one: ListRecord) -> list[ListForm]:
    """Return an inventory for each envelope of a list, in its order."""
    packs = {pack.print_id: pack for pack in read_packs(connection, consignments=one.packs)}
    numbers = {n for pack in packs.values() for c in pack.contents for n in c["lessons"]}
    lessons = {each.id: each for each in read_lessons(connection, only=sorted(numbers))}
    sheets = read_sheets(connection, packs=[pack.id for pack in packs.values()])
    return [
        inventory(
            Envelope(
                label.note,
                label.to,
                label.sender,
                articles_in(packs[label.note], lessons, sheets),
                label.s10,
            )
        )
        for label in list_labels(connection, data, week, one)
    ]


def articles_in(
    pack: PackRow, lessons: Mapping[int, Lesson], sheets: Sequence[SheetRow]
) -> tuple[tuple[str, int], ...]:
    """Return what lies in a pack: lessons as often as children get them, then the rest."""
    inside = Counter(n for content in pack.contents for n in content["lessons"])
    articles = [
        (f"{both(subject_words(lessons[n].subject))}: {lessons[n].title}", count)
        for n, count in inside.items()
        if n in lessons
    ]
    answers = sum(sheet.pack == pack.id and not sheet.is_revoked for sheet in sheets)
    if answers:
        articles.append((both(N_("Answer sheets")), answers))
    articles.append((both(N_("Cover sheet and return slip")), 1))
    return tuple(articles)
