"""What packs really weighed, and by how much our paper is heavier or lighter than the model."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, select

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import upsert
from jetkiz.storage.many_values import among
from print_packs.postage.tables import weighed_pack

ENOUGH: Final = 5
"""So many packs have to be weighed before the model is believed less than the scales."""
USUAL: Final = (0.93, 1.10)
FAR: Final = 0.25
"""A pack that is so much lighter or heavier than the others was mistyped or is another pack."""
_POSSIBLE: Final = (0.25, 4.0)
_WHOLE: Final = 1000


class Tally(NamedTuple):
    """Packs of one paper that weigh the same share of the model, in thousandths of it."""

    share: int
    packs: int
    grams: int
    model_g: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """What weighing told of one paper: packs, grams in all, and grams by the model.

    ``far`` packs differ so much from ``middle`` (thousandths of the model) that they do not count.
    """

    packs: int = 0
    grams: int = 0
    model_g: int = 0
    far: int = 0
    middle: int = _WHOLE

    def leaves_out(self, one: "Weighed") -> bool:
        """Return whether a pack is so far from the others that it does not count."""
        return _is_far(_WHOLE * one.grams // max(one.model_g, 1), self.middle)

    @property
    def measured(self) -> float:
        """How many grams the scales show for each gram of the model."""
        return self.grams / self.model_g if self.model_g else 1.0

    @property
    def factor(self) -> float:
        """The factor in force: 1 until enough packs were weighed."""
        return self.measured if self.packs >= ENOUGH else 1.0

    @property
    def is_usual(self) -> bool:
        """False when scales, paper or model must be looked at."""
        return USUAL[0] <= self.measured <= USUAL[1]


@dataclass(frozen=True, slots=True)
class Weighed:
    """One pack on the scales: its row, its paper, and its grams by scales and model."""

    pack: int
    stock: str
    grams: int
    model_g: int


def calibrate(tallies: Iterable[Tally]) -> Calibration:
    """Add up the packs that weigh about what the middle one does; the others are only counted.

    The middle is believed from so many packs on as the factor is; before that the model is.
    """
    ordered = sorted(tallies)
    in_all = sum(one.packs for one in ordered)
    middle = _middle(ordered, in_all) if in_all >= ENOUGH else _WHOLE
    near = [one for one in ordered if not _is_far(one.share, middle)]
    packs = sum(one.packs for one in near)
    return Calibration(
        packs=packs,
        grams=sum(one.grams for one in near),
        model_g=sum(one.model_g for one in near),
        far=in_all - packs,
        middle=middle,
    )


def _middle(ordered: Sequence[Tally], in_all: int) -> int:
    """Return the share of the middle pack; of two, the one that is nearer to the model."""
    ends = list(accumulate(one.packs for one in ordered))
    two = (ordered[bisect_right(ends, place)].share for place in ((in_all - 1) // 2, in_all // 2))
    return min(two, key=lambda share: abs(share - _WHOLE))


def _is_far(share: int, middle: int) -> bool:
    return abs(share - middle) > FAR * middle


def record(connection: Connection, one: Weighed, by: str, now: datetime) -> None:
    """Write down what a pack weighed; the last weighing counts. An impossible one is refused."""
    least, most = (share * one.model_g for share in _POSSIBLE)
    if not least <= one.grams <= most:
        raise JetkizError(
            N_("A pack cannot weigh {grams} g when about {model} g are expected."),
            N_("Weigh it once more, in grams and with its envelope."),
            grams=one.grams,
            model=one.model_g,
        )
    row = {
        "pack_id": one.pack,
        "stock": one.stock,
        "grams": one.grams,
        "model_g": one.model_g,
        "by": by,
        "at": now,
    }
    upsert(connection, weighed_pack, [row], ["pack_id"])


def read_weighed(connection: Connection, packs: Iterable[int]) -> dict[int, Weighed]:
    """Return what these packs weighed, by their number."""
    c = weighed_pack.c
    rows = connection.execute(
        select(c.pack_id, c.stock, c.grams, c.model_g).where(among(c.pack_id, packs))
    )
    return {row.pack_id: Weighed(*row) for row in rows}


def spread(sizes: Sequence[int], count: int = ENOUGH) -> list[int]:
    """Return the places of so many packs from the lightest to the heaviest, evenly between.

    A factor that is taken from thin packs alone says little of the envelope of a thick one.
    """
    order = sorted(range(len(sizes)), key=lambda place: (sizes[place], place))
    if len(order) <= count or count < 2:
        return order[:count]
    last = len(order) - 1
    return [order[round(n * last / (count - 1))] for n in range(count)]


def calibrations(connection: Connection) -> Mapping[str, Calibration]:
    """Return what weighing told of each paper."""
    c = weighed_pack.c
    # Shares instead of packs: at most a few thousand rows, however many packs were weighed.
    share = (_WHOLE * c.grams // c.model_g).label("share")
    rows = connection.execute(
        select(c.stock, share, func.count(), func.sum(c.grams), func.sum(c.model_g))
        .where(c.model_g > 0)
        .group_by(c.stock, share)
    )
    found: dict[str, list[Tally]] = {}
    for stock, *told in rows:
        found.setdefault(stock, []).append(Tally(*map(int, told)))
    return {stock: calibrate(tallies) for stock, tallies in found.items()}
