"""How a pack gets its number from Kazpost, once: a second question would make a second number.

The intention is written before the question, the answer in one transaction after it. Where no
answer came, the service is asked which number the order has. Where it does not say, the order stays
open until a person settles it: it is never given a second time by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, select, update

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import Workplace
from print_packs.kazpost import operations
from print_packs.kazpost.key import ClientKey
from print_packs.kazpost.operations import Item, Party
from print_packs.kazpost.service import RefusedError, Service, UnclearError
from print_packs.records import PackRow
from print_packs.s10.allotment import (
    Issued,
    Way,
    enter,
    find,
    make_void,
    numbers_of,
    require_not_posted,
)
from print_packs.s10.numbers import parse
from print_packs.tables import kazpost_number

# Longer than a question takes: what was asked before may still be under way elsewhere.
_UNDER_WAY: Final = timedelta(minutes=5)
_BY: Final = "kazpost"


class OrderState(StrEnum):
    """Where an order at Kazpost stands."""

    ASKED = "asked"  # the question may have left
    UNCLEAR = "unclear"  # no answer came that can be read
    REFUSED = "refused"  # the service said no
    GIVEN = "given"  # it has its number
    CANCELLED = "cancelled"  # the number is void


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it is kept; ``label`` is the sealed file of Kazpost's own label, if any."""

    pack: int
    order: str
    state: OrderState
    number: str
    asked_at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """What became of an order; ``trouble`` says why it has no number yet."""

    pack: PackRow
    number: str = ""
    trouble: JetkizError | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """Who asks for numbers: the service, the key, and who sends; the clock is the workplace's."""

    workplace: Workplace
    service: Service
    key: ClientKey
    wants_label: bool = False

    def number(self, pack: PackRow, item: Item, sender: Party, recipient: Party) -> Ordered:
        """Return the number of a pack, asking for it if it has none."""
        # Written wrong it is refused here, before anything is asked or kept.
        order = f"{pack.week}-{pack.print_id}"
        fields = operations.shipment_fields(self.key, order, item, sender, recipient)
        known = self._claim(pack, order)
        if known and known.state == OrderState.GIVEN:
            return Ordered(pack, known.number)
        try:
            if known and known.state in {OrderState.ASKED, OrderState.UNCLEAR}:
                return self._given(pack, self._looked_up(pack, order), b"")
            operation = operations.LABEL if self.wants_label else operations.NUMBER
            reply = self.service.ask(operation, fields, with_key=True)
            return self._given(pack, operations.number_of(reply), operations.pdf_of(reply))
        except RefusedError as error:
            self._keep(pack, state=OrderState.REFUSED)
            return Ordered(pack, trouble=error)
        except JetkizError as error:
            self._keep(pack, state=OrderState.UNCLEAR)
            return Ordered(pack, trouble=error)

    def _claim(self, pack: PackRow, order: str) -> Order | None:
        """Write down that a number is about to be asked for; return what was there before."""
        now = self.workplace.clock()
        with self.workplace.database.write() as connection:
            own = numbers_of(connection, [pack.id]).get(pack.id)
            row = {"pack_id": pack.id, "order_num": order, "state": OrderState.ASKED.value}
            rest = {"number": "", "label": "", "asked_at": now}
            is_new = insert_new(connection, kazpost_number, [row | rest], ["pack_id"])
            [known] = read_orders(connection, [pack.id])
            if own and known.number != own.number.text:
                raise _has_number(pack, own)
            if is_new:
                return None
            if known.state == OrderState.GIVEN and own:
                return known
            if known.state == OrderState.ASKED and now - known.asked_at < _UNDER_WAY:
                raise _under_way(order)
            if known.state in {OrderState.GIVEN, OrderState.CANCELLED}:
                raise _cancelled(order)
            self._write(connection, pack, state=OrderState.ASKED.value, asked_at=now)
            return known

    def _looked_up(self, pack: PackRow, order: str) -> str:
        """Return the number that an order was given of which nobody knows.

        A refusal may mean a wrong key, a day of repairs or an operation that the service does not
        know: none of them says that the order never came, so that a person has to ask.
        """
        fields = operations.order_fields(self.key, order)
        try:
            reply = self.service.ask(operations.INFO, fields, with_key=True)
        except RefusedError as error:
            raise _open(pack, order, str(error.facts["words"])) from error
        return operations.number_of(reply)

    def _given(self, pack: PackRow, number: str, label: bytes) -> Ordered:
        """Let the pack have its number; one that another pack has, or a second one, is refused."""
        now = self.workplace.clock()
        name = self.workplace.files.put_sealed(label) if label else ""
        with self.workplace.database.write() as connection:
            issued = enter(connection, pack.id, number, Way.SERVICE, (_BY, now))
            values = {"number": issued.number.text, "label": name, "answered_at": now}
            self._write(connection, pack, state=OrderState.GIVEN.value, **values)
        return Ordered(pack, issued.number.text)

    def _keep(self, pack: PackRow, state: OrderState) -> None:
        with self.workplace.database.write() as connection:
            self._write(connection, pack, state=state.value)

    def _write(self, connection: Connection, pack: PackRow, **values: Any) -> None:
        c = kazpost_number.c
        connection.execute(update(kazpost_number).where(c.pack_id == pack.id).values(**values))

    def settle(self, pack: PackRow, said: str) -> None:
        """Let a person end an order that stayed open: with its number, or with none at all."""
        number = parse(said).text if said else ""
        with self.workplace.database.read() as connection:
            known = next(iter(read_orders(connection, [pack.id])), None)
        if known is None or known.state not in {OrderState.ASKED, OrderState.UNCLEAR}:
            raise JetkizError(
                N_("No order for pack {code} is open at Kazpost."),
                N_("Look at the codes with: jetkiz packs status {week}."),
                code=pack.print_id,
                week=pack.week,
            )
        if number:
            self._given(pack, number, b"")
        else:
            self._keep(pack, state=OrderState.REFUSED)

    def cancel(self, pack: PackRow) -> str:
        """Make the number of a pack void at Kazpost; return it."""
        with self.workplace.database.read() as connection:
            known = next(iter(read_orders(connection, [pack.id])), None)
        if known is None or not known.number:
            raise JetkizError(
                N_("Pack {code} has no number from Kazpost."),
                N_("Look at the codes with: jetkiz packs status {week}."),
                code=pack.print_id,
                week=pack.week,
            )
        if known.state != OrderState.CANCELLED:
            with self.workplace.database.read() as connection:
                require_not_posted(find(connection, known.number))
            fields = operations.cancel_fields(self.key, known.number)
            self.service.ask(operations.CANCEL, fields, with_key=True)
            now = self.workplace.clock()
            with self.workplace.database.write() as connection:
                make_void(connection, known.number, "", _BY, now)
                self._write(connection, pack, state=OrderState.CANCELLED.value)
        return known.number


def read_orders(connection: Connection, packs: Sequence[int]) -> list[Order]:
    """Return the orders of packs."""
    c = kazpost_number.c
    rows = connection.execute(
        select(c.pack_id, c.order_num, c.state, c.number, c.asked_at, c.label)
        .where(among(c.pack_id, packs))
        .order_by(c.id)
    )
    return [Order(row[0], row[1], OrderState(row[2]), *row[3:]) for row in rows]


def all_numbers(
    packs: Sequence[PackRow], ask: Callable[[PackRow], Ordered], most_silences: int = 3
) -> list[Ordered]:
    """Ask for one pack after the other; stop when the service keeps silent several times."""
    done: list[Ordered] = []
    silences = 0
    for one in packs:
        try:
            found = ask(one)
        except JetkizError as error:
            found = Ordered(one, trouble=error)
        done.append(found)
        silences = silences + 1 if isinstance(found.trouble, UnclearError) else 0
        if silences == most_silences:
            break
    return done


def _under_way(order: str) -> JetkizError:
    return JetkizError(
        N_("The order {order} was given to Kazpost a moment ago, perhaps by somebody else."),
        N_("Try again in five minutes."),
        order=order,
    )


def _open(pack: PackRow, order: str, words: str) -> JetkizError:
    return JetkizError(
        N_("Kazpost did not say which number the order {order} has: {words}"),
        N_(
            "Ask them, then type it, or nothing if it has none: jetkiz kazpost settle {week} {code}"
        ),
        order=order,
        words=words,
        week=pack.week,
        code=pack.print_id,
    )


def _has_number(pack: PackRow, own: Issued) -> JetkizError:
    return JetkizError(
        N_("Pack {code} has the postal number {number} already."),
        N_("Nothing was asked of Kazpost; a spoilt number is first made void."),
        code=pack.print_id,
        number=own.number.spaced,
    )


def _cancelled(order: str) -> JetkizError:
    return JetkizError(
        N_("The number of the order {order} was cancelled."),
        N_("Take a number from the counter for this pack."),
        order=order,
    )
