"""What is drawn once and for all: pictures of lessons, beside every transaction and remembered.

Drawing takes up to a second. An answer that needs a picture nobody has drawn yet is broken off; the
picture is drawn while nobody waits for the database, and the answer begun anew.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from bot.tables import drawn_picture
from jetkiz.errors import JetkizError
from jetkiz.lessons.markup.page_pictures import PictureError
from jetkiz.storage.files import FileStore, MissingFileError, UnreadableError
from jetkiz.storage.many_values import among
from jetkiz.storage.whole_files import UnwritableError

log = logging.getLogger(__name__)

Draw = Callable[[FileStore], Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Something to be drawn; the same ``source`` gives the same pictures."""

    source: str
    draw: Draw = field(compare=False)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that lies in the file store as it is to be sent.

    One of no size is none: it waits for the file of this name, and for ever where no name is said.
    """

    sha256: str
    size: int


class NotDrawnError(Exception):
    """An answer needs pictures that nobody has drawn yet; ``update`` says which answer."""

    def __init__(self, drawings: Sequence[Drawing]) -> None:
        super().__init__(len(drawings))
        self.drawings = tuple(drawings)
        self.update = 0


def source_of(kind: str, *parts: str) -> str:
    """Return what a drawing is known by: a hash of what it shows and how it is drawn."""
    return hashlib.sha256("\0".join((kind, *parts)).encode()).hexdigest()


def drawn(
    connection: Connection, files: FileStore, wanted: Iterable[Drawing]
) -> dict[str, tuple[Drawn, ...]]:
    """Return the pictures of every drawing; none where it cannot be drawn."""
    drawings = list(dict.fromkeys(wanted))
    known = _known(connection, files, [one.source for one in drawings]) if drawings else {}
    missing = [one for one in drawings if one.source not in known]
    if missing:
        raise NotDrawnError(missing)
    return known


def not_drawn(connection: Connection, files: FileStore, wanted: Sequence[Drawing]) -> list[Drawing]:
    """Return what is still to be drawn: meanwhile somebody else may have opened the same lesson."""
    known = _known(connection, files, [one.source for one in wanted])
    return [one for one in wanted if one.source not in known]


def _known(
    connection: Connection, files: FileStore, sources: Sequence[str]
) -> dict[str, tuple[Drawn, ...]]:
    c = drawn_picture.c
    rows = connection.execute(
        select(drawn_picture).where(among(c.source, sources)).order_by(c.source, c.place)
    )
    found: dict[str, list[Drawn]] = {}
    for row in rows:
        found.setdefault(row.source, []).append(Drawn(row.sha256, row.size))
    return {
        source: tuple(one for one in pictures if one.size)
        for source, pictures in found.items()
        if all(_still_holds(files, one) for one in pictures)
    }


def _still_holds(files: FileStore, one: Drawn) -> bool:
    """Whether a picture lies there yet, or what it is drawn from is still away."""
    if one.size:
        # A copy of the database may have come back without the files.
        return files.path(one.sha256).exists()
    if not one.sha256:
        return True
    try:
        files.get(one.sha256)
    except (MissingFileError, UnreadableError):
        return True
    return False


def draw_all(files: FileStore, drawings: Iterable[Drawing]) -> dict[str, tuple[Drawn, ...]]:
    """Draw; what cannot be drawn is noted as well, for the words of the lesson stand for it."""
    return {one.source: tuple(_draw(files, one)) for one in drawings}


def _draw(files: FileStore, one: Drawing) -> list[Drawn]:
    try:
        return [Drawn(files.put(page), len(page)) for page in one.draw(files)]
    except UnwritableError:
        raise
    except (MissingFileError, UnreadableError) as error:
        log.warning("picture_waits source=%s error=%s", one.source[:12], error)
        return [Drawn(error.digest, 0)]
    except (PictureError, JetkizError, OSError, ValueError) as error:
        log.warning("picture_not_drawn source=%s error=%s", one.source[:12], error)
        return []


def remember(connection: Connection, made: Mapping[str, Sequence[Drawn]]) -> None:
    """Keep what was drawn for all who open the lesson later."""
    c = drawn_picture.c
    connection.execute(drawn_picture.delete().where(among(c.source, made)))
    rows: list[dict[str, Any]] = [
        {"source": source, "place": place, "sha256": one.sha256, "size": one.size}
        for source, pictures in made.items()
        for place, one in enumerate(pictures or (Drawn("", 0),))
    ]
    if rows:
        connection.execute(drawn_picture.insert(), rows)
