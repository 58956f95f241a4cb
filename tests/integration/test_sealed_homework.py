"""Homework stays sealed through commands, backups and another computer."""

from pathlib import Path

import pytest

from jetkiz.config import Settings
from jetkiz.findings import Level
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.key_health import check_keys
from tests.factories import NOW
from tests.spoken import Jetkiz


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
    assert store.get(page) == b"page"


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
