"""Which packs are put on the scales, and what was typed of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.postage.weighing import (
    ENOUGH,
    Calibration,
    Weighed,
    calibrations,
    read_weighed,
    record,
    spread,
)
from print_packs.records import PackRow

_LONGEST = 6


def weigh(connection: Connection, row: PackRow, said: str, by: str, now: datetime) -> Weighed:
    """Write down what a pack weighs, as it was typed; return it with what was expected."""
    text = said.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= _LONGEST):
        raise JetkizError(
            N_("{said} is no weight in grams."),
            N_("Type whole grams, such as 169."),
            said=text[:40],
        )
    if not row.postal:
        raise JetkizError(
            N_("Pack {code} was printed before weights were kept."),
            N_("Weigh packs of a later week."),
            code=row.print_id,
        )
    weighed = Weighed(row.id, row.postal["stock"], int(text), row.postal["model_g"])
    record(connection, weighed, by, now)
    return weighed


class OnScales(NamedTuple):
    """A pack to be weighed; ``is_far`` if what was typed of it differs too much to count."""

    pack: PackRow
    weighed: Weighed | None
    is_far: bool


def to_weigh(connection: Connection, packs: Sequence[PackRow]) -> list[OnScales]:
    """Return packs to be weighed, in packing order, each with what it weighed if it was.

    Those that were weighed are shown; as long as those that count are fewer than it takes, others
    come with them, from the lightest to the heaviest.
    """
    known = [one for one in packs if one.postal and one.is_in_run]
    done = read_weighed(connection, [one.id for one in known])
    told = calibrations(connection)
    far = {n for n, one in done.items() if told.get(one.stock, Calibration()).leaves_out(one)}
    rest = [one for one in known if one.id not in done]
    missing = max(ENOUGH - len(done) + len(far), 0)
    fresh = {rest[n].id for n in spread([one.postal["model_g"] for one in rest], missing)}
    shown = done.keys() | fresh
    return [OnScales(one, done.get(one.id), one.id in far) for one in known if one.id in shown]
