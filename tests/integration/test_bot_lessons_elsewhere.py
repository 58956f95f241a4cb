"""The chat says of each lesson where it is: here, on television at its hour, on paper."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from broadcast.tables import airing
from jetkiz.delivery.model import Batch, Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.i18n import LANGUAGES
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from print_packs.records import allot_packs, allot_run, finish_packs
from tests.bot_family import family_of
from tests.factories import NOW, WEEK, add_people, publish_week

MOTHER = 11
CHOICES = [Choice(name, ChoiceReason.BEST_VALUE) for name in ("broadcast", "in_person")]


def _air(connection: Connection, lesson: int, start: datetime, channel: str = "balapan") -> None:
    row = {"week": WEEK, "lesson_id": lesson, "channel": channel, "start": start, "minutes": 15}
    row |= {"code": f"{start}", "kind": "first", "status": "published", "sequence": 1}
    connection.execute(airing.insert().values(row | {"changed_at": NOW}))


FIRST = NOW + timedelta(hours=2, minutes=20)
EVENING = FIRST + timedelta(hours=8)
NEXT_DAY = FIRST + timedelta(days=1)


@pytest.mark.parametrize(
    ("aired", "words"),
    [
        ([], "(TV and"),
        ([(FIRST, "balapan")], "(TV 10:20, Balapan)"),
        (
            [(NEXT_DAY, "el_arna"), (FIRST, "balapan"), (EVENING, "balapan")],
            "(TV 10:20, Balapan; again 18:20, Tue 27 Jan 10:20 El Arna)",
        ),
    ],
)
def test_where_each_lesson_is(
    sqlite_database: Database, tmp_path: Path, words: str, aired: list[tuple[datetime, str]]
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, *CHOICES)
        for start, channel in aired:
            _air(connection, people.lessons[0], start, channel)
    with family_of(sqlite_database, FileStore(tmp_path)) as family:
        family.link(MOTHER, people.alice)
        for command in ("/today", "/week"):
            said = family.says(MOTHER, command).last["text"]
            assert words in said
            assert "(paper by hand)" in said
            assert said.count("(") == 2, "what comes here needs no words"


PACKS = {"en": "pack no. 3)", "kk": "№ 3 пакет)", "ru": "пакет № 3)"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", ["post", "in_person"])
def test_a_lesson_on_paper_names_the_pack_as_soon_as_there_is_one(
    sqlite_database: Database, tmp_path: Path, way: str, language: str
) -> None:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, *[Choice(way, ChoiceReason.BEST_VALUE)] * 2)
        run = allot_run(connection, Batch("r", way, WEEK, ()), date(2026, 1, 22), NOW)
        packs = allot_packs(connection, run, [("a", 3), ("b", 2), ("c", 1)])
    with family_of(sqlite_database, FileStore(tmp_path)) as family:
        family.link(MOTHER, people.alice, language=language)
        for command in ("/today", "/week"):
            assert "3)" not in family.says(MOTHER, command).last["text"]
        inside = {"student": people.alice, "attempt": 1, "lessons": [people.lessons[0]]}
        finish_packs(family.connection, [{"number": packs[2].id, "contents": [inside]}])
        for command in ("/today", "/week"):
            said = family.says(MOTHER, command).last["text"]
            assert said.count(PACKS[language]) == 1, "the second is in no pack"
            assert said.count("(") == 2
