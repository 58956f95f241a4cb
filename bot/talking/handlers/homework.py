"""How work comes in: page by page into one draft, handed in by an act, never guessed."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.chats.reading import open_tasks, tasks
from bot.receiving.attachments import Trouble
from bot.talking import drafts
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.drafts import Target
from bot.talking.handlers.filters import Pressed
from bot.words import homework
from bot.words.cards import Card
from bot.words.dates import time_words
from bot.words.keyboards import Press, Verb
from jetkiz.homework.returns import hand_in

TROUBLE: Final = {
    Trouble.TOO_LARGE: homework.too_large,
    Trouble.LOST: homework.lost,
    Trouble.WRONG_TYPE: homework.wrong_type,
}
LONGEST_NOTE: Final = 500

OnTarget = Callable[[CallbackQuery, Desk, Target], Awaitable[None]]
OnPress = Callable[[CallbackQuery, Desk, Press], Awaitable[None]]


def build_router() -> Router:
    """Return the handlers of homework."""
    router = Router(name="homework")
    router.message.register(list_tasks, Command("homework"))
    router.message.register(
        file_came, F.photo | F.document | F.voice | F.audio | F.video | F.video_note
    )
    router.callback_query.register(for_target(begin), Pressed(Verb.HAND_IN))
    router.callback_query.register(for_target(finish), Pressed(Verb.FINISH))
    router.callback_query.register(for_target(remove), Pressed(Verb.REMOVE))
    router.callback_query.register(for_target(cancel), Pressed(Verb.CANCEL))
    router.callback_query.register(for_target(move), Pressed(Verb.MOVE))
    router.callback_query.register(for_target(choose_task), Pressed(Verb.CHOOSE_TASK))
    router.callback_query.register(choose_child, Pressed(Verb.CHOOSE_CHILD))
    return router


def for_target(handler: OnTarget) -> OnPress:
    """Give a handler the task of the pressed button; refuse a task that is not this chat's."""

    async def checked(query: CallbackQuery, desk: Desk, press: Press) -> None:
        found = drafts.target(desk, *press.numbers) if len(press.numbers) == 2 else None
        if found is None:
            await query.answer(desk.t("This lesson is not in this chat."))
        else:
            await handler(query, desk, found)

    return checked


async def list_tasks(_message: Message, desk: Desk) -> None:
    """Show what is to be handed in and what became of the rest."""
    for child in desk.children:
        found = tasks(desk.connection, child.student, desk.today)
        desk.show(*homework.task_list(child, found, desk.t))


async def file_came(message: Message, desk: Desk) -> None:
    """Put a file where it belongs, or ask."""
    file = desk.file
    if file is None or file.trouble is not None:
        trouble = file.trouble if file and file.trouble else Trouble.WRONG_TYPE
        desk.show(TROUBLE[trouble](desk.t), about=message.message_id)
        return
    page = drafts.page_of(desk, file, (message.caption or "")[:LONGEST_NOTE])
    album = message.media_group_id or ""
    replied = message.reply_to_message.message_id if message.reply_to_message else 0
    target = drafts.find_target(desk, replied, album)
    if target:
        drafts.file_pages(desk, target, [page], album)
    else:
        _place_or_ask(desk, page, album, message.message_id)


def _place_or_ask(desk: Desk, page: dict[str, str], album: str, about: int) -> None:
    found = drafts.candidates(desk)
    if desk.state.doing == Doing.CHOOSING:
        # The question stands already; this page waits for its answer too.
        _let_wait(desk, [page], album)
    elif not found:
        desk.show(homework.no_open_task(desk.t), about=about)
    elif len(found) == 1:
        drafts.file_pages(desk, found[0], [page], album)
    else:
        _let_wait(desk, [page], album)
        desk.show(_question(desk, found))


def _let_wait(desk: Desk, pages: list[dict[str, str]], album: str) -> None:
    desk.enter(Doing.CHOOSING, pages=[*drafts.waiting_pages(desk), *pages], album=album)


def _question(desk: Desk, found: list[Target]) -> Card:
    """Ask whose work it is, or for which task when only one child is meant."""
    children = list(dict.fromkeys(one.child for one in found))
    if len(children) > 1:
        return homework.which_child(children, desk.t)
    return homework.which_task(children[0].student, [one.lesson for one in found], desk.t)


async def choose_child(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """The pages are this child's; the task may still have to be asked for."""
    child = desk.child(press.numbers[0]) if press.numbers else None
    if child is None:
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    found = open_tasks(desk.connection, child.student, desk.today)
    if not found:
        desk.show(homework.no_open_task_of(child, desk.t))
    elif len(found) == 1:
        await choose_task(query, desk, Target(child, found[0]))
    else:
        desk.change(homework.which_task(child.student, found, desk.t))


async def choose_task(_query: CallbackQuery, desk: Desk, target: Target) -> None:
    """The pages that waited are for this task; the question becomes their status."""
    pages = drafts.waiting_pages(desk)
    album = desk.state.facts.get("album", "")
    # From here on nothing waits any more; whoever presses twice adds nothing.
    desk.leave()
    drafts.enter_draft(desk, target, status=desk.pressed_key(), album=album)
    drafts.file_pages(desk, target, pages, album)


async def begin(_query: CallbackQuery, desk: Desk, target: Target) -> None:
    """Begin a draft for a task, or show the one that is open."""
    waiting = len(drafts.waiting_pages(desk))
    if drafts.draft_pages(desk, target) and not waiting:
        drafts.show_draft(desk, target)
        return
    drafts.enter_draft(desk, target)
    desk.show(homework.send_pages(target.child, target.lesson, waiting, desk.t))


async def finish(query: CallbackQuery, desk: Desk, target: Target) -> None:
    """Hand the draft in; pressing again says that it was handed in."""
    student, lesson = target.child.student, target.lesson.lesson.id
    sealed = hand_in(desk.connection, student, lesson, desk.today, desk.now, drafts.CHANNEL)
    work = sealed or drafts.last_return(desk, target)
    if work is None:
        await query.answer(desk.t("There are no pages yet."))
        return
    time = time_words(work.handed_in_at or desk.now, desk.zone)
    desk.change(homework.handed_in(target.child, target.lesson, work, time, desk.t))
    if sealed:
        _remember_sealed(desk, target)
        await query.answer(desk.t("Handed in. Well done!"))


def _remember_sealed(desk: Desk, target: Target) -> None:
    """A late part of the album still finds its work, unless another work was begun meanwhile."""
    facts = desk.state.facts
    if drafts.is_about(desk, target):
        album, pages = facts.get("album", ""), drafts.waiting_pages(desk)
        place = {"student": target.child.student, "lesson": target.lesson.lesson.id}
        desk.enter(Doing.SEALED, **place, album=album, pages=pages)


async def remove(query: CallbackQuery, desk: Desk, target: Target) -> None:
    """Take the last page out of the draft."""
    if drafts.remove_page(desk, target):
        album = desk.state.facts.get("album", "") if drafts.is_about(desk, target) else ""
        drafts.enter_draft(desk, target, status=desk.pressed_key(), album=album)
        drafts.show_draft(desk, target, album)
    else:
        await query.answer(desk.t("There are no pages yet."))


async def move(query: CallbackQuery, desk: Desk, target: Target) -> None:
    """The pages were for another task or another child: take them out and ask again."""
    pages = drafts.take_out(desk, target)
    if not pages:
        await query.answer(desk.t("There are no pages yet."))
        return
    _let_wait(desk, pages, album=desk.state.facts.get("album", ""))
    desk.change(_question(desk, drafts.candidates(desk) or [target]))


async def cancel(_query: CallbackQuery, desk: Desk, target: Target) -> None:
    """Throw the draft away; what waits or belongs to another task stays."""
    drafts.throw_away(desk, target)
    if drafts.is_about(desk, target):
        _forget_draft(desk)
    desk.change(homework.cancelled(desk.t))


def _forget_draft(desk: Desk) -> None:
    pages = drafts.waiting_pages(desk)
    desk.leave()
    if pages:
        desk.enter(Doing.CHOOSING, pages=pages, album="")
