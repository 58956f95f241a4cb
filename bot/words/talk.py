"""What the bot says in a conversation: greeting, linking, help, privacy."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

from bot.chats.links import Child
from bot.chats.reading import StudentLesson
from bot.words.cards import MOST_LETTERS, Card, escaped
from bot.words.dates import day_words
from bot.words.homework import title_of
from bot.words.keyboards import Verb, button
from bot.words.markdown import Run, messages
from jetkiz.i18n import N_, Translator

COMMANDS: Final = {
    "today": N_("the lessons of today"),
    "week": N_("the lessons of this week"),
    "homework": N_("what is to be handed in"),
    "send": N_("send a work, or go on with it"),
    "ask": N_("a question to the teacher"),
    "children": N_("whose lessons come here"),
    "settings": N_("silence, reminders, pictures, letters"),
    "language": N_("language and sound"),
    "help": N_("what I can do"),
    "privacy": N_("what is kept about you"),
    "mydata": N_("your data: see it or have it deleted"),
    "stop": N_("no more messages"),
}

# How the lessons come that do not come here, by student and lesson.
Ways = Mapping[tuple[int, int], str]


def help_card(t: Translator) -> Card:
    """Say what can be done here."""
    first = t("Send a photo of the work, and I pass it to the teacher.")
    lines = [f"/{name} - {t(words)}" for name, words in COMMANDS.items()]
    typed = t("You can also write the word itself: today, homework, help.")
    return Card("\n".join([first, "", *lines, "", typed]))


def leave_question(name: str, student: int, t: Translator) -> Card:
    """Ask once before a child is taken out of this chat."""
    ask = t("Shall I stop sending the lessons of {name} to this chat?", name=escaped(name))
    back = t("To begin again, send the code from the school paper.")
    return Card(
        f"{ask}\n{back}", ((button(t("Yes, remove {name}", name=name), Verb.PART, student),),)
    )


def no_longer(name: str, t: Translator) -> Card:
    """Say that a child was taken out of this chat."""
    return Card(t("The lessons of {name} no longer come here.", name=escaped(name)))


def stop_question(t: Translator) -> Card:
    """Ask once before everything ends."""
    text = t("Shall I stop? No more lessons will come to this chat.")
    return Card(text, ((button(t("Yes, stop"), Verb.STOP),),))


def stopped(t: Translator) -> Card:
    """Say that it has ended, and how to begin anew."""
    return Card(t("I have stopped. To begin again, send the code from the school's paper."))


def week(
    children: Iterable[tuple[Child, Sequence[StudentLesson]]],
    ways: Ways,
    t: Translator,
) -> list[Card]:
    """Write the lessons of a week as plain lines; ``ways`` names what does not come here."""
    runs: list[Run] = []
    for child, lessons in children:
        runs.append(Run(f"{child.given_name}\n", ("b",)))
        if not lessons:
            runs.append(Run(t("There are no lessons this week.") + "\n"))
        for day, group in groupby(lessons, key=lambda one: one.lesson.day):
            runs.append(Run(f"{day_words(day, t)}\n", ("i",)))
            runs += [Run(f"• {title_of(one, t)}{_way(child, one, ways)}\n") for one in group]
        runs.append(Run("\n"))
    return [Card(text) for text in messages(runs, MOST_LETTERS)]


def _way(child: Child, one: StudentLesson, ways: Ways) -> str:
    way = ways.get((child.student, one.lesson.id))
    return f" ({way})" if way else ""


def not_understood(t: Translator) -> Card:
    """Answer words that are no command."""
    return Card(t("I have not understood this. /help shows what I can do."))
