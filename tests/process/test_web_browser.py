"""The console in a real browser: accessible in three languages, on a phone, without scripts."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from jetkiz.delivery.model import Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch, receipt, student_week
from jetkiz.engine.tables import pulse
from jetkiz.homework.model import Page as WorkPage
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.i18n import LANGUAGES
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.register import learn
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages import first_screen
from jetkiz.web.server import ConsoleServer
from jetkiz.web.tables import session
from tests.console import PASSWORD, Hands, add_staff, class_of, workplace_for
from tests.factories import MONDAY, NO_WAY, NOW, WEEK, People, add_people, publish_week
from tests.paper_quizzes import bring_quiz
from tests.web_browser import PHONE, chromium_open, opened, sign_in_at, violations

pytestmark = [pytest.mark.process, pytest.mark.needs("chromium")]

# Every place where the keyboard should stop, but that radio buttons are one stop together.
STOPS = """[...document.querySelectorAll('a[href], button, summary, select, textarea,'
    + 'input:not([type=hidden], [type=radio]), [tabindex="0"]')]
    .filter(e => e.checkVisibility()).length"""
# Where the focus is, as a number in the page, and whether that can be seen.
FOCUS = """(() => { const e = document.activeElement;
    const marked = [e, e.parentElement].some(x => getComputedStyle(x).outlineStyle != 'none');
    return [[...document.querySelectorAll('*')].indexOf(e), marked, e.tagName]; })()"""


@dataclass(frozen=True)
class Scene:
    """A running console with something to see on every page."""

    place: Workplace
    url: str
    people: People
    room: int
    work: int

    @property
    def pages(self) -> list[str]:
        """The address of every page."""
        alice = f"/students/{self.people.alice}/{WEEK}"
        return [
            f"/weeks/{WEEK}",
            "/weeks/2026-W09",
            f"/weeks/{WEEK}/calls",
            "/classes",
            f"/classes/{self.room}/{WEEK}",
            alice,
            f"{alice}/by-hand",
            f"{alice}/why/{self.people.lessons[0]}",
            "/homework",
            f"/homework/{self.work}",
            *(f"/plan/{WEEK}", "/paper", "/paper/post", "/paper/scans"),
            "/running",
            "/password",
            "/nothing-here",
        ]


@pytest.fixture
def scene(sqlite_url: str, tmp_path: Path) -> Iterator[Scene]:
    place = workplace_for(sqlite_url, tmp_path, Hands(NOW + timedelta(days=3)))
    found = furnish(place)
    with ConsoleServer(place) as server:
        yield Scene(place, server.url, *found)
    place.database.close()


def furnish(place: Workplace) -> tuple[People, int, int]:
    """Give every page something of each kind to show."""
    with place.database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people, NO_WAY)
        add_staff(connection, people)
        _, second, third = people.lessons
        receipts = [
            said(people.alice, second, State.FAILED, FailureReason.BLOCKED),
            said(people.bob, second, State.DISPATCHED),
        ]
        record_receipts(connection, receipts, NOW)
        internet = Fact(FactKind.INTERNET, "3g", Source.SURVEY, MONDAY)
        learn(connection, 1, internet)
        row = {"key": "b", "channel": "post", "week": WEEK, "not_before": NOW, "state": 3}
        connection.execute(batch.insert().values({**row, "created_at": NOW}))
        connection.execute(pulse.insert().values(schedule="dispatch", slot_utc=NOW, beats=1))
        room = class_of(connection, people.alice)
        works = [bring(place, connection, people.bob, lesson) for lesson in (third, second)]
        bring_quiz(connection, people.bob, third, works[0])
    return people, room, works[0]


def said(student: int, lesson: int, state: State, reason: FailureReason | None = None) -> Receipt:
    return Receipt(
        key=f"{student}:{lesson}:{state}",
        week=WEEK,
        student=student,
        lessons=(lesson,),
        state=state,
        channel="telegram",
        at=NOW,
        source="telegram",
        reason=reason,
    )


def bring(place: Workplace, connection: Any, student: int, lesson: int) -> int:
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "JPEG")
    page = WorkPage(f"{student}:{lesson}", place.files.put(out.getvalue()), "image/jpeg", "post")
    add_page(connection, student, lesson, page, NOW)
    handed = hand_in(connection, student, lesson, MONDAY, NOW, "test")
    assert handed
    return handed.id


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_open() as browser:
        yield browser


def signed_in(chromium: Browser, scene: Scene, login: str = "aigul", **options: Any) -> Page:
    return sign_in_at(chromium, scene.url, login, **options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible(chromium: Browser, scene: Scene, language: str) -> None:
    page = signed_in(chromium, scene)
    page.click(f".languages button[value={language}]")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Policy" in m.text else None)
    for address in scene.pages:
        page.goto(scene.url + address)
        assert page.locator("html").get_attribute("lang") == language
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert violations(page) == [], address
    assert faults == []
    page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_in_page_is_accessible(chromium: Browser, scene: Scene, language: str) -> None:
    page = opened(chromium, locale=language)
    page.goto(scene.url)
    assert page.locator("html").get_attribute("lang") == language
    assert violations(page) == []
    page.fill("#login", "aigul")
    page.fill("#password", "wrong")
    page.press("#password", "Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
    page.context.close()


def test_nothing_is_wider_than_a_phone(chromium: Browser, scene: Scene) -> None:
    page = signed_in(chromium, scene, viewport=PHONE)
    for language in LANGUAGES:
        page.click(f".languages button[value={language}]")
        for address in scene.pages:
            page.goto(scene.url + address)
            wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not page.evaluate(wider), (language, address)
        assert violations(page) == []
    page.context.close()


def test_on_a_phone_what_goes_on_at_the_side_shows_it(chromium: Browser, scene: Scene) -> None:
    """A table too wide has a shadow at the edge where it goes on, and none at its end."""
    page = signed_in(chromium, scene, viewport=PHONE)
    page.click(".languages button[value=kk]")
    for link in page.locator(".top nav a").all():
        box = link.bounding_box()
        assert box
        assert box["x"] + box["width"] <= PHONE["width"]
    page.goto(f"{scene.url}/classes")
    table = page.locator(".scroll").first
    assert table.evaluate("e => e.scrollWidth > e.clientWidth")
    assert edge(table) < 245
    table.evaluate("e => e.scrollLeft = e.scrollWidth")
    assert edge(table) > 245
    page.context.close()


def edge(part: Locator) -> int:
    """Return how light the right edge is, half way down and clear of the figures."""
    picture = Image.open(io.BytesIO(part.screenshot())).convert("L")
    column = [
        picture.getpixel((picture.width - 2, y))
        for y in range(picture.height // 2, picture.height - 8)
    ]
    return max(int(light) for light in column)


def test_a_mistyped_correction_is_shown_at_its_field(chromium: Browser, scene: Scene) -> None:
    page = signed_in(chromium, scene, viewport=PHONE)
    page.goto(f"{scene.url}/students/{scene.people.alice}/{WEEK}")
    page.locator("details.edit summary").click()
    page.fill("#household_phone", "123")
    page.check(".boxes input[value=balapan]")
    page.click("details.edit button")
    wrong = page.locator("#household_phone")
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport()
    expect(wrong).to_have_value("123")
    expect(page.locator(".boxes input[value=balapan]")).to_be_checked()
    assert violations(page) == []
    page.context.close()


def test_the_keyboard_reaches_the_content_first(chromium: Browser, scene: Scene) -> None:
    page = signed_in(chromium, scene)
    page.goto(f"{scene.url}/weeks/{WEEK}")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.context.close()


def test_the_reason_opens_in_its_place(chromium: Browser, scene: Scene) -> None:
    page = signed_in(chromium, scene)
    address = f"{scene.url}/students/{scene.people.alice}/{WEEK}"
    page.goto(address)
    page.locator("a.why").first.click()
    expect(page.locator(".explained").first).to_be_visible()
    assert page.url == address
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_teacher_marks_a_queue(chromium: Browser, scene: Scene, *, scripts: bool) -> None:
    page = signed_in(chromium, scene, "bolat", java_script_enabled=scripts, viewport=PHONE)
    page.click("a[href='/homework']")
    page.locator(".works a").first.click()
    loaded = page.locator(".sheets img").first
    expect(loaded).to_be_visible()
    for mark in ("5", "4"):
        page.locator(f".scale input[value='{mark}']").check()
        page.fill("#words", "Жақсы!")
        page.click(".marking button")
        expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Nothing waits")
    page.context.close()


def test_without_scripts_the_coordinator_corrects_a_home(chromium: Browser, scene: Scene) -> None:
    page = signed_in(chromium, scene, java_script_enabled=False)
    page.goto(f"{scene.url}/students/{scene.people.alice}/{WEEK}")
    page.locator("details.edit summary").click()
    page.select_option("#fact-internet", "none")
    page.click("details.edit button")
    expect(page.locator("#home")).to_contain_text("corrected by the coordinator")
    page.locator("a.why").first.click()
    expect(page.locator("#why")).to_be_visible()
    page.context.close()


def test_a_part_that_fails_says_so_where_it_was_to_come(chromium: Browser, scene: Scene) -> None:
    page = signed_in(chromium, scene)
    address = f"{scene.url}/students/{scene.people.alice}/{WEEK}"
    page.goto(address)
    with scene.place.database.write() as connection:
        connection.execute(receipt.update().values(state=77))
    page.locator("a.why").nth(1).click()
    part = page.locator(f"#why-{scene.people.lessons[1]} [role=alert]")
    expect(part).to_contain_text("nobody had thought of")
    assert page.url == address
    assert page.locator("h1").count() == 1
    assert violations(page) == []
    page.context.close()


def test_a_part_asked_for_after_the_session_ended_leads_to_the_sign_in_and_back(
    chromium: Browser, scene: Scene
) -> None:
    page = signed_in(chromium, scene)
    address = f"/students/{scene.people.alice}/{WEEK}"
    page.goto(scene.url + address)
    with scene.place.database.write() as connection:
        connection.execute(session.delete())
    page.locator("a.why").first.click()
    page.fill("#login", "aigul")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(scene.url + address)
    assert page.locator("a.why").count() == len(scene.people.lessons)
    page.context.close()


def test_a_long_group_opens_in_its_place(
    chromium: Browser, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scene.place.database.write() as connection:
        connection.execute(student_week.delete())
        publish_week(connection, scene.people)
    monkeypatch.setattr(first_screen, "AT_ONCE", 1)
    page = signed_in(chromium, scene)
    address = f"{scene.url}/weeks/{WEEK}"
    page.goto(address)
    rows = page.locator("#not_handed_over tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Show all").click()
    expect(rows).to_have_count(2)
    assert page.url == address
    assert violations(page) == []
    page.context.close()


def test_the_password_is_changed_by_keyboard_alone(chromium: Browser, scene: Scene) -> None:
    page = signed_in(chromium, scene)
    page.goto(f"{scene.url}/password")
    page.focus("#old")
    for typed in (PASSWORD, "үш жаңа сөз", "үш жаңа сөз"):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your password is changed")
    page.context.close()


def test_the_keyboard_stops_at_everything_and_shows_where(chromium: Browser, scene: Scene) -> None:
    page = signed_in(chromium, scene)
    for address in (f"/students/{scene.people.alice}/{WEEK}", f"/homework/{scene.work}"):
        page.goto(scene.url + address)
        wanted = page.evaluate(STOPS) + page.locator("fieldset.scale").count()
        stops = set()
        for _ in range(wanted + 2):
            page.keyboard.press("Tab")
            stops.add(tuple(page.evaluate(FOCUS)))
        stops = {one for one in stops if one[2] not in {"BODY", "HTML"}}
        assert len(stops) == wanted
        assert [tag for _, marked, tag in stops if not marked] == []
    page.context.close()


def test_the_call_list_is_made_for_paper(chromium: Browser, scene: Scene) -> None:
    page = signed_in(chromium, scene)
    page.goto(f"{scene.url}/weeks/{WEEK}/calls")
    page.emulate_media(media="print")
    for hidden in (".top", ".no-print"):
        expect(page.locator(hidden).first).to_be_hidden()
    cell = page.locator("td.blank").first
    expect(cell).to_be_visible()
    assert (cell.bounding_box() or {"height": 0})["height"] >= 40
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.context.close()
