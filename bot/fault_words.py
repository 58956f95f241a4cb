"""What is kept of a fault of our own: its kind and its place, never what somebody wrote.

The message of an error may quote the update that caused it, or an address with the bot's token.
"""

import traceback
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parent.parent
_OURS: Final = frozenset({"bot", "broadcast", "jetkiz", "print_packs", "scheduler"})


def fault_words(error: BaseException) -> str:
    """Return the kind of an error, and the last line of ours that it came through."""
    places = [
        f"{file}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if (file := _our_file(frame.filename))
    ]
    return " in ".join([type(error).__name__, *places[-1:]])


def _our_file(name: str) -> str:
    file = Path(name)
    if not file.is_relative_to(_ROOT):
        return ""
    inside = file.relative_to(_ROOT)
    return inside.as_posix() if inside.parts[0] in _OURS else ""
