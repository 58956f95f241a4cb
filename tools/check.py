"""Which gates a change must pass, in which order; the tests come last, their summary closes."""

import os
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
PYTHON = sys.executable

GATES: tuple[tuple[str, tuple[str | Path, ...]], ...] = (
    ("system tools", (PYTHON, "tools/system_tools.py")),
    ("format", (BIN / "ruff", "format", "--check", ".")),
    ("lint", (BIN / "ruff", "check", ".")),
    ("types", (BIN / "mypy",)),
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


def passes(name: str, command: tuple[str | Path, ...]) -> bool:
    """Run one gate under its heading and say how long it took."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    passed = subprocess.run(command, check=False).returncode == 0
    print(f"   {'ok' if passed else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
    return passed


def main() -> int:
    """Run every gate even after a failure, so that one run shows all there is to do."""
    failed = [name for name, command in GATES if not passes(name, command)]
    print("\n== tests", flush=True)
    surroundings = {**os.environ, "JETKIZ_FAILED_GATES": ", ".join(failed)}
    # Hundreds of programs are started: none of them may compile everything anew.
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    tests = subprocess.run(TESTS, env=surroundings, check=False).returncode
    return tests or (1 if failed else 0)


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent)
    sys.exit(main())
