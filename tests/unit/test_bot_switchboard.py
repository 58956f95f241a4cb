"""The shortened way to a handler: the same one answers that aiogram's own dispatcher would call."""

import asyncio
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, CommandStart, Filter
from aiogram.types import Message, Update
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.talking.handlers.filters import MistypedCode, Pressed, TypedCode
from bot.talking.switchboard import Switchboard, call_plain_filters_at_once
from bot.words.keyboards import Verb, button

TOKEN = "1:test"
COMMANDS = ("today", "week", "start")
VERBS = (Verb.OPEN, Verb.RECEIVED, Verb.LANGUAGE)


class Spoken(Filter):
    """Gives the handlers a fact of its own."""

    async def __call__(self, _event: Any, bot: Bot) -> dict[str, Any]:
        return {"told": bot.id}


FOR_MESSAGES = (
    (),
    (Command("today"),),
    (Command("today", "week"),),
    (Command("week"), Spoken()),
    (CommandStart(),),
    (F.text, ~F.text.startswith("/"), Spoken()),
    (Spoken(), Command("today")),
    (TypedCode(),),
    (MistypedCode(),),
    (F.photo,),
)
FOR_PRESSES = ((), (Pressed(Verb.OPEN),), (Pressed(*VERBS), Spoken()), (Spoken(),))
PLACE = {"id": 5, "type": "private"}
PERSON = {"id": 5, "is_bot": False, "first_name": "A"}
HEAD = {"message_id": 1, "date": 1, "chat": PLACE, "from": PERSON}
WORDS = st.sampled_from(
    (
        *(f"/{one}" for one in COMMANDS),
        "/today and more",
        "  /week",
        "/unknown",
        "/",
        "today",
        "KX2P-7Q4M-9",
        " ",
        "",
    )
)
PRESSES = st.sampled_from(
    (*(button("x", one, 1, 2).data for one in VERBS), "v0:old:1", "nonsense", "")
)
MESSAGES = st.builds(lambda text: {"message": HEAD | ({"text": text} if text else {})}, WORDS)
CAPTIONS = st.builds(lambda text: {"message": HEAD | {"caption": text}}, WORDS)
QUERIES = st.builds(
    lambda data: {
        "callback_query": {"id": "1", "from": PERSON, "chat_instance": "1", "data": data}
    },
    PRESSES,
)
HANDLERS = st.lists(
    st.tuples(
        st.sampled_from((*FOR_MESSAGES, *FOR_PRESSES)),
        st.booleans(),  # whether it lets others answer as well
        st.booleans(),  # whether a new router begins here
    ),
    max_size=12,
)


def routers(wanted: list[Any], heard: list[int]) -> list[Router]:
    found = [Router()]
    for number, (filters, passes_on, begins) in enumerate(wanted):

        async def answer(
            _event: Any, told: int = 0, number: int = number, passes_on: bool = passes_on
        ) -> None:
            heard.append(number if told in {0, 1} else -1)
            if passes_on:
                raise SkipHandler

        if begins:
            found.append(Router())
        is_press = any(isinstance(one, Pressed) for one in filters) or filters == (FOR_PRESSES[3])
        observer = found[-1].callback_query if is_press else found[-1].message
        observer.register(answer, *filters)
    return found


@settings(max_examples=40)
@given(HANDLERS, st.one_of(MESSAGES, CAPTIONS, QUERIES))
def test_the_same_handlers_answer_as_with_the_dispatcher(
    wanted: list[Any], raw: dict[str, Any]
) -> None:
    ours: list[int] = []
    theirs: list[int] = []
    bot = Bot(TOKEN)
    update = Update.model_validate({"update_id": 1} | raw, context={"bot": bot})
    Switchboard(*routers(wanted, ours)).answer(update, bot=bot)
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(*routers(wanted, theirs))
    for router in dispatcher.sub_routers:
        for observer in (router.message, router.callback_query):
            call_plain_filters_at_once(observer.handlers)
    with asyncio.Runner() as runner:
        runner.run(dispatcher.feed_update(bot, update))
    assert ours == theirs


def test_a_command_asks_no_handler_of_other_commands() -> None:
    wanted = [((Command(f"c{n}"),), False, True) for n in range(20)]
    switchboard = Switchboard(*routers([*wanted, ((), False, True)], []))
    asked = switchboard.handlers_for("message", Message.model_validate(HEAD | {"text": "/c7"}))
    assert len(asked) == 2
    asked = switchboard.handlers_for("message", Message.model_validate(HEAD | {"text": "c7"}))
    assert len(asked) == 1


def test_a_handler_that_waits_is_an_error_and_no_silence() -> None:
    router, bot = Router(), Bot(TOKEN)

    @router.message()
    async def waits(_message: Message) -> None:
        await asyncio.sleep(0)

    update = Update.model_validate({"update_id": 1, "message": HEAD}, context={"bot": bot})
    with pytest.raises(RuntimeError, match="waits"):
        Switchboard(router).answer(update, bot=bot)


async def test_a_plain_filter_is_asked_where_it_stands_and_says_the_same() -> None:
    async def heard(*_: object) -> None:
        return None

    def short(message: Any) -> bool:
        return len(message) < 3

    router = Router()
    router.message.register(heard, F.len() > 1, short)
    [handler] = router.message.handlers
    call_plain_filters_at_once([handler])
    assert handler.filters
    for text, wanted in (("a", False), ("ab", True), ("abc", False)):
        said = [await one.call(text) for one in handler.filters]
        assert all(said) == wanted
        assert all(one.awaitable for one in handler.filters)
