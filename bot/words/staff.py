"""What the bot says to teachers and coordinators: a given name and a class, never a family name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.chats.links import Chat
from bot.words import talk
from bot.words.cards import MOST_LETTERS, Card, escaped
from bot.words.dates import day_words
from bot.words.keyboards import Button, Verb, button
from bot.words.markdown import Run, messages
from jetkiz.homework.model import HomeworkReturn
from jetkiz.i18n import N_, Translator, translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.subjects import subject_words

TEACHER_COMMANDS: Final = {
    "today": N_("the lessons of my classes today"),
    "week": N_("the lessons of my classes this week"),
    "homework": N_("homework that waits for me"),
    "questions": N_("what families ask me"),
}
COORDINATOR_COMMANDS: Final = {
    "status": N_("how the bot is"),
    "undelivered": N_("what did not go out"),
    "resend": N_("send again what was refused"),
    "emergency": N_("an emergency message, with a second coordinator"),
}
OFFICE_HOURS: Final = ((8, 18), (8, 15), (7, 20), (0, 24))
MOST_WORK: Final = 8
_FOR_ALL: Final = frozenset({"language", "settings", "help", "privacy", "stop"})


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A piece of work in the teacher's list."""

    number: int
    given_name: str
    class_title: str
    lesson: Lesson


@dataclass(frozen=True, slots=True)
class WorkCard:
    """A piece of work as its teacher sees it; ``marks`` are the marks that may be given here."""

    line: WorkLine
    work: HomeworkReturn
    time: str
    said: Sequence[str] = ()
    may_mark: bool = True
    marks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Roles:
    """Which roles a chat holds; one person may hold several."""

    family: bool
    staff: bool
    coordinator: bool


def chat_menu(chat: Chat, roles: Roles) -> dict[str, Any]:
    """Return the commands of one chat in Telegram's form; a command for two roles stands once."""
    commands = dict(talk.COMMANDS)
    if roles.staff and not roles.family:
        commands = {name: said for name, said in commands.items() if name in _FOR_ALL}
    if roles.staff:
        commands = TEACHER_COMMANDS | commands
    if roles.coordinator:
        commands |= COORDINATOR_COMMANDS
    t = translator(chat.language)
    return {
        "commands": [{"command": name, "description": t(said)} for name, said in commands.items()],
        "scope": {"type": "chat", "chat_id": chat.chat_id},
    }


def staff_welcome(*, is_coordinator: bool, marks_allowed: bool, t: Translator) -> Card:
    """Say what can be done at this chat from now on."""
    first = (
        t("This chat is now linked to the coordinator of the school.")
        if is_coordinator
        else t("This chat is now linked to a teacher of the school.")
    )
    rule = t("Here students have a given name and a class only.")
    marks = (
        t("Marks you give I tell only guardians who asked for them.")
        if marks_allowed
        else t("Marks are given in the console; I tell them only guardians who asked for them.")
    )
    return Card(f"{first}\n{rule} {marks}\n\n{staff_help(is_coordinator=is_coordinator, t=t).text}")


def staff_help(*, is_coordinator: bool, t: Translator) -> Card:
    """List the commands of the staff."""
    commands = TEACHER_COMMANDS | (COORDINATOR_COMMANDS if is_coordinator else {})
    return Card("\n".join(f"/{name} - {t(words)}" for name, words in commands.items()))


def another_staff_phone(t: Translator) -> Card:
    """Tell somebody of the staff that one more phone was linked in their name."""
    news = t("One more phone is now linked in your name.")
    return Card(f"{news}\n{t('If it is not yours, please tell the coordinator at once.')}")


def staff_linked_before(t: Translator) -> Card:
    """Say that nothing had to be done."""
    return Card(t("This chat is linked to you already."))


def staff_cut(t: Translator) -> Card:
    """Say that a chat of the staff was cut."""
    return Card(t("The school has ended the link of this chat. I tell you nothing more here."))


def office_question(begins: int, ends: int, t: Translator) -> Card:
    """Offer the hours between which notices may come."""
    now = t("Notices come on working days from {begins}:00 to {ends}:00.", begins=begins, ends=ends)
    rows = tuple(
        (
            button(
                t("From {begins}:00 to {ends}:00", begins=first, ends=last),
                Verb.OFFICE,
                first,
                last,
            ),
        )
        for first, last in OFFICE_HOURS
        if (first, last) != (begins, ends)
    )
    return Card(f"{now}\n{t('What you ask for comes at once, at any hour.')}", rows)


def class_lessons(
    day: date | None, classes: Sequence[tuple[str, Sequence[Lesson]]], t: Translator
) -> list[Card]:
    """Write the lessons of classes; of one ``day``, or of a week with the day before each."""
    runs = [Run(f"{day_words(day, t)}\n", ("i",))] if day else []
    for title, lessons in classes:
        runs.append(Run(f"{title}\n", ("b",)))
        if not lessons:
            runs.append(Run(t("no lessons") + "\n"))
        shown: date | None = day
        for one in lessons:
            if one.day != shown:
                shown = one.day
                runs.append(Run(f"{day_words(one.day, t)}\n", ("i",)))
            runs.append(Run(f"• {t(subject_words(one.subject))}. {one.title}\n"))
    if not classes:
        runs.append(Run(t("The roster gives you no class.")))
    return [Card(text) for text in messages(runs, MOST_LETTERS)]


def work_list(lines: Sequence[WorkLine], t: Translator) -> Card:
    """Count what waits class by class, and give the oldest a button each."""
    if not lines:
        return Card(t("Nothing waits: every piece of homework has an answer."))
    counts = Counter(one.class_title for one in lines)
    head = t.n("{n} piece of homework waits.", "{n} pieces of homework wait.", len(lines))
    classes = [f"• {escaped(title)}: {count}" for title, count in counts.items()]
    rows = tuple(
        (button(f"{_who(one)}. {_what(one.lesson, t)}", Verb.WORK, one.number),)
        for one in lines[:MOST_WORK]
    )
    more = len(lines) - len(rows)
    rest = [t.n("{n} more comes after these.", "{n} more come after these.", more)] if more else []
    return Card("\n".join([head, *classes, *rest]), rows)


def _who(one: WorkLine) -> str:
    return f"{one.given_name}, {one.class_title}"


def _what(lesson: Lesson, t: Translator) -> str:
    return f"{t(subject_words(lesson.subject))}. {lesson.title}"


def work_card(one: WorkCard, t: Translator) -> Card:
    """Show whose work it is, for which task, and what was said to it."""
    line = one.line
    lines = [
        f"<b>{escaped(_who(line))}</b>",
        escaped(_what(line.lesson, t)),
        t("Handed in {time}.", time=one.time),
        t.n("{n} page", "{n} pages", len(one.work.pages)),
    ]
    if one.work.is_late:
        lines.append(t("It came after the due date."))
    lines += [escaped(said) for said in one.said]
    if one.may_mark:
        lines += ["", t("To answer in your own words, reply to this message.")]
    return Card("\n".join(lines), _work_rows(one, t) if one.may_mark else ())


def _work_rows(one: WorkCard, t: Translator) -> tuple[tuple[Button, ...], ...]:
    number = one.line.number
    marks = tuple(button(mark, Verb.MARK, number, int(mark)) for mark in one.marks)
    return (
        *((marks,) if marks else ()),
        (button(t("Accepted"), Verb.ACCEPTED, number),),
        (button(t("Please do it again"), Verb.REDO, number),),
        (button(t("Answer in words"), Verb.FEEDBACK, number),),
    )


def say_it_now(line: WorkLine, t: Translator) -> Card:
    """Ask for the words, the recording or the photo that goes home."""
    ask = t("Write, say or photograph your answer to this work. I bring it home.")
    cancel = button(t("Cancel"), Verb.NO_FEEDBACK, line.number)
    return Card(f"<b>{escaped(_who(line))}</b>\n{ask}", ((cancel,),))


def answer_taken(line: WorkLine, next_work: int, t: Translator) -> Card:
    """Say that an answer goes home, and offer what waits next."""
    text = t("Your answer to {name} goes home.", name=escaped(_who(line)))
    return Card(text, _next_row(next_work, t))


def decided(line: WorkLine, words: str, next_work: int, t: Translator) -> Card:
    """Say what was decided of a piece of work, and offer what waits next."""
    text = f"<b>{escaped(_who(line))}</b>\n{escaped(_what(line.lesson, t))}\n{escaped(words)}"
    return Card(text, _next_row(next_work, t))


def _next_row(next_work: int, t: Translator) -> tuple[tuple[Button, ...], ...]:
    return ((button(t("Open the next"), Verb.WORK, next_work),),) if next_work else ()


def no_chat_at_home(line: WorkLine, t: Translator) -> Card:
    """Say that a recording or a photo would not reach this home."""
    text = t("{name} has no chat with me: paper brings words only.", name=escaped(_who(line)))
    return Card(f"{text}\n{t('Please write your answer.')}")


def which_work(t: Translator) -> Card:
    """Say how a file or words of a teacher find their work."""
    words = t("I do not know to which work this belongs.")
    return Card(f"{words}\n{t('Open the work with /homework and reply to its message.')}")


def nothing_said(t: Translator) -> Card:
    """Say that no answer goes home."""
    return Card(t("Nothing was sent home."))


def too_long(letters: int, most: int, t: Translator) -> Card:
    """Say that an answer does not fit."""
    words = t("The words to the student have {n} letters; {most} fit.", n=letters, most=most)
    return Card(f"{words}\n{t('Shorten them, or say the rest in another message.')}")


def not_yours(t: Translator) -> Card:
    """Say that the chat has no right to a piece of work, or that it is gone."""
    return Card(t("This work is not in your classes."))


def new_work_notice(counts: Mapping[str, int], t: Translator) -> Card:
    """Tell a teacher how much homework waits, class by class."""
    total = sum(counts.values())
    head = t.n("{n} piece of homework waits.", "{n} pieces of homework wait.", total)
    lines = [f"• {escaped(title)}: {count}" for title, count in counts.items()]
    return Card("\n".join([head, *lines, t("/homework shows it.")]))
