"""An unchanged aiogram bot runs on the rehearsal: commands, buttons, albums, files, blocks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import pytest
from aiogram import Bot, Dispatcher, F, types
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.filters import CommandObject, CommandStart
from aiogram.utils.media_group import MediaGroupBuilder

from jetkiz.rehearsal import Limits, Options, Rate, RehearsalServer, RehearsedPeople
from tests.rehearsal_examples import picture
from tests.waiting import until

ROWS = [[types.InlineKeyboardButton(text="Алдым", callback_data="1:ack:7")]]
KEYBOARD = types.InlineKeyboardMarkup(inline_keyboard=ROWS)


@dataclass
class Heard:
    """What the bot's handlers heard."""

    payloads: list[str | None] = field(default_factory=list)
    albums: list[str | None] = field(default_factory=list)
    pages: list[bytes] = field(default_factory=list)
    standings: list[str] = field(default_factory=list)
    pressed: list[str | None] = field(default_factory=list)


def dispatcher(heard: Heard) -> Dispatcher:
    answers = Dispatcher()

    @answers.message(CommandStart())
    async def started(message: types.Message, command: CommandObject) -> None:
        heard.payloads.append(command.args)
        await message.answer("Қош келдіңіз, <b>оқушы</b>", reply_markup=KEYBOARD, parse_mode="HTML")

    @answers.message(F.photo)
    async def page(message: types.Message, bot: Bot) -> None:
        assert message.photo is not None
        file = await bot.download(message.photo[-1].file_id)
        assert file is not None
        heard.albums.append(message.media_group_id)
        heard.pages.append(file.read())

    @answers.callback_query()
    async def pressed(query: types.CallbackQuery) -> None:
        heard.pressed.append(query.data)
        assert isinstance(query.message, types.Message)
        await query.answer("Рақмет!")
        await query.message.edit_reply_markup()

    @answers.my_chat_member()
    async def standing(news: types.ChatMemberUpdated) -> None:
        heard.standings.append(news.new_chat_member.status)

    return answers


@pytest.fixture
def server() -> Iterator[RehearsalServer]:
    with RehearsalServer(Options(limits=Limits(chat=Rate(1, 20)))) as running:
        yield running


@pytest.fixture
async def bot(server: RehearsalServer) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    async with Bot("1:test", session=session) as running:
        yield running


@pytest.fixture
def people(server: RehearsalServer) -> RehearsedPeople:
    played = RehearsedPeople(server.url)
    played.person("alice", "Әлия", "kk")
    return played


@pytest.fixture
async def heard(bot: Bot, people: RehearsedPeople) -> AsyncIterator[Heard]:
    """A bot that polls for as long as the test lasts."""
    words = Heard()
    assert people.people()
    polling = asyncio.create_task(
        dispatcher(words).start_polling(bot, handle_signals=False, close_bot_session=False)
    )
    yield words
    polling.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await polling


async def test_a_family_links_presses_and_hands_in(heard: Heard, people: RehearsedPeople) -> None:
    play = asyncio.to_thread
    await play(people.start, "alice", "k1_abc")
    card = await play(people.wait_for, "alice", lambda m: bool(m["buttons"]))
    assert (card["text"], heard.payloads) == ("Қош келдіңіз, оқушы", ["k1_abc"])
    await play(people.press, "alice", "Алдым")
    pressed = await play(people.wait_for, "alice", lambda m: len(m["history"]) == 2)
    assert (pressed["buttons"], heard.pressed) == ([], ["1:ack:7"])
    answers = (await play(people.get, "people/alice/chat"))["answers"]
    assert [answer["text"] for answer in answers] == ["Рақмет!"]
    pages = [picture(1400, 1000), picture(1400, 1000, colour="red")]
    await play(people.photos, "alice", pages, "2 бет")
    await until(lambda: len(heard.pages) == 2)
    assert sorted(heard.pages) == sorted(pages)
    assert len(set(heard.albums)) == 1
    await play(people.block, "alice")
    await until(lambda: heard.standings == ["kicked"])


async def test_everything_a_school_bot_sends(bot: Bot, people: RehearsedPeople) -> None:
    await asyncio.to_thread(people.start, "alice")
    chat = (await asyncio.to_thread(people.people))[0]["chat_id"]
    pdf = types.BufferedInputFile(b"%PDF-1.7", "сабақ.pdf")
    first = await bot.send_document(chat, pdf, caption="<i>3-сынып</i>", parse_mode="HTML")
    assert first.document is not None
    again = await bot.send_document(chat, first.document.file_id)
    assert again.document == first.document
    photo = await bot.send_photo(chat, types.BufferedInputFile(picture(), "a.jpg"))
    assert photo.photo is not None
    album = MediaGroupBuilder(caption="альбом")
    album.add_photo(photo.photo[-1].file_id)
    album.add_photo(types.BufferedInputFile(picture(colour="red"), "b.jpg"))
    parts = await bot.send_media_group(chat, album.build())
    assert len({part.media_group_id for part in parts}) == 1
    await bot.send_audio(chat, types.BufferedInputFile(b"ID3", "a.mp3"), title="Тыңдалым")
    await bot.send_voice(chat, types.BufferedInputFile(b"OggS", "a.ogg"), duration=3)
    reply = types.ReplyParameters(message_id=first.message_id)
    answer = await bot.send_message(chat, "жауап", reply_parameters=reply)
    assert answer.reply_to_message is not None
    edited = await bot.edit_message_text("басқа", chat_id=chat, message_id=answer.message_id)
    assert isinstance(edited, types.Message)
    await bot.edit_message_caption(chat_id=chat, message_id=first.message_id, caption="жаңа")
    await bot.set_message_reaction(chat, 1, [types.ReactionTypeEmoji(emoji="👍")])
    await bot.send_chat_action(chat, "upload_document")
    await bot.delete_message(chat, answer.message_id)
    seen = await asyncio.to_thread(people.chat, "alice")
    kinds = [media["kind"] for message in seen for media in message["media"]]
    assert kinds == ["document", "document", "photo", "photo", "photo", "audio", "voice"]
    assert seen[0]["reaction"] == "👍"
    assert seen[-1]["deleted_at"] is not None


async def test_the_bot_introduces_itself(bot: Bot, people: RehearsedPeople) -> None:
    me = await bot.me()
    assert (me.id, me.is_bot, me.username) == (1, True, "jetkiz_1_bot")
    commands = [types.BotCommand(command="week", description="Апта сабақтары")]
    await bot.set_my_commands(commands, types.BotCommandScopeAllPrivateChats(), "kk")
    scope = types.BotCommandScopeAllPrivateChats()
    kept = await bot.get_my_commands(scope, "kk")
    assert [(command.command, command.description) for command in kept] == [
        ("week", "Апта сабақтары")
    ]
    await bot.set_my_name("Мектеп", "kk")
    await bot.set_my_description("Сабақтар", "kk")
    await bot.set_my_short_description("Сабақтар", "kk")
    assert (await bot.get_my_name("kk")).name == "Мектеп"
    chat = await bot.get_chat((await asyncio.to_thread(people.people))[0]["chat_id"])
    assert chat.first_name == "Әлия"
    assert (await bot.get_webhook_info()).url == ""
    assert await bot.delete_webhook(drop_pending_updates=True) is True


async def test_refusals_have_aiograms_own_types(bot: Bot, people: RehearsedPeople) -> None:
    play = asyncio.to_thread
    chat = (await play(people.people))[0]["chat_id"]
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await bot.send_message(chat, "x")
    await play(people.start, "alice")
    with pytest.raises(TelegramBadRequest, match="Unsupported start tag"):
        await bot.send_message(chat, "<table>", parse_mode="HTML")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(5, "x")
    sent = await bot.send_message(chat, "x", reply_markup=KEYBOARD)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_reply_markup(reply_markup=KEYBOARD)
    await play(people.faults, [{"kind": "flood", "retry_after": 7}, {"kind": "error"}])
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(chat, "x")
    assert caught.value.retry_after == 7
    with pytest.raises(TelegramServerError):
        await bot.send_message(chat, "x")
    with pytest.raises(TelegramBadRequest, match="delivers only to"):
        await bot.set_webhook("https://school.kz/hook")
    await play(people.block, "alice")
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(chat, "x")


RICH = """<h1>Теңдеу</h1><p><tg-math>x^2</tg-math> <b>екі</b> <a href="https://school.kz">сайт</a></p>
<table bordered><tr><th>a</th></tr></table><details><summary>Жауабы</summary><p>2</p></details>
<ul><li><input type="checkbox" checked/>бір</li></ul><ol><li>екі</li></ol><hr/><footer>соңы</footer>
<blockquote>сөз</blockquote><tg-math-block>x</tg-math-block><tg-map lat="1" long="2"/>
<figure><img src="tg://photo?id=p"/><figcaption>бет</figcaption></figure>"""


async def test_aiogram_understands_what_a_lesson_is_made_of(
    bot: Bot, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.start, "alice")
    chat = (await asyncio.to_thread(people.people))[0]["chat_id"]
    photo = types.InputMediaPhoto(media=types.BufferedInputFile(picture(), "a.jpg"))
    media = [types.InputRichMessageMedia(id="p", media=photo)]
    rich = types.InputRichMessage(html=RICH, media=media)
    sent = await bot.send_rich_message(chat, rich, message_effect_id="5")
    assert sent.rich_message is not None
    assert (len(sent.rich_message.blocks), sent.effect_id) == (12, "5")
    paragraph = types.InputRichBlockParagraph(text="бір")
    blocks = types.InputRichMessage(blocks=[paragraph])
    edited = await bot.edit_message_text(
        chat_id=chat, message_id=sent.message_id, rich_message=blocks
    )
    assert isinstance(edited, types.Message)
    quiz = await bot.send_poll(
        chat,
        "2 + 2?",
        ["3", types.InputPollOption(text="4")],
        type="quiz",
        correct_option_ids=[1],
        is_anonymous=False,
    )
    assert quiz.poll is not None
    assert quiz.poll.correct_option_ids == [1]
    film = types.BufferedInputFile(b"ftyp", "a.mp4")
    assert (await bot.send_video(chat, film, duration=3)).video is not None
    assert (await bot.send_animation(chat, film)).animation is not None
    assert (await bot.send_video_note(chat, film)).video_note is not None
    assert (await bot.send_location(chat, 53.2, 63.6)).location is not None
    copy = await bot.copy_message(chat, chat, quiz.message_id)
    forward = await bot.forward_message(chat, chat, quiz.message_id)
    assert isinstance(forward.forward_origin, types.MessageOriginUser)
    assert await bot.delete_messages(chat, [copy.message_id, forward.message_id])
    assert (await bot.stop_poll(chat, quiz.message_id)).is_closed


async def test_aiogram_understands_every_update(bot: Bot, people: RehearsedPeople) -> None:
    play = asyncio.to_thread
    await play(people.start, "alice")
    chat = (await play(people.people))[0]["chat_id"]
    await bot.send_poll(chat, "?", ["a", "b"], is_anonymous=False)
    await play(people.vote, "alice", [0])
    said = (await play(people.say, "alice", "бір"))["message_id"]
    await play(people.edit, "alice", said, "екі")
    group = (await play(people.group, "class3", "3-сынып", ["alice"], False))["chat_id"]
    await play(people.say_in_group, "alice", "class3", "Сәлем")
    await play(people.change_group, "class3", "migrate")
    with pytest.raises(TelegramMigrateToChat) as caught:
        await bot.send_message(group, "x")
    await play(people.change_group, "class3", "expel")
    with pytest.raises(TelegramForbiddenError, match="kicked from the supergroup"):
        await bot.send_message(caught.value.migrate_to_chat_id, "x")
    heard = [update.event_type for update in await bot.get_updates()]
    assert heard == [
        "message", "poll", "poll_answer", "message", "edited_message", "my_chat_member",
        "message", "message", "message", "my_chat_member",
    ]  # fmt: skip
