"""What the bot says about the children of a chat, and about questions to their teachers."""

from collections.abc import Sequence
from typing import Final

from bot.chats.links import Child
from bot.chats.reading import StudentLesson
from bot.words.cards import Card, escaped
from bot.words.homework import title_of
from bot.words.keyboards import Verb, button
from jetkiz.i18n import N_, Translator

MOST_LESSONS: Final = 8
_RENAME: Final = N_("Rename {name}")
_REMOVE: Final = N_("Remove {name}")


def children_card(children: Sequence[Child], t: Translator) -> Card:
    """List whose lessons come here; each child can be renamed and leave."""
    lines = [f"• {escaped(one.given_name)}, {escaped(one.class_title)}" for one in children]
    text = "\n".join(
        [
            t("The lessons of these students come here:"),
            *lines,
            "",
            t("To add a child, send the code from the child's paper."),
        ]
    )
    rows = [
        (button(t(label, name=one.given_name), verb, one.student),)
        for one in children
        for label, verb in ((_RENAME, Verb.RENAME), (_REMOVE, Verb.LEAVE))
    ]
    return Card(text, tuple(rows))


def ask_name(child: Child, t: Translator) -> Card:
    """Ask how this phone shall call a child."""
    words = t("How shall I call {name} on this phone?", name=escaped(child.given_name))
    how = t("Write one short name, without numbers.")
    return Card(f"{words}\n{how}", ((button(t("Cancel"), Verb.NO_NAME, child.student),),))


def no_name(t: Translator) -> Card:
    """Say that the name stays."""
    return Card(t("The name stays as it was."))


def wrong_name(t: Translator) -> Card:
    """Say which names can be taken."""
    return Card(t("A name has at most 20 letters and no numbers. Please write it again."))


def renamed(name: str, t: Translator) -> Card:
    """Say that the name is noted."""
    return Card(t("On this phone I now say {name}.", name=f"<b>{escaped(name)}</b>"))


def ask_about(found: Sequence[tuple[Child, StudentLesson]], t: Translator) -> Card:
    """Ask about which lesson the question is; the first eight are offered."""
    if not found:
        return Card(t("There is no lesson these days to ask about."))
    several = len({child.student for child, _ in found}) > 1
    rows = [
        (button(_label(child, one, t, several=several), Verb.ASK, child.student, one.lesson.id),)
        for child, one in found[:MOST_LESSONS]
    ]
    lines = [t("About which lesson do you want to ask the teacher?")]
    if len(found) > MOST_LESSONS:
        lines.append(t("If it is not here, open the lesson and press Ask the teacher there."))
    return Card("\n".join(lines), tuple(rows))


def _label(child: Child, one: StudentLesson, t: Translator, *, several: bool) -> str:
    return f"{child.given_name}: {title_of(one, t)}" if several else title_of(one, t)


def ask_now(child: Child, one: StudentLesson, t: Translator) -> Card:
    """Ask for the question itself."""
    about = f"<b>{escaped(child.given_name)}</b> · {escaped(title_of(one, t))}"
    how = t("Write your question in one message, or send a photo or your voice.")
    return Card(f"{about}\n{how}", ((button(t("Cancel"), Verb.NO_QUESTION),),))


def asked(t: Translator) -> Card:
    """Say that the question is with the teacher."""
    return Card(t("The teacher gets your question. The answer comes here."))


def not_asked(t: Translator) -> Card:
    """Say that nothing was asked."""
    return Card(t("Nothing was asked. /ask begins again."))


def cannot_ask(t: Translator) -> Card:
    """Say what a question can be."""
    return Card(t("A question is words, a photo or your voice. Please send it so."))
