"""Why a lesson goes its way, as the console says it: the plan's facts first, today's apart."""

import re
from datetime import date, timedelta

from jetkiz.channel import load_channels
from jetkiz.delivery.tables import student_week
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn
from jetkiz.staff.audit import Act
from jetkiz.storage.workplace import Workplace
from scheduler.planning import make_and_save
from scheduler.publishing import publish_plan
from tests.console import Browser
from tests.factories import NOW, WEEK, People
from tests.integration.test_web_students import acts, household_of, states


async def test_why_says_what_it_can_where_no_plan_was_made_here(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    await visitor.sign_in("aigul")
    await visitor.open(f"/students/{web_people.alice}/{WEEK}/why/{web_people.lessons[0]}")
    assert visitor.status == 200
    assert "the most likely to arrive" in visitor.text
    assert "There is no plan for week" in visitor.text
    assert acts(web_workplace, Act.READ_HOME) == [("aigul", web_people.alice, "access, reach")]
    await visitor.open(f"/students/{web_people.alice}/{WEEK}/why/999999")
    assert visitor.status == 404


async def test_why_weighs_every_option_of_a_plan(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    with web_workplace.database.write() as connection:
        connection.execute(student_week.delete())
        day = date(2026, 1, 20)
        for kind in (FactKind.POST, FactKind.PICK_UP):
            home = household_of(connection, web_people.alice)
            learn(connection, home, Fact(kind, "yes", Source.GUARDIAN, day))
    channels = load_channels(web_workplace, without={"telegram", "duty_class"})
    before = NOW - timedelta(days=7)
    database = web_workplace.database
    made = make_and_save(database, channels, WEEK, web_workplace.settings, before)
    with database.write() as connection:
        publish_plan(connection, made.run, "aigul", before)
    await visitor.sign_in("aigul")
    address = f"/students/{web_people.alice}/{WEEK}/why/{web_people.lessons[0]}"
    await visitor.open(address)
    assert "chosen" in visitor.text
    assert "post: possible" in visitor.text
    assert "With what is known today" not in visitor.text
    before_the_change = _weighed(visitor)
    with web_workplace.database.write() as connection:
        gone = Fact(FactKind.PICK_UP, "no", Source.COORDINATOR, day)
        learn(connection, home, gone, at=NOW)
    await visitor.open(address)
    *lines, today = _weighed(visitor)
    assert lines == before_the_change
    assert "With what is known today it would be another way" in today
    (told,) = {one.channel for one in states(web_workplace, web_people.alice)}
    assert told == "in_person"


def _weighed(visitor: Browser) -> list[str]:
    _, answer = visitor.text.split('<div id="why"')
    return re.findall("<li>(.*?)</li>", answer.split("</div>")[0])
