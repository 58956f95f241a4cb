"""Which lessons the classes of a teacher have, as the chat shows them."""

from datetime import date

from sqlalchemy import Connection, select

from jetkiz.lessons.model import Lesson
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.tables import school_class
from jetkiz.staff.permissions import Viewer
from jetkiz.staff.viewers import subject_key, visible_classes


def class_lessons(
    connection: Connection, viewer: Viewer, week: str, day: date | None = None
) -> list[tuple[str, list[Lesson]]]:
    """Return each class that somebody may see with its lessons of a week, or of one day."""
    heads = visible_classes(connection, viewer)
    c = school_class.c
    rows = connection.execute(
        select(c.id, c.language, c.subject).where(c.id.in_([one.id for one in heads]))
    )
    about = {row.id: row for row in rows}
    shelf = [one for one in read_lessons(connection, week) if day in {None, one.day}]
    found = []
    for head in heads:
        language, subject = about[head.id].language, subject_key(about[head.id].subject)
        lessons = [
            one
            for one in shelf
            if head.grade in one.grades
            and language in {None, one.language}
            and (head.is_homeroom or not subject or one.subject == subject)
        ]
        found.append((head.title, lessons))
    return found
