"""Runs chaos by seeds, prints a table, writes build/chaos.json; fails if anything must not be.

``python -m tests.chaos [--seeds 20] [--first 1] [--short] [--postgres] [--only probe]``
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jetkiz.storage.database import Database
from jetkiz.storage.schema import upgrade
from tests.chaos import results
from tests.chaos.inbound import LONG_INBOUND, SHORT_INBOUND, run_inbound
from tests.chaos.outbound import run_outbound
from tests.chaos.results import Result
from tests.chaos.school import LONG, SHORT, Form
from tests.postgres_server import running_server

POLICIES = ("resend", "probe")
KINDS = (*POLICIES, "inbound")


def read_arguments() -> argparse.Namespace:
    """Which seeds, in which form and on which database."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--postgres", action="store_true", help="every fourth seed on PostgreSQL")
    parser.add_argument("--only", choices=KINDS)
    return parser.parse_args()


@contextmanager
def postgres_if(wanted: bool) -> Iterator[object]:
    """A server for the whole of the runs, or none."""
    if not wanted:
        yield None
        return
    with running_server() as server:
        yield server


@contextmanager
def database_of(name: str, seed: int, server: object) -> Iterator[tuple[str, Path]]:
    """The address of a migrated database of its own, and a folder."""
    with tempfile.TemporaryDirectory(prefix="jetkiz-chaos-") as parent:
        folder = Path(parent) / "school"
        folder.mkdir()
        url = f"sqlite:///{folder / 'jetkiz.sqlite3'}"
        if server is not None and seed % 4 == 0:
            server.execute(f"CREATE DATABASE {name}")  # type: ignore[attr-defined]
            url = server.url(name)  # type: ignore[attr-defined]
        database = Database(url)
        upgrade(database)
        database.close()
        yield url, folder


def inbound(seed: int, form: Form, server: object) -> Result:
    """One run of what comes in."""
    began = time.monotonic()
    with database_of(f"chaos_in_{seed}", seed, server) as (url, folder):
        verdict = run_inbound(url, folder, seed, form)
    return Result(
        kind="inbound",
        seed=seed,
        policy="-",
        lost=verdict.lost,
        doubled=verdict.doubled,
        marked=0,
        false_sent=0,
        probes=0,
        seconds=round(time.monotonic() - began, 1),
        breaches=tuple(verdict.breaches()),
    )


def outbound(seed: int, policy: str, form: Form, server: object) -> Result:
    """One run of what goes out."""
    began = time.monotonic()
    with database_of(f"chaos_{seed}_{policy}", seed, server) as (url, folder):
        verdict = run_outbound(url, folder, seed, policy, form)
    return Result(
        kind="outbound",
        seed=seed,
        policy=policy,
        lost=verdict.lost,
        doubled=verdict.doubled,
        marked=verdict.doubled_marked,
        false_sent=verdict.false_sent + verdict.false_receipts,
        probes=verdict.probes,
        seconds=round(time.monotonic() - began, 1),
        breaches=tuple(verdict.breaches(probed=policy == "probe")),
    )


def main() -> int:
    """Run every seed; the file is written after each, so that a stop loses nothing."""
    given = read_arguments()
    os.chdir(Path(__file__).resolve().parent.parent.parent)
    form, coming = (SHORT, SHORT_INBOUND) if given.short else (LONG, LONG_INBOUND)
    done: list[Result] = []
    print(results.line(results.HEADINGS), flush=True)
    with postgres_if(given.postgres) as server:
        for seed in range(given.first, given.first + given.seeds):
            for kind in KINDS if given.only is None else (given.only,):
                is_in = kind == "inbound"
                made = (
                    inbound(seed, coming, server) if is_in else outbound(seed, kind, form, server)
                )
                done.append(made)
                print(results.row(made), flush=True)
                results.write(done)
    bad = [one for one in done if one.breaches]
    print(f"{len(done)} runs, {len(bad)} of them with something that must not be")
    print(f"written: {results.FILE}")
    return 1 if bad or not done else 0


if __name__ == "__main__":
    sys.exit(main())
