"""OneRoster 1.1: good files are read whole, each planted fault is one message that names it."""

from collections.abc import Callable
from datetime import date

import pytest

from jetkiz.roster.incoming import Subject
from tests.rosters import MIT, STUDENTS, Files, completed, one_roster, read, said, swap, without
from tests.rosters import students as of_students


def test_a_good_export_is_read_without_a_word() -> None:
    incoming, findings = completed(one_roster())
    assert said(findings) == []
    assert len(incoming[Subject.STUDENT]) == STUDENTS
    assert len(incoming[Subject.PLACE]) == 2 * STUDENTS
    assert incoming[Subject.TEACHING] == {("s1", "math", "t1"): {"active": True}}
    assert incoming.year_ends == date(2026, 5, 25)
    assert incoming[Subject.CLASS]["s1", "c1"]["language"] == "kk"
    assert incoming[Subject.CLASS]["s1", "math"] == {
        "title": "Algebra",
        "subject": "",
        "is_homeroom": False,
        "active": True,
    }
    assert of_students(incoming)["u1"] == {
        "family_name": "Family1",
        "given_name": "Given1",
        "active": True,
        "grade": 8,
        "language": "ru",
        "class": "c2",
        "household": "student:u1",
    }


def every(old: str, new: str, name: str) -> Callable[[Files], Files]:
    return lambda files: swap(files, name, old, new)


def first(old: str, new: str, name: str) -> Callable[[Files], Files]:
    return lambda files: swap(files, name, old, new, 1)


def lines_twice(files: Files) -> Files:
    return {**files, "users.csv": files["users.csv"] + "u1,true,s1,student,Other,Name,,08\r\n"}


def manifest(name: str, mode: str) -> Callable[[Files], Files]:
    return first(f"file.{name},bulk", f"file.{name},{mode}", "manifest.csv")


FAULTS: list[tuple[str, Callable[[Files], Files], str]] = [
    ("users missing", lambda f: without(f, "users.csv"), "users.csv: This file is missing"),
    ("orgs missing", lambda f: without(f, "orgs.csv"), "orgs.csv: This file is missing"),
    ("classes missing", lambda f: without(f, "classes.csv"), "classes.csv: This file is missing"),
    ("role column missing", every("role,givenName", "part,givenName", "users.csv"), "lacks: role"),
    ("id column missing", first("sourcedId", "id", "users.csv"), "lacks: sourcedId"),
    ("unknown org everywhere", every(",s1,student", ",s9,student", "users.csv"), "«s9»"),
    ("school renamed", first("s1,", "s2,", "orgs.csv"), "orgs.csv has no such id"),
    ("unknown user", every(",u7,", ",u777,", "enrollments.csv"), "«u777»"),
    ("unknown class", every("math,", "algebra,", "enrollments.csv"), "«algebra»"),
    ("grade is a word", every(",08\r", ",eighth\r", "users.csv"), "«eighth»"),
    ("empty name", every(",Given3,", ",,", "users.csv"), "must not be empty"),
    ("no school of user", first("true,s1", "true,", "users.csv"), "must not be empty"),
    ("two truths of one id", lines_twice, "Row 2 says something else"),
    ("neither true nor false", every(",true,", ",ja,", "users.csv"), "«ja»"),
    ("changes only", manifest("users", "delta"), "only changes"),
    ("another version", first("1.1", "1.2", "manifest.csv"), "OneRoster 1.2"),
    ("no date", first("2026-05-25", "spring", "academicSessions.csv"), "«spring»"),
    ("no school", first(",school", ",district", "orgs.csv"), "no school"),
    ("a comma too many", first("Given1,", "Given1,x,y,z,", "users.csv"), "cells"),
    ("an open quote", first("Given1,", '"Given1' + "x" * 100_001, "users.csv"), "quotation"),
    ("an empty file", lambda f: {**f, "users.csv": ""}, "The table is empty"),
    ("a picture", lambda f: {**f, "users.csv": "\x00\x01"}, "no table of text"),
    ("a course that is not there", lambda f: with_course(f, "c99"), "«c99»"),
]


def with_course(files: Files, course: str) -> Files:
    rows = files["classes.csv"].splitlines()
    extended = [rows[0] + ",courseSourcedId", *(f"{row},{course}" for row in rows[1:])]
    courses = "sourcedId,title,courseCode,subjects\nk1,Algebra,alg-kk,Mathematics\n"
    return {**files, "classes.csv": "\n".join(extended), "courses.csv": courses}


@pytest.mark.parametrize(
    ("break_it", "words"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
def test_a_planted_fault_is_few_messages(break_it: Callable[[Files], Files], words: str) -> None:
    _incoming, findings = read(break_it(one_roster()))
    assert findings.stops
    assert any(words in line for line in said(findings)), said(findings)
    assert len(said(findings)) == 1, said(findings)


def with_status(files: Files, status: str) -> Files:
    rows = files["users.csv"].splitlines()
    return {
        **files,
        "users.csv": "\n".join([rows[0] + ",status", rows[1] + f",{status}", *rows[2:]]),
    }


def with_district(files: Files) -> Files:
    changed = {**files, "orgs.csv": files["orgs.csv"] + "d1,District,district\r\n"}
    return swap(changed, "classes.csv", "scheduled,s1", "scheduled,d1")


ACCEPTED: list[tuple[str, Callable[[Files], Files], str]] = [
    ("no manifest", lambda f: without(f, "manifest.csv"), "manifest.csv: This file is missing"),
    ("header case", first("sourcedId", "SourcedID", "users.csv"), "should be written sourcedId"),
    ("TRUE", every("true", "TRUE", "users.csv"), ""),
    ("tobedeleted", lambda f: with_status(f, "tobedeleted"), "ask for a deletion"),
    ("all disabled", every("true", "false", "users.csv"), "Every student is disabled"),
    ("an unknown role", first("student,Given4", "visitor,Given4", "users.csv"), "role is not"),
    ("called absent", manifest("academicSessions", "absent"), "calls this file absent"),
    ("a class of the district", with_district, "belongs to no school"),
]


@pytest.mark.parametrize(
    ("change", "words"), [case[1:] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED]
)
def test_what_is_only_odd_is_accepted_with_a_word(
    change: Callable[[Files], Files], words: str
) -> None:
    _incoming, findings = read(change(one_roster()))
    assert not findings.stops, said(findings)
    assert any(words in line for line in said(findings)) or not words
    assert len(said(findings)) <= 2


def test_disabled_students_have_left_and_all_disabled_have_not() -> None:
    some, _ = read(swap(one_roster(), "users.csv", "u5,true", "u5,false"))
    every_one, _ = read(swap(one_roster(), "users.csv", "true", "false"))
    assert [key for key, values in of_students(some).items() if not values["active"]] == ["u5"]
    assert all(values["active"] for values in of_students(every_one).values())


def test_guardians_are_tied_from_either_side() -> None:
    files = one_roster()
    header = "sourcedId,enabledUser,orgSourcedIds,role,givenName,familyName,middleName,grades"
    rows = files["users.csv"].replace(header, header + ",agentSourcedIds,sms,phone").splitlines()
    rows[1] += ",g1"
    rows[2] += ",g1"
    rows += [
        "g1,true,s1,parent,Aigul,Mother,Ivanovna,,,8 701 123 45 67,",
        "g2,true,s1,guardian,Erlan,Uncle,,,u3,,call at noon",
    ]
    incoming, findings = completed({**files, "users.csv": "\n".join(rows)})
    assert not findings.stops
    assert any("no telephone number" in line for line in said(findings))
    found = incoming[Subject.GUARDIAN]
    assert set(found) == {
        ("s1", "student:u1", "g1"),
        ("s1", "student:u2", "g1"),
        ("s1", "student:u3", "g2"),
    }
    assert found["s1", "student:u1", "g1"]["phone"] == "+77011234567"
    assert found["s1", "student:u1", "g1"]["relation"] == "parent"


def test_the_course_tells_subject_and_language() -> None:
    files = with_course(one_roster(), "k1")
    files = swap(files, "classes.csv", "8А каз", "8А")
    incoming, findings = read(files)
    assert said(findings) == []
    assert incoming[Subject.CLASS]["s1", "math"]["subject"] == "Mathematics"
    assert incoming[Subject.CLASS]["s1", "c1"]["language"] == "kk"


def test_a_student_of_another_school_cannot_be_in_the_class() -> None:
    files = one_roster()
    files["orgs.csv"] += "s2,Other school,school\r\n"
    files = swap(files, "users.csv", "u1,true,s1", "u1,true,s2", 1)
    incoming, findings = read(files)
    assert any("one school, the class to another" in line for line in said(findings))
    assert ("s2", "u1") in incoming[Subject.STUDENT]
    assert ("s1", "math", "u1") not in incoming[Subject.PLACE]


def test_the_roster_of_the_mit_samples_is_read() -> None:
    folder = MIT / "oneroster_1.1_bulk"
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    incoming, findings = completed(files)
    assert not findings.stops
    assert len(incoming[Subject.STUDENT]) == 86
    assert len(incoming[Subject.SCHOOL]) == 2
    assert incoming.year_ends == date(2018, 6, 30)
    assert {values["class"] for values in of_students(incoming).values()} == {
        f"grade:{grade}" for grade in (9, 10, 11, 12)
    }
    (note,) = said(findings)
    assert "language of instruction is not said" in note
    assert "(86 times)" in note
