"""Who of the sample school may open the console, with passwords made for this demo alone."""

from typing import Final

from sqlalchemy import Connection, select

from jetkiz.demo.stage import Stage
from jetkiz.i18n import N_
from jetkiz.roster.tables import teacher
from jetkiz.staff.permissions import Role
from jetkiz.storage.whole_files import write_whole
from jetkiz.web.accounts import Account, add_account, find_account, new_password

FILE: Final = "sign-in.txt"
_PEOPLE: Final = (
    ("aigul", "t-01", Role.COORDINATOR, "kk"),
    ("sandugash", "t-02", Role.TEACHER, "kk"),
    ("lyudmila", "t-04", Role.TEACHER, "ru"),
    # Of no school; whose clock the pages follow is that of this teacher's.
    ("efir", "t-01", Role.BROADCASTER, "kk"),
)


def make_sign_ins(stage: Stage) -> None:
    """Give coordinator, two teachers and broadcaster a sign-in; passwords lie beside the demo."""
    with stage.workplace.database.write() as connection:
        lines = [
            _sign_in(connection, stage, login, person, (role, language))
            for login, person, role, language in _PEOPLE
            if find_account(connection, login) is None
        ]
        # Before the commit: a password that is kept only as a hash must stand here already.
        if lines:
            write_whole(stage.folder / FILE, ("\n".join(lines) + "\n").encode())
    stage.say(N_("Sign-ins for the console are in {file}."), file=stage.folder / FILE)


def _sign_in(
    connection: Connection, stage: Stage, login: str, person: str, about: tuple[Role, str]
) -> str:
    c = teacher.c
    row = connection.execute(select(c.id, c.school_id).where(c.sourced_id == person)).one()
    password = new_password()
    role, language = about
    own = row.id if role == Role.TEACHER else None
    account = Account(0, login, role, row.school_id, own, language, active=True)
    add_account(connection, account, password, stage.clock())
    return f"{login}  {password}  ({role.value})"
