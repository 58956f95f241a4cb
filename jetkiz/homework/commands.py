"""How homework that lies open is sealed, and how its key is changed."""

import click
from sqlalchemy import select

from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.homework.tables import return_page
from jetkiz.i18n import N_


@click.group(cls=SpokenGroup, help=N_("Seal what homes sent, and change its key."))
def homework() -> None:
    """Only the subcommands do anything."""


@homework.command(help=N_("Seal the pages that an earlier release kept open."))
@pass_desk
def encrypt(desk: CommandDesk) -> None:
    """Seal page by page: broken off half way, the rest is sealed by the next call."""
    place = desk.workplace
    with place.database.read() as connection:
        names = connection.scalars(select(return_page.c.sha256).distinct()).all()
    count = sum(place.files.seal_plain(name) for name in sorted(names) if name)
    desk.say(N_("Pages sealed: {n}. The key is in {file}."), n=count, file=place.files.keys.place)


@homework.command("rotate-key", help=N_("Make a new key and seal everything with it."))
@pass_desk
def rotate_key(desk: CommandDesk) -> None:
    """The old key stays in the key file, for backups made until now need it."""
    files = desk.workplace.files
    files.change_key()
    count = files.seal_anew()
    desk.say(N_("Files sealed with the new key: {n}."), n=count)
    desk.say(N_("Copy the key file now to where you keep its copy: {file}"), file=files.keys.place)
