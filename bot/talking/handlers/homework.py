"""How work comes in: page by page into one draft, handed in by an act, never guessed."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot.chats.alarms import Refused
from bot.chats.reading import tasks
from bot.receiving.attachments import Trouble
from bot.talking import drafts, interruptions
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.draft_words import LONGEST_WORDS, caption_of, put_words
from bot.talking.drafts import Kept, Target
from bot.talking.handlers.filters import FILES, Asked, Collecting, Pressed
from bot.talking.lesson_view import refresh_cards
from bot.talking.paper_sheets import file_sheets
from bot.words import homework
from bot.words.cards import Card
from bot.words.dates import time_words
from bot.words.keyboards import Press, Verb
from jetkiz.homework.page_order import move_up
from jetkiz.homework.returns import hand_in

SEEN: Final = "👀"
TROUBLE: Final = {
    Trouble.TOO_LARGE: homework.too_large,
    Trouble.LOST: homework.lost,
    Trouble.WRONG_TYPE: homework.wrong_type,
    Trouble.BROKEN: homework.broken,
}

OnTarget = Callable[[CallbackQuery, Desk, Target], Awaitable[None]]
OnPress = Callable[[CallbackQuery, Desk, Press], Awaitable[None]]


def build_router() -> Router:
    """Return the handlers of homework."""
    router = Router(name="homework")
    router.message.register(list_tasks, Asked("homework"))
    router.message.register(send_asked, Asked("send"))
    router.message.register(words_came, F.text, ~F.text.startswith("/"), Collecting())
    router.message.register(file_came, FILES)
    router.callback_query.register(for_target(begin), Pressed(Verb.HAND_IN))
    router.callback_query.register(for_target(finish), Pressed(Verb.FINISH))
    router.callback_query.register(for_target(remove), Pressed(Verb.REMOVE))
    router.callback_query.register(for_target(add), Pressed(Verb.ADD))
    router.callback_query.register(for_target(show_order), Pressed(Verb.ORDER))
    router.callback_query.register(page_up, Pressed(Verb.UP))
    router.callback_query.register(for_target(cancel), Pressed(Verb.CANCEL))
    router.callback_query.register(for_target(move), Pressed(Verb.MOVE))
    router.callback_query.register(for_target(choose_task), Pressed(Verb.CHOOSE_TASK))
    router.callback_query.register(drop, Pressed(Verb.DROP))
    router.callback_query.register(choose_child, Pressed(Verb.CHOOSE_CHILD))
    return router


def for_target(handler: OnTarget) -> OnPress:
    """Give a handler the task of the pressed button; refuse a task that is not this chat's."""

    async def checked(query: CallbackQuery, desk: Desk, press: Press) -> None:
        found = drafts.target(desk, *press.numbers) if len(press.numbers) == 2 else None
        if found is None:
            desk.refuse(Refused.FOREIGN)
            await query.answer(desk.t("This lesson is not in this chat."))
        else:
            await handler(query, desk, found)

    return checked


async def list_tasks(_message: Message, desk: Desk) -> None:
    """Show what is to be handed in and what became of the rest."""
    for child in desk.children:
        found = tasks(desk.connection, child.student, desk.today)
        rule = desk.late_rule(child.class_title)
        desk.show(*homework.task_list(child, found, desk.today, desk.t, rule))


async def file_came(message: Message, desk: Desk) -> None:
    """Put a file where it belongs, or ask."""
    file = desk.file
    if file is None or file.trouble is not None:
        trouble = file.trouble if file and file.trouble else Trouble.WRONG_TYPE
        desk.show(TROUBLE[trouble](desk.t), about=message.message_id)
        return
    marked = file_sheets(desk, message, file.paper, file.sha256) if file.paper else []
    if file.paper and not marked:
        desk.react(message.message_id, SEEN)
        return
    album, caption = message.media_group_id or "", (message.caption or "").strip()
    note, more = caption_of(desk, caption, message.message_id, album)
    pages = [drafts.page_of(desk, file, note, album, message.message_id), *more]
    replied = message.reply_to_message.message_id if message.reply_to_message else 0
    target = marked[0] if marked else drafts.find_target(desk, replied, album)
    # One sign for an album: ten would be noise.
    is_first = not album or album != desk.state.facts.get("album")
    if target:
        interruptions.turn_to(desk, target)
        is_kept = drafts.file_pages(desk, target, pages, album)
    else:
        is_kept = _place_or_ask(desk, pages, album, message.message_id)
    if is_kept and is_first:
        desk.react(message.message_id, SEEN)


def _place_or_ask(desk: Desk, pages: list[Kept], album: str, about: int) -> bool:
    """Put pages into the only open task, or ask; False when it could not be kept."""
    found = drafts.candidates(desk)
    if desk.state.doing == Doing.CHOOSING:
        # The question stands already; this page waits for its answer too.
        interruptions.let_wait(desk, pages, album)
    elif not found:
        desk.show(homework.no_open_task(desk.t), about=about)
        return False
    elif len(found) == 1:
        return drafts.file_pages(desk, found[0], pages, album)
    else:
        interruptions.let_wait(desk, pages, album)
        desk.show(_question(desk, found))
    return True


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
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This lesson is not in this chat."))
        return
    found = drafts.candidates_of(desk, child)
    if not found:
        desk.show(homework.no_open_task_of(child, desk.t))
    elif len(found) == 1:
        await choose_task(query, desk, found[0])
    else:
        desk.change(_question(desk, found))


async def choose_task(_query: CallbackQuery, desk: Desk, target: Target) -> None:
    """The pages that waited are for this task; the question becomes their status."""
    if drafts.is_closed(desk, target):
        # The pages go on waiting: they may be for another task.
        desk.show(homework.closed(target.child, target.lesson, desk.t))
        return
    interruptions.turn_to(desk, target)
    pages, album = interruptions.take_waiting(desk)
    drafts.enter_draft(desk, target, status=desk.pressed_key(), album=album)
    drafts.file_pages(desk, target, pages, album)


async def begin(_query: CallbackQuery, desk: Desk, target: Target) -> None:
    """Begin a draft for a task, or show the one that is open."""
    if drafts.is_closed(desk, target):
        desk.show(homework.closed(target.child, target.lesson, desk.t))
        return
    interruptions.turn_to(desk, target)
    if drafts.draft_pages(desk, target) and not drafts.waiting_pages(desk):
        drafts.show_draft(desk, target)
        return
    _ask_for_pages(desk, target)


def _ask_for_pages(desk: Desk, target: Target) -> None:
    waiting = len(drafts.waiting_pages(desk))
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
    late = drafts.days_late(desk, target, work)
    desk.change(homework.handed_in(target.child, target.lesson, work, time, desk.t, late))
    if sealed:
        drafts.remember_sealed(desk, target)
        refresh_cards(desk, target)
        await query.answer(desk.t("Handed in. Well done!"))


async def send_asked(_message: Message, desk: Desk) -> None:
    """Open the draft that waits, or ask for which task work is to be sent."""
    drafts_open, wanted = drafts.open_drafts(desk), drafts.candidates(desk)
    for place in drafts_open[: homework.CHOICES]:
        drafts.show_draft(desk, place)
    if drafts_open:
        return
    if len(wanted) == 1:
        _ask_for_pages(desk, wanted[0])
    elif wanted:
        tasks_of = [(one.child, one.lesson) for one in wanted]
        desk.show(homework.which_draft(tasks_of, desk.t))
    else:
        desk.show(homework.nothing_to_send(desk.t))


async def words_came(message: Message, desk: Desk) -> None:
    """Words beside pages are a note to them; words alone are the answer itself."""
    replied = message.reply_to_message.message_id if message.reply_to_message else 0
    place = drafts.find_target(desk, replied, "")
    words = (message.text or "").strip()
    if place is None:
        interruptions.end(desk)
        desk.show(homework.no_such_task(desk.t), about=message.message_id)
    elif len(words) > LONGEST_WORDS:
        card = homework.too_long(len(words), LONGEST_WORDS, desk.t)
        desk.show(card, about=message.message_id)
    else:
        interruptions.turn_to(desk, place)
        put_words(desk, place, words, message.message_id)


async def add(query: CallbackQuery, desk: Desk, target: Target) -> None:
    """Collect more pages for this task; the draft is shown in the message that was pressed."""
    if not drafts.draft_pages(desk, target):
        await begin(query, desk, target)
        return
    interruptions.turn_to(desk, target)
    drafts.enter_draft(desk, target, status=desk.pressed_key())
    drafts.show_draft(desk, target)
    await query.answer(desk.t("Send more pages, or hand in."))


async def show_order(query: CallbackQuery, desk: Desk, target: Target) -> None:
    """Show in which order the pages stand, and let it be changed."""
    pages = drafts.draft_pages(desk, target)
    if pages:
        desk.change(homework.page_order(target.child, target.lesson, pages, desk.t))
    else:
        await query.answer(desk.t("There are no pages yet."))


async def page_up(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Let a page change places with the one before it."""
    student, lesson, page = (*press.numbers, 0, 0, 0)[:3]
    place = drafts.target(desk, student, lesson)
    if place is None:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This lesson is not in this chat."))
    elif move_up(desk.connection, student, lesson, page, drafts.CHANNEL, desk.now):
        await show_order(query, desk, place)


async def remove(query: CallbackQuery, desk: Desk, target: Target) -> None:
    """Take the last page out of the draft."""
    if drafts.remove_page(desk, target):
        interruptions.turn_to(desk, target)
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
    interruptions.let_wait(desk, pages, album=desk.state.facts.get("album", ""))
    question = _question(desk, drafts.candidates(desk) or [target])
    desk.change(homework.or_throw_away(question, desk.t))


async def drop(_query: CallbackQuery, desk: Desk) -> None:
    """Throw away the pages of which nobody says for which task they are, whatever is done now."""
    interruptions.drop_waiting(desk)
    desk.change(homework.cancelled(desk.t))


async def cancel(_query: CallbackQuery, desk: Desk, target: Target) -> None:
    """Throw the draft away; what waits or belongs to another task stays."""
    drafts.throw_away(desk, target)
    if drafts.is_about(desk, target):
        interruptions.end(desk)
    desk.change(homework.cancelled(desk.t))
