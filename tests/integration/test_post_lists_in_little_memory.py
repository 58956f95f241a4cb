"""Lists are written a few at a time: a run of twice as many takes no more memory for them."""

import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from jetkiz.delivery.model import Batch
from jetkiz.storage.database import Database
from print_packs.gate.sums import check_lists
from print_packs.model import Letter
from print_packs.pack_file import PackFile
from print_packs.post.registry_files import LISTS_A_FILE
from print_packs.print_run import RunRow
from print_packs.records import allot_run
from print_packs.runs.lists import allot_lists
from print_packs.runs.printing import paper_work
from print_packs.runs.run_files import CHECKSUMS, Made, close_run, release_run
from tests.factories import NOW, WEEK
from tests.print_school import a_pack

FEW, MANY = LISTS_A_FILE, 2 * LISTS_A_FILE
ROWS = 1


def packs(lists: int) -> list[PackFile]:
    sender = Letter("Мектеп", ("Ақкөл ауылы",), "011900")
    found = [
        a_pack(consignment=f"p{n}", print_id=f"P{n:07}", sender=sender) for n in range(lists * ROWS)
    ]
    return [PackFile(f"{one.key}.pdf", one, "", 0, 8) for one in found]


def run_of(database: Database, count: int) -> tuple[RunRow, Made]:
    with database.write() as connection:
        run = allot_run(connection, Batch(f"b{count}", "post", WEEK, ()), NOW.date(), NOW)
    return run, Made((), tuple(packs(count)), {})


def write_lists(database: Database, folder: Path, run: RunRow, made: Made) -> None:
    """Write the lists of so many packs as a run does."""
    with database.write() as connection:
        lists = allot_lists(connection, run, made.packs, ROWS)
    check_lists(made.packs, lists)
    close_run(folder, made, 0, paper_work(lists))


def peak(database: Database, folder: Path, count: int) -> int:
    """Return the most bytes held beside packs while their lists are written.

    Nobody clears rings of objects away meanwhile: with many packs in memory that happens seldom.
    """
    run, made = run_of(database, count)
    gc.collect()
    gc.disable()
    tracemalloc.start()
    write_lists(database, folder, run, made)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    gc.enable()
    return most


def test_memory_does_not_grow_with_the_lists(sqlite_database: Database, tmp_path: Path) -> None:
    # Words and fonts are read once, and now: while bytes are counted it takes ten times as long.
    write_lists(sqlite_database, tmp_path / "warm", *run_of(sqlite_database, 1))
    few = peak(sqlite_database, tmp_path / "few", FEW)
    many = peak(sqlite_database, tmp_path / "many", MANY)

    files = [file for file in (tmp_path / "many").rglob("*") if file.name != CHECKSUMS]
    assert sum(file.is_file() for file in files) == 4 * MANY / LISTS_A_FILE
    assert many < 1.25 * few, f"{few} bytes for {FEW} lists, {many} for {MANY}"


def test_each_file_lies_on_the_disk_before_the_next_is_made(tmp_path: Path) -> None:
    made = Made((), tuple(packs(1)), {})

    def paper() -> Iterator[tuple[str, bytes]]:
        for n in range(3):
            assert all((tmp_path / f"{before}.csv").is_file() for before in range(n))
            assert not (tmp_path / CHECKSUMS).exists()
            yield f"{n}.csv", b"list"

    sums = close_run(tmp_path, made, 0, paper())
    assert not (tmp_path / CHECKSUMS).exists()
    release_run(tmp_path, made, sums)

    assert len((tmp_path / CHECKSUMS).read_text("utf-8").splitlines()) == 3
