"""Files of problems: the same bytes for the same problem, and every fault named with its remedy."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from broadcast.problem.hours import days_text, hours_of, hours_text
from broadcast.problem.model import (
    Channel,
    Filler,
    FixedAiring,
    HomeKind,
    Hours,
    Lesson,
    Medium,
    Meta,
    Policy,
    Problem,
    Reserve,
    Stream,
)
from broadcast.problem.reading import read_problem
from broadcast.problem.soundness import faults_of
from broadcast.problem.writing import in_order, problem_bytes, problem_sha256
from jetkiz.errors import JetkizError, SeveralFaultsError
from jetkiz.i18n import translator
from tests.broadcast_problems import problems, week_600
from tests.examples import drawing

META = Meta("w", "Asia/Almaty", date(2026, 1, 26), 7)
SMALL: dict[str, Any] = {
    "format": "broadcast-problem/1",
    "meta": {"id": "w", "zone": "Asia/Almaty", "first_day": "2026-01-26", "days": 7},
    "regions": {"kz": "Asia/Almaty"},
    "channels": [
        {
            "id": "balapan",
            "languages": ["kk"],
            "regions": ["kz"],
            "windows": ["mon-fri 09:00-12:00"],
            "repeat_windows": ["sat 09:00-12:00"],
            "blocked": ["wed 10:00-10:30"],
        }
    ],
    "streams": [{"id": "kk5", "language": "kk", "grades": [5], "regions": ["kz"]}],
    "lessons": [
        {"id": "m1", "stream": "kk5", "subject": "math", "seq": 1, "minutes": 15},
        {"id": "m2", "stream": "kk5", "subject": "math", "seq": 2, "minutes": 20, "day": "tue"},
    ],
    "homes": [{"streams": ["kk5"], "count": 40, "children": 1}],
    "fixed": [{"lesson": "m1", "channel": "balapan", "day": "mon", "start": "09:00"}],
}


def _changed(place: str, **values: Any) -> bytes:
    """Return the small week with another first entry of a list, or another part of the meta."""
    document = json.loads(json.dumps(SMALL))
    found = document[place]
    (found if isinstance(found, dict) else found[0]).update(values)
    return json.dumps(document).encode()


@drawing(40)
@given(problems())
def test_what_is_read_back_is_the_same_problem_in_order(problem: Problem) -> None:
    content = problem_bytes(problem)
    assume(not faults_of(problem))
    assert read_problem(content) == in_order(problem)
    assert problem_bytes(read_problem(content)) == content


@drawing(20)
@given(problems())
def test_a_file_is_refused_exactly_when_the_problem_has_faults(problem: Problem) -> None:
    found = faults_of(in_order(problem))
    if found:
        with pytest.raises(JetkizError) as error:
            read_problem(problem_bytes(problem))
        assert error.value.facts.get("n", 1) == len(found)
    else:
        read_problem(problem_bytes(problem))


def test_the_order_in_which_lists_are_given_changes_nothing() -> None:
    week = week_600()
    turned = replace(
        week,
        channels=week.channels[::-1],
        streams=week.streams[::-1],
        lessons=week.lessons[::-1],
        homes=week.homes[::-1],
    )
    assert problem_sha256(turned) == problem_sha256(week)
    assert read_problem(problem_bytes(turned)).homes == in_order(week).homes


def test_everything_a_problem_can_say_is_kept() -> None:
    problem = replace(
        read_problem(json.dumps(SMALL)),
        channels=(
            Channel(
                id="night",
                name="Түнгі арна",
                medium=Medium.RADIO,
                languages=("ru", "kk"),
                regions=("kz",),
                zone="Asia/Oral",
                windows=(Hours((0, 2), 1380, 1530),),
                blocked=(Hours((0,), 1440, 1470),),
                day_start=360,
                grid_min=10,
                min_gap=5,
                fillers=(Filler("Заставка", "F1", 0),),
                reserves=(Reserve("day", Hours((5,), 540, 600)),),
                guide_id="night.kz",
            ),
            Channel("day", "Day", Medium.TV, ("kk",), ("kz",), "Asia/Almaty", ()),
        ),
        streams=(
            Stream("s", "kk", (1, 2), ("kz",), "a", Medium.RADIO, 9, 3, 0, 1600, 45, 15, 1, 2),
        ),
        lessons=(
            Lesson("l", "s", "m", 0, 45, "A1", False, True, {"kk": "Сан", "ru": "Счёт"}, 2, 1.5),
        ),
        homes=(HomeKind(("s",), 7, 2, 0, 3, "kz"),),
        policy=Policy(3, 45, False, 4.0, 5.0, (1, 2), ()),
        fixed=(FixedAiring("l", "night", 2, 1380), FixedAiring("l", "night", 0, 1470, True)),
    )
    assert read_problem(problem_bytes(problem)) == in_order(problem)


def test_a_file_has_one_line_an_entry_and_leaves_out_what_is_usual() -> None:
    text = problem_bytes(read_problem(json.dumps(SMALL))).decode()
    assert '{"id": "m1", "stream": "kk5", "subject": "math", "seq": 1, "minutes": 15}' in text
    assert '"windows": ["mon-fri 09:00-12:00"]' in text
    assert text.endswith("}\n")


@given(st.sets(st.integers(0, 6), min_size=1), st.integers(0, 287), st.integers(1, 287))
def test_hours_are_read_as_they_were_written(days: set[int], start: int, length: int) -> None:
    for meta in (META, replace(META, days=17, first_day=date(2026, 1, 29))):
        hours = Hours(tuple(sorted(days)), start * 5, start * 5 + length * 5)
        assert hours_of(hours_text(hours, meta), meta) == hours


def test_hours_may_be_written_in_several_ways() -> None:
    week = (0, 1, 2, 3, 4)
    assert hours_of("09:00-18:00", META) == Hours(tuple(range(7)), 540, 1080)
    assert hours_of("mon, tue,fri  9:00 - 12:30", META) == Hours((0, 1, 4), 540, 750)
    assert hours_of("2026-01-31 09:00:00-10:00:00", META) == Hours((5,), 540, 600)
    assert hours_of("sat-mon 22:00-01:30", META) == Hours((0, 5, 6), 1320, 1530)
    assert hours_of("mon-fri 01:00-02:00", META, day_start=360) == Hours(week, 1500, 1560)
    assert days_text((0, 2, 3, 4, 6), META) == "mon wed-fri sun"


def test_hours_that_end_when_they_begin_are_a_whole_day() -> None:
    found = hours_of("mon 09:00-09:00", META)
    assert found is not None
    assert (found.start, found.end) == (9 * 60, 33 * 60)


@pytest.mark.parametrize(
    "text",
    ["", "mon", "mon 9-10", "lun 09:00-10:00", "2026-02-26 09:00-10:00", "mon-x 09:00-10:00"],
)
def test_what_are_no_hours_is_refused_with_an_example(text: str) -> None:
    assert hours_of(text, META) is None
    with pytest.raises(JetkizError, match='Hours look like "mon-fri 09:00-18:00"'):
        read_problem(_changed("channels", windows=[text or "x", "tue 09:00-12:00"], blocked=[]))


@pytest.mark.parametrize(
    ("place", "values", "words"),
    [
        ("channels", {"windows": ["09:00-12:00", "fri 11:00-13:00"]}, "windows .* overlap"),
        ("channels", {"repeat_windows": ["mon 11:30-13:00"]}, "windows .* overlap"),
        ("channels", {"languages": []}, "the channel has no language"),
        ("channels", {"languages": ["kk", "қазақша"]}, "'қазақша' is no language"),
        ("streams", {"language": "../../kk"}, "'../../kk' is no language"),
        ("channels", {"regions": []}, "no region is named"),
        ("channels", {"regions": ["mars"]}, "nothing else tells of mars"),
        ("channels", {"zone": "Asia/Mars"}, "A time zone looks like Asia/Almaty"),
        ("channels", {"guide_id": "balapan"}, "cannot stand in a guide"),
        ("channels", {"grid_min": 7}, "7 minutes are no grid"),
        ("channels", {"kind": "cinema"}, "Write one of these: tv, radio"),
        ("channels", {"windows": ["mon 09:00-12:00", "22:00-30:00"]}, "within the day of the chan"),
        ("channels", {"reserves": ["rts3: mon 09:00-10:00"]}, "nothing else tells of rts3"),
        ("channels", {"reserves": ["monday"]}, "A plan B looks like"),
        ("channels", {"window": ["09:00-10:00"]}, "there is no window here"),
        ("meta", {"zone": "Mars"}, "meta, zone: 'Mars' cannot be used"),
        ("meta", {"first_day": "26/01/2026"}, "A date looks like"),
        ("meta", {"first_day": "0001-01-26"}, "A date looks like"),
        ("meta", {"days": 400}, "A whole number from 1 to 62"),
        ("regions", {"kz": "Mars"}, "regions, kz: 'Mars' cannot be used"),
        ("streams", {"grades": []}, "no grade is named"),
        ("streams", {"grades": ["five"]}, "Whole numbers belong here"),
        ("streams", {"earliest": "12:00", "latest": "09:00"}, "latest hour 09:00 is not after"),
        ("streams", {"earliest": "noon"}, "A time looks like 09:00"),
        ("streams", {"language": "ru"}, "no tv channel airs ru in kz"),
        ("streams", {"latest": "09:10"}, "15 minutes are longer than any window"),
        ("lessons", {"minutes": 50}, "a lesson cannot have 50 minutes"),
        ("lessons", {"minutes": 12}, "a lesson cannot have 12 minutes"),
        ("lessons", {"minutes": True}, "A whole number"),
        ("lessons", {"stream": "kk6"}, "nothing else tells of kk6"),
        ("lessons", {"id": "m2"}, "m2 stands there twice"),
        ("lessons", {"id": ""}, "Words belong here"),
        ("lessons", {"day": "mon-tue"}, "One day that is planned belongs here"),
        ("lessons", {"value": -1}, "A number that is not less than 0"),
        ("lessons", {"needs_picture": "perhaps"}, "Write true or false"),
        ("lessons", {"titles": ["Сан"]}, "Names with words belong here"),
        ("homes", {"streams": ["kk6"]}, "nothing else tells of kk6"),
        ("homes", {"streams": []}, "no stream is named"),
        ("homes", {"region": "mars"}, "nothing else tells of mars"),
        ("fixed", {"lesson": "m9"}, "nothing else tells of m9"),
        ("fixed", {"channel": "c9"}, "nothing else tells of c9"),
        ("fixed", {"start": "12:00"}, "not within the open windows of balapan"),
        ("fixed", {"day": "wed", "start": "10:20"}, "not within the open windows of balapan"),
        ("streams", {"max_run": 10}, "it lasts 15 minutes, and kk5 needs a break after 10"),
        ("channels", {"day_start": "26:00"}, "A day begins at an hour of its own"),
        ("fixed", {"day": "sat"}, "not within the open windows of balapan"),
        ("fixed", {"start": "09:03"}, "09:03 is not on the grid"),
    ],
)
def test_each_fault_is_named_with_its_remedy(
    place: str, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(JetkizError, match=words) as error:
        read_problem(_changed(place, **values))
    told = getattr(error.value, "faults", (error.value,))
    assert all(one.remedy for one in told)


@pytest.mark.parametrize(
    ("place", "values"), [("lessons", {"minutes": "long"}), ("meta", {"days": 400})]
)
def test_what_stands_in_for_a_fault_makes_no_fault_of_its_own(
    place: str, values: dict[str, Any]
) -> None:
    with pytest.raises(JetkizError) as error:
        read_problem(_changed(place, **values))
    assert not isinstance(error.value, SeveralFaultsError)


def test_all_faults_are_told_at_once_and_of_very_many_the_first() -> None:
    document = json.loads(_changed("channels", languages=[]))
    document["lessons"][1]["minutes"] = 3
    document["fixed"] *= 2
    with pytest.raises(SeveralFaultsError) as error:
        read_problem(json.dumps(document))
    told = str(error.value)
    for words in ("no language", "3 minutes", "fixed twice", "it overlaps with m1"):
        assert words in told
    document["lessons"] = [{"id": f"x{number}"} for number in range(900)]
    with pytest.raises(SeveralFaultsError, match="The first 20:") as error:
        read_problem(json.dumps(document))
    assert len(error.value.faults) == 20
    assert error.value.facts["n"] > 2_000


def test_a_fixed_repeat_may_stand_where_only_repeats_may() -> None:
    found = read_problem(_changed("fixed", day="sat", is_repeat=True))
    assert found.fixed == (FixedAiring("m1", "balapan", 5, 540, is_repeat=True),)


def test_a_lesson_for_the_radio_needs_no_pictures() -> None:
    document = json.loads(_changed("channels", kind="radio"))
    document["streams"][0]["kind"] = "radio"
    with pytest.raises(JetkizError, match="cannot be on the radio"):
        read_problem(json.dumps(document))
    for lesson in document["lessons"]:
        lesson["needs_picture"] = False
    assert read_problem(json.dumps(document)).streams[0].medium is Medium.RADIO


def test_an_hour_that_clocks_leave_out_has_to_be_blocked() -> None:
    document = json.loads(_changed("channels", windows=["00:00-12:00"], zone="Europe/Zagreb"))
    document["meta"]["first_day"] = "2021-03-22"
    with pytest.raises(JetkizError, match=r"clocks are put forward, and sun has no 02:00"):
        read_problem(json.dumps(document | {"fixed": []}))
    document["channels"][0]["repeat_windows"] = []
    document["channels"][0]["blocked"] = ["sun 02:00-03:00"]
    assert read_problem(json.dumps(document))


JUNK = st.sampled_from(
    [
        "",
        " ",
        "kk",
        "-1",
        "99:99",
        "9" * 30,
        -1,
        0,
        10**12,
        1.5,
        True,
        None,
        [],
        {},
        [None],
        {"a": 1},
    ]
) | st.text(max_size=6)


def _ways(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the ways to all values within a document."""
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        inner = []
    return [way, *(found for key, one in inner for found in _ways(one, (*way, key)))]


def _with(value: Any, way: tuple[Any, ...], junk: Any) -> Any:
    """Return a document with something else at the end of a way, if the way is still there."""
    if not way:
        return junk
    key, *rest = way
    if isinstance(value, dict) and key in value:
        return value | {key: _with(value[key], tuple(rest), junk)}
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return [*value[:key], _with(value[key], tuple(rest), junk), *value[key + 1 :]]
    return value


WAYS = [way for way in _ways(SMALL) if way and way != ("format",)]


@drawing(150)
@given(st.lists(st.tuples(st.sampled_from(WAYS), JUNK), min_size=1, max_size=3))
def test_whatever_stands_in_a_file_is_read_or_refused_in_words(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    document: Any = SMALL
    for way, junk in changes:
        document = _with(document, way, junk)
    refusal = None
    try:
        found = read_problem(json.dumps(document))
    except JetkizError as error:
        refusal = error
    else:
        assert read_problem(problem_bytes(found)) == found
    assert refusal is None or translator("kk").error(refusal)
