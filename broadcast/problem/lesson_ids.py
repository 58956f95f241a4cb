"""How a lesson of the school is called in a problem: by its code, its language and its medium."""

from typing import Final

from broadcast.problem.model import Medium

_RADIO: Final = ".radio"


def lesson_id(code: str, language: str, medium: Medium = Medium.TV) -> str:
    """Return the id of a lesson: ``math-5-01.kk``, and ``math-5-01.kk.radio`` to be listened to."""
    return f"{code}.{language}{_RADIO if medium == Medium.RADIO else ''}"
