"""What every channel of the table must promise, on both databases."""

import logging
import random
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jetkiz.channel import CHANNELS, Channel, ChannelError, load_channel
from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_batch, save_batch
from jetkiz.delivery.model import Batch, Choice, Consignment, Delivery
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.slots import CHANNEL_NUMBERS
from jetkiz.delivery.states import State
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import Home, Need
from jetkiz.roster.register import read_homes
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.schema import all_tables
from jetkiz.storage.workplace import Workplace
from tests.air_weeks import put_on_air
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week
from tests.full_disks import full_disk

SECRET = "77:very-secret-token"
PRIVATE = ("Alice", "Bob", "Abai", "110000", SECRET)
EVERYTHING = {
    FactKind.INTERNET: "4g",
    FactKind.PHONE: "own",
    FactKind.TELEGRAM: "linked",
    FactKind.TV: "balapan,el_arna",
    FactKind.POST: "yes",
    FactKind.PICK_UP: "yes",
}


@pytest.fixture(params=sorted(CHANNELS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    settings = Settings(data=tmp_path / "data", telegram_token=SECRET)
    return Workplace(settings, database, FileStore(tmp_path / "files"), lambda: NOW)


@pytest.fixture
def people(workplace: Workplace, name: str) -> People:
    with workplace.database.write() as connection:
        made = add_people(connection)
        ways = (Choice(name, ChoiceReason.ONLY_CHANNEL),) * len(made.lessons)
        publish_week(connection, made, *ways)
        put_on_air(connection)
    return made


@pytest.fixture
def channel(people: People, workplace: Workplace, name: str) -> Channel:
    assert people.lessons, "the world stands before the channel looks at it"
    return load_channel(name, workplace)


@pytest.fixture
def deliveries(people: People, workplace: Workplace) -> list[Delivery]:
    with workplace.database.read() as connection:
        homes = {one.student.id: one.student.household for one in read_homes(connection)}
        days = dict.fromkeys(people.lessons, MONDAY)
        return ledger.deliveries(connection, WEEK, homes, days)


def _home(workplace: Workplace, people: People, facts: dict[FactKind, str]) -> Home:
    with workplace.database.read() as connection:
        [home] = read_homes(connection, [people.alice])
    known = tuple(
        Fact(kind, value, Source.SURVEY, date(2026, 1, 1)) for kind, value in facts.items()
    )
    return replace(home, profile=AccessProfile(known))


def _kept_batch(workplace: Workplace, channel: Channel, deliveries: list[Delivery]) -> Batch:
    with workplace.database.write() as connection:
        batch = Batch("b", channel.name, WEEK, tuple(channel.prepare(deliveries)))
        return read_batch(connection, save_batch(connection, batch, NOW, NOW))


def _rows(workplace: Workplace) -> dict[str, int]:
    with workplace.database.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in all_tables().sorted_tables
        }


def _covered(consignments: list[Consignment]) -> Counter[tuple[int, int]]:
    return Counter(
        (content.student, lesson)
        for one in consignments
        for content in one.contents
        for lesson in content.lessons
    )


def test_the_name_is_the_key_of_the_table_and_has_a_stored_number(
    channel: Channel, name: str
) -> None:
    assert channel.name == name
    assert name in CHANNEL_NUMBERS


def test_an_unknown_home_is_out_of_reach_with_a_reason(
    channel: Channel, workplace: Workplace, people: People
) -> None:
    with workplace.database.read() as connection:
        lesson = read_lessons(connection, WEEK)[0]
    answer = channel.can_reach(_home(workplace, people, {}), lesson)
    assert not answer.possible
    for language in LANGUAGES:
        assert translator(language)(answer.test, **answer.facts)
    assert translator("kk")(answer.test, **answer.facts) != answer.test


def test_a_home_with_everything_is_reached_and_a_braille_reader_only_by_a_teacher(
    channel: Channel, workplace: Workplace, people: People
) -> None:
    with workplace.database.read() as connection:
        lesson = read_lessons(connection, WEEK)[0]
    home = _home(workplace, people, EVERYTHING)
    answer = channel.can_reach(home, lesson)
    assert answer.possible, answer.test
    assert 0 < answer.likelihood <= 1
    assert channel.can_reach(home, lesson) == answer
    reader = replace(home, student=replace(home.student, needs=frozenset({Need.BRAILLE})))
    assert channel.can_reach(reader, lesson).possible == (channel.name == "duty_class")


def test_preparing_changes_nothing_and_any_order_gives_the_same(
    channel: Channel, workplace: Workplace, deliveries: list[Delivery]
) -> None:
    before, files = _rows(workplace), list(workplace.settings.data.rglob("*"))
    first = channel.prepare(deliveries)
    mixed = random.Random(5).sample(deliveries, len(deliveries))
    assert channel.prepare(mixed) == first
    assert _rows(workplace) == before
    assert list(workplace.settings.data.rglob("*")) == files


def test_every_delivery_is_in_exactly_one_consignment(
    channel: Channel, deliveries: list[Delivery]
) -> None:
    consignments = channel.prepare(deliveries)
    assert _covered(consignments) == Counter((d.student, d.lesson) for d in deliveries)
    keys = [one.key for one in consignments]
    assert len(set(keys)) == len(keys)
    assert all(one.channel == channel.name and one.week == WEEK for one in consignments)


def test_nothing_to_deliver_is_no_consignment(channel: Channel) -> None:
    assert channel.prepare([]) == []


def test_handing_over_gives_one_receipt_for_each_delivery_and_repeats_its_keys(
    channel: Channel, workplace: Workplace, deliveries: list[Delivery]
) -> None:
    batch = _kept_batch(workplace, channel, deliveries)
    receipts = channel.dispatch(batch, NOW)
    heard = Counter((one.student, lesson) for one in receipts for lesson in one.lessons)
    assert heard == Counter((d.student, d.lesson) for d in deliveries)
    again = channel.dispatch(batch, NOW)
    assert sorted(one.key for one in again) == sorted(one.key for one in receipts)
    with workplace.database.write() as connection:
        assert record_receipts(connection, receipts, NOW) == len(receipts)
        assert record_receipts(connection, again, NOW) == 0


def test_a_full_disk_is_a_refusal_for_a_while_and_ends_with_it(
    channel: Channel, workplace: Workplace, deliveries: list[Delivery]
) -> None:
    batch = _kept_batch(workplace, channel, deliveries)
    refusal = None
    with full_disk():
        try:
            channel.dispatch(batch, NOW)
        except ChannelError as error:
            refusal = error
    # What Telegram takes lies in the database, where nothing needs to grow for two messages.
    assert refusal or channel.name == "telegram"
    if refusal:
        assert not refusal.permanent
        assert refusal.retry_after
        assert "{" not in refusal.reason.format(**refusal.facts)
    receipts = channel.dispatch(batch, NOW)
    assert {one.state.is_setback for one in receipts} == {channel.name == "telegram"}


def test_no_receipt_claims_more_than_the_channel_can_prove(
    channel: Channel, workplace: Workplace, deliveries: list[Delivery]
) -> None:
    receipts = channel.dispatch(_kept_batch(workplace, channel, deliveries), NOW)
    assert {one.state for one in receipts} <= channel.capabilities.proves
    for one in receipts:
        assert (one.reason is not None) == one.state.is_setback
    assert State.PLANNED not in channel.capabilities.proves


def test_logs_name_no_person_no_address_and_no_secret(
    channel: Channel,
    workplace: Workplace,
    deliveries: list[Delivery],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        channel.dispatch(_kept_batch(workplace, channel, deliveries), NOW)
    assert not [word for word in PRIVATE if word in caplog.text]


def test_codes_of_consignments_tell_nothing_about_a_person(
    channel: Channel, deliveries: list[Delivery]
) -> None:
    told = repr([(one.key, dict(one.payload)) for one in channel.prepare(deliveries)])
    assert not [word for word in PRIVATE if word in told]
