"""What would go wrong here, found before it does: each finding is a sentence with a remedy."""

import importlib.metadata
import importlib.util
import json
import shutil
import socket
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from sqlalchemy.exc import DatabaseError

from broadcast.as_run.reporting import hour_of_logs
from jetkiz.bot_tokens import TOKEN, read_bots
from jetkiz.calendar.print_cutoff import print_cutoff
from jetkiz.calendar.school_weeks import week_of
from jetkiz.calendar.school_years import notice
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.findings import Finding, Level, fault, good, note
from jetkiz.fonts import FILES, FOLDER, font_path
from jetkiz.i18n import N_
from jetkiz.storage.backup import require_there
from jetkiz.storage.database import Database
from jetkiz.storage.health import faults_of
from jetkiz.storage.key_health import check_codes, check_keys
from jetkiz.storage.schema import require_current, require_file
from jetkiz.storage.workplace import use_shipped_zones
from print_packs.kazpost.settings_check import check_kazpost
from scheduler.rules.fallback_firing import check_hour

OUR_PACKAGES: Final = ("jetkiz", "scheduler", "bot", "print_packs", "broadcast")
# What an extra of the installation brings, by what it is needed for.
EXTRAS: Final = {
    "telegram": ("aiogram",),
    "print": ("pikepdf", "pypdfium2", "reportlab", "typst", "zxingcpp"),
    "broadcast": ("reportlab",),
    "postgres": ("psycopg",),
    "planner": ("numpy",),
}
LITTLE_SPACE: Final = 1_000_000_000
NO_SPACE: Final = 200_000_000
TELEGRAM_SECONDS: Final = 5.0
KAZAKHSTAN: Final = timedelta(hours=5)


@click.command(cls=SpokenCommand, help=N_("Look for what would go wrong, before it does."))
@pass_desk
def doctor(desk: CommandDesk) -> None:
    """Say every finding; status 1 if anything would go wrong."""
    use_shipped_zones()
    found = list(examine(desk.settings, desk.clock()))
    for one in found:
        words = " ".join(desk.t(part, **one.facts) for part in (one.sentence, one.remedy) if part)
        click.echo(f"{one.level} {words}")
    faults = sum(one.level is Level.FAULT for one in found)
    if faults:
        raise JetkizError(
            N_("Found to put right: {n}."), N_("Begin with the first line marked !!"), n=faults
        )
    desk.say(N_("Nothing stands in the way."))


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at everything in turn, from the ground up."""
    checks: tuple[Callable[[], Iterable[Finding]], ...] = (
        lambda: check_packages(importlib.metadata.packages_distributions()),
        lambda: check_extras(settings, _is_installed),
        lambda: check_zones(settings.zone, now),
        lambda: check_calendar(settings.print_cutoff, now),
        lambda: check_hours(settings),
        lambda: check_folder(settings.data),
        lambda: check_backups(settings.backup_folder),
        lambda: check_keys(settings),
        lambda: check_database(settings.url),
        lambda: check_codes(settings, now),
        check_fonts,
        lambda: check_port(settings.console_host, settings.console_port),
        lambda: check_bots(settings),
        lambda: check_kazpost(settings),
    )
    for check in checks:
        yield from check()


def check_packages(owners: Any) -> Iterator[Finding]:
    """Find another installed package that claims one of our names: it overwrote ours silently."""
    clashes = [
        (name, other)
        for name in OUR_PACKAGES
        for other in owners.get(name, ())
        if other != "jetkiz"
    ]
    for name, other in clashes:
        yield fault(
            N_("The package {other} claims the name {name}, which Jetkiz uses."),
            N_("Install Jetkiz in an environment of its own, without {other}."),
            name=name,
            other=other,
        )
    if not clashes:
        yield good(N_("No other package claims a name of Jetkiz."))


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def check_extras(settings: Settings, installed: Callable[[str], bool]) -> Iterator[Finding]:
    """Find parts whose libraries are missing; a part that the settings ask for is a fault."""
    wanted = {
        "telegram": bool(settings.telegram_token or settings.telegram_bots),
        "postgres": settings.url.startswith("postgres"),
        "planner": settings.learning,
    }
    for extra, modules in EXTRAS.items():
        missing = [name for name in modules if not installed(name)]
        if missing:
            say = fault if wanted.get(extra) else note
            yield say(
                N_("For {extra} these packages are missing: {missing}."),
                N_("Install them with: pip install 'jetkiz[{extra}]'"),
                extra=extra,
                missing=", ".join(missing),
            )


def check_zones(zone: str, now: datetime) -> Iterator[Finding]:
    """Find old zone data: Kazakhstan has one time, five hours ahead, since March 2024."""
    summer = datetime(2024, 6, 1, 12, tzinfo=UTC)
    almaty = ZoneInfo("Asia/Almaty")
    if any(moment.astimezone(almaty).utcoffset() != KAZAKHSTAN for moment in (now, summer)):
        yield fault(
            N_("The time zone data is too old: every lesson would go out at the wrong hour."),
            N_("Renew it with: pip install --upgrade tzdata"),
        )
    try:
        here = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        yield fault(
            N_("There is no time zone {zone}."),
            N_("Set zone to a name such as Asia/Almaty or Asia/Qostanay."),
            zone=zone,
        )
        return
    yield good(N_("At the school it is {time} ({zone})."), time=f"{here:%Y-%m-%d %H:%M}", zone=zone)


def check_calendar(cutoff: str, now: datetime) -> Iterator[Finding]:
    """Find a cut-off that cannot be understood, and a school year without its breaks."""
    try:
        print_cutoff(week_of(now.date()), cutoff)
    except JetkizError as error:
        yield fault(error.sentence, error.remedy, **error.facts)
    said = notice(now.date())
    if said:
        yield note(said.sentence, said.remedy, **said.facts)


def check_hours(settings: Settings) -> Iterator[Finding]:
    """Find hours that cannot be understood: no second way would start, no missing log be named."""
    for check, setting in (
        (check_hour, settings.fallback_check),
        (hour_of_logs, settings.as_run_by),
    ):
        try:
            check(setting)
        except JetkizError as error:
            yield fault(error.sentence, error.remedy, **error.facts)


def check_folder(folder: Path) -> Iterator[Finding]:
    """Find a data folder that cannot be written to, or a disk that is nearly full."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"jetkiz")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield fault(
            N_("The data folder {folder} cannot be written to: {reason}."),
            N_("Choose another with the setting data, or ask for the right to write there."),
            folder=folder,
            reason=error.strerror,
        )
        return
    megabytes = free // 1_000_000
    if free < LITTLE_SPACE:
        say = fault if free < NO_SPACE else note
        yield say(
            N_("Only {megabytes} MB are free for the data folder {folder}."),
            N_("A week of photos may need a gigabyte: free some space."),
            megabytes=megabytes,
            folder=folder,
        )
    else:
        yield good(
            N_("The data folder {folder} is writable, {megabytes} MB are free."),
            folder=folder,
            megabytes=megabytes,
        )


def check_backups(folder: str) -> Iterator[Finding]:
    """Find a folder for backups that would be missed in the night."""
    if not folder:
        return
    try:
        require_there(Path(folder))
    except JetkizError as error:
        yield fault(error.sentence, error.remedy, **error.facts)
    else:
        yield good(N_("Every night is also copied to {folder}."), folder=folder)


def check_database(url: str) -> Iterator[Finding]:
    """Find a database that is away, damaged, or of another version."""
    try:
        require_file(url)
        database = Database(url)
    except JetkizError as error:
        yield fault(error.sentence, error.remedy, **error.facts)
        return
    try:
        require_current(database)
        if faults_of(database):
            yield fault(N_("The database is damaged."), N_("Run: jetkiz database check"))
        else:
            yield good(N_("The database answers, is sound and current."))
    except JetkizError as error:
        yield fault(error.sentence, error.remedy, **error.facts)
    except DatabaseError as error:
        yield fault(
            N_("The database does not work: {reason}."),
            N_("Run: jetkiz database check"),
            reason=str(error.orig).splitlines()[0],
        )
    finally:
        database.close()


def check_fonts(folder: Path = FOLDER) -> Iterator[Finding]:
    """Find an installation without the letters that printed pages need."""
    try:
        for name in FILES:
            font_path(name, folder)
    except JetkizError as error:
        yield fault(error.sentence, error.remedy, **error.facts)
    else:
        yield good(N_("The letters for printed pages are here."))


def check_port(host: str, port: int) -> Iterator[Finding]:
    """Find a port of the console that somebody else has."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            yield fault(
                N_("The console cannot listen on {host}, port {port}: {reason}."),
                N_("If Jetkiz runs already, all is well; else choose another console_port."),
                host=host,
                port=port,
                reason=error.strerror,
            )
        else:
            yield good(N_("The console can listen on {host}, port {port}."), host=host, port=port)


def check_bots(settings: Settings) -> Iterator[Finding]:
    """Find a bot of the settings that Telegram does not know, or a file that names none rightly."""
    try:
        found = read_bots(settings)
    except JetkizError as error:
        yield fault(error.sentence, error.remedy, **error.facts)
        return
    for token in [one.token for one in found] or [""]:
        yield from check_telegram(settings.telegram_api, token)


def check_telegram(
    address: str, token: str, seconds: float = TELEGRAM_SECONDS
) -> Iterator[Finding]:
    """Find a token that Telegram does not know, or a line that does not reach Telegram."""
    if not token:
        yield note(
            N_("No Telegram token is set: lessons go out by the other channels."),
            N_("For a bot, ask @BotFather for a token and set telegram_token."),
        )
        return
    if not TOKEN.fullmatch(token):
        yield fault(
            N_("What is set as the Telegram token is none: a number, a colon and letters."),
            N_("Copy it again from @BotFather into telegram_token."),
        )
        return
    if not address.startswith(("http://", "https://")):
        yield fault(
            N_("The address of the Bot API is no web address: {address}."),
            N_("Set telegram_api to https://api.telegram.org."),
            address=address,
        )
        return
    try:
        with urllib.request.urlopen(f"{address}/bot{token}/getMe", timeout=seconds) as answer:  # noqa: S310 - the scheme is checked above
            name = json.load(answer)["result"]["username"]
    except urllib.error.HTTPError as error:
        yield _telegram_refusal(address, error.code)
    except (OSError, ValueError, TypeError, KeyError) as error:
        yield fault(
            N_("Telegram cannot be reached at {address}: {reason}."),
            N_("Check the line; where Telegram is blocked, ask for a way through or a proxy."),
            address=address,
            # Never the whole error: it may name the address with the token in it.
            reason=getattr(error, "reason", None) or type(error).__name__,
        )
    else:
        yield good(N_("Telegram answers; the bot is @{name}."), name=name)


def _telegram_refusal(address: str, code: int) -> Finding:
    if code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return fault(
            N_("Telegram does not know this token."),
            N_("Copy it again from @BotFather into telegram_token."),
        )
    return fault(
        N_("Telegram at {address} answers with the error {code}."),
        N_("Wait a while and look again."),
        address=address,
        code=code,
    )
