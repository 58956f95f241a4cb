"""What a nation's report says in words: coverage, what is received, cost, and the proof."""

from collections.abc import Mapping
from typing import Any

from jetkiz.i18n import Translator


def is_of_nation(report: Mapping[str, Any]) -> bool:
    """Tell a nation's report, which counts by places, from a school's."""
    return "places" in report


def report_lines(report: Mapping[str, Any], t: Translator) -> list[str]:
    """Say a plan in words."""
    spread = {name: f"{value:.1%}" for name, value in report["expected_received"].items()}
    return [
        t(
            "{planned} of {lessons} lessons of {students} students have a channel.",
            planned=report["with_channel"],
            lessons=report["lessons"],
            students=report["students"],
        ),
        t(
            "Expected to be received: {mean} on average; one in ten gets no more than {p10}, "
            "one in a hundred no more than {p1}.",
            **spread,
        ),
        t(
            "It costs {cost} tenge, and no plan could be better by more than {gap}.",
            cost=f"{report['cost_tenge']:.0f}",
            gap=f"{report['gap']:.2%}",
        ),
        *(
            t("A decision by hand cannot be kept: {decision}.", decision=one)
            for one in report["set_aside"]
        ),
    ]
