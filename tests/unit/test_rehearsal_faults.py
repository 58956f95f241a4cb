"""A fault script strikes the calls it names, as often as it says, and the same way every time."""

from typing import Any

import pytest

from jetkiz.rehearsal.running.faults import FaultKind, FaultScript, Moment, Rule, read_script
from jetkiz.rehearsal.state.refusals import RehearsalError


def strikes(script: FaultScript, calls: int, method: str = "sendMessage") -> list[bool]:
    return [script.strike(method, "alice", "Сәлем") is not None for _ in range(calls)]


def test_no_rules_no_faults() -> None:
    assert strikes(FaultScript(), 3) == [False] * 3


def test_a_rule_waits_strikes_and_is_done() -> None:
    script = FaultScript((Rule(FaultKind.ERROR, skip=1, times=2),))
    assert strikes(script, 5) == [False, True, True, False, False]
    (counted,) = script.report()["rules"]
    assert (counted["seen"], counted["struck"]) == (5, 2)


def test_a_rule_without_number_never_ends() -> None:
    assert strikes(FaultScript((Rule(FaultKind.RESET, times=None),)), 4) == [True] * 4


@pytest.mark.parametrize(
    ("rule", "struck"),
    [
        (Rule(FaultKind.ERROR, method="SENDMESSAGE"), True),
        (Rule(FaultKind.ERROR, method="sendPhoto"), False),
        (Rule(FaultKind.ERROR, person="alice"), True),
        (Rule(FaultKind.ERROR, person="bob"), False),
        (Rule(FaultKind.ERROR, text="әле"), True),
        (Rule(FaultKind.ERROR, text="Hello"), False),
    ],
)
def test_filters(rule: Rule, struck: bool) -> None:
    assert strikes(FaultScript((rule,)), 1) == [struck]


def test_a_rule_may_mean_one_bot_only() -> None:
    script = FaultScript((Rule(FaultKind.ERROR, bot="2", times=None),))
    struck = [script.strike("getMe", "", "", 0.0, bot) for bot in ("1", "2", "")]
    assert [rule is not None for rule in struck] == [False, True, False]


def test_the_first_rule_that_is_due_decides() -> None:
    script = FaultScript((Rule(FaultKind.FLOOD), Rule(FaultKind.HANG)))
    kinds = [script.strike("sendMessage", "", "") for _ in range(3)]
    assert [rule and rule.kind for rule in kinds] == [FaultKind.FLOOD, FaultKind.HANG, None]


def test_chance_repeats_itself_with_the_same_seed() -> None:
    rule = Rule(FaultKind.ERROR, times=None, chance=0.3)
    first, again, other = (strikes(FaultScript((rule,), seed), 400) for seed in (7, 7, 8))
    assert first == again != other
    assert 80 < first.count(True) < 160


def test_what_is_left_of_a_storm_is_not_rounded_up_by_an_uneven_moment() -> None:
    storm = Rule(FaultKind.FLOOD, span=600, retry_after=0)
    at = 3901.11
    assert (at + 600) - at > 600
    struck = FaultScript((storm,)).strike("sendMessage", "alice", "x", at)
    assert struck is not None
    assert struck.retry_after == 600


def test_a_storm_holds_for_its_span_and_names_what_is_left() -> None:
    storm = Rule(FaultKind.FLOOD, method="sendMessage", span=30, retry_after=0)
    script = FaultScript((storm, Rule(FaultKind.ERROR, times=None)))
    met = [
        (struck and struck.kind, struck and struck.retry_after)
        for at in (100.0, 100.5, 129.5, 130.0, 200.0)
        for struck in [script.strike("sendMessage", "", "", at)]
    ]
    flood, error = FaultKind.FLOOD, FaultKind.ERROR
    assert met == [(flood, 30), (flood, 30), (flood, 1), (error, 1), (error, 1)]
    assert [rule["struck"] for rule in script.report()["rules"]] == [1, 2]


def test_a_storm_goes_before_earlier_rules_and_spares_other_calls() -> None:
    slow = Rule(FaultKind.SLOW, times=None, skip=1)
    script = FaultScript((slow, Rule(FaultKind.FLOOD, method="sendMessage", span=5, retry_after=9)))
    kinds = [
        (struck.kind, struck.retry_after)
        for method, at in (("sendMessage", 0.0), ("sendPhoto", 1.0), ("sendMessage", 2.0))
        for struck in [script.strike(method, "", "", at)]
        if struck
    ]
    assert kinds == [(FaultKind.FLOOD, 9), (FaultKind.SLOW, 1), (FaultKind.FLOOD, 9)]


def test_many_kinds_are_mixed_by_chance_and_repeat_by_seed() -> None:
    def played(seed: int) -> list[str]:
        kinds = (FaultKind.ERROR, FaultKind.RESET, FaultKind.LATE, FaultKind.HANG)
        rules = tuple(Rule(kind, times=None, chance=0.05) for kind in kinds)
        script = FaultScript(rules, seed)
        struck = [script.strike("sendMessage", "", "") for _ in range(600)]
        return [rule.kind.value if rule else "" for rule in struck]

    assert played(3) == played(3) != played(4)
    assert set(played(3)) == {"", "error", "reset", "late", "hang"}


def test_a_script_is_read_from_json() -> None:
    script = read_script(
        {"seed": 3, "rules": [{"kind": "hang", "moment": "after", "seconds": 2, "times": None}]}
    )
    assert script.rules == (Rule(FaultKind.HANG, Moment.AFTER, seconds=2, times=None),)
    assert script.seed == 3


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"kind": "explode"},
        {"kind": "error", "moment": "later"},
        {"kind": "error", "colour": "red"},
        {"kind": "error", "times": "2"},
        {"kind": "error", "skip": -1},
        {"kind": "error", "method": 5},
        {"kind": "error", "chance": "often"},
        {"kind": "late", "hold": -1},
        {"kind": "flood", "span": "long"},
        "error",
        None,
    ],
)
def test_a_strange_rule_is_refused_with_its_words(rule: Any) -> None:
    with pytest.raises(RehearsalError, match="cannot be read") as caught:
        read_script({"rules": [rule]})
    assert caught.value.status == 400


@pytest.mark.parametrize("script", [{"rules": {}}, {"rules": [], "seed": "x"}])
def test_a_strange_script_is_refused(script: Any) -> None:
    with pytest.raises(RehearsalError, match="fault script"):
        read_script(script)


def test_no_script_at_all_clears_the_faults() -> None:
    assert read_script(None).rules == ()
