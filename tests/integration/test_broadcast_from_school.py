"""What a school has to air: its lessons, its homes as counts without a name, its channels."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from broadcast.capacity.words import unreached_line
from broadcast.problem.channels_file import channels_of_week, with_rules
from broadcast.problem.from_school import NO_CHANNEL, NO_WINDOW, TOO_LONG, week_to_air
from broadcast.problem.model import HomeKind, Hours, Medium, Meta
from broadcast.problem.reading import read_problem
from broadcast.problem.writing import problem_bytes
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.lessons.tables import lesson, lesson_grade
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import fact_row
from jetkiz.roster.tables import access_fact, household, school, student
from jetkiz.storage.database import Database
from tests.factories import MONDAY, WEEK, add_lesson, add_people

WORKDAYS = (0, 1, 2, 3, 4)
ELSEWHERE = {
    "sourced_id": "s-75",
    "name": "School",
    "zone": "Asia/Almaty",
    "region_kato": "750000000",
    "address": {},
}
CHANNELS = """
[[students]]
grades = [1, 2, 3, 4]
latest = "20:00"
max_run = 45

[[channel]]
key = "balapan"
name = "Balapan"
kind = "tv"
xmltv_id = "balapan.kz"
languages = ["kk"]
zone = "Asia/Almaty"
days = ["mon", "tue", "wed", "thu", "fri"]
windows = ["09:00-10:00", "sat 10:00-11:00"]
repeat_windows = ["18:00-19:00"]
grid_minutes = 5

[[channel]]
key = "dala"
name = "Dala FM"
kind = "radio"
xmltv_id = "dala.kz"
languages = ["kk"]
regions = ["39"]
zone = "Asia/Qostanay"
windows = ["14:00-15:00"]
day_start = "05:00"
min_gap = 5
fillers = [{name = "Ән", asset = "F1"}]
reserves = ["balapan: fri 11:00-12:00"]
"""


def _homes(connection: Connection, count: int, grades: Sequence[int], **facts: str) -> None:
    """Add homes of one region, each with children of these grades and the same answers."""
    where = connection.execute(
        insert(school).values(
            sourced_id=f"s{count}{grades}{sorted(facts.items())}",
            name="School",
            zone="Asia/Qostanay",
            region_kato="391000000",
            address={},
        )
    ).inserted_primary_key[0]
    for number in range(count):
        values = {"school_id": where, "sourced_id": f"h{number}", "language": "kk"}
        values |= {"delivery_mode": "post", "active": True}
        home = connection.execute(insert(household).values(values)).inserted_primary_key[0]
        child = {"school_id": where, "household_id": home, "language": "kk", "active": True}
        connection.execute(insert(student), [child | {"grade": grade} for grade in grades])
        rows = [
            fact_row(home, None, Fact(FactKind(kind), value, Source.SURVEY, MONDAY))
            for kind, value in facts.items()
        ]
        connection.execute(insert(access_fact), rows)


def _lesson(connection: Connection, code: str, grade: int, **values: object) -> None:
    number = add_lesson(connection, code, 1)
    said = {"needs_picture": True} | values
    connection.execute(lesson.update().where(lesson.c.id == number).values(said))
    connection.execute(
        lesson_grade.update().where(lesson_grade.c.lesson_id == number).values(grade=grade)
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "channels.toml").write_text(CHANNELS, "utf-8")
    return Settings(data=tmp_path)


def test_a_week_is_told_with_homes_as_counts(database: Database, settings: Settings) -> None:
    with database.write() as connection:
        _lesson(connection, "math", 2, minutes=13)
        _lesson(connection, "tale", 5, needs_picture=False, day=MONDAY + timedelta(days=1))
        _lesson(connection, "film", 5, needs_picture=False, kind="video", place=2)
        _homes(connection, 6, (2, 5), tv="balapan", radio="dala", internet="none")
        _homes(connection, 7, (2,), tv="balapan, el_arna", telegram="linked")
        _homes(connection, 8, (5,), tv="none", radio="dala", internet="4g", phone="none")
        _homes(connection, 9, (5,), tv="unknown")
        _homes(connection, 4, (2,), tv="el_arna", internet="none")
    with database.read() as connection:
        made = week_to_air(connection, WEEK, settings, {("math", "kk"): 2.5})
    problem = made.problem
    assert made.left_out == ()
    assert problem.homes == (
        HomeKind(("kk-5.radio",), 8, 1, tv_sets=0, radios=1, region="39"),
        HomeKind(("kk-2", "kk-5", "kk-5.radio"), 6, 2, region="39"),
    )
    told = {one.id: (one.students, one.alone, one.medium) for one in problem.streams}
    assert told == {
        "kk-2": (17, 6, Medium.TV),
        "kk-5": (23, 6, Medium.TV),
        "kk-5.radio": (23, 14, Medium.RADIO),
    }
    assert [(one.id, one.minutes, one.day, one.value) for one in problem.lessons] == [
        ("film.kk", 15, 0, None),
        ("math.kk", 15, 0, 2.5),
        ("tale.kk", 15, 1, None),
        ("tale.kk.radio", 15, 1, None),
    ]
    assert problem.regions == {"39": "Asia/Qostanay"}
    assert read_problem(problem_bytes(problem)) == problem


def test_two_lessons_of_a_subject_on_a_day_may_be_if_teachers_gave_them(
    database: Database, settings: Settings
) -> None:
    with database.write() as connection:
        _lesson(connection, "math", 2)
        _lesson(connection, "tale", 5)
        one = week_to_air(connection, WEEK, settings).problem
        _lesson(connection, "math-again", 2)
        two = week_to_air(connection, WEEK, settings).problem
    assert (one.policy.one_a_day, two.policy.one_a_day) == (True, False)
    assert (one.meta.iterations, two.meta.iterations) == (200, 300), "a village need not wait"


def test_channels_lend_what_their_file_says(database: Database, settings: Settings) -> None:
    with database.write() as connection:
        _lesson(connection, "math", 2)
        _homes(connection, 5, (2,), tv="balapan")
    with database.read() as connection:
        problem = week_to_air(connection, WEEK, settings).problem
    balapan, dala = problem.channels
    assert balapan.windows == (Hours(WORKDAYS, 540, 600), Hours((5,), 600, 660))
    assert balapan.repeat_windows == (Hours(WORKDAYS, 1080, 1140),)
    assert balapan.guide_id == "balapan.kz"
    assert (dala.medium, dala.day_start, dala.min_gap) == (Medium.RADIO, 300, 5)
    assert dala.windows == (Hours(tuple(range(7)), 840, 900),)
    assert (dala.fillers[0].asset, dala.reserves[0].channel) == ("F1", "balapan")
    assert [(one.latest, one.max_run) for one in problem.streams] == [(1200, 45)]


def test_who_does_not_hear_depends_on_lessons_with_an_interpreter(
    database: Database, settings: Settings
) -> None:
    """And no number of a class tells that there is such a child."""
    with database.write() as connection:
        _lesson(connection, "math", 2, sign_language=True)
        _lesson(connection, "tale", 5, needs_picture=False, sign_language=True)
        _lesson(connection, "song", 7, needs_picture=False)
        _homes(connection, 6, (2,), tv="balapan", radio="dala")
        _homes(connection, 7, (5,), tv="balapan", radio="dala")
        _homes(connection, 8, (7,), tv="balapan", radio="dala")
        connection.execute(student.update().values(needs="sign_language"))
    with database.read() as connection:
        problem = week_to_air(connection, WEEK, settings).problem
    assert [one.id for one in problem.lessons if one.sign_language] == ["math.kk", "tale.kk"]
    assert [(one.streams, one.count) for one in problem.homes] == [(("kk-2",), 6), (("kk-5",), 7)]
    assert {one.id: (one.students, one.alone) for one in problem.streams} == {
        "kk-2": (6, 6),
        "kk-5": (7, 7),
        "kk-5.radio": (7, 0),
        "kk-7": (8, 0),
        "kk-7.radio": (8, 0),
    }


def test_a_channel_of_another_region_is_not_asked(database: Database, settings: Settings) -> None:
    text = CHANNELS.replace('regions = ["39"]', 'regions = ["75"]')
    (settings.data / "channels.toml").write_text(text, "utf-8")
    with database.write() as connection:
        _lesson(connection, "tale", 5, needs_picture=False)
        _homes(connection, 5, (5,), tv="balapan", radio="dala")
    with database.read() as connection:
        problem = week_to_air(connection, WEEK, settings).problem
    assert [one.id for one in problem.channels] == ["balapan"]
    assert [one.id for one in problem.lessons] == ["tale.kk"]


def test_students_whom_no_channel_reaches_are_named_by_region(
    database: Database, settings: Settings
) -> None:
    text = CHANNELS.replace('languages = ["kk"]', 'languages = ["kk"]\nregions = ["75"]', 1)
    (settings.data / "channels.toml").write_text(text, "utf-8")
    with database.write() as connection:
        _lesson(connection, "tale", 5, needs_picture=False)
        _homes(connection, 5, (5,), tv="balapan", radio="dala")
        connection.execute(insert(school).values(ELSEWHERE))
        child = {"school_id": 2, "household_id": 1, "language": "kk", "active": True, "grade": 5}
        connection.execute(insert(student).values(child))
    with database.read() as connection:
        made = week_to_air(connection, WEEK, settings)
    assert made.left_out == ()
    assert made.unreached == (("kk-5", "39"), ("kk-5.radio", "75"))
    assert {one.id: one.regions for one in made.problem.streams} == {
        "kk-5": ("75",),
        "kk-5.radio": ("39",),
    }
    assert unreached_line("kk-5", "39", translator("ru")).count("Костанайская") == 1


def test_what_no_channel_could_air_is_named_with_the_reason(
    database: Database, settings: Settings
) -> None:
    with database.write() as connection:
        _lesson(connection, "math", 2)
        _lesson(connection, "long", 2, minutes=50)
        _lesson(connection, "songs", 2, language="ru")
        _lesson(connection, "dance", 3, minutes=45)
    text = CHANNELS.replace(
        'windows = ["09:00-10:00", "sat 10:00-11:00"]', 'windows = ["9:00-9:30"]'
    )
    (settings.data / "channels.toml").write_text(text, "utf-8")
    with database.read() as connection:
        made = week_to_air(connection, WEEK, settings)
    assert {one.lesson: one.reason for one in made.left_out} == {
        "long.kk": TOO_LONG,
        "songs.ru": NO_CHANNEL,
        "dance.kk": NO_WINDOW,
    }
    assert [one.id for one in made.problem.lessons] == ["math.kk"]


def test_the_shipped_channels_serve_a_school_of_unknown_region(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as connection:
        add_people(connection)
    with database.read() as connection:
        problem = week_to_air(connection, WEEK, Settings(data=tmp_path)).problem
    assert {one.id: one.regions for one in problem.channels} == {
        "balapan": ("kz",),
        "el_arna": ("kz",),
    }
    assert problem.regions == {"kz": "Asia/Qostanay"}
    assert problem.homes == ()
    assert len(problem.lessons) == 3


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('languages = ["kk"]', "languages = []", "the channel has no language"),
        ('"18:00-19:00"', '"09:30-19:00"', "overlap"),
        ('"18:00-19:00"', '"late"', 'Hours look like "09:00-18:00"'),
        ('zone = "Asia/Almaty"', 'zone = "Mars"', "A time zone looks like"),
        ('latest = "20:00"', 'latest = "bedtime"', "A time looks like"),
        ("min_gap = 5", "gap = 5", "there is no gap here"),
        ('regions = ["39"]', 'regions = ["99"]', "nothing else tells of 99"),
        ('xmltv_id = "dala.kz"', 'xmltv_id = "dala"', "cannot stand in a guide"),
        ('xmltv_id = "dala.kz"', 'xmltv_id = "balapan.kz"', "balapan.kz stands there twice"),
        ('key = "dala"', 'key = "balapan"', "balapan stands there twice"),
        ('"balapan: fri', '"rts3: fri', "nothing else tells of rts3"),
        ("[[channel]]", "[[channel]", "cannot be read"),
    ],
)
def test_a_fault_of_the_list_of_channels_is_named(
    settings: Settings, old: str, new: str, words: str
) -> None:
    (settings.data / "channels.toml").write_text(CHANNELS.replace(old, new), "utf-8")
    meta = Meta(WEEK, "Asia/Almaty", MONDAY, 7)
    with pytest.raises(JetkizError, match=words):
        assert channels_of_week(settings.data, meta, ["39"]) == with_rules(settings.data, [])


def test_a_week_without_lessons_is_refused(database: Database, settings: Settings) -> None:
    with database.read() as connection, pytest.raises(JetkizError, match="no lessons for week"):
        week_to_air(connection, WEEK, settings)
