"""A broadcaster's log becomes receipts for every student whose lesson it was, on both databases."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select

from broadcast.as_run.importing import import_log, log_file
from broadcast.as_run.model import Outcome
from broadcast.as_run.profiles import log_profile
from broadcast.as_run.reporting import LogState, hour_of_logs, read_air_days
from broadcast.as_run.tables import as_run_file
from broadcast.plan.model import AiringStatus, Unplaced
from broadcast.revisions import keep_draft, publish
from broadcast.tables import airing
from broadcast.watchers import watchers
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.setbacks import read_setbacks
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.lessons import tables as lessons
from jetkiz.roster import tables as roster
from jetkiz.storage.database import Database
from tests.air_evenings import AFTERWARDS, Air, on_air
from tests.air_weeks import FIRST, air_plan, air_problem
from tests.factories import NOW, WEEK

A, B, C, AGAIN = "w05-0.1", "w05-1.1", "w05-2.1", "w05-0.2"
GOT, LOST, WAITS = State.DELIVERED, State.FAILED, State.PLANNED


@pytest.fixture
def air(database: Database, tmp_path: Path) -> Air:
    return on_air(database, tmp_path)


def counted(air: Air) -> tuple[int, int]:
    with air.database.read() as connection:
        receipts = connection.scalar(select(func.count()).select_from(receipt)) or 0
        files = connection.scalar(select(func.count()).select_from(as_run_file)) or 0
    return receipts, files


def test_every_student_whose_lesson_it_was_gets_a_receipt_once(air: Air) -> None:
    lines = (f"{A};aired", f"{B};missed", "no-such;aired")

    first = air.reads(*lines)
    after = air.airings()
    again = air.reads(*lines, now=AFTERWARDS + timedelta(hours=2))

    assert first.as_run.unknown == (4,)
    assert (first.recorded.settled.delivered, first.recorded.settled.failed) == (2, 2)
    assert first.before is None
    for student in (air.people.alice, air.people.bob):
        assert air.states(student) == [GOT, LOST, WAITS]
    assert (again.recorded.changed, again.recorded.settled.delivered) == ((), 0)
    assert again.before
    assert (again.before.by, again.before.at) == ("aigul", AFTERWARDS)
    assert air.airings() == after
    assert counted(air) == (4, 1)


def test_what_failed_did_so_because_it_was_not_aired(air: Air) -> None:
    air.reads(f"{B};missed")

    with air.database.read() as connection:
        found = read_setbacks(connection, WEEK, [air.people.alice])
    assert [one.reason for some in found.values() for one in some] == [FailureReason.NOT_AIRED]


def test_a_lesson_is_lost_only_when_no_airing_of_it_is_left(air: Air) -> None:
    """The first run fell out, but the home receives the channel of the repeat, too."""
    air.reads(f"{A};missed")
    assert air.states(air.people.alice) == [WAITS] * 3

    air.reads(f"{AGAIN};missed")
    assert air.states(air.people.alice) == [LOST, WAITS, WAITS]

    air.reads(f"{AGAIN};aired")
    assert air.states(air.people.alice) == [GOT, WAITS, WAITS]


def test_an_airing_that_a_home_does_not_receive_neither_helps_nor_harms_it(
    database: Database, tmp_path: Path
) -> None:
    air = on_air(database, tmp_path, alice="balapan", bob="second")

    air.reads(f"{A};missed", f"{AGAIN};aired")

    assert air.states(air.people.alice) == [LOST, WAITS, WAITS]
    assert air.states(air.people.bob) == [GOT, WAITS, WAITS]


def needs(air: Air, student_id: int, needs: str) -> None:
    row = roster.student.update().where(roster.student.c.id == student_id).values(needs=needs)
    with air.database.write() as connection:
        connection.execute(row)


def test_what_a_child_cannot_follow_was_not_received(air: Air) -> None:
    """Bob does not hear, and the second lesson alone has an interpreter."""
    needs(air, air.people.bob, "large_print,sign_language")
    signed = lessons.lesson.update().where(lessons.lesson.c.id == air.people.lessons[1])
    with air.database.write() as connection:
        connection.execute(signed.values(sign_language=True))

    found = air.reads(f"{A};aired", f"{B};aired", f"{C};missed")

    assert air.states(air.people.alice) == [GOT, GOT, LOST]
    assert air.states(air.people.bob) == [LOST, GOT, LOST]
    assert (found.recorded.settled.delivered, found.recorded.settled.failed) == (3, 3)
    with air.database.read() as connection:
        told = read_setbacks(connection, WEEK, [air.people.bob])
    assert [one.reason for some in told.values() for one in some] == [FailureReason.NO_VARIANT] * 2


def test_what_was_aired_for_eyes_is_not_received_by_who_cannot_see(air: Air) -> None:
    needs(air, air.people.alice, "braille")

    air.reads(f"{A};aired")

    assert air.states(air.people.alice) == [LOST, WAITS, WAITS]
    assert air.states(air.people.bob) == [GOT, WAITS, WAITS]


def test_who_watches_is_read_in_parts_of_any_size(air: Air) -> None:
    wanted = air.people.lessons[:2]
    with air.database.read() as connection:
        whole = [one for part in watchers(connection, WEEK, wanted) for one in part]
        parts = list(watchers(connection, WEEK, wanted, at_once=3))
        assert list(watchers(connection, "2026-W06", wanted)) == []

    assert [len(part) for part in parts] == [3, 1]
    assert [one for part in parts for one in part] == whole
    who = (air.people.alice, air.people.bob)
    assert [(one.student, one.lesson) for one in whole] == [(s, n) for s in who for n in wanted]


def test_a_later_file_may_bring_good_news_and_never_takes_it_back(air: Air) -> None:
    seen = []
    for said in ("missed", "short", "aired", "missed", "short"):
        air.reads(f"{B};{said}")
        seen.append((air.airings()[B][0], air.states(air.people.bob)[1]))

    assert seen == [("missed", LOST), ("short", LOST), *[("aired", GOT)] * 3]


def test_when_and_how_long_an_airing_really_ran_is_kept(air: Air) -> None:
    head = "channel;date;start;status;minutes;title"
    air.reads(
        "balapan;2026-01-26;09:04;aired;15;w05-0",
        "balapan;2026-01-27;13:30;aired;15;w05-1",
        "balapan;2026-01-28;09:00;aired;6;w05-2",
        head=head,
    )

    assert air.airings() == {
        A: (AiringStatus.AIRED, datetime(2026, 1, 26, 4, 4, tzinfo=UTC), 15),
        B: (AiringStatus.MISSED, datetime(2026, 1, 27, 8, 30, tzinfo=UTC), 15),
        C: (AiringStatus.SHORT, datetime(2026, 1, 28, 4, 0, tzinfo=UTC), 6),
        AGAIN: (AiringStatus.PUBLISHED, None, None),
    }
    assert air.states(air.people.alice) == [GOT, LOST, LOST]


def test_a_revision_that_comes_later_does_not_undo_what_was_aired(air: Air) -> None:
    air.reads(f"{A};aired")
    plan = air_plan()
    airings = tuple(
        replace(one, status=AiringStatus.CANCELLED, sequence=1) if one.id == B else one
        for one in plan.airings
    )
    lost = (Unplaced("w05-1.kk", "fell out"),)

    air.publishes(replace(plan, parent=1, airings=airings, unplaced=lost))
    found = air.reads(f"{A};aired", f"{B};aired")

    assert air.airings()[A][0] == AiringStatus.AIRED
    assert [one.airing for one in found.as_run.outcomes] == [A]
    assert found.as_run.unknown == (3,)


def test_a_log_waits_for_a_revision_that_is_being_published(air: Air) -> None:
    """Both write the same rows: one that read them before the other was done would undo it."""
    plan = air_plan()
    later = tuple(
        replace(one, start=FIRST + timedelta(hours=8)) if one.id == AGAIN else one
        for one in plan.airings
    )
    reading = Thread(target=air.reads, args=(f"{AGAIN};aired", f"{A};aired"))
    with air.database.write() as connection:
        number = keep_draft(
            connection, WEEK, air_problem(), replace(plan, parent=1, airings=later), NOW
        )
        publish(connection, WEEK, number, "aigul", NOW)
        reading.start()
        reading.join(0.2)
        assert reading.is_alive()
    reading.join()

    assert air.airings()[AGAIN][0] == AiringStatus.AIRED
    with air.database.read() as connection:
        start = connection.scalar(select(airing.c.start).where(airing.c.code == AGAIN))
    assert start == FIRST + timedelta(hours=8)


TIMED = "channel;date;start;status"
REFUSED = (
    (["khabar;2026-01-26;09:00;aired"], TIMED, "another channel: khabar"),
    (["balapan;2026-02-26;09:00;aired"], TIMED, "another week"),
    (["2026-01-26;09:00;aired"], "date;start;status", "--channel: balapan, second"),
    (["balapan;2026-01-26;15:00;aired"], TIMED, "Not one line"),
    (["x;aired"], "airing;status", "Not one line"),
    ([f"{A};aired", f"{B};perhaps"], "airing;status", "Line 3"),
    ([f"{A};aired"], "airing;result", "the column status"),
    (["", ""], "", "empty"),
)


def test_a_file_that_cannot_be_used_changes_nothing(air: Air) -> None:
    before = air.airings()

    for lines, head, words in REFUSED:
        with pytest.raises(JetkizError) as caught:
            air.reads(*lines, head=head)
        assert words in str(caught.value)
        assert translator("kk").error(caught.value) != str(caught.value)

    assert (air.airings(), counted(air)) == (before, (0, 0))


def test_a_file_may_be_called_by_letters_that_no_database_holds(air: Air, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xc1alapan\x0126.csv")
    path.write_text(f"airing;status\n{A};aired\n")

    with air.database.write() as connection:
        import_log(connection, WEEK, log_file(path), log_profile("jetkiz"), "aigul", AFTERWARDS)

    with air.database.read() as connection:
        assert connection.scalar(select(as_run_file.c.name)) == "?alapan?26.csv"


def test_a_playlist_is_no_log_of_what_was_aired(air: Air) -> None:
    before = air.airings()
    with pytest.raises(JetkizError, match="that are still to come: 1, to 2026-01-27 04:00 UTC"):
        air.reads(f"{A};aired", f"{B};aired", now=FIRST + timedelta(hours=1))
    assert (air.airings(), counted(air)) == (before, (0, 0))

    # That a lesson will not be aired can be known before its hour.
    early = air.reads(f"{A};aired", f"{B};missed", now=FIRST + timedelta(hours=1))
    assert early.as_run.of(Outcome.AIRED, Outcome.MISSED) == (A, B)


def test_a_file_that_names_another_channel_than_it_is_brought_for_changes_nothing(
    air: Air,
) -> None:
    line = "balapan;2026-01-26;09:00;aired"

    with pytest.raises(JetkizError, match="another channel: balapan") as caught:
        air.reads(line, head=TIMED, channel="second")
    assert translator("kk").error(caught.value) != str(caught.value)
    assert counted(air) == (0, 0)
    found = air.reads(line, head=TIMED, channel="Balapan")
    assert found.as_run.of(Outcome.AIRED) == (A,)


def test_a_file_may_bear_the_name_of_its_channel(air: Air) -> None:
    found = air.reads("2026-01-26;09:00;aired", head="date;start;status", name="Balapan_26.csv")

    assert found.as_run.of(Outcome.AIRED) == (A,)
    with pytest.raises(JetkizError, match="--channel"):
        air.reads("2026-01-26;09:00;aired", head="date;start;status", name="balapan2.csv")


def test_a_log_is_expected_in_the_evening_and_silence_is_named(air: Air) -> None:
    air.reads(f"{A};aired")
    seen = {}
    for hour in (3, 8, 15, 39, 62):
        now = FIRST - timedelta(hours=1) + timedelta(hours=hour - 3)
        with air.database.read() as connection:
            days = read_air_days(connection, WEEK, air_problem(), time(20), now)
        seen[hour] = [(one.channel.id, one.day.day, one.state) for one in days]

    whole, ahead, none = LogState.WHOLE, LogState.AHEAD, LogState.NO_LOG
    assert seen[3] == [
        ("balapan", 26, whole),
        ("balapan", 27, ahead),
        ("balapan", 28, ahead),
        ("second", 26, ahead),
    ]
    # Eight in the evening by the clock of the channel.
    assert [state for *_, state in seen[15]] == [whole, ahead, ahead, none]
    assert [state for *_, state in seen[39]] == [whole, none, ahead, none]
    assert [state for *_, state in seen[62]] == [whole, none, LogState.OPEN, none]
    assert air.airings()[B][0] == AiringStatus.PUBLISHED, "silence is no failure"
    assert air.states(air.people.alice) == [GOT, WAITS, WAITS]


def test_a_day_that_is_told_in_part_names_what_is_missing(air: Air) -> None:
    plan = air_plan()
    same_day = tuple(
        replace(one, channel="balapan", sequence=1) if one.id == AGAIN else one
        for one in plan.airings
    )
    air.publishes(replace(plan, parent=1, airings=same_day))
    air.reads(f"{A};short")

    with air.database.read() as connection:
        days = read_air_days(connection, WEEK, air_problem(), time(20), FIRST + timedelta(hours=20))

    monday = days[0]
    assert (monday.channel.id, monday.day) == ("balapan", date(2026, 1, 26))
    assert (monday.planned, monday.of(Outcome.SHORT), monday.silent) == (2, 1, (AGAIN,))
    assert monday.state == LogState.PART


@pytest.mark.parametrize("text", ["", "20", "24:00", "20:60", "eight"])
def test_an_hour_that_is_none_is_a_sentence(text: str) -> None:
    with pytest.raises(JetkizError, match="as_run_by"):
        hour_of_logs(text)
    assert hour_of_logs(" 9:30 ") == time(9, 30)
