"""Words are found in the reader's language, with their places filled and plural forms chosen."""

import errno
import os
import re

import pytest

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, translator

SENTENCE = N_("The settings file {file} cannot be read: {reason}.")


def test_english_is_its_own_catalogue() -> None:
    t = translator("en")
    assert t("Hello {name}", name="A") == "Hello A"
    assert t.n("{n} lesson", "{n} lessons", 1) == "1 lesson"
    assert t.n("{n} lesson", "{n} lessons", 2) == "2 lessons"


def test_an_unknown_language_reads_english() -> None:
    assert translator("de").language == "en"


def test_words_are_found_in_both_languages() -> None:
    sentence = N_("There is no language {language!r}.")
    for language in ("kk", "ru"):
        words = translator(language)(sentence, language="de")
        assert "de" in words
        assert words != sentence.format(language="de")


def test_an_empty_text_stays_empty() -> None:
    assert translator("kk")("") == ""


def test_a_refusal_is_told_in_the_readers_language() -> None:
    error = JetkizError(
        N_("There is no language {language!r}."), N_("Choose kk, ru or en."), language="de"
    )
    assert str(error) == "There is no language 'de'. Choose kk, ru or en."
    assert translator("ru").error(error) != str(error)
    assert translator("en").error(error) == str(error)


def test_a_refusal_without_a_remedy_is_one_sentence() -> None:
    assert str(JetkizError("Stop.")) == "Stop."


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize(
    "reason",
    [
        "Permission denied",
        OSError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 9)"),
        FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "lesson.md"),
        "Cannot connect: [Errno 111] Connect call failed ('127.0.0.1', 9)",
        "Illegal character '\\n' (at line 3, column 9)",
    ],
    ids=str,
)
def test_what_the_computer_answers_is_said_in_the_readers_language(
    language: str, reason: object
) -> None:
    said = translator(language)(SENTENCE, file="x.toml", reason=reason)
    assert "x.toml" in said
    assert re.findall("[A-Za-z]{2,}", said.replace("x.toml", "")) == []


def test_an_answer_that_nobody_foresaw_stays_as_it_is() -> None:
    for reason in ("quota of the moon", "", "[Errno 9999] odd"):
        said = translator("ru")(SENTENCE, file="x", reason=reason)
        assert reason.removeprefix("[Errno 9999] ") in said
