"""The judge of chaos finds what it is there for: each planted bug turns a small run red."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from bot.sending import booking, bot_health, claims, outbox, probe_search
from bot.sending import sender as sender_module
from bot.sending.pacing import Gate, Places
from bot.sending.probe import candidates
from bot.sending.sender import Sender
from bot.tables import bot_state
from bot.tables import outbox as outbox_table
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step, next_step
from jetkiz.rehearsal.running.faults import FaultKind, FaultScript, Moment, Rule
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.model import MessageIds
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.chaos.judging import GRACE, Verdict, case_of, judge
from tests.chaos.school import BOT, Form, School, open_school
from tests.chaos.watching import note_leaving
from tests.factories import NOW

TINY = Form(students=4, days=1, blocked=0)
# More at once than the bucket holds.
CROWD = Form(students=40, days=1, blocked=0)
# So few a second that a slow machine sends more as well, if nothing holds it back.
NARROW = replace(CROWD, rate=10, burst=10)
SENDS = "sendMessage"
PATIENCE = 120.0
LOOK = 0.02
HOUR = 3600.0


def place(school: School, policy: str, name: str) -> Workplace:
    old = school.workplace
    settings = replace(old.settings, telegram_unknown=policy, worker=name)
    return Workplace(settings, old.database, old.files, old.clock)


def is_empty(school: School) -> bool:
    with school.workplace.database.read() as connection:
        return outbox.count_open(connection, BOT) == 0


async def send_until(
    is_over: Callable[[School], bool], school: School, senders: list[Sender]
) -> None:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(one.run(stop)) for one in senders]
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(is_over, school):
            done, _ = await asyncio.wait(tasks, timeout=LOOK)
            if done:
                break
    stop.set()
    await asyncio.gather(*tasks)


def take_what_is_late(school: School) -> None:
    """Let Telegram take what it would take some time after the line was cut."""
    stage = school.server.stage
    assert stage is not None
    school.players.advance(HOUR, limits=True)
    while stage.late:
        time.sleep(LOOK)


def run(
    url: str,
    folder: Path,
    rules: tuple[Rule, ...] = (),
    policy: str = "resend",
    settle: float = 0.2,
    names: tuple[str, ...] = ("school",),
    *,
    restart: Callable[[School], Awaitable[None]] | None = None,
    until: Callable[[School], bool] = is_empty,
    ids: MessageIds = MessageIds.ACCOUNT,
    jumps: timedelta = timedelta(0),
    form: Form = TINY,
) -> Verdict:
    """A few messages through senders of this process; what is planted stands already."""
    with open_school(url, folder, form, ids=ids) as school:
        school.watch.script = FaultScript(rules, 1)
        school.hand_over()

        async def whole() -> None:
            if restart:
                await restart(school)
            places = [place(school, policy, name) for name in names]

            def clock() -> datetime:
                """Right until a fault has struck and is written down."""
                moment = time.monotonic() - 0.15
                is_wrong = any(r.fault and r.at < moment for r in list(school.watch.requests))
                return wall_clock() + (jumps if is_wrong else timedelta(0))

            senders = [Sender(one, settle=settle, clock=clock) for one in places]
            await send_until(until, school, senders)

        asyncio.run(whole())
        take_what_is_late(school)
        return judge(case_of(school))


LOST_ANSWER = (Rule(FaultKind.RESET, Moment.AFTER, method=SENDS),)
LOST_REQUEST = (Rule(FaultKind.RESET, Moment.BEFORE, method=SENDS),)
LATE = (Rule(FaultKind.LATE, method=SENDS, seconds=0.4),)
# A rest that would be over before Telegram has surely taken what is late.
TOO_SHORT = 0.6


@pytest.mark.parametrize("policy", ["resend", "probe"])
@pytest.mark.parametrize("rules", [LOST_ANSWER, LOST_REQUEST], ids=["answer", "request"])
def test_without_a_bug_nothing_is_found(
    sqlite_url: str, tmp_path: Path, policy: str, rules: tuple[Rule, ...]
) -> None:
    verdict = run(sqlite_url, tmp_path, rules, policy)
    assert verdict.breaches(probed=policy == "probe") == []
    copies = policy == "resend" and rules == LOST_ANSWER
    assert verdict.doubled_marked == copies, "the copy that may be says what it is"


def test_sent_before_the_request(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def said(*_: Any) -> Outcome:
        return Outcome(Kind.SENT, message_id=77_777)

    monkeypatch.setattr(Sender, "_send", said)
    verdict = run(sqlite_url, tmp_path)
    assert (verdict.lost, verdict.false_sent, verdict.false_receipts) == (4, 4, 4)


def test_a_lost_answer_taken_for_success(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = next_step

    def hopeful(outcome: Outcome, *more: Any) -> Step:
        step = right(outcome, *more)
        return Step(OutboxState.SENT) if step.state == OutboxState.UNKNOWN else step

    monkeypatch.setattr(sender_module, "next_step", hopeful)
    verdict = run(sqlite_url, tmp_path, LOST_REQUEST)
    assert verdict.lost == 1
    assert verdict.false_sent == 1


def test_a_repeat_that_does_not_say_so(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_module, "marked_as_repeat", lambda job: job.payload)
    assert run(sqlite_url, tmp_path, LOST_ANSWER).doubled_unmarked == 1


def test_a_search_without_a_rest(sqlite_url: str, tmp_path: Path) -> None:
    """What Telegram takes late cannot be found early: the rest is what the search stands on."""
    later = tuple(replace(one, seconds=HOUR) for one in LATE)
    assert run(sqlite_url, tmp_path, later, "probe", settle=0.0).doubled_marked == 1


@pytest.fixture
def rest_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no rest end before Telegram took what is late, if it is as long as it should be.

    A machine may hold the one and not the other: then the clock of the rests waits.
    """
    stages: list[Stage] = []
    lost: list[float] = []
    accept = Stage.accept_late

    async def accept_late(stage: Stage, *given: Any) -> None:
        stages.append(stage)
        lost.append(time.monotonic())
        await accept(stage, *given)

    def monotonic() -> float:
        is_late = any(one.late for one in stages)
        return min(time.monotonic(), lost[-1] + TOO_SHORT) if is_late else time.monotonic()

    monkeypatch.setattr(Stage, "accept_late", accept_late)
    monkeypatch.setattr(probe_search, "time", SimpleNamespace(monotonic=monotonic))


@pytest.mark.usefixtures("rest_clock")
def test_with_its_rest_the_search_finds_what_came_late(sqlite_url: str, tmp_path: Path) -> None:
    assert run(sqlite_url, tmp_path, LATE, "probe", settle=0.8).breaches(probed=True) == []


@pytest.mark.usefixtures("rest_clock")
def test_a_clock_put_forward_ends_no_rest(sqlite_url: str, tmp_path: Path) -> None:
    """Telegram takes a request late by its own clock, whatever ours says meanwhile."""
    verdict = run(sqlite_url, tmp_path, LATE, "probe", settle=0.8, jumps=timedelta(hours=1))
    assert verdict.breaches(probed=True) == []


def test_a_search_that_trusts_the_first_not_found(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = candidates

    def hasty(*given: Any) -> list[int]:
        asked = {n for n in right(*given) or () if n > 10**6}
        return sorted(asked)

    monkeypatch.setattr(probe_search, "candidates", hasty)
    assert run(sqlite_url, tmp_path, LOST_ANSWER, "probe").breaches(probed=True) != []


@pytest.mark.parametrize(
    "rules", [LOST_ANSWER, LOST_REQUEST, LATE], ids=["answer", "request", "late"]
)
def test_where_each_chat_counts_for_itself_the_search_loses_nothing(
    sqlite_url: str, tmp_path: Path, rules: tuple[Rule, ...]
) -> None:
    """The search stands on one sequence for all chats; without it repeats come as before."""
    verdict = run(sqlite_url, tmp_path, rules, "probe", settle=0.6, ids=MessageIds.CHAT)
    assert verdict.breaches(probed=False) == []


def test_a_claim_that_others_do_not_see(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = claims.claim_with

    def careless(connection: Any, *more: Any) -> Any:
        jobs = right(connection, *more)
        taken = outbox_table.c.id.in_([job.id for job in jobs])
        connection.execute(update(outbox_table).where(taken).values(state="queued"))
        return jobs

    monkeypatch.setattr(claims, "claim_with", careless)
    slow = (Rule(FaultKind.SLOW, Moment.AFTER, times=None, seconds=0.4),)

    def is_seen(school: School) -> bool:
        found = judge(case_of(school))
        return found.claimed_twice > 0 and found.doubled_unmarked > 0

    verdict = run(sqlite_url, tmp_path, slow, names=("school", "second"), until=is_seen)
    assert verdict.claimed_twice > 0
    assert verdict.doubled_unmarked > 0


STORM = 3
SILENCE = ("frozen_since", "frozen_until", "slowed_to", "slowed_since", "booked_until")


@pytest.fixture
def seen_leaving(monkeypatch: pytest.MonkeyPatch) -> Callable[[School], None]:
    """Let a school judge messages by when they left: a machine may hold them on their way."""

    def look(school: School) -> None:
        people = {one.chat: one.person for one in school.phones}
        note_leaving(monkeypatch, school.watch, people)

    return look


async def storm_then_restart(school: School, seconds: int) -> None:
    """Let one sender hear of the silence and end; the next must know of it."""
    school.watch.script = FaultScript(
        (Rule(FaultKind.FLOOD, method=SENDS, span=float(seconds), retry_after=seconds),)
    )

    def is_written_down(school: School) -> bool:
        with school.workplace.database.read() as connection:
            return bot_health.frozen_until(connection, BOT) is not None

    first = Sender(place(school, "resend", "school"), settle=0.2)
    await send_until(is_written_down, school, [first])
    await asyncio.sleep(GRACE)


@pytest.mark.parametrize("forgets", [False, True])
def test_a_silence_that_a_restart_forgets(
    sqlite_url: str, tmp_path: Path, seen_leaving: Callable[[School], None], *, forgets: bool
) -> None:
    async def story(school: School) -> None:
        seen_leaving(school)
        # Whoever keeps silent does it to the end; whoever does not has an hour to be seen.
        await storm_then_restart(school, int(HOUR) if forgets else STORM)
        if forgets:
            with school.workplace.database.write() as connection:
                connection.execute(update(outbox_table).values(not_before=NOW))
                connection.execute(update(bot_state).values(**dict.fromkeys(SILENCE)))

    def is_broken(school: School) -> bool:
        return judge(case_of(school)).inside_retry_after > 0

    verdict = run(sqlite_url, tmp_path, restart=story, until=is_broken if forgets else is_empty)
    assert (verdict.inside_retry_after > 0) == forgets


def place_at_once(places: Places, chat_id: int, *_: Any, **__: Any) -> float:
    """Give a message a place, however many left just now."""
    places.chats[chat_id] = places.now
    return 0.0


def test_with_their_pace_two_senders_stay_below_the_bucket(
    sqlite_url: str, tmp_path: Path, seen_leaving: Callable[[School], None]
) -> None:
    async def look(school: School) -> None:
        seen_leaving(school)

    verdict = run(sqlite_url, tmp_path, names=("school", "second"), form=CROWD, restart=look)
    assert verdict.breaches(probed=False) == []


def is_refused(school: School) -> bool:
    """Whether Telegram was asked for too much; all goes out again until it was."""
    if not school.watch.refusals and is_empty(school):
        with school.workplace.database.write() as connection:
            connection.execute(update(outbox_table).values(state="queued", not_before=NOW))
    return bool(school.watch.refusals)


def test_a_sender_without_a_pace(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Places, "give", place_at_once)
    monkeypatch.setattr(Gate, "wait", lambda *_, **__: 0.0)
    assert run(sqlite_url, tmp_path, form=NARROW, until=is_refused).above_rate > 0


def test_two_senders_that_do_not_share_their_places(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "write_places", lambda *_: None)
    names = ("school", "second")
    assert run(sqlite_url, tmp_path, names=names, form=NARROW, until=is_refused).above_rate > 0
