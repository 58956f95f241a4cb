"""How likely each channel reaches a home of the nation, by the home's facts.

The numbers are those of the real channels: ``bot/channel.py``, ``broadcast/channel.py`` and
``print_packs``. This package may not import them; a test holds both against each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.channel_choice import CERTAIN
from scheduler.solver.week_arrays import Bools, Counts

CHANNELS: Final = ("telegram", "broadcast", "post", "in_person", "duty_class")

BY_NETWORK: Final[Mapping[str, float]] = {"none": 0.0, "2g": 0.55, "3g": 0.8, "4g": 0.9}
NETWORKS: Final = tuple(BY_NETWORK)
SHARING: Final = 0.15
MOST_WORTH_SHARING: Final = 4
WATCHES: Final = 0.5
POWER_CUTS: Final = 0.9
POST: Final = 0.80
IN_PERSON: Final = 0.88
DUTY_CLASS: Final = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of each student [n]; ``network`` counts in the order of ``NETWORKS``."""

    network: Counts
    is_linked: Bools
    has_device: Bools
    sharers: Counts
    has_tv: Bools
    has_cuts: Bools
    takes_post: Bools
    takes_hand: Bools
    takes_duty: Bools
    reads_braille: Bools


def chances(facts: Facts) -> NDArray[np.uint16]:
    """Return the chances [n, channels] in thousandths; 0 where a channel cannot reach the home."""
    found = np.empty((len(facts.network), len(CHANNELS)), dtype=np.uint16)
    watches = WATCHES * np.where(facts.has_cuts, POWER_CUTS, 1.0)
    found[:, 0] = _telegram(facts)
    found[:, 1] = _thousandths(watches) * facts.has_tv
    found[:, 2] = _thousandths(POST) * facts.takes_post
    found[:, 3] = _thousandths(IN_PERSON) * facts.takes_hand
    found[:, 4] = _thousandths(DUTY_CLASS) * facts.takes_duty
    found[facts.reads_braille, :-1] = 0
    return found


def _telegram(facts: Facts) -> NDArray[np.uint16]:
    by_network = np.array([BY_NETWORK[name] for name in NETWORKS])
    sharers = np.clip(facts.sharers.astype(np.int64), 1, MOST_WORTH_SHARING)
    likely = by_network[facts.network] / (1.0 + SHARING * (sharers - 1))
    return _thousandths(likely) * (facts.is_linked & facts.has_device)


def _thousandths(chance: float | NDArray[np.float64]) -> NDArray[np.uint16]:
    return np.round(np.asarray(chance) * CERTAIN).astype(np.uint16)
