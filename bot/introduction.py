"""Whether Telegram knows the bot, and what the bot says of itself: name, link, commands."""

from typing import Any

from sqlalchemy import Connection

from bot import bots
from bot.sending import bot_health
from bot.telegram.telegram_api import TelegramApi, bot_number
from bot.telegram.telegram_errors import Kind, Outcome
from bot.words.talk import COMMANDS
from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, N_, translator
from jetkiz.storage.workplace import Workplace


class TelegramUnreachableError(JetkizError):
    """Telegram does not answer."""


class WrongTokenError(JetkizError):
    """Telegram does not know this bot."""


def username(outcome: Outcome, address: str) -> str:
    """Read the bot's name from Telegram's answer, or say what is wrong and what to do."""
    if outcome.kind == Kind.SENT and isinstance(outcome.result, dict):
        return str(outcome.result.get("username", ""))
    if outcome.kind == Kind.WRONG_TOKEN:
        raise WrongTokenError(
            N_("Telegram does not know the bot's token."),
            N_("Copy the token from BotFather once more into telegram_token or telegram_bots."),
        )
    raise TelegramUnreachableError(
        N_("Telegram cannot be reached at {address} ({reason})."),
        N_("Check the internet connection; messages wait in the outbox and lose nothing."),
        address=address,
        reason=outcome.detail or outcome.kind.value,
    )


def remember(connection: Connection, bot: int, name: str) -> None:
    """Keep the bot's address for printed links; whatever stopped it before is over."""
    bots.remember_name(connection, bot, name)
    bot_health.set_problem(connection, bot, "")


def command_lists() -> list[dict[str, Any]]:
    """Return the menu in each language; English is for everybody else."""
    lists = []
    for language in LANGUAGES:
        t = translator(language)
        commands = [{"command": name, "description": t(words)} for name, words in COMMANDS.items()]
        code = {} if language == "en" else {"language_code": language}
        lists.append({"commands": commands, **code})
    return lists


def _problem(error: JetkizError) -> str:
    """Return a sentence without facts, as it is kept."""
    is_far = isinstance(error, TelegramUnreachableError)
    return N_("Telegram cannot be reached.") if is_far else error.sentence


async def introduce(workplace: Workplace, api: TelegramApi) -> bool:
    """Learn the bot's name and set its menu; return False when Telegram does not answer."""
    answer = await api.ask("getMe", {})
    bot = bot_number(workplace.settings.telegram_token)
    try:
        name = username(answer, workplace.settings.telegram_api)
    except JetkizError as error:
        await workplace.database.run(bot_health.set_problem, bot, _problem(error))
        return False
    await workplace.database.run(remember, bot, name)
    for menu in command_lists():
        await api.ask("setMyCommands", menu)
    return True
