"""A run that is made again with less in it: what is gone is on no list and waits for nobody."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.lessons.tables import lesson as lesson_table
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.model import PackState
from print_packs.records import PackRow, read_packs
from print_packs.runs import stack_making
from print_packs.runs.hand_over import hand_over, signed
from print_packs.runs.legs import read_ways
from print_packs.runs.lists import read_lists
from print_packs.runs.remaking import make_week
from print_packs.runs.stack_making import draw_stack
from tests.factories import WEEK, People
from tests.print_school import NOW, post_deliveries, print_school, saved_batch, workplace_in

TITLE = "Lesson"


@pytest.fixture
def workplace(sqlite_database: Database, tmp_path: Path) -> Workplace:
    """Six sheets to an envelope: each home's two lessons need two of them."""
    plain = workplace_in(tmp_path, sqlite_database)
    return replace(plain, settings=replace(plain.settings, pack_sheets=6, single_files=100))


@pytest.fixture
def people(workplace: Workplace) -> People:
    with workplace.database.write() as connection:
        people = print_school(connection)
        deliveries = post_deliveries(connection)
    saved_batch(workplace, deliveries)
    return people


def spoil(workplace: Workplace, number: int, title: str = "漢") -> None:
    with workplace.database.write() as connection:
        connection.execute(
            update(lesson_table).where(lesson_table.c.id == number).values(title=title)
        )


def rows_of(workplace: Workplace) -> list[PackRow]:
    with workplace.database.read() as connection:
        return read_packs(connection, week=WEEK)


def in_run(rows: Sequence[PackRow]) -> list[tuple[int, int]]:
    return sorted((one.household, one.part) for one in rows if one.is_in_run)


def alone_in_its_envelope(workplace: Workplace) -> int:
    """The lesson with which an envelope of the first home goes."""
    for one in rows_of(workplace):
        lessons = one.contents[0]["lessons"]
        if one.household == 1 and len({*lessons, *one.contents[0]["tasks"]}) == 1:
            return int(lessons[0])
    raise AssertionError("no envelope is left when a lesson goes")


def states_of(workplace: Workplace, number: int) -> dict[int, State]:
    with workplace.database.read() as connection:
        found = lesson_states(connection, WEEK, [number])
    return {one.lesson: one.state for one in found}


def test_an_envelope_whose_lesson_cannot_be_printed_any_more_is_left_out(
    workplace: Workplace, people: People
) -> None:
    make_week(workplace, WEEK)
    assert in_run(rows_of(workplace)) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    lesson = alone_in_its_envelope(workplace)
    spoil(workplace, lesson)

    (run,) = make_week(workplace, WEEK)

    rows = {one.name: one for one in rows_of(workplace)}
    assert len(in_run(list(rows.values()))) == 2
    (left,) = (one for one in rows.values() if one.household == 1 and not one.is_in_run)
    assert (left.part, left.sheets, left.contents) == (2, 0, ())
    assert [one.sheets for one in run.packs] == [
        one.sheets for one in rows.values() if one.is_in_run
    ]
    with workplace.database.write() as connection:
        listed = [name for one in read_lists(connection, WEEK) for name in one.packs]
        assert sorted(listed) == sorted(one.name for one in rows.values() if one.is_in_run)
        assert left.id not in {one.pack for one in read_ways(connection, WEEK)}
        hand_over(connection, WEEK, None, NOW)
        signed(connection, WEEK, ["h1"], NOW)
    after = {one.name: one.state for one in rows_of(workplace)}
    assert after[left.name] == PackState.PREPARED, "nobody can sign for what there is not"
    assert PackState.SIGNED in after.values()
    assert states_of(workplace, people.alice)[lesson] == State.FAILED


def test_a_second_lesson_that_fails_when_the_packs_are_made_again_is_told_too(
    workplace: Workplace, people: People
) -> None:
    spoil(workplace, people.lessons[0])
    make_week(workplace, WEEK)
    assert states_of(workplace, people.alice)[people.lessons[1]] < State.FAILED
    spoil(workplace, people.lessons[1])

    make_week(workplace, WEEK)
    make_week(workplace, WEEK)

    told = states_of(workplace, people.alice)
    assert [told[n] for n in people.lessons[:2]] == [State.FAILED, State.FAILED]


@pytest.mark.usefixtures("people")
def test_what_comes_back_into_the_run_has_its_number_again(workplace: Workplace) -> None:
    make_week(workplace, WEEK)
    before = {one.name: (one.print_id, one.place) for one in rows_of(workplace)}
    lesson = alone_in_its_envelope(workplace)
    spoil(workplace, lesson)
    make_week(workplace, WEEK)
    assert len(in_run(rows_of(workplace))) == 2
    spoil(workplace, lesson, TITLE)

    make_week(workplace, WEEK)

    rows = rows_of(workplace)
    assert in_run(rows) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert {one.name: (one.print_id, one.place) for one in rows} == before


@pytest.mark.parametrize("why", ["the gate", "the children left"])
def test_a_released_run_of_which_nothing_is_left_has_no_lists_and_no_files(
    workplace: Workplace, people: People, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_week(workplace, WEEK)
    folder = workplace.settings.data / "packs" / WEEK / "run-1"
    assert (folder / "SHA256SUMS").is_file()
    if why == "the gate":
        broken = lambda job: replace(draw_stack(job), pdf=b"%PDF-1.5 nothing")  # noqa: E731
        monkeypatch.setattr(stack_making, "draw_stack", broken)
    else:
        with workplace.database.write() as connection:
            connection.execute(update(student).values(active=False))

    (run,) = make_week(workplace, WEEK)

    assert run.packs == ()
    assert [one.name for one in folder.rglob("*") if one.is_file()] == ["job.json"]
    assert in_run(rows_of(workplace)) == []
    with workplace.database.read() as connection:
        assert read_lists(connection, WEEK) == []
    told = states_of(workplace, people.alice)
    assert {told[n] for n in people.lessons[:2]} == {State.FAILED}


@pytest.mark.usefixtures("people")
def test_a_run_of_which_one_pack_is_in_the_post_is_not_drawn_anew(workplace: Workplace) -> None:
    make_week(workplace, WEEK)
    with workplace.database.write() as connection:
        signed(connection, WEEK, ["h1"], NOW)
    before = rows_of(workplace)

    with pytest.raises(JetkizError, match="handed over already"):
        make_week(workplace, WEEK)

    assert rows_of(workplace) == before
