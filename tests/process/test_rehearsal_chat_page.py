"""In the browser a person plays the student: reads, writes, presses, sends pictures, blocks."""

import asyncio
import io
import os
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from jetkiz.rehearsal import Options, RehearsalServer, RehearsedPeople
from tests.rehearsal_examples import BUTTONS, WIDE, picture
from tools import system_tools

# Milliseconds; each wait ends as soon as the page shows what is waited for.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def server() -> Iterator[RehearsalServer]:
    with RehearsalServer(Options(limits=WIDE)) as running:
        yield running


@pytest.fixture
def people(server: RehearsalServer) -> RehearsedPeople:
    played = RehearsedPeople(server.url)
    played.person("alice", "Әлия", "kk")
    played.person("bob", "Bob <b>", "en")
    return played


@pytest.fixture
async def http(server: RehearsalServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base_url=server.url) as session:
        yield session


async def read(http: aiohttp.ClientSession, path: str, **headers: str) -> str:
    async with http.get(path, headers=headers) as answer:
        assert answer.status == 200, path
        return await answer.text()


async def send(http: aiohttp.ClientSession, method: str, **given: Any) -> Any:
    async with http.post(f"/bot1:test/{method}", json=given) as answer:
        return (await answer.json())["result"]


@pytest.mark.parametrize(
    ("asked", "language", "words"),
    [
        ("ru-RU,ru;q=0.9", "", "Репетиция"),
        ("kk", "", "Дайындық"),
        ("de,en;q=0.5", "", "Rehearsal"),
        ("de", "", "Дайындық"),
        ("ru", "?lang=en", "Rehearsal"),
    ],
)
async def test_the_list_speaks_the_browsers_language(
    http: aiohttp.ClientSession, people: RehearsedPeople, asked: str, language: str, words: str
) -> None:
    page = await read(http, f"/{language}", **{"Accept-Language": asked})
    assert f"<h1>{words}</h1>" in page
    assert "Bob &lt;b&gt;" in page
    assert people.url


async def test_a_person_is_added_and_plays(http: aiohttp.ClientSession) -> None:
    given = {"key": "", "name": "Дина", "language": "ru"}
    async with http.post("/people", data=given) as answer:
        assert answer.url.path == "/chat/person-1"
        page = await answer.text()
    assert "Начать" in page
    for act, fields in (("start", {"payload": "k1"}), ("say", {"text": "Привет <i>"})):
        async with http.post(f"/chat/person-1/{act}?lang=ru", data=fields) as answer:
            page = await answer.text()
    assert "/start k1" in page
    assert "Привет &lt;i&gt;" in page


async def test_a_person_needs_a_name(http: aiohttp.ClientSession) -> None:
    async with http.post("/people?lang=en", data={"key": "dina", "name": " "}) as answer:
        page = await answer.text()
        assert answer.status == 400
    assert "A person needs a key, a first name and a language." in page
    assert 'value="dina"' in page


async def test_acts_that_fail_say_so_in_the_persons_language(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.start, "alice")
    async with http.post("/chat/alice/say", data={"text": " "}) as answer:
        assert answer.status == 400
        assert "Мұндай хабарлама жіберуге болмайды." in await answer.text()
    body = aiohttp.FormData()
    body.add_field("files", io.BytesIO(b"no"), filename="a.jpg", content_type="image/jpeg")
    async with http.post("/chat/alice/files?lang=ru", data=body) as answer:
        assert "Telegram этого бы не принял" in await answer.text()


async def test_other_sites_cannot_play_people(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.start, "alice")
    foreign = {"Origin": "https://elsewhere.example"}
    for path in ("/chat/alice/say", "/rehearsal/people/alice/say", "/people"):
        async with http.post(path, data={"text": "x", "name": "x"}, headers=foreign) as answer:
            assert answer.status == 403
    async with http.delete("/rehearsal/faults", headers=foreign) as answer:
        assert answer.status == 403
    own = {"Origin": people.url}
    async with http.post("/chat/alice/say", data={"text": "өзім"}, headers=own) as answer:
        assert "өзім" in await answer.text()


async def test_nobody_of_that_name(http: aiohttp.ClientSession) -> None:
    async with http.get("/chat/dina") as answer:
        assert answer.url.path == "/"
    async with http.get("/chat/dina/messages") as answer:
        assert answer.status == 404
    async with http.post("/chat/dina/say", data={"text": "x"}) as answer:
        assert answer.url.path == "/"


async def test_everything_a_message_can_show(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    play = asyncio.to_thread
    await play(people.start, "alice")
    chat = (await play(people.people))[0]["chat_id"]
    link = {"inline_keyboard": [[{"text": "Сайт", "url": "https://school.kz"}]]}
    card = await send(
        http, "sendMessage", chat_id=chat, text="<b>Сабақ</b>", parse_mode="HTML", reply_markup=link
    )
    said = (await play(people.photos, "alice", [picture()], "бет", card["message_id"]))[
        "message_id"
    ]
    await play(people.document, "alice", "<a>.html", b"<script>alert(1)</script>")
    await send(http, "setMessageReaction", chat_id=chat, message_id=said,
               reaction=[{"type": "emoji", "emoji": "👀"}])  # fmt: skip
    await send(http, "editMessageText", chat_id=chat, message_id=card["message_id"], text="Жаңа",
               reply_markup=link)  # fmt: skip
    page = await read(http, "/chat/alice")
    for piece in (
        'href="https://school.kz"',
        "Жаңа",
        "өзгертілді",
        "👀",
        "&lt;a&gt;.html",
        "(1 КБ)",
    ):
        assert piece in page
    photo = re.search(r'<img class="picture" src="([^"]+)" alt="Сурет">', page)
    assert photo is not None
    async with http.get(photo.group(1)) as answer:
        assert (answer.content_type, await answer.read()) == ("image/jpeg", picture())
    document = re.search(r'class="file" href="([^"]+)"', page)
    assert document is not None
    async with http.get(document.group(1)) as answer:
        assert answer.headers["Content-Disposition"] == "attachment"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with http.get("/rehearsal/files/photos/none.jpg") as answer:
        assert answer.status == 404


async def test_the_page_allows_only_its_own_script(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.start, "alice")
    async with http.get("/chat/alice") as answer:
        policy, page = answer.headers["Content-Security-Policy"], await answer.text()
    nonce = re.search(r"script-src 'nonce-([^']+)'", policy)
    assert nonce is not None
    assert f'<script nonce="{nonce.group(1)}">' in page
    assert "default-src 'none'" in policy
    assert "http://" not in page.replace(people.url, "")


async def test_messages_alone_only_when_something_changed(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.start, "alice")
    version = re.search(r'data-version="([^"]+)"', await read(http, "/chat/alice/messages"))
    assert version is not None
    path = f"/chat/alice/messages?version={version.group(1)}"
    async with http.get(path) as answer:
        assert answer.status == 204
    await asyncio.to_thread(people.say, "alice", "жаңа")
    assert "жаңа" in await read(http, path)


@pytest.fixture
def page(server: RehearsalServer) -> Iterator[Page]:
    """A phone's browser; it shows errors of the page's script as failures."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=system_tools.find("chromium"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
            timeout=PATIENCE,
        )
        opened = browser.new_page(viewport={"width": 390, "height": 800}, base_url=server.url)
        opened.set_default_timeout(PATIENCE)
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on(
            "console", lambda said: errors.append(said.text) if said.type == "error" else None
        )
        yield opened
        browser.close()
    assert errors == []


@pytest.mark.needs("chromium")
def test_a_student_uses_the_page_with_the_keyboard_alone(
    page: Page, people: RehearsedPeople
) -> None:
    page.goto("/?lang=kk")
    page.get_by_role("link", name="Әлия").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Қағаздағы немесе сілтемедегі код").fill("k1_abc")
    page.keyboard.press("Enter")
    expect(page.get_by_text("/start k1_abc")).to_be_visible()
    page.get_by_label("Хабарлама жазыңыз").fill("Сәлеметсіз бе")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("Сәлеметсіз бе")).to_be_visible()
    assert [m["text"] for m in people.chat("alice")] == ["/start k1_abc", "Сәлеметсіз бе"]


@pytest.mark.needs("chromium")
def test_news_appears_by_itself_and_buttons_work(page: Page, people: RehearsedPeople) -> None:
    people.start("alice")
    page.goto("/chat/alice")
    chat = people.people()[0]["chat_id"]
    bot = page.context.request
    given = {"chat_id": chat, "text": "Бүгінгі сабақ", "reply_markup": BUTTONS}
    sent = bot.post(f"{people.url}/bot1:test/sendMessage", data=given)
    assert sent.ok
    button = page.get_by_role("button", name="Received")
    expect(button).to_be_visible()
    page.get_by_label("Хабарлама жазыңыз").fill("жазып жатырмын")
    people.say("alice", "басқа")
    expect(page.get_by_role("log").get_by_text("басқа")).to_be_visible()
    expect(page.get_by_label("Хабарлама жазыңыз")).to_have_value("жазып жатырмын")
    button.click()
    updates = bot.get(f"{people.url}/bot1:test/getUpdates").json()["result"]
    query = updates[-1]["callback_query"]
    assert query["data"] == "1:ack:7"
    answer = {"callback_query_id": query["id"], "text": "Рақмет!"}
    assert bot.post(f"{people.url}/bot1:test/answerCallbackQuery", data=answer).ok
    expect(page.get_by_role("status")).to_have_text("Рақмет!")


@pytest.mark.needs("chromium")
def test_photos_replies_and_blocking_by_hand(page: Page, people: RehearsedPeople) -> None:
    people.start("bob")
    chat = people.people()[1]["chat_id"]
    keyboard = {"keyboard": [["Today", "Week"]]}
    given = {"chat_id": chat, "text": "Hand in", "reply_markup": keyboard}
    assert page.context.request.post(f"{people.url}/bot1:test/sendMessage", data=given).ok
    page.goto("/chat/bob")
    page.get_by_role("button", name="Week").click()
    page.get_by_role("link", name="Reply", exact=True).click()
    expect(page.get_by_text("Reply to:")).to_be_visible()
    page.get_by_text("Send photos or files").click()
    pages = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": picture(colour=colour)}
             for n, colour in enumerate(("red", "green"))]  # fmt: skip
    page.get_by_label("Up to 10 photos").set_input_files(pages)  # type: ignore[arg-type]
    page.get_by_label("Words to go with it").fill("2 pages")
    page.get_by_role("button", name="Send the files").click()
    expect(page.get_by_alt_text("Photo")).to_have_count(2)
    seen = people.chat("bob")
    assert [m["text"] for m in seen] == ["/start", "Hand in", "Week", "2 pages", ""]
    assert [m["reply_to"] for m in seen] == [None, None, None, 2, 2]
    assert seen[3]["album"] == seen[4]["album"] is not None
    page.get_by_label("More about this chat").click()
    page.get_by_role("button", name="Block the bot").click()
    page.get_by_role("button", name="Unblock the bot").click()
    expect(page.get_by_label("Write a message")).to_be_visible()
    assert people.people()[1]["standing"] == "member"


async def test_a_training_sees_all_that_a_bot_can_send(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.start, "alice")
    chat = (await asyncio.to_thread(people.people))[0]["chat_id"]
    rich = {"html": "<h1>Теңдеу</h1><p><tg-math>x^2</tg-math></p><details><summary>Жауабы</summary>"
                    "<p>2</p></details><table><tr><td>1</td></tr></table>"}  # fmt: skip
    disabled = {"inline_keyboard": [[{"text": "Алдым", "disabled": {}, "style": "success"}]]}
    sent = await send(
        http, "sendRichMessage", chat_id=chat, rich_message=rich, reply_markup=disabled
    )
    await send(http, "pinChatMessage", chat_id=chat, message_id=sent["message_id"])
    commands = [{"command": "today", "description": "Бүгінгі сабақтар"}]
    await send(http, "setMyCommands", commands=commands, language_code="kk")
    await send(http, "sendPoll", chat_id=chat, question="2 + 2?", options=["3", "4"])
    await send(http, "sendLocation", chat_id=chat, latitude=53.2, longitude=63.6)
    await asyncio.to_thread(people.voice, "alice", b"OggS")
    await asyncio.to_thread(people.photos, "alice", [picture(60, 60)] * 2, "екі бет")
    await asyncio.to_thread(people.stop_clock)  # "is typing" is seen for five seconds only
    await send(http, "sendChatAction", chat_id=chat, action="typing")
    page = await read(http, "/chat/alice")
    for piece in (
        "<h2>Теңдеу</h2>",
        '<span class="formula">x^2</span>',
        "<details><summary>Жауабы</summary><p>2</p></details>",
        '<button class="success" disabled>Алдым</button>',
        "Бекітілген: Теңдеу",
        "<b>/today</b> Бүгінгі сабақтар",
        "<legend>2 + 2?</legend>",
        "53.2, 63.6",
        "<audio controls",
        "media album",
        "жазып жатыр",
    ):
        assert piece in page, piece
    assert page.count('class="message person"') == 3
    async with http.post("/chat/alice/vote", data={"options": "1"}) as answer:
        assert answer.status == 200
    voted = (await asyncio.to_thread(people.chat, "alice"))[2]["poll"]
    assert [option["voter_count"] for option in voted["options"]] == [0, 1]


async def test_a_group_is_seen_as_each_member_sees_it(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.group, "class3", "3-сынып", ["alice", "bob"])
    await asyncio.to_thread(people.say_in_group, "bob", "class3", "Ертең жиналыс")
    assert "/chat/bob?lang=kk&amp;group=class3" in await read(http, "/?lang=kk")
    page = await read(http, "/chat/alice?group=class3")
    assert "<h1>3-сынып</h1>" in page
    assert '<p class="sender">Bob &lt;b&gt;</p>' in page
    async with http.post("/chat/alice/say?group=class3", data={"text": "Жарайды"}) as answer:
        assert "Жарайды" in await answer.text()
    said = await asyncio.to_thread(people.group_chat, "class3")
    assert [m["sender"] for m in said] == ["bob", "alice"]
    for address in ("/chat/alice?group=none", "/chat/alice/say?group=none"):
        async with http.get(address) as answer:
            assert answer.url.path != "/chat/alice"


async def test_chats_of_several_bots_side_by_side(
    http: aiohttp.ClientSession, people: RehearsedPeople
) -> None:
    await asyncio.to_thread(people.add_bot, "2:test", "Мектеп №2")
    second = RehearsedPeople(people.url, bot=2)
    await asyncio.to_thread(second.start, "alice", "k2")
    assert "/?lang=kk&amp;bot=2" in await read(http, "/?lang=kk")
    assert "/start k2" in await read(http, "/chat/alice?bot=2")
    assert "/start k2" not in await read(http, "/chat/alice")
    address = "/side?lang=kk&chat=alice@1&chat=alice@2&chat=nobody@1&chat=alice@99"
    frames = re.findall(r'<iframe src="([^"]+)" title="([^"]+)"', await read(http, address))
    assert frames == [
        ("/chat/alice?lang=kk&amp;bot=1", "Әлия - Jetkiz"),
        ("/chat/alice?lang=kk&amp;bot=2", "Әлия - Мектеп №2"),
    ]
    async with http.get("/side?chat=nobody") as answer:
        assert answer.url.path == "/"


@pytest.mark.needs("chromium")
def test_a_quiz_is_answered_with_the_keyboard(page: Page, people: RehearsedPeople) -> None:
    people.start("bob")
    chat = people.people()[1]["chat_id"]
    quiz = {
        "chat_id": chat,
        "question": "2 + 2?",
        "options": ["3", "4"],
        "type": "quiz",
        "correct_option_ids": [1],
        "explanation": "two and two",
    }
    assert page.context.request.post(f"{people.url}/bot1:test/sendPoll", data=quiz).ok
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/chat/bob?lang=en")
    page.get_by_label("4").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("two and two")).to_be_visible()
    expect(page.get_by_label("4")).to_be_disabled()
    page.get_by_role("complementary").get_by_role("link", name="Әлия").click()
    expect(page).to_have_url(re.compile("/chat/alice"))
