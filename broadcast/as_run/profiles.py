"""Which profiles of logs there are: shipped with Jetkiz, or laid beside the school's data."""

import codecs
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from broadcast.as_run.model import Layout, LogProfile, Said
from broadcast.as_run.rows import FIELDS
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

FOLDER: Final = "log_profiles"
OWN: Final = "jetkiz"
_SIGNS: Final = {"tab": "\t", "semicolon": ";", "comma": ",", "bar": "|"}


def log_profiles(data: Path | None = None) -> dict[str, LogProfile]:
    """Return all profiles by id; a file of the school's own stands before a shipped one."""
    shipped = resources.files("broadcast") / "data" / FOLDER
    texts = {one.name: one.read_bytes() for one in shipped.iterdir()}
    own = data / "broadcast" / FOLDER if data else None
    if own and own.is_dir():
        texts |= {one.name: one.read_bytes() for one in sorted(own.glob("*.toml"))}
    profiles = [
        parse_profile(text.decode("utf-8-sig", errors="replace"), name)
        for name, text in sorted(texts.items())
        if name.endswith(".toml")
    ]
    return {one.id: one for one in profiles}


def log_profile(name: str, data: Path | None = None) -> LogProfile:
    """Return one profile by its id."""
    known = log_profiles(data)
    if name not in known:
        raise JetkizError(
            N_("There is no profile of logs called {name}."),
            N_("There are: {known}. More can be laid into the folder {folder}."),
            name=name,
            known=", ".join(known),
            folder=f"broadcast/{FOLDER}",
        )
    return known[name]


def parse_profile(text: str, source: str) -> LogProfile:
    """Read a profile from TOML; a mistake is named with its file."""
    try:
        return _profile(tomllib.loads(text))
    except (
        tomllib.TOMLDecodeError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        LookupError,
        re.error,
        ZoneInfoNotFoundError,
    ) as error:
        raise JetkizError(
            N_("The profile of logs {source} cannot be read: {reason}."),
            N_("Compare it with those in the guide: docs/reference/as-run-profiles.md."),
            source=source,
            reason=repr(error),
        ) from error


def _profile(found: dict[str, Any]) -> LogProfile:
    profile = LogProfile(
        id=found["id"],
        name=found["name"],
        layout=Layout(found.get("layout", "table")),
        columns=_columns(found.get("columns", {})),
        places=_places(found.get("places", {})),
        words={word.casefold(): Said(said) for word, said in found.get("words", {}).items()},
        other=Said(found["other"]) if found.get("other") else None,
        delimiter=_SIGNS[found["delimiter"]] if found.get("delimiter") else "",
        encoding=codecs.lookup(found["encoding"]).name if found.get("encoding") else "",
        zone=ZoneInfo(found["zone"]).key if found.get("zone") else "",
        day_order=found.get("day_order", "dmy"),
        in_name=re.compile(found.get("in_name", "")).pattern,
        in_head=re.compile(found.get("in_head", "")).pattern,
        trailer=re.compile(found.get("trailer", "")).pattern,
        is_complete=found.get("is_complete", False),
    )
    if profile.layout is not Layout.TABLE and not {"start", "planned"} & set(profile.places):
        raise ValueError("places has no start")
    return profile


def _columns(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    _refuse_strange(found)
    return {name: tuple(names) for name, names in found.items()}


def _places(found: Mapping[str, int | list[int]]) -> dict[str, tuple[int, int]]:
    _refuse_strange(found)
    places = {}
    for name, place in found.items():
        first, last = (place, place) if isinstance(place, int) else place
        if not 1 <= first <= last:
            raise ValueError(f"{name}: {first} to {last}")
        places[name] = (first, last)
    return places


def _refuse_strange(found: Mapping[str, object]) -> None:
    strange = sorted(set(found) - set(FIELDS))
    if strange:
        raise ValueError(f"{', '.join(strange)}: fields are {', '.join(FIELDS)}")
