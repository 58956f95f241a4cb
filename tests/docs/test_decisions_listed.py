"""The list of decisions names every page, and every page says why, what and at what cost."""

from pathlib import Path

import pytest

FOLDER = Path("docs/decisions")
PAGES = sorted(FOLDER.glob("[0-9]*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_listed_and_complete(page: Path) -> None:
    text = page.read_text("utf-8")
    title = text.partition("\n")[0].removeprefix("# ")
    assert f"- [{title}]({page.name})" in (FOLDER / "README.md").read_text("utf-8")
    assert title.startswith(f"{int(page.name[:4])}. ")
    assert all(f"\n## {part}\n" in text for part in ("Why it came up", "Decided", "What it costs"))


def test_numbers_are_given_once() -> None:
    assert [int(page.name[:4]) for page in PAGES] == list(range(1, len(PAGES) + 1))
