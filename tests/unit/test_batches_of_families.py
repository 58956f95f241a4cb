"""What leaves together: no cut goes through a family, whatever comes in and in whichever order."""

from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from jetkiz.delivery.model import Consignment, Content, Kind
from scheduler.batching import Site, batches_of
from tests.counting_channel import CountingChannel
from tests.factories import MONDAY, WEEK

ZONES = (ZoneInfo("Asia/Qostanay"), ZoneInfo("Asia/Aqtau"))


def day(student: int, household: int | None, due: date = MONDAY) -> Consignment:
    key = f"telegram:{WEEK}:{student}:{due}"
    lessons = (Content(student, (1,)),)
    return Consignment(
        key, "telegram", Kind.DIGEST, WEEK, due, "07:30", household, student, None, lessons
    )


def sites(consignments: list[Consignment]) -> dict[int | None, Site]:
    """Every third household belongs to a school in another time zone."""
    return {
        one.household: Site((one.household or 0) % 3, ZONES[(one.household or 0) % 3 == 0])
        for one in consignments
    }


def cut(consignments: list[Consignment], size: int) -> list[list[Consignment]]:
    channel = CountingChannel(batch_size=size)
    made = batches_of(channel, WEEK, consignments, sites(consignments))
    return [list(batch.consignments) for batch, _ in made]


def test_siblings_stay_together_however_far_apart_their_numbers_are() -> None:
    homes = {1: 7, 150: 7}
    days = [day(number, homes.get(number, 1000 + number)) for number in range(1, 201)]
    parts = cut(days, 100)
    assert [len(part) for part in parts] == [100, 100]
    [together] = [part for part in parts if any(one.household == 7 for one in part)]
    assert {one.student for one in together if one.household == 7} == {1, 150}


def test_a_family_larger_than_a_batch_is_not_cut_either() -> None:
    days = [day(number, 7) for number in range(1, 6)] + [day(9, 8)]
    assert [len(part) for part in cut(days, 3)] == [5, 1]


def test_what_belongs_to_no_household_is_cut_anywhere() -> None:
    assert [len(part) for part in cut([day(n, None) for n in range(1, 8)], 3)] == [3, 3, 1]


DAYS = st.builds(
    day,
    st.integers(1, 60),
    st.none() | st.integers(1, 12),
    st.sampled_from([MONDAY, MONDAY + timedelta(days=1)]),
)


@given(
    days=st.lists(DAYS, unique_by=lambda one: one.key), size=st.integers(0, 7), dice=st.randoms()
)
def test_every_cut_is_fair(days: list[Consignment], size: int, dice: object) -> None:
    parts = cut(days, size)
    mixed = list(days)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert cut(mixed, size) == parts, "the order in which they come decides nothing"
    assert sorted(one.key for part in parts for one in part) == sorted(one.key for one in days)
    where = defaultdict(set)
    for number, part in enumerate(parts):
        homes = {one.household for one in part}
        assert not size or len(part) <= size or (len(homes) == 1 and None not in homes)
        for one in part:
            if one.household is not None:
                where[one.household, one.due].add(number)
    assert all(len(numbers) == 1 for numbers in where.values())
