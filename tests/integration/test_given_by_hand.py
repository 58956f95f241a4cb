"""Lessons given by hand beside the plan: before it, after it, and by two people at once."""

from pathlib import Path
from threading import Thread

from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Choice, LessonState, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.by_hand import Decision, give_by_hand
from jetkiz.web.permissions import Role, Viewer
from scheduler.preparing import prepare_week
from tests.counting_channel import CountingChannel
from tests.factories import NOW, WEEK, People, add_people, publish_week
from tests.print_school import workplace_in


def _give(place: Workplace, people: People, *lessons: int) -> int | None:
    who = Viewer(1, "aigul", Role.COORDINATOR, people.school, "en")
    with place.database.write() as connection:
        wanted = Decision(people.alice, WEEK, set(lessons), NOW)
        return give_by_hand(connection, place, who, wanted)


def _standing(database: Database, people: People) -> dict[int, LessonState]:
    with database.read() as connection:
        return {one.lesson: one for one in lesson_states(connection, WEEK, [people.alice])}


def test_a_lesson_given_before_the_plan_leaves_the_rest_of_the_week_to_it(
    database: Database, tmp_path: Path
) -> None:
    place = workplace_in(tmp_path, database)
    with database.write() as connection:
        people = add_people(connection)
    first, *rest = people.lessons
    assert _give(place, people, first) == 1
    with database.write() as connection:
        publish_week(connection, people)
    found = _standing(database, people)
    assert set(found) == set(people.lessons)
    assert (found[first].channel, found[first].attempt) == ("in_person", 2)
    assert {(found[one].channel, found[one].attempt) for one in rest} == {("telegram", 1)}
    with database.write() as connection:
        prepare_week(connection, {"telegram": CountingChannel()}, WEEK, NOW)
        sent = read_consignments(connection, week=WEEK)
    by_way = {one.channel: [n for c in one.contents for n in c.lessons] for one in sent}
    assert by_way["in_person"] == [first]


def test_two_people_who_give_lessons_at_once_are_both_heard(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    numbers = []

    def replace(lesson: int, second: Thread | None = None) -> None:
        by_hand = (Choice("in_person", ChoiceReason.TEACHER),)
        plan = StudentPlan(people.alice, (lesson,), by_hand)
        with database.write() as connection:
            numbers.append(ledger.replace_attempt(connection, WEEK, 1, plan, people.school))
            if second:
                second.start()
                # Long enough for the other to come as far as our lock.
                second.join(0.5)

    second = Thread(target=replace, args=(people.lessons[1],))
    replace(people.lessons[0], second)
    second.join()
    assert numbers == [2, 3]
    found = _standing(database, people)
    assert [found[one].channel for one in people.lessons] == ["in_person", "in_person", "telegram"]
