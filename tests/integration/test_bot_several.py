"""Several bots: each school's families talk with its own, and nobody is lost between two."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot import bots
from bot.channel import TelegramChannel
from bot.chats import links, staff
from bot.sending import evidence
from bot.tables import outbox, telegram_link
from bot.words.keyboards import Verb
from jetkiz.bot_tokens import BotToken
from jetkiz.config import Settings
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.ledger import deliveries
from jetkiz.delivery.model import Batch
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.roster.access_profile import FactKind
from jetkiz.roster.link_codes import LinkRole, make_link_code, read_link_address, typed_form
from jetkiz.roster.register import read_homes
from jetkiz.staff.staff_codes import make_staff_code, use_staff_code
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace, wall_clock
from tests.bot_family import Family, family_of
from tests.bot_staff import number_of
from tests.console import add_staff
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week

ALL, OWN = BotToken("1:test"), BotToken("2:own", "s2")


@pytest.fixture
def people(sqlite_database: Database) -> People:
    with sqlite_database.write() as connection:
        found = add_people(connection)
        bots.take_up(connection, [ALL, OWN])
        bots.remember_name(connection, 1, "all_bot")
        bots.remember_name(connection, 2, "own_bot")
    return found


def linked(connection: Connection, bot: int, chat_id: int, *students: int) -> links.Chat:
    chat = links.open_chat(connection, bot, chat_id, "en")
    for student in students:
        links.link(connection, chat, student, "guardian", NOW)
    return chat


def test_a_school_has_its_own_bot_or_that_of_all_others(
    sqlite_database: Database, people: People
) -> None:
    with sqlite_database.read() as connection:
        names = [bots.bot_of_school(connection, n) for n in (people.school, people.other_school)]
        assert [one.name for one in names if one] == ["all_bot", "own_bot"]
        address = read_link_address(connection, "telegram", people.school)
        assert address == read_link_address(connection, "telegram") == "https://t.me/all_bot"
        own = read_link_address(connection, "telegram", people.other_school)
        assert own == "https://t.me/own_bot"


def test_a_school_whose_bot_has_no_name_yet_gets_no_foreign_link(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        bots.take_up(connection, [ALL])
        bots.remember_name(connection, 1, "all_bot")
        bots.take_up(connection, [ALL, OWN])
        assert read_link_address(connection, "telegram", people.other_school) == ""
        bots.take_up(connection, [ALL])
        own = read_link_address(connection, "telegram", people.other_school)
        assert own == "https://t.me/all_bot", "the school is one of all others again"


def test_a_school_that_the_roster_does_not_have_is_refused(database: Database) -> None:
    with database.write() as connection:
        add_people(connection)
    with pytest.raises(JetkizError, match="no school s9"), database.write() as connection:
        bots.take_up(connection, [ALL, BotToken("2:own", "s9")])
    with database.read() as connection:
        assert bots.in_use(connection) == []


def test_a_bot_that_the_settings_no_longer_name_reaches_nobody(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        bots.take_up(connection, [ALL, OWN])
        old = linked(connection, 1, 5, people.charlie)
        new = linked(connection, 2, 5, people.charlie)
        assert [one.bot for one in links.all_phones(connection, people.charlie)] == [1, 2]
        assert links.phones(connection, 2, people.charlie) == [new]
        bots.take_up(connection, [OWN])
        assert links.all_phones(connection, people.charlie) == [new]
        bots.take_up(connection, [OWN, ALL])
        assert links.all_phones(connection, people.charlie) == [old, new]


def test_lessons_go_to_the_phones_of_every_bot(
    sqlite_database: Database, people: People, tmp_path: Path
) -> None:
    place = Workplace(Settings(telegram_token="1:test"), sqlite_database, FileStore(tmp_path))
    channel = TelegramChannel(place)
    with sqlite_database.write() as connection:
        publish_week(connection, people)
        linked(connection, 1, 5, people.alice)
        linked(connection, 2, 6, people.alice)
        homes = {people.alice: 1}
        wanted = deliveries(connection, WEEK, homes, dict.fromkeys(people.lessons, MONDAY))
        batch = Batch("b", "telegram", WEEK, tuple(channel.prepare(wanted)))
        save_batch(connection, batch, NOW, NOW)
    [receipt] = channel.dispatch(batch, NOW)
    assert receipt.state == State.PREPARED
    assert left_by(sqlite_database) == [(1, 5), (2, 6)]
    with sqlite_database.write() as connection:
        assert channel.take_back(connection, batch.consignments[0], people.lessons[:1])
    assert left_by(sqlite_database) == [(1, 5), (2, 6)], "the rest of the day, once for each phone"


def left_by(database: Database) -> list[tuple[int, int]]:
    """Return by which bot and to which chat messages wait."""
    c = outbox.c
    query = select(c.bot_id, c.chat_id).where(c.state == "queued").order_by(c.id)
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_a_phone_of_another_bot_keeps_the_student_reachable(
    sqlite_database: Database, people: People
) -> None:
    def reached(connection: Connection) -> str:
        [home] = read_homes(connection, [people.charlie])
        return home.profile.value(FactKind.TELEGRAM)

    with sqlite_database.write() as connection:
        linked(connection, 1, 5, people.charlie)
        linked(connection, 2, 6, people.charlie)
        evidence.learn_telegram(connection, people.charlie, evidence.LINKED, NOW)
        evidence.lose_chat(connection, 1, 5, NOW)
        assert reached(connection) == evidence.LINKED
        evidence.lose_chat(connection, 2, 6, NOW)
        assert reached(connection) == evidence.BLOCKED


@pytest.fixture
def family(sqlite_database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    assert people
    with family_of(sqlite_database, FileStore(tmp_path)) as found:
        yield found


@pytest.mark.parametrize("is_typed", [False, True])
def test_a_code_of_another_school_shows_the_way_and_links_nothing(
    family: Family, people: People, is_typed: bool
) -> None:
    code = make_link_code(
        family.connection,
        people.charlie,
        LinkRole.GUARDIAN,
        NOW,
        family.workplace.files.hash_of_code,
    )
    for _ in range(6):
        screen = family.says(5, typed_form(code) if is_typed else f"/start {code}")
        assert "@own_bot" in screen.last["text"]
        assert "https://t.me/own_bot" in screen.last["text"]
    assert family.connection.execute(select(telegram_link)).all() == []
    mine = make_link_code(
        family.connection, people.alice, LinkRole.GUARDIAN, NOW, family.workplace.files.hash_of_code
    )
    assert "Alice" in family.says(5, f"/start {mine}").last["text"], "no try was counted"


@pytest.mark.parametrize("is_typed", [False, True])
def test_a_teachers_code_of_another_school_shows_the_way_and_is_not_used_up(
    family: Family, people: People, is_typed: bool
) -> None:
    add_staff(family.connection, people)
    hashed = family.workplace.files.hash_of_code
    number = number_of(family.connection, "outsider")
    code = make_staff_code(family.connection, number, NOW, hashed)
    for _ in range(2):
        screen = family.says(5, typed_form(code) if is_typed else f"/start {code}")
        assert "@own_bot" in screen.last["text"]
    assert staff.count_phones(family.connection) == {}
    assert use_staff_code(family.connection, code, NOW, hashed) == number


def test_where_the_other_bot_has_no_name_yet_the_school_is_asked(
    family: Family, people: People
) -> None:
    bots.remember_name(family.connection, 2, "")
    code = make_link_code(
        family.connection,
        people.charlie,
        LinkRole.GUARDIAN,
        NOW,
        family.workplace.files.hash_of_code,
    )
    text = family.says(5, f"/start {code}").last["text"]
    assert "ask the school" in text
    assert "@" not in text


def test_a_new_phone_is_announced_on_the_phones_of_the_other_bot(
    family: Family, people: People
) -> None:
    linked(family.connection, 2, 6, people.alice)
    code = make_link_code(
        family.connection, people.alice, LinkRole.GUARDIAN, NOW, family.workplace.files.hash_of_code
    )
    family.says(5, f"/start {code}")
    for verb in (Verb.CONFIRM, Verb.AGREE):
        family.press_verb(5, verb, people.alice)
    [row] = family.connection.execute(select(outbox).where(outbox.c.bot_id == 2)).all()
    assert row.chat_id == 6
    assert "One more phone" in row.payload["text"]
    assert row.created_at <= wall_clock()


def test_whoever_leaves_one_bot_is_still_reached_by_the_other(
    family: Family, people: People
) -> None:
    family.link(5, people.alice)
    linked(family.connection, 2, 6, people.alice)
    family.says(5, "/stop")
    family.press_verb(5, "stp")
    [home] = read_homes(family.connection, [people.alice])
    assert home.profile.value(FactKind.TELEGRAM) == evidence.LINKED
