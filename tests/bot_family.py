"""A family's phones without a network: updates go straight in, messages straight onto a screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot.chats import links
from bot.receiving import inbox
from bot.receiving.attachments import ArrivedFile
from bot.receiving.inbox import Arrived
from bot.sending import claims, evidence, outbox
from bot.sending.outbox import Done
from bot.talking.dialogue import Dialogue
from bot.talking.drawings import NotDrawnError, draw_all, remember
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step
from bot.words.keyboards import Press, read_press
from jetkiz.config import Settings
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.factories import NOW

BOT = 1
SENT = OutboxState.SENT
Json = dict[str, Any]


@dataclass
class Screen:
    """What a phone shows now: the newest text and buttons of each message, and passing words."""

    messages: dict[int, Json] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    signs: dict[int, str] = field(default_factory=dict)

    def buttons(self) -> list[tuple[int, str, Press]]:
        found = []
        for number, message in self.messages.items():
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for one in row:
                    press = read_press(one["callback_data"])
                    if press:
                        found.append((number, one["callback_data"], press))
        return found

    @property
    def last(self) -> Json:
        return self.messages[max(self.messages)]

    @property
    def texts(self) -> list[str]:
        return [one.get("text", "") for one in self.messages.values()]


class Family:
    """Phones that talk with one bot inside one transaction of a test."""

    def __init__(self, workplace: Workplace, connection: Connection) -> None:
        self.connection = connection
        self.workplace = workplace
        self.now = NOW
        self.updates = 100
        self.numbers = 0
        self.screens: dict[int, Screen] = {}
        self.left: list[Json] = []
        self.drawings: list[str] = []
        self.restart()

    def restart(self) -> None:
        """Begin with a new program that remembers nothing but the database."""
        place = self.workplace
        self.dialogue = Dialogue(
            Workplace(place.settings, place.database, place.files, lambda: self.now)
        )

    def link(self, chat_id: int, *students: int, language: str = "en") -> None:
        chat = links.open_chat(self.connection, BOT, chat_id, language)
        for student in students:
            links.link(self.connection, chat, student, "guardian", self.now)
            evidence.learn_telegram(self.connection, student, evidence.LINKED, self.now)
        self.screens[chat_id] = Screen()

    def says(self, chat_id: int, text: str, **more: Any) -> Screen:
        size = len(text.split(maxsplit=1)[0])
        command = [{"type": "bot_command", "offset": 0, "length": size}]
        entities = command if text.startswith("/") else []
        return self.hears(chat_id, {"text": text, "entities": entities, **more})

    def sends(self, chat_id: int, sha256: str, album: str = "", **more: Any) -> Screen:
        """Send a photo whose content has this hash."""
        file = ArrivedFile(f"u{self.updates}", sha256, "image/jpeg")
        size = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}
        body = {"photo": [size], **({"media_group_id": album} if album else {}), **more}
        return self.hears(chat_id, body, file)

    def hears(self, chat_id: int, body: Json, file: ArrivedFile | None = None) -> Screen:
        self.numbers += 1
        person = {"id": chat_id, "is_bot": False, "first_name": "A"}
        place = {"id": chat_id, "type": "private"}
        head = {"message_id": self.numbers, "date": 1, "from": person, "chat": place}
        return self.takes(chat_id, {"message": head | body}, file)

    def presses(self, chat_id: int, message_id: int, data: str) -> Screen:
        person = {"id": chat_id, "is_bot": False, "first_name": "A"}
        place = {"id": chat_id, "type": "private"}
        message = {"message_id": message_id, "date": 1, "chat": place}
        query = {"id": str(self.updates), "from": person, "chat_instance": "1"}
        return self.takes(chat_id, {"callback_query": query | {"data": data, "message": message}})

    def takes(self, chat_id: int, update: Json, file: ArrivedFile | None = None) -> Screen:
        """Handle an update twice over, as after a kill, and let its answers arrive."""
        self.updates += 1
        raw = {"update_id": self.updates} | update
        inbox.confirm_below(self.connection, BOT, raw["update_id"] + 1)
        assert inbox.store(self.connection, BOT, [raw], self.now) == 1
        assert inbox.store(self.connection, BOT, [raw], self.now) == 0
        [one] = inbox.waiting(self.connection, BOT, wall_clock())
        self.handle(one, file)
        self.handle(one, file)
        self.deliver()
        return self.screens.setdefault(chat_id, Screen())

    def handle(self, one: Arrived, file: ArrivedFile | None) -> None:
        """Handle an update; what it needs drawn is drawn, and it is handled anew."""
        try:
            with self.connection.begin_nested():
                self.dialogue.handle(self.connection, one, file)
        except NotDrawnError as error:
            self.drawings += [one.source for one in error.drawings]
            remember(self.connection, draw_all(self.workplace.files, error.drawings))
            self.handle(one, file)

    def deliver(self) -> None:
        """Let everything that waits arrive, in the order in which the sender takes it."""
        while jobs := claims.claim(
            self.connection, claims.Claim(BOT, "a", 50), wall_clock() + timedelta(seconds=2)
        ):
            done = [Done(job, self.show(job), Step(SENT)) for job in jobs]
            claims.settle(self.connection, BOT, done, wall_clock())

    def show(self, job: outbox.Job) -> Outcome:
        payload = dict(job.payload)
        self.left.append(payload)
        screen = self.screens.setdefault(job.chat_id, Screen())
        if job.method == "answerCallbackQuery":
            screen.answers.append(payload.get("text", ""))
            return Outcome(Kind.SENT)
        if job.method == "setMessageReaction":
            screen.signs[payload["message_id"]] = payload["reaction"][0]["emoji"]
            return Outcome(Kind.SENT)
        number = payload.pop("message_id", None)
        if number is None:
            self.numbers += 1
            number = self.numbers
        screen.messages[number] = screen.messages.get(number, {}) | payload
        return Outcome(Kind.SENT, message_id=number)

    def press_verb(self, chat_id: int, verb: str, *numbers: int) -> Screen:
        """Press the newest button with this verb and these numbers."""
        for message_id, data, press in reversed(self.screens[chat_id].buttons()):
            if press.verb == verb and press.numbers[: len(numbers)] == numbers:
                return self.presses(chat_id, message_id, data)
        raise LookupError((verb, numbers, self.screens[chat_id].buttons()))


@contextmanager
def undone(family: Family) -> Iterator[Family]:
    """One of several stories that begin at the same point: what it did is undone at its end."""
    kept = {name: deepcopy(getattr(family, name)) for name in ("screens", "left", "now")}
    counts = {name: getattr(family, name) for name in ("updates", "numbers")}
    point = family.connection.begin_nested()
    try:
        yield family
    finally:
        point.rollback()
        for name, value in (kept | counts).items():
            setattr(family, name, value)


@contextmanager
def family_of(database: Database, files: FileStore, **changes: Any) -> Iterator[Family]:
    """A family whose whole story is undone at the end."""
    settings = Settings(telegram_token="1:test", zone="Asia/Qostanay", **changes)
    with database.engine.connect() as connection:
        writer = connection.execution_options(jetkiz_write=True)
        story = writer.begin()
        try:
            yield Family(Workplace(settings, database, files, wall_clock), writer)
        finally:
            story.rollback()
