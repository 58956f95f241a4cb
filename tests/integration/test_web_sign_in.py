"""Signing in and out over HTTP, and what nobody gets in with."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from jetkiz.storage.workplace import Workplace
from jetkiz.web import sessions
from jetkiz.web.accounts import change_password
from jetkiz.web.audit import Act
from jetkiz.web.tables import account, audit, session
from tests.console import Browser, Hands, add_staff, open_browser, workplace_for
from tests.factories import WEEK, add_people, publish_week


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
def workplace(database_url: str, tmp_path: Path, clock: Hands) -> Workplace:
    place = workplace_for(database_url, tmp_path, clock)
    with place.database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        add_staff(connection, people)
    return place


@pytest.fixture
async def browser(workplace: Workplace, clock: Hands) -> AsyncIterator[Browser]:
    async with open_browser(workplace, clock) as opened:
        yield opened
    workplace.database.close()


async def test_the_right_password_opens_the_first_screen(browser: Browser) -> None:
    await browser.sign_in("Aigul ")
    assert browser.path == f"/weeks/{WEEK}"
    assert "Who got nothing" in browser.text
    assert "Village school" in browser.text


async def test_the_page_asked_for_opens_after_the_sign_in(browser: Browser) -> None:
    await browser.open("/classes?x=1")
    assert browser.path.startswith("/sign-in?next=/classes")
    assert 'name="next" value="/classes?x=1"' in browser.text


async def test_unknown_login_and_wrong_password_get_one_answer(browser: Browser) -> None:
    await browser.sign_in("aigul", "wrong")
    wrong = browser.text.replace('value="aigul"', "")
    assert browser.status == 403
    await browser.sign_in("nobody", "wrong")
    assert browser.status == 403
    assert browser.text.replace('value="nobody"', "") == wrong
    assert "Login or password is wrong" in wrong
