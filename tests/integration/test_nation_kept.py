"""``plan make --problem FOLDER --store``: a nation's plan in the database, once, whole or not."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Receipt, StudentPlan
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import plan_template, student_week
from jetkiz.lessons.model import LessonKind
from jetkiz.roster import commands
from jetkiz.storage.database import Database
from jetkiz.storage.metadata import metadata
from scheduler.nation.channel_terms import channel_terms
from scheduler.nation.folder import write_problem
from scheduler.nation.problem import LessonRow, Problem, SchoolColumns
from scheduler.plan_store import RunState, read_runs
from tests.factories import BY_POST, People, add_people
from tests.nations import WEEK, columns, drawn
from tests.rosters import DEMO
from tests.spoken import Jetkiz, stop_the_clock

NOW = datetime(2026, 1, 20, 6, 0, tzinfo=UTC)
STUDENTS = 5
MAKE = ("plan", "make", WEEK, "--problem")


@pytest.fixture
def jetkiz(
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Jetkiz:
    stop_the_clock(monkeypatch, NOW)
    monkeypatch.setenv("LOGNAME", "ministry")
    return Jetkiz(database_url, tmp_path / "data", capsys)


@pytest.fixture
def plain(
    sqlite_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Jetkiz:
    """For what is no question of the engine."""
    stop_the_clock(monkeypatch, NOW)
    return Jetkiz(sqlite_url, tmp_path / "data", capsys)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "nation"
    drawn(folder, STUDENTS)
    return folder


@pytest.fixture
def folder(nation: Path, tmp_path: Path) -> str:
    """A copy that the test may change."""
    return str(shutil.copytree(nation, tmp_path / "nation"))


def kept(database: Database) -> dict[int, int]:
    """How many student-weeks the ledger holds of each run."""
    run = plan_template.c.run_id
    with database.read() as connection:
        rows = connection.execute(
            select(run, func.count()).join_from(student_week, plan_template).group_by(run)
        )
        return {row[0]: row[1] for row in rows}


def states(database: Database) -> list[tuple[int, RunState, str | None]]:
    with database.read() as connection:
        return [(run.version, run.state, run.approved_by) for run in read_runs(connection, WEEK)]


def use_less_paper(folder: str) -> None:
    table = Path(folder) / "capacity.csv"
    lines = table.read_text("utf-8").splitlines()
    changed = [",".join([*one.split(",")[:2], "1", one.split(",")[3]]) for one in lines[1:]]
    table.write_text("\n".join([lines[0], *changed]) + "\n", "utf-8")


def test_a_plan_is_put_in_force_and_told(jetkiz: Jetkiz, database: Database, folder: str) -> None:
    said = jetkiz.run(*MAKE, folder, "--store")
    assert f"Plan 1 of week {WEEK} is in force for {STUDENTS} students." in said
    assert "Seconds: store " in said
    assert kept(database) == {1: STUDENTS}
    assert states(database) == [(1, RunState.PUBLISHED, "ministry")]
    report = json.loads((Path(folder) / "plan" / "report.json").read_text("utf-8"))
    with database.read() as connection:
        found = ledger.lesson_states(connection, WEEK)
    assert sum(one.state == State.PLANNED for one in found) == report["with_channel"]
    assert len(found) == report["lessons"]
    shown = jetkiz.run("plan", "show", WEEK)
    assert f"Plan 1 of week {WEEK}: " in shown
    assert f"{report['with_channel']} of {report['lessons']} lessons of {STUDENTS}" in shown
    assert "published already" in jetkiz.run("plan", "publish", WEEK, "--yes")


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "1-жоспары күшіне енді: 5 оқушы"), ("ru", "действует: 5 учеников")],
)
def test_it_speaks(plain: Jetkiz, folder: str, language: str, words: str) -> None:
    _, out, err = plain.ends(*MAKE, folder, "--store", language=language)
    told = {"kk": "жоспарды күшіне енгізу", "ru": "ввожу план в действие"}
    assert told[language] in err
    assert words in out


def test_the_same_week_again_changes_nothing(
    jetkiz: Jetkiz, database: Database, folder: str
) -> None:
    jetkiz.run(*MAKE, folder, "--store")
    said = jetkiz.run(*MAKE, folder, "--store", "--replace")
    assert "Nothing has changed since plan 1: it stands." in said
    assert kept(database) == {1: STUDENTS}
    assert len(states(database)) == 1


def test_another_plan_of_the_week_is_refused_before_it_is_made(
    jetkiz: Jetkiz, database: Database, folder: str
) -> None:
    jetkiz.run(*MAKE, folder, "--store")
    use_less_paper(folder)
    shutil.rmtree(Path(folder) / "plan")
    said = jetkiz.refuses(*MAKE, folder, "--store")
    assert f"Week {WEEK} is published already: plan 1, by ministry." in said
    assert "--replace" in said
    assert not (Path(folder) / "plan").exists()
    assert states(database) == [(1, RunState.PUBLISHED, "ministry")]
    assert "in force for 5 students" in jetkiz.run(*MAKE, folder, "--store", "--replace")
    assert [one[:2] for one in states(database)] == [
        (2, RunState.PUBLISHED),
        (1, RunState.SUPERSEDED),
    ]
    assert kept(database) == {2: STUDENTS}


def test_what_was_handed_over_is_never_replaced(
    jetkiz: Jetkiz, database: Database, folder: str
) -> None:
    jetkiz.run(*MAKE, folder, "--store")
    with database.write() as connection:
        one = ledger.lesson_states(connection, WEEK, [1])[0]
        heard = Receipt("r", WEEK, 1, (one.lesson,), State.DELIVERED, "post", NOW)
        record_receipts(connection, [heard], NOW)
    use_less_paper(folder)
    said = jetkiz.refuses(*MAKE, folder, "--store", "--replace")
    assert "have been handed over: its plan cannot be replaced" in said
    assert states(database) == [(1, RunState.PUBLISHED, "ministry")]
    assert kept(database) == {1: STUDENTS}
    with database.read() as connection:
        assert ledger.differences(connection, WEEK) == []


def test_a_week_decided_by_hand_is_not_mixed_with_a_nations(
    jetkiz: Jetkiz, database: Database, folder: str
) -> None:
    with database.write() as connection:
        ledger.replace_attempt(connection, WEEK, 0, StudentPlan(9, (1,), (BY_POST,)), 1)
    said = jetkiz.refuses(*MAKE, folder, "--store", "--replace")
    assert "in the ledger already, with 1 students" in said
    assert kept(database) == {0: 1}
    assert states(database) == []
    assert not (Path(folder) / "plan").exists()


def test_a_drawn_nation_stays_out_of_a_schools_database(
    jetkiz: Jetkiz, database: Database, folder: str
) -> None:
    with database.write() as connection:
        add_people(connection)
    said = jetkiz.refuses(*MAKE, folder, "--store")
    assert "The register of this database has no student " in said
    assert "database_url" in said
    assert kept(database) == {}
    assert states(database) == []
    assert (Path(folder) / "plan" / "report.json").exists(), "the plan in the folder is whole"


def whole(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row there is, but for what the engine of the database keeps for itself."""
    with database.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize("wanted", ["--yes", "--dry-run"])
def test_a_school_stays_out_of_a_drawn_nations_database(
    jetkiz: Jetkiz, database: Database, folder: str, wanted: str
) -> None:
    jetkiz.run(*MAKE, folder, "--store")
    before = whole(database)
    roster = ("roster", "import", str(DEMO / "roster.zip"), "--older", wanted)
    for language, words in (
        ("en", "holds a nation that was drawn (week 2026-W05); nothing was changed"),
        ("kk", "ойдан құралған ел сақтаулы (2026-W05 аптасы)"),
        ("ru", "вымышленная страна (неделя 2026-W05); ничего не изменено"),
    ):
        said = jetkiz.refuses(*roster, language=language)
        assert words in said
        assert "database_url" in said
    assert whole(database) == before
    # The nation itself goes on: the same folder is known.
    assert "Nothing has changed since plan 1" in jetkiz.run(*MAKE, folder, "--store")
    assert whole(database) == before


def test_a_nation_stored_while_somebody_reads_the_difference_stays_alone(
    jetkiz: Jetkiz, database: Database, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def says_yes_late(*_: object, **__: object) -> None:
        jetkiz.run(*MAKE, folder, "--store")

    monkeypatch.setattr(commands, "confirm_or_stop", says_yes_late)
    said = jetkiz.refuses("roster", "import", str(DEMO / "roster.zip"), "--older")
    assert "holds a nation that was drawn" in said
    assert kept(database) == {1: STUDENTS}
    assert whole(database)["student"] == []


def test_a_register_with_a_plan_of_its_own_goes_on_taking_rosters(
    jetkiz: Jetkiz, database: Database, tmp_path: Path
) -> None:
    """Its weeks are those of real children, whoever planned them."""
    roster = ("roster", "import", str(DEMO / "roster.zip"), "--older", "--yes")
    with database.write() as connection:
        people = add_people(connection)
    write_problem(tmp_path / "own", registered(people))
    jetkiz.run(*MAKE, str(tmp_path / "own"), "--store")
    assert "Students: 43 added" in jetkiz.run(*roster)
    assert "Nothing was changed" in jetkiz.run(*roster)
    assert kept(database) == {1: 3}


def registered(people: People) -> Problem:
    """The week of the students that ``add_people`` writes, as a ministry's folder has it."""
    students = columns([0, 0, 1], [1, 2, 3], [0, 0, 0], np.random.default_rng(1))
    numbers = np.array([people.alice, people.bob, people.charlie], dtype=np.int64)
    lessons = tuple(
        LessonRow(
            number=number,
            code=f"l{slot}",
            program="kk-02",
            slot=slot,
            day=1,
            kind=LessonKind.TEXT,
            weight=1.0,
            has_task=False,
            sides=1,
            is_aired=False,
        )
        for slot, number in enumerate(people.lessons)
    )
    return Problem(
        week=WEEK,
        regions=("North",),
        programs=("kk-02",),
        channels=channel_terms(),
        lessons=lessons,
        schools=SchoolColumns(
            np.array([people.school, people.other_school], dtype=np.int64),
            np.zeros(2, dtype=np.int32),
            np.array([True, True]),
        ),
        students=replace(students, number=numbers),
        capacities=(),
        previous=np.zeros((0, len(lessons)), dtype=np.int8),
    )


def test_a_register_has_its_own_students_planned(
    jetkiz: Jetkiz, database: Database, tmp_path: Path
) -> None:
    with database.write() as connection:
        people = add_people(connection)
    folder = tmp_path / "own"
    write_problem(folder, registered(people))
    assert "in force for 3 students" in jetkiz.run(*MAKE, str(folder), "--store")
    assert kept(database) == {1: 3}
    # What a school keeps beside its plans, a nation's plan does not have: that is said.
    for words in (("check", WEEK), ("explain", str(people.alice), "w05-1")):
        assert "is a nation's: its folder holds" in jetkiz.refuses("plan", *words)
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    strange = registered(replace(people, lessons=(*people.lessons[:2], 77)))
    write_problem(other, strange)
    said = jetkiz.refuses(*MAKE, str(other), "--store", "--replace")
    assert f"This database has no lesson 77 in week {WEEK}." in said
    assert states(database) == [(1, RunState.PUBLISHED, "ministry")]


def test_the_folder_of_another_week_is_refused(
    plain: Jetkiz, sqlite_database: Database, folder: str
) -> None:
    words = ("plan", "make", "2026-W06", "--problem", folder, "--store")
    assert f"holds week {WEEK}, not 2026-W06" in plain.refuses(*words)
    assert kept(sqlite_database) == {}


def test_a_plan_that_cannot_be_made_stores_nothing(
    plain: Jetkiz, sqlite_database: Database, folder: str
) -> None:
    with (Path(folder) / "lessons.csv").open("a") as table:
        table.write("spoilt\n")
    assert "lessons.csv" in plain.refuses(*MAKE, folder, "--store")
    assert kept(sqlite_database) == {}
    assert states(sqlite_database) == []


@pytest.mark.parametrize(
    "words", [("--store",), ("--replace",), ("--long",), ("--out", "x"), ("--store", "--replace")]
)
def test_what_belongs_to_a_nation_needs_its_folder(plain: Jetkiz, words: tuple[str, ...]) -> None:
    assert "belong to the plan of a nation" in plain.refuses("plan", "make", WEEK, *words)


def test_replacing_without_storing_is_refused(plain: Jetkiz, folder: str) -> None:
    assert "Add --store" in plain.refuses(*MAKE, folder, "--replace")
    assert not (Path(folder) / "plan").exists()


def test_without_a_database_nothing_is_planned(
    tmp_path: Path,
    folder: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_the_clock(monkeypatch, NOW)
    jetkiz = Jetkiz(f"sqlite:///{tmp_path / 'none.sqlite3'}", tmp_path / "data", capsys)
    assert "There is no school" in jetkiz.refuses(*MAKE, folder, "--store")
    assert not (tmp_path / "none.sqlite3").exists()
    assert not (Path(folder) / "plan").exists()


def test_a_student_with_a_number_too_wide_is_named(
    jetkiz: Jetkiz, database: Database, tmp_path: Path
) -> None:
    people = People(1, 2, 5, 6, 2**31 + 7, (1, 2, 3))
    write_problem(tmp_path / "wide", registered(people))
    said = jetkiz.refuses(*MAKE, str(tmp_path / "wide"), "--store")
    assert "have numbers from 1 to 2147483647; 2147483655 is none of them" in said
    assert kept(database) == {}
    assert states(database) == []


def test_a_folder_whose_week_comes_later_is_stored_beside(
    jetkiz: Jetkiz, database: Database, folder: str, tmp_path: Path
) -> None:
    """Each week stands for itself; students and lessons may have the same numbers."""
    jetkiz.run(*MAKE, folder, "--store")
    later = str(tmp_path / "later")
    words = ("--students", str(STUDENTS), "--week", "2026-W06", "--into", later)
    jetkiz.run("nation", "make", *words)
    said = jetkiz.run("plan", "make", "2026-W06", "--problem", later, "--store")
    assert "Plan 1 of week 2026-W06 is in force" in said
    with database.read() as connection:
        assert ledger.weeks(connection) == [WEEK, "2026-W06"]
    assert kept(database) == {1: STUDENTS, 2: STUDENTS}
