"""The packs that paper is measured with: 20 pages, three pictures, four tables, four groups.

Two grades in two languages; every home has its own names, address and sheets, the lessons are
those of its group. A pack has 9 pages of its own, 3 codes on each of 4 answer sheets among them.
"""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PIL import Image

from jetkiz.lessons.model import Lesson, LessonFile, LessonKind, Licence, Task
from jetkiz.storage.files import FileStore
from print_packs.issuer import Issuer
from print_packs.lessons.lesson_pages import set_lesson
from print_packs.lessons.set_pages import LessonPages
from print_packs.model import AnswerSheet, ChildPart, Letter, Pack, WeekLine

WEEK = "2026-W05"
LESSON_PAGES = 11
PAGES = 20
_GROUPS = ((2, "kk"), (2, "ru"), (7, "kk"), (7, "ru"))
_NAMES = {
    "kk": ("Айгерім", "Әлихан", "Дәулет", "Нұрғиса", "Қарақат", "Өмір", "Үміт", "Шыңғыс"),
    "ru": ("Анастасия", "Дмитрий", "Екатерина", "Пётр", "Савелий", "Юлия", "Фёдор", "Ольга"),
}
_STREETS = {"kk": "Абай Құнанбайұлы көшесі", "ru": "улица Космонавтов"}
_TEXT = {
    "kk": "Қыста күн қысқа, түн ұзақ болады. Аңдар азық іздейді, құстар жылы жаққа ұшады. ",
    "ru": "Зимой дни короткие, а ночи длинные. Звери ищут корм, птицы улетают в тёплые края. ",
}
_KEYS = {1: bytes(range(32))}
ISSUER = Issuer(4711, _KEYS, 1)

Key = tuple[int, bool]


@dataclass(frozen=True, slots=True)
class Book:
    """The lessons of the four groups, each set once."""

    lessons: dict[Key, LessonPages]
    groups: tuple[tuple[Lesson, ...], ...]
    files: FileStore


def make_book(folder: Path) -> Book:
    """Draw the pictures and set the lessons of all groups."""
    files = FileStore(folder / "files")
    groups = tuple(_lessons(number, files) for number in range(len(_GROUPS)))
    cache = folder / "cache"
    known = {
        (one.id, False): set_lesson(one, files, cache, large=False)
        for group in groups
        for one in group
    }
    for group in groups:
        pages = sum(known[one.id, False].pages for one in group)
        if pages != LESSON_PAGES:
            raise ValueError(f"a group has {pages} pages of lessons and not {LESSON_PAGES}")
    return Book(known, groups, files)


def _lessons(group: int, files: FileStore) -> tuple[Lesson, ...]:
    grade, language = _GROUPS[group]
    made = []
    for number in range(4):
        picture = _picture(group * 4 + number) if number < 3 else b""
        name = f"p{number}.jpg"
        own = (LessonFile(name, files.put(picture), len(picture)),) if picture else ()
        table = "\n".join(
            ["| № | А | Б |", "|---|---|---|"] + [f"| {n} | {n * 7} | {n * n} |" for n in range(8)]
        )
        # As many words as fill three pages, and two of the last lesson.
        words = _TEXT[language] * ((48 if grade == 2 else 84) - (0 if number < 3 else 20))
        text = (
            f"![{_TEXT[language]}]({name})\n\n{words}\n\n{table}"
            if picture
            else f"{words}\n\n{table}"
        )
        made.append(
            Lesson(
                id=group * 4 + number + 1,
                code=f"w05-{group}-{number}",
                language=language,
                week=WEEK,
                day=date(2026, 1, 26 + number),
                order=1,
                subject="reading",
                grades=(grade,),
                title=_TEXT[language][:24],
                kind=LessonKind.TEXT,
                minutes=20,
                needs_picture=False,
                weight=1.0,
                text=text,
                licence=Licence("CC0", "Jetkiz"),
                task=Task(_TEXT[language] * 2, date(2026, 2, 2), 2) if number < 2 else None,
                files=own,
            )
        )
    return tuple(made)


def _picture(seed: int) -> bytes:
    """A JPEG of about 68 kB."""
    chance = random.Random(seed)
    image = Image.frombytes("RGB", (320, 240), chance.randbytes(320 * 240 * 3)).resize((480, 360))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def packs(book: Book, count: int, first: int = 0) -> Iterator[Pack]:
    """The packs of ``count`` homes, one group after the other."""
    for number in range(first, first + count):
        yield _pack(book, number, first + count)


def _pack(book: Book, number: int, of: int) -> Pack:
    chance = random.Random(number)
    group = number % 4
    grade, language = _GROUPS[group]
    lessons = book.groups[group]
    name = chance.choice(_NAMES[language])
    sheets = tuple(
        AnswerSheet(number * 4 + at * 2 + page, one, page, 2)
        for at, one in enumerate(lessons[:2])
        for page in (1, 2)
    )
    child = ChildPart(
        student=number,
        name=f"{name} {number}",
        class_title=f"{grade}{'АБВГ'[number // 4 % 4]}",
        grade=grade,
        language=language,
        is_large=False,
        week=tuple(WeekLine(one, "post") for one in lessons),
        lessons=lessons,
        sheets=sheets,
    )
    street = f"{_STREETS[language]}, {chance.randrange(1, 200)}"
    return Pack(
        consignment=f"post:{WEEK}:h{number}",
        print_id=f"{number:08}",
        key=f"h{number}",
        household=number,
        week=WEEK,
        language=language,
        place=number + 1,
        of=of,
        by_post=True,
        addressee=Letter(
            f"{name} {number}-ов",
            (street, "Қарасу ауылы", "Қостанай облысы"),
            f"{110000 + number // 40:06}",
        ),
        sender=Letter("Ақкөл орта мектебі", ("Мектеп көшесі, 1",), "111900", "+77145312345"),
        return_by=date(2026, 2, 2),
        children=(child,),
    )
