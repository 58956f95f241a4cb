"""In which language a page is read: the account's, the visitor's choice, or the browser's."""

from collections.abc import Mapping
from typing import Final

from jetkiz.i18n import LANGUAGES

# Kazakh first: the order of the chooser. Each names itself, so these are never translated.
LANGUAGE_NAMES: Final[Mapping[str, str]] = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
COOKIE: Final = "jetkiz_language"


def accepted_language(header: str) -> str | None:
    """Return the language of ours that a browser likes best."""
    liked = [
        (quality, -place, language)
        for place, part in enumerate(header.split(","))
        for language, quality in [_liking(part)]
        if language in LANGUAGES and quality > 0
    ]
    return max(liked)[2] if liked else None


def _liking(part: str) -> tuple[str, float]:
    name, _, rest = part.strip().partition(";")
    key, _, value = rest.strip().partition("=")
    try:
        quality = float(value) if key.strip() == "q" else 1.0
    except ValueError:
        quality = 0.0
    return name.strip().partition("-")[0].lower(), quality


def page_language(*, account: str | None, chosen: str | None, accepted: str, default: str) -> str:
    """Return the language of a page."""
    for language in (account, chosen, accepted_language(accepted)):
        if language in LANGUAGES:
            return str(language)
    return default
