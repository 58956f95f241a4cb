"""What the planner is given: students, lessons, what reaches whom, and how much paper there is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from jetkiz.calendar.school_weeks import days_of, parse_week, week_of
from jetkiz.channel import Channel
from jetkiz.config import Settings
from jetkiz.delivery.ledger import lesson_states
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson, LessonKind
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.access_profile import UNKNOWN, AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import DeliveryMode, Home
from jetkiz.roster.register import read_homes, read_households
from scheduler.model import (
    EVERYWHERE,
    Capacity,
    Option,
    Override,
    PlannedLesson,
    PlannedStudent,
    PlanProblem,
    SetAside,
    Terms,
)
from scheduler.overrides import by_lesson, read_overrides
from scheduler.rules.channel_choice import TRIED_UNASKED, UNASKED_LIKELIHOOD, Resource
from scheduler.rules.deadlines import Deadlines, deadlines_of, too_late
from scheduler.rules.page_counts import estimated_pages
from scheduler.tables import plan_run

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".svg")
_PAPER_WAYS = {
    DeliveryMode.POST: "post",
    DeliveryMode.HAND: "in_person",
    DeliveryMode.PICK_UP: "in_person",
}
# What would have to be true for the trial: asked of the channel, never kept.
_SUPPOSED = Fact(FactKind.PICK_UP, "yes", Source.IMPORT, date.min)
_TRIED = N_("nobody has asked this home yet: the school tries to hand paper over")
_LATE = N_("it would come too late for this lesson")
_NO_SUCH_CHANNEL = N_("this school has no such channel")


def read_problem(
    connection: Connection,
    channels: Mapping[str, Channel],
    week: str,
    settings: Settings,
    now: datetime,
) -> PlanProblem:
    """Read all that decides about a week; a week that is over or empty is refused."""
    deadlines = deadlines_of(week, settings.print_cutoff, settings.zone, now)
    _refuse_the_past(week, deadlines)
    shelf = read_lessons(connection, week)
    homes = read_homes(connection)
    _refuse_emptiness(week, shelf, homes)
    students = _students(connection, homes, shelf)
    terms = {name: _terms(one, shelf, deadlines) for name, one in channels.items()}
    options = _options(homes, students, {one.id: one for one in shelf}, channels)
    kept, set_aside = _decisions(
        by_lesson(read_overrides(connection, week), students), options, terms
    )
    return PlanProblem(
        week=week,
        version=_next_version(connection, week),
        students=students,
        lessons={one.id: _lesson(one) for one in shelf},
        channels=terms,
        options=options,
        capacities=_capacities(settings),
        overrides=kept,
        set_aside=set_aside,
        previous=_previous(connection, week),
    )


def _refuse_the_past(week: str, deadlines: Deadlines) -> None:
    if days_of(week)[-1] < deadlines.now.date():
        raise JetkizError(
            N_("Week {week} is over; today is {today}."),
            N_("Plan this week or a coming one."),
            week=week,
            today=deadlines.now.date().isoformat(),
        )


def _refuse_emptiness(week: str, shelf: Sequence[Lesson], homes: Sequence[Home]) -> None:
    if not homes:
        raise JetkizError(
            N_("There are no students yet."), N_("Bring them in with: jetkiz roster import.")
        )
    if not shelf:
        raise JetkizError(
            N_("There are no lessons for week {week}."),
            N_("Bring them in with: jetkiz lessons import."),
            week=week,
        )


def _students(
    connection: Connection, homes: Sequence[Home], shelf: Sequence[Lesson]
) -> tuple[PlannedStudent, ...]:
    households = read_households(connection)
    curricula = _curricula(shelf)
    found = []
    for home in homes:
        person = home.student
        household = households.get(person.household)
        wish = home.profile.value(FactKind.PREFERENCE)
        found.append(
            PlannedStudent(
                id=person.id,
                school=person.school,
                household=person.household,
                language=person.language,
                grade=person.grade,
                curriculum=curricula.get((person.language, person.grade), ()),
                needs=person.needs,
                is_unknown=home.profile.is_unknown,
                wish="" if wish == UNKNOWN else wish,
                paper_way=_PAPER_WAYS[household.delivery_mode] if household else "",
            )
        )
    return tuple(sorted(found, key=lambda one: one.id))


def _curricula(shelf: Iterable[Lesson]) -> dict[tuple[str, int], tuple[int, ...]]:
    """Return the lessons of each language and grade; the shelf is in the order of the week."""
    found: dict[tuple[str, int], list[int]] = defaultdict(list)
    for one in shelf:
        for grade in one.grades:
            found[one.language, grade].append(one.id)
    return {key: tuple(lessons) for key, lessons in found.items()}


def _lesson(one: Lesson) -> PlannedLesson:
    return PlannedLesson(
        id=one.id,
        code=one.code,
        language=one.language,
        grades=one.grades,
        day=one.day,
        order=one.order,
        kind=one.kind,
        weight=one.weight,
        has_task=one.task is not None,
        pages=_pages(one),
    )


def _pages(one: Lesson) -> int:
    pictures = sum(file.name.lower().endswith(_PICTURES) for file in one.files)
    if one.kind == LessonKind.PICTURES:
        pictures = max(pictures, 1)
    return estimated_pages(len(one.text), pictures, one.task.pages if one.task else 0)


def _terms(channel: Channel, shelf: Sequence[Lesson], deadlines: Deadlines) -> Terms:
    can = channel.capabilities
    dated = [(one.id, one.day, one.task.due if one.task else None) for one in shelf]
    late = too_late(deadlines, dated, is_paper=can.is_paper, lead_days=can.lead_days)
    return Terms(channel.name, can.is_paper, can.lead_days, can.failure_domain, late)


def _options(
    homes: Sequence[Home],
    students: Sequence[PlannedStudent],
    lessons: Mapping[int, Lesson],
    channels: Mapping[str, Channel],
) -> dict[tuple[int, int], tuple[Option, ...]]:
    by_id = {home.student.id: home for home in homes}
    ordered = [channels[name] for name in sorted(channels)]
    return {
        (student.id, lesson): tuple(
            _option(channel, by_id[student.id], lessons[lesson]) for channel in ordered
        )
        for student in students
        for lesson in student.curriculum
    }


def _option(channel: Channel, home: Home, lesson: Lesson) -> Option:
    reach = channel.can_reach(home, lesson)
    if not reach.possible and home.profile.is_unknown and channel.name == TRIED_UNASKED:
        asked = replace(home, profile=AccessProfile((_SUPPOSED,)))
        if channel.can_reach(asked, lesson).possible:
            return Option(channel.name, possible=True, likelihood=UNASKED_LIKELIHOOD, test=_TRIED)
    barred = False
    if home.student.needs and not reach.possible:
        plain = replace(home, student=replace(home.student, needs=frozenset()))
        barred = channel.can_reach(plain, lesson).possible
    return Option(channel.name, reach.possible, reach.likelihood, reach.test, reach.facts, barred)


def _decisions(
    decisions: Mapping[tuple[int, int], Override],
    options: Mapping[tuple[int, int], tuple[Option, ...]],
    terms: Mapping[str, Terms],
) -> tuple[dict[tuple[int, int], Override], tuple[SetAside, ...]]:
    """Split the decisions into those that can be kept and those that cannot, with the test."""
    kept: dict[tuple[int, int], Override] = {}
    set_aside = []
    for (student, lesson), one in decisions.items():
        option = next((o for o in options[student, lesson] if o.channel == one.channel), None)
        if option is None:
            set_aside.append(SetAside(one, lesson, _NO_SUCH_CHANNEL))
        elif not option.possible:
            set_aside.append(SetAside(one, lesson, option.test, option.facts))
        elif lesson in terms[one.channel].too_late:
            set_aside.append(SetAside(one, lesson, _LATE))
        else:
            kept[student, lesson] = one
    return kept, tuple(set_aside)


def _capacities(settings: Settings) -> tuple[Capacity, ...]:
    for name in ("print_capacity", "post_money"):
        if getattr(settings, name) < 0:
            raise JetkizError(
                N_("The setting {name} is {amount}: there cannot be less than nothing."),
                N_("Write 0 or more in the settings."),
                name=name,
                amount=getattr(settings, name),
            )
    return (
        Capacity(Resource.POST_MONEY, EVERYWHERE, float(settings.post_money), "tenge"),
        Capacity(Resource.PRINT_PAGES, EVERYWHERE, float(settings.print_capacity), "pages"),
    )


def _next_version(connection: Connection, week: str) -> int:
    last = connection.scalar(select(func.max(plan_run.c.version)).where(plan_run.c.week == week))
    return (last or 0) + 1


def _previous(connection: Connection, week: str) -> dict[int, tuple[str | None, ...]]:
    """Return the channels of the week before by slot: the same place in the week."""
    before: date = parse_week(week) - timedelta(days=7)
    found: dict[int, list[str | None]] = defaultdict(list)
    for one in sorted(lesson_states(connection, week_of(before)), key=lambda s: s.slot):
        found[one.student].append(one.channel)
    return {student: tuple(channels) for student, channels in sorted(found.items())}
