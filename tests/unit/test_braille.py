"""A week in Braille: what is read, how it stands on the page; and no letter of print is left."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.lessons.model import Question, Task
from jetkiz.roster.model import Student
from print_packs.braille import liblouis
from print_packs.braille.lesson_blocks import Block, Kind, read_lesson
from print_packs.braille.liblouis import Liblouis, find_liblouis, table_of
from print_packs.braille.pages import Cells, Size, brf, number_cells, paged, wrapped
from print_packs.braille.week import Reader, in_braille, report_lines, week_file
from tests.print_school import a_lesson

KAZAKH = "Әлия үйіне қайтты: ғұрып, өңір, іс, һәм ұлы шаңырақ — Ң, Ә, І! Цирк ёлка щётка эй ъ ь."
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю: Ёж, Эй, Цапля, Щука, Юла!"

TEXT = """# Мороз

Абзац с *наклоном* и [ссылкой](https://bilim.kz).\\
Новая строка, $x^2$ и ![Кошка на окне](k.png) рядом.

1. один
2. два
   - внутри

- точка

> сказано

| Күн | Сабақ |
| --- | --- |
| Дүйсенбі | 5 |

```answer Ответ
**три**
```

    код
"""


def test_a_lesson_is_read_from_top_to_bottom() -> None:
    lesson = a_lesson(
        text=TEXT,
        quiz=(Question("2³ = ?", ("6", "8"), (1,)), Question("Все?", ("1", "2"), (0, 1))),
        task=Task("Ответь.\nКоротко.", date(2026, 1, 29)),
    )
    reading = read_lesson(lesson)
    heading, paragraph, item = Kind.HEADING, Kind.PARAGRAPH, Kind.ITEM
    assert reading.blocks == [
        Block(paragraph, "Чтение"),
        Block(heading, "Мороз"),
        Block(paragraph, "Абзац с наклоном и ссылкой (https://bilim.kz)."),
        Block(paragraph, "Новая строка, икс в квадрате и (Картинка: Кошка на окне) рядом."),
        Block(item, "1. один"),
        Block(item, "2. два"),
        Block(item, "- внутри"),
        Block(item, "- точка"),
        Block(paragraph, "сказано"),
        Block(item, "Күн: Дүйсенбі; Сабақ: 5"),
        Block(paragraph, "Ответ:"),
        Block(paragraph, "три"),
        Block(item, "код"),
        Block(heading, "Проверь себя"),
        Block(paragraph, "1. 2 в кубе = ?"),
        Block(item, "А) 6"),
        Block(item, "Б) 8"),
        Block(paragraph, "2. Все? Верных ответов несколько."),
        Block(item, "А) 1"),
        Block(item, "Б) 2"),
        Block(heading, "Задание"),
        Block(paragraph, "Ответь."),
        Block(paragraph, "Коротко."),
    ]
    assert reading.formulas == ["x^2 — икс в квадрате"]
    assert reading.pictures == ["k.png — Кошка на окне"]
    assert reading.tables == 1
    assert "https" in reading.latin


def test_numbers_are_letters_behind_a_sign() -> None:
    assert [number_cells(one) for one in (1, 10, 205)] == ["#A", "#AJ", "#BJE"]


def test_lines_break_between_words() -> None:
    assert wrapped(Cells(Kind.PARAGRAPH, "AAA BBB CCC"), 8) == ["  AAA", "BBB CCC"]
    assert wrapped(Cells(Kind.ITEM, "AAA BBB CCC"), 8) == ["AAA BBB", "  CCC"]
    assert wrapped(Cells(Kind.HEADING, "AA BB"), 8) == ["    AA", "    BB"]
    assert wrapped(Cells(Kind.ITEM, "A" * 15), 8) == ["AAAAAAAA", "  AAAAAA", "  A"]
    assert wrapped(Cells(Kind.ITEM, ""), 8) == []


def test_a_heading_does_not_stand_last_on_its_page() -> None:
    text, heading = Cells(Kind.ITEM, "A"), Cells(Kind.HEADING, "H")
    pages = paged([text] * 8 + [heading, text, text], Size(20, 11))
    assert pages == [["A"] * 8, ["    H", "A", "A"]]
    assert paged([text, heading, text], Size(20, 11)) == [["A", "", "    H", "A"]]


blocks = st.lists(
    st.builds(
        Cells,
        st.sampled_from(Kind),
        st.lists(st.text("ABC#1", min_size=1, max_size=50), max_size=12).map(" ".join),
    )
)


@given(blocks, st.integers(12, 42), st.integers(5, 27))
def test_nothing_is_lost_and_nothing_stands_beside_the_page(
    written: list[Cells], cells: int, lines: int
) -> None:
    size = Size(cells, lines)
    pages = paged(written, size)
    text = brf(pages, size)
    shown = [page.split("\r\n") for page in text.split("\f")][:-1]
    assert len(shown) == len(pages)
    assert max((len(line) for page in shown for line in page), default=0) <= cells
    assert max(len(page) - 1 for page in shown) <= lines
    said = "".join("".join(page).replace(" ", "") for page in pages)
    assert said == "".join(block.text.replace(" ", "") for block in written)
    assert [page[0].strip() for page in shown] == [number_cells(n + 1) for n in range(len(pages))]


def test_a_word_is_written_with_the_table_of_its_letters() -> None:
    assert [table_of(word, "ru") for word in ("Әлия", "дом", "house")] == ["kk", "ru", "ru"]
    assert [table_of(word, "kk") for word in ("дом", "red")] == ["kk", "kk"]
    assert [table_of(word, "en") for word in ("дом", "іс", "red")] == ["ru", "kk", "en"]


@pytest.mark.needs("lou_translate")
@pytest.mark.parametrize(("language", "text"), [("kk", KAZAKH), ("ru", RUSSIAN), ("ru", KAZAKH)])
def test_no_cyrillic_letter_survives(language: str, text: str) -> None:
    louis = find_liblouis()
    alphabet = " ".join(map(chr, range(0x0410, 0x0450)))
    (cells, letters) = louis.cells([text, alphabet], language)
    assert cells.isascii()
    assert letters.isascii()
    assert re.fullmatch(r"[ -_]+", cells)
    assert len(cells) > len(text) * 0.8
    assert louis.unknown(text, language) == []


@pytest.mark.needs("lou_translate")
def test_kazakh_letters_have_cells_of_their_own() -> None:
    letters = "а ә г ғ к қ н ң о ө у ұ ү х һ и і"
    (cells,) = find_liblouis().cells([letters], "kk")
    assert len(set(cells.split())) == len(letters.split())


@pytest.mark.needs("lou_translate")
def test_numbers_are_those_of_the_tables() -> None:
    louis = find_liblouis()
    for language in ("kk", "ru"):
        assert louis.cells(["7 10 205"], language) == ["#G #AJ #BJE"]


@pytest.mark.needs("lou_translate")
def test_a_long_text_is_whole_in_braille() -> None:
    words = [f"сөз{number}" for number in range(900)]
    (cells,) = find_liblouis().cells([" ".join(words)], "kk")
    assert len(cells.split()) == 900
    assert find_liblouis().cells(["", "а" * 3000], "kk")[1].replace(" ", "") == "A" * 3000


@pytest.mark.needs("lou_translate")
def test_what_has_no_cells_is_named_or_said_in_words() -> None:
    louis = find_liblouis()
    assert louis.unknown("а₸漢 а", "kk") == ["₸", "漢"]
    with pytest.raises(JetkizError, match="漢"):
        louis.cells(["漢"], "kk")
    lessons = [a_lesson(id=1, text="5 ₸ □"), a_lesson(id=2, text="漢")]
    done, refused = in_braille(lessons, louis)
    assert [(number, str(error).split(":")[0]) for number, error in refused.items()] == [
        (2, "Lesson w05-1 uses characters that have no Braille")
    ]
    texts = [one.text for one in done[1].cells]
    assert louis.cells(["5 тенге пустое место"], "ru")[0] in texts


@pytest.mark.needs("lou_translate")
def test_the_file_of_a_child_begins_with_what_is_in_it() -> None:
    louis = find_liblouis()
    lessons = tuple(
        a_lesson(id=number, title=f"Урок {number}", text="Слово " * 200 + "$x^2$ red")
        for number in range(1, 30)
    )
    child = Student(7, 1, 1, "2А", 2, "ru")
    reader = Reader(child, "h7", "Аня", lessons)
    done, refused = in_braille(lessons, louis)
    size = Size(30, 12)

    text = week_file(reader, done, louis, "2026-W05", size)

    pages = text.split("\f")[:-1]
    shown = " ".join(" ".join(page.split()) for page in pages[:12])
    for lesson in (lessons[0], lessons[12]):
        title = louis.cells([lesson.title], "ru")[0]
        listed = re.search(rf"{title} #([A-J]+)", shown)
        assert listed, title
        first = "".join(str("JABCDEFGHI".index(one)) for one in listed[1])
        assert title in " ".join(pages[int(first) - 1].split())
    assert text.isascii()
    told = report_lines([reader], done, refused, {7: "h7-7.brf"}, translator("ru"))
    assert told[0] == "h7-7.brf  Аня, 2А"
    assert "  Формула словами: x^2 — икс в квадрате" in told
    assert "  Слова латинскими буквами: red" in told


def test_without_the_program_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liblouis, "PROGRAM", "lou_nowhere")
    with pytest.raises(JetkizError, match=r"needs the program lou_nowhere.*apt install liblouis"):
        find_liblouis()


@pytest.mark.parametrize("body", ["exit 1", "head -1", "rm -f nothing"])
def test_a_program_that_fails_is_a_sentence(tmp_path: Path, body: str) -> None:
    program = tmp_path / "lou_translate"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    with pytest.raises(JetkizError, match="could not translate into Braille"):
        Liblouis(str(program)).cells(["а", "ә"], "kk")
