"""What is asked often finds its rows by an index, however many messages were ever sent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from bot.chats import links, staff
from bot.chats.forgetting import KEEP_WORDS, forget_words
from bot.chats.preferences import read_all_preferences
from bot.receiving import inbox
from bot.reminding import forget_reminders, keep_late_reminders, waiting_reminders
from bot.sending import claims, outbox
from bot.sending.claims import Claim
from bot.sending.outbox import Lane, Outgoing
from bot.sending.probe_window import survey
from bot.sending.sharing import on_their_way
from bot.staff_notices import tell_staff
from bot.tables import bot_state
from bot.tables import outbox as outbox_table
from jetkiz.homework.silence import read_sealed_by_silence, seal_silent_drafts
from jetkiz.roster.register import read_students
from jetkiz.staff.tables import account
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import wall_clock
from tests.bot_staff import add_everybody
from tests.factories import NOW
from tests.statement_counts import parameters_counted, plans_kept, statements_kept

BOT, OTHER = 1, 2
NIGHT = NOW + timedelta(hours=8)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.write() as opened:
        yield opened


@pytest.fixture
def lite(sqlite_database: Database) -> Iterator[Connection]:
    with sqlite_database.write() as opened:
        yield opened


def words(key: str, chat: int = 5, **more: object) -> Outgoing:
    return Outgoing(key, chat, "sendMessage", {"text": key}, **more)  # type: ignore[arg-type]


def scans(plans: list[str]) -> list[str]:
    """The steps that read a whole table of ours."""
    return [one for one in plans if one.startswith(("SCAN telegram_", "SCAN ret"))]


def test_outbox_and_inbox_are_searched_and_never_read_through(lite: Connection) -> None:
    outbox.put(lite, BOT, [words(f"k{n}", n, consignment=f"c{n}") for n in range(20)], NOW)
    outbox.put(lite, BOT, [words("k3:part0", 3)], NOW)
    edit = words("edit", 3, edits="k3")
    with plans_kept(lite) as plans:
        outbox.put(lite, BOT, [edit], NOW)
        outbox.is_due(lite, BOT, NOW)
        outbox.count_open(lite, BOT)
        outbox.written(lite, ["k1", "k2", "k99"])
        outbox.written_for(lite, "c3")
        outbox.key_of(lite, BOT, 3, 8)
        outbox.subject_of(lite, BOT, 3, 8)
        forget_words(lite, BOT, NOW)
        jobs = claims.claim(lite, Claim(BOT, "a", 5), NOW)
        survey(lite, BOT, jobs[0], 1.0, NOW)
    assert len(jobs) == 5
    assert not scans(plans)
    used = "\n".join(plans)
    for name in ("bot_id_state_is_held_lane_id", "held", "words", "bot_id_message_id"):
        assert f"ix_telegram_outbox_{name}" in used
    assert "ix_telegram_inbox_words" in used


def test_waiting_reminders_are_found_among_reminders_only(connection: Connection) -> None:
    told = [words(f"r{n}", n, lane=Lane.REMINDER, subject=f"{n}:7") for n in range(9)]
    outbox.put(connection, BOT, [*told, words("answer", 5, subject="1:7")], NOW)
    connection.execute(update(outbox_table).where(outbox_table.c.key == "r8").values(state="sent"))
    assert waiting_reminders(connection) == {(n, 7) for n in range(8)}
    assert forget_reminders(connection, [(1, 7), (8, 7), (1, 8)]) == 1
    assert (1, 7) not in waiting_reminders(connection)
    assert on_their_way(connection, ["c" * n for n in range(1, 70)]) == set()
    if connection.dialect.name == "sqlite":
        with plans_kept(connection) as plans:
            waiting_reminders(connection)
            forget_reminders(connection, [(1, 7), (8, 7)])
        assert not scans(plans)
        assert all("_reminders" in one for one in plans if "telegram_outbox" in one)


@pytest.mark.parametrize("state", ["queued", "retry"])
def test_a_reminder_that_is_put_off_for_the_night_is_held_like_any_other(
    connection: Connection, state: str
) -> None:
    links.open_chat(connection, BOT, 5, "kk")
    put_off = words("later:1:7:1:x", 5, lane=Lane.REMINDER, subject="1:7")
    outbox.put(connection, BOT, [put_off], NOW)
    connection.execute(update(outbox_table).values(state=state))
    evening = datetime(2026, 1, 26, 17, 30, tzinfo=UTC)
    assert keep_late_reminders(connection, BOT, ZoneInfo("Asia/Qostanay"), evening) == 1
    row = connection.execute(select(outbox_table)).one()
    assert row.is_held, "a clock that is put back does not hurry it"
    assert row.not_before > wall_clock()
    outbox.put(connection, BOT, [words("next", 5, lane=Lane.REMINDER)], NOW)
    [other] = claims.claim(connection, Claim(BOT, "a", 5), wall_clock())
    assert other.key == "next", "what is held keeps nobody waiting"
    connection.execute(
        update(outbox_table).where(outbox_table.c.key == "next").values(state="sent")
    )
    assert len(claims.claim(connection, Claim(BOT, "a", 5), row.not_before)) == 1
    assert not outbox.is_due(connection, BOT, row.not_before)


def test_silence_is_looked_for_among_drafts_and_fresh_returns_only(lite: Connection) -> None:
    with plans_kept(lite) as plans:
        seal_silent_drafts(lite, NOW, NOW.tzinfo or NOW.astimezone().tzinfo, NOW)  # type: ignore[arg-type]
        read_sealed_by_silence(lite, NOW)
    assert not scans(plans), "\n".join(plans)


def test_parts_are_found_in_the_chat_of_their_message_only(connection: Connection) -> None:
    outbox.put(connection, BOT, [words("w:1", 5, consignment="c"), words("w:1:part0", 5)], NOW)
    outbox.put(connection, BOT, [words("w:10", 5, consignment="d"), words("w:10:part0", 5)], NOW)
    outbox.put(connection, OTHER, [words("w:1:part1", 5), words("w:1:partner", 6)], NOW)
    numbers = outbox.written_for(connection, "c")
    rows = select(outbox_table.c.key).where(outbox_table.c.id.in_(numbers))
    assert set(connection.scalars(rows)) == {"w:1", "w:1:part0"}


def test_an_edit_takes_the_place_of_older_ones_of_the_same_bot_only(
    connection: Connection,
) -> None:
    outbox.put(connection, BOT, [words("a", edits="status")], NOW)
    outbox.put(connection, OTHER, [words("b", edits="status")], NOW)
    outbox.put(connection, BOT, [words("c", edits="status")], NOW)
    c = outbox_table.c
    rows = connection.execute(select(c.key, c.state).order_by(c.key))
    assert [tuple(row) for row in rows] == [("a", "dropped"), ("b", "queued"), ("c", "queued")]


def test_what_is_held_for_the_night_joins_the_others_when_it_is_due(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MOST_LET_GO", 2)
    held = [words(f"n{n}", n, lane=Lane.LESSON, not_before=NIGHT) for n in range(5)]
    outbox.put(connection, BOT, [*held, words("now", 9)], NOW)
    one_each = Claim(BOT, "a", 1)
    assert [one.key for one in claims.claim(connection, one_each, NOW)] == ["now"]
    assert claims.claim(connection, one_each, NIGHT - timedelta(seconds=1)) == []
    outbox.put(connection, BOT, [words("answer", 9, lane=Lane.ANSWER)], NIGHT)
    many = Claim(BOT, "a", 10)
    left = [{one.key for one in claims.claim(connection, many, NIGHT)} for _ in range(3)]
    assert left == [{"n0", "n1"}, {"n2", "n3"}, {"n4"}]
    done = update(outbox_table).where(outbox_table.c.key == "now").values(state="sent")
    connection.execute(done)
    assert [one.key for one in claims.claim(connection, many, NIGHT)] == ["answer"]


def test_a_night_of_held_messages_is_no_burden_for_an_answer(lite: Connection) -> None:
    held = [words(f"n{n}", n, not_before=NIGHT) for n in range(300)]
    outbox.put(lite, BOT, [*held, words("now", 9)], NOW)
    with plans_kept(lite) as plans:
        assert len(claims.claim(lite, Claim(BOT, "a", 9), NOW)) == 1
        assert not outbox.is_due(lite, BOT, NOW)
    mine = [one for one in plans if one.startswith("SEARCH telegram_outbox USING")]
    assert all("is_held=?" in one for one in mine if "state=?" in one), "\n".join(mine)
    assert not scans(plans)


def test_words_are_blanked_once_and_only_when_their_time_is_over(connection: Connection) -> None:
    place = {"id": 5, "type": "private"}
    raws = [{"update_id": n, "message": {"message_id": n, "chat": place}} for n in (1, 2)]
    inbox.store(connection, BOT, raws, NOW)
    outbox.put(connection, BOT, [words("a"), words("b", 6)], NOW)
    connection.execute(update(outbox_table).values(state="sent"))
    for one in inbox.waiting(connection, BOT, NOW):
        inbox.mark_done(connection, one.id, NOW, keep_words=True)
    later = NOW + KEEP_WORDS + timedelta(seconds=1)
    assert forget_words(connection, BOT, NOW + KEEP_WORDS) == 0
    assert forget_words(connection, OTHER, later) == 0
    assert forget_words(connection, BOT, later) == 3, "one update still waits"
    assert forget_words(connection, BOT, later) == 0


def test_what_buttons_carry_is_not_looked_at_again_each_time(database: Database) -> None:
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "x"}]]}
    shown = [
        Outgoing(f"k{n}", n, "sendMessage", {"text": "a", "reply_markup": markup}) for n in range(9)
    ]
    later = NOW + KEEP_WORDS + timedelta(seconds=1)
    with database.write() as connection:
        outbox.put(connection, BOT, shown, NOW)
        connection.execute(update(outbox_table).values(state="sent"))
        assert forget_words(connection, BOT, later) == 9
        assert forget_words(connection, BOT, later) == 0
        if database.is_sqlite:
            count = "SELECT count(*) FROM telegram_outbox INDEXED BY ix_telegram_outbox_words"
            holds = """ WHERE CAST(payload AS VARCHAR) != '{}' AND
                substr(CAST(payload AS VARCHAR), 1, 10) != '{"buttons"'"""
            assert connection.exec_driver_sql(count + holds).scalar() == 0
            with plans_kept(connection) as plans:
                forget_words(connection, BOT, later)
            assert not scans(plans)
            assert "ix_telegram_outbox_words" in "".join(plans)


def test_any_number_of_chats_and_tasks_is_asked_about(connection: Connection) -> None:
    chat = links.open_chat(connection, BOT, 5, "ru")
    with parameters_counted(connection) as counted:
        found = read_all_preferences(connection, range(70_000))
        assert forget_reminders(connection, [(n, n) for n in range(70_000)]) == 0
    assert list(found) == [chat.id]
    assert found[chat.id].language == "ru"
    assert max(counted) < 10


def test_staff_is_read_for_one_bot_and_for_all_at_once(connection: Connection) -> None:
    people = add_everybody(connection)
    rows = [{"bot_id": one, "next_update": 0} for one in (BOT, OTHER)]
    connection.execute(bot_state.insert(), rows)
    numbers = connection.scalars(select(account.c.id).order_by(account.c.id)).all()
    asked = []
    for place, number in enumerate(numbers):
        for bot in (BOT, OTHER):
            chat = links.open_chat(connection, bot, 100 + place, "kk")
            staff.link_staff(connection, chat, number, NOW)
        with statements_kept(connection) as kept:
            tell_staff(connection, BOT, NOW)
        asked.append(len(kept))
    ours = staff.staff_phones(connection, bot=BOT)
    assert {one.chat.bot for one in ours} == {BOT}
    assert len(staff.staff_phones(connection)) == 2 * len(ours)
    assert [one.member for one in ours] == [
        one for phone in ours for one in staff.members(connection, phone.chat)
    ]
    assert asked[-1] == asked[2], "no more questions for more people"
    [alice] = read_students(connection, only=[people.alice])
    with statements_kept(connection) as kept:
        assert str(links.zone_of(connection, alice)) == "Asia/Qostanay"
    assert len(kept) == 1
    assert "WHERE" in kept[0][0]
