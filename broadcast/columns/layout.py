"""Which columns a broadcaster's table has and how its days and hours are written: a profile.

A profile is a TOML file with a section for each table, ``[playlist]`` for what we hand over and
``[log]`` for what comes back. One of the data folder wins over one that is shipped.
"""

import codecs
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from broadcast.columns.patterns import bad_clock_pattern, bad_date_pattern, bad_length_pattern
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

FOLDER: Final = "profiles"
LOCAL: Final = "local"
_NAME: Final = re.compile(r"[a-z0-9][-a-z0-9_]*")
# What bytes that are no letter are read as.
_LOST: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, what stands in it, or words that stand in it always.

    A column that is ``needed`` is never empty. ``also`` are other heads it goes by where it is
    read; ``at`` and ``width`` count letters where a line has no delimiter.
    """

    head: str
    value: str = ""
    text: str = ""
    needed: bool = False
    also: tuple[str, ...] = ()
    at: int = 0
    width: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """How one table of a profile is written.

    ``zone`` is local, of the channel, or a name such as UTC. ``day`` is calendar, or channel: then
    an hour after midnight is 24:00 and more of the day before. ``names`` says what a channel is
    called over there. ``others`` holds what only one kind of table has.
    """

    profile: str
    columns: tuple[Column, ...]
    file: str = "csv"
    delimiter: str = ";"
    encoding: str = "utf-8-sig"
    letters: str = "refuse"
    header: bool = True
    zone: str = LOCAL
    day: str = "calendar"
    date: str = "YYYY-MM-DD"
    time: str = "HH:MM"
    length: str = "minutes"
    frames: int = 25
    names: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)


_CHOICES: Final = {
    "file": ("csv", "xlsx"),
    "day": ("calendar", "channel"),
    "letters": ("refuse", "nearest"),
}
_COLUMN_KEYS: Final = frozenset({"name", "value", "text", "needed", "also", "at", "width"})
_TEXTS: Final = ("delimiter", "encoding", "zone", "date", "time", "length")


def profile_names(folder: Path | None, section: str) -> list[str]:
    """Return the names of all profiles that describe a table of this kind."""
    return [name for name, text in _files(folder).items() if section in _parsed(name, text)]


def profile_texts(folder: Path | None) -> tuple[tuple[str, str], ...]:
    """Return name and text of each profile: what is made by profiles holds as long as these."""
    return tuple(_files(folder).items())


def read_layout(name: str, section: str, values: Iterable[str], folder: Path | None) -> Layout:
    """Return how a profile describes a table; ``values`` are what its columns may ask for.

    ``folder`` is the data folder. Raises JetkizError naming the profile and what to mend.
    """
    files = _files(folder)
    if name not in files:
        raise JetkizError(
            N_("There is no profile {profile}."),
            N_("Known are: {known}. An own one lies in the folder profiles, as NAME.toml."),
            profile=name,
            known=", ".join(one for one, text in files.items() if f"[{section}" in text),
        )
    parsed = _parsed(name, files[name])
    if section not in parsed:
        raise JetkizError(
            N_("The profile {profile} has no section {section}."),
            N_("Take another profile, or describe the columns there."),
            profile=name,
            section=section,
        )
    return layout_of(name, parsed[section], values)


def layout_of(profile: str, found: Mapping[str, Any], values: Iterable[str]) -> Layout:
    """Read a section of a profile."""
    if not isinstance(found, Mapping):
        raise impossible(profile, "column", found, "[[playlist.column]]")
    known = {*_CHOICES, *_TEXTS, "header", "frames", "names", "column"}
    texts = {key: _text(profile, key, found[key]) for key in (*_CHOICES, *_TEXTS) if key in found}
    layout = Layout(
        profile=profile,
        columns=tuple(_columns(profile, found.get("column"), frozenset(values))),
        header=_truth(profile, "header", found.get("header", True)),
        frames=_whole(profile, "frames", found.get("frames", 25), 1),
        names=_names(profile, found.get("names", {})),
        others={key: value for key, value in found.items() if key not in known},
        **texts,
    )
    _refuse_what_cannot_be(layout)
    return layout


def _refuse_what_cannot_be(layout: Layout) -> None:
    for key, choices in _CHOICES.items():
        if getattr(layout, key) not in choices:
            raise impossible(layout.profile, key, getattr(layout, key), ", ".join(choices))
    if len(layout.delimiter) != 1 or layout.delimiter in '"\r\n':
        raise impossible(layout.profile, "delimiter", layout.delimiter, "; , \\t |")
    for key, bad, example in (
        ("date", bad_date_pattern, "YYYY-MM-DD"),
        ("time", bad_clock_pattern, "HH:MM:SS"),
        ("length", bad_length_pattern, "HH:MM:SS:FF, seconds, minutes"),
    ):
        if bad(getattr(layout, key)):
            raise impossible(layout.profile, key, getattr(layout, key), example)
    if not _is_encoding(layout.encoding):
        raise impossible(
            layout.profile, "encoding", layout.encoding, "utf-8, utf-8-sig, cp1251, utf-16"
        )
    if layout.zone != LOCAL and not is_zone(layout.zone):
        raise impossible(layout.profile, "zone", layout.zone, "local, UTC, Asia/Almaty")
    if layout.zone != LOCAL and layout.day == "channel":
        raise JetkizError(
            N_("The profile {profile} wants the channel's own day in another zone."),
            N_('Write zone = "local" or day = "calendar".'),
            profile=layout.profile,
        )


def _columns(profile: str, found: Any, values: frozenset[str]) -> Iterable[Column]:
    if not isinstance(found, list) or not found or not all(isinstance(c, dict) for c in found):
        raise JetkizError(
            N_("The profile {profile} names no columns."),
            N_("Describe each under [[playlist.column]] or [[log.column]], with name and value."),
            profile=profile,
        )
    for one in found:
        # A slip of the pen in a key would leave the column empty, and nobody would know why.
        for key in sorted(set(one) - _COLUMN_KEYS):
            raise impossible(profile, key, one[key], ", ".join(sorted(_COLUMN_KEYS)))
        value = _text(profile, "value", one.get("value", ""))
        if value and value not in values:
            raise impossible(profile, "value", value, ", ".join(sorted(values)))
        also = one.get("also", [])
        yield Column(
            head=_text(profile, "name", one.get("name", "")),
            value=value,
            text=_text(profile, "text", one.get("text", "")),
            needed=_truth(profile, "needed", one.get("needed", False)),
            also=tuple(_text(profile, "also", other) for other in also),
            at=_whole(profile, "at", one.get("at", 0), 0),
            width=_whole(profile, "width", one.get("width", 0), 0),
        )


def _names(profile: str, found: Any) -> dict[str, str]:
    if not isinstance(found, dict):
        raise impossible(profile, "names", found, 'balapan = "1"')
    return {key: _text(profile, "names", value) for key, value in found.items()}


def _text(profile: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise impossible(profile, key, value, '"..."')
    return value


def _truth(profile: str, key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise impossible(profile, key, value, "true, false")
    return value


def _whole(profile: str, key: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise impossible(profile, key, value, str(max(least, 25)))
    return value


def _is_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name) is not None and "а".encode(name, "replace") != b""
    except (LookupError, UnicodeError):
        return False


def is_zone(name: str) -> bool:
    """True when the world knows a time zone by this name."""
    try:
        return bool(ZoneInfo(name).key)
    except (OSError, ValueError, KeyError):  # an unknown zone is a KeyError
        return False


def impossible(profile: str, key: str, value: Any, known: str) -> JetkizError:
    """Return the refusal of what a profile says, with an example of what it could say."""
    return JetkizError(
        N_("The profile {profile} says {key} = {value}, which cannot be."),
        N_("It can be, for example: {known}."),
        profile=profile,
        key=key,
        value=value,
        known=known,
    )


def _files(folder: Path | None) -> dict[str, str]:
    """Return the text of each profile by its name, own ones last and in the place of ours."""
    shipped = resources.files("broadcast") / "data" / FOLDER
    found = {one.name: one.read_text("utf-8") for one in shipped.iterdir() if _is_profile(one.name)}
    own = folder / FOLDER if folder else None
    if own and own.is_dir():
        for one in own.iterdir():
            if one.is_file() and _is_profile(one.name):
                found[one.name] = one.read_bytes().decode("utf-8-sig", errors="replace")
    return {name.removesuffix(".toml"): found[name] for name in sorted(found)}


def _is_profile(name: str) -> bool:
    return name.endswith(".toml") and _NAME.fullmatch(name.removesuffix(".toml")) is not None


def _parsed(name: str, text: str) -> dict[str, Any]:
    if _LOST in text:
        raise JetkizError(
            N_("The profile {profile} holds letters that are no UTF-8."),
            N_("Save it as UTF-8: the encoding of the table itself is said inside, as encoding."),
            profile=name,
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise JetkizError(
            N_("The profile {profile} cannot be read: {reason}."),
            N_("Compare it with the profiles that are shipped with Jetkiz (broadcast/data)."),
            profile=name,
            reason=str(error),
        ) from error
