"""Weeks that a small school has lived through: what was planned, and what was heard of it."""

from collections.abc import Iterable

from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from tests.factories import NOW, People

NOTHING: tuple[State, ...] = ()


def live_through(
    connection: Connection,
    people: People,
    weeks: Iterable[str],
    channel: str,
    *states: State,
    student: int = 0,
) -> None:
    """Publish weeks of Alice's (or another student's) lessons, and hear all states of each."""
    number = student or people.alice
    for week in weeks:
        choices = (Choice(channel, ChoiceReason.ONLY_CHANNEL),) * len(people.lessons)
        plan = StudentPlan(number, people.lessons, choices)
        ledger.publish(connection, week, 1, [plan], {number: people.school})
        hear(connection, people, week, channel, *states, student=number)


def hear(
    connection: Connection,
    people: People,
    week: str,
    channel: str,
    *states: State,
    student: int = 0,
    attempt: int = 1,
    lessons: tuple[int, ...] = (),
) -> None:
    """Record one receipt for each state, for all lessons or those given."""
    number = student or people.alice
    receipts = [
        Receipt(
            key=f"{week}:{number}:{attempt}:{state}:{lessons}",
            week=week,
            student=number,
            lessons=lessons or people.lessons,
            state=state,
            channel=channel,
            at=NOW,
            attempt=attempt,
        )
        for state in states
    ]
    record_receipts(connection, receipts, NOW)
