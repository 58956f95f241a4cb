"""Runs chaos by seeds, prints a table, writes build/chaos.json; fails if anything must not be.

``python -m tests.chaos [--seeds 20] [--first 1] [--at-once 2] [--short] [--postgres]
[--only inbound-probe]``. A run that was broken off goes on where it was, if no code has changed.
"""

import argparse
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from tests.chaos import results
from tests.chaos.results import Result, Which
from tests.chaos.runs import run
from tests.postgres_server import Server, running_server

# Every fourth seed: each database meets all four.
ON_POSTGRES = 4
RUNS = ("outbound-resend", "outbound-probe", "inbound-resend", "inbound-probe")


def read_arguments() -> argparse.Namespace:
    """Which seeds, in which form and on which database."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=1, help="so many runs side by side")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--postgres", action="store_true", help="every fourth seed on PostgreSQL")
    parser.add_argument("--only", choices=RUNS)
    return parser.parse_args()


def wanted_runs(given: argparse.Namespace) -> list[Which]:
    """Return the runs that were asked for, seed by seed."""
    found = []
    for seed in range(given.first, given.first + given.seeds):
        is_postgres = given.postgres and seed % ON_POSTGRES == 0
        for name in RUNS if given.only is None else (given.only,):
            kind, _, policy = name.partition("-")
            found.append((kind, seed, policy, "postgresql" if is_postgres else "sqlite"))
    return found


@contextmanager
def postgres_if(wanted: bool) -> Iterator[Server | None]:
    """A server for the whole of the runs, or none."""
    if not wanted:
        yield None
        return
    with running_server() as server:
        yield server


def address(which: Which, server: Server | None) -> str:
    """Return the address of a new database on the server; empty where a file will do."""
    kind, seed, policy, database = which
    if server is None or database != "postgresql":
        return ""
    name = f"chaos_{kind}_{seed}_{policy}"
    server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    server.execute(f"CREATE DATABASE {name}")
    return server.url(name)


def main() -> int:
    """Run every seed; the file is written after each run, so that a stop loses little."""
    given = read_arguments()
    os.chdir(results.ROOT)
    form, version = "short" if given.short else "long", results.code_version()
    wanted = wanted_runs(given)
    done = results.read_broken_off(wanted, form, version)
    print(results.line(results.HEADINGS), flush=True)
    for one in done:
        print(f"{results.row(one)} (before)", flush=True)
    left = [which for which in wanted if which not in {one.which for one in done}]
    processes = ProcessPoolExecutor(given.at_once, multiprocessing.get_context("spawn"))
    with postgres_if(any(one[3] == "postgresql" for one in left)) as server, processes:
        going = {
            processes.submit(run, one, address(one, server), short=given.short): one for one in left
        }
        for ended in as_completed(going):
            error = ended.exception()
            if error:
                # Nothing is written of it: whoever starts again gets this run as well.
                print(f"{going[ended]} came to no end: {error!r}", flush=True)
                continue
            done.append(ended.result())
            print(results.row(done[-1]), flush=True)
            results.write(done, form, version)
    return conclude(done, wanted)


def conclude(done: Sequence[Result], wanted: Sequence[Which]) -> int:
    """Say what came of it; 0 when every run came to its end and nothing is what must not be."""
    bad = [one for one in done if one.breaches]
    missing = len(wanted) - len(done)
    print(f"{len(done)} runs, {len(bad)} of them with something that must not be")
    if missing:
        print(f"{missing} runs came to no end; start again for those")
    print(f"written: {results.FILE}")
    return 1 if bad or missing else 0


if __name__ == "__main__":
    sys.exit(main())
