"""What words become while work is collected: a note to the page before, or a page of their own.

Whatever is too long for a note is a page: nothing that somebody wrote is cut.
"""

from typing import Final

from bot.receiving.attachments import ArrivedFile
from bot.talking import drafts
from bot.talking.desk import Desk
from bot.talking.drafts import Kept, Target
from jetkiz.homework.page_order import change_note

LONGEST_NOTE: Final = 500
# The longest message that Telegram carries.
LONGEST_WORDS: Final = 4_096
_WORDS: Final = "text/plain"


def put_words(desk: Desk, place: Target, words: str, message_id: int) -> None:
    """Put words into a draft: short ones beside a photo are a note to it, others are a page."""
    # Words between the photos of an album do not end it.
    album = desk.state.facts.get("album", "")
    last = next(reversed(drafts.draft_pages(desk, place)), None)
    note = "\n".join(part for part in (last.note, words) if part) if last else words
    if last is None or last.media_type == _WORDS or len(note) > LONGEST_NOTE:
        drafts.file_pages(desk, place, [page_of_words(desk, words, message_id)], album)
        return
    change_note(desk.connection, [place.child.student], last.key, note, desk.now)
    drafts.show_draft(desk, place, album)


def page_of_words(desk: Desk, words: str, message_id: int, album: str = "") -> Kept:
    """Return a page that holds words whole; its note shows how they begin."""
    name = desk.files.put_sealed(words.encode())
    file = ArrivedFile(name_of(desk, message_id), name, _WORDS)
    return drafts.page_of(desk, file, beginning_of(words), album, message_id)


def name_of(desk: Desk, message_id: int) -> str:
    """Return by which name a page of words is found again; each chat counts its own messages."""
    return f"words{desk.chat.id}-{message_id}"


def beginning_of(words: str) -> str:
    """Return words as a note shows them; the sign at the end says that there are more."""
    return words if len(words) <= LONGEST_NOTE else words[: LONGEST_NOTE - 1].rstrip() + "…"


def caption_of(desk: Desk, words: str, message_id: int, album: str) -> tuple[str, list[Kept]]:
    """Return the note to a file; words that are no note are a page behind it."""
    if len(words) <= LONGEST_NOTE:
        return words, []
    return "", [page_of_words(desk, words, message_id, album)]
