"""How a task is called to mind: kindly, in turn with other words, with no counting of failures."""

from typing import Final

from bot.words.cards import Card, escaped
from bot.words.dates import day_words
from bot.words.keyboards import Verb, button
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.subjects import subject_words

LATER: Final = "later"
WORDS: Final = {
    "before-1": N_("{name}, there is still time for this task."),
    "before-2": N_("{name}, a small reminder of this task."),
    "before-3": N_("{name}, would today suit for this task?"),
    "before-4": N_("{name}, the teacher is looking forward to this work."),
    "after-1": N_("{name}, this task can still be handed in."),
    "after-2": N_("{name}, it is not too late for this task."),
    "after-3": N_("{name}, the teacher takes this work gladly, also now."),
    "after-4": N_("{name}, even a part of this task helps."),
    LATER: N_("{name}, you asked me to remind you of this task."),
}


def reminder_card(name: str, student: int, lesson: Lesson, wording: str, t: Translator) -> Card:
    """Write a reminder; it can be put off and switched off."""
    place = (student, lesson.id)
    title = f"{t(subject_words(lesson.subject))}. {lesson.title}"
    lines = [t(WORDS[wording], name=f"<b>{escaped(name)}</b>"), escaped(title)]
    if lesson.task:
        lines.append(t("Hand in by {day}.", day=day_words(lesson.task.due, t)))
    rows = (
        (button(t("Hand in"), Verb.HAND_IN, *place),),
        (button(t("Open the lesson"), Verb.OPEN, *place),),
        (button(t("Remind me later"), Verb.LATER, *place),),
        (button(t("Send no reminders"), Verb.QUIET, word="r-0"),),
    )
    return Card("\n".join(lines), rows)


def when_later(student: int, lesson: int, t: Translator, *, is_evening_over: bool) -> Card:
    """Ask when to remind."""
    rows = [
        (button(t("In an hour"), Verb.LATER, student, lesson, 1),),
        (button(t("Tomorrow"), Verb.LATER, student, lesson, 3),),
    ]
    if not is_evening_over:
        rows.insert(1, (button(t("This evening"), Verb.LATER, student, lesson, 2),))
    return Card(t("When shall I remind you?"), tuple(rows))


def put_off(time: str, day: str, t: Translator) -> Card:
    """Say when the reminder comes."""
    return Card(t("I remind you on {day} at {time}.", day=day, time=time))
