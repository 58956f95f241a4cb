"""Lessons given by hand beside the plan: before it, after it, and by two people at once."""

from dataclasses import replace
from pathlib import Path
from threading import Thread

from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_consignments
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Choice, LessonState, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.i18n import translator
from jetkiz.staff.permissions import Role, Viewer
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.by_hand import Decision, give_by_hand
from jetkiz.web.pages.why import Asked, explain_choice
from print_packs.channel import InPersonChannel
from scheduler.preparing import prepare_week
from tests.counting_channel import CountingChannel
from tests.factories import BY_TELEGRAM, NOW, WEEK, People, add_people, publish_week
from tests.print_school import workplace_in
from tests.statement_counts import rows_counted


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

    def write(lesson: int, second: Thread | None = None) -> None:
        by_hand = (Choice("in_person", ChoiceReason.TEACHER),)
        plan = StudentPlan(people.alice, (lesson,), by_hand)
        with database.write() as connection:
            numbers.append(ledger.replace_attempt(connection, WEEK, 1, plan, people.school))
            if second:
                second.start()
                # Long enough for the other to come as far as our lock.
                second.join(0.5)

    second = Thread(target=write, args=(people.lessons[1],))
    write(people.lessons[0], second)
    second.join()
    assert numbers == [2, 3]
    found = _standing(database, people)
    assert [found[one].channel for one in people.lessons] == ["in_person", "in_person", "telegram"]


def test_giving_one_student_a_lesson_prepares_nothing_of_anybody_else(
    database: Database, tmp_path: Path
) -> None:
    place = workplace_in(tmp_path, database)
    by_hand = Choice("in_person", ChoiceReason.ONLY_CHANNEL)
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, BY_TELEGRAM, by_hand)
    first, planned, _ = people.lessons
    assert _give(place, people, first) == 1

    def packs() -> list[list[tuple[int, tuple[int, ...]]]]:
        with database.read() as connection:
            kept = read_consignments(connection, week=WEEK)
        return [[(c.student, c.lessons) for c in one.contents] for one in kept]

    # Her own lesson that was to be fetched anyway lies in a pack too: one step for one student.
    assert sorted(packs()) == [[(people.alice, (first,))], [(people.alice, (planned,))]]
    assert _give(place, people, first) == 0
    assert len(packs()) == 2
    with database.write() as connection:
        channels = {"in_person": InPersonChannel(place)}
        assert prepare_week(connection, channels, WEEK, NOW).consignments == 1
    assert packs()[2] == [(people.bob, (planned,))]


def test_giving_a_lesson_by_hand_reads_nobody_else(
    sqlite_database: Database, tmp_path: Path
) -> None:
    place = workplace_in(tmp_path, sqlite_database)
    crowd = range(1_000, 1_200)
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        by_hand = (Choice("in_person", ChoiceReason.ONLY_CHANNEL),) * len(people.lessons)
        plans = [StudentPlan(one, people.lessons, by_hand) for one in crowd]
        ledger.publish(connection, WEEK, 1, plans, dict.fromkeys(crowd, people.school))
        who = Viewer(1, "aigul", Role.COORDINATOR, people.school, "en")
        wanted = Decision(people.alice, WEEK, {people.lessons[0]}, NOW)
        with rows_counted(connection) as rows:
            assert give_by_hand(connection, place, who, wanted) == 1
    assert rows.read < len(crowd)


def test_asking_why_does_not_wait_for_who_writes(sqlite_database: Database, tmp_path: Path) -> None:
    place = workplace_in(tmp_path, sqlite_database)
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    who = Viewer(1, "aigul", Role.COORDINATOR, people.school, "en")
    asked = Asked(people.alice, WEEK, people.lessons[0], translator("en"))
    with sqlite_database.write(), sqlite_database.read() as connection:
        answer = explain_choice(connection, place, who, asked)
        teacher = replace(who, role=Role.TEACHER)
        assert explain_choice(connection, place, teacher, asked) is None
    assert answer
    assert answer.line.lesson.id == people.lessons[0]
