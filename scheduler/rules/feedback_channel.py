"""By which channel, and on which day, the teacher's mark and words go home."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from typing import Final

from jetkiz.roster.model import DeliveryMode

ANSWERING: Final = frozenset({"telegram", "post", "in_person"})
AT_SCHOOL: Final = {"duty_class": "in_person"}
"""A student who comes to school is handed the teacher's words there, on a slip."""

QUIET_FROM: Final = time(20, 0)


def feedback_channel(
    lesson_channel: str | None,
    telegram: str,
    mode: DeliveryMode,
    available: Container[str],
) -> str | None:
    """Return the channel for one student's feedback, or None when none is there.

    The channel the lesson went out by comes first, if it can carry words to one home and
    still reaches it; who learns in the duty class gets it there. A television says nothing to
    one child, so feedback on a lesson that was aired goes by Telegram where the chat is linked,
    else on paper the way paper reaches this household. ``telegram`` is the answer of the access
    profile: linked, never, blocked.
    """
    paper = "post" if mode is DeliveryMode.POST else "in_person"
    first = AT_SCHOOL.get(lesson_channel or "", lesson_channel)
    wanted = [first, "telegram", paper, "in_person", "post"]
    for name in wanted:
        if name not in ANSWERING or name not in available:
            continue
        if name != "telegram" or telegram == "linked":
            return name
    return None


def feedback_day(local_now: datetime) -> date:
    """Return the day on which feedback given now goes home.

    In the evening the phone of a family stays silent: what is marked after eight leaves
    the next morning.
    """
    is_late = local_now.time() >= QUIET_FROM
    return local_now.date() + timedelta(days=1 if is_late else 0)
