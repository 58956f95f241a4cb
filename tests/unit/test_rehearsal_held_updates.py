"""What is held for the bot reaches it when it is due, whatever the director makes of the clock."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from jetkiz.rehearsal.bot_api.updates import hold_updates
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.clock import RehearsalClock
from tests.rehearsal_examples import Clock, open_stage

# What is due comes at once, but on a busy machine not soon.
PATIENCE = 60


def hold(stage: Stage, seconds: float) -> None:
    """Hold the part of an album for so long."""
    due = stage.now() + timedelta(seconds=seconds)
    stage.record(hold_updates(stage.world, [(due, "message", {"text": str(seconds)})]))
    stage.release()


def came(stage: Stage) -> list[str]:
    return [
        one["message"]["text"]
        for one in (update.update for update in stage.world.updates)
        if one.get("message", {}).get("text", "").replace(".", "").isdigit()
    ]


async def woken() -> None:
    """Let whoever was woken do what he was woken for."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    "make_later",
    [
        lambda clock: clock.advance(60, limits_too=False),
        lambda clock: clock.advance(60, limits_too=True),
        lambda clock: clock.set(clock.now() + timedelta(seconds=60)),
    ],
    ids=["advanced", "with the limits", "set"],
)
def test_a_clock_that_is_put_forward_brings_what_is_due(
    make_later: Callable[[RehearsalClock], None],
) -> None:
    async def rehearse() -> None:
        stage = open_stage(Clock())
        hold(stage, 59)
        hold(stage, 61)
        await woken()
        assert came(stage) == []
        make_later(stage.clock)
        await woken()
        assert came(stage) == ["59"]
        make_later(stage.clock)
        await woken()
        assert came(stage) == ["59", "61"]
        assert stage.waking is None
        stage.close()

    asyncio.run(rehearse())


def test_what_is_held_later_and_due_sooner_does_not_wait_for_the_other() -> None:
    async def rehearse() -> None:
        stage = open_stage(Clock())
        stage.clock = RehearsalClock()
        hold(stage, 3600)
        await woken()
        hold(stage, 0.01)
        async with asyncio.timeout(PATIENCE):
            await stage.bell.wait()
        assert came(stage) == ["0.01"]
        stage.close()
        await woken()
        assert stage.waking is None

    asyncio.run(rehearse())


@pytest.mark.parametrize(
    "let_time_pass",
    [lambda clock: clock.go(), lambda clock: clock.advance(0.02, limits_too=True)],
    ids=["it goes", "it is put forward"],
)
def test_a_stopped_clock_holds_who_waits(let_time_pass: Callable[[RehearsalClock], None]) -> None:
    async def rehearse() -> None:
        hands = Clock()
        clock = RehearsalClock(hands.calendar, hands.ticks)
        waiting = asyncio.create_task(clock.sleep(0.02, asyncio.Event()))
        await woken()
        clock.stop()
        hands.pass_by(60)
        await asyncio.sleep(0.05)
        assert not waiting.done()
        let_time_pass(clock)
        hands.pass_by(60)
        assert await asyncio.wait_for(waiting, PATIENCE)

    asyncio.run(rehearse())


def test_a_stopped_clock_brings_nothing_until_it_goes() -> None:
    async def rehearse() -> None:
        clock = Clock()
        stage = open_stage(clock)
        hold(stage, 0.02)
        stage.clock.stop()
        clock.pass_by(60)
        # Longer than the update is held: who waits for it looks again and finds no later time.
        await asyncio.sleep(0.05)
        assert came(stage) == []
        stage.clock.go()
        clock.pass_by(60)
        async with asyncio.timeout(PATIENCE):
            await stage.bell.wait()
        assert came(stage) == ["0.02"]
        stage.close()

    asyncio.run(rehearse())
