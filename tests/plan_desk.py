"""A coordinator's desk on the Wednesday before the week: plain channels, and all commands."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jetkiz import channel as contract
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn, read_students
from jetkiz.storage.database import Database
from tests.factories import People, add_people
from tests.plain_channels import PLAIN
from tests.spoken import Jetkiz, stop_the_clock

WEDNESDAY = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)
ASKED = date(2026, 1, 10)


def tell(database: Database, student: int, kind: FactKind, value: str, asked: date = ASKED) -> None:
    """Let a teacher say something of a student's home."""
    with database.write() as connection:
        [found] = read_students(connection, only=[student])
        learn(connection, found.household, Fact(kind, value, Source.TEACHER, asked))


def people_of_whom(database: Database, told: Mapping[str, Mapping[FactKind, str]]) -> People:
    """Write the people of the village; of each a teacher has told something, or nothing."""
    with database.write() as connection:
        people = add_people(connection)
    for name, facts in told.items():
        for kind, value in facts.items():
            tell(database, getattr(people, name), kind, value)
    return people


@pytest.fixture
def plan_desk(
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Jetkiz:
    """The command as it is typed at that desk."""
    stop_the_clock(monkeypatch, WEDNESDAY)
    monkeypatch.setattr(contract, "CHANNELS", PLAIN)
    monkeypatch.setenv("JETKIZ_TELEGRAM_TOKEN", "1:token")
    monkeypatch.setenv("JETKIZ_ZONE", "Asia/Qostanay")
    return Jetkiz(database_url, tmp_path, capsys)
