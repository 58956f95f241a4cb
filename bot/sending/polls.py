"""Which poll of Telegram is which question of ours: known from the answer to its sending."""

from collections.abc import Iterable

from sqlalchemy import Connection, update

from bot.sending.outbox import Done
from bot.tables import telegram_quiz_question

SEND_POLL = "sendPoll"


def note_polls(connection: Connection, done: Iterable[Done]) -> None:
    """Remember the numbers that Telegram gave to quizzes which have just left."""
    for one in done:
        result = one.outcome.result
        poll = result.get("poll") if isinstance(result, dict) else None
        number = poll.get("id") if isinstance(poll, dict) else None
        if one.job.method == SEND_POLL and isinstance(number, str) and number:
            known = telegram_quiz_question.c.key == one.job.key
            noted = update(telegram_quiz_question).where(known)
            connection.execute(noted.values(poll_id=number))
