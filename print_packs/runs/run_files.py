"""Which files a print run leaves, where they lie, and that none of them is half written."""

import csv
import hashlib
import io
import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from jetkiz.engine.failpoints import failpoint
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator
from jetkiz.i18n.kept_words import all_said
from jetkiz.storage.held_files import held
from jetkiz.storage.spreadsheets import harmless
from jetkiz.storage.whole_files import UnwritableError, make_folder, sync_folder, write_whole
from print_packs.gate.faults import Fault
from print_packs.model import Pack
from print_packs.pack_file import PackFile
from print_packs.pages.front_sheet import batch_name
from print_packs.print_run import RunRow
from print_packs.runs.run_notes import RunNotes
from print_packs.runs.run_pdf import checksum_of
from print_packs.runs.single_packs import safe_name, several_alone
from print_packs.runs.stack_making import StackMade
from print_packs.stacks import Stack

CHECKSUMS: Final = "SHA256SUMS"


def file_names(packs: Sequence[Pack]) -> list[str]:
    """Return a file name for each pack: the key of the household, numbered if it has several."""
    names: dict[str, None] = {}
    for pack in packs:
        safe = safe_name(pack.key)
        name, number = f"{safe}.pdf", 1
        while name in names:
            number += 1
            name = f"{safe}-{number}.pdf"
        names[name] = None
    return list(names)


def run_folder(data: Path, run: RunRow) -> Path:
    """Return where the files of a run lie."""
    return data / "packs" / run.week / f"run-{run.number}"


def sides_folder(folder: Path) -> Path:
    """Return where fronts and backs of a run lie."""
    return folder.with_name(f"{folder.name}-sides")


@contextmanager
def only_maker(data: Path, week: str, batch: str) -> Iterator[None]:
    """Hold a batch while its files are made: of two who make it at once one is told to wait."""
    with held(data / "packs" / week / f".{safe_name(batch)}.lock") as is_ours:
        if not is_ours:
            raise JetkizError(
                N_("These packs of week {week} are being made already."),
                N_("Wait until they are ready: jetkiz packs status {week}."),
                week=week,
            )
        yield


def open_run(folder: Path) -> None:
    """Make the folder of a run; while its files are made anew nothing says that they are whole.

    Fronts and backs that were laid apart before are those of an earlier making: they go.
    """
    make_folder(folder)
    _removed(folder / CHECKSUMS)
    sync_folder(folder)
    clear_away(sides_folder(folder), ())


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a run: files with the packs that are released, and why others are held back."""

    files: tuple[StackMade, ...]
    packs: tuple[PackFile, ...]
    held_back: Mapping[str, Fault]
    """By the name of the pack, the first fault of it."""

    @classmethod
    def of(cls, stacks: Sequence[StackMade]) -> "Made":
        """Sum up the stacks of a run."""
        held: dict[str, Fault] = {}
        for fault in (fault for one in stacks for fault in one.faults):
            held.setdefault(fault.pack, fault)
        files = tuple(one for one in stacks if one.sha256)
        return cls(files, tuple(one for each in files for one in each.stack.packs), held)


def close_run(
    folder: Path, made: Made, most_alone: int, paper: Iterable[tuple[str, bytes]]
) -> dict[str, str]:
    """Write what lies beside the stacks of a run; return the checksums of all its files.

    Each file of ``paper`` lies on the disk before the next is asked for.
    """
    sums = {one.stack.name: one.sha256 for one in made.files}
    for one, content in _alone(folder, made.packs if len(made.packs) <= most_alone else ()):
        write_whole(folder / one.name, content)
        sums[one.name] = hashlib.sha256(content).hexdigest()
    for name, content in paper:
        write_whole(folder / name, content)
        sums[name] = hashlib.sha256(content).hexdigest()
    clear_away(folder, sums)
    return sums


def release_run(folder: Path, made: Made, sums: Mapping[str, str]) -> None:
    """Write the list of checksums, last of all; a run of which nothing is released has none."""
    failpoint("before_checksums")
    if made.packs:
        lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
        write_whole(folder / CHECKSUMS, lines.encode())


def _alone(folder: Path, files: Sequence[PackFile]) -> Iterator[tuple[PackFile, bytes]]:
    for stack, group in groupby(files, key=lambda one: one.stack):
        packs = list(group)
        spans = [(one.first_page, one.pages) for one in packs]
        yield from zip(packs, several_alone(folder / stack, spans), strict=True)


def clear_away(folder: Path, known: Container[str]) -> None:
    """What an earlier making left, and this one did not make, must not be printed with it."""
    for file in folder.rglob("*"):
        if file.is_file() and file.relative_to(folder).as_posix() not in known:
            _removed(file)


def _removed(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        # Some systems keep a file that somebody reads: the run is made again when it is closed.
        raise UnwritableError(file, error) from error


def job_ticket(run: RunRow, made: Made, notes: RunNotes, t: Translator) -> bytes:
    """Return what a print shop needs to know: no name and no address is in it."""
    packs = made.packs
    job: dict[str, Any] = {
        "week": run.week,
        "run": run.number,
        "channel": run.channel,
        "printed_on": run.printed_on.isoformat(),
        "paper": "A4, 80 g/m2",
        "duplex": "long edge",
        "layout": run.layout.value,
        "packs": len(packs),
        "sheets": sum(one.sheets for one in packs),
        "grams": sum(one.grams for one in packs),
        "released": bool(packs),
        "held_back": all_said(notes.held_back, t),
        "problems": all_said(notes.left_out, t),
        "notices": all_said(notes.notices, t),
        "files": [_file_line(run, one.stack) for one in made.files],
        "list": [_pack_line(one) for one in packs],
    }
    return (json.dumps(job, ensure_ascii=False, indent=1) + "\n").encode()


def _file_line(run: RunRow, stack: Stack) -> dict[str, Any]:
    indexes = [one.index for one in stack.bundles if one.index]
    return {
        "file": stack.name,
        "batch": batch_name(run, stack),
        "packs": len(stack.packs),
        "sheets": stack.sheets,
        "first_index": indexes[0] if indexes else "",
        "last_index": indexes[-1] if indexes else "",
        "checksum": checksum_of(one.sha256 for one in stack.packs),
    }


def _pack_line(one: PackFile) -> dict[str, Any]:
    return {
        "pack": one.pack.place,
        "print_id": one.pack.print_id,
        "file": one.stack,
        "first_page": one.first_page + 1,
        "pages": one.pages,
        "sheets": one.sheets,
        "grams": one.grams,
        "carrier": "post" if one.pack.by_post else "hand",
        "alone": one.name,
        "sha256": one.sha256,
    }


def manifest(packs: Sequence[PackFile]) -> bytes:
    """Return a line for each pack as a table, for a spreadsheet program of any age."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines = [_pack_line(one) for one in packs]
    if lines:
        writer.writerow(lines[0])
    for line in lines:
        writer.writerow([harmless(str(cell)) for cell in line.values()])
    return out.getvalue().encode("utf-8-sig")
