"""Words are found in the reader's language, with their places filled and plural forms chosen."""

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, translator


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
