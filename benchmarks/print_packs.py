"""How fast, small and steady packs are made, beside what somebody would write first.

Each way has a process of its own; ours and its peers run back to back on one machine. The numbers
are processor seconds, except the gain of two processes, which is time on the clock.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent
PACKS, MANY = 1000, 4000
PEERS = {"platypus_each": 8, "platypus_one": 40, "typst_each": 20, "pypdf_merge": 60}
PAGES = 20


def run(record: Callable[..., None]) -> None:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = measured("stacks", PACKS, folder)
        bare = measured("bare", PACKS, folder)
        speed = PACKS / bare["cpu"]
        peers = {way: n / measured(way, n, folder)["cpu"] for way, n in PEERS.items()}
        record(name="print.packs_per_s", value=speed, unit="packs/s")
        record(name="print.pages_per_s", value=speed * PAGES, unit="pages/s")
        record(name="print.packs_per_s_with_gate", value=PACKS / ours["cpu"], unit="packs/s")
        # What each further pack adds: fonts, pictures and shared pages stand in every file.
        added = unique_bytes(folder)
        record(name="print.bytes_per_pack", value=added, unit="bytes")
        for way, theirs in peers.items():
            record(
                name=f"print.{way}", value=theirs, unit="packs/s", peer=way, ratio=speed / theirs
            )
        record(
            name="print.naive_ratio",
            value=speed / peers["platypus_each"],
            unit="x",
            peer="a Platypus document for each student",
            ratio=speed / peers["platypus_each"],
        )
        record(name="print.peak_mb", value=ours["peak_mb"], unit="MB")
        many = measured("stacks", MANY, folder)
        record(name="print.peak_mb_of_4000", value=many["peak_mb"], unit="MB")
        two_processes(record, folder)


def unique_bytes(folder: Path) -> float:
    """Return by how much a file grows with each pack in it."""
    few, more = (measured("bare", n, folder)["bytes"] for n in (50, 250))
    return float(more - few) / 200


def measured(way: str, count: int, folder: Path) -> dict[str, Any]:
    """Make packs in one way, in a process of its own."""
    return told(begun(way, count, folder))


def begun(way: str, count: int, folder: Path) -> subprocess.Popen[str]:
    """Begin a process that makes packs in one way."""
    command = [sys.executable, "-m", "benchmarks.pack_drawing", way, str(count), str(folder)]
    return subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, text=True)


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return what a process measured."""
    out, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    answer: dict[str, Any] = json.loads(out.splitlines()[-1])
    return answer


def two_processes(record: Callable[..., None], folder: Path) -> None:
    """Draw the same stacks with one process and with two, in turns; starting is counted.

    The peer is what the machine gives: two programs that share nothing, each with half of the work.
    """
    from benchmarks.pack_drawing import jobs
    from benchmarks.paper_book import make_book
    from print_packs.runs.processes import side_by_side
    from print_packs.runs.stack_making import make_stack

    book = make_book(folder)

    def spent(processes: int) -> float:
        with timed() as spent:
            answers = side_by_side(make_stack, jobs(book, MANY, folder, gate=False), processes)
            sum(1 for _ in answers)
        return spent[0]

    pairs = [(spent(1), spent(2), bound(folder)) for _ in range(3)]
    gain = sorted(one / two for one, two, _ in pairs)[1]
    most = sorted(most for _, _, most in pairs)[1]
    record(
        name="print.two_process_gain",
        value=gain,
        unit="x",
        peer=f"two separate programs: {most:.3f}",
        ratio=gain / most,
    )


def bound(folder: Path) -> float:
    """Return what two programs at once do more than one alone, on the clock."""
    places = [folder / "one", folder / "two"]
    for place in places:
        place.mkdir(exist_ok=True)
    alone = measured("bare", MANY // 2, places[0])["wall"]
    both = [told(one) for one in [begun("bare", MANY // 2, place) for place in places]]
    return 2 * float(alone) / max(one["wall"] for one in both)


@contextlib.contextmanager
def timed() -> Iterator[list[float]]:
    """Tell in the list how long the block took."""
    spent = [0.0]
    start = time.perf_counter()
    yield spent
    spent[0] = time.perf_counter() - start
