"""The commands accounts and serve: what they print, and what they refuse."""

import io
import socket
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import select

from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.tables import account, audit
from jetkiz.staff.viewers import read_viewers
from jetkiz.storage.database import Database
from jetkiz.storage.played_time import keep_played
from jetkiz.web.accounts import is_right, password_hash, read_accounts
from jetkiz.web.server import ConsoleServer
from jetkiz.web.sessions import find_session, open_session
from tests.console import Hands, add_staff, workplace_for
from tests.factories import NOW, add_people
from tests.spoken import Jetkiz

pytestmark = pytest.mark.usefixtures("quick_passwords")


@pytest.fixture
def command(
    sqlite_database: Database, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Jetkiz:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        add_staff(connection, people)
        connection.execute(account.delete())
    return Jetkiz(sqlite_url, tmp_path, capsys)


def kept(database: Database, login: str) -> str | None:
    with database.read() as connection:
        return password_hash(connection, login)


def test_a_password_is_made_and_shown_once(command: Jetkiz, sqlite_database: Database) -> None:
    out = command.run("accounts", "add", "aigul", "--role", "coordinator", "--school", "s1")
    password = out.rstrip().rpartition(" ")[2]
    assert "aigul can sign in now." in out
    assert is_right(kept(sqlite_database, "aigul"), password)
    assert password not in command.run("accounts", "list")


def test_a_teacher_is_tied_to_the_register(command: Jetkiz, sqlite_database: Database) -> None:
    command.run("accounts", "add", "Tamara", "--role", "teacher", "--teacher", "tamara")
    command.run("accounts", "add", "bolat", "--role", "teacher", "--teacher", "2")
    with sqlite_database.read() as connection:
        c = account.c
        rows = connection.execute(select(c.login, c.teacher_id, c.school_id).order_by(c.login))
        assert [tuple(row) for row in rows] == [("bolat", 2, 1), ("tamara", 1, 1)]
    out = command.run("accounts", "list", language="ru")
    assert "tamara" in out
    assert "учитель" in out
    assert "Village school" in out


def test_a_broadcaster_is_bound_to_channels_of_the_air(
    command: Jetkiz, sqlite_database: Database
) -> None:
    command.run("accounts", "add", "efir", "--role", "broadcaster")
    bound = ("--on-channel", "tv1", "--on-channel", "tv2")
    command.run("accounts", "add", "balapan", "--role", "broadcaster", *bound)
    with sqlite_database.read() as connection:
        ids = {one.login: one.id for one in read_accounts(connection)}
        found = read_viewers(connection, ids.values())
    assert found[ids["balapan"]].channels == {"tv1", "tv2"}
    assert found[ids["efir"]].channels == frozenset()
    assert found[ids["efir"]].is_broadcaster


def test_a_teacher_is_bound_to_no_channel_of_the_air(
    command: Jetkiz, sqlite_database: Database
) -> None:
    wrong = ("--role", "coordinator", "--school", "s1", "--on-channel", "tv1")
    said = command.refuses("accounts", "add", "aigul", *wrong)
    assert "Only a broadcaster's sign-in is bound" in said
    assert kept(sqlite_database, "aigul") is None


def test_a_password_comes_from_standard_input(
    command: Jetkiz, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("from a file\n"))
    out = command.run(
        "accounts", "add", "aigul", "--role", "coordinator", "--school", "s2", "--password-stdin"
    )
    assert "Password" not in out
    assert is_right(kept(sqlite_database, "aigul"), "from a file")


def test_a_password_is_typed_twice(
    command: Jetkiz, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run("accounts", "add", "aigul", "--role", "coordinator", "--school", "s1")
    asked: list[tuple[str, object]] = []

    def answer(text: str, **options: object) -> str:
        asked.append((text, options["confirmation_prompt"]))
        return "typed by hand"

    monkeypatch.setattr("click.prompt", answer)
    out = command.run("accounts", "password", "aigul", "--ask", language="ru")
    assert asked == [("Пароль", True)]
    assert "typed" not in out
    assert is_right(kept(sqlite_database, "aigul"), "typed by hand")
    out = command.run("accounts", "password", "aigul")
    assert not is_right(kept(sqlite_database, "aigul"), "typed by hand")
    assert "shown only this once" in out


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (("add", "aigul", "--role", "coordinator"), "Which school"),
        (("add", "aigul", "--role", "coordinator", "--school", "s9"), "Which school"),
        (("add", "x", "--role", "teacher"), "which teacher"),
        (("add", "x", "--role", "teacher", "--teacher", "nobody"), "no teacher nobody"),
        (("add", "x", "--role", "teacher", "--teacher", "99"), "no teacher 99"),
        (("add", "Айгүл", "--role", "coordinator", "--school", "s1"), "cannot be a login"),
        (("add", "aigul", "--role", "king"), "king"),
        (("password", "nobody"), "There is no sign-in nobody"),
        (("close", "nobody"), "There is no sign-in nobody"),
        (("reopen", "nobody"), "There is no sign-in nobody"),
    ],
)
def test_wrong_wishes_are_refused(
    command: Jetkiz, arguments: tuple[str, ...], refusal: str
) -> None:
    assert refusal in command.refuses("accounts", *arguments)


def test_who_leaves_is_shut_out_at_once_and_may_come_back(
    command: Jetkiz, sqlite_database: Database
) -> None:
    command.run("accounts", "add", "aigul", "--role", "coordinator", "--school", "s1")
    command.run("accounts", "add", "marat", "--role", "coordinator", "--school", "s1")
    with sqlite_database.write() as connection:
        numbers = {one.login: one.id for one in read_accounts(connection)}
        for login, number in numbers.items():
            open_session(connection, number, f"{login:x>43}", NOW)
    assert "aigul can no longer sign in" in command.run("accounts", "close", " Aigul ")
    with sqlite_database.read() as connection:
        assert password_hash(connection, "aigul") is None
        assert find_session(connection, f"{'aigul':x>43}", NOW) is None
        assert find_session(connection, f"{'marat':x>43}", NOW)
    lines = command.run("accounts", "list").splitlines()
    assert [line.endswith("(closed)") for line in lines] == [True, False]
    command.run("accounts", "reopen", "aigul")
    assert "closed" not in command.run("accounts", "list")
    assert kept(sqlite_database, "aigul")
    with sqlite_database.read() as connection:
        acts = connection.execute(select(audit.c.act, audit.c.detail).order_by(audit.c.id)).all()
    added = [("add_account", "aigul"), ("add_account", "marat")]
    assert [tuple(one) for one in acts] == [
        *added,
        ("close_account", "aigul"),
        ("reopen_account", "aigul"),
    ]


def test_an_empty_register_has_nobody_to_sign_in(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Jetkiz(sqlite_url, tmp_path, capsys)
    assert "no school yet" in empty.refuses("accounts", "add", "aigul", "--role", "coordinator")
    assert "Nobody has a sign-in yet" in empty.run("accounts", "list")


def test_serve_says_where_and_with_whose_sign_in(
    command: Jetkiz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def look(server: ConsoleServer) -> None:
        with urllib.request.urlopen(f"{server.url}/health") as answer:  # noqa: S310 - our own
            seen.append(answer.status)
        raise KeyboardInterrupt

    monkeypatch.setattr(ConsoleServer, "wait", look)
    out = command.run("serve", "--port", "0")
    assert "The console is open: http://127.0.0.1:" in out
    assert "Nobody has a sign-in yet" in out
    assert "The console is closed." in out
    (tmp_path / "sign-in.txt").write_text("aigul  bala-bala\n", "utf-8")
    out = command.run("serve", "--port", "0", "--data", str(tmp_path))
    assert "aigul  bala-bala" in out
    assert "Nobody" not in out
    assert seen == [200, 200]


def test_a_school_that_was_played_has_the_time_of_its_play(
    command: Jetkiz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def look(server: ConsoleServer) -> None:
        seen.append(server.workplace.clock().year)
        raise KeyboardInterrupt

    monkeypatch.setattr(ConsoleServer, "wait", look)
    assert "were played" not in command.run("serve", "--port", "0")
    keep_played(tmp_path, "2025-01-31T20:30:00+05:00")
    out = command.run("serve", "--port", "0", "--data", str(tmp_path))
    assert "its clock is at 2025-01-31 20:30" in out
    assert seen[0] > seen[1] == 2025


def test_serve_refuses_a_folder_without_a_school(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = Jetkiz("", tmp_path / "nothing", capsys)
    assert "There is no school in the folder" in nothing.refuses("serve", "--port", "0")


def test_a_port_in_use_is_said_in_words(command: Jetkiz) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refusal = command.refuses("serve", "--port", port)
    assert f"port {port}" in refusal
    assert "--port" in refusal


def test_the_server_stops_and_gives_its_port_back(sqlite_url: str, tmp_path: Path) -> None:
    place = workplace_for(sqlite_url, tmp_path, Hands(), console_host="0.0.0.0")  # noqa: S104
    server = ConsoleServer(place)
    server.stop()
    server.start()
    assert server.url == f"http://127.0.0.1:{server.port}"
    server.stop()
    server.wait()
    with socket.socket() as free:
        free.bind(("127.0.0.1", server.port))
    place.database.close()


def test_the_audit_is_shown_and_a_change_is_noticed(
    command: Jetkiz, sqlite_database: Database
) -> None:
    with sqlite_database.write() as connection:
        entries = [Entry("aigul", Act.READ_HOME, 1, n, "phone") for n in (1, 2)]
        write_down(connection, entries, NOW)
    out = command.run("accounts", "audit", "--student", "2")
    assert "2026-01-26 08:00:00+05:00  aigul            read_home        student 2 phone" in out
    assert "student 1" not in out
    assert "The audit is whole" in out
    with sqlite_database.write() as connection:
        connection.execute(audit.delete().where(audit.c.student_id == 1))
    assert "does not follow" in command.refuses("accounts", "audit")


def test_a_noted_seal_shows_that_the_end_was_cut_off(
    command: Jetkiz, sqlite_database: Database
) -> None:
    empty = command.run("accounts", "audit")
    with sqlite_database.write() as connection:
        entries = [Entry("aigul", Act.READ_HOME, 1, n, "phone") for n in (1, 2, 3)]
        write_down(connection, entries, NOW)
    out = command.run("accounts", "audit")
    seal = out.partition("Seal: ")[2][:16]
    assert "Entries: 3." in out
    with sqlite_database.write() as connection:
        write_down(connection, entries[:1], NOW)
    noted = ("accounts", "audit", "--noted")
    assert "noted seal is in it" in command.run(*noted, f" {seal.upper()} ")
    assert "noted seal is in it" in command.run(*noted, empty.partition("Seal: ")[2][:16])
    for wrong in (seal[:4], "%", "ab" * 8):
        assert "not in the audit" in command.refuses(*noted, wrong)
    with sqlite_database.write() as connection:
        connection.execute(audit.delete().where(audit.c.id >= 3))
    assert "The audit is whole" in command.run("accounts", "audit")
    assert "not in the audit" in command.refuses(*noted, seal)
