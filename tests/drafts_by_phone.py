"""A draft begun and filled from a telephone, one photo at a time."""

from bot.receiving.attachments import ArrivedFile
from bot.words.keyboards import Verb
from jetkiz.homework.model import HomeworkReturn
from jetkiz.homework.quality import Hint
from jetkiz.homework.returns import read_returns
from tests.bot_family import Family, Screen
from tests.home_phones import MOTHER


def begin(family: Family, student: int, lesson: int) -> Screen:
    family.says(MOTHER, "/homework")
    return family.press_verb(MOTHER, Verb.HAND_IN, student, lesson)


def photo(name: str, *hints: Hint, sheets: int = 1, kind: str = "image/jpeg") -> ArrivedFile:
    return ArrivedFile(name, name * 64, kind, hints=hints, sheets=sheets)


def send(family: Family, file: ArrivedFile, message_id: int, **more: object) -> Screen:
    """Let a photo arrive by the message with this number."""
    size = {"file_id": "f", "file_unique_id": file.unique_id, "width": 9, "height": 9}
    return family.hears(MOTHER, {"message_id": message_id, "photo": [size], **more}, file)


def work_of(family: Family, student: int) -> HomeworkReturn:
    return read_returns(family.connection, students=[student])[-1]


def pages_of(family: Family, student: int) -> str:
    return "".join(page.sha256[0] for page in work_of(family, student).pages)
