"""One run of chaos on what goes out: a school's week, several lives of its senders, a verdict."""

import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.sending import bot_health, outbox
from jetkiz.storage.workplace import wall_clock
from tests.chaos.judging import Verdict, case_of, judge
from tests.chaos.school import BOT, LONG, Form, School, open_school
from tests.chaos.script import script_of
from tests.chaos.sender_child import POINTS, Plan

# A machine that is slow for once decides nothing: only after this long is a run given up.
PATIENCE = 150.0
STANDSTILL = 8.0
LOOK = 0.02
HOUR = 3600.0

Children = list["subprocess.Popen[bytes]"]


@dataclass(frozen=True)
class Life:
    """How one life of the senders ends: at a joint of a request, in a storm, or anyhow."""

    die_at: str = ""
    die_after: int = 0
    in_storm: bool = False
    two: bool = False
    full_disk: bool = False
    clock: float = 0.0


def lives_of(seed: int, form: Form) -> list[Life]:
    """The lives of a run, all of them short; what each meets the seed decides."""
    dice = random.Random(seed * 7919)
    share = form.students * form.days // (form.kills + 2)

    def some() -> int:
        return dice.randint(max(share // 2, 3), max(share, 4))

    made = [
        Life(POINTS[0], some()),
        Life(in_storm=True, die_after=some()),
        Life(POINTS[1], some(), full_disk=True),
        Life(die_after=some(), two=True),
        Life(POINTS[2], some(), two=True),
        Life(die_after=some(), clock=dice.choice([HOUR, -HOUR])),
    ][: form.kills]
    dice.shuffle(made)
    return made


@dataclass
class Run:
    """A run under way."""

    school: School
    plan: Plan
    clock: Path

    def life(self, number: int, one: Life) -> None:
        """Start the senders, wait until their hour has come, and kill them."""
        before = self.school.watch.sends
        self.clock.write_text(str(one.clock))
        children = [self._start(number, place, one) for place in range(2 if one.two else 1)]
        first = children[0]

        def is_over() -> bool:
            if one.in_storm:
                return self._is_frozen() or self._is_empty()
            if one.die_at:
                return first.poll() is not None or self._is_empty()
            return self.school.watch.sends >= before + one.die_after or self._is_empty()

        self._until(is_over, children)
        self._kill(children)
        self.clock.write_text("0")

    def end(self) -> None:
        """Let two last senders bring everything to an end, by the right clock again.

        Under both names: each takes up at once what it left behind itself.
        """
        children = [self._start(99, place, Life()) for place in range(2)]
        self._until(self._is_empty, children, PATIENCE)
        self._kill(children)

    def _start(self, number: int, place: int, one: Life) -> "subprocess.Popen[bytes]":
        dies = one.die_at if place == 0 else ""
        plan = replace(
            self.plan,
            worker="school" if place == 0 else "second",
            die_at=dies,
            die_after=one.die_after if dies else 0,
            full_disk_after=max(one.die_after // 2, 1) if one.full_disk else 0,
        )
        return subprocess.Popen(plan.command(), cwd=Path.cwd(), stderr=subprocess.DEVNULL)

    def _until(
        self, is_over: Callable[[], bool], children: Children, patience: float = STANDSTILL
    ) -> None:
        """Wait; a life in which nothing moves any more, as under a wrong clock, is over too."""
        requests, until = -1, 0.0
        while not is_over() and any(child.poll() is None for child in children):
            if len(self.school.watch.requests) != requests:
                requests, until = len(self.school.watch.requests), time.monotonic() + patience
            if time.monotonic() > until:
                return
            time.sleep(LOOK)

    def _kill(self, children: Children) -> None:
        self.school.watch.kills.append(time.monotonic())
        for child in children:
            child.kill()
            child.wait()

    def _is_frozen(self) -> bool:
        """Whether the silence that Telegram asks for is written down."""
        with self.school.workplace.database.read() as connection:
            until = bot_health.frozen_until(connection, BOT)
        return until is not None and until > wall_clock()

    def _is_empty(self) -> bool:
        with self.school.workplace.database.read() as connection:
            return outbox.count_open(connection, BOT) == 0


def run_outbound(
    url: str, folder: Path, seed: int, unknown: str = "resend", form: Form = LONG
) -> Verdict:
    """Carry one seed through and judge it; ``url`` names a migrated database."""
    with open_school(url, folder, form) as school:
        school.watch.script = script_of(seed, form.students * form.days)
        clock = folder / "clock"
        plan = Plan(
            url=url,
            folder=str(folder),
            api=school.server.url,
            settle=form.settle,
            unknown=unknown,
            clock=str(clock),
        )
        run = Run(school, plan, clock)
        school.hand_over()
        for number, one in enumerate(lives_of(seed, form)):
            run.life(number, one)
        run.end()
        return judge(case_of(school))
