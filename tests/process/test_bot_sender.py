"""What leaves the outbox really reaches people, and what happens to it is told honestly."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.chats import links
from bot.sending import booking, bot_health, claims, floods, outbox
from bot.sending.pacing import Rates
from bot.sending.sender import Sender
from bot.tables import outbox as outbox_table
from bot.tables import outbox_attempt, telegram_file, telegram_pace
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.errors import JetkizError
from jetkiz.rehearsal import Limits, Rate
from jetkiz.roster.access_profile import FactKind
from jetkiz.roster.register import read_homes
from jetkiz.storage.workplace import wall_clock
from tests.bot_outbox import REPEAT, attempts, put, rows
from tests.bot_school import BOT, FAST, PATIENCE, Stage, open_stage, running_bot, send_all
from tests.chaos.watching import note_leaving, watch


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    with open_stage(sqlite_url, tmp_path) as opened:
        yield opened


def telegram_fact(stage: Stage, student: int) -> str:
    with stage.workplace.database.read() as connection:
        return read_homes(connection, [student])[0].profile.value(FactKind.TELEGRAM)


def test_a_digest_reaches_the_phone_and_the_ledger(stage: Stage) -> None:
    stage.link("mother", stage.people.alice)
    stage.hand_over()
    send_all(stage)
    [message] = stage.seen("mother")
    assert "Lessons for Alice" in message["text"]
    assert "Test" not in message["text"], "a family name has no place in a messenger"
    assert [row[0]["text"] for row in message["buttons"]][-1] == "Received"
    assert stage.states(stage.people.alice) == [State.DISPATCHED] * 3


def test_a_student_without_a_phone_is_reported_at_once(stage: Stage) -> None:
    receipts = stage.hand_over()
    assert {one.reason for one in receipts} == {FailureReason.CHAT_GONE}
    assert stage.states(stage.people.alice) == [State.FAILED] * 3


def test_handing_over_twice_sends_once(stage: Stage) -> None:
    stage.link("mother", stage.people.alice)
    first = stage.hand_over()
    second = stage.hand_over()
    send_all(stage)
    assert [one.key for one in first] == [one.key for one in second]
    assert len(stage.seen("mother")) == 1


def test_every_linked_phone_gets_the_digest_in_its_language(stage: Stage) -> None:
    stage.link("mother", stage.people.alice, language="ru")
    stage.link("alice", stage.people.alice, role="student", language="kk")
    stage.hand_over()
    send_all(stage)
    assert stage.seen("mother")[0]["text"] != stage.seen("alice")[0]["text"]


def test_messages_to_one_chat_keep_their_order(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    words = [f"part {n}" for n in range(6)]
    put(stage, chat, *words)
    send_all(stage)
    assert [m["text"] for m in stage.seen("mother")] == words


def test_a_blocked_bot_hands_the_lessons_back(stage: Stage) -> None:
    stage.link("mother", stage.people.alice)
    stage.hand_over()
    stage.players.block("mother")
    send_all(stage)
    assert stage.states(stage.people.alice) == [State.FAILED] * 3
    assert telegram_fact(stage, stage.people.alice) == "blocked"
    with stage.workplace.database.read() as connection:
        reasons = set(connection.scalars(select(receipt.c.reason)))
    assert "blocked" in reasons


def test_a_closed_account_is_a_chat_that_is_gone(stage: Stage) -> None:
    stage.link("mother", stage.people.alice)
    stage.hand_over()
    stage.players.deactivate("mother")
    send_all(stage)
    with stage.workplace.database.read() as connection:
        reasons = set(connection.scalars(select(receipt.c.reason).where(receipt.c.reason != "")))
    assert "chat_gone" in reasons
    assert telegram_fact(stage, stage.people.alice) == "never", "nobody blocked the bot"


def test_one_blocked_phone_of_two_fails_nothing(stage: Stage) -> None:
    stage.link("mother", stage.people.alice)
    stage.link("alice", stage.people.alice, role="student")
    stage.hand_over()
    stage.players.block("mother")
    send_all(stage)
    assert stage.states(stage.people.alice) == [State.DISPATCHED] * 3
    assert telegram_fact(stage, stage.people.alice) == "linked"


def test_what_else_waits_for_a_lost_chat_is_refused_with_it(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    put(stage, chat, "one", "two", "three")
    stage.players.block("mother")
    send_all(stage)
    assert set(rows(stage).values()) == {"refused"}
    with stage.workplace.database.read() as connection:
        assert links.phones(connection, BOT, stage.people.alice) == []


def test_a_message_that_telegram_cannot_read_stops_alone(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    put(stage, chat, "<b>broken", parse_mode="HTML")
    put(stage, chat, "well")
    send_all(stage)
    assert rows(stage) == {"<b>broken": "refused", "well": "sent"}


@pytest.mark.parametrize("kind", ["error", "reset"])
def test_an_unknown_message_goes_again_marked_as_a_repeat(stage: Stage, kind: str) -> None:
    chat = stage.link("mother", stage.people.alice)
    stage.players.faults([{"kind": kind, "moment": "after", "method": "sendMessage"}])
    put(stage, chat, "hello")
    send_all(stage)
    first, second = (m["text"] for m in stage.seen("mother"))
    assert first == "hello"
    assert REPEAT in second


def test_a_message_that_was_never_taken_comes_once_more_and_is_not_lost(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    stage.players.faults([{"kind": "error", "method": "sendMessage"}])
    put(stage, chat, "hello")
    send_all(stage)
    assert len(stage.seen("mother")) == 1


def test_a_flood_is_obeyed_and_remembered(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    stage.players.faults([{"kind": "flood", "retry_after": 2, "method": "sendMessage"}])
    put(stage, chat, "hello", "again")
    send_all(stage, until=lambda: "retry" in rows(stage).values())
    with stage.workplace.database.read() as connection:
        frozen = bot_health.frozen_until(connection, BOT)
    assert frozen
    assert stage.seen("mother") == []
    looks = iter(range(20))
    just_before, at_once = (frozen + timedelta(seconds=one) for one in (-1, 0.001))
    # By clocks that stand still: a machine that is held between two looks changes nothing.
    send_all(stage, until=lambda: next(looks, None) is None, clock=lambda: just_before)
    assert stage.seen("mother") == []
    send_all(stage, clock=lambda: at_once)
    assert [m["text"] for m in stage.seen("mother")] == ["hello", "again"]
    with stage.workplace.database.read() as connection:
        c = outbox_attempt.c
        begun = connection.scalars(select(c.at).where(c.event == "sending").order_by(c.id)).all()
        slowed = booking.read_row(connection, BOT).slowed
    assert begun[1] == at_once, "it goes on at once, and not before"
    assert slowed
    assert slowed.rate == 250.0, "half of what it was"


def test_telegrams_rate_is_kept_without_one_refusal(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(bot=Rate(30, 30), chat=FAST.chat)
    with open_stage(sqlite_url, tmp_path, limits, telegram_rate=28.0) as stage:
        chats = [stage.link(f"p{n}", stage.people.alice) for n in range(45)]
        for chat in chats:
            put(stage, chat, f"to {chat}")
        note_leaving(monkeypatch, watch(stage.server))
        send_all(stage)
        assert set(rows(stage).values()) == {"sent"}
        with stage.workplace.database.read() as connection:
            events = set(connection.scalars(select(outbox_attempt.c.event)))
        assert events == {"sending", "sent"}


def test_one_chat_rests_after_a_burst(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(bot=FAST.bot, chat=Rate(1, 5))
    with open_stage(sqlite_url, tmp_path, limits, telegram_chat_rate=1.0) as stage:
        chat = stage.link("mother", stage.people.alice)
        put(stage, chat, *(f"part {n}" for n in range(6)))
        note_leaving(monkeypatch, watch(stage.server))
        send_all(stage)
        with stage.workplace.database.read() as connection:
            events = set(connection.scalars(select(outbox_attempt.c.event)))
        assert events == {"sending", "sent"}


def test_a_file_is_uploaded_once_and_then_named(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    sha256 = stage.workplace.files.put(b"%PDF-1.7 lesson")
    for key in ("one", "two"):
        put(stage, chat, key, method="sendDocument", document=f"stored:{sha256}:lesson.pdf")
        send_all(stage)
    files = [m["media"][0] for m in stage.seen("mother")]
    assert [one["sha256"] for one in files] == [sha256, sha256]
    assert len({one["file_id"] for one in files}) == 1


def test_a_forgotten_file_number_is_uploaded_anew(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    sha256 = stage.workplace.files.put(b"%PDF-1.7 lesson")
    stale = {"bot_id": BOT, "sha256": sha256, "kind": "document", "file_id": "gone"}
    with stage.workplace.database.write() as connection:
        connection.execute(telegram_file.insert().values(stale))
    put(stage, chat, "one", method="sendDocument", document=f"stored:{sha256}:lesson.pdf")
    send_all(stage)
    assert stage.seen("mother")[0]["media"][0]["sha256"] == sha256


def test_a_missing_file_is_refused_in_words(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    put(stage, chat, "one", method="sendDocument", document=f"stored:{'0' * 64}:lesson.pdf")
    send_all(stage)
    assert rows(stage) == {"one": "refused"}


def test_a_wrong_token_sends_nothing_and_loses_nothing(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path, telegram_token="1:wrong") as stage:
        chat = stage.link("mother", stage.people.alice)
        put(stage, chat, "hello")
        send_all(stage, until=lambda: rows(stage) == {"hello": "retry"})
        with stage.workplace.database.read() as connection:
            assert "token" in bot_health.read_problem(connection, BOT)


def test_without_a_network_everything_waits(sqlite_url: str, tmp_path: Path) -> None:
    with open_stage(sqlite_url, tmp_path, telegram_api="http://127.0.0.1:9") as stage:
        chat = stage.link("mother", stage.people.alice)
        put(stage, chat, "hello")
        send_all(stage, until=lambda: rows(stage) == {"hello": "retry"})
        assert rows(stage) == {"hello": "retry"}


def test_an_answer_that_could_not_be_written_down_makes_no_repeat(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = stage.link("mother", stage.people.alice)
    put(stage, chat, "Only once")
    written, faults = claims.settle, [JetkizError("The disk is full.")]

    def full_once(*given: Any) -> None:
        if faults:
            raise faults.pop()
        written(*given)

    monkeypatch.setattr(claims, "settle", full_once)
    monkeypatch.setattr("bot.staying_alive.REST_AFTER_FAILURE", 0.05)
    with running_bot(stage) as bot:
        assert bot.drain(PATIENCE)
    assert not faults
    texts = [one["text"] for one in stage.seen("mother")]
    assert [text for text in texts if "Only once" in text] == ["Only once"]


@pytest.mark.parametrize("then", ["flood", "refuse"])
def test_a_repeat_stays_marked_through_every_later_refusal(stage: Stage, then: str) -> None:
    chat = stage.link("mother", stage.people.alice)
    lost = {"kind": "error", "moment": "after", "method": "sendMessage"}
    later = {"kind": then, "code": 429, "description": "Too Many Requests", "retry_after": 1}
    stage.players.faults([lost, {**later, "method": "sendMessage"}])
    put(stage, chat, "hello")
    send_all(stage)
    first, second = (m["text"] for m in stage.seen("mother"))
    assert first == "hello"
    assert REPEAT in second
    assert attempts(stage) == ["sending", "unknown", "sending", "retry", "sending", "sent"]


def test_a_lost_edit_is_made_again_at_once_and_shows_no_repeat(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    put(stage, chat, "first")
    with stage.workplace.database.write() as connection:
        words = {"chat_id": chat, "text": "second"}
        edit = outbox.Outgoing("edit", chat, "editMessageText", words, edits="first")
        outbox.put(connection, BOT, [edit], wall_clock())
    stage.players.faults([{"kind": "reset", "moment": "after", "method": "editMessageText"}])
    send_all(stage, settle=60.0)
    assert [m["text"] for m in stage.seen("mother")] == ["second"]
    assert rows(stage) == {"first": "sent", "edit": "sent"}


def test_an_answer_to_a_press_is_repeated_without_a_word_more(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    keyboard = {"inline_keyboard": [[{"text": "Press", "callback_data": "1:nop"}]]}
    put(stage, chat, "press me", reply_markup=keyboard)
    send_all(stage)
    query = stage.players.press("mother", "Press")["query_id"]
    stage.players.faults([{"kind": "error", "method": "answerCallbackQuery"}])
    with stage.workplace.database.write() as connection:
        words = {"callback_query_id": query, "text": "Thank you!"}
        heard = outbox.Outgoing("heard", chat, "answerCallbackQuery", words, outbox.Lane.PRESS)
        outbox.put(connection, BOT, [heard], wall_clock())
    send_all(stage, settle=60.0)
    answers = stage.players.get("people/mother/chat")["answers"]
    assert [one["text"] for one in answers] == ["Thank you!"]


def test_a_press_answered_too_late_is_nothing_to_look_after(stage: Stage) -> None:
    chat = stage.link("mother", stage.people.alice)
    with stage.workplace.database.write() as connection:
        words = {"callback_query_id": "12345", "text": "Thank you!"}
        heard = outbox.Outgoing("heard", chat, "answerCallbackQuery", words, outbox.Lane.PRESS)
        outbox.put(connection, BOT, [heard], wall_clock())
    send_all(stage)
    assert rows(stage) == {"heard": "dropped"}
    with stage.workplace.database.read() as connection:
        assert outbox.refused(connection, BOT) == []


def test_a_fault_of_our_own_spoils_no_other_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = ("alice", "mother", "uncle")
    chats = {key: stage.link(key, stage.people.alice) for key in people}
    made = Sender._uploads

    def breaks_once(sender: Sender, job: outbox.Job) -> Any:
        if job.key == "to mother" and not job.unknowns:
            raise PermissionError(13, "Permission denied")
        return made(sender, job)

    monkeypatch.setattr(Sender, "_uploads", breaks_once)
    for key, chat in chats.items():
        put(stage, chat, f"to {key}")
    send_all(stage)
    assert {key: len(stage.seen(key)) for key in people} == dict.fromkeys(people, 1)
    assert REPEAT in stage.seen("mother")[0]["text"], "nobody can tell what broke, and where"


def test_the_sternest_flood_is_remembered(stage: Stage) -> None:
    with stage.workplace.database.write() as connection:
        now = wall_clock()
        for wait in (timedelta(hours=2), timedelta(seconds=5)):
            row = booking.lock_row(connection, BOT, now)
            floods.freeze(connection, BOT, row, now + wait, now, 28.0)
        assert bot_health.frozen_until(connection, BOT) == now + timedelta(hours=2)


def test_a_group_that_got_a_new_number_gets_its_message_once(stage: Stage) -> None:
    stage.players.person("mother", "Mother")
    old = stage.players.group("class3", "3A", ["mother"])["chat_id"]
    new = stage.players.change_group("class3", "migrate")["chat_id"]
    put(stage, old, "to the class", "and more")
    send_all(stage)
    told = [m.get("text") for m in stage.players.group_chat("class3")]
    assert [one for one in told if one in {"to the class", "and more"}] == [
        "to the class",
        "and more",
    ]
    assert set(rows(stage).values()) == {"sent"}
    with stage.workplace.database.read() as connection:
        chats = set(connection.scalars(select(outbox_table.c.chat_id)))
    assert chats == {new}


def test_albums_that_must_wait_hold_no_other_family_up(stage: Stage) -> None:
    now = wall_clock()
    with stage.workplace.database.write() as connection:
        album = {"media": [{"type": "photo", "media": "x"}] * 10}
        for chat in range(1, 21):
            one = outbox.Outgoing(f"album{chat}", chat, "sendMediaGroup", album)
            outbox.put(connection, BOT, [one], now)
            pace = {"bot_id": BOT, "chat_id": chat, "booked_until": now.timestamp() - 1.5}
            connection.execute(telegram_pace.insert().values(pace))
        outbox.put(connection, BOT, [outbox.Outgoing("word", 99, "sendMessage", {})], now)
    with stage.workplace.database.write() as connection:
        wanted = claims.Claim(BOT, "a", 1, rates=Rates.of(28.0, 1.0))
        assert [job.key for job in claims.claim(connection, wanted, now)] == ["word"]
