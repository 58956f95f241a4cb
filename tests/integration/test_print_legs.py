"""The age of each leg of the way: computed from what is written down, the slowest is named."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.model import PackState
from print_packs.runs.earlier_work import claim_for_slips
from print_packs.runs.hand_over import hand_over, signed
from print_packs.runs.legs import LEG_WORDS, Leg, Way, ages, by_group, read_ways, slowest
from print_packs.tables import pack
from tests.factories import WEEK, People
from tests.print_school import NOW, post_deliveries, print_school, saved_batch, workplace_in
from tests.spoken import Jetkiz

START = datetime(2026, 1, 22, 10, tzinfo=UTC)
DAYS = st.one_of(st.none(), st.integers(0, 40))


def way(*days: float | None, pack: int = 1, home: str = "h1", answered: bool = True) -> Way:
    steps = tuple(None if one is None else START + timedelta(days=one) for one in days)
    return Way(pack, home, "010000", steps, is_answered=answered)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def test_what_has_not_happened_is_as_old_as_the_step_before() -> None:
    found = ages([way(0, 1, 4, 10, None, None)], at(12))
    told = {one.leg: (one.done, one.waiting, one.middle, one.oldest) for one in found}
    assert told == {
        Leg.HANDED_OVER: (1, 0, 1.0, 0.0),
        Leg.RECEIVED: (1, 0, 3.0, 0.0),
        Leg.RETURNED: (1, 0, 6.0, 0.0),
        Leg.MARKED: (0, 1, 2.0, 2.0),
    }
    worst = slowest(found)
    assert worst
    assert worst.leg == Leg.RETURNED


def test_a_letter_nobody_signs_for_arrived_when_its_answer_did() -> None:
    found = {one.leg: one for one in ages([way(0, 1, None, 9, 10, 11)], at(20))}
    assert (found[Leg.RECEIVED].done, found[Leg.RECEIVED].middle) == (1, 8.0)
    assert (found[Leg.RETURNED].done, found[Leg.RETURNED].middle) == (1, 8.0)
    assert found[Leg.SENT_BACK].middle == 1.0


def test_an_envelope_counts_once_however_many_tasks_are_in_it() -> None:
    found = {one.leg: one for one in ages([way(0, 1, 2, None, None, None)] * 3, at(4))}
    assert found[Leg.HANDED_OVER].done == 1
    assert found[Leg.RETURNED].waiting == 3


def test_one_sheet_that_is_back_proves_that_its_envelope_arrived() -> None:
    back, out = way(0, 1, None, 9, None, None), way(0, 1, None, None, None, None)
    for ways in ([back, out], [out, back]):
        found = {one.leg: one for one in ages(ways, at(30))}
        assert (found[Leg.RECEIVED].done, found[Leg.RECEIVED].waiting) == (1, 0)
        assert (found[Leg.RETURNED].done, found[Leg.RETURNED].waiting) == (1, 1)


def test_of_a_pack_without_tasks_nothing_is_awaited() -> None:
    found = ages([way(0, 1, None, None, None, None, answered=False)], at(4))
    assert [one.leg for one in found] == [Leg.HANDED_OVER, Leg.RECEIVED]
    assert slowest([]) is None


def test_the_slowest_home_comes_first() -> None:
    ways = [way(0, 1, 2, 3, 4, 5, home="h1"), way(0, 1, 2, None, None, None, pack=2, home="h2")]
    assert [name for name, _ in by_group(ways, "home", at(9))] == ["h2", "h1"]
    assert [name for name, _ in by_group(ways, "office", at(9))] == ["010000"]


@given(st.lists(st.tuples(*[DAYS] * 5), max_size=6), st.integers(0, 60))
def test_no_leg_is_younger_than_nothing(steps: list[tuple[int | None, ...]], now: int) -> None:
    ways = [way(0, *some, pack=n) for n, some in enumerate(steps)]
    for one in ages(ways, at(now)):
        assert one.middle >= 0
        assert one.oldest >= 0
        assert one.done + one.waiting <= len(ways)


def test_every_leg_has_words() -> None:
    assert set(LEG_WORDS) == set(Leg)


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, database)


def printed_week(workplace: Workplace) -> People:
    with workplace.database.write() as connection:
        people = print_school(connection)
        deliveries = post_deliveries(connection)
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)
    return people


def test_the_moments_are_read_from_what_is_written_down(workplace: Workplace) -> None:
    people = printed_week(workplace)
    later = [NOW + timedelta(days=days) for days in range(1, 6)]
    with workplace.database.write() as connection:
        hand_over(connection, WEEK, None, later[0])
        signed(connection, WEEK, ["h1"], later[1])
        page = Page("p", "0" * 64, "image/jpeg", "x")
        add_page(connection, people.alice, people.lessons[0], page, later[2])
        work = hand_in(connection, people.alice, people.lessons[0], NOW.date(), later[2], "scan")
        assert work
        given_mark = give_feedback(connection, Marking(work.id, "5", "", "t", "k"), later[3])
        one = next(d for d in PostChannel(workplace).prepare(_feedback(connection, given_mark.id)))
        claim_for_slips(connection, [one], "b", later[4])
        ways = read_ways(connection, WEEK, people.school)
        assert read_ways(connection, WEEK, people.other_school) == []
        assert len(read_ways(connection, WEEK)) == len(ways)
    (first,) = [one for one in ways if one.steps[3]]
    assert first.home == "h1"
    assert first.office == "011911"
    assert first.steps == (NOW, *later)
    assert {one.home for one in ways} == {"h1", "h2"}
    assert sum(one.steps[2] is not None for one in ways if one.home == "h2") == 0


def test_a_pack_that_is_gone_waits_no_longer(workplace: Workplace) -> None:
    printed_week(workplace)
    with workplace.database.write() as connection:
        before = {one.home for one in read_ways(connection, WEEK)}
        connection.execute(update(pack).where(pack.c.place == 1).values(state=PackState.LOST.value))
        after = {one.home for one in read_ways(connection, WEEK)}
    assert (before, after) == ({"h1", "h2"}, {"h2"})


def _feedback(connection: object, number: int) -> list[object]:
    from dataclasses import replace

    first = post_deliveries(connection)[0]  # type: ignore[arg-type]
    return [replace(first, feedback=number)]


def test_the_command_names_the_slowest_leg(
    workplace: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    jetkiz = Jetkiz(workplace.database.url, workplace.settings.data, capsys)
    assert "No packs have been made" in jetkiz.run("packs", "legs", WEEK)
    printed_week(workplace)
    told = jetkiz.run("packs", "legs", WEEK)
    assert "from the printer to the post" in told
    assert "done 0, waiting 2" in told
    assert "Slowest: from the printer to the post." in told
    for language in ("kk", "ru"):
        words = jetkiz.run("packs", "legs", WEEK, language=language)
        assert re.search(r"\d,\d", words)
        assert not re.search(r"\d\.\d", words)
    assert jetkiz.run("packs", "legs", WEEK, "--by", "home").splitlines()[0].startswith("h1 ")
    assert jetkiz.run("packs", "legs", WEEK, "--by", "office").startswith("011911 ")
