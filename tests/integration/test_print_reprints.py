"""A pack that was spoilt or lost is printed once more: the same pages, and a word that says so."""

from pathlib import Path

import pikepdf
import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import update

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.i18n import translator
from jetkiz.lessons.tables import lesson
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.records import read_pack_codes, read_packs
from tests.factories import WEEK, People
from tests.print_school import workplace_in
from tests.spoken import Jetkiz


@pytest.fixture
def workplace(sqlite_database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, sqlite_database)


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


@pytest.fixture
def people(copied_week: People) -> People:
    return copied_week


def states(workplace: Workplace, person: int) -> list[State]:
    with workplace.database.read() as connection:
        return [one.state for one in lesson_states(connection, WEEK, [person])][:2]


def text_on(file: Path) -> list[list[str]]:
    with PdfDocument(file) as document:
        return [page.get_textpage().get_text_range().splitlines() for page in document]


def test_a_spoilt_pack_is_printed_again_and_says_so(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    assert people.alice
    folder = workplace.settings.data / "packs" / WEEK

    out = jetkiz.run("packs", "reprint", "h1")

    (copy,) = (folder / "reprints").iterdir()
    assert str(copy) in out
    print_id = copy.stem.removeprefix("h1-")
    with workplace.database.read() as connection:
        first, _ = read_packs(connection, week=WEEK)
        assert read_pack_codes(connection, [print_id]) == {print_id: first.id}
    pages, before = text_on(copy), text_on(folder / "run-1" / "h1.pdf")
    marks = [[line for line in page if print_id in line] for page in pages]
    assert [len(lines) for lines in marks] == [1] * len(before)
    rest = [[line for line in page if print_id not in line] for page in pages]
    assert rest == before
    again = jetkiz.run("packs", "reprint", "h1")
    assert out != again, "a third copy is not the second"


def test_a_copy_says_so_in_the_language_of_the_home(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    assert people.alice
    for home, language, typed in (("h1", "kk", "en"), ("h2", "ru", "kk")):
        jetkiz.run("packs", "reprint", home, "--page", "1", language=typed)

        (copy,) = (workplace.settings.data / "packs" / WEEK / "reprints").glob(f"{home}-*.pdf")
        words = translator(language)("Printed again on {day} · {copy}", day="|", copy="|")
        (page,) = text_on(copy)
        (mark,) = (line for line in page if copy.stem.removeprefix(f"{home}-") in line)
        assert all(part.strip() in mark for part in words.split("|"))


def test_one_page_of_a_pack_is_printed_again(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    assert people.alice
    folder = workplace.settings.data / "packs" / WEEK
    before = text_on(folder / "run-1" / "h1.pdf")

    jetkiz.run("packs", "reprint", "h1", "--page", "3")

    (copy,) = (folder / "reprints").iterdir()
    (page,) = text_on(copy)
    assert set(before[2]) < set(page)
    words = jetkiz.refuses("packs", "reprint", "h1", "--page", str(len(before) + 1))
    assert f"has no page {len(before) + 1}; it has {len(before)}" in words
    with workplace.database.read() as connection:
        first, _ = read_packs(connection, week=WEEK)
        code = copy.stem.split("-", 1)[1]
        assert list(read_pack_codes(connection, [code[:9]]).values()) == [first.id]


def test_a_copy_is_known_by_its_own_number(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("packs", "reprint", "h1")
    (copy,) = (workplace.settings.data / "packs" / WEEK / "reprints").iterdir()

    jetkiz.run("packs", "signed", WEEK, copy.stem.removeprefix("h1-"))

    assert states(workplace, people.alice) == [State.DELIVERED] * 2


def test_a_pack_is_taken_out_of_its_run_without_a_mark(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    assert people.alice
    folder = workplace.settings.data / "packs" / WEEK
    (folder / "run-1" / "h1.pdf").rename(folder / "before.pdf")

    out = jetkiz.run("packs", "one", "h1")

    assert str(folder / "single" / "h1.pdf") in out
    assert (folder / "single" / "h1.pdf").read_bytes() == (folder / "before.pdf").read_bytes()


def test_a_copy_of_a_posted_pack_changes_neither_list_nor_ledger(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("packs", "hand-over", WEEK, "--all")
    folder = workplace.settings.data / "packs" / WEEK
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    with workplace.database.write() as connection:
        connection.execute(update(student).values(active=False))
        connection.execute(update(lesson).values(text="# Another\n\nText."))

    jetkiz.run("packs", "reprint", "h1")
    assert "handed over already" in jetkiz.refuses("packs", "make", WEEK)

    assert states(workplace, people.alice) == [State.DISPATCHED] * 2
    assert states(workplace, people.bob) == [State.DISPATCHED] * 2
    (copy,) = (folder / "reprints").iterdir()
    after = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert after == before | {copy: after[copy]}


def test_a_changed_file_is_not_given_out_as_the_pack(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    assert people.alice
    kept = workplace.settings.data / "packs" / WEEK / "run-1" / "run.pdf"
    with pikepdf.open(kept, allow_overwriting_input=True) as document:
        document.pages[4].contents_add(b"BT ET")
        document.save(kept)
    assert f"jetkiz packs make {WEEK}" in jetkiz.refuses("packs", "reprint", "h1")
    kept.write_bytes(b"%PDF")
    assert f"jetkiz packs make {WEEK}" in jetkiz.refuses("packs", "reprint", "h1")
    kept.unlink()
    assert f"jetkiz packs make {WEEK}" in jetkiz.refuses("packs", "reprint", "h1")


def test_fronts_and_backs_are_laid_apart_for_a_printer_of_one_side(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    assert people.alice
    folder = workplace.settings.data / "packs" / WEEK

    out = jetkiz.run("packs", "sides", WEEK)

    sides = folder / "run-1-sides"
    assert str(sides) in out
    whole = text_on(folder / "run-1" / "run.pdf")
    fronts, backs, turned = (
        text_on(sides / f"{name}.pdf") for name in ("fronts", "backs", "backs-reversed")
    )
    assert [page for pair in zip(fronts, backs, strict=True) for page in pair] == whole
    assert turned == backs[::-1]
    numbers = [
        [page[0][-1] for page in text_on(sides / f"test-{name}.pdf")]
        for name in ("fronts", "backs")
    ]
    assert numbers == [["1", "2", "3"]] * 2
    assert "No packs have been made" in jetkiz.refuses("packs", "sides", "2026-W06")
