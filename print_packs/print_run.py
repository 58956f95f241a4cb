"""Which run of a week packs are printed in: all that a process must know of it to draw a stack."""

from dataclasses import dataclass
from datetime import date

from print_packs.layout import Layout


@dataclass(frozen=True, slots=True)
class RunRow:
    """A print run as it is kept."""

    id: int
    key: str
    week: str
    number: int
    channel: str
    printed_on: date
    is_ready: bool
    layout: Layout = Layout.SINGLE
