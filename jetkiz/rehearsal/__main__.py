"""Starts a rehearsal by hand: `python -m jetkiz.rehearsal --port 8081`."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jetkiz.i18n import Translator, translator
from jetkiz.rehearsal.server import Options, build_stages, close_site, open_site
from jetkiz.rehearsal.state.limits import Limits, Rate
from jetkiz.rehearsal.state.model import MessageIds
from jetkiz.rehearsal.state.refusals import RehearsalError


def spoken_language(surroundings: Mapping[str, str]) -> str:
    """JETKIZ_LANGUAGE first, then the language of the machine."""
    return (surroundings.get("JETKIZ_LANGUAGE") or surroundings.get("LANG") or "en")[:2]


def build_parser(t: Translator) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jetkiz.rehearsal",
        description=t("Play Telegram for a rehearsal: no token, no network, no real children."),
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help=t("Address to listen on."))
    add("--port", type=int, default=8081, help=t("Port; 0 takes a free one."))
    add("--token", default="1:test", help=t("Token the bot must use."))
    add("--more-tokens", nargs="+", default=[], help=t("Tokens of further bots."))
    add("--name", default="Jetkiz", help=t("Name of the bot."))
    add("--journal", type=Path, help=t("File that keeps the rehearsal, to go on after a stop."))
    add(
        "--messages-per-second",
        type=float,
        default=30.0,
        help=t("How many messages a second Telegram takes from the bot."),
    )
    add(
        "--message-ids",
        choices=[ids.value for ids in MessageIds],
        default=MessageIds.ACCOUNT.value,
        help=t("Number messages through all private chats of the bot, or in each chat alone."),
    )
    add("--print-port", action="store_true", help=t("Print the port alone, for programs."))
    return parser


def read_options(given: argparse.Namespace) -> Options:
    rate = Rate(max(given.messages_per_second, 0.1), max(given.messages_per_second, 1.0))
    return Options(
        token=given.token,
        host=given.host,
        port=given.port,
        bot_name=given.name,
        more_bots=tuple((token, given.name) for token in given.more_tokens),
        journal=given.journal,
        limits=Limits(bot=rate),
        message_ids=MessageIds(given.message_ids),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    t = translator(spoken_language(os.environ))
    given = build_parser(t).parse_args(arguments)
    try:
        asyncio.run(serve(read_options(given), given.print_port, t))
    except RehearsalError as refusal:
        sys.stderr.write(t.error(refusal) + "\n")
        return 1
    return 0


async def serve(options: Options, print_port: bool, t: Translator) -> None:
    stages = build_stages(options)
    runner, port = await open_site(stages, options)
    address = f"http://{options.host}:{port}/"
    words = t("The rehearsal is open at {url} - stop it with Ctrl+C.", url=address)
    enough = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows stops by KeyboardInterrupt alone
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, enough.set)
    sys.stdout.write(f"{port if print_port else words}\n")
    sys.stdout.flush()
    await enough.wait()
    await close_site(stages, runner)


if __name__ == "__main__":
    sys.exit(main())
