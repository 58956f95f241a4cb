"""Which files a week's timetable becomes in the data folder, and which of them are out of date.

A note beside the files says of which revision each is. It is written before the first of them and
after the last: what a power cut leaves half done is known, and the next export makes it whole.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from broadcast.export.playlist import playlist_layout, replaced_letters
from broadcast.export.rows import export_rows, guide_ids_of
from broadcast.export.writing import Wishes, export_files
from broadcast.revisions import Kept, RevisionState, read_kept, require_published
from jetkiz.storage.whole_files import UnwritableError, write_whole

NOTE: Final = "exported.json"
# What the library calls a file that has no name yet.
_UNNAMED: Final = re.compile("tmp[a-z0-9_]{8}")


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: files written, and older ones taken away.

    ``stale`` are files of an earlier revision that were not asked for and still stand there.
    """

    written: tuple[Path, ...]
    gone: tuple[Path, ...] = ()
    stale: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Of which revision each file of a folder is; not ``whole`` while it is being written."""

    files: Mapping[str, int] = field(default_factory=dict)
    whole: bool = True


def export_week(
    connection: Connection,
    week: str,
    folder: Path,
    revision: int | None = None,
    wishes: Wishes | None = None,
    formats: Collection[str] = (),
) -> Exported:
    """Check the timetable in force, or a revision, and write it in every format.

    The same revision gives the same bytes whenever it is written. ``folder`` is the data folder,
    with profiles of its own; without ``formats`` all are written, and what an earlier revision
    left is taken away. What is not in force, or is for one broadcaster, has a folder of its own.
    """
    kept = _kept(connection, week, revision)
    at = kept.head.published_at or kept.head.made_at
    wishes = replace(wishes or Wishes(), folder=folder)
    files = export_files(kept.problem, kept.plan, at, wishes, formats)
    into = week_folder(folder, week) / _part(kept, wishes)
    return write_noted(into, files, kept.revision, is_all=not formats)


def week_folder(folder: Path, week: str) -> Path:
    """Return where the files of a week lie in the data folder."""
    return folder / "broadcast" / week


def _kept(connection: Connection, week: str, revision: int | None) -> Kept:
    if revision is None:
        return require_published(connection, week)
    return read_kept(connection, week, revision)


def _part(kept: Kept, wishes: Wishes) -> Path:
    """Nobody may take a draft for the timetable in force, nor a part for the whole."""
    in_force = kept.state == RevisionState.PUBLISHED
    part = Path() if in_force else Path(f"revision-{kept.revision}")
    ids = guide_ids_of(kept.problem.channels)
    mine = sorted(ids[one.id] for one in kept.problem.channels if one.id in wishes.channels)
    return part / f"for-{'+'.join(mine)}" if mine else part


def letters_replaced(
    connection: Connection, week: str, revision: int | None, wishes: Wishes
) -> dict[str, list[str]]:
    """Return, by profile, the letters that its playlist cannot hold and has the nearest for."""
    kept = _kept(connection, week, revision)
    wanted = wishes.channels
    rows = [
        row
        for row in export_rows(kept.problem, kept.plan)
        if not wanted or row.channel.id in wanted
    ]
    found = {
        name: replaced_letters(rows, playlist_layout(name, wishes.folder))
        for name in wishes.profiles
    }
    return {name: letters for name, letters in found.items() if letters}


def write_noted(
    into: Path, files: Mapping[str, bytes], revision: int, *, is_all: bool = True
) -> Exported:
    """Write the files of a revision into a folder and take away what an earlier one left.

    Only what this wrote before is ever taken away.
    """
    before = read_note(into)
    known = before.files
    new = dict.fromkeys(files, revision)
    _keep(into, Note({**known, **new}, whole=False))
    if not before.whole:
        _sweep(into, known)
    written = write_files(into, files)
    old = [name for name, of in known.items() if of != revision and name not in new]
    gone = [into / name for name in old if _take_away(into / name)] if is_all else []
    rest = {name: of for name, of in known.items() if not is_all or name not in old}
    _keep(into, Note(rest | new))
    stale = () if is_all else tuple(into / name for name in old)
    return Exported(tuple(written), tuple(gone), stale)


def read_note(into: Path) -> Note:
    """Return what is noted of a folder; nothing for one that holds no export of ours."""
    try:
        found = json.loads((into / NOTE).read_bytes())
        files = {str(name): int(of) for name, of in found["files"].items()}
        return Note({name: files[name] for name in _inside(files)}, bool(found["whole"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Note()


def _inside(names: Iterable[str]) -> list[str]:
    """Names that lead out of the folder were written by somebody else."""
    return [one for one in names if not Path(one).is_absolute() and ".." not in Path(one).parts]


def _sweep(into: Path, names: Iterable[str]) -> None:
    """Take away what was being written when the power went: it never got its name."""
    for folder in sorted({(into / name).parent for name in names} | {into}):
        for one in folder.glob("tmp*"):
            if _UNNAMED.fullmatch(one.name):
                _take_away(one)


def _keep(into: Path, note: Note) -> None:
    told = {"whole": note.whole, "files": dict(sorted(note.files.items()))}
    write_whole(into / NOTE, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())


def _take_away(place: Path) -> bool:
    try:
        place.unlink(missing_ok=True)
    except OSError as error:
        raise UnwritableError(place, error) from error
    return True


def outdated(folder: Path, week: str, revision: int) -> list[Path]:
    """Return the folders whose files are not those of the revision in force, or not all there."""
    whole = week_folder(folder, week)
    found = {one: read_note(one) for one in (whole, *sorted(whole.glob("for-*")))}
    return [
        one
        for one, note in found.items()
        if set(note.files.values()) - {revision} or not note.whole
    ]


def write_files(into: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files by their names into a folder, each whole or not at all; return where they are."""
    for name, content in files.items():
        write_whole(into / name, content)
    return [into / name for name in files]
