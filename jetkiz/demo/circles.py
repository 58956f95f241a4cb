"""How a child marks the circles of a quiz on paper: filled, scribbled over, crossed or ticked."""

import math
from collections.abc import Iterable, Sequence
from random import Random

from PIL import ImageDraw

from print_packs.pages.page_layout import WIDTH
from print_packs.quizzes.geometry import BLOCK_LEFT, BLOCK_TOP, RING, block_of

Ink = int | tuple[int, int, int]


def mark_answers(
    draw: ImageDraw.ImageDraw,
    options: Sequence[int],
    answers: Sequence[Iterable[int]],
    ink: Ink,
    chance: Random,
) -> None:
    """Cross the circles of a quiz on a whole page; ``answers`` are the options of each question."""
    dots = draw.im.size[0] / WIDTH
    for one in block_of(options).bubbles:
        if one.option in answers[one.question]:
            x = (BLOCK_LEFT + one.x + chance.gauss(0, 0.3)) * dots
            y = (BLOCK_TOP + one.y + chance.gauss(0, 0.3)) * dots
            draw_mark(draw, (x, y, dots), "cross", chance, (ink, 0.5 * dots))


def draw_mark(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float, float],
    hand: str,
    chance: Random,
    pen: tuple[Ink, float],
) -> None:
    """Draw one answer at a place of a picture with so many points to a millimetre.

    ``hand`` is fill, scribble, cross or tick; ``pen`` is how dark it writes, and how wide.
    """
    (x, y, dots), (ink, wide) = at, pen
    r = RING * dots

    def stroke(points: Sequence[tuple[float, float]]) -> None:
        moved = [(x + a * r, y + b * r) for a, b in points]
        draw.line(moved, fill=ink, width=max(1, round(wide)), joint="curve")

    def near(a: float, b: float) -> tuple[float, float]:
        return a + chance.gauss(0, 0.1), b + chance.gauss(0, 0.1)

    if hand == "fill":
        size = r * chance.uniform(0.8, 1.05)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=ink)
    elif hand == "scribble":
        count = chance.randrange(6, 10)
        turns = [(-0.8 if n % 2 else 0.8, -0.8 + 1.6 * n / count) for n in range(count + 1)]
        stroke([near(a * math.sqrt(max(0.1, 1 - b * b)), b) for a, b in turns])
    elif hand == "cross":
        stroke([near(-0.8, -0.8), near(0.8, 0.8)])
        stroke([near(0.8, -0.8), near(-0.8, 0.8)])
    else:
        stroke([near(-0.6, -0.05), near(-0.1, 0.6), near(0.9, -0.8)])
