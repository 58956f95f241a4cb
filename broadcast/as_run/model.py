"""What a broadcaster's log can say of an airing, and how a log is laid out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

DRIFT: Final = timedelta(minutes=10)
"""Clocks of studios drift, and a programme before may run over: so far is still the same hour."""

WHOLE: Final = 0.9
"""This share of a lesson counts as the lesson: what is missing then is its greeting or its end."""


class Said(StrEnum):
    """What one line of a log says of its programme."""

    AIRED = "aired"
    SHORT = "short"  # it was broken off
    MISSED = "missed"  # it was planned and did not run
    NOTHING = "nothing"  # booked, or a possible match: this proves nothing


class Outcome(StrEnum):
    """What became of an airing."""

    AIRED = "aired"  # at its hour, and whole
    SHORT = "short"  # less than nine tenths of the lesson were seen
    MOVED = "moved"  # whole, but at another hour: who looked at the planned one did not see it
    MISSED = "missed"


class Clue(StrEnum):
    """By what a line was known to be of an airing."""

    AIRING = "airing"  # our own number of the airing
    ASSET = "asset"  # the house number of the lesson
    TITLE = "title"
    TIME = "time"
    GAP = "gap"  # the log goes on before and after, and the airing is not in it


class LogLayout(StrEnum):
    """How the cells of a line are told apart."""

    TABLE = "table"  # by a sign; one line names the columns
    POSITIONS = "positions"  # by a sign; the profile says which cell is what
    FIXED = "fixed"  # each cell has its columns


@dataclass(frozen=True, slots=True)
class LogProfile:
    """How one broadcaster writes its log.

    ``columns`` gives for each field the names its column may have; ``places`` first and last
    column of a fixed line, or the number of a cell, all counted from 1. ``words`` says what a
    status means, in small letters; ``other`` what every other means, None refuses it.
    ``in_name`` and ``in_head`` find date and channel in the name of the file and in the lines
    before the columns. ``day_order`` is "dmy" or "mdy" where a date is written with strokes.
    ``zone`` "" is the zone of the channel. ``is_complete`` says that everything the channel aired
    is listed, so that what is not there did not run. ``trailer`` is found in the last line of a
    file that is whole. ``channels`` gives our channels by what they are called over there.
    """

    id: str
    name: str
    layout: LogLayout = LogLayout.TABLE
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    words: Mapping[str, Said] = field(default_factory=dict)
    other: Said | None = None
    delimiter: str = ";"
    encoding: str = ""
    zone: str = ""
    day_order: str = "dmy"
    in_name: str = ""
    in_head: str = ""
    trailer: str = ""
    is_complete: bool = False
    channels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a log; ``start`` without a zone is the wall clock of the channel.

    ``is_of_day`` tells that the date is the channel's day, which may begin after midnight.
    ``seconds`` is how long it was on the air, None where the log does not say.
    """

    number: int
    said: Said
    airing: str = ""
    asset: str = ""
    title: str = ""
    channel: str = ""
    start: datetime | None = None
    is_of_day: bool = False
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class AiredAs:
    """What a log says of one airing; ``start`` is UTC, by the clock as it was set right."""

    airing: str
    outcome: Outcome
    clue: Clue
    start: datetime | None = None
    minutes: int | None = None
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherClock:
    """So many lines of a channel were written by a clock that is ``hours`` ahead of its own."""

    channel: str
    hours: int
    lines: int
    first_line: int


@dataclass(frozen=True, slots=True)
class AsRun:
    """What a log says of a week: each airing it speaks of once, and lines that fit none."""

    outcomes: tuple[AiredAs, ...]
    unknown: tuple[int, ...] = ()
    clocks: tuple[OtherClock, ...] = ()
    days: tuple[tuple[str, date], ...] = ()
    """The channels and their days of which the log has at least a line."""

    def of(self, *outcomes: Outcome) -> tuple[str, ...]:
        """Return the airings with one of these outcomes, in their order."""
        return tuple(one.airing for one in self.outcomes if one.outcome in outcomes)
