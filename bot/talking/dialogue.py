"""How one update is handled: what it changes, its answers and its end in one transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.types import Update
from sqlalchemy import Connection

from bot.chats import links, staff
from bot.receiving import inbox
from bot.receiving.attachments import ArrivedFile
from bot.receiving.inbox import Arrived
from bot.receiving.updates import is_private, person_of
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.sending.probe_discovery import discover, sighting
from bot.talking import interruptions
from bot.talking.desk import Desk, school_zone
from bot.talking.handlers import (
    ask,
    children,
    coordinator,
    homework,
    lesson_extras,
    lessons,
    linking,
    mydata,
    questions,
    quiz,
    reminders,
    settings,
    start,
    teacher,
)
from bot.talking.handlers import staff as staff_handlers
from bot.talking.session import OutboxSession
from bot.talking.typed_buttons import as_press
from bot.telegram.telegram_api import bot_number
from bot.words.typed_words import as_command
from jetkiz.channel import Showing, Shows, load_channel
from jetkiz.i18n import LANGUAGES
from jetkiz.storage.workplace import Workplace, wall_clock


class Dialogue:
    """The conversation of one bot."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._settings = workplace.settings
        self._clock = workplace.clock
        self._files = workplace.files
        self._number = bot_number(workplace.settings.telegram_token)
        self._dispatcher = Dispatcher(disable_fsm=True)
        # Guests come no further than the fourth; the last answers whatever is left.
        self._dispatcher.include_routers(
            settings.build_router(),
            mydata.build_router(),
            linking.build_router(),
            start.build_router(),
            staff_handlers.build_router(),
            coordinator.build_router(),
            questions.build_router(),
            teacher.build_router(),
            children.build_router(),
            ask.build_router(),
            reminders.build_router(),
            lessons.build_router(),
            lesson_extras.build_router(),
            quiz.build_router(),
            homework.build_router(),
            settings.build_last_router(),
        )
        call_plain_filters_at_once(self._dispatcher)

    def handle_all(
        self, connection: Connection, group: Sequence[Arrived], file: ArrivedFile | None
    ) -> None:
        """Handle updates of several chats in one transaction; ``file`` belongs to a single one."""
        with asyncio.Runner() as runner:
            for one in group:
                self.handle(connection, one, file, runner)

    def handle(
        self,
        connection: Connection,
        one: Arrived,
        file: ArrivedFile | None,
        runner: asyncio.Runner | None = None,
    ) -> None:
        """Handle an update once; whoever comes second finds it done."""
        if runner is None:
            self.handle_all(connection, [one], file)
            return
        if not inbox.is_open(connection, one.id):
            return
        if is_private(one.raw):
            seen = sighting(one.raw)
            if seen:
                discover(connection, self._number, seen, wall_clock(), self._clock())
            self._answer(connection, one, file, runner)
        is_known = staff.is_known(connection, self._number, one.chat_id)
        inbox.mark_done(connection, one.id, wall_clock(), keep_words=is_known)

    def _answer(
        self, connection: Connection, one: Arrived, file: ArrivedFile | None, runner: asyncio.Runner
    ) -> None:
        def write(message: Outgoing) -> None:
            outbox.put(connection, self._number, [message], wall_clock())

        session = OutboxSession(one.chat_id, f"update:{self._number}:{one.update_id}", write)
        bot = Bot(self._settings.telegram_token, session=session)
        raw = as_press(connection, self._number, as_command(one.raw), self._clock())
        update = Update.model_validate(raw, context={"bot": bot})
        desk = self._desk(connection, one, session, update)
        desk.file = file
        if desk.chat.is_blocked and not update.my_chat_member:
            start.came_back(desk)
        if update.message and interruptions.is_command(update.message.text or ""):
            interruptions.break_off(desk, update.message.text or "")
        runner.run(self._dispatcher.feed_update(bot, update, desk=desk))
        if update.callback_query and not session.has_answered_press:
            query = {"callback_query_id": update.callback_query.id}
            session.put("answerCallbackQuery", query)

    def _desk(
        self, connection: Connection, one: Arrived, session: OutboxSession, update: Update
    ) -> Desk:
        language = self._first_language(one.raw)
        chat = links.open_chat(connection, self._number, one.chat_id, language)
        children = links.children(connection, chat)
        members = staff.members(connection, chat)
        zone = school_zone(connection, children, self._settings.zone)
        query = update.callback_query
        return Desk(
            connection=connection,
            bot=self._number,
            update_id=one.update_id,
            chat=chat,
            children=children,
            now=self._clock(),
            zone=members[0].zone if members and not children else zone,
            session=session,
            files=self._files,
            staff=members,
            marks_allowed=self._settings.telegram_marks,
            rich=self._settings.telegram_rich,
            late_work=self._settings.late_work,
            pressed_message=query.message.message_id if query and query.message else 0,
            needs_consent=self._settings.guardian_consent,
            showings=self._showings,
        )

    def _showings(self, connection: Connection, week: str) -> Mapping[int, Showing]:
        """Ask television when its lessons are on; it is loaded when somebody first needs it."""
        channel: object = load_channel("broadcast", self._workplace)
        return channel.showings(connection, week) if isinstance(channel, Shows) else {}

    def _first_language(self, raw: Any) -> str:
        """Before a chat is linked, the language of the phone is all there is to go by."""
        code = str(person_of(raw).get("language_code") or "")[:2]
        return code if code in LANGUAGES else self._settings.language


def call_plain_filters_at_once(router: Router) -> None:
    """Let filters such as ``F.photo`` run where they are asked.

    aiogram hands each of them to a thread of its own, which takes longer than the answer.
    """
    for observer in router.observers.values():
        for handler in observer.handlers:
            for one in handler.filters or ():
                if not one.awaitable:
                    one.callback, one.awaitable = _awaited(one.callback), True
    for inner in router.sub_routers:
        call_plain_filters_at_once(inner)


def _awaited(plain: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def asked(*args: Any, **facts: Any) -> Any:
        return plain(*args, **facts)

    return asked
