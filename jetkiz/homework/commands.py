"""How homework that lies open is sealed, how its key is changed, and how work is deleted."""

from zoneinfo import ZoneInfo

import click

from jetkiz.command_line import CommandDesk, SpokenGroup, confirm_or_stop, pass_desk
from jetkiz.homework.forgetting import JUST_NOW, delete_work
from jetkiz.homework.sealing_earlier import seal_earlier
from jetkiz.i18n import N_
from jetkiz.roster.register import find_student, read_names
from jetkiz.storage.workplace import wall_clock


@click.group(cls=SpokenGroup, help=N_("Seal what homes sent, change its key, delete it."))
def homework() -> None:
    """Only the subcommands do anything."""


@homework.command(help=N_("Seal the pages that an earlier release kept open."))
@pass_desk
def encrypt(desk: CommandDesk) -> None:
    """Seal page by page: broken off half way, the rest is sealed by the next call."""
    place = desk.workplace
    count = seal_earlier(place)
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


@homework.command(help=N_("Delete the pages of a student's handed-in work, as a family may ask."))
@click.argument("student")
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@pass_desk
def delete(desk: CommandDesk, student: str, *, yes: bool) -> None:
    """Delete pages and notes for good; marks, the teacher's words and what was received stay."""
    place = desk.workplace
    with place.database.read() as connection:
        person = find_student(connection, student)
        name = read_names(connection, only=[person.id])[person.id].short
    question = N_("Delete every page that {name}, {title}, handed in? They do not come back.")
    confirm_or_stop(desk, question, yes=yes, name=name, title=person.class_title)
    today = place.clock().astimezone(ZoneInfo(place.settings.zone)).date()
    with place.database.write() as connection:
        # Files bear the time of the machine, whatever clock the school lives by.
        since = wall_clock() - JUST_NOW
        deleted = delete_work(connection, place.files, person.id, today, since)
    desk.say(N_("Pages deleted: {n}. Copies lose them with the next backup."), n=deleted.pages)
    if deleted.files_later:
        words = N_("Files that came in the last hour: {n}. They go by the third night.")
        desk.say(words, n=deleted.files_later)
