"""What a slip and the desk say of days: printed once, kept, and missed when nothing comes back."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, update

from jetkiz.channel import Channel
from jetkiz.config import Settings
from jetkiz.homework.model import ReturnState
from jetkiz.homework.tables import homework_return
from jetkiz.i18n import translator
from jetkiz.lessons.tables import lesson
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import Home, PostalWay, Student
from jetkiz.roster.register import learn, read_homes, read_postal_ways, read_students
from jetkiz.roster.tables import household_identity, postal_experience, school
from jetkiz.storage.database import Database
from jetkiz.storage.schema import upgrade
from jetkiz.storage.workplace import Workplace
from print_packs.channel import InPersonChannel, PostChannel
from print_packs.model import PackState
from print_packs.records import read_packs
from print_packs.runs.pack_dates import read_dates
from print_packs.tables import filed_sheet, pack, scan_page, sheet
from print_packs.tracking.overdue import read_overdue
from scheduler.explain import Explainer, Standing
from scheduler.planner import make_plan
from tests.factories import MONDAY, WEEK, People, add_people
from tests.print_school import NOW, a_lesson, printed, workplace_in
from tests.spoken import Jetkiz, stop_the_clock
from tests.weeks_read import read_problem

OSKEMEN, AKTAU, NEAR = "070000", "130000", "071600"
FAR = PostalWay("s1", OSKEMEN, AKTAU)
DUE = date(2026, 2, 20)


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, database)


def at_home(postal: PostalWay) -> Home:
    day = date(2026, 1, 1)
    known = (Fact(FactKind.POST, "yes", Source.SURVEY, day),)
    return Home(Student(1, 1, 1, "2A", 2, "kk"), AccessProfile(known), postal=postal)


def test_a_home_far_away_gets_no_letter_that_comes_too_late(workplace: Workplace) -> None:
    channel, this_week = PostChannel(workplace), a_lesson(task=None)
    refused = channel.can_reach(at_home(FAR), this_week)
    assert not refused.possible
    assert refused.facts == {"days": 9, "posted": "23.01.2026", "last": "30.01.2026"}
    assert channel.can_reach(at_home(replace(FAR, home=NEAR)), this_week).possible


def test_a_task_that_is_due_later_still_goes_by_post(workplace: Workplace) -> None:
    one = a_lesson()
    assert one.task
    later = replace(one, task=replace(one.task, due=DUE))
    channel = PostChannel(workplace)
    assert not channel.can_reach(at_home(FAR), one).possible
    assert channel.can_reach(at_home(FAR), later).possible


def test_what_was_measured_and_what_the_school_says_decide(workplace: Workplace) -> None:
    one = a_lesson(task=None)
    channel = PostChannel(workplace)
    assert channel.can_reach(at_home(replace(FAR, out_days=5)), one).possible
    assert not channel.can_reach(at_home(replace(FAR, home=NEAR, out_days=6)), one).possible
    settings = replace(workplace.settings, village_leg_schools="s1=9")
    slow = PostChannel(replace(workplace, settings=settings))
    assert not slow.can_reach(at_home(replace(FAR, home=NEAR)), one).possible


def test_where_nothing_is_known_the_post_is_not_refused(workplace: Workplace) -> None:
    one = a_lesson(task=None)
    for postal in (PostalWay(), PostalWay("s1", "140000", "150000"), PostalWay("s1", "", AKTAU)):
        assert PostChannel(workplace).can_reach(at_home(postal), one).possible


def test_days_of_rest_hold_the_post_up(workplace: Workplace) -> None:
    """Posted on Friday 20 March 2026, before Nauryz, it comes on Monday 30th instead of Friday."""
    near = at_home(replace(FAR, home=NEAR))
    spring = a_lesson(week="2026-W13", day=date(2026, 3, 26), task=None)
    assert not PostChannel(workplace).can_reach(near, spring).possible
    after = a_lesson(week="2026-W14", day=date(2026, 4, 1), task=None)
    assert PostChannel(workplace).can_reach(near, after).possible


def tell_of_both(connection: Connection, people: People, indexes: Mapping[int, str]) -> None:
    own = {"index6": OSKEMEN}
    connection.execute(update(school).where(school.c.id == people.school).values(address=own))
    for one in read_students(connection, only=[people.alice, people.bob]):
        for kind in (FactKind.POST, FactKind.PICK_UP):
            learn(connection, one.household, Fact(kind, "yes", Source.TEACHER, date(2026, 1, 10)))
        home = household_identity.c.household_id == one.household
        place = {"index6": indexes[one.id]}
        connection.execute(update(household_identity).where(home).values(address=place))
    connection.execute(update(lesson).values(task_text=None, task_due=None, task_pages=None))


def test_the_plan_takes_another_way_and_says_why(workplace: Workplace) -> None:
    channels: dict[str, Channel] = {
        "post": PostChannel(workplace),
        "in_person": InPersonChannel(workplace),
    }
    with workplace.database.write() as connection:
        people = add_people(connection)
        tell_of_both(connection, people, {people.alice: AKTAU, people.bob: NEAR})
        found = read_problem(connection, channels, WEEK, Settings(zone="Asia/Qostanay"), NOW)
    explainer = Explainer(found, make_plan(found).students)
    far, near = (explainer.explain(n, people.lessons[0]) for n in (people.alice, people.bob))
    said = {one.option.channel: one for one in far.lines}
    assert far.choice.channel == "in_person"
    assert said["post"].standing == Standing.FAILED
    assert "may need {days} days" in said["post"].option.test
    assert said["post"].option.facts["days"] == 9
    assert {one.option.channel: one.option.possible for one in near.lines}["post"]


def test_a_school_without_an_address_stands_where_most_of_its_homes_are(
    workplace: Workplace,
) -> None:
    with workplace.database.write() as connection:
        people = add_people(connection)
        ways = read_postal_ways(connection)
        [alice] = read_homes(connection, [people.alice])
        connection.execute(update(household_identity).values(address={}))
        bare = read_postal_ways(connection, [alice.student.household])
    assert alice.postal == PostalWay("s1", "110000", "110000")
    assert set(ways.values()) == {alice.postal, PostalWay("s2", "110000", "110000")}
    assert list(bare.values()) == [PostalWay("s1")]


def test_what_was_measured_for_a_district_stands_in_for_its_offices(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        people = add_people(connection)
        for place, out, back in (("1100", 6, 7), ("110000", None, 3)):
            row = {"school_id": people.school, "place": place, "out_days": out, "back_days": back}
            counts = {"out_packs": 10, "back_packs": 10, "measured_at": NOW}
            connection.execute(postal_experience.insert().values(row | counts))
        [alice] = read_homes(connection, [people.alice])
        [charlie] = read_homes(connection, [people.charlie])
    assert (alice.postal.out_days, alice.postal.back_days) == (6, 3)
    assert (charlie.postal.out_days, charlie.postal.back_days) == (None, None)


def dates_of_week(workplace: Workplace) -> dict[str, Any]:
    with workplace.database.read() as connection:
        found = read_dates(connection, WEEK)
        return {one.consignment: found[one.id] for one in read_packs(connection, week=WEEK)}


def test_what_is_printed_is_kept_and_a_second_making_says_the_same_day(
    workplace: Workplace,
) -> None:
    people = printed(workplace)
    before = dates_of_week(workplace)
    [by_post] = [one for one in before.values() if one.out_days]
    [by_hand] = [one for one in before.values() if not one.out_days]
    assert (by_post.out_days, by_post.back_days, by_post.basis) == (4, 4, "region")
    assert by_post.posted_on == date(2026, 1, 23)
    assert by_post.arrives_by == date(2026, 1, 29)
    assert by_post.overdue_from > by_post.send_by >= by_post.arrives_by
    assert by_hand.send_by <= by_post.send_by
    assert (by_hand.basis, by_hand.is_posted, by_post.is_posted) == ("hand", False, True)
    run = workplace.settings.data / "packs" / WEEK / "run-1"
    sums = (run / "SHA256SUMS").read_text()

    with workplace.database.write() as connection:
        row = {"school_id": people.school, "place": "0119", "out_days": 20, "back_days": 20}
        counts = {"out_packs": 10, "back_packs": 10, "measured_at": NOW}
        connection.execute(postal_experience.insert().values(row | counts))
    from print_packs.runs.remaking import make_week

    make_week(workplace, WEEK)
    assert dates_of_week(workplace) == before
    assert (run / "SHA256SUMS").read_text() == sums
    assert json.loads((run / "job.json").read_text())
    assert by_post.send_by.strftime("%-d") in slip_text(run / "h1.pdf")
    # Printing costs most of this test, so what becomes of the same packs is looked at here.
    answers_are_missed_from_the_day_on(workplace, people)


def slip_text(file: Path) -> str:
    with pypdfium2.PdfDocument(file) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def overdue_codes(connection: Connection, day: date) -> dict[str, int]:
    return {one.print_id: one.tasks for one in read_overdue(connection, day)}


def answers_are_missed_from_the_day_on(workplace: Workplace, people: People) -> None:
    by_post = next(one for one in dates_of_week(workplace).values() if one.out_days)
    with workplace.database.write() as connection:
        [posted, handed] = read_packs(connection, week=WEEK)
        day = by_post.overdue_from
        assert posted.print_id not in overdue_codes(connection, day - timedelta(days=1))
        assert overdue_codes(connection, day) == {posted.print_id: 3, handed.print_id: 3}
        assert overdue_codes(connection, day).keys() == {posted.print_id, handed.print_id}
        assert read_overdue(connection, day, ["2026-W06"]) == []

        file_one_sheet(connection, posted.id)
        assert overdue_codes(connection, day)[posted.print_id] == 2
        work_came(connection, people.alice, people.lessons)
        assert overdue_codes(connection, day) == {handed.print_id: 3}
        connection.execute(update(pack).values(state=PackState.LOST.value))
        assert overdue_codes(connection, day) == {}


def file_one_sheet(connection: Connection, number: int) -> None:
    first = connection.scalars(select(sheet.c.id).where(sheet.c.pack_id == number)).first()
    row = {"sha256": "0" * 64, "source": "scan.pdf", "place": 1, "result": "filed", "turn": 0}
    more = {"media_type": "image/png", "scanned_at": datetime(2026, 2, 2, tzinfo=UTC)}
    made = connection.execute(scan_page.insert().values(row | more)).inserted_primary_key
    assert made
    connection.execute(filed_sheet.insert().values(sheet_id=first, scan_id=made[0]))


def work_came(connection: Connection, student: int, lessons: tuple[int, ...]) -> None:
    for number in lessons:
        row = {"student_id": student, "lesson_id": number, "version": 1, "is_late": False}
        more = {"state": ReturnState.HANDED_IN, "started_at": NOW, "handed_in_at": NOW}
        connection.execute(homework_return.insert().values(row | more))


def test_the_desk_reads_days_and_misses(
    migrated_sqlite: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_the_clock(monkeypatch, NOW)
    shutil.copy(migrated_sqlite, tmp_path / "jetkiz.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'jetkiz.sqlite3'}")
    workplace = workplace_in(tmp_path, database)
    jetkiz = Jetkiz(f"sqlite:///{tmp_path / 'jetkiz.sqlite3'}", tmp_path, capsys)
    assert WEEK in jetkiz.run("packs", "dates", WEEK)
    printed(workplace)
    by_post = next(one for one in dates_of_week(workplace).values() if one.out_days)
    for language in ("en", "kk", "ru"):
        said = jetkiz.run("packs", "dates", WEEK, language=language)
        assert by_post.post_on.strftime("%d.%m.%Y") in said
        assert "16:00" in said
        a_pack_by_hand_has_no_days_of_the_post(jetkiz, language)
        assert "{" not in said
        assert MONDAY.strftime("%d.%m.%Y") not in jetkiz.run("packs", "overdue", language=language)
        missed = jetkiz.run("packs", "overdue", "--on", "2026-03-20", language=language)
        assert by_post.send_by.strftime("%d.%m.%Y") in missed
        assert "Alice" in missed
    an_older_program_called_them_measured(database, workplace)
    database.close()


def a_pack_by_hand_has_no_days_of_the_post(jetkiz: Jetkiz, language: str) -> None:
    """Bob's home was planned for the post, which does not carry its pack."""
    t = translator(language)
    said = jetkiz.run("packs", "dates", WEEK, language=language).splitlines()
    [bob] = [line for line in said if line.startswith("h2 ")]
    [alice] = [line for line in said if line.startswith("h1 ")]
    assert (bob.count("–"), bob[-1], alice.count("–")) == (3, "–", 0)
    assert not any(t("measured by our own packs") in line for line in said)
    assert f"    1  {t('by hand, without the post')}" in said
    status = jetkiz.run("packs", "status", WEEK, language=language).splitlines()
    ways = {home: line for line in status for home in ("h1", "h2") if f"  {home}  " in line}
    assert t("paper by hand") in ways["h2"]
    assert t("paper by hand") not in ways["h1"]
    assert f"  {t('post')}  " in ways["h1"]


def an_older_program_called_them_measured(database: Database, workplace: Workplace) -> None:
    now = dates_of_week(workplace)
    config = Config()
    config.set_main_option("script_location", "jetkiz/migrations")
    with database.reshape() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0032")
    assert {one.basis for one in dates_of_week(workplace).values()} == {"region", "measured"}
    upgrade(database)
    assert dates_of_week(workplace) == now
