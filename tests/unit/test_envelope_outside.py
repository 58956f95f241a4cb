"""What a stranger reads on an envelope tells nothing of a child: no class, mark, need or lesson."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.codes import Corner
from jetkiz.i18n import translator
from print_packs.model import AnswerSheet, ChildPart, HomeCode, WeekLine
from print_packs.runs.run_pdf import draw_run
from tests.print_school import a_lesson, a_pack
from tests.printed_lines import lines_of

CODES = dict.fromkeys(Corner, "0123456789ABCDEF")
FOLD = 99.0


@settings(max_examples=4)
@given(count=st.integers(1, 5), is_large=st.booleans(), parts=st.integers(1, 3))
def test_above_the_fold_stand_addresses_and_nothing_of_a_child(
    count: int, is_large: bool, parts: int
) -> None:
    lesson = a_lesson(title="Уравнения Курмангазы", subject="maths")
    code = HomeCode("https://t.me/Bot?start=k1_0", "ABCD-EFGH-J", "t.me/Bot")
    children = [
        ChildPart(
            n,
            f"Айгерим{n}",
            f"{n}Щ",
            n,
            "kk",
            is_large,
            (WeekLine(lesson, "post"),),
            (),
            (AnswerSheet(n, lesson, 1, 1),),
            1,
            code,
        )
        for n in range(1, count + 1)
    ]
    pack = a_pack(*children, part=parts, parts=parts)

    cover = lines_of(draw_run([pack], {}, lambda _: CODES).pdf)[0]

    outside = [line.text for line in cover if line.top < FOLD]
    allowed = {*pack.sender.lines, *pack.addressee.lines, pack.sender.name, pack.addressee.name}
    allowed |= {pack.sender.index, pack.addressee.index, translator("kk")("Addressee")}
    assert pack.addressee.name in outside
    assert {" ".join(text.split()) for text in outside} <= allowed | {
        " ".join(pack.addressee.index)
    }
    inside = " ".join(line.text for line in cover if line.top >= FOLD)
    assert all(child.name in inside for child in children)
