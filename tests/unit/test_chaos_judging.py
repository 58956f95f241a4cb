"""The judge of chaos counts each fault where it is, and nothing where there is none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.judging import Case, Row, Seen, inside_retry_after, judge
from tests.chaos.watching import Request

KEY = (7, 20260126)
SENT = ("sending", "sent")
GOOD = Case(
    wanted={"c1": (100, KEY)},
    blocked=(),
    seen=(Seen(100, 5, KEY, is_marked=False),),
    rows=(Row(1, 100, "sent", 5, "c1", SENT),),
    dispatched=("c1",),
    requests=(),
)


def test_a_good_run_is_good() -> None:
    assert judge(GOOD).breaches(probed=True) == []


@pytest.mark.parametrize(
    ("case", "found"),
    [
        (replace(GOOD, seen=()), {"lost", "false_sent", "false_receipts"}),
        (replace(GOOD, seen=(Seen(100, 6, KEY, is_marked=False),)), {"false_sent"}),
        (replace(GOOD, seen=(Seen(101, 5, KEY, is_marked=False),)), {"lost", "false_sent"}),
        (
            replace(GOOD, seen=(*GOOD.seen, Seen(100, 6, KEY, is_marked=False))),
            {"doubled_unmarked", "too_many_copies"},
        ),
        (replace(GOOD, seen=(*GOOD.seen, Seen(100, 6, KEY, is_marked=True))), {"too_many_copies"}),
        (replace(GOOD, rows=(Row(1, 100, "unknown", None, "c1", ("sending",)),)), {"not_final"}),
        (replace(GOOD, rows=()), {"not_final"}),
        (
            replace(GOOD, rows=(Row(1, 100, "sent", 5, "c1", ("sending", *SENT)),)),
            {"claimed_twice"},
        ),
        (replace(GOOD, refusals=1), {"above_rate"}),
    ],
)
def test_each_fault_is_counted(case: Case, found: set[str]) -> None:
    names = {one.partition("=")[0] for one in judge(case).breaches(probed=False)}
    assert found <= names
    assert names - found <= {"false_receipts"}


def test_a_marked_copy_of_an_unknown_attempt_is_allowed_without_the_search_only() -> None:
    story = ("sending", "unknown", *SENT)
    copy = Seen(100, 6, KEY, is_marked=True)
    verdict = judge(
        replace(GOOD, seen=(*GOOD.seen, copy), rows=(Row(1, 100, "sent", 6, "c1", story),))
    )
    assert verdict.breaches(probed=False) == []
    assert verdict.breaches(probed=True) == ["doubled_marked=1"]


def test_a_copy_that_was_taken_away_is_none() -> None:
    copy = Seen(100, 6, KEY, is_marked=True, is_deleted=True)
    assert judge(replace(GOOD, seen=(*GOOD.seen, copy))).breaches(probed=True) == []


def test_who_has_blocked_the_bot_misses_nothing() -> None:
    refused = Row(1, 100, "refused", None, "c1", ("sending", "refused"))
    case = replace(GOOD, seen=(), rows=(refused,), blocked=(100,), dispatched=())
    assert judge(case).breaches(probed=True) == []


def flood(at: float, wait: float = 3.0) -> Request:
    return Request(at, "sendMessage", "p", "flood:before", wait)


def send(at: float) -> Request:
    return Request(at, "sendMessage", "p", "")


@given(at=st.floats(0, 10))
def test_only_what_comes_within_the_silence_counts(at: float) -> None:
    expected = 11.0 < 10 + at < 13.0
    assert inside_retry_after((flood(10.0), send(10 + at))) == expected


def test_questions_and_edits_break_no_silence() -> None:
    edit = Request(12.0, "editMessageReplyMarkup", "p", "")
    assert inside_retry_after((flood(10.0), edit)) == 0


@pytest.mark.parametrize(("kill", "count"), [(9.9, 1), (10.2, 0), (11.5, 1)])
def test_a_silence_dies_with_the_only_one_who_heard_of_it(kill: float, count: int) -> None:
    assert inside_retry_after((flood(10.0), send(12.0)), (kill,)) == count
