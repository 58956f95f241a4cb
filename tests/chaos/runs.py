"""One run of chaos, of what goes out or of what comes in, and its line in the results."""

import tempfile
import time
from pathlib import Path
from typing import Any

from jetkiz.storage.database import Database
from jetkiz.storage.schema import upgrade
from tests.chaos.inbound import LONG_INBOUND, SHORT_INBOUND, run_inbound
from tests.chaos.outbound import run_outbound
from tests.chaos.results import Result, Which
from tests.chaos.school import LONG, SHORT


def run(which: Which, url: str, *, short: bool) -> Result:
    """Carry one run through in a folder of its own."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jetkiz-chaos-") as parent:
        folder = Path(parent) / "school"
        folder.mkdir()
        url = url or f"sqlite:///{folder / 'jetkiz.sqlite3'}"
        database = Database(url)
        upgrade(database)
        database.close()
        made = incoming if which[0] == "inbound" else outgoing
        facts = made(which, url, folder, short)
    kind, seed, policy, engine = which
    seconds = round(time.monotonic() - began, 1)
    return Result(kind, seed, policy, **facts, seconds=seconds, database=engine)


def incoming(which: Which, url: str, folder: Path, short: bool) -> dict[str, Any]:
    """One run of what comes in."""
    form = SHORT_INBOUND if short else LONG_INBOUND
    verdict = run_inbound(url, folder, which[1], which[2], form)
    return {
        "lost": verdict.lost,
        "doubled": verdict.doubled_unmarked,
        "marked": verdict.doubled_marked,
        "false_sent": 0,
        "probes": 0,
        "breaches": tuple(verdict.breaches(probed=which[2] == "probe")),
        "notes": verdict.notes,
    }


def outgoing(which: Which, url: str, folder: Path, short: bool) -> dict[str, Any]:
    """One run of what goes out."""
    verdict = run_outbound(url, folder, which[1], which[2], SHORT if short else LONG)
    return {
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "marked": verdict.doubled_marked,
        "false_sent": verdict.false_sent + verdict.false_receipts,
        "probes": verdict.probes,
        "breaches": tuple(verdict.breaches(probed=which[2] == "probe")),
        "notes": verdict.notes,
    }
