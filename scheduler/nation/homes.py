"""Who lives together and what each home has, drawn for the city or the villages of one region."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from scheduler.nation.chances import NETWORKS, Facts, chances
from scheduler.nation.parquet import Column, Words
from scheduler.nation.population import LANGUAGES, Population
from scheduler.nation.problem import StudentColumns
from scheduler.nation.schools import Area, school_ends
from scheduler.solver.week_arrays import NO_CAP, Bools, Cap, Counts, Ints, Longs, Reals

MOST_LESSONS_A_DAY: Final = 6
"""A home that can show so many lessons a day lacks nothing."""

PHONES: Final = ("none", "own", "shared")
_NO_PHONE, _OWN, _SHARED = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class Homes:
    """The homes [h] of an area: how many students, and the school that they go to."""

    size: Longs
    school: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A block of the nation: what the planner reads, and the facts that led to it."""

    students: StudentColumns
    facts: dict[str, Column]
    schools: int
    homes: int


class AreaDrawer:
    """Draws one area: every draw of a home or a student comes from the area's own stream."""

    def __init__(self, population: Population, area: Area, seed: int) -> None:
        self._population = population
        self._area = area
        self._chance = np.random.default_rng([seed, area.region, int(area.name == "rural")])

    def draw(self, student: int, school: int, home: int, programs: Ints) -> Drawn:
        """Draw the area; numbers go on from the last ones, ``programs`` [language, grade]."""
        homes = self._homes()
        of = np.repeat(np.arange(len(homes.size)), homes.size)
        language = self._languages(homes)[of]
        grade = self._grades(len(of))
        sharers, facts, words = self._access(homes, of)
        words |= {
            "language": Words(language.astype(np.int32), LANGUAGES),
            "grade": self._grade_numbers()[grade].astype(np.int8),
        }
        numbers = np.arange(student + 1, student + len(of) + 1, dtype=np.int64)
        columns = StudentColumns(
            number=numbers,
            school=(school + homes.school[of]).astype(np.int32),
            household=home + 1 + of.astype(np.int64),
            program=programs[language, grade],
            chance=chances(facts),
            is_large=self._has("large_print", len(of)) & ~facts.reads_braille,
            caps=self._caps(homes.size, of, (sharers, facts.network)),
        )
        return Drawn(columns, words, int(homes.school[-1]) + 1, len(homes.size))

    def _share(self, item: str) -> float:
        return self._population.share(item, self._area.name)

    def _has(self, item: str, count: int) -> Bools:
        found: Bools = self._chance.random(count) < self._share(item)
        return found

    def _homes(self) -> Homes:
        """Draw homes until every student has one; brothers and sisters share a school."""
        shares = np.array(self._population.homes[self._area.name])
        count = self._area.students
        sizes = 1 + self._chance.choice(len(shares), count, p=shares / shares.sum())
        last = int(np.searchsorted(np.cumsum(sizes), count))
        sizes = sizes[: last + 1].astype(np.int64)
        sizes[-1] -= int(sizes.sum()) - count
        ends = school_ends(self._area, self._share("school_size_spread"), self._chance)
        firsts = np.cumsum(sizes) - sizes
        school = np.searchsorted(ends, firsts, side="right")
        return Homes(sizes, np.unique(school, return_inverse=True)[1].astype(np.int32))

    def _languages(self, homes: Homes) -> Ints:
        """Draw the language by home; a small school has one for all."""
        region = self._population.regions[self._area.region]
        students = np.bincount(homes.school, weights=homes.size)
        is_small = students[homes.school] < self._share("small_school")
        by_home = self._chance.random(len(homes.size))
        by_school = self._chance.random(len(students))[homes.school]
        return _drawn(np.where(is_small, by_school, by_home), np.array(region.languages))

    def _grade_numbers(self) -> Ints:
        return np.array(sorted(self._population.grades), dtype=np.int32)

    def _grades(self, count: int) -> Ints:
        weights = [self._population.grades[n] for n in self._grade_numbers().tolist()]
        return _drawn(self._chance.random(count), np.array(weights))

    def _access(self, homes: Homes, of: Longs) -> tuple[Counts, Facts, dict[str, Column]]:
        """Draw what the homes have; equal facts give equal chances."""
        count = len(homes.size)
        network = self._networks(homes)
        has_phone, has_second = self._has("smartphone_any", count), self._has(_SECOND, count)
        computer = self._has("laptop_or_pc", count) | self._has("tablet", count)
        phones = has_phone.astype(np.int64) * (1 + has_second)
        sharers = -(-homes.size // np.maximum(phones, 1))
        is_own = has_second & (homes.size == 1)
        kind = np.where(has_phone, np.where(is_own, _OWN, _SHARED), _NO_PHONE)
        is_linked = has_phone & (network > 0) & self._has("telegram_linked", count)
        tv, cuts = self._has("tv", count), self._has("power_cuts", count)
        post, hand = self._has("post_reaches", count), self._has("school_within_reach", count)
        duty = self._has("duty_within_reach", count)
        facts = Facts(
            network=network[of],
            is_linked=is_linked[of],
            has_device=(has_phone | computer)[of],
            sharers=sharers.astype(np.uint8)[of],
            has_tv=tv[of],
            has_cuts=cuts[of],
            takes_post=post[of],
            takes_hand=hand[of],
            takes_duty=duty[of],
            reads_braille=self._has("braille", len(of)),
        )
        words: dict[str, Column] = {
            "network": Words(network.astype(np.int32)[of], NETWORKS),
            "telegram_linked": facts.is_linked,
            "phone": Words(kind.astype(np.int32)[of], PHONES),
            "phone_sharers": facts.sharers,
            "computer": computer[of],
            "tv": facts.has_tv,
            "power_cuts": facts.has_cuts,
            "post": facts.takes_post,
            "school_within_reach": facts.takes_hand,
            "duty_within_reach": facts.takes_duty,
            "braille": facts.reads_braille,
        }
        # Where a computer stands, or the phone is the student's own, nobody waits for the other.
        waits = np.where(has_phone & ~computer & ~is_own, sharers, 0)
        return waits.astype(np.uint8), facts, words

    def _networks(self, homes: Homes) -> Counts:
        """Draw the network: none without coverage of the place or without usable data at home."""
        places = self._has("mobile_broadband_in_settlement", int(homes.school[-1]) + 1)
        count = len(homes.size)
        has_data = places[homes.school] & self._has("usable_data_at_home", count)
        fastest, fast = self._share("network_4g"), self._share("network_3g")
        shares = np.array([max(0.0, 1 - fastest - fast), fast, fastest])
        drawn = 1 + _drawn(self._chance.random(count), shares)
        return np.where(has_data, drawn, 0).astype(np.uint8)

    def _caps(self, sizes: Longs, of: Longs, has: tuple[Counts, Counts]) -> Counts:
        """Return how much of phone, data and television one student of each home can count on."""
        waits, network = has
        length = self._share("lesson_minutes")
        on_phone = self._share("phone_minutes_a_day") / length / np.maximum(waits, 1)
        on_tv = self._share("tv_minutes_a_day") / length / sizes
        most = int(self._share("videos_a_week"))
        videos = self._chance.integers(0, most, len(sizes), endpoint=True) // sizes
        unlimited = self._has("unlimited_data", len(sizes))
        caps = np.empty((len(sizes), len(Cap)), dtype=np.uint8)
        caps[:, Cap.HEAVY] = np.where(unlimited, NO_CAP, videos)
        caps[:, Cap.PHONE] = np.where(waits == 0, NO_CAP, _a_day(on_phone))
        caps[:, Cap.TV] = _a_day(on_tv)
        found = caps[of]
        # 2G carries no film, whatever the data plan pays for.
        found[network <= NETWORKS.index("2g"), Cap.HEAVY] = 0
        return found


_SECOND: Final = "second_smartphone_child_can_use"


def _a_day(lessons: Reals) -> Longs:
    return np.where(lessons < MOST_LESSONS_A_DAY, np.floor(lessons), NO_CAP).astype(np.int64)


def _drawn(chance: Reals, shares: Reals) -> Ints:
    """Turn even draws into rows of a list of shares."""
    ends = np.cumsum(shares / shares.sum())
    rows = np.searchsorted(ends, chance, side="right")
    return np.minimum(rows, len(shares) - 1).astype(np.int32)
