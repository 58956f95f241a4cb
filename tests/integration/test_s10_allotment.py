"""Postal numbers are given once, in order, without a gap; what is typed back is compared."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from jetkiz.delivery.model import Batch
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.storage.database import Database
from print_packs.records import allot_packs, allot_run
from print_packs.s10.allotment import (
    NumberState,
    Wanted,
    Way,
    allot,
    enter,
    find,
    make_void,
    move,
    numbers_of,
)
from print_packs.s10.numbers import SPECIMEN, Number, check_digit, parse
from print_packs.s10.ranges import Range, Use, add_range, read_ends, read_ranges
from print_packs.s10.tables import s10_event, s10_number
from tests.factories import NOW, WEEK, People, add_people
from tests.statement_counts import statements_kept

WHO = ("aigul", NOW)


def packs(connection: Connection, count: int) -> tuple[People, list[Wanted]]:
    people = add_people(connection)
    run = allot_run(connection, Batch("post:run", "post", WEEK, ()), NOW.date(), NOW)
    rows = allot_packs(connection, run, [(f"post:{n:02}", 1) for n in range(count)])
    return people, [Wanted(one.id, people.school) for one in rows]


def roll(connection: Connection, first: int, last: int, **changes: object) -> int:
    new = Range(Number("RR", first), Number("RR", last), "011900", **changes)
    return add_range(connection, new, "aigul", NOW)


def serials(connection: Connection, wanted: Sequence[Wanted]) -> list[int | None]:
    given = numbers_of(connection, [one.pack for one in wanted])
    return [given[one.pack].number.serial if one.pack in given else None for one in wanted]


def said(refused: pytest.ExceptionInfo[JetkizError]) -> str:
    return translator("en").error(refused.value)


def test_packs_get_the_numbers_of_a_roll_in_order_and_keep_them(database: Database) -> None:
    with database.write() as connection:
        _, wanted = packs(connection, 5)
        roll(connection, 100, 199)
        allot(connection, wanted[:3], "jetkiz", NOW)
    with database.write() as connection:
        allot(connection, wanted, "jetkiz", NOW)
        assert serials(connection, wanted) == [100, 101, 102, 103, 104]
        assert [(one.used, one.left) for one in read_ranges(connection)] == [(5, 95)]


def test_what_was_cut_off_before_the_end_left_no_number_used(database: Database) -> None:
    with database.write() as connection:
        _, wanted = packs(connection, 3)
        roll(connection, 100, 199)
    with pytest.raises(KeyboardInterrupt):
        _allot_until_the_power_goes(database, wanted)
    with database.write() as connection:
        allot(connection, wanted, "jetkiz", NOW)
        assert serials(connection, wanted) == [100, 101, 102]


def _allot_until_the_power_goes(database: Database, wanted: Sequence[Wanted]) -> None:
    with database.write() as connection:
        allot(connection, wanted, "jetkiz", NOW)
        raise KeyboardInterrupt


def test_a_roll_that_ends_stops_nothing_and_the_next_goes_on(database: Database) -> None:
    with database.write() as connection:
        _, wanted = packs(connection, 5)
        roll(connection, 100, 102)
        given = allot(connection, wanted, "jetkiz", NOW)
        assert given.without == tuple(one.pack for one in wanted[3:])
        assert serials(connection, wanted) == [100, 101, 102, None, None]
        roll(connection, 500, 599)
        assert allot(connection, wanted, "jetkiz", NOW).without == ()
        assert serials(connection, wanted) == [100, 101, 102, 500, 501]


def test_where_no_office_issued_numbers_the_counter_gives_them(database: Database) -> None:
    with database.write() as connection:
        _, wanted = packs(connection, 2)
        roll(connection, 100, 199, use=Use.PARCEL)

        given = allot(connection, wanted, "jetkiz", NOW)

    assert (dict(given.numbers), given.without) == ({}, ())


def test_many_schools_empty_one_roll_and_its_numbers_are_counted_once(database: Database) -> None:
    with database.write() as connection:
        people, wanted = packs(connection, 5)
        roll(connection, 100, 102)
        spread = [replace(one, school=people.school + n) for n, one in enumerate(wanted)]
        with statements_kept(connection) as kept:
            given = allot(connection, spread, "jetkiz", NOW)
        assert serials(connection, wanted) == [100, 101, 102, None, None]
    assert given.without == tuple(one.pack for one in wanted[3:])
    assert sum("GROUP BY s10_number.range_id" in words for words, _ in kept) == 1


def test_a_roll_of_one_school_serves_no_other(database: Database) -> None:
    with database.write() as connection:
        people, wanted = packs(connection, 2)
        roll(connection, 100, 199, school=people.school)
        others = [Wanted(one.pack, people.school + 7) for one in wanted[1:]]

        allot(connection, [wanted[0], *others], "jetkiz", NOW)

        assert serials(connection, wanted) == [100, None]


@pytest.mark.parametrize(("first", "last"), [(150, 160), (1, 100), (199, 300), (1, 999)])
def test_no_number_is_entered_twice_even_after_years(
    database: Database, first: int, last: int
) -> None:
    with database.write() as connection:
        roll(connection, 100, 199)
        later = NOW + timedelta(days=365 * 3)
        with pytest.raises(JetkizError) as refused:
            add_range(connection, Range(Number("RR", first), Number("RR", last)), "aigul", later)
        assert "RR 000 001" in said(refused)
        add_range(connection, Range(Number("RS", first), Number("RS", last)), "aigul", later)
        assert len(read_ranges(connection)) == 2


def test_the_database_itself_lets_no_number_be_used_twice(database: Database) -> None:
    with database.write() as connection:
        _, wanted = packs(connection, 2)
        enter(connection, wanted[0].pack, Number("RR", 7).text, Way.SERVICE, WHO)
    row = {"prefix": "RR", "country": "KZ", "serial": 7, "way": "range", "state": "allotted"}
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(s10_number.insert().values(row))


def test_an_office_issues_no_million_numbers(database: Database) -> None:
    with database.write() as connection, pytest.raises(JetkizError):
        roll(connection, 0, 10**6)


@pytest.mark.parametrize(
    "typed",
    [
        (Number("RR", 1).spaced, Number("RR", 100).spaced),
        (Number("RR", 1).text, Number("RR", 100).text.lower()),
        ("RR", "00000001", "00000100"),
        ("rr", "1", "100"),
        ("RR", "000000014", f"00000100{check_digit('00000100')}"),
    ],
)
def test_a_roll_is_typed_as_it_is_printed(typed: tuple[str, ...]) -> None:
    assert read_ends(typed) == (Number("RR", 1), Number("RR", 100))


@pytest.mark.parametrize(
    "typed",
    [
        ("RR000000014KZ",),
        ("RR", "5", "6", "7"),
        ("RR000000028KZ", "RR000000014KZ"),
        ("RR000000014KZ", "CC016466342KZ"),
        ("RR", "000000015", "00000100"),
        ("RR", "x", "00000100"),
        ("RR", "0000000014", "00000100"),
    ],
)
def test_a_roll_that_cannot_be_right_is_refused(typed: tuple[str, ...]) -> None:
    with pytest.raises(JetkizError):
        read_ends(typed)


def test_what_the_counter_typed_belongs_to_one_pack(database: Database) -> None:
    with database.write() as connection:
        _, wanted = packs(connection, 3)
        one, other, third = (each.pack for each in wanted)
        number = Number("RR", 47312482).text
        first = enter(connection, one, number, Way.COUNTER, WHO)
        assert enter(connection, one, number.lower(), Way.COUNTER, WHO) == first
        assert first.state == NumberState.POSTED
        with pytest.raises(JetkizError) as refused:
            enter(connection, other, number, Way.COUNTER, WHO)
        assert "another pack" in said(refused)
        with pytest.raises(JetkizError) as refused:
            enter(connection, one, Number("RR", 8).text, Way.COUNTER, WHO)
        assert "RR 473 124 829 KZ" in said(refused)
        assert set(numbers_of(connection, [one, other, third])) == {one}


def test_a_number_typed_out_of_turn_is_passed_over_by_the_roll(database: Database) -> None:
    with database.write() as connection:
        _, wanted = packs(connection, 4)
        roll(connection, 100, 199)
        enter(connection, wanted[3].pack, Number("RR", 101).text, Way.COUNTER, WHO)

        allot(connection, wanted, "jetkiz", NOW)

        assert serials(connection, wanted) == [100, 102, 103, 101]
        assert [one.left for one in read_ranges(connection)] == [96]


def test_a_swap_that_the_check_digit_lets_pass_is_no_number_of_ours(database: Database) -> None:
    swapped = next(
        (serial, other)
        for serial in range(1_000, 3_000)
        for at in range(7)
        for other in [_swapped(serial, at)]
        if other != serial and check_digit(f"{serial:08}") == check_digit(f"{other:08}")
    )
    with database.write() as connection:
        _, wanted = packs(connection, 1)
        roll(connection, swapped[0], swapped[0])
        allot(connection, wanted, "jetkiz", NOW)

        right = find(connection, Number("RR", swapped[0]).text)
        misread = Number("RR", swapped[1]).text[:-2] + "KZ"
        assert parse(misread).serial == swapped[1]
        with pytest.raises(JetkizError) as refused:
            find(connection, misread)

    assert right.pack == wanted[0].pack
    assert "swapped" in said(refused)


def _swapped(serial: int, at: int) -> int:
    digits = list(f"{serial:08}")
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    return int("".join(digits))


def test_a_void_number_is_never_given_again_and_every_step_is_kept(database: Database) -> None:
    with database.write() as connection:
        _, wanted = packs(connection, 2)
        roll(connection, 100, 199)
        allot(connection, wanted, "jetkiz", NOW)
        both = [one.pack for one in wanted]
        move(connection, both, NumberState.PRINTED, "jetkiz", NOW)
        make_void(connection, Number("RR", 100).text, "torn", "aigul", NOW)
        make_void(connection, Number("RR", 100).text, "again", "aigul", NOW)
        allot(connection, wanted, "jetkiz", NOW)
        assert serials(connection, wanted) == [102, 101]
        move(connection, both, NumberState.POSTED, "aigul", NOW)
        move(connection, both, NumberState.PRINTED, "jetkiz", NOW)
        with pytest.raises(JetkizError):
            make_void(connection, Number("RR", 101).text, "", "aigul", NOW)
        events = connection.execute(
            select(s10_number.c.serial, s10_event.c.state, s10_event.c.by, s10_event.c.note)
            .join_from(s10_event, s10_number)
            .order_by(s10_number.c.serial, s10_event.c.id)
        )
        assert [tuple(one) for one in events] == [
            (100, "allotted", "jetkiz", ""),
            (100, "printed", "jetkiz", ""),
            (100, "void", "aigul", "torn"),
            (101, "allotted", "jetkiz", ""),
            (101, "printed", "jetkiz", ""),
            (101, "posted", "aigul", ""),
            (102, "allotted", "jetkiz", ""),
            (102, "posted", "aigul", ""),
        ]


def test_a_rehearsed_number_is_printed_as_a_word(database: Database) -> None:
    with database.write() as connection:
        _, wanted = packs(connection, 1)
        roll(connection, 100, 199, is_specimen=True)

        given = allot(connection, wanted, "jetkiz", NOW)

    assert [one.text for one in given.numbers.values()] == [SPECIMEN]
