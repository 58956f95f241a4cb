"""Commands for the phones of the staff: codes shown once, none written over, cutting."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chats import links, staff
from bot.sending import outbox
from jetkiz.roster.link_codes import CodeRefusal
from jetkiz.staff.audit import Act, read_entries
from jetkiz.staff.staff_codes import VALID_FOR, use_staff_code
from jetkiz.staff.tables import account, staff_code
from jetkiz.storage.database import Database
from tests.console import add_staff
from tests.factories import NOW, add_people
from tests.spoken import Jetkiz

BOT = 1


@pytest.fixture
def jetkiz(
    sqlite_url: str,
    sqlite_database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Jetkiz:
    with sqlite_database.write() as connection:
        add_staff(connection, add_people(connection))
    return Jetkiz(sqlite_url, tmp_path, capsys)


def number_of(database: Database, login: str) -> int:
    with database.read() as connection:
        return int(connection.scalars(select(account.c.id).where(account.c.login == login)).one())


def test_each_sign_in_gets_a_code_that_the_database_does_not_hold(
    jetkiz: Jetkiz, sqlite_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "staff.csv"
    assert "4 codes are in" in jetkiz.run("telegram", "staff-links", "--out", str(file))
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["aigul", "bolat", "outsider", "tamara"]
    with sqlite_database.read() as connection:
        kept = str(connection.execute(select(staff_code)).all())
    assert not any(row[1] in kept or row[1].replace("-", "") in kept for row in rows[1:])
    assert "is there already" in jetkiz.refuses("telegram", "staff-links", "--out", str(file))


def test_a_code_holds_for_a_week_and_for_its_person(
    jetkiz: Jetkiz, sqlite_database: Database
) -> None:
    said = jetkiz.run("telegram", "staff-links", "--login", "tamara").split()
    typed = said[1]
    with sqlite_database.write() as connection:
        made = connection.execute(select(staff_code)).one()
        late = made.created_at + VALID_FOR
        assert use_staff_code(connection, typed, late, jetkiz.hash_of_code) == CodeRefusal.EXPIRED
        assert (
            use_staff_code(connection, "7KQ2-M4XR-T", late, jetkiz.hash_of_code)
            == CodeRefusal.UNKNOWN
        )
        assert use_staff_code(connection, typed, made.created_at, jetkiz.hash_of_code) == number_of(
            sqlite_database, "tamara"
        )
        assert (
            use_staff_code(connection, typed, made.created_at, jetkiz.hash_of_code)
            == CodeRefusal.USED_UP
        )
    assert "There is no sign-in nobody" in jetkiz.refuses(
        "telegram", "staff-links", "--login", "nobody"
    )


def test_cutting_ends_the_chats_and_codes_of_one_person_and_tells_them(
    jetkiz: Jetkiz, sqlite_database: Database
) -> None:
    with sqlite_database.write() as connection:
        for place, login in enumerate(("tamara", "tamara", "bolat"), 21):
            chat = links.open_chat(connection, BOT, place, "ru")
            staff.link_staff(connection, chat, number_of(sqlite_database, login), NOW)
    typed = jetkiz.run("telegram", "staff-links", "--login", "tamara").split()[1]
    assert "Phones cut: 2." in jetkiz.run("telegram", "cut-staff", "tamara")
    assert "There is no sign-in nobody" in jetkiz.refuses("telegram", "cut-staff", "nobody")
    with sqlite_database.write() as connection:
        assert use_staff_code(connection, typed, NOW, jetkiz.hash_of_code) == CodeRefusal.REVOKED
        assert staff.count_phones(connection) == {number_of(sqlite_database, "bolat"): 1}
        [message, menu] = outbox.waiting_for(connection, BOT, 21)
        acts = [one.act for one in read_entries(connection, None, 3)]
    assert "отключила" in message.payload["text"]
    assert menu.payload["scope"] == {"type": "chat", "chat_id": 21}
    assert "undelivered" not in str(menu.payload)
    assert acts[-1] == Act.CUT_PHONE
