"""A lesson as one rich message: as Telegram's schema wants it, and plain where it is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiogram.methods import SendRichMessage
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.chats.links import find_chat
from bot.holding_back import hold_back
from bot.sending import fallbacks
from bot.sending.outbox import Done, Job
from bot.tables import outbox as outbox_table
from bot.telegram.stored_files import StoredFile, files_in, filled, numbers_in
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, Step, classify
from bot.words.lesson_card import LessonCard
from bot.words.rich_lesson import rich_lesson
from jetkiz.i18n import translator
from jetkiz.lessons.model import Task
from jetkiz.rehearsal.texts.rich_blocks import read_blocks
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import wall_clock
from tests.bot_family import BOT, Family, family_of
from tests.bot_lessons import enrich
from tests.factories import MONDAY, People, add_people, publish_week
from tests.print_school import a_lesson

MOTHER = 11
EVERYTHING = r"""# A lesson

Text **bold** *slanted* ~~gone~~ `x` [site](https://a.kz) [bad](ftp://a.kz) and $x^2$.
Next line\
and break.

$$\frac{a+b}{2}$$

![A ball](img/01.jpg) and ![none](img/02.jpg)

- [ ] do
- [x] done
- plain

3. three
4. four

> said

| a | b |
| - | - |
| $y$ | |

```answer Жауабы
$x = 3$
```

```
code
```

---
"""


def blocks_of(text: str) -> list[dict[str, Any]] | None:
    lesson = a_lesson(text=text, title="A lesson", goal="Know.", task=Task("Do it.", MONDAY))
    pictures = {"img/01.jpg": "stored:" + "a" * 64 + ":01.jpg"}
    return rich_lesson(LessonCard(5, "Alice", lesson), pictures, translator("en"))


def test_all_that_a_lesson_may_hold_fits_telegrams_schema() -> None:
    blocks = blocks_of(EVERYTHING)
    assert blocks is not None
    SendRichMessage.model_validate({"chat_id": 1, "rich_message": {"blocks": blocks}})
    assert read_blocks(blocks)
    kinds = [one["type"] for one in blocks]
    assert kinds[:2] == ["paragraph", "heading"]
    for kind in ("mathematical_expression", "photo", "list", "blockquote", "table", "details"):
        assert kind in kinds, kind
    boxes = [item.get("is_checked") for item in blocks[kinds.index("list")]["items"]]
    assert boxes == [False, True, None]
    details = blocks[kinds.index("details")]
    assert details["summary"] == "Жауабы"
    assert "ftp" not in str(blocks)
    assert str(blocks).count("A lesson") == 1


@given(st.text(alphabet="ab$#*_`[]()!|-> \n1.", max_size=80))
def test_any_markdown_is_a_message_or_too_long(text: str) -> None:
    blocks = blocks_of(text)
    assert blocks is not None
    SendRichMessage.model_validate({"chat_id": 1, "rich_message": {"blocks": blocks}})


def test_what_is_too_long_or_too_wide_is_sent_as_plain_cards() -> None:
    assert blocks_of("word " * 8_000) is None
    assert blocks_of("a\n\n" * 500) is None
    wide = "|" + "a|" * 21 + "\n|" + "-|" * 21 + "\n"
    assert blocks_of(wide) is None


@pytest.fixture
def family(sqlite_database: Database, tmp_path: Path) -> Iterator[tuple[Family, People]]:
    with sqlite_database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
    files = FileStore(tmp_path)
    with family_of(sqlite_database, files, telegram_rich=True) as opened:
        opened.link(MOTHER, people.alice)
        enrich(opened.connection, files, people.lessons[0])
        yield opened, people


def opened(family: Family) -> None:
    screen = family.says(MOTHER, "/today")
    _, data, _ = screen.buttons()[0]
    family.presses(MOTHER, 1, data)


def test_a_lesson_is_one_message_and_its_buttons_work(family: tuple[Family, People]) -> None:
    phones, people = family
    opened(phones)
    [rich] = [m for m in phones.screens[MOTHER].messages.values() if "rich_message" in m]
    assert sum(block["type"] == "photo" for block in rich["rich_message"]["blocks"]) == 1
    phones.press_verb(MOTHER, "ack", people.alice, people.lessons[0])
    assert phones.screens[MOTHER].answers[-1] == "Thank you!"


def test_what_telegram_refuses_comes_as_plain_cards_once(family: tuple[Family, People]) -> None:
    phones, people = family
    opened(phones)
    c = outbox_table.c
    row = phones.connection.execute(select(outbox_table).where(c.method == "sendRichMessage")).one()
    job = Job(row.id, row.key, MOTHER, row.method, row.payload, 1, "", "en", wall_clock())
    plain = select(c.method, c.subject).where(c.key.startswith(f"{row.key}:plain")).order_by(c.id)
    gone = Done(job, Outcome(Kind.UNREACHABLE), Step(OutboxState.REFUSED))
    fallbacks.send_plainly(phones.connection, BOT, [gone], wall_clock())
    assert phones.connection.execute(plain).all() == []
    refused = Done(job, Outcome(Kind.REFUSED), Step(OutboxState.REFUSED))
    for _ in range(2):
        fallbacks.send_plainly(phones.connection, BOT, [refused], wall_clock())
    subject = f"{people.alice}:{people.lessons[0]}"
    assert [tuple(one) for one in phones.connection.execute(plain)] == [
        ("sendMessage", subject),
        ("sendMediaGroup", subject),
    ]
    assert "fallback" not in fallbacks.without_fallback(job.payload)


def test_a_phone_that_was_cut_gets_no_plain_cards_either(family: tuple[Family, People]) -> None:
    phones, people = family
    opened(phones)
    c = outbox_table.c
    rich = c.method == "sendRichMessage"
    phones.connection.execute(update(outbox_table).where(rich).values(state="sending"))
    row = phones.connection.execute(select(outbox_table).where(rich)).one()
    job = Job(row.id, row.key, MOTHER, row.method, row.payload, 1, "", "en", wall_clock())
    chat = find_chat(phones.connection, BOT, MOTHER)
    assert chat
    assert hold_back(phones.connection, chat, people.alice, wall_clock()) >= 1
    refused = Done(job, Outcome(Kind.REFUSED), Step(OutboxState.REFUSED))
    fallbacks.send_plainly(phones.connection, BOT, [refused], wall_clock())
    plain = select(c.id).where(c.key.startswith(f"{row.key}:plain"))
    assert phones.connection.execute(plain).all() == []


def test_an_old_server_refuses_the_method_and_not_the_token() -> None:
    answer = {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
    assert classify(404, answer).kind == Kind.REFUSED
    bare = {"ok": False, "error_code": 404, "description": "Not Found"}
    assert classify(404, bare).kind == Kind.WRONG_TOKEN


def test_pictures_inside_keep_the_numbers_that_telegram_gave_them() -> None:
    blocks = blocks_of(EVERYTHING)
    payload = {"rich_message": {"blocks": blocks}}
    file = StoredFile("photo", "a" * 64, "01.jpg")
    assert files_in(payload) == [file]
    ready = filled(payload, {file: "attach://file0"})
    assert [
        b["photo"]["media"] for b in ready["rich_message"]["blocks"] if b["type"] == "photo"
    ] == ["attach://file0"]
    assert files_in(payload) == [file], "the payload itself stays as it was"
    sizes = [{"file_id": "small"}, {"file_id": "large"}]
    result = {"rich_message": {"blocks": [{"type": "photo", "photo": sizes}]}}
    assert numbers_in(payload, result) == {file: "large"}
