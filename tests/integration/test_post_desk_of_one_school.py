"""A desk reads the packs of its own school: what lies in any other is neither read nor meant."""

import pytest
from sqlalchemy import Connection, text, update

from jetkiz.delivery.model import Batch
from jetkiz.errors import JetkizError
from jetkiz.roster.tables import household
from jetkiz.staff.permissions import Role, Viewer
from jetkiz.storage.database import Database
from jetkiz.web.pages.post_desk import own_list, read_post_desk
from print_packs.model import PackState
from print_packs.records import (
    allot_packs,
    allot_run,
    finish_packs,
    read_own_runs,
    read_packs,
    read_school_packs,
)
from print_packs.runs.hand_over import came_back
from print_packs.runs.pack_choice import choose_packs
from print_packs.tables import registry
from tests.factories import NOW, WEEK, People, add_people

TODAY = NOW.date()
BROKEN = text("UPDATE pack SET contents = 'no JSON' WHERE household_id = 3")
BROKEN_LIST = text("UPDATE registry SET packs = 'no JSON' WHERE number = 2")


def add_run(connection: Connection, key: str, homes: list[int]) -> None:
    """A run by post with a pack for each home, all on a list of the run's number."""
    run = allot_run(connection, Batch(key, "post", WEEK, ()), TODAY, NOW)
    rows = allot_packs(connection, run, [(f"{key}:{home}", home) for home in homes])
    done = {"pages": 8, "sheets": 4, "grams": 25, "contents": []}
    finish_packs(connection, [{"number": one.id} | done for one in rows])
    names = [one.name for one in rows]
    values = {"run_id": run.id, "week": WEEK, "number": run.number, "day": TODAY}
    connection.execute(registry.insert().values(values | {"kind": "post", "packs": names}))


def add_two_schools(connection: Connection) -> People:
    """Run 1 is of the village school, run 2 of the other one; both call their first home h1."""
    people = add_people(connection)
    other = household.c.school_id == people.other_school
    connection.execute(update(household).where(other).values(sourced_id="h1"))
    add_run(connection, "here", [1, 2])
    add_run(connection, "there", [3])
    return people


def coordinator(people: People) -> Viewer:
    return Viewer(1, "aigul", Role.COORDINATOR, people.school, "en")


def test_packs_and_lists_of_another_school_are_not_even_read(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        who = coordinator(add_two_schools(connection))
        connection.execute(BROKEN)
        connection.execute(BROKEN_LIST)
        with pytest.raises(ValueError, match="Expecting value"):
            read_packs(connection, week=WEEK)

        found = read_post_desk(connection, who, TODAY, NOW)

        assert [one.name for one in found.lists] == [f"{WEEK}/1"]
        assert own_list(connection, who, WEEK, 1).packs == ("here:1", "here:2")
        own = {one.household for one in read_school_packs(connection, who.school, WEEK)}
        assert own == {1, 2}
        words = choose_packs(connection, WEEK, ["h2", "1/1"], who.school)
        assert [one.household for one in (*words.of_homes, *words.by_number)] == [2, 1]


def test_a_run_with_packs_of_two_schools_is_neithers_own(database: Database) -> None:
    with database.write() as connection:
        people = add_two_schools(connection)
        add_run(connection, "both", [2, 3])
        runs = {
            school: [one.key for one in read_own_runs(connection, school, WEEK)]
            for school in (people.school, people.other_school)
        }

    assert runs == {people.school: ["here"], people.other_school: ["there"]}


def test_a_key_means_the_home_of_the_own_school(database: Database) -> None:
    with database.write() as connection:
        people = add_two_schools(connection)
        with pytest.raises(JetkizError, match="More than one home is called h1"):
            choose_packs(connection, WEEK, ["h1"])

        came_back(connection, WEEK, ["h1"], NOW, people.other_school)

        states = {one.household: one.state for one in read_packs(connection, week=WEEK)}
        assert states == {
            1: PackState.PREPARED,
            2: PackState.PREPARED,
            3: PackState.RETURNED_TO_SENDER,
        }
        theirs = next(one.print_id for one in read_packs(connection, households=[3]))
        for word in (theirs, "2/1", "h3"):
            with pytest.raises(JetkizError):
                choose_packs(connection, WEEK, [word], people.school)
        assert choose_packs(connection, WEEK, [theirs.lower()]).by_number[0].household == 3
        with pytest.raises(JetkizError, match="no home, no pack"):
            choose_packs(connection, "2026-W06", [theirs])
