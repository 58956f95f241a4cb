"""Which school years are known, each from its own file; for others weekdays are taken."""

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jetkiz.calendar.model import Break, Quarter, SchoolYear
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

FOLDER: Final = Path(__file__).parent / "data"
# Which days are school days is asked in a hundred places; one program serves one school's folder.
_own: Final[list[Path]] = []

# A school year is named by the autumn it begins in; orders for it appear in August.
FIRST_MONTH = 8


def own_folder(data: Path) -> Path:
    """Return where a school keeps calendars of its own."""
    return data / "calendar"


def look_first_in(folder: Path) -> None:
    """Let the calendars of this folder win over those of the product, in the whole program."""
    _own[:] = [folder]


def own_folders() -> tuple[Path, ...]:
    """Return where calendars of the school are looked for before those of the product."""
    return tuple(_own)


@lru_cache(maxsize=4096)
def year_file(day: date, folder: Path = FOLDER) -> Path:
    """Return where the calendar of the school year of ``day`` is, or has to be put."""
    first = day.year if day.month >= FIRST_MONTH else day.year - 1
    return folder / f"{first}-{first + 1}.toml"


def school_year(day: date, folder: Path | None = None) -> SchoolYear:
    """Return the school year of ``day``; without a file 1 September to 25 May, not verified."""
    for place in _places(folder):
        file = year_file(day, place)
        stamp = _stamp(file)
        if stamp is not None:
            return _read(file, stamp)
    return _without_breaks(int(year_file(day).stem[:4]))


def notice(day: date, folder: Path | None = None) -> JetkizError | None:
    """Return words about a calendar that cannot be relied on, or None."""
    if school_year(day, folder).verified:
        return None
    files = [year_file(day, place) for place in _places(folder)]
    for file in files:
        if file.is_file():
            return JetkizError(
                N_("The calendar of the school year {year} is not verified in every part."),
                N_("Compare the file {file} with the order of the ministry."),
                year=file.stem,
                file=file,
            )
    return JetkizError(
        N_(
            "There is no calendar for the school year {year}: every weekday that is no public "
            "holiday counts as a school day."
        ),
        N_("Add the file {file} with the breaks of the ministry's order."),
        year=files[0].stem,
        file=files[0],
    )


def _places(folder: Path | None) -> list[Path]:
    return [folder] if folder else [*own_folders(), FOLDER]


def _stamp(file: Path) -> tuple[int, int] | None:
    """Return what changes with every correction, so that a corrected calendar counts at once."""
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_mtime_ns, found.st_size


def _without_breaks(first: int) -> SchoolYear:
    return SchoolYear(f"{first}/{(first + 1) % 100:02}", date(first, 9, 1), date(first + 1, 5, 25))


@lru_cache(maxsize=64)
def _read(file: Path, _stamp: tuple[int, int]) -> SchoolYear:
    try:
        return _year(tomllib.loads(file.read_text("utf-8-sig")))
    except (OSError, UnicodeDecodeError, ValueError, TypeError, KeyError) as error:
        raise JetkizError(
            N_("The calendar {file} cannot be read: {reason}."),
            N_("Write it like the other files of that folder: start, end, quarters, breaks."),
            file=file,
            reason=error,
        ) from error


def _year(values: dict[str, Any]) -> SchoolYear:
    year = SchoolYear(
        title=str(values["title"]),
        start=_day(values["start"]),
        end=_day(values["end"]),
        quarters=tuple(
            Quarter(_day(q["start"]), _day(q["end"]), bool(q.get("distance", False)))
            for q in values.get("quarters", [])
        ),
        breaks=tuple(
            Break(_day(b["start"]), _day(b["end"]), tuple(b.get("grades", ())))
            for b in values.get("breaks", [])
        ),
        extra_days_off=frozenset(map(_day, values.get("extra_days_off", []))),
        extra_school_days=frozenset(map(_day, values.get("extra_school_days", []))),
        days_a_week=_days_a_week(values.get("days_a_week", 5)),
        verified=bool(values.get("verified", False)),
        source=str(values.get("source", "")),
    )
    spans = [(year.start, year.end)]
    spans += [(quarter.start, quarter.end) for quarter in year.quarters]
    spans += [(pause.start, pause.end) for pause in year.breaks]
    for start, end in spans:
        if end < start:
            raise ValueError(f"{end} is before {start}")
    return year


def _days_a_week(value: Any) -> int:
    if value not in {5, 6}:
        raise ValueError(f"days_a_week is 5 or 6, not {value!r}")
    return int(value)


def _day(value: Any) -> date:
    if type(value) is not date:
        raise TypeError(f"{value!r} is no day")
    return value
