"""What a lesson is: one unit of teaching in one week, in one language, with its task."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class LessonKind(StrEnum):
    """What a lesson needs to be understood; it decides which channel fits."""

    TEXT = "text"  # reading
    PICTURES = "pictures"  # a picture on every page
    VIDEO = "video"  # must be seen moving
    PRACTICE = "practice"  # exercises with pencil and paper


@dataclass(frozen=True, slots=True)
class Licence:
    """Who made it and on which terms; kept on every copy."""

    name: str
    text_by: str = ""
    pictures_by: str = ""
    translation_by: str = ""
    source: str = ""

    @property
    def line(self) -> str:
        """One line for the foot of a page."""
        makers = ", ".join(
            part for part in (self.text_by, self.pictures_by, self.translation_by) if part
        )
        return " · ".join(part for part in (makers, self.source, self.name) if part)


@dataclass(frozen=True, slots=True)
class Task:
    """The homework of a lesson: what comes back, until when, on how many sheets."""

    text: str
    due: date
    pages: int = 1
    marks: str = "five"


@dataclass(frozen=True, slots=True)
class LessonFile:
    """A picture, PDF or sound of a lesson, kept by the hash of its content."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson of one week in one language; ``text`` is Markdown, pictures by file name."""

    id: int
    code: str
    language: str
    week: str
    day: date
    order: int
    subject: str
    grades: tuple[int, ...]
    title: str
    kind: LessonKind
    minutes: int
    needs_picture: bool
    weight: float
    text: str
    licence: Licence
    task: Task | None = None
    files: tuple[LessonFile, ...] = ()
    content_hash: str = ""
