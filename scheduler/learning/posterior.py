"""How far experience moves a likelihood: counts that fade, neighbours that lend theirs, a mean.

Beta-Bernoulli: a channel's own answer counts like two lessons seen, every lesson heard of counts
beside it, and older weeks count less. Arrays are [students, channels]; a row is a student whether
there are 300 of them or 3.4 million. Nothing here is drawn by chance: equal histories give equal
likelihoods.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from jetkiz.delivery.bit_counts import BitRows, Outcomes, Whole, count_outcomes
from scheduler.rules.observation import Observation

FORGET: Final = 0.92
"""What is left of a week's experience one week later. Own simulation (the design's default)."""

PRIOR_STRENGTH: Final = 6.0
"""Lessons that the channel's own answer counts for. A home differs from it by about one logit
(assumed), which is worth 4 to 8 lessons at likelihoods of 0.5 to 0.9; in our own simulation 2 made
plans follow chance."""

POOL_STRENGTH: Final = 20.0
"""Lessons by which a region's ratio to what the channels expected is held to 1. Own simulation."""

LEAST: Final = 0.001
MOST: Final = 0.999
"""Experience neither closes a channel nor makes it certain: only its test does that."""

BLOCK: Final = 1 << 13

Reals = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What is remembered: lessons received among lessons heard of, both [students, channels].

    The one thing here that changes in place: a nation's memory is a hundred megabytes.
    """

    successes: Reals
    trials: Reals

    @classmethod
    def empty(cls, students: int, channels: int, dtype: DTypeLike = np.float32) -> "Memory":
        """Return the memory of nothing; float16 is exact enough for a nation."""
        return cls(np.zeros((students, channels), dtype), np.zeros((students, channels), dtype))

    def learn(self, new: "Memory", weeks: int = 1) -> None:
        """Let what is remembered fade for so many weeks, then add the newest week's evidence."""
        left = np.float32(FORGET**weeks)
        for counts, more in ((self.successes, new.successes), (self.trials, new.trials)):
            # Half floats are for keeping: the processor counts with whole ones.
            counts[...] = counts.astype(np.float32, copy=False) * left + more

    def fade(self, weeks: int) -> None:
        """Let weeks pass of which nothing is known."""
        self.learn(Memory(np.zeros(1, np.float32), np.zeros(1, np.float32)), weeks)

    def part(self, rows: slice) -> "Memory":
        """Return some students' rows of the same memory, not a copy."""
        return Memory(self.successes[rows], self.trials[rows])


def week_evidence(week: Outcomes, observations: Sequence[Observation]) -> Memory:
    """Weigh the outcomes of one week; ``observations`` stand in the order of the channels.

    What is heard of speaks for what is not: a success for 1 / ``of_received`` of them, a failure
    for 1 / ``of_failed``. Silence counts where the channel's rule says so, elsewhere such a lesson
    was never tried. Of a week no more than ``most`` lessons count.
    """

    def each(name: str) -> Reals:
        return np.array([getattr(one, name) for one in observations], np.float32)

    silence, most = each("silence"), each("most")
    received = week.received.astype(np.float32)
    failed = week.failed.astype(np.float32)
    came = received / each("of_received")
    trials = came + failed / each("of_failed") + week.silent * silence
    lessons = received + failed + week.silent * (silence > 0)
    scale = np.minimum(np.float32(1), most / np.maximum(lessons, 1))
    found = Memory(came * scale, trials * scale)
    for channel, one in enumerate(observations):
        if one.only_answers:
            _weigh_answers(found, channel, received[:, channel], week, one)
    return found


def _weigh_answers(
    found: Memory, channel: int, answers: Reals, week: Outcomes, rule: Observation
) -> None:
    """Weigh a week of which nothing is heard but answers.

    The first answer only says that the home answers at all; the others are held against as many as
    one would hear if all came. A home that did not answer is unknown, but for what surely failed.
    """
    failed, silent = (part[:, channel].astype(np.float32) for part in (week.failed, week.silent))
    rest = answers + failed + silent - 1
    spoke = answers > 0
    came = np.where(spoke, answers - 1, 0)
    # Who is heard of more often than expected has received all: there is no more than that.
    trials = np.where(
        spoke, np.maximum(rest * rule.of_received, came), failed + silent * rule.silence
    )
    scale = np.minimum(np.float32(1), rule.most / np.maximum(trials, 1))
    found.successes[:, channel] = came * scale
    found.trials[:, channel] = trials * scale


def learn_week(memory: Memory, rows: BitRows, observations: Sequence[Observation]) -> None:
    """Let a week fade in and its bitmaps be remembered; row n of ``rows`` is student n.

    In blocks that fit the processor's cache: half the time for a nation.
    """
    received_by = [one.received for one in observations]
    for block in _blocks(len(memory.trials)):
        week = count_outcomes(rows.part(block), received_by)
        memory.part(block).learn(week_evidence(week, observations))


def _blocks(rows: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, rows, BLOCK))


def pool_ratios(
    memory: Memory, priors: Reals, pools: Whole, observations: Sequence[Observation]
) -> Reals:
    """Return [pools, channels]: how many lessons came where one was expected, 1 without experience.

    ``priors`` are the channels' own likelihoods (0: it cannot reach the home), ``pools`` [students]
    counts from 0. A home whose channel is closed says nothing: what was expected there is unknown.
    """
    count = int(pools.max()) + 1 if len(pools) else 0
    ratios = np.ones((count, priors.shape[1]))
    for channel, rule in enumerate(observations):
        if not rule.is_pooled:
            continue
        prior = priors[:, channel]
        trials = memory.trials[:, channel].astype(np.float32) * (prior > 0)
        successes = memory.successes[:, channel].astype(np.float32) * (prior > 0)
        tried, came, expected = (
            np.bincount(pools, weights=one, minlength=count)
            for one in (trials, successes, trials * prior)
        )
        heard = tried > 0
        usual = POOL_STRENGTH * expected[heard] / tried[heard]
        ratios[heard, channel] = (came[heard] + usual) / (expected[heard] + usual)
    return ratios


def posterior_mean(priors: Reals, ratios: Reals, successes: Reals, trials: Reals) -> Reals:
    """Return the likelihood after experience, element by element; 0 stays where ``priors`` is 0.

    ``ratios`` are those of each student's pool. Everything else stays within (0, 1).
    """
    usual = np.clip(priors * ratios, LEAST, MOST)
    found = (PRIOR_STRENGTH * usual + successes) / (PRIOR_STRENGTH + trials)
    return np.where(priors > 0, np.clip(found, LEAST, MOST), 0.0)


def posteriors(memory: Memory, priors: Reals, ratios: Reals, pools: Whole) -> Reals:
    """Return the likelihoods of everybody in the type of ``priors``, block by block."""
    found = np.empty_like(priors)
    lent = ratios.astype(priors.dtype)
    for block in _blocks(len(priors)):
        some = memory.part(block)
        found[block] = posterior_mean(
            priors[block],
            lent[pools[block]],
            some.successes.astype(priors.dtype),
            some.trials.astype(priors.dtype),
        )
    return found
