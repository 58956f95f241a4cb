"""The commands `jetkiz accounts` and `jetkiz serve`."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection, select

from jetkiz.command_line import CommandDesk, SpokenCommand, SpokenGroup, operator, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import LANGUAGES, N_
from jetkiz.roster.register import read_schools
from jetkiz.roster.tables import school, teacher
from jetkiz.staff.audit import (
    Act,
    Entry,
    check_chain,
    holds_seal,
    read_entries,
    read_seal,
    write_down,
)
from jetkiz.staff.permissions import Role
from jetkiz.storage.played_time import is_played
from jetkiz.web import wording
from jetkiz.web.accounts import (
    Account,
    add_account,
    bind_channels,
    change_password,
    folded,
    new_password,
    read_accounts,
    set_active,
)
from jetkiz.web.server import ConsoleServer

# The demo writes its sign-ins here, so that a stranger can look around.
SIGN_IN_FILE: Final = "sign-in.txt"

_from_stdin = click.option(
    "--password-stdin", is_flag=True, help=N_("Read the password from standard input.")
)
_ask = click.option("--ask", is_flag=True, help=N_("Type the password; otherwise one is made."))


@click.group(cls=SpokenGroup, help=N_("Give people their sign-in."))
def accounts() -> None:
    """Hold the commands together."""


@accounts.command("add", help=N_("Give somebody a sign-in to the console."))
@click.argument("login")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help=N_("What the person may see and do."),
)
@click.option("--teacher", help=N_("Id of the teacher in the roster."))
@click.option("--school", help=N_("Id of the school, where the register has several."))
@click.option("--language", type=click.Choice(LANGUAGES), help=N_("Language of the pages."))
@click.option(
    "--on-channel",
    "channels",
    multiple=True,
    help=N_("A channel of the air that a broadcaster answers for, again for each; none means all."),
)
@_ask
@_from_stdin
@pass_desk
def add_command(
    desk: CommandDesk,
    /,
    login: str,
    *,
    ask: bool,
    password_stdin: bool,
    channels: Sequence[str],
    **wishes: str | None,
) -> None:
    """Write the account, and show a password that was made here once."""
    database = desk.workplace.database
    password = _password(desk, ask=ask, from_stdin=password_stdin)
    with database.write() as connection:
        new = _new_account(connection, desk, folded(login), wishes)
        _require_broadcaster(new, channels)
        bind_channels(connection, add_account(connection, new, password, desk.clock()), channels)
        _note(connection, desk, Act.ADD_ACCOUNT, new)
    desk.say(N_("{login} can sign in now."), login=new.login)
    if not ask and not password_stdin:
        desk.say(N_("Password, shown only this once: {password}"), password=password)


def _require_broadcaster(new: Account, channels: Sequence[str]) -> None:
    if channels and new.role != Role.BROADCASTER:
        raise JetkizError(
            N_("Only a broadcaster's sign-in is bound to channels of the air."),
            N_("Leave --on-channel out, or add --role broadcaster."),
        )


def _note(connection: Connection, desk: CommandDesk, act: Act, whose: Account) -> None:
    entry = Entry(operator(), act, whose.school, detail=whose.login)
    write_down(connection, [entry], desk.clock())


def _new_account(
    connection: Connection, desk: CommandDesk, login: str, wishes: dict[str, str | None]
) -> Account:
    role = Role(wishes["role"] or "")
    named = wishes["teacher"]
    if role == Role.TEACHER and not named:
        raise JetkizError(
            N_("A teacher's sign-in must say which teacher it is for."),
            N_("Add --teacher with the id from the roster."),
        )
    number, home = _teacher(connection, named) if named else (None, None)
    return Account(
        id=0,
        login=login,
        role=role,
        school=home or _school(connection, wishes["school"], role),
        teacher=number,
        language=wishes["language"] or desk.settings.language,
        active=True,
    )


def _teacher(connection: Connection, named: str) -> tuple[int, int]:
    c = teacher.c
    query = select(c.id, c.school_id).where(c.active)
    rows = connection.execute(query.where(c.sourced_id == named)).all()
    if not rows and named.isdecimal():
        rows = connection.execute(query.where(c.id == int(named))).all()
    if len(rows) != 1:
        raise JetkizError(
            N_("The register has no teacher {teacher}, or more than one."),
            N_("Import teachers first (sheet teachers of the workbook), or correct the id."),
            teacher=named,
        )
    return rows[0].id, rows[0].school_id


def _school(connection: Connection, named: str | None, role: Role) -> int:
    known = read_schools(connection)
    found = [one for one in known if named in {None, one.sourced_id}]
    # A broadcaster sees nothing of any school: whose clock the pages follow is of no weight.
    if len(found) == 1 or (found and role == Role.BROADCASTER):
        return found[0].id
    if not known:
        raise JetkizError(
            N_("The register has no school yet."),
            N_("Bring a roster in first: jetkiz roster import."),
        )
    raise JetkizError(
        N_("Which school is this sign-in for?"),
        N_("Add --school with one of: {known}."),
        known=", ".join(one.sourced_id for one in known),
    )


def _password(desk: CommandDesk, *, ask: bool, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if ask:
        text = desk.t("Password")
        typed: str = click.prompt(text, hide_input=True, confirmation_prompt=True)
        return typed
    return new_password()


@accounts.command("list", help=N_("Show who has a sign-in."))
@pass_desk
def list_command(desk: CommandDesk) -> None:
    """Print a line for each account."""
    with desk.workplace.database.read() as connection:
        found = read_accounts(connection)
        rows = connection.execute(select(school.c.id, school.c.name))
        schools = {row.id: row.name for row in rows}
    for one in found:
        role = desk.t(wording.ROLES[one.role])
        closed = "" if one.active else f"  ({desk.t('closed')})"
        click.echo(f"{one.login:20} {role:16} {one.language}  {schools[one.school]}{closed}")
    if not found:
        desk.say(N_("Nobody has a sign-in yet. Add one with jetkiz accounts add."))


@accounts.command("password", help=N_("Give a sign-in a new password."))
@click.argument("login")
@_ask
@_from_stdin
@pass_desk
def password_command(desk: CommandDesk, login: str, *, ask: bool, password_stdin: bool) -> None:
    """Change the password and close every browser of the account."""
    password = _password(desk, ask=ask, from_stdin=password_stdin)
    with desk.workplace.database.write() as connection:
        found = change_password(connection, folded(login), password)
        _note(connection, desk, Act.NEW_PASSWORD, found)
    desk.say(
        N_("{login} has a new password; every browser has to sign in again."), login=found.login
    )
    if not ask and not password_stdin:
        desk.say(N_("Password, shown only this once: {password}"), password=password)


@accounts.command("close", help=N_("Shut the sign-in of somebody who has left."))
@click.argument("login")
@pass_desk
def close_command(desk: CommandDesk, login: str) -> None:
    """Shut it and every browser of it; what the person did stays under the same name."""
    with desk.workplace.database.write() as connection:
        found = set_active(connection, folded(login), active=False)
        _note(connection, desk, Act.CLOSE_ACCOUNT, found)
    desk.say(
        N_("{login} can no longer sign in, and every browser is signed out."), login=found.login
    )


@accounts.command("reopen", help=N_("Let a shut sign-in be used again."))
@click.argument("login")
@pass_desk
def reopen_command(desk: CommandDesk, login: str) -> None:
    """Open it with the password that it had."""
    with desk.workplace.database.write() as connection:
        found = set_active(connection, folded(login), active=True)
        _note(connection, desk, Act.REOPEN_ACCOUNT, found)
    desk.say(N_("{login} can sign in again with the old password."), login=found.login)


@accounts.command(
    "audit", help=N_("Show who read or changed what, and check that nothing was changed.")
)
@click.option("--student", type=int, help=N_("Only what concerns the student with this number."))
@click.option("--last", type=click.IntRange(1), default=50, help=N_("How many entries to show."))
@click.option("--noted", default="", help=N_("The seal that was shown and noted last time."))
@pass_desk
def audit_command(desk: CommandDesk, student: int | None, last: int, noted: str) -> None:
    """Print the newest entries, then whether the chain is whole."""
    zone = ZoneInfo(desk.settings.zone)
    with desk.workplace.database.read() as connection:
        entries = read_entries(connection, student, last)
        broken = check_chain(connection)
        count, seal = read_seal(connection)
        is_held = not noted or holds_seal(connection, noted.strip().lower())
    for one in entries:
        moment = one.at.astimezone(zone).isoformat(" ", "seconds")
        about = desk.t("student {number}", number=one.student) if one.student else ""
        click.echo(f"{moment}  {one.who:16} {one.act.value:16} {about} {one.detail}".rstrip())
    _require_whole(broken, is_held=is_held)
    desk.say(N_("The audit is whole: no entry was changed or cut out of the middle."))
    if noted:
        desk.say(N_("The noted seal is in it: nothing up to that day was cut off."))
    desk.say(
        N_("Entries: {n}. Seal: {seal}. Note it on paper; --noted shows later if an end is lost."),
        n=count,
        seal=seal,
    )


def _require_whole(broken: int | None, *, is_held: bool) -> None:
    if broken is not None:
        raise JetkizError(
            N_("Entry {number} of the audit does not follow from the one before."),
            N_("Somebody changed or removed entries: compare with the last backup."),
            number=broken,
        )
    if not is_held:
        raise JetkizError(
            N_("The noted seal is not in the audit: its end was cut off, or it was written anew."),
            N_("Look at the seal again, letter by letter; then compare with the last backup."),
        )


@click.command(cls=SpokenCommand, help=N_("Open the console in the browser."))
@click.option("--data", type=click.Path(path_type=Path), help=N_("Folder with the school's data."))
@click.option("--port", type=click.IntRange(0, 65535), help=N_("Port to listen on."))
@pass_desk
def serve(desk: CommandDesk, data: Path | None, port: int | None) -> None:
    """Serve until somebody presses Ctrl-C."""
    if data is not None:
        desk.settings = replace(desk.settings, data=data)
    if port is not None:
        desk.settings = replace(desk.settings, console_port=port)
    _require_school(desk)
    with ConsoleServer(desk.workplace) as server:
        desk.say(N_("The console is open: {url}"), url=server.url)
        _say_sign_ins(desk)
        if is_played(desk.settings.data):
            now = desk.workplace.clock().astimezone(ZoneInfo(desk.settings.zone))
            said = f"{now:%Y-%m-%d %H:%M}"
            desk.say(N_("The weeks of this school were played: its clock is at {at}."), at=said)
        desk.say(N_("Stop with Ctrl+C."))
        try:
            server.wait()
        except KeyboardInterrupt:
            desk.say(N_("The console is closed."))


def _require_school(desk: CommandDesk) -> None:
    settings = desk.settings
    if not settings.database_url and not (settings.data / "jetkiz.sqlite3").is_file():
        raise JetkizError(
            N_("There is no school in the folder {folder}."),
            N_("Try the demo school with make demo, or begin your own with jetkiz roster import."),
            folder=settings.data,
        )


def _say_sign_ins(desk: CommandDesk) -> None:
    file = desk.settings.data / SIGN_IN_FILE
    if file.is_file():
        click.echo(file.read_text("utf-8").rstrip())
        return
    with desk.workplace.database.read() as connection:
        if not read_accounts(connection):
            desk.say(N_("Nobody has a sign-in yet. Add one with jetkiz accounts add."))
