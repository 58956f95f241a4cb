"""What can become of a scanned page, in which words, and which ends need a person."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_


class ScanResult(StrEnum):
    """What became of a scanned page."""

    FILED = "filed"  # it lies with the student's work
    DUPLICATE = "duplicate"  # this picture or this sheet was filed before
    BLANK = "blank"  # an empty back
    SLIP = "slip"  # the page that homes put on top of what they send back
    STAYS_HOME = "stays_home"  # the page for the adult, which nobody had to send back
    OTHER_ISSUER = "other_issuer"  # the sheet of another school
    UNKNOWN_SERIAL = "unknown_serial"  # sealed by us, but no such sheet is known
    OTHER_HOME = "other_home"  # sent from the chat of a home that the child does not belong to
    REVOKED = "revoked"  # the pack was declared void
    UNREADABLE = "unreadable"  # no code could be read
    DAMAGED = "damaged"  # the picture breaks off and cannot be opened
    FOREIGN = "foreign"  # a code that is none of ours
    NOT_OURS = "not_ours"  # a person looked: it is no work of a student


RESULT_WORDS: Final[Mapping[ScanResult, str]] = {
    ScanResult.FILED: N_("filed to student and task"),
    ScanResult.DUPLICATE: N_("filed before"),
    ScanResult.BLANK: N_("blank page"),
    ScanResult.SLIP: N_("return slip: nothing to do"),
    ScanResult.STAYS_HOME: N_("page of a pack that may stay at home: nothing to do"),
    ScanResult.OTHER_ISSUER: N_("sheet of another school"),
    ScanResult.UNKNOWN_SERIAL: N_("sheet that is not in the records"),
    ScanResult.OTHER_HOME: N_("sheet of a child of another home, sent from a chat"),
    ScanResult.REVOKED: N_("sheet of a pack that was declared void"),
    ScanResult.UNREADABLE: N_("no mark could be read"),
    ScanResult.DAMAGED: N_("the picture breaks off"),
    ScanResult.FOREIGN: N_("not one of our sheets"),
    ScanResult.NOT_OURS: N_("put aside by a person: no work of a student"),
}
FOR_A_PERSON: Final = frozenset(
    {
        ScanResult.OTHER_ISSUER,
        ScanResult.UNKNOWN_SERIAL,
        ScanResult.OTHER_HOME,
        ScanResult.REVOKED,
        ScanResult.UNREADABLE,
        ScanResult.DAMAGED,
        ScanResult.FOREIGN,
    }
)


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """One page of a scan and what became of it; ``earlier`` says where it was filed from before."""

    source: str
    place: int
    result: ScanResult
    serial: int | None = None
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Work of which some sheets have come back and others have not."""

    student: int
    lesson: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """What a round of scanning brought."""

    pages: tuple[PageOutcome, ...]
    handed_in: tuple[tuple[int, int], ...]
    incomplete: tuple[Incomplete, ...]
    refused: tuple[JetkizError, ...] = ()

    @property
    def counts(self) -> Counter[ScanResult]:
        """How many pages came to which end."""
        return Counter(one.result for one in self.pages)

    @property
    def filed(self) -> int:
        """How many pages found their student and task."""
        return self.counts[ScanResult.FILED]
