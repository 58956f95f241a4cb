"""Serials, codes and numbers of runs: allotted once, never given to two sheets."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Connection

from jetkiz.delivery.model import Batch
from jetkiz.storage.database import Database
from print_packs.channel import InPersonChannel, PostChannel
from print_packs.model import Letter, Pack
from print_packs.pack_file import PackFile
from print_packs.post.kazpost_registry import Carrier
from print_packs.records import (
    allot_packs,
    allot_run,
    allot_sheets,
    finish_packs,
    read_runs,
    read_sheets,
)
from print_packs.runs.lists import allot_lists, read_lists
from tests.factories import NOW, WEEK, add_people
from tests.print_school import workplace_in

TODAY = date(2026, 1, 22)
PLACES = [("a", 1, 1, 1, 2), ("a", 1, 1, 2, 2), ("a", 1, 2, 1, 1)]


def drawn(*numbers: int) -> "Iterator[int]":
    return iter(numbers)


def test_a_serial_that_is_out_already_is_drawn_again(database: Database) -> None:
    """A sheet lies in a home for years: its number must not come home with another child's work."""
    with database.write() as connection:
        run = allot_run(connection, Batch("run", "post", WEEK, ()), TODAY, NOW)
        packs = {one.consignment: one.id for one in allot_packs(connection, run, [("a", 1)])}
        first = drawn(5, 5, 6, 5, 7)
        sheets = allot_sheets(connection, packs, PLACES, lambda _: next(first))
        assert sorted(one.serial for one in sheets.values()) == [5, 6, 7]

        other = {one.consignment: one.id for one in allot_packs(connection, run, [("b", 2)])}
        again = drawn(7, 6, 8)
        (fresh,) = allot_sheets(
            connection, other, [("b", 2, 1, 1, 1)], lambda _: next(again)
        ).values()
        assert fresh.serial == 8


def test_sheets_keep_their_serials_and_only_new_ones_are_added(database: Database) -> None:
    with database.write() as connection:
        run = allot_run(connection, Batch("run", "post", WEEK, ()), TODAY, NOW)
        packs = {one.consignment: one.id for one in allot_packs(connection, run, [("a", 1)])}
        before = allot_sheets(connection, packs, PLACES[:2])
        after = allot_sheets(connection, packs, PLACES)

        assert {place: after[place] for place in before} == before
        assert len(after) == 3
        assert len(read_sheets(connection, serials=[one.serial for one in after.values()])) == 3


def test_no_sheet_is_allotted_where_none_is_wanted(database: Database) -> None:
    with database.write() as connection:
        assert allot_sheets(connection, {}, []) == {}


def test_runs_are_counted_within_a_week_and_keep_their_day(database: Database) -> None:
    with database.write() as connection:
        first = allot_run(connection, Batch("one", "post", WEEK, ()), TODAY, NOW)
        second = allot_run(connection, Batch("two", "in_person", WEEK, ()), TODAY, NOW)
        other = allot_run(connection, Batch("three", "post", "2026-W06", ()), TODAY, NOW)
        again = allot_run(connection, Batch("one", "post", WEEK, ()), date(2026, 1, 25), NOW)

        assert (first.number, second.number, other.number) == (1, 2, 1)
        assert again == first
        assert [one.key for one in read_runs(connection, WEEK)] == ["one", "two"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_packs_are_read_in_the_order_in_which_they_lie(
    sqlite_database: Database, order: tuple[int, ...]
) -> None:
    homes = [("a", 3), ("b", 1), ("c", 2)]
    with sqlite_database.write() as connection:
        run = allot_run(connection, Batch("run", "post", WEEK, ()), TODAY, NOW)
        rows = allot_packs(connection, run, [homes[n] for n in order])
        again = allot_packs(connection, run, homes)

    assert [one.consignment for one in rows] == [homes[n][0] for n in order]
    assert again == rows
    assert len({one.print_id for one in rows}) == 3
    letters = "".join(one.print_id for one in rows)
    assert not set(letters) & set("01OI")


def at_once(database: Database, *steps: Callable[[Connection], object]) -> None:
    """Take each step while the one before has not ended its transaction."""

    def take(number: int) -> None:
        with database.write() as connection:
            steps[number](connection)
            if following := others.get(number + 1):
                following.start()
                # Long enough for the other to come as far as our numbers.
                following.join(0.3)

    others = {number: Thread(target=take, args=(number,)) for number in range(1, len(steps))}
    take(0)
    for one in others.values():
        one.join()


def test_runs_that_are_made_at_once_get_numbers_of_their_own(database: Database) -> None:
    def allot(key: str) -> Callable[[Connection], object]:
        return lambda c: allot_run(c, Batch(key, "post", WEEK, ()), TODAY, NOW)

    at_once(database, *map(allot, "abcb"))
    with database.read() as connection:
        found = read_runs(connection, WEEK)
    assert [(one.key, one.number) for one in found] == [("a", 1), ("b", 2), ("c", 3)]


def pack_of(name: str, *, by_post: bool) -> PackFile:
    whom = Letter("Әлиева Күләш", ("Абай көшесі",), "011908")
    one = Pack(
        consignment=name,
        print_id=name,
        key=name,
        household=1,
        week=WEEK,
        language="kk",
        place=1,
        of=1,
        by_post=by_post,
        addressee=whom,
        sender=whom,
        return_by=TODAY,
        children=(),
    )
    return PackFile(f"{name}.pdf", one, "", 0, 8)


def test_no_two_lists_of_a_week_have_one_number(database: Database) -> None:
    with database.write() as connection:
        runs = [allot_run(connection, Batch(key, "post", WEEK, ()), TODAY, NOW) for key in "ab"]
    posted, fetched = pack_of("p", by_post=True), pack_of("f", by_post=False)
    at_once(
        database,
        lambda c: allot_lists(c, runs[0], [posted]),
        lambda c: allot_lists(c, runs[1], [pack_of("q", by_post=True)]),
        # Made again with one list more, the run keeps its number and takes no other run's.
        lambda c: allot_lists(c, runs[0], [posted, fetched]),
    )
    with database.write() as connection:
        kept = {(one.run, one.carrier): one.number for one in read_lists(connection, WEEK)}
        again = allot_lists(connection, runs[0], [posted, fetched])
        assert len(read_lists(connection, WEEK)) == 3
    first, second = (one.id for one in runs)
    assert kept == {
        (first, Carrier.POST): 1,
        (second, Carrier.POST): 2,
        (first, Carrier.HAND): 3,
    }
    assert [one.number for one in again] == [1, 3]


def test_a_lesson_has_the_number_of_the_pack_in_which_it_lies(
    database: Database, tmp_path: Path
) -> None:
    workplace = workplace_in(tmp_path, database)
    post, by_hand = PostChannel(workplace), InPersonChannel(workplace)
    with database.write() as connection:
        people = add_people(connection)
        first, again = people.lessons[0], (people.lessons[0], 2)
        for attempt in (1, 2):
            run = allot_run(connection, Batch(f"r{attempt}", "post", WEEK, ()), TODAY, NOW)
            homes = [(f"{attempt}-{home}", home) for home in ((2, 1) if attempt == 1 else (1,))]
            packs = {one.household: one for one in allot_packs(connection, run, homes)}
            inside = {"student": people.alice, "attempt": attempt, "lessons": [first]}
            assert again not in post.pack_numbers(connection, WEEK, people.alice), "not made yet"
            finish_packs(connection, [{"number": packs[1].id, "contents": [inside]}])
        assert post.pack_numbers(connection, WEEK, people.alice) == {(first, 1): 2, again: 1}
        assert post.pack_numbers(connection, WEEK, people.bob) == {}
        assert post.pack_numbers(connection, WEEK, 999) == {}
        assert post.pack_numbers(connection, "2026-W06", people.alice) == {}
        assert by_hand.pack_numbers(connection, WEEK, people.alice) == {}
