"""What a lesson says in the chat, and which buttons it carries.

First whose it is and what for, by when, and what else belongs to it, with sizes; then the text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Final

from babel.numbers import format_decimal

from bot.words.cards import MOST_LETTERS, Card
from bot.words.dates import day_words
from bot.words.keyboards import Button, Verb, button
from bot.words.markdown import Run, messages, runs_of
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.lesson_text import begins_with_title
from jetkiz.lessons.model import FileKind, Lesson, LessonFile, Task
from jetkiz.lessons.subjects import subject_words

_MEGABYTE: Final = 1_000_000
FILE_WORDS: Final = {
    FileKind.PDF: N_("Sheet to print, {size}"),
    FileKind.VOICE: N_("Read aloud, {size}"),
    FileKind.AUDIO: N_("Sound, {size}"),
    FileKind.VIDEO: N_("Film, {size}"),
    FileKind.OTHER: N_("File, {size}"),
}


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed in: which version, how many pages and when; and what the teacher said."""

    version: int
    pages: int
    time: str
    is_marked: bool = False
    once_more: bool = False


@dataclass(frozen=True, slots=True)
class Extras:
    """What belongs to a lesson beside its text: files, pictures that wait for a tap."""

    files: tuple[LessonFile, ...] = ()
    pictures: int = 0
    bytes_of_pictures: int = 0
    large_letters: bool = True


@dataclass(frozen=True, slots=True)
class LessonCard:
    """A lesson as one student gets it."""

    student: int
    given_name: str
    lesson: Lesson
    received: str = ""
    has_pictures: bool = False
    can_hand_in: bool = True
    handed: Handed | None = None
    zone: tzinfo | None = None
    extras: Extras = Extras()


def lesson_cards(one: LessonCard, t: Translator) -> list[Card]:
    """Write a lesson: head, text, task, licence; buttons under the last part."""
    lesson = one.lesson
    runs = [
        *_head(one, t),
        *runs_of(without_title(lesson), described=not one.has_pictures),
        *_task(lesson, t),
        Run("\n\n" + lesson.licence.line, ("i",)),
    ]
    if one.has_pictures:
        runs.append(Run("\n\n" + t("The pictures come in the next message.")))
    parts = messages(runs, MOST_LETTERS)
    return [Card(text) for text in parts[:-1]] + [Card(parts[-1], lesson_rows(one, t))]


def _head(one: LessonCard, t: Translator) -> list[Run]:
    lesson = one.lesson
    runs = [
        Run(f"{one.given_name} · {t(subject_words(lesson.subject))}", ("i",)),
        Run("\n"),
        Run(lesson.title, ("b",)),
        Run("\n"),
    ]
    if lesson.goal:
        runs.append(Run(t("Goal: {goal}", goal=lesson.goal) + "\n"))
    if lesson.task:
        runs += [*deadline(lesson.task, one.zone, t), Run("\n")]
    listed = extras_lines(one.extras, lesson, t)
    if listed:
        runs.append(Run(t("Also here: {files}.", files=", ".join(listed)) + "\n"))
    return [*runs, Run("\n")]


def deadline(task: Task, zone: tzinfo | None, t: Translator) -> list[Run]:
    """Say by when work is due: a phone shows the day where it is, older ones our words."""
    before, _, after = t("Hand in by {day}.").partition("{day}")
    tags: tuple[str, ...] = ("b",)
    if zone:
        end = datetime.combine(task.due, time(23, 59), zone)
        tags = ("b", f'tg-time unix="{int(end.timestamp())}" format="wD"')
    return [Run(before, ("b",)), Run(day_words(task.due, t), tags), Run(after, ("b",))]


def extras_lines(extras: Extras, lesson: Lesson, t: Translator) -> list[str]:
    """Name what belongs to a lesson, each with its size."""
    lines = [_within(file_words(one, t)) for one in extras.files]
    if extras.pictures:
        lines.append(_within(pictures_words(extras, t)))
    if lesson.quiz:
        lines.append(_within(quiz_words(lesson, t)))
    return lines


def _within(words: str) -> str:
    """Begin words small, as inside a sentence; units keep their capitals."""
    return words[:1].lower() + words[1:]


def file_words(file: LessonFile, t: Translator) -> str:
    """Say what a file is and how large."""
    return t(FILE_WORDS.get(file.kind, FILE_WORDS[FileKind.OTHER]), size=size_words(file.size, t))


def pictures_words(extras: Extras, t: Translator) -> str:
    """Say how many pictures there are and how large together."""
    count = t.n("{n} picture", "{n} pictures", extras.pictures)
    return f"{count}, {size_words(extras.bytes_of_pictures, t)}"


def quiz_words(lesson: Lesson, t: Translator) -> str:
    """Say how long the quiz is."""
    return t.n("Quiz, {n} question", "Quiz, {n} questions", len(lesson.quiz))


def size_words(size: int, t: Translator) -> str:
    """Write a size as families know it from their phone."""
    if size >= _MEGABYTE:
        millions = round(size / _MEGABYTE, 1)
        return t("{n} MB", n=format_decimal(millions, locale=t.language))
    return t("{n} kB", n=max(1, round(size / 1000)))


def without_title(lesson: Lesson) -> str:
    """Return the text of a lesson without the title that it begins with."""
    text = lesson.text.lstrip()
    if begins_with_title(text, lesson.title):
        return text.partition("\n")[2]
    return text


def _task(lesson: Lesson, t: Translator) -> list[Run]:
    if lesson.task is None:
        return []
    return [Run("\n\n"), Run(t("Task"), ("b",)), Run(f"\n{lesson.task.text.strip()}")]


def lesson_rows(one: LessonCard, t: Translator) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons of a lesson: received, handing in and later where there is a task."""
    place = (one.student, one.lesson.id)
    if one.received:
        first = button(t("Received {time}", time=one.received), Verb.NOTHING, is_done=True)
    else:
        first = button(t("Received"), Verb.RECEIVED, *place)
    rows = [first]
    if one.lesson.task and one.can_hand_in:
        rows += _hand_in_buttons(one.handed, place, t)
    rows.append(button(t("Ask the teacher"), Verb.ASK, *place))
    if one.lesson.task and one.can_hand_in and one.handed is None:
        rows.append(button(t("Remind me later"), Verb.LATER, *place))
    return tuple((row,) for row in rows)


def _hand_in_buttons(handed: Handed | None, place: tuple[int, int], t: Translator) -> list[Button]:
    if handed is None:
        return [button(t("Hand in"), Verb.HAND_IN, *place)]
    if handed.once_more:
        return [button(t("Do it once more"), Verb.HAND_IN, *place)]
    if handed.is_marked:
        return [button(t("The teacher has looked at it"), Verb.NOTHING)]
    pages = t.n("{n} page", "{n} pages", handed.pages)
    said = t("Version {n}, {pages}, {time}", n=handed.version, pages=pages, time=handed.time)
    return [button(said, Verb.NOTHING), button(t("Replace"), Verb.HAND_IN, *place)]


def extras_card(one: LessonCard, waiting: Iterable[LessonFile], t: Translator) -> Card | None:
    """Offer what was not sent by itself: files, pictures, large letters, the quiz."""
    place = (one.student, one.lesson.id)
    listed = one.lesson.files
    rows = [button(file_words(file, t), Verb.FILE, *place, listed.index(file)) for file in waiting]
    if one.extras.pictures and not one.has_pictures:
        rows.append(button(pictures_words(one.extras, t), Verb.PICTURES, *place))
    if one.lesson.quiz:
        rows.append(button(quiz_words(one.lesson, t), Verb.QUIZ, *place))
    if not rows:
        return None
    if one.extras.large_letters:
        rows.append(button(t("Show in large letters"), Verb.LARGE, *place))
    words = t("{name}, more for this lesson: {title}", name=one.given_name, title=one.lesson.title)
    parts = messages([Run(words)], MOST_LETTERS)
    return Card(parts[0], tuple((row,) for row in rows))


def attachments(files: Sequence[LessonFile]) -> tuple[LessonFile, ...]:
    """Return the files of a lesson that are no pictures of its text."""
    return tuple(one for one in files if one.kind != FileKind.PICTURE)
