"""A nation's folder: what was written is read back, and whatever does not fit is named."""

import shutil
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from jetkiz.errors import JetkizError
from scheduler.model import Capacity
from scheduler.nation import manifest as manifests
from scheduler.nation.folder import read_folder, read_problem, write_problem
from scheduler.nation.parquet import Table, Words, write_columns
from scheduler.nation.problem import Problem, SchoolColumns, StudentColumns
from scheduler.rules.channel_choice import Resource
from scheduler.solver.week_arrays import NOTHING
from tests.nations import columns, drawn, problems


def equal(one: Any, two: Any) -> bool:
    """Whether two values are the same, arrays with their kinds included."""
    if isinstance(one, np.ndarray):
        return one.dtype == two.dtype and np.array_equal(one, two)
    if not isinstance(one, Problem | SchoolColumns | StudentColumns):
        return bool(one == two)
    return all(equal(getattr(one, f.name), getattr(two, f.name)) for f in fields(one))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all examples: each leaves it empty."""
    return tmp_path_factory.mktemp("scratch")


@given(problems())
@settings(max_examples=25)
def test_a_problem_comes_back_as_it_was(scratch: Path, problem: Problem) -> None:
    folder = scratch / "week"
    try:
        write_problem(folder, problem, seed=5)
        found = read_folder(folder)
        used = {one.program for one in problem.lessons}
        assert set(found.programs) == used
        names = np.array(problem.programs)
        assert (
            np.array(found.programs)[found.students.program].tolist()
            == names[problem.students.program].tolist()
        )
        rows = replace(found.students, program=problem.students.program)
        assert equal(rows, problem.students)
        rest = replace(found, students=problem.students, programs=problem.programs)
        assert equal(rest, problem)
        first = {f.name: f.read_bytes() for f in folder.rglob("*") if f.is_file()}
        write_problem(folder, problem, seed=5)
        assert {f.name: f.read_bytes() for f in folder.rglob("*") if f.is_file()} == first
        read_problem(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    drawn(folder, 300)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "week")
    return tmp_path / "week"


def resealed(folder: Path) -> None:
    """Write the manifest anew, as somebody would who makes a folder with another program."""
    manifest = manifests.read_manifest(folder)
    manifests.write_manifest(folder, replace(manifest, files=manifests.hashes(folder)))


def edited(file: Path, old: str, new: str, count: int = 1) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, count), "utf-8")


def rewritten(folder: Path, **changes: object) -> None:
    """Write the students' file anew with some columns changed; None takes one out."""
    table = Table(folder / "students.parquet")
    found: dict[str, object] = {}
    for name in table.names:
        try:
            found[name] = table.words(name)
        except JetkizError:
            column = table._column(name)
            found[name] = np.concatenate([chunk.to_numpy(False) for chunk in column.chunks])
    found |= changes
    write_columns(
        folder / "students.parquet",
        {name: column for name, column in found.items() if column is not None},
    )
    resealed(folder)


def refusal(folder: Path, today: date | None = None) -> str:
    with pytest.raises(JetkizError) as caught:
        read_problem(folder, today)
    assert caught.value.remedy
    return str(caught.value)


def test_a_whole_folder_is_read(folder: Path) -> None:
    assert read_problem(folder, date(2026, 2, 1)).students.count == 300


def test_a_week_in_the_past_is_refused(folder: Path) -> None:
    assert "Week 2026-W05 is over; today is 2026-02-02" in refusal(folder, date(2026, 2, 2))


def test_officials_may_edit_what_there_is(folder: Path) -> None:
    edited(folder / "capacity.csv", "print_pages,Akmola,", "print_pages,Akmola,7")
    before = manifests.inputs_hash(folder, manifests.read_manifest(folder))
    assert read_problem(folder).pools.amount[0] > 70
    edited(folder / "capacity.csv", "print_pages,Akmola,", "print_pages,Akmola,8")
    assert manifests.inputs_hash(folder, manifests.read_manifest(folder)) != before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("print_pages,Akmola,", "print_pages,Atlantis,", "line 2: there is no region .* Atlantis"),
        ("copier_pages,1,", "copier_pages,99999,", "line 36: there is no region .* 99999"),
        ("print_pages,Akmola,", "print_pages,Akmola,-", "line 2: '-.*' cannot stand in .* amount"),
        ("print_pages,Akmola,", "print_pages,Akmola,nan #", "line 2: .* cannot stand in .* amount"),
        ("print_pages,Akmola,", "paper,Akmola,", "line 2: 'paper' cannot stand in .* resource"),
        ("print_pages,Aktobe,", "print_pages,Akmola,", "line 3: 'Akmola' cannot stand in .* key"),
        ("resource,key,amount", "resource,key,count", "has no column amount"),
    ],
)
def test_wrong_capacities_are_named(folder: Path, old: str, new: str, words: str) -> None:
    edited(folder / "capacity.csv", old, new)
    with pytest.raises(JetkizError, match=words):
        read_problem(folder)


@pytest.mark.parametrize(
    "name",
    [
        "students.parquet",
        "schools.csv",
        "lessons.csv",
        "channels.toml",
        "capacity.csv",
        "manifest.toml",
    ],
)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert name in refusal(folder)


@pytest.mark.parametrize("name", ["students.parquet", "schools.csv", "lessons.csv"])
def test_a_file_that_was_changed_is_named(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    assert f"{name} is not the one that manifest.toml speaks of" in refusal(folder)


def test_a_truncated_file_is_damaged_even_if_the_manifest_agrees(folder: Path) -> None:
    content = (folder / "students.parquet").read_bytes()
    (folder / "students.parquet").write_bytes(content[:-100])
    resealed(folder)
    assert "students.parquet is damaged or not whole" in refusal(folder)


def test_a_torn_middle_is_damaged(folder: Path) -> None:
    content = bytearray((folder / "students.parquet").read_bytes())
    content[4:4000] = bytes(3996)
    (folder / "students.parquet").write_bytes(content)
    resealed(folder)
    assert "students.parquet" in refusal(folder)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    assert "holds no week of a nation" in refusal(tmp_path)
    assert "holds no week of a nation" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('format = "jetkiz-nation-1"', 'format = "jetkiz-nation-9"', "has the format"),
        ("students = 300", "students = ", "cannot be understood"),
        ("[files]", "[other]", "cannot be understood"),
        ('"lessons.csv"', '"lektions.csv"', "is not the one"),
        ("students = 300", "students = 301", "301"),
    ],
)
def test_a_wrong_manifest_is_named(folder: Path, old: str, new: str, words: str) -> None:
    edited(folder / "manifest.toml", old, new)
    assert words in refusal(folder)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (",video,", ",film,", "'film' cannot stand in column kind"),
        ("1,kk-01-01,", "1,,", "'' cannot stand in column code"),
        ("2,kk-01-02,", "2,kk-01-01,", "'kk-01-01' cannot stand"),
        ("1,kk-01-01,kk-01,0,1,", "1,kk-01-01,kk-01,0,6,", "'6' cannot stand in column day"),
        ("1,kk-01-01,kk-01,0,", "1,kk-01-01,kk-01,63,", "'63' cannot stand in column slot"),
        ("lesson,code", "lesson,name", "no column code"),
    ],
)
def test_wrong_lessons_are_named(folder: Path, old: str, new: str, words: str) -> None:
    edited(folder / "lessons.csv", old, new)
    resealed(folder)
    assert words in refusal(folder)


def test_a_lesson_without_any_form_is_named(folder: Path) -> None:
    text = (folder / "channels.toml").read_text("utf-8")
    lines = [
        "fit = { text = 0.9, pictures = 0.9, video = 0.0, practice = 0.9 }"
        if line.startswith("fit")
        else line
        for line in text.splitlines()
    ]
    (folder / "channels.toml").write_text("\n".join(lines), "utf-8")
    resealed(folder)
    assert "has no form that a channel could carry" in refusal(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('role = "pack"', 'role = "van"'),
        ('screen = "phone"', 'screen = "wall"'),
        ("text = 0.92", "text = -1"),
        ("video = ", "cinema = "),
        ("seat_cost = 0.0", 'seat_cost = "dear"'),
        ("[telegram]", "[telegram"),
    ],
)
def test_wrong_terms_are_named(folder: Path, old: str, new: str) -> None:
    edited(folder / "channels.toml", old, new)
    resealed(folder)
    assert "channels.toml cannot be understood" in refusal(folder)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1,Akmola,", "1,Atlantis,", "line 2: 'Atlantis' cannot stand in column region"),
        ("2,Akmola,", "1,Akmola,", "line 3: '1' cannot stand in column school"),
        ("1,Akmola,", "9999,Akmola,", "cannot stand in column school"),
    ],
)
def test_wrong_schools_are_named(folder: Path, old: str, new: str, words: str) -> None:
    edited(folder / "schools.csv", "\n" + old, "\n" + new)
    resealed(folder)
    assert words in refusal(folder)


def test_a_school_that_nobody_knows_is_named(folder: Path) -> None:
    text = (folder / "schools.csv").read_text("utf-8").splitlines()
    (folder / "schools.csv").write_text("\n".join(text[:-1]) + "\n", "utf-8")
    resealed(folder)
    assert "speaks of school" in refusal(folder)


def test_wrong_columns_are_named(folder: Path) -> None:
    numbers = Table(folder / "students.parquet").numbers("student", np.int64)
    rewritten(folder, **{"chance.post": None})
    assert "has no column chance.post" in refusal(folder)
    rewritten(folder, **{"chance.post": np.full(300, 0.5)})
    assert "chance.post of" in refusal(folder)
    rewritten(folder, **{"chance.post": np.full(300, 1001, dtype=np.uint16)})
    assert "holds a chance of 1001" in refusal(folder)
    rewritten(folder, **{"chance.post": np.full(300, 70_000, dtype=np.int64)})
    assert "must hold uint16" in refusal(folder)
    rewritten(folder, **{"chance.post": np.full(300, 800, dtype=np.int64)})
    assert read_problem(folder).students.chance[:, 0, 2].max() == 800
    programs = Words(np.zeros(300, dtype=np.int32), ("fr-01",))
    rewritten(folder, program=programs)
    assert "speaks of program fr-01" in refusal(folder)
    rewritten(folder, program=numbers)
    assert "program of" in refusal(folder)


def test_students_out_of_order_or_twice_are_named(folder: Path) -> None:
    numbers = Table(folder / "students.parquet").numbers("student", np.int64)
    swapped = numbers.copy()
    swapped[[0, 299]] = swapped[[299, 0]]
    doubled = numbers.copy()
    doubled[-1] = numbers[0]
    rewritten(folder, student=doubled)
    assert "out of order or twice" in refusal(folder)
    rewritten(folder, school=np.arange(300, 0, -1))
    assert "speaks of school" in refusal(folder)
    rewritten(folder, school=np.ones(300, dtype=np.int64))
    rewritten(folder, household=numbers[::-1].copy())
    assert "out of order or twice" in refusal(folder)


def test_decisions_and_experience_are_read(folder: Path) -> None:
    before = read_folder(folder)
    students = before.students
    program = before.programs[students.program[4]]
    (folder / "overrides.csv").write_text(
        f"student,lesson,channel\n{students.number[4]},{program}-03,post\n", "utf-8"
    )
    known = {f"chance.{one.name}": np.array([111], dtype=np.uint16) for one in before.channels}
    write_columns(folder / "posteriors.parquet", {"student": students.number[[7]], **known})
    resealed(folder)
    week = read_problem(folder)
    assert week.students.decided[4, 2] == 2
    assert (week.students.decided != NOTHING).sum() == 1
    assert (week.students.chance[7] == 111).all()
    others = np.delete(np.arange(300), 7)
    assert np.array_equal(week.students.chance[others, 0], students.chance[others])


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("0,kk-01-03,post", "student"),
        ("99999,kk-01-03,post", "student"),
        ("1,zz-01-03,post", "lesson"),
        ("1,kk-01-03,pigeon", "channel"),
    ],
)
def test_wrong_decisions_are_named(folder: Path, line: str, column: str) -> None:
    people = read_folder(folder)
    program = people.programs[people.students.program[0]]
    text = f"student,lesson,channel\n{line.replace('kk-01', program)}\n"
    (folder / "overrides.csv").write_text(text, "utf-8")
    assert f" cannot stand in column {column}" in refusal(folder)


def test_last_week_is_found_by_student(tmp_path: Path) -> None:
    folder = tmp_path / "week"
    drawn(folder, 40)
    problem = read_folder(folder)
    chance = np.random.default_rng(1)
    last = chance.integers(-1, 5, (40, 30)).astype(np.int8)
    write_problem(folder, replace(problem, previous=last))
    assert np.array_equal(read_problem(folder).students.previous, last)
    table = Table(folder / "previous/plan.parquet")
    slots = {name: table.numbers(name, np.int8) for name in table.names if name != "student"}
    mixed = chance.permutation(40)[:30]
    kept = {name: column[mixed] for name, column in slots.items()}
    number = table.numbers("student", np.int64)[mixed]
    write_columns(folder / "previous/plan.parquet", {"student": number, **kept})
    resealed(folder)
    found = read_problem(folder).students.previous
    assert np.array_equal(found[np.sort(mixed)], last[np.sort(mixed)])
    assert (np.delete(found, mixed, axis=0) == NOTHING).all()


def test_capacities_of_one_place_are_kept_to_the_digit(tmp_path: Path) -> None:
    folder = tmp_path / "week"
    drawn(folder, 20)
    problem = read_folder(folder)
    given_amounts = (Capacity(Resource.POST_MONEY, "all", 12345678901.0, "tenge"),)
    write_problem(folder, replace(problem, capacities=given_amounts))
    assert read_folder(folder).capacities == given_amounts


def test_columns_of_no_students_are_columns() -> None:
    nobody: StudentColumns = columns([], [], [], np.random.default_rng(0))
    assert nobody.chance.shape == (0, 5)
