"""Which words stand for an English sentence in Kazakh and Russian.

Catalogues are gettext ``.po`` files, one a subject, read when a language is first asked for: no
compiled file can be forgotten in a build, and English, whose sentences are keys, costs nothing.
"""

import gettext
import io
import os
import re
from functools import cache
from importlib import resources
from typing import Any, Final

from jetkiz.errors import JetkizError, SeveralFaultsError

LANGUAGES: Final = ("kk", "ru", "en")


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated later"
    """Mark a text for the catalogues without translating it yet."""
    return text


# What computers answer, in the words of the system and of SQLite.
SYSTEM_WORDS: Final = frozenset(
    {
        N_("No such file or directory"),
        N_("Permission denied"),
        N_("Is a directory"),
        N_("Not a directory"),
        N_("File exists"),
        N_("File name too long"),
        N_("No space left on device"),
        N_("Disk quota exceeded"),
        N_("Read-only file system"),
        N_("Input/output error"),
        N_("Address already in use"),
        N_("Cannot assign requested address"),
        N_("Connection refused"),
        N_("Connection reset by peer"),
        N_("Connection timed out"),
        N_("Network is unreachable"),
        N_("No route to host"),
        N_("Name or service not known"),
        N_("Temporary failure in name resolution"),
        N_("timed out"),
        N_("unable to open database file"),
        N_("attempt to write a readonly database"),
        N_("database or disk is full"),
        N_("disk I/O error"),
        N_("database disk image is malformed"),
        N_("file is not a database"),
    }
)
_NUMBERED: Final = re.compile(r"\[Errno (-?\d+)\] ?(.*)", re.DOTALL)
_AT_LINE: Final = re.compile(r"\(at line (\d+), column (\d+)\)$")


class Translator:
    """Turns an English sentence with named places into the reader's language."""

    def __init__(self, language: str, messages: gettext.NullTranslations) -> None:
        self.language = language
        self._messages = messages

    def __call__(self, text: str, /, **facts: Any) -> str:
        """Translate ``text`` and fill its named places."""
        words = self._messages.gettext(text) if text else ""
        if "reason" in facts:
            facts["reason"] = self._reason(facts["reason"])
        return words.format(**facts) if facts else words

    def n(self, one: str, many: str, n: int, **facts: Any) -> str:
        """Translate by number: ``n`` chooses the plural form and fills ``{n}``."""
        return self._messages.ngettext(one, many, n).format(n=n, **facts)

    def _reason(self, reason: object) -> str:
        """Say in the reader's language what a computer answered in its own."""
        text = str(reason)
        if numbered := _NUMBERED.search(text):
            known = os.strerror(int(numbered[1]))
            text = known if known in SYSTEM_WORDS else numbered[2]
        if place := _AT_LINE.search(text):
            return self(
                N_("line {line} cannot be understood, at letter {column}"),
                line=place[1],
                column=place[2],
            )
        return self(text) if text in SYSTEM_WORDS else text

    def error(self, error: JetkizError) -> str:
        """Translate a refusal: its sentence, then its remedy, then each of several faults."""
        parts = (self(part, **error.facts) for part in (error.sentence, error.remedy) if part)
        told = error.faults if isinstance(error, SeveralFaultsError) else ()
        return "\n".join([" ".join(parts), *(f"- {self.error(one)}" for one in told)])


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
