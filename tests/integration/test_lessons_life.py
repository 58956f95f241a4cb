"""The shelf of lessons over many imports: each change counts once, nothing goes by omission."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jetkiz.lessons.importing import LessonsRefusedError, propose
from jetkiz.lessons.shelf import read_lessons
from jetkiz.lessons.tables import lesson_file, lesson_grade
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from tests.factories import BY_TELEGRAM, People, add_people, publish_week
from tests.lesson_folders import HEAD, TEXT, bring, picture, swapped, write_lesson

NOW = datetime(2026, 1, 20, tzinfo=UTC)
WEEK = "2026-W05"


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def codes(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        return [(one.code, one.language) for one in read_lessons(connection, WEEK)]


def test_a_folder_that_lost_a_lesson_takes_none_from_the_shelf(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    write_lesson(tmp_path / "w" / "a")
    write_lesson(tmp_path / "w" / "b", swapped("w05-colours", "w05-shapes"))
    bring(database, files, tmp_path / "w")
    again = bring(database, files, tmp_path / "w" / "a")
    assert (again.unchanged, again.is_empty) == (2, True)
    assert sorted(codes(database)) == [
        ("w05-colours", "kk"),
        ("w05-colours", "ru"),
        ("w05-shapes", "kk"),
        ("w05-shapes", "ru"),
    ]


def test_a_language_that_comes_later_leaves_the_first_alone(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    home = write_lesson(tmp_path / "l", swapped('ru = "Цвета"', ""), ru=None)
    first = bring(database, files, home)
    assert len(first.added) == 1
    write_lesson(home)
    second = bring(database, files, home)
    assert [one.language for one in second.added] == ["ru"]
    assert (second.changed, second.unchanged) == ((), 1)


def test_a_lesson_changed_there_and_back_is_the_first_again(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    home = write_lesson(tmp_path / "l")
    bring(database, files, home)
    with database.read() as connection:
        before = read_lessons(connection, WEEK)
    changed = TEXT.format(title="Бояулар").replace("img/01.jpg", "img/02.jpg")
    write_lesson(home, swapped("[1, 2]", "[3]"), kk=changed)
    (home / "img" / "02.jpg").write_bytes(picture(size=11))
    assert len(bring(database, files, home).changed) == 2
    with database.read() as connection:
        meanwhile = read_lessons(connection, WEEK)
        assert {row.grade for row in connection.execute(select(lesson_grade))} == {3}
    assert [one.id for one in meanwhile] == [one.id for one in before]
    write_lesson(home)
    assert len(bring(database, files, home).changed) == 2
    with database.read() as connection:
        assert read_lessons(connection, WEEK) == before
        assert connection.scalar(select(func.count()).select_from(lesson_file)) == 2


def test_one_picture_of_many_lessons_is_kept_once(
    sqlite_database: Database, files: FileStore, tmp_path: Path
) -> None:
    for n in range(5):
        write_lesson(tmp_path / "w" / f"l{n}", swapped("w05-colours", f"w05-l{n}"))
    bring(sqlite_database, files, tmp_path / "w")
    with sqlite_database.read() as connection:
        hashes = {f.sha256 for one in read_lessons(connection, WEEK) for f in one.files}
    assert len(hashes) == 1
    assert len([file for file in files.folder.rglob("*") if file.is_file()]) == 1


def published(database: Database) -> None:
    """Publish the kk lesson of the shelf to Alice and Bob; the ru one goes to nobody."""
    with database.write() as connection:
        people = add_people(connection, lessons=0)
        numbers = tuple(one.id for one in read_lessons(connection, WEEK) if one.language == "kk")
        here = People(
            people.school, people.other_school, people.alice, people.bob, people.charlie, numbers
        )
        publish_week(connection, here, BY_TELEGRAM)


def test_only_the_published_language_is_guarded(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    home = write_lesson(tmp_path / "l")
    bring(database, files, home)
    published(database)
    write_lesson(home, ru=TEXT.format(title="Цвет"))
    assert [one.language for one in bring(database, files, home).changed] == ["ru"]
    write_lesson(home, kk=TEXT.format(title="Түс"), ru=TEXT.format(title="Цвет"))
    with pytest.raises(LessonsRefusedError):
        bring(database, files, home)
    proposal = bring(database, files, home, replace=True)
    assert [one.language for one in proposal.changed] == ["kk"]
    assert bring(database, files, home).is_empty


def test_a_refused_folder_brings_in_nothing_of_it(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    """One good new lesson beside a published one that was changed: neither comes in."""
    home = write_lesson(tmp_path / "w" / "old")
    bring(database, files, home)
    published(database)
    before = codes(database)
    write_lesson(home, swapped("minutes = 15", "minutes = 25"))
    write_lesson(tmp_path / "w" / "new", swapped("w05-colours", "w05-shapes"))
    with pytest.raises(LessonsRefusedError):
        bring(database, files, tmp_path / "w")
    assert codes(database) == before
    with database.read() as connection:
        assert len(propose(connection, tmp_path / "w", replace_published=True).added) == 2
        assert {one.minutes for one in read_lessons(connection, WEEK)} == {15}


def test_a_lesson_that_loses_its_task_has_none(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    head = HEAD
    home = write_lesson(tmp_path / "l", head)
    bring(database, files, home)
    start, end = head.index("[task]"), head.index("[licence]")
    write_lesson(home, head[:start] + head[end:])
    assert len(bring(database, files, home).changed) == 2
    with database.read() as connection:
        assert {one.task for one in read_lessons(connection, WEEK)} == {None}
