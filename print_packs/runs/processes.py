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
from itertools import islice
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
    """Yield what becomes of each job, in their order; a few are under way at a time.

    This process works too, so one less is begun: it takes as long as drawing fifty packs. ``work``
    is a function of a module, for the others begin with nothing: they are spawned. A refusal comes
    back as it was raised.
    """
    if processes <= 1:
        yield from map(work, jobs)
        return
    spawned = multiprocessing.get_context("spawn")
    others = processes - 1
    with ProcessPoolExecutor(others, mp_context=spawned, initializer=_end_with_parent) as pool:
        try:
            yield from _Shared(pool, others, partial(_asked, work)).answers(iter(jobs))
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


class _Shared:
    """Jobs that this process shares with others; what is not yet asked for waits in its order."""

    def __init__(self, pool: ProcessPoolExecutor, others: int, work: Callable[[Any], Any]) -> None:
        self._pool = pool
        self._others = others
        self._work = work
        self._waiting: deque[Future[Any]] = deque()
        self._away: list[Future[Any]] = []

    def answers(self, jobs: Iterator[Any]) -> Iterator[Any]:
        """Yield the answers: every other process gets a job, then this one, then they the next."""
        end = object()
        while True:
            self._give(jobs, self._others)
            own = next(jobs, end)
            if own is end:
                break
            answer: Future[Any] = Future()
            self._waiting.append(answer)
            # So that nobody waits while this process draws.
            self._give(jobs, 2 * self._others)
            answer.set_result(self._work(own))
            while self._waiting and (self._waiting[0].done() or self._is_far_ahead()):
                yield _answer(self._waiting.popleft())
        while self._waiting:
            yield _answer(self._waiting.popleft())

    def _give(self, jobs: Iterator[Any], most: int) -> None:
        self._away = [one for one in self._away if not one.done()]
        for job in islice(jobs, max(0, most - len(self._away))):
            self._away.append(self._pool.submit(self._work, job))
            self._waiting.append(self._away[-1])

    def _is_far_ahead(self) -> bool:
        return len(self._waiting) > 4 * (self._others + 1)


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
