"""A folder of exported files: of one revision, and known to be half done when the power went."""

import json
from pathlib import Path

import pytest

from broadcast.exporting import NOTE, Note, outdated, read_note, write_noted
from jetkiz.errors import JetkizError

OLD = {"timetable.xml": b"1", "pages/kk-1.pdf": b"1", "pages/kk-2.pdf": b"1"}
NEW = {"timetable.xml": b"2", "pages/kk-1.pdf": b"2"}
WEEK = "2026-W05"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    into = tmp_path / "broadcast" / WEEK
    write_noted(into, OLD, 1)
    (into / "mine.txt").write_text("of a person")
    return into


def there(folder: Path) -> set[str]:
    return {
        one.relative_to(folder).as_posix()
        for one in folder.rglob("*")
        if one.is_file() and one.name != NOTE
    }


def test_a_new_revision_leaves_nothing_of_the_old_one(folder: Path, tmp_path: Path) -> None:
    assert outdated(tmp_path, WEEK, 1) == []
    assert outdated(tmp_path, WEEK, 2) == [folder]
    done = write_noted(folder, NEW, 2)
    assert done.gone == (folder / "pages/kk-2.pdf",)
    assert there(folder) == {*NEW, "mine.txt"}
    assert outdated(tmp_path, WEEK, 2) == []
    assert write_noted(folder, NEW, 2).gone == ()


def test_one_format_alone_leaves_the_others_and_names_them(folder: Path, tmp_path: Path) -> None:
    done = write_noted(folder, {"timetable.xml": b"2"}, 2, is_all=False)
    assert (done.gone, done.stale) == ((), (folder / "pages/kk-1.pdf", folder / "pages/kk-2.pdf"))
    assert there(folder) == {*OLD, "mine.txt"}
    assert outdated(tmp_path, WEEK, 2) == [folder]
    assert write_noted(folder, NEW, 2).gone == (folder / "pages/kk-2.pdf",)


def test_another_table_of_the_same_revision_stays(folder: Path) -> None:
    write_noted(folder, {"timetable-telvue.csv": b"1"}, 1)
    assert there(folder) == {*OLD, "timetable-telvue.csv", "mine.txt"}


def test_what_broke_off_is_known_and_made_whole_by_the_next(folder: Path, tmp_path: Path) -> None:
    """A folder stands where a file belongs: the disk ran full, or the power went."""
    (folder / "pages" / "kk-1.pdf").unlink()
    (folder / "pages" / "kk-1.pdf").mkdir()
    with pytest.raises(JetkizError, match="cannot be written"):
        write_noted(folder, NEW, 2)
    assert not read_note(folder).whole
    assert (folder / "timetable.xml").read_bytes() == b"2"
    assert not [one for one in there(folder) if "tmp" in one]
    assert outdated(tmp_path, WEEK, 1) == outdated(tmp_path, WEEK, 2) == [folder]
    (folder / "pages" / "kk-1.pdf").rmdir()
    (folder / "pages" / "tmp_a1b2c3d").write_text("half a page")
    (folder / "tmpwatch.txt").write_text("of a person")
    assert write_noted(folder, NEW, 2).gone == (folder / "pages/kk-2.pdf",)
    assert read_note(folder) == Note(dict.fromkeys(NEW, 2))
    assert there(folder) == {*NEW, "mine.txt", "tmpwatch.txt"}


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"files": 3, "whole": true}', '{"files": {"a": "x"}, "whole": true}'],
)
def test_a_note_that_somebody_spoiled_takes_nothing_away(folder: Path, content: str) -> None:
    (folder / NOTE).write_text(content, "utf-8")
    assert write_noted(folder, NEW, 2).gone == ()
    assert there(folder) == {*OLD, "mine.txt"}


def test_nothing_outside_the_folder_is_taken_away(folder: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("stays")
    files = {"../../precious": 1, str(precious): 1, "pages/kk-2.pdf": 1}
    (folder / NOTE).write_text(json.dumps({"files": files, "whole": True}), "utf-8")
    assert write_noted(folder, NEW, 2).gone == (folder / "pages/kk-2.pdf",)
    assert precious.is_file()
