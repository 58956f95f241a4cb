"""Which codes on the paper join a telephone of the home to a child, and where the bot is found.

A code is drawn from the pack and the key that lies apart from all data, so that a pack that is made
again shows the same one, and still nothing but its hash is kept. One that no longer holds is never
printed again: the next is drawn.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from jetkiz.roster.link_codes import (
    CodeHash,
    LinkRole,
    deep_link,
    keep_codes,
    new_code,
    read_link_addresses,
    typed_form,
)
from print_packs.model import HomeCode

CHANNEL: Final = "telegram"

Place = tuple[str, int]
"""A consignment's key and a student."""


def allot_codes(
    connection: Connection, schools: Mapping[Place, int], now: datetime, hashed: CodeHash
) -> dict[Place, HomeCode]:
    """Return a guardian's code for each child of each pack; none where no bot was seen yet.

    ``hashed`` needs the key that lies apart: without it nobody draws a code again.
    """
    addresses = read_link_addresses(connection, CHANNEL, set(schools.values()))
    waiting = [place for place, school in schools.items() if addresses[school]]
    found: dict[Place, HomeCode] = {}
    turn = 0
    while waiting:
        drawn = {_code(hashed, place, turn): place for place in waiting}
        students = {code: student for code, (_, student) in drawn.items()}
        for code in keep_codes(connection, students, LinkRole.GUARDIAN, now, hashed):
            place = drawn.pop(code)
            address = addresses[schools[place]]
            found[place] = HomeCode(deep_link(address, code), typed_form(code), _seen(address))
        waiting, turn = list(drawn.values()), turn + 1
    return found


def _code(hashed: CodeHash, place: Place, turn: int) -> str:
    consignment, student = place
    drawn = bytes.fromhex(hashed(f"link code {turn} {student} {consignment}"))
    return new_code(lambda size: drawn[:size])


def _seen(address: str) -> str:
    """Return an address as a person types it."""
    return address.removeprefix("https://")
