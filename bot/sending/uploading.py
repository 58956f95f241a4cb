"""Which files go up now, so that a hundred families wait for one upload and not for a hundred."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from bot.sending.outbox import Job
from bot.telegram.stored_files import StoredFile, files_in

# A picture is up by then; who waits for a film gives its place under way to others.
PATIENCE: Final = 2.0
# So long a job may have been on its way since it was taken from the database.
FRESH: Final = 60.0


class Uploading:
    """The files of one bot that one sender is sending up."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._now: dict[tuple[str, str], asyncio.Future[None]] = {}
        self._came: dict[tuple[str, str], tuple[str, float]] = {}

    def told(self, job: Job) -> Job:
        """Return the job with the numbers that came after it was taken from the database."""
        came = {file: self._came.get(_name(file)) for file in missing_in(job)}
        known = {file: one[0] for file, one in came.items() if one}
        return replace(job, file_numbers={**job.file_numbers, **known}) if known else job

    def forget(self, job: Job) -> None:
        """Send the files of a job up anew, because Telegram knows their numbers no more."""
        for file in files_in(job.payload):
            self._came.pop(_name(file), None)

    def must_wait(self, job: Job) -> bool:
        """Whether a file of a job is just going up with another one."""
        return bool(self._now) and bool(self._others(job))

    def _others(self, job: Job) -> dict[StoredFile, asyncio.Future[None]]:
        found = {file: self._now.get(_name(file)) for file in missing_in(job)}
        return {file: upload for file, upload in found.items() if upload is not None}

    async def wait_for(self, job: Job) -> Job:
        """Return the job with the numbers that came in a short while, if any did."""
        await asyncio.wait(self._others(job).values(), timeout=PATIENCE)
        return self.told(job)

    @contextmanager
    def going_up(self, files: Iterable[StoredFile]) -> Iterator[dict[StoredFile, str]]:
        """Let others wait for these files; the numbers go into what is given."""
        uploads = {_name(file): asyncio.get_running_loop().create_future() for file in files}
        numbers: dict[StoredFile, str] = {}
        self._now |= uploads
        try:
            yield numbers
        finally:
            now = self._clock()
            told = {_name(file): (number, now) for file, number in numbers.items()}
            fresh = {name: one for name, one in self._came.items() if one[1] > now - FRESH}
            self._came = fresh | told
            for name, upload in uploads.items():
                del self._now[name]
                upload.set_result(None)


def missing_in(job: Job) -> list[StoredFile]:
    """Return the files of a job of which Telegram has no number yet, each once."""
    files = dict.fromkeys(files_in(job.payload))
    return [file for file in files if file not in job.file_numbers]


def _name(file: StoredFile) -> tuple[str, str]:
    return file.kind, file.sha256
