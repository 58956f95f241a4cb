"""What a lesson is: one unit of teaching in one week, in one language, with its task."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final


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
class Question:
    """A question of a quiz; ``right`` holds the places of the right options."""

    text: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    explanation: str = ""

    def is_answered_by(self, chosen: Iterable[int]) -> bool:
        """Whether somebody chose all right options and no other."""
        return set(chosen) == set(self.right)


class FileKind(StrEnum):
    """What a file of a lesson is for those who open it."""

    PICTURE = "picture"  # belongs into the text
    PDF = "pdf"  # to print, the text says the same
    VOICE = "voice"  # somebody reads the lesson
    AUDIO = "audio"  # to listen to
    VIDEO = "video"  # to look at
    OTHER = "other"  # whatever else


KINDS: Final = {
    ".jpg": FileKind.PICTURE,
    ".jpeg": FileKind.PICTURE,
    ".png": FileKind.PICTURE,
    ".pdf": FileKind.PDF,
    ".ogg": FileKind.VOICE,
    ".oga": FileKind.VOICE,
    ".opus": FileKind.VOICE,
    ".mp3": FileKind.AUDIO,
    ".wav": FileKind.OTHER,
    ".mp4": FileKind.VIDEO,
}


@dataclass(frozen=True, slots=True)
class LessonFile:
    """A picture, PDF, sound or film of a lesson, kept by the hash of its content."""

    name: str
    sha256: str
    size: int
    pages: int = 0
    """Printed sides of a teacher's own pages; 0 for every other file."""

    @property
    def kind(self) -> FileKind:
        """What it is, by the ending of its name."""
        return KINDS.get(PurePosixPath(self.name).suffix.lower(), FileKind.OTHER)


def ready_pages_name(language: str) -> str:
    """Return the name of the file with a lesson's pages as they are to be printed."""
    return f"{language}.pages.pdf"


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
    goal: str = ""
    quiz: tuple[Question, ...] = ()
    sign_language: bool = False
    """An interpreter is in the picture when it is aired."""

    @property
    def answer_pages(self) -> int:
        """Printed sides that come back: those to write on, and one with the circles of a quiz."""
        return (self.task.pages if self.task else 0) + bool(self.quiz)

    @property
    def ready_pages(self) -> LessonFile | None:
        """The PDF with the pages that its teacher set; None where we set the text."""
        name = ready_pages_name(self.language)
        return next((file for file in self.files if file.name == name), None)
