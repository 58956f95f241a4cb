"""The sentences that say what is different between two timetables, and whom it concerns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from broadcast.export.rows import grade_words, title_of
from broadcast.export.words import moment_words
from broadcast.plan.model import PlannedAiring
from broadcast.problem.model import Channel, Lesson, Problem, Stream
from broadcast.replanning.changes import WORDS, Change
from jetkiz.errors import JetkizError
from jetkiz.i18n import Translator
from jetkiz.lessons.subjects import subject_words


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change in words; ``alone`` are students whom no other channel reaches."""

    kind: str
    said: str
    students: int
    alone: int
    airing: str


def change_lines(problem: Problem, changes: Iterable[Change], t: Translator) -> list[ChangeLine]:
    """Return a sentence for each change, by the clock of the channel it is on."""
    lessons = {one.id: one for one in problem.lessons}
    streams = {one.id: one for one in problem.streams}
    channels = {one.id: one for one in problem.channels}
    return [
        ChangeLine(
            kind=one.kind,
            said=t(
                WORDS[one.kind],
                lesson=lesson_words(lessons[one.lesson], streams[one.stream], t),
                before=_place(one.before, channels, t),
                after=_place(one.after, channels, t),
            ),
            students=one.students,
            alone=one.alone,
            airing=one.airing,
        )
        for one in changes
    ]


def named(error: JetkizError, problem: Problem, t: Translator) -> JetkizError:
    """Return a refusal with the names of lessons, subjects and channels: nobody knows their ids."""
    return JetkizError(error.sentence, error.remedy, **named_facts(error.facts, problem, t))


def named_facts(facts: Mapping[str, Any], problem: Problem, t: Translator) -> dict[str, Any]:
    """Return the facts of a sentence with names instead of ids."""
    streams = {one.id: one for one in problem.streams}
    names = {one.id: f"{one.language} {grade_words(one.grades)}" for one in problem.streams}
    names |= {one.subject: t(subject_words(one.subject)) for one in problem.lessons}
    for one in problem.lessons:
        names[one.id] = f"«{lesson_words(one, streams[one.stream], t)}»"
    names |= {one.id: one.name for one in problem.channels}
    return {name: names.get(fact, fact) for name, fact in facts.items()}


def lesson_words(lesson: Lesson, stream: Stream, t: Translator) -> str:
    """Return a lesson as "kk 3, Mathematics: Adding"."""
    subject = t(subject_words(lesson.subject))
    title = title_of(lesson, stream.language)
    return f"{stream.language} {grade_words(stream.grades)}, {subject}: {title}"


def _place(one: PlannedAiring | None, channels: Mapping[str, Channel], t: Translator) -> str:
    if one is None:
        return ""
    channel = channels[one.channel]
    return f"{channel.name}, {moment_words(one.start.astimezone(ZoneInfo(channel.zone)), t)}"
