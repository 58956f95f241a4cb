"""Every address of the console against everybody: who gets in, who not, and no form without token.

A page that is added without a line in the table fails the first test.
"""

import itertools
import re
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from jetkiz.delivery.tables import receipt
from jetkiz.homework.tables import feedback
from jetkiz.roster.tables import access_fact
from jetkiz.staff.tables import audit
from jetkiz.storage.workplace import Workplace
from jetkiz.web.pages import PAGES
from jetkiz.web.tables import session
from print_packs.tables import scan_page
from tests.console import PASSWORD, Browser, add_broadcaster, bring_work, class_of, one_database
from tests.factories import NOW, WEEK, People
from tests.paper_quizzes import add_proposal, add_quiz_sheet, ask_quiz
from tests.two_clocks_week import publish_air

# Alice is in tamara's class, bolat teaches Bob, the outsider coordinates another school, and
# efir is a broadcaster, who is of no school.
STAFF = frozenset({"aigul", "tamara", "bolat", "outsider"})
EVERYBODY = STAFF | {"efir"}
SCHOOL = frozenset({"aigul"})
SCHOOLS = frozenset({"aigul", "outsider"})
HERS = frozenset({"aigul", "tamara"})
# The timetable is of no school: each coordinator may look at it.
DESK = frozenset({"efir", "aigul", "outsider"})
NOBODY = "nobody"


@dataclass(frozen=True)
class Door:
    """One route: who may pass, and where it leads to with Alice's numbers filled in."""

    method: str
    route: str
    lets_in: frozenset[str]
    is_open: bool = False


DOORS = [
    Door("GET", "/sign-in", EVERYBODY, is_open=True),
    Door("POST", "/sign-in", EVERYBODY, is_open=True),
    Door("POST", "/sign-out", EVERYBODY),
    Door("POST", "/language", EVERYBODY, is_open=True),
    Door("GET", "/password", EVERYBODY),
    Door("POST", "/password", EVERYBODY),
    Door("GET", "/", EVERYBODY),
    Door("GET", "/weeks", STAFF),
    Door("GET", "/weeks/{week}", STAFF),
    Door("GET", "/weeks/{week}/calls", STAFF),
    Door("GET", "/classes", STAFF),
    Door("GET", "/classes/{room}/{week}", HERS),
    Door("GET", "/students/{student}", STAFF),
    Door("GET", "/students/{student}/{week}", HERS),
    Door("POST", "/students/{student}/{week}/arrival", HERS),
    Door("POST", "/students/{student}/{week}/home", SCHOOL),
    Door("GET", "/students/{student}/{week}/why/{lesson}", HERS),
    Door("GET", "/students/{student}/{week}/screen/{lesson}", HERS),
    Door("GET", "/students/{student}/{week}/by-hand", SCHOOL),
    Door("POST", "/students/{student}/{week}/by-hand", SCHOOL),
    Door("GET", "/homework", STAFF),
    Door("GET", "/homework/{work}", HERS),
    Door("POST", "/homework/{work}", HERS),
    Door("GET", "/homework/{work}/pages/{digest}/{size}", HERS),
    Door("POST", "/homework/{work}/quiz/{sheet}", HERS),
    Door("GET", "/homework/{work}/quiz/{sheet}/block", HERS),
    Door("GET", "/plan", STAFF),
    Door("GET", "/plan/{week}", SCHOOLS),
    Door("GET", "/paper", SCHOOLS),
    Door("GET", "/paper/runs/{week}/{run}/{name}", frozenset()),
    Door("POST", "/paper/stock", SCHOOLS),
    Door("POST", "/paper/reprint", SCHOOLS),
    Door("GET", "/paper/post", SCHOOLS),
    Door("POST", "/paper/post/taken", SCHOOLS),
    Door("POST", "/paper/post/signed", SCHOOLS),
    Door("POST", "/paper/post/back", SCHOOLS),
    Door("POST", "/paper/post/not-refused", SCHOOLS),
    Door("POST", "/paper/post/numbers", SCHOOLS),
    Door("POST", "/paper/post/roll", SCHOOLS),
    Door("POST", "/paper/post/events", SCHOOLS),
    Door("GET", "/paper/post/packs", SCHOOLS),
    Door("POST", "/paper/post/number", SCHOOLS),
    Door("POST", "/paper/post/weights", SCHOOLS),
    # One word for all schools of a database is nobody's to give.
    Door("POST", "/paper/post/sign-off", frozenset()),
    # There is no list yet, so there is nothing for anybody.
    Door("GET", "/paper/post/lists/{week}/{number}/{kind}", frozenset()),
    Door("GET", "/paper/post/lists/{week}/{number}/labels/{shape}", frozenset()),
    Door("GET", "/paper/post/lists/{week}/{number}/inventory", frozenset()),
    Door("POST", "/paper/post/pass", SCHOOLS),
    Door("POST", "/paper/post/address", SCHOOLS),
    Door("POST", "/paper/post/sender", SCHOOLS),
    Door("GET", "/paper/scans", SCHOOLS),
    Door("POST", "/paper/scans", SCHOOLS),
    Door("POST", "/paper/scans/upload", SCHOOLS),
    Door("GET", "/paper/scans/{scan}", SCHOOL),
    Door("GET", "/paper/scans/{scan}/{size}", SCHOOL),
    Door("GET", "/telegram", SCHOOLS),
    Door("POST", "/telegram/codes", SCHOOLS),
    Door("POST", "/telegram/cut", SCHOOLS),
    Door("POST", "/telegram/families", SCHOOLS),
    Door("POST", "/telegram/letters", SCHOOLS),
    Door("POST", "/telegram/again", SCHOOLS),
    Door("POST", "/telegram/alarms", SCHOOLS),
    Door("GET", "/telegram/emergency", SCHOOLS),
    Door("POST", "/telegram/emergency", SCHOOLS),
    Door("POST", "/telegram/emergency/answer", SCHOOLS),
    Door("GET", "/running", SCHOOLS),
    Door("GET", "/air-desk", DESK),
    Door("GET", "/air-desk/{week}", DESK),
    Door("GET", "/air-desk/{week}/airings/{airing}", DESK),
    Door("POST", "/air-desk/{week}/airings/{airing}", frozenset({"efir"})),
    Door("GET", "/air-desk/{week}/changes", DESK),
    Door("POST", "/air-desk/{week}/publish", frozenset({"efir"})),
    Door("POST", "/air-desk/{week}/drop", frozenset({"efir"})),
    Door("GET", "/air-desk/{week}/aired", DESK),
    Door("POST", "/air-desk/{week}/aired", frozenset({"efir"})),
    Door("POST", "/air-desk/{week}/aired/look", frozenset({"efir"})),
    Door("GET", "/air-desk/{week}/families", DESK),
    Door("GET", "/air-desk/{week}/files", DESK),
    Door("POST", "/air-desk/{week}/files", frozenset({"efir"})),
    Door("GET", "/air-desk/{week}/files/{format}", DESK),
    Door("GET", "/air", EVERYBODY, is_open=True),
    Door("GET", "/air/{week}/{language}/{grade}.pdf", EVERYBODY, is_open=True),
    Door("GET", "/air/guide.xml", EVERYBODY, is_open=True),
    Door("GET", "/air/{language}/{grade}.ics", EVERYBODY, is_open=True),
    Door("GET", "/air/{week}/{language}/{grade}", EVERYBODY, is_open=True),
    Door("GET", "/health", EVERYBODY, is_open=True),
]
CLOSED = [door for door in DOORS if not door.is_open]
# Each of these ends the session that the others need.
OTHER_SITES = ("https://evil.example", "null", "http://127.0.0.1:1")
# A draft that is kept makes what was looked at before it stale.
LAST = {"/air-desk/{week}/airings/{airing}": 1, "/password": 2, "/sign-out": 3}
FORMS = [door for door in DOORS if door.method == "POST"]


def label(value: object) -> str:
    return f"{value.method} {value.route}" if isinstance(value, Door) else str(value)


@pytest.fixture
def places(web_workplace: Workplace, web_people: People) -> dict[str, object]:
    """The numbers of Alice, her class, her lesson and her homework."""
    with web_workplace.database.write() as connection:
        add_broadcaster(connection, "efir")
        publish_air(connection)
    work, (digest,) = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    with web_workplace.database.write() as connection:
        room = class_of(connection, web_people.alice)
        ask_quiz(connection, web_people.lessons[0])
        sheet = add_quiz_sheet(connection, web_people.alice, web_people.lessons[0])
        add_proposal(connection, sheet, digest)
        page = {"sha256": "a" * 64, "source": "a.pdf", "place": 1, "result": "unreadable"}
        page |= {"turn": 0, "media_type": "image/jpeg", "scanned_at": NOW, "stored": digest}
        page |= {"school_id": web_people.school}
        scan = connection.execute(scan_page.insert().values(page)).inserted_primary_key[0]
    return {
        "week": WEEK,
        "student": web_people.alice,
        "room": room,
        "lesson": web_people.lessons[0],
        "work": work,
        "sheet": sheet,
        "run": 1,
        "name": "run.pdf",
        "digest": digest,
        "size": "small",
        "number": 1,
        "kind": "pdf",
        "shape": "a5",
        "scan": scan,
        "language": "kk",
        "grade": 3,
        "format": "xmltv",
        "airing": "1-mathematics-2.kk-first",
    }


async def knock(browser: Browser, door: Door, places: dict[str, object], **fields: str) -> int:
    """Open the address or send its form, and return the status of the first answer."""
    address = door.route.format(**places)
    if door.method == "GET":
        answer = await browser.client.get(address, allow_redirects=False)
    else:
        answer = await browser.client.post(address, data=fields, allow_redirects=False)
    browser.text = await answer.text(errors="replace")
    return answer.status


def changes(place: Workplace) -> list[int | None]:
    """Count what a form can change."""
    tables = (receipt, feedback, access_fact, session, audit)
    with place.database.read() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) for table in tables]


def test_every_route_is_in_the_table() -> None:
    routes = [(one.method, re.sub(r":(?:[^{}]|\{[^}]*\})*\}", "}", one.path)) for one in PAGES]
    assert sorted(routes) == sorted((door.method, door.route) for door in DOORS)


@one_database
async def test_who_has_not_signed_in_sees_nothing(
    visitor: Browser, places: dict[str, object], web_workplace: Workplace
) -> None:
    before = changes(web_workplace)
    await visitor.open("/sign-in")
    token = visitor.value("csrf")
    for door in CLOSED:
        assert await knock(visitor, door, places, csrf=token) == 303, label(door)
        assert "Alice" not in visitor.text
    assert changes(web_workplace) == before


@one_database
@pytest.mark.parametrize("login", sorted(EVERYBODY))
async def test_each_door_lets_in_those_of_the_table(
    visitor: Browser, places: dict[str, object], login: str
) -> None:
    await visitor.sign_in(login)
    token = visitor.value("csrf")
    fields = {"csrf": token, "key": "k", "mark": "5", "language": "en", "old": PASSWORD}
    fields |= {"new": "another one", "again": "another one"}
    fields |= {"channel": "balapan", "day": "3", "at": "11:00", "seen": "1", "in_force": "1"}
    found = {}
    for door in sorted(CLOSED, key=lambda door: LAST.get(door.route, 0)):
        if door.route == "/sign-out":
            fields["csrf"] = (await visitor.open("/password")).value("csrf")
        found[label(door)] = await knock(visitor, door, places, **fields)
        if login not in door.lets_in:
            assert "Test Alice" not in visitor.text, label(door)
    refused = {name for name, status in found.items() if status not in {200, 303}}
    assert refused == {label(door) for door in CLOSED if login not in door.lets_in}
    assert {found[name] for name in refused} <= {404}


@one_database
@pytest.mark.parametrize("token", ["", "0" * 64, "another session's"])
async def test_no_form_is_taken_without_the_token_of_this_browser(
    visitor: Browser, places: dict[str, object], web_workplace: Workplace, token: str
) -> None:
    await visitor.open("/sign-in")
    before_sign_in = visitor.value("csrf")
    await visitor.sign_in("aigul")
    before = changes(web_workplace)
    token = before_sign_in if token == "another session's" else token
    for door in FORMS:
        status = await knock(visitor, door, places, csrf=token, key="k", mark="5", lesson="1")
        assert status == 403, label(door)
        assert "Nothing was changed" in visitor.text
    assert changes(web_workplace) == before


@one_database
async def test_no_form_is_taken_from_another_site(
    visitor: Browser, places: dict[str, object], web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    before = changes(web_workplace)
    for door, origin in itertools.product(FORMS, OTHER_SITES):
        answer = await visitor.client.post(
            door.route.format(**places),
            data={"csrf": visitor.value("csrf"), "key": "k", "mark": "5"},
            headers={"Origin": origin},
            allow_redirects=False,
        )
        assert answer.status == 403, label(door)
    assert changes(web_workplace) == before


@one_database
async def test_another_method_is_refused_in_words(
    visitor: Browser, places: dict[str, object]
) -> None:
    await visitor.sign_in("aigul")
    token = {"X-Csrf-Token": visitor.value("csrf")}
    for door in DOORS:
        taken = {one.method for one in DOORS if one.route == door.route}
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - taken:
            address = door.route.format(**places)
            answer = await visitor.client.request(method, address, headers=token)
            assert answer.status == 405, (method, label(door))
            assert set(answer.headers["Allow"].split(",")) >= taken
            assert door.route == "/health" or "This did not work" in await answer.text()


REFUSED = "This did not work"

# Numbers and names that nobody has, or that would be nonsense to a database.
STRANGE = {
    "student": ["0", "999999999", "9999999999", "-1", "1.0", "1;drop", "%00", "１", "a" * 300],
    "week": ["2026-W00", "2026-W54", "2026-W99", "2026-5", "0000-W01", "%D0%B0", "2026-W05%0A"],
    "room": ["0", "999999999", "99999999999", "x", "..%2F..%2Fetc"],
    "lesson": ["0", "999999999", "99999999999", "x"],
    "work": ["0", "999999999", "99999999999", "-5", "None"],
    "scan": ["0", "999999999", "99999999999", "x"],
    "digest": ["0" * 64, "f" * 63, "..", "%2e%2e%2f", "G" * 64],
    "size": ["huge", "SMALL", "0", ".."],
}


@one_database
@pytest.mark.parametrize("name", STRANGE)
async def test_strange_words_in_an_address_are_refused_and_nothing_else(
    visitor: Browser, places: dict[str, object], web_workplace: Workplace, name: str
) -> None:
    await visitor.sign_in("aigul")
    token = visitor.value("csrf")
    before = changes(web_workplace)
    for door in DOORS:
        if f"{{{name}}}" not in door.route or door.route == "/students/{student}":
            continue
        for strange in STRANGE[name]:
            address = {**places, name: strange}
            status = await knock(visitor, door, address, csrf=token, key="k", mark="5", lesson="1")
            assert status in {400, 404}, (label(door), strange)
            # Who has no sign-in is led to the weeks there are.
            led_on = door.route.startswith("/air/") and 'href="/air?words=kk"' in visitor.text
            assert led_on or REFUSED in visitor.text, (label(door), strange)
    assert changes(web_workplace) == before
