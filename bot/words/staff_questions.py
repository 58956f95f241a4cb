"""What the bot says of questions: to the teacher who answers, and the answer to the family."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chats.questions import Question
from bot.words.cards import Card, escaped
from bot.words.keyboards import Verb, button
from jetkiz.i18n import Translator
from jetkiz.lessons.model import Lesson
from jetkiz.lessons.subjects import subject_words


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the teacher's list: a given name and a class, no more."""

    question: Question
    given_name: str
    class_title: str
    lesson: Lesson


def _about(lesson: Lesson, t: Translator) -> str:
    return escaped(f"{t(subject_words(lesson.subject))}. {lesson.title}")


def notice(number: int, given_name: str, lesson: Lesson, t: Translator) -> Card:
    """Tell a teacher of a question."""
    text = t("The family of {name} asks about a lesson.", name=escaped(given_name))
    rows = ((button(t("Read the question"), Verb.QUESTION, number),),)
    return Card(f"{text}\n{_about(lesson, t)}", rows)


def question_list(lines: Sequence[QuestionLine], t: Translator) -> Card:
    """List what waits for an answer, the oldest first."""
    if not lines:
        return Card(t("No question waits."))
    head = t.n("{n} question waits.", "{n} questions wait.", len(lines))
    rows = tuple(
        (
            button(
                f"{one.given_name}, {one.class_title}. {one.lesson.title}",
                Verb.QUESTION,
                one.question.id,
            ),
        )
        for one in lines[:8]
    )
    return Card(head, rows)


def question_card(line: QuestionLine, t: Translator) -> Card:
    """Show what was asked, and how it is answered."""
    said = [part.words for part in line.question.parts if part.words]
    lines = [
        f"<b>{escaped(line.given_name)}, {escaped(line.class_title)}</b>",
        _about(line.lesson, t),
        *(f"<blockquote>{escaped(words)}</blockquote>" for words in said),
    ]
    if line.question.answered_at is None:
        rows = ((button(t("Answer in words"), Verb.ANSWER, line.question.id),),)
        return Card("\n".join([*lines, t("To answer, reply to this message.")]), rows)
    lines.append(t("It is answered: {words}", words=escaped(line.question.answer)))
    return Card("\n".join(lines))


def say_it_now(line: QuestionLine, t: Translator) -> Card:
    """Ask for the words that answer a question."""
    ask = t("Write your answer now. I bring it to the family.")
    cancel = button(t("Do not answer now"), Verb.NO_ANSWER, line.question.id)
    head = escaped(f"{line.given_name}, {line.class_title}")
    return Card(f"<b>{head}</b>\n{_about(line.lesson, t)}\n{ask}", ((cancel,),))


def not_answered(t: Translator) -> Card:
    """Say that a question still waits."""
    return Card(t("Nothing was sent to the family. The question waits in /questions."))


def answer(words: str, t: Translator) -> Card:
    """Write the teacher's answer to the family."""
    head = t("The teacher answers your question:")
    return Card(f"<b>{head}</b>\n<blockquote>{escaped(words)}</blockquote>")


def answered(t: Translator) -> Card:
    """Say that the answer goes to the family."""
    return Card(t("Your answer goes to the family."))


def answered_in_vain(t: Translator) -> Card:
    """Say that the answer is kept and yet reaches nobody."""
    kept = t("Your answer is kept, but the family's chat takes no messages any more.")
    return Card(f"{kept}\n{t('Please tell the family another way.')}")


def answered_before(t: Translator) -> Card:
    """Say that somebody was faster."""
    return Card(t("This question is answered already, or it is not for your classes."))


def words_only(t: Translator) -> Card:
    """Say that a question is answered in words."""
    return Card(t("Please answer a question in words."))
