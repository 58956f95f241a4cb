"""Which programs outside Python the tests use, where they are found and how they get here.

Run as a script it installs what is missing where it may (root on Debian) and otherwise names it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Program -> (Debian package, other names the same program has elsewhere).
PROGRAMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "chromium": ("chromium", ("chromium-browser", "google-chrome", "google-chrome-stable")),
    "lou_translate": ("liblouis-bin", ()),
    "node": ("nodejs", ()),
    "npm": ("npm", ()),
    "pdftoppm": ("poppler-utils", ()),
    "pdftotext": ("poppler-utils", ()),
    "qpdf": ("qpdf", ()),
    "tv_sort": ("xmltv-util", ()),
    "tv_validate_file": ("xmltv-util", ()),
}


def find(program: str) -> str | None:
    """Where a program is, under its own name or another it goes by."""
    _package, others = PROGRAMS.get(program, ("", ()))
    for name in (program, *others):
        path = shutil.which(name)
        if path:
            return path
    return None


def missing_programs() -> list[str]:
    """The programs the tests use that are not here."""
    return [program for program in PROGRAMS if find(program) is None]


def packages_of(programs: list[str]) -> list[str]:
    """The Debian packages that bring these programs."""
    return sorted({PROGRAMS[program][0] for program in programs})


def may_install() -> bool:
    """Only root on Debian or a child of it may install without asking."""
    return (
        os.geteuid() == 0
        and Path("/etc/debian_version").exists()
        and shutil.which("apt-get") is not None
    )


def install(packages: list[str]) -> None:
    """Fetch packages quietly; what went wrong is shown, and the caller looks again."""
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        outcome = subprocess.run(
            ["apt-get", "--quiet", "--quiet", *arguments],
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )
        if outcome.returncode != 0:
            print(f"apt-get {arguments[0]} failed: {outcome.stderr.strip()[-500:]}")


def main() -> int:
    """Install or name what is missing; with CI=true a missing program is a failure."""
    missing = missing_programs()
    if missing and may_install():
        print(f"Installing {', '.join(packages_of(missing))} ...", flush=True)
        install(packages_of(missing))
        missing = missing_programs()
    if not missing:
        print("All system tools are here: " + ", ".join(PROGRAMS))
        return 0
    print(f"Missing: {', '.join(missing)}.")
    print(f"On Debian or Ubuntu: sudo apt-get install {' '.join(packages_of(missing))}")
    print("Tests that need them are left out; the summary of the tests counts them.")
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
