"""Which text a file holds, however it was saved, and which files hold none."""

from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# A log of a whole year of a channel is smaller.
_LARGEST: Final = 32 * 1024 * 1024
_LOOKED_AT: Final = 4096


def decoded(content: bytes) -> str:
    """Return the text of a file that an office program saved in its own way."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_without_mark(content), errors="replace")


def _without_mark(content: bytes) -> str:
    """Half of the bytes of Latin letters and digits are nought in the code of two bytes."""
    head = content[:_LOOKED_AT]
    if head[1::2].count(0) * 2 > len(head) // 2:
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) * 2 > len(head) // 2 else "cp1251"


def log_text(content: bytes, encoding: str = "") -> str:
    """Return the text of a log; a file that is none is refused with what to do.

    ``encoding`` is the profile's; "" finds it: UTF-8, UTF-16 or cp1251.
    """
    if content.startswith(_WORKBOOKS):
        raise JetkizError(
            N_("This file is a workbook, not a log in text."),
            N_("Save it as CSV in UTF-8 and import that."),
        )
    if len(content) > _LARGEST:
        raise JetkizError(
            N_("This file is larger than a log of a channel can be."),
            N_("Ask the broadcaster for the log of one week."),
        )
    text = content.decode(encoding, errors="replace") if encoding else _found(content)
    if not text.strip():
        raise JetkizError(
            N_("The log is empty."),
            N_("Ask the broadcaster for it once more; nothing was changed."),
        )
    if "\x00" in text:
        raise JetkizError(
            N_("This file is not a text: no log can be read in it."),
            N_("Ask the broadcaster for the log as text or CSV; nothing was changed."),
        )
    return text.removeprefix("\ufeff")


def _found(content: bytes) -> str:
    if b"\x00" in content[:_LOOKED_AT] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = _without_mark(content)
        if encoding != "cp1251":
            return content.decode(encoding, errors="replace")
    return decoded(content)
