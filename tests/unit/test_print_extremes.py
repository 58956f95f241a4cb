"""Long names, wide tables, huge words, tiny pictures: nothing leaves the page or hides another."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from jetkiz.codes import Corner
from jetkiz.fonts.drawing import BOLD, Pen, Style, cut, fitting, load_fonts, width_of
from jetkiz.i18n import translator
from jetkiz.lessons.model import LessonFile, Task
from jetkiz.storage.files import FileStore
from print_packs.lessons.lesson_pages import set_lesson
from print_packs.lessons.set_pages import LessonPages
from print_packs.model import AnswerSheet, ChildPart, HomeCode, Letter, Pack, WeekLine
from print_packs.pack_file import PackFile
from print_packs.page_plan import PageKind, plan_pages
from print_packs.pages.documents import whole
from print_packs.pages.front_sheet import draw_front_sheet
from print_packs.pages.page_layout import LEFT, RIGHT, WIDTH, place_of
from print_packs.print_run import RunRow
from print_packs.runs.run_pdf import draw_run
from print_packs.stacks import cut_into_stacks
from tests.factories import WEEK
from tests.print_school import a_lesson, a_pack
from tests.printed_lines import MM, Line, assert_tidy, lines_of

WEDNESDAY = date(2026, 9, 23)
CODES = dict.fromkeys(Corner, "0000000000000000")


KAZAKH = "АӘБВГҒДЕЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЫІЭЮЯ"
words = st.lists(st.text(alphabet=KAZAKH.title() + "ұщмжі-", min_size=1, max_size=28), min_size=1)
names = words.map(" ".join).filter(lambda text: len(text) < 120)


def part(name: str, title: str, lessons: int, **changes: object) -> ChildPart:
    given = [
        a_lesson(
            id=n, title=title, day=date(2026, 1, 26 + n % 5), task=Task("Жаз.", date(2026, 2, 2))
        )
        for n in range(1, lessons + 1)
    ]
    week = tuple(WeekLine(one, "telegram") for one in sorted(given, key=lambda one: one.day))
    sheets = tuple(AnswerSheet(one.id, one, 1, 1) for one in given)
    one = ChildPart(1, name, "11 «Ә»", 2, "kk", False, week, (), sheets)
    return replace(one, **changes)  # type: ignore[arg-type]


def in_a_run(*children: ChildPart, **changes: object) -> Pack:
    """A pack of a Russian home in the middle of a long run."""
    return a_pack(*children, **{"language": "ru", "place": 1234, "of": 2500} | changes)


def drawn(one: Pack) -> dict[PageKind, list[list[Line]]]:
    """The pages of a pack by their kind."""
    found: dict[PageKind, list[list[Line]]] = {}
    pages = lines_of(draw_run([one], {}, lambda _: CODES).pdf)
    for page, lines in zip(plan_pages(one, {}), pages, strict=True):
        found.setdefault(page.kind, []).append(lines)
    return found


@settings(max_examples=12)
@given(name=names, title=names, klass=st.text(alphabet=KAZAKH, max_size=14))
def test_whatever_a_child_and_a_lesson_are_called_no_words_collide(
    name: str, title: str, klass: str
) -> None:
    one = in_a_run(part(name, title, 3, class_title=klass))
    pages = drawn(one)
    for kind in (PageKind.COVER, PageKind.CHILD, PageKind.ANSWER, PageKind.SLIP):
        for page in pages[kind]:
            assert_tidy(page)


@settings(max_examples=12)
@given(of=st.lists(names, min_size=1, max_size=11))
def test_codes_of_many_children_with_long_names_stand_clear_of_each_other(of: list[str]) -> None:
    """Codes that find no room are named, so that the home asks for them."""
    codes = [
        HomeCode(f"https://t.me/Bot?start=k1_{n:022}", f"AAAA-{n:04}-B", "t.me/Bot")
        for n in range(len(of))
    ]
    children = [part(name, "Дроби", 1, code=code) for name, code in zip(of, codes, strict=True)]
    (guide,) = drawn(in_a_run(*children))[PageKind.GUIDE]
    assert_tidy(guide)
    words = " ".join(line.text for line in guide)
    shown = [one.typed in words for one in codes]
    assert shown == [number < 6 for number in range(len(codes))]
    assert ("Коды этих детей" in words) == (len(codes) > 6)


@settings(max_examples=12)
@given(
    name=names,
    lines=st.lists(names, min_size=1, max_size=4),
    sender=names,
    own=st.lists(names, max_size=3),
)
def test_only_addresses_stand_above_the_fold_however_long_they_are(
    name: str, lines: list[str], sender: str, own: list[str]
) -> None:
    short = [line[:60] for line in lines]
    letter = Letter(name[:80], tuple(short), "011908")
    one = in_a_run(part("Айша", "Аяз", 1), addressee=letter, sender=Letter(sender, tuple(own), "1"))

    (cover,) = drawn(one)[PageKind.COVER]

    assert_tidy(cover)
    index = next(line for line in cover if line.text.replace(" ", "") == "011908")
    assert index.bottom < 99
    week = next(line for line in cover if "Уроки на неделю" in line.text)
    assert week.top > 99


@pytest.mark.parametrize("name", ["Ж" * 200, "Айша", "Мұхаммедәли " * 20, "Ы", "  "])
def test_the_sequence_mark_stays_between_the_codes(name: str) -> None:
    (page, *_) = drawn(in_a_run(part(name, "Аяз", 1)))[PageKind.ANSWER]

    mark = next(line for line in page if "ABCD-EFGH" in line.text)

    assert "1234/2500" in mark.text
    assert mark.left > place_of(Corner.BOTTOM_LEFT)[0] + 20 + 3
    assert mark.right < WIDTH - 10 - 20 - 3


def tall(lines: Sequence[Line], text: str) -> float:
    return max(line.bottom - line.top for line in lines if text in line.text)


@pytest.mark.parametrize("tasks", [(9, 9, 9, 9), (12, 2, 2, 2), (1, 14, 1), (20,), (3, 3)])
def test_every_sheet_to_send_back_has_its_line_in_letters_that_can_be_read(
    tasks: tuple[int, ...],
) -> None:
    children = [part(f"Бала{n}", "Аяз бен күн", count, student=n) for n, count in enumerate(tasks)]

    (page,) = drawn(in_a_run(*children))[PageKind.SLIP]

    assert_tidy(page)
    assert sum(line.text.count("Аяз") for line in page) == sum(tasks)
    for n in range(len(tasks)):
        assert any(f"Бала{n}" in line.text for line in page)
    assert tall(page, "Аяз") > (1.6 if sum(tasks) > 30 else 1.4)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_mark_of_the_slip_has_white_around_it(language: str) -> None:
    one = in_a_run(part("Айша", "Теңдеулер " * 20, 40), language=language, return_by=WEDNESDAY)
    (page,) = drawn(one)[PageKind.SLIP]

    left, top, size = place_of(Corner.SLIP)
    quiet = 4 * size / 21
    assert (left + size, top) == (WIDTH - 10, 10)
    near = [
        line.text.strip()
        for line in page
        if line.right > left - quiet and line.top < top + size + quiet and line.bottom > 0
    ]
    assert near == ["0000 0000 0000 0000"]


def test_a_child_with_many_tasks_does_not_push_the_address_away() -> None:
    (page,) = drawn(in_a_run(part("Айша", "Аяз", 40)))[PageKind.SLIP]

    last = max(line.bottom for line in page if "40 листов" in line.text)
    address = min(line.top for line in page if "Мектеп" in line.text)
    assert last < address


@given(names, st.floats(5, 180), st.floats(8, 30))
def test_fitting_letters_are_never_larger_than_wished_nor_smaller_than_allowed(
    text: str, width: float, size: float
) -> None:
    load_fonts()
    assert fitting("", Style(12), 10, least=8) == Style(12)
    wished = Style(size, BOLD)
    style = fitting(text, wished, width, least=8)

    assert 8 <= style.size <= size
    assert width_of(text, style) <= width * 1.001 or style.size == 8
    assert width_of(cut(text, style, width), style) <= width * 1.001 or width < 6


def test_an_answer_sheet_of_a_long_name_keeps_the_name_whole() -> None:
    whose = "Абдурахман-Мұхаммедәли"
    (page, *_) = drawn(in_a_run(part(whose, "Аяз", 1, class_title="10«Ә»")))[PageKind.ANSWER]

    assert any(f"{whose}, 10«Ә»" in line.text for line in page)


def run_of(count: int) -> list[PackFile]:
    child = part("Айша", "Аяз", 1)
    return [
        PackFile(
            f"h{n}.pdf",
            in_a_run(child, key=f"h{n}", place=n, print_id=f"P{n:03}-ABCD"),
            "",
            8 * (n - 1),
            8,
        )
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [1, 40, 90, 300])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_front_sheet_names_every_pack_or_says_how_many_more(count: int, language: str) -> None:
    run = RunRow(1, "k", WEEK, 1, "post", date(2026, 1, 22), is_ready=True)

    (stack,) = cut_into_stacks(run_of(count))
    words = translator(language)

    def draw(canvas: Canvas) -> None:
        draw_front_sheet(Pen(canvas), run, stack, "0" * 64, words)

    pages = lines_of(whole(draw))

    text = " ".join(line.text for line in pages[0])
    named = sum(f"P{n:03}-ABCD" in text for n in range(1, count + 1))
    rest = words("{n} more packs: job.json names them all", n=count - named)
    assert len(pages) == 1
    assert named >= min(count, 80)
    assert (named == count) or rest in text
    assert_tidy(pages[0])


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def typeset(store: FileStore, text: str, **changes: object) -> LessonPages:
    lesson = a_lesson(text=text, **changes)
    return set_lesson(lesson, store, store.folder.parent / "cache", large=False)


def with_picture(files: FileStore, size: tuple[int, int]) -> LessonPages:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 120, 30)).save(out, "PNG")
    file = LessonFile("p.png", files.put(out.getvalue()), len(out.getvalue()))
    return typeset(files, "![Бақа](p.png)\n\nБақа.", files=(file,))


def ink(pages: LessonPages) -> tuple[float, float]:
    """Width and height of what is green on the first page, in millimetres."""
    with pypdfium2.PdfDocument(pages.pdf) as document:
        page = document[0].render(scale=2).to_pil().convert("RGB")
    red, green, _ = page.split()
    mask = Image.composite(
        green.point(lambda v: 255 if 90 < v < 150 else 0),
        Image.new("L", page.size),
        red.point(lambda v: 255 if v < 60 else 0),
    )
    box = mask.getbbox()
    assert box
    return (box[2] - box[0]) / 2 / MM, (box[3] - box[1]) / 2 / MM


@pytest.mark.parametrize(
    ("size", "wide", "high"),
    [
        ((4000, 200), 130, 6.5),
        ((200, 4000), 4.5, 90),
        ((24, 24), 10.2, 10.2),
        ((640, 480), 120, 90),
        ((2600, 1000), 130, 50),
    ],
)
def test_a_picture_of_any_shape_has_a_sensible_size(
    files: FileStore, size: tuple[int, int], wide: float, high: float
) -> None:
    found = ink(with_picture(files, size))

    assert found == pytest.approx((wide, high), abs=1.2)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    columns=st.integers(1, 9),
    cells=st.lists(st.text(alphabet=KAZAKH.lower(), min_size=1, max_size=45), min_size=9),
    grade=st.sampled_from([1, 3, 8]),
)
def test_a_table_of_any_words_stays_inside_the_margins(
    files: FileStore, columns: int, cells: list[str], grade: int
) -> None:
    rows = [cells[:columns], ["---"] * columns, cells[-columns:], ["күн"] * columns]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)

    pages = lines_of(typeset(files, table, grades=(grade,)).pdf)

    for page in pages:
        assert_tidy(page, LEFT, RIGHT)
    found = "".join(line.text for page in pages for line in page if line.top > 25)
    wanted = sorted("".join(cells[:columns] + cells[-columns:]))
    assert [one for one in wanted if found.lower().count(one) < 1] == []


def test_a_word_that_has_room_in_a_wider_column_is_not_broken(files: FileStore) -> None:
    table = "| a | b | c |\n|---|---|---|\n| ата | дед | grandson, granddaughters |"

    page = lines_of(typeset(files, table, grades=(1,)).pdf)[0]

    assert any("granddaughters" in line.text for line in page)


@pytest.mark.parametrize("letters", [30, 60, 200])
@pytest.mark.parametrize("grade", [1, 9])
def test_a_word_wider_than_the_page_is_broken(files: FileStore, letters: int, grade: int) -> None:
    word = ("қолғанымызғадейінгі" * 20)[:letters]

    pages = lines_of(typeset(files, f"Сөз {word} соңы.", grades=(grade,)).pdf)

    body = [line for line in pages[0] if 30 < line.top < 260]
    assert_tidy(body, LEFT, RIGHT)
    assert word in "".join("".join(c for c in line.text if c.isalpha()) for line in body)


def test_ordinary_words_are_never_broken(files: FileStore) -> None:
    text = "Құрметті оқушылар конституциялық құрылысымыздың негіздерімен танысайық. " * 6

    pages = lines_of(typeset(files, text, grades=(2,)).pdf)

    whole = {word.strip(".") for word in text.split()}
    seen = {
        word.strip(".") for line in pages[0] if 30 < line.top < 240 for word in line.text.split()
    }
    assert seen - {"Мороз"} <= whole


def paragraphs(count: int) -> str:
    return "\n\n".join(f"Абзац номер {n}: мороз и солнце, день чудесный." for n in range(count))


def test_a_lesson_never_ends_with_two_lonely_lines_if_it_can_be_set_closer(
    files: FileStore,
) -> None:
    """Where the usual room just spills over, the closer one still fits on the pages before."""
    counts = [typeset(files, paragraphs(n), grades=(9,)).pages for n in range(20, 45)]

    assert counts == sorted(counts)
    first_of_two = 20 + counts.index(2)
    last = lines_of(typeset(files, paragraphs(first_of_two), grades=(9,)).pdf)[-1]
    body = [line for line in last if "Абзац" in line.text]
    assert len(body) > 2


def test_a_short_lesson_keeps_its_usual_room(files: FileStore) -> None:
    few, more = (lines_of(typeset(files, paragraphs(n), grades=(9,)).pdf)[0] for n in (3, 12))

    def steps(lines: list[Line]) -> list[float]:
        tops = [line.top for line in lines if "Абзац" in line.text]
        return [round(b - a, 1) for a, b in pairwise(tops)]

    assert set(steps(few)) == set(steps(more))


@pytest.mark.parametrize("title", ["Слово " * 60, "Ы" * 200, "Мороз"])
def test_the_running_head_is_one_line(files: FileStore, title: str) -> None:
    pages = lines_of(typeset(files, "Текст.", title=title.strip()).pdf)

    head = [line for line in pages[0] if line.top < 19]
    assert head
    assert max(line.bottom for line in head) - min(line.top for line in head) < 4
    assert_tidy(pages[0], LEFT, RIGHT)


@pytest.mark.parametrize("text", ["", "\n\n", "#", "&nbsp;", "<!-- -->"])
def test_a_lesson_without_text_is_one_page_with_its_title(files: FileStore, text: str) -> None:
    done = typeset(files, text, title="Бос сабақ")

    assert done.pages == 1
    assert any("Бос сабақ" in line.text for line in lines_of(done.pdf)[0])
