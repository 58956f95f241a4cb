"""How fast a whole timetable is found, how near to the best, and what families still lose.

600 lessons, twice and four times as many, from drawn homes; plain Python. In the same run: the
bound of the linear program, a week laid out by hand grade after grade, and FET for the hard rules.
Every plan is held against the checker; medians of five runs.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from typing import Any, Final

RUNS: Final = 5
WEEKS: Final = 3
SOME: Final = 120
ALL: Final = 384


def run(record: Callable[..., None]) -> None:
    """Plan weeks of three sizes, then ask what they are worth."""
    from broadcast.problem.model import ITERATIONS
    from tests.broadcast_problems import week_600, week_1200, week_2400

    for name, week in (("600", week_600), ("1200", week_1200), ("2400", week_2400)):
        problem = week(iterations=ITERATIONS)
        plan, seconds = solved(problem, RUNS if week is week_600 else 1)
        peer = f"{len(plan.airings)} airings"
        record(name=f"broadcast.plan_{name}_s", value=seconds, unit="s", peer=peer)
        _against_hand(record, problem, plan, "" if week is week_600 else f"_{name}")
    week = week_600(iterations=ITERATIONS)
    _against_bound(record, week)
    _lost(record, [week_600(seed, ITERATIONS) for seed in range(1, WEEKS + 1)])
    _against_fet(record, week)


def solved(problem: Any, runs: int = 1) -> tuple[Any, float]:
    """Return the plan, without a fault, and the median of the seconds it took."""
    from broadcast.checker.checking import refuse_faults
    from broadcast.solver.solving import solve

    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        plan = solve(problem)
        times.append(time.perf_counter() - begun)
    refuse_faults(problem, plan)
    if plan.unplaced:
        raise RuntimeError(f"{len(plan.unplaced)} lessons of {problem.meta.id} have no place")
    return plan, statistics.median(times)


def _against_hand(record: Callable[..., None], problem: Any, plan: Any, name: str) -> None:
    from benchmarks.round_robin import round_robin
    from broadcast.families.clash import clash

    by_hand = clash(problem, round_robin(problem))
    ratio = clash(problem, plan.airings) / by_hand
    peer = f"round-robin by grade: {by_hand:.0f} homes a week"
    record(name=f"broadcast.clash_vs_round_robin{name}", value=ratio, unit="share", peer=peer)


def _against_bound(record: Callable[..., None], problem: Any) -> None:
    """Compare with the linear program, where the extra is installed; five seeds, all shown."""
    if find_spec("ortools") is None:
        print("broadcast.clash_over_bound left out: OR-Tools is not installed")
        return
    from broadcast.certificate.bound import lp_bound
    from broadcast.families.clash import clash

    bound = float(lp_bound(problem))
    ratios = []
    for seed in range(1, RUNS + 1):
        plan, _ = solved(replace(problem, meta=replace(problem.meta, seed=seed)))
        ratios.append(clash(problem, plan.airings) / bound)
    peer = "seeds: " + ", ".join(f"{one:.3f}" for one in sorted(ratios))
    value = statistics.median(ratios)
    record(name="broadcast.clash_over_bound", value=value, unit="x bound", peer=peer)


def _lost(record: Callable[..., None], weeks: list[Any]) -> None:
    """Tell the share of lessons that homes with several children and one set lose.

    The worst of three drawn weeks, and what the first runs of the first cross: a grid made for its
    repeats crosses more. Judged by the homes as they were drawn, also those too few to be named in
    a problem's file.
    """
    from benchmarks.round_robin import round_robin
    from broadcast.families.clash import clash
    from broadcast.families.losses import lost

    by_hand = clash(weeks[0], round_robin(weeks[0]))
    for name, quota in (("no_repeats", 0), (f"{SOME}", SOME), (f"{ALL}", ALL)):
        found, times, crossed = [], [], []
        for one in weeks:
            problem = replace(one, policy=replace(one.policy, repeat_quota=quota))
            plan, seconds = solved(problem)
            found.append(lost(problem, plan.airings))
            times.append(seconds)
            crossed.append(clash(problem, plan.airings))
        worst = max(found, key=lambda one: one.share)
        each = (f"{one} children {100 * share:.2f} %" for one, share in worst.by_children.items())
        weeks_of = "weeks: " + " ".join(f"{100 * one.share:.3f}" for one in found)
        peer = ", ".join([weeks_of, *each, f"worst tenth {100 * worst.worst_decile:.1f} %"])
        peer += f", clash {crossed[0] / by_hand:.3f} of round-robin"
        peer += f", {statistics.median(times):.1f} s"
        record(name=f"broadcast.lost_{name}", value=100 * worst.share, unit="%", peer=peer)


def _against_fet(record: Callable[..., None], problem: Any) -> None:
    """Meet the hard rules alone: no search, no repeats; FET is a process of its own."""
    from benchmarks.fet_week import fet_seconds
    from broadcast.solver.solving import first_runs

    theirs = [fet_seconds(problem) for _ in range(RUNS)]
    known = [one for one in theirs if one is not None]
    if not known:
        print("broadcast.fet_ratio left out: fet-cl is not installed (Debian package fet)")
        return
    plain = replace(problem, meta=replace(problem.meta, iterations=0))
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        runs = first_runs(plain)
        times.append(time.perf_counter() - begun)
    if len(runs.board.first) != len(problem.lessons):
        raise RuntimeError("The hard rules are not met for every lesson.")
    seconds = statistics.median(times)
    peer = f"FET 6.8.5, the same week: {statistics.median(known):.2f} s"
    ratio = seconds / statistics.median(known)
    record(name="broadcast.fet_ratio", value=ratio, unit="x FET", peer=peer, ratio=ratio)
