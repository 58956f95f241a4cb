"""How fast messages may leave: the bot's own rate, and a rest for a chat that just got several."""

from dataclasses import dataclass, field
from typing import Any, Final

# Telegram bears a short burst to one chat, then wants about one message a second.
CHAT_BURST: Final = 4
# What follows a person's own press or page; Telegram's limits are told for new messages only.
FREE: Final = frozenset({"answerCallbackQuery", "editMessageText", "editMessageReplyMarkup"})


def weight(method: str, payload: Any) -> int:
    """Return how many messages a request counts for."""
    if method in FREE:
        return 0
    return len(payload["media"]) if method == "sendMediaGroup" else 1


@dataclass(slots=True)
class Pacer:
    """Spaces messages evenly; after an idle moment a few may leave at once.

    Moments are seconds of a monotonic clock. ``burst`` is how many may leave without a pause.
    """

    rate: float
    burst: float = 6.0
    _last: float = float("-inf")

    def room(self, now: float, horizon: float) -> int:
        """Return how many messages could leave within ``horizon`` seconds."""
        return max(0, int((now + horizon - self._start(now)) * self.rate + 1e-9))

    def delay(self, now: float, cost: int) -> float:
        """Book a place for ``cost`` messages; return how many seconds to wait for it."""
        self._last = self._start(now) + cost / self.rate
        return max(0.0, self._last - now)

    def rest_until(self, moment: float) -> None:
        """Let nothing leave before ``moment``."""
        self._last = max(self._last, moment)

    def _start(self, now: float) -> float:
        return max(self._last, now - self.burst / self.rate)


@dataclass(slots=True)
class ChatRests:
    """Which chats got several messages just now and must rest; ``rate`` is messages a second."""

    rate: float = 1.0
    _last: dict[int, float] = field(default_factory=dict)

    def has_room(self, chat_id: int, cost: int, now: float) -> bool:
        """Say whether a chat may get this much now; a large album runs up a debt."""
        needed = min(cost, CHAT_BURST)
        return self._start(chat_id, now) + needed / self.rate <= now + 1e-9

    def note(self, chat_id: int, cost: int, now: float) -> None:
        """Count messages to a chat, and forget chats that have rested long enough."""
        self._last[chat_id] = self._start(chat_id, now) + cost / self.rate
        rested = now - CHAT_BURST / self.rate
        self._last = {chat: last for chat, last in self._last.items() if last > rested}

    def resting(self, now: float) -> list[int]:
        """Return the chats that may get nothing now."""
        return [chat for chat in list(self._last) if not self.has_room(chat, 1, now)]

    def _start(self, chat_id: int, now: float) -> float:
        return max(self._last.get(chat_id, float("-inf")), now - CHAT_BURST / self.rate)
