"""What a timetable has to serve: who lends hours, who learns, what is to be aired, and for whom.

Clock times are whole minutes after the midnight that begins a channel's day, in the zone of the
channel; what is aired after midnight but before the day of the channel ends has more than 1,440.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

FORMAT: Final = "broadcast-problem/1"
LONGEST: Final = 45
SHORTEST: Final = 5
GRID: Final = 5
ITERATIONS: Final = 2_000_000
SMALL_CELL: Final = 5
"""Kinds of homes with fewer homes than this are merged with others before they are written."""


class Medium(StrEnum):
    """What a channel is received with."""

    TV = "tv"  # pictures and sound
    RADIO = "radio"  # sound alone: it has its own list of lessons


@dataclass(frozen=True, slots=True)
class Meta:
    """Which days are planned, and what makes a plan come out the same again.

    ``days`` counts from ``first_day``. ``iterations`` bounds the search: never a clock.
    """

    id: str
    zone: str
    first_day: date
    days: int
    grid_min: int = GRID
    seed: int = 1
    iterations: int = ITERATIONS


@dataclass(frozen=True, slots=True)
class Hours:
    """The same hours on some days: numbers of days from 0, minutes of the channel's day."""

    days: tuple[int, ...]
    start: int
    end: int

    @property
    def minutes(self) -> int:
        """How long they last on one day."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Filler:
    """What fills the air between lessons; ``minutes`` 0 fits any gap."""

    name: str
    asset: str
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Reserve:
    """A pre-agreed plan B: hours on a channel that are used only when this one falls out."""

    channel: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class Channel:
    """A television channel or a radio station that lends hours.

    First runs stand in ``windows``, repeats in ``windows`` or ``repeat_windows``, nothing in
    ``blocked``. ``min_gap`` minutes lie between two airings. ``guide_id`` names it in guides.
    ``day_start`` is the minute after midnight at which the day of the channel begins.
    """

    id: str
    name: str
    medium: Medium
    languages: tuple[str, ...]
    regions: tuple[str, ...]
    zone: str
    windows: tuple[Hours, ...]
    repeat_windows: tuple[Hours, ...] = ()
    blocked: tuple[Hours, ...] = ()
    day_start: int = 0
    grid_min: int = GRID
    min_gap: int = 0
    fillers: tuple[Filler, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    guide_id: str = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """The students of some grades who are taught in one language by one medium.

    ``earliest`` and ``latest`` bound their lessons in the local time of every region that hears
    them. ``max_run`` minutes in a row are followed by a break of ``break_min``; 0 sets no limit.
    ``alone`` counts students whom no other channel reaches.
    """

    id: str
    language: str
    grades: tuple[int, ...]
    regions: tuple[str, ...]
    variant: str = ""
    medium: Medium = Medium.TV
    students: int = 0
    alone: int = 0
    earliest: int = 0
    latest: int = 24 * 60
    max_run: int = 0
    break_min: int = 10
    per_day_min: int = 0
    per_day_max: int = 0

    def shares_students(self, other: "Stream") -> bool:
        """True when some student belongs to both, so that the two are never aired in parallel."""
        return (
            self.language == other.language
            and not set(self.grades).isdisjoint(other.grades)
            and (not self.variant or not other.variant or self.variant == other.variant)
            and not set(self.regions).isdisjoint(other.regions)
        )


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson of a stream; ``seq`` is its place in its subject, ``asset`` its house number.

    ``day`` ties its first run to a day. ``value`` is what airing it is worth by the planner,
    ``weight`` by its teachers.
    """

    id: str
    stream: str
    subject: str
    seq: int
    minutes: int
    asset: str = ""
    needs_picture: bool = True
    sign_language: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)
    day: int | None = None
    value: float | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class HomeKind:
    """So many homes whose children learn in these streams; nothing tells one from another.

    ``children`` may differ from the number of streams: a child may learn in two streams, and two
    children in one. ``region`` "" means anywhere.
    """

    streams: tuple[str, ...]
    count: int
    children: int
    tv_sets: int = 1
    radios: int = 1
    region: str = ""


@dataclass(frozen=True, slots=True)
class FixedAiring:
    """What is agreed already and may not move: minutes of the day of its channel."""

    lesson: str
    channel: str
    day: int
    start: int
    is_repeat: bool = False


class ConditionKind(StrEnum):
    """What may be asked of the first runs of some lessons beyond what binds every timetable."""

    APART = "apart"  # any two of them stand at least ``days`` days apart
    BEFORE = "before"  # each of them is over before any of the others begins
    BEFORE_EACH_DAY = "before_each_day"  # the same, but on each day for itself
    MOST_A_DAY = "most_a_day"  # at most ``count`` of them on one day
    MOST_AT_ONCE = "most_at_once"  # at most ``count`` of them on the air at one time
    SAME_HOUR = "same_hour"  # they all begin when the clock of their channel shows the same


@dataclass(frozen=True, slots=True)
class Condition:
    """Something asked of some lessons; repeats are recordings and are bound by none.

    Meant are the lessons that have everything named here; ``then_...`` names the others of
    ``BEFORE`` and ``BEFORE_EACH_DAY``.
    """

    id: str
    kind: ConditionKind
    lessons: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    sign_language: bool = False
    then_lessons: tuple[str, ...] = ()
    then_streams: tuple[str, ...] = ()
    then_subjects: tuple[str, ...] = ()
    count: int = 1
    days: int = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """What is wanted beyond what must be.

    ``repeat_quota`` bounds repeats, -1 as many as help. ``freeze_min`` minutes from now nothing
    changes any more. ``split_weight`` compares a second block on one day with children of one
    home who meet, ``many_children_weight`` homes of four children or more with smaller ones.
    ``first_grades`` and ``exam_grades`` are chosen first where air is short and the planner is
    silent.
    """

    repeat_quota: int = -1
    freeze_min: int = 30
    one_a_day: bool = True
    split_weight: float = 5.0
    many_children_weight: float = 2.0
    first_grades: tuple[int, ...] = (1,)
    exam_grades: tuple[int, ...] = (9, 11)


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a plan is made from; the same problem gives the same plan, byte by byte.

    ``regions`` gives each region its IANA zone.
    """

    meta: Meta
    regions: Mapping[str, str]
    channels: tuple[Channel, ...]
    streams: tuple[Stream, ...]
    lessons: tuple[Lesson, ...]
    homes: tuple[HomeKind, ...] = ()
    policy: Policy = field(default_factory=Policy)
    fixed: tuple[FixedAiring, ...] = ()
    conditions: tuple[Condition, ...] = ()
