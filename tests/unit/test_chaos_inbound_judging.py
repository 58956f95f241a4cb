"""The judge of what comes in counts each fault where it is, and nothing where there is none."""

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.families import Act, Deed, Said, number_in, picture, question
from tests.chaos.inbound_judging import (
    InboundCase,
    Shown,
    Taken,
    expected,
    judge,
    label_of,
    shown_in,
)
from tests.chaos.school import Phone

CHAT = 100
ACTS = (
    Act(Deed.PHOTO, 1, message=10),
    Act(Deed.PHOTO, 2, message=11),
    Act(Deed.RECEIVED, 3, press="p1"),
    Act(Deed.QUESTION, 4, message=12, press="p2"),
    Act(Deed.CODE, 5, message=13),
    Act(Deed.TODAY, 6, message=14),
)
WITH_BUTTONS = {"lessons of the day", "draft", "write your question"}
SHOWN = tuple(
    Shown(CHAT, label, row=str(place) if label in WITH_BUTTONS else "")
    for place, label in enumerate(expected(ACTS).elements())
)
GOOD = InboundCase(
    said=(Said(Phone("p0", CHAT, 7, is_blocked=False), ACTS),),
    shown=SHOWN,
    reacted=frozenset({(CHAT, 10), (CHAT, 11)}),
    answered=frozenset({"p1", "p2"}),
    taken={CHAT: Taken((1, 2), (question(4),), 1, 1)},
)
[DRAFT] = [one for one in SHOWN if one.label == "draft"]
FREE_WORDS = Shown(CHAT, "Something else")


def without(label: str) -> tuple[Shown, ...]:
    return tuple(one for one in SHOWN if one.label != label)


def took(**changes: Any) -> dict[int, Taken]:
    return {CHAT: replace(GOOD.taken[CHAT], **changes)}


def test_a_good_run_is_good() -> None:
    assert judge(GOOD).breaches(probed=True) == []
    assert len(SHOWN) == 7, "two days, draft, what is kept, two for the question, wrong code"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"shown": without("draft")}, "lost=1"),
        ({"shown": without("lessons of the day")}, "lost=2"),
        ({"shown": (*SHOWN, DRAFT)}, "doubled_unmarked=1"),
        ({"shown": (*SHOWN, replace(DRAFT, row="99"))}, "doubled_unmarked=1"),
        ({"shown": (*SHOWN, SHOWN[-1])}, "doubled_unmarked=1"),
        ({"shown": (*SHOWN, FREE_WORDS)}, "doubled_unmarked=1"),
        ({"reacted": frozenset({(CHAT, 10)})}, "lost=1"),
        ({"answered": frozenset({"p1"})}, "lost=1"),
        ({"taken": took(pages=(1,))}, "lost=1"),
        ({"taken": took(pages=(1, 2, 2))}, "doubled_unmarked=1"),
        ({"taken": took(pages=(2, 1))}, "out_of_order=1"),
        ({"taken": took(questions=())}, "lost=1"),
        ({"taken": took(receipts=2)}, "doubled_unmarked=1"),
        ({"taken": took(receipts=0)}, "lost=1"),
        ({"taken": took(wrong_codes=2)}, "doubled_unmarked=1"),
        ({"waiting": 1}, "lost=1"),
        ({"put_aside": 1}, "put_aside=1"),
        ({"refusals": 1}, "above_rate=1"),
    ],
)
def test_each_fault_is_counted(changes: dict[str, Any], found: str) -> None:
    assert judge(replace(GOOD, **changes)).breaches(probed=False) == [found]


def test_a_family_that_fell_silent_proves_nothing() -> None:
    assert replace(judge(GOOD), unsaid=3).breaches(probed=False) == ["unsaid=3"]


def test_a_marked_copy_after_an_unknown_attempt_is_no_effect() -> None:
    copies = tuple(replace(one, is_marked=True) for one in (DRAFT, SHOWN[-1]))
    case = replace(GOOD, shown=(*SHOWN, *copies), unknowns=2)
    assert judge(case).breaches(probed=False) == []
    assert judge(case).doubled_marked == 2
    assert judge(replace(case, unknowns=1)).breaches(probed=False) == ["too_many_copies=1"]


def test_with_the_search_what_has_buttons_comes_once() -> None:
    copy = replace(DRAFT, is_marked=True)
    case = replace(GOOD, shown=(*SHOWN, copy), unknowns=1)
    assert judge(case).breaches(probed=True) == ["marked_with_buttons=1"]


def test_a_copy_that_is_all_there_is_makes_nothing_twice() -> None:
    shown = (*without("draft"), replace(DRAFT, is_marked=True))
    assert judge(replace(GOOD, shown=shown)).breaches(probed=True) == []


def test_a_copy_of_one_message_hides_the_loss_of_no_other() -> None:
    days = [one for one in SHOWN if one.label == "lessons of the day"]
    shown = (*without("lessons of the day"), days[0], replace(days[0], is_marked=True))
    assert judge(replace(GOOD, shown=shown, unknowns=1)).breaches(probed=False) == ["lost=1"]


def posted(number: int, text: str, **facts: Any) -> dict[str, Any]:
    plain = {"kind": "message_posted", "author": "bot", "chat_id": CHAT, "message_id": number}
    return plain | {"content": {"text": text}, "buttons": None, "reply_to": None} | facts


def test_messages_are_known_by_their_buttons_or_words() -> None:
    buttons = [[{"callback_data": "1:fin:7:8@5"}], [{"callback_data": "1:rm:7:8@5"}]]
    assert label_of(posted(1, "Whatever", buttons=buttons)) == "draft"
    assert shown_in([posted(1, "Whatever", buttons=buttons)]) == [Shown(CHAT, "draft", row="5")]
    assert label_of(posted(1, "Taken.", reply_to=12)) == "Taken. to 12"
    repeat = "Taken.\n\nPerhaps you have this message already: the network broke off."
    assert shown_in([posted(1, repeat)]) == [Shown(CHAT, "Taken.", is_marked=True)]


def test_what_was_taken_away_and_what_people_wrote_is_not_shown() -> None:
    gone = {"kind": "message_deleted", "chat_id": CHAT, "message_id": 1}
    assert shown_in([posted(1, "a"), gone, posted(2, "b", author="person")]) == []


@pytest.mark.parametrize("number", [0, 1, 299, 4095])
def test_a_photo_carries_its_number(number: int) -> None:
    assert number_in(picture(number)) == number
