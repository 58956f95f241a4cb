"""The commands for paper, as a secretary types them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update

from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_batch, save_batch
from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.model import Batch, Choice, Delivery, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.delivery.states import State
from jetkiz.demo.handwriting import answer_sheets, phone_photo
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.lessons.tables import lesson
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import InPersonChannel, PostChannel
from print_packs.records import read_packs
from print_packs.runs.feedback_slips import print_slips
from print_packs.runs.lists import read_lists
from print_packs.scans.deciding import read_queue
from tests.factories import WEEK, People
from tests.print_school import (
    NOW,
    all_deliveries,
    post_deliveries,
    print_school,
    printed,
    saved_batch,
    workplace_in,
)
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


def test_packs_are_made_before_their_moment_and_again(workplace: Workplace, jetkiz: Jetkiz) -> None:
    with workplace.database.write() as connection:
        print_school(connection)
        deliveries = post_deliveries(connection)
    saved_batch(workplace, deliveries)

    first = jetkiz.run("packs", "make", WEEK)

    assert "Run 1: 2 packs" in first
    assert jetkiz.run("packs", "make", WEEK) == first


def test_a_week_without_paper_says_what_to_do(jetkiz: Jetkiz) -> None:
    assert f"jetkiz plan publish {WEEK}" in jetkiz.refuses("packs", "make", WEEK)
    assert "jetkiz packs make" in jetkiz.refuses("packs", "hand-over", WEEK, "--all")
    assert "No packs have been made" in jetkiz.run("packs", "status", WEEK)


def test_a_list_taken_at_the_counter_is_dispatched(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    out = jetkiz.run("packs", "hand-over", WEEK, "--list", "1")

    assert "1 pack recorded, with 2 lessons." in out
    assert states(workplace, people.alice) == [State.DISPATCHED] * 2
    assert states(workplace, people.bob) == [State.PLANNED] * 2
    assert "handed over" in jetkiz.run("packs", "status", WEEK)


def test_all_lists_at_once_and_a_second_time(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    assert "2 packs" in jetkiz.run("packs", "hand-over", WEEK, "--all")
    with workplace.database.read() as connection:
        moments = [one.confirmed_at for one in read_lists(connection, WEEK)]
    assert "nothing has changed" in jetkiz.run("packs", "hand-over", WEEK, "--all")

    with workplace.database.read() as connection:
        assert [one.confirmed_at for one in read_lists(connection, WEEK)] == moments
    assert states(workplace, people.bob) == [State.DISPATCHED] * 2


@pytest.mark.parametrize("options", [(), ("--list", "1", "--all")])
def test_it_has_to_be_clear_which_lists_were_taken(
    people: People, jetkiz: Jetkiz, options: tuple[str, ...]
) -> None:
    assert people.alice
    assert "which lists" in jetkiz.refuses("packs", "hand-over", WEEK, *options)


def test_a_list_that_does_not_exist_names_those_that_do(people: People, jetkiz: Jetkiz) -> None:
    assert people.alice
    assert "its lists are 1, 2" in jetkiz.refuses("packs", "hand-over", WEEK, "--list", "7")


def test_a_signature_proves_that_a_pack_arrived(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("packs", "signed", WEEK, "h2")

    assert states(workplace, people.bob) == [State.DELIVERED] * 2
    assert "signed for" in jetkiz.run("packs", "status", WEEK)


def test_a_late_counter_does_not_undo_a_signature(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("packs", "signed", WEEK, "h2")
    jetkiz.run("packs", "hand-over", WEEK, "--all")

    assert states(workplace, people.bob) == [State.DELIVERED] * 2
    assert "signed for" in jetkiz.run("packs", "status", WEEK)


def test_a_pack_that_came_back_has_failed(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("packs", "came-back", WEEK, "h1")

    assert states(workplace, people.alice) == [State.FAILED] * 2
    assert "brought back" in jetkiz.run("packs", "status", WEEK)


def test_bad_news_of_a_pack_that_was_signed_for_says_what_stands(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("packs", "signed", WEEK, "h1")
    said = jetkiz.run("packs", "came-back", WEEK, "h1")

    assert "home h1 stays as it is: somebody signed for it" in said
    assert "recorded" not in said
    assert states(workplace, people.alice) == [State.DELIVERED] * 2


def test_the_status_names_columns_homes_and_ways(people: People, jetkiz: Jetkiz) -> None:
    assert people.alice
    lines = jetkiz.run("packs", "status", WEEK).splitlines()
    heads = next(line for line in lines if line.startswith("Line"))
    rows = lines[lines.index(heads) + 1 :]
    way = heads.index("Way")
    assert {row[way:].split("  ")[0] for row in rows} == {"post", "paper by hand"}
    assert {row[heads.index("Home") :].split()[0] for row in rows} == {"h1", "h2"}
    assert "Состояние" in jetkiz.run("packs", "status", WEEK, language="ru")


def test_a_letter_that_came_back_is_not_signed_for_with_its_successor(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    jetkiz.run("packs", "came-back", WEEK, "h1")
    hand_over_by_hand(workplace, people, people.lessons[1:2])

    for command in ("signed", "came-back", "signed"):
        jetkiz.run("packs", command, WEEK, "h1")

    assert states(workplace, people.alice) == [State.FAILED, State.DELIVERED]


def hand_over_by_hand(workplace: Workplace, people: People, lessons: tuple[int, ...]) -> None:
    """Give lessons to Alice by hand as a second attempt, and print the pack."""
    channel = InPersonChannel(workplace)
    choices = (Choice("in_person", ChoiceReason.TEACHER),) * len(lessons)
    with workplace.database.write() as connection:
        plan = StudentPlan(people.alice, lessons, choices)
        ledger.replace_attempt(connection, WEEK, 1, plan, people.school)
        deliveries = [one for one in all_deliveries(connection) if one.channel == "in_person"]
        batch = Batch("by hand", "in_person", WEEK, tuple(channel.prepare(deliveries)))
        saved = read_batch(connection, save_batch(connection, batch, NOW, NOW))
    channel.dispatch(saved, NOW)


def test_a_home_without_pack_is_refused(people: People, jetkiz: Jetkiz) -> None:
    assert people.alice
    assert "h3 is no home" in jetkiz.refuses("packs", "signed", WEEK, "h3")
    assert "h3 has no pack" in jetkiz.refuses("packs", "reprint", "h3")


def test_the_second_run_of_a_week_has_its_own_number_and_lists(
    workplace: Workplace, people: People
) -> None:
    with workplace.database.read() as connection:
        deliveries = post_deliveries(connection)
    later = [one for one in deliveries if one.student == people.alice]
    batch = saved_batch(workplace, later[:1], "second")
    assert batch.consignments == (), "the pack of the first run holds these lessons"

    with workplace.database.read() as connection:
        assert [one.number for one in read_lists(connection, WEEK)] == [1, 2]
        assert [one.place for one in read_packs(connection, week=WEEK)] == [1, 2]


def test_a_folder_of_photos_is_filed_and_told_in_words(
    workplace: Workplace, people: People, jetkiz: Jetkiz
) -> None:
    assert people.alice
    sheets = answer_sheets(workplace.settings.data / "packs" / WEEK / "run-1" / "h1.pdf")
    folder = workplace.settings.data / "photos"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(phone_photo(sheets[0], "a"))
    (folder / "2.jpg").write_bytes(phone_photo(sheets[0], "b"))
    (folder / "sub").mkdir()

    out = jetkiz.run("returns", "scan", str(folder))

    assert "1  filed to student and task" in out
    assert "2.jpg, page 1: filed before (1.jpg, 1)" in out
    assert "1 work handed in." in out


def test_a_scan_that_tells_no_school_waits_at_the_one_that_is_named(
    workplace: Workplace, people: People, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    torn = tmp_path / "torn.png"
    Image.effect_mandelbrot((320, 450), (-2, -1.5, 1, 1.5), 60).save(torn)

    def waiting(school: int) -> int:
        with workplace.database.read() as connection:
            return len(read_queue(connection, school))

    jetkiz.run("returns", "scan", str(torn))
    assert waiting(people.school) == waiting(people.other_school) == 0

    status, _, err = jetkiz.ends("returns", "scan", str(torn), "--school", "s9")
    assert (status, "There is no school s9. The register has: s1, s2" in err) == (1, True)

    jetkiz.run("returns", "scan", str(torn), "--school", "s2")
    assert (waiting(people.school), waiting(people.other_school)) == (0, 1)


def test_missing_pages_and_broken_files_are_named(
    workplace: Workplace, jetkiz: Jetkiz, tmp_path: Path
) -> None:
    printed(workplace, pages=2)
    sheets = answer_sheets(workplace.settings.data / "packs" / WEEK / "run-1" / "h1.pdf")
    (tmp_path / "1.jpg").write_bytes(phone_photo(sheets[0], "a"))
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4")

    status, out, err = jetkiz.ends(
        "returns", "scan", str(tmp_path / "bad.pdf"), str(tmp_path / "1.jpg")
    )

    assert status == 1
    assert "Test Alice, Lesson w05-0: page 2 is still missing." in out
    assert "bad.pdf cannot be read" in err


def test_a_damaged_lesson_is_told_when_packs_are_made(workplace: Workplace, jetkiz: Jetkiz) -> None:
    with workplace.database.write() as connection:
        people = print_school(connection)
        bad = update(lesson).where(lesson.c.id == people.lessons[0])
        connection.execute(bad.values(title="漢"))
        deliveries = post_deliveries(connection)
    saved_batch(workplace, deliveries)

    _, out, err = jetkiz.ends("packs", "make", WEEK)

    assert "Run 1: 2 packs" in out
    assert "Left out: Lesson w05-0" in err


def marked(workplace: Workplace, people: People) -> list[Delivery]:
    """Two marks on one work of Alice, each on its way home by post."""
    with workplace.database.write() as connection:
        lesson_id = people.lessons[0]
        add_page(connection, people.alice, lesson_id, Page("p", "0" * 64, "image/jpeg", "x"), NOW)
        work = hand_in(connection, people.alice, lesson_id, NOW.date(), NOW, "scan")
        assert work
        first = next(d for d in post_deliveries(connection) if d.student == people.alice)
        told = [
            give_feedback(connection, Marking(work.id, mark, words, "teacher", mark), NOW)
            for mark, words in (("3", "Қайтала."), ("5", "Жарайсың!"))
        ]
    return [replace(first, feedback=one.id) for one in told]


def slip_files(workplace: Workplace) -> dict[str, bytes]:
    folder = workplace.settings.data / "packs" / WEEK
    return {file.name: file.read_bytes() for file in folder.glob("feedback_slips*")}


def test_feedback_goes_home_as_a_slip(workplace: Workplace, people: People) -> None:
    batch = saved_batch(workplace, marked(workplace, people), "feedback")
    channel = PostChannel(workplace)

    receipts = channel.dispatch(batch, NOW)

    before = slip_files(workplace)
    assert list(before) == [f"feedback_slips-{batch.id}.pdf"]
    assert [one.state for one in receipts] == [State.PREPARED] * 2
    again = channel.dispatch(batch, NOW + timedelta(days=1))
    assert [one.key for one in again] == [one.key for one in receipts]
    assert slip_files(workplace) == before


def test_each_round_of_slips_has_a_file_of_its_own(workplace: Workplace, people: People) -> None:
    rounds = [
        saved_batch(workplace, [one], f"round {one.feedback}") for one in marked(workplace, people)
    ]
    kept: dict[str, bytes] = {}
    for batch in rounds:
        keys = print_slips(workplace, batch, batch.consignments, NOW)
        assert keys == {one.key for one in batch.consignments}, "no slip of an earlier round"
        after = slip_files(workplace)
        assert after.items() >= kept.items()
        kept = after
    assert len(kept) == len(set(kept.values())) == 2


def test_feedback_to_a_student_who_left_has_failed(workplace: Workplace, people: People) -> None:
    with workplace.database.write() as connection:
        first = next(d for d in post_deliveries(connection) if d.student == people.alice)
        connection.execute(update(student).values(active=False))
    batch = saved_batch(workplace, [replace(first, feedback=9)], "feedback")

    assert [one.state for one in PostChannel(workplace).dispatch(batch, NOW)] == [State.FAILED]
    assert slip_files(workplace) == {}
