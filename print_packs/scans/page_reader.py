"""Which codes on a scanned page are ours: opened and read in a limited process, proved here."""

import atexit
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from jetkiz.codes import SheetCode, Standing, judge
from jetkiz.errors import JetkizError
from jetkiz.limited_process import CrashedError, LimitedProcess, Limits, TooCostlyError
from print_packs.issuer import Issuer
from print_packs.quizzes.reading import BlockReading
from print_packs.scans.code_reader import LOOKS
from print_packs.scans.scan_pages import HEIC, ScannedPage
from print_packs.scans.sheet_place import Placed, Point, Points, lone_links, lone_slip, placed
from print_packs.scans.told_pages import ToldPage, ToldReading, told_block, told_page

CHILD: Final = "print_packs.scans.page_child:answer"
_LONGEST: Final = 4_000
LIMITS: Final = Limits(seconds=30.0, megabytes=2_500, answer_megabytes=500)


@dataclass(frozen=True, slots=True)
class Seen:
    """A text on a picture: what it is, and whose it says it is."""

    standing: Standing
    code: SheetCode | None


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page and what stands on it; ``sheets`` are ours, proved, in the order they were read.

    ``size`` is that of the picture, the way up its camera meant; the places of the codes are
    points of it. ``sharpness`` compares pictures of one sheet. ``is_slip`` where a return slip of
    ours lies alone in the picture; ``links`` are those of a page that does.
    """

    page: ScannedPage
    pages: int
    sheets: tuple[Placed, ...] = ()
    seen: tuple[Seen, ...] = ()
    is_blank: bool = False
    is_damaged: bool = False
    sharpness: float = 0.0
    size: tuple[int, int] = (0, 0)
    is_slip: bool = False
    links: tuple[str, ...] = ()

    @property
    def turn(self) -> int:
        """By how much the picture is to be turned to the left."""
        return self.sheets[0].turn if self.sheets else 0


@cache
def scan_process() -> LimitedProcess:
    """Return the one process of this program in which scans are read: it takes a while to begin."""
    process = LimitedProcess(CHILD, LIMITS)
    atexit.register(process.close)
    return process


@dataclass(slots=True)
class PageReader:
    """Reads pages of scans; kept, it opens a scan once for all its pages.

    ``is_quick`` leaves out the looks that take longest: somebody waits for the answer.
    """

    issuer: Issuer
    process: LimitedProcess = field(default_factory=scan_process)
    is_quick: bool = False

    def pages(self, file: Path, first: int = 1, content: bytes = b"") -> Iterator[ReadPage]:
        """Read the pages of a scan one after the other.

        A page over which the process is lost counts as damaged, and the next is read.
        """
        place, count = first, first
        while place <= count:
            try:
                found = self.read(file, place, content)
                count = found.pages
                yield found
            except (TooCostlyError, CrashedError) as lost:
                if place == first:
                    count = self._pages_beside(file, first, content, lost)
                yield ReadPage(ScannedPage(file.name, place, b"", ""), count, is_damaged=True)
            place += 1

    def _pages_beside(self, file: Path, first: int, content: bytes, lost: JetkizError) -> int:
        """Return how many pages a file has whose first one broke the process.

        What opens the file may be what breaks: where the next page is not read either, the file
        is at fault, not a page of it.
        """
        try:
            return self.read(file, first + 1, content).pages
        except JetkizError:
            raise lost from None

    def read(self, file: Path, place: int, content: bytes = b"") -> ReadPage:
        """Read one page of a scan; ``content`` stands for a file that lies nowhere open."""
        told, found = self._ask(file, place, -1, content)
        page = ScannedPage(file.name, place, found, told.media_type, told.is_drawn)
        reading = told.reading
        if reading is None:
            return ReadPage(page, told.pages, is_damaged=True)
        texts: dict[str, Points] = {}
        while True:
            texts |= reading.texts
            judged = {text: judge(text, self.issuer.number, self.issuer.keys) for text in texts}
            ours = [
                (text, texts[text])
                for text, (standing, _) in judged.items()
                if standing == Standing.OURS
            ]
            sheets = placed(ours, self.issuer.number)
            is_slip = not sheets and lone_slip(ours, self.issuer.number, told.size)
            is_known = bool(sheets) or is_slip or reading.is_blank
            more = None if is_known else self._more(file, place, reading, content)
            if more is None:
                break
            reading = more
        return ReadPage(
            page,
            told.pages,
            tuple(sheets),
            tuple(Seen(*one) for one in judged.values()),
            is_blank=reading.is_blank and not texts,
            sharpness=reading.sharpness,
            size=told.size,
            is_slip=is_slip,
            links=lone_links(texts.items(), told.size),
        )

    def _more(
        self, file: Path, place: int, reading: ToldReading, content: bytes
    ) -> ToldReading | None:
        """Take further looks after a text that was a fraud; None when all were taken.

        What is known so far is worth more than the looks that cost too much.
        """
        if not -1 <= reading.look < len(LOOKS) - 1:
            return None
        with suppress(TooCostlyError, CrashedError):
            further = self._ask(file, place, reading.look, content)[0].reading
            # Looks only go on: what stood still would be asked for ever.
            return further if further and further.look > reading.look else None
        return None

    def shown(
        self, file: Path, found: ReadPage, sheet: Placed | None = None, content: bytes = b""
    ) -> bytes:
        """Return a page as a JPEG; of a sheet its own part of a larger picture, upright."""
        box = sheet.box(found.size) if sheet and len(found.sheets) > 1 else (0, 0, *found.size)
        turn = sheet.turn if sheet else 0
        asked = {"file": str(file), "place": found.page.place, "box": box, "turn": turn}
        question = json.dumps(asked | {"longest": _LONGEST}).encode()
        return self.process.ask(question + b"\n" + content)

    def block(
        self, content: bytes, serial: int, options: Sequence[int], several: Sequence[bool]
    ) -> BlockReading:
        """Read the circles on the stored page of a sheet; it was proved to be that sheet's."""
        asked = {"issuer": self.issuer.number, "serial": serial}
        quiz = {"options": list(options), "several": list(several)}
        line = json.dumps({"file": "sheet", "block": asked | quiz}).encode()
        return told_block(self.process.ask(line + b"\n" + content), options)

    def _ask(self, file: Path, place: int, after: int, content: bytes) -> tuple[ToldPage, bytes]:
        asked = {
            "file": str(file),
            "place": place,
            "after": after,
            "issuer": self.issuer.number,
            "is_quick": self.is_quick,
        }
        answer = self.process.ask(json.dumps(asked).encode() + b"\n" + content)
        line, _, found = answer.partition(b"\n")
        return told_page(line), found


def small_picture(content: bytes, longest: int) -> bytes:
    """Return a stored picture as an upright JPEG of so many points; a broken one is refused."""
    asked = {"file": "picture", "place": 1, "box": None, "turn": 0, "longest": longest}
    return scan_process().ask(json.dumps(asked).encode() + b"\n" + content)


def flat_block(content: bytes, corners: Sequence[Point]) -> bytes:
    """Return a block cut out of its page, as a JPEG; ``corners`` are shares, clockwise."""
    line = json.dumps({"file": "sheet", "corners": [list(one) for one in corners]}).encode()
    return scan_process().ask(line + b"\n" + content)


def needs_cutting(found: ReadPage) -> bool:
    """Whether what is shown cannot be the picture as it came."""
    return len(found.sheets) > 1 or found.page.media_type == HEIC
