"""Stored files are whole, found by content, and missing ones are named."""

import os
from pathlib import Path

import pytest

from jetkiz.errors import JetkizError
from jetkiz.storage.files import FileStore
from jetkiz.storage.whole_files import UnwritableError, make_folder, write_whole


def test_the_same_content_is_one_file(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    assert store.put(b"picture") == store.put(b"picture")
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 1


def test_content_is_given_back(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert store.get(store.put(b"")) == b""
    assert store.get(store.put("ә".encode())) == "ә".encode()


def test_a_missing_file_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="aaaaaaaaaaaa") as caught:
        FileStore(tmp_path).get("a" * 64)
    assert "backup" in caught.value.remedy


def test_a_folder_is_made_once_and_refused_where_a_file_lies(tmp_path: Path) -> None:
    for _ in range(2):
        make_folder(tmp_path / "deep" / "folder")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnwritableError):
        make_folder(tmp_path / "file" / "folder")
    assert (tmp_path / "deep" / "folder").is_dir()


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "file"
    write_whole(place, b"old")
    write_whole(place, b"new")
    assert place.read_bytes() == b"new"
    assert list(place.parent.iterdir()) == [place]


def test_a_new_name_is_on_the_disk_before_the_caller_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    sync = os.fsync

    def noted(number: int) -> None:
        synced.append(Path(f"/proc/self/fd/{number}").readlink())
        sync(number)

    monkeypatch.setattr(os, "fsync", noted)
    place = tmp_path / "ab" / "file"
    write_whole(place, b"x")
    assert synced[-2:] == [tmp_path / "ab", tmp_path]
    assert synced[0].parent == tmp_path / "ab", "the content comes first"


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(JetkizError, match="cannot be written"):
        write_whole(tmp_path / "file" / "below", b"x")
