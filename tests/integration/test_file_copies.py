"""What lies on another disk: all that is stored, and nothing that was deleted or sealed since."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from jetkiz.storage import forgotten_files
from jetkiz.storage.file_copies import copy_files
from jetkiz.storage.files import FileStore
from jetkiz.storage.sealing import Keys, unseal
from tests.full_disks import full_disk

TODAY = date(2026, 1, 26)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files", tmp_path / "school.key")


@pytest.fixture
def stick(store: FileStore, tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "stick", store.keys.place)


def copied(store: FileStore, stick: FileStore) -> int:
    return copy_files(store, stick.folder)


def names(store: FileStore) -> list[str]:
    return [one.name for one in sorted(store.folder.glob("??/*"))]


def test_stored_files_are_copied_once(store: FileStore, stick: FileStore) -> None:
    first = store.put(b"a lesson")
    assert copied(store, stick) == 1
    second = store.put_sealed(b"a photo")
    assert copied(store, stick) == 1
    assert copied(store, stick) == 0
    assert (stick.get(first), stick.get(second)) == (b"a lesson", b"a photo")


def test_an_open_page_that_was_sealed_leaves_the_copy(store: FileStore, stick: FileStore) -> None:
    page, lesson = store.put(b"page"), store.put(b"lesson")
    copied(store, stick)
    store.seal_plain(page)
    copied(store, stick)
    assert names(stick) == sorted([f"{page}.sealed", lesson])
    assert stick.get(page) == b"page"


def test_what_was_deleted_for_good_leaves_the_copy(store: FileStore, stick: FileStore) -> None:
    gone, kept, again = (store.put_sealed(content) for content in (b"a", b"b", b"c"))
    copied(store, stick)
    store.forget([gone, again], TODAY)
    assert store.put_sealed(b"c") == again
    copied(store, stick)
    assert names(stick) == names(store) == sorted(f"{one}.sealed" for one in (kept, again))


def test_what_is_only_missing_stays_on_the_copy(store: FileStore, stick: FileStore) -> None:
    name = store.put_sealed(b"the last one")
    copied(store, stick)
    store.sealed_path(name).unlink()
    copied(store, stick)
    copied(FileStore(store.folder.with_name("new disk"), store.keys.place), stick)
    assert stick.get(name) == b"the last one"


def test_the_copy_is_sealed_with_the_new_key_too(store: FileStore, stick: FileStore) -> None:
    name = store.put_sealed(b"page")
    copied(store, stick)
    store.change_key()
    store.seal_anew()
    assert copied(store, stick) == 1
    assert copied(store, stick) == 0
    keys = store.keys.read()
    newest = Keys(keys.names, keys.sealing[:1])
    assert unseal(newest, name, stick.sealed_path(name).read_bytes()) == b"page"


def test_half_files_are_not_copied_and_go(store: FileStore, stick: FileStore) -> None:
    name = store.put_sealed(b"page")
    half = store.sealed_path(name).with_name("tmp1a2b3c")
    half.write_bytes(b"half")
    stale = stick.sealed_path(name).with_name(f"{name}.sealed.half")
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"half")
    copied(store, stick)
    assert names(stick) == [f"{name}.sealed"]
    assert half.exists(), "somebody may be writing it"
    assert store.sweep_halves() == 1
    assert names(store) == [f"{name}.sealed"]


def test_a_file_that_vanishes_while_it_is_copied_stops_nothing(
    store: FileStore, stick: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sorted(store.put_sealed(bytes([number])) for number in range(4))
    listed = list(store.stored())
    store.forget(found[:2], TODAY)
    monkeypatch.setattr(FileStore, "stored", lambda _self: iter(listed))
    assert copied(store, stick) == 2
    assert names(stick) == [f"{one}.sealed" for one in found[2:]]


def test_a_full_stick_is_said_and_the_next_copy_is_whole(
    store: FileStore, stick: FileStore
) -> None:
    name = store.put_sealed(b"page")
    with full_disk(), pytest.raises(JetkizError, match="Nothing could be written"):
        copied(store, stick)
    assert names(stick) == []
    assert copied(store, stick) == 1
    assert stick.get(name) == b"page"


def test_what_was_forgotten_long_ago_is_not_remembered(store: FileStore) -> None:
    old, new = store.put_sealed(b"old"), store.put_sealed(b"new")
    store.forget([old], TODAY)
    store.forget([new], TODAY + forgotten_files.REMEMBERED)
    forgotten_files.drop_old_notes(store.folder, TODAY + forgotten_files.REMEMBERED)
    assert forgotten_files.forgotten(store.folder) == {old, new}
    after = TODAY + forgotten_files.REMEMBERED + timedelta(days=1)
    forgotten_files.drop_old_notes(store.folder, after)
    assert forgotten_files.forgotten(store.folder) == {new}


ACTS = st.lists(
    st.tuples(st.sampled_from(["put", "forget", "copy", "lose", "key"]), st.integers(0, 3)),
    max_size=14,
)


@settings(max_examples=25)
@given(acts=ACTS)
def test_in_any_order_the_copy_has_what_is_wanted_and_nothing_deleted(
    acts: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("copies")
    store = FileStore(folder / "files", folder / "school.key")
    stick = FileStore(folder / "stick", folder / "school.key")
    wanted: set[int] = set()
    lost: set[int] = set()
    safe: set[int] = set()
    for act, number in [*acts, ("copy", 0)]:
        name = f"{number}".encode()
        if act == "put":
            store.put_sealed(name)
            wanted.add(number)
            lost.discard(number)
        elif act == "forget" and number in wanted:
            store.forget([store.put_sealed(name)], TODAY)
            wanted.discard(number)
            lost.discard(number)
        elif act == "lose" and number in wanted:
            store.sealed_path(store.put_sealed(name)).unlink()
            lost.add(number)
        elif act == "key" and wanted - lost:
            store.change_key()
            store.seal_anew()
        elif act == "copy":
            copied(store, stick)
            safe = (safe | (wanted - lost)) & wanted
            contents = {stick.get(one.name.removesuffix(".sealed")) for one in stick.stored()}
            assert contents == {f"{one}".encode() for one in safe}
