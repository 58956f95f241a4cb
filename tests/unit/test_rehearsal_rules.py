"""The rehearsal's Telegram keeps its own rules whatever is asked of it, and remembers all of it."""

import json
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jetkiz.rehearsal.bot_api.methods import METHODS
from jetkiz.rehearsal.bot_api.parameters import Parameters
from jetkiz.rehearsal.bot_api.updates import take_updates
from jetkiz.rehearsal.people.groups import GroupAct, NewGroup
from jetkiz.rehearsal.people.ledger import transcript
from jetkiz.rehearsal.running.stage import Stage
from jetkiz.rehearsal.state.clock import RehearsalClock
from jetkiz.rehearsal.state.journal import Journal
from jetkiz.rehearsal.state.model import EventKind
from jetkiz.rehearsal.state.refusals import ApiRefusal, RehearsalError
from jetkiz.rehearsal.state.world import SUPERGROUPS_BELOW, World
from tests.rehearsal_examples import (
    BOT,
    BUTTONS,
    WIDE,
    Clock,
    act,
    call,
    chat_of,
    jpeg,
    open_stage,
)

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
BUTTON = st.dictionaries(
    st.sampled_from(["text", "callback_data", "url", "pay"]), ODD | st.just("x"), max_size=3
)
MARKUP = st.dictionaries(
    st.sampled_from(["inline_keyboard", "keyboard", "force_reply"]),
    ODD | st.lists(st.lists(BUTTON, max_size=2), max_size=2),
    max_size=2,
)
MEDIA = st.lists(
    st.dictionaries(
        st.sampled_from(["type", "media", "caption", "parse_mode", "duration"]),
        ODD | st.sampled_from(["photo", "document", "audio", "attach://a", "HTML"]),
        max_size=5,
    ),
    max_size=3,
)
NAMES = (
    "text",
    "caption",
    "parse_mode",
    "entities",
    "caption_entities",
    "message_id",
    "reply_parameters",
    "reaction",
    "callback_query_id",
    "photo",
    "document",
    "file_id",
    "commands",
    "language_code",
    "url",
    "action",
    "name",
    "description",
    "allowed_updates",
    "question",
    "options",
    "type",
    "correct_option_ids",
    "explanation",
    "open_period",
    "rich_message",
    "message_ids",
    "from_chat_id",
    "latitude",
    "longitude",
    "secret_token",
    "max_connections",
)


@pytest.mark.parametrize("method", sorted(METHODS))
@given(
    given_values=st.dictionaries(st.sampled_from(NAMES), ODD, max_size=6),
    markup=st.none() | MARKUP,
    media=st.none() | MEDIA,
    chat=st.booleans() | ODD,
)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_it_answers_or_refuses_in_words(
    method: str, given_values: dict[str, Any], markup: Any, media: Any, chat: Any
) -> None:
    stage = STAGE
    place = chat_of(stage, "alice") if chat is True else chat
    asked = given_values | {"chat_id": place, "reply_markup": markup, "media": media}
    asked = json.loads(json.dumps(asked))
    refusal = None
    try:
        json.dumps(stage.call(method, Parameters(asked, {"a": jpeg(20, 20)})))
    except ApiRefusal as error:
        refusal = error
    if refusal:
        assert 400 <= refusal.code < 500
        json.dumps(refusal.envelope())


STAGE = open_stage()


class Rehearsals(RuleBasedStateMachine):
    """People and bot talk; what the rehearsal keeps on disk is all that it knows."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.file = Path(self.folder.name) / "journal.jsonl"
        self.clock = Clock()
        self.journal = Journal(self.file)
        self.stage = self.opened(self.journal)
        for person in ("alice", "bob"):
            self.stage.add_person(person, person.capitalize(), "kk")
        self.offset = 0
        self.handed_out: list[int] = []

    def opened(self, journal: Journal) -> Stage:
        world = World(BOT, journal)
        return Stage(
            world, limits=WIDE, clock=RehearsalClock(self.clock.calendar, self.clock.ticks)
        )

    def does(self, person: str, name: str, **given: Any) -> None:
        with suppress(RehearsalError):
            act(self.stage, person, name, **given)

    def asks(self, method: str, **given: Any) -> None:
        with suppress(ApiRefusal):
            call(self.stage, method, **given)

    PEOPLE = st.sampled_from(["alice", "bob"])

    @rule(person=PEOPLE, name=st.sampled_from(["start", "block", "unblock"]))
    def stands(self, person: str, name: str) -> None:
        self.does(person, name)

    @rule(person=PEOPLE, text=st.sampled_from(["/today", "сәлем", "😀"]), key=st.integers(0, 3))
    def says(self, person: str, text: str, key: int) -> None:
        self.does(person, "say", text=text, key=f"{key}{text}")

    @rule(person=PEOPLE, count=st.integers(1, 3))
    def sends(self, person: str, count: int) -> None:
        self.does(person, "photos", uploads={str(n): jpeg(8, 8) for n in range(count)})

    @rule(person=PEOPLE, label=st.sampled_from(["Received", "Ask"]))
    def presses(self, person: str, label: str) -> None:
        self.does(person, "press", label=label)

    @rule(person=PEOPLE, text=st.sampled_from(["one", "two"]))
    def bot_writes(self, person: str, text: str) -> None:
        chat = chat_of(self.stage, person)
        self.asks("sendMessage", chat_id=chat, text=text, reply_markup=BUTTONS)

    @rule(person=PEOPLE, number=st.integers(1, 20), text=st.sampled_from(["one", "three"]))
    def bot_edits(self, person: str, number: int, text: str) -> None:
        chat = chat_of(self.stage, person)
        self.asks("editMessageText", chat_id=chat, message_id=number, text=text)

    @rule(person=PEOPLE, number=st.integers(1, 20))
    def bot_deletes(self, person: str, number: int) -> None:
        self.asks("deleteMessage", chat_id=chat_of(self.stage, person), message_id=number)

    @rule(person=PEOPLE, quiz=st.booleans())
    def bot_asks(self, person: str, quiz: bool) -> None:
        right = {"type": "quiz", "correct_option_ids": [1]} if quiz else {}
        chat = chat_of(self.stage, person)
        self.asks("sendPoll", chat_id=chat, question="?", options=["a", "b"], **right)

    @rule(person=PEOPLE, chosen=st.lists(st.integers(0, 2), max_size=2))
    def votes(self, person: str, chosen: list[int]) -> None:
        self.does(person, "vote", options=chosen)

    @rule(person=PEOPLE, number=st.integers(1, 20), text=st.sampled_from(["түзету", ""]))
    def corrects(self, person: str, number: int, text: str) -> None:
        self.does(person, "edit", message_id=number, text=text)

    @rule(person=PEOPLE, seed=st.integers(0, 3), seconds=st.sampled_from([0, 5, 60]))
    def sends_slowly(self, person: str, seed: int, seconds: int) -> None:
        pages = {str(n): jpeg(8, 8) for n in range(3)}
        self.does(person, "photos", uploads=pages, gap=10, seed=seed)
        self.clock.pass_by(seconds)
        self.stage.release()

    @rule(person=PEOPLE, what=st.sampled_from([*GroupAct]))
    def meets(self, person: str, what: GroupAct) -> None:
        group = self.stage.make_group(NewGroup("class3", "3-сынып", ("alice", "bob")))
        self.does(person, "say", text="/today", group="class3")
        self.asks("sendMessage", chat_id=group["chat_id"], text="x")
        with suppress(RehearsalError):
            self.stage.change_group("class3", what, person)

    @rule(on=st.booleans())
    def bot_moves(self, on: bool) -> None:
        self.asks("setWebhook", url="http://127.0.0.1:9/" if on else "")

    @rule(choice=st.integers(0, 9), seconds=st.sampled_from([0, 1000]))
    def bot_answers_a_press(self, choice: int, seconds: int) -> None:
        self.clock.pass_by(seconds)
        presses = list(self.stage.world.presses)
        if presses:
            self.asks("answerCallbackQuery", callback_query_id=presses[choice % len(presses)])

    @rule(limit=st.integers(1, 3), confirm=st.booleans())
    def bot_fetches(self, limit: int, confirm: bool) -> None:
        world = self.stage.world
        taken = take_updates(world.updates, self.offset, limit, self.clock.now)
        numbers = [one["update_id"] for one in taken.updates]
        assert numbers == sorted(set(numbers))
        assert all(number >= self.offset for number in numbers)
        if confirm and numbers:
            self.offset = numbers[-1] + 1
            self.handed_out += numbers
            assert len(self.handed_out) == len(set(self.handed_out)), "confirmed means gone"

    @rule()
    def it_is_stopped_in_the_middle_of_a_line(self) -> None:
        before = self.known()
        self.journal.close()
        with self.file.open("ab") as broken:
            broken.write(b'{"at": "2026-01-26T')
        self.journal = Journal(self.file)
        self.stage = self.opened(self.journal)
        assert self.known() == before

    def known(self) -> tuple[Any, ...]:
        world = self.stage.world
        told = [world.updates, world.held, world.votes, world.webhook, world.group_chats]
        return json.loads(json.dumps(transcript(world))), *(repr(each) for each in told)

    @invariant()
    def numbers_never_come_twice(self) -> None:
        if not hasattr(self, "stage"):
            return
        lines = self.stage.world.lines
        facts = [one.facts for one in lines if one.kind == EventKind.MESSAGE_POSTED]
        posted = [one["message_id"] for one in facts if one["chat_id"] > SUPERGROUPS_BELOW]
        assert posted == sorted(set(posted)), "one sequence for the whole account"
        queued = [
            one.facts["update"]["update_id"] for one in lines if one.kind == EventKind.UPDATE_QUEUED
        ]
        assert queued == sorted(set(queued))
        keyed = [one.facts["key"] for one in lines if one.kind == EventKind.ACT_DONE]
        people = [one.facts["person"] for one in lines if one.kind == EventKind.ACT_DONE]
        acts = list(zip(people, keyed, strict=True))
        assert len(acts) == len(set(acts)), "an act with a key happens once"

    @invariant()
    def nobody_reads_while_blocked(self) -> None:
        """A message is posted only to somebody who talks with the bot at that moment."""
        if not hasattr(self, "stage"):
            return
        standing: dict[int, str] = {}
        chats = {one.key: one.chat_id for one in self.stage.world.people.values()}
        for line in self.stage.world.lines:
            if line.kind == EventKind.STANDING_CHANGED:
                standing[chats[line.facts["person"]]] = line.facts["standing"]
            if line.kind == EventKind.MESSAGE_POSTED and line.facts["chat_id"] > 0:
                assert standing[line.facts["chat_id"]] == "member"

    def teardown(self) -> None:
        if hasattr(self, "journal"):
            self.journal.close()
            self.folder.cleanup()


TestRehearsals = Rehearsals.TestCase
TestRehearsals.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
