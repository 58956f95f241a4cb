"""Drafts, publishing and what becomes of airings, on both databases."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, func, select, update

from broadcast.plan.model import AiringKind, AiringStatus, Plan
from broadcast.problem.writing import problem_bytes, problem_sha256
from broadcast.revisions import (
    RevisionState,
    keep_draft,
    publish,
    published_revision,
    read_kept,
    read_published,
    read_revisions,
)
from broadcast.tables import airing, timetable, timetable_input
from jetkiz.errors import JetkizError
from jetkiz.lessons.tables import lesson, lesson_grade
from jetkiz.storage.database import Database
from tests.air_weeks import FIRST, air_plan, air_problem
from tests.factories import NOW, WEEK, People, add_people

PROBLEM, PLAN = air_problem(), air_plan()
HOUR = timedelta(hours=1)
Rows = dict[str, tuple[int, str, str, int]]


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        return add_people(connection)


def draft(database: Database, plan: Plan = PLAN) -> int:
    with database.write() as connection:
        return keep_draft(connection, WEEK, PROBLEM, plan, NOW, "aigul")


def published(
    database: Database, revision: int, by: str = "aigul", now: datetime = NOW
) -> list[str]:
    with database.write() as connection:
        return list(publish(connection, WEEK, revision, by, now))


def airings(database: Database) -> Rows:
    with database.read() as connection:
        rows = connection.execute(select(airing).where(airing.c.week == WEEK)).all()
    return {row.code: (row.id, row.channel, row.status, row.sequence) for row in rows}


def moved(plan: Plan, code: str, by: timedelta = HOUR) -> Plan:
    """Return a revision of a published plan in which one airing is later."""
    airings = tuple(replace(a, start=a.start + by) if a.id == code else a for a in plan.airings)
    return replace(plan, airings=airings, parent=plan.revision)


def without(plan: Plan, code: str) -> Plan:
    return replace(plan, airings=tuple(a for a in plan.airings if a.id != code))


def test_a_draft_is_read_back_whole_and_planned_at_once(database: Database, people: People) -> None:
    assert draft(database) == 1
    with database.read() as connection:
        kept = read_kept(connection, WEEK)
        assert read_published(connection, WEEK) is None
    assert (kept.revision, kept.state, kept.head.made_by) == (1, RevisionState.DRAFT, "aigul")
    assert problem_bytes(kept.problem) == problem_bytes(PROBLEM)
    # Files that are exported name the problem they belong to, whatever the plan said before.
    assert kept.plan.input_sha256 == problem_sha256(PROBLEM)
    assert sorted(kept.plan.airings, key=lambda a: a.id) == sorted(PLAN.airings, key=lambda a: a.id)
    rows = airings(database)
    assert {code: row[1:] for code, row in rows.items()} == {
        "w05-0.1": ("balapan", "planned", 0),
        "w05-0.2": ("second", "planned", 0),
        "w05-1.1": ("balapan", "planned", 0),
        "w05-2.1": ("balapan", "planned", 0),
    }
    with database.read() as connection:
        row = connection.execute(select(airing).where(airing.c.code == "w05-0.2")).one()
    assert (row.lesson_id, row.kind, row.start) == (
        people.lessons[0],
        AiringKind.REPEAT,
        FIRST + 7 * HOUR,
    )


def test_the_same_draft_again_is_the_same_revision(database: Database, people: People) -> None:
    assert [draft(database), draft(database)] == [1, 1]
    later = moved(replace(PLAN, parent=0), "w05-1.1")
    assert [draft(database, later), draft(database, later)] == [2, 2]
    with database.read() as connection:
        history = read_revisions(connection, WEEK)
        inputs = connection.scalar(select(func.count()).select_from(timetable_input))
    assert [one.revision for one in history] == [1, 2]
    assert inputs == 1, "a moved airing does not keep the problem once more"
    assert people.lessons


def test_an_airing_keeps_its_number_and_counts_its_changes(
    database: Database, people: People
) -> None:
    draft(database)
    before = airings(database)
    draft(database, without(moved(PLAN, "w05-1.1"), "w05-0.2"))
    fewer = airings(database)
    draft(database)
    after = airings(database)
    assert {code: row[0] for code, row in after.items()} == {c: r[0] for c, r in before.items()}
    assert (fewer["w05-0.2"][2:], after["w05-0.2"][2:]) == (("cancelled", 1), ("planned", 2))
    assert [rows["w05-1.1"][3] for rows in (before, fewer, after)] == [0, 1, 2]
    assert after["w05-2.1"] == before["w05-2.1"]
    assert people.lessons


def test_publishing_puts_one_revision_in_force(database: Database, people: People) -> None:
    draft(database)
    assert published(database, 1) == ["w05-0.1", "w05-0.2", "w05-1.1", "w05-2.1"]
    assert published(database, 1) == []
    with database.read() as connection:
        kept = read_published(connection, WEEK)
    assert kept is not None
    assert {one.status for one in kept.plan.airings} == {AiringStatus.PUBLISHED}
    assert (kept.head.published_by, kept.head.published_at) == ("aigul", NOW)

    assert draft(database, moved(kept.plan, "w05-1.1")) == 2
    assert airings(database)["w05-1.1"][3] == 0, "a draft changes nothing for people"
    assert published(database, 2) == ["w05-1.1"]
    assert airings(database)["w05-1.1"][2:] == ("published", 1)
    with database.read() as connection:
        states = [one.state for one in read_revisions(connection, WEEK)]
    assert states == [RevisionState.SUPERSEDED, RevisionState.PUBLISHED]
    assert people.lessons


def test_what_was_made_from_an_older_timetable_is_refused(
    database: Database, people: People
) -> None:
    draft(database)
    published(database, 1)
    with database.read() as connection:
        plan = read_kept(connection, WEEK).plan
    draft(database, moved(plan, "w05-1.1"))
    draft(database, moved(plan, "w05-2.1"))
    published(database, 2)
    for old in (3, 1):
        with pytest.raises(JetkizError, match="2 is in force"):
            published(database, old)
    with database.read() as connection:
        assert published_revision(connection, WEEK) == 2
    assert airings(database)["w05-2.1"][3] == 0
    assert people.lessons


def test_a_plan_that_has_counted_more_changes_keeps_its_count(
    database: Database, people: People
) -> None:
    draft(database)
    counted = tuple(replace(one, sequence=3) for one in PLAN.airings)
    draft(database, replace(PLAN, airings=counted))
    assert {row[3] for row in airings(database).values()} == {3}
    assert people.lessons


def test_a_draft_with_faults_is_published_by_no_door(database: Database, people: People) -> None:
    """Whoever kept it: here two lessons stand on one channel at once."""
    draft(database, moved(replace(PLAN, revision=0), "w05-1.1", 24 * HOUR))
    before = airings(database)
    with pytest.raises(JetkizError, match="overlap"):
        published(database, 1)
    with database.read() as connection:
        assert published_revision(connection, WEEK) is None
    assert airings(database) == before
    assert people.lessons


def test_a_draft_that_has_lain_too_long_moves_nothing_any_more(
    database: Database, people: People
) -> None:
    draft(database)
    published(database, 1)
    with database.read() as connection:
        plan = read_kept(connection, WEEK).plan
    draft(database, moved(plan, "w05-0.1"))
    draft(database, moved(plan, "w05-1.1"))
    soon = FIRST - timedelta(minutes=29)
    with pytest.raises(JetkizError, match="too late to move"):
        published(database, 2, now=soon)
    assert airings(database)["w05-0.1"][2:] == ("published", 0)
    assert published(database, 3, now=soon) == ["w05-1.1"]
    assert people.lessons


def test_a_draft_of_a_draft_may_be_published_first(database: Database, people: People) -> None:
    draft(database)
    draft(database, moved(replace(PLAN, revision=1), "w05-1.1"))
    assert len(published(database, 2)) == 4
    with pytest.raises(JetkizError, match="cannot be published"):
        published(database, 1)
    assert people.lessons


def test_a_lesson_that_was_taken_away_leaves_everything_as_it_was(
    database: Database, people: People
) -> None:
    draft(database)
    published(database, 1)
    with database.read() as connection:
        plan = read_kept(connection, WEEK).plan
    draft(database, moved(plan, "w05-1.1"))
    before = airings(database)
    with database.write() as connection:
        gone = people.lessons[2]
        connection.execute(delete(lesson_grade).where(lesson_grade.c.lesson_id == gone))
        connection.execute(delete(lesson).where(lesson.c.id == gone))
    with pytest.raises(JetkizError, match=r"w05-2\.kk"):
        published(database, 2)
    with database.read() as connection:
        assert published_revision(connection, WEEK) == 1
    assert airings(database) == before


def test_what_was_aired_outlives_every_plan(database: Database, people: People) -> None:
    draft(database)
    published(database, 1)
    with database.write() as connection:
        done = update(airing).where(airing.c.code == "w05-0.1")
        connection.execute(done.values(status=AiringStatus.SHORT, actual_minutes=9))
        kept = read_published(connection, WEEK)
    assert kept is not None
    assert {one.id: one.status for one in kept.plan.airings}["w05-0.1"] == AiringStatus.SHORT
    draft(database, moved(moved(kept.plan, "w05-1.1"), "w05-0.1"))
    assert published(database, 2) == ["w05-1.1"]
    assert airings(database)["w05-0.1"][2:] == ("short", 0)
    assert people.lessons


def test_of_two_who_publish_at_once_one_gets_a_sentence(database: Database, people: People) -> None:
    draft(database)
    published(database, 1)
    with database.read() as connection:
        plan = read_kept(connection, WEEK).plan
    draft(database, moved(plan, "w05-1.1"))
    draft(database, moved(plan, "w05-2.1"))
    together, said = Barrier(2), []

    def press(revision: int) -> None:
        together.wait()
        try:
            said.append(len(published(database, revision)))
        except JetkizError as error:
            said.append(str(error))

    presses = [Thread(target=press, args=(number,)) for number in (2, 3)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert sorted(map(type, said), key=str) == [int, str]
    changes = [row[3] for row in airings(database).values()]
    assert sorted(changes) == [0, 0, 0, 1], "nothing of the other is in force"
    assert people.lessons


def test_the_database_itself_lets_one_revision_be_in_force(
    database: Database, people: People
) -> None:
    draft(database)
    draft(database, moved(PLAN, "w05-1.1"))
    with pytest.raises(Exception, match=r"(?i)unique"), database.write() as connection:
        connection.execute(update(timetable).values(state=RevisionState.PUBLISHED))
    assert people.lessons


def test_a_week_or_a_revision_that_is_not_there_is_a_sentence(database: Database) -> None:
    with database.read() as connection:
        with pytest.raises(JetkizError, match="no timetable for week"):
            read_kept(connection, WEEK)
        with pytest.raises(JetkizError, match="no revision 7"):
            read_kept(connection, WEEK, 7)
        assert read_revisions(connection, WEEK) == []
