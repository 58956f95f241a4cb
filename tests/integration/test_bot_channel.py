"""Whether Telegram reaches a home, what it hands over, and what the outbox keeps."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.channel import TelegramChannel, can_reach, prepare
from bot.chats import links
from bot.sending import bot_health, claims, evidence, outbox, recovery
from bot.sending.claims import Claim
from bot.sending.outbox import Done, Job, Lane, Outgoing
from bot.tables import outbox as outbox_table
from bot.telegram.telegram_errors import Kind, OutboxState, Outcome, next_step
from jetkiz.channel import ChannelError
from jetkiz.config import Settings
from jetkiz.delivery.model import Batch, Delivery
from jetkiz.delivery.model import Kind as ConsignmentKind
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.errors import JetkizError
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.lessons.model import LessonKind
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import Need
from jetkiz.roster.register import read_homes
from jetkiz.roster.tables import student as student_table
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from tests.factories import MONDAY, NOW, WEEK, People, add_people, publish_week

BOT = 1


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    settings = Settings(data=tmp_path, telegram_token="1:test")
    return Workplace(settings, database, FileStore(tmp_path / "files"), lambda: NOW)


@pytest.fixture
def people(database: Database) -> People:
    with database.write() as connection:
        made = add_people(connection)
        publish_week(connection, made)
        return made


def reach(
    database: Database,
    facts: dict[FactKind, str],
    kind: LessonKind = LessonKind.TEXT,
    needs: frozenset[Need] = frozenset(),
) -> tuple[bool, str, float]:
    with database.read() as connection:
        home = read_homes(connection)[0]
        lesson = replace(read_lessons(connection, WEEK)[0], kind=kind)
    known = tuple(Fact(kind, value, Source.SURVEY, MONDAY) for kind, value in facts.items())
    student = replace(home.student, needs=needs)
    answer = can_reach(replace(home, student=student, profile=AccessProfile(known)), lesson)
    return answer.possible, answer.test, answer.likelihood


LINKED = {FactKind.TELEGRAM: "linked"}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "not linked"),
        ({FactKind.TELEGRAM: "never"}, "not linked"),
        ({FactKind.TELEGRAM: "blocked"}, "blocked the bot"),
        (LINKED | {FactKind.INTERNET: "none"}, "no internet"),
        (LINKED | {FactKind.PHONE: "none"}, "no smartphone"),
        (LINKED | {FactKind.PHONE: "none", FactKind.COMPUTER: "none"}, "no smartphone"),
    ],
)
def test_one_missing_fact_is_the_reason(
    sqlite_database: Database, facts: dict[FactKind, str], words: str
) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
    possible, test, likelihood = reach(sqlite_database, facts)
    assert not possible
    assert words in test
    assert likelihood == 0


def test_what_else_can_stand_in_the_way(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)
    slow = LINKED | {FactKind.INTERNET: "2g"}
    assert "video" in reach(sqlite_database, slow, LessonKind.VIDEO)[1]
    assert reach(sqlite_database, slow)[0]
    assert "raised dots" in reach(sqlite_database, LINKED, needs=frozenset({Need.BRAILLE}))[1]
    assert reach(sqlite_database, LINKED | {FactKind.PHONE: "none", FactKind.COMPUTER: "lent"})[0]


def test_a_better_network_and_an_own_phone_are_worth_more(sqlite_database: Database) -> None:
    with sqlite_database.write() as connection:
        add_people(connection)

    def worth(**facts: str) -> float:
        return reach(sqlite_database, LINKED | {FactKind(k): v for k, v in facts.items()})[2]

    assert worth(internet="4g") > worth(internet="3g") > worth(internet="2g")
    assert worth(phone="own") > worth(phone="shared", phone_sharers="2")
    assert worth(phone="shared", phone_sharers="2") > worth(phone="shared", phone_sharers="4")
    assert worth(phone="shared", phone_sharers="4") == worth(phone="shared", phone_sharers="9")


def link(database: Database, student: int, chat_id: int = 500) -> None:
    with database.write() as connection:
        chat = links.open_chat(connection, BOT, chat_id, "en")
        links.link(connection, chat, student, "guardian", NOW)


def deliveries(people: People, attempt: int = 1) -> list[Delivery]:
    return [
        Delivery(WEEK, people.alice, 1, lesson, MONDAY, "telegram", attempt)
        for lesson in people.lessons
    ]


def test_a_second_attempt_is_a_consignment_of_its_own(people: People) -> None:
    first, second = prepare([*deliveries(people), *deliveries(people, attempt=2)])
    assert first.key != second.key
    assert {first.contents[0].attempt, second.contents[0].attempt} == {1, 2}


def test_a_teachers_answer_goes_to_the_phone_without_the_mark(
    workplace: Workplace, people: People
) -> None:
    database, lesson = workplace.database, people.lessons[0]
    link(database, people.alice)
    with database.write() as connection:
        page = Page("k", "0" * 64, "image/jpeg", "telegram")
        add_page(connection, people.alice, lesson, page, NOW)
        work = hand_in(connection, people.alice, lesson, MONDAY, NOW, "test")
        assert work
        said = give_feedback(connection, Marking(work.id, "4", "Clean work.", "t", "m"), NOW)
    one = Delivery(WEEK, people.alice, 1, lesson, MONDAY, "telegram", feedback=said.id)
    [consignment] = prepare([one, one])
    assert consignment.kind == ConsignmentKind.FEEDBACK
    receipts = TelegramChannel(workplace).dispatch(
        Batch("b", "telegram", WEEK, (consignment,)), NOW
    )
    assert [receipt.state for receipt in receipts] == [State.PREPARED]
    with database.read() as connection:
        [row] = connection.execute(select(outbox_table)).all()
    assert "Clean work." in row.payload["text"]
    assert "4" not in row.payload["text"]
    assert row.subject == f"{people.alice}:{lesson}"


def test_what_a_teacher_said_aloud_comes_before_the_words_and_names_no_mark(
    workplace: Workplace, people: People
) -> None:
    with workplace.database.write() as connection:
        chat = links.open_chat(connection, BOT, 11, "ru")
        links.link(connection, chat, people.alice, "guardian", NOW)
        lesson = people.lessons[0]
        add_page(connection, people.alice, lesson, Page("p", "0" * 64, "image/jpeg", "x"), NOW)
        work = hand_in(connection, people.alice, lesson, MONDAY, NOW, "x")
        assert work
        files = (("a" * 64, "audio/ogg"), ("b" * 64, "image/jpeg"))
        said = give_feedback(connection, Marking(work.id, "", "", "t", "k", files), NOW)
    wanted = Delivery(WEEK, people.alice, 1, lesson, MONDAY, "telegram", feedback=said.id)
    batch = Batch("b", "telegram", WEEK, tuple(prepare([wanted])))
    channel = TelegramChannel(workplace)
    channel.dispatch(batch, NOW)
    channel.dispatch(batch, NOW)
    with workplace.database.read() as connection:
        rows = connection.execute(select(outbox_table).order_by(outbox_table.c.id)).all()
    assert [row.method for row in rows] == ["sendVoice", "sendPhoto", "sendMessage"]
    assert rows[0].payload["voice"] == f"stored:{'a' * 64}:1.ogg"
    assert [bool(row.consignment) for row in rows] == [False, False, True]
    assert "отметк" not in rows[2].payload["text"].lower()


def test_a_blocked_phone_is_another_reason_than_none(workplace: Workplace, people: People) -> None:
    link(workplace.database, people.alice)
    with workplace.database.write() as connection:
        evidence.lose_chat(connection, BOT, 500, NOW)
        evidence.lose_chat(connection, BOT, 999, NOW)
    [consignment] = prepare(deliveries(people))
    batch = Batch("b", "telegram", WEEK, (consignment,))
    [receipt] = TelegramChannel(workplace).dispatch(batch, NOW)
    assert (receipt.state, receipt.reason) == (State.FAILED, FailureReason.BLOCKED)


def test_a_student_who_left_is_not_looked_for(workplace: Workplace, people: People) -> None:
    link(workplace.database, people.alice)
    with workplace.database.write() as connection:
        gone = update(student_table).where(student_table.c.id == people.alice)
        connection.execute(gone.values(active=False))
    [consignment] = prepare(deliveries(people))
    batch = Batch("b", "telegram", WEEK, (consignment,))
    [receipt] = TelegramChannel(workplace).dispatch(batch, NOW)
    assert receipt.reason == FailureReason.STUDENT_LEFT


def test_a_full_disk_is_a_channel_error_that_passes(
    workplace: Workplace, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise JetkizError("The disk is full.", "Free some space.")

    monkeypatch.setattr(outbox, "put", full)
    link(workplace.database, people.alice)
    batch = Batch("b", "telegram", WEEK, tuple(prepare(deliveries(people))))
    with pytest.raises(ChannelError) as caught:
        TelegramChannel(workplace).dispatch(batch, NOW)
    assert not caught.value.permanent
    assert caught.value.retry_after


# The outbox itself


def put(database: Database, *keys: str, chat: int = 5, lane: Lane = Lane.ANSWER) -> None:
    messages = [Outgoing(key, chat, "sendMessage", {"text": key}, lane) for key in keys]
    with database.write() as connection:
        outbox.put(connection, BOT, messages, NOW)


def taken(database: Database, worker: str = "a", most: int = 9, **more: object) -> list[str]:
    with database.write() as connection:
        wanted = Claim(BOT, worker, most, **more)  # type: ignore[arg-type]
        return [job.key for job in claims.claim(connection, wanted, NOW)]


def states(database: Database) -> dict[str, str]:
    with database.read() as connection:
        c = outbox_table.c
        return {row.key: row.state for row in connection.execute(select(c.key, c.state))}


def test_one_message_of_a_chat_goes_at_a_time(database: Database) -> None:
    put(database, "1", "2")
    put(database, "3", chat=6)
    assert taken(database) == ["1", "3"]
    assert taken(database) == []


def test_who_waits_with_the_phone_in_the_hand_goes_first(database: Database) -> None:
    put(database, "lesson", lane=Lane.LESSON)
    put(database, "answer", chat=6)
    assert taken(database, most=1) == ["answer"]


def test_an_emergency_overtakes_and_a_reminder_waits(database: Database) -> None:
    for lane in reversed(Lane):
        put(database, lane.name, chat=10 + lane, lane=lane)
    assert taken(database) == [lane.name for lane in Lane]


def test_what_is_held_for_the_morning_keeps_nobody_waiting(database: Database) -> None:
    night = NOW + timedelta(hours=9)
    held = [Outgoing(key, 5, "sendMessage", {}, not_before=night) for key in ("held 1", "held 2")]
    with database.write() as connection:
        outbox.put(connection, BOT, held, NOW)
    put(database, "answer")
    assert taken(database) == ["answer"]
    with database.write() as connection:
        connection.execute(
            update(outbox_table).where(outbox_table.c.key == "answer").values(state="sent")
        )
        [job] = claims.claim(connection, Claim(BOT, "a", 9), night)
        assert (job.key, job.created_at) == ("held 1", night), "and its parts keep their order"


def test_a_silent_message_says_so_to_telegram() -> None:
    loud = Outgoing("1", 5, "sendMessage", {"text": "x"})
    assert loud.words() == {"text": "x"}
    assert replace(loud, silent=True).words() == {"text": "x", "disable_notification": True}


def test_a_chat_that_rests_is_passed_over(database: Database) -> None:
    put(database, "1")
    put(database, "2", chat=6)
    assert taken(database, resting={5, 6}) == []
    assert taken(database, resting={5}) == ["2"]


def test_two_senders_never_take_the_same_message(database: Database) -> None:
    put(database, "1")
    assert taken(database, "a") == ["1"]
    assert taken(database, "b") == []


def test_a_restarted_worker_finds_its_own_claims_and_others_only_when_old(
    database: Database,
) -> None:
    put(database, "1")
    taken(database, "a")
    others = recovery.Neighbours("b")
    with database.write() as connection:
        assert recovery.recover(connection, BOT, "b", NOW) == 0
        assert recovery.take_over(connection, BOT, others, 0.0, NOW) == 0
        assert recovery.recover(connection, BOT, "a", NOW) == 1
    assert states(database) == {"1": "unknown"}
    assert taken(database, "a") == ["1"]
    with database.write() as connection:
        assert recovery.take_over(connection, BOT, others, 1.0, NOW) == 0
        assert recovery.take_over(connection, BOT, others, recovery.STALE + 1, NOW) == 1


def test_of_several_edits_only_the_last_is_sent(database: Database) -> None:
    put(database, "status")
    edits = [
        Outgoing(f"edit{n}", 5, "editMessageText", {"text": str(n)}, edits="status")
        for n in range(3)
    ]
    with database.write() as connection:
        for one in edits:
            outbox.put(connection, BOT, [one], NOW)
    assert taken(database) == ["status"]
    finish(database, "status", Outcome(Kind.SENT, message_id=70))
    with database.write() as connection:
        [job] = claims.claim(connection, Claim(BOT, "a", 9), NOW)
    assert (job.key, job.payload["message_id"]) == ("edit2", 70)
    assert states(database)["edit0"] == OutboxState.DROPPED


def test_an_edit_of_a_message_that_never_left_is_dropped(database: Database) -> None:
    put(database, "status")
    edit = Outgoing("edit", 5, "editMessageText", {"text": "x"}, edits="status")
    with database.write() as connection:
        outbox.put(connection, BOT, [edit], NOW)
    taken(database)
    finish(database, "status", Outcome(Kind.REFUSED, detail="no"))
    assert taken(database) == []
    assert states(database) == {"status": "refused", "edit": "dropped"}


def finish(database: Database, key: str, outcome: Outcome) -> None:
    with database.write() as connection:
        bot_health.set_problem(connection, BOT, "")
        c = outbox_table.c
        number = connection.execute(select(c.id).where(c.key == key)).scalar_one()
        job = Job(number, key, 5, "sendMessage", {}, 1, "", "en", NOW)
        done = Done(job, outcome, next_step(outcome, 1, 0, 0))
        claims.settle(connection, BOT, [done], NOW)


def test_a_sent_message_is_known_by_its_number(database: Database) -> None:
    put(database, "1")
    taken(database)
    finish(database, "1", Outcome(Kind.SENT, message_id=70))
    with database.read() as connection:
        assert outbox.key_of(connection, BOT, 5, 70) == "1"
        assert outbox.key_of(connection, BOT, 5, 71) == ""
        assert not outbox.is_due(connection, BOT, NOW)


def test_wrong_codes_are_forgotten_after_an_hour(database: Database) -> None:
    with database.write() as connection:
        chat = links.open_chat(connection, BOT, 5, "kk")
        for _ in range(links.WRONG_CODES):
            assert not links.must_pause(connection, chat, NOW)
            links.count_wrong_code(connection, chat, NOW)
        assert links.must_pause(connection, chat, NOW)
        later = NOW + links.PAUSE
        assert not links.must_pause(connection, chat, later)
        links.count_wrong_code(connection, chat, later)
        assert not links.must_pause(connection, chat, later)


def test_the_date_is_that_of_the_school(workplace: Workplace, people: People) -> None:
    with workplace.database.read() as connection:
        student = read_homes(connection, [people.alice])[0].student
        late = NOW.replace(hour=20)
        assert links.local_day(connection, student, late) == date(2026, 1, 27)
        assert str(links.zone_of(connection, None, "Asia/Almaty")) == "Asia/Almaty"
