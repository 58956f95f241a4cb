"""Whether a plan may be saved: an independent look that knows only the plan and its inputs.

It shares no line with the planner but the published tables: a planner's own books can lie.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.i18n import N_
from jetkiz.roster.model import Need
from scheduler.checking_fallbacks import check_fallbacks
from scheduler.model import Option, Plan, PlannedLesson, PlannedStudent, PlanProblem, Violation
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import Resource
from scheduler.rules.page_counts import pages_for

# Rounding of sums of up to a hundred million values.
TOLERANCE: Final = 1e-6
# A saved plan keeps its cost in whole hundredths of a tenge.
SMALLEST_COIN: Final = 0.01

_Pool = tuple[Resource, str]

_USED_UP: Final = {
    ChoiceReason.NO_PAGES: Resource.PRINT_PAGES,
    ChoiceReason.NO_MONEY: Resource.POST_MONEY,
}


@dataclass(frozen=True)
class _Line:
    """One lesson of one student as the plan has it."""

    student: PlannedStudent
    lesson: PlannedLesson
    place: int
    choice: Choice

    @property
    def facts(self) -> dict[str, Any]:
        return {"student": self.student.id, "lesson": self.lesson.code}


@dataclass(frozen=True)
class _Books:
    """What the plan uses, counted from the plan alone."""

    problem: PlanProblem
    lines: tuple[_Line, ...]

    @cached_property
    def packs(self) -> Counter[tuple[int, str]]:
        return Counter(
            (line.student.household, line.choice.channel)
            for line in self.lines
            if line.choice.channel and self.problem.channels[line.choice.channel].is_paper
        )

    @cached_property
    def used(self) -> dict[_Pool, float]:
        found = dict.fromkeys(self.problem.capacity, 0.0)
        paid: set[tuple[int, str]] = set()
        for line in self.lines:
            channel = line.choice.channel
            if channel and self.problem.channels[channel].is_paper:
                pack = (line.student.household, channel)
                for pool, amount in self.need(line, channel, with_pack=pack not in paid).items():
                    found[pool] += amount
                paid.add(pack)
        return found

    def need(self, line: _Line, channel: str, *, with_pack: bool) -> dict[_Pool, float]:
        """What a lesson on paper takes of each pool."""
        found: dict[_Pool, float] = {}
        parts = [channel_choice.use_of_pages(channel, pages_on_paper(line.student, line.lesson))]
        if with_pack:
            parts.append(channel_choice.use_of_pack(channel))
        for part in parts:
            for resource, amount in part.items():
                pool = self.problem.pool(resource, line.student.school)
                if pool:
                    found[pool] = found.get(pool, 0.0) + amount
        return found

    def lacks(self, line: _Line, channel: str) -> set[Resource]:
        """What is used up for an option, the lesson's own use given back."""
        if not self.problem.channels[channel].is_paper:
            return set()
        own: dict[_Pool, float] = {}
        taken = line.choice.channel
        if taken and self.problem.channels[taken].is_paper:
            is_last = self.packs[line.student.household, taken] == 1
            own = self.need(line, taken, with_pack=is_last)
        needs = self.need(line, channel, with_pack=self._needs_pack(line, channel))
        return {
            pool[0]
            for pool, amount in needs.items()
            if self.problem.capacity[pool].amount - self.used[pool] + own.get(pool, 0.0)
            < amount - TOLERANCE
        }

    def _needs_pack(self, line: _Line, channel: str) -> bool:
        return self.packs[line.student.household, channel] == (line.choice.channel == channel)

    def gross(self, line: _Line, option: Option) -> float:
        """What an option is worth with every bonus, whatever it costs."""
        lesson, name = line.lesson, option.channel
        worth = channel_choice.worth(
            lesson.weight, lesson.kind, name, option.likelihood, lesson.has_task
        )
        before = self.problem.previous.get(line.student.id, ())
        if line.place < len(before) and before[line.place] == name:
            worth += channel_choice.KEPT
        if line.student.wish == name:
            worth += channel_choice.WISH
        if self.problem.channels[name].is_paper and line.student.paper_way not in {"", name}:
            worth -= channel_choice.OTHER_PAPER_WAY
        return worth

    def net(self, line: _Line, option: Option) -> float:
        """What an option is worth beside the rest of the plan, its cost taken off."""
        name = option.channel
        if not self.problem.channels[name].is_paper:
            return self.gross(line, option)
        tenge = channel_choice.tenge_of_pages(name, pages_on_paper(line.student, line.lesson))
        if self._needs_pack(line, name):
            tenge += channel_choice.tenge_of_pack(name)
        return self.gross(line, option) - tenge * channel_choice.PER_TENGE


def pages_on_paper(student: PlannedStudent, lesson: PlannedLesson) -> int:
    """Return the printed sides of a lesson for this student."""
    return pages_for(lesson.pages, large_print=Need.LARGE_PRINT in student.needs)


def check(problem: PlanProblem, plan: Plan) -> list[Violation]:
    """Return every rule that the plan breaks; an empty list lets it be saved."""
    found = [*_check_students(problem, plan), *_check_channels(problem, plan)]
    if found:
        return found
    books = _Books(problem, tuple(_lines(problem, plan)))
    for line in books.lines:
        found += _check_choice(problem, line)
    # Sums and reasons of options that do not exist would only hide the cause.
    if not found:
        found += _check_sums(books, plan)
        for line in books.lines:
            found += _check_reason(books, line)
    return found + check_fallbacks(problem, plan)


def _check_students(problem: PlanProblem, plan: Plan) -> Iterator[Violation]:
    if (plan.week, plan.version) != (problem.week, problem.version):
        yield Violation("week", N_("The plan belongs to another week or version."))
    curricula = {one.student: one for one in plan.students}
    if set(curricula) != set(problem.student) or len(curricula) != len(plan.students):
        yield Violation("students", N_("The plan does not hold each student exactly once."))
        return
    for one in plan.students:
        wanted = problem.student[one.student].curriculum
        if one.lessons != wanted or len(one.choices) != len(wanted):
            yield Violation(
                "lessons",
                N_("Student {student} does not have each lesson exactly once."),
                {"student": one.student},
            )


def _check_channels(problem: PlanProblem, plan: Plan) -> Iterator[Violation]:
    """A channel that is off is one fault, however many lessons it was to bring."""
    used = {choice.channel for one in plan.students for choice in one.choices if choice.channel}
    for name in sorted(used - set(problem.channels)):
        yield Violation(
            "channel",
            N_("The plan uses the channel {channel}, which is switched off here."),
            {"channel": name},
        )


def _lines(problem: PlanProblem, plan: Plan) -> Iterator[_Line]:
    for one in plan.students:
        pairs = zip(one.lessons, one.choices, strict=True)
        for place, (lesson, choice) in enumerate(pairs):
            yield _Line(problem.student[one.student], problem.lessons[lesson], place, choice)


def _check_choice(problem: PlanProblem, line: _Line) -> Iterator[Violation]:
    student, lesson, choice = line.student, line.lesson, line.choice
    if lesson.language != student.language or student.grade not in lesson.grades:
        yield Violation(
            "language",
            N_("Lesson {lesson} is not in the language and grade of student {student}."),
            line.facts,
        )
    if choice.reason.has_channel != bool(choice.channel):
        yield Violation(
            "reason",
            N_("Lesson {lesson} of student {student} has the wrong sort of reason."),
            line.facts,
        )
    override = problem.overrides.get((student.id, lesson.id))
    if override and override.channel != choice.channel:
        yield Violation(
            "override",
            N_("The decision on lesson {lesson} of student {student} is not kept."),
            line.facts,
        )
    if choice.channel and not _can_bring(problem, line, choice.channel):
        yield Violation(
            "reach",
            N_("{channel} cannot bring lesson {lesson} to student {student} in time."),
            line.facts | {"channel": choice.channel},
        )


def _can_bring(problem: PlanProblem, line: _Line, channel: str) -> bool:
    options = problem.options[line.student.id, line.lesson.id]
    return any(
        one.channel == channel and one.possible and _is_in_time(problem, line, one)
        for one in options
    )


def _is_in_time(problem: PlanProblem, line: _Line, option: Option) -> bool:
    return line.lesson.id not in problem.channels[option.channel].too_late


def _check_sums(books: _Books, plan: Plan) -> Iterator[Violation]:
    said = {(one.capacity.resource, one.capacity.key): one.used for one in plan.use}
    for pool, used in books.used.items():
        amount = books.problem.capacity[pool].amount
        facts = {"resource": pool[0].value, "key": pool[1], "used": used, "amount": amount}
        if used > amount + TOLERANCE:
            yield Violation(
                "capacity",
                N_("{resource} ({key}): {used:.0f} used of {amount:.0f}."),
                facts,
            )
        if not _is_near(said.get(pool, 0.0), used):
            yield Violation(
                "books", N_("{resource} ({key}): the plan's own count is not {used:.0f}."), facts
            )
    total = _objective(books)
    is_bounded = plan.objective <= plan.bound + TOLERANCE * max(1.0, abs(total))
    if not (_is_near(plan.objective, total) and is_bounded):
        facts = {"said": plan.objective, "counted": total, "bound": plan.bound}
        yield Violation(
            "objective",
            N_("The plan says it is worth {said:.4f}; counted {counted:.4f}, bound {bound:.4f}."),
            facts,
        )
    tenge = _tenge(books)
    if not _is_near(plan.cost, tenge, SMALLEST_COIN):
        yield Violation(
            "cost",
            N_("The plan says it costs {said:.0f} tenge; counted {counted:.0f}."),
            {"said": plan.cost, "counted": tenge},
        )


def _is_near(said: float, counted: float, least: float = TOLERANCE) -> bool:
    """False for what is no number at all: it is near nothing."""
    return abs(said - counted) <= max(least, TOLERANCE * abs(counted))


def _tenge(books: _Books) -> float:
    pages = sum(
        channel_choice.tenge_of_pages(channel, pages_on_paper(line.student, line.lesson))
        for line in books.lines
        if (channel := line.choice.channel) and books.problem.channels[channel].is_paper
    )
    return pages + sum(channel_choice.tenge_of_pack(channel) for _, channel in books.packs)


def _objective(books: _Books) -> float:
    """The worth of all choices; a pack that several lessons share is paid once."""
    total = 0.0
    for line in books.lines:
        channel = line.choice.channel
        if channel is None:
            continue
        total += books.net(line, _option(books.problem, line, channel))
        if books.packs[line.student.household, channel] == 1:
            # The only lesson of its pack has paid for the pack in its own net worth.
            total += channel_choice.tenge_of_pack(channel) * channel_choice.PER_TENGE
    packs = sum(channel_choice.tenge_of_pack(channel) for _, channel in sorted(books.packs))
    return total - packs * channel_choice.PER_TENGE


def _option(problem: PlanProblem, line: _Line, channel: str) -> Option:
    options = problem.options[line.student.id, line.lesson.id]
    return next(one for one in options if one.channel == channel)


def _check_reason(books: _Books, line: _Line) -> Iterator[Violation]:
    options = books.problem.options[line.student.id, line.lesson.id]
    possible = [one for one in options if one.possible]
    on_time = [one for one in possible if _is_in_time(books.problem, line, one)]
    if line.choice.channel:
        is_true = _is_true_for_channel(books, line, possible, on_time)
    else:
        barred = any(one.only_needs_bar for one in options)
        is_true = _is_true_for_none(books, line, possible, on_time, is_barred=barred)
    if not is_true:
        yield Violation(
            "truth",
            N_("The reason of lesson {lesson} of student {student} is not true: {reason}."),
            line.facts | {"reason": line.choice.reason.name},
        )


def _is_true_for_channel(
    books: _Books, line: _Line, possible: list[Option], on_time: list[Option]
) -> bool:
    problem, reason = books.problem, line.choice.reason
    is_override = (line.student.id, line.lesson.id) in problem.overrides
    if is_override or reason == ChoiceReason.TEACHER:
        return is_override and reason == ChoiceReason.TEACHER
    simple: Mapping[ChoiceReason, bool] = {
        ChoiceReason.NOT_ASKED_YET: line.student.is_unknown,
        ChoiceReason.ONLY_CHANNEL: len(possible) == 1,
        ChoiceReason.ONLY_IN_TIME: len(on_time) == 1 < len(possible),
    }
    if reason in simple:
        return simple[reason]
    return _is_true_among_rivals(books, line, on_time)


def _is_true_among_rivals(books: _Books, line: _Line, on_time: list[Option]) -> bool:
    chosen = _option(books.problem, line, str(line.choice.channel))
    own = books.net(line, chosen)
    better = [one for one in on_time if books.net(line, one) > own + TOLERANCE]
    if any(not books.lacks(line, one.channel) for one in better):
        return False
    before = books.problem.previous.get(line.student.id, ())
    truths: Mapping[ChoiceReason, bool] = {
        ChoiceReason.SECOND_BEST: bool(better),
        ChoiceReason.BEST_VALUE: not better,
        ChoiceReason.KEPT: line.place < len(before) and before[line.place] == chosen.channel,
        ChoiceReason.ASKED_FOR: line.student.wish == chosen.channel,
        ChoiceReason.CHEAPER: any(
            books.gross(line, one) > books.gross(line, chosen) - TOLERANCE
            for one in on_time
            if one is not chosen
        ),
    }
    return truths.get(line.choice.reason, False)


def _is_true_for_none(
    books: _Books,
    line: _Line,
    possible: list[Option],
    on_time: list[Option],
    *,
    is_barred: bool,
) -> bool:
    reason = line.choice.reason
    if reason in _USED_UP:
        lacking = [books.lacks(line, one.channel) for one in on_time]
        return all(lacking) and any(_USED_UP[reason] in some for some in lacking)
    truths: Mapping[ChoiceReason, bool] = {
        ChoiceReason.CUTOFF_PASSED: bool(possible) and not on_time,
        ChoiceReason.NO_VARIANT: not possible and is_barred,
        ChoiceReason.UNKNOWN_PROFILE: not possible and line.student.is_unknown,
        ChoiceReason.NO_CHANNEL_FITS: not possible,
    }
    return truths.get(reason, False)
