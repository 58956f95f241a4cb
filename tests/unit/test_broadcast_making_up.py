"""What the log of the air says was lost: made up for, unless a repeat comes anyway."""

from dataclasses import replace

from broadcast.plan.model import AiringKind, AiringStatus
from broadcast.replanning.changes import ChangeKind
from broadcast.replanning.events import Missed
from tests.small_air import airing_of, at, first, mended, one_channel, plan, repeat


def test_what_the_log_says_was_missed_gets_a_make_up_with_a_number_of_its_own() -> None:
    before = one_channel("m", "n")
    old = plan(
        first("a", "m", at(0, 9), status=AiringStatus.MISSED),
        first("b", "n", at(0, 9, 30), status=AiringStatus.AIRED),
    )
    found = mended(before, old, Missed(), now=at(0, 12))
    made = airing_of(found, "a-2")
    assert (made.supersedes, made.kind, made.start) == ("a", AiringKind.MAKEUP, at(0, 18))
    assert airing_of(found, "a").status == AiringStatus.MISSED
    assert [one.kind for one in found.changes] == [ChangeKind.NEW]


def test_what_was_cut_off_is_aired_again_whole() -> None:
    old = plan(first("a", "m", at(0, 9), status=AiringStatus.SHORT))
    found = mended(one_channel("m"), old, Missed(), now=at(0, 12))
    assert airing_of(found, "a") == old.airings[0]
    assert airing_of(found, "a-2").supersedes == "a"
    assert [one.kind for one in found.changes] == [ChangeKind.NEW]


def test_a_repeat_that_is_still_to_come_makes_up_for_what_was_missed() -> None:
    old = plan(first("a", "m", at(0, 9), status=AiringStatus.MISSED), repeat("r", "m", at(0, 18)))
    assert mended(one_channel("m"), old, Missed(), now=at(0, 12)).plan is old
    later = mended(one_channel("m"), old, Missed(), now=at(0, 20))
    assert airing_of(later, "a-2").start >= at(1, 9)


def test_what_was_missed_and_has_no_hour_is_named_once() -> None:
    before = replace(one_channel("m"), meta=replace(one_channel("m").meta, days=1))
    for status in (AiringStatus.MISSED, AiringStatus.SHORT):
        old = plan(first("a", "m", at(0, 9), status=status))
        found = mended(before, old, Missed(), now=at(0, 18, 45))
        assert found.plan.airings == old.airings
        assert bool(found.unplaced) == (status == AiringStatus.MISSED)
