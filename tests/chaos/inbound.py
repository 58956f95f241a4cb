"""One run of chaos on what comes in: families write while the bot is killed over and over."""

import io
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from sqlalchemy import Connection, select

from bot.receiving import inbox
from bot.sending import outbox
from bot.tables import outbox as outbox_table
from bot.tables import telegram_inbox
from bot.words.keyboards import Verb, button
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.homework.returns import read_returns
from jetkiz.rehearsal.faults import FaultKind, FaultScript, Moment, Rule
from jetkiz.rehearsal.model import EventKind
from tests.chaos.bot_child import start_bot
from tests.chaos.school import BOT, Form, Phone, School, open_school

RATE = 120.0
PATIENCE = 150.0
LOOK = 0.05
MOST_PHOTOS = 6
TURNS = 10
LONG_INBOUND = Form(students=30, days=1, blocked=0, kills=4)
SHORT_INBOUND = Form(students=5, days=1, blocked=0, kills=1)
# Of each kind so many requests in a thousand, where updates and files are fetched.
SHARES = (
    (FaultKind.ERROR, Moment.BEFORE, 30),
    (FaultKind.ERROR, Moment.AFTER, 30),
    (FaultKind.HANG, Moment.BEFORE, 20),
    (FaultKind.HANG, Moment.AFTER, 20),
    (FaultKind.RESET, Moment.AFTER, 30),
    (FaultKind.FLOOD, Moment.BEFORE, 10),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one person did, in order: words, photos by their numbers, and a press."""

    phone: Phone
    photos: tuple[int, ...]
    presses: int


@dataclass(frozen=True, slots=True)
class InboundVerdict:
    """The counts of a run; all of them have to be nothing."""

    updates: int
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    put_aside: int = 0

    def breaches(self) -> list[str]:
        """What must not be."""
        names = ("lost", "doubled", "out_of_order", "put_aside")
        return [f"{name}={getattr(self, name)}" for name in names if getattr(self, name)]


def script_of(seed: int) -> FaultScript:
    """Faults wherever the bot fetches anything."""
    rules = tuple(
        Rule(kind, moment, method=method, times=None, chance=share / 1000, seconds=0.3)
        for method in ("getUpdates", "getFile")
        for kind, moment, share in SHARES
    )
    return FaultScript(rules, seed)


class Families(threading.Thread):
    """All phones of a school at once, at a rate that one bot has to bear."""

    def __init__(self, school: School, seed: int, each: int) -> None:
        super().__init__(daemon=True)
        self.school = school
        self.each = each
        self.dice = random.Random(seed)
        self.sent: dict[str, list[int]] = {phone.person: [] for phone in school.phones}
        self.presses: Counter[str] = Counter()
        self.done = 0

    def run(self) -> None:
        turns = [phone for phone in self.school.phones for _ in range(self.each)]
        self.dice.shuffle(turns)
        began = time.monotonic()
        for number, phone in enumerate(turns):
            time.sleep(max(0.0, began + number / RATE - time.monotonic()))
            self._act(phone, number)
            self.done = number + 1

    def _act(self, phone: Phone, number: int) -> None:
        players, place = self.school.players, self.sent[phone.person]
        if self.dice.random() < 0.4 and len(place) < MOST_PHOTOS:
            players.photos(phone.person, [picture(number)])
            place.append(number)
        elif self.dice.random() > 0.3 or not self._press(phone):
            players.say(phone.person, "/today")

    def _press(self, phone: Phone) -> bool:
        """Press "received" under the newest message of the day; False when none has come yet."""
        day = self.school.consignments[0].due
        data = button("", Verb.DAY_RECEIVED, phone.student, int(f"{day:%Y%m%d}")).data
        for message in reversed(self.school.players.chat(phone.person)):
            for one in (one for row in message["buttons"] for one in row):
                if one.get("callback_data", "").startswith(data):
                    person = phone.person
                    self.school.players.press_data(
                        person, one["callback_data"], message["message_id"]
                    )
                    self.presses[person] += 1
                    return True
        return False

    def said(self) -> list[Said]:
        """What everybody did."""
        return [
            Said(phone, tuple(self.sent[phone.person]), self.presses[phone.person])
            for phone in self.school.phones
        ]


BITS = 12
SQUARE = 16


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


def run_inbound(url: str, folder: Path, seed: int, form: Form = LONG_INBOUND) -> InboundVerdict:
    """Carry one seed through and judge it; ``url`` names a migrated database."""
    with open_school(url, folder, form) as school:
        school.watch.script = script_of(seed)
        school.hand_over()
        families = Families(school, seed, each=TURNS)
        total = form.students * families.each
        families.start()
        for number in range(1, form.kills + 1):
            child = start_bot(url, folder, school.server.url)
            wanted = total * number // (form.kills + 2)
            _until(lambda wanted=wanted: _handled(school) >= wanted)
            child.kill()
            child.join()
        child = start_bot(url, folder, school.server.url)
        families.join(PATIENCE)
        _until(lambda: _is_quiet(school))
        child.kill()
        child.join()
        return judge(school, families.said())


def _until(is_over: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_over() and time.monotonic() < until:
        time.sleep(LOOK)


def _handled(school: School) -> int:
    c = telegram_inbox.c
    with school.workplace.database.read() as connection:
        return len(connection.scalars(select(c.id).where(c.done_at.is_not(None))).all()) - len(
            school.phones
        )


def _is_quiet(school: School) -> bool:
    assert school.server.stage is not None
    with school.workplace.database.read() as connection:
        open_here = inbox.count_waiting(connection, BOT) + outbox.count_open(connection, BOT)
    return not open_here and not school.server.stage.world.updates


def judge(school: School, said: list[Said]) -> InboundVerdict:
    """Compare what everybody did with what the school has of it."""
    asked = _queued(school)
    c = telegram_inbox.c
    with school.workplace.database.read() as connection:
        done = Counter(connection.scalars(select(c.update_id).where(c.done_at.is_not(None))))
        aside = len(inbox.put_aside(connection, BOT))
        keys = list(connection.scalars(select(outbox_table.c.key)))
        received = Counter(
            connection.scalars(
                select(receipt.c.student_id).where(receipt.c.state == State.ACKNOWLEDGED)
            )
        )
        works = {one.phone.student: _pages(school, connection, one.phone.student) for one in said}
    answered = {int(key.split(":")[2]) for key in keys if key.startswith(f"update:{BOT}:")}
    lost = sum(number not in done or number not in answered for number in asked)
    lost += sum(len(set(one.photos) - set(works[one.phone.student])) for one in said)
    lost += sum(bool(one.presses) and not received[one.phone.student] for one in said)
    return InboundVerdict(
        updates=len(asked),
        lost=lost,
        doubled=sum(count - 1 for count in done.values())
        + sum(len(pages) - len(set(pages)) for pages in works.values())
        + sum(max(count - 1, 0) for count in received.values()),
        out_of_order=sum(list(works[one.phone.student]) != list(one.photos) for one in said),
        put_aside=aside,
    )


def _pages(school: School, connection: Connection, student: int) -> tuple[int, ...]:
    """What the school has of a student's photos, opened again, in the order of the pages."""
    return tuple(
        number_in(school.workplace.files.get(page.sha256))
        for work in read_returns(connection, students=[student])
        for page in work.pages
    )


def _queued(school: School) -> list[int]:
    """The updates that Telegram had for the bot after the week began."""
    assert school.server.stage is not None
    found = [
        int(line.facts["update"]["update_id"])
        for line in school.server.stage.world.lines
        if line.kind == EventKind.UPDATE_QUEUED
    ]
    return found[len(school.phones) :]
