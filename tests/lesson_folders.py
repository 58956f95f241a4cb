"""Small lessons to break: a good folder, and what is said about a changed one."""

import io
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from jetkiz.lessons.importing import LessonProposal, import_lessons
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore

TUESDAY = datetime(2026, 1, 20, tzinfo=UTC)

HEAD = """
format = "jetkiz-lesson/1"
code = "w05-colours"
week = "2026-W05"
day = "mon"
order = 1
subject = "english"
grades = [1, 2]
minutes = 15
kind = "pictures"
needs_picture = true
weight = 1.0

[title]
kk = "Түстер"
ru = "Цвета"

[task]
due_days = 2
marks = "five"
pages = 1

[task.text]
kk = "Үш түсті жаз."
ru = "Напиши три цвета."

[licence]
name = "CC BY 4.0"
text_by = "Aigul"
"""
TEXT = "# {title}\n\n![A red ball](img/01.jpg)\n\nRed.\n"


def picture(kind: str = "JPEG", size: int = 8) -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (size, size), "red").save(out, kind)
    return out.getvalue()


def write_lesson(home: Path, head: str = HEAD, **texts: str | None) -> Path:
    """Write a good lesson into a folder; a text of None leaves the language out."""
    (home / "img").mkdir(parents=True, exist_ok=True)
    (home / "img" / "01.jpg").write_bytes(picture())
    (home / "lesson.toml").write_text(head, "utf-8")
    given = {"kk": TEXT.format(title="Түстер"), "ru": TEXT.format(title="Цвета")} | texts
    for language, text in given.items():
        if text is not None:
            (home / f"{language}.md").write_text(text, "utf-8")
    return home


def swapped(old: str, new: str) -> str:
    """Return the head with one thing changed; the old text has to be there."""
    assert old in HEAD, old
    return HEAD.replace(old, new)


def bring(
    database: Database, files: FileStore, folder: Path, *, replace: bool = False
) -> LessonProposal:
    """Bring a folder in as a teacher would, on the Tuesday before the week."""
    with database.write() as connection:
        return import_lessons(connection, files, folder, now=TUESDAY, replace_published=replace)
