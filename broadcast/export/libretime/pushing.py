"""How a week is brought to LibreTime: the intention is written down, then done, step by step.

What breaks off is simply repeated: marks at the LibreTime say what stands already.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from broadcast.export.libretime.server import Server
from broadcast.export.libretime.steps import Step, steps
from broadcast.export.rows import ExportRow
from jetkiz.errors import JetkizError
from jetkiz.storage.whole_files import write_whole

_AROUND = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: how many items were made, changed and taken away."""

    made: int
    changed: int
    gone: int

    @property
    def is_nothing(self) -> bool:
        """True when all stood as planned."""
        return not (self.made or self.changed or self.gone)


def push(
    rows: Sequence[ExportRow], days: tuple[datetime, datetime], server: Server, journal: Path,
    now: datetime,
) -> Pushed:  # fmt: skip
    """Make a LibreTime play the airings of one station; again, it does nothing.

    ``days`` are the beginning and the end of what is planned. ``journal`` keeps the intention and
    what came of it. Raises JetkizError with all that was done so far done.
    """
    starts = [row.airing.start for row in rows]
    since, until = min([days[0], *starts]) - _AROUND, max([days[1], *starts]) + _AROUND
    planned = steps(rows, server.found(since, until), now)
    if planned:
        _do_all(planned, server, journal, now)
    return Pushed(
        made=sum(one.id is None for one in planned),
        changed=sum(one.id is not None and one.fields is not None for one in planned),
        gone=sum(one.id is not None and one.fields is None for one in planned),
    )


def _do_all(planned: Sequence[Step], server: Server, journal: Path, now: datetime) -> None:
    made: dict[tuple[str, str], int] = {}
    done = 0
    broke_off = "before the end was noted"
    _note(journal, planned, (done, broke_off), now)
    try:
        for step in planned:
            key = server.do(step, _filled(step, made))
            if key is not None:
                made[step.kind, step.name] = key
            done += 1
        broke_off = ""
    except JetkizError as error:
        broke_off = str(error)
        raise
    finally:
        _note(journal, planned, (done, broke_off), now)


def _filled(step: Step, made: dict[tuple[str, str], int]) -> dict[str, Any] | None:
    if step.fields is None:
        return None
    kinds = {"show": "shows", "instance": "show-instances"}
    return step.fields | {name: made[kinds[name], of] for name, of in step.links.items()}


def _note(journal: Path, planned: Sequence[Step], outcome: tuple[int, str], now: datetime) -> None:
    """Note how many steps are done, and why no more are."""
    told = {
        "at": now.isoformat(),
        "done": outcome[0],
        "broke_off": outcome[1],
        "steps": [asdict(one) for one in planned],
    }
    write_whole(journal, json.dumps(told, ensure_ascii=False, indent=1).encode())
