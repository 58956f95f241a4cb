"""A message that was on its way while its file came up uses the number that the file got."""

import asyncio
from datetime import UTC, datetime

from bot.sending.outbox import Job
from bot.sending.uploading import Uploading, missing_in

FILE = "a" * 64
OTHER = "b" * 64


def job_of(*hashes: str) -> Job:
    media = [{"type": "document", "media": f"stored:{one}:0.pdf"} for one in hashes]
    created = datetime(2026, 1, 26, tzinfo=UTC)
    payload = {"chat_id": 1, "media": media}
    return Job(1, "k", 1, "sendMediaGroup", payload, 1, "", "kk", created)


async def gone_up(uploading: Uploading, number: str) -> None:
    """Send the file up; without a number the request failed."""
    (file,) = missing_in(job_of(FILE))
    with uploading.going_up([file]) as numbers:
        assert uploading.must_wait(job_of(FILE, OTHER))
        assert not uploading.must_wait(job_of(OTHER))
        if number:
            numbers[file] = number


def test_what_was_on_its_way_sends_no_second_file_up() -> None:
    uploading = Uploading()
    asyncio.run(gone_up(uploading, "7"))
    waiting = uploading.told(job_of(FILE, OTHER))
    assert list(waiting.file_numbers.values()) == ["7"]
    assert [file.sha256 for file in missing_in(waiting)] == [OTHER]
    assert not uploading.must_wait(waiting)


def test_after_an_upload_that_failed_the_file_goes_up_again() -> None:
    uploading = Uploading()
    asyncio.run(gone_up(uploading, ""))
    assert uploading.told(job_of(FILE)) == job_of(FILE)


def test_a_number_that_telegram_forgot_is_forgotten_here() -> None:
    uploading = Uploading()
    asyncio.run(gone_up(uploading, "7"))
    uploading.forget(job_of(FILE))
    assert uploading.told(job_of(FILE)) == job_of(FILE)


def test_whoever_waits_gets_the_number_when_it_comes() -> None:
    async def wait() -> Job:
        uploading = Uploading()
        (file,) = missing_in(job_of(FILE))
        with uploading.going_up([file]) as numbers:
            waiting = asyncio.create_task(uploading.wait_for(job_of(FILE)))
            await asyncio.sleep(0)
            numbers[file] = "9"
        return await waiting

    assert list(asyncio.run(wait()).file_numbers.values()) == ["9"]


def test_an_old_number_is_looked_up_in_the_database_again() -> None:
    clock = iter((100.0, 161.0))
    uploading = Uploading(clock=lambda: next(clock))
    asyncio.run(gone_up(uploading, "7"))
    asyncio.run(gone_up(uploading, ""))
    assert uploading.told(job_of(FILE)) == job_of(FILE)
