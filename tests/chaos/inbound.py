"""One run of chaos on what comes in: families write while the bot is killed over and over."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import func, select

from bot.receiving import inbox
from bot.sending import outbox
from bot.tables import telegram_inbox
from jetkiz.rehearsal.running.faults import FaultKind, FaultScript, Moment, Rule
from tests.chaos.bot_child import JOINTS, start_bot
from tests.chaos.families import Families
from tests.chaos.inbound_judging import InboundVerdict, case_of, judge
from tests.chaos.school import BOT, RATE, Form, School, open_school

PATIENCE = 150.0
LOOK = 0.02
TURNS = 10
# Answers take the places of a fifth of a second that lessons leave free, beside all others.
BURST = 0.75 * RATE
LONG_INBOUND = Form(students=30, days=1, blocked=0, kills=6, burst=BURST)
SHORT_INBOUND = Form(students=5, days=1, blocked=0, kills=2, burst=BURST)
# Of each kind so many requests in a thousand, where updates and files are fetched.
SHARES = (
    (FaultKind.ERROR, Moment.BEFORE, 30),
    (FaultKind.ERROR, Moment.AFTER, 30),
    (FaultKind.HANG, Moment.BEFORE, 20),
    (FaultKind.HANG, Moment.AFTER, 20),
    (FaultKind.RESET, Moment.AFTER, 30),
    (FaultKind.FLOOD, Moment.BEFORE, 10),
)


def script_of(seed: int) -> FaultScript:
    """Faults wherever the bot fetches anything."""
    rules = tuple(
        Rule(kind, moment, method=method, times=None, chance=share / 1000, seconds=0.3)
        for method in ("getUpdates", "getFile")
        for kind, moment, share in SHARES
    )
    return FaultScript(rules, seed)


def run_inbound(
    url: str, folder: Path, seed: int, unknown: str = "resend", form: Form = LONG_INBOUND
) -> InboundVerdict:
    """Carry one seed through and judge it; ``url`` names a migrated database."""
    dice = random.Random(seed * 104_729)
    with open_school(url, folder, form) as school:
        school.watch.script = script_of(seed)
        school.hand_over()
        families = Families(school, seed, each=TURNS)
        total = form.students * families.each
        families.start()
        for number in range(1, form.kills + 1):
            # Half of the lives end at a joint, the others anywhere.
            joint = dice.choice(JOINTS) if number % 2 else ""
            wanted = total * number // (form.kills + 2)
            child = start_bot(url, folder, school.server.url, unknown, joint, dice.randint(2, 6))
            _until(lambda wanted=wanted, child=child: _is_over(school, child, wanted))
            child.kill()
            child.join()
        child = start_bot(url, folder, school.server.url, unknown)
        families.join(PATIENCE)
        _until(lambda: is_quiet(school))
        child.kill()
        child.join()
        judged = judge(case_of(school, families.said()))
        return replace(judged, unsaid=total - judged.acts)


def _is_over(school: School, child: ForkServerProcess, wanted: int) -> bool:
    return not child.is_alive() or _handled(school) >= wanted


def _until(is_over: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_over() and time.monotonic() < until:
        time.sleep(LOOK)


def _handled(school: School) -> int:
    """How many updates of the week were handled; each had pressed Start before."""
    c = telegram_inbox.c
    with school.workplace.database.read() as connection:
        done = connection.scalar(select(func.count()).where(c.done_at.is_not(None)))
    return (done or 0) - len(school.phones)


def is_quiet(school: School) -> bool:
    """Whether everything was fetched, handled and answered.

    Telegram is asked first: what it no longer holds lies in the inbox already. The other way round
    both looked empty while updates went from one to the other.
    """
    assert school.server.stage is not None
    if school.server.stage.world.updates:
        return False
    with school.workplace.database.read() as connection:
        open_here = inbox.count_waiting(connection, BOT) + outbox.count_open(connection, BOT)
    return not open_here
