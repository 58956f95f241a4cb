"""Which gates a change must pass, in which order; the tests come last, their summary closes."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
PYTHON = sys.executable

GATES: tuple[tuple[str, tuple[str | Path, ...]], ...] = (
    ("system tools", (PYTHON, "tools/system_tools.py")),
    ("format", (BIN / "ruff", "format", "--check", ".")),
    ("lint", (BIN / "ruff", "check", ".")),
    ("types", (BIN / "mypy",)),
    # It also compiles what all tests import: their workers would each do it for themselves.
    ("tests can be gathered", (PYTHON, "-m", "pytest", "--collect-only", "-q")),
    ("import contracts", (BIN / "lint-imports", "--no-logo")),
    ("dependencies", (BIN / "deptry", ".")),
    ("traces of registries and machines", (PYTHON, "tools/traces.py")),
)
# Three workers for two processors: the suite waits for processes and disks as well, and so it
# ends a fifth sooner than with two.
TESTS: tuple[str | Path, ...] = (
    *(PYTHON, "-m", "pytest", "-n", "3", "--dist", "worksteal"),
    *("--cov", "--cov-report=term", "--whole"),
)

# Of a gate that passed with more to say than this, the end is enough: the list of all tests.
LONG, END = 40, 3
# Hundreds of programs are started: none of them may compile everything anew.
SURROUNDINGS = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Outcome:
    """What a gate said and how long it took, in seconds."""

    passed: bool
    said: str
    seconds: float


def outcome_of(gate: tuple[str, tuple[str | Path, ...]]) -> Outcome:
    """Run one gate; its name stands there while it runs."""
    name, command = gate
    print(f"   {name} ...", flush=True)
    began = time.monotonic()
    run = subprocess.run(
        command,
        check=False,
        env=SURROUNDINGS,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return Outcome(run.returncode == 0, run.stdout, time.monotonic() - began)


def passes(name: str, outcome: Outcome) -> bool:
    """Show under a heading what a gate said and how long it took."""
    lines = outcome.said.splitlines()
    is_enough = outcome.passed and len(lines) > LONG
    print(f"\n== {name}", *(lines[-END:] if is_enough else lines), sep="\n")
    print(f"   {'ok' if outcome.passed else 'FAILED'} in {outcome.seconds:.1f} s", flush=True)
    return outcome.passed


def main() -> int:
    """Run every gate even after a failure, so that one run shows all there is to do."""
    # The longest keep one processor busy each.
    with ThreadPoolExecutor(2) as beside:
        outcomes = beside.map(outcome_of, GATES)
        names = [name for name, _ in GATES]
        failed = [name for name, one in zip(names, outcomes, strict=True) if not passes(name, one)]
    print("\n== tests", flush=True)
    surroundings = {**SURROUNDINGS, "JETKIZ_FAILED_GATES": ", ".join(failed)}
    tests = subprocess.run(TESTS, env=surroundings, check=False).returncode
    return tests or (1 if failed else 0)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main())
