"""Which lessons of one student get the phone, the data plan or the TV: ``home_caps`` in one row.

``nets`` [C + 6, W], ``who`` [17] and ``line`` [5, W] are those of the desk for this student,
``message`` [days] is the price of each day's message.
"""

from scheduler.solver.kernel.desk import (
    BASE,
    DAY,
    FIRST_SLOT,
    GAIN,
    IS_HEAVY,
    LIST,
    ON_PHONE,
    ON_TV,
    PHONE,
    TV,
)
from scheduler.solver.kernel.jit import compiled
from scheduler.solver.rates import DAYS
from scheduler.solver.week_arrays import NO_CAP, Cap, Longs

_HEAVY = int(Cap.HEAVY)
_PHONE = int(Cap.PHONE)
_TV = int(Cap.TV)


@compiled
def share(nets: Longs, who: Longs, line: Longs, message: Longs) -> int:
    """Give out the screens beside ``line[BASE]``; return the worth less the price of messages."""
    _gains(nets, line, PHONE, TV, ON_PHONE)
    _keep_heavy(nets, line, who[_HEAVY])
    _keep_daily(nets, who, line, ON_PHONE, who[_PHONE])
    total = -_worth_the_message(nets, line, message)
    for slot in range(line.shape[1]):
        line[GAIN, slot] = nets[TV, slot] - line[BASE, slot] + 1
        line[ON_TV, slot] = 1 if line[GAIN, slot] > 0 and not line[ON_PHONE, slot] else 0
    _keep_daily(nets, who, line, ON_TV, who[_TV])
    for slot in range(line.shape[1]):
        if line[ON_PHONE, slot]:
            total += nets[PHONE, slot]
        elif line[ON_TV, slot]:
            total += nets[TV, slot]
        else:
            total += line[BASE, slot]
    return total


@compiled
def most_of(nets: Longs, who: Longs, line: Longs, message: Longs, shared: int) -> int:
    """Return a sum that no sharing can pass: ``shared`` itself where it is exact."""
    limits = 0
    for cap in range(3):
        if who[cap] != NO_CAP:
            limits += 1
    for price in message:
        if price != 0:
            limits += 1
            break
    if limits <= 1 and who[_TV] == NO_CAP:
        return shared
    with_plan = _gains(nets, line, PHONE, TV, ON_PHONE)
    _keep_heavy(nets, line, who[_HEAVY])
    with_plan += _sum_of(line, ON_PHONE)
    with_phone = _gains(nets, line, PHONE, TV, ON_PHONE)
    _keep_daily(nets, who, line, ON_PHONE, who[_PHONE])
    with_phone -= _worth_the_message(nets, line, message)
    with_phone += _sum_of(line, ON_PHONE)
    with_tv = _gains(nets, line, TV, PHONE, ON_TV)
    _keep_daily(nets, who, line, ON_TV, who[_TV])
    with_tv += _sum_of(line, ON_TV)
    return min(with_plan, with_phone, with_tv)


@compiled
def _gains(nets: Longs, line: Longs, screen: int, other: int, kept: int) -> int:
    """Write what a screen gains by slot where the other is free; return the sum without it."""
    total = 0
    for slot in range(line.shape[1]):
        otherwise = max(line[BASE, slot], nets[other, slot])
        total += otherwise
        line[GAIN, slot] = nets[screen, slot] - otherwise + 1
        line[kept, slot] = 1 if line[GAIN, slot] > 0 else 0
    return total


@compiled
def _sum_of(line: Longs, kept: int) -> int:
    total = 0
    for slot in range(line.shape[1]):
        if line[kept, slot]:
            total += line[GAIN, slot]
    return total


@compiled
def _keep_heavy(nets: Longs, line: Longs, most: int) -> None:
    """Leave as many heavy lessons as the data plan pays for, those that gain most."""
    if most == NO_CAP:
        return
    count = 0
    for slot in range(line.shape[1]):
        if line[ON_PHONE, slot] & nets[IS_HEAVY, slot]:
            line[LIST, count] = slot
            count += 1
    _drop_worst(line, ON_PHONE, count, most)


@compiled
def _keep_daily(nets: Longs, who: Longs, line: Longs, kept: int, most: int) -> None:
    """Leave as many lessons a day as the cap allows, those that gain most."""
    if most == NO_CAP:
        return
    for day in range(DAYS):
        count = 0
        for slot in range(who[FIRST_SLOT + day], who[FIRST_SLOT + DAYS + day]):
            if line[kept, slot] and nets[DAY, slot] == day:
                line[LIST, count] = slot
                count += 1
        _drop_worst(line, kept, count, most)


@compiled
def _drop_worst(line: Longs, kept: int, count: int, most: int) -> None:
    """Drop of the first ``count`` slots on the list those that gain least, until ``most`` stay."""
    while count > most:
        worst = 0
        for one in range(1, count):
            # Of equal gains the later one goes.
            if line[GAIN, line[LIST, one]] <= line[GAIN, line[LIST, worst]]:
                worst = one
        line[kept, line[LIST, worst]] = 0
        count -= 1
        for one in range(worst, count):
            line[LIST, one] = line[LIST, one + 1]


@compiled
def _worth_the_message(nets: Longs, line: Longs, message: Longs) -> int:
    """Drop the days whose lessons are not worth their message; return the price of the others."""
    charged = 0
    for day in range(len(message)):
        if message[day] == 0:
            continue
        # Without the units for draws, which are worth nothing: a message must pay for itself.
        total, lessons = 0, 0
        for slot in range(line.shape[1]):
            if line[ON_PHONE, slot] and nets[DAY, slot] == day:
                total += line[GAIN, slot] - 1
                lessons += 1
        if lessons and total >= message[day]:
            charged += message[day]
            continue
        for slot in range(line.shape[1]):
            if nets[DAY, slot] == day:
                line[ON_PHONE, slot] = 0
    return charged
