"""How lessons get onto the shelf: compared by content, files kept once, published ones guarded."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, bindparam, column, delete, select, table, update

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.lessons.reading import ReadLesson, read_folder
from jetkiz.lessons.tables import lesson, lesson_file, lesson_grade
from jetkiz.roster.reading.findings import Findings, Message, Place
from jetkiz.storage.bulk_load import bulk_load
from jetkiz.storage.files import FileStore
from jetkiz.storage.many_values import among

Key = tuple[str, str]

# A name, not an import: the ledger stands above the lessons it points to.
_PUBLISHED = table("curriculum_slot", column("lesson_id", BigInteger))


@dataclass(frozen=True, slots=True)
class LessonProposal:
    """What bringing a folder in would do."""

    folder: Path
    added: tuple[ReadLesson, ...]
    changed: tuple[ReadLesson, ...]
    unchanged: int
    messages: tuple[Message, ...]
    stops: bool

    @property
    def is_empty(self) -> bool:
        """True when the shelf has it all already."""
        return not self.added and not self.changed


@dataclass(frozen=True, slots=True)
class Reading:
    """The lessons of a folder and what was found wrong with them."""

    folder: Path
    lessons: list[ReadLesson]
    findings: Findings


class LessonsRefusedError(JetkizError):
    """Lessons with errors: the messages say which; nothing was saved."""

    def __init__(self, proposal: LessonProposal) -> None:
        super().__init__(
            N_("The lessons in {folder} have errors; nothing was saved."),
            N_("Correct what is listed above and repeat the command."),
            folder=proposal.folder,
        )
        self.proposal = proposal


def import_lessons(
    connection: Connection,
    files: FileStore,
    folder: Path,
    *,
    now: datetime,
    replace_published: bool = False,
) -> LessonProposal:
    """Read, compare and save in one go; a folder with errors raises LessonsRefusedError."""
    proposal = propose(connection, folder, replace_published=replace_published)
    if proposal.stops:
        raise LessonsRefusedError(proposal)
    save(connection, files, proposal, now=now)
    return proposal


def propose(
    connection: Connection, folder: Path, *, replace_published: bool = False
) -> LessonProposal:
    """Say what a folder would add and change; nothing is written."""
    return compare(connection, read_lessons_in(folder), replace_published=replace_published)


def read_lessons_in(folder: Path) -> Reading:
    """Read and check a folder; this takes long, and needs no database."""
    findings = Findings()
    return Reading(folder, read_folder(folder, findings), findings)


def compare(
    connection: Connection, reading: Reading, *, replace_published: bool = False
) -> LessonProposal:
    """Say what lessons that were read would add and change; asked once of each reading."""
    folder, read, findings = reading.folder, reading.lessons, reading.findings
    shelf = _shelf(connection, {item.head.code for item in read})
    added = tuple(item for item in read if _key(item) not in shelf)
    changed = tuple(
        item for item in read if _key(item) in shelf and shelf[_key(item)][1] != item.content_hash
    )
    published = _published(connection, [shelf[_key(item)][0] for item in changed])
    for item in changed:
        number, _, week = shelf[_key(item)]
        if number in published:
            _guard(item, folder, findings, replace=replace_published)
            _guard_week(item, week, findings)
    return LessonProposal(
        folder,
        added,
        changed,
        len(read) - len(added) - len(changed),
        findings.messages(),
        findings.stops,
    )


def _key(item: ReadLesson) -> Key:
    return item.head.code, item.language


def _shelf(connection: Connection, codes: set[str]) -> dict[Key, tuple[int, str, str]]:
    c = lesson.c
    rows = connection.execute(
        select(c.code, c.language, c.id, c.content_hash, c.week).where(among(c.code, codes))
    )
    return {(row.code, row.language): (row.id, row.content_hash, row.week) for row in rows}


def _published(connection: Connection, numbers: list[int]) -> set[int]:
    query = select(_PUBLISHED.c.lesson_id).where(among(_PUBLISHED.c.lesson_id, numbers)).distinct()
    return set(connection.scalars(query))


def _guard(item: ReadLesson, folder: Path, findings: Findings, *, replace: bool) -> None:
    """Homes may hold the old content: it is replaced only by a person who says so."""
    place = Place(f"{item.head.code} ({item.language})")
    if replace:
        findings.warn(
            place,
            N_("The lesson is published; who received it before has the old content."),
            N_("Tell the teachers what was changed."),
            cause="published",
        )
    else:
        findings.error(
            place,
            N_("The lesson is published, and its content here is another."),
            N_(
                "Give the new content a new code, or replace it for those who have not received "
                "it yet: --replace-published."
            ),
            cause=("published", folder),
        )


def _guard_week(item: ReadLesson, week: str, findings: Findings) -> None:
    """A published lesson stands in the plan of its week: it cannot go over to another one."""
    if item.head.week != week:
        findings.error(
            Place(f"{item.head.code} ({item.language})"),
            N_("The lesson is published in week {old}; it cannot move to week {new}."),
            N_("Leave its week as it is, and give the lesson of the other week a new code."),
            cause=("moved", week, item.head.week),
            old=week,
            new=item.head.week,
        )


def save(
    connection: Connection, files: FileStore, proposal: LessonProposal, *, now: datetime
) -> None:
    """Keep the files first, then the rows: a row never points to a file that is not there."""
    items = (*proposal.added, *proposal.changed)
    if not items:
        return
    hashes = _keep_files(files, items)
    bulk_load(connection, lesson, [_row(item, now) for item in proposal.added])
    _update(connection, [_row(item, now) for item in proposal.changed])
    shelf = _shelf(connection, {item.head.code for item in items})
    numbers = {_key(item): shelf[_key(item)][0] for item in items}
    _replace_details(connection, items, numbers, hashes)


def _keep_files(files: FileStore, items: Iterable[ReadLesson]) -> dict[bytes, str]:
    contents = {content for item in items for content in item.files.values()}
    return {content: files.put(content) for content in contents}


def _row(item: ReadLesson, now: datetime) -> dict[str, Any]:
    head, task = item.head, item.head.task
    has_task = task is not None and item.task_text is not None
    return {
        "code": head.code,
        "language": item.language,
        "week": head.week,
        "day": head.day,
        "place": head.order,
        "subject": head.subject,
        "title": item.title,
        "kind": head.kind.value,
        "minutes": head.minutes,
        "needs_picture": head.needs_picture,
        "sign_language": item.is_signed,
        "weight": head.weight,
        "text": item.text,
        "licence": asdict(head.licence),
        "task_text": item.task_text if has_task else None,
        "task_due": item.task_due if has_task else None,
        "task_pages": task.pages if task and has_task else None,
        "task_marks": task.marks if task and has_task else None,
        "content_hash": item.content_hash,
        "goal": item.goal,
        "quiz": [asdict(one) for one in item.quiz] or None,
        "imported_at": now,
    }


def _update(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    changed = [name for name in rows[0] if name not in {"code", "language"}]
    statement = (
        update(lesson)
        .where(lesson.c.code == bindparam("the_code"))
        .where(lesson.c.language == bindparam("the_language"))
        .values({name: bindparam(f"new_{name}", type_=lesson.c[name].type) for name in changed})
    )
    connection.execute(
        statement,
        [
            {"the_code": row["code"], "the_language": row["language"]}
            | {f"new_{name}": row[name] for name in changed}
            for row in rows
        ],
    )


def _replace_details(
    connection: Connection,
    items: Iterable[ReadLesson],
    numbers: Mapping[Key, int],
    hashes: Mapping[bytes, str],
) -> None:
    for details in (lesson_grade, lesson_file):
        connection.execute(delete(details).where(among(details.c.lesson_id, numbers.values())))
    grades = [
        {"lesson_id": numbers[_key(item)], "grade": grade}
        for item in items
        for grade in item.head.grades
    ]
    bulk_load(connection, lesson_grade, grades)
    attached = [
        {
            "lesson_id": numbers[_key(item)],
            "name": name,
            "sha256": hashes[content],
            "size": len(content),
            "pages": item.pages_of(name),
        }
        for item in items
        for name, content in item.files.items()
    ]
    bulk_load(connection, lesson_file, attached)
