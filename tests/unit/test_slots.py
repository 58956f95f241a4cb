"""Templates and bitmaps give back what was put in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.channel import CHANNELS
from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import CHOICE_WORDS, FAILURE_WORDS, ChoiceReason, FailureReason
from jetkiz.delivery.slots import (
    CHANNEL_NUMBERS,
    MOST_SLOTS,
    decode,
    decode_fallbacks,
    encode,
    encode_fallbacks,
    lessons_hash,
    mask_of,
    slots_of,
)

choices = st.builds(
    Choice,
    st.one_of(st.none(), st.sampled_from(sorted(CHANNEL_NUMBERS))),
    st.sampled_from(ChoiceReason),
)


@given(st.lists(choices, max_size=MOST_SLOTS))
def test_a_template_gives_its_choices_back(week: list[Choice]) -> None:
    assert decode(*encode(week)) == tuple(week)


@given(st.lists(st.one_of(st.none(), st.sampled_from(sorted(CHANNEL_NUMBERS))), max_size=63))
def test_second_ways_are_given_back_or_there_are_none(week: list[str | None]) -> None:
    found = decode_fallbacks(encode_fallbacks(week))
    assert found == (tuple(week) if any(week) else ())


def test_a_second_way_that_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        encode_fallbacks(["pigeon"])


def test_a_template_of_two_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        decode(b"\x01\x01", b"\x01")


@given(st.sets(st.integers(0, MOST_SLOTS - 1)))
def test_a_bitmap_gives_its_slots_back(slots: set[int]) -> None:
    assert slots_of(mask_of(slots)) == sorted(slots)


def test_a_full_week_fits_a_signed_number_of_64_bits() -> None:
    assert mask_of(range(MOST_SLOTS)) == 2**63 - 1


def test_every_channel_of_the_table_has_a_stored_number() -> None:
    assert set(CHANNELS) == set(CHANNEL_NUMBERS)
    assert len(set(CHANNEL_NUMBERS.values())) == len(CHANNEL_NUMBERS)


def test_every_reason_has_words() -> None:
    assert set(CHOICE_WORDS) == set(ChoiceReason)
    assert set(FAILURE_WORDS) == set(FailureReason)


def test_a_curriculum_is_named_by_lessons_and_order() -> None:
    assert lessons_hash([1, 2]) != lessons_hash([2, 1])
    assert lessons_hash([1, 2]) != lessons_hash([12])
