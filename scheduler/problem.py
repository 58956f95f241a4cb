"""What the planner is given: students, lessons, what reaches whom, and how much paper there is."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from jetkiz.calendar.school_weeks import days_of, parse_week, week_of
from jetkiz.channel import Channel
from jetkiz.config import Settings
from jetkiz.delivery.tallies import channels_by_slot
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson, LessonKind
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.access_profile import UNKNOWN, AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import DeliveryMode, Home, School
from jetkiz.roster.register import read_delivery_modes, read_homes, read_schools
from scheduler.capacities import capacities_of, shares_of
from scheduler.home_room import HomeRoom
from scheduler.model import (
    EVERY_LESSON,
    Learned,
    Option,
    Override,
    PlannedLesson,
    PlannedStudent,
    PlanProblem,
    SetAside,
    Terms,
)
from scheduler.overrides import by_lesson, read_overrides
from scheduler.planned_students import planned_students
from scheduler.rules.channel_choice import TRIED_UNASKED, UNASKED_LIKELIHOOD
from scheduler.rules.deadlines import Deadlines, deadlines_of, too_late
from scheduler.rules.page_counts import estimated_pages

if TYPE_CHECKING:
    from scheduler.learning.experience import Experience

_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".svg")
_PAPER_WAYS = {
    DeliveryMode.POST: "post",
    DeliveryMode.HAND: "in_person",
    DeliveryMode.PICK_UP: "in_person",
}
# What would have to be true for a trial: asked of the channel, never kept.
_SUPPOSED = {
    "in_person": Fact(FactKind.PICK_UP, "yes", Source.IMPORT, date.min),
    "post": Fact(FactKind.POST, "yes", Source.IMPORT, date.min),
    "duty_class": Fact(FactKind.PICK_UP, "yes", Source.IMPORT, date.min),
}
_TRIED = N_("nobody has asked this home yet: the school tries to hand paper over")
_DECIDED = N_("nobody has asked this home yet; a person decided to try it")
_LATE = N_("it would come too late for this lesson")
_NO_SUCH_CHANNEL = N_("this school has no such channel")


Options = dict[tuple[int, int], tuple[Option, ...]]


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the database says about a week; equal inputs give equal problems at one moment.

    ``homes`` stand in the order of their students, ``paper_ways`` by household, ``previous`` gives
    each student's channels of the week before, by slot. ``experience`` is there only where
    likelihoods are to be learned; receipts that come in while a plan is made do not undo it.
    """

    week: str
    shelf: tuple[Lesson, ...]
    homes: tuple[Home, ...]
    paper_ways: Mapping[int, str]
    overrides: tuple[Override, ...]
    previous: Mapping[int, tuple[str | None, ...]]
    schools: tuple[School, ...] = ()
    experience: "Experience | None" = field(default=None, compare=False)


def read_inputs(connection: Connection, week: str) -> Inputs:
    """Read what decides about a week, and think about none of it: this may hold others up."""
    modes = read_delivery_modes(connection)
    before: date = parse_week(week) - timedelta(days=7)
    return Inputs(
        week=week,
        shelf=tuple(read_lessons(connection, week)),
        homes=tuple(read_homes(connection)),
        paper_ways={household: _PAPER_WAYS[mode] for household, mode in modes.items()},
        overrides=tuple(read_overrides(connection, week)),
        previous=channels_by_slot(connection, week_of(before)),
        schools=tuple(read_schools(connection)),
    )


def with_experience(
    connection: Connection,
    inputs: Inputs,
    channels: Iterable[str],
    settings: Settings,
    now: datetime,
) -> Inputs:
    """Add what past weeks tell of these homes, if the setting says that the plan learns."""
    if not settings.learning:
        return inputs
    try:
        # Numbers in rows need a library that a school without learning does not.
        from scheduler.learning.experience import read_experience  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise JetkizError(
            N_("Learning from past weeks needs the package {package}, which is not installed."),
            N_("Install it with: pip install 'jetkiz[planner]', or set learning to false."),
            package=error.name,
        ) from error
    today = deadlines_of(inputs.week, settings.print_cutoff, settings.zone, now).now.date()
    found = read_experience(connection, inputs.week, inputs.homes, channels, today)
    return replace(inputs, experience=found)


def problem_of(
    inputs: Inputs,
    channels: Mapping[str, Channel],
    settings: Settings,
    now: datetime,
    version: int,
) -> PlanProblem:
    """Judge what was read about a week; a week that is over or empty is refused."""
    week, shelf = inputs.week, inputs.shelf
    deadlines = deadlines_of(week, settings.print_cutoff, settings.zone, now)
    refuse_the_past(week, deadlines)
    _refuse_emptiness(week, shelf, inputs.homes)
    students = planned_students(inputs.homes, shelf, inputs.paper_ways)
    terms = {name: _terms(one, shelf, deadlines) for name, one in channels.items()}
    lessons = {one.id: one for one in shelf}
    decisions = by_lesson(inputs.overrides, students)
    options = _options(inputs.homes, students, lessons, channels)
    options = _dared(decisions, options, inputs.homes, lessons, channels)
    options, learned = _learned(options, inputs.experience)
    kept, set_aside = _decisions(decisions, options, terms, (students, lessons))
    return PlanProblem(
        week=week,
        version=version,
        students=students,
        lessons={one.id: _lesson(one) for one in shelf},
        channels=terms,
        options=options,
        capacities=capacities_of(settings, inputs.schools),
        shares=shares_of(inputs.schools),
        overrides=kept,
        set_aside=set_aside,
        previous=inputs.previous,
        learned=learned,
    )


def _learned(options: Options, experience: "Experience | None") -> tuple[Options, Learned | None]:
    if experience is None:
        return options, None
    from scheduler.learning.options import learned_options  # noqa: PLC0415 - as above

    learned = Learned(len(experience.weeks), experience.students)
    return learned_options(options, experience), learned


def refuse_the_past(week: str, deadlines: Deadlines) -> None:
    """Refuse a week that is over."""
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
        pages=pages_of(one),
        due=one.task.due if one.task else None,
        is_signed=one.sign_language,
    )


def pages_of(one: Lesson) -> int:
    """Return the printed sides of a lesson, estimated: the printer counts later.

    The pages that its teacher set are counted already; the questions of a quiz follow them.
    """
    asked = sum(len(q.text) + sum(map(len, q.options)) for q in one.quiz)
    if one.ready_pages and one.ready_pages.pages:
        behind = estimated_pages(asked, 0, 0) if asked else 0
        return one.ready_pages.pages + behind + one.answer_pages
    pictures = sum(file.name.lower().endswith(_PICTURES) for file in one.files)
    if one.kind == LessonKind.PICTURES:
        pictures = max(pictures, 1)
    return estimated_pages(len(one.text) + asked, pictures, one.answer_pages)


def _terms(channel: Channel, shelf: Sequence[Lesson], deadlines: Deadlines) -> Terms:
    can = channel.capabilities
    dated = [(one.id, one.day, one.task.due if one.task else None) for one in shelf]
    late = too_late(deadlines, dated, is_paper=can.is_paper, lead_days=can.lead_days)
    return Terms(
        name=channel.name,
        is_paper=can.is_paper,
        lead_days=can.lead_days,
        failure_domain=can.failure_domain,
        too_late=late,
        screen=can.screen,
        can_take_over=can.can_take_over,
        has_seats=can.has_seats,
    )


def _options(
    homes: Sequence[Home],
    students: Sequence[PlannedStudent],
    lessons: Mapping[int, Lesson],
    channels: Mapping[str, Channel],
) -> Options:
    """Ask every channel about every lesson once for all homes that are alike.

    Half of a school's homes have a neighbour with the same answers.
    """
    by_id = {home.student.id: home for home in homes}
    ordered = [channels[name] for name in sorted(channels)]
    answers: dict[tuple[Hashable, int], tuple[Option, ...]] = {}
    found = {}
    for student in students:
        home = by_id[student.id]
        like = _likeness(home)
        for lesson in student.curriculum:
            if (like, lesson) not in answers:
                answers[like, lesson] = tuple(
                    _option(channel, home, lessons[lesson]) for channel in ordered
                )
            found[student.id, lesson] = answers[like, lesson]
    return found


def _likeness(home: Home) -> Hashable:
    """Return all of a home that a channel may ask for: see ``Channel.can_reach``."""
    facts = tuple((fact.kind, fact.value) for fact in home.profile.facts)
    return home.student.needs, home.delivery_mode, home.postal, home.region, facts


def _option(channel: Channel, home: Home, lesson: Lesson) -> Option:
    reach = channel.can_reach(home, lesson)
    if not reach.possible and home.profile.is_unknown and channel.name == TRIED_UNASKED:
        tried = _trial(channel, home, lesson, _TRIED)
        if tried:
            return tried
    barred = False
    if home.student.needs and not reach.possible:
        plain = replace(home, student=replace(home.student, needs=frozenset()))
        barred = channel.can_reach(plain, lesson).possible
    return Option(channel.name, reach.possible, reach.likelihood, reach.test, reach.facts, barred)


def _trial(channel: Channel, home: Home, lesson: Lesson, test: str) -> Option | None:
    """Return a channel's answer if what nobody knows of the home were true; else None."""
    supposed = _SUPPOSED.get(channel.name)
    if supposed is None or home.profile.value(supposed.kind) != UNKNOWN:
        return None
    known = (fact for fact in home.profile.facts if fact.kind != supposed.kind)
    asked = replace(home, profile=AccessProfile((*known, supposed)))
    if not channel.can_reach(asked, lesson).possible:
        return None
    return Option(channel.name, possible=True, likelihood=UNASKED_LIKELIHOOD, test=test)


def _dared(
    decisions: Mapping[tuple[int, int], Override],
    options: Options,
    homes: Sequence[Home],
    lessons: Mapping[int, Lesson],
    channels: Mapping[str, Channel],
) -> Options:
    """Open the ways that people decided for, where only nobody knows whether they reach the home.

    What is known to fail stays closed.
    """
    by_id = {home.student.id: home for home in homes}
    opened = {}
    for (student, lesson), one in decisions.items():
        channel = channels.get(one.channel)
        own = options[student, lesson]
        if channel is None or any(o.possible for o in own if o.channel == one.channel):
            continue
        trial = _trial(channel, by_id[student], lessons[lesson], _DECIDED)
        if trial:
            opened[student, lesson] = tuple(trial if o.channel == one.channel else o for o in own)
    return options | opened


def _decisions(
    decisions: Mapping[tuple[int, int], Override],
    options: Options,
    terms: Mapping[str, Terms],
    about: tuple[Sequence[PlannedStudent], Mapping[int, Lesson]],
) -> tuple[dict[tuple[int, int], Override], tuple[SetAside, ...]]:
    """Split the decisions into those that can be kept and those that cannot, with the test."""
    people, lessons = {one.id: one for one in about[0]}, about[1]
    room, failing = HomeRoom(), {}
    # Where a home has not enough for all of them, a decision on a single lesson comes first.
    for place in sorted(decisions, key=lambda each: (decisions[each].lesson == EVERY_LESSON, each)):
        student, lesson = place
        term = terms.get(decisions[place].channel)
        found = _failing(options[place], term, lesson)
        if term and found is None:
            test = room.take(people[student], lessons[lesson], term.screen)
            found = (test, {}) if test else None
        failing[place] = found
    kept = {place: one for place, one in decisions.items() if failing[place] is None}
    return kept, tuple(
        SetAside(one, place[1], *found)
        for place, one in decisions.items()
        if (found := failing[place])
    )


def _failing(
    options: Sequence[Option], terms: Terms | None, lesson: int
) -> tuple[str, Mapping[str, Any]] | None:
    """Return the test that a decision for a channel fails, with its facts."""
    option = next((o for o in options if terms and o.channel == terms.name), None)
    if terms is None or option is None:
        return _NO_SUCH_CHANNEL, {}
    if not option.possible:
        return option.test, option.facts
    return (_LATE, {}) if lesson in terms.too_late else None
