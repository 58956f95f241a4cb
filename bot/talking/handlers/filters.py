"""Which handler a pressed button, a command or a code belongs to."""

from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bot.talking.desk import Desk
from bot.words.keyboards import Verb, read_press
from jetkiz.roster.link_codes import is_link_code, is_nearly_code


class Pressed(Filter):
    """A button of this version with one of these verbs; gives the handler the ``press``."""

    def __init__(self, *verbs: Verb) -> None:
        self._verbs = verbs

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        press = read_press(query.data)
        return {"press": press} if press and press.verb in self._verbs else False


class Guest(Filter):
    """Somebody to whose chat no student is linked."""

    async def __call__(self, _event: Message | CallbackQuery, desk: Desk) -> bool:
        return not desk.children


class TypedCode(Filter):
    """A message that has the form of a link code."""

    async def __call__(self, message: Message) -> bool:
        return bool(message.text and is_link_code(message.text.strip()))


class MistypedCode(Filter):
    """A message that was meant as a link code."""

    async def __call__(self, message: Message) -> bool:
        return bool(message.text and is_nearly_code(message.text.strip()))
