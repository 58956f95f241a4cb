"""What other processes are asked to do in tests: little, so that they begin at once."""

import multiprocessing
import os
import signal

from jetkiz.errors import JetkizError


def doubled(number: int) -> int:
    """Refuse 13 in words."""
    if number == 13:
        raise JetkizError("There is no {number}.", "Take {other}.", number=number, other="12")
    return number * 2


def place(number: int) -> tuple[int, int]:
    """Say which process it was."""
    return number, os.getpid()


def dies(number: int) -> int:
    """End as if the system had taken the memory, in any process but the first."""
    if multiprocessing.parent_process():
        os.kill(os.getpid(), signal.SIGKILL)
    return number
