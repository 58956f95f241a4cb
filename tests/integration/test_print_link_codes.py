"""The codes on the paper: they open the chat, stay the same when made again, and leave no trace."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select, update

from jetkiz.roster.code_terms import USES, VALID_FOR
from jetkiz.roster.link_codes import (
    FoundCode,
    LinkRole,
    find_code,
    link_code,
    revoke_codes,
    set_link_address,
)
from jetkiz.storage.database import Database
from jetkiz.storage.sealing import Keys
from jetkiz.storage.workplace import Workplace
from print_packs.model import HomeCode
from print_packs.runs.link_codes import allot_codes
from print_packs.runs.printing import print_batch
from tests.factories import NOW, WEEK, People, add_people
from tests.print_school import post_deliveries, print_school, saved_batch, workplace_in

ADDRESS = "https://t.me/AulBot"
GUIDE = 1
HASHED = Keys(b"n" * 32, (b"s" * 32,)).hash_of_code


def codes_of(database: Database, *places: tuple[str, int], at: object = NOW) -> list[HomeCode]:
    with database.write() as connection:
        found = allot_codes(connection, dict.fromkeys(places, 1), at, HASHED)  # type: ignore[arg-type]
    return [found[one] for one in places if one in found]


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        people = add_people(connection)
        set_link_address(connection, "telegram", ADDRESS)
    return people


def test_both_forms_on_the_paper_open_the_child_for_a_guardian(
    database: Database, people: People
) -> None:
    (code,) = codes_of(database, ("post:a", people.alice))
    with database.read() as connection:
        (number,) = connection.scalars(select(link_code.c.id)).all()
        expected = FoundCode(number, people.alice, LinkRole.GUARDIAN)
        assert code.bot == "t.me/AulBot"
        assert (
            find_code(connection, code.link.removeprefix(f"{ADDRESS}?start="), NOW, HASHED)
            == expected
        )
        assert find_code(connection, code.typed, NOW, HASHED) == expected


def test_whoever_has_all_but_the_key_that_lies_apart_draws_other_codes(
    database: Database, people: People
) -> None:
    """A lost stick holds the database and the keys of the sheets."""
    (code,) = codes_of(database, ("post:a", people.alice))
    other = Keys(b"o" * 32, (b"s" * 32,)).hash_of_code
    with database.write() as connection:
        places = {("post:a", people.alice): 1}
        (guessed,) = allot_codes(connection, places, NOW, other).values()
    assert (guessed.link, guessed.typed) != (code.link, code.typed)


def test_without_a_bot_nothing_is_printed_and_nothing_kept(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        assert allot_codes(connection, {("post:a", people.alice): 1}, NOW, HASHED) == {}
        assert connection.scalars(select(link_code.c.id)).all() == []


def test_a_home_finds_the_bot_of_its_own_school(database: Database, people: People) -> None:
    with database.write() as connection:
        set_link_address(connection, "telegram", "https://t.me/SecondBot", 2)
        places = {("post:a", people.alice): 1, ("post:b", people.bob): 2}
        found = allot_codes(connection, places, NOW, HASHED)
    assert [found[place].bot for place in places] == ["t.me/AulBot", "t.me/SecondBot"]


def test_made_again_it_is_the_same_code_and_used_up_no_further(
    database: Database, people: People
) -> None:
    places = [("post:a", people.alice), ("post:a", people.bob), ("post:b", people.alice)]
    first = codes_of(database, *places)
    with database.write() as connection:
        connection.execute(update(link_code).values(uses_left=1))
    assert codes_of(database, *places) == first
    assert len({one.link for one in first} | {one.typed for one in first}) == 6
    with database.read() as connection:
        assert connection.scalars(select(link_code.c.uses_left)).all() == [1, 1, 1]


Spoil = Callable[[Database, int], None]


def revoke(database: Database, student: int) -> None:
    with database.write() as connection:
        revoke_codes(connection, student, NOW)


def use_up(database: Database, student: int) -> None:
    with database.write() as connection:
        of_one = link_code.c.student_id == student
        connection.execute(update(link_code).where(of_one).values(uses_left=0))


@pytest.mark.parametrize("spoil", [revoke, use_up])
def test_a_code_that_no_longer_holds_is_never_printed_again(
    database: Database, people: People, spoil: Spoil
) -> None:
    """A mother who lost the paper has it cut, and gets the pack once more."""
    places = [("post:a", people.alice), ("post:a", people.bob)]
    old = codes_of(database, *places)
    spoil(database, people.alice)
    new = codes_of(database, *places)

    assert new[1] == old[1]
    assert new[0] != old[0]
    with database.read() as connection:
        assert isinstance(find_code(connection, new[0].typed, NOW, HASHED), FoundCode)
    assert codes_of(database, *places) == new


def test_a_pack_made_again_after_thirty_days_has_a_fresh_code(
    database: Database, people: People
) -> None:
    place = ("post:a", people.alice)
    late = NOW + VALID_FOR + timedelta(seconds=1)
    assert codes_of(database, place) != codes_of(database, place, at=late)


def test_a_typed_form_that_another_code_has_already_is_not_given_twice(
    database: Database, people: People
) -> None:
    """Eight letters may fall the same for two codes; the next is drawn, and nothing stops."""
    place = ("post:a", people.alice)
    (code,) = codes_of(database, place)
    with database.write() as connection:
        taken = update(link_code).values(code_hash="0" * 64, student_id=people.bob)
        connection.execute(taken)
    (other,) = codes_of(database, place)
    assert other.typed != code.typed


@pytest.fixture
def school(migrated_sqlite: Path, tmp_path: Path) -> Workplace:
    database = Database(f"sqlite:///{tmp_path / 'jetkiz.sqlite3'}")
    (tmp_path / "jetkiz.sqlite3").write_bytes(migrated_sqlite.read_bytes())
    return workplace_in(tmp_path, database)


def test_the_printed_square_opens_the_chat_and_a_second_run_prints_it_again(
    school: Workplace,
) -> None:
    with school.database.write() as connection:
        people = print_school(connection)
        set_link_address(connection, "telegram", ADDRESS)
        deliveries = post_deliveries(connection)
    batch = saved_batch(school, deliveries)
    pack, _ = print_batch(school, batch, batch.consignments, NOW).packs
    file = school.settings.data / "packs" / WEEK / "run-1" / pack.name
    before = file.read_bytes()
    again = print_batch(school, batch, batch.consignments, NOW + timedelta(hours=1))

    with pypdfium2.PdfDocument(file) as document:
        seen = zxingcpp.read_barcodes(document[GUIDE].render(scale=2).to_pil())
        words = document[GUIDE].get_textpage().get_text_range()
    with school.database.read() as connection:
        (link,) = [one.text for one in seen]
        found = find_code(
            connection, link.removeprefix(f"{ADDRESS}?start="), NOW, school.files.hash_of_code
        )
        assert isinstance(found, FoundCode)
        assert found.student == people.alice
        typed = next(word for word in words.split() if word.count("-") == 2)
        assert find_code(connection, typed, NOW, school.files.hash_of_code) == found
        rows = connection.execute(select(link_code)).all()
        kept = " ".join(map(str, rows))
    assert link not in kept
    assert typed not in kept
    assert [row.uses_left for row in rows] == [USES, USES]
    assert again.packs[0] == pack
    assert file.read_bytes() == before
    folder = school.settings.data / "packs" / WEEK
    assert [one.name for one in folder.iterdir() if one.is_dir()] == ["run-1"]
    school.database.close()
