"""The first screen and the lists: who got nothing, why, and only to those who may know."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch, student_week
from jetkiz.engine.tables import pulse
from jetkiz.roster.tables import guardian, household_identity, student
from jetkiz.staff.audit import Act
from jetkiz.staff.tables import audit
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages import first_screen
from tests.console import Browser, Hands, class_of
from tests.factories import NO_WAY, NOW, WEEK, People, publish_week

PHONE = "+77010000001"


def tell(place: Workplace, student_id: int, lessons: tuple[int, ...], state: State) -> None:
    receipt = Receipt(
        key=f"{student_id}:{state}",
        week=WEEK,
        student=student_id,
        lessons=lessons,
        state=state,
        channel="telegram",
        at=NOW,
        source="telegram",
        reason=FailureReason.BLOCKED if state == State.FAILED else None,
    )
    with place.database.write() as connection:
        record_receipts(connection, [receipt], NOW)


async def test_every_gap_has_its_reason_and_a_step(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    tell(web_workplace, web_people.alice, web_people.lessons, State.FAILED)
    tell(web_workplace, web_people.bob, web_people.lessons, State.DISPATCHED)
    give_phone(web_workplace, web_people.bob)
    await visitor.sign_in("aigul")
    assert "Test Alice" in visitor.text
    assert "the family blocked the bot" in visitor.text
    assert f"/students/{web_people.alice}/{WEEK}/by-hand" in visitor.text
    assert "Test Bob" in visitor.text
    assert f"/students/{web_people.bob}/{WEEK}#arrival" in visitor.text
    assert "Charlie" not in visitor.text


async def test_who_got_only_a_part_is_not_counted_as_reached(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    first, *rest = web_people.lessons
    tell(web_workplace, web_people.alice, (first,), State.ACKNOWLEDGED)
    tell(web_workplace, web_people.alice, tuple(rest), State.FAILED)
    tell(web_workplace, web_people.bob, web_people.lessons, State.ACKNOWLEDGED)
    await visitor.sign_in("aigul")
    assert "Got only a part" in visitor.text
    assert "2 of 3 lessons did not arrive; the family blocked the bot" in visitor.text
    assert f"/students/{web_people.alice}/{WEEK}/by-hand" in visitor.text
    assert "Test Bob" not in visitor.text
    counts = re.findall(r'<p class="big \w+"><strong>(\d+)</strong> ([^<]+)</p>', visitor.text)
    assert counts == [
        ("0", "with nothing at all"),
        ("0", "without a sign of arrival"),
        ("1", "got only a part"),
        ("1", "reached, with proof"),
    ]


async def test_a_week_in_which_all_went_well_says_so(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    for number in (web_people.alice, web_people.bob):
        tell(web_workplace, number, web_people.lessons[:1], State.ACKNOWLEDGED)
    await visitor.sign_in("aigul")
    assert "Something has reached every student" in visitor.text


async def test_a_teacher_sees_the_own_class_only(visitor: Browser) -> None:
    await visitor.sign_in("tamara")
    assert "Test Alice" in visitor.text
    assert "Test Bob" not in visitor.text
    assert 'href="/plan"' not in visitor.text


async def test_the_outsider_sees_another_school(visitor: Browser) -> None:
    await visitor.sign_in("outsider")
    await visitor.open(f"/weeks/{WEEK}")
    assert "Another school" in visitor.text
    assert "Alice" not in visitor.text
    assert "No plan of this week is published" in visitor.text


async def test_the_weeks_are_linked_and_a_week_that_is_none_is_refused(
    visitor: Browser, web_workplace: Workplace
) -> None:
    with web_workplace.database.write() as connection:
        row = connection.execute(select(student_week)).mappings().first()
        assert row
        connection.execute(student_week.insert().values({**row, "week": "2026-W03"}))
    await visitor.sign_in("aigul")
    assert 'href="/weeks/2026-W03"' in visitor.text
    await visitor.open("/weeks?week=2026-W03")
    assert visitor.path == "/weeks/2026-W03"
    assert f'href="/weeks/{WEEK}"' in visitor.text
    await visitor.open("/weeks/2026-W99")
    assert visitor.status == 400
    assert "There is no week" in visitor.text
    await visitor.open("/weeks/yesterday")
    assert visitor.status == 404


async def test_a_long_group_is_shown_in_parts(
    visitor: Browser, web_people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_screen, "AT_ONCE", 1)
    await visitor.sign_in("aigul")
    assert ("Test Alice" in visitor.text) != ("Test Bob" in visitor.text)
    assert "Show all 2" in visitor.text
    await visitor.open(f"/weeks/{WEEK}?whole=not_handed_over")
    assert "Test Alice" in visitor.text
    assert "Test Bob" in visitor.text
    assert web_people.alice


async def test_the_call_list_shows_phones_and_is_written_down(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    with web_workplace.database.write() as connection:
        home = connection.scalar(
            select(student.c.household_id).where(student.c.id == web_people.alice)
        )
        row = {"household_id": home, "sourced_id": "g", "family_name": "Test"}
        row |= {"given_name": "Mother", "phone": PHONE, "language": "kk"}
        connection.execute(guardian.insert().values(row))
        connection.execute(household_identity.update().values(phone=PHONE))
    await visitor.sign_in("tamara")
    await visitor.open(f"/weeks/{WEEK}/calls")
    assert visitor.text.count(f"tel:{PHONE}") == 1
    assert "Bob" not in visitor.text
    with web_workplace.database.read() as connection:
        c = audit.c
        told = connection.execute(
            select(c.who, c.student_id).where(c.act == Act.EXPORT_CALLS)
        ).all()
    assert [tuple(row) for row in told] == [("tamara", web_people.alice)]


async def test_nobody_to_call_is_said(visitor: Browser) -> None:
    await visitor.sign_in("outsider")
    await visitor.open(f"/weeks/{WEEK}/calls")
    assert "Nobody has to be called." in visitor.text


async def test_the_class_list_and_a_class(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    tell(web_workplace, web_people.alice, web_people.lessons[:1], State.ACKNOWLEDGED)
    with web_workplace.database.read() as connection:
        hers = class_of(connection, web_people.alice)
        his = class_of(connection, web_people.bob)
    await visitor.sign_in("tamara")
    await visitor.open("/classes")
    assert f"/classes/{hers}/{WEEK}" in visitor.text
    assert f"/classes/{his}/{WEEK}" not in visitor.text
    await visitor.open(f"/classes/{hers}/{WEEK}")
    assert visitor.status == 200
    assert "Reading: confirmed by the home" in visitor.text
    assert "Mon 26 Jan" in visitor.text
    for closed in (his, 999_999_999):
        await visitor.open(f"/classes/{closed}/{WEEK}")
        assert visitor.status == 404
    await visitor.open(f"/classes/{hers}/2026-W06")
    assert "No plan of this week is published for this class" in visitor.text


async def test_the_outsider_opens_no_class(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    with web_workplace.database.read() as connection:
        hers = class_of(connection, web_people.alice)
    await visitor.sign_in("outsider")
    await visitor.open(f"/classes/{hers}/{WEEK}")
    assert visitor.status == 404
    assert "it is not for you" in visitor.text


async def test_the_plan_in_numbers(visitor: Browser, web_people: People) -> None:
    await visitor.sign_in("aigul")
    await visitor.open("/plan")
    assert visitor.path == f"/plan/{WEEK}"
    assert "the most likely to arrive and to be answered" in visitor.text
    assert "Every lesson has a channel." in visitor.text
    assert web_people.alice


async def test_lessons_without_a_channel_are_listed_with_the_reason(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    with web_workplace.database.write() as connection:
        connection.execute(student_week.delete())
        publish_week(connection, web_people, NO_WAY)
    await visitor.sign_in("aigul")
    await visitor.open(f"/plan/{WEEK}")
    assert "no channel reaches this home" in visitor.text
    assert "Test Bob" in visitor.text


@pytest.mark.parametrize("address", ["/plan/2026-W05", "/running"])
async def test_the_plan_and_the_machine_room_are_the_coordinators(
    visitor: Browser, address: str
) -> None:
    await visitor.sign_in("tamara")
    await visitor.open(address)
    assert visitor.status == 404


async def test_a_week_without_a_plan_says_what_to_do(visitor: Browser) -> None:
    await visitor.sign_in("aigul")
    await visitor.open("/plan/2026-W09")
    assert "jetkiz plan make" in visitor.text


async def test_what_was_given_up_is_shown(visitor: Browser, web_workplace: Workplace) -> None:
    await visitor.sign_in("aigul")
    await visitor.open("/running")
    assert "The clock stands still" in visitor.text
    with web_workplace.database.write() as connection:
        row = {"key": "b", "channel": "post", "week": WEEK, "not_before": NOW, "state": 3}
        connection.execute(
            batch.insert().values({**row, "last_error": "no paper", "created_at": NOW})
        )
        connection.execute(
            batch.insert().values({**row, "key": "c", "state": 0, "created_at": NOW})
        )
        beat = {"schedule": "dispatch", "slot_utc": NOW, "beats": 1}
        connection.execute(pulse.insert().values(beat))
    await visitor.open("/running")
    assert "The clock runs" in visitor.text
    assert "no paper" in visitor.text
    assert "The next batch leaves" in visitor.text


async def test_a_batch_that_should_have_left_is_not_announced_as_the_next(
    visitor: Browser, web_workplace: Workplace, web_clock: Hands
) -> None:
    with web_workplace.database.write() as connection:
        row = {"key": "b", "channel": "post", "week": WEEK, "not_before": NOW, "state": 0}
        connection.execute(batch.insert().values({**row, "created_at": NOW}))
    web_clock.moment = NOW + timedelta(days=1)
    await visitor.sign_in("aigul")
    await visitor.open("/running")
    assert "The next batch leaves" not in visitor.text
    assert "Batches have waited to leave since" in visitor.text


async def test_a_week_to_come_is_not_called_lost(visitor: Browser, web_clock: Hands) -> None:
    await visitor.sign_in("aigul")
    await visitor.open(f"/weeks/{WEEK}")
    assert "Nothing is late yet" not in visitor.text
    web_clock.moment = NOW - timedelta(days=8)
    await visitor.sign_in("aigul")
    await visitor.open(f"/weeks/{WEEK}")
    assert "Nothing is late yet" in visitor.text
    assert "with nothing at all" not in visitor.text
    assert 'class="big bad"' not in visitor.text


async def test_nobody_is_told_to_call_a_home_without_a_phone(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    """A number of the home or of one guardian is enough."""
    for number in (web_people.alice, web_people.bob):
        tell(web_workplace, number, web_people.lessons, State.DISPATCHED)
    await visitor.sign_in("aigul")
    assert "Call the home: " not in visitor.text
    assert f"/students/{web_people.bob}/{WEEK}#home" in visitor.text
    give_phone(web_workplace, web_people.bob)
    await visitor.open(f"/weeks/{WEEK}")
    assert f"/students/{web_people.bob}/{WEEK}#arrival" in visitor.text
    await visitor.sign_out_and_in("tamara")
    assert "Find out a phone" not in visitor.text


def give_phone(place: Workplace, student_id: int) -> None:
    with place.database.write() as connection:
        mine = select(student.c.household_id).where(student.c.id == student_id).scalar_subquery()
        c = household_identity.c
        connection.execute(
            household_identity.update().where(c.household_id == mine).values(phone=PHONE)
        )


async def test_machines_ask_for_health_without_signing_in(
    visitor: Browser, web_workplace: Workplace
) -> None:
    answer = await visitor.client.get("/health")
    told = json.loads(await answer.text())
    assert (answer.status, told["database"], told["clock"]) == (200, "ok", "still")
    with web_workplace.database.write() as connection:
        pulse.drop(connection)
    answer = await visitor.client.get("/health")
    assert answer.status == 503
    assert json.loads(await answer.text())["database"] == "no answer"


async def test_a_database_that_does_not_answer_is_said_in_words(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    with web_workplace.database.write() as connection:
        pulse.drop(connection)
    await visitor.open("/running")
    assert visitor.status == 503
    assert "Nothing was lost" in visitor.text


async def test_every_answer_has_its_headers(visitor: Browser) -> None:
    for address, cache in (("/sign-in", "no-store"), ("/static/console.css", "public")):
        await visitor.open(address)
        assert visitor.response
        headers = visitor.response.headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert cache in headers["Cache-Control"]


async def test_a_form_that_is_too_large_is_refused_in_words(visitor: Browser) -> None:
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", login="x" * 70_000, password="")
    assert visitor.status == 413
    assert "more than a form may hold" in visitor.text


async def test_an_unknown_address_answers_a_head_without_a_page(visitor: Browser) -> None:
    await visitor.sign_in("aigul")
    answer = await visitor.client.head("/nothing")
    assert answer.status == 404
