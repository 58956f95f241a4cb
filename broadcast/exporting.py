"""Which files a week's timetable becomes in the data folder, for broadcasters and for families."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from broadcast.export.playlist import playlist_layout, replaced_letters
from broadcast.export.rows import export_rows
from broadcast.export.writing import Wishes, export_files
from broadcast.revisions import Kept, read_kept, require_published
from jetkiz.storage.whole_files import write_whole


def export_week(
    connection: Connection,
    week: str,
    folder: Path,
    revision: int | None = None,
    wishes: Wishes | None = None,
    formats: Collection[str] = (),
) -> list[Path]:
    """Check the timetable in force, or a revision, and write it in every format; return the files.

    The same revision gives the same bytes whenever it is written. ``folder`` is the data folder,
    with profiles of its own; without ``formats`` all are written.
    """
    kept = _kept(connection, week, revision)
    at = kept.head.published_at or kept.head.made_at
    files = export_files(
        kept.problem, kept.plan, at, replace(wishes or Wishes(), folder=folder), formats
    )
    return write_files(folder / "broadcast" / week, files)


def _kept(connection: Connection, week: str, revision: int | None) -> Kept:
    if revision is None:
        return require_published(connection, week)
    return read_kept(connection, week, revision)


def letters_replaced(
    connection: Connection, week: str, folder: Path, revision: int | None, profiles: Sequence[str]
) -> dict[str, list[str]]:
    """Return, by profile, the letters that its playlist cannot hold and has the nearest for."""
    kept = _kept(connection, week, revision)
    rows = export_rows(kept.problem, kept.plan)
    found = {name: replaced_letters(rows, playlist_layout(name, folder)) for name in profiles}
    return {name: letters for name, letters in found.items() if letters}


def write_files(into: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files by their names into a folder, each whole or not at all; return where they are."""
    for name, content in files.items():
        write_whole(into / name, content)
    return [into / name for name in files]
