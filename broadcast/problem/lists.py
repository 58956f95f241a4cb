"""A problem as tables, one a list: for people who keep lessons and hours in an office program."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from broadcast.problem.entries import Notes
from broadcast.problem.model import (
    FORMAT,
    Channel,
    Condition,
    Filler,
    FixedAiring,
    HomeKind,
    Lesson,
    Meta,
    Policy,
    Problem,
    Stream,
)
from broadcast.problem.reading import HOURS_PARTED, names_of, problem_of
from broadcast.problem.writing import problem_document
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.reading.findings import Findings, Level
from jetkiz.roster.reading.raw_tables import RawTable, read_csv
from jetkiz.storage.spreadsheets import guarded, unguarded

Row = dict[str, str]
_PARTED: Final = ("windows", "repeat_windows", "blocked", "reserves")
_CHOSEN: Final = ("lessons", "streams", "subjects", "then_lessons", "then_streams", "then_subjects")
_CELLS_OF_LISTS: Final = {*_PARTED, *_CHOSEN, "languages", "regions", "grades"}
_TITLE: Final = "title_"
_NOTHING: Final = "-"
_CHANNEL: Final = tuple(name for name in names_of(Channel) if name != "fillers")
_LESSON: Final = tuple(name for name in names_of(Lesson) if name != "titles")
_FILLER: Final = ("channel", *names_of(Filler))
_PAIRS: Final = {"meta": names_of(Meta), "policy": names_of(Policy)}
_LISTS: Final = {
    "channels": _CHANNEL,
    "streams": names_of(Stream),
    "lessons": _LESSON,
    "homes": names_of(HomeKind),
    "fixed": names_of(FixedAiring),
    "conditions": names_of(Condition),
}
_NEEDED: Final = ("meta", "regions", "channels", "streams", "lessons")
_PAIR: Final = ("name", "value")
_REGION: Final = ("region", "zone")


def problem_lists(problem: Problem) -> dict[str, bytes]:
    """Return the tables of a problem by the names of their files."""
    document = problem_document(problem)
    languages = sorted({name for one in problem.lessons for name in one.titles})
    tables = {name: _table(_PAIR, _pairs(keys, document[name])) for name, keys in _PAIRS.items()}
    tables["regions"] = _table(
        _REGION, ({"region": key, "zone": zone} for key, zone in document["regions"].items())
    )
    tables["fillers"] = _table(
        _FILLER,
        (
            {"channel": one["id"], **filler}
            for one in document["channels"]
            for filler in one.get("fillers", ())
        ),
    )
    for name, columns in _LISTS.items():
        if name not in document:
            continue
        titles = [f"{_TITLE}{one}" for one in languages] if name == "lessons" else []
        tables[name] = _table((*columns, *titles), map(_with_titles, document[name]))
    return {f"{name}.csv": content for name, content in tables.items()}


def _pairs(keys: Iterable[str], values: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    return ({"name": key, "value": _cell(key, values.get(key))} for key in keys)


def _with_titles(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, **{f"{_TITLE}{key}": text for key, text in one.get("titles", {}).items()}}


def _table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(columns)
    for row in rows:
        table.writerow([_cell(name, row.get(name)) for name in columns])
    # Office programs take a table for UTF-8 only when it begins with a mark.
    return text.getvalue().encode("utf-8-sig")


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        parting = f" {HOURS_PARTED} " if name in _PARTED else " "
        # A list that was emptied is something else than one that was never filled in.
        return guarded(parting.join(map(str, value))) or _NOTHING
    return guarded(value) if isinstance(value, str) else str(value)


def read_lists(files: Mapping[str, bytes], source: str) -> Problem:
    """Read a problem from tables by the names of their files; tables may be missing."""
    findings = Findings()
    tables = {
        PurePosixPath(name).stem: read_csv(name, content, findings)
        for name, content in sorted(files.items())
        if PurePosixPath(name).stem in {*_LISTS, *_PAIRS, "regions", "fillers"}
    }
    missing = [f"{name}.csv" for name in _NEEDED if name not in tables or not tables[name].rows]
    if missing:
        raise JetkizError(
            N_("In {source} nothing stands in: {tables}."),
            N_("See what --into FOLDER writes, and put these tables beside the others."),
            source=source,
            tables=", ".join(missing),
        )
    notes = Notes(source)
    for one in findings.messages():
        if one.level is Level.ERROR:
            words = N_("{place}: this table cannot be read.")
            notes.add(words, one.remedy, **(one.facts | {"place": one.places[0].file}))
    return problem_of(_document({name: _rows(one) for name, one in tables.items()}), source, notes)


def _rows(table: RawTable) -> list[Row]:
    if not table.rows:
        return []
    names = [name.lower() for name in table.rows[0][1]]
    return [
        {
            name: unguarded(cell)
            for name, cell in zip(names, cells, strict=False)
            if name and cell and (cell != _NOTHING or name not in _CELLS_OF_LISTS)
        }
        for _, cells in table.rows[1:]
    ]


def _document(tables: Mapping[str, list[Row]]) -> dict[str, Any]:
    pairs = {
        name: {row.get("name", ""): _list_or(row.get("value")) for row in tables.get(name, [])}
        for name in _PAIRS
    }
    filled = {
        name: {key: value for key, value in found.items() if value is not None}
        for name, found in pairs.items()
    }
    lists: dict[str, Any] = {
        name: [_untitled(row) if name == "lessons" else dict(row) for row in tables.get(name, [])]
        for name in _LISTS
    }
    for one in lists["channels"]:
        fillers = [row for row in tables.get("fillers", []) if row.get("channel") == one.get("id")]
        if fillers:
            one["fillers"] = [
                {name: cell for name, cell in row.items() if name != "channel"} for row in fillers
            ]
    regions = {row.get("region", ""): row.get("zone", "") for row in tables.get("regions", [])}
    return {"format": FORMAT, **filled, "regions": regions, **lists}


def _list_or(cell: str | None) -> str | list[str] | None:
    return [] if cell == _NOTHING else cell


def _untitled(row: Row) -> dict[str, Any]:
    """Return a row with its titles by language, as the other form of the file has them."""
    titles = {
        name.removeprefix(_TITLE): cell for name, cell in row.items() if name.startswith(_TITLE)
    }
    rest: dict[str, Any] = {name: cell for name, cell in row.items() if not name.startswith(_TITLE)}
    return rest | ({"titles": titles} if titles else {})
