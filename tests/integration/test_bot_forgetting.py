"""Words in a chat do not stay for ever, and a stranger's do not stay at all."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.chats import forgetting
from bot.chats.forgetting import KEEP_WORDS, erase_words, forget_words
from bot.receiving import inbox
from bot.sending import outbox
from bot.sending.outbox import Outgoing
from bot.tables import outbox as sent
from bot.tables import telegram_inbox
from bot.words.keyboards import Verb
from jetkiz.homework.returns import read_returns
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock
from tests.bot_family import BOT, Family, family_of
from tests.factories import People, add_people, publish_week

MOTHER, STRANGER = 11, 13
PAGE = "1" * 64


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    return people


@pytest.fixture
def family(database: Database, people: People, tmp_path: Path) -> Iterator[Family]:
    with family_of(database, FileStore(tmp_path)) as opened:
        opened.link(MOTHER, people.alice)
        yield opened


def heard(family: Family) -> str:
    return str(family.connection.scalars(select(telegram_inbox.c.raw)).all())


def said(family: Family) -> str:
    return str(family.connection.scalars(select(sent.c.payload)).all())


def test_the_words_of_a_stranger_go_with_the_answer(family: Family) -> None:
    family.says(STRANGER, "my secret illness")
    family.says(MOTHER, "see you at school")
    assert "secret illness" not in heard(family)
    assert "see you at school" in heard(family)


def test_the_words_of_a_group_are_not_kept(family: Family) -> None:
    place = {"id": -5, "type": "group"}
    family.hears(STRANGER, {"text": "gossip of the class", "chat": place})
    assert "gossip" not in heard(family)


def test_a_family_that_leaves_is_a_stranger_at_once(family: Family) -> None:
    family.says(MOTHER, "/stop")
    family.press_verb(MOTHER, Verb.STOP)
    family.says(MOTHER, "what I never told you")
    assert "never told" not in heard(family)


def test_after_a_month_words_are_blank_and_work_stays(family: Family, people: People) -> None:
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, PAGE, caption="the dog ate the other page")
    family.press_verb(MOTHER, Verb.FINISH)
    before = heard(family), said(family)
    day = timedelta(days=1)
    assert forget_words(family.connection, BOT, family.now + KEEP_WORDS - day) == 0
    assert (heard(family), said(family)) == before
    later = max(
        family.connection.scalar(select(func.max(telegram_inbox.c.received_at))),
        family.connection.scalar(select(func.max(sent.c.created_at))),
    )
    assert forget_words(family.connection, BOT, later + KEEP_WORDS + day) > 0
    assert "dog" not in heard(family)
    assert "Alice" not in said(family)
    [work] = read_returns(family.connection, students=[people.alice])
    assert [page.note for page in work.pages] == ["the dog ate the other page"]
    # Nothing is written twice, and what was said to the bot is not heard anew.
    assert forget_words(family.connection, BOT, later + KEEP_WORDS + day) == 0
    assert inbox.count_waiting(family.connection, BOT) == 0


def test_what_still_waits_keeps_its_words_however_old(family: Family) -> None:
    body = {"message_id": 1, "chat": {"id": MOTHER, "type": "private"}, "text": "I waited"}
    inbox.store(family.connection, BOT, [{"update_id": 900, "message": body}], family.now)
    waits = Outgoing("k", MOTHER, "sendMessage", {"text": "not yet sent"})
    outbox.put(family.connection, BOT, [waits], family.now)
    assert forget_words(family.connection, BOT, family.now + 2 * KEEP_WORDS) == 0
    assert forget_words(family.connection, BOT + 1, family.now + 2 * KEEP_WORDS) == 0
    assert "I waited" in heard(family)
    assert "not yet sent" in said(family)


def test_what_could_not_be_handled_is_forgotten_too(family: Family) -> None:
    body = {"message_id": 1, "chat": {"id": MOTHER, "type": "private"}, "text": "a riddle"}
    inbox.store(family.connection, BOT, [{"update_id": 900, "message": body}], family.now)
    [one] = inbox.waiting(family.connection, BOT, family.now)
    for tries in range(inbox.MOST_TRIES):
        tried = inbox.Arrived(one.id, one.update_id, one.chat_id, one.raw, tries)
        inbox.mark_failed(family.connection, tried, "ValueError", family.now)
    assert forget_words(family.connection, BOT, family.now + 2 * KEEP_WORDS) == 1
    assert "riddle" not in heard(family)
    assert [error for _, _, error in inbox.put_aside(family.connection, BOT)] == ["ValueError"]


def forget_months_later(family: Family) -> int:
    return forget_words(family.connection, BOT, wall_clock() + timedelta(days=90))


def test_words_are_forgotten_once_however_many_buttons_stand_below(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    rows = [[{"text": "Aigerim's lesson", "callback_data": "1:opn:1:1"}]]
    many = [
        Outgoing(
            f"k{n}",
            MOTHER,
            "sendMessage",
            {"text": "Aigerim", "reply_markup": {"inline_keyboard": rows if n % 2 else []}},
        )
        for n in range(9)
    ]
    outbox.put(family.connection, BOT, many, family.now)
    family.deliver()
    assert forget_months_later(family) == len(many)
    assert "Aigerim" not in said(family)
    assert forget_months_later(family) == 0
    kept = family.connection.scalars(select(sent.c.payload).order_by(sent.c.id)).all()
    assert kept[:2] == [{}, {"buttons": ["1:opn:1:1"]}]


def test_whoever_deletes_everything_keeps_no_button_either(family: Family) -> None:
    family.says(MOTHER, "/today")
    chat = family.connection.scalars(select(sent.c.chat_id)).first()
    assert chat == MOTHER
    erase_words(family.connection, BOT, MOTHER)
    assert set(map(str, family.connection.scalars(select(sent.c.payload)))) == {"{}"}


def test_a_message_that_was_changed_is_known_by_what_it_was(family: Family, people: People) -> None:
    family.says(MOTHER, "/homework")
    family.press_verb(MOTHER, Verb.HAND_IN, people.alice, people.lessons[0])
    family.sends(MOTHER, PAGE)
    number = max(family.screens[MOTHER].messages)
    family.sends(MOTHER, "2" * 64)
    family.press_verb(MOTHER, Verb.ORDER)
    family.press_verb(MOTHER, Verb.ADD)
    where = (family.connection, BOT, MOTHER, number)
    assert outbox.subject_of(*where) == f"{people.alice}:{people.lessons[0]}"
    assert outbox.key_of(*where) != ""
    assert "1:fin:" in outbox.buttons_of(*where)[0]
