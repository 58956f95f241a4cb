"""Batches and consignments are kept once, claimed once, and every attempt leaves evidence."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from jetkiz.delivery.consignments import (
    BatchState,
    Outcome,
    begin_attempt,
    close_lost_attempts,
    end_attempt,
    move_batch,
    read_batch,
    read_consignments,
    read_head,
    read_heads,
    save_batch,
)
from jetkiz.delivery.model import Batch, Consignment, Content, Kind
from jetkiz.storage.database import Database
from tests.factories import MONDAY, NOW, WEEK


def _consignment(student: int) -> Consignment:
    return Consignment(
        key=f"telegram:{WEEK}:{student}",
        channel="telegram",
        kind=Kind.DIGEST,
        week=WEEK,
        due=MONDAY,
        student=student,
        contents=(Content(student, (10, 11)),),
        payload={"lessons": [10, 11]},
    )


def _batch(*students: int) -> Batch:
    return Batch(f"b:{students[0]}", "telegram", WEEK, tuple(map(_consignment, students)))


def test_a_batch_is_read_back_as_it_was_kept(database: Database) -> None:
    with database.write() as connection:
        number = save_batch(connection, _batch(1, 2), NOW, NOW)
        found = read_batch(connection, number)
    assert [replace(one, id=0) for one in found.consignments] == [_consignment(1), _consignment(2)]
    assert found.id == number


def test_keeping_it_again_changes_nothing(database: Database) -> None:
    with database.write() as connection:
        number = save_batch(connection, _batch(1, 2), NOW, NOW)
        assert save_batch(connection, _batch(1, 2), NOW, NOW) == number
        assert len(read_consignments(connection, week=WEEK)) == 2


def test_a_consignment_stays_in_its_first_batch(database: Database) -> None:
    with database.write() as connection:
        first = save_batch(connection, _batch(1, 2), NOW, NOW)
        second = save_batch(connection, _batch(3, 2), NOW, NOW)
        assert len(read_batch(connection, first).consignments) == 2
        assert [one.student for one in read_batch(connection, second).consignments] == [3]


def _due(connection: Connection) -> list[int]:
    return [one.id for one in read_heads(connection, BatchState.WAITING, until=NOW)]


def test_only_due_batches_are_found_and_each_is_taken_once(database: Database) -> None:
    with database.write() as connection:
        now = save_batch(connection, _batch(1), NOW, NOW)
        save_batch(connection, _batch(2), NOW + timedelta(days=1), NOW)
        assert _due(connection) == [now]
        assert move_batch(connection, now, BatchState.WAITING, BatchState.QUEUED)
        assert not move_batch(connection, now, BatchState.WAITING, BatchState.QUEUED)
        assert _due(connection) == []
        assert len(read_heads(connection, BatchState.WAITING)) == 1


def test_each_attempt_is_written_down_before_and_after(database: Database) -> None:
    with database.write() as connection:
        number = save_batch(connection, _batch(1), NOW, NOW)
        assert begin_attempt(connection, number, NOW) == 1
        end_attempt(connection, number, 1, Outcome.REFUSED, "no answer", NOW)
        assert begin_attempt(connection, number, NOW) == 2
        rows = connection.exec_driver_sql("SELECT number, outcome FROM attempt ORDER BY number")
        assert [tuple(row) for row in rows] == [(1, "refused"), (2, "started")]


def test_attempts_that_never_ended_count_as_lost(database: Database) -> None:
    with database.write() as connection:
        number = save_batch(connection, _batch(1), NOW, NOW)
        begin_attempt(connection, number, NOW)
        assert close_lost_attempts(connection, number, NOW) == 1
        assert close_lost_attempts(connection, number, NOW) == 0
        end_attempt(connection, number, begin_attempt(connection, number, NOW), "refused", "", NOW)
        head = read_head(connection, number)
        assert read_head(connection, 4711) is None
    assert head is not None
    assert (head.channel, head.state, head.refused, head.lost) == (
        "telegram",
        BatchState.WAITING,
        1,
        1,
    )


def test_consignments_are_found_by_key_and_channel(database: Database) -> None:
    with database.write() as connection:
        save_batch(connection, _batch(1, 2), NOW, NOW)
        assert [
            one.student for one in read_consignments(connection, keys=[f"telegram:{WEEK}:2"])
        ] == [2]
        assert read_consignments(connection, channel="post") == []
