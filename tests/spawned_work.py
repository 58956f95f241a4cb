"""What other processes are asked to do in tests: little, so that they begin at once."""

import os
import signal

from jetkiz.errors import JetkizError


def doubled(number: int) -> int:
    """Refuse 13 in words."""
    if number == 13:
        raise JetkizError("There is no {number}.", "Take {other}.", number=number, other="12")
    return number * 2


def dies(number: int) -> int:
    """End as if the system had taken the memory, at 2."""
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number
