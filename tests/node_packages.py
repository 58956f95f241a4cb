"""Programs for Node that are not ours, beside the libraries that their lock names."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.gates import leave_out
from tools import system_tools


def installed(sources: Path) -> Path:
    """Return a folder with a program and its libraries, installed once for each lock."""
    folder = Path("build") / sources.name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(sources, folder)
    return folder


def _install(sources: Path, folder: Path) -> None:
    wanted = hashlib.sha256((sources / "package-lock.json").read_bytes()).hexdigest()
    mark = folder / "installed"
    for source in sources.iterdir():
        kept = folder / source.name
        # Another worker's program may be starting from it: it stays as it is, or is whole at once.
        if not kept.exists() or kept.read_bytes() != source.read_bytes():
            whole = folder / f"{source.name}.new"
            shutil.copy2(source, whole)
            whole.replace(kept)
    if mark.exists() and mark.read_text("utf-8") == wanted:
        return
    npm = system_tools.find("npm") or "npm"
    arguments = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if subprocess.run(arguments, cwd=folder, capture_output=True, check=False).returncode:
        leave_out("the package registry of npm")
    mark.write_text(wanted, "utf-8")
