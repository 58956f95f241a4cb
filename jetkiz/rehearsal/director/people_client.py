"""Plays people from a program: the demo and the tests say what students and guardians do."""

import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jetkiz.i18n import N_
from jetkiz.rehearsal.state.model import Json
from jetkiz.rehearsal.state.refusals import RehearsalError

TIMEOUT = 60.0


class RehearsedPeople:
    """People of a running rehearsal; `key` makes an act happen once even if it is asked twice."""

    def __init__(self, url: str, bot: int | None = None) -> None:
        self.url = url.rstrip("/")
        self.bot = bot  # the bot they talk with; the first when nothing is said

    def address(self, path: str) -> str:
        joint = "&" if "?" in path else "?"
        asked = "" if self.bot is None else f"{joint}bot={self.bot}"
        return f"{self.url}/rehearsal/{path}{asked}"

    def add_bot(self, token: str, name: str = "Jetkiz") -> Json:
        answer: Json = self.post("bots", {"token": token, "name": name})
        return answer

    def person(self, key: str, name: str, language: str = "kk") -> Json:
        answer: Json = self.post("people", {"key": key, "name": name, "language": language})
        return answer

    def people(self) -> list[Json]:
        answer: list[Json] = self.get("people")
        return answer

    def start(self, person: str, payload: str = "", key: str | None = None) -> Json:
        return self.act(person, "start", {"payload": payload, "key": key})

    def say(
        self, person: str, text: str, reply_to: int | None = None, key: str | None = None
    ) -> Json:
        return self.act(person, "say", {"text": text, "reply_to": reply_to, "key": key})

    def group(self, key: str, title: str, members: Sequence[str], privacy: bool = True) -> Json:
        """A group with these people and the bot."""
        given = {"key": key, "title": title, "members": list(members), "privacy": privacy}
        answer: Json = self.post("groups", given)
        return answer

    def change_group(self, key: str, act: str, person: str = "") -> Json:
        """Add or remove a person, invite or expel the bot, or migrate the group."""
        answer: Json = self.post(f"groups/{quoted(key)}/{act}", {"person": person})
        return answer

    def group_chat(self, key: str) -> list[Json]:
        answer: list[Json] = self.get(f"groups/{quoted(key)}/chat")["messages"]
        return answer

    def say_in_group(self, person: str, group: str, text: str, reply_to: int | None = None) -> Json:
        return self.act(person, "say", {"text": text, "group": group, "reply_to": reply_to})

    def press(
        self, person: str, label: str, message_id: int | None = None, key: str | None = None
    ) -> Json:
        """Press the button with this label, on the newest message that has one."""
        given = {"label": label, "message_id": message_id, "key": key}
        return self.act(person, "press", given)

    def press_data(
        self, person: str, data: str, message_id: int | None = None, key: str | None = None
    ) -> Json:
        """Press the button that carries this callback data."""
        given = {"data": data, "message_id": message_id, "key": key}
        return self.act(person, "press", given)

    def vote(
        self,
        person: str,
        options: Sequence[int],
        message_id: int | None = None,
        key: str | None = None,
    ) -> Json:
        """Answer a poll, the newest if none is named; no options take the answer back."""
        given = {"options": list(options), "message_id": message_id, "key": key}
        return self.act(person, "vote", given)

    def edit(self, person: str, message_id: int, text: str, key: str | None = None) -> Json:
        """Change the words of an own message."""
        return self.act(person, "edit", {"message_id": message_id, "text": text, "key": key})

    def photos(
        self,
        person: str,
        pictures: Sequence[bytes],
        caption: str = "",
        reply_to: int | None = None,
        key: str | None = None,
        pace: tuple[int, float] | None = None,
    ) -> Json:
        """Send photos; several at once are an album, with a pace (seed, gap) in parts."""
        parts = [(f"photo{n}.jpg", "image/jpeg", p) for n, p in enumerate(pictures, start=1)]
        seed, gap = pace or (None, None)
        given = {"caption": caption, "reply_to": reply_to, "key": key, "seed": seed, "gap": gap}
        return self.act(person, "photos", given, parts)

    def document(
        self,
        person: str,
        name: str,
        content: bytes,
        caption: str = "",
        reply_to: int | None = None,
        key: str | None = None,
    ) -> Json:
        given = {"caption": caption, "reply_to": reply_to, "key": key}
        parts = [(name, "application/octet-stream", content)]
        return self.act(person, "document", given, parts)

    def voice(
        self, person: str, content: bytes, reply_to: int | None = None, key: str | None = None
    ) -> Json:
        given = {"reply_to": reply_to, "key": key}
        return self.act(person, "voice", given, [("voice.oga", "audio/ogg", content)])

    def block(self, person: str, key: str | None = None) -> Json:
        return self.act(person, "block", {"key": key})

    def unblock(self, person: str, key: str | None = None) -> Json:
        return self.act(person, "unblock", {"key": key})

    def deactivate(self, person: str, key: str | None = None) -> Json:
        return self.act(person, "deactivate", {"key": key})

    def chat(self, person: str) -> list[Json]:
        """The messages the person has seen, with what became of them."""
        answer: list[Json] = self.get(f"people/{quoted(person)}/chat")["messages"]
        return answer

    def wait_for(self, person: str, fits: Callable[[Json], bool], seconds: float = 60.0) -> Json:
        """The first message that fits, as soon as the person sees it."""
        until = time.monotonic() + seconds
        while True:
            for message in self.chat(person):
                if fits(message):
                    return message
            if time.monotonic() >= until:
                raise RehearsalError(
                    N_("{person} did not get the expected message in {seconds} seconds."),
                    N_("Look whether the bot runs and talks to this rehearsal."),
                    person=person,
                    seconds=seconds,
                )
            time.sleep(0.05)

    def faults(self, rules: Sequence[Json], seed: int = 0) -> Json:
        answer: Json = self.post("faults", {"rules": list(rules), "seed": seed})
        return answer

    def clock(self, now: str) -> Json:
        answer: Json = self.post("clock", {"now": now})
        return answer

    def advance(self, seconds: float, limits: bool = False) -> Json:
        """Let time pass at once; `limits` lets buckets, waits and late calls run ahead too."""
        answer: Json = self.post("clock", {"advance": seconds, "limits": limits})
        return answer

    def stop_clock(self, stopped: bool = True) -> Json:
        """Let time, and with it all limits, stand still or go on."""
        answer: Json = self.post("clock", {"stopped": stopped})
        return answer

    def ledger(self, after: int = 0) -> Json:
        answer: Json = self.get(f"ledger?after={after}")
        return answer

    def write_transcript(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        words = json.dumps(self.get("transcript"), ensure_ascii=False, indent=2)
        path.write_text(words + "\n", encoding="utf-8")

    def act(
        self,
        person: str,
        name: str,
        given: Json,
        parts: Sequence[tuple[str, str, bytes]] = (),
    ) -> Json:
        fields = {field: value for field, value in given.items() if value is not None}
        path = f"people/{quoted(person)}/{name}"
        answer: Json = self.post_files(path, fields, parts) if parts else self.post(path, fields)
        return answer

    def get(self, path: str) -> Any:
        return self.ask(urllib.request.Request(self.address(path)))  # noqa: S310 - http

    def post(self, path: str, given: Json) -> Any:
        return self.send(path, json.dumps(given).encode(), "application/json")

    def post_files(self, path: str, fields: Json, parts: Sequence[tuple[str, str, bytes]]) -> Any:
        edge = secrets.token_hex(16)
        body = b"".join(
            [
                *(field_part(edge, name, str(value)) for name, value in fields.items()),
                *(file_part(edge, number, *part) for number, part in enumerate(parts)),
                f"--{edge}--\r\n".encode(),
            ]
        )
        return self.send(path, body, f"multipart/form-data; boundary={edge}")

    def send(self, path: str, body: bytes, content_type: str) -> Any:
        address, headers = self.address(path), {"Content-Type": content_type}
        return self.ask(urllib.request.Request(address, body, headers))  # noqa: S310 - http

    def ask(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - http
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise refusal_of(error) from error
        except OSError as error:
            raise RehearsalError(
                N_("The rehearsal at {url} does not answer."),
                N_("Start it, or give the right address."),
                url=self.url,
            ) from error


def quoted(person: str) -> str:
    return urllib.parse.quote(person, safe="")


def refusal_of(error: urllib.error.HTTPError) -> RehearsalError:
    """The server's own words again; what is no such answer is quoted as it came."""
    body = error.read().decode("utf-8", "replace")
    try:
        words = json.loads(body)
        sentence, remedy = words["error"], words["remedy"]
    except (ValueError, KeyError, TypeError):
        sentence, remedy = body, ""
    return RehearsalError("{said}", "{help}", error.code, said=sentence, help=remedy)


def field_part(edge: str, name: str, value: str) -> bytes:
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
    return f"{head}{value}\r\n".encode()


def file_part(edge: str, number: int, name: str, mime: str, content: bytes) -> bytes:
    plain = name.replace('"', "_").replace("\r", "_").replace("\n", "_")
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file{number}"; filename="{plain}"\r\n'
        f"Content-Type: {mime}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"
