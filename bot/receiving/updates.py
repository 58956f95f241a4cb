"""What of all that arrives is an update to be kept, and whose chat it belongs to.

Telegram sends nothing else; but a forged, a broken or an endless one must harm nobody.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.chats.alarms import Refused

# What the dialogue needs; reactions are not asked for, they say nothing that counts.
WANTED: Final = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "poll_answer",
)
# Ten times the longest message with all its marks.
LARGEST: Final = 256 * 1024
_MOST: Final = 2**63
# The sign itself, not the six letters that a child may type.
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(frozen=True, slots=True)
class Sifted:
    """Of one delivery: what is kept, how much was refused and why, what number follows."""

    kept: list[Mapping[str, Any]] = field(default_factory=list)
    refused: Counter[Refused] = field(default_factory=Counter)
    following: int = 0


def sift(delivered: Sequence[Any]) -> Sifted:
    """Tell updates from what is none; kinds that nobody asked for are passed over in silence.

    What has a number is confirmed also when it is refused: it would come again for ever.
    """
    kept: list[Mapping[str, Any]] = []
    refused: Counter[Refused] = Counter()
    following = 0
    for one in delivered:
        number = update_number(one)
        if number is not None:
            following = max(following, number + 1)
        fault = fault_of(one)
        if fault:
            refused[fault] += 1
        elif kind_of(one):
            kept.append(one)
    return Sifted(kept, refused, following)


def update_number(raw: Any) -> int | None:
    """Return the number of an update; None for what has none that a database could keep."""
    return _number(raw.get("update_id"), 0) if isinstance(raw, dict) else None


def _number(value: Any, least: int) -> int | None:
    return value if type(value) is int and least <= value < _MOST else None


def kind_of(raw: Mapping[str, Any]) -> str:
    """Return which of the wanted kinds an update is; empty for any other."""
    return next((kind for kind in WANTED if raw.get(kind)), "")


def fault_of(raw: Any) -> Refused | None:
    """Say why this cannot be kept; None when it can."""
    if update_number(raw) is None:
        return Refused.MALFORMED
    try:
        text = json.dumps(raw, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        # Half a letter, a number that is none, or brackets without end.
        return Refused.MALFORMED
    if len(text) > LARGEST:
        return Refused.OVERSIZED
    # No database of ours keeps the sign NUL, and no phone can send it.
    if _NUL.search(text) or (kind_of(raw) and not chat_of(raw)):
        return Refused.MALFORMED
    return None


def chat_of(raw: Mapping[str, Any]) -> int:
    """Return the chat an update belongs to, in which its order is kept; 0 where there is none.

    A press without its message and an answer to a quiz belong to their person's own chat.
    """
    body = raw.get(kind_of(raw))
    if not isinstance(body, dict):
        return 0
    places = (
        body.get("chat"),
        _inside(body.get("message"), "chat"),
        body.get("from"),
        body.get("user"),
        body.get("voter_chat"),
    )
    place = next((one for one in places if one), None)
    return _number(_inside(place, "id"), 1 - _MOST) or 0


def _inside(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None


def person_of(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return who acted, as Telegram describes them; empty when it does not say."""
    body = raw.get(kind_of(raw))
    found = _inside(body, "from") or _inside(body, "user")
    return found if isinstance(found, dict) else {}


def is_private(raw: Mapping[str, Any]) -> bool:
    """Whether it was said to the bot alone: what groups say is seen by others."""
    body = raw.get(kind_of(raw))
    place = _inside(body, "chat") or _inside(_inside(body, "message"), "chat")
    if place:
        return bool(_inside(place, "type") == "private")
    return bool(kind_of(raw)) and not _inside(body, "voter_chat")
