"""What a coordinator can ask of the bot for the staff: codes for their phones, and cutting them."""

import csv
import io
from pathlib import Path

import click

from bot.staff_access import NewCode, Person, cut_person, give_code, read_people
from jetkiz.command_line import CommandDesk, SpokenCommand, operator, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator
from jetkiz.storage.spreadsheets import harmless
from jetkiz.storage.whole_files import write_whole

HEADINGS = (N_("login"), N_("code to type"), N_("link for the QR"))


@click.command(
    "staff-links", cls=SpokenCommand, help=N_("Make a code for each teacher and coordinator.")
)
@click.option("--out", type=click.Path(path_type=Path), help=N_("Write the codes to a CSV file."))
@click.option("--login", help=N_("Only for the person with this sign-in."))
@pass_desk
def staff_links(desk: CommandDesk, out: Path | None, login: str | None) -> None:
    """Make codes for everybody with a sign-in; each is shown once and works once."""
    if out and out.exists():
        raise JetkizError(
            N_("The file {file} is there already."),
            N_("Choose another name: the codes in it may be in somebody's hands."),
            file=out,
        )
    with desk.workplace.database.write() as connection:
        people = [one for one in read_people(connection) if login in {None, one.login}]
        if not people:
            raise _nobody(login or "")
        hashed = desk.workplace.files.hash_of_code
        made = [give_code(connection, one, operator(), desk.clock(), hashed) for one in people]
        if out:
            write_whole(out, _as_csv(made, desk.t))
    if out:
        desk.say("{n} codes are in {file}. Print them and delete the file.", n=len(made), file=out)
        return
    for one in made:
        click.echo("  ".join(_row(one)))
    desk.say("The codes are shown only once; the database keeps no copy.")


def _nobody(login: str) -> JetkizError:
    return JetkizError(
        N_("There is no sign-in {login}."),
        N_("See the logins with jetkiz accounts list."),
        login=login or "—",
    )


def _row(one: NewCode) -> tuple[str, str, str]:
    return one.person.login, one.typed, one.link


def _as_csv(made: list[NewCode], t: Translator) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([t(words) for words in HEADINGS])
    writer.writerows([harmless(cell) for cell in _row(one)] for one in made)
    # A spreadsheet reads Cyrillic only with the mark at the beginning.
    return text.getvalue().encode("utf-8-sig")


@click.command(
    "cut-staff", cls=SpokenCommand, help=N_("Cut every phone and code of a teacher or coordinator.")
)
@click.argument("login")
@pass_desk
def cut_staff(desk: CommandDesk, login: str) -> None:
    """End the links and codes of somebody; the phones that were linked are told."""
    with desk.workplace.database.write() as connection:
        found: list[Person] = [one for one in read_people(connection) if one.login == login]
        if not found:
            raise _nobody(login)
        phones = cut_person(connection, found[0], operator(), desk.clock())
    desk.say("Phones cut: {n}.", n=phones)
