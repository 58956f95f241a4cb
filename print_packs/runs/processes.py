"""How the stacks of a run are drawn side by side: in processes, a few at a time, in their order."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

Job = TypeVar("Job")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A refusal in words on its way from one process to another."""

    sentence: str
    remedy: str
    facts: dict[str, Any]


def side_by_side(
    work: Callable[[Job], Made], jobs: Iterable[Job], processes: int
) -> Iterator[Made]:
    """Yield what becomes of each job, in their order; at most ``processes`` + 1 are under way.

    With one process everything happens in this one. ``work`` is a function of a module, for
    the others begin with nothing: they are spawned. A refusal comes back as it was raised.
    """
    if processes <= 1:
        yield from map(work, jobs)
        return
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawned, initializer=_end_with_parent) as pool:
        try:
            yield from _answers(pool, partial(_asked, work), jobs, processes + 1)
        except BrokenProcessPool as error:
            raise JetkizError(
                N_("A process that was drawing packs was ended from outside."),
                N_(
                    "Nothing is lost: make the packs again. If it happens again, memory is short: "
                    "set print_processes to 1."
                ),
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _answers(
    pool: ProcessPoolExecutor, work: Callable[[Job], Any], jobs: Iterable[Job], most: int
) -> Iterator[Any]:
    waiting: deque[Future[Any]] = deque()
    for job in jobs:
        waiting.append(pool.submit(work, job))
        if len(waiting) >= most:
            yield _answer(waiting.popleft())
    while waiting:
        yield _answer(waiting.popleft())


def _answer(future: "Future[Any]") -> Any:
    answer = future.result()
    if isinstance(answer, _Refusal):
        raise JetkizError(answer.sentence, answer.remedy, **answer.facts)
    return answer


def _asked(work: Callable[[Job], Made], job: Job) -> Made | _Refusal:
    try:
        return work(job)
    except JetkizError as error:
        facts = {name: _carried(value) for name, value in error.facts.items()}
        return _Refusal(error.sentence, error.remedy, facts)


def _carried(value: Any) -> Any:
    return value if isinstance(value, (str, int, float)) else str(value)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
