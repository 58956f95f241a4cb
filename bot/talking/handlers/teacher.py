"""What a teacher does at the chat: sees the own classes, opens work that waits, answers it.

Rights are those of this moment: each press asks the roster anew.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message

from bot.chats import links, questions
from bot.chats.alarms import Refused
from bot.chats.class_lessons import class_lessons
from bot.chats.staff import Member
from bot.talking import draft_news, drafts, interruptions
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.handlers.filters import FILES, AboutWork, Asked, Pressed, Staff, act_of_album
from bot.talking.handlers.homework import TROUBLE
from bot.telegram.stored_files import as_message, reference
from bot.words import homework
from bot.words import staff as words
from bot.words.dates import day_words, time_words
from bot.words.keyboards import Press, Verb
from bot.words.staff import WorkCard, WorkLine
from jetkiz.calendar.school_weeks import week_of
from jetkiz.homework.feedback import MOST_WORDS, answered_return
from jetkiz.homework.model import ACCEPTED, AGAIN, Page
from jetkiz.i18n import N_
from jetkiz.roster.register import read_names
from jetkiz.staff.work_desk import (
    ReturnPage,
    Said,
    add_to_answer,
    answer_return,
    next_work,
    open_return,
    read_queue,
    read_return,
)

MOST_IN_ALBUM: Final = 10
# A photo and what was written to it.
_Photo = tuple[str, dict[str, object]]
NOT_YOURS: Final = N_("This work is not in your classes.")
SAID: Final = {ACCEPTED: N_("Accepted."), AGAIN: N_("The student is asked to do it again.")}


def build_router() -> Router:
    """Return the handlers of teachers; who is a guardian too gets the family's answer after."""
    router = Router(name="teacher")
    router.message.register(today, Asked("today"), Staff())
    router.message.register(week, Asked("week"), Staff())
    router.message.register(list_work, Asked("homework"), Staff())
    router.callback_query.register(work_opened, Pressed(Verb.WORK))
    router.callback_query.register(accepted, Pressed(Verb.ACCEPTED))
    router.callback_query.register(redo, Pressed(Verb.REDO))
    router.callback_query.register(marked, Pressed(Verb.MARK))
    router.callback_query.register(words_wanted, Pressed(Verb.FEEDBACK))
    router.callback_query.register(words_cancelled, Pressed(Verb.NO_FEEDBACK))
    router.message.register(answered_by_file, FILES, AboutWork())
    router.message.register(file_without_work, FILES, Staff())
    router.message.register(answered, F.text, ~F.text.startswith("/"), AboutWork())
    return router


def _end_feedback(desk: Desk, work: int) -> None:
    """The answer to this work was given or is not wanted; that to another one is awaited still."""
    state = desk.state
    if state.doing == Doing.FEEDBACK and state.facts["work"] == work:
        interruptions.end(desk)


def _then_family(desk: Desk) -> None:
    """Let the handlers of families answer as well, where the chat has children."""
    if desk.children:
        raise SkipHandler


async def today(_message: Message, desk: Desk) -> None:
    """Show the lessons of the own classes today."""
    _show_lessons(desk, only_today=True)
    _then_family(desk)


async def week(_message: Message, desk: Desk) -> None:
    """Show the lessons of the own classes this week."""
    _show_lessons(desk, only_today=False)
    _then_family(desk)


def _show_lessons(desk: Desk, *, only_today: bool) -> None:
    day = desk.today if only_today else None
    found = [
        one
        for member in desk.staff
        for one in class_lessons(desk.connection, member.viewer, week_of(desk.today), day)
    ]
    desk.show(*words.class_lessons(day, found, desk.t))


async def list_work(_message: Message, desk: Desk) -> None:
    """Show what waits for an answer, the oldest first."""
    desk.show(words.work_list(_waiting(desk), desk.t))
    _then_family(desk)


def _waiting(desk: Desk) -> list[WorkLine]:
    """Return what waits, the oldest first; what two roles of one chat see stands once."""
    found = {
        waiting.handed.id: (waiting, task.lesson)
        for member in desk.staff
        for task in read_queue(desk.connection, member.viewer)
        for waiting in task.waiting
    }
    oldest = sorted(found.values(), key=lambda one: (one[0].handed.handed_in_at, one[0].handed.id))
    names = read_names(desk.connection, [one.handed.student for one, _ in oldest])
    return [
        WorkLine(one.handed.id, names[one.handed.student].given, one.seen.class_title, lesson)
        for one, lesson in oldest
    ]


def line_of(found: ReturnPage) -> WorkLine:
    """Return a piece of work as a chat may name it: by a given name and a class."""
    return WorkLine(found.handed.id, found.name.given, found.seen.class_title, found.lesson)


def marker(desk: Desk, work: int) -> tuple[Member, ReturnPage] | None:
    """Return who of the chat may see a piece of work just now, and the work."""
    for member in desk.staff:
        found = read_return(desk.connection, member.viewer, work)
        if found:
            return member, found
    return None


def _pressed(desk: Desk, press: Press) -> tuple[Member, ReturnPage] | None:
    return marker(desk, press.numbers[0]) if press.numbers else None


async def work_opened(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Show the pages of a piece of work and then its card; the opening is written down."""
    found = _pressed(desk, press)
    if found is None:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t(NOT_YOURS))
        return
    interruptions.stop_asking(desk)
    member, shown = found
    open_return(desk.connection, member.viewer, shown.handed.id, desk.now)
    for method, payload in page_messages(shown.handed.pages):
        desk.send(method, payload)
    moment = shown.handed.handed_in_at or desk.now
    day = day_words(moment.astimezone(member.zone).date(), desk.t)
    card = WorkCard(
        line=line_of(shown),
        work=shown.handed,
        time=f"{day}, {time_words(moment, member.zone)}",
        said=[desk.t(SAID[shown.last_mark])] if shown.last_mark in SAID else [],
        may_mark=shown.may_mark,
        marks=_marks(desk, shown),
    )
    desk.show(words.work_card(card, desk.t), subject=f"work:{shown.handed.id}")


def _marks(desk: Desk, shown: ReturnPage) -> list[str]:
    """Return the marks that may be given here: none, unless the school allows it."""
    return [mark for mark in shown.marks if mark.isdecimal()] if desk.marks_allowed else []


def page_messages(pages: Iterable[Page]) -> list[tuple[str, dict[str, object]]]:
    """Return the requests that show pages in their order: photos in albums, the rest one by one.

    What was written to a page stands below it.
    """
    found: list[tuple[str, dict[str, object]]] = []
    photos: list[_Photo] = []
    for place, page in enumerate(pages, 1):
        method, field, name = as_message(page.media_type, place)
        note: dict[str, object] = {"caption": page.note} if page.note else {}
        if method == "sendPhoto":
            photos.append((reference(page.sha256, name), note))
            continue
        found += _photo_messages(photos)
        photos = []
        found.append((method, {field: reference(page.sha256, name), **note}))
    return found + _photo_messages(photos)


def _photo_messages(photos: list[_Photo]) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    for start in range(0, len(photos), MOST_IN_ALBUM):
        part = photos[start : start + MOST_IN_ALBUM]
        if len(part) == 1:
            [(photo, note)] = part
            found.append(("sendPhoto", {"photo": photo, **note}))
        else:
            media = [{"type": "photo", "media": photo, **note} for photo, note in part]
            found.append(("sendMediaGroup", {"media": media}))
    return found


async def accepted(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """The work is accepted as it is."""
    await _decide(query, desk, press, ACCEPTED)


async def redo(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """The work is to be done once more."""
    await _decide(query, desk, press, AGAIN)


async def marked(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """The work gets a mark, where the school allows marks in a chat."""
    found = _pressed(desk, press)
    mark = str(press.numbers[1]) if len(press.numbers) == 2 else ""
    if found is None or mark not in _marks(desk, found[1]):
        desk.refuse(Refused.FORBIDDEN if found else Refused.FOREIGN)
        await query.answer(desk.t("Marks are given in the console."))
        return
    await _decide(query, desk, press, mark)


async def _decide(query: CallbackQuery, desk: Desk, press: Press, mark: str) -> None:
    found = _pressed(desk, press)
    said = Said(mark, "", _act(desk))
    work = _answer(desk, found, said) if found else None
    if found is None or work is None:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t(NOT_YOURS))
        return
    if mark == ACCEPTED:
        draft_news.thumb_up(desk.connection, desk.bot, work.handed)
    told = desk.t(SAID[mark]) if mark in SAID else desk.t("The mark is kept: {mark}.", mark=mark)
    following = next_work(desk.connection, found[0].viewer, work.handed.lesson)
    desk.change(words.decided(line_of(work), told, following, desk.t))
    await query.answer(told)


def _act(desk: Desk) -> str:
    return f"telegram:{desk.bot}:{desk.update_id}"


def _answer(desk: Desk, found: tuple[Member, ReturnPage], said: Said) -> ReturnPage | None:
    member, shown = found
    return answer_return(desk.connection, member.viewer, shown.handed.id, said, desk.now)


async def words_wanted(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """What the teacher says next belongs to this work."""
    found = _pressed(desk, press)
    if found is None or not found[1].may_mark:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t(NOT_YOURS))
        return
    interruptions.enter(desk, Doing.FEEDBACK, work=found[1].handed.id)
    card = words.say_it_now(line_of(found[1]), desk.t)
    desk.show(card, subject=f"work:{found[1].handed.id}")


async def words_cancelled(_query: CallbackQuery, desk: Desk, press: Press) -> None:
    """The teacher says nothing after all."""
    _end_feedback(desk, press.numbers[0] if press.numbers else 0)
    desk.change(words.nothing_said(desk.t))


async def answered(message: Message, desk: Desk, work: int) -> None:
    """Bring a teacher's words home."""
    text = (message.text or "").strip()
    if len(text) > MOST_WORDS:
        desk.show(words.too_long(len(text), MOST_WORDS, desk.t), about=message.message_id)
        return
    _bring_home(desk, work, Said("", text, _act(desk)), message.message_id)


async def answered_by_file(message: Message, desk: Desk, work: int) -> None:
    """Bring a recording or a photo home, where the home has a chat."""
    found = marker(desk, work)
    file = desk.file
    if file is None or file.trouble is not None:
        trouble = file.trouble if file else None
        card = TROUBLE[trouble](desk.t) if trouble else words.which_work(desk.t)
        desk.show(card, about=message.message_id)
        return
    if found and not links.all_phones(desk.connection, found[1].handed.student):
        desk.show(words.no_chat_at_home(line_of(found[1]), desk.t), about=message.message_id)
        return
    said = (message.caption or "").strip()
    if len(said) > MOST_WORDS:
        desk.show(words.too_long(len(said), MOST_WORDS, desk.t), about=message.message_id)
        return
    files = ((file.sha256, file.media_type),)
    act = act_of_album(desk, message.media_group_id or "")
    if not act:
        _bring_home(desk, work, Said("", said, _act(desk), files), message.message_id)
    elif answered_return(desk.connection, act) != work:
        _bring_home(desk, work, Said("", said, act, files), message.message_id)
    elif found and not add_to_answer(
        desk.connection, found[0].viewer, work, Said("", said, act, files)
    ):
        _bring_home(desk, work, Said("", said, _act(desk), files), message.message_id)


async def file_without_work(message: Message, desk: Desk) -> None:
    """A teacher's file that answers nothing; it is homework only where that was begun."""
    if _is_of_family(message, desk):
        raise SkipHandler
    card = words.which_work(desk.t)
    if desk.children:
        card = replace(card, text=f"{card.text}\n{homework.of_own_child(desk.t)}")
    desk.show(card, about=message.message_id)


def _is_of_family(message: Message, desk: Desk) -> bool:
    """Whether a file belongs to what the chat does as a family: pages of work, or a question."""
    album = message.media_group_id or ""
    if not desk.children or desk.amid.doing in {Doing.CHOOSING, Doing.ASKING, Doing.NAMING}:
        return bool(desk.children)
    replied = message.reply_to_message.message_id if message.reply_to_message else 0
    is_work = drafts.find_target(desk, replied, album) is not None
    return is_work or questions.of_album(desk.connection, desk.chat, album) is not None


def _bring_home(desk: Desk, number: int, said: Said, about: int) -> None:
    found = marker(desk, number)
    work = _answer(desk, found, said) if found else None
    if found is None or work is None:
        desk.refuse(Refused.FOREIGN)
        desk.show(words.not_yours(desk.t), about=about)
        return
    _end_feedback(desk, number)
    following = 0 if work.last_mark else number
    desk.show(words.answer_taken(line_of(work), following, desk.t), about=about)
