"""What was really aired: the report of each day, and a log that is looked at before it counts.

A log that was looked at is kept in memory until it is recorded: nothing of it is written before.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from aiohttp import BodyPartReader, web
from sqlalchemy import Connection

from broadcast.as_run.importing import Imported, LogFile, import_log, look_into, plain_name
from broadcast.as_run.model import AsRun, LogProfile, Outcome
from broadcast.as_run.profiles import OWN, log_profile, log_profiles
from broadcast.as_run.reporting import LOG_WORDS, AirDay, LogState, hour_of_logs, read_air_days
from broadcast.consequences import Followed, Tellers, follow_log, tellers
from broadcast.problem.model import Channel
from broadcast.revisions import Kept, read_kept, read_published
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import AIR_DESK, Viewer
from jetkiz.web import csrf
from jetkiz.web.pages.broadcast.concerned import concern_query, read_concern
from jetkiz.web.pages.broadcast.desk import only_air, own_channels
from jetkiz.web.pages.broadcast.moves import refuse_others
from jetkiz.web.pages.broadcast.shelf import SHELF
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, form, look, now, require_ours, run, week

LARGEST_LOG: Final = 4_000_000
MOST_WAITING: Final = 20
_LONGEST_FIELD: Final = 200
LOOK: Final = "/aired/look"
OUTCOME_WORDS: Final = {
    Outcome.AIRED: N_("aired"),
    Outcome.SHORT: N_("cut short"),
    Outcome.MOVED: N_("at another hour"),
    Outcome.MISSED: N_("not aired"),
}
STATE_TONES: Final = {LogState.WHOLE: "good", LogState.PART: "way", LogState.NO_LOG: "bad"}


@dataclass(frozen=True, slots=True)
class Brought:
    """A log as somebody brought it: whose timetable, how it is laid out, by whom."""

    week: str
    by: str
    profile: str
    file: LogFile

    @property
    def key(self) -> str:
        """What names it until it is recorded; other content or another layout is another."""
        said = f"{self.week} {self.profile} {self.file.channel} {self.file.trust_clock}"
        return sha256(said.encode() + self.file.content).hexdigest()


@dataclass
class Waiting:
    """The logs that were looked at and not yet recorded, each its bringer's own."""

    logs: OrderedDict[tuple[str, str], Brought] = field(default_factory=OrderedDict)

    def put(self, one: Brought) -> None:
        """Keep a log; the oldest makes room."""
        self.logs[one.by, one.key] = one
        while len(self.logs) > MOST_WAITING:
            self.logs.popitem(last=False)

    def find(self, by: str, key: str) -> Brought:
        """Return what somebody looked at; refuse what is not there any more."""
        found = self.logs.get((by, key))
        if found is None:
            raise JetkizError(
                N_("The log that you looked at is not here any more."),
                N_("Nothing was recorded. Bring the file once more."),
            )
        return found


WAITING: Final = web.AppKey("waiting_logs", Waiting)


@dataclass(frozen=True, slots=True)
class Evening:
    """What is known of a week: the days of each channel, and its timetable in force."""

    week: str
    kept: Kept
    days: Sequence[AirDay]
    channels: Sequence[Channel]


def is_log(request: web.Request) -> bool:
    """Return whether a form brings a log: it is read piece by piece, its token first."""
    is_multipart = request.content_type == "multipart/form-data"
    return is_multipart and request.path.startswith(AIR_DESK) and request.path.endswith(LOOK)


def read_evening(
    connection: Connection, who: Viewer, week: str, settings: Settings, at: datetime
) -> Evening:
    """Return what was aired of a week on the channels that somebody is shown."""
    kept = read_published(connection, week) or read_kept(connection, week)
    by = hour_of_logs(settings.as_run_by)
    channels = own_channels(who, kept.problem.channels)
    shown = {one.id for one in channels}
    days = read_air_days(connection, week, kept.problem, by, at)
    return Evening(week, kept, [one for one in days if one.channel.id in shown], channels)


async def show(request: web.Request) -> web.StreamResponse:
    """Show what became of each day, and ask for a log."""
    who, settings = only_air(request), request.app[WORKPLACE].settings
    found = await look(request, read_evening, who, week(request), settings, now(request))
    return page(
        request,
        "air_aired.html",
        found=found,
        may_bring=who.is_broadcaster,
        profiles=log_profiles(settings.data),
        usual=OWN,
        outcome_words=OUTCOME_WORDS,
        log_words=LOG_WORDS,
        tones=STATE_TONES,
        by=settings.as_run_by,
        most=LARGEST_LOG // 1_000_000,
        done=recorded_count(request.query),
        concern=read_concern(request.query),
    )


def recorded_count(query: Mapping[str, str]) -> int | None:
    """Read from the address how many airings a log told of anew; None if none was recorded."""
    text = query.get("changed", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


async def look_at(request: web.Request) -> web.StreamResponse:
    """Show what a log says, before anything of it is recorded."""
    who = _only_broadcasters(request)
    shown = week(request)
    brought = await _received(request, who, shown) if is_log(request) else None
    if brought is None:
        return web.Response(status=303, headers={"Location": f"{AIR_DESK}/{shown}/aired"})
    profile = log_profile(brought.profile, request.app[WORKPLACE].settings.data)
    kept, said = await look(request, read_log, who, brought, profile, now(request))
    request.app[WAITING].put(brought)
    lessons = {one.id: one for one in kept.problem.lessons}
    return page(
        request,
        "air_log.html",
        week=shown,
        brought=brought,
        profile=profile,
        said=said,
        outcome_words=OUTCOME_WORDS,
        airings={one.id: one for one in kept.plan.airings},
        lessons=lessons,
        channels={one.id: one for one in kept.problem.channels},
    )


def _only_broadcasters(request: web.Request) -> Viewer:
    who = only_air(request)
    if not who.is_broadcaster:
        raise web.HTTPNotFound
    return who


def read_log(
    connection: Connection, who: Viewer, brought: Brought, profile: LogProfile, at: datetime
) -> tuple[Kept, AsRun]:
    """Say what a log says of the timetable in force; refuse one of another's channel."""
    kept = read_published(connection, brought.week) or read_kept(connection, brought.week)
    said = look_into(kept, brought.file, profile, at)
    channel_of = {one.id: one.channel for one in kept.plan.airings}
    told = {channel_of[one.airing] for one in said.outcomes if one.airing in channel_of}
    refuse_others(who, kept.problem, told)
    return kept, said


async def _received(request: web.Request, who: Viewer, shown: str) -> Brought | None:
    """Read the form: its token first, the file last; None when no file was chosen."""
    reader = await request.multipart()
    token = await reader.next()
    is_token = isinstance(token, BodyPartReader) and token.name == csrf.FIELD
    require_ours(request, await _words(token) if is_token else "")
    fields = {"profile": OWN, "channel": "", "as_written": ""}
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest
        if part.filename:
            content = await _content(part)
            name = plain_name(part.filename)
            file = LogFile(content, name, fields["channel"], bool(fields["as_written"]))
            return Brought(shown, who.login, fields["profile"], file)
        if part.name in fields:
            fields[part.name] = await _words(part)
    return None


async def _words(part: object) -> str:
    if not isinstance(part, BodyPartReader):
        return ""
    return (await part.read_chunk(_LONGEST_FIELD)).decode("utf-8", "replace").strip()


async def _content(part: BodyPartReader) -> bytes:
    found = bytearray()
    while piece := await part.read_chunk():
        found += piece
        if len(found) > LARGEST_LOG:
            raise JetkizError(
                N_("The log is larger than {n} MB."),
                N_("Nothing was recorded. Bring the log of one week at most."),
                n=LARGEST_LOG // 1_000_000,
            )
    return bytes(found)


async def record(request: web.Request) -> web.StreamResponse:
    """Record the log that was looked at; the same one again changes nothing."""
    who, shown, fields = _only_broadcasters(request), week(request), await form(request)
    if "log" not in fields:
        return web.Response(status=303, headers={"Location": f"{AIR_DESK}/{shown}/aired"})
    brought = request.app[WAITING].find(who.login, fields["log"])
    profile = log_profile(brought.profile, request.app[WORKPLACE].settings.data)
    told_by = tellers(request.app[WORKPLACE])
    done, followed = await run(request, record_log, who, brought, profile, now(request), told_by)
    request.app[SHELF].forget()
    target = f"{AIR_DESK}/{shown}/aired?changed={len(done.recorded.changed)}"
    target += concern_query(followed)
    return web.Response(status=303, headers={"Location": target})


def record_log(
    connection: Connection,
    who: Viewer,
    brought: Brought,
    profile: LogProfile,
    at: datetime,
    told_by: Tellers = (),
) -> tuple[Imported, Followed]:
    """Write down what became of the airings and who said so; tell families what they missed."""
    read_log(connection, who, brought, profile, at)
    done = import_log(connection, brought.week, brought.file, profile, who.login, at)
    followed = follow_log(connection, told_by, brought.week, done, at)
    detail = f"{brought.week}, {brought.file.name}: {len(done.recorded.changed)} airings"
    entry = Entry(who.login, Act.RECORD_AIRED, who.school, detail=detail)
    write_down(connection, [entry], at)
    return done, followed
