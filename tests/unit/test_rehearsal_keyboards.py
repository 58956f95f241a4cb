"""Buttons are checked as Telegram checks them, and kept as the person will see them."""

from typing import Any

import pytest

from jetkiz.rehearsal.state.refusals import ApiRefusal
from jetkiz.rehearsal.texts.keyboards import inline_only, read_markup


def button(**given: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[given]]}


@pytest.mark.parametrize(
    "given",
    [
        {"text": "Алдым", "callback_data": "1:ack:7"},
        {"text": "x", "callback_data": "ә" * 32},
        {"text": "Page", "url": "https://school.kz"},
        {"text": "Received", "callback_data": "a", "style": "success", "disabled": True},
        {"text": "Received", "disabled": {}},
        {"text": "Received", "callback_data": "a", "disabled": {}},
    ],
)
def test_good_buttons_are_kept(given: dict[str, Any]) -> None:
    assert inline_only(button(**given)) == [[given]]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (button(text="x", callback_data=""), "BUTTON_DATA_INVALID"),
        (button(text="x", callback_data="a" * 65), "BUTTON_DATA_INVALID"),
        (button(text="x", callback_data="ә" * 33), "BUTTON_DATA_INVALID"),
        (button(text="x", callback_data=5), "BUTTON_DATA_INVALID"),
        (button(text="x"), "Text buttons are unallowed"),
        (button(text="x", callback_data="a", url="https://a.kz"), "Text buttons are unallowed"),
        (button(text="x", disabled=False), "Text buttons are unallowed"),
        (button(text="x", callback_data="a", style="pink"), "invalid button style"),
        (button(text="x", callback_data="a", style=["danger"]), "invalid button style"),
        (button(text=" ", callback_data="a"), 'Field "text" must be'),
        (button(callback_data="a"), 'Field "text" must be'),
        (button(text="x", url="javascript:1"), "Unsupported URL protocol"),
        ({"inline_keyboard": ["x"]}, "array of arrays"),
        ({"inline_keyboard": [["x"]]}, "an object is expected"),
        ({"inline_keyboard": "x"}, "array of arrays"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "a"}] * 101]}, "too long"),
        ({"buttons": []}, "can't parse reply keyboard markup"),
        (["x"], "object expected"),
    ],
)
def test_bad_buttons_are_refused(markup: Any, words: str) -> None:
    with pytest.raises(ApiRefusal, match=words):
        read_markup(markup)


@pytest.mark.parametrize("markup", [None, {}, {"inline_keyboard": []}, {"inline_keyboard": [[]]}])
def test_no_buttons_at_all(markup: Any) -> None:
    assert read_markup(markup) == (None, None)


def test_a_keyboard_of_words_replaces_the_persons_own() -> None:
    given = {"keyboard": [["Бүгін", {"text": "Апта"}]], "resize_keyboard": True}
    assert read_markup(given) == (
        None,
        given | {"keyboard": [[{"text": "Бүгін"}, {"text": "Апта"}]]},
    )
    assert read_markup({"remove_keyboard": True}) == (None, {"remove_keyboard": True})


def test_an_edit_takes_inline_buttons_only() -> None:
    with pytest.raises(ApiRefusal, match="inline keyboard expected"):
        inline_only({"keyboard": [["x"]]})
