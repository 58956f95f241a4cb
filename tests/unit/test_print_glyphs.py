"""No character on paper is a hole: in words, headings, tables and formulas, in every edition."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pikepdf
import pytest

from jetkiz.errors import JetkizError
from jetkiz.fonts.letters import coverage, missing
from jetkiz.lessons.markup.formula_signs import SIGNS
from jetkiz.lessons.markup.typst_text import literal
from jetkiz.lessons.model import Question, Task
from jetkiz.storage.files import FileStore
from print_packs.lessons.lesson_pages import set_lesson
from print_packs.lessons.screen_edition import screen_edition
from print_packs.lessons.setting import compiled
from tests.print_school import a_lesson

OURS = ("PTSans", "DejaVuSans", "NewCMMath")
TEXT = r"""
# Жылдамдық

$v=60\ \text{км/сағ}$, $s_{\text{толық}} = t_{\text{қозғалыс}}$, **$ә + қ_{ң} = ө$** і *ұ*.

$$\begin{cases} x+y=5, \text{ егер } x>0 \\ \overline{ҚҢ} = \frac{\text{жол}}{2} \end{cases}$$

→ ☐ ₸ № « » — ≤ ½ x² ∠ABC **₸ ҚазаҚ →** *₸ ң →* `код → ₸ Ғ`

| № | ₸ |
|---|---|
| *өң* | **ҮҰ →** |
"""


def strings(content: pikepdf.Object | pikepdf.Page) -> Iterator[bytes]:
    """Give every text of a page as the numbers of its glyphs, two bytes each."""
    for one in pikepdf.parse_content_stream(content):
        if str(one.operator) in {"Tj", "TJ"}:
            value = one.operands[0]
            parts = list(value) if isinstance(value, pikepdf.Array) else [value]
            yield from (bytes(part) for part in parts if isinstance(part, pikepdf.String))


def holes(pdf: bytes) -> int:
    """Count glyphs that stand for no character: the number 0 of every font."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        said = [text for page in document.pages for text in strings(page)]
    assert said
    return sum(text[at : at + 2] == b"\0\0" for text in said for at in range(0, len(text), 2))


def fonts(pdf: bytes) -> set[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        named = [str(one.BaseFont) for one in document.objects if "/BaseFont" in one_or_none(one)]
    return {name.partition("+")[2].partition("-")[0] for name in named}


def one_or_none(value: pikepdf.Object) -> pikepdf.Object | dict[str, str]:
    return value if isinstance(value, pikepdf.Dictionary) else {}


def test_a_lesson_has_no_hole_in_any_edition(tmp_path: Path) -> None:
    files, cache = FileStore(tmp_path / "files"), tmp_path / "cache"
    signs = "\n\n".join(f"${name}$" for name in map(r"\{}".format, SIGNS) if name[1:].isalpha())
    lesson = a_lesson(language="kk", title="Жылдамдық → ₸", text=f"{TEXT}\n\n{signs}")
    for pdf in (
        set_lesson(lesson, files, cache, large=False).pdf,
        set_lesson(lesson, files, cache, large=True).pdf,
        screen_edition(lesson, files, cache),
    ):
        assert holes(pdf) == 0
        assert fonts(pdf) == set(OURS)


def test_every_character_that_is_taken_has_its_glyph_in_every_style() -> None:
    everything = coverage("PTSans") | coverage("DejaVuSans")
    taken = "".join(c for c in map(chr, sorted(everything)) if c.isprintable() and not missing(c))
    assert len(taken) > 5_500
    # Marks that stand on the letter before them and signs of direction change what is set.
    words = literal(" ".join(taken[at : at + 1] for at in range(0, len(taken), 3)))
    source = (
        '#set text(font: ("PT Sans", "DejaVu Sans"), size: 6pt, fallback: false)\n'
        f"#{words}; #strong[#{words};] #emph[#{words};]"
    )
    assert holes(compiled(a_lesson(), source, [])) == 0


@pytest.mark.parametrize("character", ["漢", "🍎", "𝖠"])
def test_a_character_that_one_style_lacks_is_refused(tmp_path: Path, character: str) -> None:
    """The last is in the plain letters and not in the bold ones."""
    files = FileStore(tmp_path / "files")
    task = Task(character, date(2026, 1, 29))
    quiz = (Question("1?", (character, "2"), (0,)),)
    for lesson in (
        a_lesson(text=character),
        a_lesson(title=character),
        a_lesson(task=task),
        a_lesson(goal=character),
        a_lesson(quiz=quiz),
    ):
        with pytest.raises(JetkizError, match=character):
            set_lesson(lesson, files, tmp_path / "cache", large=False)
    source = f'#set text(font: ("PT Sans", "DejaVu Sans"), fallback: false)\n#strong[a {character}]'
    assert holes(compiled(a_lesson(), source, [])) == 1, "this is what it would be"
