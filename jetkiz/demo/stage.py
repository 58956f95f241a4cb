"""What the demo plays with: the school's own program, and a fake Telegram for its families."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from bot.service import BotService
from jetkiz.config import Settings
from jetkiz.demo.week_clock import ZONE, WeekClock, moment
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator, translator
from jetkiz.rehearsal.director.people_client import RehearsedPeople
from jetkiz.rehearsal.server import Options, RehearsalServer
from jetkiz.rehearsal.state.limits import Limits, Rate
from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import Workplace, open_workplace
from jetkiz.wiring import App, build_app
from scheduler.catching_up import catch_up

TOKEN: Final = "1:demo"  # noqa: S105 - opens nothing but the fake Telegram
DIARY: Final = "demo.json"
CHATS: Final = Path("telegram") / "journal.jsonl"
# An old computer draws all packs of a week in a minute and more.
PATIENCE: Final = 240.0
# What the one copier of a village school can do for one week.
PAGES: Final = 900
# The school's largest envelopes hold so many sheets: more go into two.
SHEETS: Final = 64
# The week passes in a minute, so its messages must not wait for real seconds.
WIDE: Final = Limits(bot=Rate(2000, 2000), chat=Rate(200, 200))


@dataclass
class Diary:
    """Which steps of the demo are done and what time it is, so that a killed one goes on there.

    The time too: jobs that are taken up again must not find themselves in the week before.
    """

    file: Path
    done: list[str] = field(default_factory=list)
    finished: bool = False
    moment: str = field(default_factory=lambda: moment("before thu", "08:00").isoformat())

    def note(self, step: str) -> None:
        """Write down that a step is done."""
        self.done.append(step)
        self.save()

    def save(self) -> None:
        """Write the diary whole."""
        words = {"done": self.done, "finished": self.finished, "moment": self.moment}
        write_whole(self.file, json.dumps(words, indent=2).encode())


def open_diary(folder: Path) -> Diary:
    """Return the diary of an unfinished demo, or a new one in an emptied folder.

    A folder that is not a demo's is never emptied.
    """
    file = folder / DIARY
    found = _read_diary(file)
    if found and not found.finished:
        return found
    if found:
        shutil.rmtree(folder)
    elif folder.is_dir() and any(folder.iterdir()):
        raise JetkizError(
            N_("The folder {folder} holds something that is not a demo."),
            N_("Choose an empty folder with --out: the demo would not know what to keep."),
            folder=folder,
        )
    diary = Diary(file)
    diary.save()
    return diary


def _read_diary(file: Path) -> Diary | None:
    """Return the diary, or None when there is none or the file is somebody else's."""
    try:
        found = json.loads(file.read_text("utf-8"))
        at = datetime.fromisoformat(found["moment"]).isoformat()
        return Diary(file, list(found["done"]), finished=bool(found["finished"]), moment=at)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@dataclass
class Stage:
    """Everything a step of the demo may touch."""

    folder: Path
    diary: Diary
    clock: WeekClock
    workplace: Workplace
    people: RehearsedPeople
    app: App
    bot: BotService
    t: Translator
    memory: dict[str, Any] = field(default_factory=dict)

    def say(self, text: str, **facts: Any) -> None:
        """Print a translated line below the step."""
        self.show(self.t(text, **facts))

    def show(self, line: str) -> None:
        """Print a line below the step as it is."""
        click.echo("    " + line)

    def move_to(self, day: str, clock: str) -> datetime:
        """Move the school's clock and the fake Telegram's to a moment of the week."""
        now = self.clock.move_to(moment(day, clock))
        self.diary.moment = now.isoformat()
        self.diary.save()
        self.people.clock(now.isoformat())
        return now

    def settle(self) -> None:
        """Let everything that is due now happen: jobs, messages out, messages in."""
        for _ in range(3):
            catch_up(self.workplace, self.app.engine, self.clock())
            if not self.app.engine.wait_idle(PATIENCE) or not self.bot.drain(PATIENCE):
                raise JetkizError(
                    N_("The program did not come to rest within {seconds} seconds."),
                    N_("Run the demo again: it goes on where it stopped."),
                    seconds=int(PATIENCE),
                )

    def converse(self) -> None:
        """Let the bot answer what people just did."""
        if not self.bot.drain(PATIENCE):
            raise JetkizError(N_("The bot did not answer in time."))


@contextmanager
def open_stage(diary: Diary, language: str, telegram: str | None) -> Iterator[Stage]:
    """Start the school's program and, unless one is given, a fake Telegram; stop both."""
    clock, folder = WeekClock(datetime.fromisoformat(diary.moment)), diary.file.parent
    with _telegram(telegram, clock, folder / CHATS) as address:
        settings = Settings(
            data=folder,
            language=language,
            zone="Asia/Qostanay",
            worker="demo",
            telegram_api=address,
            telegram_token=TOKEN,
            telegram_rate=500.0,
            telegram_chat_rate=50.0,
            print_capacity=PAGES,
            pack_sheets=SHEETS,
        )
        workplace = open_workplace(settings, clock)
        stage = Stage(
            folder=folder,
            diary=diary,
            clock=clock,
            workplace=workplace,
            people=RehearsedPeople(address),
            app=build_app(workplace, poll_seconds=0.15),
            bot=BotService(workplace),
            t=translator(language),
        )
        try:
            yield stage
        finally:
            workplace.database.close()


@contextmanager
def _telegram(given: str | None, clock: Callable[[], datetime], chats: Path) -> Iterator[str]:
    if given:
        yield given
        return
    # A killed demo goes on with the same families, who have seen what they have seen.
    options = Options(token=TOKEN, journal=chats, calendar=clock, limits=WIDE, zone=ZONE)
    with RehearsalServer(options) as server:
        yield server.url
