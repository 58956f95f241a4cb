"""What follows for students and families when an airing is moved, falls out, or was not aired."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channel import TelegramChannel
from bot.chats import links
from bot.chats.preferences import change_preferences
from bot.holding_back import hold_back
from bot.tables import outbox
from broadcast.as_run.importing import LogFile, import_log
from broadcast.as_run.profiles import log_profile
from broadcast.channel import BroadcastChannel
from broadcast.consequences import Followed, follow_log, publish_and_tell
from broadcast.plan.model import AiringStatus, Plan, Unplaced
from broadcast.revisions import keep_draft, read_kept
from jetkiz.channel import TellsOfAirings
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from scheduler.falling_back import fall_back
from tests.air_evenings import Air, on_air
from tests.air_weeks import FIRST, air_plan, air_problem
from tests.factories import NOW, WEEK
from tests.plain_channels import PlainChannel
from tests.second_way_school import CHECK, HandChannel

A, B, C, AGAIN = "w05-0.1", "w05-1.1", "w05-2.1", "w05-0.2"
GOT, LOST, WAITS = State.DELIVERED, State.FAILED, State.PLANNED
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOTHER, FATHER, OTHERS = 11, 12, 13
NIGHT = datetime(2026, 1, 26, 18, tzinfo=UTC)


@pytest.fixture
def air(database: Database, tmp_path: Path) -> Air:
    return on_air(database, tmp_path)


def link(air: Air, phone: int, *students: int, language: str = "en") -> None:
    with air.database.write() as connection:
        chat = links.open_chat(connection, 1, phone, language)
        for student in students:
            links.link(connection, chat, student, "guardian", NOW)


def revise(
    air: Air, plan: Plan, now: datetime = NOW, without: Collection[str] = (), **starts: datetime
) -> tuple[Plan, Followed]:
    """Publish the plan with airings moved or cancelled; ``starts`` are by the end of the code."""
    moved = []
    for one in plan.airings:
        start = starts.get(f"at_{one.id.replace('-', '_').replace('.', '_')}")
        changed = replace(one, start=start, sequence=one.sequence + 1) if start else one
        gone = replace(one, status=AiringStatus.CANCELLED, sequence=one.sequence + 1)
        moved.append(gone if one.id in without else changed)
    none = [Unplaced(one.lesson, "fell out") for one in moved if one.id in without]
    lost = tuple(one for one in none if not any(a.stands and a.lesson == one.lesson for a in moved))
    changed_plan = replace(plan, parent=plan.revision, airings=tuple(moved), unplaced=lost)
    tellers = [TelegramChannel(air.workplace)]
    with air.database.write() as connection:
        number = keep_draft(connection, WEEK, air_problem(), changed_plan, now)
        _, found = publish_and_tell(connection, tellers, WEEK, number, ("aigul", now))
        return read_kept(connection, WEEK, number).plan, found


def messages(air: Air, phone: int) -> list[str]:
    """Return the texts for a phone, those that were taken back left out."""
    with air.database.read() as connection:
        rows = connection.execute(
            select(outbox).where(outbox.c.chat_id == phone).order_by(outbox.c.id)
        )
        return [row.payload["text"] for row in rows if row.state != "dropped"]


def row_of(air: Air, phone: int) -> Any:
    """Return the newest message for a phone."""
    with air.database.read() as connection:
        query = select(outbox).where(outbox.c.chat_id == phone).order_by(outbox.c.id.desc())
        return connection.execute(query.limit(1)).one()


def test_the_bot_tells_of_airings_and_no_other_channel_must(air: Air) -> None:
    assert isinstance(TelegramChannel(air.workplace), TellsOfAirings)
    assert not isinstance(PlainChannel(), TellsOfAirings)


def test_a_moved_airing_is_told_once_to_each_home_it_concerns(air: Air) -> None:
    link(air, MOTHER, air.people.alice)
    link(air, FATHER, air.people.alice, language="ru")
    link(air, OTHERS, air.people.charlie)

    plan, found = revise(air, air_plan(), at_w05_1_1=FIRST + DAY + HOUR)

    assert found.concerned == (air.people.alice, air.people.bob)
    assert (found.told, found.untold) == ((air.people.alice,), (air.people.bob,))
    (said,) = messages(air, MOTHER)
    assert "Tuesday, 27 January, 09:00, Balapan, but Tuesday, 27 January, 10:00, Balapan" in said
    assert "<b>Alice</b>" in said
    assert "вторник, 27 января" in messages(air, FATHER)[0]
    assert messages(air, OTHERS) == []
    assert air.states(air.people.alice) == [WAITS] * 3

    _, again = revise(air, plan)
    assert (again, len(messages(air, MOTHER))) == (Followed(), 1)


def test_who_left_and_who_cannot_follow_is_told_of_no_hour(air: Air) -> None:
    """Alice's mother would look for a lesson that nobody signs, and Bob is gone."""
    link(air, MOTHER, air.people.alice, air.people.bob)
    c = student.c
    with air.database.write() as connection:
        deaf = update(student).where(c.id == air.people.alice)
        connection.execute(deaf.values(needs="sign_language"))
        connection.execute(update(student).where(c.id == air.people.bob).values(active=False))

    _, found = revise(air, air_plan(), at_w05_1_1=FIRST + DAY + HOUR)

    assert (found, messages(air, MOTHER)) == (Followed(), [])
    assert air.states(air.people.alice) == [WAITS, LOST, WAITS]


def test_all_changes_and_all_children_of_a_phone_come_as_one_message(
    air: Air, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many students are looked at in one part."""
    monkeypatch.setattr("broadcast.consequences._AT_ONCE", 1)
    link(air, MOTHER, air.people.alice, air.people.bob)

    _, found = revise(air, air_plan(), without=[AGAIN], at_w05_1_1=FIRST + DAY + HOUR)

    assert found.told == (air.people.alice, air.people.bob)
    (said,) = messages(air, MOTHER)
    assert (said.count("<b>Alice</b>"), said.count("<b>Bob</b>")) == (2, 2)
    assert "You can see it" not in said.split("\n\n")[0]


def test_a_repeat_that_falls_out_names_the_airing_that_is_left(air: Air) -> None:
    link(air, MOTHER, air.people.alice)

    revise(air, air_plan(), without=[AGAIN])

    (said,) = messages(air, MOTHER)
    assert "16:00, Second, but Monday, 26 January, 09:00, Balapan" in said


def test_a_lesson_that_falls_out_altogether_has_failed_and_is_handed_to_the_planner(
    air: Air,
) -> None:
    link(air, MOTHER, air.people.alice)

    _, found = revise(air, air_plan(), without=[B])

    assert air.states(air.people.alice) == [WAITS, LOST, WAITS]
    assert found.alone == (air.people.alice, air.people.bob)
    assert (found.other_way, found.lost) == ((), ("w05-1",))
    assert "looking for another way" in messages(air, MOTHER)[0]


def test_what_changes_again_before_it_is_sent_is_told_as_it_is_now(air: Air) -> None:
    link(air, MOTHER, air.people.alice)
    plan, _ = revise(
        air, air_plan(), NIGHT, at_w05_1_1=FIRST + DAY + HOUR, at_w05_2_1=FIRST + 2 * DAY + HOUR
    )

    revise(air, plan, NIGHT, at_w05_1_1=FIRST + DAY + 3 * HOUR)

    (said,) = messages(air, MOTHER)
    assert "not Tuesday, 27 January, 09:00, Balapan, but Tuesday, 27 January, 12:00" in said
    assert "28 January, 10:00" in said, "the other change is not lost"
    assert said.count("<b>") == 2


def test_what_has_left_already_is_followed_by_a_second_message(air: Air) -> None:
    link(air, MOTHER, air.people.alice)
    plan, _ = revise(air, air_plan(), at_w05_1_1=FIRST + DAY + HOUR)
    with air.database.write() as connection:
        connection.execute(update(outbox).values(state="sent"))

    revise(air, plan, at_w05_1_1=FIRST + DAY + 2 * HOUR)

    assert [said.count("<b>") for said in messages(air, MOTHER)] == [1, 1]


def test_a_message_waits_for_the_morning_unless_the_airing_is_sooner(air: Air) -> None:
    link(air, MOTHER, air.people.alice)
    revise(air, air_plan(), NIGHT, at_w05_2_1=FIRST + 2 * DAY + HOUR)
    assert row_of(air, MOTHER).is_held

    late = NIGHT + 2 * HOUR
    with air.database.write() as connection:
        chat = links.find_chat(connection, 1, MOTHER)
        assert chat
        change_preferences(connection, chat, quiet_until=datetime(2026, 1, 1, 11).time())  # noqa: DTZ001
        kept = read_kept(connection, WEEK)
    revise(air, kept.plan, late, at_w05_1_1=FIRST + DAY + HOUR)

    urgent = row_of(air, MOTHER)
    assert (urgent.is_held, urgent.payload["disable_notification"]) == (False, True)


def test_a_phone_that_is_cut_off_hears_no_more_of_airings(air: Air) -> None:
    link(air, MOTHER, air.people.alice)
    revise(air, air_plan(), NIGHT, at_w05_2_1=FIRST + 2 * DAY + HOUR)

    with air.database.write() as connection:
        chat = links.find_chat(connection, 1, MOTHER)
        assert chat
        assert hold_back(connection, chat, air.people.alice, NIGHT) == 1

    assert messages(air, MOTHER) == []


def after_log(air: Air, *lines: str, now: datetime = NIGHT) -> Followed:
    file = LogFile("\n".join(["airing;status", *lines, ""]).encode())
    tellers = [TelegramChannel(air.workplace)]
    with air.database.write() as connection:
        done = import_log(connection, WEEK, file, log_profile("jetkiz"), "aigul", now)
        return follow_log(connection, tellers, WEEK, done, now)


def test_who_did_not_see_a_lesson_is_told_where_it_comes_again(air: Air) -> None:
    link(air, MOTHER, air.people.alice)
    now = FIRST + HOUR

    found = after_log(air, f"{A};missed", now=now)
    again = after_log(air, f"{A};missed", now=now)

    assert (found.concerned, found.alone) == ((air.people.alice, air.people.bob), ())
    assert again == Followed()
    (said,) = messages(air, MOTHER)
    assert "was not shown as announced" in said
    assert "You can see it Monday, 26 January, 16:00, Second" in said


def test_a_later_log_tells_only_of_what_is_new_in_it(air: Air) -> None:
    now = FIRST + 2 * DAY + HOUR
    assert after_log(air, f"{B};missed", now=now).lost == ("w05-1",)
    assert after_log(air, f"{B};missed", f"{C};missed", now=now).lost == ("w05-2",)


def test_what_is_over_is_announced_to_nobody_any_more(air: Air) -> None:
    link(air, MOTHER, air.people.alice)

    _, found = revise(air, air_plan(), FIRST + 8 * HOUR, without=[AGAIN])

    assert (found.concerned, messages(air, MOTHER)) == ((), [])


def test_an_airing_that_makes_up_for_a_lost_one_is_told(air: Air) -> None:
    link(air, MOTHER, air.people.alice)
    lost = after_log(air, f"{B};missed", now=FIRST + DAY + HOUR)
    assert lost.alone == (air.people.alice, air.people.bob)
    with air.database.read() as connection:
        plan = read_kept(connection, WEEK).plan
    first = next(one for one in plan.airings if one.id == B)
    makeup = replace(
        first,
        id="w05-1.2",
        start=first.start + DAY - HOUR,
        status=AiringStatus.PLANNED,
        supersedes=B,
    )

    _, found = revise(air, replace(plan, airings=(*plan.airings, makeup)), FIRST + DAY + 2 * HOUR)

    assert found.told == (air.people.alice,)
    (said,) = messages(air, MOTHER)
    assert "You can see it Wednesday, 28 January, 08:00, Balapan" in said
    assert air.airings()[B][0] == AiringStatus.MISSED


def test_a_second_way_takes_over_what_was_not_aired_and_who_has_none_comes_first(
    database: Database, tmp_path: Path
) -> None:
    air = on_air(database, tmp_path, second_way="in_person")
    now = FIRST + DAY + HOUR

    found = after_log(air, f"{B};missed", now=now)

    assert (found.alone, found.other_way) == ((air.people.alice,), (air.people.bob,))
    channels = {"broadcast": BroadcastChannel(air.workplace), "in_person": HandChannel()}
    with air.database.write() as connection:
        orders = fall_back(connection, channels, WEEK, CHECK, now)
    taken = [(one.student, one.lesson, one.to_channel, one.reason) for one in orders]
    lesson = air.people.lessons[1]
    assert (air.people.bob, lesson, "in_person", FailureReason.NOT_AIRED) in taken
    assert {student for student, *_ in taken} == {air.people.bob}
