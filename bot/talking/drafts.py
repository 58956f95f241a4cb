"""For which task a page is, and what a draft of work shows: never guessed between two children."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from bot.chats import links
from bot.chats.links import Chat, Child
from bot.chats.reading import StudentLesson, find_lesson, open_tasks
from bot.receiving import inbox
from bot.receiving.attachments import ArrivedFile
from bot.sending import outbox
from bot.sending.outbox import Lane, Outgoing
from bot.talking import dialogue_states
from bot.talking.desk import Desk
from bot.talking.dialogue_states import DialogueState, Doing
from bot.talking.unanswered import BROKEN_OFF
from bot.words import homework
from bot.words.cards import Card
from jetkiz.homework.model import SILENCE, HomeworkReturn, Page, ReturnState
from jetkiz.homework.page_order import change_note
from jetkiz.homework.returns import (
    add_page,
    newest_handed_in,
    read_returns,
    read_sealed_by_silence,
    remove_last_page,
    seal_silent_drafts,
)
from jetkiz.i18n import translator
from jetkiz.storage.workplace import wall_clock

# What was sealed longer ago is no news any more.
NEWS: Final = timedelta(days=1)
CHANNEL: Final = "telegram"
ACCEPTED: Final = "👍"
LONGEST_NOTE: Final = 500
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
    """Return the open tasks of all children of the chat, the first due first."""
    found = [
        Target(child, one)
        for child in desk.children
        for one in open_tasks(desk.connection, child.student, desk.today)
    ]
    return sorted(found, key=lambda one: one.due)


def waiting_pages(desk: Desk) -> list[Kept]:
    """Return the pages of which nobody has said yet for which task they are."""
    return list(desk.state.facts.get("pages", ()))


def is_about(desk: Desk, place: Target) -> bool:
    """Whether the work that the chat is in the middle of is for this task.

    A question to its teacher is no work.
    """
    return _is_at_work(desk.state, place.child.student, place.lesson.lesson.id)


def _is_at_work(state: DialogueState, student: int, lesson: int) -> bool:
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
    """Whether the school takes no work for this task any more."""
    return desk.late_work == "closed" and desk.today > place.due


def days_late(desk: Desk, place: Target, work: HomeworkReturn) -> int:
    """Return by how many days work came late, where the school wants it said."""
    if not work.is_late or desk.late_work == "accept":
        return 0
    came = (work.handed_in_at or desk.now).astimezone(desk.zone).date()
    return max((came - place.due).days, 1)


def _take_along(desk: Desk, place: Target) -> None:
    """A late part of an album belongs to the pages before it: the next version holds them too."""
    work = last_return(desk, place)
    if work is None or draft_pages(desk, place):
        return
    for one in work.pages:
        page = replace(one, key=f"{one.key}:v{work.version + 1}", number=0)
        add_page(desk.connection, work.student, work.lesson, page, desk.now)


def enter_draft(desk: Desk, place: Target, status: str = "", album: str = "") -> None:
    """Collect pages for this task from now on; ``status`` is the key of the status message.

    Pages that wait for a word go on waiting.
    """
    break_question_off(desk)
    facts = {"student": place.child.student, "lesson": place.lesson.lesson.id}
    desk.enter(Doing.DRAFT, **facts, status=status, album=album, pages=waiting_pages(desk))


def break_question_off(desk: Desk) -> None:
    """Say that a question of ours ends unanswered, because a button began something else."""
    said = BROKEN_OFF.get(desk.state.doing)
    if said:
        desk.show(said(desk.t))


def take_out(desk: Desk, place: Target) -> list[Kept]:
    """Take every page out of the draft, ready to be put into another one."""
    pages: list[Kept] = [
        {
            "key": f"{CHANNEL}:moved{number}:{desk.update_id}",
            "sha256": one.sha256,
            "media_type": one.media_type,
            "note": one.note,
            "hints": list(one.hints),
            "sheets": one.sheets,
            "album": one.album,
            "place": one.place,
        }
        for number, one in enumerate(draft_pages(desk, place))
    ]
    throw_away(desk, place)
    return pages


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
    found = read_returns(
        desk.connection, states=[ReturnState.DRAFT], students=[place.child.student]
    )
    lesson = place.lesson.lesson.id
    pages = next((one.pages for one in found if one.lesson == lesson), ())
    return tuple(one for one in pages if one.channel == CHANNEL)


def add_note(desk: Desk, place: Target, words: str) -> None:
    """Write words to the last page of the draft, behind what stands there."""
    last = draft_pages(desk, place)[-1]
    note = "\n".join(part for part in (last.note, words) if part)
    change_note(desk.connection, [place.child.student], last.key, note[:LONGEST_NOTE])
    # Words between the photos of an album do not end it.
    show_draft(desk, place, desk.state.facts.get("album", ""))


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


def seal_silent(connection: Connection, bot: int, zone: Any, now: datetime) -> int:
    """Hand in the drafts to which nothing was added for half an hour, and tell the phones.

    The worker seals as well: whoever comes first, the phones hear it once. Return to how many
    works.
    """
    seal_silent_drafts(connection, now - SILENCE, zone, now)
    news = [
        work
        for work in read_sealed_by_silence(connection, now - NEWS)
        if not outbox.has_begun(connection, f"sealed:{work.id}:")
    ]
    return sum(_tell_phones(connection, bot, work, now) for work in news)


def _tell_phones(connection: Connection, bot: int, work: HomeworkReturn, now: datetime) -> bool:
    """Tell the phones from which the pages came, whatever they are in the middle of now."""
    one = find_lesson(connection, work.student, work.lesson)
    senders = inbox.chats_of(connection, bot, _updates_of(work))
    told = [p for p in links.phones(connection, bot, work.student) if p.chat_id in senders]
    if one is None:
        return False
    for phone in told:
        child = next(c for c in links.children(connection, phone) if c.student == work.student)
        card = homework.handed_in_by_itself(child, one, work, translator(phone.language))
        subject = f"{work.student}:{work.lesson}"
        _say(connection, bot, phone, card, f"sealed:{work.id}", subject)
        state = dialogue_states.read_state(connection, phone, now)
        if _is_at_work(state, work.student, work.lesson) and not state.facts.get("pages"):
            links.forget_dialogue(connection, phone)
    return bool(told)


def _updates_of(work: HomeworkReturn) -> list[int]:
    """Return the updates that brought the pages of a work, as their keys name them."""
    mine = [one.key for one in work.pages if one.channel == CHANNEL]
    names = [key.split(":")[2] for key in mine if key.count(":") > 1]
    return [int(name) for name in names if name.isdecimal()]


def thumb_up(connection: Connection, bot: int, work: HomeworkReturn) -> None:
    """Hang a thumb to the first photo of accepted work, beside the words that go home anyway."""
    first = next((page for page in work.pages if page.channel == CHANNEL and page.place), None)
    chats = inbox.chats_of(connection, bot, _updates_of(work)) if first else set()
    if first is None or len(chats) != 1:
        return
    [chat] = chats
    sign = [{"type": "emoji", "emoji": ACCEPTED}]
    message = Outgoing(
        key=f"thumb:{work.id}",
        chat_id=chat,
        method="setMessageReaction",
        payload={"chat_id": chat, "message_id": first.place, "reaction": sign},
        lane=Lane.BULK,
    )
    outbox.put(connection, bot, [message], wall_clock())


def _say(
    connection: Connection, bot: int, phone: Chat, card: Card, key: str, subject: str = ""
) -> None:
    message = Outgoing(
        key=f"{key}:{phone.id}",
        chat_id=phone.chat_id,
        method="sendMessage",
        payload={"chat_id": phone.chat_id, **card.payload()},
        subject=subject,
    )
    outbox.put(connection, bot, [message], wall_clock())


def tell_unplaced(connection: Connection, bot: int, now: datetime) -> int:
    """Say of pages that waited a day for a word that they were not handed in; return to how many.

    Nothing vanishes without a word.
    """
    told = 0
    for chat, state in dialogue_states.take_expired(connection, bot, now):
        pages = state.facts.get("pages", ())
        if pages and not chat.is_blocked and links.children(connection, chat):
            card = homework.not_placed(len(pages), translator(chat.language))
            _say(connection, bot, chat, card, f"unplaced:{pages[0]['key']}")
            told += 1
        # A day ago, at this very hour, somebody was at the phone: no quiet hours are broken.
        told += _tell_unanswered(connection, bot, chat, state.doing, now)
    return told


def _tell_unanswered(
    connection: Connection, bot: int, chat: Chat, doing: Doing, now: datetime
) -> bool:
    """Say that a question of ours has ended because nobody answered it."""
    said = BROKEN_OFF.get(doing)
    if said is None or chat.is_blocked:
        return False
    key = f"unanswered:{chat.id}:{doing}:{now.isoformat()}"
    _say(connection, bot, chat, said(translator(chat.language)), key)
    return True
