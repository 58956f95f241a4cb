"""One number a pack from Kazpost, whatever is lost: over real sockets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from jetkiz.errors import JetkizError
from print_packs.kazpost.asking import item_of, packs_without
from print_packs.kazpost.key import ClientKey
from print_packs.kazpost.numbers import Counter, Ordered, OrderState, all_numbers
from print_packs.kazpost.operations import Item
from print_packs.kazpost.service import (
    RefusedError,
    UnclearError,
)
from print_packs.model import PackState
from print_packs.records import move_packs
from print_packs.s10.allotment import NumberState, Wanted, Way, allot, find, make_void, move
from print_packs.s10.numbers import Number
from print_packs.s10.ranges import Range, add_range
from print_packs.s10.tables import s10_event
from print_packs.tables import pack as pack_table
from tests.factories import WEEK
from tests.kazpost_desk import Desk, kazpost_desk
from tests.posted_packs import give_number


@pytest.fixture
def desk(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Desk]:
    with kazpost_desk(migrated_sqlite, tmp_path) as found:
        yield found


def test_a_number_is_asked_for_in_kilograms_and_once(desk: Desk) -> None:
    first = desk.number()
    assert first.number == Number("RR", 1000).text
    assert desk.number() == first
    assert (desk.stand_in.given, desk.stand_in.asked["GetParcelBarcode"]) == (1, 1)
    assert desk.numbers() == [(desk.posted.packs[0].id, "allotted")]


def test_a_pack_keeps_the_number_of_the_service_when_it_is_made_again(desk: Desk) -> None:
    first, second = desk.posted.packs[:2]
    number = desk.number(first).number
    with desk.workplace.database.write() as connection:
        add_range(connection, Range(Number("RR", 1), Number("RR", 9)), "aigul", desk.now)
        wanted = [Wanted(one.id, desk.posted.people.school) for one in (first, second)]
        given = allot(connection, wanted, "jetkiz", desk.now).numbers
        assert [given[one.pack].text for one in wanted] == [number, Number("RR", 1).text]
        assert [given[one.pack].way for one in wanted] == [Way.SERVICE, Way.RANGE]
        assert find(connection, number).pack == first.id
        events = connection.execute(select(s10_event.c.state, s10_event.c.by)).all()
        make_void(connection, number, "spoilt", "aigul", desk.now)
    assert ("allotted", "kazpost") in [tuple(one) for one in events]
    with pytest.raises(JetkizError, match="cancelled"):
        desk.number(first)


def test_a_pack_that_has_a_number_is_not_asked_for(desk: Desk) -> None:
    pack = desk.posted.packs[0]
    with desk.workplace.database.write() as connection:
        give_number(connection, pack, "RR473124829KZ")
    with pytest.raises(JetkizError, match="already"):
        desk.number(pack)
    assert not desk.stand_in.asked
    assert desk.orders() == []


def test_a_number_that_another_pack_has_stays_open(desk: Desk) -> None:
    first, second = desk.posted.packs[:2]
    taken = Number("RR", 1000).text
    with desk.workplace.database.write() as connection:
        give_number(connection, first, taken)
    doubled = desk.number(second)
    assert "another pack" in str(doubled.trouble)
    assert desk.orders() == [OrderState.UNCLEAR]
    with pytest.raises(JetkizError, match="another pack"):
        desk.counter().settle(second, taken)
    assert desk.orders() == [OrderState.UNCLEAR]
    assert desk.numbers() == [(first.id, "printed")]


def test_an_answer_that_comes_after_the_counter_gave_its_own_stays_open(desk: Desk) -> None:
    pack = desk.posted.packs[0]
    desk.stand_in.moods = ["lost"]
    desk.number(pack)
    with desk.workplace.database.write() as connection:
        give_number(connection, pack, "RR473124829KZ")
    with pytest.raises(JetkizError, match="not RR"):
        desk.counter().settle(pack, Number("RR", 1000).text)
    assert desk.orders() == [OrderState.UNCLEAR]
    desk.counter().settle(pack, "RR473124829KZ")
    assert desk.orders() == [OrderState.GIVEN]
    assert len(desk.numbers()) == 1


def test_the_number_of_an_item_in_the_post_is_not_cancelled(desk: Desk) -> None:
    pack = desk.posted.packs[0]
    desk.number(pack)
    with desk.workplace.database.write() as connection:
        move(connection, [pack.id], NumberState.POSTED, "aigul", desk.now)
    with pytest.raises(JetkizError, match="cannot be void"):
        desk.counter().cancel(pack)
    assert desk.stand_in.asked["CancelBarcode"] == 0
    assert desk.numbers() == [(pack.id, "posted")]


@pytest.mark.parametrize(
    "mood", ["lost", "500", "503", "302", "garbage", "half", "other", "bomb", "huge"]
)
def test_a_lost_reply_makes_no_second_number(desk: Desk, mood: str) -> None:
    desk.stand_in.moods = [mood]
    lost = desk.number()
    assert lost.trouble
    assert not lost.number
    assert desk.orders() == [OrderState.UNCLEAR]
    desk.later()
    found = desk.number()
    assert found.number
    assert desk.stand_in.given == 1
    assert desk.stand_in.asked == {"GetParcelBarcode": 1, "GetBarcodeInfo": 1}
    assert desk.orders() == [OrderState.GIVEN]


def test_while_nobody_knows_nothing_is_asked_for_again(desk: Desk) -> None:
    desk.stand_in.moods = ["lost", "lost", "500"]
    for _ in range(3):
        assert desk.number().trouble
        desk.later()
    assert (desk.stand_in.given, desk.stand_in.asked["GetParcelBarcode"]) == (1, 1)


def test_an_order_of_which_the_service_says_nothing_waits_for_a_person(desk: Desk) -> None:
    desk.stand_in.moods = ["lost"]
    desk.number()
    desk.stand_in.knows_orders = False
    for _ in range(2):
        desk.later()
        said = desk.number().trouble
        assert said
        assert said.facts["words"] == "not found"
        assert desk.orders() == [OrderState.UNCLEAR]
    assert (desk.stand_in.given, desk.stand_in.asked["GetParcelBarcode"]) == (1, 1)
    desk.counter().settle(desk.posted.packs[0], "")
    assert desk.number().number
    assert desk.stand_in.asked["GetParcelBarcode"] == 2


def test_a_computer_that_died_over_the_question_looks_it_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def off(*_: object, **__: object) -> Ordered:
        raise KeyboardInterrupt

    with monkeypatch.context() as power:
        power.setattr(Counter, "_given", off)
        with pytest.raises(KeyboardInterrupt):
            desk.number()
    assert desk.orders() == [OrderState.ASKED]
    with pytest.raises(JetkizError, match="a moment ago"):
        desk.number()
    desk.later()
    assert desk.number().number
    assert desk.stand_in.given == 1


def test_a_no_is_said_and_may_be_asked_again(desk: Desk) -> None:
    refused = desk.number(key=ClientKey("f" * 32))
    assert isinstance(refused.trouble, RefusedError)
    assert "the key" in str(refused.trouble.facts["words"])
    assert desk.orders() == [OrderState.REFUSED]
    assert desk.number().number


def test_a_person_settles_what_stayed_open(desk: Desk) -> None:
    pack = desk.posted.packs[0]
    with pytest.raises(JetkizError, match="No order"):
        desk.counter().settle(pack, "")
    desk.stand_in.moods = ["lost"]
    desk.number()
    with pytest.raises(JetkizError, match="check digit"):
        desk.counter().settle(pack, "RR473124828KZ")
    desk.counter().settle(pack, "RR 473 124 829 KZ")
    assert desk.number().number == "RR473124829KZ"
    assert desk.stand_in.asked == {"GetParcelBarcode": 1}


def test_a_cancelled_number_is_void_and_stays_the_only_one(desk: Desk) -> None:
    with pytest.raises(JetkizError, match="no number"):
        desk.counter().cancel(desk.posted.packs[0])
    number = desk.number().number
    assert desk.counter().cancel(desk.posted.packs[0]) == number
    assert desk.counter().cancel(desk.posted.packs[0]) == number
    assert desk.stand_in.asked["CancelBarcode"] == 1
    assert desk.numbers() == [(desk.posted.packs[0].id, "void")]
    with pytest.raises(JetkizError, match="cancelled"):
        desk.number()


def test_a_silent_service_is_not_asked_for_every_pack(desk: Desk) -> None:
    desk.stand_in.moods = ["500"] * 4
    found = all_numbers(desk.posted.packs, desk.number)
    assert len(found) == 3
    assert all(isinstance(one.trouble, UnclearError) for one in found)
    desk.stand_in.moods.clear()
    desk.later()
    found = all_numbers(desk.posted.packs, desk.number)
    assert len({one.number for one in found}) == 4
    assert desk.stand_in.given == 4


def test_only_what_waits_and_is_to_have_a_number_is_asked_for(desk: Desk) -> None:
    first, by_roll, gone, simple = desk.posted.packs
    with desk.workplace.database.write() as connection:
        give_number(connection, by_roll, "RR473124829KZ")
        move_packs(connection, [gone.id], [PackState.PREPARED], PackState.LOST)
        change = update(pack_table).values(postal={"category": 0})
        connection.execute(change.where(pack_table.c.id == simple.id))
        assert [one.id for one in packs_without(connection, WEEK)] == [first.id]
        change = update(pack_table).where(pack_table.c.id.in_([simple.id, gone.id]))
        parcel = {"kind": "P103", "category": 3, "method": 2, "est_g": 2500}
        connection.execute(change.values(postal=parcel))
        waiting = packs_without(connection, WEEK)
    assert [item_of(one) for one in waiting] == [Item(25), Item(2500, "P103", 3, 2)]
