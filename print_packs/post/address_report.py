"""What is known of the addresses before anything is printed, and which flaws somebody let pass."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.model import Kind
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.model import DeliveryMode, Household
from jetkiz.roster.register import read_households
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from print_packs.post.address_checks import (
    AddressState,
    CheckedAddress,
    Flaw,
    check_address,
    fingerprint,
)
from print_packs.post.addresses import packing_order
from print_packs.post.tables import address_override

POST: Final = "post"
LONGEST_NOTE: Final = 200
_WORST_FIRST: Final = (AddressState.BLOCK, AddressState.WARN, AddressState.OK)


def check_addresses(
    connection: Connection, week: str | None = None, schools: Iterable[int] | None = None
) -> list[CheckedAddress]:
    """Return every address that the post is to carry to, the worst first.

    With a week only the homes whose packs of that week go by post; else all homes of the given
    schools (or of all) whose paper the roster gives to the post.
    """
    wanted = None if week is None else _homes_of_week(connection, week)
    homes = read_households(connection, wanted, schools)
    by_post = [one for one in homes.values() if one.delivery_mode == DeliveryMode.POST]
    passed = _passed(connection, by_post)
    checked = [CheckedAddress(one, check_address(one), passed[one.id]) for one in by_post]
    return sorted(
        checked, key=lambda one: (_WORST_FIRST.index(one.state), packing_order(one.household))
    )


def _homes_of_week(connection: Connection, week: str) -> set[int]:
    found = read_consignments(connection, week=week, channel=POST)
    return {one.household for one in found if one.kind == Kind.PACK and one.household is not None}


def _passed(connection: Connection, homes: Sequence[Household]) -> Mapping[int, frozenset[Flaw]]:
    c = address_override.c
    known: dict[tuple[int, str], set[Flaw]] = defaultdict(set)
    rows = connection.execute(
        select(c.household_id, c.address, c.flaw).where(
            among(c.household_id, [one.id for one in homes])
        )
    )
    for row in rows:
        known[row.household_id, row.address].add(Flaw(row.flaw))
    return {one.id: frozenset(known[one.id, fingerprint(one)]) for one in homes}


def let_pass(
    connection: Connection, household: Household, by: str, note: str, now: datetime
) -> tuple[Flaw, ...]:
    """Write down that somebody knows an address to be right; return the flaws that were let pass.

    The note says why. What blocks cannot be let pass: the post would send the envelope back.
    """
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise JetkizError(
            N_("An address is only let pass with a note of up to 200 letters."),
            N_("Write how you know that it is right, as in: asked the mother on the telephone."),
        )
    flaws = [one.flaw for one in check_address(household)]
    if any(one.blocks for one in flaws):
        raise JetkizError(
            N_("The address of home {home} lacks what the post needs; it cannot be let pass."),
            N_("Complete it, or let the pack go by hand."),
            home=household.key,
        )
    row = {"household_id": household.id, "address": fingerprint(household)}
    row |= {"by": by, "note": note.strip(), "at": now}
    insert_new(
        connection,
        address_override,
        [row | {"flaw": one.value} for one in flaws],
        ["household_id", "flaw", "address"],
    )
    return tuple(flaws)
