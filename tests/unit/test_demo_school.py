"""The demo school is the one described: 43 students, 27 homes, and every special case."""

import csv
import io
import zipfile
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from jetkiz.demo.making import school
from jetkiz.demo.making.school import SCHOOL, main, school_files

Row = dict[str, str]
STRANGE = {"h24", "h26"}
INDICES = {"111908", "111911"}


@cache
def sheet(name: str) -> tuple[Row, ...]:
    book = openpyxl.load_workbook(SCHOOL / "households.xlsx")
    header, *lines = book[name].iter_rows(values_only=True)
    return tuple(
        {
            str(key): "" if value is None else str(value)
            for key, value in zip(header, line, strict=True)
        }
        for line in lines
    )


@cache
def roster(name: str) -> tuple[Row, ...]:
    with zipfile.ZipFile(SCHOOL / "roster.zip") as archive:
        text = archive.read(f"{name}.csv").decode("utf-8")
    return tuple(csv.DictReader(io.StringIO(text, newline="")))


def newest_facts(household_id: str) -> dict[str, str]:
    """The value in force of each fact, the home's and the children's together."""
    rows = [row for row in sheet("access") if row["household_id"] == household_id]
    return {row["fact"]: row["value"] for row in sorted(rows, key=lambda row: row["asked_on"])}


def way_to(student: Row) -> str:
    """The way a coordinator would choose at first sight."""
    facts = newest_facts(student["household_id"])
    online = facts["internet"] in {"2g", "3g", "4g"} and facts["phone"] in {"own", "shared"}
    if online and facts["telegram"] == "linked":
        return "messenger"
    needed = "balapan" if student["language"] == "kk" else "el_arna"
    return "tv and paper" if needed in facts["tv"].split(",") else "paper"


def homes_where(fact: str, value: str) -> list[str]:
    return [
        row["household_id"]
        for row in sheet("households")
        if newest_facts(row["household_id"]).get(fact) == value
    ]


def test_the_script_writes_exactly_the_files_that_are_kept() -> None:
    for name, content in school_files().items():
        assert (SCHOOL / name).read_bytes() == content, name


def test_the_command_says_what_it_wrote_and_writes_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("written") == 6
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("unchanged") == 6


def test_without_a_folder_the_kept_files_are_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(school, "SCHOOL", tmp_path)
    assert main([]) == 0
    assert (tmp_path / "roster.zip").exists()


def test_43_students_live_in_27_homes() -> None:
    students = sheet("students")
    assert len(students) == 43
    assert len(sheet("households")) == 27
    assert {row["household_id"] for row in students} == {
        row["household_id"] for row in sheet("households")
    }
    sizes = Counter(Counter(row["household_id"] for row in students).values())
    assert sizes == {1: 15, 2: 9, 3: 2, 4: 1}


def test_every_grade_is_taught_in_both_languages() -> None:
    classes = {(int(row["grade"]), row["language"]) for row in sheet("students")}
    assert classes == {(grade, language) for grade in range(1, 10) for language in ("kk", "ru")}


@pytest.mark.parametrize(
    ("name", "key"),
    [("students", "student_id"), ("households", "household_id"), ("guardians", "guardian_id")],
)
def test_ids_are_unique(name: str, key: str) -> None:
    ids = [row[key] for row in sheet(name)]
    assert len(ids) == len(set(ids))


def test_every_home_has_an_address_of_its_own() -> None:
    places = set()
    for row in sheet("households"):
        assert row["settlement"], row
        assert row["house"], row
        assert row["district"], row
        assert row["rural_okrug"], row
        assert row["region_kato"] == "39"
        assert row["index6"] in ({"", "050000"} if row["household_id"] in STRANGE else INDICES)
        assert row["street"] or row["settlement_type"] == "қыстауы"
        places.add((row["settlement"], row["street"], row["house"], row["flat"]))
    assert len(places) == 27


def test_every_home_has_a_guardian_and_a_way_of_delivery() -> None:
    answered = {row["household_id"] for row in sheet("guardians")}
    orders = [int(row["delivery_order"]) for row in sheet("households")]
    assert answered == {row["household_id"] for row in sheet("households")}
    assert sorted(orders) == list(range(1, 28))
    modes = Counter(row["delivery_mode"] for row in sheet("households"))
    assert set(modes) == {"hand", "post", "pick_up"}
    for row in sheet("households"):
        assert bool(row["pick_up_km"]) == (row["delivery_mode"] == "pick_up")


def test_telephones_begin_with_the_code_held_in_reserve() -> None:
    numbers = [row["phone"] for name in ("households", "guardians") for row in sheet(name)]
    assert all(number.startswith("+7709") for number in numbers if number)
    homes = [row["phone"] for row in sheet("households") if row["phone"]]
    assert len(homes) == len(set(homes))


def test_22_by_messenger_9_by_television_and_paper_12_on_paper() -> None:
    ways = Counter(way_to(student) for student in sheet("students"))
    assert ways == {"messenger": 22, "tv and paper": 9, "paper": 12}


def test_one_home_has_four_children_and_one_telephone() -> None:
    counts = Counter(row["household_id"] for row in sheet("students"))
    (home,) = [key for key, count in counts.items() if count == 4]
    facts = newest_facts(home)
    assert (facts["phone"], facts["phone_sharers"]) == ("shared", "4")


def test_some_homes_share_a_telephone_and_some_have_no_internet() -> None:
    assert len(homes_where("phone", "shared")) >= 5
    assert len(homes_where("internet", "none")) >= 5


def test_one_computer_is_lent_and_the_older_answer_is_kept() -> None:
    (home,) = homes_where("computer", "lent")
    history = [
        (row["asked_on"], row["value"])
        for row in sheet("access")
        if row["household_id"] == home and row["fact"] == "computer"
    ]
    assert history == [("2025-09-08", "none"), ("2025-11-20", "lent")]


def test_one_home_blocked_the_bot_after_it_was_linked() -> None:
    (home,) = homes_where("telegram", "blocked")
    values = [
        row["value"]
        for row in sheet("access")
        if row["household_id"] == home and row["fact"] == "telegram"
    ]
    assert values == ["linked", "blocked"]


def test_of_one_home_nothing_is_known() -> None:
    unknown = [
        row["household_id"]
        for row in sheet("households")
        if set(newest_facts(row["household_id"]).values()) == {"unknown"}
    ]
    assert len(unknown) == 1
    assert all(
        float(row["confidence"]) == 0
        for row in sheet("access")
        if row["household_id"] == unknown[0]
    )


def test_one_fact_belongs_to_a_child_not_to_the_home() -> None:
    (row,) = [row for row in sheet("access") if row["student_id"]]
    assert (row["fact"], row["value"]) == ("phone", "own")


def test_one_student_needs_large_print_and_one_braille() -> None:
    assert {row["needs"] for row in sheet("students")} == {"", "large_print", "braille"}
    assert sum(bool(row["needs"]) for row in sheet("students")) == 2


def test_the_addresses_have_the_three_faults_that_the_post_desk_shows() -> None:
    indices = {row["household_id"]: row["index6"] for row in sheet("households")}
    assert [home for home, index in indices.items() if not index] == ["h24"]
    assert [home for home, index in indices.items() if index == "050000"] == ["h26"]
    without = {row["household_id"] for row in sheet("guardians") if not row["patronymic"]}
    assert without == {"h21"}
    modes = {row["household_id"]: row["delivery_mode"] for row in sheet("households")}
    assert {modes[home] for home in (*STRANGE, *without)} == {"post"}


def test_one_home_is_taught_in_two_languages() -> None:
    languages = defaultdict(set)
    for row in sheet("students"):
        languages[row["household_id"]].add(row["language"])
    assert sum(len(spoken) == 2 for spoken in languages.values()) == 1


def test_two_students_have_one_name() -> None:
    names = Counter((row["family_name"], row["given_name"]) for row in sheet("students"))
    (twice,) = [name for name, count in names.items() if count > 1]
    patronymics = {
        row["patronymic"]
        for row in sheet("students")
        if (row["family_name"], row["given_name"]) == twice
    }
    assert len(patronymics) == 2


def test_facts_use_only_agreed_words() -> None:
    agreed = {
        "internet": {"none", "2g", "3g", "4g"},
        "phone": {"own", "shared", "none"},
        "computer": {"own", "lent", "none"},
        "telegram": {"linked", "never", "blocked"},
        "post": {"yes", "no"},
        "pick_up": {"yes", "no"},
        "adult_home": {"yes", "no"},
        "electricity": {"steady", "cuts"},
        "preference": {"telegram", "in_person"},
    }
    for row in sheet("access"):
        assert row["source"] in {"survey", "teacher", "coordinator", "guardian", "bot", "import"}
        assert 0 <= float(row["confidence"]) <= 1
        if row["fact"] in agreed and row["value"] != "unknown":
            assert row["value"] in agreed[row["fact"]], row


def test_the_csv_sheets_say_what_the_workbook_says() -> None:
    for name in ("students", "households", "guardians", "access"):
        text = (SCHOOL / "households_csv" / f"{name}.csv").read_text(encoding="utf-8")
        assert tuple(csv.DictReader(io.StringIO(text))) == sheet(name)


def test_the_manifest_names_the_files_of_the_roster() -> None:
    properties = {row["propertyName"]: row["value"] for row in roster("manifest")}
    with zipfile.ZipFile(SCHOOL / "roster.zip") as archive:
        present = {name.removesuffix(".csv") for name in archive.namelist()} - {"manifest"}
    assert properties["oneroster.version"] == "1.1"
    assert {key.removeprefix("file.") for key, value in properties.items() if value == "bulk"} == (
        present
    )


def test_roster_and_workbook_name_the_same_students() -> None:
    in_roster = {
        row["sourcedId"]: (row["familyName"], row["givenName"], row["middleName"], row["grades"])
        for row in roster("users")
        if row["role"] == "student"
    }
    in_workbook = {
        row["student_id"]: (
            row["family_name"],
            row["given_name"],
            row["patronymic"],
            f"{int(row['grade']):02d}",
        )
        for row in sheet("students")
    }
    assert in_roster == in_workbook


def test_the_roster_refers_to_nothing_that_is_missing() -> None:
    ids = {
        name: {row["sourcedId"] for row in roster(name)}
        for name in ("orgs", "academicSessions", "courses", "classes", "users", "enrollments")
    }
    for row in roster("classes"):
        assert row["courseSourcedId"] in ids["courses"]
        assert row["schoolSourcedId"] in ids["orgs"]
        assert set(row["termSourcedIds"].split(",")) <= ids["academicSessions"]
    for row in roster("courses"):
        assert row["schoolYearSourcedId"] in ids["academicSessions"]
    for row in roster("enrollments"):
        assert row["classSourcedId"] in ids["classes"]
        assert row["userSourcedId"] in ids["users"]
    assert all(len(found) == len(roster(name)) for name, found in ids.items())


def test_every_class_has_a_teacher_and_every_student_the_homeroom_of_the_workbook() -> None:
    taught = {row["classSourcedId"] for row in roster("enrollments") if row["role"] == "teacher"}
    assert taught == {row["sourcedId"] for row in roster("classes")}
    rooms = {
        row["sourcedId"]: row["title"]
        for row in roster("classes")
        if row["classType"] == "homeroom"
    }
    home_of = {
        row["userSourcedId"]: rooms[row["classSourcedId"]]
        for row in roster("enrollments")
        if row["classSourcedId"] in rooms and row["role"] == "student"
    }
    assert home_of == {row["student_id"]: row["class"] for row in sheet("students")}


def test_the_coordinator_is_the_administrator() -> None:
    (administrator,) = [row for row in roster("users") if row["role"] == "administrator"]
    assert administrator["givenName"] == "Айгүл"
