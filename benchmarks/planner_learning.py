"""How long a nation's likelihoods take to learn from one week of bitmaps, and a school's.

3.4 million students, 8 channels: count the week, let the past fade, lend the regions' experience,
and have the likelihood of everybody. Beside it the same for one student after another.
"""

import time
from collections.abc import Callable
from typing import Any

STUDENTS = 3_400_000
SCHOOL = 300
# As many as one after another takes a second; its time grows straight with their number.
SAMPLE = 5_000
RUNS = 3
LESSONS = 30
TEMPLATES = 5_000
POOLS = 34
CHANNELS = ("broadcast", "duty_class", "in_person", "post", "telegram", "radio", "sms", "web")


def run(record: Callable[..., None]) -> None:
    """The best of three weeks each, for the machine does other work as well."""
    nation = seconds(STUDENTS)
    loop = one_after_another(SAMPLE) * STUDENTS / SAMPLE
    record(
        name="planner.learning_update_s",
        value=nation,
        unit="s",
        peer="a loop over students, extrapolated",
        ratio=nation / loop,
    )
    record(name="planner.learning_school_ms", value=seconds(SCHOOL) * 1000, unit="ms")


def seconds(students: int) -> float:
    """Learn some weeks of so many students; return the time of the quickest."""
    from scheduler.learning.posterior import Memory, learn_week, pool_ratios, posteriors
    from scheduler.rules.observation import observation_of

    rules = [observation_of(name) for name in CHANNELS]
    rows, priors, pools = made_up(students)
    memory = Memory.empty(students, len(CHANNELS))
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        learn_week(memory, rows, rules)
        found = posteriors(memory, priors, pool_ratios(memory, priors, pools, rules), pools)
        times.append(time.perf_counter() - began)
        if not 0 < found.min() <= found.max() < 1:
            raise ValueError("a likelihood that is none")
    return min(times)


def made_up(students: int) -> tuple[Any, Any, Any]:
    """Draw the bitmaps, the channels' own likelihoods and the regions of so many students."""
    import numpy as np

    from jetkiz.delivery.bit_counts import BitRows

    chance = np.random.default_rng(3)
    ways = chance.integers(0, len(CHANNELS), (TEMPLATES, LESSONS))
    places = 1 << np.arange(LESSONS)
    slots = np.stack([(ways == number) @ places for number in range(len(CHANNELS))], axis=1)
    rungs = ("dispatched", "failed", "delivered", "acknowledged", "returned", "marked")
    bits = {name: chance.integers(0, 1 << LESSONS, students) for name in rungs}
    rows = BitRows(slots, chance.integers(0, TEMPLATES, students), bits)
    priors = chance.uniform(0.3, 0.9, (students, len(CHANNELS))).astype(np.float32)
    return rows, priors, chance.integers(0, POOLS, students)


def one_after_another(students: int) -> float:
    """Return the seconds of a plain loop that does the same for so many students."""
    from scheduler.learning.posterior import FORGET, PRIOR_STRENGTH
    from scheduler.rules.observation import observation_of

    rules = [observation_of(name) for name in CHANNELS]
    rows, priors, _ = made_up(students)
    slots, templates = rows.slots.tolist(), rows.template.tolist()
    bits = {name: column.tolist() for name, column in rows.bits.items()}
    chances = priors.tolist()
    state = [[(0.0, 0.0)] * len(rules) for _ in range(students)]
    began = time.perf_counter()
    for number, template in enumerate(templates):
        for channel, rule in enumerate(rules):
            own, received = slots[template][channel], 0
            for rung in rule.received:
                received |= own & bits[rung.name.lower()][number]
            failed = own & bits["failed"][number] & ~received
            left = bits["dispatched"][number] | bits["delivered"][number]
            silent = own & left & ~(received | failed)
            came, lost, mute = (one.bit_count() for one in (received, failed, silent))
            seen, tries = weighed(rule, came, lost, mute)
            before, tried = state[number][channel]
            before = before * FORGET + seen
            tried = tried * FORGET + tries
            state[number][channel] = (before, tried)
            usual = PRIOR_STRENGTH * chances[number][channel]
            chances[number][channel] = (usual + before) / (PRIOR_STRENGTH + tried)
    return time.perf_counter() - began


def weighed(rule: Any, came: int, lost: int, mute: int) -> tuple[float, float]:
    """Weigh one week of one student and channel: successes and trials."""
    if rule.only_answers:
        seen = float(max(came - 1, 0))
        rest = (came + lost + mute - 1) * rule.of_received
        tries = max(rest, seen) if came else lost + mute * rule.silence
        share = min(1.0, rule.most / tries) if tries else 0.0
        return seen * share, tries * share
    lessons = came + lost + (mute if rule.silence else 0)
    share = min(1.0, rule.most / lessons) if lessons else 0.0
    seen = came / rule.of_received
    return seen * share, (seen + lost / rule.of_failed + mute * rule.silence) * share
