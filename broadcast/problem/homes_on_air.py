"""Which homes depend on the air, counted by kind: no child and no home is named.

A student depends on the air who receives one of its channels and has no other way of the same day:
neither a chat that is linked nor the internet with something to open it on. Paper takes days. Who
cannot follow a stream does not depend on it, and still counts among its students: two numbers of
one class would tell of a child who does not hear.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Select, func, select

from broadcast.problem.following import barrier
from broadcast.problem.model import SMALL_CELL, HomeKind, Medium
from jetkiz.roster.access_profile import (
    AccessProfile,
    Fact,
    FactKind,
    Source,
    strongest,
)
from jetkiz.roster.model import Need
from jetkiz.roster.register import read_needs
from jetkiz.roster.tables import access_fact, school, student

Key = tuple[Medium, str, int]
"""Medium, language and grade: what decides in which streams a student learns."""
_ASKED: Final = (
    FactKind.TV,
    FactKind.RADIO,
    FactKind.TELEGRAM,
    FactKind.INTERNET,
    FactKind.PHONE,
    FactKind.COMPUTER,
)
_SETS: Final = {Medium.TV: FactKind.TV, Medium.RADIO: FactKind.RADIO}
_ONLINE: Final = frozenset({"2g", "3g", "4g"})
_TO_OPEN: Final = frozenset({"own", "shared", "lent"})
_AT_ONCE: Final = 5_000
# An enumeration is slow to walk a million times.
_MEDIA: Final = tuple(Medium)


@dataclass(frozen=True, slots=True)
class Audience:
    """Homes as kinds, and of each stream its students, those alone with the air, its regions."""

    homes: tuple[HomeKind, ...]
    students: Mapping[str, int]
    alone: Mapping[str, int]
    regions: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom the streams of a week serve: their ids by medium, language and grade.

    ``stations`` are the keys of the channels by medium and language, as facts of homes name them.
    ``signed`` are the streams of which some lesson has an interpreter of sign language.
    ``unknown_region`` stands for a region that the roster does not tell.
    """

    streams: Mapping[Key, Sequence[str]]
    stations: Mapping[tuple[Medium, str], Collection[str]]
    unknown_region: str
    signed: Collection[str] = ()

    def can_follow(self, needs: Collection[Need], medium: Medium, stream: str) -> bool:
        """True when a student with these needs can follow any lesson of a stream."""
        return not needs or not barrier(needs, medium, is_signed=stream in self.signed)


@dataclass(slots=True)
class _Sums:
    students: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    regions: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    dependent: Counter[HomeKind] = field(default_factory=Counter)
    watching: Counter[HomeKind] = field(default_factory=Counter)


def audience(connection: Connection, wanted: Wanted) -> Audience:
    """Count the homes and students that the streams of a week serve.

    Where fewer than five homes depend on the air, all that receive it are counted instead.
    """
    sums = _Sums()
    with connection.execute(_students()) as students, connection.execute(_facts()) as known:
        facts = _Facts(known)
        for home, rows in groupby(students, key=lambda row: int(row.household_id)):
            _count_home(sums, list(rows), facts.of(home), wanted)
    chosen = sums.dependent if sums.dependent.total() >= SMALL_CELL else sums.watching
    return Audience(
        tuple(replace(kind, count=count) for kind, count in chosen.items() if count),
        sums.students,
        sums.alone,
        {stream: tuple(sorted(found)) for stream, found in sums.regions.items()},
    )


def _students() -> Select[Any]:
    """Ask for active students home by home: three million are never in memory together."""
    c = student.c
    return (
        select(c.household_id, c.id, c.language, c.grade, c.needs, school.c.region_kato)
        .join_from(student, school)
        .where(c.active)
        .order_by(c.household_id, c.id)
        .execution_options(yield_per=_AT_ONCE)
    )


def _facts() -> Select[Any]:
    # A student's own facts stay theirs when they move; they still name the old household.
    c = access_fact.c
    home = func.coalesce(student.c.household_id, c.household_id).label("home")
    return (
        select(home, c.student_id, c.kind, c.value, c.source, c.asked_on, c.confidence)
        .outerjoin_from(access_fact, student, student.c.id == c.student_id)
        .where(c.kind.in_(_ASKED))
        .order_by(home, c.id)
        .execution_options(yield_per=_AT_ONCE)
    )


class _Facts:
    """What is known of homes, read beside the students in the order of the homes."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._homes = groupby(rows, key=lambda row: int(row.home))
        self._next: tuple[int, list[Any]] | None = None

    def of(self, home: int) -> dict[int | None, list[Fact]]:
        """Return the facts of a home by student, those of all under None; homes come in order."""
        while self._next is None or self._next[0] < home:
            found = next(self._homes, None)
            if found is None:
                return {}
            self._next = found[0], list(found[1])
        if self._next[0] > home:
            return {}
        facts: dict[int | None, list[Fact]] = defaultdict(list)
        for row in self._next[1]:
            source = Source(row.source)
            fact = Fact(FactKind(row.kind), row.value, source, row.asked_on, row.confidence)
            facts[row.student_id].append(fact)
        return facts


def _count_home(
    sums: _Sums, rows: Sequence[Any], facts: Mapping[int | None, list[Fact]], wanted: Wanted
) -> None:
    shared = facts.get(None, [])
    streams: set[str] = set()
    sets: set[Medium] = set()
    children = 0
    depends = False
    # Hardly any home has children in schools of two regions: the first one stands for it.
    home = rows[0].region_kato[:2] or wanted.unknown_region
    for row in rows:
        region = row.region_kato[:2] or wanted.unknown_region
        profile = strongest(shared, facts.get(row.id, []))
        received = {
            one
            for one in _MEDIA
            if receives(profile, one, wanted.stations.get((one, row.language), ()))
        }
        is_alone = not is_online(profile)
        needs = read_needs(row.needs)
        own = set()
        for medium in _MEDIA:
            for stream in wanted.streams.get((medium, row.language, row.grade), ()):
                sums.students[stream] += 1
                sums.regions[stream].add(region)
                if medium in received and wanted.can_follow(needs, medium, stream):
                    sums.alone[stream] += is_alone
                    own.add(stream)
        streams |= own
        sets |= received
        children += bool(own)
        depends |= bool(own) and is_alone
    if streams:
        kind = HomeKind(
            tuple(sorted(streams)),
            0,
            children,
            int(Medium.TV in sets),
            int(Medium.RADIO in sets),
            home,
        )
        sums.watching[kind] += 1
        sums.dependent[kind] += depends


def receives(profile: AccessProfile, medium: Medium, stations: Collection[str]) -> bool:
    """True when the home is known to receive one of the stations."""
    return not profile.listed(_SETS[medium]).isdisjoint(stations)


def is_online(profile: AccessProfile) -> bool:
    """True when a lesson can come the same day another way: by a linked chat, or the internet."""
    if profile.value(FactKind.TELEGRAM) == "linked":
        return True
    opens = {profile.value(FactKind.PHONE), profile.value(FactKind.COMPUTER)}
    return profile.value(FactKind.INTERNET) in _ONLINE and not opens.isdisjoint(_TO_OPEN)
