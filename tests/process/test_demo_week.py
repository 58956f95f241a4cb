"""The sample week as a stranger sees it, undisturbed and killed in the middle."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.reasons import FailureReason
from jetkiz.storage.database import Database
from scheduler.falling_back import read_orders
from scheduler.rules.fallback_firing import Cause
from tests.demo_runs import DemoRun, run_demo

# Somewhere on Monday and somewhere on Wednesday.
KILLS = (80, 260)
PROMISED = (
    "jetkiz.sqlite3",
    "packs/run.pdf",
    "post/registry.pdf",
    "post/registry.xlsx",
    "post/registry.csv",
    "post/registry.json",
    "broadcast/timetable.xml",
    "broadcast/timetable.csv",
    "broadcast/timetable.xlsx",
    "broadcast/timetable.ics",
    "telegram/transcript.json",
    "returns/tuesday.pdf",
    "returns/friday.pdf",
    "post/labels.pdf",
    "post/inventory.pdf",
    "report.json",
    "sign-in.txt",
)
LADDER = ("planned", "dispatched", "delivered", "acknowledged", "returned", "marked")

pytestmark = [pytest.mark.process, pytest.mark.longest]


def test_every_promised_file_is_there(demo_run: DemoRun) -> None:
    missing = [name for name in PROMISED if not (demo_run.folder / name).stat().st_size]
    assert missing == []
    packs = re.findall(r"(\d+) packs with|Second packs .*: (\d+)", demo_run.printed)
    assert len(packs) >= 2, "second packs follow blocked chats and lessons that were not aired"
    printed = sum(int(number) for found in packs for number in found if number)
    assert len(list((demo_run.folder / "packs").glob("h*.pdf"))) == printed > 18
    assert list((demo_run.folder / "returns" / "photos").glob("*.jpg"))


def test_the_output_tells_the_week_in_words(demo_run: DemoRun) -> None:
    for words in ("43 students in 27 homes", "Monday", "Friday", "Got nothing", "make serve"):
        assert words in demo_run.printed
    assert "Traceback" not in demo_run.printed


def test_the_air_is_repeated_repaired_and_heard(demo_run: DemoRun) -> None:
    made = re.search(r"(\d+) lessons on the air, (\d+) repeats", demo_run.printed)
    assert made
    assert int(made[1]) > 80
    assert int(made[2]) > 0
    lost, without = re.findall(r"(?:lose|would be) (\d+\.\d) %", demo_run.printed)
    assert float(lost) < float(without)
    made_up = re.search(r"Lessons made up for: (\d+)", demo_run.printed)
    assert made_up
    assert int(made_up[1]) > 0
    assert "short 1, at another hour 1, missed 1; reported" in demo_run.printed
    guide = (demo_run.folder / "broadcast" / "timetable.xml").read_text("utf-8")
    assert int(made[1]) <= guide.count("<programme ") <= int(made[1]) + int(made[2])
    assert list((demo_run.folder / "broadcast" / "pages").glob("kk-*.pdf"))


def test_a_formula_and_a_quiz_are_seen_in_the_chat(demo_run: DemoRun) -> None:
    said = re.search(r"Quizzes answered in the chat: (\d+)", demo_run.printed)
    assert said
    transcript = (demo_run.folder / "telegram" / "transcript.json").read_text("utf-8")
    texts = list(_said(json.loads(transcript)))
    results = [one for one in texts if re.search(r"3 сұрақ, дұрыс жауап: \d|верно \d из 3", one)]
    assert len(results) >= int(said[1]) > 0
    assert any(one.startswith("[1]") and "16/81" in one for one in texts), "a formula's picture"


def test_packs_are_counted_alike_in_the_plan_and_at_the_post_office(demo_run: DemoRun) -> None:
    registry = json.loads((demo_run.folder / "post" / "registry.json").read_text("utf-8"))
    said = re.search(r"(\d+) packs .* (\d+) go by post, (\d+) by hand", demo_run.printed)
    assert said
    packs, posted, by_hand = map(int, said.groups())
    assert posted == sum(len(one["rows"]) for one in registry["lists"])
    assert packs == posted + by_hand


def test_paper_takes_over_from_the_bot_that_a_family_blocked(demo_run: DemoRun) -> None:
    database = Database(f"sqlite:///{demo_run.folder / 'jetkiz.sqlite3'}")
    with database.read() as connection:
        orders = read_orders(connection, "2026-W05")
        told = {(one.student, one.lesson): one for one in lesson_states(connection, "2026-W05")}
    database.close()
    ways = {(one.from_channel, one.to_channel, one.reason) for one in orders}
    assert ("telegram", "in_person", FailureReason.BLOCKED) in ways
    assert {one.cause for one in orders} >= {Cause.FAILED, Cause.CLOSED}
    lost = [one for one in orders if one.reason == FailureReason.LOST]
    ends = [told[one.student, one.lesson] for one in orders if one not in lost]
    assert all(one.state.has_arrived for one in ends)
    assert {told[one.student, one.lesson].channel for one in lost} == {"telegram"}
    assert not any(told[one.student, one.lesson].state.is_setback for one in lost)
    said = re.findall(r"go another way now: (\d+); students: \d+", demo_run.printed)
    assert sum(map(int, said)) == len(orders)


def test_the_report_counts_every_lesson_of_every_student(demo_run: DemoRun) -> None:
    report = demo_run.report()
    channels = report["channels"]
    assert set(channels) == {"telegram", "broadcast", "post", "in_person"}
    assert report["students"] == 43
    planned = sum(one["planned"] for one in channels.values())
    assert planned + len(report["lessons_without_channel"]) == report["lessons"] == 43 * 15
    for name, one in channels.items():
        counts = [one[rung] for rung in LADDER]
        assert counts == sorted(counts, reverse=True), name
        assert one["marked"] > 0, name
    assert all(one["why"] for one in report["lessons_without_channel"])


def test_every_line_of_the_final_table_adds_up(demo_run: DemoRun) -> None:
    _, table = demo_run.printed.split("Who got nothing, and why?")
    rows = [re.findall(r"\d+", line) for line in table.splitlines()]
    found = [list(map(int, row)) for row in rows if len(row) == 7]
    assert len(found) == 4
    for planned, failed, sent, *further in found:
        assert planned == failed + sent
        assert sorted([sent, *further], reverse=True) == [sent, *further]
    assert any(failed for _, failed, *_ in found)


def test_whoever_got_nothing_is_named_with_the_reason(demo_run: DemoRun) -> None:
    report = demo_run.report()
    assert report["students_with_nothing"]
    for one in report["students_with_nothing"] + report["students_without_a_sign"]:
        assert one["student"]
        assert one["why"]


def _said(transcript: Any) -> Iterator[str]:
    """Yield every text that a person was shown."""
    if isinstance(transcript, dict):
        for name, value in transcript.items():
            if name in {"text", "caption"} and isinstance(value, str):
                yield value
            else:
                yield from _said(value)
    elif isinstance(transcript, list):
        for one in transcript:
            yield from _said(one)


def _private_words() -> set[str]:
    """Return the family names of the sample school's students: none may stand in a chat."""
    school = resources.files("jetkiz.demo") / "school"
    roster = zipfile.ZipFile(io.BytesIO((school / "roster.zip").read_bytes()))
    users = csv.DictReader(io.StringIO(roster.read("users.csv").decode("utf-8-sig")))
    students = [row for row in users if row["role"] == "student"]
    assert len(students) == 43
    return {row["familyName"] for row in students}


def test_no_surname_stands_in_any_message(demo_run: DemoRun) -> None:
    file = demo_run.folder / "telegram" / "transcript.json"
    texts = list(_said(json.loads(file.read_text("utf-8"))))
    assert len(texts) > 100
    found = {name for name in _private_words() for text in texts if name in text}
    assert found == set()


def test_a_week_killed_twice_ends_as_an_undisturbed_one(demo_run: DemoRun, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for count in KILLS:
        run_demo(folder, measured=False, dies_at=count)
    last = run_demo(folder, measured=False)
    assert DemoRun(folder, last).report() == demo_run.report()
