"""Whether a student can follow what is on the air, whatever the home receives.

A blind student listens and does not look; one who does not hear follows an interpreter of sign
language in the picture, and nothing else.
"""

from collections.abc import Collection
from typing import Final

from broadcast.problem.model import Medium
from jetkiz.i18n import N_
from jetkiz.roster.model import Need

DECISIVE: Final = frozenset({Need.BRAILLE, Need.SIGN_LANGUAGE})
"""The needs that may bar a student from a lesson on the air; no other one does."""


def barrier(needs: Collection[Need], medium: Medium, *, is_signed: bool) -> str:
    """Return why a student with these needs cannot follow a lesson: a message id; nothing if so.

    ``is_signed`` says that an interpreter is in the picture.
    """
    if medium == Medium.TV:
        if Need.BRAILLE in needs:
            return N_("TV cannot be used by this student")
        if Need.SIGN_LANGUAGE in needs and not is_signed:
            return N_("the lesson has no interpreter of sign language on TV")
    elif Need.SIGN_LANGUAGE in needs:
        return N_("the radio cannot be used by this student")
    return ""
