"""Keeps the rehearsal on disk, one line a change, so that it can be stopped and started again.

A line holds all events of one change, so a change is either remembered whole or not at all. Lines
are flushed but not forced to the disk: a rehearsal must survive a killed process, not a power cut.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from jetkiz.i18n import N_
from jetkiz.rehearsal.state.model import Event, EventKind
from jetkiz.rehearsal.state.refusals import RehearsalError

Change = tuple[datetime, list[Event]]


class Journal:
    """A file of changes; reading it cuts off a last line that a kill left unfinished."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sink: IO[bytes] | None = None

    def changes(self) -> Iterator[Change]:
        if not self.path.exists():
            return
        whole = 0
        with self.path.open("rb") as source:
            for number, line in enumerate(source, start=1):
                if not line.endswith(b"\n"):
                    break
                yield self.read_line(number, line)
                whole += len(line)
        with self.path.open("r+b") as source:
            source.truncate(whole)

    def read_line(self, number: int, line: bytes) -> Change:
        try:
            change = json.loads(line)
            at = datetime.fromisoformat(change["at"])
            return at, [Event(EventKind(kind), facts) for kind, facts in change["events"]]
        except (ValueError, KeyError, TypeError) as error:
            raise RehearsalError(
                N_("Line {number} of {path} is not a rehearsal's journal."),
                N_("Choose another file, or move this one away to begin a new rehearsal."),
                number=number,
                path=self.path,
            ) from error

    def write(self, at: datetime, events: list[Event]) -> None:
        if self.sink is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.sink = self.path.open("ab")
        change = {"at": at.isoformat(), "events": [[e.kind.value, e.facts] for e in events]}
        self.sink.write(json.dumps(change, ensure_ascii=False).encode() + b"\n")
        self.sink.flush()

    def close(self) -> None:
        if self.sink is not None:
            self.sink.close()
            self.sink = None
