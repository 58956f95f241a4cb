"""Planning holds nobody up, and what changes meanwhile is never planned over, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest

from jetkiz.channel import Capabilities
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.lessons.tables import lesson
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn, read_students
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from scheduler.model import EVERY_LESSON, Override
from scheduler.overrides import keep_override
from scheduler.plan_files import folder_of
from scheduler.plan_store import read_lines, read_runs
from scheduler.planning import Made, make_and_save
from scheduler.publishing import publish_plan
from tests.factories import WEEK, People, add_lesson, add_people
from tests.plain_channels import PlainChannel, plain_channels

WEDNESDAY = datetime(2026, 1, 21, 5, 0, tzinfo=UTC)
Doing = Callable[[], None]


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        found = add_people(connection)
        for one in read_students(connection):
            fact = Fact(FactKind.TELEGRAM, "linked", Source.TEACHER, date(2026, 1, 10))
            learn(connection, one.household, fact)
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, zone="Asia/Qostanay")


class Interrupted(PlainChannel):
    """Lets something happen when it is first asked, in each making of a plan in turn."""

    def __init__(self, *happenings: Doing) -> None:
        super().__init__()
        self.happenings = list(happenings)

    @property
    def capabilities(self) -> Capabilities:
        # Asked once in each making, after everything has been read.
        if self.happenings:
            self.happenings.pop(0)()
        return super().capabilities


def _make(database: Database, settings: Settings, *happenings: Doing) -> Made:
    channels = plain_channels() | {"telegram": Interrupted(*happenings)}
    return make_and_save(database, channels, WEEK, settings, WEDNESDAY)


def _changes(database: Database, people: People) -> dict[str, Doing]:
    def a_fact() -> None:
        with database.write() as connection:
            (alice,) = read_students(connection, [people.alice])
            blocked = Fact(FactKind.TELEGRAM, "blocked", Source.BOT, date(2026, 1, 20))
            learn(connection, alice.household, blocked)

    def a_lesson() -> None:
        with database.write() as connection:
            add_lesson(connection, "w05-new", 9)

    def a_student_left() -> None:
        with database.write() as connection:
            gone = student.update().where(student.c.id == people.bob)
            connection.execute(gone.values(active=False))

    def a_decision() -> None:
        with database.write() as connection:
            by_hand = Override(people.bob, EVERY_LESSON, "telegram", "aigul", "the mother asked")
            keep_override(connection, by_hand, WEDNESDAY)

    return {
        "fact": a_fact,
        "lesson": a_lesson,
        "student": a_student_left,
        "decision": a_decision,
    }


def test_others_write_while_a_plan_is_made(
    database: Database, people: People, settings: Settings
) -> None:
    """A writer in the middle would wait for ever if planning held the write lock."""

    def write() -> None:
        with database.write() as connection:
            unrelated = student.update().where(student.c.id == people.alice)
            connection.execute(unrelated.values(class_id=None))
            connection.execute(unrelated.values(grade=2))

    made = _make(database, settings, write)
    assert made.is_new


@pytest.mark.parametrize("what", ["fact", "lesson", "student", "decision"])
def test_what_changes_meanwhile_is_planned_again(
    database: Database, people: People, settings: Settings, what: str
) -> None:
    made = _make(database, settings, _changes(database, people)[what])
    assert made.is_new
    assert made.was_repeated
    with database.read() as connection:
        runs = read_runs(connection, WEEK)
    assert [one.version for one in runs] == [1]
    after = _make(database, settings)
    assert not after.is_new, "the plan that was kept knows the change"
    assert after.run.id == made.run.id


def test_what_has_nothing_to_do_with_the_plan_is_no_change(
    database: Database, people: People, settings: Settings
) -> None:
    assert people.alice

    def elsewhere() -> None:
        with database.write() as connection:
            number = add_lesson(connection, "w07-0", 7)
            of_it = lesson.update().where(lesson.c.id == number)
            connection.execute(of_it.values(week="2026-W07"))

    made = _make(database, settings, elsewhere)
    assert made.is_new
    assert not made.was_repeated


def test_a_school_that_never_rests_is_told_and_nothing_is_kept(
    database: Database, people: People, settings: Settings
) -> None:
    changes = _changes(database, people)
    with pytest.raises(JetkizError, match="both times something changed") as refusal:
        _make(database, settings, changes["fact"], changes["lesson"])
    assert "repeat" in refusal.value.remedy
    with database.read() as connection:
        assert read_runs(connection, WEEK) == []
    assert not folder_of(settings.data, WEEK, 1).exists()


def test_somebody_else_s_equal_plan_stands(
    database: Database, people: People, settings: Settings
) -> None:
    assert people.alice
    first: list[Made] = []
    second = _make(database, settings, lambda: first.append(_make(database, settings)))
    assert first[0].is_new
    assert not second.is_new
    assert second.run.id == first[0].run.id


def test_two_plans_of_different_settings_get_their_own_version_and_folder(
    database: Database, people: People, settings: Settings
) -> None:
    """Both were going to be version 1; the second one to finish is version 2."""
    assert people.alice
    no_paper = replace(settings, print_capacity=0)
    first: list[Made] = []
    second = _make(database, settings, lambda: first.append(_make(database, no_paper)))
    assert [first[0].run.version, second.run.version] == [1, 2]
    for made, pages in ((first[0], "0.0"), (second, str(float(settings.print_capacity)))):
        folder = folder_of(settings.data, WEEK, made.run.version)
        manifest = (folder / "problem" / "manifest.toml").read_text()
        assert f'inputs_hash = "{made.run.inputs_hash}"' in manifest
        assert f"version = {made.run.version}" in manifest
        assert f"print_pages,all,{pages},pages" in (folder / "problem/capacity.csv").read_text()


def test_a_plan_published_meanwhile_is_not_another_input(
    database: Database, people: People, settings: Settings
) -> None:
    assert people.alice
    draft = _make(database, settings)
    other = replace(settings, post_money=settings.post_money + 1)

    def publish() -> None:
        with database.write() as connection:
            publish_plan(connection, draft.run, "aigul", WEDNESDAY)

    made = _make(database, other, publish)
    assert (made.is_new, made.was_repeated, made.run.version) == (True, False, 2)


def test_plans_made_at_the_very_same_moment_end_as_one(
    database: Database, people: People, settings: Settings
) -> None:
    assert people.alice
    together = Barrier(3)

    def one(_: int) -> Made:
        return _make(database, settings, lambda: together.wait(120))

    with ThreadPoolExecutor(3) as threads:
        made = list(threads.map(one, range(3)))
    assert sum(one.is_new for one in made) == 1
    assert len({one.run.id for one in made}) == 1
    with database.read() as connection:
        (run,) = read_runs(connection, WEEK)
        assert {one.student for one in read_lines(connection, run.id)} == {
            people.alice,
            people.bob,
            people.charlie,
        }


def test_a_plan_whose_files_cannot_be_written_is_not_kept(
    database: Database, people: People, settings: Settings
) -> None:
    assert people.alice
    (settings.data / "plans").write_text("a file where a folder should be")
    with pytest.raises(JetkizError, match="cannot be written"):
        _make(database, settings)
    with database.read() as connection:
        assert read_runs(connection, WEEK) == []
    (settings.data / "plans").unlink()
    assert _make(database, settings).run.version == 1
