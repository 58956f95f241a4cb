"""Why this lesson goes this way: every option with its test or worth, and what would change it.

It is weighed anew each time, from the inputs that are given: those kept with the plan, or today's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from jetkiz.channel import channel_words
from jetkiz.delivery.model import Choice, StudentPlan
from jetkiz.delivery.reasons import CHOICE_WORDS
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator
from scheduler.evidence_words import answer_words
from scheduler.model import Option, PlannedLesson, PlanProblem
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import PER_TENGE, HomeLimit, Resource, Scarce
from scheduler.rules.choice_reasons import Judged, reason_for, winner
from scheduler.weighing import Room, Slot, case_of, slot_of, slots_of


class Standing(IntEnum):
    """How an option fared, the best first."""

    CHOSEN = 0  # the winner
    OPEN = 1  # it could bring the lesson, another is better
    NO_ROOM = 2  # it could, but something is used up
    DECIDED = 3  # it could, but a person decided otherwise
    TOO_LATE = 4  # it could, but not in time
    FAILED = 5  # its test fails for this home


STANDING_WORDS = {
    Standing.CHOSEN: N_("chosen"),
    Standing.OPEN: N_("possible, but worth less"),
    Standing.NO_ROOM: N_("possible, but no room is left"),
    Standing.DECIDED: N_("possible, but decided otherwise by hand"),
    Standing.TOO_LATE: N_("would come too late"),
    Standing.FAILED: N_("not possible"),
}

RESOURCE_WORDS: dict[Scarce, str] = {
    Resource.PRINT_PAGES: N_("printed pages"),
    Resource.POST_MONEY: N_("money for postage"),
    Resource.COPIER_PAGES: N_("sides of the school's copier"),
    Resource.DUTY_SEATS: N_("seats of the duty class"),
    Resource.MESSAGES: N_("messages of the day"),
    Resource.MARKING: N_("teachers' time for marking"),
    HomeLimit.PHONE_HOURS: N_("hours of the phone that the children share"),
    HomeLimit.TV_HOURS: N_("hours of the TV at home"),
    HomeLimit.DATA_PLAN: N_("the data plan of the home"),
}


@dataclass(frozen=True, slots=True)
class OptionLine:
    """One channel's standing for one lesson; worth, cost and net are in lessons, tenge apart."""

    option: Option
    standing: Standing
    fit: float = 0.0
    tenge: float = 0.0
    net: float = 0.0
    lacks: tuple[Scarce, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Something that would change the answer, as a message id filled from ``facts``."""

    sentence: str
    channel: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to "why this channel?"; ``choice`` is recomputed, ``stored`` is the plan's."""

    student: int
    lesson: PlannedLesson
    stored: Choice
    choice: Choice
    lines: tuple[OptionLine, ...]
    changes: tuple[Change, ...]

    @property
    def agrees(self) -> bool:
        """True when the recomputed choice is the one that was stored."""
        return self.choice == self.stored


class Explainer:
    """Answers for every lesson of one plan."""

    def __init__(self, problem: PlanProblem, plans: Sequence[StudentPlan]) -> None:
        self.problem = problem
        self._stored = {
            (line.student, lesson): choice
            for line in plans
            for lesson, choice in zip(line.lessons, line.choices, strict=True)
        }
        self._room = Room.of(problem)
        for slot in slots_of(problem):
            stored = self._stored.get((slot.student.id, slot.lesson.id))
            if stored:
                self._room.take(slot, slot.option(stored.channel))

    def explain(self, student: int, lesson: int) -> Explanation:
        """Weigh the options of one lesson anew, beside the rest of the plan as it stands."""
        stored = self._stored.get((student, lesson))
        options = self.problem.options.get((student, lesson))
        if stored is None or options is None:
            raise JetkizError(
                N_("The plan of week {week} has no such lesson for this student."),
                N_("Look at the student's language and grade, or make the plan again."),
                week=self.problem.week,
            )
        slot = slot_of(self.problem, student, lesson)
        own = slot.option(stored.channel)
        self._room.give_back(slot, own)
        judged = self._room.judge(slot)
        self._room.take(slot, own)
        stands = self.problem.standing.get((student, lesson))
        best = winner(judged)
        choice = Choice(
            best.channel if best else None, reason_for(case_of(self.problem, slot, judged), best)
        )
        if stands:
            # A re-plan asks nothing of it again: it is weighed only to show what it stands beside.
            choice = stands
            best = next((one for one in judged if one.channel == stands.channel), None)
        lines = tuple(
            sorted(
                (self._line(slot, option, judged, best) for option in options),
                key=lambda line: (line.standing, -line.net, line.option.channel),
            )
        )
        return Explanation(
            student=student,
            lesson=self.problem.lessons[lesson],
            stored=stored,
            choice=choice,
            lines=lines,
            changes=tuple(self._changes(lines, best, lesson)),
        )

    def _line(
        self, slot: Slot, option: Option, judged: Sequence[Judged], best: Judged | None
    ) -> OptionLine:
        found = next((one for one in judged if one.channel == option.channel), None)
        if found is None:
            return OptionLine(option, self._why_not(slot, option))
        standing = Standing.NO_ROOM if found.lacks else Standing.OPEN
        return OptionLine(
            option=option,
            standing=Standing.CHOSEN if found is best else standing,
            fit=channel_choice.fit(slot.lesson.kind, option.channel),
            tenge=found.cost / PER_TENGE,
            net=found.net,
            lacks=tuple(found.lacks),
        )

    def _why_not(self, slot: Slot, option: Option) -> Standing:
        if not option.possible:
            return Standing.FAILED
        if slot.lesson.id in self.problem.channels[option.channel].too_late:
            return Standing.TOO_LATE
        return Standing.DECIDED

    def _changes(
        self, lines: Sequence[OptionLine], best: Judged | None, lesson: int
    ) -> Iterator[Change]:
        net = best.net if best else 0.0
        for line in lines:
            name = line.option.channel
            if line.standing == Standing.OPEN:
                yield from self._better_chance(line, net, lesson)
            elif line.standing == Standing.NO_ROOM and line.net > net:
                yield Change(N_("{channel} would win if there were room again."), name, {})
            elif line.standing == Standing.FAILED:
                words = N_("{channel} would be weighed if this changed: {test}.")
                yield Change(words, name, {})

    def _better_chance(self, line: OptionLine, net: float, lesson: int) -> Iterator[Change]:
        """The likelihood at which the runner-up would win, if there is one below certainty."""
        about = self.problem.lessons[lesson]
        name, now = line.option.channel, line.option.likelihood
        plain = channel_choice.worth(about.weight, about.kind, name, now, about.has_task)
        wanted = channel_choice.likelihood_for(
            plain + net - line.net, about.weight, about.kind, name, about.has_task
        )
        if now < wanted <= 1:
            words = N_("{channel} would win if its chance rose from {now:.0%} to {wanted:.0%}.")
            yield Change(words, name, {"now": now, "wanted": wanted})


def explanation_lines(found: Explanation, title: str, t: Translator) -> list[str]:
    """Say an explanation in words: the plan's answer, the table, what would change it."""
    return [
        answer_line(found.stored, title, t),
        *(_line_words(line, t) for line in found.lines),
        *(_change_words(one, found, t) for one in found.changes),
    ]


def answer_line(choice: Choice, title: str, t: Translator) -> str:
    """Say which way a lesson goes, and the reason."""
    reason = t(CHOICE_WORDS[choice.reason])
    if choice.channel is None:
        return t("{lesson}: no channel, because: {reason}.", lesson=title, reason=reason)
    return t(
        "{lesson}: {channel}, because: {reason}.",
        lesson=title,
        channel=t(channel_words(choice.channel)),
        reason=reason,
    )


def _line_words(line: OptionLine, t: Translator) -> str:
    name = t(channel_words(line.option.channel))
    test = answer_words(line.option, t)
    standing = t(STANDING_WORDS[line.standing])
    if line.standing in {Standing.FAILED, Standing.TOO_LATE, Standing.DECIDED}:
        details = test
    else:
        details = t(
            "{test}; chance {likelihood:.0%}, fits by {fit:.0%}, costs {tenge:.0f} tenge, "
            "worth {net:.2f}",
            test=test,
            likelihood=line.option.likelihood,
            fit=line.fit,
            tenge=line.tenge,
            net=line.net,
        )
    if line.lacks:
        lacking = ", ".join(t(RESOURCE_WORDS[one]) for one in line.lacks)
        details = t("{details}; used up: {lacking}", details=details, lacking=lacking)
    return t("{channel}: {standing} ({details}).", channel=name, standing=standing, details=details)


def _change_words(one: Change, found: Explanation, t: Translator) -> str:
    line = next(each for each in found.lines if each.option.channel == one.channel)
    test = t(line.option.test, **line.option.facts)
    return t(one.sentence, channel=t(channel_words(one.channel)), test=test, **one.facts)
