"""What a whole plan takes and is worth, counted anew from its channels alone, home by home."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, TypeVar

from scheduler.solver.kernel.books import Books, Whole, whole_of
from scheduler.solver.kernel.desk import lay_out
from scheduler.solver.kernel.facts import DAY, HEAVY, PLAIN, ROLE, SCREEN, STEP, About, People
from scheduler.solver.kernel.jit import compiled, entered, whole
from scheduler.solver.kernel.options import Sheet, new_sheet
from scheduler.solver.rates import DAYS
from scheduler.solver.standing import Standing
from scheduler.solver.uses import BLOCK, Takes, blocks_of, by_pool, no_takes, true_cost
from scheduler.solver.week_arrays import (
    NOTHING,
    Bytes,
    Cap,
    Longs,
    Role,
    WeekArrays,
)

_FREE = int(Role.FREE)
_PACK = int(Role.PACK)
_SEAT = int(Role.SEAT)
_HEAVY = int(Cap.HEAVY)
_PHONE = int(Cap.PHONE)

# Every part of the students has its own sums by school: a few parts for each thread are enough.
_PARTS: Final = 4

T = TypeVar("T")
Rows = tuple[int, int]


class Taken(NamedTuple):
    """What is taken by school, see ``uses.Takes``."""

    packs: Longs
    sides: Longs
    seats: Longs
    marking: Longs
    messages: Longs


def stand(week: WeekArrays, channel: Bytes, threads: int = 1) -> Standing:
    """Count how a plan stands: ``Standing.of``, many times faster."""
    found = Standing.nothing(week)
    found.channel[:] = channel
    world = whole_of(found)

    def one(rows: Rows) -> Takes:
        write_books(world.about, world.books, world.people, rows)
        return _takes(week, world, rows)

    found.room -= by_pool(week, sum(_in_parts(week, one, threads), no_takes(week)))
    return found


def add_up(standing: Standing, threads: int = 1) -> tuple[int, int]:
    """Return what a plan is worth before any cost, and what it costs: ``standing.add_up``."""
    week, world = standing.week, whole_of(standing)

    def one(rows: Rows) -> tuple[int, int]:
        # At the rates on a new sheet nothing has a price.
        sheet = new_sheet(len(week.role), world.about.steps.shape[2], len(week.pools.message_day))
        worth = gross_of(world.about, world.people, world.books.channel, rows, sheet)
        return worth, true_cost(week, _takes(week, world, rows))

    worth = cost = 0
    for own, paid in _in_parts(week, one, threads):
        worth, cost = worth + own, cost + paid
    return worth, cost


def _in_parts(week: WeekArrays, work: Callable[[Rows], T], threads: int) -> Iterator[T]:
    size = max(BLOCK, -(-week.students.count // (_PARTS * threads)))
    with ThreadPoolExecutor(threads) as desks:
        yield from desks.map(work, ((one.start, one.stop) for one in blocks_of(week, size)))


def _takes(week: WeekArrays, world: Whole, rows: Rows) -> Takes:
    found = no_takes(week)
    count_taken(
        world, rows, Taken(found.packs, found.sides, found.seats, found.marking, found.messages)
    )
    return found


@entered
def write_books(about: About, books: Books, people: People, rows: tuple[int, int]) -> None:
    """Count the lessons of whole homes in their packs, on their seats and on their screens."""
    for row in range(rows[0], rows[1]):
        own, home = about.programs[people.program[row]], books.household[row]
        for slot in range(len(own)):
            channel = whole(books.channel[row, slot])
            if channel == NOTHING:
                continue
            if about.terms[channel, ROLE] != _FREE:
                books.in_pack[home, channel] += 1
                books.on_seat[row, channel] += 1
            screen = about.terms[channel, SCREEN]
            if screen != NOTHING:
                lesson = about.lessons[own[slot]]
                books.on_screen[row, screen, lesson[DAY]] += 1
                if screen == _PHONE and lesson[HEAVY]:
                    books.on_screen[row, _HEAVY, 0] += 1


@entered
def count_taken(world: Whole, rows: tuple[int, int], taken: Taken) -> None:
    """Add what whole homes take; messages and minutes only where a pool counts them."""
    people, books = world.people, world.books
    packs = whole(0)
    for row in range(rows[0], rows[1]):
        packs |= _count_student(world, row, taken)
        if row + 1 == rows[1] or books.household[row + 1] != books.household[row]:
            for channel in range(taken.packs.shape[1]):
                taken.packs[people.school[row], channel] += packs >> channel & 1
            packs = whole(0)


@compiled
def _count_student(world: Whole, row: int, taken: Taken) -> int:
    """Add what a student takes; return the pack channels as bits: a pack is the home's."""
    about, people, shared = world.about, world.people, world.shared
    terms, school = about.terms, people.school[row]
    own, size = about.programs[people.program[row]], PLAIN + int(people.is_large[row])
    packs, seats, days = whole(0), whole(0), whole(0)
    for slot in range(len(own)):
        channel = whole(world.books.channel[row, slot])
        if channel == NOTHING:
            continue
        lesson = about.lessons[own[slot]]
        if terms[channel, ROLE] == _PACK:
            taken.sides[school, channel] += lesson[size]
            packs |= 1 << channel
        elif terms[channel, ROLE] == _SEAT:
            seats |= 1 << channel
        if terms[channel, SCREEN] == _PHONE:
            days |= 1 << lesson[DAY]
        if shared.counts_marking:
            taken.marking[school] += lesson[STEP + len(terms) + channel]
    for channel in range(len(terms)):
        taken.seats[school, channel] += seats >> channel & 1
    for day in range(DAYS if shared.counts_messages else 0):
        taken.messages[school, day] += days >> day & 1
    return packs


@entered
def gross_of(
    about: About, people: People, channel: Bytes, rows: tuple[int, int], sheet: Sheet
) -> int:
    """Return the worth of the channels of some rows with bonuses, before any cost."""
    nets, total = sheet.nets, whole(0)
    for row in range(rows[0], rows[1]):
        lay_out(about, people, sheet.rate, nets, row)
        now = channel[row]
        for slot in range(len(now)):
            if now[slot] != NOTHING:
                total += nets[now[slot], slot]
    return total
