"""How many lessons a day one phone or one TV can carry, and how many videos a data plan pays.

What children of a home share is shared in equal parts, so that no child takes another's turn.
"""

from typing import Final

PHONE_MINUTES: Final = 240
"""Minutes a day that a shared phone is free for lessons. Assumed: adults need it too."""

TV_MINUTES: Final = 480
"""Minutes a day that the TV of a home is free for lessons. Assumed."""

PHONE_LESSON_MINUTES: Final = 20
"""Minutes that a lesson on the phone takes, answering included. Assumed."""

TV_LESSON_MINUTES: Final = 20
"""Minutes of a TV lesson; education TV of ten countries had 15 to 30 minutes in 2020."""

VIDEO_MEGABYTES: Final = 40
"""Megabytes of a video lesson in the messenger. Assumed: 15 minutes at a small size."""


def phone_lessons(sharers: int) -> int:
    """Return the lessons a day on a phone for one of the students who share it."""
    return PHONE_MINUTES // PHONE_LESSON_MINUTES // max(1, sharers)


def tv_lessons(watchers: int) -> int:
    """Return the lessons a day on the TV for one of the students of a home."""
    return TV_MINUTES // TV_LESSON_MINUTES // max(1, watchers)


def videos(megabytes: int, sharers: int) -> int:
    """Return the videos a week for one of the students who live on a data plan."""
    return megabytes // VIDEO_MEGABYTES // max(1, sharers)
