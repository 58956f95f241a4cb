"""How much paper, postage, seats, messages and marking time there is, and for which schools.

The settings give what all schools share. A file ``capacity.csv`` in the data folder gives a school
or a region something of its own: who has that draws on it alone, the others on the rest.
"""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.model import School
from scheduler.model import EVERYWHERE, Capacity
from scheduler.rules.channel_choice import Resource

FILE_NAME: Final = "capacity.csv"
HEADER: Final = ("resource", "key", "amount")
UNITS: Final = {
    Resource.PRINT_PAGES: "pages",
    Resource.POST_MONEY: "tenge",
    Resource.COPIER_PAGES: "pages",
    Resource.DUTY_SEATS: "seats",
    Resource.MESSAGES: "messages",
    Resource.MARKING: "minutes",
}

# The part of what a school has on the spot that is kept for lessons whose first way fails. Policy.
KEPT_FOR_FALLBACKS: Final = 0.05
_ON_THE_SPOT: Final = frozenset({Resource.COPIER_PAGES, Resource.DUTY_SEATS})

_SETTINGS: Final = {
    Resource.POST_MONEY: "post_money",
    Resource.PRINT_PAGES: "print_capacity",
    Resource.COPIER_PAGES: "copier_pages",
    Resource.DUTY_SEATS: "duty_seats",
    Resource.MESSAGES: "telegram_messages",
    Resource.MARKING: "marking_minutes",
}
# What these settings say where nobody counts; no seats at all switch the duty class off.
_NOT_COUNTED: Final = {
    Resource.COPIER_PAGES: -1,
    Resource.MESSAGES: -1,
    Resource.MARKING: -1,
    Resource.DUTY_SEATS: 0,
}
_REMEDY: Final = N_("Correct line {line} of {file}, or delete the file to use the settings alone.")
SCHOOL_DAYS: Final = range(5)


def region_key(region: str) -> str:
    """Return the key of what all schools of a region share."""
    return f"region:{region}"


def shares_of(schools: Iterable[School]) -> dict[int, tuple[str, ...]]:
    """Return the keys that each school draws on beside its own number and what all share."""
    return {one.id: (region_key(one.region_kato[:2]),) for one in schools if one.region_kato}


def capacities_of(settings: Settings, schools: Sequence[School]) -> tuple[Capacity, ...]:
    """Return all there is for a week, by resource and key."""
    found = {(one.resource, one.key): one for one in _from_settings(settings)}
    file = settings.data / FILE_NAME
    if file.is_file():
        known = {EVERYWHERE, *(str(one.id) for one in schools)}
        known.update(key for keys in shares_of(schools).values() for key in keys)
        found |= {(one.resource, one.key): one for one in _from_file(file, known)}
    rows = sorted(found.values(), key=lambda one: (one.resource, one.key))
    return tuple(part for one in rows for part in _by_day(_without_reserve(one)))


def _from_settings(settings: Settings) -> Iterator[Capacity]:
    for resource, name in _SETTINGS.items():
        amount = getattr(settings, name)
        if amount == _NOT_COUNTED.get(resource):
            continue
        if amount < 0:
            raise JetkizError(
                N_("The setting {name} is {amount}: there cannot be less than nothing."),
                N_("Write 0 or more in the settings."),
                name=name,
                amount=amount,
            )
        yield Capacity(resource, EVERYWHERE, float(amount), UNITS[resource])


def _from_file(file: Path, known: set[str]) -> Iterator[Capacity]:
    seen: dict[tuple[str, str], int] = {}
    for line, row in _rows(file):
        resource, key, amount = (str(row[name] or "").strip() for name in HEADER)
        if resource not in set(Resource):
            _refuse(N_("There is no resource {value!r}."), resource, line, file)
        if key not in known:
            _refuse(N_("There is no school or region {value!r}."), key, line, file)
        if (resource, key) in seen:
            _refuse(N_("{value} stands there twice."), f"{resource} {key}", line, file)
        seen[resource, key] = line
        number = _number(amount)
        if number is None:
            _refuse(N_("{value!r} is no amount: it has to be 0 or more."), amount, line, file)
        yield Capacity(Resource(resource), key, number, UNITS[Resource(resource)])


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise JetkizError(
            N_("The file {file} cannot be read: {reason}."),
            N_("Save it as CSV in UTF-8, with the columns: {columns}."),
            file=file,
            reason=error,
            columns=", ".join(HEADER),
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    if not set(HEADER) <= set(reader.fieldnames or ()):
        raise JetkizError(
            N_("The file {file} does not have the columns {columns}."),
            N_("Write them in its first line, separated by commas."),
            file=file,
            columns=", ".join(HEADER),
        )
    yield from enumerate(reader, start=2)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None


def _refuse(sentence: str, value: str, line: int, file: Path) -> NoReturn:
    raise JetkizError(sentence, _REMEDY, value=value, line=line, file=file)


def _without_reserve(one: Capacity) -> Capacity:
    """Keep a part of what is on the spot for the lessons whose first way will fail."""
    if one.resource not in _ON_THE_SPOT:
        return one
    kept = math.floor(one.amount * KEPT_FOR_FALLBACKS)
    return Capacity(one.resource, one.key, one.amount - kept, one.unit, float(kept))


def _by_day(one: Capacity) -> Iterator[Capacity]:
    """Count messages for each day apart."""
    if one.resource != Resource.MESSAGES:
        yield one
        return
    for day in SCHOOL_DAYS:
        yield Capacity(one.resource, f"{one.key}@{day}", one.amount, one.unit)
