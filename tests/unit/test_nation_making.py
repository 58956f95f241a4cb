"""A drawn nation: equal seeds give equal bytes, and the shares are those of the tables."""

import csv
import shutil
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from bot.channel import BY_NETWORK, MOST_WORTH_SHARING
from broadcast import receiving as broadcast
from jetkiz.errors import JetkizError
from print_packs.channel import InPersonChannel, PostChannel
from scheduler.nation import chances, channel_terms
from scheduler.nation.comparing import compare
from scheduler.nation.folder import read_folder, read_problem
from scheduler.nation.making import Wanted, make_nation
from scheduler.nation.parquet import Table
from scheduler.nation.population import AREAS, read_population
from scheduler.nation.schools import areas, shared_out
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import Resource
from tests.nations import SMALL, WEEK, drawn, population


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nation")
    drawn(folder, 4000)
    return folder


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_equal_seeds_give_equal_files(tmp_path: Path) -> None:
    drawn(tmp_path / "one", 500, seed=7)
    drawn(tmp_path / "two", 500, seed=7)
    drawn(tmp_path / "three", 500, seed=8)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    assert (
        bytes_of(tmp_path / "one")["students.parquet"]
        != (bytes_of(tmp_path / "three")["students.parquet"])
    )


def test_a_nation_is_drawn_anew_in_its_folder(tmp_path: Path) -> None:
    drawn(tmp_path, 60, seed=1)
    before = bytes_of(tmp_path)
    drawn(tmp_path, 90, seed=1)
    drawn(tmp_path, 60, seed=1)
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize("students", [1, 2, 17, 500])
def test_every_student_is_drawn(tmp_path: Path, students: int) -> None:
    heard: list[int] = []
    tally = make_nation(tmp_path, population(), Wanted(students, 3, WEEK), heard.append)
    week = read_problem(tmp_path)
    assert week.students.count == tally.students == heard[-1] == students
    assert heard == sorted(heard)
    assert len(np.unique(week.students.number)) == students


@pytest.mark.parametrize("students", [0, -5, 10_000_001])
def test_a_nation_of_nobody_is_refused(tmp_path: Path, students: int) -> None:
    with pytest.raises(JetkizError, match="cannot be drawn"):
        drawn(tmp_path / "none", students)
    assert not (tmp_path / "none").exists()


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(JetkizError, match="not an empty folder"):
        drawn(tmp_path, 10)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.docx"]


def test_homes_share_school_and_language(nation: Path) -> None:
    week = read_folder(nation)
    people = week.students
    languages = np.array([name[:2] for name in week.programs])[people.program]
    for home in np.unique(people.household):
        at = people.household == home
        assert len(set(people.school[at].tolist())) == 1
        assert len(set(languages[at].tolist())) == 1
    assert (np.diff(people.school) >= 0).all()
    assert (np.diff(week.schools.region[people.school]) >= 0).all()
    assert len(np.unique(people.school)) == len(week.schools.number)


def test_brothers_and_sisters_share_what_the_home_has(nation: Path) -> None:
    table = Table(nation / "students.parquet")
    household = table.numbers("household", np.int64)
    for name in ("tv", "post", "computer", "telegram_linked"):
        values = table.numbers(name, np.bool_)
        same = household[1:] == household[:-1]
        assert (values[1:] == values[:-1])[same].all(), name


def test_shares_are_those_of_the_tables(nation: Path) -> None:
    week, tables = read_folder(nation), population()
    rural = week.schools.is_rural[week.students.school]
    wanted = sum(one.weight * (1 - one.urban) for one in tables.regions)
    assert rural.mean() == pytest.approx(wanted, abs=0.01)
    region = np.bincount(week.schools.region[week.students.school]) / len(rural)
    assert region == pytest.approx([one.weight for one in tables.regions], abs=0.001)
    table = Table(nation / "students.parquet")
    for item, column in (("power_cuts", "power_cuts"), ("post_reaches", "post")):
        values = table.numbers(column, np.bool_)
        for area, at in zip(AREAS, (~rural, rural), strict=True):
            assert values[at].mean() == pytest.approx(tables.share(item, area), abs=0.05)
    grade = table.numbers("grade", np.int8)
    assert (grade == 1).mean() == pytest.approx(tables.grades[1], abs=0.02)


def test_villages_have_most_schools_and_smaller_ones() -> None:
    found = list(areas(population(), 3_380_000))
    schools = {name: sum(a.schools for a in found if a.name == name) for name in AREAS}
    students = {name: sum(a.students for a in found if a.name == name) for name in AREAS}
    assert sum(students.values()) == 3_380_000
    assert sum(schools.values()) == pytest.approx(7391, abs=20)
    assert schools["rural"] / sum(schools.values()) == pytest.approx(0.71, abs=0.01)
    assert students["rural"] / schools["rural"] < students["urban"] / schools["urban"]


def test_wholes_are_shared_out_to_the_last() -> None:
    assert shared_out(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert shared_out(1, [0.2, 0.5, 0.3]).tolist() == [0, 1, 0]
    assert shared_out(0, [1, 2]).tolist() == [0, 0]


def test_every_program_has_its_week(nation: Path) -> None:
    week = read_problem(nation)
    assert week.programs.shape == (55, 30)
    assert (week.programs >= 0).all()
    day = week.lessons.day[week.programs]
    assert all((np.bincount(row) == 6).all() for row in day)
    tv = week.lessons.is_open[week.programs, 1].sum(axis=1)
    aired = dict(zip(read_folder(nation).programs, tv, strict=True))
    assert {count for name, count in aired.items() if name[:2] in {"kk", "ru"}} == {17}
    assert {count for name, count in aired.items() if name[:2] not in {"kk", "ru"}} == {0}
    films = week.lessons.is_heavy
    assert not week.lessons.is_open[films][:, [2, 3]].any()
    assert week.lessons.is_open[:, [0, 4]].all()


def test_pools_are_of_region_and_school(nation: Path) -> None:
    week = read_problem(nation)
    resources = np.array([one.value for one in week.pools.resource])
    counts = {one: int((resources == one.value).sum()) for one in Resource}
    schools = len(week.school)
    assert counts[Resource.PRINT_PAGES] == counts[Resource.POST_MONEY] == 17
    assert counts[Resource.COPIER_PAGES] == counts[Resource.DUTY_SEATS] == schools
    assert counts[Resource.MESSAGES] == 5
    assert week.pools.message_day.tolist() == [-1, -1, -1, -1, 0, 1, 2, 3, 4]
    assert (week.pools.of_school >= 0).all()
    own = week.pools.of_school[:, 2]
    assert [week.pools.key[row] for row in own] == [str(one) for one in week.school]


def test_chances_are_those_of_the_real_channels() -> None:
    known = {name: chance for name, chance in chances.BY_NETWORK.items() if name != "none"}
    assert known == {name: BY_NETWORK[name] for name in known}
    assert chances.MOST_WORTH_SHARING == MOST_WORTH_SHARING
    assert (chances.WATCHES, chances.POWER_CUTS) == (broadcast._WATCHES, broadcast._POWER_CUTS)
    assert PostChannel._likelihood == chances.POST
    assert InPersonChannel._likelihood == chances.IN_PERSON


def test_steps_are_those_of_the_school_planner(nation: Path) -> None:
    folder, week = read_folder(nation), read_problem(nation)
    for row, lesson in enumerate(folder.lessons[:90]):
        for column, channel in enumerate(week.channels):
            if week.lessons.is_open[row, column]:
                wanted = channel_choice.step(
                    lesson.weight, lesson.kind, channel, task=lesson.has_task
                )
                assert week.lessons.step[row, column] == wanted
                minutes = channel_choice.marking_minutes(channel, task=lesson.has_task)
                assert week.lessons.marking[row, column] == pytest.approx(100 * minutes, abs=0.6)
    for column, one in enumerate(channel_terms.channel_terms()):
        tenge = channel_choice.PER_TENGE * channel_choice.LESSON
        assert week.tariff.pack[column] == channel_choice.tenge_of_pack(one.name) * tenge
        assert week.tariff.side[column] == channel_choice.tenge_of_pages(one.name, 1) * tenge
        for place, resource in enumerate(
            (Resource.PRINT_PAGES, Resource.POST_MONEY, Resource.COPIER_PAGES)
        ):
            pack = channel_choice.use_of_pack(one.name).get(resource, 0.0)
            side = channel_choice.use_of_pages(one.name, 1).get(resource, 0.0)
            assert week.pools.by_pack[place, column] == pack
            assert week.pools.by_side[place, column] == side


def facts(**changes: object) -> chances.Facts:
    plain: dict[str, object] = {name: np.array([True]) for name in chances.Facts.__slots__}
    plain |= {"network": np.array([3]), "sharers": np.array([1], dtype=np.uint8)}
    plain |= {"reads_braille": np.array([False]), "has_cuts": np.array([False])}
    return chances.Facts(**{**plain, **{k: np.array([v]) for k, v in changes.items()}})


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, [900, 500, 800, 880, 900]),
        ({"network": 1}, [550, 500, 800, 880, 900]),
        ({"network": 0}, [0, 500, 800, 880, 900]),
        ({"sharers": 2}, [783, 500, 800, 880, 900]),
        ({"sharers": 9}, [621, 500, 800, 880, 900]),
        ({"is_linked": False}, [0, 500, 800, 880, 900]),
        ({"has_device": False}, [0, 500, 800, 880, 900]),
        ({"has_cuts": True}, [900, 450, 800, 880, 900]),
        ({"has_tv": False, "takes_hand": False}, [900, 0, 800, 0, 900]),
        ({"reads_braille": True}, [0, 0, 0, 0, 900]),
        ({"takes_duty": False, "takes_post": False}, [900, 500, 0, 880, 0]),
    ],
)
def test_chances_follow_the_facts(changes: dict[str, object], wanted: list[int]) -> None:
    assert chances.chances(facts(**changes)).tolist() == [wanted]


def test_the_comparison_names_its_sources(tmp_path: Path) -> None:
    lines = list(compare(drawn(tmp_path, SMALL), population()))
    assert {one.words for one in lines} >= {"Students without a computer", "Schools in villages"}
    assert all(one.source for one in lines)
    shares = [one for one in lines if one.is_share]
    assert all(0 <= one.drawn <= 1 and 0 <= one.published <= 1 for one in shares)
    tv = next(one for one in lines if one.words == "TV lessons in a quarter")
    assert tv.drawn == pytest.approx(tv.published, rel=0.01)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    with resources.as_file(resources.files("scheduler.nation") / "data") as shipped:
        shutil.copytree(shipped, tmp_path / "tables")
    return tmp_path / "tables"


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_own_tables_change_the_nation(tables: Path, tmp_path: Path) -> None:
    edited(tables / "assumed.csv", "telegram_linked,0.72,0.55", "telegram_linked,0,0")
    tally = make_nation(
        tmp_path / "n", read_population(tables), Wanted(300, 1, WEEK), lambda _: None
    )
    assert tally.facts["telegram"] == 0
    assert tally.facts["tv_only"] > 200


def test_every_number_is_marked() -> None:
    for name in ("access.csv", "assumed.csv", "school_shapes.csv"):
        text = (resources.files("scheduler.nation") / "data" / name).read_text("utf-8")
        for row in csv.DictReader(text.splitlines()):
            assert row["basis"][0] in "SDB", (name, row)


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (
            "assumed.csv",
            "telegram_linked,",
            "telegram_joined,",
            "say nothing about telegram_linked",
        ),
        ("access.csv", "tv,0.999", "tv,much", "no share and no amount"),
        ("regions.csv", "pupil_weight", "weight", "has no column pupil_weight"),
        ("households.csv", "urban,1,0.5", "urban,1,-0.5", "no share and no amount"),
        ("grades.csv", "grade,", "class,", "has no column grade"),
    ],
)
def test_wrong_tables_are_named(
    tables: Path, tmp_path: Path, name: str, old: str, new: str, words: str
) -> None:
    edited(tables / name, old, new)
    with pytest.raises(JetkizError, match=words):
        make_nation(tmp_path / "n", read_population(tables), Wanted(50, 1, WEEK), lambda _: None)
    assert not (tmp_path / "n" / "manifest.toml").exists()


def test_missing_tables_are_named(tables: Path) -> None:
    (tables / "households.csv").unlink()
    with pytest.raises(JetkizError, match=r"households\.csv cannot be read"):
        read_population(tables)
