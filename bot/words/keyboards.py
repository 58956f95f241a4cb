"""What a button carries: a version, a verb and a number or two, so that it works months later.

Buttons hold no state of their own. An unknown version or verb is answered politely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

VERSION: Final = "1"
MOST_BYTES: Final = 40
MOST_TELEGRAM_TAKES: Final = 64
# Behind this sign stands the row of the outbox that a message came from; see bot/sending/probe.py.
ROW_SIGN: Final = "@"
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LONGEST_LABEL: Final = 60


class Verb(StrEnum):
    """What pressing a button asks for."""

    RECEIVED = "ack"  # one lesson has arrived
    DAY_RECEIVED = "day"  # all lessons of a day's message have arrived
    SHOW_DAY = "dy"  # show one child's lessons of a day
    OPEN = "opn"  # show the lesson
    FILE = "fl"  # send a sound, a film or a sheet of a lesson
    PICTURES = "pic"  # send the pictures of a lesson
    LARGE = "big"  # show a lesson in large letters
    QUIZ = "qz"  # ask the questions of a lesson
    HAND_IN = "hw"  # begin to hand in work for a lesson
    FINISH = "fin"  # the pages are complete
    REMOVE = "rm"  # take the last page out
    ADD = "add"  # one more page; show the draft again
    ORDER = "ord"  # in which order do the pages stand
    UP = "up"  # let this page change places with the one before it
    CANCEL = "cxl"  # throw the draft away
    DROP = "drp"  # throw away what waits for a word
    MOVE = "mv"  # the pages are for another task
    CHOOSE_CHILD = "chd"  # this work is that child's
    CHOOSE_TASK = "asg"  # this work is for that task
    LANGUAGE = "ln"  # speak another language
    QUIET = "set"  # messages with or without a sound
    LEAVE = "lv"  # ask once before the link to a child is cut
    PART = "prt"  # cut it
    STOP = "stp"  # stop everything
    WORK = "wrk"  # show a piece of work to its teacher
    ACCEPTED = "ok"  # the teacher accepts the work
    REDO = "re"  # the teacher asks for it once more
    MARK = "mk"  # the teacher gives a mark, where the school allows marks in a chat
    FEEDBACK = "fb"  # what the teacher says next belongs to this work
    NO_FEEDBACK = "fbx"  # the teacher says nothing after all
    OFFICE = "off"  # between which hours notices may come
    CONFIRM = "yes"  # this is the child of the code
    REFUSE = "no"  # it is not, or no consent is given
    AGREE = "agr"  # a guardian agrees
    NOT_US = "nus"  # the phone that was linked is not ours
    QUESTION = "qst"  # show a family's question to its teacher
    ANSWER = "ans"  # what the teacher types next answers this question
    NO_ANSWER = "ansx"  # the teacher answers nothing now
    RESEND = "rep"  # send again what was refused in a week, to all or to one student
    EMERGENCY_TO = "emt"  # to whom an emergency message goes
    EMERGENCY_YES = "emy"  # a second coordinator lets it go out
    EMERGENCY_NO = "emn"  # it does not go out
    RENAME = "nam"  # let this phone call a child by another name
    NO_NAME = "namx"  # the name stays
    ASK = "ask"  # ask the teacher about this lesson
    NO_QUESTION = "askx"  # nothing is asked after all
    MY_DATA = "my"  # send what is kept about this chat
    DELETE = "del"  # ask once before it is deleted
    ERASE = "era"  # delete it
    KEEP = "kp"  # delete nothing
    LATER = "sz"  # remind of this lesson in an hour, this evening, tomorrow
    NOTHING = "nop"  # says something and does nothing


@dataclass(frozen=True, slots=True)
class Press:
    """What a pressed button says; numbers are students, lessons and the like."""

    verb: Verb
    numbers: tuple[int, ...] = ()
    word: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what a person reads and what it says to us."""

    label: str
    data: str
    is_done: bool = False


def button(label: str, verb: Verb, *numbers: int, word: str = "", is_done: bool = False) -> Button:
    """Make a button; its data fits Telegram's sixty-four bytes with room to spare.

    What is done is green as well, where the phone knows colours; its label says so in any case.
    """
    parts = [VERSION, verb.value, *map(base62, numbers)]
    data = ":".join([*parts, word] if word else parts)
    if len(data.encode()) > MOST_BYTES:
        raise ValueError(f"a button cannot carry {data!r}")
    return Button(shortened(label), data, is_done)


def shortened(label: str) -> str:
    """Cut a label that would not be read on a small screen anyway."""
    return label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1].rstrip() + "…"


_VERBS: Final = frozenset(Verb)


def read_press(data: str | None) -> Press | None:
    """Read a button's data; None for what is older or newer than this program, or foreign."""
    version, *parts = (data or "").partition(ROW_SIGN)[0].split(":")
    if version != VERSION or not parts or parts[0] not in _VERBS:
        return None
    verb = Verb(parts[0])
    if verb in {Verb.LANGUAGE, Verb.QUIET}:
        return Press(verb, word=":".join(parts[1:]))
    try:
        return Press(verb, tuple(map(from_base62, parts[1:])))
    except ValueError:
        return None


def numbered(data: str, row: int) -> str:
    """Let a button carry the row of the outbox that its message came from, where there is room."""
    longer = f"{data.partition(ROW_SIGN)[0]}{ROW_SIGN}{base62(row)}"
    return longer if len(longer.encode()) <= MOST_TELEGRAM_TAKES else data


def row_of(data: str | None) -> int | None:
    """Return the row of the outbox that a button's message came from, if it carries one."""
    _, sign, row = (data or "").partition(ROW_SIGN)
    try:
        return from_base62(row) if sign else None
    except ValueError:
        return None


def base62(number: int) -> str:
    """Write a number with digits and both cases of letters."""
    if number < 0:
        raise ValueError(f"not a number of ours: {number}")
    digits = _DIGITS[number % 62]
    while number := number // 62:
        digits = _DIGITS[number % 62] + digits
    return digits


def from_base62(text: str) -> int:
    """Read a number back; refuse anything else."""
    if not 0 < len(text) <= 11:
        raise ValueError(f"not a number: {text!r}")
    number = 0
    for digit in text:
        number = number * 62 + _DIGITS.index(digit)
    if number >= 2**63:
        raise ValueError(f"no database counts so far: {text!r}")
    return number


def inline(rows: Sequence[Sequence[Button]]) -> dict[str, Any]:
    """Return the buttons in Telegram's form."""
    return {
        "inline_keyboard": [
            [
                {"text": one.label, "callback_data": one.data}
                | ({"style": "success"} if one.is_done else {})
                for one in row
            ]
            for row in rows
            if row
        ]
    }
