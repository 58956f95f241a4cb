"""The results of chaos: the counts of the issue, a line a run, going on where it broke off."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chaos.__main__ import conclude
from tests.chaos.results import (
    HEADINGS,
    Result,
    code_version,
    line,
    read_broken_off,
    row,
    totals,
    write,
)

PROBED = Result("outbound", 1, "probe", 1, 2, 1, 3, 40, 5.0, ("lost=1",))
RESENT = Result("outbound", 1, "resend", 0, 4, 4, 0, 0, 5.0, ())
CAME = Result("inbound", 1, "resend", 6, 7, 5, 0, 0, 5.0, (), notes=("lost: draft",))
LOOKED_FOR = Result("inbound", 4, "probe", 0, 1, 2, 0, 0, 5.0, (), "postgresql")
ALL = (PROBED, RESENT, CAME, LOOKED_FOR)
NAMES = ("outbound_lost", "outbound_doubled", "false_sent", "inbound_lost", "inbound_doubled")


def test_the_totals_have_the_counts_of_the_issue() -> None:
    """A run of what comes in counts where it belongs: once."""
    found = totals(ALL)
    assert [found["with_probe"][name] for name in NAMES] == [1, 2, 3, 0, 1]
    assert [found["without_probe"][name] for name in NAMES] == [0, 4, 0, 6, 7]
    assert sum(side["inbound_runs"] for side in found.values()) == 2
    assert [side["inbound_marked"] for side in found.values()] == [2, 5]


def test_a_line_of_the_table_says_what_must_not_be() -> None:
    assert "lost=1" in row(PROBED)
    assert row(RESENT).rstrip().endswith("-")
    assert "4 (4)" in row(RESENT)
    assert line(HEADINGS).index("seconds") == row(PROBED).index("5  ", 20)


def test_false_words_are_said_of_what_goes_out_only() -> None:
    assert PROBED.facts()["false_sent"] == 3
    assert "false_sent" not in CAME.facts()


counts = st.integers(0, 999)
words = st.lists(st.text(max_size=9), max_size=3).map(tuple)


@settings(max_examples=25)
@given(
    one=st.builds(
        Result,
        kind=st.sampled_from(["inbound", "outbound"]),
        seed=counts,
        policy=st.sampled_from(["probe", "resend"]),
        lost=counts,
        doubled=counts,
        marked=counts,
        false_sent=counts,
        probes=counts,
        seconds=st.floats(0, 999),
        breaches=words,
        notes=words,
    )
)
def test_what_the_file_holds_is_the_run(one: Result) -> None:
    wanted = one if one.kind == "outbound" else replace(one, false_sent=0)
    assert Result.of(one.facts()) == wanted


def test_a_run_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    file, wanted = tmp_path / "build" / "chaos.json", [one.which for one in ALL]
    assert read_broken_off(wanted, "long", "v1", file) == [], "nothing was done yet"
    write([PROBED, CAME], "long", "v1", file)
    assert set(read_broken_off(wanted, "long", "v1", file)) == {PROBED, CAME}
    assert read_broken_off([CAME.which, RESENT.which], "long", "v1", file) == [CAME]


@pytest.mark.parametrize(("form", "version"), [("short", "v1"), ("long", "v2")])
def test_what_other_code_or_another_form_did_does_not_count(
    tmp_path: Path, form: str, version: str
) -> None:
    file = tmp_path / "chaos.json"
    write([CAME], "long", "v1", file)
    assert read_broken_off([CAME.which, RESENT.which], form, version, file) == []


def test_after_a_whole_run_the_next_begins_anew(tmp_path: Path) -> None:
    file = tmp_path / "chaos.json"
    write(ALL, "long", "v1", file)
    assert read_broken_off([one.which for one in ALL], "long", "v1", file) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"code": "v1", "form": "long"}'])
def test_a_file_that_cannot_be_read_is_no_run(tmp_path: Path, text: str) -> None:
    file = tmp_path / "chaos.json"
    file.write_text(text)
    assert read_broken_off([CAME.which], "long", "v1", file) == []


def test_any_line_of_code_makes_another_version(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    one, other = tmp_path / "bot" / "a.py", tmp_path / "bot" / "b.py"
    one.write_text("x = 1\n")
    first = code_version(tmp_path, ["bot"])
    assert code_version(tmp_path, ["bot"]) == first
    other.write_text("")
    second = code_version(tmp_path, ["bot"])
    one.write_text("x = 2\n")
    third = code_version(tmp_path, ["bot"])
    assert len({first, second, third}) == 3


GOOD = replace(RESENT, seed=2)


@pytest.mark.parametrize(
    ("done", "wanted", "code"),
    [
        ([GOOD], [GOOD], 0),
        ([PROBED], [PROBED], 1),
        ([GOOD], [GOOD, CAME], 1),
        ([], [GOOD], 1),
    ],
    ids=["all is well", "something must not be", "one came to no end", "none came to an end"],
)
def test_only_whole_and_good_runs_are_a_success(
    done: list[Result], wanted: list[Result], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert conclude(done, [one.which for one in wanted]) == code
    assert ("came to no end" in capsys.readouterr().out) == (len(done) < len(wanted))
