"""What is said about a file: one root cause is one message, however many rows it breaks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from jetkiz.i18n import N_, Translator

# A reader mends the first rows and sees the pattern; the rest is a number.
SHOWN_ROWS = 5
# From here on many values with the same fault are one fault of the file.
SHOWN_CAUSES = 3


class Level(IntEnum):
    """How bad it is."""

    ERROR = 1  # nothing is saved
    WARNING = 2  # saved, but a person should look
    NOTE = 3  # good to know


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: the row as a spreadsheet numbers it, column and value where there is one."""

    file: str
    row: int | None = None
    column: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One fault with its first place, the further rows and the remedy."""

    level: Level
    sentence: str
    remedy: str
    facts: dict[str, Any]
    places: tuple[Place, ...]
    count: int

    def say(self, t: Translator) -> str:
        """Return place, fault, remedy and further rows in the reader's language."""
        words = f"{_where(t, self.places[0])}: {t(self.sentence, **self.facts)}"
        remedy = f" {t(self.remedy, **self.facts)}" if self.remedy else ""
        return words + remedy + self._more(t)

    def _more(self, t: Translator) -> str:
        more = self.count - 1
        if not more:
            return ""
        rows = [_short(place, self.places[0]) for place in self.places[1:] if place.row]
        if not rows:
            return " " + t.n("({n} time)", "({n} times)", self.count)
        listed = ", ".join(rows) + (", …" if more > len(rows) else "")
        return " " + t.n("({n} more row: {rows})", "({n} more rows: {rows})", more, rows=listed)


def _where(t: Translator, place: Place) -> str:
    parts = [place.file]
    if place.row is not None:
        parts.append(t("row {row}", row=place.row))
    if place.column:
        parts.append(t("column {column}", column=place.column))
    if place.value is not None:
        parts.append(t("value {value}", value=f"«{_cut(place.value)}»"))
    return ", ".join(parts)


def _short(place: Place, first: Place) -> str:
    return str(place.row) if place.file == first.file else f"{place.file} {place.row}"


def _cut(value: str) -> str:
    return value if len(value) <= 40 else value[:39] + "…"


@dataclass(slots=True)
class _Fault:
    level: Level
    sentence: str
    remedy: str
    facts: dict[str, Any]
    places: list[Place] = field(default_factory=list)
    count: int = 0

    def note(self, place: Place) -> None:
        self.count += 1
        if len(self.places) <= SHOWN_ROWS:
            self.places.append(place)


class Findings:
    """Collects faults; those of one cause become one."""

    def __init__(self) -> None:
        self._faults: dict[Any, _Fault] = {}

    def error(self, place: Place, sentence: str, remedy: str, **facts: Any) -> None:
        """Note a fault that stops the import; ``cause`` among the facts joins across files."""
        self._add(Level.ERROR, place, sentence, remedy, facts)

    def warn(self, place: Place, sentence: str, remedy: str, **facts: Any) -> None:
        """Note something a person should look at."""
        self._add(Level.WARNING, place, sentence, remedy, facts)

    def note(self, place: Place, sentence: str, remedy: str = "", **facts: Any) -> None:
        """Note something that is good to know."""
        self._add(Level.NOTE, place, sentence, remedy, facts)

    def _add(
        self, level: Level, place: Place, sentence: str, remedy: str, facts: dict[str, Any]
    ) -> None:
        cause = facts.pop("cause", (place.file, place.column))
        fault = self._faults.setdefault(
            (level, sentence, cause), _Fault(level, sentence, remedy, facts)
        )
        fault.note(place)

    @property
    def stops(self) -> bool:
        """True when something was found that forbids saving."""
        return any(fault.level is Level.ERROR for fault in self._faults.values())

    def messages(self) -> tuple[Message, ...]:
        """Return what was found, errors first, in the order of discovery."""
        groups: dict[Any, list[_Fault]] = {}
        for fault in self._faults.values():
            key = (fault.level, fault.sentence, fault.places[0].column)
            groups.setdefault(key, []).append(fault)
        messages = [message for group in groups.values() for message in _joined(group)]
        return tuple(sorted(messages, key=lambda message: message.level))


def _joined(faults: list[_Fault]) -> Iterable[Message]:
    if len(faults) <= SHOWN_CAUSES:
        return [_message(fault, fault.places, fault.count) for fault in faults]
    places = [fault.places[0] for fault in faults][: SHOWN_ROWS + 1]
    return [_message(faults[0], places, sum(fault.count for fault in faults))]


def _message(fault: _Fault, places: list[Place], count: int) -> Message:
    return Message(fault.level, fault.sentence, fault.remedy, fault.facts, tuple(places), count)


LEVEL_WORDS: Final = {
    Level.ERROR: N_("Error"),
    Level.WARNING: N_("Look at this"),
    Level.NOTE: N_("Good to know"),
}
