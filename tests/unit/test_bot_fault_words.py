"""Of a fault only its kind and place are kept: no word of an update, no address with a token."""

import asyncio

import pytest
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as st

from bot.fault_words import fault_words
from bot.talking.session import OutboxSession
from bot.words.keyboards import numbered

SECRET = "123456:AAsecret-token"


def test_what_a_family_wrote_is_not_in_it() -> None:
    raw = {"update_id": "Aruzhan has measles", "message": {"text": "Aruzhan has measles"}}
    with pytest.raises(ValueError, match="measles") as caught:
        Update.model_validate(raw)
    assert fault_words(caught.value) == "ValidationError"


def test_it_names_the_last_line_of_ours() -> None:
    with pytest.raises(TypeError) as caught:
        numbered("1:ack:7", "no number")  # type: ignore[arg-type]
    kind, _, place = fault_words(caught.value).partition(" in ")
    assert kind == "TypeError"
    assert place.startswith("bot/words/keyboards.py:")
    assert int(place.rpartition(":")[2]) > 0


def test_a_handler_that_fetches_says_nothing_of_the_address() -> None:
    async def fetch() -> None:
        session = OutboxSession(5, "update", lambda _: None)
        session.stream_content(f"https://api.telegram.org/file/bot{SECRET}/photo.jpg")

    with pytest.raises(RuntimeError) as caught:
        asyncio.run(fetch())
    assert SECRET not in str(caught.value)
    assert fault_words(caught.value).startswith("RuntimeError in bot/talking/session.py:")


@given(words=st.text(min_size=1))
def test_no_message_of_any_error_is_kept(words: str) -> None:
    assert fault_words(KeyError(words)) == "KeyError"
