"""Asks the real Telegram whether the search for lost messages works there; a person watches.

``python -m tools.confirm_probe``: half an hour with a test bot and one or two private chats. See
docs/howto/confirm-the-probe.md. The token comes from JETKIZ_TELEGRAM_TOKEN, never from an option.
"""

import argparse
import asyncio
import io
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from bot.sending.probe import Reading, read, with_number
from bot.telegram.telegram_api import TelegramApi, Upload
from bot.telegram.telegram_errors import Kind, Outcome

EDIT = "editMessageReplyMarkup"
KEYBOARD = {"inline_keyboard": [[{"text": "Received", "callback_data": "1:nop"}]]}
# The line is cut so many seconds after a request began: one of them falls before its answer.
CUTS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8)
# Without these the search is worth nothing; the others only say how much it is worth.
NEEDED = ("found", "found after a new start", "nothing invented", "found after a cut line")


@dataclass
class Check:
    """One question to Telegram, and what came of it; ``passed`` is None where nobody can tell."""

    name: str
    passed: bool | None
    seen: str


@dataclass
class Trial:
    """The state of the experiment."""

    api: TelegramApi
    chats: list[int]
    row: int = 1000
    checks: list[Check] = field(default_factory=list)
    harmed: int = 0

    def note(self, name: str, passed: bool | None, seen: str) -> None:
        self.checks.append(Check(name, passed, seen))
        answer = "?  " if passed is None else "yes" if passed else "NO "
        print(f"{answer}  {name}: {seen}", flush=True)

    def message(self, chat: int, text: str) -> dict[str, Any]:
        """A message that no other message has the buttons of."""
        self.row += 1
        return with_number({"chat_id": chat, "text": text, "reply_markup": KEYBOARD}, self.row)

    async def send(self, method: str, payload: dict[str, Any], *more: Any) -> int:
        """Send and return the number; the experiment ends where even that fails."""
        outcome = await self.api.ask(method, payload, *more)
        if outcome.kind == Kind.FLOODED:
            await asyncio.sleep(outcome.retry_after)
            outcome = await self.api.ask(method, payload, *more)
        if outcome.kind != Kind.SENT or outcome.message_id is None:
            sys.exit(f"{method} failed: {outcome.kind} {outcome.detail}")
        return outcome.message_id

    async def probe(self, payload: dict[str, Any], number: int) -> Reading:
        """Ask whether this number is that message."""
        asked = {key: payload[key] for key in ("chat_id", "reply_markup")}
        outcome = await self.api.ask(EDIT, asked | {"message_id": number})
        if outcome.kind == Kind.FLOODED:
            await asyncio.sleep(outcome.retry_after)
            outcome = await self.api.ask(EDIT, asked | {"message_id": number})
        reading = read(outcome)
        self.harmed += reading == Reading.ANOTHER
        return reading

    async def search(self, payload: dict[str, Any], floor: int, upper: int) -> int | None:
        """Look for a message between two numbers."""
        for number in range(floor + 1, upper):
            if await self.probe(payload, number) == Reading.HERE:
                return number
        return None


async def find_lost(trial: Trial, rounds: int) -> None:
    """Send among others, forget the number, look for it; the same after a new start."""
    right, lost = 0, []
    for _ in range(rounds):
        for chat in trial.chats:
            floor = await trial.send("sendMessage", trial.message(chat, "Before the lost one"))
            for other in trial.chats:
                if other != chat:
                    # Its number is asked for in the wrong chat, as it will be at every school.
                    await trial.send("sendMessage", trial.message(other, "Of another chat"))
            payload = trial.message(chat, "This one is looked for")
            truth = await trial.send("sendMessage", payload)
            for other in trial.chats:
                await trial.send("sendMessage", trial.message(other, "Between"))
            upper = await trial.send("sendMessage", trial.message(chat, "After the lost one"))
            right += await trial.search(payload, floor, upper) == truth
            lost.append((payload, truth))
    trial.note("found", right == len(lost), f"{right} of {len(lost)} lost messages")
    await trial.api.__aexit__(None, None, None)
    await trial.api.__aenter__()
    again = sum([await trial.probe(*one) == Reading.HERE for one in lost])
    trial.note("found after a new start", again == len(lost), f"{again} of {len(lost)}")


async def find_nothing(trial: Trial) -> None:
    """A message that was never sent is found nowhere, and no other chat is touched."""
    chat, other = trial.chats[0], trial.chats[-1]
    floor = await trial.send("sendMessage", trial.message(other, "Another chat"))
    near = await trial.send("sendMessage", {"chat_id": other, "text": "No buttons here"})
    upper = await trial.send("sendMessage", trial.message(other, "The last of these"))
    if chat == other:
        # In one chat a wrong question would change the buttons of what stands there.
        found = await trial.search(trial.message(chat, "never sent"), near + 500, near + 510)
        seen = "one chat only: asked far above all numbers"
    else:
        found = await trial.search(trial.message(chat, "never sent"), floor, upper)
        seen = "numbers of the other chat were asked in this one"
    trial.note("nothing invented", found is None and not trial.harmed, seen)


async def find_after_cut(trial: Trial) -> None:
    """Cut the line on purpose until a cut falls between the request and its answer."""
    found, words = None, "no cut fell between a request and its answer"
    for seconds in CUTS:
        found, words = await _cut_once(trial, seconds)
        if found is not None:
            break
    trial.note("found after a cut line", found, words)


async def _cut_once(trial: Trial, seconds: float) -> tuple[bool | None, str]:
    """Return whether the message was found; None where nothing was lost by this cut."""
    chat = trial.chats[0]
    floor = await trial.send("sendMessage", trial.message(chat, "Before the cut"))
    payload = trial.message(chat, "The line was cut after this")
    asking = asyncio.ensure_future(trial.api.ask("sendMessage", payload))
    await asyncio.wait([asking], timeout=seconds)
    if asking.done():
        return None, "the answer came before the cut"
    asking.cancel()
    await asyncio.wait([asking])
    await asyncio.sleep(1.0)
    upper = await trial.send("sendMessage", trial.message(chat, "After the cut"))
    if upper == floor + 1:
        return None, "the request never came to Telegram"
    found = await trial.search(payload, floor, upper)
    if found is None:
        return False, "not there: look whether your phone shows it"
    return True, f"number {found}, cut after {seconds} s"


async def one_sequence(trial: Trial) -> None:
    """Whether the numbers of two chats come from one sequence."""
    numbers = [
        await trial.send("sendMessage", trial.message(chat, "Counting")) for chat in trial.chats * 3
    ]
    rises = numbers == sorted(set(numbers))
    seen = " ".join(map(str, numbers))
    trial.note("one sequence for all chats", rises and len(trial.chats) > 1, seen)


async def find_after_album(trial: Trial) -> None:
    """The message with buttons that answers an album stands for the album."""
    chat = trial.chats[0]
    media = [{"type": "photo", "media": f"attach://p{n}"} for n in range(2)]
    photos = tuple(Upload(f"p{n}", f"p{n}.jpg", _picture(n)) for n in range(2))
    album = await trial.send("sendMediaGroup", {"chat_id": chat, "media": media}, photos)
    payload = trial.message(chat, "The pictures above")
    payload["reply_parameters"] = {"message_id": album}
    truth = await trial.send("sendMessage", payload)
    found = await trial.search(payload, truth - 1, truth + 1)
    trial.note("found after an album", found == truth, f"album {album}, its reply {truth}")


async def find_rich(trial: Trial) -> None:
    """A rich message with buttons, where this server has them."""
    chat = trial.chats[0]
    rich = {"html": "<h3>Rich</h3><p>A rich message</p>"}
    payload = trial.message(chat, "")
    del payload["text"]
    outcome = await trial.api.ask("sendRichMessage", payload | {"rich_message": rich})
    if outcome.kind != Kind.SENT or outcome.message_id is None:
        trial.note("found as a rich message", passed=False, seen=f"not sent: {outcome.detail}")
        return
    reading = await trial.probe(payload, outcome.message_id)
    trial.note("found as a rich message", reading == Reading.HERE, reading.value)


async def what_it_costs(trial: Trial, questions: int, pace: float) -> None:
    """Ask often and count what is refused for speed."""
    payload = trial.message(trial.chats[0], "Asked many times")
    number = await trial.send("sendMessage", payload)
    asked = {key: payload[key] for key in ("chat_id", "reply_markup")} | {"message_id": number}
    began, kinds = time.monotonic(), Counter[str]()
    worst = 0.0
    for _ in range(questions):
        outcome: Outcome = await trial.api.ask(EDIT, asked)
        kinds[outcome.kind.value] += 1
        worst = max(worst, outcome.retry_after)
        await asyncio.sleep(max(outcome.retry_after, 1 / pace))
    seconds = time.monotonic() - began
    refused = kinds[Kind.FLOODED.value]
    seen = (
        f"{questions} questions in {seconds:.0f} s, {refused} refused, longest wait {worst:.0f} s"
    )
    trial.note("questions are cheap", refused == 0, seen)


def _picture(number: int) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (320, 240), (40, 90 + number, 160)).save(made, "JPEG")
    return made.getvalue()


async def wait_for_people(api: TelegramApi, wanted: int, seconds: float) -> list[int]:
    """Return the private chats in which somebody has written to the bot."""
    chats: list[int] = []
    offset, until = 0, time.monotonic() + seconds
    while len(chats) < wanted and time.monotonic() < until:
        outcome = await api.ask("getUpdates", {"offset": offset, "timeout": 2}, timeout=20)
        for raw in outcome.result if isinstance(outcome.result, list) else ():
            offset = raw["update_id"] + 1
            place = (raw.get("message") or {}).get("chat", {})
            if place.get("type") == "private" and place["id"] not in chats:
                chats.append(place["id"])
                print(f"Chat {len(chats)} of {wanted} is here.", flush=True)
    return chats


async def experiment(given: argparse.Namespace, token: str) -> int:
    """Ask everything, write the result and say what follows."""
    async with TelegramApi(given.api, token) as api:
        me = await api.ask("getMe", {})
        if me.kind != Kind.SENT:
            sys.exit(f"Telegram does not take this token, or cannot be reached: {me.detail}")
        name = me.result["username"]
        print(f"Open https://t.me/{name} on {given.chats} phone(s) and press Start.", flush=True)
        chats = await wait_for_people(api, given.chats, given.wait)
        if not chats:
            sys.exit("Nobody pressed Start. Run this again.")
        trial = Trial(api, chats)
        await find_lost(trial, given.rounds)
        await find_nothing(trial)
        await find_after_cut(trial)
        await one_sequence(trial)
        await find_after_album(trial)
        await find_rich(trial)
        await what_it_costs(trial, given.questions, given.pace)
    return conclude(trial, given.out)


def conclude(trial: Trial, out: Path) -> int:
    """Write the file and the verdict; 0 when the search may be switched on."""
    failed = [one.name for one in trial.checks if not one.passed]
    unclear = {one.name for one in trial.checks if one.passed is None}
    confirmed = not set(failed) & set(NEEDED) and not trial.harmed
    shared = len(trial.chats) > 1 and "one sequence for all chats" not in failed
    if confirmed and shared:
        verdict = "CONFIRMED: telegram_unknown = probe may be switched on."
    elif confirmed:
        verdict = "HALF CONFIRMED: run it with two chats before you switch it on."
    elif set(failed) & set(NEEDED) <= unclear and not trial.harmed:
        verdict = "NOT CLEAR: run it again, and leave telegram_unknown at resend until then."
    else:
        verdict = "NOT CONFIRMED: leave telegram_unknown at resend."
    out.parent.mkdir(parents=True, exist_ok=True)
    body = {
        "verdict": verdict,
        "chats": len(trial.chats),
        "harmed": trial.harmed,
        "checks": [asdict(one) for one in trial.checks],
    }
    out.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    print(f"\n{verdict}\nWritten: {out}. Send this file with your report; it holds no names.")
    return 0 if confirmed and shared else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the options and begin."""
    parser = argparse.ArgumentParser(prog="python -m tools.confirm_probe")
    parser.add_argument("--api", default="https://api.telegram.org")
    parser.add_argument("--chats", type=int, default=2, choices=(1, 2))
    parser.add_argument("--wait", type=float, default=600.0, help="seconds to wait for Start")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--pace", type=float, default=10.0, help="questions a second")
    parser.add_argument("--out", type=Path, default=Path("build/confirm-probe.json"))
    token = os.environ.get("JETKIZ_TELEGRAM_TOKEN", "")
    given = parser.parse_args(arguments)
    if not token:
        parser.error("put the token of a test bot into JETKIZ_TELEGRAM_TOKEN")
    return asyncio.run(experiment(given, token))


if __name__ == "__main__":
    sys.exit(main())
