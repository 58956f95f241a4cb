"""What families do to a bot in chaos: photos, questions, presses, codes, all phones at once."""

import io
import random
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from bot.words.keyboards import Verb, button
from tests.chaos.school import Phone, School

RATE = 120.0
MOST_PHOTOS = 6
# One more, and the chat would have to wait for an hour.
MOST_CODES = 4
BITS = 12
SQUARE = 16


class Deed(StrEnum):
    """What a person does in one turn."""

    TODAY = "today"  # asks for the lessons of the day
    PHOTO = "photo"  # sends a page of homework
    RECEIVED = "received"  # presses the button under the day's lessons
    ASK = "ask"  # asks about which lessons a question can be
    QUESTION = "question"  # presses a lesson and writes the question
    CODE = "code"  # opens a link with a code that nobody was given


@dataclass(frozen=True, slots=True)
class Act:
    """One turn: the message that was written, the press, and its number in the run."""

    deed: Deed
    number: int
    message: int = 0
    press: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What one person did, in order."""

    phone: Phone
    acts: tuple[Act, ...]

    def of(self, deed: Deed) -> list[Act]:
        """Return the turns of one kind."""
        return [act for act in self.acts if act.deed == deed]


def question(number: int) -> str:
    """Return the words of a question."""
    return f"Question {number}: why is frost white?"


class Families(threading.Thread):
    """All phones of a school at once, at a rate that one bot has to bear."""

    def __init__(self, school: School, seed: int, each: int, rate: float = RATE) -> None:
        super().__init__(daemon=True)
        self.school = school
        self.each = each
        self.rate = rate
        self.dice = random.Random(seed)
        self.acts: dict[str, list[Act]] = defaultdict(list)

    def run(self) -> None:
        turns = [phone for phone in self.school.phones for _ in range(self.each)]
        self.dice.shuffle(turns)
        began = time.monotonic()
        for number, phone in enumerate(turns):
            time.sleep(max(0.0, began + number / self.rate - time.monotonic()))
            self.acts[phone.person].append(self.act(phone, number))

    def act(self, phone: Phone, number: int) -> Act:
        """Take one turn; where no message to press has come yet, ask for one."""
        done = [act.deed for act in self.acts[phone.person]]
        return self.take(phone, self.drawn(done), number)

    def drawn(self, done: Sequence[Deed]) -> Deed:
        """Draw what a person does after all this."""
        drawn = self.dice.random()
        if drawn < 0.35 and done.count(Deed.PHOTO) < MOST_PHOTOS:
            return Deed.PHOTO
        if drawn < 0.5:
            return Deed.RECEIVED
        if drawn < 0.7:
            return Deed.QUESTION
        if drawn < 0.8 and done.count(Deed.CODE) < MOST_CODES:
            return Deed.CODE
        return Deed.TODAY

    def take(self, phone: Phone, deed: Deed, number: int) -> Act:
        """Take a turn of one kind; what cannot be pressed yet is asked for."""
        if deed == Deed.PHOTO:
            return self.photo(phone, number)
        if deed == Deed.RECEIVED and (act := self.received(phone, number)):
            return act
        if deed in {Deed.QUESTION, Deed.ASK}:
            asked = self.question(phone, number) if deed == Deed.QUESTION else None
            return asked or self.say(phone, Deed.ASK, number, "/ask")
        if deed == Deed.CODE:
            code = "".join(self.dice.choices("abcdefghijkmnpqrstuvwxyz", k=22))
            return self.say(phone, Deed.CODE, number, f"/start k1_{code}")
        return self.say(phone, Deed.TODAY, number, "/today")

    def say(self, phone: Phone, deed: Deed, number: int, words: str) -> Act:
        """Write a message."""
        return Act(deed, number, self.school.players.say(phone.person, words)["message_id"])

    def photo(self, phone: Phone, number: int) -> Act:
        """Send a page that can be told from all others."""
        sent = self.school.players.photos(phone.person, [picture(number)])
        return Act(Deed.PHOTO, number, sent["message_id"])

    def received(self, phone: Phone, number: int) -> Act | None:
        """Press "received" under the newest message of the day; None when none has come yet."""
        day = self.school.consignments[0].due
        data = button("", Verb.DAY_RECEIVED, phone.student, int(f"{day:%Y%m%d}")).data
        press = self.press(phone, data)
        return Act(Deed.RECEIVED, number, press=press) if press else None

    def question(self, phone: Phone, number: int) -> Act | None:
        """Press a lesson and write the question; None when no lessons were offered yet."""
        data = button("", Verb.ASK, phone.student, self.school.lessons[0]).data
        press = self.press(phone, data)
        if not press:
            return None
        said = self.school.players.say(phone.person, question(number))
        return Act(Deed.QUESTION, number, said["message_id"], press)

    def press(self, phone: Phone, data: str) -> str:
        """Press the newest button that carries this; return the number of the press."""
        players = self.school.players
        for message in reversed(players.chat(phone.person)):
            for one in (one for row in message["buttons"] for one in row):
                carried = str(one.get("callback_data"))
                if carried == data or carried.startswith(f"{data}@"):
                    pressed = players.press_data(phone.person, carried, message["message_id"])
                    return str(pressed["query_id"])
        return ""

    def said(self) -> list[Said]:
        """What everybody did."""
        return [Said(phone, tuple(self.acts[phone.person])) for phone in self.school.phones]


def picture(number: int) -> bytes:
    """A photo with its number in black and white squares: it survives whatever is cut away."""
    made = io.BytesIO()
    image = Image.new("L", (BITS * SQUARE, 2 * SQUARE), 255)
    for bit in range(BITS):
        if number >> bit & 1:
            image.paste(0, (bit * SQUARE, 0, (bit + 1) * SQUARE, 2 * SQUARE))
    image.save(made, "JPEG")
    return made.getvalue()


def number_in(photo: bytes) -> int:
    """Read the number of a photo again."""
    with Image.open(io.BytesIO(photo)) as image:
        grey = image.convert("L")
        dark = [grey.getpixel((bit * SQUARE + SQUARE // 2, SQUARE)) < 128 for bit in range(BITS)]
    return sum(is_dark << bit for bit, is_dark in enumerate(dark))
