"""How a message of which nobody knows is looked for: by its own buttons, number by number.

Each button carries the number of its row in the outbox, so no two messages have the same buttons.
Putting the same buttons on message m once more is refused with "not modified" only if m is
exactly this message. Numbers of private chats come from one sequence for the whole bot: they lie
above the last number known before the request and below that of a message sent later.
"""

import html
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from bot.telegram.telegram_errors import Kind, Outcome
from bot.words.keyboards import numbered

# How far a plain scan looks beyond the highest known number, and after how many it gives up.
TAIL: Final = 24
MOST_CANDIDATES: Final = 150
# How the story of a message tells that its number was found and not given in an answer.
FOUND: Final = "found by its buttons"
_NOT_MODIFIED: Final = "not modified"
_NO_MESSAGE: Final = ("message_id_invalid", "message to edit not found", "can't be edited")
_TAG: Final = re.compile(r"<[^>]+>")


class Policy(StrEnum):
    """What is done about a message whose answer was lost."""

    RESEND = "resend"  # it goes again, marked as a repeat
    PROBE = "probe"  # it is looked for first; experimental


class Reading(StrEnum):
    """What the answer to one probe says about one number."""

    HERE = "here"  # this is the message
    ELSEWHERE = "elsewhere"  # this number is not the message
    ANOTHER = "another"  # this number is another message of ours, and its buttons are changed now
    LATER = "later"  # nobody can say now
    UNCLEAR = "unclear"  # an answer that the probe does not know


@dataclass(frozen=True, slots=True)
class Window:
    """Between which numbers the message must lie; ``upper`` is None when none is known yet."""

    floor: int
    upper: int | None
    highest: int
    expected: float

    @property
    def end(self) -> int:
        """The first number that is not looked at."""
        return self.highest + TAIL + 1 if self.upper is None else self.upper

    def is_blind(self, number: int) -> bool:
        """Whether nothing is known yet of what may stand at this number."""
        return self.upper is None and number > self.highest


def candidates(window: Window, known: Collection[int]) -> list[int] | None:
    """Return the numbers to try, the likeliest first; None when they are too many to try."""
    left = [n for n in range(max(window.floor, 0) + 1, window.end) if n not in known][
        : MOST_CANDIDATES + 1
    ]
    if len(left) > MOST_CANDIDATES:
        return None
    return sorted(left, key=lambda number: (abs(number - window.expected), number))


def read(outcome: Outcome) -> Reading:
    """Say what the answer to a probe means."""
    words = outcome.detail.lower()
    if outcome.kind == Kind.SENT:
        return Reading.HERE if _NOT_MODIFIED in words else Reading.ANOTHER
    if outcome.kind == Kind.MESSAGE_GONE or any(one in words for one in _NO_MESSAGE):
        return Reading.ELSEWHERE
    if outcome.kind in {Kind.REFUSED, Kind.UNREACHABLE, Kind.STALE_FILE, Kind.TOO_LATE}:
        return Reading.UNCLEAR
    return Reading.LATER


def has_buttons(payload: Mapping[str, Any]) -> bool:
    """Whether a message carries a button with a word of ours."""
    return any("callback_data" in one for row in _rows(payload) for one in row)


def is_probeable(method: str, chat_id: int, payload: Mapping[str, Any]) -> bool:
    """Whether a message can be looked for at all: new, in a private chat, with buttons."""
    return method.startswith("send") and chat_id > 0 and has_buttons(payload)


def with_number(payload: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Let each button of a message carry the number of its row."""
    if not has_buttons(payload):
        return dict(payload)
    rows = [
        [
            dict(one) | {"callback_data": numbered(one["callback_data"], number)}
            if "callback_data" in one
            else one
            for one in row
        ]
        for row in _rows(payload)
    ]
    return dict(payload) | {"reply_markup": {"inline_keyboard": rows}}


def _rows(payload: Mapping[str, Any]) -> Sequence[Sequence[Mapping[str, Any]]]:
    markup = payload.get("reply_markup")
    return markup.get("inline_keyboard", ()) if isinstance(markup, dict) else ()


def expected(before: tuple[int, int] | None, after: tuple[int, int] | None) -> float:
    """Guess a number from neighbours: the number of each and how many requests lie between."""
    if before and after and after[0] > before[0]:
        share = before[1] / max(before[1] + after[1], 1)
        return before[0] + (after[0] - before[0]) * share
    if before:
        return float(before[0] + before[1])
    return float(after[0] - after[1]) if after else math.inf


def owner(changed: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> int | None:
    """Return which of some messages a changed one is, by its place; None when nobody can tell.

    Better no owner than a wrong one: only when exactly one has these words.
    """
    words = str(changed.get("text") or changed.get("caption") or "")
    fitting = [place for place, one in enumerate(others) if words and _fits(words, one)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(words: str, payload: Mapping[str, Any]) -> bool:
    text = str(payload.get("text") or payload.get("caption") or "")
    plain = html.unescape(_TAG.sub("", text)) if payload.get("parse_mode") == "HTML" else text
    # A repeat says so in a line at the end.
    return bool(plain.strip()) and words.startswith(plain.strip())
