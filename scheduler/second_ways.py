"""Which second way stands ready for each lesson of a plan whose first ways are settled.

What is planned by hand gets one too: a decision is kept, but when it fails nobody would hear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from jetkiz.delivery.model import StudentPlan
from jetkiz.delivery.slots import CHANNEL_NUMBERS
from jetkiz.roster.model import Need
from scheduler.model import Option, PlannedLesson, PlanProblem
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import PER_TENGE
from scheduler.rules.deadlines import last_useful_day
from scheduler.rules.fallback_choice import SecondWay, fallback_of
from scheduler.rules.page_counts import pages_for

_LAST_RANK = 99


def with_fallbacks(
    problem: PlanProblem, students: Sequence[StudentPlan]
) -> tuple[StudentPlan, ...]:
    """Return the students' weeks, each lesson that has a channel with its second way, if any."""
    desk = _Desk(problem)
    return tuple(replace(one, fallbacks=desk.fallbacks(one)) for one in students)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Chooses once for all homes that are alike: a school of 2,000 has 60,000 lessons."""

    problem: PlanProblem
    known: dict[tuple[int, int, str, bool], str | None] = field(default_factory=dict)

    def fallbacks(self, one: StudentPlan) -> tuple[str | None, ...]:
        """Return the second ways of one student by slot; nothing when there is none at all."""
        is_large = Need.LARGE_PRINT in self.problem.student[one.student].needs
        found = tuple(
            self._fallback(one.student, lesson, choice.channel, is_large)
            for lesson, choice in zip(one.lessons, one.choices, strict=True)
        )
        return found if any(found) else ()

    def _fallback(
        self, student: int, lesson: int, channel: str | None, is_large: bool
    ) -> str | None:
        if channel is None:
            return None
        options = self.problem.options[student, lesson]
        key = (id(options), lesson, channel, is_large)
        if key not in self.known:
            self.known[key] = self._choose(options, lesson, channel, is_large)
        return self.known[key]

    def _choose(
        self, options: Sequence[Option], lesson: int, channel: str, is_large: bool
    ) -> str | None:
        about = self.problem.lessons[lesson]
        return fallback_of(
            self.problem.channels[channel].failure_domain,
            self._ways(options, about, is_large),
            about.day,
            last_useful_day(self.problem.week, about.day, about.due),
        )

    def _ways(
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
            yield SecondWay(
                channel=name,
                failure_domain=terms.failure_domain,
                is_paper=terms.is_paper,
                lead_days=terms.lead_days,
                can_take_over=terms.can_take_over,
                net=worth - tenge * PER_TENGE,
                rank=CHANNEL_NUMBERS.get(name, _LAST_RANK),
            )
