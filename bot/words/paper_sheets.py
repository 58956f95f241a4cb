"""What the bot says when a photo shows printed answer sheets: what is there, and what is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.words.cards import Card, escaped
from jetkiz.homework.sheets_in_chats import SheetsCame, Unfiled, WorkCame
from jetkiz.i18n import N_, Translator

UNFILED_WORDS: Final[Mapping[Unfiled, str]] = {
    Unfiled.OTHER_HOME: N_(
        "This sheet belongs to a child who is not in this chat, so I have not filed it. "
        "The school will look at it."
    ),
    Unfiled.VOID: N_(
        "This sheet is from a pack that was replaced by a new one. The school will look at it. "
        "Please write on the sheets of the new pack."
    ),
    Unfiled.UNKNOWN: N_(
        "The records of the school do not know this sheet. The school will look at it; "
        "please keep the paper."
    ),
}


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work of which sheets came, with the words for child and lesson."""

    name: str
    title: str
    work: WorkCame


def sheets_came(works: Sequence[WorkLine], came: SheetsCame, t: Translator) -> Card:
    """Say which pages of which works are filed, and which are still missing."""
    parts = ["\n".join(_work_lines(one, t)) for one in works]
    if came.was_known:
        parts.append(t("I had this picture before; nothing is filed twice."))
    if came.unread:
        parts.append(
            t.n(
                "{n} page shows no mark of a printed sheet. The school will look at it.",
                "{n} pages show no mark of a printed sheet. The school will look at them.",
                came.unread,
            )
        )
    return Card("\n\n".join(parts))


def _work_lines(one: WorkLine, t: Translator) -> list[str]:
    title = f" · {escaped(one.title)}" if one.title else ""
    there, missing = one.work.there, one.work.missing
    lines = [
        f"<b>{escaped(one.name)}</b>{title}",
        t("Pages of the printed sheets that are there: {pages}.", pages=_listed(there)),
    ]
    if missing:
        lines.append(t("Still missing: page {pages}.", pages=_listed(missing)))
    else:
        lines.append(t("All pages are there: the work is with the teacher."))
    return lines


def _listed(pages: Sequence[int]) -> str:
    return ", ".join(map(str, pages))


def not_filed(why: Unfiled, t: Translator) -> Card:
    """Say why a sheet is not filed by itself, and naming nobody."""
    return Card(t(UNFILED_WORDS[why]))
