"""A rehearsal for tests: Alice who talks with the bot, Bob who never did, pictures, clocks."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from jetkiz.rehearsal.bot_api.parameters import Parameters, Upload
from jetkiz.rehearsal.director.acts import read_act
from jetkiz.rehearsal.people import deeds
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.clock import RehearsalClock
from jetkiz.rehearsal.state.limits import Limits, Rate
from jetkiz.rehearsal.state.model import Bot, MessageIds
from jetkiz.rehearsal.state.refusals import ApiRefusal
from jetkiz.rehearsal.state.world import World

BOT = Bot("42:test", "Jetkiz", "jetkiz_42_bot")
MONDAY = datetime(2026, 1, 26, 3, 0, tzinfo=UTC)
WIDE = Limits(bot=Rate(1e6, 1e6), chat=Rate(1e6, 1e6))


@dataclass
class Clock:
    """A clock that a test turns by hand."""

    now: datetime = MONDAY
    seconds: float = field(default=1000.0)

    def calendar(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


def open_stage(
    clock: Clock | None = None,
    limits: Limits = WIDE,
    message_ids: MessageIds = MessageIds.ACCOUNT,
) -> Stage:
    """Alice and Charlie have pressed Start, Bob has not."""
    clock = clock or Clock()
    time = RehearsalClock(clock.calendar, clock.ticks)
    stage = Stage(World(BOT, None, message_ids), limits=limits, clock=time, zone=UTC)
    stage.add_person("alice", "Alice", "en")
    stage.add_person("bob", "Bob", "ru")
    stage.add_person("charlie", "Charlie", "kk")
    act(stage, "alice", "start")
    act(stage, "charlie", "start")
    return stage


def chat_of(stage: Stage, person: str) -> int:
    return deeds.find(stage.world, person).chat_id


def act(stage: Stage, person: str, name: str, **given: Any) -> Any:
    uploads = given.pop("uploads", {})
    return stage.act(person, name, given.get("key"), read_act(name, Parameters(given, uploads)))


def call(
    stage: Stage, method: str, uploads: Mapping[str, Upload] | None = None, **given: Any
) -> Any:
    return stage.call(method, Parameters(given, uploads or {}))


def refused(stage: Stage, method: str, **given: Any) -> str:
    """The words with which a call is refused."""
    with pytest.raises(ApiRefusal) as caught:
        call(stage, method, **given)
    return caught.value.description


def pending(stage: Stage, kind: str) -> list[Any]:
    return [queued.update[kind] for queued in stage.world.updates if kind in queued.update]


def picture(width: int = 640, height: int = 480, form: str = "JPEG", colour: str = "teal") -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(sink, form)
    return sink.getvalue()


def jpeg(width: int = 640, height: int = 480, colour: str = "teal") -> Upload:
    return Upload("page.jpg", "image/jpeg", picture(width, height, colour=colour))


def pdf(content: bytes = b"%PDF-1.7 a lesson", name: str = "lesson.pdf") -> Upload:
    return Upload(name, "application/pdf", content)


BUTTONS = {
    "inline_keyboard": [
        [{"text": "Received", "callback_data": "1:ack:7"}],
        [{"text": "Hand in", "callback_data": "1:hw:7"}, {"text": "Ask", "callback_data": "1:ask"}],
    ]
}
