"""The commands for TV lessons, as a coordinator types them, from the plan to the log."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from broadcast.airings import keep_timetable, read_airings, read_programmes, revisions
from broadcast.as_run_log import AsRun, record_log
from broadcast.model import Airing, Timetable
from broadcast.plan.model import AiringStatus
from broadcast.tables import airing
from broadcast.timetable import make_timetable
from broadcast.tv_channels import read_tv_channels
from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.lessons.tables import lesson, lesson_grade
from jetkiz.storage.database import Database
from tests.factories import NOW, WEEK, People, add_people, publish_week
from tests.spoken import Jetkiz

BY_TV = Choice("broadcast", ChoiceReason.ONLY_CHANNEL)


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        return add_people(connection)


def test_a_week_goes_from_plan_to_log(
    sqlite_database: Database, people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    made = jetkiz.run("timetable", "make", WEEK)
    assert "balapan" in made
    shown = jetkiz.run("timetable", "show", WEEK).splitlines()
    assert len(shown) == len(people.lessons)
    assert "2026-01-26 09:00" in shown[0]

    written = jetkiz.run("timetable", "export", WEEK)
    assert sum(name in written for name in (".xml", ".csv", ".xlsx", ".ics")) == 4
    assert "0 lessons" in jetkiz.run("timetable", "confirm", WEEK)

    log = tmp_path / "log.csv"
    rows = ["Балапан;26.01.2026;09:03;aired", "Balapan;26.01.2026;9.18;missed", ";;;"]
    log.write_bytes("\r\n".join(["channel;date;start;status", *rows]).encode("cp1251"))
    said = jetkiz.run("timetable", "as-run", WEEK, str(log))
    assert "0 airings ran, 1 did not" in said
    assert "lines fit no airing: 2" in said
    with sqlite_database.read() as connection:
        states = [one.status for one in read_airings(connection, WEEK)]
    assert states == [AiringStatus.PUBLISHED, AiringStatus.MISSED, AiringStatus.PUBLISHED]


@pytest.mark.parametrize("command", ["show", "export", "confirm"])
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_week_without_a_timetable_says_what_to_do(
    people: People, jetkiz: Jetkiz, command: str, language: str
) -> None:
    assert people.lessons
    assert "jetkiz timetable make" in jetkiz.refuses("timetable", command, WEEK, language=language)


def test_a_log_that_is_not_there_is_a_sentence(
    people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    assert people.lessons
    missing = str(tmp_path / "nothing.csv")
    assert "cannot be read" in jetkiz.refuses("timetable", "as-run", WEEK, missing)
    assert "cannot be read" in jetkiz.refuses("timetable", "as-run", WEEK, str(tmp_path))


def test_a_log_with_a_bad_line_records_nothing(
    sqlite_database: Database, people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    jetkiz.run("timetable", "make", WEEK)
    with sqlite_database.read() as connection:
        (first, *_) = read_airings(connection, WEEK)
    log = tmp_path / "log.csv"
    log.write_text(f"airing;status\n{first.id};aired\n{first.id};perhaps\n")

    assert "Line 3" in jetkiz.refuses("timetable", "as-run", WEEK, str(log))
    with sqlite_database.read() as connection:
        assert {one.status for one in read_airings(connection, WEEK)} == {AiringStatus.PLANNED}
    assert people.lessons


def test_a_lesson_that_was_taken_away_is_shown_and_stops_the_export(
    sqlite_database: Database, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("timetable", "make", WEEK)
    gone = people.lessons[0]
    with sqlite_database.write() as connection:
        connection.execute(delete(lesson_grade).where(lesson_grade.c.lesson_id == gone))
        connection.execute(update(lesson).where(lesson.c.id == gone).values(week="2026-W06"))

    assert "no longer there" in jetkiz.run("timetable", "show", WEEK)
    assert "faults" in jetkiz.refuses("timetable", "export", WEEK)


def test_a_channel_that_was_taken_away_is_shown_and_stops_the_export(
    sqlite_database: Database, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("timetable", "make", WEEK)
    with sqlite_database.write() as connection:
        connection.execute(update(airing).values(channel="gone"))

    assert "gone" in jetkiz.run("timetable", "show", WEEK)
    assert "faults" in jetkiz.refuses("timetable", "export", WEEK)
    assert people.lessons


def timetable(database: Database, *, without: int | None = None) -> Timetable:
    with database.read() as connection:
        programmes = read_programmes(connection, WEEK)
    wanted = [one for one in programmes if one.lesson != without]
    return make_timetable(WEEK, wanted, read_tv_channels())


def kept(database: Database, wanted: Timetable) -> tuple[int, list[Airing]]:
    with database.write() as connection:
        changed = keep_timetable(connection, wanted, NOW)
        return changed, read_airings(connection, WEEK)


def test_a_lesson_that_comes_back_to_its_old_place_is_aired_again(database: Database) -> None:
    """Taken out of the timetable and put back at the same minute: it must not stay dropped."""
    with database.write() as connection:
        people = add_people(connection)
    last = people.lessons[-1]

    _, before = kept(database, timetable(database))
    dropped, fewer = kept(database, timetable(database, without=last))
    again, after = kept(database, timetable(database))
    nothing, _ = kept(database, timetable(database))

    assert (dropped, len(fewer)) == (1, len(before) - 1)
    assert (again, nothing) == (1, 0)
    assert after == before
    with database.read() as connection:
        numbers = revisions(connection, WEEK)
    assert sorted(numbers.values()) == [0, 0, 2]


def test_what_ran_stays_aired_and_what_was_missed_may_still_run(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, BY_TV, BY_TV)
    _, airings = kept(database, timetable(database))
    first, second, _ = [one.id for one in airings]
    logs = [
        AsRun((first,), (second,), ()),
        AsRun((), (first,), ()),
        AsRun((second,), (), ()),
        AsRun((), (first, second), ()),
    ]
    seen = []
    for number, log in enumerate(logs):
        with database.write() as connection:
            record_log(connection, WEEK, log, NOW + timedelta(hours=number))
            rows = connection.execute(select(airing.c.id, airing.c.status))
            states = {row.id: AiringStatus(row.status) for row in rows}
            seen.append((states[first], states[second]))

    assert seen == [
        (AiringStatus.AIRED, AiringStatus.MISSED),
        (AiringStatus.AIRED, AiringStatus.MISSED),
        (AiringStatus.AIRED, AiringStatus.AIRED),
        (AiringStatus.AIRED, AiringStatus.AIRED),
    ]
