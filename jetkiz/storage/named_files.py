"""Which stored files somebody still needs: those that a row names, in whatever table."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import Connection, String, cast, column, select, table, update

from jetkiz.storage.many_values import among

# All tables are asked, also those of channels that this process does not load. Lessons and packs
# lie open and are not among them.
NAMING: Final = (
    ("return_page", "sha256"),
    ("feedback_file", "sha256"),
    ("telegram_question_part", "sha256"),
    ("scan_page", "stored"),
    ("scan_file", "stored"),
    ("kazpost_number", "label"),
)
# Structured values, and what stands in those that name a file.
TELLING: Final = (
    ("telegram_dialogue_state", "facts", "sha256"),
    ("telegram_outbox", "payload", "stored:"),
)
_NAME: Final = re.compile(r"\b[0-9a-f]{64}\b")


def named(connection: Connection, names: Collection[str]) -> set[str]:
    """Return those of the names that some row names."""
    found: set[str] = set()
    for where, what in NAMING:
        c = column(what, String)
        found |= set(connection.scalars(select(c).select_from(table(where)).where(among(c, names))))
    return found | (set(names) & set(_told(connection)))


def _told(connection: Connection) -> Iterator[str]:
    for where, what, words in TELLING:
        text = cast(column(what), String)
        for one in connection.scalars(
            select(text).select_from(table(where)).where(text.contains(words))
        ):
            yield from _NAME.findall(one)


def rename(connection: Connection, old: str, new: str) -> None:
    """Let every row that names a file name it anew."""
    for where, what in NAMING:
        c = column(what, String)
        named_table = table(where, c)
        connection.execute(update(named_table).where(c == old).values({what: new}))
