"""A day of lessons for two children, handed over to their phones and sent or refused."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.channel import TelegramChannel
from bot.chats import links
from bot.chats.preferences import change_preferences
from bot.sending import claims, evidence
from bot.sending.claims import Claim
from bot.sending.outbox import Done
from bot.tables import outbox as outbox_table
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step
from jetkiz.config import Settings
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.ledger import deliveries, lesson_states
from jetkiz.delivery.model import Batch
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.factories import MONDAY, NOW, WEEK, add_people, publish_week

BOT = 1


class School:
    """Alice and Bob, whose lessons go out by Telegram, and their phones."""

    def __init__(self, database: Database, folder: Path, now: datetime) -> None:
        settings = Settings(data=folder, telegram_token="1:test")
        self.workplace = Workplace(settings, database, FileStore(folder / "files"), lambda: now)
        self.database, self.now = database, now
        self.channel = TelegramChannel(self.workplace)
        with database.write() as connection:
            self.people = add_people(connection)
            publish_week(connection, self.people)

    def link(self, chat_id: int, *students: int, role: str = "guardian", **wishes: object) -> None:
        with self.database.write() as connection:
            chat = links.open_chat(connection, BOT, chat_id, "en")
            for student in students:
                links.link(connection, chat, student, role, NOW)
            change_preferences(connection, chat, **wishes)

    def batch(self) -> Batch:
        with self.database.write() as connection:
            homes = {self.people.alice: 1, self.people.bob: 2}
            wanted = deliveries(connection, WEEK, homes, dict.fromkeys(self.people.lessons, MONDAY))
            given = tuple(self.channel.prepare(wanted))
            batch = Batch("b", "telegram", WEEK, given)
            save_batch(connection, batch, NOW, NOW)
        return batch

    def hand_over(self) -> Batch:
        batch = self.batch()
        receipts = self.channel.dispatch(batch, self.now)
        with self.database.write() as connection:
            record_receipts(connection, receipts, self.now)
        return batch

    def rows(self) -> list[dict[str, object]]:
        with self.database.read() as connection:
            found = connection.execute(select(outbox_table).order_by(outbox_table.c.id))
            return [dict(row._mapping) for row in found]

    def waiting(self) -> list[str]:
        return [
            str(row["payload"]["text"])  # type: ignore[index]
            for row in self.rows()
            if row["state"] == "queued"
        ]

    def end(self, refused: tuple[int, ...] = ()) -> None:
        """Let Telegram take every message, but refuse those to some chats for good."""
        with self.database.write() as connection:
            later = wall_clock() + timedelta(days=1)
            while jobs := claims.claim(connection, Claim(BOT, "a", 50), later):
                done = []
                for job in jobs:
                    is_refused = job.chat_id in refused
                    kind = Kind.REFUSED if is_refused else Kind.SENT
                    state = OutboxState.REFUSED if is_refused else OutboxState.SENT
                    done.append(Done(job, Outcome(kind, message_id=job.id), Step(state)))
                claims.settle(connection, BOT, done, later)
                evidence.report(connection, BOT, done, self.now)

    def states(self, student: int) -> set[State]:
        with self.database.read() as connection:
            return {one.state for one in lesson_states(connection, WEEK, [student])}
