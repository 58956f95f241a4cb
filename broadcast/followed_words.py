"""How it is said whom a change of airings concerns: who has no other way comes first."""

from sqlalchemy import Connection

from broadcast.consequences import Followed
from jetkiz.command_line import CommandDesk
from jetkiz.i18n import N_
from jetkiz.roster.register import read_names

_SHOWN = 20


def say_followed(desk: CommandDesk, connection: Connection, week: str, found: Followed) -> None:
    """Print whom a change concerns, and what is left to do for them."""
    if not found.concerned:
        return
    if found.alone:
        words = N_("{n} students lost a lesson and have no other way: {names}")
        desk.say(words, n=len(found.alone), names=_names(connection, found.alone))
        dropped = " ".join(f"--dropped {code}" for code in found.lost)
        desk.say(
            N_("Plan anew for them: jetkiz plan replan {week} {dropped}"),
            week=week,
            dropped=dropped,
        )
        desk.say(N_("Or air them again: jetkiz timetable change {week} --missed"), week=week)
    if found.other_way:
        words = N_("{n} students lost a lesson; their second way takes over by itself.")
        desk.say(words, n=len(found.other_way))
    desk.say(
        N_("{n} students concerned; {told} are told on a phone."),
        n=len(found.concerned),
        told=len(found.told),
    )
    if found.untold:
        words = N_("{n} must be called or written to: {names}")
        desk.say(words, n=len(found.untold), names=_names(connection, found.untold))


def _names(connection: Connection, students: tuple[int, ...]) -> str:
    known = read_names(connection, students[:_SHOWN])
    more = len(students) - _SHOWN
    names = [known[one].short for one in students[:_SHOWN] if one in known]
    return ", ".join(names) + (f" (+{more})" if more > 0 else "")
