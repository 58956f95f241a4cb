"""What Telegram's refusals mean, in words on which a coordinator can act."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from bot.chats.alarms import Refused
from jetkiz.i18n import N_

# What stands in Telegram's own words, the first that fits. The words themselves are English; they
# stand beside each message in "jetkiz telegram undelivered".
_MEANINGS: Final = (
    (("blocked by the user",), N_("the family has blocked the bot")),
    (("deactivated",), N_("the account at Telegram was deleted")),
    (("can't initiate",), N_("nobody has begun to talk with the bot there")),
    (("chat not found", "user not found", "peer_id_invalid"), N_("the chat no longer exists")),
    (("kicked", "not a member"), N_("the bot was taken out of the group")),
    (("voice_messages_forbidden", "forbidden"), N_("the phone does not take such messages")),
    (("too long", "too much"), N_("the message is too long")),
    (("can't parse",), N_("the text is not written as Telegram wants it")),
    (
        ("file", "photo", "image", "video", "media", "too large", "too big"),
        N_("Telegram does not take the file"),
    ),
    (("method not found",), N_("this server of Telegram is too old for such messages")),
    (
        ("cannot connect", "timed out", "timeout", "http 5", "disconnected", "internal server"),
        N_("Telegram could not be reached for too long"),
    ),
)
OTHERWISE: Final = N_("another reason")


# What people sent and what led to nothing.
REFUSED_WORDS: Final = {
    Refused.UNKNOWN: N_("buttons that nobody knows"),
    Refused.FOREIGN: N_("about children or lessons of others"),
    Refused.FORBIDDEN: N_("not allowed on that phone"),
    Refused.CODE: N_("codes that open nothing"),
    Refused.FORGED: N_("not from Telegram"),
    Refused.OVERSIZED: N_("larger than any message"),
    Refused.MALFORMED: N_("no message of Telegram at all"),
}


def meaning(error: str) -> str:
    """Return the sentence, not translated yet, for what Telegram said."""
    low = error.casefold()
    return next((words for parts, words in _MEANINGS if any(p in low for p in parts)), OTHERWISE)


def by_meaning(refused: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Join what means the same, the most frequent first."""
    count: Counter[str] = Counter()
    for error, n in refused:
        count[meaning(error)] += n
    return count.most_common()
