"""What must never leave to Telegram: planted into a school, and looked for in all that left."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from bot.tables import outbox
from bot.telegram.stored_files import files_in
from jetkiz.homework.tables import feedback
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.roster.model import Need
from jetkiz.roster.tables import (
    guardian,
    household,
    household_identity,
    student,
    student_identity,
    teacher,
)
from jetkiz.storage.files import FileStore
from jetkiz.web.wording import NEEDS

ADDRESS = {"street": "Сейфуллин", "house": "17", "settlement": "Ақкөл", "index6": "110000"}
# That lessons are read aloud is also a wish that anybody may have.
TOLD = (Need.LARGE_PRINT, Need.BRAILLE)
# Nothing else in the tests is written like these.
MARK = "97"
FACTS = {
    "a family name": "Қасенов",
    "a patronymic": "Серікқызы",
    "a guardian's name": "Қожахметова",
    "a teacher's name": "Дүйсенбаева",
    "an IIN": "990101300123",
    "a street": ADDRESS["street"],
    "a village": ADDRESS["settlement"],
    "a postcode": ADDRESS["index6"],
    "a telephone": "7051234567",
    "a mark": MARK,
    "large print": Need.LARGE_PRINT.value,
    **{f"{need.value}, {one}": translator(one)(NEEDS[need]) for need in TOLD for one in LANGUAGES},
}
Json = dict[str, Any]


def plant(connection: Connection) -> None:
    """Give every person of the school what Telegram must not learn."""
    names = {"family_name": "Қасенова", "patronymic": "Серікқызы"}
    connection.execute(update(student_identity).values(names))
    for number in connection.scalars(select(student_identity.c.student_id)).all():
        mine = update(student_identity).where(student_identity.c.student_id == number)
        connection.execute(mine.values(sourced_id=f"990101300123{number}"))
    connection.execute(update(household_identity).values(address=ADDRESS, phone="+77051234567"))
    connection.execute(update(student).values(needs=",".join(TOLD)))
    connection.execute(update(teacher).values(family_name="Дүйсенбаева"))
    home = connection.scalars(select(household.c.id)).first()
    row = {"household_id": home, "sourced_id": "g", "family_name": "Қожахметова"}
    row |= {"given_name": "Гүлнар", "language": "kk", "phone": "+77051234567"}
    connection.execute(guardian.insert().values(row))


def plant_marks(connection: Connection) -> int:
    """Let every mark that was given be one that can be told from any other number."""
    given = update(feedback).where(feedback.c.mark != "").values(mark=MARK)
    return connection.execute(given).rowcount


def all_written(connection: Connection, left: Iterable[Json]) -> list[Json]:
    """Return what left, and what still waits to leave, to whomever it goes."""
    return [*left, *connection.scalars(select(outbox.c.payload)).all()]


def leaks(payloads: Iterable[Json], files: FileStore) -> set[str]:
    """Return which of the facts can be read in a request, or in a file of words that it sends."""
    said = [word for one in payloads for word in _read(one, files)]
    return {name for name, fact in FACTS.items() if any(_holds(word, fact) for word in said)}


def _read(payload: Json, files: FileStore) -> list[str]:
    copies = [one for one in files_in(payload) if one.name.endswith(".json")]
    return [*_strings(payload), *(files.get(one.sha256).decode() for one in copies)]


def _strings(value: Any) -> list[str]:
    """Return whatever is written in a request: texts, labels, data of buttons, names of files."""
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in _strings(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _strings(one)]
    return [value] if isinstance(value, str) else []


def _holds(word: str, fact: str) -> bool:
    if fact != MARK:
        return fact.casefold() in word.casefold()
    before, found, after = word.partition(MARK)
    alone = not before[-1:].isalnum() and not after[:1].isalnum()
    return bool(found) and alone
