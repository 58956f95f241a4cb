"""Which files a print run leaves, where they lie, and that none of them is half written."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jetkiz.storage.whole_files import write_whole
from print_packs.model import Pack
from print_packs.pack_file import PackFile
from print_packs.records import RunRow


def file_names(packs: Sequence[Pack]) -> list[str]:
    """Return a file name for each pack: the key of the household, numbered if it has several."""
    names: list[str] = []
    for pack in packs:
        safe = safe_name(pack.key)
        name, number = f"{safe}.pdf", 1
        while name in names:
            number += 1
            name = f"{safe}-{number}.pdf"
        names.append(name)
    return names


def safe_name(key: str) -> str:
    """Return what the files of a household's packs begin with."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in key)


def run_folder(data: Path, run: RunRow) -> Path:
    """Return where the files of a run lie."""
    return data / "packs" / run.week / f"run-{run.number}"


def write_run(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a run, and last the list of their checksums."""
    for name, content in files.items():
        write_whole(folder / name, content)
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
    )
    write_whole(folder / "SHA256SUMS", sums.encode())


def job_ticket(run: RunRow, packs: Sequence[PackFile], problems: Sequence[str]) -> bytes:
    """Return what a print shop needs to know: no name and no address is in it."""
    job: dict[str, Any] = {
        "week": run.week,
        "run": run.number,
        "channel": run.channel,
        "printed_on": run.printed_on.isoformat(),
        "file": "run.pdf",
        "paper": "A4, 80 g/m2",
        "duplex": "long edge",
        "packs": len(packs),
        "sheets": sum(one.sheets for one in packs),
        "grams": sum(one.grams for one in packs),
        "problems": list(problems),
        "list": [
            {
                "pack": one.pack.place,
                "print_id": one.pack.print_id,
                "file": one.name,
                "first_page": one.first_page + 1,
                "pages": one.pages,
                "sheets": one.sheets,
                "grams": one.grams,
                "carrier": "post" if one.pack.by_post else "hand",
                "sha256": hashlib.sha256(one.pdf).hexdigest(),
            }
            for one in packs
        ],
    }
    return (json.dumps(job, ensure_ascii=False, indent=1) + "\n").encode()
