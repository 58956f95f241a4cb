"""What children of `LimitedProcess` do in tests: good answers, and every way of going wrong."""

import json
import os
import socket
import struct
import sys
import time

from jetkiz.errors import JetkizError

_before: list[str] = []


def answer(question: bytes) -> bytes:
    """Do what the first word of the question says."""
    word, _, rest = question.partition(b" ")
    return _ACTS[word.decode()](rest)


def _backwards(rest: bytes) -> bytes:
    _before.append("one")
    return rest[::-1]


def _state(_rest: bytes) -> bytes:
    reach = "nowhere"
    try:
        with socket.create_connection(("127.0.0.1", 9), 0.2):
            reach = "somewhere"
    except ConnectionRefusedError:
        reach = "somewhere"
    except OSError:
        pass
    told = {"pid": os.getpid(), "names": sorted(os.environ), "asked": len(_before), "reach": reach}
    return json.dumps(told).encode()


def _allocate(_rest: bytes) -> bytes:
    return str(len(b"x" * 2_000_000_000)).encode()


def _nearly_all(_rest: bytes) -> bytes:
    kept = []
    while True:
        kept.append(b"x" * 10_000_000)


def _spin(_rest: bytes) -> bytes:
    while True:
        pass


def _sleep(_rest: bytes) -> bytes:
    time.sleep(600)
    return b""


def _die(_rest: bytes) -> bytes:
    os.kill(os.getpid(), 11)
    return b""


def _second_only(_rest: bytes) -> bytes:
    """Break down when anything was asked before."""
    if _before:
        os._exit(3)
    return b"alone"


def _fault(rest: bytes) -> bytes:
    raise ValueError(rest.decode())


def _garbage(rest: bytes) -> bytes:
    sys.stdout.buffer.write(b"JKZ1 or whatever a library prints" * 100)
    sys.stdout.flush()
    os.write(1, b"more of it")
    return rest


def _false_frame(_rest: bytes) -> bytes:
    """Write where answers are awaited, as taken-over code would."""
    for number in range(3, 20):
        try:
            os.write(number, b"A" * 64)
        except OSError:
            continue
    time.sleep(600)
    return b""


def _false_refusal(rest: bytes) -> bytes:
    """Refuse in a frame of our own making, as taken-over code would, then end."""
    for number in range(3, 20):
        try:
            os.write(number, struct.pack(">4scQ", b"JKZ1", b"R", len(rest)) + rest)
        except OSError:
            continue
    time.sleep(600)
    return b""


def _refuse(rest: bytes) -> bytes:
    raise JetkizError("No to {what}.", "Ask for less.", what=rest.decode())


def _long(rest: bytes) -> bytes:
    return b"x" * int(rest)


_ACTS = {
    "backwards": _backwards,
    "state": _state,
    "allocate": _allocate,
    "nearly": _nearly_all,
    "spin": _spin,
    "sleep": _sleep,
    "die": _die,
    "second": _second_only,
    "fault": _fault,
    "garbage": _garbage,
    "frame": _false_frame,
    "false": _false_refusal,
    "refuse": _refuse,
    "long": _long,
}
