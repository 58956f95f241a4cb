"""A bot of a library that we did not write runs on the rehearsal, by polling and by webhook."""

import base64
import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from jetkiz.rehearsal import Options, RehearsalServer, RehearsedPeople
from tests.node_packages import installed
from tests.rehearsal_examples import WIDE, picture
from tools import system_tools

TOKEN = "42:secret"
SOURCES = Path(__file__).parents[1] / "grammy_bot"
PAGE = picture(400, 300)

pytestmark = pytest.mark.needs("node", "npm")


@pytest.fixture(scope="module")
def folder() -> Path:
    """The bot beside its library, installed once for each version that is pinned."""
    return installed(SOURCES)


@pytest.fixture
def server() -> Iterator[RehearsalServer]:
    with RehearsalServer(Options(token=TOKEN, limits=WIDE)) as running:
        yield running


@pytest.fixture(params=["polling", "webhook"])
def bot(
    request: pytest.FixtureRequest, folder: Path, server: RehearsalServer
) -> Iterator["subprocess.Popen[str]"]:
    """The running bot; it reaches nothing but this computer."""
    node = system_tools.find("node") or "node"
    surroundings = {"PATH": os.environ["PATH"], "PAGE": base64.b64encode(PAGE).decode()}
    given = ["--require", "./only_here.cjs", "bot.mjs", server.url, TOKEN, request.param]
    with subprocess.Popen(
        [node, *given], cwd=folder, env=surroundings, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.terminate()
        assert process.wait(120) == 0


def test_a_family_talks_with_a_foreign_bot(
    server: RehearsalServer, bot: "subprocess.Popen[str]"
) -> None:
    people = RehearsedPeople(server.url)
    people.person("alice", "Әлия", "kk")
    people.start("alice", "k1_abc")
    card = people.wait_for("alice", lambda m: bool(m["buttons"]))
    assert (card["text"], card["entities"][0]["type"]) == ("Қош келдіңіз, Әлия k1_abc", "bold")
    menu = people.wait_for("alice", lambda m: bool(m["keyboard"]))
    assert menu["keyboard"] == [["poll", "album"]]
    people.press("alice", "Алдым")
    pressed = people.wait_for("alice", lambda m: m["text"] == "Алынды")
    assert [button["text"] for row in pressed["buttons"] for button in row] == ["Тапсыру"]
    assert people.get("people/alice/chat")["answers"][0]["text"] == "Рақмет!"
    said = people.say("alice", "сәлем")["message_id"]
    people.edit("alice", said, "салем")
    people.wait_for("alice", lambda m: m["text"] == "түзетілді: салем")
    people.block("alice")
    assert bot.stdout is not None
    assert bot.stdout.readline() == "kicked\n"


def test_files_go_both_ways(server: RehearsalServer, bot: "subprocess.Popen[str]") -> None:
    assert bot.pid
    people = RehearsedPeople(server.url)
    people.person("alice", "Әлия", "kk")
    people.start("alice")
    people.say("alice", "photo")
    photo = people.wait_for("alice", lambda m: m["text"] == "бет")
    assert photo["media"][0]["sha256"] == hashlib.sha256(PAGE).hexdigest()
    people.say("alice", "album")
    people.wait_for("alice", lambda m: m["text"] == "альбом")
    album = [m for m in people.chat("alice") if m["album"]]
    assert len(album) == 2
    sent = people.photos("alice", [PAGE, PAGE])["message_ids"]
    words = f"{len(PAGE)} bytes, album true"
    for number in sent:
        people.wait_for("alice", lambda m, n=number: (m["text"], m["reply_to"]) == (words, n))


def test_the_foreign_bot_reaches_nobody_else(folder: Path) -> None:
    """The watch that stands before the bot is itself awake."""
    node = system_tools.find("node") or "node"
    said = "fetch('http://192.0.2.1/').catch((error) => console.log(String(error.cause)))"
    done = subprocess.run(
        [node, "--require", "./only_here.cjs", "--eval", said],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "only 127.0.0.1 may be reached, not 192.0.2.1" in done.stdout


def test_polls_and_limits(server: RehearsalServer, bot: "subprocess.Popen[str]") -> None:
    assert bot.pid
    people = RehearsedPeople(server.url)
    people.person("alice", "Әлия", "kk")
    people.start("alice")
    people.say("alice", "poll")
    quiz = people.wait_for("alice", lambda m: bool(m["poll"]))["poll"]
    assert (quiz["type"], quiz["correct_option_ids"]) == ("quiz", [1])
    people.vote("alice", [1])
    people.wait_for("alice", lambda m: m["text"] == "жауап 1")
    people.faults([{"kind": "flood", "method": "sendMessage", "retry_after": 7}])
    people.say("alice", "flood")
    people.wait_for("alice", lambda m: m["text"] == "429: 7")
    assert all(m["text"] != "not sent" for m in people.chat("alice"))
