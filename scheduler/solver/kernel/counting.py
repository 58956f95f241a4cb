"""What the homes of a block choose and take together: ``response`` and ``uses`` in one pass."""

from typing import NamedTuple

from scheduler.solver.kernel.desk import (
    DAY,
    PROGRAM,
    SIDES,
    WINNER,
    Desk,
    lay_out,
    lay_out_limits,
)
from scheduler.solver.kernel.facts import SCREEN, About, People
from scheduler.solver.kernel.household import answer_home, write_winners
from scheduler.solver.kernel.jit import compiled, entered, whole
from scheduler.solver.week_arrays import NOTHING, Bytes, Cap, Longs

_PHONE = int(Cap.PHONE)


class Answers(NamedTuple):
    """What is written: the channels [n, W], sums by home [h], what is taken by school [s].

    Without rows for the channels they are not written, and messages and marking are counted only
    where ``counts_messages`` and ``counts_marking`` say so. School ``first_school`` is the first;
    see ``response.Response`` and ``uses.Takes``.
    """

    channel: Bytes
    worth: Longs
    most: Longs
    gain: Longs
    packs: Longs
    sides: Longs
    seats: Longs
    marking: Longs
    messages: Longs
    counts_messages: int
    counts_marking: int


@entered
def answer_homes(
    about: About, people: People, rates: Longs, starts: Longs, desk: Desk, answers: Answers
) -> None:
    """Answer the homes that begin at rows ``starts`` [h + 1]."""
    counts_work = answers.counts_messages or answers.counts_marking
    wants_channels = len(answers.channel) > 0
    for home in range(len(starts) - 1):
        first, stop = starts[home], starts[home + 1]
        school = people.school[first]
        rate = rates[school]
        for row in range(first, stop):
            place = row - first
            lay_out(about, people, rate, desk.nets[place], row)
            lay_out_limits(about, people, rate, desk, place, row)
        answer = answer_home(about, rate, desk, stop - first)
        answers.worth[home] = answer.worth
        answers.most[home] = answer.most
        answers.gain[home] = answer.gain
        packs = whole(0)
        for place in range(stop - first):
            sits = answer.sits >> place & 1
            # Who takes nothing that is shared and is not asked for the channels is counted already.
            if not (answer.packs or sits or counts_work or wants_channels):
                continue
            with_what = (answer.packs, about.seat if sits else NOTHING)
            write_winners(about.terms, desk, place, with_what)
            packs |= _count(about, desk, place, answers, school)
            if counts_work:
                _count_work(about, desk, place, answers, school)
            if wants_channels:
                _write_channels(desk, answers.channel, first - starts[0] + place)
        for bit in range(len(desk.packs)):
            answers.packs[school, desk.packs[bit]] += packs >> bit & 1


@compiled
def _write_channels(desk: Desk, channel: Bytes, row: int) -> None:
    for slot in range(channel.shape[1]):
        channel[row, slot] = desk.line[WINNER, slot]


@compiled
def _count(about: About, desk: Desk, place: int, answers: Answers, school: int) -> int:
    """Add what a student takes; return the packs as bits: a pack is the home's."""
    nets, line = desk.nets, desk.line
    packs = whole(0)
    for bit in range(len(desk.packs)):
        lessons, sides = whole(0), whole(0)
        for slot in range(line.shape[1]):
            is_in = line[WINNER, slot] == desk.packs[bit]
            lessons += 1 if is_in else 0
            sides += nets[place, SIDES, slot] if is_in else 0
        answers.sides[school, desk.packs[bit]] += sides
        packs |= (1 if lessons else 0) << bit
    if about.seat != NOTHING:
        lessons = whole(0)
        for slot in range(line.shape[1]):
            lessons += 1 if line[WINNER, slot] == about.seat else 0
        answers.seats[school, about.seat] += 1 if lessons else 0
    return packs


@compiled
def _count_work(about: About, desk: Desk, place: int, answers: Answers, school: int) -> None:
    """Add the messages and the marking of a student."""
    nets, line = desk.nets, desk.line
    days = whole(0)
    for slot in range(line.shape[1]):
        channel = whole(line[WINNER, slot])
        if channel == NOTHING:
            continue
        if about.terms[channel, SCREEN] == _PHONE:
            days |= 1 << nets[place, DAY, slot]
        if answers.counts_marking:
            program = desk.who[place, PROGRAM]
            answers.marking[school] += about.marks[program, channel, slot]
    if answers.counts_messages:
        for day in range(answers.messages.shape[1]):
            answers.messages[school, day] += days >> day & 1
