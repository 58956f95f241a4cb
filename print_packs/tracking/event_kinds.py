"""What a word of the post means for a pack: taken, on its way, given out, brought back, lost.

Codes are those that a working client of Kazpost's tracking knows. Sentences in Russian and Kazakh
are read by their words, as a page of the post or a letter from it writes them: no official list of
them is known, so only what can mean one thing alone says that a home has its pack. What is in no
list is kept as it is and moves nothing. Who enters events by hand writes one of our own words.
"""

import re
from enum import StrEnum
from typing import Final

from jetkiz.i18n import N_
from print_packs.model import PackState


class EventKind(StrEnum):
    """What happened to a pack."""

    ACCEPTED = "accepted"  # the post office took it
    IN_TRANSIT = "in_transit"  # between two offices
    AT_OFFICE = "at_office"  # waits where the home fetches it
    DELIVERED = "delivered"  # given to the home
    RETURNED = "returned"  # brought back to the school
    TROUBLE = "trouble"  # the post could not hand it out, and tries again
    DESTROYED = "destroyed"  # it no longer exists
    LOST = "lost"  # nobody knows where it is
    SENT_BACK = "sent_back"  # the home posted its answers
    UNKNOWN = "unknown"  # a word that is in no list


KIND_WORDS: Final = {
    EventKind.ACCEPTED: N_("taken by the post"),
    EventKind.IN_TRANSIT: N_("on its way"),
    EventKind.AT_OFFICE: N_("waits at the post office"),
    EventKind.DELIVERED: N_("given to the home"),
    EventKind.RETURNED: N_("brought back by the post"),
    EventKind.TROUBLE: N_("the post could not hand it out yet"),
    EventKind.DESTROYED: N_("destroyed on the way"),
    EventKind.LOST: N_("lost on the way"),
    EventKind.SENT_BACK: N_("the home posted its answers"),
    EventKind.UNKNOWN: N_("a word of the post that we do not know"),
}
USUAL: Final = (
    EventKind.DELIVERED,
    EventKind.AT_OFFICE,
    EventKind.IN_TRANSIT,
    EventKind.ACCEPTED,
    EventKind.RETURNED,
    EventKind.LOST,
    EventKind.SENT_BACK,
)
"""What a line without a word of its own may be said to mean, the most frequent first."""
# A pack moves on with these; with the others it stays where it is.
MOVES: Final = {
    EventKind.ACCEPTED: PackState.HANDED_OVER,
    EventKind.IN_TRANSIT: PackState.HANDED_OVER,
    EventKind.AT_OFFICE: PackState.HANDED_OVER,
    EventKind.DELIVERED: PackState.SIGNED,
    EventKind.RETURNED: PackState.RETURNED_TO_SENDER,
    EventKind.DESTROYED: PackState.LOST,
    EventKind.LOST: PackState.LOST,
    # Who answers has read it.
    EventKind.SENT_BACK: PackState.SIGNED,
}
_CODES: Final = (
    (re.compile(r"DLV_HAND|DPAY.*|ISSPAY.*|ISSSC_.*|DLV_POBOX_.*|HANDED"), EventKind.DELIVERED),
    (re.compile(r"RET_.*|RETSTR_.*|RETSC_.*"), EventKind.RETURNED),
    (re.compile(r"EMH|EXB"), EventKind.TROUBLE),
    (re.compile(r"UTL|DESTROYED"), EventKind.DESTROYED),
)
# Searched in this order, so that "handed to the sender" and "not handed out" are read before
# "handed out". A postman who took it with him has not given it to anybody.
_SENTENCES: Final = (
    (r"(вручен|выдан)\w* отправител|возврат|возвращ|қайтар", EventKind.RETURNED),
    (r"жіберушіге (тапсырылды|берілді)", EventKind.RETURNED),
    (r"неудач|не ?вруч|не удалось|не доставлен|не выдан|отсутств", EventKind.TROUBLE),
    (r"тапсырылма|табылма", EventKind.TROUBLE),
    (r"уничтож|жойылды", EventKind.DESTROYED),
    (r"утерян|утрачен|жоғалды|жоғалған", EventKind.LOST),
    (r"(вручен|выдан|доставлен)\w* (адресат|получател)|^вручен\w*$", EventKind.DELIVERED),
    (r"(алушыға|адресатқа) (тапсырыл|беріл)|^тапсырылды$", EventKind.DELIVERED),
    (r"прибыл\w* в место вручения|ожида\w+ (адресат|получател)|алушыны күт", EventKind.AT_OFFICE),
    (r"^прин(ят|ят[оаы]|ятие)\b|^қабылданды|қабылданды$", EventKind.ACCEPTED),
    (r"в пути|^отправлен|^прибыл|^покинул|сортиров|доставк", EventKind.IN_TRANSIT),
    (r"^выдан\w* почтальон|жолда|жөнелтілді|сұрыптау", EventKind.IN_TRANSIT),
)
_SENTENCE_WORDS: Final = tuple((re.compile(words), kind) for words, kind in _SENTENCES)


def kind_of(code: str) -> EventKind:
    """Return what a code of the post, a sentence of it or one of our own words means."""
    word = code.strip()
    for pattern, kind in _CODES:
        if pattern.fullmatch(word.upper()):
            return kind
    try:
        return EventKind(word.lower().replace(" ", "_").replace("-", "_"))
    except ValueError:
        return _kind_of_sentence(" ".join(re.split(r"[\W_]+", word.lower())).strip())


def _kind_of_sentence(words: str) -> EventKind:
    found = (kind for pattern, kind in _SENTENCE_WORDS if pattern.search(words))
    return next(found, EventKind.UNKNOWN)
