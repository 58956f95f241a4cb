"""What a quiz says: the questions with lettered answers, and in the end the result in words.

Letters let an answer be typed as well as tapped, and a typed one means what is to be seen.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.words.cards import MOST_LETTERS, Card
from bot.words.keyboards import Verb, button
from bot.words.markdown import Run, messages
from jetkiz.i18n import Translator
from jetkiz.lessons.model import Question
from jetkiz.lessons.option_letters import LATIN, option_letters

# Letters of the other keyboard that look the same, or stand in the same place.
_ALIKE: Final = str.maketrans("АВСДЕ", "ABCDE")
_TYPED: Final = re.compile(r"[\s,;]*([A-Za-zА-Яа-я]|\d{1,2})[).]?(?=[\s,;]|$)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands in a chat: ``order`` holds the places of the options as shown."""

    question: Question
    place: int
    count: int
    order: tuple[int, ...]


def shown_order(question: Question, key: str) -> tuple[int, ...]:
    """Return in which order the options are shown: another in each attempt, the same for a key."""
    places = list(range(len(question.options)))
    random.Random(key).shuffle(places)  # noqa: S311 - nobody is to be kept from guessing it
    return tuple(places)


def poll(asked: Asked, t: Translator) -> dict[str, Any]:
    """Return a question as Telegram's quiz, without the chat; there is no time limit."""
    right = sorted(asked.order.index(place) for place in asked.question.right)
    said = {"explanation": asked.question.explanation} if asked.question.explanation else {}
    return {
        "question": f"{asked.place + 1}/{asked.count}. {asked.question.text}",
        "options": [{"text": one} for one in _options(asked, t)],
        "type": "quiz",
        "is_anonymous": False,
        "allows_multiple_answers": len(right) > 1,
        "correct_option_ids": right,
        **said,
    }


def _options(asked: Asked, t: Translator) -> list[str]:
    shown = (asked.question.options[place] for place in asked.order)
    return [
        f"{letter}) {one}" for letter, one in zip(option_letters(t.language), shown, strict=False)
    ]


def begins(name: str, title: str, count: int, t: Translator) -> Card:
    """Say how many questions come and how they may be answered."""
    questions = t.n("{n} question", "{n} questions", count)
    head = t(
        "{name}, quiz for the lesson {title}: {questions}.",
        name=name,
        title=title,
        questions=questions,
    )
    how = t("There is no hurry. Tap an answer, or type its letter.")
    return Card(messages([Run(f"{head}\n{how}")], MOST_LETTERS)[0])


def in_words(asked: Asked, t: Translator) -> Card:
    """Write a question as plain words, for a phone on which the quiz did not arrive."""
    several = t("Several answers are right: type all their letters.")
    lines = [
        f"{asked.place + 1}/{asked.count}. {asked.question.text}",
        *_options(asked, t),
        "",
        several if len(asked.question.right) > 1 else t("Type the letter of the right answer."),
    ]
    return Card(messages([Run("\n".join(lines))], MOST_LETTERS)[0])


def waits(t: Translator) -> Card:
    """Say that the question stands in the chat."""
    return Card(t("Your question is here. Tap an answer, or type its letter."))


def read_typed(text: str, asked: Asked, language: str) -> tuple[int, ...] | None:
    """Return which options, as shown, a typed answer means; None when it is no answer."""
    found = _TYPED.findall(text)
    if not found or _TYPED.sub("", text).strip(" ,;.)"):
        return None
    places = [_place(one, option_letters(language)) for one in found]
    if any(not 0 <= place < len(asked.order) for place in places):
        return None
    return tuple(sorted(set(places)))


def _place(typed: str, known: str) -> int:
    if typed.isdigit():
        return int(typed) - 1
    letter = typed.upper()
    if known == LATIN:
        letter = letter.translate(_ALIKE)
    return known.find(letter)


def result(
    name: str, quiz: Sequence[Question], answers: Sequence[Sequence[int]], t: Translator
) -> list[Card]:
    """Say how many answers were right, and of the others what is right and why."""
    right = sum(one.is_answered_by(said) for one, said in zip(quiz, answers, strict=True))
    head = t("{name}: {right} of {count} are right.", name=name, right=right, count=len(quiz))
    lines = [head]
    if right == len(quiz):
        lines.append(t("Well done!"))
    for place, (one, said) in enumerate(zip(quiz, answers, strict=True), 1):
        if not one.is_answered_by(said):
            wanted = "; ".join(one.options[n] for n in one.right)
            lines.append(
                t("{n}. {question} Right is: {answer}.", n=place, question=one.text, answer=wanted)
            )
            lines += [one.explanation] if one.explanation else []
    lines.append(t("The teacher sees this result."))
    return [Card(text) for text in messages([Run("\n".join(lines))], MOST_LETTERS)]


def not_here(t: Translator) -> Card:
    """Say that a quiz belongs to no child of the chat."""
    return Card(t("This quiz is not in this chat."))


def changed(student: int, lesson: int, t: Translator) -> Card:
    """Say that the quiz is another one now."""
    again = button(t("Begin the quiz anew"), Verb.QUIZ, student, lesson)
    return Card(t("The school has changed this quiz."), ((again,),))
