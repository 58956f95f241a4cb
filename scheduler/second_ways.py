"""Which second way stands ready for each lesson of a plan whose first ways are settled.

What is planned by hand gets one too: a decision is kept, but when it fails nobody would hear.
Second ways share what is kept for them and what the first ways left over. Whoever is expected to
need one most, chance of failure x worth, comes first; then the next best way, then none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jetkiz.calendar.useful_days import last_useful_day
from jetkiz.delivery.model import StudentPlan
from jetkiz.delivery.slots import CHANNEL_NUMBERS
from jetkiz.roster.model import Need
from scheduler.model import CapacityUse, Option, PlannedLesson, PlannedStudent, PlanProblem
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import LESSON, PER_TENGE
from scheduler.rules.fallback_choice import SecondWay, ways_after
from scheduler.rules.fallback_room import need_of
from scheduler.rules.page_counts import pages_for
from scheduler.rules.ties import tie_of
from scheduler.second_way_room import Asked, Room

_LAST_RANK = 99

_Place = tuple[int, int]


def with_fallbacks(
    problem: PlanProblem,
    students: Sequence[StudentPlan],
    use: Sequence[CapacityUse],
    before: Sequence[StudentPlan] = (),
) -> tuple[StudentPlan, ...]:
    """Return the students' weeks, each lesson that has a channel with its second way, if any.

    ``use`` is what the first ways take. In a re-plan lessons that stay keep the second way that
    they had ``before``, or none, as long as it is open to them.
    """
    desk = _Desk(problem)
    wishes = [one for line in students for one in desk.wishes(line)]
    found = _given(Room.of(problem, students, use), wishes, _stood(problem, students, before))
    return tuple(_with(line, found) for line in students)


def open_ways(
    problem: PlanProblem, student: int, lesson: int, channel: str
) -> tuple[SecondWay, ...]:
    """Return what could take over from a lesson's channel if there were room, the best first."""
    return _Desk(problem).ways(problem.student[student], lesson, channel)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A lesson that may need a second way, and all ways that could take over, the best first."""

    asked: Asked
    ways: tuple[SecondWay, ...]

    @property
    def place(self) -> _Place:
        """The student and the lesson."""
        return self.asked.student.id, self.asked.lesson.id

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Who is served first: the greatest expected need; ties by what has nothing to do with it.

        Between equals the hash of the student's number decides, and the day's order at last.
        """
        need = self.asked.need * round(self.ways[0].net * LESSON)
        return -need, tie_of(self.asked.student.id), self.asked.student.id, self.asked.lesson.id


@dataclass(frozen=True, slots=True)
class _Desk:
    """Chooses once for all homes that are alike: a school of 2,000 has 60,000 lessons."""

    problem: PlanProblem
    known: dict[tuple[int, int, str, bool], tuple[SecondWay, ...]] = field(default_factory=dict)

    def wishes(self, line: StudentPlan) -> Iterator[_Wish]:
        """Return the lessons of a student that something could take over."""
        student = self.problem.student[line.student]
        for lesson, choice in zip(line.lessons, line.choices, strict=True):
            if choice.channel is None:
                continue
            ways = self.ways(student, lesson, choice.channel)
            if ways:
                need = need_of(self._likelihood(student.id, lesson, choice.channel))
                yield _Wish(Asked(student, self.problem.lessons[lesson], need), ways)

    def _likelihood(self, student: int, lesson: int, channel: str) -> float:
        options = self.problem.options[student, lesson]
        return next((one.likelihood for one in options if one.channel == channel), 0.0)

    def ways(self, student: PlannedStudent, lesson: int, channel: str) -> tuple[SecondWay, ...]:
        """Return what could take over from a channel."""
        options = self.problem.options[student.id, lesson]
        is_large = Need.LARGE_PRINT in student.needs
        key = (id(options), lesson, channel, is_large)
        if key not in self.known:
            about = self.problem.lessons[lesson]
            self.known[key] = ways_after(
                self.problem.channels[channel].failure_domain,
                self._possible(options, about, is_large),
                about.day,
                last_useful_day(self.problem.week, about.day, about.due),
            )
        return self.known[key]

    def _possible(
        self, options: Sequence[Option], about: PlannedLesson, is_large: bool
    ) -> Iterator[SecondWay]:
        pages = pages_for(about.pages, large_print=is_large)
        for option in options:
            if not option.possible:
                continue
            name, terms = option.channel, self.problem.channels[option.channel]
            worth = channel_choice.worth(
                about.weight, about.kind, name, option.likelihood, about.has_task
            )
            tenge = channel_choice.tenge_of_pack(name) + channel_choice.tenge_of_pages(name, pages)
            if terms.has_seats:
                tenge += channel_choice.tenge_of_seat(name)
            yield SecondWay(
                channel=name,
                failure_domain=terms.failure_domain,
                is_paper=terms.is_paper,
                lead_days=terms.lead_days,
                can_take_over=terms.can_take_over,
                net=worth - tenge * PER_TENGE,
                rank=CHANNEL_NUMBERS.get(name, _LAST_RANK),
            )


def _stood(
    problem: PlanProblem, students: Sequence[StudentPlan], before: Sequence[StudentPlan]
) -> dict[_Place, str | None]:
    """Return the second ways, or None, of the lessons whose way a re-plan leaves alone."""
    if not before:
        return {}
    now = {
        (line.student, lesson): choice.channel
        for line in students
        for lesson, choice in zip(line.lessons, line.choices, strict=True)
    }
    return {
        place: fallback
        for line in before
        for lesson, choice, fallback in zip(
            line.lessons, line.choices, line.fallbacks or (None,) * len(line.lessons), strict=True
        )
        for place in [(line.student, lesson)]
        if place in problem.standing and now.get(place) == choice.channel
    }


def _given(
    room: Room, wishes: Sequence[_Wish], stood: Mapping[_Place, str | None]
) -> dict[_Place, str]:
    """Return the second way of each lesson that has one."""
    found: dict[_Place, str] = {}
    free = []
    for wish in sorted(wishes, key=lambda one: one.order):
        kept = stood.get(wish.place, "")
        if kept is None:
            continue
        if kept in {way.channel for way in wish.ways}:
            # Others' first ways may need that room by now: it was promised, and is looked at again
            # when it takes over.
            room.takes(wish.asked, kept, anyway=True)
            found[wish.place] = kept
        else:
            free.append(wish)
    # Whoever shares a pack with others, or leaves one for a better way, makes room once more.
    while sum(_improve(room, wish, found) for wish in free):
        pass
    return found


def _improve(room: Room, wish: _Wish, found: dict[_Place, str]) -> bool:
    """Give a lesson the best way that has room, if it is better than the one it has."""
    own = found.get(wish.place)
    if own == wish.ways[0].channel:
        return False
    if own:
        room.gives_back(wish.asked, own)
    for way in wish.ways:
        if room.takes(wish.asked, way.channel):
            found[wish.place] = way.channel
            return way.channel != own
    return False


def _with(line: StudentPlan, found: Mapping[_Place, str]) -> StudentPlan:
    ways = tuple(found.get((line.student, lesson)) for lesson in line.lessons)
    return replace(line, fallbacks=ways if any(ways) else ())
