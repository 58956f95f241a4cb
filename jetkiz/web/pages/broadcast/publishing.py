"""How a draft comes into force: what it changes is looked at first, then it is published.

Who published, and when, is written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from broadcast.checker.checking import faults
from broadcast.checker.model import Fault
from broadcast.consequences import Followed, Tellers, publish_and_tell, tellers
from broadcast.replanning.changes import Change, changes, counts
from broadcast.revisions import Kept, RevisionState, keep_draft, read_kept, read_published
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import AIR_DESK, Viewer
from jetkiz.web.pages.broadcast.change_words import change_lines, named_facts
from jetkiz.web.pages.broadcast.concerned import concern_query, read_concern
from jetkiz.web.pages.broadcast.desk import (
    REVISION_WORDS,
    DeskWeek,
    asked_revision,
    few,
    only_air,
    read_week,
)
from jetkiz.web.pages.broadcast.moves import refuse_others, refuse_stale, touched
from jetkiz.web.pages.broadcast.shelf import SHELF
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, form, look, now, run, visit, week

AT_ONCE: Final = 100
AT_MOST: Final = 20
DONE: Final = ("kept", "published", "dropped")
CHANGE_NAMES: Final = {
    "cancelled": N_("lessons that fall out"),
    "moved": N_("first runs moved"),
    "made_up": N_("lessons made up for"),
    "new": N_("new on the air"),
    "dropped_repeat": N_("repeats that fall out"),
    "moved_repeat": N_("repeats moved"),
}


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a revision changes of what families have, and the promises it does not keep."""

    desk: DeskWeek
    changes: Sequence[Change]
    faults: Sequence[Fault]

    @property
    def is_to_publish(self) -> bool:
        """True for the newest revision while it is a draft."""
        is_draft = self.desk.is_newest and self.desk.kept.state == RevisionState.DRAFT
        return is_draft and bool(self.changes)

    @property
    def is_first(self) -> bool:
        """True while families have nothing of this week."""
        return self.desk.in_force is None


def changed(connection: Connection, week: str, kept: Kept) -> tuple[Change, ...]:
    """Return what is different from the timetable in force; without one everything is new."""
    before = read_published(connection, week)
    old = before.plan if before else replace(kept.plan, airings=())
    return changes(kept.problem, old, kept.plan)


def read_ahead(
    connection: Connection, who: Viewer, week: str, revision: int | None = None
) -> Ahead:
    """Return what publishing a revision would mean."""
    desk = read_week(connection, who, week, revision)
    found = changed(connection, week, desk.kept)
    return Ahead(desk, found, faults(desk.kept.problem, desk.kept.plan))


async def show(request: web.Request) -> web.StreamResponse:
    """Show what the newest revision changes."""
    who = only_air(request)
    ahead = await look(request, read_ahead, who, week(request), asked_revision(request))
    problem, t = ahead.desk.kept.problem, visit(request).t
    told = [] if ahead.is_first else ahead.changes[:AT_ONCE]
    return page(
        request,
        "air_changes.html",
        found=ahead.desk,
        ahead=ahead,
        faults=[
            (one.sentence, named_facts(one.facts, problem, t)) for one in ahead.faults[:AT_MOST]
        ],
        more=max(0, len(ahead.faults) - AT_MOST),
        lines=change_lines(problem, told, t),
        counts=counts(ahead.changes),
        names=CHANGE_NAMES,
        few=few,
        concern=read_concern(request.query),
        said=next((one for one in DONE if one in request.query), ""),
        revision_words=REVISION_WORDS,
    )


def publish_seen(
    connection: Connection,
    who: Viewer,
    week: str,
    seen: tuple[int, int],
    at: datetime,
    told_by: Tellers = (),
) -> Followed:
    """Put the revision that was looked at in force and write down who did it.

    ``seen`` is the revision and the one that was in force then; either of them may be replaced
    meanwhile, and then nothing is published. ``told_by`` tells the families that a change concerns.
    Return whom it concerns.
    """
    desk = read_week(connection, who, week)
    kept = desk.kept
    revision, in_force = seen
    refuse_stale(kept, revision)
    if (desk.in_force.revision if desk.in_force else 0) not in {in_force, revision}:
        raise JetkizError(
            N_("Somebody published another timetable of this week meanwhile."),
            N_("Nothing was changed. Look at the changes again, then publish."),
        )
    if kept.state == RevisionState.PUBLISHED:
        return Followed()
    refuse_others(who, kept.problem, touched(changed(connection, week, kept)))
    done, followed = publish_and_tell(connection, told_by, week, revision, (who.login, at))
    detail = f"{week}, revision {revision}: {len(done)} airings"
    write_down(connection, [Entry(who.login, Act.PUBLISH_AIR, who.school, detail=detail)], at)
    return followed


def drop_seen(connection: Connection, who: Viewer, week: str, seen: int, at: datetime) -> None:
    """Go back to what families have: it is kept as the newest revision, and nothing is lost."""
    kept, before = read_kept(connection, week), read_published(connection, week)
    refuse_stale(kept, seen)
    if before is None:
        raise JetkizError(
            N_("Nothing of this week is published that one could go back to."),
            N_("Nothing was changed. Look at the revisions of the week."),
        )
    if before.revision == kept.revision:
        return
    refuse_others(who, kept.problem, touched(changed(connection, week, kept)))
    plan = replace(before.plan, parent=before.revision)
    number = keep_draft(connection, week, before.problem, plan, at, who.login)
    detail = f"{week}, revision {number}: back to {before.revision}"
    write_down(connection, [Entry(who.login, Act.DROP_AIR, who.school, detail=detail)], at)


async def drop(request: web.Request) -> web.StreamResponse:
    """Drop the draft that was looked at."""
    who, shown = only_air(request), week(request)
    if not who.is_broadcaster:
        raise web.HTTPNotFound
    seen = (await form(request)).get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 6 else 0
    await run(request, drop_seen, who, shown, number, now(request))
    return web.Response(status=303, headers={"Location": f"{AIR_DESK}/{shown}/changes?dropped=1"})


async def publish_it(request: web.Request) -> web.StreamResponse:
    """Publish what was looked at."""
    who, fields, shown = only_air(request), await form(request), week(request)
    if not who.is_broadcaster:
        raise web.HTTPNotFound
    numbers = [fields.get(name, "") for name in ("seen", "in_force")]
    if not all(one.isascii() and one.isdecimal() and len(one) < 6 for one in numbers):
        raise web.HTTPBadRequest
    seen = (int(numbers[0]), int(numbers[1]))
    told_by = tellers(request.app[WORKPLACE])
    followed = await run(request, publish_seen, who, shown, seen, now(request), told_by)
    request.app[SHELF].forget()
    target = f"{AIR_DESK}/{shown}/changes?published=1{concern_query(followed)}"
    return web.Response(status=303, headers={"Location": target})
