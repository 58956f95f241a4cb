"""The bot's commands: codes once, health in words, what did not go out without names."""

import csv
import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.chats import links
from bot.chats.alarms import Refused, count_refused
from bot.receiving import inbox
from bot.sending import bot_health, floods, outbox
from bot.sending.booking import BotRow
from bot.tables import outbox as outbox_table
from bot.tables import telegram_chat, telegram_link
from jetkiz.rehearsal import Options, RehearsalServer
from jetkiz.roster.access_profile import FactKind
from jetkiz.roster.link_codes import (
    CodeRefusal,
    FoundCode,
    find_code,
    is_typed_code,
    link_code,
)
from jetkiz.roster.register import find_student, read_homes
from jetkiz.roster.tables import student_identity
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import wall_clock
from tests.factories import NOW, add_people
from tests.spoken import Jetkiz

BOT = 1


@pytest.fixture
def jetkiz(
    sqlite_url: str,
    sqlite_database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Jetkiz:
    monkeypatch.setenv("JETKIZ_TELEGRAM_TOKEN", "1:test")
    monkeypatch.setenv("JETKIZ_TELEGRAM_API", "http://127.0.0.1:9")
    with sqlite_database.write() as connection:
        add_people(connection)
    return Jetkiz(sqlite_url, tmp_path, capsys)


def test_codes_that_were_written_are_not_written_over(
    jetkiz: Jetkiz, sqlite_database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("the codes of last week", "utf-8")
    assert "is there already" in jetkiz.refuses("telegram", "links", "--out", str(file))
    assert file.read_text("utf-8") == "the codes of last week"
    with sqlite_database.read() as connection:
        assert connection.execute(select(link_code)).all() == []


def test_a_name_is_never_calculated_by_a_spreadsheet(
    jetkiz: Jetkiz, sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.write() as connection:
        connection.execute(update(student_identity).values(given_name="=1+1", family_name="=2"))
    jetkiz.run("telegram", "links", "--out", str(tmp_path / "codes.csv"))
    lines = (tmp_path / "codes.csv").read_text("utf-8-sig").splitlines()
    names = {row[1] for row in csv.reader(lines, delimiter=";")} - {"student"}
    assert names
    assert all(name.startswith("'=") for name in names)


def test_codes_are_made_for_each_student_and_role(
    jetkiz: Jetkiz, sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RehearsalServer(Options(token="1:test")) as server:
        monkeypatch.setenv("JETKIZ_TELEGRAM_API", server.url)
        out = jetkiz.run("telegram", "links", "--out", str(tmp_path / "codes.csv"))
    assert "6 codes" in out
    lines = (tmp_path / "codes.csv").read_text("utf-8-sig").splitlines()
    rows = list(csv.reader(lines, delimiter=";"))
    assert len(rows) == 7
    link = rows[1][4]
    assert link.startswith("https://t.me/jetkiz_1_bot?start=k1_")
    with sqlite_database.read() as connection:
        found = find_code(connection, link.partition("=")[2], wall_clock(), jetkiz.hash_of_code)
    assert isinstance(found, FoundCode)


def test_without_telegram_codes_can_still_be_typed(
    jetkiz: Jetkiz, sqlite_database: Database
) -> None:
    out = jetkiz.run("telegram", "links")
    assert "Alice" in out
    assert "only once" in out
    with sqlite_database.read() as connection:
        assert len(connection.execute(select(link_code)).all()) == 6


def test_the_codes_come_in_the_readers_language(jetkiz: Jetkiz, tmp_path: Path) -> None:
    jetkiz.run("telegram", "links", "--out", str(tmp_path / "codes.csv"), language="kk")
    assert "сынып" in (tmp_path / "codes.csv").read_text("utf-8-sig")


def test_a_folder_that_is_missing_is_made_and_a_bad_one_refused(
    jetkiz: Jetkiz, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    assert "cannot be written" in jetkiz.refuses(
        "telegram", "links", "--out", str(tmp_path / "file" / "codes.csv")
    )


def test_the_status_of_an_idle_bot(jetkiz: Jetkiz) -> None:
    out = jetkiz.run("telegram", "status")
    assert "Nothing stops the bot." in out
    assert "Linked phones: 0; blocked: 0." in out


def test_the_status_names_the_problem(jetkiz: Jetkiz, sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        bot_health.set_problem(connection, BOT, "Telegram does not know the bot's token.")
        now = wall_clock()
        floods.freeze(connection, BOT, BotRow(), now.replace(year=2100, day=1), now, 28.0)
        chat = {"bot_id": BOT, "chat_id": 5, "language": "kk", "quiet": False}
        connection.execute(telegram_chat.insert().values(chat))
        link = {"chat": 1, "student_id": 1, "role": "guardian", "at": NOW}
        connection.execute(telegram_link.insert().values(link))
    out = jetkiz.run("telegram", "status")
    assert "token" in out
    assert "silence until 2100-" in out
    assert "may send 14 messages a second" in out, "half of its 28"
    assert "Linked phones: 1" in out


def test_what_was_refused_is_listed_without_names(
    jetkiz: Jetkiz, sqlite_database: Database
) -> None:
    assert "everything was read" in jetkiz.run("telegram", "undelivered")
    with sqlite_database.write() as connection:
        message = outbox.Outgoing("telegram:week:5", 5, "sendMessage", {"text": "Alice"})
        outbox.put(connection, BOT, [message], NOW)
        values = {"state": "refused", "last_error": "Bad Request"}
        connection.execute(outbox_table.update().values(values))
        inbox.store(connection, BOT, [{"update_id": 7, "message": {"chat": {"id": 5}}}], NOW)
        for _ in range(3):
            one = inbox.waiting(connection, BOT, wall_clock())[0]
            inbox.mark_failed(connection, one, "ValueError", NOW)
    out = jetkiz.run("telegram", "undelivered")
    assert "telegram:week:5: Bad Request" in out
    assert "update 7" in out
    assert "Alice" not in out


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_why_presses_were_refused_is_said_in_the_readers_language(
    jetkiz: Jetkiz, sqlite_database: Database, language: str
) -> None:
    with sqlite_database.write() as connection:
        for why in Refused:
            count_refused(connection, BOT, why, wall_clock().date(), 4)
    out = jetkiz.run("telegram", "status", language=language)
    [line] = [line for line in out.splitlines() if " 4, " in line]
    assert line.count(" 4") == len(Refused)
    assert not re.search("[a-z]{3}", line.replace("Telegram", ""))


@pytest.mark.parametrize("command", ["status", "undelivered"])
def test_without_a_token_nothing_is_called_well(
    jetkiz: Jetkiz, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.delenv("JETKIZ_TELEGRAM_TOKEN")
    assert "No token" in jetkiz.refuses("telegram", command)


def code_of(jetkiz: Jetkiz, *more: str) -> list[str]:
    """The typed codes that the command shows."""
    out = jetkiz.run("telegram", "links", *more)
    return [word for word in out.split() if is_typed_code(word)]


def test_one_family_gets_new_codes_alone(jetkiz: Jetkiz, sqlite_database: Database) -> None:
    codes = code_of(jetkiz, "--student", "bob")
    assert len(codes) == 2
    with sqlite_database.read() as connection:
        found = [find_code(connection, code, wall_clock(), jetkiz.hash_of_code) for code in codes]
        owners = {one.student for one in found if isinstance(one, FoundCode)}
        assert owners == {find_student(connection, "bob").id}
    assert "no student 'nobody'" in jetkiz.refuses("telegram", "links", "--student", "nobody")


def test_a_lost_paper_ends_every_phone_and_code_of_the_student(
    jetkiz: Jetkiz, sqlite_database: Database
) -> None:
    codes = code_of(jetkiz)
    with sqlite_database.write() as connection:
        alice, bob = (find_student(connection, name).id for name in ("alice", "bob"))
        for chat_id, students in ((5, [alice, bob]), (6, [alice])):
            chat = links.open_chat(connection, BOT, chat_id, "ru")
            for student in students:
                links.link(connection, chat, student, "guardian", NOW)
        links.set_blocked(connection, chat, NOW)
    out = jetkiz.run("telegram", "cut", "alice")
    assert "Phones cut: 2; codes cancelled: 2." in out
    assert "--student alice" in out
    with sqlite_database.read() as connection:
        assert not links.was_linked(connection, alice)
        assert [one.chat_id for one in links.phones(connection, BOT, bob)] == [5]
        told = connection.execute(select(outbox_table)).all()
        assert [(row.chat_id, "Alice" in row.payload["text"]) for row in told] == [(5, True)]
        left = [find_code(connection, code, wall_clock(), jetkiz.hash_of_code) for code in codes]
        assert left.count(CodeRefusal.REVOKED) == 2
        fact = read_homes(connection, [alice])[0].profile.value(FactKind.TELEGRAM)
        assert fact == "never"
    assert "Phones cut: 0; codes cancelled: 0." in jetkiz.run("telegram", "cut", "alice")


def test_a_student_that_nobody_knows_is_not_cut(jetkiz: Jetkiz) -> None:
    assert "no student" in jetkiz.refuses("telegram", "cut", "nobody")


def test_a_lost_code_is_replaced_and_phones_stay(jetkiz: Jetkiz, sqlite_database: Database) -> None:
    old = code_of(jetkiz)
    with sqlite_database.write() as connection:
        bob = find_student(connection, "bob").id
        chat = links.open_chat(connection, BOT, 5, "ru")
        links.link(connection, chat, bob, "guardian", NOW)
    new = code_of(jetkiz, "--student", "bob", "--lost")
    assert len(new) == 2
    with sqlite_database.read() as connection:
        left = [find_code(connection, code, wall_clock(), jetkiz.hash_of_code) for code in old]
        assert left.count(CodeRefusal.REVOKED) == 2
        assert all(one.student != bob for one in left if isinstance(one, FoundCode))
        found = [find_code(connection, code, wall_clock(), jetkiz.hash_of_code) for code in new]
        assert [one.student for one in found if isinstance(one, FoundCode)] == [bob, bob]
        assert [one.chat_id for one in links.phones(connection, BOT, bob)] == [5]


def test_each_bot_of_several_is_named_in_the_status(
    jetkiz: Jetkiz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bots.toml").write_text('s2 = "2:own"', "utf-8")
    monkeypatch.setenv("JETKIZ_TELEGRAM_BOTS", str(tmp_path / "bots.toml"))
    for command in ("status", "undelivered"):
        out = jetkiz.run("telegram", command)
        assert "Bot 1, of all schools without one of their own:" in out
        assert "Bot 2, of the school s2:" in out
        assert "own\n" not in out.replace("their own:", "")


def test_a_wrong_file_of_bots_is_refused_without_its_tokens(
    jetkiz: Jetkiz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bots.toml").write_text('s2 = "2:own', "utf-8")
    monkeypatch.setenv("JETKIZ_TELEGRAM_BOTS", str(tmp_path / "bots.toml"))
    said = jetkiz.refuses("telegram", "status")
    assert "not written as it should be" in said
    assert "2:own" not in said


def test_links_of_a_school_lead_to_its_own_bot(
    jetkiz: Jetkiz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bots.toml").write_text('s2 = "2:own"', "utf-8")
    monkeypatch.setenv("JETKIZ_TELEGRAM_BOTS", str(tmp_path / "bots.toml"))
    with RehearsalServer(Options(token="1:test", more_bots=(("2:own", "Own"),))) as server:
        monkeypatch.setenv("JETKIZ_TELEGRAM_API", server.url)
        jetkiz.run("telegram", "links", "--out", str(tmp_path / "codes.csv"))
    lines = (tmp_path / "codes.csv").read_text("utf-8-sig").splitlines()[1:]
    rows = list(csv.reader(lines, delimiter=";"))
    for name, place in (("Charlie", "jetkiz_2_bot"), ("Alice", "jetkiz_1_bot")):
        links_of = {row[4].partition("?")[0] for row in rows if name in row[1]}
        assert links_of == {f"https://t.me/{place}"}
