"""A child's week on paper says when and where to switch the television on, if anybody knows yet."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import Connection

from broadcast.tables import airing
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from tests.factories import WEEK, People
from tests.print_school import NOW, post_deliveries, print_school, saved_batch, workplace_in


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, database)


def air(connection: Connection, lesson: int, start: datetime) -> None:
    row = {"week": WEEK, "lesson_id": lesson, "channel": "balapan", "minutes": 10, "start": start}
    row |= {"code": f"{start:%d%H}", "kind": "first", "status": "published", "sequence": 1}
    row |= {"changed_at": NOW}
    connection.execute(airing.insert().values(row))


def week_page(workplace: Workplace, *hours: datetime) -> str:
    with workplace.database.write() as connection:
        people: People = print_school(connection)
        for one in hours:
            air(connection, people.lessons[2], one)
        deliveries = post_deliveries(connection)
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)
    file = workplace.settings.data / "packs" / WEEK / "run-1" / "h1.pdf"
    return str(pypdfium2.PdfDocument(file)[2].get_textpage().get_text_range())


def test_the_hour_and_the_channel_stand_under_the_lesson(workplace: Workplace) -> None:
    said = week_page(workplace, datetime(2026, 1, 26, 5, 15, tzinfo=UTC))
    assert ": 10:15" in said
    assert "телебағдарламадан" not in said


def test_a_repetition_on_another_day_names_the_day(workplace: Workplace) -> None:
    said = week_page(workplace, datetime(2026, 1, 29, 9, 0, tzinfo=UTC))
    assert "29 қаңтар, 14:00" in said


def test_the_repetitions_stand_below_for_a_home_whose_set_is_taken(workplace: Workplace) -> None:
    first = datetime(2026, 1, 26, 5, 15, tzinfo=UTC)
    said = week_page(workplace, first, first + timedelta(hours=8), first + timedelta(days=5))
    assert ": 10:15" in said
    assert "қайталануы: 18:15; 31 қаңтар, 10:15" in said


def test_without_an_hour_the_page_points_to_the_timetable(workplace: Workplace) -> None:
    assert "телебағдарламадан қараңыз" in week_page(workplace)
