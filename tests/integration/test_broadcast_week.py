"""A week on TV from lessons to the log of what was aired, on both databases."""

from datetime import timedelta
from pathlib import Path

import pytest

from broadcast.channel import BroadcastChannel
from broadcast.confirming import confirm_week, read_confirmations
from broadcast.revisions import keep_draft, publish
from jetkiz.channel import ChannelError
from jetkiz.config import Settings
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.ledger import deliveries
from jetkiz.delivery.model import Batch, Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.lessons.shelf import read_lessons
from jetkiz.lessons.tables import lesson
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import Home, Need, Student
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from tests.air_weeks import put_on_air, week_on_air
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week

BY_TV = Choice("broadcast", ChoiceReason.ONLY_CHANNEL)


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    return Workplace(Settings(data=tmp_path), database, FileStore(tmp_path / "files"), lambda: NOW)


def _on_air(workplace: Workplace) -> People:
    with workplace.database.write() as connection:
        people = add_people(connection)
        assert put_on_air(connection) == len(people.lessons)
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
        _home("balapan", Need.SIGN_LANGUAGE),
    ):
        answer = channel.can_reach(home, lesson)
        assert not answer.possible
        assert answer.test


def test_a_lesson_with_an_interpreter_reaches_who_does_not_hear(workplace: Workplace) -> None:
    """And a child is told of no hour at which it could not follow."""
    people = _on_air(workplace)
    deaf, hearing = people.alice, people.bob
    with workplace.database.write() as connection:
        signed = lesson.update().where(lesson.c.id == people.lessons[0])
        connection.execute(signed.values(sign_language=True))
        need = student.update().where(student.c.id == deaf).values(needs="sign_language")
        connection.execute(need)
    channel = BroadcastChannel(workplace)
    with workplace.database.read() as connection:
        first, second, *_ = read_lessons(connection, WEEK)
        shown = channel.showings(connection, WEEK, [deaf, hearing])
    home = _home("balapan", Need.SIGN_LANGUAGE)
    assert channel.can_reach(home, first).possible
    assert not channel.can_reach(home, second).possible
    assert list(shown[deaf]) == [people.lessons[0]]
    assert set(shown[hearing]) == set(people.lessons)


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
    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*.*")}
    assert names >= {f"timetable.{kind}" for kind in ("xml", "csv", "xlsx", "ics", "jsonld")}
    assert names >= {"pages/kk-2.pdf", "calendars/kk-2.ics"}


def test_a_draft_is_not_handed_over_and_goes_out_when_it_is_published(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        people = add_people(connection)
        number = keep_draft(connection, WEEK, *week_on_air(connection), NOW)
        publish_week(connection, people, BY_TV, BY_TV)
    batch = Batch(f"broadcast:{WEEK}", "broadcast", WEEK, ())
    channel = BroadcastChannel(workplace)
    with pytest.raises(ChannelError, match="draft") as caught:
        channel.dispatch(batch, NOW)
    assert not caught.value.permanent
    with workplace.database.write() as connection:
        publish(connection, WEEK, number, "test", NOW)
    channel.dispatch(batch, NOW)
    assert (workplace.settings.data / "broadcast" / WEEK / "timetable.xml").is_file()


def test_a_week_accepted_by_one_channel_is_on_its_way_there_alone(workplace: Workplace) -> None:
    _handed_over(workplace)
    with workplace.database.write() as connection:
        with pytest.raises(JetkizError, match="arna airs nothing"):
            confirm_week(connection, WEEK, "test", NOW, ["arna"])
        assert confirm_week(connection, WEEK, "test", NOW, ["balapan"]) == 4
        assert confirm_week(connection, WEEK, "test", NOW + timedelta(1), ["balapan"]) == 0
        assert read_confirmations(connection, WEEK) == {(1, "balapan"): NOW}
