"""What the planner brings against the rule of 2020 in a simulated term, at no more money.

9 weeks, 3 drawn truths, the same weeks for every policy. Compares, does not forecast. A thousand
students in a run of all benchmarks, for 54 weeks are planned; as many as wanted alone:
`python -m benchmarks.planner_simulation 20000`.
"""

import sys
from collections.abc import Callable

STUDENTS = 1_000
WEEKS = 9
SEEDS = (1, 2, 3)
WEEK = "2026-W05"
RULE = "rule-2020-second-ways"
SAME_MONEY = "planner-same-money"
LEARNING = "planner-learning-same-money"


def run(record: Callable[..., None], students: int = STUDENTS) -> None:
    """Play the term once for all rows; the spread is the standard deviation over seeds."""
    from scheduler.nation.population import read_population
    from scheduler.simulator.parameters import read_parameters
    from scheduler.simulator.policies import chosen
    from scheduler.simulator.scores import advantage, over_seeds
    from scheduler.simulator.term import Term, drawn_week, play

    population = read_population()
    policies = chosen((RULE, SAME_MONEY, LEARNING))
    term = Term(WEEK, WEEKS, SEEDS, policies, read_parameters())
    found = play(term, lambda seed: drawn_week(population, students, seed, WEEK))
    for name in (SAME_MONEY, LEARNING):
        for mine, theirs in zip(found[name], found[RULE], strict=True):
            if mine.paper > theirs.paper + 1e-6 or mine.tenge > theirs.tenge + 1e-6:
                raise ValueError(f"{name} spent more than {RULE}")
    of = f"of {students} students, 9 weeks, 3 seeds"
    for name, policy in (("", SAME_MONEY), ("_learning", LEARNING)):
        ahead = advantage(found, policy, RULE)
        peer = f"{RULE}, spread {100 * ahead.deviation:.2f}, {of}"
        record(
            name=f"planner.sim_points_same_money{name}",
            value=100 * ahead.mean,
            unit="points",
            peer=peer,
        )
    ours, rule = over_seeds(found[SAME_MONEY]), over_seeds(found[RULE])
    for name in ("received", "returned"):
        record(
            name=f"planner.sim_{name}",
            value=100 * ours[name].mean,
            unit="%",
            peer=f"{RULE}, spread {100 * ours[name].deviation:.2f}, {of}",
            ratio=ours[name].mean / rule[name].mean,
        )


if __name__ == "__main__":
    from benchmarks.__main__ import RESULTS, recorder

    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as results:
        run(recorder(results), int(sys.argv[1]) if sys.argv[1:] else STUDENTS)
