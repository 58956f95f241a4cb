"""Whether a plan may be saved: an independent look that knows only the plan and its inputs.

It shares no line with the planner but the published tables: a planner's own books can lie.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.i18n import N_
from scheduler.checking_books import DRAW, TOLERANCE, Books, Line, lines_of
from scheduler.checking_fallbacks import check_fallbacks, check_second_room
from scheduler.checking_second_room import SecondBooks
from scheduler.model import Option, Plan, PlanProblem, Violation
from scheduler.rules.channel_choice import HomeLimit, Resource, Scarce

# A saved plan keeps its cost in whole hundredths of a tenge.
SMALLEST_COIN: Final = 0.01

_USED_UP: Final[Mapping[ChoiceReason, frozenset[Scarce]]] = {
    ChoiceReason.NO_PAGES: frozenset({Resource.PRINT_PAGES, Resource.COPIER_PAGES}),
    ChoiceReason.NO_MONEY: frozenset({Resource.POST_MONEY}),
    ChoiceReason.NO_SEATS: frozenset({Resource.DUTY_SEATS}),
    ChoiceReason.NO_MESSAGES: frozenset({Resource.MESSAGES}),
    ChoiceReason.NO_MARKING: frozenset({Resource.MARKING}),
    ChoiceReason.NO_SCREEN_TIME: frozenset({HomeLimit.PHONE_HOURS, HomeLimit.TV_HOURS}),
    ChoiceReason.NO_DATA: frozenset({HomeLimit.DATA_PLAN}),
}


def check(problem: PlanProblem, plan: Plan) -> list[Violation]:
    """Return every rule that the plan breaks; an empty list lets it be saved."""
    found = [*_check_students(problem, plan), *_check_channels(problem, plan)]
    if found:
        return found
    books = Books(problem, lines_of(problem, plan))
    for line in books.lines:
        found += _check_choice(problem, line)
    # Sums and reasons of options that do not exist would only hide the cause.
    if not found:
        found += [*_check_sums(books, plan), *_check_homes(books)]
        for line in books.lines:
            # What stands was judged when it was chosen; since then others have moved.
            if (line.student.id, line.lesson.id) not in problem.standing:
                found += _check_reason(books, line)
    wrong = check_fallbacks(problem, plan)
    if not found and not wrong:
        wrong = [*check_second_room(SecondBooks.of(problem, plan, books.used))]
    return found + wrong


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


def _check_choice(problem: PlanProblem, line: Line) -> Iterator[Violation]:
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
    stands = problem.standing.get((student.id, lesson.id))
    if stands and stands != choice:
        yield Violation(
            "standing",
            N_("Lesson {lesson} of student {student} was to stay as it was."),
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


def _can_bring(problem: PlanProblem, line: Line, channel: str) -> bool:
    options = problem.options[line.student.id, line.lesson.id]
    is_on_its_way = (line.student.id, line.lesson.id) in problem.on_its_way
    return any(
        one.channel == channel
        and one.possible
        and (is_on_its_way or _is_in_time(problem, line, one))
        for one in options
    )


def _is_in_time(problem: PlanProblem, line: Line, option: Option) -> bool:
    return line.lesson.id not in problem.channels[option.channel].too_late


def _check_sums(books: Books, plan: Plan) -> Iterator[Violation]:
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
    total = books.objective
    is_bounded = plan.objective <= plan.bound + TOLERANCE * max(1.0, abs(total))
    if not (_is_near(plan.objective, total) and is_bounded):
        facts = {"said": plan.objective, "counted": total, "bound": plan.bound}
        yield Violation(
            "objective",
            N_("The plan says it is worth {said:.4f}; counted {counted:.4f}, bound {bound:.4f}."),
            facts,
        )
    tenge = books.tenge
    if not _is_near(plan.cost, tenge, SMALLEST_COIN):
        yield Violation(
            "cost",
            N_("The plan says it costs {said:.0f} tenge; counted {counted:.0f}."),
            {"said": plan.cost, "counted": tenge},
        )


def _check_homes(books: Books) -> Iterator[Violation]:
    for (number, screen, day), lessons in sorted(books.on_screen.items()):
        resource, limit = books.limit(books.problem.student[number], screen, day)
        if lessons > limit:
            yield Violation(
                "home",
                N_("Student {student} has {lessons} lessons where the home has room for {limit}."),
                {"student": number, "lessons": lessons, "limit": limit, "resource": resource.value},
            )


def _is_near(said: float, counted: float, least: float = TOLERANCE) -> bool:
    """False for what is no number at all: it is near nothing."""
    return abs(said - counted) <= max(least, TOLERANCE * abs(counted))


def _check_reason(books: Books, line: Line) -> Iterator[Violation]:
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
    books: Books, line: Line, possible: list[Option], on_time: list[Option]
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


def _is_true_among_rivals(books: Books, line: Line, on_time: list[Option]) -> bool:
    chosen = books.option(line, str(line.choice.channel))
    own = books.net(line, chosen)
    better = [one for one in on_time if books.net(line, one) > own + DRAW]
    if any(not books.lacks(line, one.channel) for one in better):
        return False
    before = books.problem.previous.get(line.student.id, ())
    truths: Mapping[ChoiceReason, bool] = {
        ChoiceReason.SECOND_BEST: bool(better),
        ChoiceReason.BEST_VALUE: not better,
        ChoiceReason.KEPT: line.place < len(before) and before[line.place] == chosen.channel,
        ChoiceReason.ASKED_FOR: line.student.wish == chosen.channel,
        ChoiceReason.CHEAPER: any(
            books.gross(line, one) > books.gross(line, chosen) - DRAW
            for one in on_time
            if one is not chosen
        ),
    }
    return truths.get(line.choice.reason, False)


def _is_true_for_none(
    books: Books,
    line: Line,
    possible: list[Option],
    on_time: list[Option],
    *,
    is_barred: bool,
) -> bool:
    reason = line.choice.reason
    if reason in _USED_UP:
        lacking = [books.lacks(line, one.channel) for one in on_time]
        return all(lacking) and any(_USED_UP[reason] & some for some in lacking)
    truths: Mapping[ChoiceReason, bool] = {
        ChoiceReason.CUTOFF_PASSED: bool(possible) and not on_time,
        ChoiceReason.NO_VARIANT: not possible and is_barred,
        ChoiceReason.UNKNOWN_PROFILE: not possible and line.student.is_unknown,
        ChoiceReason.NO_CHANNEL_FITS: not possible,
    }
    return truths.get(reason, False)
