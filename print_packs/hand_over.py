"""What becomes of packs after printing: taken at the counter, signed for, brought back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_households
from print_packs.lists import ListRecord, confirm_lists, read_lists
from print_packs.model import PackState
from print_packs.records import PackRow, move_pack, read_packs

POST = "post"
_STATES = {
    PackState.HANDED_OVER: State.DISPATCHED,
    PackState.SIGNED: State.DELIVERED,
    PackState.RETURNED_TO_SENDER: State.FAILED,
}
# Good news beats bad news, in whatever order they come.
_RANK = (
    PackState.PREPARED,
    PackState.HANDED_OVER,
    PackState.RETURNED_TO_SENDER,
    PackState.SIGNED,
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What a person's confirmation changed: packs that moved on, lessons told to the ledger."""

    packs: int
    lessons: int


def hand_over(
    connection: Connection, week: str, numbers: Iterable[int] | None, now: datetime
) -> Moved:
    """Record that lists were taken, all of the week or those with the given numbers."""
    lists = _lists(connection, week, numbers)
    names = [name for one in lists for name in one.packs]
    packs = read_packs(connection, consignments=names)
    moved = _move(connection, packs, PackState.HANDED_OVER, now)
    confirm_lists(connection, [one.id for one in lists], now)
    return moved


def _lists(connection: Connection, week: str, numbers: Iterable[int] | None) -> list[ListRecord]:
    known = read_lists(connection, week)
    if not known:
        raise JetkizError(
            N_("There is no list for week {week} yet."),
            N_("Make the packs first with: jetkiz packs make {week}."),
            week=week,
        )
    if numbers is None:
        return known
    wanted = set(numbers)
    unknown = sorted(wanted - {one.number for one in known})
    if unknown:
        raise JetkizError(
            N_("Week {week} has no list number {number}; its lists are {known}."),
            N_("Look at the number at the top of the list, after the week."),
            week=week,
            number=unknown[0],
            known=", ".join(str(one.number) for one in known),
        )
    return [one for one in known if one.number in wanted]


def signed(connection: Connection, week: str, homes: Sequence[str], now: datetime) -> Moved:
    """Record that somebody of these homes signed for the pack of a week.

    Where a home has packs of both ways, the one brought by hand is meant: a letter that came
    back and was then given by hand has not arrived itself.
    """
    packs = _packs_of(connection, week, homes)
    by_hand = {one.household for one in packs if one.channel != POST}
    meant = [one for one in packs if one.channel != POST or one.household not in by_hand]
    return _move(connection, meant, PackState.SIGNED, now)


def came_back(connection: Connection, week: str, homes: Sequence[str], now: datetime) -> Moved:
    """Record that the post brought the packs of these homes back."""
    packs = _packs_of(connection, week, homes, only=POST)
    return _move(connection, packs, PackState.RETURNED_TO_SENDER, now)


def _packs_of(
    connection: Connection, week: str, homes: Sequence[str], only: str = ""
) -> list[PackRow]:
    keys = {number: one.key for number, one in read_households(connection).items()}
    packs = [one for one in read_packs(connection, week=week) if only in {"", one.channel}]
    with_pack = {keys.get(one.household, "") for one in packs}
    unknown = [home for home in homes if home not in with_pack]
    if unknown:
        raise JetkizError(
            N_("Home {home} has no pack in week {week}."),
            N_("Look at its key on the front sheet, or with: jetkiz packs status {week}."),
            home=unknown[0],
            week=week,
        )
    return [one for one in packs if keys.get(one.household, "") in homes]


def _move(
    connection: Connection, packs: Sequence[PackRow], state: PackState, now: datetime
) -> Moved:
    """Move packs on and tell the ledger; a repetition tells nothing new."""
    changed = sum(
        _RANK.index(state) > _RANK.index(one.state)
        and move_pack(connection, one.id, one.state, state)
        for one in packs
    )
    receipts = [receipt for one in packs for receipt in _receipts(one, state, now)]
    record_receipts(connection, receipts, now)
    return Moved(changed, sum(len(one.lessons) for one in receipts))


def _receipts(one: PackRow, state: PackState, now: datetime) -> list[Receipt]:
    reason = FailureReason.RETURNED_TO_SENDER if state == PackState.RETURNED_TO_SENDER else None
    return [
        Receipt(
            key=f"{one.consignment}:s{content['student']}:{state.value}",
            week=one.week,
            student=content["student"],
            lessons=tuple(content["lessons"]),
            state=_STATES[state],
            channel=one.channel,
            at=now,
            attempt=content["attempt"],
            source="packs",
            reason=reason,
            consignment=one.consignment,
        )
        for content in one.contents
        if content["lessons"]
    ]
