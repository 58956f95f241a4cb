"""Weeks that a small school has lived through: what was planned, and what was heard of it."""

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st
from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Choice, Receipt, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from tests.factories import BY_POST, NOW, WEEK, People, add_people, publish_week

NOTHING: tuple[State, ...] = ()
# Who, which of the three lessons, what was heard of it, and on which attempt.
News = tuple[str, int, State, int]
NEWS = st.lists(
    st.tuples(
        st.sampled_from(["alice", "bob"]),
        st.integers(0, 2),
        st.sampled_from([state for state in State if state >= State.DISPATCHED]),
        st.integers(1, 2),
    ),
    max_size=12,
)


def live_through_news(
    connection: Connection, chosen: Sequence[Choice], news: Iterable[News], *, again: bool
) -> People:
    """Publish a week, Alice's first lesson ``again`` on a second attempt, and hear the news."""
    people = add_people(connection)
    publish_week(connection, people, *chosen)
    if again:
        plan = StudentPlan(people.alice, people.lessons[:1], (BY_POST,))
        ledger.replace_attempt(connection, WEEK, 2, plan, people.school)
    for who, place, state, attempt in news:
        student, lessons = getattr(people, who), (people.lessons[place],)
        about = {"student": student, "attempt": attempt, "lessons": lessons}
        hear(connection, people, WEEK, "any", state, **about)
    return people


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
