"""The ledger examined and rebuilt from the command line."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from jetkiz.delivery.ledger import differences, weeks
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import student_week
from jetkiz.storage.database import Database
from tests.factories import NOW, WEEK, People, add_people, publish_week
from tests.spoken import Jetkiz


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        found = add_people(connection)
        publish_week(connection, found)
        one = Receipt(
            "k", WEEK, found.alice, found.lessons[:2], State.DISPATCHED, "telegram", at=NOW
        )
        prepared = replace(one, key="p", state=State.PREPARED)
        record_receipts(connection, [one, prepared], NOW)
    return found


@pytest.fixture
def jetkiz(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(database_url, tmp_path, capsys)


def test_a_proved_ledger_is_said_to_be_proved(jetkiz: Jetkiz, people: People) -> None:
    assert "every entry is proved" in jetkiz.run("ledger", "check")
    assert WEEK in jetkiz.run("ledger", "check", WEEK)
    assert people.alice


def test_a_bit_without_a_receipt_is_found_and_taken_back(
    jetkiz: Jetkiz, database: Database, people: People
) -> None:
    with database.write() as connection:
        connection.execute(update(student_week).values(known=(0, 0, 1, 0, 0, 0)))
        assert weeks(connection) == [WEEK]
        assert differences(connection, WEEK) == [(people.alice, 1), (people.bob, 1)]
    assert "differ from their receipts: 2" in jetkiz.ends("ledger", "check")[1]
    assert "jetkiz ledger rebuild" in jetkiz.refuses("ledger", "check")
    assert "entries changed: 2" in jetkiz.run("ledger", "rebuild", WEEK)
    assert "every entry is proved" in jetkiz.run("ledger", "check")
    assert "entries changed: 0" in jetkiz.run("ledger", "rebuild")


@pytest.mark.usefixtures("people")
def test_a_week_that_nobody_planned_is_refused(jetkiz: Jetkiz) -> None:
    assert "no week 2026-W06" in jetkiz.refuses("ledger", "check", "2026-W06")
    assert WEEK in jetkiz.refuses("ledger", "rebuild", "2026-W06")


def test_an_empty_ledger_says_so(jetkiz: Jetkiz) -> None:
    assert "The ledger is empty" in jetkiz.refuses("ledger", "check")
