"""Which hours the channels of the school or the ministry lend: the file ``channels.toml``.

Whatever is newer than the first such files may be left out of them: then it has its usual value.
"""

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Final

from broadcast.columns.layout import is_zone
from broadcast.problem.entries import Entry, Notes
from broadcast.problem.hours import WEEKDAYS, hours_of
from broadcast.problem.model import (
    GRID,
    Channel,
    Hours,
    Medium,
    Meta,
    Problem,
    Stream,
)
from broadcast.problem.reading import HOURS_PARTED, fillers_of, reserves_of
from broadcast.problem.soundness import note_faults
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.regions import REGIONS

FILE_NAME: Final = "channels.toml"
UNKNOWN_REGION: Final = "kz"
"""Where a school stands whose region the roster does not tell: every channel may reach it."""
_CHANNEL: Final = (
    "key",
    "name",
    "kind",
    "xmltv_id",
    "languages",
    "regions",
    "zone",
    "days",
    "windows",
    "repeat_windows",
    "blocked",
    "day_start",
    "grid_minutes",
    "min_gap",
    "fillers",
    "reserves",
)
_STUDENTS: Final = (
    "grades",
    "earliest",
    "latest",
    "max_run",
    "break_min",
    "per_day_min",
    "per_day_max",
)


def channels_text(folder: Path | None) -> tuple[str, str]:
    """Return text and name of the file in the data folder, or of the one that is shipped."""
    own = folder / FILE_NAME if folder else None
    if own and own.is_file():
        return own.read_bytes().decode("utf-8-sig", errors="replace"), str(own)
    shipped = resources.files("broadcast") / "data" / FILE_NAME
    return shipped.read_text("utf-8"), FILE_NAME


def channels_of_week(
    folder: Path | None, meta: Meta, regions: Collection[str]
) -> tuple[Channel, ...]:
    """Return the channels with the hours they lend on the days of a week.

    A channel that names no region reaches all of ``regions``; one that reaches none is left out.
    """
    notes, whole = _whole(folder)
    everywhere = dict.fromkeys((*regions, *REGIONS, UNKNOWN_REGION), meta.zone)
    found = tuple(_channel(one, meta, everywhere) for one in whole.entries("channel", _CHANNEL))
    note_faults(Problem(meta, everywhere, found, (), ()), notes)
    notes.refuse()
    ours = set(regions)
    reached = (replace(one, regions=tuple(r for r in one.regions if r in ours)) for one in found)
    return _without_strangers(one for one in reached if one.regions)


def _without_strangers(channels: Iterable[Channel]) -> tuple[Channel, ...]:
    """Take out plans B on channels that do not reach us."""
    found = tuple(channels)
    known = {one.id for one in found}
    return tuple(
        replace(one, reserves=tuple(plan for plan in one.reserves if plan.channel in known))
        for one in found
    )


def with_rules(folder: Path | None, streams: Iterable[Stream]) -> tuple[Stream, ...]:
    """Return streams within what the file asks for their grades; of several the strictest."""
    notes, whole = _whole(folder)
    rules = [_rule(one) for one in whole.entries("students", _STUDENTS)]
    notes.refuse()
    return tuple(_under(one, rules) for one in streams)


def _whole(folder: Path | None) -> tuple[Notes, Entry]:
    text, source = channels_text(folder)
    notes = Notes(source)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise JetkizError(
            N_("The list of TV channels {source} cannot be read: {reason}."),
            N_("Compare it with the file that is shipped with Jetkiz (broadcast/data)."),
            source=source,
            reason=error,
        ) from error
    whole = Entry(document, source, notes, ("channel", "students"))
    whole.place = Path(source).name
    return notes, whole


def _channel(found: Entry, meta: Meta, everywhere: Iterable[str]) -> Channel:
    day_start = found.day_start()
    named = found.texts("regions")
    zone = found.text("zone", meta.zone)
    if not is_zone(zone):
        found.wrong("zone", N_("A time zone looks like Asia/Almaty."))
        zone = meta.zone
    return Channel(
        id=found.text("key"),
        name=found.text("name", found.text("key", "?")),
        medium=found.word("kind", Medium, Medium.TV),
        languages=found.texts("languages"),
        regions=tuple(dict.fromkeys((*named, UNKNOWN_REGION))) if named else tuple(everywhere),
        zone=zone,
        windows=_hours(found, "windows", meta, day_start),
        repeat_windows=_hours(found, "repeat_windows", meta, day_start),
        blocked=_hours(found, "blocked", meta, day_start),
        day_start=day_start,
        grid_min=found.number("grid_minutes", meta.grid_min, GRID, 60),
        min_gap=found.number("min_gap", 0, 0, 60),
        fillers=fillers_of(found),
        reserves=reserves_of(found, meta),
        guide_id=found.text("xmltv_id", ""),
    )


def _hours(found: Entry, name: str, meta: Meta, day_start: int) -> tuple[Hours, ...]:
    """Hours that name no days stand on the ``days`` of their channel."""
    usual = " ".join(found.texts("days")) or f"{WEEKDAYS[0]}-{WEEKDAYS[-1]}"
    hours = []
    for text in found.texts(name, HOURS_PARTED):
        own = text if text[:1].isalpha() or text[4:5] == "-" else f"{usual} {text}"
        read = hours_of(own, meta, day_start)
        if read is None:
            remedy = N_('Hours look like "09:00-18:00" or "sat 09:00-12:00".')
            found.wrong(name, remedy, part=text)
        elif read.days:
            hours.append(read)
    return tuple(hours)


def _rule(found: Entry) -> Stream:
    """Read what holds for students of some grades, as a stream that has nothing else."""
    usual = Stream("", "", (), ())
    return replace(
        usual,
        grades=found.numbers("grades"),
        earliest=found.clock("earliest", usual.earliest),
        latest=found.clock("latest", usual.latest),
        max_run=found.number("max_run", 0, 0, 1440),
        break_min=found.number("break_min", usual.break_min, 0, 1440),
        per_day_min=found.number("per_day_min", 0, 0, 288),
        per_day_max=found.number("per_day_max", 0, 0, 288),
    )


def _under(one: Stream, rules: Iterable[Stream]) -> Stream:
    held = [rule for rule in rules if not set(rule.grades).isdisjoint(one.grades)]
    for rule in held:
        one = replace(
            one,
            earliest=max(one.earliest, rule.earliest),
            latest=min(one.latest, rule.latest),
            max_run=_strictest(one.max_run, rule.max_run),
            break_min=max(one.break_min, rule.break_min),
            per_day_min=max(one.per_day_min, rule.per_day_min),
            per_day_max=_strictest(one.per_day_max, rule.per_day_max),
        )
    return one


def _strictest(one: int, other: int) -> int:
    """Return the lower limit; 0 is none."""
    return min(one, other) if one and other else one or other
