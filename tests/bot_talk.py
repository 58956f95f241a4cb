"""A family's conversation with the running bot, act by act, for the tests of the dialogue."""

from dataclasses import dataclass, field
from typing import Any

from bot.chats import links
from bot.service import BotService
from bot.words.keyboards import ROW_SIGN, Verb, button
from jetkiz.homework.model import HomeworkReturn
from jetkiz.homework.returns import read_returns
from jetkiz.roster.access_profile import FactKind
from jetkiz.roster.link_codes import LinkRole, make_link_code
from jetkiz.roster.register import read_homes
from tests.bot_school import BOT, PATIENCE, Stage
from tests.factories import NOW


@dataclass(frozen=True)
class Talk:
    """A running bot and the people it talks with."""

    stage: Stage
    bot: BotService
    answered_in_linking: dict[str, int] = field(default_factory=dict)

    def settle(self) -> None:
        assert self.bot.drain(PATIENCE)

    def code(self, student: int, role: LinkRole = LinkRole.GUARDIAN) -> str:
        with self.stage.workplace.database.write() as connection:
            return make_link_code(
                connection, student, role, NOW, self.stage.workplace.files.hash_of_code
            )

    def linked(self, key: str, *students: int, language: str = "en") -> None:
        """Let a person link by code, as families do, and speak English."""
        self.stage.players.person(key, key.capitalize(), language)
        for student in students:
            self.stage.players.start(key, self.code(student))
            self.settle()
            self.agrees(key, student)
        self.answered_in_linking[key] = len(self._all_answers(key))
        with self.stage.workplace.database.write() as connection:
            chat = links.find_chat(connection, BOT, self.chat_id(key))
            assert chat
            links.set_language(connection, chat, language)

    def agrees(self, key: str, student: int) -> None:
        """Answer yes to whatever is asked before a phone is linked."""
        for verb in (Verb.CONFIRM, Verb.AGREE):
            data = button("", verb, student).data
            last = self.last(key)
            for one in [one for row in last["buttons"] for one in row]:
                # Behind the sign stands the row that the message came from.
                if one.get("callback_data", "").partition(ROW_SIGN)[0] == data:
                    self.stage.players.press_data(key, one["callback_data"], last["message_id"])
                    self.settle()

    def chat_id(self, key: str) -> int:
        return next(p["chat_id"] for p in self.stage.players.people() if p["person"] == key)

    def says(self, key: str, text: str) -> list[dict[str, Any]]:
        """Send words; return what the bot said after them."""
        before = len(self.stage.seen(key))
        self.stage.players.say(key, text)
        self.settle()
        return self.stage.seen(key)[before:]

    def presses(self, key: str, label: str) -> list[dict[str, Any]]:
        before = len(self.stage.seen(key))
        self.stage.players.press(key, label)
        self.settle()
        return self.stage.seen(key)[before:]

    def last(self, key: str) -> dict[str, Any]:
        return self.stage.seen(key)[-1]

    def answers(self, key: str) -> list[str]:
        """What the bot answered to presses since the person was linked."""
        return self._all_answers(key)[self.answered_in_linking.get(key, 0) :]

    def _all_answers(self, key: str) -> list[str]:
        facts = self.stage.players.get(f"people/{key}/chat")["answers"]
        return [one["text"] for one in facts]

    def works(self, student: int) -> list[HomeworkReturn]:
        with self.stage.workplace.database.read() as connection:
            return read_returns(connection, students=[student])

    def fact(self, student: int) -> str:
        with self.stage.workplace.database.read() as connection:
            return read_homes(connection, [student])[0].profile.value(FactKind.TELEGRAM)


def labels(message: dict[str, Any]) -> list[str]:
    return [button["text"] for row in message["buttons"] for button in row]


def press_of(chat: int, message_id: int, data: str) -> dict[str, Any]:
    """An update that says that a button with this data was pressed."""
    message = {"message_id": message_id, "date": 1, "chat": {"id": chat, "type": "private"}}
    person = {"id": chat, "is_bot": False, "first_name": "A"}
    query = {"id": "1", "from": person, "chat_instance": "1", "data": data, "message": message}
    return {"update_id": 900, "callback_query": query}
