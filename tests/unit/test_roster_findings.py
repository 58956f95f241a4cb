"""One root cause is one message: how faults are joined, ordered and told."""

from hypothesis import given
from hypothesis import strategies as st

from jetkiz.i18n import translator
from jetkiz.roster.reading.findings import Findings, Level, Place
from tests.rosters import said


def test_one_fault_in_600_rows_is_one_message() -> None:
    findings = Findings()
    for row in range(2, 602):
        findings.error(Place("users.csv", row, "grades", "x"), "This is no grade.", "Write 8.")
    (words,) = said(findings)
    assert words == (
        "users.csv, row 2, column grades, value «x»: This is no grade. Write 8. "
        "(599 more rows: 3, 4, 5, 6, 7, …)"
    )


def test_a_cause_joins_files() -> None:
    findings = Findings()
    for file in ("users.csv", "classes.csv"):
        findings.error(Place(file, 2, "org", "s9"), "No such id.", "Add it.", cause=("org", "s9"))
    assert said(findings) == [
        "users.csv, row 2, column org, value «s9»: No such id. Add it. (1 more row: classes.csv 2)"
    ]


def test_many_causes_of_one_kind_become_one() -> None:
    findings = Findings()
    for n in range(40):
        findings.error(
            Place("e.csv", n + 2, "user", f"u{n}"), "No such id.", "Add it.", cause=("user", n)
        )
    (words,) = said(findings)
    assert words == (
        "e.csv, row 2, column user, value «u0»: No such id. Add it. "
        "(39 more rows: 3, 4, 5, 6, 7, …)"
    )


def test_three_causes_are_told_one_by_one() -> None:
    findings = Findings()
    for n in range(3):
        findings.error(Place("e.csv", n + 2), "No such id.", "", cause=n)
    assert len(said(findings)) == 3


def test_errors_come_first_and_notes_last() -> None:
    findings = Findings()
    findings.note(Place("a"), "note")
    assert not findings.stops
    findings.warn(Place("a"), "warning", "")
    assert not findings.stops
    findings.error(Place("a"), "error", "")
    assert findings.stops
    assert [message.level for message in findings.messages()] == list(Level)


def test_long_values_are_cut_and_rowless_faults_are_counted() -> None:
    findings = Findings()
    for _time in range(3):
        findings.warn(Place("a.csv", None, "", "x" * 100), "Too long.", "")
    assert said(findings) == ["a.csv, value «" + "x" * 39 + "…»: Too long. (3 times)"]


def test_words_are_translated_with_their_facts() -> None:
    findings = Findings()
    findings.error(
        Place("u.csv", 4, "grades"), "Write a number from {least} to {most}.", "", least=0, most=12
    )
    (message,) = findings.messages()
    assert "4-жол, grades бағаны: 0 бен 12" in message.say(translator("kk"))
    assert "строка 4, столбец grades: Напишите число от 0 до 12" in message.say(translator("ru"))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9), st.text(max_size=3))))
def test_no_fault_is_lost(faults: list[tuple[str, int, str]]) -> None:
    findings = Findings()
    for file, row, cause in faults:
        findings.error(Place(file, row), "Wrong.", "", cause=cause)
    assert sum(message.count for message in findings.messages()) == len(faults)
    assert len(findings.messages()) <= 3
