"""What the bot says in a conversation: greeting, linking, homework, help, privacy."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from bot.chats.forgetting import KEEP_WORDS
from bot.chats.links import Child
from bot.chats.reading import StudentLesson
from bot.words.cards import MOST_LETTERS, Card, escaped
from bot.words.dates import day_words
from bot.words.keyboards import Button, Verb, button
from bot.words.markdown import Run, messages
from jetkiz.delivery.states import State
from jetkiz.homework.model import HomeworkReturn
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.subjects import subject_words
from jetkiz.roster.link_codes import CodeRefusal

COMMANDS: Final = {
    "today": N_("the lessons of today"),
    "week": N_("the lessons of this week"),
    "homework": N_("what is to be handed in"),
    "children": N_("whose lessons come here"),
    "language": N_("language and sound"),
    "help": N_("what I can do"),
    "privacy": N_("what is kept about you"),
    "stop": N_("no more messages"),
}
LANGUAGE_NAMES: Final = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
CHOICES: Final = 5

CODE_WORDS: Final = {
    CodeRefusal.UNKNOWN: N_(
        "This code is wrong. Please compare its 9 signs with the paper, one by one."
    ),
    CodeRefusal.EXPIRED: N_("This code is too old. Please ask the school for a new one."),
    CodeRefusal.USED_UP: N_(
        "This code has been used on as many phones as it allows. "
        "Please ask the school for a new one."
    ),
    CodeRefusal.REVOKED: N_("The school has cancelled this code. Please ask for a new one."),
}


def guest(t: Translator) -> Card:
    """Ask somebody whom nobody has linked for the code."""
    words = t("Hello! I bring the lessons of your school.")
    ask = t("Please send me the code from the school's paper, or scan the picture on it.")
    return Card(f"{words}\n\n{ask}", language_rows())


def language_rows() -> tuple[tuple[Button, ...], ...]:
    """Return the buttons of the three languages, each in its own words."""
    return (
        tuple(
            button(name, Verb.LANGUAGE, word=language) for language, name in LANGUAGE_NAMES.items()
        ),
    )


def welcome(child: Child, t: Translator) -> Card:
    """Say whose lessons come to this chat from now on, and what that means."""
    whose = t(
        "The lessons of {name}, class {title}, now come to this chat.",
        name=f"<b>{escaped(child.given_name)}</b>",
        title=escaped(child.class_title),
    )
    consent = t(
        "By staying linked you agree: the school sends lessons here and keeps the work you send. "
        "/privacy tells more. /stop ends it."
    )
    return Card(f"{whose}\n\n{consent}\n\n{t('/today shows the lessons of today.')}")


def linked_before(child: Child, t: Translator) -> Card:
    """Say that nothing had to be done."""
    return Card(t("{name} is linked to this chat already.", name=escaped(child.given_name)))


def another_phone(child: Child, t: Translator) -> Card:
    """Tell the other phones of a student that one more was linked."""
    news = t("One more phone now gets the lessons of {name}.", name=escaped(child.given_name))
    return Card(f"{news}\n{t('If you do not know whose it is, please tell the school.')}")


def wrong_code(refusal: CodeRefusal, t: Translator, tries: int | None = None) -> Card:
    """Say why a code opens nothing, and how many ``tries`` are left if they are counted."""
    words = t(CODE_WORDS[refusal])
    if tries is None:
        return Card(words)
    left = t.n("{n} more try is left.", "{n} more tries are left.", tries)
    return Card(f"{words}\n{left}") if tries else Card(f"{words}\n{pause(t).text}")


def pause(t: Translator) -> Card:
    """Say that too many wrong codes were tried."""
    return Card(t("Too many wrong codes. Please try again in an hour."))


def help_card(t: Translator) -> Card:
    """Say what can be done here."""
    first = t("Send a photo of the work, and I pass it to the teacher.")
    lines = [f"/{name} - {t(words)}" for name, words in COMMANDS.items()]
    return Card("\n".join([first, "", *lines]))


def privacy(t: Translator) -> Card:
    """Say what is kept and who sees it."""
    lines = (
        t("The school keeps the number of this chat, your language and the work you send."),
        t("Only the teachers and the coordinator of the school see the work."),
        t("Messages here never hold family names, addresses or marks."),
        t.n(
            "The school forgets whatever else is written here after {n} day.",
            "The school forgets whatever else is written here after {n} days.",
            KEEP_WORDS.days,
        ),
        t("/stop cuts the link at once. The school deletes the rest when you ask for it."),
    )
    return Card("\n".join(lines))


def settings(*, quiet: bool, t: Translator) -> Card:
    """Offer the languages, and messages with or without a sound."""
    label = t("Messages with a sound") if quiet else t("Messages without a sound")
    sound = button(label, Verb.QUIET, word="0" if quiet else "1")
    return Card(t("Which language shall I speak?"), (*language_rows(), (sound,)))


def children_card(children: Sequence[Child], t: Translator) -> Card:
    """List whose lessons come here, each with a way out."""
    lines = [f"• {escaped(one.given_name)}, {escaped(one.class_title)}" for one in children]
    text = "\n".join(
        [
            t("The lessons of these students come here:"),
            *lines,
            "",
            t("To add a child, send the code from the child's paper."),
        ]
    )
    rows = tuple(
        (button(t("Remove {name}", name=one.given_name), Verb.LEAVE, one.student),)
        for one in children
    )
    return Card(text, rows)


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


def week(children: Iterable[tuple[Child, Sequence[StudentLesson]]], t: Translator) -> list[Card]:
    """Write the lessons of a week as plain lines, child by child, day by day."""
    runs: list[Run] = []
    for child, lessons in children:
        runs.append(Run(f"{child.given_name}\n", ("b",)))
        if not lessons:
            runs.append(Run(t("There are no lessons this week.") + "\n"))
        for day, group in groupby(lessons, key=lambda one: one.lesson.day):
            runs.append(Run(f"{day_words(day, t)}\n", ("i",)))
            runs += [Run(f"• {_title(one, t)}\n") for one in group]
        runs.append(Run("\n"))
    return [Card(text) for text in messages(runs, MOST_LETTERS)]


def _title(one: StudentLesson, t: Translator) -> str:
    return f"{t(subject_words(one.lesson.subject))}. {one.lesson.title}"


def _titled(one: StudentLesson, t: Translator) -> str:
    return escaped(_title(one, t))


def homework(child: Child, tasks: Sequence[StudentLesson], t: Translator) -> list[Card]:
    """List the tasks of a child: open ones have a button, answered ones say so.

    The buttons stand under the last part.
    """
    lines = [f"• {_title(one, t)}: {_standing(one, t)}" for one in tasks]
    if not tasks:
        lines.append(t("There is nothing to hand in."))
    text = "\n".join(["", *lines])
    parts = messages([Run(child.given_name, ("b",)), Run(text)], MOST_LETTERS)
    rows = tuple(
        (button(_task_label(one, t), Verb.HAND_IN, child.student, one.lesson.id),)
        for one in [task for task in tasks if task.is_open_task][:CHOICES]
    )
    return [*map(Card, parts[:-1]), Card(parts[-1], rows)]


def _standing(one: StudentLesson, t: Translator) -> str:
    if one.stands.state == State.MARKED:
        return t("the teacher has looked at it")
    if one.stands.state == State.RETURNED:
        return t("handed in")
    due = one.lesson.task.due if one.lesson.task else one.lesson.day
    return t("hand in by {day}", day=day_words(due, t))


def _task_label(one: StudentLesson, t: Translator) -> str:
    return t("Hand in: {title}", title=one.lesson.title)


def which_child(children: Sequence[Child], t: Translator) -> Card:
    """Ask whose work it is; two of one name are told apart by their class."""
    names = Counter(one.given_name for one in children)
    rows = tuple(
        (
            button(
                one.given_name if names[one.given_name] == 1 else _with_class(one),
                Verb.CHOOSE_CHILD,
                one.student,
            ),
        )
        for one in children
    )
    return Card(t("Whose work is this?"), rows)


def _with_class(child: Child) -> str:
    return f"{child.given_name}, {child.class_title}"


def which_task(student: int, tasks: Sequence[StudentLesson], t: Translator) -> Card:
    """Ask for which task it is; the five that are due first."""
    rows = tuple(
        (button(_title(one, t), Verb.CHOOSE_TASK, student, one.lesson.id),)
        for one in tasks[:CHOICES]
    )
    lines = [t("Which task is this for?")]
    if len(tasks) > CHOICES:
        lines.append(t("If it is not here, open the lesson and press Hand in there."))
    return Card("\n".join(lines), rows)


def no_open_task(t: Translator) -> Card:
    """Say that nothing is wanted now."""
    words = t("There is no open task just now, so I have not kept this file.")
    again = t("To hand in a work once more, open its lesson and press Hand in.")
    return Card(f"{words}\n{again}\n{t('/homework shows the tasks.')}")


def no_open_task_of(child: Child, t: Translator) -> Card:
    """Say that nothing is wanted of this child; the pages wait for another answer."""
    name = escaped(child.given_name)
    return Card(t("{name} has no open task. Please press another name.", name=name))


def not_placed(pages: int, t: Translator) -> Card:
    """Say what became of pages of which nobody said for which task they are."""
    lines = (
        t.n(
            "Yesterday you sent {n} page and did not say for which task.",
            "Yesterday you sent {n} pages and did not say for which task.",
            pages,
        ),
        t("Nothing was handed in. Please send it again."),
        t("/homework shows the tasks."),
    )
    return Card("\n".join(lines))


def send_pages(child: Child, one: StudentLesson, waiting: int, t: Translator) -> Card:
    """Ask for the pages of a task; those that wait for a word can be taken with one press."""
    title = f"<b>{escaped(child.given_name)}</b> · {_titled(one, t)}"
    ask = t("Send photos of the work, page by page. Then press Hand in.")
    label = t.n("Take the {n} page I sent before", "Take the {n} pages I sent before", waiting)
    take = button(label, Verb.CHOOSE_TASK, child.student, one.lesson.id)
    return Card(f"{title}\n\n{ask}", ((take,),) if waiting else ())


def draft(child: Child, one: StudentLesson, pages: int, t: Translator) -> Card:
    """Say how many pages there are, and offer what can be done with them."""
    place = (child.student, one.lesson.id)
    count = t.n("{n} page", "{n} pages", pages)
    text = f"<b>{escaped(child.given_name)}</b> · {_titled(one, t)}\n{count}"
    if not pages:
        return Card(text, ((button(t("Cancel"), Verb.CANCEL, *place),),))
    return Card(
        text,
        (
            (button(t("Hand in"), Verb.FINISH, *place),),
            (button(t("Remove the last page"), Verb.REMOVE, *place),),
            (button(t("For another task or child"), Verb.MOVE, *place),),
            (button(t("Cancel"), Verb.CANCEL, *place),),
        ),
    )


def handed_in(
    child: Child, one: StudentLesson, work: HomeworkReturn, time: str, t: Translator
) -> Card:
    """Say that the work is with the teacher."""
    title = f"<b>{escaped(child.given_name)}</b> · {_titled(one, t)}"
    count = t.n("{n} page", "{n} pages", len(work.pages))
    said = t("Handed in at {time}: {count}.", time=time, count=count)
    lines = [title, said]
    if work.version > 1:
        lines.append(t("This is version {n}; the teacher sees the newest.", n=work.version))
    if work.is_late:
        lines.append(t("It came after the due date; the teacher gets it all the same."))
    return Card("\n".join(lines), (_again(child, one, t),))


def handed_in_by_itself(
    child: Child, one: StudentLesson, work: HomeworkReturn, t: Translator
) -> Card:
    """Say that silence handed the work in."""
    title = f"<b>{escaped(child.given_name)}</b> · {_titled(one, t)}"
    count = t.n("{n} page", "{n} pages", len(work.pages))
    said = t("Nothing more came, so I have handed in the work: {count}.", count=count)
    more = t("Is a page missing? Press Hand in again and send all pages once more.")
    return Card(f"{title}\n{said}\n{more}", (_again(child, one, t),))


def _again(child: Child, one: StudentLesson, t: Translator) -> tuple[Button, ...]:
    return (button(t("Hand in again"), Verb.HAND_IN, child.student, one.lesson.id),)


def cancelled(t: Translator) -> Card:
    """Say that nothing was handed in."""
    return Card(t("I have thrown the pages away. Nothing was handed in."))


def too_large(t: Translator) -> Card:
    """Say what to do with a file that Telegram does not hand to bots."""
    words = t("This file is larger than 20 MB, so I cannot fetch it.")
    return Card(f"{words}\n{t('Please send it in parts, or as photos.')}")


def lost(t: Translator) -> Card:
    """Say what to do when Telegram itself has no such file any more."""
    words = t("Telegram did not hand this file to me.")
    return Card(f"{words}\n{t('Please send it once more.')}")


def wrong_type(t: Translator) -> Card:
    """Say which files can be homework."""
    words = t("I cannot read this kind of file.")
    return Card(f"{words}\n{t('Please send photos, PDF, Word, sound or film.')}")


def not_understood(t: Translator) -> Card:
    """Answer words that are no command."""
    return Card(t("I have not understood this. /help shows what I can do."))
