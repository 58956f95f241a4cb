"""How a teacher's mark and words reach a home on paper: slips, two a page, for the next pack."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from jetkiz.delivery.model import Consignment
from jetkiz.homework.feedback import read_feedback
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_households, read_names, read_students
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.files import write_whole
from jetkiz.storage.workplace import Workplace
from print_packs.addresses import packing_order
from print_packs.run_pdf import draw_slips
from print_packs.slip_pages import FeedbackSlip
from print_packs.tables import feedback_slip

FILE = "feedback_slips.pdf"


def print_slips(
    workplace: Workplace, consignments: Sequence[Consignment], now: datetime
) -> frozenset[str]:
    """Add slips to the week's file and return the keys of those that are in it."""
    with workplace.database.write() as connection:
        _keep(connection, consignments, now)
        weeks = {
            week: _slips(connection, week) for week in sorted({one.week for one in consignments})
        }
    for week, slips in weeks.items():
        place = workplace.settings.data / "packs" / week / FILE
        if slips:
            write_whole(place, draw_slips(slips))
    return frozenset(one.consignment for slips in weeks.values() for one in slips)


def _keep(connection: Connection, consignments: Sequence[Consignment], now: datetime) -> None:
    rows = [
        {
            "consignment": one.key,
            "week": one.week,
            "household_id": one.household,
            "student_id": one.student,
            "lesson_id": one.lesson,
            "feedback_id": int(one.payload["feedback"]),
            "made_at": now,
        }
        for one in consignments
    ]
    insert_new(connection, feedback_slip, rows, ["consignment"])


def _slips(connection: Connection, week: str) -> list[FeedbackSlip]:
    c = feedback_slip.c
    rows = connection.execute(select(feedback_slip).where(c.week == week).order_by(c.id)).all()
    people = {row.student_id for row in rows}
    students = {one.id: one for one in read_students(connection, people)}
    names = read_names(connection, people)
    homes = read_households(connection, {row.household_id for row in rows})
    lessons = {one.id: one for one in read_lessons(connection, only={r.lesson_id for r in rows})}
    said = {one.id: one for one in read_feedback(connection)}
    known = [
        row
        for row in rows
        if row.student_id in students
        and row.household_id in homes
        and row.lesson_id in lessons
        and row.feedback_id in said
    ]
    known.sort(key=lambda row: (packing_order(homes[row.household_id]), row.id))
    return [
        FeedbackSlip(
            consignment=row.consignment,
            name=names[row.student_id].given,
            class_title=students[row.student_id].class_title,
            language=students[row.student_id].language,
            subject=lessons[row.lesson_id].subject,
            title=lessons[row.lesson_id].title,
            mark=said[row.feedback_id].mark,
            words=said[row.feedback_id].words,
            household=homes[row.household_id].key,
        )
        for row in known
    ]
