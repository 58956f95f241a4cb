"""The judge of chaos finds what it is there for: each planted bug turns a small run red."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.sending import booking, claims, outbox, probe_search
from bot.sending import sender as sender_module
from bot.sending.pacing import Gate, Places
from bot.sending.probe import candidates
from bot.sending.sender import Sender
from bot.tables import bot_state
from bot.tables import outbox as outbox_table
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step, next_step
from jetkiz.rehearsal.running.faults import FaultKind, FaultScript, Moment, Rule
from jetkiz.rehearsal.state.model import MessageIds
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.chaos.judging import Verdict, case_of, judge
from tests.chaos.school import BOT, Form, School, open_school
from tests.factories import NOW

TINY = Form(students=4, days=1, blocked=0)
# More at once than the bucket holds.
CROWD = Form(students=40, days=1, blocked=0)
NARROW = replace(CROWD, burst=10)
SENDS = "sendMessage"


def place(school: School, policy: str, name: str) -> Workplace:
    old = school.workplace
    settings = replace(old.settings, telegram_unknown=policy, worker=name)
    return Workplace(settings, old.database, old.files, old.clock)


async def until_empty(school: School, senders: list[Sender], seconds: float) -> None:
    stop = asyncio.Event()
    tasks = [asyncio.create_task(one.run(stop)) for one in senders]
    until = asyncio.get_running_loop().time() + seconds

    def is_empty() -> bool:
        with school.workplace.database.read() as connection:
            return outbox.count_open(connection, BOT) == 0

    while asyncio.get_running_loop().time() < until and not await asyncio.to_thread(is_empty):
        await asyncio.wait(tasks, timeout=0.02)
    stop.set()
    await asyncio.gather(*tasks)


def run(
    url: str,
    folder: Path,
    rules: tuple[Rule, ...] = (),
    policy: str = "resend",
    settle: float = 0.2,
    names: tuple[str, ...] = ("school",),
    *,
    restart: Callable[[School], Awaitable[None]] | None = None,
    longest: float = 8.0,
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
            await until_empty(school, senders, longest)
            await asyncio.sleep(0.5 if any(r.kind == FaultKind.LATE for r in rules) else 0)

        asyncio.run(whole())
        return judge(case_of(school))


LOST_ANSWER = (Rule(FaultKind.RESET, Moment.AFTER, method=SENDS),)
LOST_REQUEST = (Rule(FaultKind.RESET, Moment.BEFORE, method=SENDS),)
LATE = (Rule(FaultKind.LATE, method=SENDS, seconds=0.4),)


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
    assert run(sqlite_url, tmp_path, LATE, "probe", settle=0.0).doubled_marked == 1


def test_with_its_rest_the_search_finds_what_came_late(sqlite_url: str, tmp_path: Path) -> None:
    assert run(sqlite_url, tmp_path, LATE, "probe", settle=0.8).breaches(probed=True) == []


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
    verdict = run(sqlite_url, tmp_path, slow, names=("school", "second"), longest=1.5)
    assert verdict.claimed_twice > 0
    assert verdict.doubled_unmarked > 0


STORM = 3
SILENCE = ("frozen_since", "frozen_until", "slowed_to", "slowed_since", "booked_until")


async def storm_then_restart(school: School) -> None:
    """Let one sender hear of the silence and end; the next must know of it."""
    school.watch.script = FaultScript(
        (Rule(FaultKind.FLOOD, method=SENDS, span=float(STORM), retry_after=STORM),)
    )
    first = Sender(place(school, "resend", "school"), settle=0.2)
    stop = asyncio.Event()
    running = asyncio.create_task(first.run(stop))
    while not school.watch.floods:
        await asyncio.wait([running], timeout=0.02)
    await asyncio.sleep(0.3)
    stop.set()
    await running
    await asyncio.sleep(1.0)


@pytest.mark.parametrize("forgets", [False, True])
def test_a_silence_that_a_restart_forgets(
    sqlite_url: str, tmp_path: Path, *, forgets: bool
) -> None:
    async def story(school: School) -> None:
        await storm_then_restart(school)
        if forgets:
            with school.workplace.database.write() as connection:
                connection.execute(update(outbox_table).values(not_before=NOW))
                connection.execute(update(bot_state).values(**dict.fromkeys(SILENCE)))

    verdict = run(sqlite_url, tmp_path, restart=story)
    assert (verdict.inside_retry_after > 0) == forgets


def place_at_once(places: Places, chat_id: int, *_: Any, **__: Any) -> float:
    """Give a message a place, however many left just now."""
    places.chats[chat_id] = places.now
    return 0.0


def test_with_their_pace_two_senders_stay_below_the_bucket(sqlite_url: str, tmp_path: Path) -> None:
    verdict = run(sqlite_url, tmp_path, names=("school", "second"), form=CROWD)
    assert verdict.breaches(probed=False) == []


def test_a_sender_without_a_pace(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Places, "give", place_at_once)
    monkeypatch.setattr(Gate, "wait", lambda *_, **__: 0.0)
    assert run(sqlite_url, tmp_path, form=NARROW, longest=0.6).above_rate > 0


def test_two_senders_that_do_not_share_their_places(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "write_places", lambda *_: None)
    verdict = run(sqlite_url, tmp_path, names=("school", "second"), form=NARROW, longest=0.6)
    assert verdict.above_rate > 0
