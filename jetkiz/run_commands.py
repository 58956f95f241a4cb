"""Which parts run in this process, in which order they start, and how they stop together."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, Protocol

import click

from jetkiz.bot_tokens import read_bots
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.engine.workers import BOT_NAME, Heart, new_boot
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.workplace import Workplace

if TYPE_CHECKING:  # a sender alone needs neither planner nor print
    from jetkiz.engine.port import Engine

EVERYTHING: Final = ("worker", "clock", "bot", "console")
SENDER: Final = "sender"
PARTS: Final = (*EVERYTHING, SENDER)
OUR_LOGS: Final = ("jetkiz", "scheduler", "bot", "print_packs", "broadcast")
BOT: Final = "bot.service:BotService"
ENGINE: Final = "jetkiz.wiring:build_engine"
SENDERS: Final = "bot.sending.sender_service:SenderService"
CONSOLE: Final = "jetkiz.web.server:ConsoleServer"

Stop = Callable[[], None]


class Service(Protocol):
    """Something that runs in threads of its own between ``start`` and ``stop``."""

    def start(self) -> None:
        """Begin; returns when it is ready."""

    def stop(self) -> None:
        """End; returns when nothing of it runs any more."""


class Console(Service, Protocol):
    """The web console, which can say where it listens."""

    @property
    def url(self) -> str:
        """The address to open in the browser."""


@dataclass(frozen=True, slots=True)
class _Hall:
    """What the parts of one process share."""

    desk: CommandDesk
    workplace: Workplace
    engine: "Callable[[], Engine]"
    closing: threading.Event


@click.command(cls=SpokenCommand, help=N_("Run worker, clock, bot and console until stopped."))
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(PARTS),
    help=N_("Run only this part; may be given several times. A sender comes beside the bot."),
)
@pass_desk
def run(desk: CommandDesk, only: tuple[str, ...]) -> None:
    """Start the parts in order and wait for SIGTERM or Ctrl+C."""
    workplace = desk.workplace
    _write_logs()
    wanted = only or EVERYTHING
    engine = cache(lambda: _load(ENGINE)(workplace))
    hall = _Hall(desk, workplace, engine, threading.Event())
    with _signals(hall.closing), ExitStack() as stops:
        _take_names(hall, wanted, stops)
        running = [name for name in PARTS if name in wanted and _started(name, hall, stops)]
        if not running:
            raise JetkizError(
                N_("Nothing is left to run here."), N_("See the lines above for the reason.")
            )
        desk.say(N_("Everything runs. Stop with Ctrl+C."))
        hall.closing.wait()
        desk.say(N_("Stopping; work in hand is finished first."))
    desk.say(N_("Stopped. Nothing is lost: the next start goes on from here."))


def _write_logs() -> None:
    """Log our own events; of the libraries, which report every tick, only what went wrong."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in OUR_LOGS:
        logging.getLogger(name).setLevel(logging.INFO)


def _take_names(hall: _Hall, wanted: Sequence[str], stops: ExitStack) -> None:
    """Take the names that no other live process may have: jobs and chats have one owner."""
    settings = hall.workplace.settings
    names = [settings.worker] if "worker" in wanted else []
    if "bot" in wanted:
        # By its number, not by the worker's name: one bot has one sender, however many workers run.
        names += [f"{BOT_NAME}{one.number}" for one in read_bots(settings)]
    if SENDER in wanted:
        names.append(f"{SENDER}:{settings.worker}")
    if names:
        boots = [new_boot(name) for name in names]
        # Senders alone do no jobs and take no silent worker's over.
        engine = None if set(wanted) == {SENDER} else hall.engine()
        heart = Heart(hall.workplace.database, boots, engine, hall.closing.set)
        heart.start()
        stops.callback(heart.stop)


def _started(name: str, hall: _Hall, stops: ExitStack) -> bool:
    try:
        stop = _STARTS[name](hall)
    except ModuleNotFoundError as error:
        raise JetkizError(
            N_("This part cannot run: the package {package} is not installed."),
            N_("Install everything with: pip install 'jetkiz[all]'."),
            package=error.name,
        ) from error
    if stop:
        stops.callback(stop)
    return stop is not None


def _start_worker(hall: _Hall) -> Stop | None:
    from jetkiz.wiring import App, build_channels  # noqa: PLC0415 - see Engine above

    app = App(hall.workplace, hall.engine(), build_channels(hall.workplace))
    app.start()
    hall.desk.say(
        N_("The worker {worker} hands lessons over; channels: {channels}."),
        worker=hall.workplace.settings.worker,
        channels=", ".join(sorted(app.channels)),
    )
    return app.stop


def _start_clock(hall: _Hall) -> Stop | None:
    from scheduler.catching_up import catch_up  # noqa: PLC0415 - see Engine above
    from scheduler.clock import Clockwork  # noqa: PLC0415

    engine = hall.engine()

    def nudge() -> None:
        catch_up(hall.workplace, engine, hall.workplace.clock())

    clockwork = Clockwork(nudge)
    clockwork.start()
    hall.desk.say(N_("The clock looks every few seconds what is due."))
    return clockwork.stop


def _start_bot(hall: _Hall) -> Stop | None:
    if not read_bots(hall.workplace.settings):
        hall.desk.say(
            N_("The bot does not run: no token is set. Telegram is off; other channels work.")
        )
        return None
    bot: Service = _load(BOT)(hall.workplace)
    bot.start()
    hall.desk.say(N_("The bot listens and sends."))
    return bot.stop


def _start_sender(hall: _Hall) -> Stop | None:
    if not read_bots(hall.workplace.settings):
        hall.desk.say(
            N_("The bot does not run: no token is set. Telegram is off; other channels work.")
        )
        return None
    sender: Service = _load(SENDERS)(hall.workplace)
    sender.start()
    hall.desk.say(N_("The sender sends what waits, beside any other sender of the bot."))
    return sender.stop


def _start_console(hall: _Hall) -> Stop | None:
    console: Console = _load(CONSOLE)(hall.workplace)
    console.start()
    hall.desk.say(N_("The console is open at {url}"), url=console.url)
    return console.stop


_STARTS: Final[dict[str, Callable[[_Hall], Stop | None]]] = {
    "worker": _start_worker,
    "clock": _start_clock,
    "bot": _start_bot,
    "console": _start_console,
    SENDER: _start_sender,
}


def _load(name: str) -> Callable[[Workplace], Any]:
    """Import a part only when it is to run: the bot's libraries take seconds to load."""
    module, _, kind = name.partition(":")
    found: Callable[[Workplace], Any] = getattr(import_module(module), kind)
    return found


@contextmanager
def _signals(closing: threading.Event) -> Iterator[None]:
    """Turn SIGTERM and Ctrl+C into a request to close, and give the old handlers back."""

    def close(_number: int, _frame: FrameType | None) -> None:
        closing.set()

    before = {number: signal.signal(number, close) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
