"""Lessons given by hand in the console: shown first, then only what was offered."""

from sqlalchemy import select

from jetkiz.delivery.states import State
from jetkiz.delivery.tables import consignment, student_week
from jetkiz.staff.audit import Act
from jetkiz.storage.workplace import Workplace
from scheduler.tables import plan_override
from tests.console import Browser
from tests.factories import WEEK, People
from tests.integration.test_web_first_screen import tell
from tests.integration.test_web_students import acts, states


async def test_lessons_are_given_by_hand_after_a_preview(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    first, second, third = web_people.lessons
    tell(web_workplace, web_people.alice, (first,), State.FAILED)
    tell(web_workplace, web_people.alice, (third,), State.ACKNOWLEDGED)
    await visitor.sign_in("aigul")
    address = f"/students/{web_people.alice}/{WEEK}/by-hand"
    await visitor.open(address)
    assert f'value="{first}" checked' in visitor.text
    assert f'value="{third}" checked' not in visitor.text
    for _ in range(2):
        await visitor.open(address)
        await visitor.send(address, lesson=str(first))
        assert "go out by hand" in visitor.text
    found = {one.lesson: one for one in states(web_workplace, web_people.alice)}
    assert (found[first].channel, found[first].attempt) == ("in_person", 2)
    assert found[second].channel == "telegram"
    assert found[third].state == State.ACKNOWLEDGED
    with web_workplace.database.read() as connection:
        packs = list(connection.scalars(select(consignment.c.channel)))
        kept = list(connection.scalars(select(plan_override.c.lesson_id)))
    assert packs == ["in_person"]
    assert kept == [first]
    assert acts(web_workplace, Act.CHANGE_WAY) == [
        ("aigul", web_people.alice, f"{WEEK}, in_person, 1")
    ]


async def test_only_lessons_of_the_offer_are_given(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    await visitor.sign_in("aigul")
    await visitor.send(f"/students/{web_people.alice}/{WEEK}/by-hand", lesson="999999")
    assert {one.attempt for one in states(web_workplace, web_people.alice)} == {1}
    assert acts(web_workplace, Act.CHANGE_WAY) == []


async def test_a_student_outside_the_plan_is_offered_the_lessons_of_the_grade(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    with web_workplace.database.write() as connection:
        connection.execute(
            student_week.delete().where(student_week.c.student_id == web_people.alice)
        )
    await visitor.sign_in("aigul")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}")
    assert "No lesson of this week is planned" in visitor.text
    address = f"/students/{web_people.alice}/{WEEK}/by-hand"
    await visitor.open(address)
    assert visitor.text.count("checked") == 3
    await visitor.send(address, lesson=str(web_people.lessons[0]))
    assert [one.channel for one in states(web_workplace, web_people.alice)] == ["in_person"]
    for number in web_people.lessons[1:]:
        await visitor.open(address)
        assert f'value="{number}" checked' in visitor.text
        await visitor.send(address, lesson=str(number))
    assert [one.channel for one in states(web_workplace, web_people.alice)] == ["in_person"] * 3
    await visitor.open(address)
    assert "Nothing is left to give by hand" in visitor.text
