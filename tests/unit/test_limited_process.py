"""A child that opens strangers' files answers, is bounded, and costs one answer when lost."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from jetkiz import limited_process
from jetkiz.errors import JetkizError
from jetkiz.limited_process import (
    CrashedError,
    LimitedProcess,
    Limits,
    NoRoomError,
    TooCostlyError,
)

ANSWERS = "tests.limited_answers:answer"
# The memory that measuring tests takes itself is part of it.
SMALL = Limits(seconds=20.0, megabytes=600, answer_megabytes=1)


@pytest.fixture(scope="module")
def shared() -> Iterator[LimitedProcess]:
    """One process for all, for a lost child must not show in the next question."""
    with LimitedProcess(ANSWERS, SMALL) as process:
        yield process


def state(process: LimitedProcess) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(process.ask(b"state"))
    return found


def test_a_child_answers_and_is_kept_for_the_next_question(shared: LimitedProcess) -> None:
    assert shared.ask(b"backwards abc") == b"cba"
    first = state(shared)
    assert shared.ask(b"backwards " + b"ab" * 300_000) == b"ba" * 300_000
    assert state(shared)["pid"] == first["pid"] != os.getpid()


def test_a_child_inherits_no_secrets(
    monkeypatch: pytest.MonkeyPatch, shared: LimitedProcess
) -> None:
    monkeypatch.setenv("JETKIZ_TELEGRAM_TOKEN", "secret")
    shared.close()

    names = state(shared)["names"]

    assert not [one for one in names if "JETKIZ" in one or one in {"HOME", "PATH"}]


@pytest.mark.parametrize("question", [b"allocate", b"nearly"])
def test_too_much_memory_is_refused_and_the_next_question_answered(
    shared: LimitedProcess, question: bytes
) -> None:
    with pytest.raises(TooCostlyError, match="too much time or memory"):
        shared.ask(question)

    assert shared.ask(b"backwards ab") == b"ba"


@pytest.mark.parametrize("question", [b"spin", b"sleep"])
def test_too_much_time_is_refused_and_the_next_question_answered(question: bytes) -> None:
    with LimitedProcess(ANSWERS, Limits(seconds=0.5)) as process:
        assert process.ask(b"backwards ab") == b"ba"
        with pytest.raises(TooCostlyError):
            process.ask(question)

        assert process.ask(b"backwards ab") == b"ba"


@pytest.mark.parametrize("question", [b"die", b"fault of a library"])
def test_a_child_that_dies_is_a_sentence(shared: LimitedProcess, question: bytes) -> None:
    with pytest.raises(CrashedError, match="broke down"):
        shared.ask(question)

    assert shared.ask(b"backwards ab") == b"ba"


def test_what_was_read_before_harms_no_later_file(shared: LimitedProcess) -> None:
    """The first child breaks down over it, a fresh one answers."""
    shared.ask(b"backwards ab")

    assert shared.ask(b"second") == b"alone"


def test_a_child_that_the_system_ended_is_replaced_without_a_word(shared: LimitedProcess) -> None:
    os.kill(state(shared)["pid"], signal.SIGKILL)

    assert shared.ask(b"backwards ab") == b"ba"


def test_what_a_library_prints_does_not_stand_between_answers(shared: LimitedProcess) -> None:
    assert shared.ask(b"garbage fine") == b"fine"
    assert shared.ask(b"backwards ab") == b"ba"


@pytest.mark.parametrize("question", [b"frame", b"long 1000001"])
def test_a_false_or_endless_answer_is_not_taken(question: bytes) -> None:
    with LimitedProcess(ANSWERS, SMALL) as process:
        with pytest.raises(CrashedError):
            process.ask(question)
        assert process.ask(b"long 1000") == b"x" * 1000


@pytest.mark.parametrize(
    "told",
    [
        "[1]",
        "not json",
        "[" * 100_000,
        '{"sentence": "a", "remedy": "b"}',
        '{"sentence": "a", "remedy": "b", "facts": {"sentence": "c"}}',
        '{"sentence": "{b}", "remedy": "", "facts": {"a": "c"}}',
        '{"sentence": "{a:999999999999}", "remedy": "", "facts": {"a": "c"}}',
        '{"sentence": "{a", "remedy": "", "facts": {"a": "c"}}',
    ],
)
def test_a_false_refusal_is_not_believed_and_its_child_is_lost(told: str) -> None:
    with LimitedProcess(ANSWERS, SMALL) as process:
        before = state(process)["pid"]
        with pytest.raises(CrashedError):
            process.ask(b"false " + told.encode())
        assert state(process)["pid"] != before


def test_a_refusal_comes_through_in_its_words(shared: LimitedProcess) -> None:
    with pytest.raises(JetkizError) as caught:
        shared.ask(b"refuse wine")

    assert str(caught.value) == "No to wine. Ask for less."
    assert caught.value.sentence == "No to {what}."
    assert state(shared)["pid"]


def test_a_child_is_changed_after_so_many_questions() -> None:
    with LimitedProcess(ANSWERS, Limits(questions=2)) as process:
        pids = [state(process)["pid"] for _ in range(4)]

    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_threads_share_a_child(shared: LimitedProcess) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: shared.ask(b"backwards %d" % (n + 100)), range(20)))

    assert found == [str(n + 100)[::-1].encode() for n in range(20)]
    assert threading.active_count() < 50


def test_where_the_system_knows_no_bounds_time_alone_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    monkeypatch.setattr(limited_process, "resource", None)
    limited_process._bound(Limits())
    limited_process._bound_time(Limits())
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    with LimitedProcess(ANSWERS, Limits(seconds=0.2)) as process:
        process.ask(b"backwards ab")
        with pytest.raises(TooCostlyError):
            process.ask(b"sleep")


def test_a_function_that_is_not_there_is_a_sentence() -> None:
    with LimitedProcess("tests.limited_answers:nothing") as process, pytest.raises(CrashedError):
        process.ask(b"")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such networks")
def test_a_child_reaches_no_network_where_the_system_allows_it(shared: LimitedProcess) -> None:
    """Whether it is allowed is the system's to say; the answer comes in both cases."""
    assert state(shared)["reach"] in {"nowhere", "somewhere"}


def test_without_a_process_to_be_had_a_question_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing stays open, and the file is not said to be at fault."""

    def none_left(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", none_left)
    with pytest.raises(NoRoomError, match="just now: Resource"):
        LimitedProcess("tests.limited_answers:answer").ask(b"")
