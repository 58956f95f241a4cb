"""How fast and how small: one JSON object a result of every module here but nation_*.py.

`python -m benchmarks [NAME ...]` runs all, or those whose module name contains one of NAME; the
minutes of nation_*.py are spent only when asked for.
"""

import importlib
import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

HERE = Path(__file__).parent
RESULTS = HERE.parent / "build" / "bench.jsonl"

Record = Callable[..., None]


def main(wanted: list[str]) -> int:
    """Measure, print a line for people, keep a line for machines."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("w", encoding="utf-8") as results:
        record = recorder(results)
        kinds = ("spine", "planner", "telegram", "print", "scan", "post", "broadcast")
        files = [file for kind in kinds for file in HERE.glob(f"{kind}_*.py")]
        files += HERE.glob("nation_*.py") if wanted else []
        for file in sorted(files):
            if wanted and not any(name in file.stem for name in wanted):
                continue
            importlib.import_module(f"benchmarks.{file.stem}").run(record)
    print(f"Results: {RESULTS}")
    return 0


def recorder(results: TextIO) -> Record:
    """Give the function that each benchmark calls once for each number."""

    def record(
        *, name: str, value: float, unit: str, peer: str | None = None, ratio: float | None = None
    ) -> None:
        """Keep one number; `peer` names what it was compared with, `ratio` is ours to theirs."""
        line = {"name": name, "value": round(value, 4), "unit": unit, "peer": peer, "ratio": ratio}
        line["machine"] = f"{platform.machine()}, Python {platform.python_version()}"
        results.write(json.dumps(line) + "\n")
        results.flush()
        against = f"  ({ratio:.2f} x {peer})" if peer and ratio else ""
        print(f"{name:32} {value:12.3f} {unit}{against}", flush=True)

    return record


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
