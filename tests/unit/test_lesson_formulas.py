"""Formulas of a lesson: read, written in plain letters, set, refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.lessons.markup.formulas import FormulaError, read_formula
from jetkiz.lessons.markup.markdown import formulas_in, markdown
from jetkiz.lessons.markup.plain_formulas import plain_formula, with_plain_formulas
from jetkiz.lessons.markup.typst_formulas import typst_formula


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"x^2 + 2x-3 = 0", "x² + 2x − 3 = 0"),
        (r"x^23", "x²3"),
        (r"\frac{1}{2}", "½"),
        (r"3\frac12 \cdot 4", "3½ · 4"),
        (r"3\frac{5}{12}", "3 5/12"),
        (r"\frac{a + b}{2}", "(a + b)/2"),
        (r"\frac{b}{c}a", "b/c · a"),
        (r"\frac{1}{2a}", "1/(2a)"),
        (r"\sqrt{2}x", "√2 · x"),
        (r"\sqrt{x+1}x", "√(x + 1)x"),
        (r"\sqrt[3]{27}", "∛27"),
        (r"\sqrt[5]{32}", "⁵√32"),
        (r"7-(-2) = -y", "7 − (−2) = −y"),
        (r"S = 2\pi r", "S = 2πr"),
        (r"H_2SO_4 \to", "H₂SO₄ →"),
        (r"90^\circ", "90°"),
        (r"v = 60\text{ км/сағ}", "v = 60 км/сағ"),
        (r"\sin^2\alpha", "sin² α"),
        (r"\left(\frac{1}{x}\right)^2", "(1/x)²"),
        (r"f'(x), a \ne b", "f′(x), a ≠ b"),
        (r"25\%", "25%"),
        (r"2{,}5", "2,5"),
        (r"ә + х^2", "ә + х²"),
        (r"A \cap B", "A ∩ B"),
    ],
)
def test_what_plain_letters_say_needs_no_picture(latex: str, plain: str) -> None:
    written = plain_formula(latex)
    assert (written.text, written.clear) == (plain, True)


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\begin{cases} x+y=5 \\ x-y=1 \end{cases}", "{ x + y = 5; x − y = 1"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "( 1 2; 3 4 )"),
        (r"x^{2y}", "x^(2y)"),
        (r"x_{1,2}", "x_(1,2)"),
        (r"\vec{AB}", "→AB"),
        (r"\frac{\frac{1}{3}}{\frac{a}{b}}", "⅓/(a/b)"),
        (r"\lim_{x \to 0} x", "lim_(x → 0) x"),
    ],
)
def test_what_they_say_badly_gets_a_picture_and_a_line_all_the_same(latex: str, plain: str) -> None:
    written = plain_formula(latex)
    assert (written.text, written.clear) == (plain, False)


def test_a_formula_on_a_line_of_its_own_gets_a_picture_sooner() -> None:
    assert plain_formula(r"\frac{a+b}{2}").clear
    assert not plain_formula(r"y = \frac{a+b}{2}", displayed=True).clear
    assert not plain_formula(r"\sqrt{x+1}", displayed=True).clear
    assert plain_formula(r"\sqrt{2} + \frac{a}{2}", displayed=True).clear


@pytest.mark.parametrize(
    ("latex", "piece"),
    [
        (r"\foo{x}", r"\foo"),
        ("x^", ""),
        ("x^2^3", "^"),
        ("x_1_2", "_"),
        ("{x", "}"),
        ("x}", "}"),
        (r"\left( x", r"\right"),
        (r"\left x \right)", "x"),
        (r"\begin{cases} x", r"\begin"),
        (r"\begin{picture} x \end{picture}", r"\begin{picture}"),
        (r"\begin{cases} x \end{matrix}", r"\begin{cases}"),
        ("a & b", "&"),
        ("{" * 40 + "x" + "}" * 40, ""),
        ("x" * 601, ""),
    ],
)
def test_what_is_no_schools_latex_is_refused_by_name(latex: str, piece: str) -> None:
    with pytest.raises(FormulaError) as refusal:
        read_formula(latex)
    assert refusal.value.piece == piece
    assert plain_formula(latex).text == latex


COMMANDS = r"\frac \sqrt \left \right \\ \text \begin{cases} \end{cases} \pi \vec \sum \sin"
PIECES = st.sampled_from([*"abx12+-=()^_{}&'|[], ә\"#", *COMMANDS.split(" ")])


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_typing_is_either_set_and_said_or_refused(latex: str) -> None:
    try:
        read_formula(latex)
    except FormulaError:
        assert typst_formula(latex).startswith('#"')
    else:
        assert typst_formula(latex).startswith("$")
    plain_formula(latex, displayed=True)


@given(st.text(alphabet="ab$\\ 12", max_size=30))
def test_a_line_of_words_and_a_paragraph_find_the_same_formulas(text: str) -> None:
    inline = markdown().parseInline(text)[0].children or []
    found = [token.content for token in inline if token.type == "formula"]
    told = [" ".join(one.split()) for one in formulas_in(text)]
    if "\\" not in text:
        assert told == found


def test_money_is_no_formula() -> None:
    for words in ("5 $ and 6 $", "it costs $5 and $6", "$ x $", "100$", "$$", r"\$x\$"):
        assert formulas_in(words) == []
    assert with_plain_formulas("Solve $x^2 = 4$ for 5 $.") == "Solve x² = 4 for 5 $."
