"""Our own workbook: good sheets are read whole, each planted fault is one message."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.difference import find_difference
from jetkiz.roster.incoming import Incoming, IncomingFact, Subject
from jetkiz.roster.reading.own_workbook import school_of_workbook
from jetkiz.roster.register_state import Entry, HandEdit, RegisterState
from tests.rosters import DEMO, STUDENTS, Files, completed, read, said, swap, workbook
from tests.rosters import students as of_students


def registered(incoming: Incoming) -> RegisterState:
    """Return a register that holds what was read, as if it had been saved."""
    state = RegisterState()
    for subject in Subject:
        for number, (key, values) in enumerate(incoming[subject].items(), start=1):
            state[subject][key] = Entry(number, {"active": True} | values)
    return state


def test_a_good_workbook_is_read_without_a_word() -> None:
    incoming, findings = completed(workbook())
    assert said(findings) == []
    assert len(incoming[Subject.STUDENT]) == STUDENTS
    assert len(incoming[Subject.HOUSEHOLD]) == STUDENTS // 2
    assert incoming[Subject.SCHOOL]["s1",]["zone"] == "Asia/Qostanay"
    assert of_students(incoming)["u1"]["class"] == "class:8А"
    assert incoming[Subject.CLASS]["s1", "class:8А"]["grade"] == 8
    home = incoming[Subject.HOUSEHOLD]["s1", "h1"]
    assert home["delivery_mode"] == "post"
    assert home["phone"] == "+77011234501"
    assert incoming.facts[0] == IncomingFact(
        "s1",
        "h1",
        "",
        Fact(FactKind.INTERNET, "3g", Source.SURVEY, date(2026, 1, 10), 0.9),
    )


def every(old: str, new: str, name: str, count: int = -1) -> Callable[[Files], Files]:
    return lambda files: swap(files, name, old, new, count)


FAULTS: list[tuple[str, Callable[[Files], Files], str]] = [
    ("household missing", every(",h3,", ",h33,", "students.csv"), "«h33»"),
    ("household in three sheets", every("h3,", "h33,", "households.csv"), "«h3»"),
    ("language", every(",kk,", ",kz,", "students.csv"), "«kz»"),
    ("grade", every(",8,", ",восьмой,", "students.csv"), "«восьмой»"),
    ("index", every("111908", "11190", "households.csv", 1), "no postal index of six"),
    ("letters in an index", every("111908", "11190O", "households.csv"), "«11190O»"),
    ("region", every(",39,", ",Kostanay,", "households.csv"), "«Kostanay»"),
    ("phone", every("+7701", "тел ", "households.csv"), "no telephone number"),
    ("fact", every("internet", "wi-fi", "access.csv"), "«wi-fi»"),
    ("value of a fact", every(",3g,", ",fast,", "access.csv"), "«fast»"),
    ("day", every("2026-01-10", "January", "access.csv"), "«January»"),
    ("source", every("survey", "neighbour", "access.csv"), "«neighbour»"),
    ("confidence", every("0.9", "90%", "access.csv"), "«90%»"),
    ("name of somebody new", every("Family4,", ",", "students.csv", 1), "needs a name"),
    ("guardian without name", every("Family2,Aigul", ",", "guardians.csv"), "needs a name"),
    ("column", every("fact,", "question,", "access.csv"), "lacks: fact"),
    ("zone", every("Asia/Qostanay", "Kostanay", "school.csv"), "«Kostanay»"),
    ("id twice", every("u2,", "u1,", "students.csv", 1), "says something else"),
    ("student of a fact", lambda f: with_fact_of(f, "u99"), "«u99»"),
    ("need", lambda f: with_needs(f, "glasses"), "no need with this name"),
]


def with_fact_of(files: Files, student: str) -> Files:
    row = f"h1,{student},phone,own,teacher,2026-01-11,1\r\n"
    return {**files, "access.csv": files["access.csv"] + row}


def with_needs(files: Files, needs: str) -> Files:
    return swap(files, "students.csv", "h1,", f"h1,{needs}")


@pytest.mark.parametrize(
    ("break_it", "words"),
    [fault[1:] for fault in FAULTS],
    ids=[fault[0] for fault in FAULTS],
)
def test_a_planted_fault_is_few_messages(break_it: Callable[[Files], Files], words: str) -> None:
    _incoming, findings = read(break_it(workbook()))
    assert any(words in line for line in said(findings)), said(findings)
    assert len(said(findings)) <= 2, said(findings)


def test_a_word_about_an_index_of_another_region_stops_nothing() -> None:
    _incoming, findings = read(swap(workbook(), "households.csv", "111908", "030000"))
    (words,) = said(findings)
    assert "Indexes of region 39 begin with 11" in words
    assert not findings.stops
    _incoming, findings = read(swap(workbook(), "households.csv", "111908", "468320"))
    assert said(findings) == []  # Baikonur


def test_a_lost_zero_of_an_index_is_mended() -> None:
    files = swap(workbook(), "households.csv", ",39,111908", ",71,10000")
    incoming, findings = read(files)
    assert not findings.stops
    assert incoming[Subject.HOUSEHOLD]["s1", "h1"]["index6"] == "010000"
    assert "leading zero was lost" in said(findings)[0]


def test_needs_and_the_clearing_dash() -> None:
    incoming, findings = read(with_needs(workbook(), "audio;large_print"))
    assert of_students(incoming)["u1"]["needs"] == "audio,large_print"
    incoming, findings = read(with_needs(workbook(), "-"))
    assert of_students(incoming)["u1"]["needs"] == ""
    assert said(findings) == []


def test_an_empty_cell_says_nothing() -> None:
    incoming, _findings = read(workbook())
    assert "needs" not in of_students(incoming)["u1"]
    assert "phone" not in incoming[Subject.GUARDIAN]["s1", "h1", "g1"]


def test_a_fact_of_one_student_and_without_source() -> None:
    files = with_fact_of(workbook(), "u1")
    files["access.csv"] += "h2,,tv,unknown,,2026-01-11,\r\n"
    incoming, findings = read(files)
    assert said(findings) == []
    assert incoming.facts[-2].student == "u1"
    assert incoming.facts[-1].fact == Fact(
        FactKind.TV, "unknown", Source.IMPORT, date(2026, 1, 11), 1.0
    )


def test_a_single_sheet_refers_to_the_register() -> None:
    known = registered(completed(workbook())[0])
    files = {"access.csv": workbook()["access.csv"]}
    incoming, findings = read(files, known)
    assert said(findings) == []
    assert len(incoming.facts) == STUDENTS // 2
    _incoming, findings = read(files)
    assert "has no such id" in said(findings)[0]
    assert len(said(findings)) == 1


def test_zeros_lost_against_the_register() -> None:
    sheet = re.sub("^u", "00", workbook()["students.csv"], flags=re.MULTILINE)
    files = {"students.csv": sheet, "households.csv": workbook()["households.csv"]}
    known = registered(completed(files)[0])
    broken = swap(files, "students.csv", "\n00", "\n")
    _incoming, findings = read(broken, known)
    (words,) = said(findings)
    assert "The register has 001: leading zeros were lost" in words
    assert f"({STUDENTS - 1} more rows" in words


def test_short_ids_are_suspicious() -> None:
    rows = [f"{10_000 + n},Family{n},Given{n},8,8А,kk,," for n in range(30)]
    header = workbook()["students.csv"].splitlines()[0]
    files = {"students.csv": "\n".join([header, *rows, "123,Short,Id,8,8А,kk,,"])}
    _incoming, findings = read(files)
    (words,) = said(findings)
    assert "shorter than the others" in words
    assert not findings.stops


def test_a_workbook_is_about_one_school() -> None:
    files = {**workbook(), "school.csv": "school_id,name\ns1,One\ns2,Two\n"}
    _incoming, findings = read(files)
    assert "one school" in said(findings)[0]


def test_the_sheet_names_the_school() -> None:
    assert school_of_workbook({}) is None


def test_a_class_is_found_by_title_whatever_the_keyboard() -> None:
    known = registered(completed(workbook())[0])
    incoming, _findings = completed(swap(workbook(), "students.csv", "8А", "8 a"), known)
    assert {values["class"] for values in of_students(incoming).values()} == {"class:8А"}
    assert incoming[Subject.CLASS] == {}


def test_who_has_left_is_kept_as_inactive() -> None:
    header, *rows = workbook()["students.csv"].splitlines()
    sheet = "\n".join([header + ",active", rows[0] + ",false", *(f"{row}," for row in rows[1:])])
    incoming, _findings = completed({**workbook(), "students.csv": sheet})
    assert [key for key, values in of_students(incoming).items() if not values["active"]] == ["u1"]


def test_the_demo_workbook_is_read() -> None:
    folder = DEMO / "households_csv"
    sheets = {file.name: file.read_bytes() for file in folder.glob("*.csv")}
    incoming, findings = completed(sheets)
    assert not findings.stops
    assert len(incoming[Subject.STUDENT]) == 43
    assert len(incoming[Subject.HOUSEHOLD]) == 27
    book = {"households.xlsx": (DEMO / "households.xlsx").read_bytes()}
    again, _findings = completed(book)
    assert again.records == incoming.records
    assert again.facts == incoming.facts


def test_reading_twice_changes_nothing() -> None:
    incoming, _findings = completed(workbook())
    state = registered(incoming)
    again, _findings = completed(workbook(), state)
    difference = find_difference(again, state)
    assert not any(part.added or part.changed for part in difference.subjects.values())


def test_a_hand_edit_wins_and_is_shown() -> None:
    state = registered(completed(workbook())[0])
    entry = state[Subject.STUDENT]["s1", "u1"]
    entry.values["grade"] = 9
    edit = HandEdit("9", "Aigul", datetime(2026, 1, 20, tzinfo=UTC))
    state.edits[Subject.STUDENT, entry.id] = {"grade": edit}
    incoming, _findings = completed(workbook(), state)
    difference = find_difference(incoming, state)
    assert not any(part.added or part.changed for part in difference.subjects.values())
    (kept,) = difference.kept
    assert (kept.column, kept.file_value, kept.edit) == ("grade", 8, edit)


def test_absent_students_are_named_and_stay() -> None:
    state = registered(completed(workbook())[0])
    files = swap(workbook(), "students.csv", "u30,Family30,Given30,8,8А,kk,h15,\r\n", "")
    incoming, _findings = completed(files, state)
    difference = find_difference(incoming, state)
    part = difference.subjects[Subject.STUDENT]
    assert (part.absent, part.changed) == ((("s1", "u30"),), ())


def test_a_changed_address_names_old_and_new() -> None:
    state = registered(completed(workbook())[0])
    incoming, _findings = completed(swap(workbook(), "households.csv", ",1,Ақкөл", ",1a,Ақкөл"))
    (change,) = find_difference(incoming, state).subjects[Subject.HOUSEHOLD].changed
    assert (change.key, change.old, change.new) == (("s1", "h1"), {"house": "1"}, {"house": "1a"})


@pytest.mark.parametrize(
    ("region", "typed", "kept"),
    [
        ("39", "111908", "111908"),
        ("39", "11190", None),  # a digit is missing: indexes of Kostanay begin with 11
        ("11", "20000", "020000"),
        ("11", "11190", None),
        ("", "20000", "020000"),
        ("47", "30000", None),
    ],
)
def test_five_digits_are_an_index_only_where_it_begins_with_zero(
    region: str, typed: str, kept: str | None
) -> None:
    files = swap(workbook(), "households.csv", ",39,111908,", f",{region},{typed},", 1)
    incoming, findings = completed(files)
    assert findings.stops is (kept is None)
    if kept:
        assert incoming[Subject.HOUSEHOLD]["s1", "h1"]["index6"] == kept
    else:
        assert "no postal index of six digits" in said(findings)[0]


def test_ids_that_differ_by_zeros_in_front_are_pointed_out() -> None:
    files = swap(workbook(), "students.csv", "u1,", "1,", 1)
    files = swap(files, "students.csv", "u2,", "01,", 1)
    (line,) = said(completed(files)[1])
    assert "row 3, column student_id, value «01»: There is also 1" in line
    only_one = swap(workbook(), "students.csv", "u1,", "01,", 1)
    state = registered(completed(swap(workbook(), "students.csv", "u1,", "1,", 1))[0])
    assert "There is also 1" in said(completed(only_one, state)[1])[0]
    assert said(completed(only_one)[1]) == []
