"""Which numbers the simulator takes for true, where each comes from, and which are refused."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, TypeVar

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

T = TypeVar("T")

MOST_SPREAD: Final = 5.0
"""A wider spread makes every home all or nothing."""

AGAIN: Final = N_("Compare it with parameters.toml of this program, in scheduler/simulator/data.")


@dataclass(frozen=True, slots=True)
class Truth:
    """Spreads, in logits, of what nobody is told about homes."""

    student_spread: float
    region_channel_spread: float
    student_channel_spread: float
    return_student_spread: float
    return_region_spread: float


@dataclass(frozen=True, slots=True)
class ByChannel:
    """A chance for each channel."""

    telegram: float
    broadcast: float
    post: float
    in_person: float
    duty_class: float

    def of(self, channel: str) -> float:
        """Return the chance of a channel; one that is not named here has none."""
        return float(getattr(self, channel, 0.0))


@dataclass(frozen=True, slots=True)
class Chances:
    """How often what happens that nobody plans."""

    bot_blocked_a_week: float
    bot_back_a_week: float
    airing_dropped: float
    transmitter_down_a_week: float
    power_cut_a_day_rural: float
    power_cut_a_day_urban: float
    messenger_lost_in_a_cut: float
    late_post_rural: float
    late_post_urban: float


@dataclass(frozen=True, slots=True)
class Seen:
    """Which failures become known."""

    messenger_failed: float
    airing_dropped: float
    transmitter_down: float
    pack_failed: float


@dataclass(frozen=True, slots=True)
class Plans:
    """What policies keep free."""

    reserve: float


@dataclass(frozen=True, slots=True)
class Parameters:
    """All numbers, and by name where each comes from."""

    truth: Truth
    returns: ByChannel
    events: Chances
    seen: Seen
    heard: ByChannel
    plans: Plans
    sources: Mapping[str, str]


_GROUPS: Final[Mapping[str, type[Any]]] = {
    "truth": Truth,
    "returns": ByChannel,
    "events": Chances,
    "seen": Seen,
    "heard": ByChannel,
    "plans": Plans,
}


def read_parameters(file: Path | None = None) -> Parameters:
    """Read a file of parameters, or the one that is shipped."""
    place: Traversable = file or resources.files("scheduler.simulator") / "data/parameters.toml"
    try:
        found = tomllib.loads(place.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise JetkizError(
            N_("The parameters {file} cannot be read: {reason}."),
            AGAIN,
            file=place,
            reason=error,
        ) from error
    return parameters_of(found)


def parameters_of(found: Mapping[str, Any]) -> Parameters:
    """Turn what a file says into parameters; whatever does not belong is refused by name."""
    _refuse_names("", set(found), set(_GROUPS))
    groups = {name: _group(name, kind, found[name]) for name, kind in _GROUPS.items()}
    sources = {
        f"{group}.{name}": str(one["source"])
        for group in found
        for name, one in found[group].items()
    }
    return Parameters(**groups, sources=sources)


def _group(group: str, kind: type[T], found: object) -> T:
    if not isinstance(found, dict):
        raise _not_a_number(group, found)
    names = [one.name for one in fields(kind)]  # type: ignore[arg-type]
    _refuse_names(f"{group}.", set(found), set(names))
    return kind(**{name: _value(f"{group}.{name}", found[name]) for name in names})


def _refuse_names(prefix: str, found: set[str], wanted: set[str]) -> None:
    for name in sorted(found - wanted):
        raise JetkizError(
            N_("The simulator has no parameter {name}."), AGAIN, name=f"{prefix}{name}"
        )
    for name in sorted(wanted - found):
        raise JetkizError(N_("The parameter {name} is missing."), AGAIN, name=f"{prefix}{name}")


def _value(name: str, found: object) -> float:
    if not isinstance(found, dict) or set(found) != {"value", "source"}:
        raise _not_a_number(name, found)
    value, source = found["value"], found["source"]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _not_a_number(name, value)
    if not isinstance(source, str) or not source.strip():
        raise JetkizError(
            N_("The parameter {name} does not say where its number comes from."),
            N_('Write a source, or "assumed".'),
            name=name,
        )
    most = MOST_SPREAD if name.endswith("_spread") else 1.0
    if not 0 <= value <= most:
        raise JetkizError(
            N_("The parameter {name} is {value}, which is not between 0 and {most:g}."),
            N_("A chance lies between 0 and 1, a spread between 0 and 5."),
            name=name,
            value=value,
            most=most,
        )
    return float(value)


def _not_a_number(name: str, found: object) -> JetkizError:
    return JetkizError(
        N_("The parameter {name} is {found}, which is no number with its source."),
        N_('Write it as in: {{ value = 0.03, source = "assumed" }}'),
        name=name,
        found=repr(found),
    )
