"""What stands in a file of the air and where: all faults are noted, not only the first.

A value that cannot be used is noted with its place, and a harmless one stands in for it, so that
the rest of the file is looked over as well; whoever reads refuses the file at the end.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from math import isfinite
from typing import Any, Final, TypeVar

from jetkiz.errors import JetkizError, SeveralFaultsError
from jetkiz.i18n import N_

TOLD: Final = 20
"""So many faults are told at once; a file of the wrong kind has thousands."""
_YES: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_DAY: Final = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})", re.ASCII)
_DAY_MINUTES: Final = 24 * 60
_YEARS: Final = range(2000, 2101)
_WHOLE: Final = re.compile(r"-?\d{1,12}", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2}):([0-5]\d)(?::00)?", re.ASCII)

Words = TypeVar("Words", bound=StrEnum)


@dataclass(slots=True)
class Notes:
    """The faults of one file, in the order in which they were found."""

    source: str
    faults: list[JetkizError] = field(default_factory=list)

    def add(self, sentence: str, remedy: str, **facts: Any) -> None:
        """Note a fault; the same one is not told twice."""
        self.faults.append(JetkizError(sentence, remedy, **facts))

    def refuse(self) -> None:
        """Raise what was noted, if anything was."""
        if self.faults:
            raise several(self.source, self.faults)


def several(source: str, faults: Sequence[JetkizError]) -> JetkizError:
    """Return the refusal of a file with all its faults; with only one, that one."""
    if len(faults) == 1:
        return faults[0]
    if len(faults) > TOLD:
        words = N_("{source} has {n} faults, and nothing of it was taken over. The first {told}:")
    else:
        words = N_("{source} has {n} faults, and nothing of it was taken over:")
    return SeveralFaultsError(
        words, "", faults[:TOLD], source=source, n=len(faults), told=min(TOLD, len(faults))
    )


class Entry:
    """One entry of a file: its values by name, its place, and where its faults are noted."""

    def __init__(self, values: object, place: str, notes: Notes, known: Sequence[str]) -> None:
        self.place = place
        self.notes = notes
        self._values: Mapping[str, Any] = values if isinstance(values, Mapping) else {}
        if not isinstance(values, Mapping):
            self._note(place, values, N_("Names with values belong here."))
        for name in sorted(set(map(str, self._values)) - set(known)):
            notes.add(
                N_("{place}: there is no {name} here."),
                N_("Take it out, or correct its name: {known}."),
                place=place,
                name=name,
                known=", ".join(known),
            )

    def _note(self, place: str, value: object, remedy: str, **facts: Any) -> None:
        shown = f"{str(value)[:60]!r}"
        self.notes.add(
            N_("{place}: {value} cannot be used."), remedy, place=place, value=shown, **facts
        )

    def wrong(self, name: str, remedy: str, **facts: Any) -> None:
        """Note that what stands under a name, or a ``part`` of it, cannot be used."""
        place = ", ".join(part for part in (self.place, name) if part)
        self._note(place, facts.pop("part", self._values.get(name, "")), remedy, **facts)

    def has(self, name: str) -> bool:
        """True when something stands under the name."""
        return self._values.get(name) not in (None, "")

    def raw(self, name: str) -> Any:
        """Return what stands there as it stands there."""
        return self._values.get(name)

    def text(self, name: str, default: str | None = None) -> str:
        """Return words; without a default they have to be there."""
        found = self._values.get(name)
        if isinstance(found, str) and found.strip():
            return found.strip()
        if found in (None, "") and default is not None:
            return default
        self.wrong(name, N_("Words belong here; they may not be empty."))
        return default or ""

    def number(
        self,
        name: str,
        default: int | None = None,
        least: int = 0,
        most: int = 10**9,
        harmless: int | None = None,
    ) -> int:
        """Return a whole number within bounds; ``harmless`` stands in for one out of them."""
        found = self._values.get(name)
        if found in (None, "") and default is not None:
            return default
        number = _whole(found)
        if number is not None and least <= number <= most:
            return number
        self.wrong(
            name, N_("A whole number from {least} to {most} belongs here."), least=least, most=most
        )
        return next(one for one in (harmless, default, least) if one is not None)

    def amount(self, name: str, default: float) -> float:
        """Return a number that is not less than 0."""
        found = self._values.get(name)
        if found in (None, ""):
            return default
        try:
            number = float(str(found).replace(",", "."))
        except ValueError:
            number = -1.0
        if isfinite(number) and number >= 0:
            return number
        self.wrong(name, N_("A number that is not less than 0 belongs here."))
        return default

    def flag(self, name: str, *, default: bool) -> bool:
        """Return yes or no."""
        found = self._values.get(name)
        if found in (None, ""):
            return default
        known = _YES.get(str(found).strip().lower())
        if known is None:
            self.wrong(name, N_("Write true or false."))
            return default
        return known

    def word(self, name: str, kind: type[Words], default: Words) -> Words:
        """Return one of some words."""
        found = self._values.get(name)
        if found in (None, ""):
            return default
        if found in set(kind):
            return kind(found)
        self.wrong(name, N_("Write one of these: {words}."), words=", ".join(kind))
        return default

    def clock(self, name: str, default: int) -> int:
        """Return minutes after midnight of a clock time; 25:30 is after the next midnight."""
        if not self.has(name):
            return default
        found = minutes_of(self._values[name])
        if found is None:
            self.wrong(name, N_("A time looks like 09:00; 25:30 is after midnight."))
            return default
        return found

    def day_start(self) -> int:
        """Return when the day of a channel begins: before midnight, or it would begin never."""
        found = self.clock("day_start", 0)
        if found < _DAY_MINUTES:
            return found
        self.wrong("day_start", N_("A day begins at an hour of its own: 00:00 to 23:59."))
        return 0

    def day(self, name: str) -> date:
        """Return a date."""
        found = date_of(self._values.get(name))
        if found is not None:
            return found
        self.wrong(name, N_("A date looks like 2026-01-26."))
        return date(2000, 1, 3)

    def moment(self, name: str) -> datetime:
        """Return a moment in UTC; its distance from UTC has to stand there."""
        try:
            found = datetime.fromisoformat(self._values.get(name) or "")
            if found.tzinfo is not None:
                return found.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            pass
        self.wrong(
            name, N_("A moment looks like 2026-01-26T04:00:00Z or 2026-01-26T09:00:00+05:00.")
        )
        return datetime(2000, 1, 3, tzinfo=UTC)

    def texts(self, name: str, parting: str = " ") -> tuple[str, ...]:
        """Return a list of words; a cell of a table parts them by spaces, or by ``parting``."""
        found = self._values.get(name)
        if found in (None, ""):
            return ()
        parts = found.split(parting) if isinstance(found, str) else found
        if isinstance(parts, list) and all(isinstance(one, str) for one in parts):
            return tuple(one.strip() for one in parts if one.strip())
        self.wrong(name, N_("A list of words belongs here."))
        return ()

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        found = self._values.get(name)
        parts = found.split() if isinstance(found, str) else found
        parts = [parts] if isinstance(parts, int) else parts
        whole = [_whole(one) for one in parts] if isinstance(parts, list) else [None]
        numbers = tuple(one for one in whole if one is not None and one >= 0)
        if len(numbers) != len(whole):
            self.wrong(name, N_("Whole numbers belong here."))
        return numbers

    def mapping(self, name: str) -> dict[str, str]:
        """Return words under names."""
        found = self._values.get(name)
        if found in (None, ""):
            return {}
        if isinstance(found, Mapping) and all(isinstance(one, str) for one in found.values()):
            return {str(key): value for key, value in sorted(found.items()) if value}
        self.wrong(name, N_("Names with words belong here."))
        return {}

    def inner(self, name: str, known: Sequence[str]) -> "Entry":
        """Return the entry under a name; an empty one when nothing stands there."""
        place = f"{self.place}, {name}" if self.place else name
        return Entry(self._values.get(name) or {}, place, self.notes, known)

    def entries(self, name: str, known: Sequence[str]) -> list["Entry"]:
        """Return the entries of a list, each placed by its number and id."""
        found = self._values.get(name)
        if found is None:
            return []
        if not isinstance(found, list):
            self.wrong(name, N_("A list belongs here."))
            return []
        return [
            Entry(one, _place(self.place, name, place, one), self.notes, known)
            for place, one in enumerate(found, 1)
        ]


def _place(outer: str, name: str, number: int, values: object) -> str:
    key = values.get("id") or values.get("key") if isinstance(values, Mapping) else None
    parts = [outer, f"{name} {number}" + (f" ({key})" if isinstance(key, str) and key else "")]
    return ", ".join(part for part in parts if part)


def _whole(found: object) -> int | None:
    if isinstance(found, bool):
        return None
    if isinstance(found, int):
        return found
    if isinstance(found, str) and _WHOLE.fullmatch(found.strip()):
        return int(found)
    return None


def minutes_of(text: object) -> int | None:
    """Return minutes after midnight of a clock time up to 47:59; None when it is none."""
    found = _CLOCK.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None or int(found[1]) > 47:
        return None
    return int(found[1]) * 60 + int(found[2])


def date_of(text: object) -> date | None:
    """Return a date from 2026-01-26, or 26.01.2026 as an office program turns it into."""
    if not isinstance(text, str):
        return None
    turned = _DAY.fullmatch(text.strip())
    try:
        found = date.fromisoformat("-".join(turned.groups()[::-1]) if turned else text.strip())
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def clock(minutes: int) -> str:
    """Return a clock time: 09:00, or 25:30 for what is after midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def note_unknown(
    names: Iterable[str], known: Iterable[str], place: str, where: str, notes: Notes
) -> None:
    """Note the names that nothing in the list ``where`` bears."""
    for name in sorted(set(names) - set(known)):
        notes.add(
            N_("{place}: nothing else tells of {name}."),
            N_("Correct the name, or add {name} to the list {where}."),
            place=place,
            name=name,
            where=where,
        )
