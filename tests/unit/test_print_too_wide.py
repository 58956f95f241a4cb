"""What is too wide or too long for its place in a lesson: photos, formulas, hidden answers."""

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from jetkiz.lessons.markup.page_pictures import LargeText, large_pages
from jetkiz.lessons.markup.typst_formulas import widest_part
from jetkiz.lessons.model import LessonFile
from jetkiz.storage.files import FileStore
from print_packs.lessons.lesson_pages import set_lesson
from print_packs.lessons.screen_edition import screen_edition
from print_packs.lessons.set_pages import LessonPages
from print_packs.pages.page_layout import HEIGHT, LEFT, RIGHT
from tests.print_school import a_lesson
from tests.printed_lines import MM, Line, assert_tidy, lines_of

CORNERS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "pink": (255, 0, 255)}
SUM = "+".join(f"a_{{{n}}}x^{{{n}}}" for n in range(1, 30))
WORDS = "+".join(f"{n}abc" for n in range(1, 25))


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def photo(size: tuple[int, int], orientation: int, kind: str = "JPEG") -> bytes:
    """A picture with a colour in each corner, and the note of a phone which way is up."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    wide, high = size
    side = min(size) // 4
    for at, (x, y) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
        left, top = x * (wide - side), y * (high - side)
        colour = list(CORNERS.values())[at]
        draw.rectangle((left, top, left + side, top + side), fill=colour)
    note = Image.Exif()
    note[0x0112] = orientation
    out = io.BytesIO()
    picture.save(out, kind, exif=note)
    return out.getvalue()


def typeset(files: FileStore, text: str, *pictures: bytes, large: bool = False) -> LessonPages:
    own = tuple(
        LessonFile(f"{number}.jpg", files.put(one), len(one))
        for number, one in enumerate(pictures, 1)
    )
    lesson = a_lesson(text=text, files=own)
    return set_lesson(lesson, files, files.folder.parent / "cache", large=large)


def seen_on(picture: Image.Image) -> dict[str, tuple[int, int]]:
    """Return how many dots each colour of the corners has, across and down."""
    found = {}
    for name, colour in CORNERS.items():
        channels = zip(picture.convert("RGB").split(), colour, strict=True)
        near = [one.point([abs(v - want) < 60 for v in range(256)]) for one, want in channels]
        mask = Image.merge("RGB", near).convert("RGB").tobytes()
        dots = bytes(255 * all(mask[n : n + 3]) for n in range(0, len(mask), 3))
        box = Image.frombytes("L", picture.size, dots).getbbox()
        found[name] = (box[2] - box[0], box[3] - box[1]) if box else (0, 0)
    return found


def drawn(pdf: bytes) -> Image.Image:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=0.6).to_pil()


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_photo_taken_upright_shows_all_four_corners(files: FileStore, orientation: int) -> None:
    seen = seen_on(drawn(typeset(files, "![Ат](1.jpg)", photo((640, 420), orientation)).pdf))

    # Cropped to a frame of the wrong shape, corners are gone or no longer square.
    for wide, high in seen.values():
        assert wide == pytest.approx(high, abs=3)
        assert wide > 20


def test_a_broken_note_turns_nothing(files: FileStore) -> None:
    whole = photo((640, 420), 6)
    at = whole.index(b"Exif\0\0") + 6
    broken = whole[:at] + b"\xff" * 8 + whole[at + 8 :]

    seen = seen_on(drawn(typeset(files, "![Ат](1.jpg)", broken).pdf))

    assert all(wide == pytest.approx(high, abs=3) and wide > 20 for wide, high in seen.values())


def test_a_turned_photo_keeps_its_corners_in_large_letters() -> None:
    pictures = {"1.jpg": photo((640, 420), 6)}

    (page, *_) = large_pages(LargeText("Ат", "kk", "![Ат](1.jpg)", pictures))

    seen = seen_on(Image.open(io.BytesIO(page)))
    assert all(wide == pytest.approx(high, abs=6) and wide > 20 for wide, high in seen.values())


def places_of_pictures(pdf: bytes) -> list[tuple[float, float, float, float]]:
    with pypdfium2.PdfDocument(pdf) as document:
        kinds = document[0].get_objects(max_depth=5)
        boxes = [one.get_bounds() for one in kinds if one.type == 3]
    return sorted(tuple(edge / MM for edge in box) for box in boxes)  # type: ignore[misc]


@pytest.mark.parametrize("large", [False, True])
def test_pictures_in_a_table_stay_in_their_cells(files: FileStore, *, large: bool) -> None:
    text = "| a | b |\n|---|---|\n| ![Ат](1.jpg) | ![Ит](2.jpg) |\n\n1. бір\n   - ![Ат](1.jpg)\n"

    page = typeset(files, text, photo((900, 600), 1), photo((900, 500), 1), large=large)

    first, second, *_ = places_of_pictures(page.pdf)
    for left, _, right, _ in places_of_pictures(page.pdf):
        assert LEFT - 1 <= left < right <= RIGHT + 1
    assert first[2] <= second[0] + 1 or first[1] >= second[3] or second[1] >= first[3]


@pytest.mark.parametrize(
    "formula",
    [
        f"$${SUM}=0$$",
        f"$$x=\\frac{{{WORDS}}}{{2}}$$",
        f"Онда $\\sqrt{{{WORDS}}}$ болады.",
        "$$\\begin{pmatrix}" + "&".join(f"{n}000" for n in range(1, 18)) + "\\end{pmatrix}$$",
        "$$\\left(" + SUM + "\\right)$$",
    ],
)
def test_a_formula_wider_than_the_page_is_all_there(files: FileStore, formula: str) -> None:
    pages = lines_of(typeset(files, formula, large=formula.startswith("$$x")).pdf)
    found = [line for page in pages for line in page]

    assert min(line.left for line in found) >= LEFT - 1
    assert max(line.right for line in found) <= RIGHT + 1


def test_a_formula_that_has_room_keeps_its_size(files: FileStore) -> None:
    short = typeset(files, "$$x=\\frac{a+b+c+d+e+f+g}{2}$$")

    (line,) = [line for line in lines_of(short.pdf)[0] if "=" in line.text]

    assert line.right - line.left > 3.5


@pytest.mark.parametrize(
    ("latex", "letters"),
    [("x+y", 1), ("\\frac{abc}{d}+1", 3), ("\\begin{matrix}1&22\\\\333\\end{matrix}", 7), ("^", 0)],
)
def test_how_much_of_a_formula_cannot_be_broken(latex: str, letters: int) -> None:
    assert widest_part(latex) == letters


def answers(count: int) -> Sequence[str]:
    return [f"есеп{n} — {n * n} теңге, себебі бұл ұзақ түсіндірме." for n in range(1, count + 1)]


def on_paper(files: FileStore, count: int) -> list[Line]:
    hidden = "\n\n".join(answers(count))
    pages = lines_of(typeset(files, f"Сұрақ\n\n```answer Жауабы\n{hidden}\n```\n").pdf)
    return [line for page in pages for line in page if 0 < line.top < line.bottom < HEIGHT]


def test_no_hidden_answer_falls_off_the_page(files: FileStore) -> None:
    words = "".join("".join(line.text for line in on_paper(files, 60)).split())

    assert [one for one in answers(60) if "".join(one.split()) not in words] == []


def test_a_hidden_answer_that_fits_stands_upside_down(files: FileStore) -> None:
    tops = {line.text[:5]: line.top for line in on_paper(files, 3)}

    assert tops["есеп2"] > tops["есеп3"]


@pytest.mark.parametrize("text", ["# \n\nСөз", "Сөз\n\n## \n\nсоңы"])
def test_a_heading_without_words_is_none(files: FileStore, text: str) -> None:
    """A file for screens may have no empty heading: it would be refused as a whole."""
    edition = screen_edition(a_lesson(text=text), files, files.folder.parent / "cache")

    assert_tidy(lines_of(edition)[0], 9, 148)
