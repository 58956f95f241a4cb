"""Making a run again: by two at once, after a power cut, with a bad disk, in other stacks."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import select, update

from jetkiz.delivery.model import Batch
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.lessons.tables import lesson
from jetkiz.storage.database import Database
from jetkiz.storage.held_files import held
from jetkiz.storage.whole_files import UnwritableError
from jetkiz.storage.workplace import Workplace
from print_packs.postage.in_force import UNVERIFIED
from print_packs.records import read_packs
from print_packs.runs import printing
from print_packs.runs.lists import read_lists
from print_packs.runs.printing import print_batch
from print_packs.runs.reprinting import reprint
from print_packs.runs.run_files import CHECKSUMS, clear_away
from print_packs.runs.sides import lay_out_sides
from print_packs.runs.stack_making import StackJob, StackMade, make_stack
from print_packs.tables import pack, print_run
from tests.factories import WEEK, People
from tests.integration.test_print_earlier_work import feedback_batch
from tests.print_school import NOW, post_deliveries, print_school, saved_batch, workplace_in


class PowerCutError(BaseException):
    """The computer stops."""


@pytest.fixture
def workplace(sqlite_database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, sqlite_database)


@pytest.fixture
def people(workplace: Workplace) -> People:
    with workplace.database.write() as connection:
        return print_school(connection)


@pytest.fixture
def batch(workplace: Workplace, people: People) -> Batch:
    assert people.alice
    with workplace.database.read() as connection:
        deliveries = post_deliveries(connection)
    return saved_batch(workplace, deliveries)


def make(workplace: Workplace, batch: Batch, **settings: object) -> dict[str, bytes]:
    """Make the run; return its files by name."""
    changed = replace(workplace.settings, **settings)  # type: ignore[arg-type]
    print_batch(replace(workplace, settings=changed), batch, batch.consignments, NOW)
    return files_in(folder_of(workplace))


def folder_of(workplace: Workplace) -> Path:
    return workplace.settings.data / "packs" / WEEK / "run-1"


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_of_two_makers_of_a_run_one_is_told_to_wait(
    workplace: Workplace, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would clear away what the other is writing, and their files would mix."""
    told: list[str] = []

    def meanwhile(job: StackJob) -> StackMade:
        with pytest.raises(JetkizError, match="being made already") as refused:
            make(workplace, batch)
        told.append(refused.value.remedy)
        return make_stack(job)

    monkeypatch.setattr(printing, "make_stack", meanwhile)
    first = make(workplace, batch)
    monkeypatch.undo()

    assert told
    assert CHECKSUMS in first
    assert make(workplace, batch) == first


@contextmanager
def another_process_holds(place: Path) -> Iterator[subprocess.Popen[str]]:
    words = (
        "import sys; from pathlib import Path; from jetkiz.storage.held_files import held\n"
        "with held(Path(sys.argv[1])) as ours: print(ours, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", words, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "True\n"
        yield process


def test_who_is_killed_holds_nothing_any_more(tmp_path: Path) -> None:
    place = tmp_path / "some" / "where.lock"
    with another_process_holds(place) as process:
        with held(place) as is_ours:
            assert not is_ours
        process.kill()
    with held(place) as is_ours, held(place) as twice:
        assert (is_ours, twice) == (True, False)


def test_what_cannot_be_held_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableError), held(tmp_path / "file" / "x.lock"):
        pass


def test_a_word_that_comes_after_a_power_cut_changes_no_released_pack(
    workplace: Workplace, people: People, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made again, packs have the pages that lay ready: the word goes home on a slip."""

    def cut(*_: object) -> None:
        raise PowerCutError

    monkeypatch.setattr(printing, "release_run", cut)
    with pytest.raises(PowerCutError):
        make(workplace, batch)
    monkeypatch.undo()
    before = files_in(folder_of(workplace))
    with workplace.database.read() as connection:
        assert connection.scalar(select(print_run.c.is_ready))
    feedback_batch(workplace, people, ("5", "Жарайсың!"))

    after = make(workplace, batch)

    assert CHECKSUMS not in before
    assert after["run.pdf"] == before["run.pdf"]
    assert CHECKSUMS in after


def test_fronts_of_an_earlier_making_are_not_printed_with_those_of_a_later(
    workplace: Workplace, batch: Batch
) -> None:
    make(workplace, batch, stack_sheets=9)
    (sides,) = lay_out_sides(workplace, WEEK)
    assert "stack-2-fronts.pdf" in files_in(sides)
    make(workplace, batch)
    assert files_in(sides) == {}
    lay_out_sides(workplace, WEEK)
    names = {f"{name}.pdf" for name in ("fronts", "backs", "backs-reversed")}
    assert set(files_in(sides)) == {*names, "test-fronts.pdf", "test-backs.pdf"}


def test_who_types_the_command_changes_no_byte_of_a_run(workplace: Workplace, batch: Batch) -> None:
    """One home of two is Kazakh: as many as Russian ones, and Kazakh is named first."""
    made = []
    for language in ("en", "ru", "kk"):
        files = make(workplace, batch, language=language)
        settings = replace(workplace.settings, language=language)
        (sides,) = lay_out_sides(replace(workplace, settings=settings), WEEK)
        made.append(files | files_in(sides))

    assert made[0] == made[1] == made[2]
    with PdfDocument(made[0]["run.pdf"]) as run, PdfDocument(made[0]["test-fronts.pdf"]) as test:
        first, tried = (one[0].get_textpage().get_text_range() for one in (run, test))
    t = translator("kk")
    assert t("Printed on") in first
    assert t("Test sheet, front {number}", number=1) in tried
    assert t(UNVERIFIED) in json.loads(made[0]["job.json"])["notices"]


@pytest.mark.parametrize("harm", [b"", b"%PDF-1.7\n"])
def test_pages_that_a_bad_disk_ate_are_set_anew(
    workplace: Workplace, batch: Batch, harm: bytes
) -> None:
    before = make(workplace, batch)
    kept = [*(workplace.settings.data / "cache" / "lessons").glob("*.pdf")]
    assert kept
    for file in kept:
        file.write_bytes(harm)
    assert make(workplace, batch) == before


def test_a_file_that_cannot_be_cleared_away_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some systems keep a file that somebody reads."""
    (tmp_path / "stack-1.pdf").touch()

    def refuse(self: Path, **_: object) -> None:
        raise PermissionError(13, "in use", str(self))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(UnwritableError, match="in use"):
        clear_away(tmp_path, ())


def test_an_envelope_with_nothing_in_it_is_not_sent(
    workplace: Workplace, people: People, batch: Batch
) -> None:
    """Its lessons are named and go another way; it costs neither paper nor postage."""
    make(workplace, batch)
    gone = update(lesson).where(lesson.c.id.in_(people.lessons))
    with workplace.database.write() as connection:
        connection.execute(gone.values(text="![Ат](gone.jpg)", task_text=None))

    printed = print_batch(workplace, batch, batch.consignments, NOW)

    with workplace.database.read() as connection:
        lists = read_lists(connection, WEEK)
        rows = read_packs(connection, week=WEEK)
    assert printed.packs == ()
    assert len(printed.notes.left_out) == 2
    assert [one.packs for one in lists] == []
    assert [one.is_in_run for one in rows] == [False, False]
    assert CHECKSUMS not in files_in(folder_of(workplace))


def test_a_pack_that_is_in_no_run_is_not_said_to_be_lost(
    workplace: Workplace, batch: Batch
) -> None:
    print_batch(workplace, batch, batch.consignments, NOW)
    with workplace.database.write() as connection:
        connection.execute(update(pack).values(held_back="why"))

    with pytest.raises(JetkizError, match="held back and is in no run") as refused:
        reprint(workplace, "h1", WEEK)

    assert refused.value.facts["week"] == WEEK
