"""A real browser on the console: sign in, and ask the page what is not accessible."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.console import PASSWORD
from tools import system_tools

# Levels A and AA of WCAG 2.2 and of those before it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CALM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
# Milliseconds; each wait ends as soon as the page shows what is waited for.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium_open() -> Iterator[Browser]:
    """Open a browser for the tests of a module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=system_tools.find("chromium"), args=CALM, timeout=PATIENCE
        )
        yield browser
        browser.close()


def opened(chromium: Browser, **options: Any) -> Page:
    """Return a page of a browser that nobody has used."""
    page = chromium.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    return page


def sign_in_at(chromium: Browser, url: str, login: str, **options: Any) -> Page:
    """Return a page of somebody who has signed in."""
    page = opened(chromium, **{"viewport": DESKTOP, **options})
    page.goto(f"{url}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator("h1")).to_be_visible()
    return page


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong on a page."""
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:150]}" for one in found for node in one["nodes"]]
