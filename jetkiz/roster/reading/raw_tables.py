"""What stands in a CSV file: its letters, its separator, its rows with their numbers."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.reading.findings import Findings, Place

DELIMITERS: Final = (",", ";", "\t")
# Letters that only occur when Kazakh (KZ-1048) is read as Russian (cp1251).
_NOT_RUSSIAN: Final = re.compile("[ЂЃѓђЉЊЌЋЏљњќћџЎўЈҐґЄєЅѕј]")
_KAZAKH: Final = re.compile("[ӘҒҚҢӨҰҮҺәғқңөұүһ]")
_LOST_LETTER: Final = re.compile(r"\w\?\w")
# The first line by which Excel is told the separator; it does not show it.
_SEPARATOR: Final = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BLANKS: Final = re.compile(r"[\s\u00a0\u200b\ufeff]+")

# Longer cells are an unclosed quotation mark that swallowed the rest of the file.
csv.field_size_limit(100_000)


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows of text with the number a spreadsheet shows; blank rows are left out.

    A file that could not be read is there without rows: what refers to it is not blamed too.
    """

    file: str
    name: str
    rows: list[tuple[int, list[str]]]
    is_readable: bool = True


def tidy(text: str) -> str:
    """Return a cell without stray blanks."""
    # Most cells are one word: asking str first makes reading a third faster.
    return text if text.isalnum() else _BLANKS.sub(" ", text).strip()


def read_csv(file: str, content: bytes, findings: Findings) -> RawTable:
    """Turn the bytes of a CSV file into rows."""
    name = PurePosixPath(file).stem
    text = _decoded(file, content, findings)
    if text is None:
        return RawTable(file, name, [], is_readable=False)
    said = _SEPARATOR.match(text)
    text = text[said.end() :] if said else text
    separator = said[1] if said else _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = []
    try:
        for number, cells in enumerate(reader, start=1):
            tidied = [tidy(cell) for cell in cells]
            if any(tidied):
                rows.append((number, tidied))
    except csv.Error:
        findings.error(
            Place(file, len(rows) + 1),
            N_("From here on the file cannot be split into cells."),
            N_("Look for a quotation mark that is opened and never closed."),
        )
        return RawTable(file, name, [], is_readable=False)
    return RawTable(file, name, rows)


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _decoded(file: str, content: bytes, findings: Findings) -> str | None:
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    # Every one-byte code page has the same control characters, so they are told before decoding.
    plain = content.decode("utf-16" if is_utf16 else "latin-1", errors="replace")
    if _CONTROLS.search(plain):
        findings.error(
            Place(file),
            N_("This is no table of text."),
            N_("Export the table as CSV (UTF-8) or XLSX."),
        )
        return None
    if is_utf16:
        return plain
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _from_old_windows(file, content, error.start, findings)


def _from_old_windows(file: str, content: bytes, start: int, findings: Findings) -> str:
    """Excel saves "CSV" in the code page of Windows: Russian, or Kazakh where it was set up."""
    russian = content.decode("cp1251", errors="replace")
    kazakh = content.decode("kz1048", errors="replace")
    is_kazakh = bool(_KAZAKH.search(kazakh) and _NOT_RUSSIAN.search(russian))
    text, encoding = (kazakh, "KZ-1048") if is_kazakh else (russian, "cp1251")
    findings.warn(
        Place(file, content.count(b"\n", 0, start) + 1),
        N_("The file is not UTF-8; it was read as {encoding}: «{sample}»."),
        N_("If that reads well, go on. Otherwise save it again as CSV UTF-8."),
        encoding=encoding,
        sample=tidy(text[max(0, start - 20) : start + 40]),
    )
    lost = _LOST_LETTER.search(text)
    if lost:
        findings.warn(
            Place(file, text.count("\n", 0, lost.start()) + 1),
            N_("Letters were lost when the file was saved: «{sample}»."),
            N_("Save it again as XLSX or CSV UTF-8; a question mark stands for a Kazakh letter."),
            sample=tidy(text[max(0, lost.start() - 15) : lost.end() + 15]),
        )
    return text
