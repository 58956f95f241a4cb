"""Addresses before printing: the report, what somebody lets pass, and packs that go by hand."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from jetkiz.errors import JetkizError
from jetkiz.roster.register import read_households
from jetkiz.roster.tables import guardian, household_identity
from jetkiz.storage.database import Database
from print_packs.channel import PostChannel
from print_packs.post.address_checks import AddressState, Flaw
from print_packs.post.address_report import check_addresses, let_pass
from print_packs.post.tables import address_override
from print_packs.runs.lists import read_lists
from tests.factories import WEEK, add_people
from tests.print_school import NOW, print_school, saved_batch, workplace_in
from tests.print_school import post_deliveries as by_post
from tests.spoken import Jetkiz

NOTE = "asked on the telephone"


def change(connection: Connection, home: int, **parts: str) -> None:
    """Write other parts into the address of a home."""
    c = household_identity.c
    known = connection.execute(select(c.address).where(c.household_id == home)).scalar_one()
    values = update(household_identity).where(c.household_id == home)
    connection.execute(values.values(address=known | parts))


def states(connection: Connection, week: str | None = None) -> dict[str, AddressState]:
    return {one.household.key: one.state for one in check_addresses(connection, week)}


def test_every_home_of_the_post_is_judged_and_the_worst_come_first(database: Database) -> None:
    with database.write() as connection:
        people = print_school(connection)
        assert set(states(connection).values()) == {AddressState.WARN}
        change(connection, 3, settlement="")
        assert [*states(connection).items()] == [
            ("h3", AddressState.BLOCK),
            ("h1", AddressState.WARN),
        ]
        change(connection, 1, index6="")
        found = check_addresses(connection, schools=[people.school])
        assert [(one.household.key, one.state) for one in found] == [("h1", AddressState.BLOCK)]


def test_a_note_lets_an_address_pass_until_it_changes(database: Database) -> None:
    with database.write() as connection:
        print_school(connection)
        change(connection, 1, index6="050000")
        home = read_households(connection, [1])[1]
        for _ in range(2):
            flaws = let_pass(connection, home, "aigul", NOTE, NOW)
            assert set(flaws) == {Flaw.OTHER_REGION, Flaw.NO_PATRONYMIC}
        assert states(connection)["h1"] == AddressState.OK
        rows = connection.execute(select(address_override)).all()
        assert {(row.by, row.note, row.at) for row in rows} == {("aigul", NOTE, NOW)}
        assert len(rows) == 2
        change(connection, 1, index6="060000")
        assert states(connection)["h1"] == AddressState.WARN


@pytest.mark.parametrize("note", ["", "   ", "x" * 201])
def test_without_a_note_nothing_is_let_pass(database: Database, note: str) -> None:
    with database.write() as connection:
        print_school(connection)
        home = read_households(connection, [1])[1]
        with pytest.raises(JetkizError, match="note"):
            let_pass(connection, home, "aigul", note, NOW)
        assert states(connection)["h1"] == AddressState.WARN


def test_what_the_post_needs_cannot_be_let_pass(database: Database) -> None:
    with database.write() as connection:
        print_school(connection)
        change(connection, 1, settlement="")
        home = read_households(connection, [1])[1]
        with pytest.raises(JetkizError, match="lacks"):
            let_pass(connection, home, "aigul", NOTE, NOW)
        assert connection.execute(select(address_override)).all() == []


def test_a_pack_that_the_post_would_refuse_goes_by_hand_with_the_reason(
    tmp_path: Path, database: Database
) -> None:
    workplace = workplace_in(tmp_path, database)
    with database.write() as connection:
        print_school(connection)
        change(connection, 1, index6="")
        deliveries = by_post(connection)
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)

    folder = tmp_path / "packs" / WEEK / "run-1"
    job = json.loads((folder / "job.json").read_text("utf-8"))
    assert [one["carrier"] for one in job["list"]] == ["hand", "hand"]
    assert any("h1" in one and "пошта индексі жоқ" in one for one in job["notices"])
    assert (folder / "h1.pdf").is_file()
    with database.read() as connection:
        assert [one.carrier for one in read_lists(connection, WEEK)] == ["hand"]


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


def test_the_report_ends_with_a_failure_while_an_address_blocks(
    jetkiz: Jetkiz, sqlite_database: Database
) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
        change(connection, 1, index6="")
    code, said, _ = jetkiz.ends("packs", "addresses")
    assert code == 1
    assert said.count("no guardian: it goes to the parents of") == 3
    row = {"sourced_id": "g", "family_name": "Әлиева", "given_name": "Күләш", "language": "kk"}
    row |= {"patronymic": "Серікқызы"}
    with sqlite_database.write() as connection:
        connection.execute(guardian.insert(), [row | {"household_id": n} for n in (1, 2, 3)])
        change(connection, 1, index6="011911")
    code, said, _ = jetkiz.ends("packs", "addresses")
    assert code == 0
    assert "Addresses: 3." in said
    code, said, _ = jetkiz.ends("packs", "addresses", WEEK)
    assert (code, "Addresses: 0." in said) == (0, True)
