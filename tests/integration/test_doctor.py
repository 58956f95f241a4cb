"""The doctor: every ailment a school can have, and the same place in health."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jetkiz import doctor
from jetkiz.config import Settings
from jetkiz.doctor import (
    EXTRAS,
    check_backups,
    check_calendar,
    check_database,
    check_extras,
    check_folder,
    check_fonts,
    check_hours,
    check_packages,
    check_port,
    check_telegram,
    check_zones,
)
from jetkiz.findings import Finding, Level
from jetkiz.storage.database import Database
from tests.spoken import Jetkiz

NOW = datetime(2026, 1, 26, 3, 0, tzinfo=UTC)
TOKEN = "123:secret"
# It answers at once, but on a busy machine not soon.
PATIENCE = 60.0


def one(findings: Iterator[Finding]) -> tuple[Level, str]:
    """Return level and words of the only finding."""
    found = list(findings)
    assert len(found) == 1
    return found[0].level, " ".join(
        part.format(**found[0].facts) for part in (found[0].sentence, found[0].remedy) if part
    )


def test_a_healthy_school_needs_nothing(
    sqlite_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JETKIZ_CONSOLE_PORT", "0")
    jetkiz = Jetkiz(sqlite_url, tmp_path, capsys)
    assert "Nothing stands in the way." in jetkiz.run("doctor")
    assert "Ничто не мешает работе." in jetkiz.run("doctor", language="ru")


def test_what_would_go_wrong_ends_with_status_one(
    empty_database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jetkiz = Jetkiz(empty_database_url, tmp_path, capsys)
    status, said, error = jetkiz.ends("doctor")
    assert status == 1
    assert "!! There is no school in th" in said
    assert "jetkiz database upgrade" in said
    assert "put right: 1" in error


def test_a_package_that_claims_our_name_is_named() -> None:
    assert one(check_packages({"jetkiz": ["jetkiz"], "bot": ["jetkiz"]}))[0] == Level.GOOD
    level, words = one(check_packages({"scheduler": ["jetkiz", "scheduler"]}))
    assert level == Level.FAULT
    assert "The package scheduler claims the name scheduler" in words


def test_missing_libraries_are_a_fault_only_where_they_are_asked_for() -> None:
    settings = Settings(telegram_token=TOKEN)
    found = {f.facts["extra"]: f.level for f in check_extras(settings, lambda _name: False)}
    assert found == dict.fromkeys(EXTRAS, Level.NOTE) | {"telegram": Level.FAULT}
    ministry = Settings(database_url="postgresql://host/db")
    found = {f.facts["extra"]: f.level for f in check_extras(ministry, lambda _name: False)}
    assert found["postgres"] == Level.FAULT
    assert list(check_extras(settings, lambda _name: True)) == []


def test_zones_of_today_are_good_and_wrong_ones_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert one(check_zones("Asia/Qostanay", NOW)) == (
        Level.GOOD,
        "At the school it is 2026-01-26 08:00 (Asia/Qostanay).",
    )
    for zone in ("Asia/Nowhere", "../etc/passwd"):
        level, words = one(check_zones(zone, NOW))
        assert level == Level.FAULT
        assert zone in words
    monkeypatch.setattr(doctor, "ZoneInfo", lambda _name: ZoneInfo("Asia/Bangkok"))
    old = next(check_zones("Asia/Almaty", NOW))
    assert old.level == Level.FAULT
    assert "time zone data is too old" in old.sentence


def test_a_cut_off_and_a_calendar_that_nobody_can_go_by_are_found() -> None:
    assert not any(one.level is Level.FAULT for one in check_calendar("thu 15:00", NOW))
    first, *_ = check_calendar("sometime", NOW)
    assert (first.level, first.facts["text"]) == (Level.FAULT, "sometime")
    later = one(check_calendar("thu 15:00", NOW.replace(year=2040)))
    assert later[0] == Level.NOTE
    assert "There is no calendar for the school year 2039-2040" in later[1]


def test_an_evening_hour_that_is_none_is_found_before_a_lesson_waits_for_it() -> None:
    assert list(check_hours(Settings())) == []
    (log,) = check_hours(Settings(as_run_by="late"))
    assert "as_run_by" in log.remedy
    (first,) = check_hours(Settings(fallback_check="six"))
    assert (first.level, first.facts["text"]) == (Level.FAULT, "six")


@pytest.mark.parametrize("token", ["abc", ":secret", "123:", "12 3:secret", "123:sec ret", "１:a"])
def test_what_is_no_token_is_said_without_asking_telegram(token: str) -> None:
    level, words = one(check_telegram("http://127.0.0.1:9", token))
    assert level == Level.FAULT
    assert "a number, a colon" in words


def test_a_folder_is_tried_by_writing(tmp_path: Path) -> None:
    assert one(check_folder(tmp_path / "new"))[0] == Level.GOOD
    (tmp_path / "file").write_text("in the way")
    level, words = one(check_folder(tmp_path / "file" / "data"))
    assert level == Level.FAULT
    assert "cannot be written to" in words


def test_a_disk_for_backups_that_is_not_plugged_in_is_found(tmp_path: Path) -> None:
    assert list(check_backups("")) == []
    assert one(check_backups(str(tmp_path)))[0] == Level.GOOD
    level, words = one(check_backups(str(tmp_path / "stick")))
    assert level == Level.FAULT
    assert "Plug its disk in" in words


@pytest.mark.parametrize(
    ("free", "level"), [(10**8, Level.FAULT), (5 * 10**8, Level.NOTE), (10**10, Level.GOOD)]
)
def test_a_disk_that_fills_up_is_told_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    class Usage:
        def __init__(self, _folder: Path) -> None:
            self.free = free

    monkeypatch.setattr("shutil.disk_usage", Usage)
    assert one(check_folder(tmp_path))[0] == level


def test_databases_are_looked_into(sqlite_url: str, tmp_path: Path) -> None:
    assert one(check_database(sqlite_url))[0] == Level.GOOD
    assert "not in mysql" in one(check_database("mysql://host/db"))[1]
    assert "cannot be reached" in one(check_database("postgresql://x@127.0.0.1:1/db"))[1]
    (tmp_path / "letter.sqlite3").write_text("Dear diary, this is no database at all." * 9)
    level, words = one(check_database(f"sqlite:///{tmp_path / 'letter.sqlite3'}"))
    assert level == Level.FAULT
    assert "is damaged" in words


def test_a_damaged_database_is_found(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(_database: Database) -> list[str]:
        return ["row 1 missing from index"]

    monkeypatch.setattr(doctor, "faults_of", damaged)
    assert one(check_database(sqlite_url)) == (
        Level.FAULT,
        "The database is damaged. Run: jetkiz database check",
    )


def test_fonts_are_part_of_the_installation(tmp_path: Path) -> None:
    assert one(check_fonts())[0] == Level.GOOD
    level, words = one(check_fonts(tmp_path))
    assert level == Level.FAULT
    assert "is missing" in words


def test_a_port_that_somebody_has_is_told() -> None:
    assert one(check_port("127.0.0.1", 0))[0] == Level.GOOD
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        level, words = one(check_port("127.0.0.1", port))
    assert level == Level.FAULT
    assert str(port) in words


def test_an_ipv6_address_is_looked_at_as_one() -> None:
    assert one(check_port("::1", 0))[0] in {Level.GOOD, Level.FAULT}


@contextmanager
def bot_api(status: int, answer: object) -> Iterator[str]:
    """A Bot API that gives one answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_bot_that_answers_is_named() -> None:
    with bot_api(200, {"ok": True, "result": {"username": "village_bot"}}) as address:
        assert one(check_telegram(address, TOKEN, PATIENCE)) == (
            Level.GOOD,
            "Telegram answers; the bot is @village_bot.",
        )


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "does not know this token"), (404, "does not know this token"), (502, "the error 502")],
)
def test_a_refusal_of_telegram_is_told_apart(status: int, words: str) -> None:
    with bot_api(status, {"ok": False}) as address:
        level, said = one(check_telegram(address, TOKEN, PATIENCE))
    assert level == Level.FAULT
    assert words in said
    assert "secret" not in said


def test_an_answer_that_is_no_bot_api_is_told() -> None:
    with bot_api(200, ["a", "captive", "portal"]) as address:
        level, said = one(check_telegram(address, TOKEN, PATIENCE))
    assert level == Level.FAULT
    assert "cannot be reached" in said


def test_no_line_no_token_and_no_address() -> None:
    level, said = one(check_telegram("http://127.0.0.1:1", TOKEN))
    assert level == Level.FAULT
    assert "cannot be reached" in said
    assert "secret" not in said
    assert one(check_telegram("https://api.telegram.org", ""))[0] == Level.NOTE
    assert "no web address" in one(check_telegram("file:///etc", TOKEN))[1]
