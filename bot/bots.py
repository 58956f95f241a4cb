"""Which bot speaks for which school: its own, or the bot of all schools that have none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select, update

from bot.tables import bot_state
from jetkiz.bot_tokens import BotToken
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.link_codes import forget_own_addresses, set_link_address
from jetkiz.roster.register import read_schools
from jetkiz.storage.bulk_load import upsert
from jetkiz.storage.workplace import Workplace

CHANNEL = "telegram"


@dataclass(frozen=True, slots=True)
class KnownBot:
    """A bot in use: its school or None for all others, its name once Telegram said it."""

    number: int
    school: int | None
    name: str

    @property
    def address(self) -> str:
        """What a link to this bot begins with; empty while its name is not known."""
        return f"https://t.me/{self.name}" if self.name else ""


def no_token() -> JetkizError:
    """Return the refusal where no bot is set up."""
    return JetkizError(
        N_("No token for the Telegram bot is set."),
        N_("Ask BotFather in Telegram for one; see docs/howto/set-up-telegram.md."),
    )


def as_bot(workplace: Workplace, bot: BotToken) -> Workplace:
    """Return the workplace as one of several bots sees it: its token is the only one."""
    settings = replace(workplace.settings, telegram_token=bot.token, telegram_bots="")
    return replace(workplace, settings=settings)


def take_up(connection: Connection, tokens: Sequence[BotToken]) -> None:
    """Write down which bots there are and whose; refuse a school that the roster does not have.

    A bot that the settings no longer name is retired: no phone is reached through it.
    """
    schools = {one.sourced_id: one.id for one in read_schools(connection)}
    for one in tokens:
        if one.school and one.school not in schools:
            raise JetkizError(
                N_("The roster has no school {school}, to which telegram_bots gives a bot."),
                N_("Write the id as the roster has it, or import the roster of that school first."),
                school=one.school,
            )
    c = bot_state.c
    numbers = [one.number for one in tokens]
    rows = [
        {"bot_id": one.number, "school_id": schools.get(one.school), "is_retired": False}
        for one in tokens
    ]
    upsert(connection, bot_state, rows, ["bot_id"])
    connection.execute(update(bot_state).where(c.bot_id.not_in(numbers)).values(is_retired=True))
    forget_own_addresses(connection, CHANNEL)
    for known in in_use(connection):
        # A school whose bot has no name yet gets no link rather than that of another bot.
        if known.name or known.school is not None:
            _set_address(connection, known)


def in_use(connection: Connection) -> list[KnownBot]:
    """Return the bots that the settings name, that of all other schools first."""
    c = bot_state.c
    rows = connection.execute(
        select(c.bot_id, c.school_id, c.username).where(~c.is_retired).order_by(c.bot_id)
    )
    return sorted((KnownBot(*row) for row in rows), key=lambda one: one.school is not None)


def bot_of_school(connection: Connection, school: int) -> KnownBot | None:
    """Return the bot that the families of a school talk with; None where there is none."""
    found = {one.school: one for one in in_use(connection)}
    return found.get(school) or found.get(None)


def zone_of(connection: Connection, bot: int) -> str:
    """Return the time zone of a bot's own school; empty for a bot of several schools."""
    zones = {one.id: one.zone for one in read_schools(connection)}
    found = {one.number: one.school for one in in_use(connection)}
    return zones.get(found.get(bot) or 0, "")


def remember_name(connection: Connection, bot: int, name: str) -> None:
    """Keep what Telegram calls the bot, and its address for printed links."""
    upsert(connection, bot_state, [{"bot_id": bot, "username": name}], ["bot_id"])
    for known in in_use(connection):
        if known.number == bot:
            _set_address(connection, known)


def _set_address(connection: Connection, bot: KnownBot) -> None:
    set_link_address(connection, CHANNEL, bot.address, bot.school)
