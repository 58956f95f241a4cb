"""Somebody changes the own password: what is asked, what ends, and what cannot be guessed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from jetkiz.staff.audit import Act, check_chain
from jetkiz.staff.tables import account, audit
from jetkiz.staff.viewers import read_viewer
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from jetkiz.web import accounts
from jetkiz.web.accounts import is_right, password_hash, replace_password
from jetkiz.web.pages.own_password import Exchange, exchange_password
from jetkiz.web.rate_limits import PER_ACCOUNT
from jetkiz.web.sessions import new_token
from jetkiz.web.tables import session
from tests.console import PASSWORD, Browser, Hands, one_database, open_browser, quick_hash
from tests.factories import NOW
from tests.spoken import Jetkiz

NEW = "үш жаңа сөз 3"

pytestmark = pytest.mark.usefixtures("quick_passwords")


def kept(place: Workplace, login: str = "aigul") -> str:
    with place.database.read() as connection:
        return password_hash(connection, login) or ""


def acts(place: Workplace) -> list[tuple[str, str, str]]:
    c = audit.c
    with place.database.read() as connection:
        assert check_chain(connection) is None
        rows = connection.execute(select(c.who, c.act, c.detail).order_by(c.id))
        return [tuple(row) for row in rows if row.act == Act.NEW_PASSWORD]


async def change(browser: Browser, **fields: str) -> Browser:
    await browser.open("/password")
    given = {"old": PASSWORD, "new": NEW, "again": NEW} | fields
    return await browser.send("/password", **given)


async def opens(place: Workplace, clock: Hands, cookie: str) -> bool:
    """Say whether somebody who holds only the cookie gets in."""
    async with open_browser(place, clock) as thief:
        await thief.open("/classes", Cookie=f"jetkiz={cookie}")
        return thief.path == "/classes"


async def test_the_new_password_opens_and_the_old_one_does_not(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    before = visitor.cookie("jetkiz")
    await change(visitor)
    assert visitor.path == "/password?saved=1"
    assert "Your password is changed" in visitor.text
    assert visitor.cookie("jetkiz") != before
    await visitor.open("/classes")
    assert visitor.path == "/classes"
    assert acts(web_workplace) == [("aigul", "new_password", "own")]
    assert NEW not in kept(web_workplace)
    await visitor.sign_out_and_in("aigul")
    assert visitor.status == 403
    await visitor.sign_in("aigul", NEW)
    assert visitor.status == 200


@one_database
async def test_every_other_browser_is_signed_out(
    visitor: Browser, web_workplace: Workplace, web_clock: Hands
) -> None:
    async with (
        open_browser(web_workplace, web_clock) as phone,
        open_browser(web_workplace, web_clock) as neighbour,
    ):
        await phone.sign_in("aigul")
        await neighbour.sign_in("bolat")
        await visitor.sign_in("aigul")
        stolen = visitor.cookie("jetkiz")
        await change(visitor)
        assert (await phone.open("/classes")).path.startswith("/sign-in")
        assert (await neighbour.open("/classes")).path == "/classes"
        assert not await opens(web_workplace, web_clock, stolen)
        assert (await visitor.open("/classes")).path == "/classes"


@one_database
@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"old": "Guess-1"}, 403, "The old password is wrong."),
        ({"old": ""}, 403, "The old password is wrong."),
        ({"old": PASSWORD + " "}, 403, "The old password is wrong."),
        ({"again": NEW + "!"}, 400, "not the same"),
        ({"again": ""}, 400, "not the same"),
        ({"new": "short", "again": "short"}, 400, "The password has 5 letters"),
        ({"new": "", "again": ""}, 400, "The password has 0 letters"),
        ({"new": "x" * 201, "again": "x" * 201}, 400, "The password has 201 letters"),
        ({"new": PASSWORD, "again": PASSWORD}, 400, "The new password is the old one."),
    ],
)
async def test_what_is_not_right_changes_nothing(
    visitor: Browser, web_workplace: Workplace, fields: dict[str, str], status: int, words: str
) -> None:
    await visitor.sign_in("aigul")
    before = kept(web_workplace), visitor.cookie("jetkiz")
    await change(visitor, **fields)
    assert visitor.status == status
    assert words in visitor.text
    assert (kept(web_workplace), visitor.cookie("jetkiz")) == before
    for typed in {PASSWORD, NEW, *fields.values()} - {""}:
        assert typed not in visitor.text
    refused = [("aigul", "new_password", "refused")] if status == 403 else []
    assert acts(web_workplace) == refused


@one_database
async def test_a_found_session_cannot_try_passwords_without_end(
    visitor: Browser, web_workplace: Workplace, web_clock: Hands
) -> None:
    """Who finds a browser open must not learn the password by trying."""
    await visitor.sign_in("aigul")
    statuses = [(await change(visitor, old=f"guess {n}")).status for n in range(8)]
    assert statuses == [403] * PER_ACCOUNT.burst + [429] * 2
    assert "Minutes to wait: 1." in visitor.text
    await change(visitor)
    assert visitor.status == 429
    assert is_right(kept(web_workplace), PASSWORD)
    web_clock.moment += PER_ACCOUNT.refill
    await change(visitor)
    assert visitor.status == 200
    assert is_right(kept(web_workplace), NEW)


@one_database
async def test_wrong_tries_here_and_at_the_sign_in_are_counted_together(visitor: Browser) -> None:
    await visitor.sign_in("aigul")
    for _ in range(3):
        await change(visitor, old="wrong")
    await visitor.send("/sign-out")
    statuses = [(await visitor.sign_in("aigul", "wrong")).status for _ in range(4)]
    assert statuses == [403, 403, 403, 429]


@one_database
async def test_a_hundred_guesses_sent_at_once_are_counted_one_by_one(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.open("/sign-in")
    data = {"csrf": visitor.value("csrf"), "login": "aigul", "password": "guess"}
    answers = await asyncio.gather(
        *(visitor.client.post("/sign-in", data=data, allow_redirects=False) for _ in range(25))
    )
    statuses = [one.status for one in answers]
    assert statuses.count(403) == PER_ACCOUNT.burst
    assert statuses.count(429) == 25 - PER_ACCOUNT.burst
    with web_workplace.database.read() as connection:
        assert connection.execute(select(session)).all() == []


@one_database
async def test_signing_in_again_ends_the_session_before(
    visitor: Browser, web_workplace: Workplace, web_clock: Hands
) -> None:
    await visitor.sign_in("aigul")
    first = visitor.cookie("jetkiz")
    assert await opens(web_workplace, web_clock, first)
    await visitor.open("/classes")
    await visitor.send("/sign-in", login="bolat", password=PASSWORD)
    with web_workplace.database.read() as connection:
        assert len(connection.execute(select(session)).all()) == 1
    assert not await opens(web_workplace, web_clock, first)


@one_database
async def test_an_account_switched_off_meanwhile_changes_nothing(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.sign_in("tamara")
    await visitor.open("/password")
    with web_workplace.database.write() as connection:
        connection.execute(update(account).where(account.c.login == "tamara").values(active=False))
    await visitor.send("/password", old=PASSWORD, new=NEW, again=NEW)
    with web_workplace.database.read() as connection:
        hashes = connection.scalars(select(account.c.password_hash)).all()
    assert set(hashes) == {quick_hash()}


def test_the_password_changed_by_another_meanwhile_stands(web_workplace: Workplace) -> None:
    with web_workplace.database.write() as connection:
        number = connection.scalar(select(account.c.id).where(account.c.login == "aigul"))
        who = read_viewer(connection, number or 0)
        assert who
        old = password_hash(connection, "aigul") or ""
        assert replace_password(connection, who.account, old, "theirs")
        late = Exchange(old, "mine", new_token(), NOW)
        assert not exchange_password(connection, who, late)
        assert password_hash(connection, "aigul") == "theirs"
        assert connection.execute(select(session)).all() == []
        assert not replace_password(connection, 999_999, "theirs", "mine")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_changes_at_the_same_moment_leave_one_password(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    await visitor.open("/password")
    fields = {"csrf": visitor.value("csrf"), "old": PASSWORD}
    pairs = [{"new": f"{NEW} {n}", "again": f"{NEW} {n}"} for n in range(3)]
    answers = await asyncio.gather(
        *(
            visitor.client.post("/password", data=fields | pair, allow_redirects=False)
            for pair in pairs
        )
    )
    assert min(one.status for one in answers) == 303
    right = [pair for pair in pairs if is_right(kept(web_workplace), pair["new"])]
    assert len(right) == 1
    with web_workplace.database.read() as connection:
        assert len(connection.execute(select(session)).all()) == 1
    own = [one for one in acts(web_workplace) if one[2] == "own"]
    assert len(own) == [one.status for one in answers].count(303)


def test_the_command_ends_every_session_and_is_written_down(
    sqlite_url: str, web_school: Database, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    jetkiz = Jetkiz(sqlite_url, tmp_path, capsys)
    jetkiz.run("accounts", "password", " Aigul ")
    with web_school.read() as connection:
        row = connection.execute(select(audit)).mappings().one()
    assert (row["act"], row["detail"]) == ("new_password", "aigul")
    assert "new_password" in jetkiz.run("accounts", "audit")
    assert "There is no sign-in" in jetkiz.refuses("accounts", "password", "nobody")
    with web_school.read() as connection:
        assert len(connection.execute(select(audit)).all()) == 1


def test_passwords_that_are_made_are_long_different_and_readable() -> None:
    made = {accounts.new_password() for _ in range(300)}
    assert len(made) == 300
    for one in made:
        assert accounts.SHORTEST_PASSWORD <= len(one) <= accounts.LONGEST_PASSWORD
        assert not set(one) & set("lo01ABCDEFGHIJKLMNOPQRSTUVWXYZ ")


def test_a_password_longer_than_is_kept_does_not_open_what_its_beginning_opens() -> None:
    longest = "x" * accounts.LONGEST_PASSWORD
    assert not is_right(accounts.hashed_password(longest), longest + "y")


@pytest.mark.parametrize("kept_badly", [None, "", "plain", "$argon2id$broken", PASSWORD])
def test_a_hash_that_is_none_opens_nothing(kept_badly: str | None) -> None:
    assert not is_right(kept_badly, PASSWORD)
    assert not is_right(kept_badly, "")


@one_database
async def test_a_working_day_goes_on_after_the_change(visitor: Browser, web_clock: Hands) -> None:
    await visitor.sign_in("aigul")
    await change(visitor)
    web_clock.moment += timedelta(minutes=90)
    await visitor.open("/classes")
    assert visitor.path == "/classes"
