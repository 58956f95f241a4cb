"""Anybody's timetable can be judged: from files or from a kept week, in each language."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadcast.families import matching
from broadcast.plan.model import AiringKind, Plan, PlannedAiring, Solver, Unplaced
from broadcast.plan.writing import plan_bytes
from broadcast.problem.model import (
    Channel,
    HomeKind,
    Hours,
    Lesson,
    Medium,
    Meta,
    Problem,
    Stream,
)
from broadcast.problem.writing import problem_bytes
from broadcast.revisions import keep_draft
from jetkiz.i18n import LANGUAGES
from jetkiz.storage.database import Database
from tests.air_weeks import air_plan, air_problem
from tests.factories import NOW, WEEK, add_people
from tests.spoken import Jetkiz

START = datetime(2026, 1, 26, 4, 0, tzinfo=UTC)
HOURS = (Hours((0,), 540, 600),)


def channel(key: str) -> Channel:
    return Channel(
        key, key, Medium.TV, ("kk",), ("kz",), "Asia/Almaty", HOURS, guide_id=f"{key}.kz"
    )


PROBLEM = Problem(
    meta=Meta(WEEK, "Asia/Almaty", date(2026, 1, 26), 1),
    regions={"kz": "Asia/Almaty"},
    channels=(channel("tv1"), channel("tv2")),
    streams=tuple(Stream(f"kk{n}", "kk", (n,), ("kz",), students=9) for n in (1, 2)),
    lessons=tuple(
        Lesson(f"kk{n}-math-1", f"kk{n}", "math", 1, 15, asset=f"a{n}", titles={"kk": "Сан"})
        for n in (1, 2)
    ),
    homes=(HomeKind(("kk1", "kk2"), 40, 2),),
)


def airing(number: int, stream: int, quarter: int, kind: AiringKind) -> PlannedAiring:
    start = START + timedelta(minutes=15 * quarter)
    return PlannedAiring(f"a{number}", f"kk{stream}-math-1", f"tv{stream}", start, 15, kind)


AIRINGS = (
    airing(1, 1, 0, AiringKind.FIRST),
    airing(2, 2, 0, AiringKind.FIRST),
    airing(3, 2, 2, AiringKind.REPEAT),
)
PLAN = Plan(WEEK, 1, 0, "", Solver(), AIRINGS)


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


LONG = tuple(replace(one, minutes=45) for one in PROBLEM.lessons)


def files(folder: Path, plan: Plan = PLAN, problem: Problem = PROBLEM) -> list[str]:
    problem_file, plan_file = folder / "problem.json", folder / "plan.json"
    problem_file.write_bytes(problem_bytes(problem))
    plan_file.write_bytes(plan_bytes(plan, problem))
    return ["--problem", str(problem_file), "--plan", str(plan_file)]


def test_a_timetable_from_files_is_judged_without_a_database(
    jetkiz: Jetkiz, tmp_path: Path
) -> None:
    picture = tmp_path / "lost.svg"
    said = jetkiz.run("timetable", "judge", *files(tmp_path), "--chart", str(picture))
    assert "keeps everything" in said
    assert "0.00 % (50.00 % by first runs alone)" in said
    assert "Clash: 40" in said
    assert "50.00 %" in picture.read_text("utf-8")
    assert not list(tmp_path.glob("*.db"))


def test_faults_are_said_in_each_language_and_the_command_fails(
    jetkiz: Jetkiz, tmp_path: Path
) -> None:
    early = replace(AIRINGS[2], start=START - timedelta(minutes=15))
    given = files(tmp_path, replace(PLAN, airings=(*AIRINGS[:2], early)))
    said = {
        language: jetkiz.ends("timetable", "judge", *given, language=language)
        for language in LANGUAGES
    }
    assert {status for status, _, _ in said.values()} == {1}
    assert "outside the hours" in said["en"][1]
    assert "before its first run" in said["en"][1]
    assert "Faults in all: 2" in said["en"][1]
    assert len({out for _, out, _ in said.values()}) == len(LANGUAGES)


def test_an_airing_of_a_lesson_that_nobody_knows_is_told_and_counts_for_no_home(
    jetkiz: Jetkiz, tmp_path: Path
) -> None:
    given = files(tmp_path)
    plan_file = tmp_path / "plan.json"
    told = json.loads(plan_file.read_bytes())
    first = told["airings"][0]
    told["airings"] += [first | {"id": "a8", "lesson": "no"}, first | {"id": "a9", "channel": "x"}]
    plan_file.write_text(json.dumps(told), "utf-8")
    status, said, _ = jetkiz.ends("timetable", "judge", *given, "--bound")
    assert (status, "Faults in all: 2" in said) == (1, True)
    assert "0.00 % (50.00 % by first runs alone)" in said


def test_a_kept_week_is_judged_by_its_name(sqlite_database: Database, jetkiz: Jetkiz) -> None:
    assert "week" in jetkiz.refuses("timetable", "judge", WEEK)
    with sqlite_database.write() as connection:
        add_people(connection)
        keep_draft(connection, WEEK, air_problem(), air_plan(), NOW)
    said = jetkiz.ends("timetable", "judge", WEEK)[1]
    assert f"{len(air_plan().airings)} airings" in said


def test_a_bound_proves_how_near_to_the_best_it_is(jetkiz: Jetkiz, tmp_path: Path) -> None:
    said = jetkiz.run("timetable", "judge", *files(tmp_path), "--bound")
    assert "bound of the clash is 0" in said
    crowded = replace(PROBLEM, channels=(channel("tv1"), channel("tv2")), lessons=LONG)
    folder = tmp_path / "crowded"
    folder.mkdir()
    long = [replace(one, minutes=45) for one in AIRINGS[:2]]
    given = files(folder, replace(PLAN, airings=tuple(long)), crowded)
    said = jetkiz.run("timetable", "judge", *given, "--bound")
    # Two lessons of 45 minutes in an hour have half an hour in common at best, two thirds of each.
    assert "below 27; this one lies 50.0 % above" in said


def test_what_cannot_be_judged_is_refused(jetkiz: Jetkiz, tmp_path: Path) -> None:
    given = files(tmp_path)
    assert "not clear" in jetkiz.refuses("timetable", "judge", *given[:2])
    assert "not clear" in jetkiz.refuses("timetable", "judge", WEEK, *given)
    assert "cannot be read" in jetkiz.refuses(
        "timetable", "judge", *given[:3], str(tmp_path / "no")
    )
    nowhere = f"{given[3]}/x.svg"
    assert "cannot be written" in jetkiz.refuses("timetable", "judge", *given, "--chart", nowhere)
    other = files(tmp_path, replace(PLAN, problem_id="other"))
    assert "made for other" in jetkiz.refuses("timetable", "judge", *other)


def test_what_is_missing_and_what_is_not_sure_is_told(
    jetkiz: Jetkiz, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "STEPS", 1)
    half = replace(AIRINGS[1], start=START + timedelta(minutes=5))
    only = replace(PLAN, airings=(AIRINGS[0], half))
    assert "Never aired" not in jetkiz.run("timetable", "judge", *files(tmp_path))
    missing = replace(PLAN, airings=AIRINGS[:1], unplaced=(Unplaced("kk2-math-1", "no room"),))
    said = jetkiz.run("timetable", "judge", *files(tmp_path, missing))
    assert "Never aired where these homes live: 50.00 %" in said
    assert "the most they may lose" in jetkiz.run("timetable", "judge", *files(tmp_path, only))
