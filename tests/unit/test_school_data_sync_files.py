"""School Data Sync, both formats: the MIT samples are read, faults are few messages."""

from collections.abc import Callable
from datetime import date

import pytest

from jetkiz.roster.incoming import Subject
from tests.rosters import MIT, Files, completed, read, said, swap, without
from tests.rosters import students as of_students


def sample(name: str) -> Files:
    return {file.name: file.read_text("utf-8-sig") for file in sorted((MIT / name).glob("*.csv"))}


def test_version_2_1_brings_guardians() -> None:
    incoming, findings = completed(sample("sds_v2.1"))
    assert not findings.stops
    assert set(of_students(incoming)) == {"114001", "114003", "114004"}
    assert of_students(incoming)["114001"]["grade"] == 10
    guardians = incoming[Subject.GUARDIAN]
    assert guardians["110003", "student:114003", "114002"] == {
        "family_name": "Craig",
        "given_name": "Jean",
        "relation": "relative",
        "phone": "+11234567890",
        "language": "kk",
    }
    assert set(incoming[Subject.TEACHING]) == {("110003", "112002", "114007")}
    assert incoming.year_ends == date(2022, 6, 11)
    assert sum("belongs to no school" in line for line in said(findings)) == 2


def test_the_first_format_is_the_same_roster_as_one_roster() -> None:
    first, findings = completed(sample("sds_100_users"))
    second, _findings = completed(sample("oneroster_1.1_bulk"))
    assert not findings.stops
    assert len(first[Subject.STUDENT]) == len(second[Subject.STUDENT]) == 86
    assert first.year_ends == second.year_ends
    assert {(key[0], key[1].removeprefix("user-")) for key in second[Subject.STUDENT]} == set(
        first[Subject.STUDENT]
    )
    assert len(first[Subject.PLACE]) == len(second[Subject.PLACE])
    assert len(first[Subject.TEACHING]) == len(second[Subject.TEACHING])


def every(old: str, new: str, name: str) -> Callable[[Files], Files]:
    return lambda files: swap(files, name, old, new)


FAULTS: list[tuple[str, str, Callable[[Files], Files], str]] = [
    ("no roles", "sds_v2.1", every("userSourcedId", "user", "roles.csv"), "lacks: userSourcedId"),
    ("no users", "sds_v2.1", lambda f: without(f, "users.csv"), "users.csv: This file is missing"),
    ("no org", "sds_v2.1", every("110003,School", "110009,School", "orgs.csv"), "«110003»"),
    ("no school", "sds_v2.1", every(",school,", ",college,", "orgs.csv"), "no school"),
    ("no class", "sds_v2.1", every("112002", "112009", "enrollments.csv"), "«112009»"),
    ("no course", "sds_v2.1", every("B102021", "B9", "classes.csv"), "«B9»"),
    ("grade", "sds_v2.1", every("SY2021K12,10", "SY2021K12,ten", "roles.csv"), "«ten»"),
    ("nobody", "sds_v2.1", every("114002,guardian", "114222,x", "relationships.csv"), "«114222»"),
    ("no users", "sds_100_users", lambda f: without(f, "Student.csv"), "Student.csv: This file"),
    ("no org", "sds_100_users", every("10001,Contoso", "10009,Contoso", "School.csv"), "«10001»"),
    ("no class", "sds_100_users", every("11001,1", "99,1", "StudentEnrollment.csv"), "«99»"),
    ("grade", "sds_100_users", every(",9,", ",IX,", "Student.csv"), "«IX»"),
    ("status", "sds_100_users", every("Active", "Present", "Teacher.csv"), "«Present»"),
]


@pytest.mark.parametrize(
    ("name", "break_it", "words"),
    [fault[1:] for fault in FAULTS],
    ids=[f"{fault[1]} {fault[0]}" for fault in FAULTS],
)
def test_a_planted_fault_is_few_messages(
    name: str, break_it: Callable[[Files], Files], words: str
) -> None:
    files = sample(name)
    usual = len(said(read(files)[1]))
    _incoming, findings = read(break_it(files))
    assert findings.stops
    assert any(words in line for line in said(findings)), said(findings)
    assert len(said(findings)) <= usual + 2, said(findings)


def test_a_wrong_phone_does_not_refuse_a_guardian() -> None:
    files = swap(sample("sds_v2.1"), "users.csv", "+11234567890,+11234567890", "noon,call")
    incoming, findings = read(files)
    assert not findings.stops
    values = [
        values for _key, guardian, values in incoming.student_guardians if guardian == "114002"
    ]
    assert values[0]["phone"] is None
    assert any("no telephone number" in line for line in said(findings))


def test_an_unknown_role_is_left_out_with_a_word() -> None:
    files = swap(sample("sds_v2.1"), "roles.csv", "114004,110003,student", "114004,110003,mascot")
    incoming, findings = read(files)
    assert not findings.stops
    assert "114004" not in of_students(incoming)
    assert any("role is not known" in line for line in said(findings))


def test_guardians_who_have_a_role_of_their_own_are_not_lost() -> None:
    files = sample("sds_v2.1")
    usual = {key[2] for key in completed(files)[0][Subject.GUARDIAN]}
    header = files["roles.csv"].splitlines()[0].split(",")
    row = dict.fromkeys(header, "") | {
        "userSourcedId": "114002",
        "orgSourcedId": "110003",
        "role": "guardian",
    }
    files["roles.csv"] = files["roles.csv"].rstrip() + "\n" + ",".join(row.values()) + "\n"
    incoming, findings = completed(files)
    assert not findings.stops
    assert {key[2] for key in incoming[Subject.GUARDIAN]} == usual
