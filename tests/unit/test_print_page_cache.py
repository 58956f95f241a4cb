"""Pages of lessons that were set once: what was printed lately stays, the rest makes room."""

import os
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from print_packs.lessons.page_cache import make_room, used_now


def kept(cache: Path) -> set[str]:
    return {place.name for place in cache.iterdir()}


def fill(cache: Path, *ages: tuple[str, int]) -> None:
    for name, seconds in ages:
        place = cache / name
        place.write_bytes(b"0123456789")
        os.utime(place, (seconds, seconds))


def test_what_was_not_printed_for_the_longest_goes_first(tmp_path: Path) -> None:
    fill(tmp_path, ("old.pdf", 1_000), ("new.pdf", 3_000), ("middle.pdf", 2_000))
    assert make_room(tmp_path, 20) == 1
    assert kept(tmp_path) == {"new.pdf", "middle.pdf"}


def test_pages_that_were_taken_out_count_as_new(tmp_path: Path) -> None:
    fill(tmp_path, ("old.pdf", 1_000), ("new.pdf", 3_000))
    used_now(tmp_path / "old.pdf")
    assert make_room(tmp_path, 10) == 1
    assert kept(tmp_path) == {"old.pdf"}


def test_nothing_else_is_touched_and_nothing_missing_is_a_fault(tmp_path: Path) -> None:
    fill(tmp_path, ("half-written", 1), ("a.pdf", 2))
    used_now(tmp_path / "gone.pdf")
    assert make_room(tmp_path / "no folder", 0) == 0
    assert make_room(tmp_path, 10) == 0
    assert make_room(tmp_path, 0) == 1
    assert kept(tmp_path) == {"half-written"}


@given(st.lists(st.integers(0, 50), max_size=12), st.integers(0, 120))
def test_the_room_is_never_exceeded(ages: list[int], most: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        fill(cache, *((f"{number}.pdf", age) for number, age in enumerate(ages)))
        make_room(cache, most)
        assert sum(one.stat().st_size for one in cache.iterdir()) <= most
