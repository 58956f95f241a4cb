"""Where a block of bubbles lies on a picture: its four marks are found, or a person looks.

First the codes of the sheet say roughly where the block is; then its own marks say it exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from jetkiz.codes import Corner
from print_packs.pages.page_layout import place_of
from print_packs.quizzes.geometry import BLOCK_LEFT, BLOCK_TOP, MARK, Block
from print_packs.quizzes.homography import Homography, affine, projective, scaled

Darkness = NDArray[np.float64]
"""How dark each point is: 0 like the paper around it, 1 like print."""

COARSE: Final = 4.0
FINE: Final = 6.0
"""Points of a millimetre when the marks are sought, and when the bubbles are measured."""
LEAST_POINTS: Final = 2.4
"""With fewer points a millimetre a thin stroke is lost between them."""
_MARGIN: Final = 26.0
_FINE_MARGIN: Final = 8.0
_TILE: Final = 9.0
_CORE, _INNER, _OUTER = 4.2, 7.6, 10.0
_LEAST_CORE: Final = 0.62
_MOST_AROUND: Final = 0.22
_LEAST_SCORE: Final = 0.5
_REACH: Final = 15.0
"""Millimetres around its place in which a mark is sought; the nearest bubble is 17 away."""
_CLOSE: Final = 0.3
"""Spots that look so nearly as much like a mark are weighed against each other."""
_APART: Final = 4.0
"""Millimetres by which the nearest of them must be nearer than any other."""
_FAR_CODE: Final = 10.0
"""Millimetres by which a code may lie beside its place as the block's marks tell it."""


@dataclass(frozen=True, slots=True)
class CodePlace:
    """A code of the sheet on the picture: its four corners in points, as the code itself turns."""

    corner: Corner
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Flattened:
    """A block laid flat, with ``FINE`` points a millimetre and a margin around.

    ``corners`` are those of the block with its margin, as shares of the picture's width and height.
    """

    darkness: Darkness
    corners: tuple[tuple[float, float], ...]

    def pixels(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the darkness at places of the block in millimetres, between the points."""
        at_x = np.clip((x + _FINE_MARGIN) * FINE - 0.5, 0, self.darkness.shape[1] - 1.001)
        at_y = np.clip((y + _FINE_MARGIN) * FINE - 0.5, 0, self.darkness.shape[0] - 1.001)
        left, top = at_x.astype(int), at_y.astype(int)
        dx, dy = at_x - left, at_y - top
        d = self.darkness
        upper = d[top, left] * (1 - dx) + d[top, left + 1] * dx
        lower = d[top + 1, left] * (1 - dx) + d[top + 1, left + 1] * dx
        found: NDArray[np.float64] = upper * (1 - dy) + lower * dy
        return found


def flatten(picture: Image.Image, codes: Sequence[CodePlace], block: Block) -> Flattened | None:
    """Lay a block flat by its marks; None when they are not all there, or not where they belong."""
    if not codes:
        return None
    grey = picture.convert("L")
    rough = _rough(codes)
    near = _points_a_millimetre(rough, block)
    if min(near) < LEAST_POINTS or max(near) > 2.4 * min(near):
        return None
    shrunk = max(1, int(min(near) / FINE))
    if shrunk > 1:
        grey, rough = grey.reduce(shrunk), scaled(1 / shrunk).after(rough)
    coarse = darkness_of(_cut_out(grey, rough, block, (COARSE, _MARGIN)), COARSE)
    found = [_mark_near(coarse, x, y) for x, y in block.marks]
    if None in found:
        return None
    exact = rough.after(projective(block.marks, [one for one in found if one]))
    if _code_error(exact, codes, shrunk) > _FAR_CODE:
        return None
    flat = _cut_out(grey, exact, block, (FINE, _FINE_MARGIN))
    return Flattened(darkness_of(flat, FINE), _corners_on(grey, exact, block))


def _corners_on(
    grey: Image.Image, exact: Homography, block: Block
) -> tuple[tuple[float, float], ...]:
    out = _FINE_MARGIN * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    shares = exact(np.asarray(block.marks) + out) / grey.size
    return tuple((round(float(x), 5), round(float(y), 5)) for x, y in shares)


def _rough(codes: Sequence[CodePlace]) -> Homography:
    """Return the way from the block to the picture as the codes tell it."""
    source: list[tuple[float, float]] = []
    target: list[tuple[float, float]] = []
    for one in codes:
        source += _code_corners(one.corner)
        target += one.points
    return (projective if len(codes) > 2 else affine)(source, target)


def _code_corners(corner: Corner) -> list[tuple[float, float]]:
    left, top, size = place_of(corner)
    x, y = left - BLOCK_LEFT, top - BLOCK_TOP
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]


def _points_a_millimetre(way: Homography, block: Block) -> list[float]:
    marks = np.asarray(block.marks)
    beside = way(marks + np.array([1.0, 0.0])) - way(marks)
    return [float(one) for one in np.hypot(beside[:, 0], beside[:, 1])]


def _code_error(exact: Homography, codes: Sequence[CodePlace], shrunk: int) -> float:
    """Return how far the worst code lies from its place, in millimetres."""
    back = exact.back()
    return max(
        float(np.abs(back(np.asarray(one.points) / shrunk) - _code_corners(one.corner)).max())
        for one in codes
    )


def _cut_out(
    grey: Image.Image, way: Homography, block: Block, grid: tuple[float, float]
) -> Image.Image:
    """Return the block with its margin, ``grid``: points a millimetre and the margin."""
    points, margin = grid
    size = (
        round((block.width + 2 * margin) * points),
        round((block.height + 2 * margin) * points),
    )
    from_points = way.after(scaled(1.0, -margin, -margin)).after(scaled(1 / points))
    return grey.transform(
        size,
        Image.Transform.PERSPECTIVE,
        from_points.coefficients,
        Image.Resampling.BILINEAR,
        fillcolor=255,
    )


def darkness_of(picture: Image.Image, points: float) -> Darkness:
    """Return how dark each point is beside the paper around it: a shadow makes no ink."""
    values = np.asarray(picture, np.float64)
    paper = np.maximum(_paper(values, points), 1.0)
    relative = values / paper
    ink = float(np.percentile(relative, 0.7))
    if ink > 0.8:
        ink = 0.3
    dark: Darkness = np.clip((1 - relative) / (1 - ink), 0.0, 1.0)
    return dark


def _paper(values: Darkness, points: float) -> Darkness:
    """Return how bright the paper is everywhere: most of each tile is paper."""
    side = round(_TILE * points)
    high, wide = (-(-n // side) for n in values.shape)
    padded = np.pad(
        values, ((0, high * side - values.shape[0]), (0, wide * side - values.shape[1])), "edge"
    )
    tiles = padded.reshape(high, side, wide, side).transpose(0, 2, 1, 3)
    bright = np.percentile(tiles.reshape(high, wide, -1), 80, axis=2)
    # A tile that is full of ink has no paper of its own: its neighbours know better.
    around = np.pad(bright, 1, "edge")
    most = np.max([around[i : i + high, j : j + wide] for i in range(3) for j in range(3)], axis=0)
    bright = np.where(bright < 0.75 * most, most, bright)
    small = Image.fromarray(bright.astype(np.float32))
    large = small.resize((wide * side, high * side), Image.Resampling.BICUBIC)
    paper: Darkness = np.asarray(large, np.float64)[: values.shape[0], : values.shape[1]]
    return paper


def _mark_near(dark: Darkness, x: float, y: float) -> tuple[float, float] | None:
    """Return the middle of the mark nearest to its place, in millimetres.

    A filled circle looks much like a mark; it stands further away, and the codes would not fit.
    """
    scores = _mark_scores(dark)
    half = round(_OUTER / 2 * COARSE)
    rows, columns = np.nonzero(scores > max(_LEAST_SCORE, float(scores.max(initial=0.0)) - _CLOSE))
    if not rows.size:
        return None
    far = np.hypot(columns + half - (x + _MARGIN) * COARSE, rows + half - (y + _MARGIN) * COARSE)
    nearest = int(far.argmin())
    of_it = np.hypot(columns - columns[nearest], rows - rows[nearest]) <= MARK * COARSE
    others = far[~of_it]
    if far[nearest] > _REACH * COARSE:
        return None
    if others.size and others.min() < far[nearest] + _APART * COARSE:
        return None
    top = int(np.where(of_it, scores[rows, columns], 0.0).argmax())
    return _weighed(dark, float(columns[top]) + half, float(rows[top]) + half)


def _mark_scores(dark: Darkness) -> Darkness:
    """Say of every point how much it looks like the middle of a mark: dark, with white around."""
    sums = np.pad(dark.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    outer, core, inner = (round(n * COARSE / 2) for n in (_OUTER, _CORE, _INNER))
    high, wide = dark.shape[0] - 2 * outer, dark.shape[1] - 2 * outer

    def total(half: int) -> Darkness:
        a, b = outer - half, outer + half
        found: Darkness = (
            sums[b : b + high, b : b + wide]
            - sums[a : a + high, b : b + wide]
            - sums[b : b + high, a : a + wide]
            + sums[a : a + high, a : a + wide]
        )
        return found

    inside = total(core) / (2 * core) ** 2
    around = (total(outer) - total(inner)) / ((2 * outer) ** 2 - (2 * inner) ** 2)
    fits = (inside > _LEAST_CORE) & (around < _MOST_AROUND)
    score: Darkness = np.where(fits, inside - around, 0.0)
    return score


def _weighed(dark: Darkness, x: float, y: float) -> tuple[float, float]:
    """Return the middle of the ink around a point, in millimetres."""
    half = round(0.75 * MARK * COARSE)
    left, top = max(round(x) - half, 0), max(round(y) - half, 0)
    part = dark[top : top + 2 * half, left : left + 2 * half] ** 2
    rows, columns = np.indices(part.shape)
    whole = float(part.sum())
    middle_x = (float((columns * part).sum()) / whole + left + 0.5) / COARSE - _MARGIN
    middle_y = (float((rows * part).sum()) / whole + top + 0.5) / COARSE - _MARGIN
    return middle_x, middle_y
