"""How often an update asks the database: on a Monday morning all families write at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.receiving import inbox
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock
from tests.bot_family import BOT, Family, family_of
from tests.factories import NOW, People, add_people, publish_week
from tests.statement_counts import statements_kept

MOTHER = 5


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        made = add_people(connection)
        publish_week(connection, made)
    return made


@pytest.fixture
def family(database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(database, FileStore(tmp_path)) as opened:
        opened.link(MOTHER, people.alice)
        opened.says(MOTHER, "/today")
        yield opened


def asked_for(family: Family, update: dict[str, object]) -> list[str]:
    """The statements that one update costs."""
    family.updates += 1
    raw = {"update_id": family.updates} | update
    inbox.store(family.connection, BOT, [raw], NOW)
    [one] = inbox.waiting(family.connection, BOT, wall_clock())
    with statements_kept(family.connection) as kept:
        family.dialogue.handle(family.connection, one, None)
    return [statement for statement, _ in kept]


def said(text: str) -> dict[str, object]:
    person = {"id": MOTHER, "is_bot": False, "first_name": "A"}
    head = {"message_id": 900, "date": 1, "from": person}
    return {"message": head | {"chat": {"id": MOTHER, "type": "private"}, "text": text}}


# Of each: holding the update, who it is from, the answer, that it is done; the rest is the matter.
@pytest.mark.parametrize(
    ("text", "most"),
    [("/help", 4), ("/today", 9), ("/week", 8), ("/homework", 9), ("thank you", 6)],
)
def test_a_message_asks_no_more_than_its_matter_needs(family: Family, text: str, most: int) -> None:
    asked = asked_for(family, said(text))
    assert len(asked) <= most, "\n".join(asked)


def test_more_lessons_of_a_day_cost_no_more_questions(
    database: Database, people: People, tmp_path: Path
) -> None:
    counts = []
    with family_of(database, FileStore(tmp_path)) as family:
        for children in ((people.alice,), (people.alice, people.bob)):
            family.link(MOTHER, *children)
            counts.append(len(asked_for(family, said("/today"))))
    one, two = counts
    assert two - one <= 6, "a second child, with all its lessons and its own message"
