"""How one update is handled: what it changes, its answers and its end in one transaction."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.types import Update
from sqlalchemy import Connection

from bot.chats import staff
from bot.receiving import inbox
from bot.receiving.attachments import ArrivedFile
from bot.receiving.inbox import Arrived
from bot.receiving.updates import is_private, person_of
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.sending.probe_discovery import discover, sighting
from bot.talking import interruptions
from bot.talking.callers import Caller, read_caller
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.drawings import NotDrawnError
from bot.talking.handlers import (
    ask,
    children,
    coordinator,
    edited,
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
from bot.talking.switchboard import Switchboard
from bot.talking.typed_buttons import as_meant
from bot.telegram.telegram_api import bot_number
from jetkiz.channel import CHANNELS, load_channel
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
        # Guests come no further than the fourth; the last answers whatever is left.
        self._switchboard = Switchboard(
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
            edited.build_router(),
            homework.build_router(),
            settings.build_last_router(),
        )

    def handle_all(
        self, connection: Connection, group: Sequence[Arrived], file: ArrivedFile | None
    ) -> None:
        """Handle updates of several chats in one transaction; ``file`` belongs to a single one."""
        waiting = inbox.hold(connection, [one.id for one in group])
        for one in group:
            if one.id not in waiting:
                continue
            try:
                self._handle(connection, one, file)
            except NotDrawnError as error:
                error.update = one.id
                raise

    def handle(self, connection: Connection, one: Arrived, file: ArrivedFile | None) -> None:
        """Handle an update once; whoever comes second finds it done."""
        self.handle_all(connection, [one], file)

    def _handle(self, connection: Connection, one: Arrived, file: ArrivedFile | None) -> None:
        if is_private(one.raw):
            seen = sighting(one.raw)
            if seen:
                discover(connection, self._number, seen, wall_clock(), self._clock())
            self._answer(connection, one, file)
        if not inbox.mark_family_done(connection, one.id, wall_clock()):
            is_known = staff.is_known(connection, self._number, one.chat_id)
            inbox.mark_done(connection, one.id, wall_clock(), keep_words=is_known)

    def _answer(self, connection: Connection, one: Arrived, file: ArrivedFile | None) -> None:
        def write(message: Outgoing) -> None:
            outbox.put(connection, self._number, [message], wall_clock())

        session = OutboxSession(one.chat_id, f"update:{self._number}:{one.update_id}", write)
        bot = Bot(self._settings.telegram_token, session=session)
        now, language = self._clock(), self._first_language(one.raw)
        caller = read_caller(connection, self._number, one.chat_id, language, now)
        raw = as_meant(connection, one.raw, caller.chat, caller.state)
        update = Update.model_validate(raw, context={"bot": bot})
        desk = self._desk(connection, caller, one, session, update)
        desk.file = file
        if desk.chat.is_blocked and not update.my_chat_member:
            start.came_back(desk)
        if not update.my_chat_member:
            interruptions.settle(desk, has_expired=caller.has_expired)
        text = (update.message.text if update.message else "") or ""
        if interruptions.is_command(text) and desk.amid.doing != Doing.NOTHING:
            interruptions.break_off(desk, text)
            desk.amid = desk.state
        self._switchboard.answer(update, bot=bot, desk=desk)
        if update.callback_query and not session.has_answered_press:
            query = {"callback_query_id": update.callback_query.id}
            session.put("answerCallbackQuery", query)

    def _desk(
        self,
        connection: Connection,
        caller: Caller,
        one: Arrived,
        session: OutboxSession,
        update: Update,
    ) -> Desk:
        members = staff.members(connection, caller.chat) if caller.may_be_staff else ()
        zone = ZoneInfo(caller.zone or self._settings.zone)
        query = update.callback_query
        return Desk(
            connection=connection,
            bot=self._number,
            update_id=one.update_id,
            chat=caller.chat,
            children=caller.children,
            now=caller.at,
            zone=members[0].zone if members and not caller.children else zone,
            session=session,
            files=self._files,
            amid=caller.state,
            staff=members,
            marks_allowed=self._settings.telegram_marks,
            rich=self._settings.telegram_rich,
            late_rule=self._settings.late_rule,
            pressed_message=query.message.message_id if query and query.message else 0,
            needs_consent=self._settings.guardian_consent,
            channel=self._channel,
        )

    def _channel(self, name: str) -> object:
        """Return another channel, to be asked; it is loaded when somebody first needs it."""
        return load_channel(name, self._workplace) if name in CHANNELS else None

    def _first_language(self, raw: Any) -> str:
        """Before a chat is linked, the language of the phone is all there is to go by."""
        code = str(person_of(raw).get("language_code") or "")[:2]
        return code if code in LANGUAGES else self._settings.language
