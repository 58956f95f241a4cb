"""What could not be made while the disk was full, and is then made and taken away by a person."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broadcast.confirming import confirm_week
from jetkiz.channel import ChannelError, load_channel
from jetkiz.delivery.consignments import BatchState, read_heads
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch
from jetkiz.engine.port import Job
from jetkiz.reports.progress import Standing, read_week_report
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages.running import read_running
from print_packs.runs.hand_over import hand_over as take_lists
from print_packs.runs.lists import read_lists
from print_packs.runs.remaking import make_week
from scheduler import dispatch
from tests.air_weeks import put_on_air
from tests.counting_channel import CountingChannel
from tests.factories import WEEK, People
from tests.print_school import NOW, print_school, workplace_in

BEFORE = NOW - timedelta(hours=4)
BETWEEN_TRIES = timedelta(hours=2)


@dataclass
class School:
    """A school with two lessons on paper and one on TV, and the clock's looks at what is due."""

    place: Workplace
    people: People
    now: datetime = BEFORE
    jobs: list[int] = field(default_factory=list)

    @property
    def workplace(self) -> Workplace:
        return replace(self.place, clock=lambda: self.now)

    def prepare(self) -> None:
        channels = {name: load_channel(name, self.workplace) for name in ("post", "broadcast")}
        with self.place.database.write() as connection:
            dispatch.prepare_week(connection, channels, WEEK, self.now)

    def enqueue(self, _tx: object, job: Job) -> None:
        self.jobs.append(int(job.ref))

    def send(self) -> None:
        """Hand over whatever is due, as clock and worker would."""
        self.jobs.clear()
        with self.place.database.write() as connection:
            dispatch.enqueue_due(connection, self, self.now)
        channels = {name: load_channel(name, self.workplace) for name in ("post", "broadcast")}
        for number in self.jobs:
            dispatch.hand_over(self.workplace, channels, number)

    def keep_trying(self) -> None:
        for _ in range(20):
            self.send()
            self.now += BETWEEN_TRIES

    def states(self) -> list[State]:
        with self.place.database.read() as connection:
            return [one.state for one in lesson_states(connection, WEEK, [self.people.alice])]

    def count(self, state: BatchState) -> int:
        with self.place.database.read() as connection:
            return len(read_heads(connection, state))


@pytest.fixture
def school(database: Database, tmp_path: Path) -> Iterator[School]:
    place = workplace_in(tmp_path, database)
    with database.write() as connection:
        people = print_school(connection)
        put_on_air(connection, BEFORE)
    made_school = School(place, people)
    made_school.prepare()
    return made_school


def _stand_in_the_way(school: School) -> list[Path]:
    """Put files where the folders of packs and timetables belong: nothing can be written."""
    places = [school.place.settings.data / name for name in ("packs", "broadcast")]
    for one in places:
        one.write_text("in the way")
    return places


def test_what_could_not_be_made_waits_for_a_person_and_is_not_called_failed(
    school: School,
) -> None:
    _stand_in_the_way(school)
    school.keep_trying()
    assert school.count(BatchState.STOPPED) == 2
    assert school.states() == [State.PLANNED] * 3
    with school.place.database.read() as connection:
        told = {one.channel for one in read_running(connection).stopped}
        report = read_week_report(connection, WEEK, {school.people.alice})
    assert told == {"post", "broadcast"}
    assert [one.standing for one in report.nothing] == [Standing.NOT_HANDED_OVER]


def test_packs_made_and_taken_after_all_stand_as_dispatched(school: School) -> None:
    in_the_way = _stand_in_the_way(school)
    school.keep_trying()
    for one in in_the_way:
        one.unlink()
    make_week(school.workplace, WEEK)
    assert school.count(BatchState.STOPPED) == 1, "only the timetable is still given up"
    with school.place.database.write() as connection:
        take_lists(connection, WEEK, None, school.now)
        confirm_week(connection, WEEK, "test", school.now)
    assert school.states() == [State.DISPATCHED] * 3
    assert school.count(BatchState.HANDED) == 2


def test_what_was_made_early_and_taken_is_not_made_again_when_its_hour_comes(
    school: School,
) -> None:
    school.now -= timedelta(days=2)
    make_week(school.workplace, WEEK)
    with school.place.database.write() as connection:
        take_lists(connection, WEEK, [1], school.now)
        connection.execute(student.update().values(active=False))
    folder = school.place.settings.data / "packs" / WEEK
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    school.now += timedelta(days=2)
    school.keep_trying()
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
    assert school.states()[:2] == [State.DISPATCHED] * 2


def test_packs_made_early_and_not_taken_are_made_anew_at_their_hour(school: School) -> None:
    school.now -= timedelta(days=2)
    make_week(school.workplace, WEEK)
    assert school.count(BatchState.WAITING) == 2
    with school.place.database.read() as connection:
        assert [one.confirmed_at for one in read_lists(connection, WEEK)] == [None, None]
    school.now += timedelta(days=2)
    school.keep_trying()
    assert school.count(BatchState.HANDED) == 2


def test_a_channel_that_refuses_for_good_still_fails_its_lessons(school: School) -> None:
    with school.place.database.write() as connection:
        connection.execute(batch.update().values(state=int(BatchState.QUEUED)))
        heads = read_heads(connection, BatchState.QUEUED)
    for one in heads:
        refusing = CountingChannel(refusals=[ChannelError("Never.", permanent=True)])
        dispatch.hand_over(school.workplace, {one.channel: refusing}, one.id)
    assert school.states() == [State.FAILED] * 3
