"""What a simulated week may write to: a copy of the school's data, thrown away afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from jetkiz.storage.backup import back_up, copy_kept
from jetkiz.storage.workplace import Workplace, open_workplace
from scheduler.simulator.through import HandClock


@contextmanager
def copied(place: Workplace) -> Iterator[tuple[Workplace, HandClock]]:
    """Give a workplace on a copy of the data, with a clock to be moved by hand."""
    clock = HandClock(place.clock())
    with TemporaryDirectory(prefix="jetkiz-simulate-") as name:
        folder = Path(name)
        file = back_up(place.database, folder, clock())
        copy_kept(place.settings.data, folder)
        settings = replace(place.settings, data=folder, database_url=f"sqlite:///{file}")
        copy = open_workplace(settings, clock)
        try:
            yield copy, clock
        finally:
            copy.database.close()
