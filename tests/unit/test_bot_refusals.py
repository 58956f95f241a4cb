"""Whatever Telegram says in English, a coordinator reads a sentence in the own language."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.words.refusals import OTHERWISE, by_meaning, meaning
from jetkiz.i18n import translator

SAID = {
    "Forbidden: bot was blocked by the user": "the family has blocked the bot",
    "Forbidden: user is deactivated": "the account at Telegram was deleted",
    "Forbidden: bot can't initiate conversation with a user": (
        "nobody has begun to talk with the bot there"
    ),
    "Bad Request: chat not found": "the chat no longer exists",
    "Bad Request: PEER_ID_INVALID": "the chat no longer exists",
    "Forbidden: bot was kicked from the group chat": "the bot was taken out of the group",
    "Bad Request: VOICE_MESSAGES_FORBIDDEN": "the phone does not take such messages",
    "Bad Request: message is too long": "the message is too long",
    "Bad Request: can't parse entities: unsupported start tag": (
        "the text is not written as Telegram wants it"
    ),
    "Request Entity Too Large": "Telegram does not take the file",
    "Bad Request: wrong file identifier/HTTP URL specified": "Telegram does not take the file",
    "Bad Request: IMAGE_PROCESS_FAILED": "Telegram does not take the file",
    "HTTP 502 without a readable answer": "Telegram could not be reached for too long",
    "Bad Request: something new": OTHERWISE,
    "": OTHERWISE,
}


@pytest.mark.parametrize(("error", "words"), SAID.items())
def test_each_refusal_that_we_know_is_said_in_words(error: str, words: str) -> None:
    assert meaning(error) == words
    for language in ("kk", "ru"):
        said = translator(language)(words)
        assert said != words
        assert not re.search("[a-z]{3}", said.replace("Telegram", ""))


@given(st.lists(st.tuples(st.sampled_from([*SAID, "x", "Y file"]), st.integers(1, 9))))
def test_what_means_the_same_is_counted_together(refused: list[tuple[str, int]]) -> None:
    joined = by_meaning(refused)
    assert sum(n for _, n in joined) == sum(n for _, n in refused)
    assert len(dict(joined)) == len(joined)
    assert [n for _, n in joined] == sorted((n for _, n in joined), reverse=True)
