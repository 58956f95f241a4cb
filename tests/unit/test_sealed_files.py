"""What homes sent opens with the school's key only, whole and unchanged or not at all."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.storage.files import FileStore, UnreadableError
from jetkiz.storage.key_file import KeyFile
from jetkiz.storage.sealing import (
    KeyFileError,
    Keys,
    TamperedError,
    new_keys,
    parse_keys,
    seal,
    unseal,
)

TODAY = date(2026, 1, 26)
PHOTO = b"\xff\xd8\xff a photo of homework by Aigerim"


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "data" / "files", tmp_path / "elsewhere" / "school.key")


def everything_in(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())


@settings(max_examples=50)
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_what_was_sealed_opens_with_its_key_alone(content: bytes, other: bytes) -> None:
    keys = new_keys()
    name = keys.name(content)
    sealed = seal(keys, name, content)
    assert unseal(keys, name, sealed) == content
    assert (keys.name(other) == name) is (other == content)
    assert new_keys().name(content) != name, "nobody without the key can tell which file it is"
    with pytest.raises(KeyFileError):
        unseal(new_keys(), name, sealed)


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_or_missing_byte_is_noticed(content: bytes, data: st.DataObject) -> None:
    keys = new_keys()
    sealed = seal(keys, "a" * 64, content)
    place = data.draw(st.integers(0, len(sealed) - 1))
    changed = bytearray(sealed)
    changed[place] ^= data.draw(st.integers(1, 255))
    for spoiled in (bytes(changed), sealed[:place], sealed + b"\0"):
        with pytest.raises((TamperedError, KeyFileError)):
            unseal(keys, "a" * 64, spoiled)


def test_a_file_under_the_name_of_another_is_noticed() -> None:
    keys = new_keys()
    with pytest.raises(TamperedError):
        unseal(keys, "b" * 64, seal(keys, "a" * 64, PHOTO))


def test_nothing_readable_lies_on_the_disk(store: FileStore, tmp_path: Path) -> None:
    name = store.put_sealed(PHOTO)
    assert store.put_sealed(PHOTO) == name
    assert b"Aigerim" not in everything_in(tmp_path)
    assert len(list(store.folder.glob("??/*"))) == 1
    assert store.get(name) == PHOTO
    again = FileStore(store.folder, store.keys.place)
    assert again.get(name) == PHOTO
    assert again.put_sealed(PHOTO) == name


def test_lessons_lie_open_beside_sealed_homework(store: FileStore) -> None:
    lesson, page = store.put(b"lesson"), store.put_sealed(b"page")
    assert store.path(lesson).read_bytes() == b"lesson"
    assert (store.get(lesson), store.get(page)) == (b"lesson", b"page")


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
def test_nobody_else_may_read_the_key(store: FileStore) -> None:
    before = os.umask(0)
    try:
        store.put_sealed(PHOTO)
    finally:
        os.umask(before)
    place = store.keys.place
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert not store.keys.is_open_to_others()
    place.chmod(0o640)
    assert store.keys.is_open_to_others()
    assert list(place.parent.iterdir()) == [place]


def test_many_who_make_the_key_at_once_share_one(tmp_path: Path) -> None:
    place = tmp_path / "keys" / "school.key"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: KeyFile(place).read_or_make(), range(8)))
    assert made == {KeyFile(place).read()}
    assert list(place.parent.iterdir()) == [place]


def test_a_key_that_went_is_asked_for_and_never_made_anew(store: FileStore) -> None:
    name = store.put_sealed(PHOTO)
    kept = store.keys.place.rename(store.keys.place.with_suffix(".kept"))
    later = FileStore(store.folder, store.keys.place)
    for act in (lambda: later.get(name), lambda: later.put_sealed(b"another")):
        with pytest.raises(KeyFileError, match="missing"):
            act()
    assert not store.keys.place.exists()
    kept.rename(store.keys.place)
    assert later.get(name) == PHOTO


def test_another_schools_key_is_refused(store: FileStore, tmp_path: Path) -> None:
    name = store.put_sealed(PHOTO)
    KeyFile(tmp_path / "other.key").read_or_make()
    with pytest.raises(KeyFileError, match="another key"):
        FileStore(store.folder, tmp_path / "other.key").get(name)


@pytest.mark.parametrize(
    "text", ["", "names\n", "names 00\n00\n", "names zz\n", "names " + "00" * 32 + "\n", "\n\n"]
)
def test_a_damaged_key_file_is_a_sentence(text: str, tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="damaged"):
        parse_keys(text, tmp_path)


def test_a_key_file_that_may_not_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder.key").mkdir()
    with pytest.raises(KeyFileError, match="cannot be read"):
        KeyFile(tmp_path / "folder.key").read()


def test_keys_are_read_back_as_written(tmp_path: Path) -> None:
    keys = new_keys().with_new().with_new()
    assert parse_keys(keys.text(), tmp_path) == keys
    assert len(keys.sealing) == 3


def test_a_new_key_seals_everything_and_the_old_opens_old_backups(store: FileStore) -> None:
    names = {store.put_sealed(content): content for content in (b"a", b"b", PHOTO)}
    backup = {name: store.sealed_path(name).read_bytes() for name in names}
    first = store.keys.read()
    reader = FileStore(store.folder, store.keys.place)
    assert reader.get(min(names)) == names[min(names)]
    store.keys.replace(first.with_new())
    assert store.seal_anew() == 3
    assert store.seal_anew() == 0
    newest = Keys(first.names, store.keys.read().sealing[:1])
    for name, content in names.items():
        assert reader.get(name) == content, "a program that runs reads the key again"
        assert unseal(newest, name, store.sealed_path(name).read_bytes()) == content
        store.sealed_path(name).write_bytes(backup[name])
        assert reader.get(name) == content
        assert reader.put_sealed(content) == name


def test_a_program_that_runs_seals_with_the_new_key(store: FileStore) -> None:
    running = FileStore(store.folder, store.keys.place)
    old = running.put_sealed(b"before")
    store.change_key()
    assert store.seal_anew() == 1
    newest = Keys(store.keys.read().names, store.keys.read().sealing[:1])
    for name in (old, running.put_sealed(b"sent after the change")):
        assert unseal(newest, name, store.sealed_path(name).read_bytes())
    assert store.seal_anew() == 0


def test_a_key_that_goes_while_the_bot_runs_lets_new_pages_wait(store: FileStore) -> None:
    name = store.put_sealed(PHOTO)
    away = store.keys.place.rename(store.keys.place.with_suffix(".away"))
    for act in (lambda: store.put_sealed(b"another"), lambda: store.get(name), store.change_key):
        with pytest.raises(KeyFileError, match="missing"):
            act()
    away.rename(store.keys.place)
    assert store.get(store.put_sealed(b"another")) == b"another"


def test_with_another_schools_key_nothing_is_written(store: FileStore, tmp_path: Path) -> None:
    store.put_sealed(PHOTO)
    before = everything_in(tmp_path)
    other = KeyFile(tmp_path / "elsewhere" / "school.key2").read_or_make()
    store.keys.replace(other)
    changed = everything_in(tmp_path)
    for act in (lambda: store.put_sealed(b"another"), store.change_key):
        with pytest.raises(KeyFileError, match="another key"):
            act()
    assert everything_in(tmp_path) == changed != before


def test_a_stray_or_damaged_file_among_many_does_not_stop_the_school(
    store: FileStore, tmp_path: Path
) -> None:
    names = [store.put_sealed(bytes([number])) for number in range(8)]
    stray = FileStore(tmp_path / "stray", tmp_path / "stray.key")
    foreign = stray.put_sealed(b"of another school")
    place = store.sealed_path(foreign)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(stray.sealed_path(foreign).read_bytes())
    store.sealed_path(names[0]).write_bytes(b"damaged")
    fresh = FileStore(store.folder, store.keys.place)
    assert fresh.get(fresh.put_sealed(PHOTO)) == PHOTO
    fresh.change_key()
    assert fresh.seal_anew() == 8
    assert [fresh.get(name) for name in names[1:]] == [bytes([n]) for n in range(1, 8)]


def made_unreadable(place: Path) -> None:
    place.unlink()
    place.mkdir()


def test_a_file_that_cannot_be_read_does_not_stop_the_school(
    store: FileStore, caplog: pytest.LogCaptureFixture
) -> None:
    names = [store.put_sealed(bytes([number])) for number in range(3)]
    [first, *_] = (one.name.removesuffix(".sealed") for one in store.folder.glob("??/*"))
    made_unreadable(store.sealed_path(first))
    fresh = FileStore(store.folder, store.keys.place)
    assert fresh.get(fresh.put_sealed(PHOTO)) == PHOTO
    fresh.change_key()
    assert fresh.seal_anew() == 3
    assert first[:12] in caplog.text
    for name in set(names) - {first}:
        assert fresh.get(name)


def test_where_no_file_can_be_read_the_disk_is_named_and_nothing_written(store: FileStore) -> None:
    made_unreadable(store.sealed_path(store.put_sealed(PHOTO)))
    fresh = FileStore(store.folder, store.keys.place)
    with pytest.raises(UnreadableError, match="cannot be read"):
        fresh.put_sealed(b"another")
    assert len(list(store.folder.glob("??/*"))) == 1


def test_a_foreign_key_is_named_before_a_file_that_cannot_be_read(store: FileStore) -> None:
    names = [store.put_sealed(bytes([number])) for number in range(3)]
    made_unreadable(store.sealed_path(names[1]))
    fresh = FileStore(store.folder, store.keys.place.with_name("other.key"))
    fresh.keys.replace(new_keys())
    with pytest.raises(KeyFileError, match="another key"):
        fresh.put_sealed(PHOTO)


def test_a_page_forgotten_while_it_is_sealed_anew_stays_forgotten(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [store.put_sealed(content) for content in (b"a", b"b")]
    store.change_key()

    def forgotten_meanwhile(keys: Keys, name: str, content: bytes) -> bytes:
        store.forget([names[0]], TODAY)
        return seal(keys, name, content)

    monkeypatch.setattr("jetkiz.storage.files.seal", forgotten_meanwhile)
    assert store.seal_anew() == 1
    assert [one.name for one in store.folder.glob("??/*")] == [f"{names[1]}.sealed"]


def test_an_open_page_of_an_earlier_release_is_sealed_in_its_place(store: FileStore) -> None:
    digest = store.put(PHOTO)
    assert store.get(digest) == PHOTO
    assert store.seal_plain(digest)
    assert not store.path(digest).exists()
    assert store.get(digest) == PHOTO
    assert not store.seal_plain(digest)
    assert store.put(PHOTO) == digest
    assert store.seal_plain(digest), "broken off between writing and deleting"
    assert not store.path(digest).exists()


def test_what_is_forgotten_is_gone(store: FileStore) -> None:
    sealed, plain = store.put_sealed(PHOTO), store.put(b"lesson")
    for name in (sealed, plain, sealed):
        store.forget([name], TODAY)
    assert list(store.folder.glob("??/*")) == []
