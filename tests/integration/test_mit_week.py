"""The MIT roster of 86 students goes through a week: by Telegram, TV, post and hand, and back."""

import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Connection

from broadcast.airings import read_airings
from broadcast.as_run.importing import LogFile, import_log
from broadcast.as_run.profiles import OWN, log_profile
from broadcast.confirming import confirm_week
from jetkiz.channel import load_channels
from jetkiz.config import Settings
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_batch
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.demo.handwriting import answer_sheets, scanned_pdf
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import ReturnState
from jetkiz.homework.returns import read_returns
from jetkiz.lessons.importing import import_lessons
from jetkiz.lessons.shelf import read_lessons
from jetkiz.reports.progress import read_week_report
from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.importing import ImportWishes, import_roster
from jetkiz.roster.register import learn, read_students
from jetkiz.roster.tables import household
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from print_packs.runs.hand_over import hand_over
from print_packs.scans.return_scans import file_scans
from scheduler.dispatch import prepare_feedback, prepare_week
from scheduler.planning import make_and_save
from scheduler.publishing import publish_plan
from tests.air_weeks import put_on_air
from tests.lesson_folders import HEAD, write_lesson
from tests.rosters import MIT

WEEK = "2026-W05"
NOW = datetime(2026, 1, 22, 4, 0, tzinfo=UTC)
# Every fourth home lives another way.
WAYS = (
    {FactKind.INTERNET: "4g", FactKind.TELEGRAM: "linked", FactKind.PHONE: "own"},
    {FactKind.TV: "balapan", FactKind.POST: "no", FactKind.PICK_UP: "no"},
    {FactKind.POST: "yes"},
    {FactKind.PICK_UP: "yes"},
)


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    settings = Settings(data=tmp_path / "data", telegram_token="1:test", print_capacity=5000)
    return Workplace(settings, database, FileStore(tmp_path / "data" / "files"), lambda: NOW)


def _write_lessons(folder: Path) -> Path:
    for day in ("mon", "wed"):
        head = HEAD.replace("w05-colours", f"w05-{day}").replace('"mon"', f'"{day}"')
        head = head.replace("grades = [1, 2]", "grades = [9, 10, 11, 12]")
        write_lesson(folder / f"w05-{day}", head)
    return folder


def _bring_in(connection: Connection, workplace: Workplace, folder: Path) -> None:
    wishes = ImportWishes(NOW.date(), "kk", "Asia/Almaty", older=True)
    import_roster(connection, MIT / "oneroster_1.1_bulk", wishes, by="test", now=NOW)
    import_lessons(connection, workplace.files, _write_lessons(folder), now=NOW)
    for number, student in enumerate(read_students(connection)):
        for kind, value in WAYS[number % len(WAYS)].items():
            learn(connection, student.household, Fact(kind, value, Source.SURVEY, NOW.date()))
    connection.execute(household.update().values(delivery_mode="post"))
    put_on_air(connection, NOW)


def _plan(workplace: Workplace) -> tuple[int, ...]:
    channels = load_channels(workplace, without={"duty_class"})
    made = make_and_save(workplace.database, channels, WEEK, workplace.settings, NOW)
    with workplace.database.write() as connection:
        publish_plan(connection, made.run, "test", NOW)
        return prepare_week(connection, channels, WEEK, NOW).batches


def _hand_everything_over(workplace: Workplace, batches: tuple[int, ...]) -> None:
    channels = load_channels(workplace, without={"duty_class"})
    for number in batches:
        with workplace.database.read() as connection:
            batch = read_batch(connection, number)
        receipts = channels[batch.channel].dispatch(batch, NOW)
        with workplace.database.write() as connection:
            record_receipts(connection, receipts, NOW)


def _scan_two_sheets(workplace: Workplace) -> int:
    pack = next(iter(sorted((workplace.settings.data / "packs").rglob("run-*/*.pdf"))))
    packs = [file for file in sorted(pack.parent.glob("*.pdf")) if "run" not in file.name]
    sheets = [sheet for file in packs[:3] for sheet in answer_sheets(file)][:2]
    scan = workplace.settings.data / "scan.pdf"
    scan.write_bytes(scanned_pdf(sheets, "mit"))
    return file_scans(workplace, [scan], NOW).filed


def test_eighty_six_students_go_through_a_week(workplace: Workplace, tmp_path: Path) -> None:
    with workplace.database.write() as connection:
        _bring_in(connection, workplace, tmp_path / "lessons")
    batches = _plan(workplace)
    _hand_everything_over(workplace, batches)
    with workplace.database.write() as connection:
        hand_over(connection, WEEK, None, NOW)
        confirm_week(connection, WEEK, "test", NOW)
        aired = (f"{one.code};aired" for one in read_airings(connection, WEEK))
        log = LogFile("\n".join(["airing;status", *aired]).encode())
        import_log(connection, WEEK, log, log_profile(OWN), "test", NOW + timedelta(days=10))
        report = read_week_report(connection, WEEK)
        states = ledger.lesson_states(connection, WEEK)
    assert report.students == 86
    assert report.lessons == 86 * 2
    assert {one.channel for one in report.channels} == {
        "telegram",
        "broadcast",
        "post",
        "in_person",
    }
    by_channel = {one.channel: one.rungs for one in report.channels}
    assert by_channel["broadcast"].aired == by_channel["broadcast"].planned > 0
    assert by_channel["broadcast"].delivered == 0, "aired is not watched"
    assert by_channel["post"].dispatched == by_channel["post"].planned > 0
    told = Counter(one.state for one in states if one.channel == "telegram")
    assert set(told) == {State.FAILED}, "nobody pressed the school's link, and the ledger says so"


def test_scans_marks_and_words_close_the_circle(workplace: Workplace, tmp_path: Path) -> None:
    with workplace.database.write() as connection:
        _bring_in(connection, workplace, tmp_path / "lessons")
    batches = _plan(workplace)
    _hand_everything_over(workplace, batches)
    assert _scan_two_sheets(workplace) == 2
    assert _scan_two_sheets(workplace) == 0, "the same sheets are not filed twice"
    with workplace.database.write() as connection:
        works = read_returns(connection, states=[ReturnState.HANDED_IN])
        for work in works:
            give_feedback(connection, Marking(work.id, "5", "Жарайсың!", "t", f"m{work.id}"), NOW)
        prepared = prepare_feedback(
            connection, load_channels(workplace, without={"duty_class"}), NOW
        )
        assert ledger.rebuild(connection, WEEK) == 0
        marked = [
            one for one in ledger.lesson_states(connection, WEEK) if one.state == State.MARKED
        ]
        lessons = {one.id for one in read_lessons(connection, WEEK)}
    assert len(works) == len(marked) == prepared.consignments == 2
    assert {work.lesson for work in works} <= lessons
    picture = workplace.files.get(works[0].pages[0].sha256)
    assert Image.open(io.BytesIO(picture)).width > 1000
