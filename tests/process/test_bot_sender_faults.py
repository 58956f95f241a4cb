"""What fails beside the sender, its database or its files, makes no copies and loses nothing."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.sending import claims, outbox, recovery
from bot.sending import sender as sender_module
from bot.sending.floods import Floods
from bot.sending.outbox import Done
from bot.sending.sender import MOST_UNREADABLE, Sender
from bot.tables import outbox as outbox_table
from bot.telegram.telegram_api import TelegramApi
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step
from jetkiz.delivery.model import Consignment, Content
from jetkiz.delivery.model import Kind as ConsignmentKind
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.errors import JetkizError
from jetkiz.storage.workplace import wall_clock
from tests.bot_outbox import REPEAT, attempts, put, rows
from tests.bot_school import BOT, PATIENCE, TOKEN, Stage, open_stage, send_all
from tests.chaos.watching import watch
from tests.factories import MONDAY, WEEK

HOUR = 3600.0


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(sqlite_url, tmp_path) as opened:
        yield opened


def test_what_is_under_way_lives_through_a_failure_of_the_database(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [f"p{n}" for n in range(8)]
    slow = {"kind": "slow", "seconds": 0.5, "times": None}
    stage.players.faults([slow | {"person": one} for one in people[1:]])
    written, faults = claims.settle, [JetkizError("The disk is full.")] * 2

    def fails(*given: Any) -> None:
        if faults:
            raise faults.pop()
        written(*given)

    monkeypatch.setattr(claims, "settle", fails)
    monkeypatch.setattr("bot.staying_alive.REST_AFTER_FAILURE", 0.05)
    for one in people[:-1]:
        put(stage, stage.link(one, stage.people.alice), "lesson of " + one)
    poll = {"question": "How much is it?", "options": [{"text": "1"}, {"text": "2"}]}
    put(stage, stage.link("p7", stage.people.alice), "poll", method="sendPoll", **poll)
    send_all(stage)
    assert not faults
    assert set(rows(stage).values()) == {"sent"}
    told = {one: [m.get("text", "") for m in stage.seen(one)] for one in people}
    assert {one: len(texts) for one, texts in told.items()} == dict.fromkeys(people, 1)
    assert not any(REPEAT in text for texts in told.values() for text in texts)


@pytest.mark.parametrize(("busy", "then"), [(2, "sent"), (10**6, "sending")])
def test_what_was_heard_at_the_end_is_written_down_as_soon_as_it_can_be(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, busy: int, then: str
) -> None:
    """The first answer comes when the end is near, or cannot be written down until then."""
    is_sent = then == "sent"
    monkeypatch.setattr(sender_module, "LAST_ANSWERS", PATIENCE if is_sent else 0.5)
    stage.players.faults([{"kind": "slow", "seconds": 0.1 * is_sent, "method": "sendMessage"}])
    put(stage, stage.link("mother", stage.people.alice), "hello")
    written, tries = claims.settle, [0]

    def settle(*given: Any) -> None:
        tries[0] += 1
        if tries[0] <= busy:
            raise JetkizError("Another program keeps the database busy.")
        written(*given)

    monkeypatch.setattr(claims, "settle", settle)
    with nullcontext() if is_sent else pytest.raises(JetkizError):
        send_all(stage, until=lambda: "sending" in attempts(stage) if is_sent else tries[0] > 0)
    assert tries[0] > busy or not is_sent
    assert rows(stage) == {"hello": then}


def test_a_line_that_is_closed_carries_nothing(stage: Stage) -> None:
    async def ask() -> Outcome:
        api = TelegramApi(stage.server.url, TOKEN)
        async with api:
            pass
        return await api.ask("getMe", {})

    assert asyncio.run(ask()).kind == Kind.NOT_SENT


def test_a_key_that_is_away_holds_a_file_back_until_it_is_there_again(stage: Stage) -> None:
    files = stage.workplace.files
    chat = stage.link("mother", stage.people.alice)
    digest = files.put_sealed(b"OggS a teacher's words")
    put(stage, chat, "one", method="sendVoice", voice=f"stored:{digest}:1.ogg")
    key = files.keys.place
    kept = key.rename(key.with_name("elsewhere"))
    files._read = None
    send_all(stage, until=lambda: rows(stage) == {"one": "retry"})
    assert stage.seen("mother") == []
    kept.rename(key)
    send_all(stage)
    assert len(stage.seen("mother")) == 1


@pytest.mark.parametrize(
    ("is_there", "tries", "became"),
    [(True, 0, "retry"), (True, MOST_UNREADABLE - 1, "refused"), (False, 0, "refused")],
)
def test_a_file_that_is_gone_is_given_up_and_one_that_stays_broken_after_an_hour(
    stage: Stage, *, is_there: bool, tries: int, became: str
) -> None:
    chat = stage.link("mother", stage.people.alice)
    digest = "0" * 64
    if is_there:
        # A folder stands where the file was, which nobody can read: not even who may do all.
        stage.workplace.files.path(digest).mkdir(parents=True)
    put(stage, chat, "one", method="sendDocument", document=f"stored:{digest}:1.pdf")
    with stage.workplace.database.write() as connection:
        connection.execute(update(outbox_table).values(tries=tries))
    send_all(stage, until=lambda: rows(stage) == {"one": became})
    assert rows(stage) == {"one": became}


SAID = "telegram:feedback:1"


def a_teachers_answer(stage: Stage, chats: Iterable[int], digest: str = "0" * 64) -> None:
    """A recording and the words after it, for some phones, as they are handed over."""
    stage.keep(
        [
            Consignment(
                SAID,
                "telegram",
                ConsignmentKind.FEEDBACK,
                WEEK,
                MONDAY,
                student=stage.people.alice,
                contents=(Content(stage.people.alice, (stage.people.lessons[0],)),),
            )
        ]
    )
    messages = []
    for chat in chats:
        to = {"chat_id": chat}
        voice = {"voice": f"stored:{digest}:1.ogg"}
        words = {"text": "Well done!"}
        key = f"{SAID}:{chat}"
        messages.append(outbox.Outgoing(f"{key}:file1", chat, "sendVoice", to | voice))
        messages.append(outbox.Outgoing(key, chat, "sendMessage", to | words, consignment=SAID))
    with stage.workplace.database.write() as connection:
        outbox.put(connection, BOT, messages, wall_clock())


def told(stage: Stage) -> set[int]:
    with stage.workplace.database.read() as connection:
        return set(connection.scalars(select(receipt.c.state)))


@pytest.mark.parametrize("phones", [["mother"], ["mother", "father"]])
def test_a_recording_that_cannot_be_sent_fails_what_it_belongs_to(
    stage: Stage, phones: list[str]
) -> None:
    a_teachers_answer(stage, [stage.link(one, stage.people.alice) for one in phones])
    send_all(stage)
    assert sorted(rows(stage).values()) == ["refused"] * len(phones) + ["sent"] * len(phones)
    assert State.FAILED in told(stage)


def test_a_recording_that_another_phone_has_fails_nothing(stage: Stage) -> None:
    digest = stage.workplace.files.put(b"OggS a teacher's words")
    chats = [stage.link(one, stage.people.alice) for one in ("mother", "father")]
    wrong = {"kind": "refuse", "code": 400, "description": "Bad Request: wrong", "times": None}
    stage.players.faults([wrong | {"person": "father", "method": "sendVoice"}])
    a_teachers_answer(stage, chats, digest)
    send_all(stage)
    assert sorted(rows(stage).values()) == ["refused", "sent", "sent", "sent"]
    assert told(stage) == {State.DISPATCHED}


def test_what_edits_a_message_later_is_no_part_of_it(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    a_teachers_answer(stage, [chat], stage.workplace.files.put(b"OggS"))
    send_all(stage)
    put(stage, chat, f"{SAID}:{chat}:received", parse_mode="no such mode")
    send_all(stage)
    assert sorted(rows(stage).values()) == ["refused", "sent", "sent"]
    assert told(stage) == {State.DISPATCHED}


def test_a_part_of_nothing_that_is_counted_tells_the_ledger_nothing(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    put(stage, chat, "page", "page:file1", method="sendDocument", document=f"stored:{'0' * 64}:x")
    send_all(stage)
    assert set(rows(stage).values()) == {"refused"}
    assert told(stage) == set()


def test_what_another_sender_left_behind_is_taken_up_without_its_clock(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    put(stage, chat, "hello")
    with stage.workplace.database.write() as connection:
        claims.claim(connection, claims.Claim(BOT, "dead", 9), wall_clock() + timedelta(hours=9))
    send_all(stage, stale=0.4)
    assert [REPEAT in m["text"] for m in stage.seen("mother")] == [True]


def test_a_sender_whose_request_takes_long_keeps_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two senders, and an answer that takes longer than a dead one is waited for."""
    chat = stage.link("mother", stage.people.alice)
    stage.players.faults([{"kind": "slow", "seconds": HOUR, "method": "sendMessage"}])
    put(stage, chat, "hello")
    names, looked = ("school", "second"), Counter[str]()
    show_life = recovery.show_life

    def counted(connection: Any, name: str, *given: Any) -> None:
        show_life(connection, name, *given)
        looked[name] += 1

    # By this clock both look around equally often: a machine may hold the one and not the other.
    clock = SimpleNamespace(monotonic=lambda: min(looked[one] for one in names) * HOUR / 2)
    monkeypatch.setattr(recovery, "show_life", counted)
    monkeypatch.setattr(sender_module, "time", clock)

    def is_answered() -> bool:
        if clock.monotonic() >= 3 * HOUR:
            stage.players.advance(HOUR, limits=True)
        return stage.open_messages() == 0

    send_all(stage, until=is_answered, stale=HOUR, names=names)
    assert [m["text"] for m in stage.seen("mother")] == ["hello"]
    assert attempts(stage) == ["sending", "sent"]


def test_a_clock_put_back_while_sending_holds_nothing_up(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    put(stage, chat, "before")
    back = [timedelta(0)]

    def is_sent() -> bool:
        if rows(stage)["before"] == "sent" and not back[0]:
            put(stage, chat, "after", lane=outbox.Lane.LESSON)
            back[0] = timedelta(hours=-1)
        return bool(back[0]) and stage.open_messages() == 0

    send_all(stage, until=is_sent, clock=lambda: wall_clock() + back[0])
    assert [m["text"] for m in stage.seen("mother")] == ["before", "after"]


def test_what_a_transaction_that_failed_had_heard_is_heard_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to be silent, and the disk is full: nothing leaves meanwhile, and it counts once."""
    chat = stage.link("mother", stage.people.alice)
    put(stage, chat, "hello")
    faults, judge = [JetkizError("The disk is full.")], Floods.judge

    def fails(*given: Any) -> Any:
        row = judge(*given)
        if faults:
            raise faults.pop()
        return row

    monkeypatch.setattr(Floods, "judge", fails)

    async def story() -> None:
        sender = Sender(stage.workplace)
        await stage.workplace.database.run(sender._recover)
        [job] = await sender._write_and_claim(1)
        flooded = Outcome(Kind.FLOODED, retry_after=30.0)
        sender._told[job.id] = time.monotonic() + 30.0
        sender._unwritten.append(Done(job, flooded, Step(OutboxState.RETRY, 30.0), began=1.0))
        with pytest.raises(JetkizError):
            await sender._write_and_claim(1)
        assert sender._is_silent()
        assert await sender._write_and_claim(1) == []
        assert sender._is_silent(), "now by the row of the bot, which binds every sender"
        assert len(sender._floods.heard) == 1
        assert sender._told == {}

    asyncio.run(story())
    assert rows(stage) == {"hello": "retry"}


def test_in_a_chat_that_is_gone_one_question_is_enough(sqlite_url: str, tmp_path: Path) -> None:
    buttons = {"inline_keyboard": [[{"text": "Received", "callback_data": "1:nop"}]]}
    with open_stage(sqlite_url, tmp_path, telegram_unknown="probe") as stage:
        chat = stage.link("mother", stage.people.alice)
        put(stage, chat, "first", reply_markup=buttons)
        send_all(stage)
        put(stage, chat, "second", reply_markup=buttons)
        with stage.workplace.database.write() as connection:
            claims.claim(connection, claims.Claim(BOT, "school", 9), wall_clock())
        stage.players.block("mother")
        asked = watch(stage.server).requests
        send_all(stage, names=("school",))
        assert rows(stage) == {"first": "sent", "second": "refused"}
        assert [one.method for one in asked] == ["editMessageReplyMarkup"]
