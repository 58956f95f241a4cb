"""What the home says on the telephone: only lessons that have left are confirmed, and once."""

from datetime import timedelta

from sqlalchemy import select

from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.lessons.tables import lesson
from jetkiz.staff.audit import Act
from jetkiz.storage.workplace import Workplace
from tests.console import Browser
from tests.factories import MONDAY, WEEK, People
from tests.integration.test_web_first_screen import tell
from tests.integration.test_web_students import acts, states


async def test_what_the_home_says_counts_once(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    tell(web_workplace, web_people.alice, web_people.lessons, State.DISPATCHED)
    await visitor.sign_in("tamara")
    for _ in range(2):
        await visitor.send(f"/students/{web_people.alice}/{WEEK}/arrival")
        assert "the home confirmed" in visitor.text
    assert {one.state for one in states(web_workplace, web_people.alice)} == {State.ACKNOWLEDGED}
    with web_workplace.database.read() as connection:
        sources = list(connection.scalars(select(receipt.c.source)))
    assert sources == ["telegram", *["console:tamara"] * 3]
    assert len(acts(web_workplace, Act.NOTE_ARRIVAL)) == 1
    assert "the school, in this console" in visitor.text


async def test_the_home_confirms_only_what_has_left(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    failed, ready, later = web_people.lessons
    tell(web_workplace, web_people.alice, (failed,), State.FAILED)
    tell(web_workplace, web_people.alice, (ready, later), State.PREPARED)
    with web_workplace.database.write() as connection:
        friday = lesson.update().where(lesson.c.id == later)
        connection.execute(friday.values(day=MONDAY + timedelta(days=4)))
    await visitor.sign_in("tamara")
    await visitor.open(f"/students/{web_people.bob}/{WEEK}")
    assert "The home says: they are here" not in visitor.text
    await visitor.send(f"/students/{web_people.bob}/{WEEK}/arrival")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert "Of 1 lesson nobody knows yet" in visitor.text
    await visitor.send(f"/students/{web_people.alice}/{WEEK}/arrival")
    assert {one.state for one in states(web_workplace, web_people.bob)} == {State.PLANNED}
    found = {one.lesson: one.state for one in states(web_workplace, web_people.alice)}
    assert found == {
        failed: State.FAILED,
        ready: State.ACKNOWLEDGED,
        later: State.PLANNED,
    }
