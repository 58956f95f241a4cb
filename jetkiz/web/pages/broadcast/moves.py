"""What follows when somebody moves an airing: shown first, kept as a draft if they say so."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from broadcast.families.clash import clash
from broadcast.families.losses import lost
from broadcast.making import reported
from broadcast.problem.model import Channel, Problem
from broadcast.problem.moments import moment
from broadcast.replanning.changes import Change
from broadcast.replanning.moving import move
from broadcast.replanning.repairing import Repaired
from broadcast.revisions import Kept, keep_draft, published_revision, read_kept
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer, may_change_air


@dataclass(frozen=True, slots=True)
class Wish:
    """Where an airing should go: a channel, the day of its plan and the minute of its day."""

    airing: str
    channel: str
    day: int
    minute: int


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a move changes, and what families lose before and after it, as shares from 0 to 1."""

    repaired: Repaired
    clash_before: float
    clash_after: float
    lost_before: float
    lost_after: float

    @property
    def changes(self) -> tuple[Change, ...]:
        """Everything that is elsewhere afterwards, the heaviest first."""
        return self.repaired.changes


def moved(kept: Kept, wish: Wish, now: datetime) -> Repaired:
    """Return the timetable with an airing elsewhere; refuse what breaks a promise of it."""
    channel = next((one for one in kept.problem.channels if one.id == wish.channel), None)
    at = moment(kept.problem, channel or kept.problem.channels[0], wish.day, wish.minute)
    found = move(kept.problem, kept.plan, wish.airing, wish.channel, at, now)
    if not found.changes:
        raise JetkizError(
            N_("It stands there already."), N_("Choose another channel, day or time.")
        )
    return found


def consequences(kept: Kept, wish: Wish, now: datetime) -> Consequences:
    """Return what a move would change, and what it means for homes with one set."""
    found = moved(kept, wish, now)
    before, after = kept.plan.airings, found.plan.airings
    return Consequences(
        repaired=found,
        clash_before=clash(kept.problem, before),
        clash_after=clash(kept.problem, after),
        lost_before=lost(kept.problem, before).share,
        lost_after=lost(kept.problem, after).share,
    )


def touched(changes: Iterable[Change]) -> set[str]:
    """Return the channels on which anything changes."""
    places = [place for one in changes for place in (one.before, one.after)]
    return {one.channel for one in places if one}


def refuse_others(who: Viewer, problem: Problem, channels: set[str]) -> None:
    """Refuse a change of channels that somebody does not answer for."""
    if may_change_air(who, channels):
        return
    others = [one for one in problem.channels if one.id in channels - who.channels]
    raise JetkizError(
        N_("This changes what stands on {channels}, for which you do not answer."),
        N_("Nothing was changed. Choose a place on your own channel, or ask that broadcaster."),
        channels=_names(others),
    )


def _names(channels: Iterable[Channel]) -> str:
    return ", ".join(one.name for one in channels)


def refuse_stale(kept: Kept, seen: int) -> None:
    """Refuse what was decided on a timetable that somebody has changed since."""
    if kept.revision != seen:
        raise JetkizError(
            N_("Somebody kept revision {now} while you looked at revision {seen}."),
            N_("Nothing was changed. Open the timetable again and repeat the step."),
            now=kept.revision,
            seen=seen,
        )


def keep_move(
    connection: Connection, who: Viewer, week: str, wish: Wish, seen: int, now: datetime
) -> int:
    """Keep a move as the next draft and write down who made it; return the revision.

    ``seen`` is the revision on which it was decided.
    """
    kept = read_kept(connection, week)
    refuse_stale(kept, seen)
    found = moved(kept, wish, now)
    refuse_others(who, kept.problem, touched(found.changes))
    # A draft of a draft comes from what families have, too: that is what it will replace.
    plan = replace(found.plan, parent=published_revision(connection, week) or 0)
    plan = reported(found.problem, plan)
    number = keep_draft(connection, week, found.problem, plan, now, who.login)
    detail = f"{week}, revision {number}: {wish.airing} to {wish.channel}, day {wish.day}"
    entry = Entry(who.login, Act.MOVE_AIRING, who.school, detail=detail)
    write_down(connection, [entry], now)
    return number
