"""The policy of the bot: who keeps what, why, how long, who sees it, and what anybody can ask."""

from typing import Final

from bot.chats.forgetting import KEEP_WORDS
from bot.words.cards import Card
from bot.words.keyboards import Verb, button
from jetkiz.i18n import N_, Translator

KEPT: Final = (
    N_("The school keeps the number of this chat, your language and your settings."),
    N_("It keeps the work and the questions that you send, and when a lesson arrived."),
    N_("It keeps that a guardian agreed: when, and to which words."),
)
SEEN: Final = (
    N_("Only the teachers and the coordinator of the school see the work."),
    N_("The messages pass through Telegram, a foreign company."),
    N_("Nobody gets your data for advertising or to train machines."),
)
NEVER_SENT: Final = N_("Messages here never hold family names or addresses.")
MARKS: Final = N_("A mark comes only to a guardian's chat that asked for it in /settings.")
MARKS_OF_TEACHERS: Final = N_(
    "A mark stands in its teacher's chat, and where a guardian chose so in /settings."
)
QUIZZES: Final = N_("The result of a quiz is said only in the chat that answered it.")
RIGHTS: Final = (
    N_("/mydata shows what is kept and deletes it."),
    N_("/stop cuts the link at once and takes the consent back."),
    N_("Handed-in work belongs to the school; ask the coordinator to have it deleted."),
)


def privacy(t: Translator, *, marks_allowed: bool) -> Card:
    """Say what is kept, who sees it, how long, and what can be asked.

    With ``marks_allowed`` teachers give marks in their own chats.
    """
    marks = MARKS_OF_TEACHERS if marks_allowed else MARKS
    forgotten = t.n(
        "The school forgets whatever else is written here after {n} day.",
        "The school forgets whatever else is written here after {n} days.",
        KEEP_WORDS.days,
    )
    parts = (
        (t("What is kept, and why: to bring lessons home."), *map(t, KEPT), forgotten),
        (t("Who sees it:"), *map(t, (SEEN[0], NEVER_SENT, marks, QUIZZES, *SEEN[1:]))),
        (t("What you can do:"), *map(t, RIGHTS)),
    )
    return Card("\n\n".join(f"<b>{head}</b>\n" + _lines(rest) for head, *rest in parts))


def _lines(sentences: list[str]) -> str:
    return "\n".join(f"• {one}" for one in sentences)


def mydata(t: Translator) -> Card:
    """Offer a copy of what is kept, and to delete it."""
    rows = (
        (button(t("Send me a copy"), Verb.MY_DATA),),
        (button(t("Delete my data"), Verb.DELETE),),
    )
    words = t("I can send you a file with all that is kept about this chat.")
    return Card(f"{words}\n{t('Or I delete it. /privacy tells more.')}", rows)


def delete_question(t: Translator) -> Card:
    """Ask once before everything is deleted."""
    lines = (
        t("Shall I delete your data?"),
        t("No more lessons come here. What was written here is erased at once."),
        t("Handed-in work stays with the school; the coordinator can delete it."),
    )
    rows = (
        (button(t("Yes, delete my data"), Verb.ERASE),),
        (button(t("No, keep it"), Verb.KEEP),),
    )
    return Card("\n".join(lines), rows)


def kept(t: Translator) -> Card:
    """Say that nothing was deleted."""
    return Card(t("Nothing was deleted."))


def deleted(t: Translator) -> Card:
    """Say what was done."""
    words = t("Your data are deleted, and the link is cut.")
    rest = t("The number of this chat and the date of a consent stay as proof.")
    return Card(f"{words}\n{rest}")


def data_file(t: Translator) -> str:
    """Return what stands under the file."""
    return t("All that is kept about this chat. Every program for text opens it.")
