"""A week at a LibreTime: brought whole, again without a change, mended wherever it broke."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadcast.export.libretime.pushing import Pushed, push
from broadcast.export.libretime.server import Server
from broadcast.export.rows import export_rows
from broadcast.plan.model import AiringKind, AiringStatus, PlannedAiring
from broadcast.revisions import keep_draft, publish
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from tests.air_weeks import air_plan, air_problem
from tests.broadcast_export_weeks import airing, small_week
from tests.factories import NOW as MORNING
from tests.factories import WEEK, add_people
from tests.libretime_stand_in import KEY, SILENCE, LibreTimeStandIn, libretime
from tests.spoken import Jetkiz, stop_the_clock

NOW = datetime(2026, 1, 24, tzinfo=UTC)
DAYS = (datetime(2026, 1, 25, 19, tzinfo=UTC), datetime(2026, 2, 1, 19, tzinfo=UTC))
LESSONS = (
    airing("a1", "l1", 0, "09:00", "shalqar"),
    airing("a2", "l2", 0, "09:15", "shalqar"),
    airing("a3", "l1", 1, "23:50", "shalqar", kind=AiringKind.REPEAT),
)
NOTHING = Pushed(0, 0, 0)


@pytest.fixture
def station() -> Iterator[LibreTimeStandIn]:
    with libretime() as found:
        for name in ("TV1", "TV2", "TV3"):
            found.file(name)
        yield found


class Desk:
    """Pushes from one data folder."""

    def __init__(self, station: LibreTimeStandIn, folder: Path) -> None:
        self.server = Server(station.address, KEY)
        self.journal = folder / "libretime.json"

    def push(self, *airings: PlannedAiring, now: datetime = NOW) -> Pushed:
        rows = export_rows(*small_week(*airings))
        return push(rows, DAYS, self.server, self.journal, now)


@pytest.fixture
def desk(station: LibreTimeStandIn, tmp_path: Path) -> Desk:
    return Desk(station, tmp_path)


def test_a_week_is_brought_whole_and_a_second_time_nothing_happens(
    desk: Desk, station: LibreTimeStandIn
) -> None:
    assert desk.push(*LESSONS) == Pushed(1 + 3 + 3, 0, 0)
    assert station.airings() == [
        ("2026-01-26T04:00:00Z", "Оқу, 1-2-сынып", "imported/1/TV1.mp3"),
        ("2026-01-26T04:15:00Z", "Оқу, 1-2-сынып", "imported/1/TV2.mp3"),
        ("2026-01-27T18:50:00Z", "Оқу, 1-2-сынып", "imported/1/TV1.mp3"),
    ]
    before = json.dumps(station.items)
    assert desk.push(*LESSONS) == NOTHING
    assert json.dumps(station.items) == before
    told = json.loads(desk.journal.read_text("utf-8"))
    assert (told["done"], len(told["steps"])) == (7, 7)


def test_the_same_moment_in_other_words_is_no_change(desk: Desk, station: LibreTimeStandIn) -> None:
    """The real one answers lengths with microseconds and times in its own zone."""
    desk.push(*LESSONS)
    for one in station.items["schedule"].values():
        one |= {"cue_out": "00:15:00.000000", "starts_at": one["starts_at"].replace("Z", "+00:00")}
    assert desk.push(*LESSONS) == NOTHING


@pytest.mark.parametrize("loses_request", [True, False])
@pytest.mark.parametrize("number", range(1, 8))
def test_wherever_it_breaks_off_a_repeat_makes_it_whole(
    desk: Desk, station: LibreTimeStandIn, number: int, *, loses_request: bool
) -> None:
    """With the request lost nothing was done there; with the answer lost it was."""
    station.fail_at, station.loses_request = number, loses_request
    with pytest.raises(JetkizError, match="refused"):
        desk.push(*LESSONS)
    told = json.loads(desk.journal.read_text("utf-8"))
    assert (told["done"], len(told["steps"])) == (number - 1, 7)
    desk.push(*LESSONS)
    assert len(station.airings()) == len(station.items["show-instances"]) == 3
    assert len(station.items["shows"]) == 1
    assert desk.push(*LESSONS) == NOTHING


def test_what_is_moved_moves_there_and_what_is_called_off_goes(
    desk: Desk, station: LibreTimeStandIn
) -> None:
    desk.push(*LESSONS)
    moved = replace(LESSONS[1], start=LESSONS[1].start + timedelta(hours=1))
    off = replace(LESSONS[2], status=AiringStatus.CANCELLED)
    assert desk.push(LESSONS[0], moved, off) == Pushed(0, 2, 2)
    assert [start for start, *_rest in station.airings()] == [
        "2026-01-26T04:00:00Z",
        "2026-01-26T05:15:00Z",
    ]
    assert len(station.items["show-instances"]) == 2
    assert desk.push(LESSONS[0], moved, off) == NOTHING


def test_what_has_begun_and_what_others_made_is_left_alone(
    desk: Desk, station: LibreTimeStandIn
) -> None:
    desk.push(*LESSONS)
    show = station.keep("shows", {"name": "News"})
    theirs = {"show": show, "starts_at": "2026-01-26T06:00:00Z", "ends_at": "2026-01-26T06:30:00Z"}
    number = station.keep("show-instances", theirs | {"description": "evening"})
    station.changes.clear()
    noon = datetime(2026, 1, 26, 7, tzinfo=UTC)
    assert desk.push(LESSONS[2], now=noon) == NOTHING
    assert number in station.items["show-instances"]
    assert station.changes == []


def test_doubled_items_and_a_wrong_file_are_mended(desk: Desk, station: LibreTimeStandIn) -> None:
    desk.push(*LESSONS)
    first = next(iter(station.items["schedule"].values()))
    station.keep("schedule", dict(first))
    first["file"] = station.file("other")
    assert desk.push(*LESSONS) == Pushed(0, 1, 1)
    assert desk.push(*LESSONS) == NOTHING


def test_a_file_longer_than_its_slot_is_cut_and_a_shorter_one_ends(
    desk: Desk, station: LibreTimeStandIn
) -> None:
    station.items["files"].clear()
    station.file("TV1", "00:17:03.5")
    station.file("TV2", "00:12:30")
    desk.push(*LESSONS[:2])
    cues = sorted((one["cue_out"], one["ends_at"]) for one in station.items["schedule"].values())
    assert cues == [("00:12:30", "2026-01-26T04:27:30Z"), ("00:15:00", "2026-01-26T04:15:00Z")]


def test_hours_that_another_show_has_are_not_taken(desk: Desk, station: LibreTimeStandIn) -> None:
    show = station.keep("shows", {"name": "Жаңалықтар"})
    hours = {"starts_at": "2026-01-26T04:10:00Z", "ends_at": "2026-01-26T04:20:00Z"}
    station.keep("show-instances", hours | {"show": show, "description": None})
    with pytest.raises(JetkizError, match="At 2026-01-26 09:00 LibreTime has the show Жаңалықтар"):
        desk.push(*LESSONS)
    assert station.changes == []


def test_a_lesson_without_a_file_there_is_named_before_anything_is_sent(
    desk: Desk, station: LibreTimeStandIn
) -> None:
    station.items["files"].popitem()
    station.items["files"].popitem()
    with pytest.raises(JetkizError, match="no file for 1 lessons: TV2"):
        desk.push(*LESSONS)
    assert station.changes == []


def test_a_file_is_found_by_its_name_or_its_title(desk: Desk, station: LibreTimeStandIn) -> None:
    station.items["files"].clear()
    station.keep("files", {"filepath": "x/9.mp3", "track_title": "TV1", "length": None})
    station.keep("files", {"filepath": None, "name": "TV2", "length": "bad"})
    assert desk.push(*LESSONS[:2]).made == 5


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ({"api_version": "3.0"}, "speaks version 3.0"),
        ([], "speaks version"),
        ({}, "speaks version"),
    ],
)
def test_another_release_is_refused(
    desk: Desk, station: LibreTimeStandIn, version: object, words: str
) -> None:
    station.version = version
    with pytest.raises(JetkizError, match=words):
        desk.push(*LESSONS)


def test_a_wrong_key_a_silent_server_and_an_open_line_are_told(
    station: LibreTimeStandIn, desk: Desk
) -> None:
    desk.server = Server(station.address, "other")
    with pytest.raises(JetkizError, match="does not accept the key"):
        desk.push(*LESSONS)
    desk.server = Server("http://127.0.0.1:9", KEY)
    with pytest.raises(JetkizError, match="does not answer"):
        desk.push(*LESSONS)
    for address in ("http://radio.example", "", "ftp://127.0.0.1"):
        desk.server = Server(address, KEY)
        with pytest.raises(JetkizError, match="no address of a LibreTime"):
            desk.push(*LESSONS)
    assert KEY not in repr(Server(station.address, KEY))


@pytest.mark.parametrize(
    ("request_", "answer", "words"),
    [
        ("GET version", (401, {}), "does not accept the key"),
        ("GET version", (404, {}), "No LibreTime of release 4 or later answers at"),
        ("GET version", (301, "https://elsewhere.example/"), "on to https://elsewhere.example/"),
        ("GET shows", (500, {}), "refused GET shows with 500"),
        ("GET files", (200, {"results": []}), "does not answer: files: "),
        ("GET show-instances", (200, [{"id": 1}]), "does not answer: show-instances"),
        ("GET schedule", (200, [{"id": "x"}]), "does not answer: schedule"),
        ("POST shows", (200, None), "does not answer: shows: None"),
        ("POST shows", (307, "/login"), "sends us on to /login"),
        ("POST schedule", (403, {}), "does not accept the key"),
        ("POST schedule", (503, "busy"), "refused POST schedule with 503: .busy"),
        ("POST schedule", (200, SILENCE), "does not answer: Remote end closed"),
    ],
)
def test_whatever_it_answers_becomes_a_sentence_and_a_repeat_goes_on(
    desk: Desk, station: LibreTimeStandIn, request_: str, answer: tuple[int, object], words: str
) -> None:
    """It breaks off twice at one place; the third push makes all whole, and nothing double."""
    station.answers = {request_: answer}
    for _try in range(2):
        with pytest.raises(JetkizError, match=words):
            desk.push(*LESSONS)
    if request_.startswith("POST"):
        told = json.loads(desk.journal.read_text("utf-8"))
        assert told["done"] < len(told["steps"])
        assert re.search(words, told["broke_off"])
    station.answers = {}
    desk.push(*LESSONS)
    assert len(station.airings()) == len(station.items["show-instances"]) == 3
    assert len(station.items["shows"]) == 1
    assert desk.push(*LESSONS) == NOTHING
    assert json.loads(desk.journal.read_text("utf-8"))["broke_off"] == ""


def test_what_the_station_refuses_is_told_in_its_words(desk: Desk) -> None:
    desk.push(LESSONS[0])
    long = replace(LESSONS[1], id="a" * 9000)
    with pytest.raises(JetkizError, match=r"refused POST show-instances with 400: .*description"):
        desk.push(LESSONS[0], long)


@pytest.fixture
def jetkiz(
    sqlite_url: str,
    sqlite_database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Jetkiz:
    stop_the_clock(monkeypatch, MORNING)
    problem, plan = air_problem(), air_plan()
    with sqlite_database.write() as connection:
        add_people(connection)
        publish(connection, WEEK, keep_draft(connection, WEEK, problem, plan, NOW), "test", NOW)
    return Jetkiz(sqlite_url, tmp_path, capsys)


def test_the_command_brings_the_published_week(
    jetkiz: Jetkiz, station: LibreTimeStandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A lesson without a house number is found by its id."""
    monkeypatch.setenv("JETKIZ_LIBRETIME_ADDRESS", station.address)
    monkeypatch.setenv("JETKIZ_LIBRETIME_KEY", KEY)
    for number in range(3):
        station.file(f"w05-{number}.kk")
    said = jetkiz.run("timetable", "push-libretime", WEEK, "--channel", "balapan")
    assert "7 made, 0 changed, 0 taken away" in said
    assert len(station.airings()) == 3
    again = jetkiz.run("timetable", "push-libretime", WEEK, "--channel", "balapan")
    assert "nothing was to be done" in again
    assert (tmp_path / "broadcast" / WEEK / "libretime-balapan.kz.json").is_file()


def test_the_command_says_what_it_misses(jetkiz: Jetkiz) -> None:
    command = ("timetable", "push-libretime")
    refused = jetkiz.refuses(*command, WEEK, "--channel", "balapan")
    assert "no address of a LibreTime" in refused
    assert "not clear: x" in jetkiz.refuses(*command, WEEK, "--channel", "x")
    assert "not clear: -" in jetkiz.refuses(*command, WEEK)
    assert "no timetable" in jetkiz.refuses(*command, "2026-W09")
