"""How long a coordinator of 2,000 students waits for the first screen, over HTTP.

The week is in full swing: every student has 25 lessons, and receipts differ from home to home, so
that no two rows of the ledger are alike.
"""

import random
import re
import statistics
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

STUDENTS = 2_000
CLASSES = 80
LESSONS = 25
REQUESTS = 100
WARM_UP = 5
WEEK = "2026-W05"
NOW = datetime(2026, 1, 29, 6, 0, tzinfo=UTC)
LOGIN, PASSWORD = "aigul", "a long password"


def run(record: Callable[..., None]) -> None:
    """Generate the school, sign in once, ask a hundred times."""
    from jetkiz.config import Settings
    from jetkiz.storage.workplace import open_workplace
    from jetkiz.web.server import ConsoleServer

    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings(), data=Path(folder), console_port=0)
        workplace = open_workplace(settings, lambda: NOW)
        fill(workplace.database)
        with ConsoleServer(workplace) as server:
            waited = sorted(waits(server.url))
        workplace.database.close()
    # The median stands beside it in the printed line's peer, so that an outlier is seen as one.
    peer = f"median {statistics.median(waited):.0f} ms"
    record(name="spine.first_screen_p95_ms", value=waited[94], unit="ms", peer=peer)


def waits(url: str) -> list[float]:
    """Return the milliseconds of each request, to the last byte."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{url}/sign-in").read().decode()
    token = re.search(r'name="csrf" value="(\w+)"', page)
    fields = {"csrf": token[1] if token else "", "login": LOGIN, "password": PASSWORD}
    browser.open(f"{url}/sign-in", urllib.parse.urlencode(fields).encode()).read()
    found = []
    for _ in range(WARM_UP + REQUESTS):
        begin = time.perf_counter()
        text = browser.open(f"{url}/weeks/{WEEK}").read()
        found.append((time.perf_counter() - begin) * 1000)
        if b"/students/" not in text:
            raise ValueError("the first screen shows nobody")
    return found[WARM_UP:]


def fill(database: Any) -> None:
    """Write school, lessons, a published plan, receipts and the coordinator's sign-in."""
    from jetkiz.staff.permissions import Role
    from jetkiz.storage.schema import upgrade
    from jetkiz.web.accounts import Account, add_account

    upgrade(database)
    with database.write() as connection:
        write_register(connection)
        write_week(connection, random.Random(5))
        coordinator = Account(0, LOGIN, Role.COORDINATOR, 1, None, "kk", active=True)
        add_account(connection, coordinator, PASSWORD, NOW)


def write_register(connection: Any) -> None:
    """Write one school with its classes, homes and students."""
    from jetkiz.roster.tables import household, school, school_class, student, student_identity
    from jetkiz.storage.bulk_load import bulk_load

    numbers = range(1, STUDENTS + 1)
    one_school = {"id": 1, "sourced_id": "s", "name": "Large school", "zone": "Asia/Qostanay"}
    of_school = {"school_id": 1, "active": True, "language": "kk"}
    rows = {
        school: [{**one_school, "address": {}}],
        school_class: [
            {"id": n, "sourced_id": f"c{n}", "title": f"{n}", "grade": 5, "is_homeroom": True}
            | of_school
            for n in range(1, CLASSES + 1)
        ],
        household: [
            {"id": n, "sourced_id": f"h{n}", "delivery_mode": "post"} | of_school for n in numbers
        ],
        student: [
            {"id": n, "household_id": n, "class_id": n % CLASSES + 1, "grade": 5} | of_school
            for n in numbers
        ],
        student_identity: [
            {"student_id": n, "school_id": 1, "sourced_id": f"s{n}"}
            | {"family_name": "Ахметов", "given_name": f"Әлихан {n}"}
            for n in numbers
        ],
    }
    for table, some in rows.items():
        bulk_load(connection, table, some)


def write_week(connection: Any, chance: random.Random) -> None:
    """Write the lessons, publish a plan and tell how far it came."""
    from jetkiz.delivery import ledger
    from jetkiz.delivery.model import Choice, Receipt, StudentPlan
    from jetkiz.delivery.reasons import ChoiceReason
    from jetkiz.delivery.receipts import record_receipts
    from jetkiz.delivery.states import State

    lessons = write_lessons(connection)
    ways = [Choice(name, ChoiceReason.BEST_VALUE) for name in ("telegram", "post", "in_person")]
    ways.append(Choice(None, ChoiceReason.NO_CHANNEL_FITS))
    plans = [
        StudentPlan(n, lessons, tuple(chance.choice(ways) for _ in lessons))
        for n in range(1, STUDENTS + 1)
    ]
    schools = dict.fromkeys(range(1, STUDENTS + 1), 1)
    ledger.publish(connection, WEEK, 1, plans, schools)
    receipts = []
    for n in range(1, STUDENTS + 1):
        known = (State.DISPATCHED, State.FAILED) + (() if n % 40 == 0 else (State.ACKNOWLEDGED,))
        for state in known:
            some = tuple(one for one in lessons if chance.random() < 0.4)
            place = {"week": WEEK, "student": n, "lessons": some, "channel": "telegram"}
            receipts.append(Receipt(key=f"{n}:{state}", state=state, at=NOW, **place))
    record_receipts(connection, receipts, NOW)


def write_lessons(connection: Any) -> tuple[int, ...]:
    """Write the lessons of the week and return their numbers."""
    from jetkiz.lessons.tables import lesson
    from jetkiz.storage.bulk_load import bulk_load

    rows = [
        {
            "id": n,
            "code": f"l{n}",
            "language": "kk",
            "week": WEEK,
            "day": date(2026, 1, 26 + n % 5),
            "place": n,
            "subject": "reading",
            "title": f"Lesson {n}",
            "kind": "text",
            "minutes": 15,
            "needs_picture": False,
            "weight": 1.0,
            "text": "Text.",
            "licence": {"name": "CC0"},
            "content_hash": "0" * 64,
            "imported_at": NOW,
        }
        for n in range(1, LESSONS + 1)
    ]
    bulk_load(connection, lesson, rows)
    return tuple(range(1, LESSONS + 1))
