"""The air in a real browser: accessible, on a phone, moved with and without scripts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from broadcast.revisions import read_kept
from jetkiz.storage.workplace import Workplace
from jetkiz.web.server import ConsoleServer
from tests.console import Hands, add_broadcaster, workplace_for
from tests.factories import NOW, WEEK, add_people
from tests.two_clocks_week import publish_air
from tests.web_browser import PHONE, chromium_open, opened, sign_in_at, violations

pytestmark = [pytest.mark.process, pytest.mark.needs("chromium")]

DESK = f"/air-desk/{WEEK}"
AIRING = f"{DESK}/airings/1-mathematics-2.kk-first"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_open() as browser:
        yield browser


@pytest.fixture
def place(sqlite_url: str, tmp_path: Path) -> Iterator[Workplace]:
    found = workplace_for(sqlite_url, tmp_path, Hands(NOW + timedelta(hours=14)))
    with found.database.write() as connection:
        add_people(connection)
        add_broadcaster(connection, "efir")
        publish_air(connection)
    yield found
    found.database.close()


@pytest.fixture
def url(place: Workplace) -> Iterator[str]:
    with ConsoleServer(place) as server:
        yield server.url


def test_every_page_of_the_air_is_accessible_on_a_phone(chromium: Browser, url: str) -> None:
    page = sign_in_at(chromium, url, "efir", viewport=PHONE)
    page.click(".languages button[value=kk]")
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text))
    there = f"{AIRING}?channel=balapan&day=3&at=11:00"
    desk = [f"{DESK}{part}" for part in ("", "/families", "/changes", "/files", "/aired")]
    public = ["/air?words=kk", "/air/now/kk/3?words=ru", "/air/now/kk/3?words=kk"]
    for address in (*desk, f"{DESK}?channel=balapan", AIRING, there, *public):
        page.goto(url + address)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert violations(page) == [], address
        assert not page.evaluate(WIDER), address
    # Search engines read a script that is none: the policy of the page has nothing against it.
    assert page.locator('script[type="application/ld+json"]').count() == 1
    assert faults == []
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_airing_is_moved_by_keyboard(
    chromium: Browser, url: str, place: Workplace, *, scripts: bool
) -> None:
    page = sign_in_at(chromium, url, "efir", java_script_enabled=scripts)
    page.goto(f"{url}{AIRING}")
    page.focus("#at")
    page.fill("#at", "11:00")
    page.press("#at", "Enter")
    follows = page.locator("#follows section")
    expect(follows).to_contain_text("11:00")
    # A part of the page alone came, or the whole page: with scripts the address stays.
    assert ("at=" in page.url) is not scripts
    keep = follows.get_by_role("button")
    keep.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Kept as a draft")
    with place.database.read() as connection:
        assert read_kept(connection, WEEK).revision == 2
    page.context.close()


def test_who_only_reads_needs_no_script_and_gets_no_cookie(chromium: Browser, url: str) -> None:
    page = opened(chromium, java_script_enabled=False, viewport=PHONE)
    page.goto(f"{url}/air?words=kk")
    page.click("a[href^='/air/now/kk/3']")
    expect(page.locator("h1")).to_contain_text("3-сынып")
    expect(page.locator(".slots li").first).to_be_visible()
    assert page.context.cookies() == []
    page.context.close()
