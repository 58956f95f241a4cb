"""Paper in the sample week as a newcomer sees it: the post desk, the scan pile, the circles."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import Connection

from jetkiz.delivery.reasons import FailureReason
from jetkiz.roster.register import read_schools
from jetkiz.storage.database import Database
from print_packs.braille.liblouis import PROGRAM
from print_packs.model import PackState
from print_packs.post.tables import address_override
from print_packs.quizzes.proposals import read_proposals
from print_packs.records import read_packs
from print_packs.scans.deciding import read_decided, read_queue
from print_packs.scans.scan_results import ScanResult
from scheduler.falling_back import read_orders
from tests.demo_runs import DemoRun

WEEK = "2026-W05"

pytestmark = [pytest.mark.process, pytest.mark.longest]


@contextmanager
def memory(demo_run: DemoRun) -> Iterator[Connection]:
    """What the school of the demo remembers."""
    database = Database(f"sqlite:///{demo_run.folder / 'jetkiz.sqlite3'}")
    try:
        with database.read() as connection:
            yield connection
    finally:
        database.close()


def text_of(file: Path) -> str:
    document = pypdfium2.PdfDocument(file)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_the_list_for_the_office_is_complete_and_names_specimens_only(demo_run: DemoRun) -> None:
    registry = json.loads((demo_run.folder / "post" / "registry.json").read_text("utf-8"))
    (one,) = registry["lists"]
    needed = ("sender", "sender_address", "sender_phone", "sender_bin", "contract", "office")
    assert all(one["header"][name] for name in needed)
    assert one["header"]["sender_bin"] == "000140002217"
    assert "Мектеп көшесі" in one["header"]["sender_address"]
    assert not re.search(r"\bRR ?\d{3}", json.dumps(registry))
    assert "SPECIMEN" in json.dumps(registry)


def test_each_strange_address_has_its_sentence_and_its_end(demo_run: DemoRun) -> None:
    printed = demo_run.printed
    assert re.search(r"h24  by hand .*: no postal index", printed)
    assert re.search(r"h26  look .*: the index 050000 belongs to another region", printed)
    assert re.search(r"h21  look .*: no patronymic", printed)
    assert "h24: its pack goes by hand, the post would refuse it" in printed
    with memory(demo_run) as connection:
        (passed,) = connection.execute(address_override.select())
    assert (passed.by, bool(passed.note)) == ("aigul", True)


def test_a_heavy_home_gets_two_envelopes_that_are_weighed_with_the_others(
    demo_run: DemoRun,
) -> None:
    with memory(demo_run) as connection:
        parts = [one for one in read_packs(connection, week=WEEK) if one.parts > 1]
    assert [(one.part, one.parts) for one in parts] == [(1, 2), (2, 2)]
    assert max(one.sheets for one in parts) <= 64 < sum(one.sheets for one in parts)
    said = re.search(r"A4/80: (\d+) packs weighed, 1\.0(\d+) of what", demo_run.printed)
    assert said
    assert int(said[1]) >= 5


def test_a_ready_page_of_a_teacher_lies_in_a_pack_without_her_note(demo_run: DemoRun) -> None:
    assert "ru.pages.pdf: Notes, stamps and form fields of page 1 are not printed" in (
        demo_run.printed
    )
    pages = text_of(demo_run.folder / "packs" / "h27.pdf")
    assert "Раскрась столбик" in pages
    assert "распечатай" not in pages


def test_a_week_in_braille_or_the_sentence_that_the_program_is_missing(demo_run: DemoRun) -> None:
    if shutil.which(PROGRAM) is None:
        assert re.search(r"editions braille 2026-W05\n +Error: ", demo_run.printed)
        return
    (file,) = (demo_run.folder / "editions" / WEEK / "braille").glob("*.brf")
    assert len(file.read_bytes().decode("ascii")) > 5_000


def test_one_page_is_printed_again_and_says_so(demo_run: DemoRun) -> None:
    (file,) = (demo_run.folder / "packs" / WEEK / "reprints").glob("*.pdf")
    print_id = file.stem.partition("-")[2]
    assert print_id in text_of(file)
    with memory(demo_run) as connection:
        assert print_id not in {one.print_id for one in read_packs(connection)}


def test_a_lost_bag_takes_its_second_way_and_a_misread_number_none(demo_run: DemoRun) -> None:
    assert "The check digit of the postal number" in demo_run.printed
    with memory(demo_run) as connection:
        packs = read_packs(connection, week=WEEK)
        (lost,) = [one for one in packs if one.state == PackState.LOST]
        taken = {
            (one.student, one.lesson)
            for one in read_orders(connection, WEEK)
            if one.reason == FailureReason.LOST
        }
    inside = {(one["student"], lesson) for one in lost.contents for lesson in one["lessons"]}
    assert taken == inside
    assert sum(one.state == PackState.RETURNED_TO_SENDER for one in packs) == 1


def test_every_odd_page_of_the_pile_has_its_place(demo_run: DemoRun) -> None:
    odd = {file.name for file in (demo_run.folder / "returns" / "odd").iterdir()}
    assert len(odd) == 6
    with memory(demo_run) as connection:
        (school,) = read_schools(connection)
        waiting = {one.source: one.result for one in read_queue(connection, school.id)}
        decided = {one.source: one.result for one in read_decided(connection, school.id)}
    assert waiting == {"last-year.jpg": ScanResult.UNKNOWN_SERIAL}
    assert decided == {
        "ink-over-all-marks.jpg": ScanResult.FILED,
        "the-cat.jpg": ScanResult.NOT_OURS,
    }
    assert "photographed-again.jpg, page 1: filed before" in demo_run.printed
    for filed in ("torn-sheet.jpg", "upside-down.jpg"):
        assert filed in odd
        assert filed not in demo_run.printed, "whatever finds its place needs no words"


def test_circles_are_proposed_and_only_a_teacher_accepts_them(demo_run: DemoRun) -> None:
    with memory(demo_run) as connection:
        found = read_proposals(connection)
    assert [bool(one.by) for one in found].count(True) == 1
    (accepted,) = [one for one in found if one.by]
    assert not any(accepted.doubts)
    (doubtful,) = [one for one in found if one.in_doubt]
    assert doubtful.doubts[0] == "several"
    assert "more circles are marked than answers are right" in demo_run.printed


def test_the_next_packs_bring_the_words_of_the_teachers(demo_run: DemoRun) -> None:
    said = re.search(r"in (\d+) of them lie the marks of (\d+) works", demo_run.printed)
    assert said
    assert 0 < int(said[1]) <= int(said[2])
    named = re.search(r"Look for .* in (.*\.pdf)", demo_run.printed)
    assert named
    words = text_of(Path(named[1]))
    assert "Бұрынғы жұмысың" in words or "Твои прошлые работы" in words


def test_the_slowest_leg_is_named(demo_run: DemoRun) -> None:
    told = demo_run.printed.partition("packs legs 2026-W05")[2]
    assert re.search(r"from the home back to the school: [\d.]+ days; done \d+", told)
    assert "Slowest: " in told
