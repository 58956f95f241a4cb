"""A quiz on paper from the printer to the result: printed, filled in, read once, decided once."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import Connection, func, select

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.demo.circles import draw_mark
from jetkiz.demo.handwriting import answer_sheets
from jetkiz.homework.quizzes import read_quizzes
from jetkiz.homework.sheets_in_chats import Sending
from jetkiz.homework.tables import return_page
from jetkiz.lessons.model import Question
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.lessons.lesson_pages import set_lesson
from print_packs.quizzes.geometry import BLOCK_LEFT, BLOCK_TOP, block_of
from print_packs.quizzes.proposals import PrintedQuiz, decide, keep_printed, read_proposals
from print_packs.quizzes.tables import printed_quiz, quiz_reading, quiz_sheet
from print_packs.records import read_packs, read_sheets
from print_packs.scans.chat_sheets import ChatSheets
from print_packs.scans.page_reader import scan_process
from print_packs.scans.quiz_sheets import read_quiz_sheets
from scheduler.problem import pages_of
from tests.factories import NOW as MONDAY_MORNING
from tests.factories import WEEK, People, add_people, publish_week
from tests.filled_quizzes import DOTS, photo_of
from tests.paper_quizzes import QUIZ, add_proposal, add_quiz_sheet, ask_quiz
from tests.print_school import NOW, post_deliveries, print_school, saved_batch, workplace_in
from tests.scan_desk import as_bytes, scan

OPTIONS = (3, 4)


@pytest.fixture
def school(sqlite_database: Database, tmp_path: Path) -> tuple[Workplace, People]:
    """A printed week in which the first lesson has a task and a quiz, the second only a quiz."""
    workplace = workplace_in(tmp_path, sqlite_database)
    with sqlite_database.write() as connection:
        people = print_school(connection)
        ask_quiz(connection, people.lessons[0])
        ask_quiz(connection, people.lessons[1], task=False)
        deliveries = post_deliveries(connection)
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)
    return workplace, people


def quiz_pages(workplace: Workplace) -> list[Image.Image]:
    """Alice's sheets with circles, at the size of a scan."""
    file = workplace.settings.data / "packs" / WEEK / "run-1" / "h1.pdf"
    document = pypdfium2.PdfDocument(file)
    pages = [one.page for one in answer_sheets(file)]
    drawn = [document[n].render(scale=DOTS * 25.4 / 72, grayscale=True).to_pil() for n in pages]
    return [page for page in drawn if page.getpixel(mark_place()) < 60]


def mark_place() -> tuple[int, int]:
    return round(BLOCK_LEFT * DOTS), round(BLOCK_TOP * DOTS)


def answered(page: Image.Image, *places: tuple[int, int]) -> Image.Image:
    draw = ImageDraw.Draw(page)
    for one in block_of(OPTIONS).bubbles:
        if (one.question, one.option) in places:
            at = (BLOCK_LEFT + one.x) * DOTS, (BLOCK_TOP + one.y) * DOTS, DOTS
            draw_mark(draw, at, "cross", Random(7), (20, 5))
    return page


def test_a_quiz_gets_a_sheet_of_its_own_behind_the_task(school: tuple[Workplace, People]) -> None:
    workplace, people = school
    with workplace.database.read() as connection:
        sheets = read_sheets(connection)
        kept = connection.scalar(select(func.count()).select_from(printed_quiz))
        on_sheets = set(connection.scalars(select(quiz_sheet.c.sheet_id)))
    first, second, on_tv = people.lessons
    alice = {(s.lesson, s.page, s.pages): s.id for s in sheets if s.student == people.alice}
    assert set(alice) == {(first, 1, 2), (first, 2, 2), (second, 1, 1), (on_tv, 1, 1)}
    assert {alice[first, 2, 2], alice[second, 1, 1]} <= on_sheets
    assert {alice[first, 1, 2], alice[on_tv, 1, 1]}.isdisjoint(on_sheets)
    assert kept == 2
    assert len(quiz_pages(workplace)) == 2


def test_a_quiz_of_a_lesson_on_television_brings_its_questions_on_a_sheet_that_stays(
    sqlite_database: Database, tmp_path: Path
) -> None:
    workplace = workplace_in(tmp_path, sqlite_database)
    with sqlite_database.write() as connection:
        people = print_school(connection)
        ask_quiz(connection, people.lessons[2])
        deliveries = post_deliveries(connection)
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)

    file = workplace.settings.data / "packs" / WEEK / "run-1" / "h1.pdf"
    with pypdfium2.PdfDocument(file) as document:
        pages = [one.get_textpage().get_text_range() for one in document]
    (asked,) = (n for n, text in enumerate(pages) if "2 + 2 = ?" in text)
    assert asked % 2 == 0, "on a sheet of its own"
    assert "B) 4" in pages[asked]
    assert "Бірнеше жауап дұрыс" in pages[asked]
    assert "осы парақтың алдындағы бетте" in pages[asked + 2].replace("\r\n", " ")
    (circles,) = quiz_pages(workplace)
    scan(workplace, scan__jpg=as_bytes(answered(circles, (0, 1), (1, 1), (1, 3)), quality=80))
    with sqlite_database.read() as connection:
        (one,) = read_proposals(connection)
        assert (one.answers, one.right) == (((1,), (1, 3)), 2)
        inside = [
            content["lessons"]
            for row in read_packs(connection, week=WEEK)
            for content in row.contents
        ]
        assert all(people.lessons[2] not in lessons for lessons in inside), "the lesson is on TV"


def test_the_plan_counts_the_sides_that_the_pack_has(school: tuple[Workplace, People]) -> None:
    workplace, people = school
    with workplace.database.read() as connection:
        sheets = read_sheets(connection)
        lessons = read_lessons(connection, only=people.lessons[:2])
    cache = workplace.settings.data / "cache" / "lessons"
    made = {
        one.id: set_lesson(one, workplace.files, cache, large=False).pages
        + sum(s.lesson == one.id and s.student == people.alice for s in sheets)
        for one in lessons
    }
    assert {one.id: pages_of(one) for one in lessons} == made
    without = [replace(one, quiz=()) for one in lessons]
    assert [pages_of(one) for one in without] == [n - 1 for n in made.values()]
    long = tuple(Question("?" * 300, ("а" * 100, "б" * 100), (0,)) for _ in range(20))
    assert pages_of(replace(lessons[0], quiz=long)) > made[lessons[0].id] + 4, "they are read too"


def test_a_sheet_that_comes_back_is_read_once_and_decided_once(
    school: tuple[Workplace, People],
) -> None:
    workplace, people = school
    first, second = quiz_pages(workplace)
    scans = {
        "scan__jpg": as_bytes(answered(first, (0, 1), (1, 1), (1, 3)), quality=80),
        "photo__jpg": as_bytes(photo_of(answered(second, (0, 0), (0, 2), (1, 1)), Random(3), 1800)),
    }
    scan(workplace, **scans)
    scan(workplace, **scans)
    with workplace.database.write() as connection:
        one, two = read_proposals(connection)
        assert (one.answers, one.doubts, one.right, one.in_doubt) == (
            ((1,), (1, 3)),
            ("", ""),
            2,
            0,
        )
        assert one.confidence > 0.5
        assert two.answers == ((0, 2), (1,))
        assert two.doubts == ("several", "")
        states = {s.lesson: s.state for s in lesson_states(connection, WEEK, [people.alice])}
        assert states[people.lessons[1]] == State.RETURNED
        assert decide(connection, two, ((0,), (1, 3)), "aigul", NOW)
        assert not decide(connection, two, ((1,), (1, 3)), "bolat", NOW)
        (result,) = read_quizzes(connection, [people.alice])
        assert (result.right, result.questions, result.answers) == (1, 2, ((0,), (1, 3)))
        states = {s.lesson: s.state for s in lesson_states(connection, WEEK, [people.alice])}
        assert states[people.lessons[1]] == State.MARKED
        (decided,) = read_proposals(connection, sheets=[two.sheet])
    assert (decided.by, decided.shown, decided.in_doubt) == ("aigul", ((0,), (1, 3)), 0)


def test_a_round_that_was_cut_off_leaves_the_rest_to_the_next(
    school: tuple[Workplace, People],
) -> None:
    workplace, _ = school
    first, second = quiz_pages(workplace)
    scan(workplace, a__jpg=as_bytes(first), b__jpg=as_bytes(second))
    with workplace.database.write() as connection:
        one, two = connection.execute(select(quiz_reading).order_by("sheet_id")).all()
        assert one.answers == two.answers == [[], []]
        connection.execute(quiz_reading.delete().where(quiz_reading.c.sheet_id == two.sheet_id))
    assert read_quiz_sheets(workplace, NOW) == 1
    assert read_quiz_sheets(workplace, NOW) == 0
    with workplace.database.write() as connection:
        connection.execute(quiz_reading.delete())
        connection.execute(
            return_page.update()
            .where(return_page.c.sha256 == one.page_sha256)
            .values(sha256="0" * 64)
        )
    assert read_quiz_sheets(workplace, NOW) == 1, "a page that is away stops no other"


def test_a_quiz_is_read_again_when_another_picture_of_it_is_shown(
    school: tuple[Workplace, People],
) -> None:
    """A thumb lay on a square at first; what a teacher decided is left as it is."""
    workplace, people = school
    page = answered(quiz_pages(workplace)[0], (0, 1), (1, 1), (1, 3))
    under = page.resize((620, 877)).filter(ImageFilter.GaussianBlur(1.4)).convert("L")
    x, y = mark_place()[0] * 620 // page.width, mark_place()[1] * 877 // page.height
    ImageDraw.Draw(under).ellipse((x - 20, y - 20, x + 20, y + 20), fill=200)
    scan(workplace, a__jpg=as_bytes(under))
    with workplace.database.read() as connection:
        (first,) = read_proposals(connection)
    assert (first.in_doubt, first.answers) == (2, ((), ()))

    scan(workplace, b__jpg=as_bytes(page))

    with workplace.database.write() as connection:
        (second,) = read_proposals(connection, [(people.alice, people.lessons[0])])
        assert (second.in_doubt, second.answers) == (0, ((1,), (1, 3)))
        assert decide(connection, second, second.answers, "aigul", NOW)
        connection.execute(quiz_reading.update().values(page_sha256="0" * 64))
    assert read_quiz_sheets(workplace, NOW) == 0


def test_nobody_waits_for_quizzes_of_others(school: tuple[Workplace, People]) -> None:
    workplace, people = school
    scan(workplace, a__jpg=as_bytes(quiz_pages(workplace)[0]))
    with workplace.database.write() as connection:
        connection.execute(quiz_reading.delete())

    assert read_quiz_sheets(workplace, NOW, [people.bob]) == 0
    assert read_quiz_sheets(workplace, NOW, [people.alice]) == 1


def test_what_is_printed_anew_asks_what_stands_on_it_now(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        lesson = people.lessons[0]
        number = add_quiz_sheet(connection, people.alice, lesson)
        (changed,) = read_lessons(connection, only=[lesson])
        assert add_proposal(connection, number, "a" * 64)
        assert not add_proposal(connection, number, "a" * 64)
        assert add_proposal(connection, number, "b" * 64), "another picture is shown now"
        assert read_proposals(connection, [(people.alice, lesson)])[0].quiz.options == OPTIONS
        assert read_proposals(connection, [(people.bob, lesson)]) == []
        ask_quiz(connection, lesson)
        (changed,) = read_lessons(connection, only=[lesson])
        shorter = type(changed)(**{**_fields(changed), "quiz": QUIZ[:1]})
        keep_printed(connection, {number: shorter})
        assert _quiz_of(connection, number).options == (3,)


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}  # type: ignore[attr-defined]


def _quiz_of(connection: Connection, number: int) -> PrintedQuiz:
    row = connection.execute(
        select(printed_quiz)
        .join_from(quiz_sheet, printed_quiz)
        .where(quiz_sheet.c.sheet_id == number)
    ).one()
    return PrintedQuiz(tuple(row.options), tuple(map(tuple, row.right_options)))


def test_a_decision_reaches_the_ledger_on_each_kind_of_database(database: Database) -> None:
    with database.write() as connection:
        people = add_people(connection)
        publish_week(connection, people)
        number = add_quiz_sheet(connection, people.alice, people.lessons[0])
        add_proposal(connection, number, "a" * 64, "faint")
        (one,) = read_proposals(connection, sheets=[number])
        assert one.in_doubt == 1
        assert decide(connection, one, ((1,), (1,)), "aigul", MONDAY_MORNING)
        (state, *_) = lesson_states(connection, WEEK, [people.alice])
        (result,) = read_quizzes(connection, [people.alice])
    assert state.state == State.ACKNOWLEDGED, "the task is still to be handed in"
    assert result.right == 1


def test_the_questions_of_a_quiz_are_counted_rightly() -> None:
    quiz = PrintedQuiz((3, 4), ((1,), (1, 3)))
    assert quiz.several == (False, True)
    assert [quiz.count_right(said) for said in (((1,), (3, 1)), ((), (1,)))] == [2, 0]


def test_a_quiz_photographed_into_a_chat_is_read_and_the_later_photo_counts(
    school: tuple[Workplace, People],
) -> None:
    workplace, people = school
    desk = ChatSheets(workplace, scan_process())

    def read_in_a_photo(*places: tuple[int, int]) -> tuple[tuple[int, ...], ...]:
        page = answered(quiz_pages(workplace)[1], *places)
        found = desk.look(as_bytes(page, quality=80))
        assert found
        sending = Sending(str(places), frozenset({people.alice}), "", "")
        with workplace.database.write() as connection:
            came = found.file(connection, sending, NOW)
            assert [one.missing for one in came.works] == [()]
            (proposal,) = read_proposals(connection, works=[(people.alice, people.lessons[1])])
        return proposal.answers

    assert read_in_a_photo((0, 2), (1, 1)) == ((2,), (1,))
    assert read_in_a_photo((0, 1), (1, 1), (1, 3)) == ((1,), (1, 3))
