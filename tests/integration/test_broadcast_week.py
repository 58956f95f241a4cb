"""A week on TV from lessons to the log of what was aired, on both databases."""

import csv
import io
from datetime import date, time
from pathlib import Path

import pytest

from broadcast.airings import keep_timetable, read_airings, read_programmes, revisions
from broadcast.as_run_log import AsRun, confirm_week, read_log, record_log
from broadcast.channel import BroadcastChannel
from broadcast.exporting import export_week
from broadcast.plan.model import AiringStatus
from broadcast.timetable import make_timetable
from broadcast.tv_channels import read_tv_channels
from jetkiz.channel import ChannelError
from jetkiz.config import Settings
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.ledger import deliveries, lesson_states
from jetkiz.delivery.model import Batch, Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import Home, Need, Student
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week

BY_TV = Choice("broadcast", ChoiceReason.ONLY_CHANNEL)


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    return Workplace(Settings(data=tmp_path), database, FileStore(tmp_path / "files"), lambda: NOW)


def _on_air(workplace: Workplace) -> People:
    with workplace.database.write() as connection:
        people = add_people(connection)
        made = make_timetable(WEEK, read_programmes(connection, WEEK), read_tv_channels())
        assert keep_timetable(connection, made, NOW) == len(people.lessons)
        publish_week(connection, people, BY_TV, BY_TV)
    return people


def _handed_over(workplace: Workplace) -> tuple[People, BroadcastChannel, Batch]:
    people = _on_air(workplace)
    channel = BroadcastChannel(workplace)
    with workplace.database.write() as connection:
        days = dict.fromkeys(people.lessons, MONDAY)
        homes = {people.alice: 1, people.bob: 2}
        planned = deliveries(connection, WEEK, homes, days)
        planned = [one for one in planned if one.channel == "broadcast"]
        batch = Batch(f"broadcast:{WEEK}", "broadcast", WEEK, tuple(channel.prepare(planned)))
        save_batch(connection, batch, NOW, NOW)
    return people, channel, batch


def _home(tv: str | None, *needs: Need) -> Home:
    facts = (Fact(FactKind.TV, tv, Source.SURVEY, MONDAY),) if tv else ()
    return Home(Student(1, 1, 1, "2A", 2, "kk", frozenset(needs)), AccessProfile(facts))


def test_tv_reaches_a_home_that_receives_the_channel(workplace: Workplace) -> None:
    _on_air(workplace)
    channel = BroadcastChannel(workplace)
    with workplace.database.read() as connection:
        lesson = read_lessons(connection, WEEK)[0]
    assert channel.can_reach(_home("balapan, el_arna"), lesson).possible
    for home in (
        _home(None),
        _home("none"),
        _home("unknown"),
        _home("el_arna"),
        _home("balapan", Need.BRAILLE),
    ):
        answer = channel.can_reach(home, lesson)
        assert not answer.possible
        assert answer.test


def test_tv_reaches_nobody_with_a_lesson_that_is_not_aired(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        add_people(connection)
        lesson = read_lessons(connection, WEEK)[0]
    assert not BroadcastChannel(workplace).can_reach(_home("balapan"), lesson).possible


def test_one_airing_serves_all_who_watch_in_any_order(workplace: Workplace) -> None:
    people, channel, batch = _handed_over(workplace)
    assert len(batch.consignments) == 2
    watchers = [content.student for content in batch.consignments[0].contents]
    assert watchers == [people.alice, people.bob]
    with workplace.database.read() as connection:
        days = dict.fromkeys(people.lessons, MONDAY)
        planned = deliveries(connection, WEEK, {people.alice: 1, people.bob: 2}, days)
    tv = [one for one in planned if one.channel == "broadcast"]
    assert tuple(channel.prepare(tv[::-1])) == batch.consignments


def test_handing_over_writes_the_files_and_proves_only_that(workplace: Workplace) -> None:
    _, channel, batch = _handed_over(workplace)
    first = channel.dispatch(batch, NOW)
    assert [one.key for one in channel.dispatch(batch, NOW)] == [one.key for one in first]
    assert {one.state for one in first} == {State.PREPARED}
    folder = workplace.settings.data / "broadcast" / WEEK
    assert {file.suffix for file in folder.iterdir()} == {".xml", ".csv", ".xlsx", ".ics"}


def test_a_faulty_timetable_is_not_handed_over(workplace: Workplace) -> None:
    _, channel, batch = _handed_over(workplace)
    with workplace.database.write() as connection:
        connection.exec_driver_sql("UPDATE airing SET minutes = 1")
    with pytest.raises(ChannelError, match="faults") as caught:
        channel.dispatch(batch, NOW)
    assert not caught.value.permanent, "a timetable made anew is handed over after all"
    with workplace.database.write() as connection:
        connection.exec_driver_sql("UPDATE airing SET minutes = 15")
    assert channel.dispatch(batch, NOW)


def test_the_log_decides_what_was_delivered(workplace: Workplace) -> None:
    people, _, _ = _handed_over(workplace)
    with workplace.database.write() as connection:
        assert confirm_week(connection, WEEK, NOW) == 4
        assert confirm_week(connection, WEEK, NOW) == 0
        aired, missed, _ = [one.id for one in read_airings(connection, WEEK)]
        log = AsRun((aired,), (missed, 99_999), ())
        assert record_log(connection, WEEK, log, NOW) == (2, 2)
        assert record_log(connection, WEEK, log, NOW) == (0, 0)
        states = [one.state for one in lesson_states(connection, WEEK, [people.alice])]
        status = [one.status for one in read_airings(connection, WEEK)]
    assert states == [State.DELIVERED, State.FAILED, State.PLANNED]
    assert status == [AiringStatus.AIRED, AiringStatus.MISSED, AiringStatus.PUBLISHED]


def test_an_airing_keeps_its_number_while_it_moves(workplace: Workplace) -> None:
    people = _on_air(workplace)
    with workplace.database.write() as connection:
        before = read_airings(connection, WEEK)
        channels = [one for one in read_tv_channels() if one.key == "balapan"]
        window = channels[0].windows[0].__class__(time(12), time(18))
        later = [channels[0].__class__(**_changed(channels[0], windows=(window,)))]
        programmes = [p for p in read_programmes(connection, WEEK) if p.lesson != people.lessons[2]]
        moved = make_timetable(WEEK, programmes, later)
        assert keep_timetable(connection, moved, NOW) == 3
        assert keep_timetable(connection, moved, NOW) == 0
        after = read_airings(connection, WEEK)
        assert sorted(revisions(connection, WEEK).values()) == [1, 1, 1]
    assert [one.id for one in after] == [one.id for one in before][:2]


def _changed(channel: object, **values: object) -> dict[str, object]:
    names = channel.__dataclass_fields__  # type: ignore[attr-defined]
    return {name: getattr(channel, name) for name in names} | values


def test_a_log_is_read_by_number_or_by_time_with_drift(workplace: Workplace) -> None:
    _on_air(workplace)
    with workplace.database.read() as connection:
        airings = read_airings(connection, WEEK)
    by_number = f"airing;status\n{airings[0].id};AIRED\nx;missed\n"
    log = read_log(by_number, airings, read_tv_channels())
    assert (log.aired, log.missed, log.unknown) == ((airings[0].id,), (), (3,))
    by_time = (
        "\ufeffchannel,date,start,status\nbalapan,2026-01-26,09:17,missed\n"
        "balapan,2026-01-26,15:00,aired\nother,2026-01-26,09:00,aired\n"
    )
    log = read_log(by_time, airings, read_tv_channels())
    assert (log.aired, log.missed, log.unknown) == ((), (airings[1].id,), (3, 4))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a log"),
        ("a;b\n1;2\n", "not a log"),
        ("airing;status\n1;perhaps\n", "Line 2"),
        ("channel;date;start;status\nbalapan;today;9;aired\n", "Line 2"),
    ],
)
def test_a_log_that_cannot_be_used_is_a_sentence(text: str, words: str) -> None:
    with pytest.raises(JetkizError, match=words):
        read_log(text, [], read_tv_channels())


def test_the_exported_playlist_is_read_back_as_a_log(workplace: Workplace) -> None:
    _on_air(workplace)
    with workplace.database.read() as connection:
        files = export_week(connection, WEEK, workplace.settings.data, NOW)
        airings = read_airings(connection, WEEK)
    text = next(file for file in files if file.suffix == ".csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert rows[0]["date"] == date(2026, 1, 26).isoformat()
    lines = ["airing;status", *(f"{row['airing']};aired" for row in rows)]
    log = read_log("\n".join(lines), airings, read_tv_channels())
    assert sorted(log.aired) == sorted(one.id for one in airings)
