"""How a lesson is set: Markdown is content and never code, and every refusal names the lesson."""

import io
import json
import struct
import zlib
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from jetkiz.errors import JetkizError
from jetkiz.lessons.markup.typst_markup import picture_names, to_typst
from jetkiz.lessons.markup.typst_text import literal
from jetkiz.lessons.model import Lesson, LessonFile, Licence, Question
from jetkiz.storage.files import FileStore
from print_packs.lessons import lesson_pages
from print_packs.lessons.lesson_pages import points, set_lesson
from print_packs.lessons.set_pages import LessonPages
from tests.print_school import a_lesson

MARKDOWN = """# Мороз

Абзац с *наклоном*, **жиром**, `кодом #x` и <b>тегом</b>.
Вторая строка\\
и перенос.

1. один
2. два

- точка

3. три

> Цитата [ссылка](https://bilim.kz) и [https://bilim.kz](https://bilim.kz)

---

| Күн | Сабақ |
| --- | --- |
| Дүйсенбі | 5 → 6 ₸ |

```
#let x = 1
```

    отступ
"""


def test_a_lone_sign_is_no_heading() -> None:
    assert to_typst("#\n\n## Мороз\n\n### ###\n", {}, "ru").count("#heading") == 1
    assert to_typst("#\n", {}, "ru").strip() == ""


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind)
    return out.getvalue()


def with_picture(files: FileStore, content: bytes, name: str = "p 1.png") -> Lesson:
    file = LessonFile(name, files.put(content), len(content))
    return a_lesson(text="![Кошка](p%201.png)\n\nВот кошка.", files=(file,))


def text_of(pages: LessonPages) -> str:
    with pypdfium2.PdfDocument(pages.pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def typeset(lesson: Lesson, files: FileStore, *, large: bool = False) -> LessonPages:
    return set_lesson(lesson, files, files.folder.parent / "cache", large=large)


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_the_same_text_in_typst(text: str) -> None:
    source = f"#metadata({literal(text)}) <said>".encode()

    found = typst.query(source, "<said>", field="value", one=True)

    assert json.loads(found) == text


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.sampled_from("#$*_`<>@=-+/[]{}()~'\"\\|!&;:.\n \tаб1"), max_size=60))
def test_no_markdown_can_break_or_command_the_typesetter(files: FileStore, text: str) -> None:
    if not picture_names(text):
        assert typeset(a_lesson(text=text), files).pages >= 1


def test_every_kind_of_markdown_is_on_the_page(files: FileStore) -> None:
    text = text_of(typeset(a_lesson(text=MARKDOWN), files))

    for words in (
        "наклоном",
        "кодом #x",
        "<b>тегом</b>",
        "1. один",
        "3. три",
        "Цитата ссылка",
        "(https://bilim.kz)",
        "Дүйсенбі",
        "5 → 6 ₸",
        "#let x = 1",
        "отступ",
    ):
        assert words in " ".join(text.split())
    assert text.count("(https://bilim.kz)") == 1


def test_the_title_is_printed_once_on_top(files: FileStore) -> None:
    own = text_of(typeset(a_lesson(text="# Мороз\n\nТекст."), files)).split("\n", 1)[1]
    other = text_of(typeset(a_lesson(text="Текст."), files)).split("\n", 1)[1]

    assert own.count("Мороз") == other.count("Мороз") == 1


def test_authors_and_licence_stand_at_the_foot(files: FileStore) -> None:
    lesson = a_lesson(licence=Licence("CC BY 4.0", "Абай", "Суретші", "", "African Storybook"))

    assert "Абай, Суретші · African Storybook · CC BY 4.0" in text_of(typeset(lesson, files))


def test_the_same_lesson_is_the_same_file_and_set_once(
    files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lesson = with_picture(files, picture())
    first = typeset(lesson, files)
    (cached,) = (files.folder.parent / "cache").iterdir()
    cached.unlink()
    assert typeset(lesson, files) == first

    monkeypatch.setattr(typst, "compile", None)
    assert typeset(lesson, files) == first


def test_letters_grow_for_the_young_and_for_weak_eyes() -> None:
    sizes = [points(a_lesson(grades=(grade,)), large=False) for grade in (1, 2, 3, 5, 10)]

    assert sizes == [18, 16, 14, 12, 11]
    assert points(a_lesson(grades=(3, 9)), large=False) == 14
    assert points(a_lesson(grades=(9,)), large=True) == 24


def test_large_print_takes_more_pages(files: FileStore) -> None:
    lesson = a_lesson(text="Слово " * 900, grades=(9,))

    assert typeset(lesson, files, large=True).pages > typeset(lesson, files).pages


def test_a_picture_is_on_the_page_with_its_words(files: FileStore) -> None:
    pages = typeset(with_picture(files, picture("JPEG")), files)

    with pikepdf.open(io.BytesIO(pages.pdf)) as document:
        assert "/XObject" in document.pages[0].resources
    assert picture_names("![Кошка](p%201.png)") == {"p 1.png": "Кошка"}
    assert picture_names("![Ит](<сурет/ит 2.png>)") == {"сурет/ит 2.png": "Ит"}


def test_a_picture_that_is_not_there_is_named(files: FileStore) -> None:
    with pytest.raises(JetkizError, match=r"w05-1 shows the picture gone.png"):
        typeset(a_lesson(text="![](gone.png)"), files)


@pytest.mark.parametrize("content", [b"junk", picture("BMP")])
def test_a_picture_that_cannot_be_shown_is_named(files: FileStore, content: bytes) -> None:
    with pytest.raises(JetkizError, match=r"w05-1: the picture p 1.png is broken"):
        typeset(with_picture(files, content), files)


def test_a_picture_that_breaks_off_is_a_sentence_too(files: FileStore) -> None:
    with pytest.raises(JetkizError, match=r"w05-1 cannot be set for printing: failed to decode"):
        typeset(with_picture(files, picture()[:200]), files)


def large_png(side: int) -> bytes:
    """A picture of a hundred bytes that says it is as wide and high as this."""
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


@pytest.mark.parametrize(
    ("side", "words"), [(5000, "has 25 million points"), (60_000, "too large")]
)
def test_a_picture_that_would_fill_the_memory_is_never_unpacked(
    files: FileStore, side: int, words: str
) -> None:
    with pytest.raises(JetkizError, match=f"w05-1: the picture p 1.png .*{words}"):
        typeset(with_picture(files, large_png(side)), files)


def test_pictures_that_fill_the_memory_together_are_refused_with_the_largest(
    files: FileStore,
) -> None:
    shown = [LessonFile(f"{n}.png", files.put(large_png(4800 + (n == 3))), 1) for n in range(5)]
    text = " ".join(f"![Map]({one.name})" for one in shown)
    with pytest.raises(JetkizError, match=r"w05-1: its pictures .* 3\.png has the most"):
        typeset(a_lesson(text=text, files=tuple(shown)), files)


def test_a_character_that_no_font_has_is_named(files: FileStore) -> None:
    with pytest.raises(JetkizError, match=r"w05-1 uses characters.*漢"):
        typeset(a_lesson(text="Иероглиф 漢"), files)


def test_a_fault_of_the_typesetter_is_a_sentence(
    files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lesson_pages, "to_typst", lambda *_, **__: "#no-such-thing()")

    with pytest.raises(JetkizError, match=r"w05-1 cannot be set for printing: unknown variable"):
        typeset(a_lesson(), files)


def test_html_stays_text() -> None:
    assert "<script>" in to_typst("<script>alert(1)</script>", {}).replace("#", "")


def test_answers_in_one_line_are_no_list(files: FileStore) -> None:
    text = text_of(typeset(a_lesson(text="1) 27; 2) 28; 3) 9."), files))
    assert "1) 27; 2) 28; 3) 9." in " ".join(text.split())
    assert "#enum(start: 3" in to_typst("3. three\n4. four", {})


def test_a_hidden_answer_stands_on_the_page_all_the_same(files: FileStore, tmp_path: Path) -> None:
    lesson = a_lesson(text='Find it.\n\n```answer Жауабы\n$x = 3$ "#let\n```\n')
    said = text_of(set_lesson(lesson, files, tmp_path / "cache", large=False))
    assert "Find it." in said
    assert "#turned[" in to_typst(lesson.text, {})
    assert "#let" not in to_typst(lesson.text, {}).replace('"#let', "").replace('\\"#let', "")


def test_a_picture_in_a_hidden_answer_is_printed_with_it(files: FileStore, tmp_path: Path) -> None:
    file = LessonFile("img/жауап.png", files.put(picture("PNG")), 1)
    text = "Find it.\n\n```answer Жауабы\n![The map](img/жауап.png)\n```\n"
    assert picture_names(text) == {"img/жауап.png": "The map"}
    pages = set_lesson(a_lesson(text=text, files=(file,)), files, tmp_path / "cache", large=False)
    with pikepdf.open(io.BytesIO(pages.pdf)) as document:
        assert "/XObject" in document.pages[0].resources
    assert picture_names("```\n![no](picture.png)\n```") == {}


def test_a_quiz_stands_below_the_lesson_with_the_letters_of_its_sheet(
    files: FileStore, tmp_path: Path
) -> None:
    quiz = (Question("2³ = ?", ("6", "8 #let"), (1,)), Question("Жұп?", ("1", "2", "4"), (1, 2)))
    said = text_of(set_lesson(a_lesson(quiz=quiz), files, tmp_path / "cache", large=True))
    lines = " ".join(said.split())
    assert "1. 2³ = ?" in lines
    assert "8 #let" in lines
    assert [lines.count(letter) for letter in ("А)", "Б)", "В)", "Г)")] == [2, 2, 1, 0]
    assert lines.index("Жұп?") > lines.index("8 #let")


SCHOOL = r"""
x^2+2x-3=0 ;; 3\frac12\cdot 4 ;; \sqrt[3]{27} ;; \begin{cases} x+y=5 \\ x-y=1 \end{cases} ;; a;b
\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix} ;; \left(\frac{1}{x}\right)^2 ;; \left\{ x \right.
\lim_{x \to 0}\frac{\sin x}{x} ;; v=60\text{ "км"/сағ} ;; ә + х_{ң} ;; [a;b) ;; \max(x, 2{,}5)
\begin{aligned} a &= b \\ c &= d \end{aligned} ;; n!,\%\$\#\&\_\{\}\| ;; \overline{abc}\hat{x}
\int_0^1 x^2 dx ;; \triangle ABC / 2 ;; \sum_{i=1}^{n} i ;; |x|<3 ;; {}^2 ;; \text{} ;; \sqrt{}
"b@c` ;; f'(x) ;; \vec{AB}
"""


def test_every_formula_of_school_can_be_set(files: FileStore, tmp_path: Path) -> None:
    formulas = SCHOOL.strip().replace("\n", " ;; ").split(" ;; ")
    text = "\n\n".join(f"in ${one}$ and\n\n$${one}$$" for one in formulas)
    pages = set_lesson(a_lesson(text=text), files, tmp_path / "cache", large=False)
    assert pages.pages >= 2
    assert text_of(pages).count("$") == SCHOOL.count(r"\$") * 2, "no dollar but those meant"
