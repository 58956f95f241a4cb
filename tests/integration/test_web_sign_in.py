"""Signing in and out over HTTP, on both databases, and what nobody gets in with."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from jetkiz.staff.audit import Act, check_chain
from jetkiz.staff.permissions import Role
from jetkiz.staff.tables import account, audit
from jetkiz.storage.workplace import Workplace
from jetkiz.web.accounts import Account, add_account, change_password, read_accounts
from jetkiz.web.rate_limits import PER_ACCOUNT
from jetkiz.web.sessions import IDLE, LONGEST, SEEN_EVERY, close_all
from jetkiz.web.tables import session
from tests.console import PASSWORD, Browser, Hands, open_browser, workplace_for
from tests.factories import NOW, WEEK, People


def rows(place: Workplace, table: Any) -> list[Any]:
    with place.database.read() as connection:
        return list(connection.execute(select(table)).mappings())


async def test_the_right_password_opens_the_first_screen(visitor: Browser) -> None:
    await visitor.sign_in("Aigul ")
    assert visitor.path == f"/weeks/{WEEK}"
    assert "Who got nothing" in visitor.text
    assert "Village school" in visitor.text


async def test_the_page_asked_for_opens_after_the_sign_in(visitor: Browser) -> None:
    await visitor.open("/classes?x=1")
    assert visitor.path.startswith("/sign-in?next=/classes")
    assert 'name="next" value="/classes?x=1"' in visitor.text
    await visitor.send("/sign-in", login="aigul", password=PASSWORD, next="/classes?x=1")
    assert visitor.path == "/classes?x=1"
    await visitor.open("/sign-in")
    assert visitor.path == f"/weeks/{WEEK}"


async def test_unknown_login_and_wrong_password_get_one_answer(visitor: Browser) -> None:
    await visitor.sign_in("aigul", "wrong")
    wrong = visitor.text.replace('value="aigul"', "")
    assert visitor.status == 403
    await visitor.sign_in("nobody", "wrong")
    assert visitor.status == 403
    assert visitor.text.replace('value="nobody"', "") == wrong
    assert "Login or password is wrong" in wrong


async def test_after_many_wrong_passwords_even_the_right_one_waits(
    visitor: Browser, web_clock: Hands
) -> None:
    for _ in range(PER_ACCOUNT.burst):
        await visitor.sign_in("aigul", "wrong")
        assert visitor.status == 403
    await visitor.sign_in("aigul")
    assert visitor.status == 429
    assert "Wait 1 minute" in visitor.text
    web_clock.moment += PER_ACCOUNT.refill
    await visitor.sign_in("aigul")
    assert visitor.path == f"/weeks/{WEEK}"


async def test_a_switched_off_account_opens_nothing(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.sign_in("tamara")
    with web_workplace.database.write() as connection:
        connection.execute(update(account).where(account.c.login == "tamara").values(active=False))
    await visitor.open("/classes")
    assert visitor.path.startswith("/sign-in")
    await visitor.sign_in("tamara")
    assert visitor.status == 403


async def test_signing_out_ends_the_session_on_the_server(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    kept = visitor.cookie("jetkiz")
    await visitor.send("/sign-out")
    assert visitor.path == "/sign-in"
    assert rows(web_workplace, session) == []
    await visitor.open("/classes", Cookie=f"jetkiz={kept}")
    assert visitor.path.startswith("/sign-in")


@pytest.mark.parametrize("pause", [IDLE, LONGEST])
async def test_a_session_ends_by_itself(
    visitor: Browser, web_clock: Hands, pause: timedelta
) -> None:
    await visitor.sign_in("aigul")
    web_clock.moment += pause - timedelta(seconds=1) if pause == IDLE else timedelta()
    await visitor.open("/classes")
    assert visitor.path == "/classes"
    web_clock.moment += pause
    await visitor.open("/classes")
    assert visitor.path.startswith("/sign-in")


async def test_somebody_at_work_stays_signed_in_until_the_day_ends(
    visitor: Browser, web_clock: Hands, web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    for _ in range(7):
        web_clock.moment += IDLE - timedelta(minutes=20)
        await visitor.open("/classes")
    assert visitor.path == "/classes"
    assert rows(web_workplace, session)[0]["last_seen_at"] == web_clock.moment
    before = web_clock.moment
    web_clock.moment += SEEN_EVERY - timedelta(seconds=1)
    await visitor.open("/classes")
    assert rows(web_workplace, session)[0]["last_seen_at"] == before
    web_clock.moment = NOW + LONGEST
    await visitor.open("/classes")
    assert visitor.path.startswith("/sign-in")


async def test_ended_sessions_are_forgotten(
    visitor: Browser, web_clock: Hands, web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    web_clock.moment += LONGEST
    await visitor.sign_in("bolat")
    assert len(rows(web_workplace, session)) == 1


async def test_the_cookie_is_guarded_and_the_database_knows_only_its_hash(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    assert visitor.response
    made = visitor.response.history[0].headers["Set-Cookie"]
    assert "HttpOnly" in made
    assert "SameSite=Lax" in made
    assert "Secure" not in made
    assert visitor.cookie("jetkiz") not in str(rows(web_workplace, session))


async def test_behind_https_cookies_never_leave_it(
    sqlite_url: str, tmp_path: Path, web_clock: Hands
) -> None:
    place = workplace_for(sqlite_url, tmp_path, web_clock, console_secure=True)
    async with open_browser(place, web_clock) as browser:
        await browser.open("/sign-in")
        assert browser.response
        cookie = browser.response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-jetkiz-visit=")
        assert "Secure" in cookie
        assert "Strict-Transport-Security" in browser.response.headers
    place.database.close()


async def test_a_form_without_its_token_changes_nothing(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    visitor.text = ""
    await visitor.send("/sign-out")
    assert visitor.status == 403
    assert "Nothing was changed" in visitor.text
    assert len(rows(web_workplace, session)) == 1


async def test_a_form_from_another_site_changes_nothing(visitor: Browser) -> None:
    await visitor.sign_in("aigul")
    data = {"csrf": visitor.value("csrf")}
    answer = await visitor.client.post(
        "/sign-out", data=data, headers={"Origin": "https://evil.example"}
    )
    assert answer.status == 403


async def test_a_part_of_a_page_asked_for_after_the_end_reloads_the_whole(
    visitor: Browser,
) -> None:
    await visitor.open("/classes", **{"HX-Request": "true"})
    assert visitor.response
    assert visitor.response.headers["HX-Refresh"] == "true"


async def test_the_language_of_the_browser_then_of_the_choice_then_of_the_account(
    visitor: Browser,
) -> None:
    await visitor.open("/sign-in", **{"Accept-Language": "kk-KZ"})
    assert '<html lang="kk">' in visitor.text
    await visitor.send("/language", language="ru", next="/sign-in")
    await visitor.open("/sign-in", **{"Accept-Language": "kk-KZ"})
    assert '<html lang="ru">' in visitor.text
    await visitor.sign_in("aigul")
    assert '<html lang="en">' in visitor.text
    await visitor.send("/language", language="kk", next="/classes")
    assert visitor.path == "/classes"
    assert '<html lang="kk">' in visitor.text
    await visitor.send("/language", language="xx", next="//evil.example")
    assert '<html lang="kk">' in visitor.text


async def test_the_audit_names_who_came_and_who_was_refused(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    await visitor.sign_in("aigul", "wrong")
    await visitor.sign_in("aigul")
    await visitor.send("/sign-out")
    found = rows(web_workplace, audit)
    assert [(row["who"], row["act"], row["school_id"]) for row in found] == [
        ("aigul", Act.SIGN_IN_REFUSED, None),
        ("aigul", Act.SIGN_IN, web_people.school),
        ("aigul", Act.SIGN_OUT, web_people.school),
    ]


async def test_a_changed_audit_is_noticed(visitor: Browser, web_workplace: Workplace) -> None:
    await visitor.sign_in("aigul", "wrong")
    await visitor.sign_in("bolat")
    with web_workplace.database.write() as connection:
        assert check_chain(connection) is None
        first = connection.scalars(select(audit.c.id).order_by(audit.c.id)).first()
        connection.execute(update(audit).where(audit.c.id == first).values(who="bolat"))
        assert check_chain(connection) == first


def test_a_new_password_closes_every_browser(web_workplace: Workplace) -> None:
    with web_workplace.database.write() as connection:
        before = connection.scalar(select(account.c.password_hash).where(account.c.id == 1))
        change_password(connection, "aigul", "another one")
        after = connection.scalar(select(account.c.password_hash).where(account.c.id == 1))
        assert close_all(connection, 1) == 0
    assert before != after
    assert str(after).startswith("$argon2id$")


@pytest.mark.parametrize("login", ["", "a", "Aigul", "айгүл", "a b", "-aigul", "a" * 41])
def test_a_login_that_cannot_be_typed_everywhere_is_refused(
    sqlite_database: Any, login: str
) -> None:
    new = Account(0, login, Role.COORDINATOR, 1, None, "kk", active=True)
    with sqlite_database.write() as connection, pytest.raises(Exception, match="cannot be a login"):
        add_account(connection, new, PASSWORD, NOW)


def test_a_second_account_with_the_login_and_a_short_password_are_refused(
    web_workplace: Workplace,
) -> None:
    with web_workplace.database.write() as connection:
        aigul = read_accounts(connection)[0]
        with pytest.raises(Exception, match="already"):
            add_account(connection, aigul, PASSWORD, NOW)
        for password in ("short", "x" * 201):
            with pytest.raises(Exception, match="The password has"):
                add_account(connection, replace(aigul, login="new"), password, NOW)
