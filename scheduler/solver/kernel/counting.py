"""What the homes of a block choose and take together: ``response`` and ``uses`` in one pass."""

from typing import NamedTuple

import numpy as np

from scheduler.solver.kernel.desk import DAY, SIDES, lay_out, lay_out_limits, new_desk
from scheduler.solver.kernel.facts import ROLE, SCREEN, STEP, About, People
from scheduler.solver.kernel.household import answer_home, write_channels
from scheduler.solver.kernel.jit import compiled, whole
from scheduler.solver.week_arrays import NOTHING, Bytes, Cap, Longs, Role

_PACK = int(Role.PACK)
_SEAT = int(Role.SEAT)
_PHONE = int(Cap.PHONE)


class Answers(NamedTuple):
    """What is written: the channels [n, W], sums by home [h], what is taken by school.

    See ``response.Response`` and ``uses.Takes``.
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


@compiled
def answer_homes(
    about: About, people: People, rates: Longs, starts: Longs, answers: Answers
) -> None:
    """Answer the homes that begin at rows ``starts`` [h + 1]."""
    terms = about.terms
    desk = new_desk(np.max(np.diff(starts)), terms, about.programs.shape[1])
    for home in range(len(starts) - 1):
        first, stop = starts[home], starts[home + 1]
        school = people.school[first]
        rate = rates[school]
        for row in range(first, stop):
            place = row - first
            lay_out(about, people, rate, desk.nets[place], desk.who[place], row)
            lay_out_limits(about, people, rate, desk.who[place], row)
        answer = answer_home(terms, about.seat, rate, desk, stop - first)
        answers.worth[home] = answer.worth
        answers.most[home] = answer.most
        answers.gain[home] = answer.gain
        packs = 0
        for row in range(first, stop):
            sits = answer.sits >> (row - first) & 1
            chosen = answers.channel[row - starts[0]]
            with_what = (answer.packs, about.seat if sits else NOTHING)
            write_channels(terms, rate, desk, row - first, with_what, chosen)
            packs |= _count(terms, desk.nets[row - first], chosen, answers, school)
            _count_marking(about, people.program[row], chosen, answers.marking, school)
        for one in range(len(terms)):
            answers.packs[school, one] += packs >> one & 1


@compiled
def _count(terms: Longs, nets: Longs, chosen: Bytes, answers: Answers, school: int) -> int:
    """Add what a student takes; return the pack channels as bits: a pack is the home's."""
    packs, seats, days = 0, 0, 0
    for slot in range(len(chosen)):
        channel = whole(chosen[slot])
        if channel == NOTHING:
            continue
        if terms[channel, ROLE] == _PACK:
            answers.sides[school, channel] += nets[SIDES, slot]
            packs |= 1 << channel
        elif terms[channel, ROLE] == _SEAT:
            seats |= 1 << channel
        elif terms[channel, SCREEN] == _PHONE:
            days |= 1 << nets[DAY, slot]
    for channel in range(len(terms)):
        answers.seats[school, channel] += seats >> channel & 1
    for day in range(answers.messages.shape[1]):
        answers.messages[school, day] += days >> day & 1
    return packs


@compiled
def _count_marking(about: About, program: int, chosen: Bytes, marking: Longs, school: int) -> None:
    first = STEP + len(about.terms)
    for slot in range(len(chosen)):
        if chosen[slot] != NOTHING:
            lesson = about.programs[program, slot]
            marking[school] += about.lessons[lesson, first + chosen[slot]]
