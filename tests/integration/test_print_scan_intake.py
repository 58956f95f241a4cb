"""Scans that come in while something fails: nothing is lost, and one file stops no other."""

import io
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from jetkiz.errors import JetkizError
from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.limited_process import CrashedError, LimitedProcess
from jetkiz.storage.workplace import Workplace
from print_packs.scans import intake
from print_packs.scans.intake import (
    ScanIntake,
    WatchedFolder,
    bring,
    spool,
    sweep_spool,
    work_off,
)
from print_packs.scans.return_scans import close_works, file_one, key_of, open_reader
from print_packs.scans.scan_files import (
    FOLDER,
    Brought,
    FileState,
    ScanFile,
    read_files,
    read_waiting,
)
from print_packs.scans.scan_results import ScanResult
from print_packs.tables import scan_file
from tests.print_school import NOW
from tests.scan_desk import PrintedSchool, as_bytes, half_size, results, scan


def pile(*pages: Image.Image) -> bytes:
    first, *rest = pages
    return as_bytes(first, "PDF", save_all=True, append_images=rest, quality=70)


def brought(workplace: Workplace, name: str, content: bytes) -> ScanFile:
    place = workplace.settings.data / f"{name}.part"
    place.write_bytes(content)
    spool(workplace).mkdir(parents=True, exist_ok=True)
    return bring(workplace, place, Brought(key_of(workplace, place), name, FOLDER, 1))


def files_of(workplace: Workplace) -> list[ScanFile]:
    with workplace.database.read() as connection:
        return read_files(connection, scan_file.c.id > 0)


def states(workplace: Workplace) -> list[ReturnState]:
    with workplace.database.read() as connection:
        return [one.state for one in read_returns(connection)]


class Trouble:
    """Takes the place of a function and fails so many times."""

    def __init__(self, works: Callable[..., object], error: Exception, times: int = 1) -> None:
        self.works, self.error, self.times = works, error, times

    def __call__(self, *given: object, **named: object) -> object:
        if self.times:
            self.times -= 1
            raise self.error
        return self.works(*given, **named)


def test_work_is_handed_in_though_the_power_went_before_it_was_closed(
    scan_desk: Workplace, printed_school: PrintedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(scan_desk, "a.pdf", pile(*(half_size(one) for one in printed_school.sheets[:2])))
    power_cut = Trouble(close_works, KeyboardInterrupt())
    monkeypatch.setattr(intake, "close_works", power_cut)
    with suppress(KeyboardInterrupt):
        work_off(scan_desk, open_reader(scan_desk))
    assert states(scan_desk) == [ReturnState.DRAFT]

    work_off(scan_desk, open_reader(scan_desk))

    assert states(scan_desk) == [ReturnState.HANDED_IN]
    assert [one.state for one in files_of(scan_desk)] == [FileState.DONE]
    assert list(spool(scan_desk).iterdir()) == []


def test_a_fault_in_one_file_is_told_and_the_next_is_read(
    scan_desk: Workplace, printed_school: PrintedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(scan_desk, "odd.jpg", as_bytes(printed_school.sheets[0]))
    brought(scan_desk, "good.jpg", as_bytes(printed_school.sheets[1]))
    monkeypatch.setattr(intake, "file_one", Trouble(file_one, ValueError("a library")))

    assert work_off(scan_desk, open_reader(scan_desk)) == 2

    good, odd = files_of(scan_desk)
    assert (good.state, odd.state) == (FileState.DONE, FileState.REFUSED)
    assert "fault of this program" in str(odd.refusal)


def test_a_database_that_is_away_for_a_moment_refuses_no_file(
    scan_desk: Workplace, printed_school: PrintedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(scan_desk, "a.jpg", as_bytes(printed_school.sheets[0]))
    away = OperationalError("select", None, Exception("deadlock detected"))
    monkeypatch.setattr(intake, "file_one", Trouble(file_one, away))
    desk = ScanIntake(scan_desk)

    desk._round()
    assert "tried again" in str(desk.trouble)
    assert [one.state for one in files_of(scan_desk)] == [FileState.READING]
    desk._round()

    assert desk.trouble is None
    assert [one.state for one in files_of(scan_desk)] == [FileState.DONE]


def test_keys_that_are_gone_are_a_sentence_and_no_sheet_becomes_a_stranger(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    keys = scan_desk.settings.data / "keys" / "sheet_codes.json"
    own = keys.read_bytes()
    brought(scan_desk, "a.jpg", as_bytes(printed_school.sheets[0]))
    desk = ScanIntake(scan_desk)
    keys.unlink()

    desk._round()
    assert "keys of the sheet codes are gone" in str(desk.trouble)
    assert not keys.exists()
    keys.write_bytes(own)
    desk._round()

    assert [one.done for one in files_of(scan_desk)] == [1]
    assert len(states(scan_desk)) == 1


def test_a_second_console_overwrites_no_end_and_deletes_nothing_fresh(
    scan_desk: Workplace, printed_school: PrintedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looked at the list before the first one had read the file, and comes after it."""
    content = as_bytes(printed_school.sheets[0])
    brought(scan_desk, "a.jpg", content)
    with scan_desk.database.read() as connection:
        seen = read_waiting(connection)
    work_off(scan_desk, open_reader(scan_desk))
    with monkeypatch.context() as second:
        second.setattr(intake, "read_waiting", lambda _: seen)
        work_off(scan_desk, open_reader(scan_desk))
    [file] = files_of(scan_desk)
    assert (file.state, file.refusal) == (FileState.DONE, None)

    again = brought(scan_desk, "a.jpg", content)
    intake._finish(scan_desk, seen[0], None)
    assert (spool(scan_desk) / again.key).exists()
    assert [one.state for one in files_of(scan_desk)] == [FileState.WAITING]


def test_the_console_ends_after_the_page_in_hand_and_goes_on_later(
    scan_desk: Workplace, printed_school: PrintedSchool
) -> None:
    brought(scan_desk, "a.pdf", pile(*(half_size(one) for one in printed_school.sheets[:2])))
    desk = ScanIntake(scan_desk)
    desk._closing = True

    desk._round()
    assert [one.state for one in files_of(scan_desk)] == [FileState.READING]
    ScanIntake(scan_desk)._round()

    assert states(scan_desk) == [ReturnState.HANDED_IN]


def test_what_a_killed_upload_left_is_swept_and_what_waits_is_not(scan_desk: Workplace) -> None:
    file = brought(scan_desk, "a.jpg", b"x")
    left, fresh = spool(scan_desk) / "half.part", spool(scan_desk) / "now.part"
    for place in (left, fresh, spool(scan_desk) / file.key):
        place.write_bytes(b"half")
    old = NOW.timestamp() - 2 * 86_400
    for place in (left, spool(scan_desk) / file.key):
        os.utime(place, (old, old))

    assert sweep_spool(scan_desk) == 1

    assert {one.name for one in spool(scan_desk).iterdir()} == {"now.part", file.key}


def test_a_folder_cannot_be_swept_before_anything_came(scan_desk: Workplace) -> None:
    assert sweep_spool(scan_desk) == 0
    assert WatchedFolder(scan_desk, scan_desk.settings.data / "none").take() == 0


def with_second_page(content: bytes, spoil: Callable[[pikepdf.Page], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        spoil(document.pages[1])
        document.save(out)
    return out.getvalue()


def without_anything(page: pikepdf.Page) -> None:
    page.obj["/Type"] = pikepdf.Name("/Nothing")
    page.obj["/Contents"] = pikepdf.Array([])
    page.obj["/Resources"] = pikepdf.Dictionary()
    page.obj["/MediaBox"] = pikepdf.Array([0, 0, 0, 0])


@pytest.mark.parametrize("kind", ["pdf", "tif"])
def test_a_broken_page_stops_no_other(
    scan_desk: Workplace, printed_school: PrintedSchool, kind: str
) -> None:
    pages = [half_size(one) for one in printed_school.sheets[:3]]
    if kind == "pdf":
        content = with_second_page(pile(*pages), without_anything)
    else:
        first, *rest = pages
        content = as_bytes(
            first, "TIFF", save_all=True, append_images=rest, compression="tiff_adobe_deflate"
        )
        # The points of the pages lie one behind the other: the middle is in the second one.
        start = len(content) // 2
        content = content[:start] + b"\xff" * 300 + content[start + 300 :]

    summary = scan(scan_desk, **{f"a__{kind}": content})

    filed, damaged = ScanResult.FILED, ScanResult.DAMAGED
    assert results(summary) == [filed, damaged, filed]
    assert summary.refused == ()


class BreaksOver(LimitedProcess):
    """Reads scans as they are, but is lost over some pages."""

    def __init__(self, reads: LimitedProcess, *places: int) -> None:
        self.reads, self.places = reads, places

    def ask(self, question: bytes) -> bytes:
        if json.loads(question.partition(b"\n")[0])["place"] in self.places:
            raise CrashedError
        return self.reads.ask(question)


def test_a_first_page_that_breaks_the_reader_costs_one_page(
    scan_desk: Workplace, printed_school: PrintedSchool, tmp_path: Path
) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(pile(*(half_size(one) for one in printed_school.sheets[:2])))
    reader = open_reader(scan_desk)

    found = list(replace(reader, process=BreaksOver(reader.process, 1)).pages(file))

    assert [(one.page.place, one.is_damaged) for one in found] == [(1, True), (2, False)]
    with pytest.raises(CrashedError):
        list(replace(reader, process=BreaksOver(reader.process, 1, 2)).pages(file))


STROKES = b"q 0 0 0 RG 5 w 100 300 m 400 300 l 400 100 l S Q"
GROUND = b"q 1 1 1 rg 0 0 612 792 re f Q "


@pytest.mark.parametrize(
    ("over", "below", "kind"),
    [
        (b"", b"", "image/jpeg"),
        (b"", GROUND, "image/jpeg"),
        (b" q BT 3 Tr (S f) Tj ET Q", b"/Artifact <</Type /S>> BDC EMC ", "image/jpeg"),
        (STROKES, b"", "image/png"),
        (b" q 0 0 1 rg 9 9 9 9 re f Q", b"", "image/png"),
    ],
)
def test_strokes_over_the_picture_of_a_sheet_are_kept(
    scan_desk: Workplace, printed_school: PrintedSchool, over: bytes, below: bytes, kind: str
) -> None:
    """A child wrote on a tablet: its answers are lines over the picture."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pile(half_size(printed_school.sheets[0])))) as document:
        page = document.pages[0]
        page.contents_add(document.make_stream(over))
        page.contents_add(document.make_stream(below), prepend=True)
        document.save(out)

    assert results(scan(scan_desk, a__pdf=out.getvalue())) == [ScanResult.FILED]

    with scan_desk.database.read() as connection:
        (work,) = read_returns(connection)
    assert work.pages[0].media_type == kind


def test_a_stamp_on_the_sheet_is_kept(scan_desk: Workplace, printed_school: PrintedSchool) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pile(half_size(printed_school.sheets[0])))) as document:
        looks = document.make_stream(b"0 0 0 rg 0 0 200 100 re f")
        looks["/Subtype"], looks["/BBox"] = pikepdf.Name("/Form"), pikepdf.Array([0, 0, 200, 100])
        stamp = {
            "/Type": pikepdf.Name("/Annot"),
            "/Subtype": pikepdf.Name("/Stamp"),
            "/Rect": pikepdf.Array([150, 150, 350, 250]),
            "/F": 4,
            "/AP": pikepdf.Dictionary(N=looks),
        }
        _, _, wide, high = document.pages[0].mediabox
        document.pages[0].obj["/Annots"] = pikepdf.Array([pikepdf.Dictionary(stamp)])
        document.save(out)
    scan(scan_desk, a__pdf=out.getvalue())

    with scan_desk.database.read() as connection:
        (work,) = read_returns(connection)
    with Image.open(io.BytesIO(scan_desk.files.get(work.pages[0].sha256))) as kept:
        size = kept.size
        at = size[0] * 250 / float(wide), size[1] * (1 - 200 / float(high))
        assert kept.convert("L").getpixel((round(at[0]), round(at[1]))) < 60


def test_a_refusal_by_a_full_disk_is_told(
    scan_desk: Workplace, printed_school: PrintedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(scan_desk, "a.jpg", as_bytes(printed_school.sheets[0]))
    full = JetkizError("The disk is full.", "Free some space.")
    monkeypatch.setattr(intake, "close_works", Trouble(close_works, full))

    work_off(scan_desk, open_reader(scan_desk))

    assert [str(one.refusal) for one in files_of(scan_desk)] == [str(full)]
    with scan_desk.database.write() as connection:
        connection.execute(update(scan_file).values(state=FileState.WAITING.value))


def test_a_file_that_grows_while_it_is_copied_is_left_for_the_next_look(
    scan_desk: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "a.jpg"
    place.write_bytes(b"first half, ")
    watched = WatchedFolder(scan_desk, tmp_path)
    watched.take()
    copied = shutil.copyfile

    def copied_while_written(source: Path, target: Path) -> None:
        copied(source, target)
        with place.open("ab") as file:
            file.write(b"second half")

    with monkeypatch.context() as slow:
        slow.setattr(shutil, "copyfile", copied_while_written)
        watched.take()
    assert files_of(scan_desk) == []
    assert place.exists()
    watched.take()
    watched.take()

    (file,) = files_of(scan_desk)
    assert (spool(scan_desk) / file.key).read_bytes() == b"first half, second half"
    assert list(spool(scan_desk).iterdir()) == [spool(scan_desk) / file.key]
