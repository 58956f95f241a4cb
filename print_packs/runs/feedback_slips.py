"""How a teacher's mark and words reach a home on paper: slips, two a page, for the next pack."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.delivery.model import Batch, Consignment
from jetkiz.homework.feedback import read_feedback
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_households, read_names, read_students
from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import Workplace
from print_packs.pages.slip_pages import FeedbackSlip
from print_packs.post.addresses import packing_order
from print_packs.runs.earlier_work import claim_for_slips, number_of
from print_packs.runs.run_pdf import draw_slips


def print_slips(
    workplace: Workplace, batch: Batch, consignments: Sequence[Consignment], now: datetime
) -> frozenset[str]:
    """Draw the slips of a batch into a file of its own; return the keys of what is printed.

    Batches are drawn side by side, and a slip that was cut out last week is not drawn again. What
    lies in a pack already is printed there.
    """
    with workplace.database.write() as connection:
        for_slips = claim_for_slips(connection, consignments, batch.key, now)
        slips = _slips(connection, for_slips)
    in_packs = {one.key for one in consignments} - {one.key for one in for_slips}
    if slips:
        place = workplace.settings.data / "packs" / batch.week / f"feedback_slips-{batch.id}.pdf"
        write_whole(place, draw_slips(slips))
    return frozenset(one.consignment for one in slips) | in_packs


def _slips(connection: Connection, consignments: Sequence[Consignment]) -> list[FeedbackSlip]:
    people = {one.student for one in consignments if one.student}
    students = {one.id: one for one in read_students(connection, people)}
    names = read_names(connection, people)
    homes = read_households(connection, {one.household for one in consignments if one.household})
    numbers = {one.lesson for one in consignments if one.lesson}
    lessons = {one.id: one for one in read_lessons(connection, only=numbers)}
    told = {one.id: one for one in read_feedback(connection, numbers=map(number_of, consignments))}
    slips = []
    for one in consignments:
        student, home = students.get(one.student or 0), homes.get(one.household or 0)
        lesson, said = lessons.get(one.lesson or 0), told.get(number_of(one))
        if student and home and lesson and said:
            slip = FeedbackSlip(
                consignment=one.key,
                name=names[student.id].given,
                class_title=student.class_title,
                language=student.language,
                subject=lesson.subject,
                title=lesson.title,
                mark=said.mark,
                words=said.words,
                household=home.key,
            )
            slips.append((packing_order(home), said.id, slip))
    return [slip for *_, slip in sorted(slips, key=lambda one: one[:2])]
