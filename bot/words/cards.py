"""What the day's message and a teacher's answer say, and which buttons they carry.

A given name is all that a message tells of a student; a mark stands only where a guardian asked.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from bot.words.dates import day_words
from bot.words.keyboards import Button, Verb, button, inline
from bot.words.markdown import LONGEST, Run, messages
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.subjects import subject_words

ACCEPTED: Final = N_("The teacher has accepted this work.")
REDO: Final = N_("Please do this task once more.")
MARK_WORDS: Final = {
    "5": N_("excellent"),
    "4": N_("good"),
    "3": N_("satisfactory"),
    "2": N_("not enough yet"),
}
# Room for the line that marks a repeat.
MOST_LETTERS: Final = LONGEST - 200


@dataclass(frozen=True, slots=True)
class Card:
    """A message: its text in Telegram's HTML and its buttons, row by row."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()

    def payload(self) -> dict[str, Any]:
        """Return the message in Telegram's form, without the chat."""
        payload: dict[str, Any] = {"text": self.text, "parse_mode": "HTML"}
        if self.rows:
            payload["reply_markup"] = inline(self.rows)
        payload["link_preview_options"] = {"is_disabled": True}
        return payload


def day_number(day: date) -> int:
    """Return a day as a number for a button: 20260126."""
    return int(day.strftime("%Y%m%d"))


def day_of_number(number: int) -> date | None:
    """Read a day back from a button."""
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Day:
    """A student's lessons of one day, by a given name.

    ``ways`` names in words the lessons that come by another channel than the chat, ``answered``
    says what came of work that came back.
    """

    student: int
    given_name: str
    day: date
    lessons: tuple[Lesson, ...]
    ways: Mapping[int, str] = field(default_factory=dict)
    answered: Mapping[int, str] = field(default_factory=dict)
    can_receive: bool = True


def digest(one: Day, t: Translator, received: str = "") -> list[Card]:
    """Write the day's message; ``received`` is the time when somebody said so.

    Only the last part has buttons, so that they stand below everything.
    """
    runs = [
        Run(t("Lessons for {name}", name=one.given_name), ("b",)),
        Run("\n" + day_words(one.day, t) + "\n\n"),
        *_numbered(one, t),
        Run("\n" + t("Press a lesson to open it."), ("i",)),
    ]
    parts = messages(runs, MOST_LETTERS)
    return [Card(text) for text in parts[:-1]] + [Card(parts[-1], digest_rows(one, t, received))]


def _numbered(one: Day, t: Translator) -> list[Run]:
    runs = []
    for place, lesson in enumerate(one.lessons, 1):
        way = f" ({one.ways[lesson.id]})" if lesson.id in one.ways else ""
        runs.append(Run(f"{place}. {t(subject_words(lesson.subject))}. ", ("b",)))
        runs.append(Run(f"{lesson.title}{way}\n"))
        if lesson.task:
            due = t("Hand in by {day}.", day=day_words(lesson.task.due, t))
            said = one.answered.get(lesson.id)
            runs.append(Run(f"   {_sentence(said) if said else due}\n", ("i",)))
    return runs


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def shared_digest(days: Sequence[Day], t: Translator) -> list[Card]:
    """Write the day's message of several children: a part for each, and two buttons for each."""
    runs = [Run(day_words(days[0].day, t) + "\n")]
    for one in days:
        runs += [
            Run("\n" + t("Lessons for {name}", name=one.given_name) + "\n", ("b",)),
            *_numbered(one, t),
        ]
    parts = messages(runs, MOST_LETTERS)
    rows = [row for one in days for row in shared_rows(one, t)]
    return [Card(text) for text in parts[:-1]] + [Card(parts[-1], tuple(rows))]


def shared_rows(one: Day, t: Translator, received: str = "") -> tuple[tuple[Button, ...], ...]:
    """Return the buttons of one child under the message of several."""
    name, day = one.given_name, day_number(one.day)
    opens = button(t("Open the lessons: {name}", name=name), Verb.SHOW_DAY, one.student, day)
    if received:
        label = t("Received {time}: {name}", time=received, name=name)
        return ((opens,), (button(label, Verb.NOTHING),))
    label = t("Received: {name}", name=name)
    return ((opens,), (button(label, Verb.DAY_RECEIVED, one.student, day),))


def digest_rows(one: Day, t: Translator, received: str = "") -> tuple[tuple[Button, ...], ...]:
    """Return one button a lesson, in one column, and one for the whole day."""
    opened = [
        (button(f"{place}. {lesson.title}", Verb.OPEN, one.student, lesson.id),)
        for place, lesson in enumerate(one.lessons, 1)
    ]
    return (*opened, (_received_day(one, t, received),)) if one.can_receive else tuple(opened)


def _received_day(one: Day, t: Translator, received: str) -> Button:
    if received:
        return button(t("Received {time}", time=received), Verb.NOTHING, is_done=True)
    return button(t("Received"), Verb.DAY_RECEIVED, one.student, day_number(one.day))


@dataclass(frozen=True, slots=True)
class Answer:
    """A teacher's words on work that came back; ``once_more`` asks to do it again.

    ``is_accepted`` tells that it is well as it is: what the teacher decided, and no number.

    ``recordings`` is how many recordings and pictures come before the words. ``mark`` is empty but
    for a phone that asked to see it.
    """

    student: int
    given_name: str
    lesson: Lesson
    words: str
    once_more: bool = False
    has_mark: bool = True
    is_accepted: bool = False
    recordings: int = 0
    mark: str = ""


def feedback(one: Answer, t: Translator) -> list[Card]:
    """Write a teacher's answer, what was decided first; a number only where it was asked for."""
    runs = [
        Run(t("The teacher answered {name}", name=one.given_name), ("b",)),
        Run(f"\n{t(subject_words(one.lesson.subject))}. {one.lesson.title}\n\n"),
    ]
    result = _result(one, t)
    if result:
        runs.append(Run(f"{result}\n\n", ("b",)))
    if one.words.strip():
        runs += [Run(one.words.strip(), ("blockquote",)), Run("\n\n")]
    if one.recordings:
        runs.append(Run(t("The answer itself is in the message above.") + "\n"))
    if one.has_mark and not result:
        runs.append(Run(t("The mark is not shown here: you see it at school or on paper.")))
    parts = [Card(text) for text in messages(runs, MOST_LETTERS)]
    rows: tuple[tuple[Button, ...], ...] = ()
    if one.once_more:
        rows = ((button(t("Hand in"), Verb.HAND_IN, one.student, one.lesson.id),),)
    return [*parts[:-1], Card(parts[-1].text, rows)]


def _result(one: Answer, t: Translator) -> str:
    """Return what was decided, in words first; empty where this phone is not told."""
    if one.is_accepted or one.once_more:
        return t(REDO if one.once_more else ACCEPTED)
    if one.mark in MARK_WORDS:
        return t("Result: {words}, {mark}", words=t(MARK_WORDS[one.mark]), mark=one.mark)
    return t("Result: {mark}", mark=one.mark) if one.mark else ""


def escaped(text: str) -> str:
    """Make a text harmless inside Telegram's HTML."""
    return html.escape(text, quote=False)
