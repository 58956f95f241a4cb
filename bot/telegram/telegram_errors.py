"""What an answer of Telegram means: sent, not sent, refused for good, or unknown, and what follows.

Unknown is the honest word for a lost answer: a time-out, a reset or a 5xx may hide a message that
did arrive. Only a connection that never carried the request is surely not sent.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from jetkiz.delivery.reasons import FailureReason

LONGEST_WAIT: Final = 900.0
DAY: Final = 24 * 3600.0
MOST_UNKNOWN: Final = 12
# Telegram has named three hours; more than a week is no answer of Telegram.
LONGEST_FREEZE: Final = 7 * DAY
LONGEST_DETAIL: Final = 300


class OutboxState(StrEnum):
    """Where a message to a family stands."""

    QUEUED = "queued"  # waits for its turn
    SENDING = "sending"  # written down before the request leaves
    SENT = "sent"  # Telegram answered with its number
    RETRY = "retry"  # surely not sent; goes again
    UNKNOWN = "unknown"  # the answer was lost; goes again, marked as a repeat
    REFUSED = "refused"  # Telegram will never take it
    DROPPED = "dropped"  # a newer edit took its place, or the moment is over


OPEN: Final = (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.RETRY, OutboxState.UNKNOWN)
MAY_HAVE_LEFT: Final = (OutboxState.SENDING, OutboxState.SENT, OutboxState.UNKNOWN)
# Of these a second copy would be worse than none.
ONCE_ONLY: Final = frozenset({"sendPoll"})
WAITING: Final = (OutboxState.QUEUED, OutboxState.RETRY)
DUE: Final = (*WAITING, OutboxState.UNKNOWN)


class Kind(StrEnum):
    """What one request came to."""

    SENT = "sent"  # Telegram took it
    NOT_SENT = "not_sent"  # the request never left
    FLOODED = "flooded"  # 429: too fast, not taken
    HELD = "held"  # the bot was told to be silent before the request could leave
    MIGRATED = "migrated"  # the group has a new number; not taken
    REFUSED = "refused"  # this message is wrong; the chat is well
    UNREACHABLE = "unreachable"  # blocked, or the chat is gone
    STALE_FILE = "stale_file"  # a remembered file number no longer holds
    TOO_LATE = "too_late"  # the person has long put the phone away; nothing is missing
    MESSAGE_GONE = "message_gone"  # the person deleted the message that was to change
    WRONG_TOKEN = "wrong_token"  # noqa: S105 - a meaning, not a secret
    UNKNOWN = "unknown"  # nobody can tell


@dataclass(frozen=True, slots=True)
class Outcome:
    """One request's end: its kind and what the answer told."""

    kind: Kind
    message_id: int | None = None
    retry_after: float = 0.0
    reason: FailureReason | None = None
    detail: str = ""
    result: Any = field(default=None, compare=False)
    new_chat: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of an outbox row: its next state and how long it waits."""

    state: OutboxState
    wait: float = 0.0
    reason: FailureReason | None = None


# What Telegram's words mean, whatever the code beside them.
_MEANINGS: Final = (
    (Kind.SENT, ("message is not modified",)),
    (Kind.TOO_LATE, ("query is too old", "query id is invalid")),
    (Kind.MESSAGE_GONE, ("message to edit not found", "message can't be edited")),
    # A server that is older than the method refuses it; its token is right all the same.
    (Kind.REFUSED, ("method not found",)),
    (Kind.STALE_FILE, ("wrong file identifier", "wrong file_id", "file reference expired")),
    (
        Kind.UNREACHABLE,
        ("chat not found", "user not found", "peer_id_invalid", "deactivated", "can't initiate"),
    ),
)


def classify(status: int, body: Any) -> Outcome:
    """Read an HTTP answer of the Bot API."""
    if not isinstance(body, dict) or not isinstance(body.get("ok"), bool):
        # An error page of some proxy, or half an answer: the message may have gone out.
        return Outcome(Kind.UNKNOWN, detail=f"HTTP {status} without a readable answer")
    if body["ok"]:
        result = body.get("result")
        return Outcome(Kind.SENT, message_id=_message_id(result), result=result)
    code = _number(body.get("error_code")) or status
    words = storable(str(body.get("description", "")))
    if code == 429:
        return Outcome(Kind.FLOODED, retry_after=_wait(body.get("parameters")), detail=words)
    if code >= 500:
        return Outcome(Kind.UNKNOWN, detail=words)
    moved = _new_chat(body.get("parameters"))
    if code == 400 and moved:
        return Outcome(Kind.MIGRATED, detail=words, new_chat=moved)
    return _refused_for_good(code, words)


def _new_chat(parameters: Any) -> int | None:
    """Return the new number of a group; groups have negative ones."""
    said = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
    if not isinstance(said, int) or isinstance(said, bool):
        return None
    return said if -(2**63) < said < 0 else None


def _message_id(result: Any) -> int | None:
    first = result[0] if isinstance(result, list) and result else result
    return _number(first.get("message_id")) if isinstance(first, dict) else None


def _number(value: Any) -> int | None:
    """Return a whole number that a database can keep; None for anything else."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 < value < 2**63 else None


def _wait(parameters: Any) -> float:
    said = parameters.get("retry_after") if isinstance(parameters, dict) else None
    seconds = float(said) if isinstance(said, int | float) else 1.0
    return min(max(1.0, seconds), LONGEST_FREEZE)


def storable(words: str) -> str:
    """Return words that any database takes: no half letters, no NUL, not without end."""
    return words[:LONGEST_DETAIL].encode(errors="replace").decode().replace("\0", "")


def _refused_for_good(code: int, words: str) -> Outcome:
    low = words.lower()
    for kind, parts in _MEANINGS:
        if any(part in low for part in parts):
            reason = FailureReason.CHAT_GONE if kind == Kind.UNREACHABLE else None
            return Outcome(kind, reason=reason, detail=words)
    if code in {401, 404}:
        return Outcome(Kind.WRONG_TOKEN, detail=words)
    if code == 403:
        return Outcome(Kind.UNREACHABLE, reason=FailureReason.BLOCKED, detail=words)
    return Outcome(Kind.REFUSED, reason=FailureReason.REFUSED, detail=words)


def once_only(method: str, step: Step) -> Step:
    """Return the step for a message that must not come twice: a lost answer is its end.

    A quiz that stands in a chat twice is answered twice; the same question can be had in words.
    """
    if method in ONCE_ONLY and step.state == OutboxState.UNKNOWN:
        return Step(OutboxState.REFUSED, reason=FailureReason.NO_ANSWER)
    return step


def next_step(outcome: Outcome, tries: int, age: float, settle: float, unknowns: int = 0) -> Step:
    """Decide what follows from an outcome after ``tries`` requests and ``age`` seconds of waiting.

    ``unknowns`` counts the earlier requests whose answer was lost: only they may have made
    copies, so only they have an end. ``settle`` is how long an unknown message rests before it
    goes again: a request that Telegram took late would otherwise be doubled for nothing.
    """
    kind = outcome.kind
    if kind == Kind.SENT:
        return Step(OutboxState.SENT)
    if kind in {Kind.TOO_LATE, Kind.MESSAGE_GONE}:
        return Step(OutboxState.DROPPED)
    if kind in {Kind.REFUSED, Kind.UNREACHABLE}:
        return Step(OutboxState.REFUSED, reason=outcome.reason)
    if age > DAY:
        return Step(OutboxState.REFUSED, reason=FailureReason.TOO_LATE)
    if kind == Kind.UNKNOWN:
        return _after_unknown(unknowns + 1, settle)
    return Step(OutboxState.RETRY, _rest(outcome, tries))


def _rest(outcome: Outcome, tries: int) -> float:
    if outcome.kind == Kind.FLOODED:
        return outcome.retry_after
    if outcome.kind == Kind.HELD:
        return 0.0
    # The file goes up in the place of its number, or the group has a new one; no reason to wait.
    at_once = outcome.kind in {Kind.STALE_FILE, Kind.MIGRATED} and tries <= 1
    return 0.0 if at_once else min(_backoff(tries), 60.0)


def _after_unknown(unknowns: int, settle: float) -> Step:
    if unknowns >= MOST_UNKNOWN:
        return Step(OutboxState.REFUSED, reason=FailureReason.NO_ANSWER)
    return Step(OutboxState.UNKNOWN, max(settle, _backoff(unknowns) if unknowns > 1 else 0.0))


def _backoff(tries: int) -> float:
    return min(0.5 * 2.0 ** min(tries, 12), LONGEST_WAIT)
