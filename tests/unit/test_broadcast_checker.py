"""A valid timetable passes; each single planted fault is caught, and called what it is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from broadcast.checker.checking import TimetableFaultsError, faults, refuse_faults
from broadcast.checker.model import SENTENCES, FaultKind
from broadcast.plan.model import (
    AiringKind,
    AiringStatus,
    Unplaced,
)
from broadcast.problem.model import (
    Condition,
    ConditionKind,
    FixedAiring,
    Hours,
    Policy,
    Reserve,
)
from jetkiz.i18n import LANGUAGES, translator
from tests.checked_weeks import (
    ALMATY,
    Change,
    Week,
    added,
    airing,
    at,
    both,
    changed,
    of_channel,
    of_lesson,
    of_plan,
    of_problem,
    of_stream,
    week,
    without,
)

MOSCOW = {"east": ALMATY, "west": "Europe/Moscow"}  # two hours earlier
SECONDS = timedelta(seconds=30)
NAIVE = datetime(2026, 1, 26, 4, 0)  # noqa: DTZ001 - the planted fault


def _asked(kind: ConditionKind, *lessons: str, **values: Any) -> Change:
    """Ask something of some lessons that the week does not keep."""
    return of_problem(conditions=(Condition("c", kind, lessons, **values),))


PLANTED: tuple[tuple[FaultKind, Change], ...] = (
    (FaultKind.DOUBLE_ID, changed(4, id="a5")),
    (FaultKind.NOT_APART, _asked(ConditionKind.APART, "a-math-1", "b-math-1")),
    (FaultKind.NOT_APART, _asked(ConditionKind.APART, "a-math-1", "a-math-2", days=2)),
    (FaultKind.NOT_BEFORE, _asked(ConditionKind.BEFORE, "b-math-1", then_lessons=("a-math-1",))),
    (
        FaultKind.NOT_BEFORE,
        _asked(ConditionKind.BEFORE_EACH_DAY, then_streams=("a",), streams=("c",)),
    ),
    (FaultKind.TOO_MANY_A_DAY, _asked(ConditionKind.MOST_A_DAY, streams=("a",))),
    (FaultKind.TOO_MANY_AT_ONCE, _asked(ConditionKind.MOST_AT_ONCE, "a-math-1", "c-math-1")),
    (FaultKind.OTHER_HOUR, _asked(ConditionKind.SAME_HOUR, "a-math-1", "b-math-2")),
    (FaultKind.UNKNOWN_LESSON, added(10, "x-y-1", "tv", 2, 540)),
    (FaultKind.UNKNOWN_CHANNEL, added(10, "a-math-1", "moon", 0, 1095, kind=AiringKind.REPEAT)),
    (FaultKind.NO_ZONE, added(10, "a-math-1", "tv", 0, 0, kind=AiringKind.REPEAT, start=NAIVE)),
    (
        FaultKind.BACKWARDS,
        added(10, "a-math-1", "tv", 0, 1110, kind=AiringKind.REPEAT, minutes=-15),
    ),
    (FaultKind.OUTSIDE_DAYS, at(9, 3, 540)),
    (FaultKind.OUTSIDE_DAYS, at(1, -7, 540)),
    (FaultKind.TOO_SHORT, changed(3, minutes=10)),
    (FaultKind.OUTSIDE_HOURS, at(3, 0, 1080 + 30)),
    (FaultKind.OUTSIDE_HOURS, at(3, 0, 645, minutes=20)),
    (FaultKind.BLOCKED, of_channel(1, blocked=(Hours((0,), 550, 560),))),
    (FaultKind.OFF_GRID, at(3, 0, 590)),
    (FaultKind.OFF_GRID, changed(3, start=airing(3, "", "", 0, 585).start + SECONDS)),
    (FaultKind.OVERLAP, changed(1, minutes=20)),
    (FaultKind.NO_GAP, of_channel(0, min_gap=5)),
    (FaultKind.LANGUAGE, at(4, 0, 630, channel="tv")),
    (FaultKind.MEDIUM, changed(6, channel="air")),
    (FaultKind.PICTURE, of_lesson(7, needs_picture=True)),
    (FaultKind.REGION, added(10, "c-math-1", "far", 0, 1080, kind=AiringKind.REPEAT)),
    (FaultKind.PARALLEL, added(10, "a-read-1", "tv2", 0, 1080, kind=AiringKind.REPEAT)),
    (FaultKind.AGE, of_stream(2, earliest=545)),
    (FaultKind.AGE, of_stream(2, latest=550)),
    (FaultKind.AGE, both(of_stream(0, earliest=480), of_problem(regions=MOSCOW))),
    (FaultKind.OTHER_DAY, of_lesson(2, day=1)),
    (FaultKind.TOO_MANY, of_stream(0, per_day_max=1)),
    (FaultKind.TOO_FEW, of_stream(0, per_day_min=1)),
    (FaultKind.ONE_A_DAY, both(at(7, 0, 630), without(6))),
    (FaultKind.LONG_RUN, of_stream(2, max_run=10)),
    (FaultKind.ORDER, both(at(1, 2, 540), without(6))),
    (FaultKind.REPEAT_EARLY, both(at(1, 0, 600), at(6, 0, 570, channel="tv2"))),
    (FaultKind.REPEAT_LATE, at(6, 1, 1080)),
    (FaultKind.QUOTA, of_problem(policy=Policy(repeat_quota=0))),
    (FaultKind.UNCOVERED, changed(3, channel="tv2")),
    (FaultKind.UNANSWERED, without(3)),
    (FaultKind.UNANSWERED, changed(3, status=AiringStatus.CANCELLED)),
    (FaultKind.BOTH, of_plan(unplaced=(Unplaced("b-read-1", "x"), Unplaced("a-read-1", "x")))),
    (FaultKind.NO_REASON, of_plan(unplaced=(Unplaced("b-read-1", ""),))),
    (
        FaultKind.UNKNOWN_UNPLACED,
        of_plan(unplaced=(Unplaced("b-read-1", "x"), Unplaced("x-y-1", "x"))),
    ),
    (FaultKind.DOUBLE_FIRST, added(10, "a-read-1", "tv", 1, 630)),
    (FaultKind.FIXED, of_problem(fixed=(FixedAiring("c-math-1", "tv2", 0, 555),))),
    (FaultKind.FIXED, of_problem(fixed=(FixedAiring("c-math-1", "tv2", 0, 540, is_repeat=True),))),
    (FaultKind.NO_PREDECESSOR, changed(7, supersedes="a99")),
    (FaultKind.OTHER_LESSON, changed(7, supersedes="a8")),
    (FaultKind.STILL_STANDS, changed(8, status=AiringStatus.PUBLISHED)),
    (FaultKind.NO_SUCCESSOR, changed(9, supersedes="")),
    (FaultKind.CIRCLE, changed(5, supersedes="a5")),
    (
        FaultKind.TWO_SUCCESSORS,
        added(10, "b-math-2", "tv", 1, 615, kind=AiringKind.MAKEUP, supersedes="a8"),
    ),
)


def kinds(given: Week) -> set[FaultKind]:
    return {one.kind for one in faults(*given)}


def test_a_timetable_that_keeps_its_promises_has_no_faults() -> None:
    assert faults(*week()) == []
    refuse_faults(*week())


@pytest.mark.parametrize(
    ("kind", "change"), PLANTED, ids=[f"{n}-{kind}" for n, (kind, _) in enumerate(PLANTED)]
)
def test_a_planted_fault_is_caught_and_called_what_it_is(kind: FaultKind, change: Change) -> None:
    given = change(week())
    found = faults(*given)
    assert {one.kind for one in found} == {kind}, [str(one) for one in found]
    with pytest.raises(TimetableFaultsError) as refused:
        refuse_faults(*given)
    assert refused.value.faults == tuple(found)


def test_every_fault_can_be_said_in_every_language() -> None:
    assert set(SENTENCES) == set(FaultKind)
    for _, change in PLANTED:
        for fault in faults(*change(week())):
            said = [translator(language)(fault.sentence, **fault.facts) for language in LANGUAGES]
            assert len(set(said)) == len(LANGUAGES)
            assert not any("{" in one for one in said)


def test_every_promise_has_a_planted_fault() -> None:
    of_revisions = list(FaultKind)[list(FaultKind).index(FaultKind.PARENT) :]
    assert {kind for kind, _ in PLANTED} == set(FaultKind) - set(of_revisions)


def test_what_is_over_binds_nobody_but_what_is_missing_is_still_told() -> None:
    aired = changed(3, start=airing(3, "", "", 0, 590).start, status=AiringStatus.AIRED)
    assert kinds(aired(week())) == set()
    only_east = changed(3, channel="tv2", status=AiringStatus.AIRED)
    assert kinds(only_east(week())) == {FaultKind.UNCOVERED}


ALLOWED: dict[str, Change] = {
    "an airing begins with the day of its channel": both(
        of_channel(0, day_start=540), at(1, 0, 540)
    ),
    "a make-up is not tied to the day of its lesson": of_lesson(4, day=0),
    "what was cut short is on the air beside what makes up for it": changed(
        8, status=AiringStatus.SHORT
    ),
    "repeats that were agreed are beside the quota": of_problem(
        policy=Policy(repeat_quota=0), fixed=(FixedAiring("a-math-1", "tv", 0, 1080, True),)
    ),
    "a repeat may end where the next lesson begins": both(at(7, 1, 555), at(6, 1, 540)),
    "a make-up may reach from usual hours into agreed ones": both(
        of_channel(0, reserves=(Reserve("tv2", Hours((1,), 1140, 1200)),)),
        both(of_stream(1, regions=("east",)), at(9, 1, 1125, channel="tv2", minutes=30)),
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_just_allowed_is_no_fault(name: str) -> None:
    assert [str(one) for one in faults(*ALLOWED[name](week()))] == []


def test_a_lesson_missed_elsewhere_does_not_cover_the_regions_of_another() -> None:
    given = both(changed(3, channel="tv2"), changed(2, status=AiringStatus.MISSED))
    assert kinds(given(week())) == {FaultKind.UNCOVERED}


def test_a_lesson_missed_on_the_day_is_answered_and_its_repeat_still_helps() -> None:
    assert kinds(changed(1, status=AiringStatus.MISSED)(week())) == set()


def test_hours_agreed_beforehand_serve_only_what_fell_out_on_that_channel() -> None:
    reserve = Reserve("tv2", Hours((1,), 660, 720))
    spare = both(of_channel(0, reserves=(reserve,)), of_stream(1, regions=("east",)))
    moved = both(spare, at(9, 1, 675, channel="tv2"))
    assert kinds(moved(week())) == set()
    assert kinds(at(9, 1, 675, channel="tv2")(of_stream(1, regions=("east",))(week()))) == {
        FaultKind.OUTSIDE_HOURS
    }
    not_for_it = both(spare, at(4, 1, 675))
    assert kinds(not_for_it(week())) == {FaultKind.OUTSIDE_HOURS}


def test_a_make_up_may_follow_a_lesson_that_was_aired_but_no_published_one() -> None:
    late = both(at(1, 2, 540, kind=AiringKind.MAKEUP), without(6))
    assert kinds(late(week())) == {FaultKind.ORDER}
    assert kinds(both(late, changed(7, status=AiringStatus.AIRED))(week())) == set()


def test_a_make_up_waits_for_no_aired_lesson_but_comes_before_all_that_are_still_to_come() -> None:
    third = of_lesson(5, id="a-math-3", subject="math", stream="a", seq=3)
    week_of_three = both(third, both(of_plan(unplaced=()), added(10, "a-math-3", "tv", 2, 540)))
    second_aired = both(week_of_three, changed(7, status=AiringStatus.AIRED))
    gone = both(second_aired, without(6))
    assert kinds(gone(week())) == set()
    between = at(1, 1, 615, kind=AiringKind.MAKEUP)
    assert kinds(both(gone, between)(week())) == set()
    after = at(1, 2, 570, kind=AiringKind.MAKEUP)
    assert kinds(both(gone, after)(week())) == {FaultKind.ORDER}


def test_a_long_airing_overlaps_with_all_that_begin_before_its_end() -> None:
    found = faults(*changed(1, minutes=60)(week()))
    assert [(one.kind, one.airings) for one in found] == [
        (FaultKind.OVERLAP, ("a1", "a2")),
        (FaultKind.OVERLAP, ("a1", "a3")),
    ]


def test_regions_are_bounded_by_their_own_clock_and_days_by_the_channels() -> None:
    night = (Hours((0,), 1380, 1560),)  # 23:00 to 2:00
    given = both(
        of_channel(0, windows=night + week()[0].channels[0].windows, day_start=360),
        of_lesson(2, day=0),
    )
    after_midnight = both(given, at(3, 0, 1500))
    assert kinds(after_midnight(week())) == {FaultKind.AGE}  # until midnight by themselves
    assert kinds(both(after_midnight, of_stream(0, latest=1515))(week())) == set()


@pytest.mark.parametrize(
    ("first_day", "utc"),
    [
        (date(2020, 9, 7), "2020-09-07T03:00"),  # Almaty was six hours ahead
        (date(2024, 2, 26), "2024-02-29T03:00"),  # the last day of that
        (date(2024, 2, 26), "2024-03-01T04:00"),
    ],
)
def test_nine_o_clock_is_worked_out_from_the_zone_of_that_day(first_day: date, utc: str) -> None:
    problem, plan = week()
    start = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    meta = replace(problem.meta, first_day=first_day, days=5)
    one = replace(problem.channels[0], windows=(Hours((0, 1, 2, 3, 4), 540, 555),))
    small = replace(problem, meta=meta, channels=(one,), lessons=problem.lessons[2:3])
    first = replace(plan.airings[2], start=start)
    assert faults(small, replace(plan, airings=(first,), unplaced=())) == []
    wrong = replace(first, start=start + timedelta(hours=1))
    found = faults(small, replace(plan, airings=(wrong,), unplaced=()))
    assert [one.kind for one in found] == [FaultKind.OUTSIDE_HOURS]


@pytest.mark.parametrize(
    ("pause", "longest", "found"),
    [
        (0, 30, set()),
        (0, 29, {FaultKind.LONG_RUN}),
        (5, 30, {FaultKind.LONG_RUN}),  # a pause too short is no break
        (10, 30, set()),
        (10, 15, set()),
    ],
)
def test_a_run_ends_only_with_a_whole_break(
    pause: int, longest: int, found: set[FaultKind]
) -> None:
    after = at(3, 0, 570 + pause)
    first = both(after, at(1, 0, 555))
    free = both(first, both(without(2), of_plan(unplaced=BOTH_MISSING)))
    fine = both(free, of_channel(0, grid_min=5))
    given = both(fine, of_stream(0, max_run=longest, break_min=10))
    assert kinds(given(week())) == found


BOTH_MISSING = (Unplaced("b-read-1", "no room"), Unplaced("b-math-1", "no room"))


@pytest.mark.parametrize(
    "change",
    [
        of_plan(parent=1, revision=2),  # a week planned again may be thin on a day
        of_lesson(2, day=0),  # so may one whose lessons are tied to days
        of_stream(0, per_day_min=2),  # and one without lessons enough for all days
    ],
    ids=["planned again", "tied", "few lessons"],
)
def test_a_day_may_be_thin_where_nothing_else_was_promised(change: Change) -> None:
    thin = of_stream(0, per_day_min=1)
    assert kinds(thin(week())) == {FaultKind.TOO_FEW}
    assert kinds(both(thin, change)(week())) == set()


def test_two_channels_together_cover_the_regions_of_a_stream() -> None:
    far = of_channel(3, languages=("kk",))
    split = both(far, changed(3, channel="tv2"))
    assert kinds(split(week())) == {FaultKind.UNCOVERED}
    second = added(10, "a-read-1", "far", 0, 585)
    assert kinds(both(split, second)(week())) == set()  # at once, on two channels
    later = added(10, "a-read-1", "far", 1, 630)
    assert kinds(both(split, later)(week())) == set()


def test_order_is_kept_in_each_region_by_itself() -> None:
    far = both(of_channel(3, languages=("kk",)), without(6))
    east = both(far, changed(1, channel="tv2"))
    here = both(east, at(4, 0, 600))  # the lesson in Russian makes room
    in_time = both(here, added(10, "a-math-1", "far", 0, 570))
    assert kinds(in_time(week())) == set()
    too_late = both(here, added(10, "a-math-1", "far", 2, 540))
    assert kinds(too_late(week())) == {FaultKind.ORDER}


def test_channels_of_two_regions_are_no_two_lessons_at_once() -> None:
    far = both(of_channel(3, languages=("kk",)), of_lesson(7, id="a-far-1", stream="a"))
    gone = both(far, without(5))
    east = both(changed(3, channel="tv2"), added(10, "a-read-1", "far", 0, 600))
    west = both(added(11, "a-far-1", "far", 0, 585), added(12, "a-far-1", "tv2", 0, 600))
    assert kinds(both(gone, both(east, west))(week())) == set()
    meets = both(added(11, "a-far-1", "far", 0, 585), added(12, "a-far-1", "tv2", 0, 555))
    assert FaultKind.PARALLEL not in kinds(both(gone, both(east, meets))(week()))
    on_both = both(added(11, "a-far-1", "tv", 0, 600), without(12))
    assert kinds(both(gone, both(east, on_both))(week())) == {FaultKind.PARALLEL}


def test_what_was_agreed_on_a_channel_that_is_gone_is_not_kept() -> None:
    given = of_problem(fixed=(FixedAiring("c-math-1", "moon", 0, 540),))
    assert kinds(given(week())) == {FaultKind.FIXED}
