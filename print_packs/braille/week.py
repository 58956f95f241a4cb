"""Which children get a week in Braille, what is in their file, and what a person has to add."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator, translator
from jetkiz.lessons.markup.spoken_formulas import sign_words
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.lessons.subjects import subject_words
from jetkiz.roster.model import Need, Student
from jetkiz.roster.register import read_households, read_names, read_students
from print_packs.braille.lesson_blocks import Kind, Reading, read_lesson
from print_packs.braille.liblouis import Liblouis
from print_packs.braille.pages import Cells, Size, brf, number_cells, paged
from print_packs.pages.dates import weekday_words


@dataclass(frozen=True, slots=True)
class Reader:
    """A child who reads Braille, and the lessons of its grade and language."""

    student: Student
    home: str
    name: str
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class InBraille:
    """A lesson in cells, and what of it a person has to look at."""

    cells: tuple[Cells, ...]
    reading: Reading


def readers_of(connection: Connection, week: str) -> list[Reader]:
    """Return the children who read Braille, each with the lessons of the week."""
    students = [one for one in read_students(connection) if Need.BRAILLE in one.needs]
    lessons = read_lessons(connection, week) if students else []
    names = read_names(connection, {one.id for one in students})
    homes = read_households(connection, {one.household for one in students})
    return [
        Reader(
            one,
            homes[one.household].key if one.household in homes else "",
            names[one.id].full if one.id in names else "",
            tuple(x for x in lessons if x.language == one.language and one.grade in x.grades),
        )
        for one in students
    ]


def in_braille(
    lessons: Iterable[Lesson], louis: Liblouis
) -> tuple[dict[int, InBraille], dict[int, JetkizError]]:
    """Return lessons in cells by their number, and why others have none."""
    done: dict[int, InBraille] = {}
    refused: dict[int, JetkizError] = {}
    for lesson in lessons:
        reading = read_lesson(lesson)
        said = [block.text for block in reading.blocks]
        try:
            texts = _in_words(said, lesson.language, lesson.code, louis)
        except JetkizError as error:
            refused[lesson.id] = error
            continue
        kinds = [block.kind for block in reading.blocks]
        cells = louis.cells(texts, lesson.language)
        done[lesson.id] = InBraille(tuple(map(Cells, kinds, cells)), reading)
    return done, refused


def _in_words(texts: Sequence[str], language: str, code: str, louis: Liblouis) -> list[str]:
    """Write signs that Braille lacks as words; what has no word either is refused."""
    unknown = louis.unknown("".join(texts), language)
    words = {sign: sign_words(sign, language) for sign in unknown}
    strange = [sign for sign, said in words.items() if said is None]
    if strange:
        raise JetkizError(
            N_("Lesson {code} uses characters that have no Braille: {characters}"),
            N_("Replace them in the lesson, and import it again."),
            code=code,
            characters=" ".join(strange),
        )
    table = {ord(sign): f" {said} " for sign, said in words.items()}
    return [text.translate(table) for text in texts]


def week_file(
    reader: Reader, done: Mapping[int, InBraille], louis: Liblouis, week: str, size: Size
) -> str:
    """Return the file of a child: what is in it with pages, then each lesson on a new page."""
    lessons = [one for one in reader.lessons if one.id in done]
    bodies = [paged(done[one.id].cells, size) for one in lessons]
    t = translator(reader.student.language)
    number = week.rpartition("W")[2].lstrip("0")
    named = [t("Lessons of week {week}", week=number)]
    for one in lessons:
        day, subject = weekday_words(one.day, t.language), t(subject_words(one.subject))
        named.append(f"{day}, {subject}: {one.title}")
    heading, *lines = louis.cells(_in_words(named, t.language, week, louis), t.language)
    contents = _contents(heading, lines, [len(body) for body in bodies], size)
    return brf([*contents, *(page for body in bodies for page in body)], size)


def _contents(
    heading: str, lines: Sequence[str], counts: Sequence[int], size: Size
) -> list[list[str]]:
    """Lay out the first pages; how many they are decides where the lessons begin."""
    pages: list[list[str]] = [[]]
    for _ in range(3):
        first = len(pages) + 1
        blocks = [Cells(Kind.HEADING, heading)]
        for line, count in zip(lines, counts, strict=True):
            blocks.append(Cells(Kind.ITEM, f"{line} {number_cells(first)}"))
            first += count
        before, pages = len(pages), paged(blocks, size)
        if len(pages) == before:
            break
    return pages


def report_lines(
    readers: Sequence[Reader],
    done: Mapping[int, InBraille],
    refused: Mapping[int, JetkizError],
    files: Mapping[int, str],
    t: Translator,
) -> list[str]:
    """Say whose file is which, and what of each lesson a person has to look at."""
    lines = [f"{files[one.student.id]}  {one.name}, {one.student.class_title}" for one in readers]
    seen = {lesson.id: lesson for one in readers for lesson in one.lessons}
    for number, lesson in seen.items():
        if number in refused:
            lines += ["", f"{lesson.code} {lesson.title}", f"  {t.error(refused[number])}"]
            continue
        told = _for_a_person(done[number].reading, t)
        if told:
            lines += ["", f"{lesson.code} {lesson.title}", *(f"  {line}" for line in told)]
    return lines


def _for_a_person(reading: Reading, t: Translator) -> list[str]:
    told = [t("Formula in words: {words}", words=words) for words in reading.formulas]
    told += [t("Picture in words: {words}", words=words) for words in reading.pictures]
    if reading.tables:
        told.append(t("Tables written row by row: {n}", n=reading.tables))
    if reading.latin:
        told.append(t("Words in Latin letters: {words}", words=", ".join(reading.latin[:20])))
    return told
