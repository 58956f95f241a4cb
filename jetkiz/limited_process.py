"""What may be done with a file of a stranger, and for how long: in a child that can be lost.

A library that opens PDF, TIFF or JPEG has faults that nobody knows yet. What it reads comes from
outside, so it runs in a process of its own: with a bound on memory and time, without our
environment, without the database, and where the system allows it without a network. What kills
that process costs one answer. Where the system knows no bounds (Windows), time alone is bounded.
"""

import ctypes
import json
import logging
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.util import find_spec
from types import TracebackType
from typing import IO, Any, Final, Self

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

# Windows has none: there time alone is bounded.
resource: Any = import_module("resource") if find_spec("resource") else None
log = logging.getLogger(__name__)

Answer = Callable[[bytes], bytes]

# Nothing else of our environment reaches the child; the last lets measured tests look into it.
_KEPT: Final = ("SYSTEMROOT", "TMPDIR", "COVERAGE_PROCESS_CONFIG")
_BEGIN: Final = (
    "import json,sys;"
    "told=json.loads(sys.stdin.buffer.readline());"
    "sys.path[:]=told['path'];"
    "from jetkiz.limited_process import live;live(told)"
)
_HEAD: Final = struct.Struct(">4scQ")
_MAGIC: Final = b"JKZ1"
_ANSWER, _REFUSED, _NO_MEMORY = b"A", b"R", b"M"
_MOST_WRITTEN: Final = 16_000_000
_NO_ROOM: Final = ("MemoryError", "bad_alloc", "Cannot allocate memory")
_PLACE: Final = re.compile(r"\{(\w+)(?:![rs])?\}")
_OVER_TIME: Final = -getattr(signal, "SIGXCPU", 24)
_NEW_NETWORK: Final = 0x40000000
_NEW_USER: Final = 0x10000000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one answer may cost: seconds, of the processor and of the clock, and memory.

    ``megabytes`` bounds the address space, libraries included (some 300); an answer may be
    ``answer_megabytes`` long. After ``questions`` the child is changed for a new one: what
    libraries lose of memory is lost with it.
    """

    seconds: float = 20.0
    megabytes: int = 1_500
    answer_megabytes: int = 200
    questions: int = 2_000


class TooCostlyError(JetkizError):
    """A file needed more time or memory than any honest one does."""

    def __init__(self) -> None:
        super().__init__(
            N_("A file was put aside: reading it takes too much time or memory."),
            N_("Make it smaller, for example by scanning at 200 dpi in several files."),
        )


class CrashedError(JetkizError):
    """A file brought the process down that was to read it."""

    def __init__(self) -> None:
        super().__init__(
            N_("A file was put aside: the program that reads it broke down over it."),
            N_("Make the file anew, for example by printing and scanning it once more."),
        )


class NoRoomError(JetkizError):
    """The system gives us no process, no memory or no file: the file in hand has done nothing."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            N_("Files cannot be opened safely just now: {reason}."),
            N_("Close other programs or restart the computer, then repeat."),
            reason=error.strerror,
        )


class LimitedProcess:
    """A child that answers one question at a time, kept for the next, replaced when it is lost.

    ``function`` names what answers, ``"module:function"``, from bytes to bytes; it may keep what
    helps with the next question, but a question has to be whole: it may meet a new child.
    Several threads may ask; they wait for each other.
    """

    def __init__(self, function: str, limits: Limits | None = None) -> None:
        self.function = function
        self.limits = limits or Limits()
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def ask(self, question: bytes) -> bytes:
        """Return the answer; what the function refuses in words is raised here in words.

        Raises ``TooCostlyError`` or ``CrashedError`` when the child is lost over the question.
        """
        with self._lock:
            child, self._child = self._child, None
            if child and child.is_alive:
                # What was read before may have harmed it: a fault counts in a child of its own.
                with suppress(CrashedError):
                    return self._asked(child, question)
            elif child:
                child.close()
            return self._asked(_Child(self.function, self.limits), question)

    def _asked(self, child: "_Child", question: bytes) -> bytes:
        with ExitStack() as lost:
            lost.callback(child.kill)
            kind, content = child.ask(question)
            refusal = _refusal(content) if kind == _REFUSED else None
            lost.pop_all()
        if child.asked < self.limits.questions and kind != _NO_MEMORY:
            self._child = child
        else:
            child.close()
        if kind == _NO_MEMORY:
            raise TooCostlyError
        if refusal:
            raise refusal
        return content

    def close(self) -> None:
        """Let the child end; the next question begins a new one."""
        with self._lock:
            if self._child:
                self._child.close()
            self._child = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Child:
    """One life of the process, seen from the parent."""

    def __init__(self, function: str, limits: Limits) -> None:
        self.asked = 0
        self._limits = limits
        self._is_late = False
        with ExitStack() as stack:
            try:
                self._said = stack.enter_context(tempfile.TemporaryFile())
                self._process = _begun(self._said)
            except OSError as error:
                raise NoRoomError(error) from error
            # It is closed with the child.
            stack.pop_all()
        told = {"function": function, "limits": asdict(limits), "path": sys.path}
        self._told = json.dumps(told).encode() + b"\n"

    @property
    def is_alive(self) -> bool:
        """False when the system ended it while nobody asked."""
        return self._process.poll() is None

    def ask(self, question: bytes) -> tuple[bytes, bytes]:
        """Send a question, wait for the answer no longer than it may take."""
        # The first question also waits for the libraries to load.
        patience = self._limits.seconds + (0 if self.asked else 30)
        self.asked += 1
        timer = threading.Timer(patience, self._end_late)
        timer.daemon = True
        timer.start()
        try:
            return self._exchange(question)
        except (OSError, EOFError) as error:
            raise self._lost() from error
        finally:
            timer.cancel()

    def _end_late(self) -> None:
        self._is_late = True
        self._process.kill()

    def _exchange(self, question: bytes) -> tuple[bytes, bytes]:
        asks, answers = self._process.stdin, self._process.stdout
        if asks is None or answers is None:
            raise EOFError
        asks.write(self._told + struct.pack(">Q", len(question)) + question)
        self._told = b""
        asks.flush()
        magic, kind, size = _HEAD.unpack(_exactly(answers, _HEAD.size))
        if magic != _MAGIC or size > self._limits.answer_megabytes * 1_000_000:
            raise EOFError
        return kind, _exactly(answers, size)

    def _lost(self) -> JetkizError:
        """Say why a child is gone: over its bounds, or over a fault of a library."""
        self._process.kill()
        code = self._process.wait()
        self._said.seek(max(0, self._said.seek(0, os.SEEK_END) - 500))
        words = self._said.read().decode("utf-8", "replace").strip()
        if self._is_late or code == _OVER_TIME or any(one in words for one in _NO_ROOM):
            return TooCostlyError()
        log.warning("limited_process_lost code=%s words=%s", code, words[-200:])
        return CrashedError()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self.close()

    def close(self) -> None:
        """Tell it that no more is asked, and wait until it is gone."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._process.wait()
        self._said.close()


def _begun(said: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-I", "-c", _BEGIN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        # Without this a library for numbers takes memory for each processor of a large machine.
        env={"OPENBLAS_NUM_THREADS": "1"}
        | {name: os.environ[name] for name in _KEPT if name in os.environ},
        start_new_session=True,
    )


def _refusal(content: bytes) -> JetkizError:
    """Return what the child refused in words; one that was taken over may say anything at all."""
    try:
        told = json.loads(content)
        sentence, remedy = str(told["sentence"]), str(told["remedy"])
        facts = {str(name): str(value) for name, value in told["facts"].items()}
        names = set(_PLACE.findall(sentence + remedy))
        refusal = JetkizError(sentence, remedy, **facts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CrashedError from error
    # A place such as {x:9999999999} would cost the parent what the child may not.
    if names - set(facts) or set("{}") & set(_PLACE.sub("", sentence + remedy)):
        raise CrashedError
    return refusal


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content


def live(told: dict[str, Any]) -> None:
    """Answer questions until there are no more: what runs in the child."""
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints must not stand between the answers.
    os.dup2(2, 1)
    module, _, name = str(told["function"]).partition(":")
    function: Answer = getattr(import_module(module), name)
    limits = Limits(**told["limits"])
    _bound(limits)
    _leave_network()
    asks = sys.stdin.buffer
    while head := asks.read(8):
        question = _exactly(asks, struct.unpack(">Q", head)[0])
        _bound_time(limits)
        kind, content = _answered(function, question)
        answers.write(_HEAD.pack(_MAGIC, kind, len(content)) + content)
        answers.flush()


def _answered(function: Answer, question: bytes) -> tuple[bytes, bytes]:
    try:
        return _ANSWER, function(question)
    except JetkizError as error:
        facts = {name: str(value) for name, value in error.facts.items()}
        told = {"sentence": error.sentence, "remedy": error.remedy, "facts": facts}
        return _REFUSED, json.dumps(told).encode()
    except MemoryError:
        return _NO_MEMORY, b""


def _bound(limits: Limits) -> None:
    """Bound memory and what is written; a core file would hold a child's homework."""
    if resource is None:
        return
    for what, most in (
        (resource.RLIMIT_AS, limits.megabytes * 1_000_000),
        (resource.RLIMIT_FSIZE, _MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _bound_time(limits: Limits) -> None:
    if resource is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + limits.seconds) + 1
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def _leave_network() -> None:
    """Move to a network in which nobody else is; many systems do not allow it, and all goes on."""
    with suppress(OSError, AttributeError):
        system = ctypes.CDLL(None, use_errno=True)
        _ = system.unshare(_NEW_NETWORK) == 0 or system.unshare(_NEW_USER | _NEW_NETWORK)
