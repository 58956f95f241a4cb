"""What a student's own phone may do with a child's link, and what only a guardian's may."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from jetkiz.roster.link_codes import LinkRole


class Right(StrEnum):
    """What can be asked for in the chat of a linked phone."""

    SEE_LESSONS = "see_lessons"  # lessons, tasks and the teacher's words
    HAND_IN = "hand_in"  # send work
    ASK = "ask"  # ask the teacher
    LEAVE = "leave"  # end this phone's own link
    RENAME = "rename"  # choose how this phone calls the child
    SEE_DATA = "see_data"  # what is kept about the child
    GIVE_CONSENT = "give_consent"  # agree for the child, and take it back
    CUT_PHONE = "cut_phone"  # end the link of another phone
    SET_COPIES = "set_copies"  # whether what goes to the child's phone also comes here
    SEE_MARKS = "see_marks"  # the mark beside the teacher's words, where the chat asked for it


_STUDENT: Final = frozenset(
    {Right.SEE_LESSONS, Right.HAND_IN, Right.ASK, Right.LEAVE, Right.RENAME}
)
RIGHTS: Final = {LinkRole.STUDENT: _STUDENT, LinkRole.GUARDIAN: frozenset(Right)}


def may(role: str, right: Right) -> bool:
    """Say whether a link of this role has a right; an unknown role has none."""
    return any(role == one and right in given for one, given in RIGHTS.items())


def may_see_data(role: str, roles_of_chat: Iterable[str]) -> bool:
    """Say whether a chat may see what is kept about one of its children.

    A student may see their own, but not on a phone that students share: there nobody knows who
    is asking.
    """
    is_only_child = len(list(roles_of_chat)) == 1
    return may(role, Right.SEE_DATA) or (role == LinkRole.STUDENT and is_only_child)
