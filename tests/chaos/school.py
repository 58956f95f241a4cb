"""A school of any size with a linked phone for each student and a digest for each day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, select

from bot.channel import TelegramChannel, prepare
from bot.chats import links
from bot.receiving import inbox
from bot.sending import evidence
from bot.tables import telegram_inbox
from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.model import Batch, Consignment, Delivery, StudentPlan
from jetkiz.delivery.receipts import record_receipts
from jetkiz.lessons.tables import lesson
from jetkiz.rehearsal import Limits, Options, Rate, RehearsalServer, RehearsedPeople
from jetkiz.rehearsal.state.model import MessageIds
from jetkiz.roster.tables import household, school_class, student, student_identity
from jetkiz.storage.workplace import Workplace, open_workplace, wall_clock
from tests.chaos.watching import Watch, watch
from tests.factories import BY_TELEGRAM, MONDAY, NOW, WEEK, add_lesson, add_people

TOKEN = "1:test"
BOT = 1
RATE = 60.0
# The share of what Telegram takes that a bot asks for.
BELOW = 0.9
CHAT = Rate(20, 20)


@dataclass(frozen=True)
class Form:
    """How large a run is; the long form has 600 deliveries, 12 of 120 chats blocked.

    Telegram takes ``rate`` messages a second, and its own bucket holds ``burst`` of them: those
    of half a second, of which a sender may save up six. The others are for a machine that stalls
    and then bunches what was spaced. What nobody knows of rests for ``settle`` seconds: longer
    than a loaded machine takes to accept it.
    """

    students: int = 120
    days: int = 5
    blocked: int = 12
    kills: int = 6
    rate: float = RATE
    burst: float = RATE / 2
    settle: float = 4.0


LONG = Form()
SHORT = Form(students=10, days=2, blocked=1, kills=2, settle=1.6)


@dataclass(frozen=True)
class Phone:
    """The phone of one student."""

    person: str
    chat: int
    student: int
    is_blocked: bool


@dataclass(frozen=True)
class School:
    """Everything a run needs: the workplace, the phones and what is to be delivered."""

    workplace: Workplace
    server: RehearsalServer
    players: RehearsedPeople
    watch: Watch
    phones: tuple[Phone, ...]
    consignments: tuple[Consignment, ...]
    lessons: tuple[int, ...]

    def hand_over(self) -> None:
        """Put every consignment into the outbox as the scheduler does."""
        channel = TelegramChannel(self.workplace)
        batch = Batch("chaos", "telegram", WEEK, self.consignments)
        with self.workplace.database.write() as connection:
            save_batch(connection, batch, NOW, NOW)
        receipts = channel.dispatch(batch, NOW)
        with self.workplace.database.write() as connection:
            record_receipts(connection, receipts, NOW)


def settings_of(url: str, folder: Path, api: str, **changes: object) -> Settings:
    """The settings that the school and every sender of it share."""
    settings = Settings(
        data=folder,
        database_url=url,
        telegram_api=api,
        telegram_token=TOKEN,
        telegram_rate=RATE * BELOW,
        telegram_chat_rate=10.0,
        zone="Asia/Qostanay",
    )
    return replace(settings, **changes)  # type: ignore[arg-type]


@contextmanager
def open_school(
    url: str,
    folder: Path,
    form: Form,
    clock: Callable[[], datetime] = lambda: NOW,
    ids: MessageIds = MessageIds.ACCOUNT,
) -> Iterator[School]:
    """A migrated database at ``url`` becomes a school beside a rehearsal."""
    limits = Limits(bot=Rate(form.rate, form.burst), chat=CHAT)
    with RehearsalServer(Options(token=TOKEN, limits=limits, message_ids=ids)) as server:
        settings = settings_of(url, folder, server.url, telegram_rate=form.rate * BELOW)
        workplace = open_workplace(settings, clock)
        players = RehearsedPeople(server.url)
        try:
            with workplace.database.write() as connection:
                students = _enrol(connection, form)
                phones = _link(connection, players, form, students)
                _keep_what_they_wrote(connection, server)
                consignments, lessons = _plan(connection, form, students)
            for phone in phones:
                if phone.is_blocked:
                    players.block(phone.person)
            yield School(workplace, server, players, watch(server), phones, consignments, lessons)
        finally:
            workplace.database.close()


def _enrol(connection: Connection, form: Form) -> dict[int, int]:
    """Return the household of each new student."""
    people = add_people(connection, lessons=0)
    homes: dict[int, int] = {}
    classroom = connection.scalar(
        select(school_class.c.id).where(school_class.c.school_id == people.school).limit(1)
    )
    for number in range(form.students):
        home = connection.execute(
            insert(household).values(
                school_id=people.school,
                sourced_id=f"chaos-h{number}",
                language="kk",
                delivery_mode="post",
                active=True,
            )
        ).inserted_primary_key[0]
        child = connection.execute(
            insert(student).values(
                school_id=people.school,
                household_id=home,
                class_id=classroom,
                grade=2,
                language="kk",
                active=True,
            )
        ).inserted_primary_key[0]
        connection.execute(
            insert(student_identity).values(
                student_id=child,
                school_id=people.school,
                sourced_id=f"chaos-{number}",
                family_name="Test",
                given_name=f"Child{number}",
            )
        )
        homes[child] = home
    return homes


def _link(
    connection: Connection, players: RehearsedPeople, form: Form, students: dict[int, int]
) -> tuple[Phone, ...]:
    phones = []
    for number, child in enumerate(students):
        key = f"p{number}"
        chat = int(players.person(key, key, "en")["chat_id"])
        players.start(key)
        linked = links.open_chat(connection, BOT, chat, "en")
        links.link(connection, linked, child, "guardian", NOW)
        evidence.learn_telegram(connection, child, evidence.LINKED, NOW)
        phones.append(Phone(key, chat, child, number < form.blocked))
    return tuple(phones)


def _keep_what_they_wrote(connection: Connection, server: RehearsalServer) -> None:
    """The bot has heard everybody press Start before the week begins."""
    assert server.stage is not None
    updates = [one.update for one in server.stage.world.updates]
    inbox.store(connection, BOT, updates, wall_clock())
    inbox.confirm_below(connection, BOT, max(one["update_id"] for one in updates) + 1)
    connection.execute(telegram_inbox.update().values(done_at=wall_clock()))


def _plan(
    connection: Connection, form: Form, students: dict[int, int]
) -> tuple[tuple[Consignment, ...], tuple[int, ...]]:
    days: dict[int, date] = {}
    for place in range(form.days):
        number = add_lesson(connection, f"chaos-{place}", place)
        days[number] = MONDAY + timedelta(days=place)
        connection.execute(lesson.update().where(lesson.c.id == number).values(day=days[number]))
    plans = [StudentPlan(child, tuple(days), (BY_TELEGRAM,) * len(days)) for child in students]
    where = connection.execute(select(student.c.id, student.c.school_id)).all()
    ledger.publish(connection, WEEK, 1, plans, {row.id: row.school_id for row in where})
    wanted = [
        Delivery(WEEK, child, home, number, day, "telegram")
        for child, home in students.items()
        for number, day in days.items()
    ]
    return tuple(prepare(wanted)), tuple(days)
