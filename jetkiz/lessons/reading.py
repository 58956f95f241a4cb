"""What a folder of lessons holds: a lesson for each language, checked whole before any is kept."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from jetkiz.calendar.school_weeks import add_school_days, is_school_day
from jetkiz.calendar.school_years import notice
from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, N_
from jetkiz.lessons.lesson_files import read_attachment, read_picture
from jetkiz.lessons.lesson_head import FILE, Head, read_head
from jetkiz.lessons.lesson_text import check_formulas, check_letters, check_text, first_heading
from jetkiz.lessons.markup.plain_formulas import with_plain_formulas
from jetkiz.lessons.model import Question, ready_pages_name
from jetkiz.lessons.quiz_reading import read_quiz
from jetkiz.lessons.ready_pages.ready_pdf import ReadyPdf, read_ready_pdf
from jetkiz.roster.reading.findings import Findings, Place

# Lines, and letters in a line, that the upper half of an answer sheet takes in small letters.
_TASK_LINES: Final = 36
_TASK_LETTERS: Final = 90


@dataclass(frozen=True, slots=True)
class ReadLesson:
    """One lesson in one language, with the content of its files."""

    head: Head
    language: str
    title: str
    text: str
    task_text: str | None
    task_due: date | None
    files: dict[str, bytes] = field(hash=False)
    goal: str = ""
    quiz: tuple[Question, ...] = ()
    ready: ReadyPdf | None = None

    def pages_of(self, name: str) -> int:
        """Return the printed sides of a file; 0 for all but a teacher's own pages."""
        is_ready = name == ready_pages_name(self.language)
        return self.ready.pages if self.ready and is_ready else 0

    @property
    def is_signed(self) -> bool:
        """True when an interpreter is in the picture in this language."""
        return self.language in self.head.sign_language

    @property
    def content_hash(self) -> str:
        """Return a hash of all that people would see or that decides where it goes."""
        head = asdict(self.head)
        # What came later counts only where it is: a lesson without it keeps the hash it had.
        head["titles"] = head["task"] = None
        del head["goals"]
        del head["sign_language"]
        task = self.head.task
        said: list[Any] = [head, self.language, self.title, self.text, self.task_text]
        said += [self.task_due, (task.pages, task.marks) if task else None]
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()}
        if self.ready:
            # As the teacher brought them: another way of cleaning is no change of the lesson.
            hashes[ready_pages_name(self.language)] = self.ready.origin
        said += [hashes]
        if self.goal or self.quiz:
            said += [self.goal, [asdict(one) for one in self.quiz]]
        if self.is_signed:
            said += ["sign_language"]
        return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def read_folder(folder: Path, findings: Findings) -> list[ReadLesson]:
    """Read every lesson under a folder, or the one that the folder is."""
    heads = _heads(folder)
    lessons = [
        lesson for home in heads for lesson in _read_lesson(home, _shown(home, folder), findings)
    ]
    _check_codes(lessons, folder, findings)
    _check_calendar(lessons, Place(folder.name), findings)
    return lessons


def _heads(folder: Path) -> list[Path]:
    try:
        if (folder / FILE).is_file():
            return [folder]
        homes = sorted(home for home in folder.iterdir() if (home / FILE).is_file())
    except OSError as error:
        raise JetkizError(
            N_("There is no folder {folder}."), N_("Check the spelling."), folder=folder
        ) from error
    if not homes:
        raise JetkizError(
            N_("{folder} holds no lesson."),
            N_("Give a folder whose subfolders each have a file lesson.toml."),
            folder=folder,
        )
    return homes


def _shown(home: Path, folder: Path) -> str:
    return home.name if home == folder else home.relative_to(folder).as_posix()


def _read_lesson(home: Path, shown: str, findings: Findings) -> Iterator[ReadLesson]:
    head = read_head(home, shown, findings)
    if head is None:
        return
    _check_terms(head, Place(f"{shown}/{FILE}", None, "licence.name"), findings)
    attachments = _attachments(head, home, shown, findings)
    texts = [language for language in LANGUAGES if (home / f"{language}.md").is_file()]
    if not texts:
        findings.error(
            Place(shown),
            N_("The lesson has no text."),
            N_("Write it into kk.md, ru.md or en.md beside lesson.toml."),
        )
    for language in (one for one in LANGUAGES if one not in texts):
        if (home / ready_pages_name(language)).is_file():
            findings.warn(
                Place(f"{shown}/{ready_pages_name(language)}"),
                N_("There are pages for paper, but no text in this language."),
                N_("Write the text too: for telephones, large print and Braille."),
            )
    for language in sorted(head.titles.keys() - set(texts)) if texts else ():
        findings.warn(
            Place(f"{shown}/{FILE}", None, f"title.{language}"),
            N_("There is a title, but no text in this language."),
            N_("Write the text, or delete the title."),
        )
    for language in texts:
        yield from _read_language(head, home, shown, (language, attachments), findings)


def _check_terms(head: Head, place: Place, findings: Findings) -> None:
    words = head.licence.name.upper().replace("-", " ").split()
    for term, sentence in (
        ("NC", N_("The terms forbid commercial use: no broadcaster or print shop may be paid.")),
        ("ND", N_("The terms forbid changes: printing in another layout may be one.")),
    ):
        if term in words:
            findings.warn(
                Place(place.file, None, place.column, head.licence.name),
                sentence,
                N_("Ask the makers, or choose another text."),
            )


def _attachments(head: Head, home: Path, shown: str, findings: Findings) -> dict[str, bytes]:
    found = {
        name: read_attachment(home, name, Place(f"{shown}/{FILE}", None, "files", name), findings)
        for name in head.attachments
    }
    return {name: content for name, content in found.items() if content is not None}


def _read_language(
    head: Head,
    home: Path,
    shown: str,
    spoken: tuple[str, dict[str, bytes]],
    findings: Findings,
) -> Iterator[ReadLesson]:
    language, attachments = spoken
    place = Place(f"{shown}/{language}.md")
    try:
        text = (home / f"{language}.md").read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        findings.error(place, N_("The text is not UTF-8."), N_("Save the file again as UTF-8."))
        return
    files = dict(attachments)
    for picture in check_text(place, text, findings, language):
        where = Place(place.file, picture.row, "", picture.name)
        content = read_picture(home, picture.name, where, findings)
        if content is not None:
            files[picture.name] = content
    ready = _ready_pages(home, shown, language, findings)
    files |= {ready_pages_name(language): ready.content} if ready else {}
    task = head.task
    said = {"title": head.titles.get(language), "task": task.texts.get(language) if task else None}
    said["goal"] = head.goals.get(language)
    for name, words in said.items():
        where = Place(f"{shown}/{FILE}", None, f"{name}.{language}")
        check_formulas(where, words or "", findings)
        check_letters(where, words or "", findings)
    title = with_plain_formulas(said["title"] or "") or first_heading(text)
    task_text = with_plain_formulas(said["task"]) if said["task"] else said["task"]
    _check_complete(place, title, has_task=not task or bool(task_text), findings=findings)
    _check_fits(Place(f"{shown}/{FILE}", None, f"task.{language}"), task_text or "", findings)
    due = _due(head, task.due_days) if task and task_text else None
    goal = with_plain_formulas(said["goal"] or "")
    quiz = read_quiz(home, shown, language, findings)
    yield ReadLesson(head, language, title, text, task_text, due, files, goal, quiz, ready)


def _ready_pages(home: Path, shown: str, language: str, findings: Findings) -> ReadyPdf | None:
    """Read the pages that a teacher set; without them paper gets the text as we set it."""
    name = ready_pages_name(language)
    if not (home / name).is_file():
        return None
    return read_ready_pdf(home, name, Place(f"{shown}/{name}"), findings)


def _due(head: Head, days: int) -> date:
    """A task of several grades is due when the grade that rests longest has had its days."""
    return max(add_school_days(head.day, days, grade) for grade in head.grades)


def _check_complete(place: Place, title: str, *, has_task: bool, findings: Findings) -> None:
    if not title:
        findings.error(
            place,
            N_("The lesson has no title in this language."),
            N_("Write it under [title] in lesson.toml, or begin the text with # and the title."),
        )
    if not has_task:
        findings.error(
            place,
            N_("The task is not written in this language."),
            N_("Write it under [task.text] in lesson.toml."),
        )


def _check_fits(place: Place, task: str, findings: Findings) -> None:
    """A task stands above the lines on which it is answered: what finds no room there is lost."""
    lines = sum(max(1, -(-len(line) // _TASK_LETTERS)) for line in task.splitlines())
    if lines > _TASK_LINES:
        findings.error(
            place,
            N_("The task is too long for the sheet on which it is answered."),
            N_("Write at most {letters} letters, and put what is read before into the text."),
            letters=_TASK_LINES * _TASK_LETTERS,
        )


def _check_codes(lessons: list[ReadLesson], folder: Path, findings: Findings) -> None:
    heads: dict[str, Head] = {}
    for lesson in lessons:
        code = lesson.head.code
        if heads.setdefault(code, lesson.head) is not lesson.head:
            findings.error(
                Place(folder.name, None, "code", code),
                N_("Two lessons have this code."),
                N_("Give one of them another."),
                cause=("code", code),
            )


def _check_calendar(lessons: list[ReadLesson], place: Place, findings: Findings) -> None:
    grades: dict[date, set[int]] = defaultdict(set)
    for lesson in lessons:
        grades[lesson.head.day].update(lesson.head.grades)
    for day in sorted(grades):
        if is_school_day(day):
            _check_breaks(day, grades[day], place, findings)
        else:
            findings.warn(
                place,
                N_("There are lessons on {day}, which is no school day."),
                N_("Check week and day."),
                day=day.isoformat(),
                cause=("no school day", day),
            )
        words = notice(day)
        if words:
            findings.note(place, words.sentence, words.remedy, **words.facts, cause="calendar")


def _check_breaks(day: date, grades: set[int], place: Place, findings: Findings) -> None:
    for grade in sorted(grades):
        if not is_school_day(day, grade):
            findings.warn(
                place,
                N_("There are lessons on {day}, when grade {grade} has its break."),
                N_("Move them, or leave that grade out."),
                day=day.isoformat(),
                grade=grade,
                cause=("break", day, grade),
            )
