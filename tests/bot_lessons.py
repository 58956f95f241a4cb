"""A lesson with all that may belong to one, for the tests of the chat."""

import io
from dataclasses import asdict
from typing import Any

from PIL import Image
from sqlalchemy import Connection, update

from jetkiz.lessons.model import Question
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.lessons.tables import lesson_file
from jetkiz.storage.files import FileStore

SOUND, FILM, SHEET = b"OggS sound", b"\0\0\0\x18ftypmp42", b"%PDF-1.7"
RICH = """# Lesson w05-0

Read this: $x^2$ and $\\sum_{i=1}^n i$.

![A red ball](img/01.jpg)

| a | b |
| - | - |
| 1 | 2 |
"""
QUIZ = (
    Question("2³ нешеге тең?", ("6", "8", "9"), (1,), "2 · 2 · 2 = 8."),
    Question("Жұп сандар?", ("1", "2", "4"), (1, 2)),
)


def a_picture(width: int = 40, height: int = 30, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind)
    return out.getvalue()


def enrich(
    connection: Connection,
    files: FileStore,
    number: int,
    quiz: tuple[Question, ...] = (),
    **more: Any,
) -> None:
    """Give a lesson a picture, a formula, a sound, a film and a sheet."""
    values = {"text": RICH, "quiz": [asdict(one) for one in quiz] or None} | more
    connection.execute(update(lesson_table).where(lesson_table.c.id == number).values(values))
    contents = {
        "img/01.jpg": a_picture(),
        "kk.ogg": SOUND,
        "film.mp4": FILM,
        "sheet.pdf": SHEET,
    }
    for name, content in contents.items():
        row = {"lesson_id": number, "name": name, "sha256": files.put(content)}
        connection.execute(lesson_file.insert().values(row | {"size": len(content)}))
