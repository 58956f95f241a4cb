"""The sample school lives a simulated week twice: as arrays, and through its ledger. Both agree."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

import pytest

from bot.sending import evidence
from jetkiz.channel import load_channels, switched_off
from jetkiz.config import Settings
from jetkiz.delivery.ledger import differences, weeks
from jetkiz.errors import JetkizError
from jetkiz.lessons.importing import import_lessons
from jetkiz.roster.importing import ImportWishes, import_roster
from jetkiz.roster.register import read_students
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from scheduler.plan_store import read_runs
from scheduler.simulator import through
from scheduler.simulator.carriers import Carrier
from scheduler.simulator.parameters import Parameters
from scheduler.simulator.through import Agreement, HandClock, rehearse
from tests.air_weeks import put_on_air
from tests.spoken import Jetkiz
from tests.terms import numbers

WEEK = "2026-W05"
NOW = datetime(2026, 1, 22, 4, 0, tzinfo=UTC)
SHIPPED = resources.files("jetkiz.demo")

Rehearse = Callable[..., Agreement]


def bring_the_school_in(place: Workplace) -> None:
    wishes = ImportWishes(NOW.date(), "kk", "Asia/Qostanay")
    with place.database.write() as connection:
        for name in ("roster.zip", "households.xlsx"):
            import_roster(connection, Path(str(SHIPPED / "school" / name)), wishes, by="t", now=NOW)
        import_lessons(connection, place.files, Path(str(SHIPPED / "lessons")), now=NOW)
        for number, one in enumerate(read_students(connection)):
            if number % 3:
                evidence.learn_telegram(connection, one.id, "linked", NOW)
        put_on_air(connection, NOW)


@pytest.fixture
def place(sqlite_database: Database, tmp_path: Path) -> Workplace:
    settings = Settings(
        data=tmp_path,
        zone="Asia/Qostanay",
        telegram_token="1:demo",
        print_capacity=200,
    )
    place = Workplace(settings, sqlite_database, FileStore(tmp_path / "files"), HandClock(NOW))
    bring_the_school_in(place)
    return place


@pytest.fixture
def lived(place: Workplace) -> Rehearse:
    channels = load_channels(place, switched_off(place.settings))

    def run(chances: Parameters, seed: int) -> Agreement:
        clock = place.clock
        assert isinstance(clock, HandClock)
        found = rehearse(place, clock, channels, WEEK, chances, seed)
        with place.database.read() as connection:
            assert differences(connection, WEEK) == []
        return found

    return run


def rough() -> Parameters:
    """Weeks in which much goes wrong: the paths that matter are walked often."""
    events = replace(
        numbers().events,
        bot_blocked_a_week=0.3,
        airing_dropped=0.3,
        power_cut_a_day_rural=0.3,
        late_post_rural=0.5,
    )
    return replace(numbers(), events=events)


def test_model_and_ledger_count_a_rough_week_alike(lived: Rehearse) -> None:
    found = lived(rough(), 1)
    assert found.model == found.ledger
    assert found.holds
    assert found.students == 43
    taken = sum(one.taken_over for one in found.ledger.values())
    received = sum(one.received for one in found.ledger.values())
    returned = sum(one.returned for one in found.ledger.values())
    assert taken > 20
    assert received > returned > 50
    assert found.batches > 10


def test_a_planted_fault_in_the_carrier_is_found(
    lived: Rehearse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A channel that swallows refusals: the ledger hears of no failure, and the two disagree."""
    honest = Carrier._receipt

    def silent(self: Carrier, *about: object) -> object:
        self.refusing.clear()
        return honest(self, *about)  # type: ignore[arg-type]

    monkeypatch.setattr(Carrier, "_receipt", silent)
    monkeypatch.setattr(through, "_refuses", lambda *_: True)
    assert not lived(rough(), 1).holds


def test_the_command_lives_in_a_copy_and_leaves_the_school_alone(
    place: Workplace,
    sqlite_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JETKIZ_TELEGRAM_TOKEN", "1:demo")
    command = Jetkiz(sqlite_url, tmp_path, capsys)
    arguments = ("simulate", "--through-ledger", "--week", WEEK)
    said = command.run(*arguments)
    assert "Both count alike" in said
    assert "43 students" in said
    with place.database.read() as connection:
        assert weeks(connection) == []
        assert read_runs(connection, WEEK) == []
    assert not (tmp_path / "simulation").exists()


@pytest.mark.parametrize("students", [0, 301])
def test_a_school_that_is_empty_or_too_large_is_refused(students: int) -> None:
    through._refuse_size(300)
    with pytest.raises(JetkizError, match=f"{students} students cannot be taken"):
        through._refuse_size(students)


def test_a_clock_stands_still_until_it_is_moved() -> None:
    clock = HandClock(NOW)
    assert clock() == clock() == NOW
    clock.now = datetime(2026, 1, 26, tzinfo=UTC)
    assert clock().date() == date(2026, 1, 26)
