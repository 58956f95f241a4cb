"""For which decisions by hand a home has enough of its phone, its data plan and its TV.

A decision beats the planner, not the facts: what the home has no room for cannot be brought.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from jetkiz.channel import Screen
from jetkiz.i18n import N_
from jetkiz.lessons.model import Lesson, LessonKind
from scheduler.model import PlannedStudent

_NO_PHONE: Final = N_("the phone at home has no time left for it on this day")
_NO_TV: Final = N_("the TV at home has no time left for it on this day")
_NO_DATA: Final = N_("the data plan of the home pays for no more videos")

# A student, the sentence for what is used up, and the day; 0 for the whole week.
_Share = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class HomeRoom:
    """What decisions have taken of each home so far."""

    taken: Counter[_Share] = field(default_factory=Counter)

    def take(self, person: PlannedStudent, lesson: Lesson, screen: Screen) -> str:
        """Take a lesson's share of the home, or return what there is too little of."""
        shares = dict(_shares(person, lesson, screen))
        for share, most in shares.items():
            if most is not None and self.taken[share] >= most:
                return share[1]
        self.taken.update(shares.keys())
        return ""


def _shares(
    person: PlannedStudent, lesson: Lesson, screen: Screen
) -> Iterator[tuple[_Share, int | None]]:
    day = lesson.day.toordinal()
    if screen == Screen.TV:
        yield (person.id, _NO_TV, day), person.tv_lessons
    if screen == Screen.PHONE:
        yield (person.id, _NO_PHONE, day), person.phone_lessons
        if lesson.kind == LessonKind.VIDEO:
            yield (person.id, _NO_DATA, 0), person.videos
