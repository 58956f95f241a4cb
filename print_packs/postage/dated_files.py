"""Which file of rules or fees is in force: each is named by the day from which it holds."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

_AT_LINE: Final = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class DatedFile:
    """A file that holds from a day on: what it says, and its bytes to know it again."""

    path: Path
    day: date
    content: bytes

    @property
    def name(self) -> str:
        """The name as it is kept with a signature."""
        return self.path.name

    @property
    def sha256(self) -> str:
        """The checksum of its bytes."""
        return sha256(self.content).hexdigest()

    def table(self) -> dict[str, Any]:
        """Return what the file says; one that is no TOML is refused with its line."""
        try:
            return tomllib.loads(self.content.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = self.content[: error.start].count(b"\n") + 1
            raise self.broken(line, "UTF-8") from error
        except tomllib.TOMLDecodeError as error:
            at = _AT_LINE.search(str(error))
            line = int(at[1]) if at else self.content.count(b"\n") + 1
            raise self.broken(line, _AT_LINE.sub("", str(error)).strip()) from error

    def broken(self, line: int, reason: str) -> JetkizError:
        """Return the refusal of this file."""
        return JetkizError(
            N_("The file {file} cannot be used, line {line}: {reason}."),
            N_("Correct that line; until then the file before it is in force."),
            file=self.path,
            line=line,
            reason=reason,
        )

    def line_of(self, header: str, number: int, key: str) -> int:
        """Return the line of a key in the table with this header that has this number from 0."""
        lines = self.content.decode("utf-8-sig").splitlines()
        starts = [at for at, line in enumerate(lines) if line.strip() == f"[[{header}]]"]
        begin = starts[number] if number < len(starts) else 0
        end = starts[number + 1] if number + 1 < len(starts) else len(lines)
        found = (at for at in range(begin, end) if lines[at].split("=")[0].strip() == key)
        return next(found, begin) + 1


def dated_files(folders: Iterable[Path]) -> list[DatedFile]:
    """Return the files of folders, the youngest first; of one day, those of the last folder."""
    found: dict[date, DatedFile] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            try:
                day = date.fromisoformat(path.stem)
            except ValueError as error:
                raise JetkizError(
                    N_("The file {file} is not named by the day from which it holds."),
                    N_("Name it like 2026-09-01.toml."),
                    file=path,
                ) from error
            found[day] = DatedFile(path, day, path.read_bytes())
    return [found[day] for day in sorted(found, reverse=True)]
