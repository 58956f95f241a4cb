"""What a coordinator can ask of the bot: codes for families, its health, what did not go out."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import Connection

from bot import bots
from bot.chats import alarms, links
from bot.family_access import cut_family
from bot.receiving import absence, inbox
from bot.sending import booking, bot_health, outbox
from bot.sending.pacing import in_force
from bot.sending.probe import Policy
from bot.service import BotService
from bot.staff_commands import cut_staff, staff_links
from bot.words.refusals import REFUSED_WORDS, meaning
from jetkiz.bot_tokens import BotToken, read_bots
from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.i18n.alphabet import alphabetical
from jetkiz.roster.link_codes import (
    LinkRole,
    deep_link,
    make_link_code,
    read_link_addresses,
    revoke_codes,
    typed_form,
)
from jetkiz.roster.model import Student
from jetkiz.roster.register import find_student, read_names, read_students
from jetkiz.storage.spreadsheets import harmless
from jetkiz.storage.whole_files import write_whole
from jetkiz.storage.workplace import wall_clock

ROLE_WORDS = {
    LinkRole.STUDENT: N_("the student's own phone"),
    LinkRole.GUARDIAN: N_("a guardian's phone"),
}
A_WEEK = timedelta(days=6)
A_MONTH = timedelta(days=30)
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
@click.option("--student", help=N_("Only for the student with this roster id or number."))
@click.option("--lost", is_flag=True, help=N_("Cancel the codes given before; phones stay linked."))
@pass_desk
def make_links(desk: CommandDesk, out: Path | None, student: str | None, *, lost: bool) -> None:
    """Make codes for every student, for the student's phone and for a guardian's."""
    _learn_addresses(desk)
    with desk.workplace.database.write() as connection:
        chosen = [find_student(connection, student)] if student else read_students(connection)
        for person in chosen if lost else ():
            revoke_codes(connection, person.id, desk.workplace.clock())
        rows = _new_codes(connection, chosen, desk)
        if out and out.exists():
            raise JetkizError(
                N_("The file {file} is there already."),
                N_("Choose another name: the codes in it may be in somebody's hands."),
                file=out,
            )
        if out:
            write_whole(out, _as_csv([tuple(map(desk.t, HEADINGS)), *rows]))
    if out:
        desk.say("{n} codes are in {file}. Print them and delete the file.", n=len(rows), file=out)
        return
    for row in rows:
        click.echo("  ".join(row))
    desk.say("The codes are shown only once; the database keeps no copy.")


def _learn_addresses(desk: CommandDesk) -> None:
    """Ask Telegram for the bots' names, unless every bot of the settings has been seen before."""
    tokens = read_bots(desk.workplace.settings)
    with desk.workplace.database.read() as connection:
        known = {one.number for one in bots.in_use(connection) if one.name}
    if tokens and {one.number for one in tokens} == known:
        return
    try:
        BotService(desk.workplace).check()
    except JetkizError as error:
        click.echo(desk.t.error(error), err=True)
        desk.say("The codes can be typed; links for a QR need the bot's name.")


def _new_codes(
    connection: Connection, students: list[Student], desk: CommandDesk
) -> list[tuple[str, ...]]:
    now, hashed = desk.workplace.clock(), desk.workplace.files.hash_of_code
    names = read_names(connection, only=[one.id for one in students])
    addresses = read_link_addresses(connection, bots.CHANNEL, {one.school for one in students})
    rows = []
    for student in students:
        for role, words in ROLE_WORDS.items():
            code = make_link_code(connection, student.id, role, now, hashed)
            address = addresses[student.school]
            link = deep_link(address, code) if address else ""
            name = names[student.id].short
            rows.append((student.class_title, name, desk.t(words), typed_form(code), link))
    return sorted(rows, key=lambda row: (row[0], alphabetical(row[1]), *row[2:]))


def _as_csv(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    # A spreadsheet reads Cyrillic only with the mark at the beginning.
    return text.getvalue().encode("utf-8-sig")


def _bots(desk: CommandDesk) -> list[BotToken]:
    """Return the bots that are meant; without a token nothing can be said of any."""
    found = [one for one in read_bots(desk.workplace.settings) if one.number]
    if not found:
        raise bots.no_token()
    return found


def _say_whose(desk: CommandDesk, bot: BotToken) -> None:
    """Name the bot where there are several."""
    if bot.school:
        desk.say("Bot {number}, of the school {school}:", number=bot.number, school=bot.school)
    elif desk.workplace.settings.telegram_bots:
        desk.say("Bot {number}, of all schools without one of their own:", number=bot.number)


@telegram.command("cut", help=N_("Cut every phone and code of a student, as after a lost paper."))
@click.argument("student")
@pass_desk
def cut(desk: CommandDesk, student: str) -> None:
    """End the student's links and codes; the phones that were linked are told."""
    _bots(desk)
    now = desk.workplace.clock()
    with desk.workplace.database.write() as connection:
        person = find_student(connection, student)
        phones, codes = cut_family(connection, person.id, now)
    desk.say("Phones cut: {phones}; codes cancelled: {codes}.", phones=phones, codes=codes)
    desk.say("For a new code: jetkiz telegram links --student {student}", student=student)


@telegram.command("status", help=N_("Say how the bot is and what waits."))
@pass_desk
def status(desk: CommandDesk) -> None:
    """Print the health of each bot."""
    for bot in _bots(desk):
        _say_whose(desk, bot)
        _say_health(desk, bot.number)


def _say_health(desk: CommandDesk, bot: int) -> None:
    with desk.workplace.database.read() as connection:
        problem = bot_health.read_problem(connection, bot)
        frozen = bot_health.frozen_until(connection, bot)
        slowed = booking.read_row(connection, bot).slowed
        phones, blocked = links.count_phones(connection, bot)
        waiting = outbox.count_open(connection, bot)
        unread = inbox.count_waiting(connection, bot)
        gap = absence.last_gap(connection, bot)
        refused = alarms.refused_since(connection, bot, (wall_clock() - A_WEEK).date())
    click.echo(desk.t(problem) if problem else desk.t("Nothing stops the bot."))
    if frozen and frozen > desk.workplace.clock():
        moment = f"{frozen:%Y-%m-%d %H:%M:%S} UTC"
        desk.say("Telegram asked for silence until {time}.", time=moment)
    top = desk.workplace.settings.telegram_rate
    rate = in_force(top, slowed, wall_clock().timestamp())
    if rate < top:
        desk.say(
            "After Telegram's last refusal the bot may send {n} messages a second, soon more.",
            n=f"{rate:.0f}",
        )
    desk.say("Linked phones: {n}; blocked: {blocked}.", n=phones, blocked=blocked)
    desk.say("Messages that wait to be sent: {n}.", n=waiting)
    if desk.workplace.settings.telegram_unknown == Policy.PROBE:
        desk.say("Messages whose answer was lost are looked for first (experimental).")
    else:
        desk.say("Messages whose answer was lost go again, marked as a repeat.")
    desk.say("Messages from families that wait to be read: {n}.", n=unread)
    if gap and gap[1] > wall_clock() - A_MONTH:
        desk.say(
            "Nothing was heard of Telegram from {since} to {until}; "
            "families were asked to send again.",
            since=f"{gap[0]:%Y-%m-%d %H:%M} UTC",
            until=f"{gap[1]:%Y-%m-%d %H:%M} UTC",
        )
    if refused:
        reasons = ", ".join(
            f"{desk.t(REFUSED_WORDS[why])} {n}" for why, n in sorted(refused.items())
        )
        desk.say("Refused in the last seven days, by reason: {reasons}.", reasons=reasons)


@telegram.command("undelivered", help=N_("List what Telegram refused and what could not be read."))
@pass_desk
def undelivered(desk: CommandDesk) -> None:
    """Print refused messages and updates that were put aside; keys only, no names."""
    for bot in _bots(desk):
        _say_whose(desk, bot)
        _say_undelivered(desk, bot.number)


def _say_undelivered(desk: CommandDesk, bot: int) -> None:
    with desk.workplace.database.read() as connection:
        refused = outbox.refused(connection, bot)
        aside = inbox.put_aside(connection, bot)
    for key, error in refused:
        click.echo(f"{key}: {error} ({desk.t(meaning(error))})")
    for number, arrived, error in aside:
        click.echo(f"update {number} {arrived:%Y-%m-%d %H:%M} UTC: {error}")
    if not refused and not aside:
        desk.say("Nothing was refused, and everything was read.")


telegram.add_command(staff_links)
telegram.add_command(cut_staff)
