"""Which profiles of logs there are: the section ``[log]`` of a broadcaster's profile.

Columns, days and zones are described as for playlists; a log says in addition what a status means,
and where its day and channel stand.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from broadcast.as_run.model import LogLayout, LogProfile, Said
from broadcast.as_run.rows import FIELDS
from broadcast.columns.layout import (
    LOCAL,
    Layout,
    impossible,
    profile_names,
    read_layout,
)
from jetkiz.i18n import N_

SECTION: Final = "log"
OWN: Final = "jetkiz"
SHIPPED_TITLES: Final = (
    N_("Jetkiz: airing;status, or channel;date;start;status"),
    N_("Tab-separated playout log with a header line"),
    N_("Tab-separated log without a header, the day in the name of the file"),
    N_("Fixed columns with edit codes (traffic reconciliation)"),
)
"""What the shipped profiles are called on screens; a broadcaster's own is called as it says."""
_FOUND: Final = frozenset({"utf-8", "utf-8-sig"})
_KEYS: Final = frozenset(
    {"title", "words", "other", "in_name", "in_head", "trailer", "is_complete"}
)
_T = TypeVar("_T")


def log_profiles(data: Path | None = None) -> dict[str, LogProfile]:
    """Return all profiles of logs by name; one of the data folder stands before a shipped one."""
    return {name: log_profile(name, data) for name in profile_names(data, SECTION)}


def log_profile(name: str, data: Path | None = None) -> LogProfile:
    """Return how a broadcaster's log is laid out; a mistake names the profile."""
    return profile_of(read_layout(name, SECTION, FIELDS, data))


def profile_of(layout: Layout) -> LogProfile:
    """Return how a log is laid out whose columns were read already."""
    said = layout.others
    strange = sorted(set(said) - _KEYS)
    if strange:
        raise impossible(layout.profile, strange[0], said[strange[0]], ", ".join(sorted(_KEYS)))
    kind, places = _places(layout)
    return LogProfile(
        id=layout.profile,
        name=_read(layout, "title", str, layout.profile),
        layout=kind,
        columns=_columns(layout),
        places=places,
        words=_words(layout),
        other=_read(layout, "other", Said, None),
        delimiter=layout.delimiter,
        encoding="" if layout.encoding in _FOUND else layout.encoding,
        zone="" if layout.zone == LOCAL else layout.zone,
        day_order="mdy" if layout.date.startswith("M") else "dmy",
        in_name=_read(layout, "in_name", _pattern, ""),
        in_head=_read(layout, "in_head", _pattern, ""),
        trailer=_read(layout, "trailer", _pattern, ""),
        is_complete=said.get("is_complete", False) is True,
        channels={there.casefold(): channel for channel, there in layout.names.items()},
    )


def _places(layout: Layout) -> tuple[LogLayout, dict[str, tuple[int, int]]]:
    """Say how cells are told apart, and where each field stands when no line names it."""
    if layout.header:
        return LogLayout.TABLE, {}
    is_fixed = any(one.width for one in layout.columns)
    places = {}
    for number, one in enumerate(layout.columns, start=1):
        if is_fixed and (one.at < 1 or one.width < 1):
            raise impossible(
                layout.profile, "at, width", f"{one.at}, {one.width}", "at = 1, width = 8"
            )
        if one.value:
            last = one.at + one.width - 1
            places[one.value] = (one.at, last) if is_fixed else (number, number)
    if not {"start", "planned"} & set(places):
        raise impossible(layout.profile, "value", ", ".join(places), "start, planned")
    return LogLayout.FIXED if is_fixed else LogLayout.POSITIONS, places


def _columns(layout: Layout) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in layout.columns:
        if one.value:
            found[one.value] = (*found.get(one.value, ()), one.head, *one.also)
    return found


def _words(layout: Layout) -> dict[str, Said]:
    words = layout.others.get("words", {})
    if not isinstance(words, dict):
        raise impossible(layout.profile, "words", words, 'skipped = "missed"')
    return {
        word.casefold(): _checked(layout, f"words.{word}", Said, said)
        for word, said in words.items()
    }


def _pattern(text: str) -> str:
    return re.compile(text).pattern


def _read(layout: Layout, key: str, read: Callable[[str], _T], otherwise: _T) -> _T:
    if key not in layout.others:
        return otherwise
    return _checked(layout, key, read, layout.others[key])


def _checked(layout: Layout, key: str, read: Callable[[str], _T], value: Any) -> _T:
    known = ", ".join(Said) if read is Said else '"..."'
    if not isinstance(value, str):
        raise impossible(layout.profile, key, value, known)
    try:
        return read(value)
    except (ValueError, re.error) as error:
        raise impossible(layout.profile, key, value, known) from error
