"""The report commands on both databases, and what they refuse."""

import json
from pathlib import Path

import pytest

from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.reports.progress import Standing, read_week_report
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from tests.factories import NO_WAY, NOW, WEEK, People, add_people, publish_week
from tests.spoken import Jetkiz


def _receipt(number: int, lessons: tuple[int, ...], state: State) -> Receipt:
    return Receipt(
        key=f"{number}:{state}",
        week=WEEK,
        student=number,
        lessons=lessons,
        state=state,
        channel="telegram",
        at=NOW,
        reason=FailureReason.BLOCKED if state == State.FAILED else None,
    )


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        found = add_people(connection)
        publish_week(connection, found, NO_WAY)
        receipts = [
            _receipt(found.alice, found.lessons, State.FAILED),
            _receipt(found.bob, found.lessons, State.DISPATCHED),
        ]
        record_receipts(connection, receipts, NOW)
    return found


def test_the_ledger_is_counted(database: Database, people: People) -> None:
    with database.read() as connection:
        found = read_week_report(connection, WEEK)
    assert {one.student: one.standing for one in (*found.nothing, *found.no_sign)} == {
        people.charlie: Standing.NOT_IN_PLAN,
        people.alice: Standing.FAILED,
        people.bob: Standing.NO_SIGN,
    }
    assert found.nothing[1].failures == (FailureReason.BLOCKED,)
    # Alice and Bob each lack their first lesson; failing a lesson without a channel is no channel.
    assert found.without_channel_by_reason == {ChoiceReason.NO_CHANNEL_FITS: 2}


def test_a_student_who_left_is_not_counted(database: Database, people: People) -> None:
    with database.write() as connection:
        connection.execute(
            student.update().where(student.c.id == people.alice).values(active=False)
        )
        found = read_week_report(connection, WEEK)
    assert found.students == 2
    assert people.alice not in {one.student for one in found.nothing}


@pytest.fixture
def command(
    database_url: str, people: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Jetkiz:
    assert people.alice
    return Jetkiz(database_url, tmp_path, capsys)


def test_names_are_shown_to_the_coordinator(command: Jetkiz) -> None:
    text = command.run("report", "nothing", WEEK)
    assert "Test Alice: everything that was sent failed (the family blocked the bot" in text
    assert "Test Bob: handed over, but no sign of arrival" in text


def test_json_has_numbers_and_no_names(command: Jetkiz, people: People) -> None:
    for name in ("week", "nothing"):
        text = command.run("report", name, WEEK, "--json")
        assert [one["student"] for one in json.loads(text)["no_sign"]] == [people.bob]
        assert "Alice" not in text


def test_the_week_is_said_in_words(command: Jetkiz) -> None:
    text = command.run("report", "week", WEEK, language="ru")
    assert "Неделя 2026-W05: 3 ученика" in text
    assert "2 урока без канала" in text


@pytest.mark.parametrize("week", ["2026-W06", "next week"])
def test_a_week_without_a_plan_is_refused(command: Jetkiz, week: str) -> None:
    assert week in command.refuses("report", "week", week)
