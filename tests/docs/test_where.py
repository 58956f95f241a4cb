"""docs/where.md sends nobody to a file that does not exist."""

import re
from pathlib import Path

PAGE = Path("docs/where.md")
QUOTED = re.compile(r"`([^`\s]+)`")


def paths() -> list[str]:
    return [word for word in QUOTED.findall(PAGE.read_text("utf-8")) if "/" in word]


def test_every_path_exists() -> None:
    assert [path for path in paths() if not Path(path).exists()] == []


def test_the_page_names_every_package() -> None:
    roots = {path.split("/")[0] for path in paths()}
    assert roots >= {"jetkiz", "bot", "scheduler", "print_packs", "broadcast"}
