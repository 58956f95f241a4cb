"""Files of plans: read back whole, the same bytes for the same plan, refused with all faults."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.plan.model import (
    AiringKind,
    AiringStatus,
    Plan,
    PlannedAiring,
    Solver,
    Unplaced,
)
from broadcast.plan.reading import read_plan
from broadcast.plan.writing import plan_bytes, plan_lists
from broadcast.problem.model import Channel, Hours, Medium, Meta, Problem
from jetkiz.errors import JetkizError, SeveralFaultsError
from jetkiz.i18n import translator
from tests.examples import drawing

NINE = datetime(2026, 1, 26, 4, 0, tzinfo=UTC)
WORDS = st.text("abcдқ: \"\\'", min_size=1, max_size=8).filter(str.strip).map(str.strip)


def _airing(number: int = 1, **values: object) -> PlannedAiring:
    made = PlannedAiring(f"a{number}", f"l{number}", "balapan", NINE, 15)
    return replace(made, **values)


def _plan(*airings: PlannedAiring) -> Plan:
    return Plan("2026-w05", 2, 1, "f" * 64, Solver("jetkiz", "1", 7, 60_000), airings)


plans = st.builds(
    Plan,
    WORDS,
    st.integers(0, 9),
    st.integers(0, 9),
    st.just("f" * 64),
    st.builds(Solver, WORDS, WORDS, st.integers(0, 99), st.integers(0, 99)),
    st.lists(
        st.builds(
            PlannedAiring,
            WORDS,
            WORDS,
            WORDS,
            st.integers(0, 10_000).map(lambda minutes: NINE + timedelta(minutes=minutes)),
            st.integers(1, 60),
            st.sampled_from(AiringKind),
            st.sampled_from(AiringStatus),
            st.integers(0, 3),
            st.just("") | WORDS,
        ),
        unique_by=lambda one: one.id,
        max_size=6,
    ).map(tuple),
    st.lists(
        st.builds(Unplaced, WORDS, WORDS, st.dictionaries(WORDS, st.integers() | WORDS)),
        max_size=3,
    ).map(tuple),
    st.dictionaries(WORDS, st.floats(0, 1) | st.lists(st.integers(), max_size=2), max_size=3),
)


@drawing(40)
@given(plans)
def test_what_was_written_is_read_back_and_written_the_same(plan: Plan) -> None:
    content = plan_bytes(plan)
    found = read_plan(content)
    assert set(found.airings) == set(plan.airings)
    assert found.report == plan.report
    assert plan_bytes(found) == content
    turned = replace(plan, airings=plan.airings[::-1], unplaced=plan.unplaced)
    assert plan_bytes(turned) == content
    assert content.endswith(b"\n")


def test_every_start_has_the_offset_of_its_channel_in_files_that_are_handed_out() -> None:
    hours = (Hours((0,), 540, 1080),)
    channel = Channel("balapan", "B", Medium.TV, ("kk",), (), "Asia/Almaty", hours)
    problem = Problem(Meta("w", "Asia/Almaty", date(2024, 2, 29), 2), {}, (channel,), (), ())
    before = _airing(1, start=datetime(2024, 2, 29, 3, tzinfo=UTC))
    after = _airing(2, start=datetime(2024, 3, 1, 4, tzinfo=UTC))
    plan = _plan(after, before)
    told = json.loads(plan_bytes(plan, problem))["airings"]
    assert [(one["start"], one["offset"]) for one in told] == [
        ("2024-02-29T03:00:00Z", "+06:00"),
        ("2024-03-01T04:00:00Z", "+05:00"),
    ]
    assert read_plan(plan_bytes(plan, problem)) == read_plan(plan_bytes(plan))
    rows = _rows(plan_lists(plan, problem)["airings.csv"])
    assert [(row["id"], row["day"], row["local"]) for row in rows] == [
        ("a1", "2024-02-29", "09:00"),
        ("a2", "2024-03-01", "09:00"),
    ]


def _rows(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig")), delimiter=";"))


def test_what_has_no_place_is_a_table_with_reasons() -> None:
    left = (
        Unplaced("m2", "It lasts {n} minutes.", {"n": 45}),
        Unplaced("m1", "Full."),
        Unplaced('=HYPERLINK("x")', "=1+1"),
    )
    problem = Problem(Meta("w", "Asia/Almaty", date(2024, 2, 29), 2), {}, (), (), ())
    rows = _rows(plan_lists(replace(_plan(), unplaced=left), problem)["unplaced.csv"])
    assert rows == [
        {"lesson": '\'=HYPERLINK("x")', "reason": "'=1+1"},
        {"lesson": "m1", "reason": "Full."},
        {"lesson": "m2", "reason": "It lasts 45 minutes."},
    ]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    document = json.loads(plan_bytes(_plan(_airing(1), _airing(2))))
    document["airings"][0] |= {"start": "2026-01-26T09:00:00", "minutes": "long"}
    document["airings"][1] |= {"kind": "third", "colour": "red"}
    document["report"] = []
    with pytest.raises(SeveralFaultsError) as error:
        read_plan(json.dumps(document).encode(), "plan.json")
    told = str(error.value)
    assert error.value.facts["n"] == 5
    assert "plan.json, airings 1 (a1), start: '2026-01-26T09:00:00' cannot be used" in told
    assert "A whole number from 1 to 1440 belongs here" in told
    assert "Write one of these: first, repeat, makeup" in told
    assert "there is no colour here" in told
    assert translator("ru").error(error.value).count("\n- ") == 5


def test_an_airing_that_stands_twice_is_refused() -> None:
    with pytest.raises(JetkizError, match="a1 stands there twice"):
        read_plan(plan_bytes(_plan(_airing(1), _airing(1, lesson="l9"))))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read as JSON"),
        (b"\xff\xfe{", "holds signs that are no UTF-8"),
        ('{"format": "Сан"}'.encode("cp1251"), "holds signs that are no UTF-8"),
        (b'{"format": "broadcast-plan/1", "solver": "\\uD800"}', "holds signs that are no UTF-8"),
        (b'{\n"format": ', "cannot be read as JSON from line 2, column 11 on"),
        (b'{"format": ' + b"9" * 5_000 + b"}", "cannot be read as JSON"),
        (b'{"format": "broadcast-plan/1", "format": "x"}', "format stands there twice"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (b'{"format": "broadcast-problem/1"}', "not of the format broadcast-plan/1"),
        (b"[]", "it says None"),
        (b'{"format": "broadcast-plan/1", "airings": {"a": 1}}', "A list belongs here"),
        (b'{"format": "broadcast-plan/1", "airings": [7]}', "Names with values belong here"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(JetkizError, match=words):
        read_plan(content)
