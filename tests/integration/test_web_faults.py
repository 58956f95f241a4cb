"""Faults, refusals, hostile requests: always a page in words, never a bare error."""

import asyncio
import io
import logging
import re

import pytest
from sqlalchemy import select, update

from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.homework.feedback import read_feedback
from jetkiz.homework.tables import feedback
from jetkiz.staff.audit import Act
from jetkiz.staff.tables import account, audit
from jetkiz.storage.workplace import Workplace
from jetkiz.web.app import LARGEST_FORM
from jetkiz.web.sessions import IDLE, is_token
from jetkiz.web.tables import session
from tests.console import Browser, Hands, bring_work, one_database
from tests.factories import WEEK, People
from tests.integration.test_web_first_screen import tell

UNFORESEEN = {"en": "nobody had thought of", "ru": "непредвиденная", "kk": "ешкім күтпеген"}


def spoil_role(place: Workplace) -> None:
    """Write what no program of ours writes, so that every page of the account breaks."""
    with place.database.write() as connection:
        connection.execute(update(account).where(account.c.login == "aigul").values(role="king"))


def spoil_receipt(place: Workplace, people: People) -> None:
    """Write a state that does not exist, so that one page breaks and the others do not."""
    tell(place, people.alice, people.lessons[:1], State.DELIVERED)
    with place.database.write() as connection:
        connection.execute(update(receipt).values(state=77))


@one_database
@pytest.mark.parametrize("language", sorted(UNFORESEEN))
async def test_a_fault_is_a_page_in_the_readers_words(
    visitor: Browser,
    web_workplace: Workplace,
    web_people: People,
    caplog: pytest.LogCaptureFixture,
    language: str,
) -> None:
    spoil_receipt(web_workplace, web_people)
    await visitor.sign_in("aigul")
    await visitor.send("/language", language=language, next="/classes")
    address = f"/students/{web_people.alice}/{WEEK}"
    with caplog.at_level(logging.ERROR):
        await visitor.open(address)
    assert visitor.status == 500
    assert UNFORESEEN[language] in visitor.text
    assert "Traceback" not in visitor.text
    reference = re.search(r"\b[0-9A-F]{6}\b", visitor.text)
    assert reference
    (told,) = [one for one in caplog.records if one.name == "jetkiz.web.refusals"]
    assert reference[0] in told.getMessage()
    assert address in told.getMessage()
    assert told.exc_info
    await visitor.open("/classes")
    assert visitor.status == 200


@one_database
async def test_two_faults_have_two_references(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    spoil_receipt(web_workplace, web_people)
    await visitor.sign_in("aigul")
    pages = [
        (await visitor.open(f"/students/{web_people.alice}/{WEEK}")).text.partition("log:")[2]
        for _ in range(2)
    ]
    assert pages[0] != pages[1]


@one_database
async def test_a_fault_before_anybody_is_known_speaks_the_browsers_language(
    visitor: Browser, web_workplace: Workplace
) -> None:
    await visitor.sign_in("aigul")
    spoil_role(web_workplace)
    await visitor.open("/classes", **{"Accept-Language": "ru"})
    assert visitor.status == 500
    assert UNFORESEEN["ru"] in visitor.text
    assert '<html lang="ru">' in visitor.text
    for method in ("HEAD", "GET"):
        answer = await visitor.client.request(method, "/nothing", allow_redirects=False)
        assert answer.status == 500
        assert answer.headers["Content-Security-Policy"]


@one_database
async def test_a_part_of_a_page_that_breaks_says_so_in_its_place(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    """The script puts the element #refusal where the part was to come."""
    await visitor.sign_in("aigul")
    spoil_receipt(web_workplace, web_people)
    address = f"/students/{web_people.alice}/{WEEK}/why/{web_people.lessons[0]}"
    await visitor.open(address, **{"HX-Request": "true"})
    assert visitor.status == 500
    part = re.search(r'<div id="refusal">.*?</div>', visitor.text, re.DOTALL)
    assert part
    assert UNFORESEEN["en"] in part[0]
    assert '"select":"#refusal"' in visitor.text


@one_database
async def test_an_address_that_nobody_has_is_refused_in_words(visitor: Browser) -> None:
    await visitor.open("/static/nothing.css")
    assert visitor.status == 404
    await visitor.sign_in("aigul")
    for nothing in ("/wp-login.php", "/students", "/weeks/", "/homework/1/pages"):
        await visitor.open(nothing)
        assert visitor.status == 404
        assert "There is no such page" in visitor.text


@one_database
@pytest.mark.parametrize("kind", ["words", "key", "file"])
async def test_more_than_a_form_may_hold_is_refused_and_not_kept(
    visitor: Browser, web_workplace: Workplace, web_people: People, kind: str
) -> None:
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    fields = {"csrf": visitor.value("csrf"), "key": "k", "mark": "5", "words": ""}
    data: dict[str, object] = {**fields, kind: "x" * (LARGEST_FORM + 1)}
    if kind == "file":
        data = {**fields, "file": open_file(LARGEST_FORM + 1)}
    answer = await visitor.client.post(f"/homework/{work}", data=data)
    assert answer.status == 413
    assert "more than a form may hold" in await answer.text()
    with web_workplace.database.read() as connection:
        assert read_feedback(connection) == []


def open_file(size: int) -> io.BytesIO:
    return io.BytesIO(b"\xff\xd8" + b"x" * size)


@one_database
async def test_a_file_in_a_form_of_ours_is_left_aside(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    data = {"csrf": visitor.value("csrf"), "key": "k", "mark": "5", "words": open_file(10)}
    answer = await visitor.client.post(f"/homework/{work}", data=data, allow_redirects=False)
    assert answer.status == 303
    with web_workplace.database.read() as connection:
        assert [one.words for one in read_feedback(connection)] == [""]


@one_database
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=" + "x" * 80, b"--x\r\n\r\n"),
        ("multipart/form-data; boundary=x", b"no boundary here"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: nonsense\r\n\r\n1\r\n"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"csrf=1"),
        ("application/x-www-form-urlencoded", b"csrf=\xff\xfe"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=%d" % n for n in range(9_000))),
        ("application/json", b'{"csrf": 1}'),
        ("text/plain", b"csrf=1"),
        ("", b"\x00\x01"),
    ],
)
async def test_a_body_that_is_no_form_is_refused_in_words(
    visitor: Browser, web_workplace: Workplace, kind: str, body: bytes
) -> None:
    await visitor.sign_in("aigul")
    answer = await visitor.client.post("/sign-out", data=body, headers={"Content-Type": kind})
    assert answer.status in {400, 403, 413}
    assert "This did not work" in await answer.text()
    with web_workplace.database.read() as connection:
        assert len(connection.execute(select(session)).all()) == 1


ZEROS = "a\0b\0"


async def test_zero_bytes_are_no_letters(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    """PostgreSQL refuses them in a text, so they are left out before they get there."""
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("aigul\0", "wrong\0")
    assert visitor.status == 403
    await visitor.sign_in("aigul")
    await visitor.open(f"/homework/{work}")
    await visitor.send(f"/homework/{work}", key=ZEROS, mark="5", words=ZEROS)
    assert visitor.status == 200
    with web_workplace.database.read() as connection:
        assert [one.words for one in read_feedback(connection)] == ["ab"]
    address = f"/students/{web_people.alice}/{WEEK}"
    await visitor.open(address)
    await visitor.send(f"{address}/home", internet="4g\0", tv=ZEROS, household_phone="\0")
    assert visitor.status in {200, 400}
    await visitor.open(address)
    await visitor.send(f"{address}/by-hand", lesson="1\0")
    assert visitor.status == 200
    await visitor.send("/language", language="ru\0", next="/\0classes")
    assert visitor.path == "/classes"


async def raw(browser: Browser, request: bytes) -> bytes:
    """Send bytes as no browser would, and return the whole answer."""
    url = browser.client.make_url("/")
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(request)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    await writer.wait_closed()
    return answer


@one_database
@pytest.mark.parametrize(
    "cookie",
    [
        b"jetkiz=\xff\xfe",
        b"jetkiz-visit=\xed\xa0\x80",
        "jetkiz=қазақша; jetkiz_language=қазақша".encode(),
        b"jetkiz-visit=; jetkiz=",
        b"jetkiz=" + b"x" * 4000,
        b'jetkiz="a;b"; =; ;;; jetkiz_language=\x01',
        b"jetkiz-visit=' OR 1=1 --",
    ],
)
async def test_a_hostile_cookie_opens_nothing_and_breaks_nothing(
    visitor: Browser, cookie: bytes
) -> None:
    head = b"GET /sign-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: "
    answer = await raw(visitor, head + cookie + b"\r\n\r\n")
    status = int(answer.split(b" ", 2)[1])
    assert status in {200, 400}
    assert b"Traceback" not in answer
    if status == 200:
        given = re.search(rb"Set-Cookie: jetkiz-visit=([\w-]+);", answer)
        assert given
        assert is_token(given[1].decode())
        assert cookie.partition(b"=")[2] not in answer or not cookie.partition(b"=")[2].strip(
            b"; ="
        )


@one_database
@pytest.mark.parametrize(
    "header",
    [
        b"Accept-Language: \xff\xfe",
        b"Accept-Language: " + b"kk;q=," * 900,
        b"Accept-Language: kk;q=nan, ru;q=inf, en;q=-inf",
        b"HX-Request: \xff",
        b"If-None-Match: \xff",
        b"X-Forwarded-For: \xff, , ,",
    ],
)
async def test_a_hostile_header_breaks_nothing(visitor: Browser, header: bytes) -> None:
    head = b"GET /classes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    answer = await raw(visitor, head + header + b"\r\n\r\n")
    assert int(answer.split(b" ", 2)[1]) in {204, 303, 400}


@one_database
@pytest.mark.parametrize(
    "path", [b"/%ff%fe", b"/%ed%a0%80", "/қазақша".encode(), b"/%00", b"/a%0d%0ab"]
)
async def test_a_hostile_address_leads_to_the_sign_in(visitor: Browser, path: bytes) -> None:
    answer = await raw(
        visitor, b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    )
    head, _, _ = answer.partition(b"\r\n\r\n")
    assert int(head.split(b" ", 2)[1]) in {303, 400}
    assert head.count(b"\r\nLocation:") <= 1
    await visitor.sign_in("aigul")
    await visitor.open(path.decode())
    assert visitor.status in {200, 404}


@one_database
@pytest.mark.parametrize(
    "asked", ["next", "2026-W99", "2026-W05%0d%0aX: 1", "//evil.example", "%00"]
)
async def test_a_week_that_is_none_is_refused(visitor: Browser, asked: str) -> None:
    await visitor.sign_in("aigul")
    await visitor.open(f"/?week={asked}")
    assert visitor.status == 400
    assert "This did not work" in visitor.text
    await visitor.open(f"/?week={WEEK}")
    assert visitor.path == f"/weeks/{WEEK}"


@one_database
async def test_a_form_sent_after_the_sign_in_ended_says_so(
    visitor: Browser, web_workplace: Workplace, web_people: People, web_clock: Hands
) -> None:
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    web_clock.moment += IDLE
    await visitor.send(f"/homework/{work}", key="k", mark="5", words="a long letter")
    assert visitor.status == 403
    assert "Your sign-in has ended" in visitor.text
    assert "Nothing was changed" not in visitor.text
    with web_workplace.database.read() as connection:
        assert connection.execute(select(feedback)).all() == []


def acts(place: Workplace) -> list[str]:
    with place.database.read() as connection:
        return list(connection.scalars(select(audit.c.act).order_by(audit.c.id)))


@one_database
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"mark": "5"}, "A part of the form is missing"),
        ({"mark": "5", "key": ""}, "A part of the form is missing"),
        ({"mark": "5", "key": " "}, "A part of the form is missing"),
        ({"mark": "5", "key": "\0"}, "A part of the form is missing"),
        ({"key": "k"}, "is not a mark"),
        ({"key": "k", "mark": "1"}, "is not a mark"),
        ({"key": "k", "mark": "done"}, "is not a mark"),
        ({"key": "k", "mark": "5 "}, "is not a mark"),
        ({"key": "k", "mark": "{0}{x}"}, "is not a mark"),
        ({"key": "k", "mark": "5", "words": "x" * 2001}, "The words to the student have"),
    ],
)
async def test_a_mark_that_is_not_whole_is_refused_with_a_sentence(
    visitor: Browser,
    web_workplace: Workplace,
    web_people: People,
    fields: dict[str, str],
    words: str,
) -> None:
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    await visitor.send(f"/homework/{work}", **fields)
    assert visitor.status == 400
    assert words in visitor.text
    assert Act.MARK not in acts(web_workplace)


async def test_a_mark_sent_twice_counts_once_and_is_written_down_once(
    visitor: Browser, web_workplace: Workplace, web_people: People, web_clock: Hands
) -> None:
    """A double click, a reload, and a second click with another mark in it."""
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    page = visitor.text
    for mark in ("5", "5", "2"):
        visitor.text = page
        await visitor.send(f"/homework/{work}", key=re_key(page), mark=mark, words="Жарайсың")
        assert visitor.status == 200
        web_clock.moment += IDLE / 10
    with web_workplace.database.read() as connection:
        assert [(one.mark, one.words) for one in read_feedback(connection)] == [("5", "Жарайсың")]
    assert acts(web_workplace).count(Act.MARK) == 1


def re_key(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_two_clicks_at_the_same_moment_count_once(
    visitor: Browser, web_workplace: Workplace, web_people: People
) -> None:
    work, _ = bring_work(web_workplace, web_people.alice, web_people.lessons[0])
    tell(web_workplace, web_people.alice, web_people.lessons[1:], State.DISPATCHED)
    await visitor.sign_in("tamara")
    await visitor.open(f"/homework/{work}")
    data = {"csrf": visitor.value("csrf"), "key": visitor.value("key"), "mark": "4", "words": ""}
    address = f"/students/{web_people.alice}/{WEEK}/arrival"
    answers = await asyncio.gather(
        *(visitor.client.post(f"/homework/{work}", data=data) for _ in range(4)),
        *(visitor.client.post(address, data=data) for _ in range(4)),
    )
    assert {one.status for one in answers} == {200}
    with web_workplace.database.read() as connection:
        assert len(read_feedback(connection)) == 1
    found = acts(web_workplace)
    assert (found.count(Act.MARK), found.count(Act.NOTE_ARRIVAL)) == (1, 1)
