"""Which bubbles of a block are marked, and which answers a person must look at.

What is neither clearly empty nor clearly marked is never decided here. Nothing read is a mark: the
teacher sees it beside the picture and accepts or corrects it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from print_packs.quizzes.block_picture import CodePlace, Flattened, flatten
from print_packs.quizzes.doubts import Doubt
from print_packs.quizzes.geometry import RING, Block

_EMPTY: Final = 0.045
_MARKED: Final = 0.10
_BLANK: Final = 0.03
"""A question without any answer must be this clean: a faint pencil is an answer."""
_GRAIN: Final = 0.04
"""An empty circle shows no more than this: 0.026 on the worst photo of the tests. The faintest of
marks, a tick, shows 0.115: where all circles are marked, none of them is taken for an empty one."""
_UNEVEN: Final = 3.0
"""Of two marks the one that is so much fainter was perhaps rubbed out, or not meant."""
_DISC: Final = 2.25
_FREE: Final = 4.5
"""From the middle of a bubble to the right: between its line and the next letter."""
_BESIDE: Final = 0.06
_REACH: Final = 2.25
_STEP: Final = 0.375
_MOST_BENT: Final = 0.7
_LEAST_EDGE: Final = 0.14


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read of a question; with a doubt ``chosen`` is only a guess."""

    chosen: tuple[int, ...]
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class BlockReading:
    """What was read of a block; ``corners`` say where on the picture it lies, if it was found.

    They are shares of width and height. ``confidence`` is from 0 to 1: how far the least clear
    bubble is from the threshold.
    """

    answers: tuple[Answer, ...]
    confidence: float
    corners: tuple[tuple[float, float], ...] = ()

    @property
    def needs_person(self) -> bool:
        """True when any answer is in doubt."""
        return any(one.doubt for one in self.answers)


def read_block(
    picture: Image.Image, codes: Sequence[CodePlace], block: Block, several: Sequence[bool]
) -> BlockReading:
    """Read a block; ``several`` says of each question whether more than one answer is allowed."""
    flat = flatten(picture, codes, block)
    if flat is None:
        return unclear(block)
    shifts = _shifts(flat, block)
    if shifts is None:
        return unclear(block, flat.corners)
    middles = _middles(block) + shifts
    ink, beyond = _ink(flat, middles), _beyond(flat, middles)
    answers = tuple(
        _answer([(float(ink[n]), float(beyond[n])) for n, _ in group], is_several)
        for (_, group), is_several in zip(
            groupby(enumerate(block.bubbles), key=lambda each: each[1].question),
            several,
            strict=True,
        )
    )
    return BlockReading(answers, _confidence(ink), flat.corners)


def unclear(block: Block, corners: tuple[tuple[float, float], ...] = ()) -> BlockReading:
    """Return a block of which nothing could be read: a person looks at all of it."""
    return BlockReading((Answer((), Doubt.GEOMETRY),) * block.questions, 0.0, corners)


def _answer(seen: Sequence[tuple[float, float]], is_several: bool) -> Answer:
    """Decide a question by what lies in each of its circles, and beside each."""
    ink = [one for one, _ in seen]
    chosen = tuple(n for n, one in enumerate(ink) if one > (_EMPTY + _MARKED) / 2)
    if any(_EMPTY <= one <= _MARKED for one in ink) or (not chosen and max(ink) > _BLANK):
        return Answer(chosen, Doubt.FAINT)
    if any(seen[n][1] > _BESIDE for n in chosen):
        return Answer(chosen, Doubt.OVERRUN)
    if len(chosen) > 1 and not is_several:
        return Answer(chosen, Doubt.SEVERAL)
    if len(chosen) > 1 and max(ink) > _UNEVEN * min(ink[n] for n in chosen):
        return Answer(chosen, Doubt.UNEVEN)
    return Answer(chosen)


def _confidence(ink: NDArray[np.float64]) -> float:
    middle, half = (_EMPTY + _MARKED) / 2, (_MARKED - _EMPTY) / 2
    return round(float(np.clip(np.abs(ink - middle).min() / half - 1, 0.0, 1.0)), 3)


def _circle(radius: float, count: int) -> NDArray[np.float64]:
    angles = np.arange(count) * (2 * np.pi / count)
    return np.column_stack([np.cos(angles), np.sin(angles)]) * radius


def _disc(radius: float) -> NDArray[np.float64]:
    steps = np.arange(-radius, radius + 0.01, 0.25)
    return np.array([(x, y) for x in steps for y in steps if np.hypot(x, y) <= radius])


def _at(
    flat: Flattened, middles: NDArray[np.float64], around: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the darkness of points around each middle: (bubbles, points)."""
    x = middles[:, None, 0] + around[None, :, 0]
    y = middles[:, None, 1] + around[None, :, 1]
    return flat.pixels(x, y)


def _middles(block: Block) -> NDArray[np.float64]:
    return np.array([(one.x, one.y) for one in block.bubbles], np.float64)


def _shifts(flat: Flattened, block: Block) -> NDArray[np.float64] | None:
    """Return how far each bubble lies from its place because the paper is bent; None in doubt.

    Every printed line is a witness: they must agree on a smooth bend, or nothing is read.
    """
    middles = _middles(block)
    steps = np.arange(-_REACH, _REACH + 0.01, _STEP)
    tried = np.array([(x, y) for x in steps for y in steps])
    line, outside = _circle(RING, 20), _circle(RING + 1.1, 20)
    edges = np.array(
        [
            _at(flat, middles + one, line).mean(axis=1)
            - _at(flat, middles + one, outside).mean(axis=1)
            for one in tried
        ]
    )
    best = tried[edges.argmax(axis=0)]
    clear = edges.max(axis=0)
    if float(np.median(clear)) < _LEAST_EDGE:
        return None
    bend = _smooth(middles / 100, best, clear)
    off = np.hypot(*(best - bend).T)
    is_bent = float(np.percentile(off, 85)) > _MOST_BENT
    is_far = float(np.abs(bend).max()) > _REACH
    return None if is_bent or is_far else bend


def _smooth(
    places: NDArray[np.float64], shifts: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Fit a bend to single shifts; a bubble under a scribble says little."""
    x, y = places.T
    terms = np.column_stack([np.ones_like(x), x, y, x * x, x * y, y * y])
    if len(places) < 12:
        terms = terms[:, :1]
    strength = np.clip(weights, 0.02, None)
    bend = np.zeros_like(shifts)
    for _ in range(3):
        solved, *_ = np.linalg.lstsq(
            terms * strength[:, None], shifts * strength[:, None], rcond=None
        )
        bend = terms @ solved
        off = np.hypot(*(shifts - bend).T)
        strength = np.clip(weights, 0.02, None) / (1 + (off / 0.4) ** 2)
    return bend


def _ink(flat: Flattened, middles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much ink lies in each bubble beyond what lies in the empty ones."""
    filled = _at(flat, middles, _disc(_DISC)).mean(axis=1)
    # Of a good part of the bubbles nothing is marked: what they show is grain and blur.
    ink: NDArray[np.float64] = filled - min(float(np.percentile(filled, 25)), _GRAIN)
    return ink


def _beyond(flat: Flattened, middles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much ink lies at the right of each bubble, where nothing is printed."""
    around = _at(flat, middles + np.array([_FREE, 0.0]), _disc(0.75) * [1.0, 2.6])
    beyond: NDArray[np.float64] = around.mean(axis=1)
    return beyond
