"""The files of a plan: equal bytes for equal input, another name for another input."""

import csv
import io
import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

from scheduler.explain import Explainer
from scheduler.kept_problem import read_kept_problem
from scheduler.model import Capacity, Override, PlanProblem
from scheduler.plan_files import (
    folder_of,
    inputs_hash,
    inputs_of,
    plan_files,
    problem_files,
    write_files,
)
from scheduler.plan_report import report_of
from scheduler.plan_store import PlanRun, RunState
from scheduler.planner import make_plan
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import Resource
from tests.examples import drawing
from tests.plan_problems import MONDAY, Reached, lesson, problem, problems, student, with_override

SHELF = [lesson(1), lesson(2)]
VILLAGE = problem(
    SHELF,
    {student(1, SHELF): Reached(telegram=0.9), student(2, SHELF): Reached(in_person=0.9)},
    pages=4,
)


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@given(problems())
@drawing(20)
def test_equal_input_gives_equal_bytes(given_problem: PlanProblem) -> None:
    plans = [make_plan(given_problem) for _ in range(2)]
    files = [problem_files(given_problem) | plan_files(given_problem, one) for one in plans]
    assert files[0] == files[1]


def test_order_in_memory_does_not_reach_the_files() -> None:
    turned = replace(
        VILLAGE,
        options=dict(reversed(list(VILLAGE.options.items()))),
        lessons=dict(reversed(list(VILLAGE.lessons.items()))),
    )
    assert problem_files(turned) == problem_files(VILLAGE)


def test_the_version_is_no_part_of_the_name_of_the_inputs() -> None:
    assert inputs_hash(replace(VILLAGE, version=2)) == inputs_hash(VILLAGE)


def test_each_change_of_the_inputs_changes_their_name() -> None:
    more = Capacity(Resource.PRINT_PAGES, "all", 9, "pages")
    changed = [
        replace(VILLAGE, capacities=(more,)),
        replace(VILLAGE, previous={1: ("telegram", None)}),
        with_override(VILLAGE, 1, 1, "telegram"),
        replace(VILLAGE, students=VILLAGE.students[:1]),
    ]
    names = {inputs_hash(one) for one in [VILLAGE, *changed]}
    assert len(names) == 1 + len(changed)


def test_the_manifest_names_every_file_by_its_content() -> None:
    files = problem_files(VILLAGE)
    manifest = tomllib.loads(files["problem/manifest.toml"])
    assert manifest["format"] == "jetkiz-plan-2"
    assert manifest["inputs_hash"] == inputs_hash(VILLAGE)
    assert {f"problem/{name}" for name in manifest["files"]} | {"problem/manifest.toml"} == set(
        files
    )


def test_the_channels_are_a_toml_table_with_the_published_numbers() -> None:
    channels = tomllib.loads(problem_files(VILLAGE)["problem/channels.toml"])
    assert channels["post"]["paper"] is True
    assert channels["telegram"]["fit"]["text"] == 0.92


def test_what_could_not_be_reached_is_listed_with_its_reason() -> None:
    files = plan_files(VILLAGE, make_plan(VILLAGE))
    assert _rows(files["plan/unreached.csv"]) == [
        {"student": "2", "slot": one["slot"], "lesson": one["lesson"], "reason": "no_pages"}
        for one in _rows(files["plan/unreached.csv"])
    ]
    assert len(_rows(files["plan/unreached.csv"])) == 1


def test_students_with_the_same_week_share_a_template() -> None:
    alike = problem(SHELF, {student(n, SHELF): Reached(telegram=0.9) for n in (1, 2, 3)})
    files = plan_files(alike, make_plan(alike))
    assert len(_rows(files["plan/templates.csv"])) == 1
    assert {one["template"] for one in _rows(files["plan/student_week.csv"])} == {"0"}


def test_the_report_counts_what_the_plan_decides() -> None:
    plan = make_plan(VILLAGE)
    report = report_of(replace(VILLAGE, previous={1: ("telegram", "post")}), plan)
    assert report["by_channel"] == {"in_person": 1, "telegram": 2}
    assert report["by_reason"] == {"no_pages": 1, "only_channel": 3}
    assert report["churn"] == 0.5
    assert report["capacity"][0]["used"] == 4
    assert report["expected_received"] == (0.9 * 3) / 4
    assert json.loads(plan_files(VILLAGE, plan)["plan/report.json"])["lessons"] == 4


def test_an_empty_week_has_an_empty_report() -> None:
    nobody = problem([], {})
    report = report_of(nobody, make_plan(nobody))
    assert (report["expected_received"], report["churn"]) == (0.0, 0.0)


def test_the_files_lie_under_week_and_version(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "2026-W05", 3)
    write_files(folder, {"plan/prices.csv": "resource,key,price\n"})
    written = tmp_path / "plans" / "2026-W05" / "3" / "plan" / "prices.csv"
    assert written.read_bytes() == b"resource,key,price\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@given(given_problem=problems())
@drawing(20)
def test_a_kept_problem_gives_the_answers_that_were_given(
    data: Path, given_problem: PlanProblem
) -> None:
    plan = make_plan(given_problem)
    kept = read_kept_problem(data, _keep(data, given_problem))
    assert kept is not None
    assert inputs_of(kept) == inputs_of(given_problem)
    before, after = (Explainer(one, plan.students) for one in (given_problem, kept))
    for line in plan.students:
        for number in line.lessons:
            assert after.explain(line.student, number) == before.explain(line.student, number)


def test_words_that_people_typed_come_back_as_they_were(data: Path) -> None:
    typed = Override(1, 1, "telegram", "Аигүл", 'so\r\nthe "mother", asked\u2028twice', MONDAY)
    given_problem = replace(VILLAGE, overrides={(1, 1): typed})
    kept = read_kept_problem(data, _keep(data, given_problem))
    assert kept is not None
    assert kept.overrides == given_problem.overrides


def test_inputs_weighed_by_another_table_are_not_taken(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _keep(data, VILLAGE)
    assert read_kept_problem(data, run) is not None
    monkeypatch.setattr(channel_choice, "TABLE_VERSION", "2031-1")
    assert read_kept_problem(data, run) is None


def _keep(data: Path, given_problem: PlanProblem) -> PlanRun:
    name = inputs_hash(given_problem)
    week, version = given_problem.week, given_problem.version
    write_files(folder_of(data, week, version), problem_files(given_problem))
    at = datetime(2026, 1, 21, tzinfo=UTC)
    return PlanRun(1, week, version, name, "", 0, 0, 0, {}, RunState.DRAFT, at, None, None)
