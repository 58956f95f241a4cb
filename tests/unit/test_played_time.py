"""The clock of a school whose weeks were played: it goes on from their end, and only there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jetkiz.storage.played_time import FILE, keep_played, played_clock

ENDED = datetime.fromisoformat("2026-01-30T20:30:00+05:00")


class Hand:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_the_clock_goes_on_from_where_the_play_ended(tmp_path: Path) -> None:
    keep_played(tmp_path, ENDED.isoformat())
    hand = Hand()
    clock = played_clock(tmp_path, hand)
    assert clock
    assert clock() == ENDED
    hand.now += timedelta(minutes=7)
    assert clock() == ENDED + timedelta(minutes=7)


@pytest.mark.parametrize("content", [None, b"", b"yesterday", b"2026-01-30T20:30:00", b"\xff"])
def test_a_school_that_is_real_has_the_time_of_the_wall(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    assert played_clock(tmp_path, Hand()) is None
