"""The attendance list of the duty class: what stands on it, and the commands around it."""

import io
import itertools
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from jetkiz.delivery.consignments import BatchState, read_heads
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch, receipt
from jetkiz.roster.tables import school, student, student_identity
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.duty.attendance import enter_day, make_registers
from print_packs.duty.register import register_folder
from tests.duty_school import (
    MONDAY_EVENING,
    TUESDAY,
    TUESDAY_EVENING,
    Clock,
    duty_workplace,
    hand_over_all,
    open_duty_class,
    stands,
)
from tests.factories import MONDAY, WEEK, People
from tests.full_disks import full_disk
from tests.spoken import Jetkiz, stop_the_clock

EXPECTED, MISSED = State.DISPATCHED, State.FAILED


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def place(sqlite_database: Database, tmp_path: Path, clock: Clock) -> Workplace:
    return duty_workplace(tmp_path, sqlite_database, clock)


@pytest.fixture
def people(place: Workplace) -> People:
    return open_duty_class(place)


def pdf_text(file: Path) -> str:
    with pypdfium2.PdfDocument(file.read_bytes()) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def lists_of(place: Workplace, kind: str = "pdf") -> list[Path]:
    return sorted(register_folder(place.settings.data, WEEK).glob(f"*.{kind}"))


def test_each_school_has_a_page_of_its_own(place: Workplace) -> None:
    open_duty_class(place, guests=True)
    hand_over_all(place)
    with pypdfium2.PdfDocument(lists_of(place)[0].read_bytes()) as document:
        here, there = (page.get_textpage().get_text_bounded() for page in document)
    assert "Village school" in here
    assert "Alice" in here
    assert "Another school" in there
    assert "Alice" not in there
    assert "Charlie" in there


def test_who_left_the_school_is_on_no_list_and_is_said_to_have_left(
    place: Workplace, people: People, clock: Clock
) -> None:
    with place.database.write() as connection:
        connection.execute(update(student).where(student.c.id == people.bob).values(active=False))
    hand_over_all(place)
    assert stands(place, people.alice) == [EXPECTED] * 3
    assert stands(place, people.bob) == [MISSED] * 3
    assert "Bob" not in pdf_text(lists_of(place)[0])
    clock.moment = MONDAY_EVENING
    assert enter_day(place, WEEK, MONDAY, []).came == (people.alice,)


def test_a_list_on_which_nobody_is_left_is_no_file(place: Workplace, people: People) -> None:
    with place.database.write() as connection:
        connection.execute(update(student).values(active=False))
    hand_over_all(place)
    assert lists_of(place) == []
    assert stands(place, people.alice) == [MISSED] * 3


def test_the_list_names_student_class_and_lessons_in_both_languages(
    place: Workplace, people: People
) -> None:
    with place.database.write() as connection:
        row = student_identity.c.student_id == people.alice
        named = {"family_name": "Әбдіқадырова", "given_name": "Айзере"}
        connection.execute(update(student_identity).where(row).values(named))
        row = student.c.id == people.bob
        connection.execute(update(student).where(row).values(language="ru"))
        connection.execute(update(school).values(name="Ақкөл негізгі орта мектебі"))
    hand_over_all(place)
    monday, tuesday = map(pdf_text, lists_of(place))
    for wanted in (
        *("Кезекші сынып: қатысу парағы", "Дежурный класс: лист посещаемости"),
        *("Әбдіқадырова Айзере", "Test Bob", "2A", "26.01.2026", "Ақкөл негізгі орта мектебі"),
        *("Оқу: Lesson w05-0", "Чтение: Lesson w05-1", "Қолы", "Подпись"),
        *("Учитель дежурного класса (имя, подпись)", "Бет / Страница 1/1"),
    ):
        assert wanted in monday, wanted
    assert "Second day" not in monday
    assert "Second day" in tuesday
    assert "Lesson w05-0" not in tuesday


def test_the_workbook_says_the_same_and_no_name_becomes_a_formula(
    place: Workplace, people: People
) -> None:
    with place.database.write() as connection:
        row = student_identity.c.student_id == people.alice
        connection.execute(update(student_identity).where(row).values(family_name="=1+1"))
    hand_over_all(place)
    (sheet,) = load_workbook(io.BytesIO(lists_of(place, "xlsx")[0].read_bytes())).worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert sheet.title == "26.01"
    assert [row[1:3] for row in rows[-2:]] == [["=1+1 Alice", "2A"], ["Test Bob", "2A"]]
    assert rows[-1][3] == "Оқу: Lesson w05-0\nОқу: Lesson w05-1"
    filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in filled if cell.data_type != "s"] == [2, 1, 2]


@pytest.mark.usefixtures("people")
def test_the_same_batch_gives_the_same_files(place: Workplace) -> None:
    hand_over_all(place)
    files = {file: file.read_bytes() for kind in ("pdf", "xlsx") for file in lists_of(place, kind)}
    assert len(files) == 4
    make_registers(place, WEEK)
    assert {file: file.read_bytes() for file in files} == files


def test_a_batch_that_was_given_up_is_made_good_by_a_person(
    place: Workplace, people: People
) -> None:
    with place.database.write() as connection:
        connection.execute(update(batch).values(state=int(BatchState.STOPPED)))
    make_registers(place, WEEK)
    with place.database.read() as connection:
        assert read_heads(connection, BatchState.STOPPED) == []
        assert len(read_heads(connection, BatchState.HANDED)) == 2
    assert stands(place, people.alice) == [EXPECTED] * 3


@pytest.mark.usefixtures("people")
def test_lists_made_early_leave_the_batch_to_its_moment(place: Workplace) -> None:
    make_registers(place, WEEK)
    with place.database.read() as connection:
        assert len(read_heads(connection, BatchState.WAITING)) == 2
    hand_over_all(place)
    with place.database.read() as connection:
        keys = Counter(connection.scalars(select(receipt.c.key)))
    assert set(keys.values()) == {1}
    assert len(keys) == 4


@pytest.fixture
def jetkiz(
    sqlite_database: Database,
    sqlite_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Jetkiz:
    """The command on a prepared school, on Tuesday evening."""
    open_duty_class(duty_workplace(tmp_path, sqlite_database, Clock()))
    stop_the_clock(monkeypatch, TUESDAY_EVENING)
    monkeypatch.setenv("JETKIZ_ZONE", "Asia/Qostanay")
    return Jetkiz(sqlite_url, tmp_path, capsys)


def test_a_secretary_prints_the_lists_and_enters_who_came(jetkiz: Jetkiz) -> None:
    folder = jetkiz.folder / "packs" / WEEK / "duty_class"
    assert str(folder) in jetkiz.run("duty", "lists", WEEK)
    assert len(list(folder.glob("*.pdf"))) == 2
    monday = ("duty", "attended", WEEK, "--day", MONDAY.isoformat())
    assert jetkiz.run(*monday, "--absent", "bob") == "1 student came, 1 did not come.\n"
    assert "nothing has changed" in jetkiz.run(*monday, "--absent", "bob")
    assert "Test Alice stays as it is" in jetkiz.run(*monday, "--absent", "alice")
    assert jetkiz.run(*monday, "--all", language="ru") != jetkiz.run(*monday, "--all")


@pytest.mark.parametrize(
    ("language", "name", "why"),
    [
        ("en", "duty class", "the student did not come"),
        ("ru", "дежурный класс", "ученик не пришёл"),
        ("kk", "кезекші сынып", "оқушы келмеді"),
    ],
)
def test_reports_name_the_channel_and_why_a_student_got_nothing(
    jetkiz: Jetkiz, language: str, name: str, why: str
) -> None:
    for day in (MONDAY, TUESDAY):
        jetkiz.run("duty", "attended", WEEK, "--day", day.isoformat(), "--absent", "bob")
    assert name in jetkiz.run("report", "week", WEEK, language=language)
    assert why in jetkiz.run("report", "nothing", WEEK, language=language)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("said", [(), ("--all", "--absent", "bob")])
def test_a_list_that_says_neither_or_both_is_refused(
    jetkiz: Jetkiz, said: tuple[str, ...], language: str
) -> None:
    told = jetkiz.refuses(
        "duty", "attended", WEEK, "--day", MONDAY.isoformat(), *said, language=language
    )
    assert "--absent" in told
    assert "--all" in told


@pytest.mark.parametrize("command", list(itertools.product(["lists"], ["2026-W06", "next"])))
def test_a_week_without_a_duty_class_is_refused(jetkiz: Jetkiz, command: tuple[str, str]) -> None:
    assert command[1] in jetkiz.refuses("duty", *command)


def test_a_full_disk_is_a_sentence_and_nobody_counts_as_expected(jetkiz: Jetkiz) -> None:
    with full_disk():
        told = jetkiz.refuses("duty", "lists", WEEK)
    assert "2026-01-26-1.pdf cannot be written" in told
    assert "Traceback" not in told
    jetkiz.run("duty", "lists", WEEK)
    assert len(list((jetkiz.folder / "packs" / WEEK / "duty_class").glob("*.xlsx"))) == 2
