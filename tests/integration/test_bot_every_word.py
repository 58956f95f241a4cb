"""Every command and button of a family in three languages, each before a newly begun program.

Nothing that leaves names more than a given name: every text that went out is looked through.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.channel import prepare
from bot.chats import links
from bot.chats.forgetting import forget_words
from bot.chats.preferences import Media, change_preferences
from bot.handing_over import bundles, hand_over, receivers
from bot.receiving import inbox
from bot.tables import outbox
from bot.words.keyboards import Verb
from bot.words.talk import COMMANDS
from jetkiz.delivery.ledger import deliveries
from jetkiz.i18n import LANGUAGES
from jetkiz.lessons.tables import lesson
from jetkiz.roster.link_codes import LinkRole, make_link_code
from jetkiz.roster.tables import school_class, student, student_identity
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock
from tests.bot_crawl import Crawl, words_in
from tests.bot_family import BOT, Family, family_of
from tests.bot_lessons import QUIZ, a_picture, enrich
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week
from tests.private_facts import all_written, leaks, plant

MOTHER, FATHER = 11, 12
NAMES = {"Alice": "Айгерім", "Bob": "Данияр"}
# Buttons of the staff; tests/integration/test_bot_staff_languages.py presses them.
OF_STAFF = {
    *(Verb.WORK, Verb.ACCEPTED, Verb.REDO, Verb.MARK, Verb.FEEDBACK, Verb.NO_FEEDBACK),
    *(Verb.OFFICE, Verb.QUESTION, Verb.ANSWER, Verb.NO_ANSWER, Verb.RESEND),
    *(Verb.EMERGENCY_TO, Verb.EMERGENCY_YES, Verb.EMERGENCY_NO),
}
LAST = (
    *(("/children", Verb.PART), ("/mydata", Verb.KEEP)),
    *(("/stop", Verb.STOP), ("/mydata", Verb.ERASE)),
)
# What a text of each language never holds; Russian words cannot be told from Kazakh ones.
FOREIGN = {"kk": "[a-z]{3}", "ru": "[a-z]{3}|[әғқңөұүһі]", "en": "[а-яәғқңөұүһі]{3}"}
# Tags, commands, names and what the lesson says: alike in every language.
NAMED = re.compile(
    r"/\w+|<[^>]+>|&\w+;|Telegram|PDF|Word|English|Қазақша|Русский|Айгерім|Данияр|Күз|Оқы|Жаз|Алма"
    r"|Жұп сандар|нешеге тең"
)


@pytest.fixture
def people(sqlite_database: Database, tmp_path: Path) -> People:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        plant(connection)
        for name, given in NAMES.items():
            mine = student_identity.c.given_name == name
            connection.execute(update(student_identity).where(mine).values(given_name=given))
        connection.execute(update(school_class).values(title="2 А"))
        words = {"title": "Күз", "text": "# Күз\n\nОқы.", "task_text": "Жаз."}
        connection.execute(update(lesson).values(words))
        text = "# Күз\n\n![Алма](img/01.jpg)\n\nОқы: $x^2$."
        enrich(connection, FileStore(tmp_path), people.lessons[0], QUIZ, text=text)
    return people


@pytest.fixture
def family(sqlite_database: Database, tmp_path: Path) -> Iterator[Family]:
    with family_of(sqlite_database, FileStore(tmp_path)) as opened:
        yield opened


def code(family: Family, number: int) -> str:
    hashed = family.workplace.files.hash_of_code
    return f"/start {make_link_code(family.connection, number, LinkRole.GUARDIAN, NOW, hashed)}"


def joins(crawl: Crawl, *students: int) -> None:
    """Come as a stranger, say no to one code and yes to the others."""
    crawl.family.link(MOTHER, language=crawl.language)
    crawl.says("/start")
    crawl.explores()
    crawl.says(code(crawl.family, students[0]))
    crawl.press(Verb.REFUSE)
    for number in students:
        crawl.says(code(crawl.family, number))
        crawl.explores()


def gets_the_day(crawl: Crawl) -> None:
    """Get the lessons of all children as one message, with pictures and films only on tap."""
    family = crawl.family
    change(family, media=Media.TEXT)
    lessons = list(family.connection.scalars(select(lesson.c.id)))
    homes = dict(family.connection.execute(select(student.c.id, student.c.household_id)).all())
    wanted = deliveries(family.connection, WEEK, homes, dict.fromkeys(lessons, MONDAY))
    given = prepare(wanted)
    phones = {one.key: receivers(family.connection, one.student or 0) for one in given}
    for bundle in bundles(phones, given):
        hand_over(family.connection, bundle, family.now)
    family.deliver()
    crawl.explores(often=3)


def change(family: Family, **wishes: object) -> None:
    chat = links.find_chat(family.connection, BOT, MOTHER)
    assert chat
    change_preferences(family.connection, chat, **wishes)


def hands_in(crawl: Crawl) -> None:
    """Send pages and press whatever can be done with them."""
    pages = [crawl.family.workplace.files.put(a_picture(40 + n)) for n in range(5)]
    for page in pages[:3]:
        crawl.sends(page)
        crawl.explores()
    drafted(crawl, Verb.REMOVE, Verb.MOVE, Verb.FINISH)
    crawl.sends(pages[3])
    crawl.press(Verb.MOVE, Verb.DROP)
    crawl.sends(pages[4])
    crawl.press(Verb.CHOOSE_CHILD, Verb.CHOOSE_TASK, Verb.REMOVE, Verb.CANCEL)


def drafted(crawl: Crawl, *ends: Verb) -> None:
    for end in ends:
        # "The order is right" leads back to the draft.
        crawl.press(Verb.ADD)
        crawl.explores(end)


def goes(crawl: Crawl, father: int) -> None:
    """Cut a phone that nobody knows, take a child out, delete everything and stop."""
    crawl.family.link(FATHER, language=crawl.language)
    crawl.since = crawl.family.numbers
    crawl.family.says(FATHER, code(crawl.family, father))
    for verb in (Verb.CONFIRM, Verb.AGREE):
        crawl.family.press_verb(FATHER, verb)
    crawl.explores(Verb.NOT_US)
    for words, end in LAST:
        crawl.says(words)
        crawl.explores(end)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_button_of_a_family(
    people: People, family: Family, language: str
) -> None:
    crawl = Crawl(family, MOTHER, language)
    joins(crawl, people.alice, people.bob)
    # Linking chose the language of the home.
    crawl.family.presses(MOTHER, 1, f"1:ln:{language}")
    family.left.clear()
    gets_the_day(crawl)
    for command in COMMANDS:
        crawl.says(f"/{command}")
        crawl.explores()
    hands_in(crawl)
    goes(crawl, people.alice)
    assert set(Verb) - OF_STAFF - crawl.verbs == set()
    family.now += timedelta(days=90)
    months_later = wall_clock() + timedelta(days=90)
    assert forget_words(family.connection, BOT, months_later) > 0
    words = family.connection.scalars(select(outbox.c.payload)).all()
    assert not any(words_in(payload) for payload in words), "three months forget every word"
    before = len(family.left)
    for number, data in one_of_each(crawl):
        crawl.presses(number, data)
    assert inbox.put_aside(family.connection, BOT) == []
    assert len(family.left) > before + len(set(Verb)) // 2
    assert leaks(all_written(family.connection, family.left), family.workplace.files) == set()
    mine = [one for one in family.left if one.get("chat_id") == MOTHER]
    texts = {word for payload in mine for word in words_in(payload)}
    assert len(texts) > 100
    assert {
        one for one in texts if "{" in one or re.search(FOREIGN[language], NAMED.sub(" ", one))
    } == set()


def one_of_each(crawl: Crawl) -> list[tuple[int, str]]:
    """Return one pressed button of each verb."""
    found = {data.split(":")[1]: (number, data) for number, data in crawl.tried}
    return sorted(found.values())
