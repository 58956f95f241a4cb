"""A quiz of a lesson on a sheet that came back: kept in the tables, without printing anything."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, update

from jetkiz.homework.returns import read_returns
from jetkiz.lessons.model import Question
from jetkiz.lessons.shelf import read_lessons
from jetkiz.lessons.tables import lesson
from print_packs.quizzes.proposals import keep_printed, propose
from print_packs.tables import pack, print_run, sheet
from tests.factories import NOW, WEEK

QUIZ = (
    Question("2 + 2 = ?", ("3", "4", "5"), (1,)),
    Question("Жұп сандар?", ("1", "2", "3", "4"), (1, 3)),
)
CORNERS = ((0.1, 0.2), (0.9, 0.2), (0.9, 0.6), (0.1, 0.6))


def ask_quiz(connection: Connection, number: int, *, task: bool = True) -> None:
    """Give a lesson the quiz."""
    said = [
        {"text": q.text, "options": q.options, "right": q.right, "explanation": ""} for q in QUIZ
    ]
    values = {"quiz": said} | ({} if task else {"task_text": None, "task_due": None})
    if not task:
        values["task_pages"] = None
    connection.execute(update(lesson).where(lesson.c.id == number).values(**values))


def add_quiz_sheet(connection: Connection, student: int, number: int, home: int = 1) -> int:
    """Print a sheet of the quiz for a student, in the tables only; return its number."""
    run = {"key": "r", "week": WEEK, "number": 1, "channel": "post", "is_ready": True}
    run |= {"printed_on": date(2026, 1, 22), "made_at": NOW}
    run_id = connection.execute(print_run.insert().values(run)).inserted_primary_key[0]
    row = {"run_id": run_id, "consignment": "c", "week": WEEK, "household_id": home}
    row |= {"channel": "post", "print_id": "AAAA-BBBB", "part": 1, "parts": 1, "place": 1}
    row |= {"pages": 4, "sheets": 2, "grams": 20, "sha256": "", "state": "prepared", "contents": []}
    pack_id = connection.execute(pack.insert().values(row)).inserted_primary_key[0]
    place = {"serial": 4711, "pack_id": pack_id, "student_id": student, "lesson_id": number}
    place |= {"page": 2, "pages": 2, "is_revoked": False}
    sheet_id = int(connection.execute(sheet.insert().values(place)).inserted_primary_key[0])
    (one,) = read_lessons(connection, only=[number])
    keep_printed(connection, {sheet_id: replace(one, quiz=QUIZ)})
    return sheet_id


def add_proposal(
    connection: Connection, sheet_id: int, digest: str, *doubts: str, found: bool = True
) -> bool:
    """Propose the answers B and B, D; ``doubts`` stand from the first question on."""
    return propose(
        connection,
        {
            "sheet_id": sheet_id,
            "page_sha256": digest,
            "answers": [[1], [1, 3]],
            "doubts": [*doubts, "", ""][:2],
            "corners": CORNERS if found else [],
            "confidence": 0.0 if doubts else 0.9,
            "right_answers": 2,
            "read_at": NOW,
            "decided": None,
            "by": "",
            "decided_at": None,
        },
    )


def bring_quiz(connection: Connection, student: int, number: int, work: int) -> None:
    """Give a work of the second home a quiz that was read, with a doubt."""
    ask_quiz(connection, number)
    page = read_returns(connection, numbers=[work])[0].pages[0]
    sheet_id = add_quiz_sheet(connection, student, number, home=2)
    add_proposal(connection, sheet_id, page.sha256, "faint")
