"""A nation's plan in its folder: equal bytes for equal plans, and every lesson in its place."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.errors import JetkizError
from scheduler.nation import templates
from scheduler.nation.folder import read_folder, read_problem, write_previous
from scheduler.nation.parquet import Table
from scheduler.nation.plan_arrays import PlanArrays
from scheduler.nation.plan_folder import read_channels_of
from scheduler.nation.planning import Planned, plan_nation
from scheduler.nation.solving import solve_nation as solved
from scheduler.nation.templates import distinct, templates_of
from scheduler.solver.week_arrays import NOTHING, WeekArrays
from tests.nations import drawn

TODAY = date(2026, 1, 20)


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("problem")
    drawn(folder, 150)
    return folder


@pytest.fixture(scope="module")
def planned(problem: Path, tmp_path_factory: pytest.TempPathFactory) -> Planned:
    out = tmp_path_factory.mktemp("plan")
    said: list[str] = []
    made = plan_nation(problem, out, solved, TODAY, said.append, long=True)
    assert said == ["reading the week", "solving", "checking", "writing the plan"]
    assert sorted(made.seconds) == ["check", "read", "solve", "write"]
    return made


def again(planned: Planned) -> Callable[[WeekArrays], PlanArrays]:
    """A solver that remembers."""
    return lambda _week: planned.outcome.plan


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_equal_plans_are_equal_bytes(problem: Path, planned: Planned, tmp_path: Path) -> None:
    plan_nation(problem, tmp_path, again(planned), TODAY, lambda _: None, long=True)
    assert bytes_of(tmp_path) == bytes_of(planned.folder)
    assert set(bytes_of(tmp_path)) == {
        "student_week.parquet",
        "templates.parquet",
        "unreached.parquet",
        "long.parquet",
        "prices.csv",
        "report.json",
    }


def test_templates_give_every_lesson_back(planned: Planned) -> None:
    students, channels = read_channels_of(planned.folder)
    week, plan = planned.outcome.week, planned.outcome.plan
    assert np.array_equal(students, week.students.number)
    assert np.array_equal(channels, plan.channel)
    table = Table(planned.folder / "templates.parquet")
    of = Table(planned.folder / "student_week.parquet").numbers("template", np.int32)
    assert np.array_equal(table.byte_rows("reasons")[of], plan.reason)
    programs = table.words("program")
    names = np.array(programs.names)[programs.codes][of]
    folder = planned.outcome.problem
    assert names.tolist() == np.array(folder.programs)[folder.students.program].tolist()
    content = [
        (name, *map(bytes, row))
        for name, *row in zip(
            np.array(programs.names)[programs.codes],
            table.byte_rows("channels"),
            table.byte_rows("reasons"),
            strict=True,
        )
    ]
    assert len(set(content)) == len(content)


def test_the_long_table_has_a_line_a_lesson(planned: Planned) -> None:
    week, plan = planned.outcome.week, planned.outcome.plan
    table = Table(planned.folder / "long.parquet")
    assert table.rows == week.students.count * 30
    student, slot = table.numbers("student", np.int64), table.numbers("slot", np.int8)
    row = np.searchsorted(week.students.number, student)
    channel, reason = table.words("channel"), table.words("reason")
    names = np.array([*week.channels, "none"])[plan.channel[row, slot]]
    assert np.array(channel.names)[channel.codes].tolist() == names.tolist()
    wanted = [ChoiceReason(one).name.lower() for one in plan.reason[row, slot].tolist()]
    assert np.array(reason.names)[reason.codes].tolist() == wanted
    lesson = table.words("lesson")
    codes = [one.code for one in planned.outcome.problem.lessons]
    programs = week.programs[week.students.program[row], slot]
    assert np.array(lesson.names)[lesson.codes].tolist() == [codes[one] for one in programs]


def test_the_unreached_are_named_with_a_reason(planned: Planned) -> None:
    plan, week = planned.outcome.plan, planned.outcome.week
    table = Table(planned.folder / "unreached.parquet")
    student, slot = table.numbers("student", np.int64), table.numbers("slot", np.int8)
    row = np.searchsorted(week.students.number, student)
    assert (plan.channel[row, slot] == NOTHING).all()
    assert table.rows == (plan.channel == NOTHING).sum()
    reason = table.words("reason")
    said = {reason.names[code] for code in reason.codes}
    assert said <= {one.name.lower() for one in ChoiceReason if not one.has_channel}


def test_the_report_counts_what_the_plan_holds(planned: Planned) -> None:
    plan, week = planned.outcome.plan, planned.outcome.week
    report = json.loads((planned.folder / "report.json").read_text("utf-8"))
    assert report["students"] == 150
    assert report["lessons"] == sum(report["by_reason"].values()) == 4500
    assert report["with_channel"] == sum(report["by_channel"].values())
    assert report["with_channel"] == sum(one["with_channel"] for one in report["places"])
    counted = Counter(plan.reason.ravel().tolist())
    names = {one.name.lower(): counted[one] for one in ChoiceReason if counted[one]}
    assert report["by_reason"] == names
    likely = [
        sum(
            int(week.students.chance[row, 0, channel])
            for channel in plan.channel[row].tolist()
            if channel >= 0
        )
        / 30_000
        for row in range(150)
    ]
    spread = report["expected_received"]
    assert spread["mean"] == pytest.approx(sum(likely) / 150, abs=1e-6)
    assert spread["p1"] <= spread["p10"] <= spread["mean"]
    assert sorted(likely)[14] == pytest.approx(spread["p10"], abs=1e-6)
    assert report["checker"] == []
    assert 0 <= report["gap"] < 0.2


def test_prices_stand_beside_amount_and_use(planned: Planned) -> None:
    with (planned.folder / "prices.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(planned.outcome.week.pools.amount)
    assert all(float(row["used"]) <= float(row["amount"]) for row in rows)
    assert any(float(row["price"]) > 0 for row in rows)


def test_sides_and_modes_are_those_of_the_lessons(planned: Planned) -> None:
    week, plan = planned.outcome.week, planned.outcome.plan
    table = Table(planned.folder / "student_week.parquet")
    sides = table.numbers("sides", np.int32)
    mode = table.words("mode")
    for row in range(0, 150, 7):
        lesson = week.programs[week.students.program[row]]
        on_paper = np.isin(plan.channel[row], [2, 3])
        size = int(week.students.is_large[row])
        assert sides[row] == week.lessons.sides[lesson, size][on_paper].sum()
        used = sorted(set(plan.channel[row].tolist()) - {NOTHING})
        assert mode.names[mode.codes[row]] == " ".join(week.channels[one] for one in used)


def test_a_broken_plan_is_never_written(problem: Path, planned: Planned, tmp_path: Path) -> None:
    wrong = replace(planned.outcome.plan, objective=1)
    with pytest.raises(JetkizError, match=r"broke its own rules .* worth 1; counted anew"):
        plan_nation(problem, tmp_path / "no", lambda _: wrong, TODAY, lambda _: None)
    assert not (tmp_path / "no").exists()


def test_a_week_that_is_over_is_not_planned(problem: Path, tmp_path: Path) -> None:
    def never(_week: WeekArrays) -> PlanArrays:
        raise AssertionError

    with pytest.raises(JetkizError, match="is over"):
        plan_nation(problem, tmp_path, never, date(2026, 3, 1), lambda _: None)


def test_last_weeks_plan_becomes_the_next_weeks_habit(
    problem: Path, planned: Planned, tmp_path: Path
) -> None:
    drawn(tmp_path, 150)
    write_previous(tmp_path, *read_channels_of(planned.folder))
    found = read_problem(tmp_path).students.previous
    assert np.array_equal(found, planned.outcome.plan.channel)
    assert read_folder(problem).previous.shape == (0, 30)
    with pytest.raises(JetkizError, match="holds no whole plan"):
        read_channels_of(tmp_path)


small = arrays(
    np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 11)), elements=st.integers(0, 2)
)


@given(small)
def test_distinct_rows_are_found(rows: np.ndarray) -> None:
    first, number = distinct(rows)
    assert np.array_equal(rows[first][number], rows)
    as_bytes = [row.tobytes() for row in rows]
    assert len(first) == len(set(as_bytes))
    assert [rows[one].tobytes() for one in first] == sorted(set(as_bytes))


@given(small)
def test_equal_hashes_of_unequal_plans_are_told_apart(rows: np.ndarray) -> None:
    """As if every plan had the same hash."""
    wanted = distinct(rows)
    own = templates._hashes
    templates._hashes = lambda given: np.zeros(len(given), dtype=np.uint64)
    try:
        first, number = distinct(rows)
    finally:
        templates._hashes = own
    assert np.array_equal(rows[first], rows[wanted[0]])
    assert np.array_equal(number, wanted[1])


@given(st.integers(0, 999), st.integers(1, 40), st.booleans())
def test_templates_hold_the_whole_plan(seed: int, count: int, has_second: bool) -> None:
    chance = np.random.default_rng(seed)
    channel = chance.integers(-1, 2, (count, 3)).astype(np.int8)
    nothing = np.zeros(0)
    plan = PlanArrays(
        engine="x",
        channel=channel,
        reason=chance.integers(0, 2, (count, 3)).astype(np.uint8),
        price=nothing,
        use=nothing,
        objective=0,
        bound=0,
        cost=0,
        fallback=(channel[::-1] if has_second else channel[:0]),
    )
    program = chance.integers(0, 300, count).astype(np.int32)
    found = templates_of(program, plan)
    assert np.array_equal(found.program[found.of], program)
    assert np.array_equal(found.channels[found.of].astype(np.int8) - 1, channel)
    assert np.array_equal(found.reasons[found.of], plan.reason)
    if has_second:
        assert np.array_equal(found.fallbacks[found.of].astype(np.int8) - 1, plan.fallback)
    else:
        assert found.fallbacks.shape == (len(found.program), 0)
