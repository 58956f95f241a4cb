"""Homework stays sealed through commands, backups and another computer."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.tables import dialogue_state, telegram_chat
from bot.telegram.stored_files import reference
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.findings import Level
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.homework.tables import return_page
from jetkiz.lessons.tables import lesson_file
from jetkiz.roster.link_codes import LinkRole, link_code, make_link_code
from jetkiz.staff.staff_codes import make_staff_code, revoke_staff_codes
from jetkiz.staff.tables import account
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.key_health import check_codes, check_keys
from jetkiz.storage.sealing import new_keys
from tests.factories import MONDAY, NOW, add_people
from tests.spoken import Jetkiz, stop_the_clock


@pytest.fixture
def school(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path / "data", capsys)


def store_of(school: Jetkiz) -> FileStore:
    return FileStore(school.folder / "files", Settings(data=school.folder).keys)


def file_page(school: Jetkiz, digest: str, key: str) -> None:
    with Database(school.url).write() as connection:
        add_page(connection, 1, 1, Page(key, digest, "image/jpeg", "telegram"), NOW)


def test_pages_of_an_earlier_release_are_sealed_and_lessons_are_not(school: Jetkiz) -> None:
    store = store_of(school)
    page, lesson = store.put(b"page"), store.put(b"lesson")
    file_page(school, page, "a")
    file_page(school, page, "b")
    assert "Pages sealed: 1." in school.run("homework", "encrypt")
    assert "Pages sealed: 0." in school.run("homework", "encrypt")
    assert not store.path(page).exists()
    assert store.path(lesson).exists()
    with Database(school.url).read() as connection:
        names = set(connection.scalars(select(return_page.c.sha256)))
    assert [store.get(name) for name in names] == [b"page"]
    assert page not in names, "who knows the picture finds nobody by it"
    assert {one.name for one in store.stored()} == {lesson, *(f"{name}.sealed" for name in names)}


def test_the_picture_of_a_lesson_that_a_student_sent_back_stays_the_lessons(
    school: Jetkiz,
) -> None:
    store = store_of(school)
    picture = store.put(b"a map")
    file_page(school, picture, "a")
    with Database(school.url).write() as connection:
        lesson_id = add_people(connection).lessons[0]
        row = {"lesson_id": lesson_id, "name": "map.png", "sha256": picture, "size": 5}
        connection.execute(lesson_file.insert().values(row))
    school.run("homework", "encrypt")
    with Database(school.url).read() as connection:
        [name] = connection.scalars(select(return_page.c.sha256))
    assert name != picture
    assert (store.get(name), store.get(picture)) == (b"a map", b"a map")


def test_a_page_that_a_message_or_a_draft_still_shows_keeps_its_old_name_too(
    school: Jetkiz,
) -> None:
    store = store_of(school)
    contents = (b"on its way", b"in a draft", b"only handed in")
    names = [store.put(one) for one in contents]
    for name in names:
        file_page(school, name, name)
    with Database(school.url).write() as connection:
        payload = {"photo": reference(names[0], "1.jpg")}
        outbox.put(connection, 1, [Outgoing("k", 7, "sendPhoto", payload)], NOW)
        chat = {"id": 1, "bot_id": 1, "chat_id": 7, "language": "kk", "quiet": False}
        connection.execute(telegram_chat.insert().values(chat))
        facts = {"pages": [{"key": "k", "sha256": names[1]}]}
        state = {"chat": 1, "state": "choosing", "facts": facts, "expires_at": NOW}
        connection.execute(dialogue_state.insert().values(state))
    assert "Pages sealed: 3." in school.run("homework", "encrypt")
    assert [store.has(name) for name in names] == [True, True, False]
    assert [store.get(name) for name in names[:2]] == list(contents[:2])
    with Database(school.url).read() as connection:
        pages = set(connection.scalars(select(return_page.c.sha256)))
    assert pages.isdisjoint(names)
    assert {store.get(name) for name in pages} == set(contents)


def test_a_page_whose_file_is_gone_does_not_stop_the_sealing(school: Jetkiz) -> None:
    store = store_of(school)
    gone, page = store.put(b"gone"), store.put(b"page")
    file_page(school, gone, "a")
    file_page(school, page, "b")
    store.path(gone).unlink()
    assert "Pages sealed: 1." in school.run("homework", "encrypt")


def test_work_is_deleted_when_a_family_asks_and_somebody_agrees(school: Jetkiz) -> None:
    store = store_of(school)
    name = store.put_sealed(b"page")
    with Database(school.url).write() as connection:
        people = add_people(connection)
        add_page(connection, people.alice, 1, Page("a", name, "image/jpeg", "telegram"), NOW)
        hand_in(connection, people.alice, 1, MONDAY, NOW, "test")
    assert "--yes" in school.refuses("homework", "delete", str(people.alice))
    assert "no student" in school.refuses("homework", "delete", "nobody", "--yes")
    assert store.get(name) == b"page"
    assert "Pages deleted: 0." in school.run("homework", "delete", str(people.bob), "--yes")
    os.utime(store.sealed_path(name), (0, 0))
    said = school.run("homework", "delete", str(people.alice), "--yes")
    assert "Pages deleted: 1." in said
    assert "last hour" not in said
    with pytest.raises(JetkizError):
        store.get(name)


def test_a_deletion_says_what_goes_only_later(school: Jetkiz) -> None:
    name = store_of(school).put_sealed(b"page")
    with Database(school.url).write() as connection:
        people = add_people(connection)
        add_page(connection, people.alice, 1, Page("a", name, "image/jpeg", "telegram"), NOW)
        hand_in(connection, people.alice, 1, MONDAY, NOW, "test")
    said = school.run("homework", "delete", str(people.alice), "--yes")
    assert "Pages deleted: 1." in said
    assert "Files that came in the last hour: 1. They go by the third night." in said


def test_a_new_key_is_made_and_everything_opens(school: Jetkiz) -> None:
    store = store_of(school)
    name = store.put_sealed(b"page")
    before = store.keys.read()
    said = school.run("homework", "rotate-key")
    assert "new key: 1" in said
    assert str(store.keys.place) in said
    assert store.keys.read().sealing[1:] == before.sealing
    assert store.get(name) == b"page"


def test_no_new_key_is_made_while_the_old_one_is_away(school: Jetkiz) -> None:
    store = store_of(school)
    name = store.put_sealed(b"page")
    away = store.keys.place.rename(store.keys.place.with_suffix(".away"))
    assert "key" in school.refuses("homework", "rotate-key")
    assert not store.keys.place.exists()
    away.rename(store.keys.place)
    assert store_of(school).get(name) == b"page"


def test_a_backup_leaves_the_key_out_and_says_so(school: Jetkiz, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    assert "key file" not in school.run("database", "backup", "--to", str(stick))
    store = store_of(school)
    name = store.put_sealed(b"page")
    said = school.run("database", "backup", "--to", str(stick))
    assert f"the key file {store.keys.place}" in said
    key = store.keys.place.read_text("ascii")
    assert key not in "".join(
        one.read_bytes().decode("latin-1") for one in stick.rglob("*") if one.is_file()
    )
    other = FileStore(stick / "files", tmp_path / "other" / "school.key")
    with pytest.raises(Exception, match="missing"):
        other.get(name)
    other.keys.place.parent.mkdir()
    other.keys.place.write_text(key)
    assert other.get(name) == b"page"


def test_putting_a_backup_back_asks_for_a_key_that_is_not_there(school: Jetkiz) -> None:
    store = store_of(school)
    store.put_sealed(b"page")
    school.run("database", "backup")
    [copy] = (school.folder / "backups").glob("*.sqlite3")
    assert "in place" in school.run("database", "restore", str(copy), "--yes")
    store.keys.place.unlink()
    assert "key_file" in school.refuses("database", "restore", str(copy), "--yes")


def give_codes(school: Jetkiz) -> FileStore:
    """Give out a code for a family and one for the coordinator, and nothing that is sealed."""
    store, database = store_of(school), Database(school.url)
    with database.write() as connection:
        student = add_people(connection).alice
        make_link_code(connection, student, LinkRole.GUARDIAN, NOW, store.hash_of_code)
        person = {"login": "a", "password_hash": "", "role": "coordinator", "school_id": 1}
        more = {"id": 1, "language": "kk", "active": True, "created_at": NOW}
        connection.execute(account.insert().values(person | more))
        make_staff_code(connection, 1, NOW, store.hash_of_code)
    database.close()
    return store


def test_codes_on_paper_ask_for_their_key_before_another_is_made(school: Jetkiz) -> None:
    key = give_codes(school).keys.place
    settings = Settings(data=school.folder, database_url=school.url)
    assert list(check_codes(settings, NOW)) == []
    key.unlink()
    for days, count in ((0, 2), (8, 1)):
        [found] = check_codes(settings, NOW + timedelta(days))
        assert (found.level, found.facts["n"]) == (Level.FAULT, count)
    assert list(check_codes(settings, NOW + timedelta(31))) == [], "no code holds so long"
    assert not key.exists(), "looking makes no key"
    with Database(school.url).write() as connection:
        revoke_staff_codes(connection, 1, NOW)
        connection.execute(update(link_code).values(uses_left=0))
    assert list(check_codes(settings, NOW)) == []


def test_codes_are_not_looked_for_where_no_database_is(tmp_path: Path) -> None:
    assert list(check_codes(Settings(data=tmp_path), NOW)) == []
    (tmp_path / "jetkiz.sqlite3").write_bytes(b"no database at all" * 100)
    assert list(check_codes(Settings(data=tmp_path), NOW)) == []
    (tmp_path / "jetkiz.sqlite3").write_bytes(b"")
    assert list(check_codes(Settings(data=tmp_path), NOW)) == [], "of an earlier release"


def test_putting_a_backup_back_asks_for_the_key_of_codes(
    school: Jetkiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_the_clock(monkeypatch, NOW)
    key = give_codes(school).keys.place
    school.run("database", "backup")
    [copy] = (school.folder / "backups").glob("*.sqlite3")
    assert "in place" in school.run("database", "restore", str(copy), "--yes")
    key.unlink()
    assert "codes given out" in school.refuses("database", "restore", str(copy), "--yes")


def levels(settings: Settings) -> list[Level]:
    return [one.level for one in check_keys(settings)]


def test_the_doctor_looks_after_the_key(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    store = FileStore(settings.data / "files", settings.keys)
    assert levels(settings) == [Level.NOTE], "nothing was sealed yet"
    store.put_sealed(b"page")
    assert levels(settings) == [Level.GOOD]
    store.keys.place.chmod(0o644)
    assert levels(settings) == [Level.FAULT]
    own = store.keys.place.read_text()
    store.keys.place.write_text(new_keys().text())
    [found] = check_keys(settings)
    assert (found.level, "another key" in found.sentence) == (Level.FAULT, True)
    store.keys.place.write_text(own)
    store.keys.place.chmod(0o600)
    assert levels(settings) == [Level.GOOD]
    store.keys.place.write_text("nonsense")
    assert levels(settings) == [Level.FAULT]
    store.keys.place.unlink()
    [found] = check_keys(settings)
    assert (found.level, "missing" in found.sentence) == (Level.FAULT, True)


@pytest.mark.parametrize("place", ["data/school.key", "data/keys/school.key", "disk/school.key"])
def test_a_key_that_lies_with_what_it_opens_is_a_fault(place: str, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path / "data",
        key_file=str(tmp_path / place),
        backup_folder=str(tmp_path / "disk"),
    )
    FileStore(settings.data / "files", settings.keys).put_sealed(b"page")
    first, *_ = check_keys(settings)
    assert first.level == Level.FAULT
    assert "lies with what it opens" in first.sentence
