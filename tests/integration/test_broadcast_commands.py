"""The commands for TV lessons, as a coordinator types them, from the plan to the log."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from broadcast.airings import read_airings
from broadcast.plan.model import AiringStatus
from broadcast.problem.writing import problem_sha256
from broadcast.revisions import keep_draft, read_kept
from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.lessons.tables import lesson
from jetkiz.storage.database import Database
from tests.factories import NOW, WEEK, People, add_people
from tests.spoken import Jetkiz, stop_the_clock

BY_TV = Choice("broadcast", ChoiceReason.ONLY_CHANNEL)


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


@pytest.fixture
def people(sqlite_database: Database) -> People:
    """Add a week of lessons, of which the second has an interpreter of sign language."""
    with sqlite_database.write() as connection:
        found = add_people(connection)
        signed = update(lesson).where(lesson.c.id == found.lessons[1])
        connection.execute(signed.values(sign_language=True))
    return found


def test_a_week_goes_from_plan_to_log(
    sqlite_database: Database, people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    made = jetkiz.run("timetable", "make", WEEK)
    assert "3 lessons on the air, 0 repeats" in made
    assert jetkiz.run("timetable", "make", WEEK) == made, "the same week is the same revision"
    shown = jetkiz.run("timetable", "show", WEEK).splitlines()
    assert shown[0] == f"Timetable of week {WEEK}, revision 1 (draft)."
    assert len(shown) == 1 + len(people.lessons)
    assert "balapan" in shown[1]
    assert "2026-01-26 09:00" in shown[1]
    assert "publish it" in jetkiz.refuses("timetable", "confirm", WEEK).lower()

    assert "Revision 1" in jetkiz.run("timetable", "publish", WEEK)
    assert "in force already" in jetkiz.run("timetable", "publish", WEEK)
    written = jetkiz.run("timetable", "export", WEEK)
    assert all(name in written for name in (".xml", ".csv", ".xlsx", ".ics"))
    assert "0 lessons" in jetkiz.run("timetable", "confirm", WEEK)
    history = jetkiz.run("timetable", "revisions", WEEK)
    assert history.startswith("1  published, made ")
    assert "accepted by balapan" in history
    assert "timetable change" in jetkiz.refuses("timetable", "make", WEEK)

    log = tmp_path / "log.csv"
    rows = ["Балапан;26.01.2026;09:03;aired", "Balapan;26.01.2026;9.18;missed", ";;;"]
    log.write_bytes("\r\n".join(["channel;date;start;status", *rows]).encode("cp1251"))
    said = jetkiz.run("timetable", "as-run", WEEK, str(log))
    assert "aired: 0, short: 0, at another hour: 0, missed: 1" in said
    assert "lines fit no airing: 2" in said
    with sqlite_database.read() as connection:
        states = [one.status for one in read_airings(connection, WEEK)]
    assert states == [AiringStatus.PUBLISHED, AiringStatus.MISSED, AiringStatus.PUBLISHED]


def test_wishes_are_part_of_what_is_kept(
    sqlite_database: Database, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("timetable", "make", WEEK, "--seed", "7", "--repeats", "0")
    with sqlite_database.read() as connection:
        kept = read_kept(connection, WEEK)
    assert (kept.problem.meta.seed, kept.problem.policy.repeat_quota) == (7, 0)
    assert kept.plan.input_sha256 == kept.head.input_sha256 == problem_sha256(kept.problem)
    assert people.lessons


@pytest.mark.parametrize("command", ["show", "export", "confirm", "publish", "revisions"])
@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_week_without_a_timetable_says_what_to_do(
    people: People, jetkiz: Jetkiz, command: str, language: str
) -> None:
    assert people.lessons
    assert "jetkiz timetable make" in jetkiz.refuses("timetable", command, WEEK, language=language)


def test_a_draft_may_be_written_out_to_talk_about(people: People, jetkiz: Jetkiz) -> None:
    jetkiz.run("timetable", "make", WEEK)
    assert "draft" in jetkiz.refuses("timetable", "export", WEEK)
    written = jetkiz.run("timetable", "export", WEEK, "--revision", "1")
    assert f"{WEEK}/revision-1/timetable.xml" in written, "nobody takes it for what is in force"
    assert people.lessons


@pytest.mark.usefixtures("people")
def test_after_a_new_revision_old_files_are_named_and_taken_away(
    jetkiz: Jetkiz,
    sqlite_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_the_clock(monkeypatch, NOW)
    jetkiz.run("timetable", "make", WEEK)
    assert "earlier revision" not in jetkiz.run("timetable", "publish", WEEK)
    jetkiz.run("timetable", "export", WEEK, "--only", "playlist", "--profile", "telvue")
    folder = tmp_path / "broadcast" / WEEK
    with sqlite_database.write() as connection:
        kept = read_kept(connection, WEEK)
        *others, last = sorted(kept.plan.airings, key=lambda one: one.start)
        later = replace(last, start=last.start + timedelta(hours=2), sequence=1)
        plan = replace(kept.plan, airings=(*others, later), parent=1)
        keep_draft(connection, WEEK, kept.problem, plan, later.start - timedelta(days=5))
    said = jetkiz.run("timetable", "publish", WEEK)
    assert f"The files in {folder} are of an earlier revision" in said
    said = jetkiz.run("timetable", "export", WEEK, "--only", "xmltv", "--channel", "balapan")
    assert said.strip().endswith("for-balapan.kz/timetable.xml")
    guide = (folder / "for-balapan.kz" / "timetable.xml").read_text("utf-8")
    assert guide.count('<subtitles type="deaf-signed"') == 1
    said = jetkiz.run("timetable", "export", WEEK, "--only", "xmltv")
    assert "files there are still of an earlier revision" in said
    assert "telvue" in said
    said = jetkiz.run("timetable", "export", WEEK)
    assert "of an earlier revision: " in said
    assert not (folder / "timetable-telvue.csv").exists()
    assert (folder / "timetable.csv").is_file()
    assert "no channel x" in jetkiz.refuses("timetable", "export", WEEK, "--channel", "x")
    assert "Nothing was written" in jetkiz.run("timetable", "export", WEEK, "--only", "ffplayout")


def test_a_broadcaster_gets_one_format_in_its_own_columns(
    people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    assert people.lessons
    jetkiz.run("timetable", "make", WEEK)
    own = '[playlist]\nencoding = "cp1251"\n[[playlist.column]]\nname = "Эфир"\nvalue = "start"\n'
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "own.toml").write_text(own, "utf-8")
    wanted = ("--revision", "1", "--only", "playlist", "--profile", "own")
    written = jetkiz.run("timetable", "export", WEEK, *wanted)
    assert written.count("Written") == 1
    file = tmp_path / "broadcast" / WEEK / "revision-1" / "timetable-own.csv"
    assert file.read_bytes().decode("cp1251").splitlines()[:2] == ["Эфир", "09:00"]
    near = own.replace("[playlist]", '[playlist]\nletters = "nearest"').replace("start", "series")
    (tmp_path / "profiles" / "own.toml").write_text(near, "utf-8")
    said = jetkiz.run("timetable", "export", WEEK, *wanted)
    assert "The encoding of own has no қ: the nearest letters stand there." in said
    refused = jetkiz.refuses("timetable", "export", WEEK, *wanted[:-1], "other")
    assert "no profile other" in refused


def test_a_log_that_is_not_there_is_a_sentence(
    people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    assert people.lessons
    missing = str(tmp_path / "nothing.csv")
    assert "cannot be read" in jetkiz.refuses("timetable", "as-run", WEEK, missing)
    assert "cannot be read" in jetkiz.refuses("timetable", "as-run", WEEK, str(tmp_path))


def test_a_log_with_a_bad_line_records_nothing(
    sqlite_database: Database, people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    jetkiz.run("timetable", "make", WEEK)
    with sqlite_database.read() as connection:
        (first, *_) = read_airings(connection, WEEK)
    log = tmp_path / "log.csv"
    log.write_text(f"airing;status\n{first.id};aired\n{first.id};perhaps\n")

    assert "Line 3" in jetkiz.refuses("timetable", "as-run", WEEK, str(log))
    with sqlite_database.read() as connection:
        assert {one.status for one in read_airings(connection, WEEK)} == {AiringStatus.PLANNED}
    assert people.lessons


def test_what_a_person_corrected_is_what_is_kept(
    sqlite_database: Database, people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    tables = tmp_path / "tables"
    jetkiz.run("timetable", "problem", WEEK, "--into", str(tables))
    homes = "streams;count;children;tv_sets;radios;region\nkk-2;70;2;1;0;\n"
    (tables / "homes.csv").write_text(homes, "utf-8")
    assert "Revision 1" in jetkiz.run("timetable", "make", WEEK, "--problem", str(tables))
    with sqlite_database.read() as connection:
        kept = read_kept(connection, WEEK)
    assert [(one.count, one.children) for one in kept.problem.homes] == [(70, 2)]
    said = jetkiz.refuses("timetable", "make", "2026-W06", "--problem", str(tables))
    assert f"tells of {WEEK}" in said
    assert people.lessons


def test_files_alone_give_a_timetable_and_its_formats(
    people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    problem, out = tmp_path / "week.json", tmp_path / "out"
    jetkiz.run("timetable", "problem", WEEK, "--into", str(problem))
    ways = ("--problem", str(problem), "--into", str(out))
    said = jetkiz.run("timetable", "solve", *ways)
    assert "3 lessons on the air" in said
    first = {one.name: one.read_bytes() for one in out.iterdir() if one.is_file()}
    assert {"problem.json", "plan.json", "timetable.xml", "timetable.csv"} <= set(first)
    jetkiz.run("timetable", "solve", *ways)
    assert (out / "plan.json").read_bytes() == first["plan.json"]
    missing = str(tmp_path / "nothing.json")
    refusal = jetkiz.refuses("timetable", "solve", "--problem", missing, "--into", str(out))
    assert "cannot be read" in refusal
    assert people.lessons
