"""A broadcaster's log that has not come by the evening: each coordinator hears of it once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chats import links
from bot.staff_notices import tell_of_logs
from bot.tables import outbox
from broadcast.as_run.importing import LogFile, import_log
from broadcast.as_run.profiles import log_profile
from broadcast.channel import BroadcastChannel
from broadcast.revisions import keep_draft, publish
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from tests.air_evenings import AFTERWARDS
from tests.air_weeks import FIRST, air_plan, air_problem
from tests.bot_family import BOT, Family
from tests.bot_staff import AIGUL, OUTSIDER, SECOND, TAMARA, add_everybody, linked_staff
from tests.factories import NOW, WEEK

# Nine in the morning of Monday is the first airing; the log is expected at eight in the evening.
EVENING = FIRST + timedelta(hours=11)
A, B, AGAIN = "w05-0.1", "w05-1.1", "w05-0.2"


@dataclass
class Evening:
    """A school whose week is on the air, and the moment at which its bot looks."""

    family: Family
    air: BroadcastChannel

    def tells(self, now: datetime) -> int:
        count = tell_of_logs(self.family.connection, BOT, lambda: self.air, now)
        self.family.deliver()
        return count

    def restarts(self, **settings: str) -> None:
        """Begin with a new program that remembers nothing but the database."""
        place = self.family.workplace
        place = Workplace(
            replace(place.settings, **settings), place.database, place.files, place.clock
        )
        self.air = BroadcastChannel(place)

    def reads(self, *lines: str) -> None:
        file = LogFile("\n".join(["airing;status", *lines, ""]).encode())
        connection = self.family.connection
        import_log(connection, WEEK, file, log_profile("jetkiz"), "aigul", AFTERWARDS)

    def heard(self, chat_id: int) -> list[str]:
        texts = self.family.screens[chat_id].texts
        return [one for one in texts if "log of what was aired" in one]


@pytest.fixture
def evening(sqlite_database: Database, tmp_path: Path) -> Iterator[Evening]:
    with sqlite_database.write() as connection:
        people = add_everybody(connection)
    with linked_staff(sqlite_database, tmp_path, people) as school:
        number = keep_draft(school.connection, WEEK, air_problem(), air_plan(), NOW)
        publish(school.connection, WEEK, number, "aigul", NOW)
        yield Evening(school, BroadcastChannel(school.workplace))


def test_each_coordinator_hears_once_in_the_evening_and_no_teacher(evening: Evening) -> None:
    assert evening.tells(EVENING - timedelta(minutes=1)) == 0
    assert evening.tells(EVENING + timedelta(minutes=1)) == 3
    evening.restarts()
    assert evening.tells(EVENING + timedelta(hours=2)) == 0

    [text] = evening.heard(AIGUL)
    assert evening.heard(SECOND) == [text]
    assert not evening.heard(TAMARA)
    assert evening.heard(OUTSIDER) == [text]
    assert "had not come by 20:00" in text
    assert "Balapan, Monday, 26 January: 1 of 1 lessons not reported" in text
    assert "Second, Monday" in text


def test_a_log_that_came_in_time_is_not_missed(evening: Evening) -> None:
    evening.reads(f"{A};aired", f"{AGAIN};missed")

    assert evening.tells(EVENING + timedelta(minutes=1)) == 0


def test_of_two_channels_only_the_silent_one_is_named(evening: Evening) -> None:
    evening.reads(f"{A};aired")
    evening.tells(EVENING + timedelta(minutes=1))

    [text] = evening.heard(AIGUL)
    assert "Second, Monday" in text
    assert "Balapan" not in text


def test_the_next_evening_tells_of_its_own_day_alone(evening: Evening) -> None:
    evening.tells(EVENING + timedelta(minutes=1))
    assert evening.tells(EVENING + timedelta(days=1, minutes=1)) == 3

    monday, tuesday = evening.heard(AIGUL)
    assert "Tuesday" in tuesday
    assert "Monday" not in tuesday
    assert "Tuesday" not in monday


def test_outside_the_office_hours_it_comes_at_once_and_without_a_sound(evening: Evening) -> None:
    tell_of_logs(evening.family.connection, BOT, lambda: evening.air, EVENING)

    rows = evening.family.connection.execute(
        select(outbox.c.payload, outbox.c.is_held).where(outbox.c.key.startswith("logs:"))
    ).all()
    assert [row.payload["disable_notification"] for row in rows] == [True] * 3
    assert not any(row.is_held for row in rows)


def test_a_computer_that_was_off_tells_of_the_last_days_and_of_no_older_ones(
    evening: Evening,
) -> None:
    friday = EVENING + timedelta(days=4)
    assert evening.tells(friday) == 3

    [text] = evening.heard(AIGUL)
    assert "Wednesday" in text
    assert evening.tells(friday + timedelta(days=10)) == 0


def test_who_died_before_the_end_tells_after_the_next_start(evening: Evening) -> None:
    point = evening.family.connection.begin_nested()
    assert tell_of_logs(evening.family.connection, BOT, lambda: evening.air, EVENING) == 3
    point.rollback()
    evening.restarts()

    assert evening.tells(EVENING) == 3
    assert len(evening.heard(AIGUL)) == 1


def test_without_a_linked_coordinator_or_an_hour_nobody_is_told(evening: Evening) -> None:
    def never() -> object:
        raise AssertionError("nobody is there to be told")

    assert tell_of_logs(evening.family.connection, BOT + 1, never, EVENING) == 0
    evening.restarts(as_run_by="late")
    assert evening.tells(EVENING) == 0


def test_a_phone_reads_it_in_its_own_language(evening: Evening) -> None:
    for chat_id, language in ((AIGUL, "kk"), (SECOND, "ru")):
        chat = links.find_chat(evening.family.connection, BOT, chat_id)
        assert chat
        links.set_language(evening.family.connection, chat, language)
    evening.tells(EVENING)

    assert any("Эфир есебі" in one for one in evening.family.screens[AIGUL].texts)
    assert any("эфирная справка" in one for one in evening.family.screens[SECOND].texts)
