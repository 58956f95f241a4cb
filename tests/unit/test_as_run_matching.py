"""Which airing a line is of, as studios really write logs: late, double, out of order, damaged."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.as_run.matching import match
from broadcast.as_run.model import AsRun, Clue, Outcome
from broadcast.plan.model import AiringKind, AiringStatus, PlannedAiring
from tests.as_run_days import (
    ARNA,
    BALAPAN,
    DAY,
    MORNING,
    OWN,
    TAB,
    aired,
    airing,
    at,
    lines_of,
    log,
    missed,
    plan_of,
    problem_of,
    ran,
    written,
)
from tests.examples import drawing

MINUTES = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DRIFT = 10


def test_a_log_in_time_names_every_airing() -> None:
    assert aired(log(*ran("09:00", "09:15", "09:30", "11:00"))) == ("1", "2", "3", "4")


@pytest.mark.parametrize("late", [-9, -5, -1, 1, 5, 8, 10])
def test_a_studio_that_is_minutes_off_all_day_still_names_every_airing(late: int) -> None:
    """With eight minutes of delay each lesson is nearer to the next one's start than to its own."""
    clocks = [
        (datetime.combine(DAY, time.fromisoformat(c)) + late * MINUTES).strftime("%H:%M")
        for c in ("09:00", "09:15", "09:30", "11:00")
    ]

    found = log(*ran(*clocks))

    assert aired(found) == ("1", "2", "3", "4")
    assert found.unknown == ()


def test_a_row_that_is_missing_does_not_shift_the_others() -> None:
    assert aired(log(*ran("09:02", "09:33", "11:01"))) == ("1", "3", "4")


def test_a_row_too_many_is_named_by_its_line() -> None:
    found = log(*ran("09:00", "09:15", "10:10", "11:00"))

    assert (aired(found), found.unknown) == (("1", "2", "4"), (4,))


def test_the_same_row_twice_is_one_airing() -> None:
    found = log(*ran("09:00", "09:00", "09:15", "09:15", "09:15"))

    assert (aired(found), missed(found), found.unknown) == (("1", "2"), (), ())


def test_a_log_that_contradicts_itself_is_believed_where_it_says_aired() -> None:
    lines = ["balapan;2026-01-26;09:00;missed", *ran("09:00"), "balapan;2026-01-26;09:15;missed"]

    for order in (lines, lines[::-1]):
        found = log(*order)
        assert (aired(found), missed(found)) == (("1",), ("2",))
    both = log("1;missed", "1;aired", "2;aired", "2;missed", head="airing;status")
    assert (aired(both), missed(both)) == (("1", "2"), ())


def test_a_moment_further_away_than_the_drift_is_no_airing() -> None:
    assert aired(log(*ran("11:10"))) == ("4",)
    assert log(*ran("11:11")).unknown == (2,)


def test_the_same_time_on_another_channel_or_day_is_another_airing() -> None:
    known = [
        airing(1, "09:00"),
        airing(2, "09:00", "el_arna"),
        airing(3, "09:00", day=date(2026, 1, 27)),
    ]

    found = log(
        "el_arna;2026-01-26;09:00;aired",
        "balapan;2026-01-27;09:00;missed",
        "balapan;2026-01-28;09:00;aired",
        known=known,
    )

    assert (aired(found), missed(found), found.unknown) == (("2",), ("3",), (4,))
    assert found.days == (
        ("balapan", date(2026, 1, 27)),
        ("balapan", date(2026, 1, 28)),
        ("el_arna", DAY),
    )


def test_an_airing_over_midnight_of_the_world_clock_belongs_to_its_local_day() -> None:
    """In the zone of the channel 00:30 is still the evening before by the world's clock."""
    known = [airing(1, "00:30", day=date(2026, 1, 27)), airing(2, "23:50")]

    found = log("balapan;2026-01-27;00:31;aired", "balapan;2026-01-26;23:52;missed", known=known)

    assert (aired(found), missed(found)) == (("1",), ("2",))
    late = log("balapan;2026-01-27;00:03;aired", known=[airing(2, "23:55")])
    assert aired(late) == ("2",)


@pytest.mark.parametrize("name", ["balapan", "BALAPAN", "balapan.kz", "Балапан ТВ", "балапан тв"])
def test_a_channel_is_known_by_any_of_its_names(name: str) -> None:
    assert aired(log(f"{name};2026-01-26;09:00;aired")) == ("1",)


def test_a_channel_that_is_not_ours_is_named_by_its_line() -> None:
    assert log("khabar;2026-01-26;09:00;aired", *ran("09:15")).unknown == (2,)


def test_a_log_that_names_no_channel_is_of_the_only_one() -> None:
    text = "date;start;status\n2026-01-26;09:00;aired\n"

    one = match(problem_of(MORNING, BALAPAN), plan_of(MORNING), lines_of(text), OWN)
    two = match(problem_of(MORNING, BALAPAN, ARNA), plan_of(MORNING), lines_of(text), OWN)
    said = match(problem_of(MORNING), plan_of(MORNING), lines_of(text, channel="Balapan"), OWN)

    assert (aired(one), aired(two), two.unknown, aired(said)) == (("1",), (), (2,), ("1",))


@pytest.mark.parametrize("number", ["1", "01", " 1 "])
def test_our_own_number_is_enough(number: str) -> None:
    assert aired(log(f"{number};aired", head="airing;status")) == ("1",)


@pytest.mark.parametrize("number", ["0", "99", "-1", "1.0", "١", "one", "9" * 400])
def test_a_number_that_is_not_ours_is_named_by_its_line(number: str) -> None:
    found = log(f"{number};aired", "2;aired", head="airing;status")

    assert (aired(found), found.unknown) == (("2",), (2,))


def test_a_line_without_a_number_may_have_a_time_instead() -> None:
    head = "airing;channel;date;start;status"
    found = log("1;;;;aired", ";balapan;2026-01-26;09:15;missed", head=head)

    assert (aired(found), missed(found)) == (("1",), ("2",))


def test_what_is_cancelled_or_stands_elsewhere_is_no_airing_any_more() -> None:
    gone = [
        replace(MORNING[0], status=AiringStatus.CANCELLED),
        replace(MORNING[1], status=AiringStatus.MOVED),
    ]

    found = log("1;aired", "2;aired", head="airing;status", known=gone)

    assert (found.outcomes, found.unknown) == ((), (2, 3))


# Named lessons

HEAD = "channel;date;start;status;house_number;title;length"


def test_a_lesson_that_is_named_is_found_at_another_hour_and_was_moved() -> None:
    found = log("balapan;2026-01-26;13:20;aired;HN-L1;;", head=HEAD)

    (one,) = found.outcomes
    assert (one.airing, one.outcome, one.clue) == ("1", Outcome.MOVED, Clue.ASSET)
    assert one.start == at("13:20")


def test_what_was_booked_at_one_hour_and_ran_at_another_was_moved() -> None:
    lines = ["balapan;2026-01-26;09:00;missed;HN-L1;;", "balapan;2026-01-26;15:00;aired;hn-l1;;"]

    for order in (lines, lines[::-1]):
        (one,) = log(*order, head=HEAD).outcomes
        assert (one.outcome, one.start) == (Outcome.MOVED, at("15:00"))


def test_a_line_belongs_to_the_airing_of_its_own_day_before_one_of_another() -> None:
    tuesday = date(2026, 1, 27)
    known = [airing(1, "09:00", lesson="A"), airing(2, "09:00", day=tuesday, lesson="A")]
    lines = ["balapan;2026-01-27;10:00;aired;HN-A;;", "balapan;2026-01-27;20:00;aired;HN-A;;"]

    found = log(*lines, head=HEAD, known=known)

    assert {one.airing: one.start for one in found.outcomes} == {
        "1": at("20:00", tuesday),
        "2": at("10:00", tuesday),
    }


def test_each_of_several_airings_of_a_lesson_has_its_own_line() -> None:
    known = [
        airing(1, "09:00", lesson="A"),
        replace(airing(2, "18:00", lesson="A"), kind=AiringKind.REPEAT),
        airing(3, "09:00", "el_arna", lesson="A"),
    ]

    found = log(
        "balapan;2026-01-26;18:02;aired;HN-A;;",
        "el_arna;2026-01-26;09:01;aired;HN-A;;",
        head=HEAD,
        known=known,
    )

    assert aired(found) == ("3", "2")


@pytest.mark.parametrize("title", ["Әңгіме L2", "ӘҢГІМЕ  L2!", "??гіме L2", "Ангіме L2"])
def test_a_title_is_known_without_its_kazakh_letters(title: str) -> None:
    (one,) = log(f"balapan;2026-01-26;09:16;aired;;{title};", head=HEAD).outcomes

    assert one.airing == "2"


def test_a_title_in_the_code_page_without_kazakh_letters_still_names_its_lesson() -> None:
    text = f"{HEAD}\r\nbalapan;26.01.2026;12:00;aired;;Әңгіме L2;"
    content = text.encode("cp1251", errors="replace")

    (one,) = match(problem_of(MORNING), plan_of(MORNING), lines_of(content), OWN).outcomes

    assert (one.airing, one.clue) == ("2", Clue.TITLE)


def test_another_programme_at_the_hour_of_a_lesson_is_not_the_lesson() -> None:
    by_asset = log("balapan;2026-01-26;09:00;aired;NEWS-7;;", head=HEAD)
    by_title = log(
        "balapan;2026-01-26;09:00;aired;;Жаңалықтар;",
        "balapan;2026-01-26;09:15;aired;;Әңгіме L2;",
        head=HEAD,
    )
    without_our_titles = log("balapan;2026-01-26;09:00;aired;;Сабақ;", head=HEAD)

    assert (by_asset.outcomes, by_asset.unknown) == ((), (2,))
    assert (aired(by_title), by_title.unknown) == (("2",), (2,))
    assert aired(without_our_titles) == ("1",)


# How much of it ran


@pytest.mark.parametrize(
    ("length", "outcome"),
    [
        ("15:00", Outcome.AIRED),
        ("0:13:30", Outcome.AIRED),
        ("00:13:29:24", Outcome.SHORT),
        ("4:00", Outcome.SHORT),
        ("", Outcome.AIRED),
    ],
)
def test_nine_tenths_of_a_lesson_are_the_lesson(length: str, outcome: Outcome) -> None:
    (one,) = log(f"balapan;2026-01-26;09:00;aired;HN-L1;;{length}", head=HEAD).outcomes

    assert one.outcome == outcome


def test_a_lesson_that_was_interrupted_counts_with_all_its_parts() -> None:
    first = "balapan;2026-01-26;09:00;aired;HN-L1;;06:00"
    second = "balapan;2026-01-26;09:11;aired;HN-L1;;08:00"

    (whole,) = log(first, second, second, head=HEAD).outcomes
    (broken,) = log(first, first, head=HEAD).outcomes

    assert (whole.outcome, whole.minutes, whole.lines) == (Outcome.AIRED, 14, (2, 3, 4))
    assert (broken.outcome, broken.minutes) == (Outcome.SHORT, 6)


def test_a_line_that_says_short_and_no_length_is_believed() -> None:
    (one,) = log("1;short", head="airing;status").outcomes
    (both,) = log("1;short", "1;aired", head="airing;status").outcomes

    assert (one.outcome, both.outcome) == (Outcome.SHORT, Outcome.AIRED)


# What is not there


def tab(*lines: str, known: Sequence[PlannedAiring] = MORNING) -> AsRun:
    head = "Date: 26.01.2026\tChannel: Balapan\nTime\tDuration\tHouse number\tStatus"
    found = lines_of("\n".join([head, *lines]), TAB)
    return match(problem_of(known), plan_of(known), found, TAB)


def test_what_a_log_of_everything_leaves_out_did_not_run() -> None:
    found = tab("09:00:04\t15:00\tHN-L1\tok", "09:15\t15:00\tNEWS\t", "09:31\t15:00\tHN-L3\tOK")

    assert {one.airing: (one.outcome, one.clue) for one in found.outcomes} == {
        "1": (Outcome.AIRED, Clue.ASSET),
        "2": (Outcome.MISSED, Clue.GAP),
        "3": (Outcome.AIRED, Clue.ASSET),
    }
    assert found.unknown == ()


def test_a_log_that_ends_within_a_lesson_may_only_have_been_cut() -> None:
    known = [airing(1, "09:00"), replace(airing(2, "10:00"), minutes=45)]
    first = "09:00\t15:00\tHN-L1\tok"

    assert missed(tab(first, "10:30\t05:00\tNEWS\t", known=known)) == ()
    assert missed(tab(first, "10:45\t05:00\tNEWS\t", known=known)) == ("2",)


def test_silence_proves_nothing() -> None:
    before = tab("10:30\t15:00\tNEWS\t", "11:00\t15:00\tHN-L4\tok")
    own = log(*ran("09:00", "11:00"))
    nothing_of_ours = tab("08:00\t15:00\tNEWS\t", "12:00\t15:00\tNEWS\t")
    booked = tab("09:00\t15:00\tHN-L1\tbooked")

    assert [one.airing for one in before.outcomes] == ["4"]
    assert [one.airing for one in own.outcomes] == ["1", "4"]
    assert nothing_of_ours.outcomes == booked.outcomes == ()


# Properties

CLOCKS = st.lists(st.integers(0, 100), min_size=1, max_size=12, unique=True)


def morning(starts: Sequence[int]) -> list[PlannedAiring]:
    first = at("09:00")
    return [
        replace(airing(n, "09:00"), start=first + 5 * start * MINUTES, minutes=5)
        for n, start in enumerate(sorted(starts), start=1)
    ]


@drawing(40)
@given(CLOCKS, st.integers(-10, 10))
def test_a_clock_that_is_off_by_the_same_minutes_all_day_loses_nothing(
    starts: list[int], late: int
) -> None:
    airings = morning(starts)

    found = log(*(written(one, late * MINUTES) for one in airings), known=airings)

    assert aired(found) == tuple(one.id for one in airings)
    assert found.unknown == ()


@drawing(40)
@given(CLOCKS, st.data())
def test_pairs_keep_their_order_their_distance_and_leave_no_line_unnamed(
    starts: list[int], data: st.DataObject
) -> None:
    airings = morning(starts)
    late = data.draw(st.lists(st.integers(-25, 25), min_size=len(airings), max_size=len(airings)))
    rows = [written(one, n * MINUTES) for one, n in zip(airings, late, strict=True)]

    found = log(*rows, known=airings, trust_clock=True)

    moments = dict(zip(rows, late, strict=True))
    paired = len(found.outcomes)
    unknown = {rows[number - 2] for number in found.unknown}
    assert paired + len(unknown) == len(moments)
    if late == sorted(late):
        # Nobody overtakes, so every line that is near enough to its own airing has one.
        assert paired >= len({row for row, n in moments.items() if abs(n) <= DRIFT})


@drawing(40)
@given(CLOCKS, st.randoms(use_true_random=False), st.data())
def test_lines_in_any_order_and_twice_say_the_same(
    starts: list[int], chance: object, data: st.DataObject
) -> None:
    airings = morning(starts)
    columns = data.draw(st.sampled_from(["", "house_number", "title", "airing"]))
    late = data.draw(st.lists(st.integers(-9, 9), min_size=len(airings), max_size=len(airings)))
    rows = [written(one, n * MINUTES, columns) for one, n in zip(airings, late, strict=True)]
    head = "channel;date;start;status" + "".join(f";{name}" for name in columns.split())
    shuffled = [*rows, *data.draw(st.lists(st.sampled_from(rows)))]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    first = log(*rows, head=head, known=airings)
    second = log(*shuffled, head=head, known=airings)

    def said(found: AsRun) -> list[tuple[str, Outcome, datetime | None]]:
        return [(one.airing, one.outcome, one.start) for one in found.outcomes]

    assert said(first) == said(second)
    if columns:
        assert [one.airing for one in first.outcomes] == [one.id for one in airings]
