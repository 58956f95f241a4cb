"""What a coordinator can ask of the bot: codes for families, its health, what did not go out."""

import csv
import io
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from bot import bot_health, inbox, links, outbox
from bot.service import BotService, no_token
from bot.telegram_api import bot_number
from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator
from jetkiz.roster.link_codes import (
    LinkRole,
    deep_link,
    make_link_code,
    read_link_address,
    set_link_address,
    typed_form,
)
from jetkiz.roster.register import read_names, read_students
from jetkiz.storage.files import write_whole

ROLE_WORDS = {
    LinkRole.STUDENT: N_("the student's own phone"),
    LinkRole.GUARDIAN: N_("a guardian's phone"),
}
HEADINGS = (
    N_("class"),
    N_("student"),
    N_("whose phone"),
    N_("code to type"),
    N_("link for the QR"),
)


@click.group(cls=SpokenGroup, help=N_("Link families and look after the bot."))
def telegram() -> None:
    """Group the commands of the bot."""


@telegram.command("links", help=N_("Make a code for each student's family; each is shown once."))
@click.option("--out", type=click.Path(path_type=Path), help=N_("Write the codes to a CSV file."))
@pass_desk
def make_links(desk: CommandDesk, out: Path | None) -> None:
    """Make codes for every student, for the student's phone and for a guardian's."""
    address = _address(desk)
    with desk.workplace.database.write() as connection:
        rows = _new_codes(connection, desk.t, address, desk.workplace.clock())
        if out:
            write_whole(out, _as_csv([tuple(map(desk.t, HEADINGS)), *rows]))
    if out:
        desk.say("{n} codes are in {file}. Print them and delete the file.", n=len(rows), file=out)
        return
    for row in rows:
        click.echo("  ".join(row))
    desk.say("The codes are shown only once; the database keeps no copy.")


def _address(desk: CommandDesk) -> str:
    """Return what a link begins with; ask Telegram for the bot's name when it is not known yet."""
    with desk.workplace.database.read() as connection:
        known = read_link_address(connection, "telegram")
    if known:
        return known
    try:
        name = BotService(desk.workplace).check()
    except JetkizError as error:
        click.echo(desk.t.error(error), err=True)
        desk.say("The codes can be typed; links for a QR need the bot's name.")
        return ""
    with desk.workplace.database.write() as connection:
        set_link_address(connection, "telegram", f"https://t.me/{name}")
    return f"https://t.me/{name}"


def _new_codes(
    connection: Connection, t: Translator, address: str, now: datetime
) -> list[tuple[str, ...]]:
    names = read_names(connection)
    rows = []
    for student in read_students(connection):
        for role, words in ROLE_WORDS.items():
            code = make_link_code(connection, student.id, role, now)
            link = deep_link(address, code) if address else ""
            name = names[student.id].short
            rows.append((student.class_title, name, t(words), typed_form(code), link))
    return sorted(rows)


def _as_csv(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    # A spreadsheet reads Cyrillic only with the mark at the beginning.
    return text.getvalue().encode("utf-8-sig")


def _bot(desk: CommandDesk) -> int:
    """Return whose messages are meant; without a token nothing can be said of any."""
    workplace = desk.workplace
    number = bot_number(workplace.settings.telegram_token)
    if not number:
        raise no_token()
    return number


@telegram.command("status", help=N_("Say how the bot is and what waits."))
@pass_desk
def status(desk: CommandDesk) -> None:
    """Print the health of the bot."""
    bot = _bot(desk)
    with desk.workplace.database.read() as connection:
        problem = bot_health.read_problem(connection, bot)
        frozen = bot_health.frozen_until(connection, bot)
        phones, blocked = links.count_phones(connection, bot)
        waiting = outbox.count_open(connection, bot)
        unread = inbox.count_waiting(connection, bot)
    click.echo(desk.t(problem) if problem else desk.t("Nothing stops the bot."))
    if frozen and frozen > desk.workplace.clock():
        desk.say("Telegram asked for silence until {time}.", time=f"{frozen:%H:%M:%S} UTC")
    desk.say("Linked phones: {n}; blocked: {blocked}.", n=phones, blocked=blocked)
    desk.say("Messages that wait to be sent: {n}.", n=waiting)
    desk.say("Messages from families that wait to be read: {n}.", n=unread)


@telegram.command("undelivered", help=N_("List what Telegram refused and what could not be read."))
@pass_desk
def undelivered(desk: CommandDesk) -> None:
    """Print refused messages and updates that were put aside; keys only, no names."""
    bot = _bot(desk)
    with desk.workplace.database.read() as connection:
        refused = outbox.refused(connection, bot)
        aside = inbox.put_aside(connection, bot)
    for key, error in refused:
        click.echo(f"{key}: {error}")
    for number, arrived, error in aside:
        click.echo(f"update {number} {arrived:%Y-%m-%d %H:%M} UTC: {error}")
    if not refused and not aside:
        desk.say("Nothing was refused, and everything was read.")
