"""What differs between two plans of one week: which lessons go another way, what is received."""

from collections.abc import Iterator
from dataclasses import dataclass

from jetkiz.channel import channel_words
from jetkiz.delivery.model import StudentPlan
from jetkiz.i18n import Translator
from scheduler.model import PlanProblem


@dataclass(frozen=True, slots=True)
class Move:
    """A lesson of one student that goes another way; None is no way at all."""

    lesson: int
    before: str | None
    after: str | None


def moves(before: StudentPlan, after: StudentPlan) -> Iterator[Move]:
    """Yield the lessons of a student whose channel is another."""
    for lesson, one, other in zip(before.lessons, before.choices, after.choices, strict=True):
        if one.channel != other.channel:
            yield Move(lesson, one.channel, other.channel)


def received(problem: PlanProblem, line: StudentPlan) -> float:
    """Return how many lessons will be received, as far as the likelihoods are right."""
    return sum(
        one.likelihood
        for lesson, choice in zip(line.lessons, line.choices, strict=True)
        for one in problem.options[line.student, lesson]
        if one.channel == choice.channel
    )


def ways_in_words(names: tuple[str, ...], t: Translator) -> str:
    """Say the channels together, or that there is none."""
    return " + ".join(t(channel_words(name)) for name in names) or t("no channel")
