"""Whom a change concerned is told in counts, and a small one is no number anywhere."""

from broadcast.consequences import Followed
from jetkiz.web.pages.broadcast.concerned import CONCERN_WORDS, concern_query, read_concern


def test_small_counts_are_no_numbers_in_an_address() -> None:
    found = Followed(concerned=tuple(range(7)), told=tuple(range(4)), alone=(1,))
    assert concern_query(found) == "&concerned=7&told=few&alone=few"
    assert concern_query(Followed()) == ""


def test_counts_are_read_back_with_their_words() -> None:
    assert read_concern({"concerned": "7", "alone": "few"}) == [
        (CONCERN_WORDS["concerned"], 7),
        (CONCERN_WORDS["alone"], None),
    ]


def test_what_somebody_writes_into_an_address_is_not_said() -> None:
    for strange in ("-1", "x", "９", "9" * 12, "<b>"):
        assert read_concern({"concerned": strange}) == []
