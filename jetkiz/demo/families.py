"""What the sample families do in their chats: most answer, some seldom, one blocks the bot."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Connection, select

from bot.words.keyboards import Press, Verb, read_press
from jetkiz.demo.notebook import notebook_photo
from jetkiz.demo.stage import Stage
from jetkiz.roster.access_profile import FactKind
from jetkiz.roster.link_codes import (
    CodeHash,
    LinkRole,
    hashes_of,
    link_code,
    make_link_code,
    new_code,
)
from jetkiz.roster.register import read_homes, read_households, read_names


class Manner(StrEnum):
    """How a family deals with messages."""

    DILIGENT = "diligent"  # answers every day and hands work in
    BUSY = "busy"  # says "received" and no more
    SELDOM = "seldom"  # answers on Monday and Thursday
    SILENT = "silent"  # never says anything
    BLOCKS = "blocks"  # has had enough on Tuesday evening


# In the order of the households; the round begins again after the last.
_ROUND: Final = (
    Manner.DILIGENT,
    Manner.DILIGENT,
    Manner.BUSY,
    Manner.DILIGENT,
    Manner.SELDOM,
    Manner.DILIGENT,
    Manner.BLOCKS,
    Manner.DILIGENT,
    Manner.SILENT,
    Manner.DILIGENT,
    Manner.BUSY,
    Manner.DILIGENT,
)
_HANDS_IN: Final = {0: 1, 1: 1, 2: 1, 3: 1, 4: 0}


@dataclass(frozen=True, slots=True)
class Family:
    """A household with one phone in Telegram and the students who share it."""

    person: str
    name: str
    language: str
    students: tuple[int, ...]
    manner: Manner

    def answers_on(self, weekday: int) -> bool:
        """True when somebody presses "received" on this day (Monday is 0)."""
        if self.manner == Manner.SELDOM:
            return weekday in {0, 3}
        if self.manner == Manner.BLOCKS:
            return weekday <= 1
        return self.manner != Manner.SILENT

    def hands_in_on(self, weekday: int) -> int:
        """How many works each student hands in on this day."""
        return _HANDS_IN.get(weekday, 0) if self.manner == Manner.DILIGENT else 0


def read_families(connection: Connection, hashed: CodeHash) -> list[Family]:
    """Return the households that said they have linked Telegram, in the order of the register.

    Once codes were given out they tell who takes part: a family that blocks the bot later stays
    in the list, or the others would change their manners.
    """
    invited = _invited(connection, hashed)
    by_home: dict[int, list[int]] = {}
    for home in read_homes(connection):
        takes_part = home.profile.value(FactKind.TELEGRAM) == "linked"
        if home.student.id in invited if invited else takes_part:
            by_home.setdefault(home.student.household, []).append(home.student.id)
    households = read_households(connection, by_home)
    names = read_names(connection)
    return [
        Family(
            person=f"family-{households[number].key}",
            name=households[number].addressee or names[students[0]].family,
            language=households[number].language,
            students=tuple(students),
            manner=_ROUND[place % len(_ROUND)],
        )
        for place, (number, students) in enumerate(sorted(by_home.items()))
    ]


def _invited(connection: Connection, hashed: CodeHash) -> set[int]:
    """Who holds the code that the demo drew: paper brings other codes to every home."""
    c = link_code.c
    rows = connection.execute(select(c.student_id, c.code_hash))
    return {
        student
        for student, kept in rows
        if kept == hashes_of(new_code(_dice(student)), hashed)["code_hash"]
    }


def link_families(stage: Stage, families: list[Family]) -> int:
    """Let every family press the school's link for each child; return how many children."""
    students = [student for family in families for student in family.students]
    with stage.workplace.database.write() as connection:
        # After a kill the same codes are made again: only their hashes were kept.
        connection.execute(link_code.delete().where(link_code.c.student_id.in_(students)))
        codes = {
            student: make_link_code(
                connection,
                student,
                LinkRole.GUARDIAN,
                stage.clock(),
                stage.workplace.files.hash_of_code,
                _dice(student),
            )
            for student in students
        }
    for family in families:
        stage.people.person(family.person, family.name, family.language)
    for place in range(max((len(family.students) for family in families), default=0)):
        children = [(one, one.students[place]) for one in families if len(one.students) > place]
        _link(stage, children, codes)
    return len(codes)


def _link(stage: Stage, children: list[tuple[Family, int]], codes: Mapping[int, str]) -> None:
    """Let families send the code of one child each and answer what the bot asks."""
    for family, student in children:
        stage.people.start(family.person, codes[student], key=f"link:{student}")
    stage.converse()
    for verb in (Verb.CONFIRM, Verb.AGREE):
        for family, student in children:
            _answer(stage, family, verb, student)
        stage.converse()


def _answer(stage: Stage, family: Family, verb: Verb, student: int) -> None:
    """Press a button of linking; after a kill it may have been pressed before."""
    for message, press, data in buttons(stage, family.person):
        if press.verb == verb and press.numbers == (student,):
            stage.people.press_data(family.person, data, message, key=f"{verb}:{student}")


def _dice(student: int) -> Any:
    # The sample school gets the same codes each time, so that two demos can be compared.
    return lambda n: hashlib.sha256(f"demo:{student}".encode()).digest()[:n]


def answer_the_day(stage: Stage, families: list[Family], day: date) -> int:
    """Press "received" under the day's messages; return how many were answered."""
    number = int(day.strftime("%Y%m%d"))
    pressed = 0
    for family in families:
        if not family.answers_on(day.weekday()):
            continue
        for message, press, data in buttons(stage, family.person):
            if press.verb == Verb.DAY_RECEIVED and press.numbers[-1] == number:
                key = f"{family.person}:received:{data}"
                stage.people.press_data(family.person, data, message, key=key)
                pressed += 1
    stage.converse()
    return pressed


@dataclass(frozen=True, slots=True)
class _Work:
    """A task that a family hands in today."""

    person: str
    student: int
    lesson: int

    @property
    def key(self) -> str:
        """What makes every act of this work happen once."""
        return f"{self.person}:{self.student}:{self.lesson}"


def hand_work_in(stage: Stage, families: list[Family], day: date, tasks: set[int]) -> int:
    """Open lessons, photograph the notebook, hand in; return how many works.

    A phone can hand in one work at a time, so the works go in rounds, one of each family.
    """
    queues = [_todays_works(stage, family, day, tasks) for family in families]
    for works in zip_longest(*queues):
        _hand_in(stage, [work for work in works if work])
    return sum(map(len, queues))


def show_children(stage: Stage, families: list[Family], day: date) -> None:
    """Open each child's lessons out of the message that diligent families get for all children."""
    number = int(day.strftime("%Y%m%d"))
    for family in families:
        if family.manner != Manner.DILIGENT:
            continue
        for message, press, data in list(buttons(stage, family.person)):
            if press.verb == Verb.SHOW_DAY and press.numbers[-1] == number:
                key = f"{family.person}:shown:{data}"
                stage.people.press_data(family.person, data, message, key=key)
    stage.converse()


def _todays_works(stage: Stage, family: Family, day: date, tasks: set[int]) -> list[_Work]:
    wanted = family.hands_in_on(day.weekday())
    return [
        _Work(family.person, student, lesson)
        for student in family.students
        for lesson in _todays_tasks(stage, family.person, student, day, tasks)[:wanted]
    ]


def _todays_tasks(stage: Stage, person: str, student: int, day: date, tasks: set[int]) -> list[int]:
    """Return the lessons with a task that the day's message of this student offers to open."""
    shown = [
        press.numbers
        for _, press, _ in buttons(stage, person)
        if press.verb == Verb.OPEN and press.numbers[0] == student
    ]
    on_day = stage.memory["lesson_days"]
    return [n[1] for n in shown if n[1] in tasks and on_day[n[1]] == day]


def _hand_in(stage: Stage, works: list[_Work]) -> None:
    _press_each(stage, works, Verb.OPEN)
    _press_each(stage, works, Verb.HAND_IN)
    for work in works:
        pages = [notebook_photo(f"{work.key}:{page}") for page in range(1 + work.lesson % 2)]
        stage.people.photos(work.person, pages, key=f"{work.key}:photos")
    stage.converse()
    _press_each(stage, works, Verb.FINISH)


def _press_each(stage: Stage, works: list[_Work], verb: Verb) -> None:
    for work in works:
        _press(stage, work, verb)
    stage.converse()


def _press(stage: Stage, work: _Work, verb: Verb) -> None:
    """Press the newest button with this verb for this work."""
    wanted = (work.student, work.lesson)
    for message, press, data in reversed(list(buttons(stage, work.person))):
        if press.verb == verb and press.numbers[:2] == wanted:
            stage.people.press_data(work.person, data, message, key=f"{work.key}:{verb}")
            return


def buttons(stage: Stage, person: str) -> Iterator[tuple[int, Press, str]]:
    """Yield the buttons a person sees, oldest first: message, meaning, data."""
    for message in stage.people.chat(person):
        for row in message.get("buttons") or []:
            for one in row:
                data = one.get("data") or one.get("callback_data")
                press = read_press(data)
                if press:
                    yield message["message_id"], press, data


def block(stage: Stage, families: list[Family]) -> list[Family]:
    """Let the families that have had enough block the bot; return them."""
    leaving = [family for family in families if family.manner == Manner.BLOCKS]
    for family in leaving:
        stage.people.block(family.person, key=f"{family.person}:block")
    stage.converse()
    return leaving
