"""What becomes of packs after printing: taken at the counter, signed for, brought back."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete

from jetkiz.delivery.consignments import settle_batches
from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from print_packs.model import PackState
from print_packs.post.kazpost_registry import Carrier
from print_packs.post.tables import refused_item
from print_packs.records import PackRow, move_packs, read_packs, read_runs
from print_packs.runs.earlier_work import receipts_with
from print_packs.runs.lists import ListRecord, confirm_lists, read_lists
from print_packs.runs.pack_choice import choose_packs
from print_packs.s10.allotment import NumberState
from print_packs.s10.allotment import move as move_numbers

POST = "post"
_STATES = {
    PackState.HANDED_OVER: State.DISPATCHED,
    PackState.SIGNED: State.DELIVERED,
    PackState.RETURNED_TO_SENDER: State.FAILED,
    PackState.LOST: State.FAILED,
    PackState.REFUSED: State.FAILED,
}
_REASONS = {
    PackState.RETURNED_TO_SENDER: FailureReason.RETURNED_TO_SENDER,
    PackState.LOST: FailureReason.LOST,
    PackState.REFUSED: FailureReason.REFUSED,
}
# Good news beats bad news, in whatever order they come.
_RANK = (
    PackState.PREPARED,
    PackState.HANDED_OVER,
    PackState.REFUSED,
    PackState.RETURNED_TO_SENDER,
    PackState.LOST,
    PackState.SIGNED,
)
# A pack may be lost before any office had it.
_IN_THE_POST = {PackState.HANDED_OVER, PackState.RETURNED_TO_SENDER, PackState.SIGNED}


@dataclass(frozen=True, slots=True)
class Moved:
    """What a person's confirmation changed: packs that moved on, lessons told to the ledger.

    ``signed`` are packs that somebody has signed for, so that bad news of them changed nothing.
    """

    packs: int
    lessons: int
    signed: tuple[PackRow, ...] = ()


def hand_over(
    connection: Connection, week: str, numbers: Iterable[int] | None, now: datetime
) -> Moved:
    """Record that lists were taken, all of the week or those with the given numbers."""
    lists = _lists(connection, week, numbers)
    names = [name for one in lists for name in one.packs]
    packs = read_packs(connection, consignments=names)
    taken = [one for one in packs if one.state != PackState.REFUSED]
    moved = _move(connection, taken, PackState.HANDED_OVER, now)
    confirm_lists(connection, [one.id for one in lists], now)
    runs = {one.id: one.key for one in read_runs(connection, week)}
    settle_batches(connection, {runs[one.run] for one in lists}, now)
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


def signed(connection: Connection, week: str, said: Sequence[str], now: datetime) -> Moved:
    """Record that somebody signed for packs of a week, named as ``choose_packs`` reads them.

    Where a home has packs of both ways, the one brought by hand is meant: a letter that came
    back and was then given by hand has not arrived itself.
    """
    chosen = choose_packs(connection, week, said)
    by_hand = {one.household for one in chosen.of_homes if one.channel != POST}
    meant = [one for one in chosen.of_homes if one.channel != POST or one.household not in by_hand]
    return _move(connection, [*meant, *chosen.by_number], PackState.SIGNED, now)


def refused(
    connection: Connection,
    week: str,
    said: Sequence[str],
    why: tuple[str, str],
    now: datetime,
) -> Moved:
    """Record that the counter did not take packs of a list; their lessons go another way.

    ``why`` is who says so and their note. Whoever comes later and takes the list leaves these out;
    a pack that the home signs for in the end has arrived all the same.
    """
    by, note = why
    packs = choose_packs(connection, week, said).by_number
    on_list = {name: one for one in read_lists(connection, week) for name in one.packs}
    posted = {name for name, one in on_list.items() if one.carrier == Carrier.POST}
    if not packs or any(one.name not in posted for one in packs):
        raise JetkizError(
            N_("Only a pack on a list for the post can be refused at the counter."),
            N_("Name list and rows as they are printed, such as 1/3,5."),
        )
    rows = [
        {"pack_id": one.id, "list_id": on_list[one.name].id, "by": by, "note": note, "at": now}
        for one in packs
    ]
    insert_new(connection, refused_item, rows, ["pack_id"])
    return _move(connection, packs, PackState.REFUSED, now)


def not_refused(
    connection: Connection, week: str, said: Sequence[str], now: datetime
) -> tuple[PackRow, ...]:
    """Take back that the counter refused packs of a list: a slip of the hand, or it took them.

    A pack of a list that was taken stands as handed over, any other as prepared. The ledger forgets
    nothing: a lesson that got another way meanwhile keeps it, and what comes first counts.
    """
    packs = choose_packs(connection, week, said).by_number
    stayed = next((one for one in packs if one.state != PackState.REFUSED), None)
    if stayed or not packs:
        raise JetkizError(
            N_("Only a pack that the counter refused can be noted as not refused."),
            N_("Name list and rows as they are printed, such as 1/3,5."),
        )
    connection.execute(
        delete(refused_item).where(among(refused_item.c.pack_id, [one.id for one in packs]))
    )
    lists = read_lists(connection, week)
    taken = {name for one in lists if one.confirmed_at for name in one.packs}
    move_packs(connection, [one.id for one in packs], [PackState.REFUSED], PackState.PREPARED)
    here = [replace(one, state=PackState.PREPARED) for one in packs if one.name in taken]
    _move(connection, here, PackState.HANDED_OVER, now)
    return packs


def came_back(
    connection: Connection,
    week: str,
    said: Sequence[str],
    now: datetime,
    school: int | None = None,
) -> Moved:
    """Record that the post brought packs back; a home that has both kinds means the letter.

    With a ``school`` only packs for its homes are meant.
    """
    chosen = choose_packs(connection, week, said, school)
    posted = {one.household for one in chosen.of_homes if one.channel == POST}
    meant = [one for one in chosen.of_homes if one.household not in posted or one.channel == POST]
    packs = [*meant, *chosen.by_number]
    stayed = next((one for one in packs if one.channel != POST), None)
    if stayed:
        raise JetkizError(
            N_("Pack {code} did not go by post, so the post cannot have brought it back."),
            N_("Look where every pack stands with: jetkiz packs status {week}."),
            code=stayed.print_id,
            week=week,
        )
    moved = _move(connection, packs, PackState.RETURNED_TO_SENDER, now)
    return replace(moved, signed=tuple(one for one in packs if one.state == PackState.SIGNED))


def _move(
    connection: Connection, packs: Sequence[PackRow], state: PackState, now: datetime
) -> Moved:
    """Move packs on and tell the ledger; a repetition tells nothing new."""
    return move_on(connection, [Step(one, state, now) for one in packs], now)


@dataclass(frozen=True, slots=True)
class Step:
    """That a pack came to stand somewhere, when that was, and who says so."""

    pack: PackRow
    state: PackState
    at: datetime
    source: str = "packs"


def move_on(connection: Connection, steps: Iterable[Step], now: datetime) -> Moved:
    """Move packs on, in whatever order the steps come; of two alike the first is told."""
    first = {(one.pack.id, one.state): one for one in reversed(list(steps))}
    changed: set[int] = set()
    receipts: list[Receipt] = []
    told: list[Receipt] = []
    # The weaker states first: a pack that was lost and then signed for stands as signed.
    for state in _RANK[1:]:
        of_state = [one for one in first.values() if one.state == state]
        befores = _RANK[: _RANK.index(state)]
        standing = {one.pack.id for one in of_state if one.pack.state in befores}
        if standing and move_packs(connection, standing, befores, state):
            changed |= standing
        receipts += [receipt for one in of_state for receipt in _receipts(one)]
        moments = {one.pack.name: one.at for one in of_state}
        told += receipts_with(connection, moments, _STATES[state])
    record_receipts(connection, [*receipts, *told], now)
    _numbers_posted(connection, first.values(), now)
    return Moved(len(changed), sum(len(one.lessons) for one in receipts))


def _numbers_posted(connection: Connection, steps: Iterable[Step], now: datetime) -> None:
    """Whoever says that the office has, or had, an item says that its number is posted."""
    by_source: dict[str, list[int]] = defaultdict(list)
    for one in steps:
        if one.pack.channel == POST and one.state in _IN_THE_POST:
            by_source[one.source].append(one.pack.id)
    for source, packs in sorted(by_source.items()):
        move_numbers(connection, packs, NumberState.POSTED, source, now)


def _receipts(step: Step) -> list[Receipt]:
    one, state = step.pack, step.state
    return [
        Receipt(
            key=f"{one.name}:s{content['student']}:{state.value}",
            week=one.week,
            student=content["student"],
            lessons=tuple(content["lessons"]),
            state=_STATES[state],
            channel=one.channel,
            at=step.at,
            attempt=content["attempt"],
            source=step.source,
            reason=_REASONS.get(state),
            consignment=one.consignment,
        )
        for content in one.contents
        if content["lessons"]
    ]
