"""What no committed file may contain: addresses of package registries, paths of one machine."""

import re
import subprocess
import sys
from pathlib import Path

# Written in pieces, so that this file passes its own check.
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com")
REGISTRY = re.compile("|".join(re.escape(host) for host in REGISTRIES))
HOMES = "|".join(("ro" + "ot", "ho" + "me", "Us" + "ers", "wo" + "rk", "tmp/" + "w"))
MACHINE_PATH = re.compile(rf"(?:^|[\s\"'`(=:])/(?:{HOMES})/\w")


def committed_files() -> list[Path]:
    """Every file that git would carry to a reader, new ones included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and Path(name).is_file()]


def traces_in(file: Path) -> list[str]:
    """The lines of one file that tell of a registry or a machine."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        return []  # pictures, fonts, sound
    return [
        f"{file}:{number}: {line.strip()[:120]}"
        for number, line in enumerate(lines, 1)
        if REGISTRY.search(line) or MACHINE_PATH.search(line)
    ]


def main() -> int:
    """Name every trace found."""
    found = [trace for file in committed_files() for trace in traces_in(file)]
    for trace in found:
        print(trace)
    if found:
        print("Remove these addresses and paths: they hold on one machine only.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
