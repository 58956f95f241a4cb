"""For which task a page is, and what a draft of work shows: never guessed between two children."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from bot.chats.links import Child
from bot.chats.reading import StudentLesson, find_lesson, in_turns, newest_first, open_tasks
from bot.receiving import inbox
from bot.receiving.attachments import ArrivedFile, Attachment
from bot.sending import outbox
from bot.talking.desk import Desk
from bot.talking.dialogue_states import DialogueState, Doing
from bot.talking.unanswered import BROKEN_OFF
from bot.words import homework
from jetkiz.homework.model import HomeworkReturn, Page, ReturnState
from jetkiz.homework.page_order import has_page, replace_page, sent_pages
from jetkiz.homework.returns import add_page, newest_handed_in, read_returns, remove_last_page

CHANNEL: Final = "telegram"
REST: Final = timedelta(seconds=1.2)

Kept = Mapping[str, Any]
"""A page as the state of the dialogue keeps it."""


@dataclass(frozen=True, slots=True)
class Target:
    """The task that a page is for."""

    child: Child
    lesson: StudentLesson

    @property
    def due(self) -> date:
        """When the work is wanted."""
        task = self.lesson.lesson.task
        return task.due if task else self.lesson.lesson.day


def page_of(desk: Desk, file: ArrivedFile, note: str, album: str, place: int) -> Kept:
    """Return the page that a message brought, as the dialogue keeps it while it waits for a task.

    The same update gives the same key, so that a page handled twice is one page. ``place`` is the
    number of the message: the parts of an album may come in any order.
    """
    return {
        "key": f"{CHANNEL}:{file.unique_id}:{desk.update_id}",
        "sha256": file.sha256,
        "media_type": file.media_type,
        "note": note,
        "hints": [hint.value for hint in file.hints],
        "sheets": file.sheets,
        "album": album,
        "place": place,
    }


def is_kept(connection: Connection, file: Attachment) -> bool:
    """Whether this very file lies among the pages of a work."""
    return has_page(connection, f"{CHANNEL}:{file.unique_id}:")


def replace_sent(desk: Desk, message_id: int, kept: Kept) -> Target | None:
    """Put a page in the place of the one that a message of this chat brought; None for none."""
    students = [child.student for child in desk.children]
    for old in sent_pages(desk.connection, students, message_id):
        if inbox.chats_of(desk.connection, desk.bot, updates_in([old.key])) == {desk.chat.chat_id}:
            replace_page(desk.connection, old, _page(kept), desk.now)
            return target(desk, old.student, old.lesson)
    return None


def _page(kept: Kept) -> Page:
    return Page(
        key=kept["key"],
        sha256=kept["sha256"],
        media_type=kept["media_type"],
        channel=CHANNEL,
        note=kept["note"],
        hints=tuple(kept.get("hints", ())),
        sheets=kept.get("sheets", 1),
        album=kept.get("album", ""),
        place=kept.get("place", 0),
    )


def find_target(desk: Desk, replied_to: int, album: str) -> Target | None:
    """Return the task a page must be for, or None when a person has to be asked.

    It is that of the message replied to, of the open draft, or of the album that was just
    handed in and of which a late part comes.
    """
    subject = outbox.subject_of(desk.connection, desk.bot, desk.chat.chat_id, replied_to)
    student, _, lesson = subject.partition(":")
    if replied_to and student.isdecimal() and lesson.isdecimal():
        return target(desk, int(student), int(lesson))
    state = desk.state
    if state.doing == Doing.DRAFT:
        return target(desk, state.facts["student"], state.facts["lesson"])
    if state.doing == Doing.SEALED and album and album == state.facts.get("album"):
        return target(desk, state.facts["student"], state.facts["lesson"])
    return None


def target(desk: Desk, student: int, lesson: int) -> Target | None:
    """Return a task if this chat has a right to it."""
    child = desk.child(student)
    found = find_lesson(desk.connection, student, lesson) if child else None
    return Target(child, found) if child and found and found.lesson.task else None


def candidates(desk: Desk) -> list[Target]:
    """Return the open tasks of all children of the chat, child by child in turns."""
    return in_turns(candidates_of(desk, child) for child in desk.children)


def candidates_of(desk: Desk, child: Child) -> list[Target]:
    """Return the open tasks of a child, the newest first; what is no longer taken stands last."""
    found = newest_first(open_tasks(desk.connection, child.student, desk.today))
    return sorted((Target(child, one) for one in found), key=partial(is_closed, desk))


def waiting_pages(desk: Desk) -> list[Kept]:
    """Return the pages of which nobody has said yet for which task they are."""
    return list(desk.state.facts.get("pages", ()))


def is_about(desk: Desk, place: Target) -> bool:
    """Whether the work that the chat is in the middle of is for this task.

    A question to its teacher is no work.
    """
    return is_at_work(desk.state, place.child.student, place.lesson.lesson.id)


def is_at_work(state: DialogueState, student: int, lesson: int) -> bool:
    """Whether somebody is in the middle of the work for a task, or has just handed it in."""
    mine = {"student": student, "lesson": lesson}
    return state.doing in {Doing.DRAFT, Doing.SEALED} and mine.items() <= state.facts.items()


def file_pages(desk: Desk, place: Target, pages: Sequence[Kept], album: str) -> bool:
    """Put pages into the draft and show one status message; False when none is taken any more."""
    lesson = place.lesson.lesson.id
    if is_closed(desk, place):
        desk.show(homework.closed(place.child, place.lesson, desk.t))
        return False
    if desk.state.doing == Doing.SEALED and album and is_about(desk, place):
        _take_along(desk, place)
    for one in pages:
        add_page(desk.connection, place.child.student, lesson, _page(one), desk.now)
    show_draft(desk, place, album)
    return True


def is_closed(desk: Desk, place: Target) -> bool:
    """Whether the class takes no work for this task any more; what is asked for it takes."""
    return homework.is_over(place.lesson, desk.today, desk.late_rule(place.child.class_title))


def days_late(desk: Desk, place: Target, work: HomeworkReturn) -> int:
    """Return by how many days work came late, where the class wants it said."""
    if not work.is_late or desk.late_rule(place.child.class_title) == "accept":
        return 0
    came = (work.handed_in_at or desk.now).astimezone(desk.zone).date()
    return max((came - place.due).days, 1)


def _take_along(desk: Desk, place: Target) -> None:
    """A late part of an album belongs to the pages before it: the next version holds them too."""
    work = last_return(desk, place)
    if work is None or draft_pages(desk, place):
        return
    for one in work.pages:
        page = replace(one, key=f"{one.key}:v{work.version + 1}")
        add_page(desk.connection, work.student, work.lesson, page, desk.now)


def enter_draft(desk: Desk, place: Target, status: str = "", album: str = "") -> None:
    """Collect pages for this task from now on; ``status`` is the key of the status message.

    Pages that wait for a word go on waiting.
    """
    break_question_off(desk)
    facts = {"student": place.child.student, "lesson": place.lesson.lesson.id}
    desk.enter(Doing.DRAFT, **facts, status=status, album=album, pages=waiting_pages(desk))


def break_question_off(desk: Desk) -> bool:
    """Say that a question of ours ends unanswered, because something else began; False for none."""
    said = BROKEN_OFF.get(desk.state.doing)
    if said:
        desk.show(said(desk.t))
    return said is not None


def remember_sealed(desk: Desk, place: Target) -> None:
    """A late part of the album still finds its work, unless another work was begun meanwhile."""
    facts = desk.state.facts
    if is_about(desk, place):
        album, pages = facts.get("album", ""), waiting_pages(desk)
        task = {"student": place.child.student, "lesson": place.lesson.lesson.id}
        desk.enter(Doing.SEALED, **task, album=album, pages=pages)


def take_out(desk: Desk, place: Target) -> list[Kept]:
    """Take every page out of the draft, ready to be put into another one in the same order.

    Pages of an album find their places by themselves, but for those whose order a person changed.
    """
    there = draft_pages(desk, place)
    moved = {one.album for one in there if not _is_as_taken(there, one.album)}
    pages: list[Kept] = [
        {
            "key": f"{CHANNEL}:moved{number}:{desk.update_id}",
            "sha256": one.sha256,
            "media_type": one.media_type,
            "note": one.note,
            "hints": list(one.hints),
            "sheets": one.sheets,
            "album": "" if one.album in moved else one.album,
            "place": one.place,
        }
        for number, one in enumerate(there)
    ]
    throw_away(desk, place)
    return pages


def _is_as_taken(pages: Sequence[Page], album: str) -> bool:
    """Whether the pages of an album stand as they were sent."""
    places = [one.place for one in pages if one.album == album]
    return not album or places == sorted(places)


def throw_away(desk: Desk, place: Target) -> None:
    """Take every page out of the draft."""
    while remove_page(desk, place):
        continue


def remove_page(desk: Desk, place: Target) -> bool:
    """Take the last page out that came through a chat; sheets of paper are not the chat's."""
    lesson = place.lesson.lesson.id
    return remove_last_page(desk.connection, place.child.student, lesson, CHANNEL)


def show_draft(desk: Desk, place: Target, album: str = "") -> None:
    """Show the draft's status in its one message: the known one, or a new one."""
    is_mine = desk.state.doing == Doing.DRAFT and is_about(desk, place)
    status = desk.state.facts.get("status", "") if is_mine else ""
    card = homework.draft(place.child, place.lesson, draft_pages(desk, place), desk.t)
    if status:
        # Ten photos of an album would be ten edits in a second; the last one says it all.
        desk.change(card, status, rest=REST if album else timedelta(0))
    else:
        status = desk.show(card, subject=f"{place.child.student}:{place.lesson.lesson.id}")
    enter_draft(desk, place, status, album)


def draft_pages(desk: Desk, place: Target) -> tuple[Page, ...]:
    """Return the pages of the open draft that came through a chat."""
    return _pages(desk.connection, place.child.student, place.lesson.lesson.id)


def _pages(connection: Connection, student: int, lesson: int) -> tuple[Page, ...]:
    found = read_returns(connection, states=[ReturnState.DRAFT], students=[student])
    pages = next((one.pages for one in found if one.lesson == lesson), ())
    return tuple(one for one in pages if one.channel == CHANNEL)


def pages_in_draft(connection: Connection, student: int, lesson: int) -> int:
    """Return how many pages lie in an open draft, whoever may see it."""
    return sum(page.sheets for page in _pages(connection, student, lesson))


def open_drafts(desk: Desk) -> list[Target]:
    """Return the tasks for which pages lie in a draft that nobody has handed in."""
    students = [child.student for child in desk.children]
    found = read_returns(desk.connection, states=[ReturnState.DRAFT], students=students)
    mine = (one for one in found if any(page.channel == CHANNEL for page in one.pages))
    places = (target(desk, one.student, one.lesson) for one in mine)
    return [place for place in places if place]


def last_return(desk: Desk, place: Target) -> HomeworkReturn | None:
    """Return the newest version that was handed in."""
    found = read_returns(desk.connection, students=[place.child.student])
    return newest_handed_in(found, place.lesson.lesson.id)


def updates_in(keys: Iterable[str]) -> list[int]:
    """Return the updates that brought pages, as their keys name them."""
    names = [key.split(":")[2] for key in keys if key.count(":") > 1]
    return [int(name) for name in names if name.isdecimal()]
