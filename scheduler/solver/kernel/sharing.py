"""Which lessons of one student get the phone, the data plan or the TV: ``home_caps`` in one row.

The student stands at ``place`` on the desk; ``line[BASE]`` is the best without a screen, and
``message`` [days] the price of each day's message.
"""

from scheduler.solver.kernel.desk import (
    BASE,
    DAY,
    IS_CHARGED,
    KEY,
    ON_PHONE,
    PHONE,
    PROGRAM,
    RANK,
    TV,
    Desk,
)
from scheduler.solver.kernel.facts import About
from scheduler.solver.kernel.jit import compiled, whole
from scheduler.solver.week_arrays import NO_CAP, NOTHING, Bytes, Cap, Longs

_HEAVY = int(Cap.HEAVY)
_PHONE = int(Cap.PHONE)
_TV = int(Cap.TV)


@compiled
def share(about: About, desk: Desk, place: int, message: Longs, screen: Bytes) -> int:
    """Give out the screens, written to ``screen`` [W]; return the worth less that of messages."""
    nets, line, who = desk.nets, desk.line, desk.who[place]
    slots = line.shape[1]
    _gains(desk, place, PHONE, TV)
    _keep_heavy(about, desk, place)
    _keep_daily(about, desk, place, who[_PHONE])
    total = whole(0)
    if who[IS_CHARGED]:
        total -= _worth_the_message(desk, place, message)
    for slot in range(slots):
        gain = nets[place, TV, slot] - line[BASE, slot] + 1
        line[ON_PHONE, slot] = line[KEY, slot]
        line[KEY, slot] = gain if gain > 0 and line[ON_PHONE, slot] == 0 else 0
    _keep_daily(about, desk, place, who[_TV])
    for slot in range(slots):
        net = nets[place, TV, slot] if line[KEY, slot] > 0 else line[BASE, slot]
        total += nets[place, PHONE, slot] if line[ON_PHONE, slot] > 0 else net
    for slot in range(slots):
        given = _TV if line[KEY, slot] > 0 else NOTHING
        screen[slot] = _PHONE if line[ON_PHONE, slot] > 0 else given
    return total


@compiled
def most_of(about: About, desk: Desk, place: int, message: Longs, shared: int) -> int:
    """Return a sum that no sharing can pass: ``shared`` itself where it is exact.

    A cap that does not bind passes nothing that the sum without caps does not.
    """
    who = desk.who[place]
    limits = whole(who[IS_CHARGED])
    for cap in range(3):
        if who[cap] != NO_CAP:
            limits += 1
    if limits <= 1 and who[_TV] == NO_CAP:
        return shared
    most = whole(2**62)
    if who[_HEAVY] != NO_CAP:
        total = _gains(desk, place, PHONE, TV)
        _keep_heavy(about, desk, place)
        most = min(most, total + _kept(desk))
    if who[_PHONE] != NO_CAP or who[IS_CHARGED]:
        total = _gains(desk, place, PHONE, TV)
        _keep_daily(about, desk, place, who[_PHONE])
        if who[IS_CHARGED]:
            total -= _worth_the_message(desk, place, message)
        most = min(most, total + _kept(desk))
    if who[_TV] != NO_CAP:
        total = _gains(desk, place, TV, PHONE)
        _keep_daily(about, desk, place, who[_TV])
        most = min(most, total + _kept(desk))
    return most


@compiled
def _gains(desk: Desk, place: int, screen: int, other: int) -> int:
    """Write what a screen gains by slot where the other is free; return the sum without it."""
    nets, line = desk.nets, desk.line
    total = whole(0)
    for slot in range(line.shape[1]):
        otherwise = max(line[BASE, slot], nets[place, other, slot])
        total += otherwise
        gain = nets[place, screen, slot] - otherwise + 1
        line[KEY, slot] = max(0, gain)
    return total


@compiled
def _kept(desk: Desk) -> int:
    total = whole(0)
    for slot in range(desk.line.shape[1]):
        total += desk.line[KEY, slot]
    return total


@compiled
def _keep_heavy(about: About, desk: Desk, place: int) -> None:
    """Leave as many heavy lessons as the data plan pays for, those that gain most."""
    line, most, program = desk.line, desk.who[place, _HEAVY], desk.who[place, PROGRAM]
    if most == NO_CAP:
        return
    heavy = about.heavy[program, 0]
    left = whole(0)
    for one in range(heavy):
        left += 1 if line[KEY, about.heavy[program, 1 + one]] > 0 else 0
    while left > most:
        worst = whole(NOTHING)
        for one in range(heavy):
            slot = about.heavy[program, 1 + one]
            # Of equal gains the later one goes.
            if line[KEY, slot] > 0 and (worst < 0 or line[KEY, slot] <= line[KEY, worst]):
                worst = slot
        line[KEY, worst] = 0
        left -= 1


@compiled
def _keep_daily(about: About, desk: Desk, place: int, most: int) -> None:
    """Leave as many lessons a day as the cap allows, those that gain most, of equal ones the first.

    All days at once: each lesson is held against those that stand ``apart`` slots from it.
    """
    if most == NO_CAP:
        return
    nets, line = desk.nets, desk.line
    slots, kept = line.shape[1], whole(0)
    for slot in range(slots):
        line[RANK, slot] = 0
        kept += 1 if line[KEY, slot] > 0 else 0
    if kept <= most:
        return
    for apart in range(1, about.reach[desk.who[place, PROGRAM]] + 1):
        for slot in range(slots - apart):
            is_less = line[KEY, slot] < line[KEY, slot + apart]
            is_one_day = nets[place, DAY, slot] == nets[place, DAY, slot + apart]
            line[RANK, slot] += 1 if is_less and is_one_day else 0
        for slot in range(slots - apart):
            is_less = line[KEY, slot] < line[KEY, slot + apart]
            is_one_day = nets[place, DAY, slot] == nets[place, DAY, slot + apart]
            line[RANK, slot + apart] += 1 if is_one_day and not is_less else 0
    for slot in range(slots):
        line[KEY, slot] = line[KEY, slot] if line[RANK, slot] < most else 0


@compiled
def _worth_the_message(desk: Desk, place: int, message: Longs) -> int:
    """Drop the days whose lessons are not worth their message; return the price of the others."""
    nets, line = desk.nets, desk.line
    charged = whole(0)
    for day in range(len(message)):
        if message[day] == 0:
            continue
        # Without the units for draws, which are worth nothing: a message must pay for itself.
        total, lessons = whole(0), whole(0)
        for slot in range(line.shape[1]):
            if line[KEY, slot] > 0 and nets[place, DAY, slot] == day:
                total += line[KEY, slot] - 1
                lessons += 1
        if lessons and total >= message[day]:
            charged += message[day]
            continue
        for slot in range(line.shape[1]):
            if nets[place, DAY, slot] == day:
                line[KEY, slot] = 0
    return charged
