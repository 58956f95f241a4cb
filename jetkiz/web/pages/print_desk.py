"""What the school prints today: which week, until when, how far it is, and what is short."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.calendar.print_cutoff import print_cutoff
from jetkiz.calendar.school_weeks import week_of
from jetkiz.config import Settings
from jetkiz.i18n.kept_words import Words
from jetkiz.staff.permissions import Viewer, may_see_school
from jetkiz.web.pages.first_screen import read_weeks
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, look, now, today, viewer, zone
from print_packs.model import STATE_WORDS, PackState
from print_packs.postage.in_force import stock_of
from print_packs.print_run import RunRow
from print_packs.records import PackRow, read_notes, read_own_runs, read_school_packs
from print_packs.runs.hand_over import POST
from print_packs.runs.legs import LEG_WORDS, LegAge, ages, read_ways, slowest
from print_packs.runs.pack_dates import read_dates
from print_packs.runs.paper_stock import KINDS, OnShelf, read_stock
from print_packs.runs.run_files import CHECKSUMS, run_folder
from print_packs.runs.run_notes import RunNotes
from print_packs.transit.post_dates import clock_of, haste, next_chance

WEEKS_BACK: Final = 3
"""So many past weeks are still of interest: their sheets are on the way."""
SAVED: Final = frozenset({"stock"})
_BESIDE: Final = ("job.json", "manifest.csv", CHECKSUMS)


@dataclass(frozen=True, slots=True)
class RunOnDesk:
    """A print run and what of it is the school's.

    ``files`` are to be printed, ``lists`` go with them, ``alone`` are packs of one home each.
    ``left_out`` says what could not be printed and what to do, ``notices`` what to know.
    ``post_on`` is the last day on which what goes by post can be posted so that every lesson in
    it still helps.
    """

    run: RunRow
    packs: int
    done: int
    sheets: int
    states: Mapping[PackState, int]
    files: Sequence[str]
    lists: Sequence[str]
    alone: Sequence[str]
    left_out: Sequence[Words]
    notices: Sequence[Words]
    post_on: date | None = None

    @property
    def is_to_print(self) -> bool:
        """True while nobody has handed any of it over."""
        return bool(self.files) and set(self.states) == {PackState.PREPARED}


@dataclass(frozen=True, slots=True)
class DeskWeek:
    """A week on the print desk: when its paper closes, its runs, and how long each leg takes."""

    week: str
    closes: datetime
    runs: Sequence[RunOnDesk]
    legs: Sequence[LegAge]
    slowest: LegAge | None


@dataclass(frozen=True, slots=True)
class PrintDesk:
    """What the page shows."""

    weeks: Sequence[DeskWeek]
    stock: Sequence[OnShelf]

    @property
    def to_print(self) -> list[tuple[DeskWeek, RunOnDesk]]:
        """The runs that are ready and still lie here."""
        return [(week, run) for week in self.weeks for run in week.runs if run.is_to_print]

    @property
    def usual_week(self) -> str:
        """The week whose pack is most likely spoilt: one that is printed now, or the last made."""
        made = [one.week for one in self.weeks if one.runs]
        return next((week.week for week, _ in self.to_print), max(made, default=""))

    @property
    def short(self) -> list[OnShelf]:
        """What does not last for the packs that wait."""
        return [one for one in self.stock if one.missing]


@dataclass(frozen=True, slots=True)
class Looked:
    """When and where somebody looks: the moment, the day and the zone of the school."""

    at: datetime
    today: date
    zone: ZoneInfo


def read_desk(connection: Connection, who: Viewer, settings: Settings, seen: Looked) -> PrintDesk:
    """Return the weeks whose paper is still of interest, the next one first."""
    current = week_of(seen.today)
    known = read_weeks(connection, who.school, {current})
    past = [one for one in known if one < current][-WEEKS_BACK:]
    weeks = [*[one for one in known if one >= current], *reversed(past)]
    return PrintDesk(
        weeks=[_week(connection, who, one, settings, seen) for one in weeks],
        stock=read_stock(connection, who.school, stock_of(connection, settings)),
    )


def _week(
    connection: Connection, who: Viewer, week: str, settings: Settings, seen: Looked
) -> DeskWeek:
    day, at = print_cutoff(week, settings.print_cutoff)
    legs = ages(read_ways(connection, week, who.school), seen.at)
    return DeskWeek(
        week=week,
        closes=datetime.combine(day, at, seen.zone),
        runs=own_runs(connection, week, who.school, settings.data),
        legs=legs,
        slowest=slowest(legs),
    )


def own_runs(connection: Connection, week: str, school: int, data: Path) -> list[RunOnDesk]:
    """Return the runs of a week in which there is nothing but packs of this school."""
    by_run: dict[int, list[PackRow]] = {}
    for one in read_school_packs(connection, school, week):
        by_run.setdefault(one.run, []).append(one)
    runs = read_own_runs(connection, school, week)
    kept = read_notes(connection, [one.id for one in runs])
    posted = [
        one.id for rows in by_run.values() for one in rows if one.is_in_run and one.channel == POST
    ]
    dates = read_dates(connection, week, posted)
    last = {number: one.post_on for number, one in dates.items() if one.is_posted}
    found = [(one, by_run[one.id]) for one in runs]
    return [
        replace(
            _run(one, rows, run_folder(data, one), kept.get(one.id)),
            post_on=min((last[row.id] for row in rows if row.id in last), default=None),
        )
        for one, rows in found
    ]


def _run(
    run: RunRow, rows: Sequence[PackRow], folder: Path, kept: Mapping[str, Any] | None
) -> RunOnDesk:
    packs = [one for one in rows if one.is_in_run]
    names = files_of(folder) if run.is_ready else []
    job = _job(folder) if run.is_ready else {}
    notes = RunNotes.read(kept) if kept else _said_before(job)
    lists = [one for one in names if "/" in one]
    alone = {line["alone"] for line in job.get("list", ())} & set(names)
    main = [one for one in names if one not in alone and one not in lists and one not in _BESIDE]
    return RunOnDesk(
        run=run,
        packs=len(packs),
        done=sum(bool(one.sha256) for one in packs),
        sheets=sum(one.sheets for one in packs),
        states=Counter(one.state for one in packs),
        files=main,
        lists=lists,
        alone=sorted(alone),
        left_out=(*notes.left_out, *notes.held_back) if run.is_ready else (),
        notices=notes.notices if run.is_ready else (),
    )


def _said_before(job: Mapping[str, Any]) -> RunNotes:
    """Of a run made before its notes were kept, the sentences stand in its file."""
    said = [*job.get("problems", ()), *job.get("held_back", ())]
    return RunNotes(left_out=tuple(Words("{said}", facts={"said": str(one)}) for one in said))


def files_of(folder: Path) -> list[str]:
    """Return the files of a run that is whole; of one that is being made there are none yet."""
    if not (folder / CHECKSUMS).is_file():
        return []
    lines = (folder / CHECKSUMS).read_text("utf-8").splitlines()
    names = [line.partition("  ")[2] for line in lines]
    return [one for one in names if (folder / one).is_file()]


def _job(folder: Path) -> dict[str, Any]:
    try:
        job: dict[str, Any] = json.loads((folder / "job.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return job


def only_coordinators(request: web.Request) -> Viewer:
    """Return who asks; for anybody who may not see the whole school there is no paper page."""
    who = viewer(request)
    if not may_see_school(who):
        raise web.HTTPNotFound
    return who


async def show(request: web.Request) -> web.StreamResponse:
    """Show what is to be printed."""
    who = only_coordinators(request)
    settings = request.app[WORKPLACE].settings
    seen = Looked(now(request), today(request), zone(request))
    found = await look(request, read_desk, who, settings, seen)
    saved = request.query.get("saved", "")
    clock = clock_of(settings)
    return page(
        request,
        "print_desk.html",
        found=found,
        now=seen.at,
        today=seen.today,
        chance=next_chance(clock, seen.at.astimezone(seen.zone)),
        closes=clock.closes,
        haste=haste,
        kinds=KINDS,
        pack_words=STATE_WORDS,
        leg_words=LEG_WORDS,
        saved=saved if saved in SAVED else "",
    )
