"""What differs between two plans of one week: which lessons go another way, what is received."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jetkiz.channel import channel_words
from jetkiz.delivery.model import StudentPlan
from jetkiz.i18n import Translator
from scheduler.model import PlanProblem


@dataclass(frozen=True, slots=True)
class Move:
    """A lesson of a student that goes another way than before; "" is no way at all."""

    student: int
    lesson: int
    before: str
    after: str


def moves(before: Sequence[StudentPlan], after: Sequence[StudentPlan]) -> list[Move]:
    """Return every lesson of the later plan whose channel is another, or is new."""
    was = {
        (line.student, lesson): choice.channel or ""
        for line in before
        for lesson, choice in zip(line.lessons, line.choices, strict=True)
    }
    return [
        Move(line.student, lesson, was.get((line.student, lesson), ""), choice.channel or "")
        for line in after
        for lesson, choice in zip(line.lessons, line.choices, strict=True)
        if was.get((line.student, lesson), "") != (choice.channel or "")
    ]


def counted(found: Iterable[Move]) -> dict[tuple[str, str], int]:
    """Return how many lessons move from which channel to which, most first."""
    pairs = Counter((one.before, one.after) for one in found)
    return dict(sorted(pairs.items(), key=lambda item: (-item[1], item[0])))


def moved_lines(pairs: Mapping[tuple[str, str], int], t: Translator) -> list[str]:
    """Say how many lessons move from which channel to which."""
    return [
        t(
            "  {lessons}: {before} → {after}.",
            lessons=t.n("{n} lesson", "{n} lessons", count),
            before=ways_in_words([before], t),
            after=ways_in_words([after], t),
        )
        for (before, after), count in pairs.items()
    ]


def ways_in_words(names: Iterable[str], t: Translator) -> str:
    """Say the channels together, or that there is none."""
    return " + ".join(t(channel_words(name)) for name in names if name) or t("no channel")


def received(problem: PlanProblem, line: StudentPlan) -> float:
    """Return how many lessons will be received, as far as the likelihoods are right."""
    return sum(
        one.likelihood
        for lesson, choice in zip(line.lessons, line.choices, strict=True)
        for one in problem.options[line.student, lesson]
        if one.channel == choice.channel
    )
