"""Under which path Telegram reaches a bot's webhook, and by which secret it proves itself.

Path and secret say nothing about the token. Of a secret only the hash is kept; the one before
holds until Telegram surely uses the new one.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from bot.tables import bot_state
from jetkiz.storage.bulk_load import upsert


@dataclass(frozen=True, slots=True)
class WebhookKey:
    """What Telegram is told once: the path, and a secret that is kept nowhere."""

    path: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lock:
    """What a request must fit: the hashes of the secrets that hold."""

    path: str = ""
    hashes: tuple[str, ...] = ()

    def opens(self, secret: str) -> bool:
        """Whether a secret holds; it takes as long for a wrong one as for a right one."""
        given = _hash(secret)
        return sum(hmac.compare_digest(given, one) for one in self.hashes) > 0


def renew(connection: Connection, bot: int) -> WebhookKey:
    """Make a new secret beside the one that Telegram knows; the path stays."""
    lock = read_lock(connection, bot)
    key = WebhookKey(lock.path or secrets.token_urlsafe(24), secrets.token_urlsafe(32))
    _write(connection, bot, key.path, (*lock.hashes[:1], _hash(key.secret)))
    return key


def told(connection: Connection, bot: int) -> Lock:
    """Note that Telegram knows the newest secret; what it began before may bring the last."""
    lock = read_lock(connection, bot)
    _write(connection, bot, lock.path, lock.hashes[::-1])
    return read_lock(connection, bot)


def settle(connection: Connection, bot: int) -> Lock:
    """Let only the secret hold that Telegram knows."""
    lock = read_lock(connection, bot)
    _write(connection, bot, lock.path, lock.hashes[:1])
    return read_lock(connection, bot)


def forget(connection: Connection, bot: int) -> None:
    """Let no path and no secret hold."""
    _write(connection, bot, "", ())


def has_any(connection: Connection, bot: int) -> bool:
    """Whether Telegram was ever told a webhook of this bot and not told to forget it."""
    return bool(read_lock(connection, bot).path)


def read_lock(connection: Connection, bot: int) -> Lock:
    """Return what a request to the bot's webhook must fit; nothing fits where none is set."""
    c = bot_state.c
    query = select(c.webhook_path, c.webhook_secrets).where(c.bot_id == bot)
    row = connection.execute(query).one_or_none()
    return Lock(row.webhook_path, tuple(row.webhook_secrets.split())) if row else Lock()


def _write(connection: Connection, bot: int, path: str, hashes: tuple[str, ...]) -> None:
    row = {"bot_id": bot, "webhook_path": path, "webhook_secrets": " ".join(hashes)}
    upsert(connection, bot_state, [row], ["bot_id"])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
