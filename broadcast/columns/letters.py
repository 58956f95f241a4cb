"""What letters that a file cannot hold become: refused, or the nearest, but never lost."""

from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

# As Kazakh is written where only the Russian letters are at hand; signs by what stands for them.
_NEAREST: Final = {
    **dict(zip("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ", strict=True)),
    **dict(zip("\u2212\u2010\u2011\u2012\u2013\u2014\u2015\u00d7", "-------x", strict=True)),
    **dict(zip("«»\u201c\u201d\u201e\u2018\u2019\u02bc", '"""""\'\'\'', strict=True)),
    "\u2026": "...",
    "№": "N",
    "\u00a0": " ",
    "½": "1/2",
    "²": "2",
    "³": "3",
    "°": " ",
}


def encoded(text: str, encoding: str, profile: str, *, nearest: bool) -> bytes:
    """Return a file's bytes; a letter without a place is told, with the line it stands in."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        if nearest:
            return encoded(replaced(text, encoding), encoding, profile, nearest=False)
    lost = lost_letters(text, encoding)
    line = next(one for one in text.splitlines() if not set(one).isdisjoint(lost))
    raise JetkizError(
        N_("{encoding} of the profile {profile} has no {letters}, as in: {line}"),
        N_('Choose another encoding in it, or letters = "nearest".'),
        encoding=encoding,
        profile=profile,
        letters=" ".join(lost),
        line=line,
    )


def lost_letters(text: str, encoding: str) -> list[str]:
    """Return the letters that an encoding does not have, each once, in the order of the text."""
    return [one for one in dict.fromkeys(text) if not _holds(one, encoding)]


def replaced(text: str, encoding: str) -> str:
    """Put the nearest letter in the place of each that an encoding does not have."""
    near = {ord(one): _NEAREST[one] for one in lost_letters(text, encoding) if one in _NEAREST}
    return text.translate(near)


def _holds(letter: str, encoding: str) -> bool:
    try:
        return bool(letter.encode(encoding))
    except UnicodeEncodeError:
        return False
