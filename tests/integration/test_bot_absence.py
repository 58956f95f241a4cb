"""After a silence of twenty hours each family is asked once; clocks that jump ask nobody."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot import bots
from bot.chats import links
from bot.receiving import absence
from bot.receiving.absence import Attendance
from bot.sending.outbox import Lane
from bot.tables import outbox
from jetkiz.bot_tokens import BotToken
from jetkiz.storage.database import Database
from tests.factories import NOW, add_people

ZONE = "Asia/Qostanay"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Watch:
    """A watch that no change of the calendar moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def families(connection: Connection, bot: int = 1) -> None:
    people = add_people(connection)
    for chat_id, student, language in (
        (5, people.alice, "kk"),
        (6, people.bob, "ru"),
        (7, people.bob, "en"),
    ):
        chat = links.open_chat(connection, bot, chat_id, language)
        links.link(connection, chat, student, "guardian", NOW)
    links.open_chat(connection, bot, 8, "en")
    blocked = links.open_chat(connection, bot, 9, "en")
    links.link(connection, blocked, people.alice, "guardian", NOW)
    links.set_blocked(connection, blocked, NOW)


def restarted(connection: Connection, *moments: datetime, bot: int = 1) -> list[int]:
    """Let a new program hear Telegram at each moment; return how many it asked."""
    return [Attendance(bot, ZONE).heard(connection, moment) for moment in moments]


def test_each_family_is_asked_once_in_its_language_and_told_since_when(database: Database) -> None:
    with database.write() as connection:
        families(connection)
        back = NOW + 60 * HOUR
        assert restarted(connection, NOW, back, back + HOUR) == [0, 3, 0]
        rows = connection.execute(select(outbox).order_by(outbox.c.chat_id)).all()
        assert [row.chat_id for row in rows] == [5, 6, 7]
        assert {row.lane for row in rows} == {Lane.REMINDER}
        texts = [row.payload["text"] for row in rows]
        assert "дүйсенбі, 26 қаңтар" in texts[0]
        assert "понедельник, 26 января" in texts[1]
        assert "Monday, 26 January, 08:00" in texts[2]
        assert absence.last_gap(connection, 1) == (NOW, back)


def test_the_next_gap_is_another(database: Database) -> None:
    with database.write() as connection:
        families(connection)
        assert restarted(connection, NOW, NOW + DAY, NOW + 2 * DAY) == [0, 3, 3]


def test_nobody_is_woken_at_night(database: Database) -> None:
    with database.write() as connection:
        families(connection)
        restarted(connection, NOW, NOW + DAY + 15 * HOUR)
        moments = set(connection.scalars(select(outbox.c.not_before)))
        assert moments == {datetime(2026, 1, 28, 2, 30, tzinfo=UTC)}, "07:30 of the next morning"


@pytest.mark.parametrize(
    "away",
    [timedelta(), HOUR, 20 * HOUR, -HOUR, -365 * DAY, 365 * DAY, absence.TOO_LONG_AGO],
)
def test_a_short_silence_and_a_calendar_out_of_order_ask_nobody(
    sqlite_database: Database, away: timedelta
) -> None:
    with sqlite_database.write() as connection:
        families(connection)
        assert restarted(connection, NOW, NOW + away) == [0, 0]
        assert absence.last_gap(connection, 1) is None
        assert absence.last_heard(connection, 1) == NOW + away


def test_the_very_first_start_asks_nobody(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        families(connection)
        assert restarted(connection, NOW) == [0]


def test_a_running_program_believes_its_own_watch(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        families(connection)
        watch = Watch()
        running = Attendance(1, ZONE, watch)
        assert running.heard(connection, NOW) == 0
        running.kept(running.moment())
        watch.seconds += 60
        assert running.heard(connection, NOW + 3 * DAY) == 0, "the calendar was put forward"
        running.kept(running.moment())
        watch.seconds += 60
        assert running.heard(connection, NOW) == 0, "and back"
        running.kept(running.moment())
        watch.seconds += (30 * HOUR).total_seconds()
        assert running.heard(connection, NOW + 30 * HOUR) == 3, "the line was really cut"


def test_hearing_is_written_down_once_a_minute(sqlite_database: Database) -> None:
    watch = Watch()
    running = Attendance(1, ZONE, watch)
    assert running.is_due
    with sqlite_database.write() as connection:
        running.heard(connection, NOW)
    assert running.is_due, "as long as nobody knows whether it was written"
    running.kept(running.moment())
    assert not running.is_due
    watch.seconds += absence.NOTE_EVERY
    assert running.is_due


class FullDiskError(Exception):
    """Nothing can be written."""


@pytest.mark.parametrize("failures", [1, 3])
def test_a_gap_that_could_not_be_written_down_is_not_forgotten(
    database: Database, failures: int
) -> None:
    """The line comes back to a full disk: when it has room again, the families are asked."""
    watch = Watch()
    running = Attendance(1, ZONE, watch)
    with database.write() as connection:
        families(connection)
        running.heard(connection, NOW)
    running.kept(running.moment())
    watch.seconds += DAY.total_seconds()
    for _ in range(failures):
        with suppress(FullDiskError), database.write() as connection:
            assert running.heard(connection, NOW + DAY) == 3
            raise FullDiskError
        watch.seconds += 2
    with database.write() as connection:
        assert running.heard(connection, NOW + DAY) == 3
        assert absence.last_gap(connection, 1) == (NOW, NOW + DAY)


def test_an_older_hearing_that_is_written_later_takes_nothing_back() -> None:
    watch = Watch()
    running = Attendance(1, ZONE, watch)
    older = running.moment()
    watch.seconds += absence.NOTE_EVERY - 1
    running.kept(running.moment())
    running.kept(older)
    watch.seconds += 1
    assert not running.is_due


def test_only_the_families_of_the_bot_that_was_away_are_asked(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        families(connection)
        bots.take_up(connection, [BotToken("1:a"), BotToken("2:b", "s2")])
        assert restarted(connection, NOW, NOW + DAY, bot=2) == [0, 0]
        assert restarted(connection, NOW, NOW + DAY) == [0, 3]
        assert bots.zone_of(connection, 2) == ZONE
        assert bots.zone_of(connection, 1) == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.tuples(st.integers(-500, 500), st.integers(0, 100)), max_size=8))
def test_no_jump_of_the_calendar_asks_a_family_while_the_program_hears_telegram(
    sqlite_database: Database, steps: list[tuple[int, int]]
) -> None:
    """Each step: the calendar jumps by hours; less than twenty hours pass between two."""
    with sqlite_database.engine.connect() as connection:
        writer = connection.execution_options(jetkiz_write=True)
        story = writer.begin()
        families(writer)
        watch = Watch()
        running = Attendance(1, ZONE, watch)
        now = NOW
        running.heard(writer, now)
        running.kept(running.moment())
        for jump, passed in steps:
            watch.seconds += passed * 720
            now += timedelta(hours=jump)
            assert running.heard(writer, now) == 0
            running.kept(running.moment())
            assert absence.last_heard(writer, 1) == now
        story.rollback()
