"""Which files a plan is given away as: all made from one object, and none if one is faulty."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from broadcast.checker.checking import refuse_faults
from broadcast.export.as_calendar import as_calendar
from broadcast.export.as_ffplayout import IN_STORAGE, Media, as_ffplayout
from broadcast.export.as_json_ld import as_json_ld
from broadcast.export.as_xmltv import as_xmltv
from broadcast.export.checking_xmltv import refuse_faulty_guide
from broadcast.export.feeds import feed_name, feed_rows, feeds_of
from broadcast.export.issue import Issue
from broadcast.export.places import Place, places_of, rows_at
from broadcast.export.playlist import as_playlist, playlist_layout
from broadcast.export.rows import ExportRow, export_rows, guide_ids_of, withdrawn_rows
from broadcast.plan.model import Plan
from broadcast.problem.model import Channel, Problem
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

NAME: Final = "timetable"
PLAIN: Final = "jetkiz"
_REGION: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a broadcaster wants its files.

    ``profiles`` are names of playlists, ``folder`` the data folder with own ones, ``media`` where
    the files of lessons lie over there, ``base`` what ids on the web begin with. ``channels`` are
    those of one broadcaster, empty for all: the pages and calendars of grades hold all even then,
    as families get them.
    """

    profiles: tuple[str, ...] = (PLAIN,)
    folder: Path | None = None
    media: Media = IN_STORAGE
    base: str = "urn:jetkiz:"
    channels: frozenset[str] = frozenset()

    def channels_of(self, problem: Problem) -> list[Channel]:
        """Return the channels that the broadcaster has."""
        return [one for one in problem.channels if not self.channels or one.id in self.channels]


@dataclass(frozen=True, slots=True)
class _Week:
    problem: Problem
    plan: Plan
    published_at: datetime
    rows: Sequence[ExportRow]
    withdrawn: Sequence[ExportRow]
    wishes: Wishes

    def own(self, rows: Iterable[ExportRow]) -> list[ExportRow]:
        """Keep the lines of the channels of the broadcaster."""
        wanted = self.wishes.channels
        return [row for row in rows if not wanted or row.channel.id in wanted]


def export_files(
    problem: Problem,
    plan: Plan,
    published_at: datetime,
    wishes: Wishes = Wishes(),
    formats: Collection[str] = (),
) -> dict[str, bytes]:
    """Return the files of a plan by their names, in some formats or in all.

    The same plan of the same moment gives the same bytes. Raises JetkizError when the plan breaks
    a promise of its problem, when the guide is faulty, or when a format cannot hold the week.
    """
    refuse_faults(problem, plan)
    _refuse_unknown(problem, wishes.channels)
    rows, withdrawn = export_rows(problem, plan), withdrawn_rows(problem, plan)
    week = _Week(problem, plan, published_at, rows, withdrawn, wishes)
    files: dict[str, bytes] = {}
    for name, write in _WRITERS.items():
        if not formats or name in formats:
            files |= write(week)
    return files


def _refuse_unknown(problem: Problem, wanted: frozenset[str]) -> None:
    known = sorted(one.id for one in problem.channels)
    for name in sorted(wanted - set(known)):
        raise JetkizError(
            N_("There is no channel {channel} in the timetable of this week."),
            N_("Its channels are: {known}."),
            channel=name,
            known=", ".join(known),
        )


def _guide(week: _Week) -> dict[str, bytes]:
    content = as_xmltv(week.own(week.rows))
    refuse_faulty_guide(content)
    return {f"{NAME}.xml": content}


def _playlists(week: _Week) -> dict[str, bytes]:
    files = {}
    for name in week.wishes.profiles:
        layout = playlist_layout(name, week.wishes.folder)
        own = NAME if name == PLAIN else f"{NAME}-{name}"
        files[f"{own}.{layout.file}"] = as_playlist(week.own(week.rows), layout)
    return files


def _calendars(week: _Week) -> dict[str, bytes]:
    told = [*week.rows, *week.withdrawn]
    files = {f"{NAME}.ics": as_calendar(week.own(told), week.published_at)}
    for language, grade in feeds_of(week.problem):
        name = feed_name(language, grade)
        mine = feed_rows(told, language, grade)
        for ending, place in _places(week, mine):
            content = as_calendar(rows_at(place, mine), week.published_at, name)
            files[f"calendars/{language}-{grade}{ending}.ics"] = content
    return files


def _places(week: _Week, rows: Sequence[ExportRow]) -> Iterator[tuple[str, Place]]:
    """Most homes find theirs without an ending; a file of another place is named by a region."""
    for number, place in enumerate(places_of(week.problem, rows)):
        plain = _REGION.fullmatch(place.key)
        yield ("" if not number else f"-{place.key}" if plain else f"-{number + 1}"), place


def _workbooks(week: _Week) -> dict[str, bytes]:
    # Half a second that most commands never pay, here and below.
    from broadcast.export.as_workbook import as_workbook  # noqa: PLC0415

    return {f"{NAME}.xlsx": as_workbook(week.own(week.rows))}


def _pages(week: _Week) -> dict[str, bytes]:
    from broadcast.export.channel_page import channel_page  # noqa: PLC0415
    from broadcast.export.week_page import week_page  # noqa: PLC0415

    files = {}
    for language, grade in feeds_of(week.problem):
        mine = feed_rows(week.rows, language, grade)
        for ending, place in _places(week, mine):
            page = week_page(rows_at(place, mine), grade, language, _issue(week, place.zone))
            files[f"pages/{language}-{grade}{ending}.pdf"] = page
    for channel in week.wishes.channels_of(week.problem):
        if any(row.channel.id == channel.id for row in week.rows):
            issue = _issue(week, channel.zone)
            page = channel_page(channel, week.rows, channel.languages[0], issue)
            files[f"pages/{_file_name(channel)}.pdf"] = page
    return files


def _issue(week: _Week, zone: str) -> Issue:
    meta = week.problem.meta
    return Issue(meta.first_day, meta.days, zone, week.plan.revision, week.published_at)


def _playouts(week: _Week) -> dict[str, bytes]:
    """Only a channel that names fillers is played out by days, in the program's own folders."""
    files = {}
    for channel in week.wishes.channels_of(week.problem):
        if channel.fillers:
            days = as_ffplayout(week.problem.meta, channel, week.rows, week.wishes.media)
            for day, content in days.items():
                files[f"ffplayout/{_file_name(channel)}/{day:%Y/%m}/{day}.json"] = content
    return files


def _file_name(channel: Channel) -> str:
    """Channels are told apart by their names in guides, which hold no sign of a path."""
    return guide_ids_of([channel])[channel.id]


_WRITERS: Final[Mapping[str, Callable[[_Week], dict[str, bytes]]]] = {
    "xmltv": _guide,
    "playlist": _playlists,
    "workbook": _workbooks,
    "calendar": _calendars,
    "json-ld": lambda week: {
        f"{NAME}.jsonld": as_json_ld(week.own([*week.rows, *week.withdrawn]), week.wishes.base)
    },
    "pages": _pages,
    "ffplayout": _playouts,
}
FORMATS: Final = tuple(_WRITERS)
