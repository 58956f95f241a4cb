"""Whether the folder of a week is whole: what it holds, by the hash of every file.

``capacity.csv`` and ``overrides.csv`` are for people to edit, so no hash holds them fast.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from jetkiz.calendar.school_weeks import days_of
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.whole_files import write_whole
from scheduler.nation.refusals import missing, unclear

FORMAT: Final = "jetkiz-nation-1"
NAME: Final = "manifest.toml"
FIXED: Final = ("students.parquet", "schools.csv", "lessons.csv", "channels.toml")
OPTIONAL: Final = ("posteriors.parquet", "previous/plan.parquet")
EDITED: Final = ("capacity.csv", "overrides.csv")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder is for; ``seed`` is None when it was not drawn."""

    week: str
    students: int
    seed: int | None
    regions: tuple[str, ...]
    files: Mapping[str, str]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest; it comes last, so a folder without it is not whole."""
    names = ", ".join(_quoted(name) for name in manifest.regions)
    lines = [
        f'format = "{FORMAT}"',
        f'week = "{manifest.week}"',
        f"students = {manifest.students}",
        *([] if manifest.seed is None else [f"seed = {manifest.seed}"]),
        f"regions = [{names}]",
        "",
        "[files]",
        *(f'"{name}" = "{digest}"' for name, digest in sorted(manifest.files.items())),
    ]
    write_whole(folder / NAME, ("\n".join(lines) + "\n").encode())


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def hashes(folder: Path) -> dict[str, str]:
    """Return the hash of every file of a folder that no person edits."""
    present = [name for name in OPTIONAL if (folder / name).exists()]
    return {name: hash_of(folder / name) for name in (*FIXED, *present)}


def hash_of(file: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise missing(file) from error


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder and look at each file's hash."""
    place = folder / NAME
    try:
        found = tomllib.loads(place.read_text("utf-8"))
        manifest = Manifest(
            week=str(found["week"]),
            students=int(found["students"]),
            seed=found.get("seed"),
            regions=tuple(map(str, found["regions"])),
            files={str(name): str(digest) for name, digest in found["files"].items()},
        )
        own_format = found["format"]
    except OSError as error:
        raise JetkizError(
            N_("The folder {folder} holds no week of a nation: {file} is missing."),
            N_("Make one with: jetkiz nation make."),
            folder=folder,
            file=NAME,
        ) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise unclear(place, error) from error
    if own_format != FORMAT:
        raise JetkizError(
            N_("The folder {folder} has the format {found}; this program reads {wanted}."),
            N_("Make the folder anew with this program."),
            folder=folder,
            found=own_format,
            wanted=FORMAT,
        )
    return manifest


def refuse_damage(folder: Path, manifest: Manifest) -> None:
    """Refuse a folder in which a file is missing or is not the one that was written."""
    for name in FIXED:
        if name not in manifest.files:
            raise _other(folder / name)
    for name, wanted in manifest.files.items():
        if hash_of(folder / name) != wanted:
            raise _other(folder / name)


def _other(place: Path) -> JetkizError:
    return JetkizError(
        N_("The file {file} is not the one that {manifest} speaks of."),
        N_("Copy the whole folder again, or make it anew; only {edited} may be edited."),
        file=place,
        manifest=NAME,
        edited=", ".join(EDITED),
    )


def refuse_past(week: str, today: date) -> None:
    """Refuse a week that is over."""
    if days_of(week)[-1] < today:
        raise JetkizError(
            N_("Week {week} is over; today is {today}."),
            N_("Plan this week or a coming one."),
            week=week,
            today=today.isoformat(),
        )


def inputs_hash(folder: Path, manifest: Manifest) -> str:
    """Name everything that decides by its content, what people edited included."""
    edited = {name: hash_of(folder / name) for name in EDITED if (folder / name).exists()}
    parts = sorted({**manifest.files, **edited}.items())
    lines = [manifest.week, *(f"{name} {digest}" for name, digest in parts)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
