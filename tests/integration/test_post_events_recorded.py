"""Events of packs become receipts: once, in any order, line by line, and they tell the days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, text

from jetkiz.delivery import ledger
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.errors import JetkizError
from jetkiz.roster.tables import postal_experience
from jetkiz.storage.database import Database
from print_packs.model import PackState
from print_packs.records import read_packs
from print_packs.s10.allotment import NumberState, make_void, numbers_of
from print_packs.s10.tables import s10_event
from print_packs.tables import filed_sheet, pack_event, scan_page, sheet
from print_packs.tracking.event_kinds import EventKind
from print_packs.tracking.event_lines import EventLine
from print_packs.tracking.recording import Answer, LineResult, record_lines
from print_packs.transit.measuring import measure
from print_packs.transit.post_dates import PostClock
from tests.factories import NOW, WEEK
from tests.posted_packs import Posted, add_posted, give_number
from tests.second_way_school import SecondWays
from tests.spoken import Jetkiz, stop_the_clock
from tests.waiting import waits_for

NUMBER, OTHER = "RR473124829KZ", "RR000000155KZ"
ZONE = ZoneInfo("Asia/Qostanay")
CLOCK = PostClock(in_working_days=True, closes=datetime(2026, 1, 1, 16).time())  # noqa: DTZ001
LATER = NOW + timedelta(days=30)


@pytest.fixture
def posted(database: Database) -> Posted:
    with database.write() as connection:
        found = add_posted(connection)
        give_number(connection, found.packs[0], NUMBER)
    return found


def event(number: str, code: str, day: int = 1, place: int = 1) -> EventLine:
    return EventLine(place, f"{number} {code}", number, NOW + timedelta(days=day), code)


def record(connection: Connection, *lines: EventLine, week: str | None = None) -> list[LineResult]:
    return record_lines(connection, lines, LATER, "list", week)


def answers(results: list[LineResult]) -> list[Answer]:
    return [one.answer for one in results]


def state_of(connection: Connection, number: int) -> PackState:
    return next(one.state for one in read_packs(connection, numbers=[number]))


def told(connection: Connection, name: str) -> list[tuple[int, str | None, datetime]]:
    c = receipt.c
    rows = connection.execute(
        select(c.state, c.reason, c.at).where(c.consignment == name).order_by(c.state)
    )
    return [tuple(row) for row in rows]


def test_a_number_given_out_is_a_receipt_of_that_day(database: Database, posted: Posted) -> None:
    with database.write() as connection:
        first = posted.packs[0]
        [found] = record(connection, event("rr 473 124 829 kz", "DLV_HAND", day=3))
        assert (found.answer, found.kind) == (Answer.RECORDED, EventKind.DELIVERED)
        assert state_of(connection, first.id) == PackState.SIGNED
        at = NOW + timedelta(days=3)
        assert told(connection, first.name) == [(State.DELIVERED, None, at)]
        [state] = [
            one.state
            for one in ledger.lesson_states(connection, WEEK, [posted.people.alice])
            if one.lesson == posted.people.lessons[0]
        ]
        assert state == State.DELIVERED


def test_each_line_is_answered_and_a_wrong_one_stops_no_other(
    database: Database, posted: Posted
) -> None:
    wrong = f"{NUMBER[:10]}8KZ"
    lines = [
        event(NUMBER, "delivered", place=1),
        event(OTHER, "delivered", place=2),
        event(wrong, "delivered", place=3),
        event("CC01669519ОKZ", "delivered", place=4),
        event("AAAA-BBBB", "delivered", place=5),
        event(posted.packs[1].print_id.lower(), "RET_O", place=6),
        event(posted.packs[2].print_id.replace("-", ""), "RPODELAY", place=7),
        event(NUMBER, "delivered", place=8),
        event(posted.by_hand.print_id, "RET_O", place=9),
        event(posted.by_hand.print_id, "delivered", place=10),
        event(NUMBER, "delivered", day=32, place=11),
        EventLine(12, "31.02.2026", trouble=None),
    ]
    with database.write() as connection:
        found = record(connection, *lines)
        assert answers(found) == [
            Answer.RECORDED,
            Answer.UNKNOWN_NUMBER,
            Answer.WRONG_NUMBER,
            Answer.WRONG_NUMBER,
            Answer.UNKNOWN_NUMBER,
            Answer.RECORDED,
            Answer.KEPT,
            Answer.KNOWN,
            Answer.REFUSED,
            Answer.RECORDED,
            Answer.REFUSED,
            Answer.REFUSED,
        ]
        assert "check digit" in found[2].trouble.sentence
        assert state_of(connection, posted.packs[1].id) == PackState.RETURNED_TO_SENDER
        assert state_of(connection, posted.packs[2].id) == PackState.PREPARED
        assert connection.scalar(select(func.count()).select_from(pack_event)) == 4
        kept = connection.scalar(select(pack_event.c.said).where(pack_event.c.kind == "unknown"))
        assert "RPODELAY" in kept


def test_a_pack_of_another_school_is_a_number_that_nobody_has(
    database: Database, posted: Posted
) -> None:
    line = event(NUMBER, "delivered")
    code = event(posted.packs[1].print_id, "lost")
    with database.write() as connection:
        theirs, ours = posted.people.other_school, posted.people.school
        found = record_lines(connection, [line, code], LATER, "list", school=theirs)
        assert answers(found) == [Answer.UNKNOWN_NUMBER] * 2
        assert [one.pack for one in found] == [None, None]
        assert connection.scalar(select(func.count()).select_from(pack_event)) == 0
        assert state_of(connection, posted.packs[0].id) == PackState.PREPARED
        found = record_lines(connection, [line, code], LATER, "list", school=ours)
        assert answers(found) == [Answer.RECORDED] * 2


def test_the_same_list_again_changes_nothing(database: Database, posted: Posted) -> None:
    lines = [event(one.print_id, "in_transit") for one in posted.packs]
    with database.write() as connection:
        assert set(answers(record(connection, *lines))) == {Answer.RECORDED}
        before = connection.scalar(select(func.count()).select_from(receipt))
        assert set(answers(record(connection, *lines))) == {Answer.KNOWN}
        assert connection.scalar(select(func.count()).select_from(receipt)) == before


@pytest.mark.usefixtures("posted")
def test_a_pack_of_another_week_is_refused_with_its_week(database: Database) -> None:
    with database.write() as connection:
        [found] = record(connection, event(NUMBER, "delivered"), week="2026-W06")
        assert found.answer == Answer.REFUSED
        assert found.trouble.facts["week"] == WEEK


@pytest.mark.parametrize("code", ["UTL", "lost"])
def test_a_pack_that_is_lost_is_a_failure_with_its_reason(
    database: Database, posted: Posted, code: str
) -> None:
    with database.write() as connection:
        record(connection, event(NUMBER, code))
        first = posted.packs[0]
        assert state_of(connection, first.id) == PackState.LOST
        [(state, reason, _)] = told(connection, first.name)
        assert (state, reason) == (State.FAILED, FailureReason.LOST.value)


@pytest.mark.parametrize(("code", "takes_over"), [("UTL", True), ("EXB", False)])
def test_the_second_way_takes_over_from_a_pack_that_is_gone(
    database: Database, tmp_path: Path, code: str, takes_over: bool
) -> None:
    with database.write() as connection:
        posted = add_posted(connection, homes=1, second="in_person")
        alice, lessons = posted.people.alice, posted.people.lessons
        give_number(connection, posted.packs[0], NUMBER)
    week = SecondWays(database, tmp_path, posted.people, now=NOW + timedelta(hours=2))
    assert week.look() == []
    with database.write() as connection:
        record_lines(connection, [event(NUMBER, code, day=0)], week.now, "list")
    found = week.look()
    assert [(one.student, one.lesson, one.to_channel) for one in found] == (
        [(alice, lessons[0], "in_person")] if takes_over else []
    )
    assert [one.reason for one in found] == ([FailureReason.LOST] if takes_over else [])


codes = st.lists(
    st.sampled_from(["ACC", "accepted", "EXB", "RET_O", "UTL", "DLV_HAND", "sent_back"]),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def shelf(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Database:
    import shutil

    file = tmp_path_factory.mktemp("events") / "jetkiz.sqlite3"
    shutil.copy(migrated_sqlite, file)
    database = Database(f"sqlite:///{file}")
    with database.write() as connection:
        give_number(connection, add_posted(connection, homes=2).packs[0], NUMBER)
    return database


@given(codes, st.randoms(use_true_random=False))
@settings(max_examples=8)
def test_whatever_the_order_the_best_news_stands(
    shelf: Database, said: list[str], chance: Random
) -> None:
    events = [event(NUMBER, code, day) for day, code in enumerate(said, start=1)]
    shuffled = [*events, *events[:2]]
    chance.shuffle(shuffled)
    ends = []
    with shelf.write() as connection:
        for order in (events, shuffled):
            with connection.begin_nested() as nested:
                for one in order:
                    record(connection, one)
                number = connection.scalar(select(pack_event.c.pack_id))
                ends.append(state_of(connection, number))
                nested.rollback()
    assert ends[0] == ends[1]
    if "DLV_HAND" in said or "sent_back" in said:
        assert ends[0] == PackState.SIGNED


def test_a_long_list_is_answered_line_by_line(database: Database, posted: Posted) -> None:
    lines = [event(posted.packs[n % 4].print_id, "in_transit", day=n % 9) for n in range(500)]
    with database.write() as connection:
        found = record(connection, *lines)
    assert answers(found).count(Answer.RECORDED) == len({(n % 4, n % 9) for n in range(500)})


def test_the_counter_pastes_its_list(
    database: Database,
    database_url: str,
    posted: Posted,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_the_clock(monkeypatch, LATER)
    jetkiz = Jetkiz(database_url, tmp_path, capsys)
    good, bad = tmp_path / "good.txt", tmp_path / "bad.csv"
    good.write_text(f"{NUMBER} 30.01.2026\n{posted.packs[1].print_id} 31.01.2026 lost", "utf-8")
    bad.write_text(f"number;date\n{OTHER};30.01.2026\n{NUMBER[:10]}8KZ;30.01.2026", "utf-8")
    assert "recorded" in jetkiz.run("packs", "events", WEEK, str(good))
    assert "known before" in jetkiz.run("packs", "events", WEEK, str(good))
    for language, words in (("en", "check digit"), ("ru", "2: "), ("kk", "3: ")):
        status, out, err = jetkiz.ends("packs", "events", WEEK, str(bad), language=language)
        assert status == 1
        assert "{" not in out + err
        assert words in err
    status = jetkiz.run("packs", "status", WEEK)
    assert "lost on the way" in status
    code = posted.packs[2].print_id
    said = jetkiz.run("packs", "event", WEEK, code, "--what", "sent_back", "--on", "2026-02-02")
    assert "recorded" in said
    with database.read() as connection:
        assert state_of(connection, posted.packs[2].id) == PackState.SIGNED
        at = connection.scalar(select(pack_event.c.at).where(pack_event.c.kind == "sent_back"))
    assert at == datetime(2026, 2, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "posted_state"),
    [("accepted", True), ("delivered", True), ("returned", True), ("lost", False)],
)
def test_the_number_of_an_item_that_the_post_has_cannot_be_void(
    database: Database, posted: Posted, code: str, posted_state: bool
) -> None:
    """A pack may be lost before any office had it, so that says nothing of its number."""
    with database.write() as connection:
        for _ in range(2):
            record(connection, event(NUMBER, code))
        state = numbers_of(connection, [posted.packs[0].id])[posted.packs[0].id].state
        assert (state == NumberState.POSTED) == posted_state
        told = connection.execute(select(s10_event.c.state, s10_event.c.by)).all()
        assert [tuple(one) for one in told] == [("posted", "list")] * posted_state
        if posted_state:
            with pytest.raises(JetkizError, match="cannot be void"):
                make_void(connection, NUMBER, "", "aigul", LATER)
        else:
            assert make_void(connection, NUMBER, "", "aigul", LATER).state == NumberState.VOID


@pytest.mark.usefixtures("posted")
def test_a_void_number_means_no_pack(database: Database) -> None:
    with database.write() as connection:
        make_void(connection, NUMBER, "torn", "aigul", NOW)
        assert answers(record(connection, event(NUMBER, "delivered"))) == [Answer.UNKNOWN_NUMBER]
        assert connection.scalar(select(func.count()).select_from(pack_event)) == 0


def days_measured(connection: Connection) -> dict[str, tuple[int | None, int, int | None, int]]:
    c = postal_experience.c
    rows = connection.execute(select(c.place, c.out_days, c.out_packs, c.back_days, c.back_packs))
    return {row.place: tuple(row)[1:] for row in rows}


@pytest.mark.parametrize("homes", [10, 11])
def test_ten_packs_of_our_own_replace_the_table(database: Database, homes: int) -> None:
    """Taken on Monday 26 January; nine come after three days, the others after seven."""
    with database.write() as connection:
        posted = add_posted(connection, homes)
        lines = [event(one.print_id, "accepted", day=0) for one in posted.packs]
        for n, one in enumerate(posted.packs):
            lines.append(event(one.print_id, "delivered", day=3 if n < 9 else 9))
            lines.append(event(one.print_id, "sent_back", day=14))
        record(connection, *lines)
        for one in posted.packs[:4]:
            scan(connection, one.id, NOW + timedelta(days=18))
        assert measure(connection, CLOCK, ZONE, LATER) == 2 + 2
        found = days_measured(connection)
    # The first home lies elsewhere: nine or ten are measured for the office 111908.
    enough = homes > 10
    assert found["111908"] == (3 if enough else None, homes - 1, None, 3)
    assert found["110000"] == (None, 1, None, 1)
    assert set(found) == {"111908", "1119", "110000", "1100"}


def test_two_who_measure_at_once_take_turns(database: Database) -> None:
    """The second waits with the first one's rows unseen, then writes the same table anew."""
    with database.write() as connection:
        posted = add_posted(connection)
        lines = [event(one.print_id, "accepted", day=0) for one in posted.packs]
        record(connection, *lines, *(event(one.print_id, "delivered") for one in posted.packs))

    def measured() -> int:
        with database.write() as connection:
            return measure(connection, CLOCK, ZONE, LATER)

    with ThreadPoolExecutor(1) as second:
        with database.write() as connection:
            first = measure(connection, CLOCK, ZONE, LATER)
            other = second.submit(measured)
            if connection.dialect.name == "postgresql":
                waiting = text("select count(*) from pg_locks where not granted")
                waits_for(lambda: connection.scalar(waiting))
        assert other.result() == first == 4
    with database.read() as connection:
        assert len(days_measured(connection)) == 4


def scan(connection: Connection, number: int, at: datetime) -> None:
    row = {"serial": 1000 + number, "pack_id": number, "student_id": 1, "lesson_id": 1}
    more = {"page": 1, "pages": 1, "is_revoked": False}
    made = connection.execute(sheet.insert().values(row | more)).inserted_primary_key
    page = {"sha256": f"{number:064}", "source": "scan.pdf", "place": 1, "result": "filed"}
    rest = {"turn": 0, "media_type": "image/png", "scanned_at": at}
    filed = connection.execute(scan_page.insert().values(page | rest)).inserted_primary_key
    assert made
    assert filed
    connection.execute(filed_sheet.insert().values(sheet_id=made[0], scan_id=filed[0]))


@pytest.mark.usefixtures("posted")
def test_nothing_measured_is_nothing_written(database: Database) -> None:
    with database.write() as connection:
        assert measure(connection, CLOCK, ZONE, LATER) == 0
        record(connection, event(NUMBER, "accepted", day=5), event(NUMBER, "delivered", day=1))
        assert measure(connection, CLOCK, ZONE, LATER) == 0
        assert days_measured(connection) == {}
