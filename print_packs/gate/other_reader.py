"""What another program says while it draws a sample: poppler, where the machine has it.

It names what the format's checkers pass over, and has to have nothing to say.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jetkiz.storage.whole_files import UnwritableError
from print_packs.gate.bones import Drawn
from print_packs.gate.faults import NOT_DRAWN, Fault

_SECONDS: Final = 120
# An entry that typst writes and older readers do not know; the page is right.
_HARMLESS: Final = re.compile(r"Suspects|^\s*$")


def faults_told(pdf: bytes, packs: Sequence[Drawn]) -> list[Fault]:
    """Return what poppler says of the pages of these packs; nothing without it."""
    program = shutil.which("pdftoppm")
    if program is None or not packs:
        return []
    try:
        with tempfile.TemporaryDirectory(prefix="jetkiz-gate-") as folder:
            file = Path(folder) / "stack.pdf"
            file.write_bytes(pdf)
            told = [(one, _told(program, file, one)) for one in packs]
    except OSError as error:
        # A full disk says nothing against a pack: the run is tried again.
        raise UnwritableError(Path(tempfile.gettempdir()), error) from error
    return [one.fault(0, NOT_DRAWN, told=words) for one, words in told if words]


def _told(program: str, file: Path, one: Drawn) -> str:
    first = one.file.first_page + 1
    pages = ["-f", str(first), "-l", str(first + one.file.pages - 1)]
    try:
        done = subprocess.run(  # noqa: S603 - a program of the system, found by name, no shell
            [program, "-r", "20", "-gray", *pages, file],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"{_SECONDS} s"
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    said = [line for line in lines if not _HARMLESS.search(line)]
    return "; ".join(said[:2]) or (f"{done.returncode}" if done.returncode else "")
