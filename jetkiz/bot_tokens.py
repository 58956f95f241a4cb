"""Which Telegram bots the settings name: one for all schools, and those of single schools.

A token is never part of a sentence, a log line or a repr.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

TOKEN: Final = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class BotToken:
    """A bot's token and the roster id of its school; empty for the bot of all other schools."""

    token: str = field(repr=False)
    school: str = ""

    @property
    def number(self) -> int:
        """The bot's number, with which its token begins; 0 when it has none."""
        return bot_number(self.token)


def bot_number(token: str) -> int:
    """Return the number of the bot that a token begins with; 0 when it has none."""
    number = token.partition(":")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0


def read_bots(settings: Settings) -> tuple[BotToken, ...]:
    """Return every bot of the settings, that of all other schools first."""
    general = (BotToken(settings.telegram_token),) if settings.telegram_token else ()
    file = Path(settings.telegram_bots)
    own = tuple(_own_bots(_read_file(file), file)) if settings.telegram_bots else ()
    _refuse_the_same_bot_twice((*general, *own))
    return (*general, *own)


def _read_file(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise JetkizError(
            N_("The file of the schools' bots, {file}, cannot be read: {reason}."),
            N_("Correct the setting telegram_bots, or leave it empty."),
            file=file,
            reason=error.strerror or type(error).__name__,
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # Not even the reason of the error: it may repeat what stands there.
        raise _unreadable(file) from None


def _unreadable(file: Path) -> JetkizError:
    return JetkizError(
        N_("The file of the schools' bots, {file}, is not written as it should be."),
        N_('Each line names a school by its roster id and its bot\'s token: "s1" = "123:ABC".'),
        file=file,
    )


def _own_bots(lines: Mapping[str, Any], file: Path) -> list[BotToken]:
    found = []
    for school, token in lines.items():
        if not school.strip() or TOKEN.fullmatch(school.strip()):
            raise _unreadable(file)
        if not isinstance(token, str) or not TOKEN.fullmatch(token.strip()):
            raise JetkizError(
                N_("What stands for the school {school} in {file} is no token of a bot."),
                N_("Copy it again from @BotFather: a number, a colon and letters, in quotes."),
                school=school,
                file=file,
            )
        found.append(BotToken(token.strip(), school.strip()))
    return found


def _refuse_the_same_bot_twice(bots: tuple[BotToken, ...]) -> None:
    first: dict[int, BotToken] = {}
    for bot in bots:
        other = first.setdefault(bot.number, bot)
        if other is not bot:
            raise JetkizError(
                N_("The bot {number} stands for two: {first} and {second}."),
                N_("Give each school in telegram_bots a bot of its own; the others need no line."),
                number=bot.number,
                first=other.school or "telegram_token",
                second=bot.school,
            )
