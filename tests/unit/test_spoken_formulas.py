"""How formulas and pictures are said to those who do not see them, and what teachers must say."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.lessons.lesson_text import check_text
from jetkiz.lessons.markup.formula_signs import BIG, GRIDS, NAMES, OVER, SIGNS
from jetkiz.lessons.markup.markdown import formulas_in, with_formulas
from jetkiz.lessons.markup.spoken_formulas import reader, sign_words, spoken_formula
from jetkiz.lessons.markup.typst_markup import to_typst
from jetkiz.roster.reading.findings import Findings, Place

PLACE = Place("w05/kk.md")


@pytest.mark.parametrize(
    ("latex", "kazakh", "russian"),
    [
        (
            "x^2+2x-3=0",
            "икс квадраты қосу 2 икс азайту 3 тең 0",
            "икс в квадрате плюс 2 икс минус 3 равно 0",
        ),
        (r"\frac34", "төрттен 3", "3 четвёртых"),
        (r"\frac{1}{2}", "екіден 1", "1 вторая"),
        (r"3\frac{21}{100}", "3 бүтін жүзден 21", "3 целых 21 сотая"),
        (r"\frac{11}{10}", "оннан 11", "11 десятых"),
        (r"\frac ab", "бөлшек: алымы а, бөлімі бэ", "дробь: числитель а, знаменатель бэ"),
        (
            r"\frac{a+b}{2}=c",
            "бөлшек: алымы а қосу бэ, бөлімі 2, бөлшек соңы, тең цэ",
            "дробь: числитель а плюс бэ, знаменатель 2, конец дроби, равно цэ",
        ),
        (r"\sqrt{x}", "икс квадрат түбірі", "квадратный корень из икс"),
        (
            r"\sqrt{x+1}",
            "квадрат түбір астында икс қосу 1, түбір соңы",
            "квадратный корень из икс плюс 1, конец корня",
        ),
        (
            r"\sqrt[3]{27}",
            "3-дәрежелі түбір астында 27, түбір соңы",
            "корень степени 3 из 27, конец корня",
        ),
        ("2^{n+1}", "2 дәрежесі эн қосу 1, дәреже соңы", "2 в степени эн плюс 1, конец степени"),
        ("a_1^3", "а индексі 1 кубы", "а с индексом 1 в кубе"),
        (
            "|x-1|<3",
            "модуль басы икс азайту 1 модуль соңы кіші 3",
            "модуль от икс минус 1, конец модуля меньше 3",
        ),
        ("-5", "минус 5", "минус 5"),
        (r"60^\circ", "60 градус", "60 градусов"),
        (r"\log_2 8", "логарифм, негізі 2, 8", "логарифм по основанию 2 от 8"),
        (r"x\le 5", "икс кіші немесе тең 5", "икс меньше или равно 5"),
        (
            r"\begin{cases}x=1\\y=2\end{cases}",
            "жүйе: икс тең 1; игрек тең 2",
            "система: икс равно 1; игрек равно 2",
        ),
    ],
)
def test_formulas_of_school_are_read_aloud(latex: str, kazakh: str, russian: str) -> None:
    assert spoken_formula(latex, "kk") == kazakh
    assert spoken_formula(latex, "ru") == russian


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_sign_that_a_formula_may_hold_has_words(language: str) -> None:
    words = reader(language)
    for sign in {*SIGNS.values(), *BIG.values(), *NAMES.values()}:
        assert sign in words.signs or sign in words.names or sign in words.letters, sign
    assert {*OVER.values()} <= words.forms.keys()
    for kind in GRIDS:
        assert spoken_formula(rf"\begin{{{kind}}}a&b\end{{{kind}}}", language)
    assert sign_words("₸", language)
    assert sign_words("漢", language) is None


@given(
    st.recursive(
        st.sampled_from(["x", "2", "15", "a+b", r"\pi", r"\sin x", "-1", r"\text{км}"]),
        lambda inside: st.one_of(
            st.builds(r"\frac{{{}}}{{{}}}".format, inside, inside),
            st.builds(r"\sqrt{{{}}}".format, inside),
            st.builds("{{{}}}^{{{}}}".format, inside, inside),
            st.builds(r"\left({}\right)".format, inside),
            st.builds("{}={}".format, inside, inside),
        ),
        max_leaves=6,
    )
)
def test_no_sign_of_latex_is_left_in_what_is_said(latex: str) -> None:
    for language in ("kk", "ru", "en"):
        words = spoken_formula(latex, language)
        assert not re.search(r"[\\{}^_+=()−]", words), words
        assert len(words.split()) >= len(re.findall(r"\d+", latex))


def test_what_no_formula_is_stays_as_it_was_typed() -> None:
    assert spoken_formula(r"\foo{x}", "ru") == r"\foo{x}"


def test_a_teachers_own_words_count_more() -> None:
    source = to_typst('A $x_1$ and $\\sigma${"сигма от A, \\"x\\""}.', {}, "ru")
    assert 'alt: "икс с индексом 1"' in source
    own = to_typst('$x_1${"первый корень"}, then {"no words"}.', {}, "ru")
    assert 'alt: "первый корень"' in own
    assert own.count("первый корень") == 1, "not on the page"
    assert "no words" in own
    assert "alt:" not in to_typst("$x_1$", {}), "without a language nothing is said"


def test_own_words_are_not_shown_where_formulas_are_plain_letters() -> None:
    line = 'Find $x^2${"x squared"} of 5.'
    assert formulas_in(line) == ["x^2"]
    assert with_formulas(line, str.upper) == "Find X^2 of 5."


def test_a_level_of_headings_is_never_left_out() -> None:
    source = to_typst("# A\n\n#### B\n\n## C", {})
    assert [int(n) for n in re.findall(r"level: (\d)", source)] == [1, 2, 2]
    assert "level: 2" in to_typst("### B", {}, below=1)


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("ru", ["1 сотая", "21 сотая"], ["11 сотых", "2 сотых"]),
        ("en", ["1 hundredth"], ["21 hundredths", "11 hundredths"]),
    ],
)
def test_parts_are_counted_as_each_language_counts(
    language: str, one: list[str], several: list[str]
) -> None:
    for words in (*one, *several):
        assert spoken_formula(rf"\frac{{{words.split()[0]}}}{{100}}", language) == words


def checked(text: str) -> list[tuple[str, int | None, str]]:
    findings = Findings()
    check_text(PLACE, text, findings, "ru")
    shown = [(one.places[0], one.sentence) for one in findings.messages()]
    return [(place.file, place.row, sentence) for place, sentence in shown]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("![](img/1.jpg)", "has no description"),
        ("![  ](img/1.jpg)", "has no description"),
        ("![1.jpg](img/1.jpg)", "does not say what"),
        ("![Рисунок 7](img/1.jpg)", "does not say what"),
        ("![Сурет](img/1.jpg)", "does not say what"),
        (r"$\text{}$", "cannot be read aloud"),
        ("$" + "+".join("abcdefghijklmnopqrstuvwxyzabcdefgh") + "$", "hard to follow"),
        ("Apple 🍎", "No font has these characters"),
    ],
)
def test_what_cannot_be_said_or_printed_is_shown_with_its_line(line: str, sentence: str) -> None:
    ((file, row, words),) = checked(f"# A\n\nB\n\n{line}\n")
    assert (file, row) == ("w05/kk.md", 5)
    assert sentence in words


@pytest.mark.parametrize(
    "line",
    [
        "![Рисунок дома с садом](img/1.jpg)",
        r'$\text{}${"пусто"}',
        "$" + "+".join("abcdefghijklmnopqrstuvw") + '${"сумма букв от a до w"}',
        "5 ₸ → ☐",
    ],
)
def test_what_can_be_said_and_printed_is_taken(line: str) -> None:
    assert checked(f"# A\n\n{line}\n") == []


def test_the_lessons_of_the_demo_have_words_for_all_that_is_seen() -> None:
    findings = Findings()
    texts = sorted(Path("jetkiz/demo/lessons").rglob("??.md"))
    for file in texts:
        check_text(Place(str(file)), file.read_text("utf-8"), findings, file.stem)
    assert len(texts) > 30
    assert findings.messages() == ()
