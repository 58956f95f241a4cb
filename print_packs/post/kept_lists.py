"""How one list is drawn again from the files of its run, exactly as it was handed over."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from print_packs.post.kazpost_registry import Carrier, head_lines, list_form
from print_packs.post.list_form import ListForm


def kept_list(run_folder: Path, name: str) -> ListForm:
    """Return a list of a run by its printed name, such as 2026-W05/3."""
    for file in _files(run_folder):
        for one in forms_in(file.read_bytes()):
            if one.name == name:
                return one
    raise JetkizError(
        N_("List {name} is not among the files of its print run."),
        N_("Make the packs again, or take the list from the folder {folder}."),
        name=name,
        folder=run_folder,
    )


def _files(folder: Path) -> Iterator[Path]:
    for pattern in ("post/registry*.json", "hand/signature_sheet*.json"):
        yield from sorted(folder.glob(pattern))


def forms_in(content: bytes) -> list[ListForm]:
    """Return the forms of a file for programs: all that a form is drawn of stands there."""
    return [_form(one) for one in json.loads(content)["lists"]]


def _form(one: dict[str, Any]) -> ListForm:
    return list_form(
        Carrier(one["kind"]),
        head_lines(one["header"]),
        tuple(tuple(row.values()) for row in one["rows"]),
        head_lines(one["totals"]),
    )
