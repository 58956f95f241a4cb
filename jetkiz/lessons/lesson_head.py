"""What lesson.toml says: place in the week, grades, task and licence, each value checked."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from jetkiz.calendar.school_weeks import days_of
from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, N_
from jetkiz.lessons.model import LessonKind, Licence
from jetkiz.lessons.subjects import SUBJECTS
from jetkiz.roster.reading.cells import HIGHEST_GRADE
from jetkiz.roster.reading.findings import Findings, Place

FILE: Final = "lesson.toml"
FORMAT: Final = "jetkiz-lesson/1"
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_GOAL: Final = 160
MARKS: Final = frozenset({"five", "done"})
_KNOWN: Final = frozenset(
    {"format", "code", "week", "day", "order", "subject", "grades", "minutes", "kind"}
    | {"needs_picture", "sign_language", "weight", "title", "goal", "task", "licence", "files"}
)


@dataclass(frozen=True, slots=True)
class TaskRule:
    """A task before its day is known: due so many school days after the lesson."""

    texts: Mapping[str, str]
    due_days: int
    pages: int
    marks: str


@dataclass(frozen=True, slots=True)
class Head:
    """The checked head of a lesson; its texts lie beside it, one a language."""

    code: str
    week: str
    day: date
    order: int
    subject: str
    grades: tuple[int, ...]
    minutes: int
    kind: LessonKind
    needs_picture: bool
    weight: float
    titles: Mapping[str, str]
    licence: Licence
    task: TaskRule | None
    attachments: tuple[str, ...]
    goals: Mapping[str, str]
    sign_language: tuple[str, ...] = ()
    """In which languages an interpreter is in the picture."""


class _Values:
    """The table of a head, with the checks that tell where a value is wrong."""

    def __init__(self, file: str, values: Mapping[str, Any], findings: Findings) -> None:
        self.file = file
        self.values = values
        self.findings = findings
        self.is_whole = True

    def wrong(self, name: str, value: object, remedy: str, **facts: Any) -> None:
        if value is None:
            self.refuse(Place(self.file, None, name), N_("This entry is missing."), remedy, **facts)
        else:
            place = Place(self.file, None, name, str(value))
            self.refuse(place, N_("This value does not fit here."), remedy, **facts)

    def refuse(self, place: Place, sentence: str, remedy: str, **facts: object) -> None:
        self.is_whole = False
        self.findings.error(place, sentence, remedy, **facts)

    def text(self, name: str, pattern: str, remedy: str, **facts: object) -> str:
        value = self.values.get(name)
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        self.wrong(name, value, remedy, **facts)
        return ""

    def whole(self, name: str, least: int, most: int, otherwise: int | None = None) -> int:
        value = self.values.get(name, otherwise)
        if type(value) is int and least <= value <= most:
            return value
        self.wrong(
            name, value, N_("Write a number from {least} to {most}."), least=least, most=most
        )
        return least

    def part(self, name: str) -> "_Values | None":
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, dict):
            return _Values(self.file, value, self.findings)
        self.wrong(name, value, N_("Begin it with [{part}] on a line of its own."), part=name)
        return None

    def texts(self, name: str) -> dict[str, str]:
        """Return a text for each language."""
        part = self.part(name)
        found = part.values if part else {}
        wrong = [k for k, v in found.items() if k not in LANGUAGES or not isinstance(v, str)]
        for key in wrong:
            self.wrong(f"{name}.{key}", found[key], N_("Write texts for kk, ru or en."))
        return {key: value.strip() for key, value in found.items() if key not in wrong}


def read_head(folder: Path, shown: str, findings: Findings) -> Head | None:
    """Read and check a head; None when something in it is wrong."""
    table = _load(folder / FILE, f"{shown}/{FILE}", findings)
    if table is None:
        return None
    values = _Values(f"{shown}/{FILE}", table, findings)
    for name in sorted(table.keys() - _KNOWN):
        findings.warn(
            Place(values.file, None, name),
            N_("There is no such entry; it was not read."),
            N_("Known entries are: {known}."),
            known=", ".join(sorted(_KNOWN)),
        )
    head = _head(values)
    return head if values.is_whole else None


def _load(file: Path, shown: str, findings: Findings) -> dict[str, Any] | None:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        findings.error(
            Place(shown),
            N_("The head cannot be read: {reason}."),
            N_("Texts stand in quotation marks; save the file as UTF-8."),
            reason=str(error)[:120],
        )
        return None


def _head(values: _Values) -> Head:
    values.text("format", re.escape(FORMAT), N_('Write format = "jetkiz-lesson/1".'))
    week, day = _day(values)
    kind = values.text("kind", "|".join(LessonKind), N_("Write text, pictures, video or practice."))
    return Head(
        code=values.text(
            "code", "[a-z0-9][a-z0-9._-]{1,79}", N_("Write small Latin letters, digits and -.")
        ),
        week=week,
        day=day,
        order=values.whole("order", 1, 30, 1),
        subject=_subject(values),
        grades=_grades(values),
        minutes=values.whole("minutes", 1, 180, 15),
        kind=LessonKind(kind or LessonKind.TEXT),
        needs_picture=_needs_picture(values, kind),
        weight=_weight(values),
        titles=values.texts("title"),
        licence=_licence(values),
        task=_task(values),
        attachments=_attachments(values),
        goals=_goals(values),
        sign_language=_sign_language(values),
    )


def _day(values: _Values) -> tuple[str, date]:
    """Return week and day; the day is mon … sun, or a date of that week."""
    week = values.values.get("week")
    try:
        days = days_of(week if isinstance(week, str) else "")
    except JetkizError:
        values.wrong("week", week, N_("Write year and number of the week, as in 2026-W05."))
        return "", date.min
    day = values.values.get("day")
    if isinstance(day, str) and day.casefold() in DAYS:
        return str(week), days[DAYS.index(day.casefold())]
    if type(day) is date and day in days:
        return str(week), day
    if type(day) is date:
        values.refuse(
            Place(values.file, None, "day", day.isoformat()),
            N_("This day is not in week {week}."),
            N_("Write a date from {first} to {last}, or correct the week."),
            week=week,
            first=days[0].isoformat(),
            last=days[-1].isoformat(),
        )
    else:
        remedy = N_("Write mon, tue, wed, thu, fri, sat or sun, or a date, as in {first}.")
        values.wrong("day", day, remedy, first=days[0].isoformat())
    return "", date.min


def _subject(values: _Values) -> str:
    """Return the key of a subject; one without a name is taken, and reads as it is written."""
    remedy = N_("Write one of: {known}; or a word of your own in small Latin letters.")
    known = ", ".join(SUBJECTS)
    subject = values.text("subject", r"[a-z][a-z0-9_-]{1,39}", remedy, known=known)
    if subject and subject not in SUBJECTS:
        values.findings.warn(
            Place(values.file, None, "subject", subject),
            N_("This subject has no name in Kazakh and Russian: families read it as it is."),
            N_("If it is one of these, write it so: {known}."),
            known=known,
            cause=("subject", subject),
        )
    return subject


def _grades(values: _Values) -> tuple[int, ...]:
    grades = values.values.get("grades")
    if (
        isinstance(grades, list)
        and grades
        and all(type(grade) is int and 0 <= grade <= HIGHEST_GRADE for grade in grades)
    ):
        return tuple(sorted(set(grades)))
    values.wrong("grades", grades, N_("Write a list of numbers, as in [1, 2]."))
    return ()


def _needs_picture(values: _Values, kind: str) -> bool:
    value = values.values.get("needs_picture", kind == LessonKind.PICTURES)
    if isinstance(value, bool):
        return value
    values.wrong("needs_picture", value, N_("Write true or false."))
    return False


def _sign_language(values: _Values) -> tuple[str, ...]:
    """Return the languages whose film has an interpreter: all of them, or those that are listed."""
    value = values.values.get("sign_language", False)
    if isinstance(value, bool):
        return LANGUAGES if value else ()
    if isinstance(value, list) and all(one in LANGUAGES for one in value):
        return tuple(sorted(set(value)))
    remedy = N_('Write true or false, or the languages, as in ["kk", "ru"].')
    values.wrong("sign_language", value, remedy)
    return ()


def _weight(values: _Values) -> float:
    value = values.values.get("weight", 1.0)
    if type(value) in {int, float} and 0 < value <= 10:
        return float(value)
    values.wrong("weight", value, N_("Write a number up to 10; 1 is an ordinary lesson."))
    return 1.0


def _licence(values: _Values) -> Licence:
    part = values.part("licence")
    if part is None:
        values.wrong("licence", None, N_("Say who made it and on which terms: [licence], name."))
        return Licence("")
    name = part.text("name", r"\S.{0,99}", N_("Name the terms, as in CC BY 4.0 or own work."))
    makers = {
        field: str(part.values.get(field, "")).strip()
        for field in ("text_by", "pictures_by", "translation_by", "source")
    }
    values.is_whole &= part.is_whole
    return Licence(name.strip(), **makers)


def _task(values: _Values) -> TaskRule | None:
    part = values.part("task")
    if part is None:
        return None
    texts = part.texts("text")
    if not texts:
        part.wrong("task.text", None, N_("Write what is to be done: [task.text], kk = …"))
    marks = str(part.values.get("marks", "five"))
    if marks not in MARKS:
        part.wrong("task.marks", marks, N_("Write five (marks 5 to 2) or done (done, again)."))
    rule = TaskRule(texts, part.whole("due_days", 0, 60, 2), part.whole("pages", 1, 20, 1), marks)
    values.is_whole &= part.is_whole
    return rule


def _goals(values: _Values) -> dict[str, str]:
    """Return what a student will know afterwards: two lines of a phone, no more."""
    goals = values.texts("goal")
    for language, goal in goals.items():
        if len(goal) > LONGEST_GOAL:
            remedy = N_("Say it in at most {most} letters: two lines of a phone.")
            values.wrong(f"goal.{language}", goal, remedy, most=LONGEST_GOAL)
    return {language: " ".join(goal.split()) for language, goal in goals.items()}


def _attachments(values: _Values) -> tuple[str, ...]:
    """Return the names under [files]: pdf, audio and video, each one name or a list."""
    part = values.part("files")
    names: list[str] = []
    for key, value in part.values.items() if part else ():
        listed = value if isinstance(value, list) else [value]
        if key in {"pdf", "audio", "video"} and all(isinstance(name, str) for name in listed):
            names += listed
        else:
            remedy = N_("Write pdf = [names], audio = [names] or video = [names].")
            values.wrong(f"files.{key}", value, remedy)
    return tuple(names)
