"""Which words stand for an English sentence in Kazakh and Russian.

Catalogues are gettext ``.po`` files, one a subject, read when a language is first asked for: no
compiled file can be forgotten in a build, and English, whose sentences are keys, costs nothing.
"""

import gettext
import io
from functools import cache
from importlib import resources
from typing import Any, Final

from jetkiz.errors import JetkizError

LANGUAGES: Final = ("kk", "ru", "en")


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated later"
    """Mark a text for the catalogues without translating it yet."""
    return text


class Translator:
    """Turns an English sentence with named places into the reader's language."""

    def __init__(self, language: str, messages: gettext.NullTranslations) -> None:
        self.language = language
        self._messages = messages

    def __call__(self, text: str, /, **facts: Any) -> str:
        """Translate ``text`` and fill its named places."""
        words = self._messages.gettext(text) if text else ""
        return words.format(**facts) if facts else words

    def n(self, one: str, many: str, n: int, **facts: Any) -> str:
        """Translate by number: ``n`` chooses the plural form and fills ``{n}``."""
        return self._messages.ngettext(one, many, n).format(n=n, **facts)

    def error(self, error: JetkizError) -> str:
        """Translate a refusal: its sentence, then its remedy."""
        parts = (self(part, **error.facts) for part in (error.sentence, error.remedy) if part)
        return " ".join(parts)


@cache
def translator(language: str) -> Translator:
    """Return the translator of ``language``; an unknown language reads English."""
    if language not in LANGUAGES or language == "en":
        return Translator("en", gettext.NullTranslations())
    return Translator(language, _read(language))


def _read(language: str) -> gettext.NullTranslations:
    from babel.messages.catalog import Catalog  # noqa: PLC0415 - 0.1 s that English never pays
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    folder = resources.files("jetkiz.i18n") / "locale" / language / "LC_MESSAGES"
    # One catalogue for all subjects: a page asks for hundreds of texts, and a chain of subjects
    # would be walked for each of them.
    whole = Catalog(locale=language)
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".po"):
            with file.open("rb") as stream:
                for message in read_po(stream, locale=language):
                    whole[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
