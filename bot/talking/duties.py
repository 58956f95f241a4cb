"""What a bot does now and then beside answering: seals drafts, tells staff, forgets old words.

Each duty has its own next time and its own transaction: one that fails keeps no other waiting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.chats.forgetting import forget_words
from bot.reminding import keep_late_reminders
from bot.staff_notices import tell_of_logs, tell_staff
from bot.staying_alive import goes_well
from bot.talking import draft_news
from bot.telegram.telegram_api import bot_number
from jetkiz.channel import load_channel
from jetkiz.storage.workplace import Workplace, wall_clock

SEAL_EVERY: Final = 30.0
NOTICE_EVERY: Final = 60.0
# What a whole week on the air became is counted each time, by the bot of every school.
LOGS_EVERY: Final = 300.0
AIR: Final = "broadcast"
FORGET_EVERY: Final = 6 * 3600.0
# What failed is tried again after so many seconds, if its next time would not come sooner.
AGAIN_AFTER: Final = 60.0


@dataclass(slots=True)
class Duty:
    """One thing to do every so many seconds; ``next_at`` is a moment of the loop's own clock."""

    name: str
    every: float
    act: Callable[[Connection], object]
    next_at: float = 0.0


class Duties:
    """The duties of one bot."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._bot = bot_number(workplace.settings.telegram_token)
        self._zone = ZoneInfo(workplace.settings.zone)
        self._air = cache(partial(load_channel, AIR, workplace))
        self._duties = (
            Duty("seal", SEAL_EVERY, self._seal),
            Duty("tell_ended", SEAL_EVERY, self._tell_ended),
            Duty("late_reminders", SEAL_EVERY, self._keep_late_reminders),
            Duty("tell_staff", NOTICE_EVERY, self._tell_staff),
            Duty("tell_of_logs", LOGS_EVERY, self._tell_of_logs),
            Duty("forget_words", FORGET_EVERY, self._forget_words),
        )

    async def do_due(self, now: float) -> None:
        """Do what is due; families are answered whatever becomes of it."""
        for duty in self._duties:
            if now >= duty.next_at:
                done = await goes_well(duty.name, self._workplace.database.run(duty.act))
                duty.next_at = now + (duty.every if done else min(duty.every, AGAIN_AFTER))

    def _seal(self, connection: Connection) -> None:
        draft_news.seal_silent(connection, self._bot, self._zone, self._workplace.clock())

    def _tell_ended(self, connection: Connection) -> None:
        draft_news.tell_ended(connection, self._bot, self._zone, self._workplace.clock())

    def _keep_late_reminders(self, connection: Connection) -> None:
        keep_late_reminders(connection, self._bot, self._zone, self._workplace.clock())

    def _tell_staff(self, connection: Connection) -> None:
        tell_staff(connection, self._bot, self._workplace.clock())

    def _tell_of_logs(self, connection: Connection) -> None:
        tell_of_logs(connection, self._bot, self._air, self._workplace.clock())

    def _forget_words(self, connection: Connection) -> None:
        forget_words(connection, self._bot, wall_clock())
