"""Two schools, two bots in one program: families meet their own, lessons go where they linked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot import bots
from bot.chats import links
from bot.service import BotService
from bot.words.keyboards import ROW_SIGN, Verb, button
from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.rehearsal import Options, RehearsalServer, RehearsedPeople
from jetkiz.roster.link_codes import LinkRole, make_link_code, read_link_address
from jetkiz.storage.workplace import Workplace, open_workplace
from tests.bot_school import FAST, PATIENCE
from tests.factories import NOW, People, add_people

GENERAL, OWN = "1:test", "2:other"


@dataclass(frozen=True)
class Town:
    """Two schools with a bot each, in one rehearsal."""

    place: Workplace
    people: People
    service: BotService
    general: RehearsedPeople
    own: RehearsedPeople

    def code(self, student: int) -> str:
        with self.place.database.write() as connection:
            return make_link_code(
                connection, student, LinkRole.GUARDIAN, NOW, self.place.files.hash_of_code
            )

    def agrees(self, players: RehearsedPeople, student: int) -> None:
        """Answer yes to both questions before a phone is linked."""
        for verb in (Verb.CONFIRM, Verb.AGREE):
            assert self.service.drain(PATIENCE)
            wanted = button("", verb, student).data
            shown = [one["callback_data"] for row in last(players)["buttons"] for one in row]
            # Behind the sign stands the row that the message came from.
            players.press_data("mother", next(d for d in shown if d.split(ROW_SIGN)[0] == wanted))
        assert self.service.drain(PATIENCE)

    def phones(self, student: int) -> list[int]:
        with self.place.database.read() as connection:
            return [one.bot for one in links.all_phones(connection, student)]


def said(players: RehearsedPeople, key: str) -> list[str]:
    return [m["text"] for m in players.chat(key) if m["from"] == "bot"]


def last(players: RehearsedPeople) -> dict[str, Any]:
    return players.chat("mother")[-1]


@contextmanager
def open_town(url: str, folder: Path, **changes: Any) -> Iterator[Town]:
    (folder / "bots.toml").write_text(f's2 = "{OWN}"\n', "utf-8")
    options = Options(token=GENERAL, limits=FAST, more_bots=((OWN, "Other"),))
    with RehearsalServer(options) as server:
        settings = Settings(
            data=folder,
            database_url=url,
            telegram_api=server.url,
            telegram_token=GENERAL,
            telegram_bots=str(folder / "bots.toml"),
            telegram_rate=500.0,
            telegram_chat_rate=500.0,
            zone="Asia/Qostanay",
            **changes,
        )
        place = open_workplace(settings, lambda: NOW)
        with place.database.write() as connection:
            people = add_people(connection)
        service = BotService(place, settle=0.0)
        players = [RehearsedPeople(server.url, bot) for bot in (1, 2)]
        try:
            yield Town(place, people, service, *players)
        finally:
            service.stop()
            place.database.close()


def test_each_family_talks_with_the_bot_of_its_school(sqlite_url: str, tmp_path: Path) -> None:
    with open_town(sqlite_url, tmp_path) as town:
        town.service.start()
        town.general.person("mother", "Mother", "en")
        town.general.start("mother", town.code(town.people.alice))
        town.agrees(town.general, town.people.alice)
        code = town.code(town.people.charlie)
        town.general.start("mother", code)
        assert town.service.drain(PATIENCE)
        assert "t.me/jetkiz_2_bot" in said(town.general, "mother")[-1]
        assert town.phones(town.people.charlie) == []
        town.own.start("mother", code)
        town.agrees(town.own, town.people.charlie)
        assert "Charlie" in said(town.own, "mother")[-1]
        assert (town.phones(town.people.alice), town.phones(town.people.charlie)) == ([1], [2])
        town.own.say("mother", "/children")
        assert town.service.drain(PATIENCE)
        assert "Alice" not in said(town.own, "mother")[-1], "each bot knows its own links"


def test_the_check_learns_the_name_of_every_bot(sqlite_url: str, tmp_path: Path) -> None:
    with open_town(sqlite_url, tmp_path) as town:
        assert town.service.check() == "jetkiz_1_bot"
        with town.place.database.read() as connection:
            known = bots.in_use(connection)
            address = read_link_address(connection, "telegram", town.people.other_school)
        assert [(one.number, one.name) for one in known] == [
            (1, "jetkiz_1_bot"),
            (2, "jetkiz_2_bot"),
        ]
        assert address == "https://t.me/jetkiz_2_bot"


def test_a_bot_that_is_refused_does_not_stop_the_other(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with open_town(sqlite_url, tmp_path) as town:
        (tmp_path / "bots.toml").write_text('s2 = "2:revoked"\n', "utf-8")
        service = BotService(town.place, settle=0.0)
        service.start()
        try:
            town.general.person("mother", "Mother", "en")
            town.general.start("mother", town.code(town.people.alice))
            town.general.wait_for("mother", lambda m: "Alice" in str(m.get("text")), PATIENCE)
        finally:
            service.stop()
        with pytest.raises(JetkizError, match="token"):
            service.check()
    assert "revoked" not in caplog.text
