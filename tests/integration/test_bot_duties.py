"""Each duty by itself: one that fails keeps no other from its turn, and comes again soon."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.talking.duties import AGAIN_AFTER, Duties, Duty
from jetkiz.config import Settings
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from tests.factories import NOW

SECRET = "Aruzhan has measles"


class Record:
    """Duties that write down that they were done; the broken one never ends well."""

    def __init__(self, duties: Duties) -> None:
        self.done: list[str] = []
        self.is_broken = True
        self.duties = duties
        duties._duties = (
            Duty("seal", 30.0, lambda _: self.done.append("seal")),
            Duty("broken", 6 * 3600.0, self.break_down),
            Duty("tell", 60.0, lambda _: self.done.append("tell")),
        )

    def break_down(self, _connection: Connection) -> None:
        self.done.append("broken")
        if self.is_broken:
            raise KeyError(SECRET)

    async def at(self, moment: float) -> list[str]:
        self.done.clear()
        await self.duties.do_due(moment)
        return list(self.done)


@pytest.fixture
def duties(sqlite_database: Database, tmp_path: Path) -> Duties:
    settings = Settings(data=tmp_path, telegram_token="1:test")
    return Duties(Workplace(settings, sqlite_database, FileStore(tmp_path), lambda: NOW))


async def test_a_duty_that_fails_keeps_no_other_from_its_turn(
    duties: Duties, caplog: pytest.LogCaptureFixture
) -> None:
    record = Record(duties)
    assert await record.at(0.0) == ["seal", "broken", "tell"]
    assert await record.at(29.0) == []
    assert await record.at(30.0) == ["seal"]
    assert await record.at(AGAIN_AFTER) == ["seal", "broken", "tell"], "no six hours later"
    assert "broken_failed error=KeyError" in caplog.text
    assert SECRET not in caplog.text


async def test_once_it_goes_well_it_has_its_own_time_again(duties: Duties) -> None:
    record = Record(duties)
    await record.at(0.0)
    record.is_broken = False
    assert "broken" in await record.at(AGAIN_AFTER)
    assert "broken" not in await record.at(3 * AGAIN_AFTER)
    assert "broken" in await record.at(AGAIN_AFTER + 6 * 3600.0)


async def test_what_a_failed_duty_wrote_is_gone_and_the_rest_stands(
    duties: Duties, sqlite_database: Database
) -> None:
    def write(connection: Connection, number: int) -> None:
        words = "INSERT INTO telegram_bot_state (bot_id) VALUES (?)"
        connection.exec_driver_sql(words, (number,))

    def write_and_fail(connection: Connection) -> None:
        write(connection, 7)
        raise KeyError(SECRET)

    duties._duties = (
        Duty("broken", 30.0, write_and_fail),
        Duty("right", 30.0, lambda connection: write(connection, 8)),
    )
    await duties.do_due(0.0)
    with sqlite_database.read() as connection:
        kept = connection.exec_driver_sql("SELECT bot_id FROM telegram_bot_state").scalars()
        assert list(kept) == [8]


async def test_the_duties_of_a_bot_can_all_be_done(
    duties: Duties, caplog: pytest.LogCaptureFixture
) -> None:
    await duties.do_due(0.0)
    assert "_failed" not in caplog.text
    assert {duty.name for duty in duties._duties} == {
        *("seal", "tell_ended", "late_reminders", "tell_staff", "tell_of_logs", "forget_words"),
    }
