"""A nation's day on the air, in PostgreSQL: who watches what, made by a few statements in sets.

Three of ten students get the lessons of the day by TV. Each lesson has nine airings on four
channels; of every fiftieth airing the log says that it fell out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

WEEK: Final = "2026-W05"
MONDAY: Final = date(2026, 1, 26)
MORNING: Final = datetime(2026, 1, 26, 3, tzinfo=UTC)
EVENING: Final = datetime(2026, 1, 26, 15, tzinfo=UTC)
LANGUAGES: Final = ("kk", "ru")
GRADES: Final = 11
A_DAY: Final = 5
AIRINGS: Final = 9
# Homes of five kinds: which of the four channels of their language they receive.
_PEOPLE = """
INSERT INTO school (id, sourced_id, name, zone, region_kato, address)
SELECT n, n::text, n::text, 'Asia/Almaty', (ARRAY['39', '59', '75'])[1 + n % 3], '{}'
FROM generate_series(1, 1 + :students / 500) AS n;
INSERT INTO household (id, school_id, sourced_id, language, delivery_mode, active)
SELECT n, 1 + n / 250, n::text, (ARRAY['kk', 'ru'])[1 + n % 2], 'pick_up', true
FROM generate_series(1, :students / 2) AS n;
INSERT INTO student (id, school_id, household_id, grade, language, needs, active)
SELECT n, 1 + home / 250, home, 1 + n % 11, (ARRAY['kk', 'ru'])[1 + home % 2],
    CASE WHEN n % 1000 = 3 THEN 'sign_language' ELSE '' END, true
FROM generate_series(1, :students) AS n, LATERAL (SELECT 1 + (n - 1) / 2 AS home) AS at
WHERE home <= :students / 2;
INSERT INTO access_fact (key, household_id, kind, value, source, asked_on, confidence)
SELECT 'tv:' || n, n, 'tv',
    (ARRAY['ch0,ch1', 'ch1,ch2', 'ch2,ch3', 'ch0,ch1,ch2,ch3', 'unknown'])[1 + n % 5],
    2, '2026-01-10', 1.0
FROM generate_series(1, :students / 2) AS n WHERE n % 10 < 3;
"""
_WATCHERS = """
INSERT INTO student_week (student_id, school_id, template_id, week, attempt)
SELECT one.id, one.school_id, template.id, :week, 1
FROM student one
JOIN curriculum_slot slot ON slot.slot = 0
JOIN lesson_grade grade ON grade.lesson_id = slot.lesson_id AND grade.grade = one.grade
JOIN lesson ON lesson.id = slot.lesson_id AND lesson.language = one.language
JOIN plan_template template ON template.curriculum_id = slot.curriculum_id;
INSERT INTO consignment_content (consignment_id, student_id, attempt, lessons)
SELECT parcel.id, one.id, 1, to_jsonb(ARRAY[parcel.lesson_id])
FROM student one
JOIN lesson ON lesson.language = one.language
JOIN lesson_grade grade ON grade.lesson_id = lesson.id AND grade.grade = one.grade
JOIN consignment parcel ON parcel.lesson_id = lesson.id
WHERE one.household_id % 10 < 3;
ANALYZE;
"""


@contextmanager
def aired_nation(students: int) -> Iterator[tuple[Any, int]]:
    """Give a database with so many students, and how many lessons of theirs the day aired."""
    from sqlalchemy import func, select

    from jetkiz.delivery.tables import consignment_content
    from jetkiz.storage.database import Database
    from jetkiz.storage.schema import upgrade
    from tests.postgres_server import running_server

    with running_server() as server:
        server.execute("CREATE DATABASE nation")
        database = Database(server.url("nation"))
        upgrade(database)
        with database.write() as connection:
            _in_sets(connection, _PEOPLE, students)
            _lessons(connection)
            _plans(connection)
            _in_sets(connection, _WATCHERS, students)
        with database.read() as connection:
            count = connection.scalar(select(func.count()).select_from(consignment_content)) or 0
        yield database, count
        database.close()


def _in_sets(connection: Any, statements: str, students: int) -> None:
    from jetkiz.storage.column_types import week_number

    for one in filter(str.strip, statements.split(";")):
        said = one.replace(":students", str(students)).replace(":week", str(week_number(WEEK)))
        said = said.replace("%", "%%")
        connection.exec_driver_sql(said)


def _numbers() -> list[tuple[int, str, int, int]]:
    """Return number, language, grade and place of each lesson of the day."""
    places = [(x, y, z) for x in LANGUAGES for y in range(1, GRADES + 1) for z in range(A_DAY)]
    return [(number, *place) for number, place in enumerate(places, start=1)]


def _lessons(connection: Any) -> None:
    """Write the lessons, nine airings of each, and the consignments of the day."""
    from broadcast.tables import airing
    from jetkiz.delivery.tables import batch, consignment
    from jetkiz.lessons.tables import lesson, lesson_grade

    head = {"week": WEEK, "day": MONDAY, "subject": "math", "title": "T", "kind": "text"}
    head |= {"minutes": 15, "needs_picture": True, "weight": 1.0, "text": "", "licence": {}}
    head |= {"content_hash": "", "imported_at": MORNING}
    rows = [
        {"id": n, "code": str(n), "language": language, "place": place, "sign_language": not n % 4}
        for n, language, _, place in _numbers()
    ]
    connection.execute(lesson.insert(), [row | head for row in rows])
    grades = [{"lesson_id": n, "grade": grade} for n, _, grade, _ in _numbers()]
    connection.execute(lesson_grade.insert(), grades)
    connection.execute(
        airing.insert(), [_airing(n, turn) for n, *_ in _numbers() for turn in _TURNS]
    )
    about = {"channel": "broadcast", "week": WEEK, "created_at": MORNING, "not_before": MORNING}
    connection.execute(batch.insert().values(id=1, key="b", state=2, **about))
    parcel = {"batch_id": 1, "channel": "broadcast", "kind": "airing", "week": WEEK}
    parcel |= {"due": MONDAY, "at": "09:00", "payload": {}}
    parcels = [
        {"id": n, "key": f"broadcast:{WEEK}:l{n}", "lesson_id": n} | parcel for n, *_ in _numbers()
    ]
    connection.execute(consignment.insert(), parcels)


_TURNS: Final = tuple(range(AIRINGS))


def _airing(lesson: int, turn: int) -> dict[str, Any]:
    return {
        "week": WEEK,
        "code": f"{lesson}.{turn}",
        "lesson_id": lesson,
        "channel": f"ch{turn % 4}",
        "start": MORNING + timedelta(minutes=5 * (lesson % 40), hours=turn),
        "minutes": 15,
        "kind": "repeat" if turn else "first",
        "status": "published",
        "sequence": 0,
        "changed_at": MORNING,
    }


def _plans(connection: Any) -> None:
    """Write what the plan says of a grade in a language: all its lessons by TV."""
    from jetkiz.delivery.model import Choice
    from jetkiz.delivery.reasons import ChoiceReason
    from jetkiz.delivery.slots import encode, encode_fallbacks, lessons_hash
    from jetkiz.delivery.tables import curriculum, curriculum_slot, plan_template

    numbers = [n for n, *_ in _numbers()]
    groups = [numbers[at : at + A_DAY] for at in range(0, len(numbers), A_DAY)]
    channels, reasons = encode((Choice("broadcast", ChoiceReason.ONLY_CHANNEL),) * A_DAY)
    content = {"channels": channels, "reasons": reasons, "fallbacks": encode_fallbacks(())}
    for key, lessons in enumerate(groups, start=1):
        row = {"id": key, "week": WEEK, "lessons_hash": lessons_hash(lessons)}
        connection.execute(curriculum.insert().values(row))
        slots = [{"curriculum_id": key, "slot": n, "lesson_id": x} for n, x in enumerate(lessons)]
        connection.execute(curriculum_slot.insert(), slots)
        plan = {"id": key, "curriculum_id": key, "run_id": 1} | content
        connection.execute(plan_template.insert().values(plan))


def days_log() -> Any:
    """Return what the broadcasters say in the evening of every airing of the day."""
    from broadcast.as_run.model import AiredAs, AsRun, Clue, Outcome

    said = [
        AiredAs(f"{n}.{turn}", Outcome.AIRED if (n + turn) % 50 else Outcome.MISSED, Clue.AIRING)
        for n, *_ in _numbers()
        for turn in _TURNS
    ]
    return AsRun(tuple(said))
