"""Whose answers are overdue: sheets that went out, should be back, and are not.

Overdue is counted from the day that was printed, the longest way back and three days of grace. A
sheet counts as back when a picture of it was filed, or the child's work on its task came any other
way: by Telegram, or given to the teacher.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from jetkiz.homework.model import ReturnState
from jetkiz.homework.tables import homework_return
from jetkiz.storage.many_values import among
from print_packs.model import GONE
from print_packs.records import homes_of
from print_packs.tables import filed_sheet, pack, pack_dates, sheet


@dataclass(frozen=True, slots=True)
class OverduePack:
    """A pack of which answers are missed: ``missing`` gives the tasks of each student."""

    week: str
    household: int
    print_id: str
    send_by: date
    overdue_from: date
    missing: dict[int, tuple[int, ...]]

    @property
    def tasks(self) -> int:
        """How many tasks are missed."""
        return sum(map(len, self.missing.values()))


def read_overdue(
    connection: Connection, today: date, weeks: Iterable[str] = (), school: int | None = None
) -> list[OverduePack]:
    """Return the packs whose answers are missed today, the oldest first; of all weeks or of some.

    With a ``school`` those of its homes alone.

    What came back to the sender or was lost is not missed from the home: it never had it.
    """
    query = (
        select(
            pack.c.id,
            pack.c.week,
            pack.c.household_id,
            pack.c.print_id,
            pack_dates.c.send_by,
            pack_dates.c.overdue_from,
            sheet.c.student_id,
            sheet.c.lesson_id,
        )
        .distinct()
        .join_from(pack_dates, pack)
        .join(sheet, sheet.c.pack_id == pack.c.id)
        .outerjoin(filed_sheet, filed_sheet.c.sheet_id == sheet.c.id)
        .where(
            pack_dates.c.overdue_from <= today,
            pack.c.state.not_in(GONE),
            pack.c.held_back == "",
            sheet.c.is_revoked.is_(False),
            filed_sheet.c.sheet_id.is_(None),
        )
        .order_by(pack_dates.c.overdue_from, pack.c.id, sheet.c.student_id, sheet.c.lesson_id)
    )
    chosen = list(weeks)
    if chosen:
        query = query.where(among(pack.c.week, chosen))
    if school is not None:
        query = query.where(pack.c.household_id.in_(homes_of(school)))
    rows = connection.execute(query).all()
    back = _came_otherwise(connection, {row.student_id for row in rows})
    missing: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if (row.student_id, row.lesson_id) not in back:
            missing[row.id][row.student_id].append(row.lesson_id)
    about = {row.id: row for row in rows}
    return [
        OverduePack(
            about[number].week,
            about[number].household_id,
            about[number].print_id,
            about[number].send_by,
            about[number].overdue_from,
            {student: tuple(lessons) for student, lessons in tasks.items()},
        )
        for number, tasks in missing.items()
    ]


def _came_otherwise(connection: Connection, students: Iterable[int]) -> set[tuple[int, int]]:
    c = homework_return.c
    rows = connection.execute(
        select(c.student_id, c.lesson_id)
        .where(among(c.student_id, students), c.state != ReturnState.DRAFT)
        .distinct()
    )
    return {(student, lesson) for student, lesson in rows}
