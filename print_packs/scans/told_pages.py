"""What is believed of what the limited process says of a page: only what an honest one may say.

A picture may have taken that process over: then it may say anything at all, and costs one page.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from jetkiz.limited_process import CrashedError
from print_packs.quizzes.doubts import Doubt
from print_packs.quizzes.reading import Answer, BlockReading
from print_packs.scans.scan_pages import HEIC, MOST_PAGES
from print_packs.scans.sheet_place import Point, Points

_MEDIA: Final = frozenset({"", "image/jpeg", "image/png", HEIC})
_MOST_CODES: Final = 1_000
_MOST_POINTS: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class ToldReading:
    """The texts that one look found, with their places; ``look`` is the last that was taken."""

    texts: Mapping[str, Points]
    look: int
    is_blank: bool
    sharpness: float


@dataclass(frozen=True, slots=True)
class ToldPage:
    """A page as the process tells of it; without a ``reading`` its picture is damaged."""

    pages: int
    media_type: str
    is_drawn: bool
    size: tuple[int, int]
    reading: ToldReading | None


def told_page(line: bytes) -> ToldPage:
    """Return what a line of the process says; raises ``CrashedError`` for what none would say."""
    with _strictly():
        said = json.loads(line)
        wide, high = said.get("size", (0, 0))
        page = ToldPage(
            pages=int(said["pages"]),
            media_type=str(said["media_type"]),
            is_drawn=said["is_drawn"] is True,
            size=(_length(wide), _length(high)),
            reading=None if said["damaged"] else _reading(said["reading"]),
        )
    if not 1 <= page.pages <= MOST_PAGES or page.media_type not in _MEDIA:
        raise CrashedError
    return page


def told_block(line: bytes, options: Sequence[int]) -> BlockReading:
    """Return what a line of the process says of a block of circles; each is one of the sheet's."""
    with _strictly():
        said = json.loads(line)
        answers = [
            Answer(_chosen(one["chosen"], count), Doubt(one["doubt"]) if one["doubt"] else None)
            for one, count in zip(said["answers"], options, strict=True)
        ]
        corners = tuple(_point(one) for one in said["corners"])
        confidence = _finite(said["confidence"])
    if len(corners) not in {0, 4}:
        raise CrashedError
    return BlockReading(tuple(answers), confidence, corners)


@contextmanager
def _strictly() -> Iterator[None]:
    """Take whatever else is said there for the word of a process that was taken over."""
    try:
        yield
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise CrashedError from error


def _chosen(said: Any, count: int) -> tuple[int, ...]:
    chosen = {int(one) for one in said}
    if chosen - set(range(count)):
        raise ValueError("no circle of the sheet")
    return tuple(sorted(chosen))


def _reading(said: Any) -> ToldReading:
    codes = said["codes"]
    if len(codes) > _MOST_CODES:
        raise ValueError("more codes than a page has")
    texts = {str(one["text"]): _points(one["points"]) for one in codes}
    sharpness = _finite(said["sharpness"])
    return ToldReading(texts, int(said["look"]), said["is_blank"] is True, sharpness)


def _points(said: Any) -> Points:
    a, b, c, d = (_point(one) for one in said)
    return a, b, c, d


def _point(said: Any) -> Point:
    x, y = said
    return _on_picture(x), _on_picture(y)


def _length(said: Any) -> int:
    number = int(said)
    if not 0 <= number <= _MOST_POINTS:
        raise ValueError("no side of a picture")
    return number


def _on_picture(said: Any) -> float:
    number = _finite(said)
    if abs(number) > _MOST_POINTS:
        raise ValueError("no point of a picture")
    return number


def _finite(said: Any) -> float:
    number = float(said)
    if not isfinite(number):
        raise ValueError("no number of a picture")
    return number
