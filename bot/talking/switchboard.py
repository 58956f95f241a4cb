"""Which handler an update belongs to: the first that it fits, asked in the order of the routers.

Routers, filters and handlers are aiogram's; its dispatcher asks every one of them, which takes
longer than the answer. A command or a button names those that it can be for.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters import Command
from aiogram.filters.command import CommandException
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from bot.talking.handlers.filters import Pressed
from bot.words.keyboards import read_press

Handlers = tuple[HandlerObject, ...]
NAMELESS: Final = ""


class Switchboard:
    """The handlers of all routers, sorted by what an update names."""

    def __init__(self, *routers: Router) -> None:
        every: dict[str, list[HandlerObject]] = defaultdict(list)
        for router in routers:
            for kind, observer in router.observers.items():
                every[kind] += observer.handlers
        for handlers in every.values():
            call_plain_filters_at_once(handlers)
        self._sorted = {kind: _sorted(handlers) for kind, handlers in every.items()}

    def answer(self, update: Update, **facts: Any) -> None:
        """Let the handler of an update answer it; ``facts`` is what handlers may ask for.

        A handler writes down what is to be said and waits for nothing, so it needs no event loop.
        """
        _run_through(self._ask(update.event_type, update.event, facts))

    def handlers_for(self, kind: str, event: TelegramObject) -> Handlers:
        """Return the handlers that an update may be for, in their order."""
        named = self._sorted[kind]
        return named.get(name_of(event), named[NAMELESS])

    async def _ask(self, kind: str, event: TelegramObject, facts: dict[str, Any]) -> None:
        for handler in self.handlers_for(kind, event):
            fits, found = await handler.check(event, **facts)
            if fits:
                try:
                    await handler.call(event, **found)
                except SkipHandler:
                    continue
                return


def name_of(event: TelegramObject) -> str:
    """Return the command or the verb of the button that an update names."""
    if isinstance(event, CallbackQuery):
        press = read_press(event.data)
        return press.verb if press else NAMELESS
    text = (event.text or event.caption or "") if isinstance(event, Message) else ""
    try:
        said = Command.extract_command(text)
    except CommandException:
        return NAMELESS
    return said.command.casefold() if said.prefix == "/" else NAMELESS


def _sorted(handlers: Sequence[HandlerObject]) -> dict[str, Handlers]:
    names = {NAMELESS}.union(*(_names(one) or () for one in handlers))
    return {
        name: tuple(one for one in handlers if name in (_names(one) or names)) for name in names
    }


def _names(handler: HandlerObject) -> frozenset[str] | None:
    """Return what an update must name to fit a handler; None where that is not all it asks for."""
    for one in handler.filters or ():
        if isinstance(one.callback, Pressed):
            return one.callback.verbs
        if isinstance(one.callback, Command):
            return frozenset(map(str, one.callback.commands))
    return None


def call_plain_filters_at_once(handlers: Sequence[HandlerObject]) -> None:
    """Let filters such as ``F.photo`` run where they are asked.

    aiogram hands each of them to a thread of its own, which takes longer than the answer.
    """
    for handler in handlers:
        for one in handler.filters or ():
            if not one.awaitable:
                one.callback, one.awaitable = _awaited(one.callback), True


def _awaited(plain: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    async def asked(*args: Any, **facts: Any) -> Any:
        return plain(*args, **facts)

    return asked


def _run_through(steps: Coroutine[Any, Any, None]) -> None:
    try:
        steps.send(None)
    except StopIteration:
        return
    steps.close()
    raise RuntimeError("A handler waits for something.")
