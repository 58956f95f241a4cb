"""How points of a sheet are found on a picture of it, and the other way round."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = Sequence[tuple[float, float]]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Homography:
    """A way from one flat picture to another: straight lines stay straight."""

    matrix: Matrix

    def __call__(self, points: Points | Matrix) -> Matrix:
        """Return where points (n, 2) come to."""
        given = np.asarray(points, np.float64)
        homogeneous = np.column_stack([given, np.ones(len(given))]) @ self.matrix.T
        moved: Matrix = homogeneous[:, :2] / homogeneous[:, 2:3]
        return moved

    def after(self, first: "Homography") -> "Homography":
        """Return the way that goes ``first`` and then this one."""
        return Homography(self.matrix @ first.matrix)

    def back(self) -> "Homography":
        """Return the opposite way."""
        return Homography(np.asarray(np.linalg.inv(self.matrix), np.float64))

    @property
    def coefficients(self) -> tuple[float, ...]:
        """The eight numbers that Pillow takes."""
        return tuple(float(one) for one in (self.matrix / self.matrix[2, 2]).ravel()[:8])


def scaled(factor: float, x: float = 0.0, y: float = 0.0) -> Homography:
    """Return the way that moves by ``x``, ``y`` and then makes everything larger."""
    return Homography(
        np.array([[factor, 0, factor * x], [0, factor, factor * y], [0, 0, 1]], np.float64)
    )


def projective(source: Points, target: Points) -> Homography:
    """Fit the way from four or more points to others."""
    a, b = _normaliser(source), _normaliser(target)
    rows = []
    for (x, y), (u, v) in zip(a(source), b(target), strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, -u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, -v])
    *_, turned = np.linalg.svd(np.array(rows, np.float64))
    return b.back().after(Homography(turned[-1].reshape(3, 3)).after(a))


def _normaliser(points: Points) -> Homography:
    """Move points around zero, with a middle distance of about one: far numbers lose digits."""
    given = np.asarray(points, np.float64)
    middle = given.mean(axis=0)
    spread = float(np.abs(given - middle).mean()) or 1.0
    return scaled(1 / spread, -float(middle[0]), -float(middle[1]))


def affine(source: Points, target: Points) -> Homography:
    """Fit the way from three or more points that keeps parallels: it guesses less far away."""
    given = np.column_stack([np.asarray(source, np.float64), np.ones(len(source))])
    solved, *_ = np.linalg.lstsq(given, np.asarray(target, np.float64), rcond=None)
    return Homography(np.vstack([solved.T, [0.0, 0.0, 1.0]]))
