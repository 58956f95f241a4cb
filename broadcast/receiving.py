"""Which airings of a lesson reach a home: by its sets, its region and what its child can use."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from broadcast.problem.following import DECISIVE, barrier
from broadcast.problem.model import Medium
from jetkiz.channel import Reach
from jetkiz.i18n import N_
from jetkiz.roster.access_profile import UNKNOWN, FactKind
from jetkiz.roster.model import Home, Student

# Of the homes that could watch TV lessons about one half did (Bangladesh 2020, World Bank).
_WATCHES = 0.5
_POWER_CUTS = 0.9

NOT_AIRED = N_("TV does not show this lesson")


@dataclass(frozen=True, slots=True)
class Station:
    """A television channel or a radio station; no ``regions`` means the whole country."""

    key: str
    name: str
    medium: Medium = Medium.TV
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnAir:
    """An airing of a lesson: where, when in UTC, and on which day by the clock of the station.

    ``is_signed`` says that an interpreter of sign language is in the picture.
    """

    station: Station
    start: datetime
    day: date
    is_signed: bool = False


def likeness(home: Home) -> Hashable:
    """Return all of a home that decides which airings reach it."""
    tv, radio = home.profile.value(FactKind.TV), home.profile.value(FactKind.RADIO)
    return tv, radio, home.region, home.student.needs & DECISIVE


def can_follow(one: OnAir, student: Student) -> bool:
    """True when an airing is one that the student can use, if the home receives it."""
    return not barrier(student.needs, one.station.medium, is_signed=one.is_signed)


def reaching(airings: Iterable[OnAir], home: Home) -> list[OnAir]:
    """Return the airings that a home receives and its student can use, in the same order."""
    return [one for one in airings if not _hindrance(one, home)]


def reach(airings: Sequence[OnAir], home: Home, until: date | None = None) -> Reach:
    """Say whether any airing of a lesson reaches a home, with what decides it.

    An airing after ``until``, the day on which the work is due, brings nothing. Where none
    reaches, the reason of the first is given: that is the one the family would look for.
    """
    in_time = [one for one in airings if until is None or one.day <= until]
    if not in_time:
        too_late = N_("it is aired only after the work is due")
        return Reach(possible=False, test=too_late if airings else NOT_AIRED)
    heard = reaching(in_time, home)
    if not heard:
        station = in_time[0].station
        test = _hindrance(in_time[0], home)
        return Reach(possible=False, test=test, facts={"channel": station.name})
    station = heard[0].station
    if station.medium == Medium.RADIO:
        # A radio runs on batteries.
        words, likelihood = N_("the home receives the radio station {channel}"), _WATCHES
    else:
        cuts = home.profile.value(FactKind.ELECTRICITY) == "cuts"
        words = N_("the home receives the TV channel {channel}")
        likelihood = _WATCHES * (_POWER_CUTS if cuts else 1.0)
    return Reach(possible=True, test=words, facts={"channel": station.name}, likelihood=likelihood)


def _hindrance(one: OnAir, home: Home) -> str:
    """Return why an airing does not reach a home; nothing where it does."""
    station = one.station
    is_tv = station.medium == Medium.TV
    barred = barrier(home.student.needs, station.medium, is_signed=one.is_signed)
    if barred:
        return barred
    if station.regions and home.region and home.region not in station.regions:
        return N_("{channel} is not received in the region of the school")
    kind = FactKind.TV if is_tv else FactKind.RADIO
    if station.key in home.profile.listed(kind):
        return ""
    if home.profile.value(kind) == UNKNOWN:
        return _UNKNOWN[station.medium]
    return _NOT_RECEIVED[station.medium]


_UNKNOWN = {
    Medium.TV: N_("it is not known which TV channels the home has"),
    Medium.RADIO: N_("it is not known which radio stations the home has"),
}
_NOT_RECEIVED = {
    Medium.TV: N_("the home does not receive the TV channel {channel}"),
    Medium.RADIO: N_("the home does not receive the radio station {channel}"),
}
