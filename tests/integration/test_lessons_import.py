"""Lessons on the shelf: both databases, the same folder twice, published weeks, the command."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jetkiz.delivery.consignments import read_consignments
from jetkiz.lessons.importing import LessonsRefusedError
from jetkiz.lessons.model import Licence
from jetkiz.lessons.reading import ReadLesson, read_folder
from jetkiz.lessons.shelf import read_lessons
from jetkiz.lessons.tables import lesson
from jetkiz.roster.reading.findings import Findings
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from scheduler.preparing import prepare_week
from tests.counting_channel import CountingChannel
from tests.factories import BY_TELEGRAM, add_people, publish_week
from tests.lesson_folders import bring, picture, swapped, write_lesson
from tests.spoken import Jetkiz

NOW = datetime(2026, 1, 20, tzinfo=UTC)
WEEK = "2026-W05"
DEMO = Path("jetkiz/demo/lessons")


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def test_the_sample_lessons_come_in(database: Database, files: FileStore) -> None:
    proposal = bring(database, files, DEMO)
    with database.read() as connection:
        lessons = read_lessons(connection, WEEK)
    assert len(lessons) == len(proposal.added) > 50
    story = next(one for one in lessons if one.code == "w05-g14-reading-a-very-tall-man")
    assert story.language == "kk"
    assert story.grades == (1, 2, 3, 4)
    assert story.licence.pictures_by == "Catherine Groenewald"
    assert story.files
    assert all(files.get(file.sha256) for one in lessons for file in one.files)
    assert all(one.task.due > one.day for one in lessons if one.task)


def test_the_same_folder_twice_changes_nothing(database: Database, files: FileStore) -> None:
    first = bring(database, files, DEMO)
    again = bring(database, files, DEMO)
    assert again.is_empty
    assert again.unchanged == len(first.added)


def test_a_change_before_publishing_replaces_the_lesson(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    home = write_lesson(tmp_path / "l")
    bring(database, files, home)
    with database.read() as connection:
        number = read_lessons(connection, WEEK)[0].id
    write_lesson(home, swapped("[1, 2]", "[2, 3]"))
    (home / "img" / "01.jpg").write_bytes(picture(size=9))
    proposal = bring(database, files, home)
    assert (len(proposal.changed), len(proposal.added)) == (2, 0)
    with database.read() as connection:
        lesson = read_lessons(connection, WEEK)[0]
    assert (lesson.id, lesson.grades) == (number, (2, 3))
    assert files.get(lesson.files[0].sha256) == picture(size=9)
    assert lesson.licence == Licence("CC BY 4.0", "Aigul")
    assert lesson.task is not None
    assert lesson.task.due == date(2026, 1, 28)


def test_a_published_lesson_is_guarded(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    home = write_lesson(tmp_path / "l")
    bring(database, files, home)
    numbers = _published(database)
    write_lesson(home, swapped("minutes = 15", "minutes = 20"))
    with pytest.raises(LessonsRefusedError) as refused:
        bring(database, files, home)
    assert len(refused.value.proposal.messages) == 1
    with database.read() as connection:
        assert {lesson.minutes for lesson in read_lessons(connection, WEEK)} == {15}
    proposal = bring(database, files, home, replace=True)
    assert [message.level.name for message in proposal.messages] == ["WARNING"]
    with database.read() as connection:
        lessons = read_lessons(connection, WEEK)
    assert {lesson.minutes for lesson in lessons} == {20}
    assert tuple(lesson.id for lesson in lessons) == numbers


def _published(database: Database) -> tuple[int, ...]:
    """Publish what stands on the shelf for the week; return its numbers."""
    with database.write() as connection:
        people = add_people(connection, lessons=0)
        numbers = tuple(lesson.id for lesson in read_lessons(connection, WEEK))
        publish_week(connection, replace(people, lessons=numbers), BY_TELEGRAM)
    return numbers


def test_a_published_lesson_stays_in_its_week(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    home = write_lesson(tmp_path / "l")
    bring(database, files, home)
    moved = swapped(WEEK, "2026-W06")
    write_lesson(home, moved)
    bring(database, files, home)
    write_lesson(home)
    bring(database, files, home)
    _published(database)
    write_lesson(home, moved)
    for willing in (False, True):
        with pytest.raises(LessonsRefusedError) as refused:
            bring(database, files, home, replace=willing)
        said = [one.sentence for one in refused.value.proposal.messages]
        assert [one for one in said if "cannot move to week" in one]
    with database.read() as connection:
        assert len(read_lessons(connection, WEEK)) == 2


def test_what_was_published_goes_out_even_if_the_shelf_has_moved_it(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        first = lesson.update().where(lesson.c.id == people.lessons[0])
        connection.execute(first.values(week="2026-W06"))
        prepare_week(connection, {"telegram": CountingChannel()}, WEEK, NOW)
        sent = read_consignments(connection, week=WEEK)
    lessons = {n for one in sent for content in one.contents for n in content.lessons}
    assert lessons == set(people.lessons)


def test_errors_keep_everything_as_it_was(
    database: Database, files: FileStore, tmp_path: Path
) -> None:
    with pytest.raises(LessonsRefusedError):
        bring(database, files, write_lesson(tmp_path / "l", swapped("[1, 2]", "[]")))
    with database.read() as connection:
        assert read_lessons(connection, WEEK) == []
    assert not files.folder.exists()


@pytest.fixture
def command(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path / "data", capsys)


def test_lessons_by_command(command: Jetkiz, tmp_path: Path) -> None:
    signed = swapped("order = 1", 'order = 1\nsign_language = ["ru"]')
    home = str(write_lesson(tmp_path / "l", signed))
    assert "2 added" in command.run("lessons", "check", home)
    assert "Nothing was changed." in command.run("lessons", "import", home, "--dry-run")
    assert "Lessons in week 2026-W05: 0" in command.run("lessons", "list", WEEK)
    assert "Saved." in command.run("lessons", "import", home)
    assert "Nothing was changed." in command.run("lessons", "import", home)
    listed = command.run("lessons", "list", WEEK, language="ru")
    assert "w05-colours" in listed
    assert "Цвета  (с жестовым языком)" in listed
    assert listed.count("жестов") == 1
    assert "Уроков на неделе 2026-W05: 2" in listed


def test_the_command_refuses_in_words(command: Jetkiz, tmp_path: Path) -> None:
    home = str(write_lesson(tmp_path / "l", swapped('"CC BY 4.0"', '""')))
    status, out, err = command.ends("lessons", "import", home, language="kk")
    assert status == 1
    assert "Қате: l/lesson.toml" in out
    assert "ештеңе сақталған жоқ" in err
    assert "no week" in command.refuses("lessons", "list", "january")


def test_others_write_while_a_folder_is_read(
    sqlite_database: Database,
    sqlite_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A folder on a slow stick must not stop the bot from keeping a photo."""
    write_lesson(tmp_path / "lessons" / "one")

    def read_slowly(folder: Path, findings: Findings) -> list[ReadLesson]:
        with sqlite_database.write() as connection:
            add_people(connection)
        return read_folder(folder, findings)

    monkeypatch.setattr("jetkiz.lessons.importing.read_folder", read_slowly)
    command = Jetkiz(sqlite_url, tmp_path / "data", capsys)
    assert "Saved." in command.run("lessons", "import", str(tmp_path / "lessons"))
    with sqlite_database.read() as connection:
        assert len(read_lessons(connection, WEEK)) >= 2
