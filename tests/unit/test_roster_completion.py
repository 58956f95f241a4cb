"""What a file leaves open: own class, grade, language, household, and students who move."""

from datetime import UTC, date, datetime

import pytest

from jetkiz.roster.checks import check_missing, check_names, check_repeated, check_year
from jetkiz.roster.completion import folded
from jetkiz.roster.difference import find_difference
from jetkiz.roster.incoming import Incoming, Subject
from jetkiz.roster.reading.findings import Findings, Place
from jetkiz.roster.reading.school_files import class_language
from jetkiz.roster.register_state import Entry, HandEdit, ImportRun, RegisterState
from tests.rosters import completed, one_roster, said, swap, workbook
from tests.rosters import students as of_students

PLACE = Place("roster")
NOW = datetime(2026, 1, 20, tzinfo=UTC)


def saved(incoming: Incoming) -> RegisterState:
    """Return a register that holds what was read."""
    state = RegisterState()
    for subject in Subject:
        for number, (key, values) in enumerate(incoming[subject].items(), start=1):
            filled = {"active": True, "class": None, "household": None, "patronymic": ""}
            state[subject][key] = Entry(number, filled | values)
    return state


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (("8А қазақ сыныбы",), "kk"),
        (("8 Б рус.",), "ru"),
        (("8Б", "homeroom-ru"), "ru"),
        (("KK 8",), "kk"),
        (("8А", "Класс"), None),
        (("Русский язык для казахских классов",), None),
        (("Крус",), None),
    ],
)
def test_a_title_may_name_the_language(texts: tuple[str, ...], language: str | None) -> None:
    assert class_language(*texts) == language


def test_names_are_compared_as_people_read_them() -> None:
    assert folded("Артём A") == folded("артем А")
    assert folded("8 А") == folded("8a")


def test_two_homerooms_keep_the_class_of_the_register() -> None:
    files = one_roster()
    files["enrollments.csv"] += "c1,u1,student,s1\r\n"
    incoming, findings = completed(files)
    assert of_students(incoming)["u1"]["class"] == "c1"
    assert "u1 is in two classes: c1, c2; c1 was taken" in said(findings)[0]
    state = saved(completed(one_roster())[0])
    incoming, _findings = completed(files, state)
    assert of_students(incoming)["u1"]["class"] == "c2"


def test_a_student_who_moves_leaves_the_old_class() -> None:
    state = saved(completed(one_roster())[0])
    moved = swap(one_roster(), "enrollments.csv", "c2,u1,", "c1,u1,")
    incoming, _findings = completed(moved, state)
    difference = find_difference(incoming, state)
    (change,) = difference.subjects[Subject.STUDENT].changed
    assert change.new == {"class": "c1", "language": "kk"}
    places = difference.subjects[Subject.PLACE]
    assert list(places.added) == [("s1", "c1", "u1")]
    assert [(part.key, part.new) for part in places.changed] == [
        (("s1", "c2", "u1"), {"active": False})
    ]


def test_a_class_set_by_hand_is_not_left() -> None:
    state = saved(completed(one_roster())[0])
    entry = state[Subject.STUDENT]["s1", "u1"]
    state.edits[Subject.STUDENT, entry.id] = {"class": HandEdit("c2", "Aigul", NOW)}
    moved = swap(one_roster(), "enrollments.csv", "c2,u1,", "c1,u1,")
    incoming, _findings = completed(moved, state)
    difference = find_difference(incoming, state)
    assert [kept.column for kept in difference.kept] == ["class"]
    assert ("s1", "c2", "u1") not in {c.key for c in difference.subjects[Subject.PLACE].changed}


def test_the_grade_comes_from_the_class_then_from_the_register() -> None:
    files = swap(one_roster(), "users.csv", ",08\r", ",\r")
    incoming, findings = completed(files)
    assert said(findings) == []
    assert of_students(incoming)["u1"]["grade"] == 8
    state = saved(incoming)
    unknown = swap(files, "classes.csv", ",08,homeroom", ",,homeroom")
    incoming, findings = completed(unknown, state)
    assert "grade" in of_students(incoming)["u1"]
    assert not findings.stops


def test_a_grade_that_nobody_says_is_one_error() -> None:
    files = swap(one_roster(), "users.csv", ",08\r", ",\r")
    files = swap(files, "classes.csv", ",08,homeroom", ",,homeroom")
    _incoming, findings = completed(files)
    assert findings.stops
    (words,) = said(findings)
    assert "Nobody says the grade of some students, as of u1" in words


def test_without_homerooms_the_grade_is_the_class_and_follows_it() -> None:
    files = swap(one_roster(), "classes.csv", "homeroom", "scheduled")
    incoming, _findings = completed(files)
    assert of_students(incoming)["u1"]["class"] == "grade:8"
    assert incoming[Subject.CLASS]["s1", "grade:8"]["title"] == "8"
    state = saved(incoming)
    assert find_difference(completed(files, state)[0], state).is_empty
    next_year = swap(files, "users.csv", ",08\r", ",09\r")
    incoming, _findings = completed(next_year, state)
    assert of_students(incoming)["u1"]["class"] == "grade:9"


def test_a_class_of_the_register_stays_where_the_file_has_none() -> None:
    state = saved(completed(one_roster())[0])
    files = swap(one_roster(), "classes.csv", "homeroom", "scheduled")
    incoming, _findings = completed(files, state)
    assert "class" not in of_students(incoming)["u1"]


def test_the_language_of_the_register_beats_the_default() -> None:
    files = swap(one_roster(), "classes.csv", " каз", "")
    files = swap(files, "classes.csv", " рус", "")
    incoming, findings = completed(files)
    assert "language of instruction is not said; kk was taken" in said(findings)[0]
    state = saved(incoming)
    for entry in state[Subject.STUDENT].values():
        entry.values["language"] = "ru"
    incoming, findings = completed(files, state)
    assert said(findings) == []
    assert of_students(incoming)["u1"]["language"] == "ru"


def test_the_workbook_moves_students_into_their_home() -> None:
    files = one_roster()
    header = files["users.csv"].splitlines()[0]
    files["users.csv"] = files["users.csv"].replace(header, header + ",agentSourcedIds")
    for n in (1, 2):
        files = swap(files, "users.csv", f"Family{n},,08\r", f"Family{n},,08,p{n}\r")
        files["users.csv"] += f"p{n},true,s1,parent,Aigul,Family{n},,,\r\n"
    state = saved(completed(files)[0])
    assert len(state[Subject.GUARDIAN]) == 2
    incoming, _findings = completed(workbook(), state)
    difference = find_difference(incoming, state)
    closed = [
        c for c in difference.subjects[Subject.HOUSEHOLD].changed if c.new == {"active": False}
    ]
    assert len(closed) == 30
    # "Aigul Family1" is in the workbook under another id; "Aigul Family2" follows the student.
    guardians = difference.subjects[Subject.GUARDIAN].added
    assert ("s1", "h1", "p2") in guardians
    assert ("s1", "h1", "p1") not in guardians


def test_namesakes_of_one_class_are_named_once() -> None:
    files = swap(one_roster(), "users.csv", "Given3,Family3", "Given1,Family1")
    incoming, findings = completed(files)
    check_names(incoming, RegisterState(), PLACE, findings)
    (words,) = said(findings)
    assert "Students of one name are in class 8Б рус: u1, u3." in words
    assert not findings.stops


def test_the_same_person_with_a_new_id_is_pointed_out() -> None:
    state = saved(completed(one_roster())[0])
    files = swap(one_roster(), "users.csv", "u1,", "u111,", 1)
    files = swap(files, "enrollments.csv", ",u1,", ",u111,")
    incoming, findings = completed(files, state)
    check_names(incoming, state, PLACE, findings)
    assert "u1, u111" in said(findings)[0]


def test_namesakes_that_the_file_does_not_mention_are_no_news() -> None:
    state = saved(completed(one_roster())[0])
    findings = Findings()
    check_names(Incoming(completed(workbook())[0].kind), state, PLACE, findings)
    assert said(findings) == []


def run(sha256: str = "a", ends: date | None = None) -> ImportRun:
    return ImportRun("oneroster", "roster.zip", sha256, NOW, "Aigul", ends)


@pytest.mark.parametrize(
    ("ends", "last", "words"),
    [
        (None, None, ""),
        (date(2026, 5, 25), None, ""),
        (date(2026, 5, 25), run(ends=date(2026, 5, 25)), ""),
        (date(2025, 5, 25), None, "ended on 2025-05-25"),
        (date(2026, 5, 25), run(ends=date(2027, 5, 25)), "later, on 2027-05-25"),
    ],
)
def test_files_of_another_year(ends: date | None, last: ImportRun | None, words: str) -> None:
    findings = Findings()
    check_year(ends, last, NOW.date(), PLACE, findings)
    assert [words in line for line in said(findings)] == ([True] if words else [])


def test_going_back_to_an_older_file_is_refused() -> None:
    findings = Findings()
    check_repeated("old", [run("new"), run("old")], PLACE, findings)
    assert "imported on 2026-01-20 by Aigul" in said(findings)[0]
    findings = Findings()
    check_repeated("new", [run("new"), run("old")], PLACE, findings)
    check_repeated("other", [run("new")], PLACE, findings)
    assert said(findings) == []


def test_half_a_school_missing_is_a_question() -> None:
    state = saved(completed(one_roster())[0])
    files = one_roster()
    rows = files["users.csv"].splitlines()
    files["users.csv"] = "\n".join([rows[0], *rows[16:]])
    files["enrollments.csv"] = files["enrollments.csv"].splitlines()[0] + "\n"
    incoming, findings = completed(files, state)
    check_missing(find_difference(incoming, state), state, PLACE, findings)
    assert "15 of the 30 students" in said(findings)[-1]


def test_a_household_in_which_somebody_stays_is_not_closed() -> None:
    state = saved(completed(one_roster())[0])
    state[Subject.STUDENT]["s1", "u30"].values["household"] = "student:u1"
    files = swap(workbook(), "students.csv", "u30,Family30,Given30,8,8А,kk,h15,\r\n", "")
    incoming, _findings = completed(files, state)
    closed = {
        c.key[1] for c in find_difference(incoming, state).subjects[Subject.HOUSEHOLD].changed
    }
    assert "student:u1" not in closed
    assert "student:u2" in closed
