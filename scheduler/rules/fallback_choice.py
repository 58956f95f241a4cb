"""Which second way of a lesson stands ready: one that fails apart from the first, and in time.

It begins only when the first is known to have failed, which is looked at on the evening of the
lesson's day: a way that needs a start before that can bring nothing any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jetkiz.calendar.school_weeks import add_school_days


@dataclass(frozen=True, slots=True)
class SecondWay:
    """A channel that could bring a lesson; ``net`` is its worth less what it costs.

    ``can_take_over`` is False for what happens at an hour of its own: an airing is over by then.
    """

    channel: str
    failure_domain: str
    is_paper: bool
    lead_days: int
    can_take_over: bool
    net: float
    rank: int


def arrives_after(known_on: date, *, is_paper: bool, lead_days: int) -> date:
    """Return the day on which a lesson arrives that starts on the evening of ``known_on``.

    Paper is printed and carried when the school is open again, on the next school day.
    """
    start = add_school_days(known_on, 1) if is_paper else known_on
    return add_school_days(start, lead_days)


def ways_after(
    failure_domain: str, ways: Iterable[SecondWay], known_on: date, last_useful_day: date
) -> tuple[SecondWay, ...]:
    """Return the ways that can take over from one of this failure domain, the best first.

    Those that still arrive, by their worth; ties go to the lower rank.
    """
    open_ways = [
        way
        for way in ways
        if way.can_take_over
        and way.failure_domain != failure_domain
        and arrives_after(known_on, is_paper=way.is_paper, lead_days=way.lead_days)
        <= last_useful_day
    ]
    return tuple(sorted(open_ways, key=lambda way: (-round(way.net, 9), way.rank)))
