"""Rules and fees are dated files: the right one holds, a broken one is named, none is invented."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.config import Settings, load_settings
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from print_packs.model import (
    AnswerSheet,
    ChildPart,
    EarlierWork,
    HomeCode,
    MailCategory,
    Pack,
    PostalKind,
)
from print_packs.postage.choosing import Postage, limit, postal_of
from print_packs.postage.rules import FOLDER, read_rules, rules_on
from print_packs.postage.tariffs import tariff_on
from print_packs.postage.weighing import (
    ENOUGH,
    Calibration,
    Tally,
    Weighed,
    calibrate,
    spread,
)
from print_packs.postage.weights import Stock, grams
from tests.print_school import a_lesson, a_pack

DAY = date(2026, 9, 1)
SHIPPED = Path(__file__).parents[2] / "print_packs" / "postage" / FOLDER / "2019-01-01.toml"


def own(folder: Path, name: str, text: str, kind: str = FOLDER) -> None:
    place = folder / kind
    place.mkdir(exist_ok=True)
    (place / name).write_text(text, "utf-8")


def said(error: JetkizError) -> str:
    return translator("en").error(error)


def test_what_is_shipped_is_not_verified_and_names_its_source(tmp_path: Path) -> None:
    rules, refused = rules_on(DAY, tmp_path)

    assert not refused
    assert not rules.is_verified
    assert "not verified" in rules.source
    assert [rules.kinds[kind].max_g for kind in PostalKind] == [2000, 2000, 14_000]
    assert [rules.kinds[kind].max_sum_mm for kind in PostalKind] == [900, 900, 1500]


def test_the_youngest_file_that_is_not_of_tomorrow_holds(tmp_path: Path) -> None:
    text = SHIPPED.read_text("utf-8")
    own(tmp_path, "2026-09-01.toml", text.replace("max_g = 2000", "max_g = 1000"))
    own(tmp_path, "2026-09-02.toml", text.replace("max_g = 2000", "max_g = 500"))

    heaviest = {
        day: rules_on(day, tmp_path)[0].kinds[PostalKind.LETTER].max_g
        for day in (DAY - timedelta(1), DAY, DAY + timedelta(1), date(1999, 1, 1))
    }

    assert list(heaviest.values()) == [2000, 1000, 500, 2000]


@pytest.mark.parametrize(
    ("wrong", "right", "word"),
    [
        ("max_g = 2000", "max_g = two", "Invalid value"),
        ("max_g = 2000", "max_g = -1", "max_g = -1"),
        ("max_g = 14000", 'max_g = "14 kg"', "14 kg"),
        ("categories = [3]", "categories = [9]", "categories"),
        ("categories = [0, 1]", "categories = []", "categories"),
        ("categories = [3]", 'categories = ["3"]', "categories"),
        ("max_sum_mm = 1500", "max_sum_mm = 0", "max_sum_mm"),
        ('code = "P103"', 'code = "X"', "code"),
        ("verified = false", "verified = ja", "Invalid value"),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_the_one_before_holds(
    tmp_path: Path, wrong: str, right: str, word: str
) -> None:
    text = SHIPPED.read_text("utf-8")
    line = text[: text.index(wrong)].count("\n") + 1
    own(tmp_path, "2026-01-01.toml", text.replace(wrong, right, 1))

    rules, refused = rules_on(DAY, tmp_path)

    assert rules.kinds[PostalKind.LETTER].max_g == 2000
    assert [f"line {line}" in said(one) and word in said(one) for one in refused] == [True]


@pytest.mark.parametrize("text", ["", 'source = "x"', 'source = "x"\nkind = []', "source = 5"])
def test_a_file_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    own(tmp_path, "2026-01-01.toml", text)

    assert len(rules_on(DAY, tmp_path)[1]) == 1


def test_a_file_of_other_bytes_or_another_name_is_refused(tmp_path: Path) -> None:
    own(tmp_path, "new-rules.toml", SHIPPED.read_text("utf-8"))
    assert "2026-09-01.toml" in said(rules_on(DAY, tmp_path)[1][0])
    (tmp_path / FOLDER / "new-rules.toml").unlink()
    (tmp_path / FOLDER / "2026-01-01.toml").write_bytes(b"source = 'a'\n# \xff\xfe")
    assert "line 2" in said(rules_on(DAY, tmp_path)[1][0])


TARIFF = """source = "price list"
[[fee]]
code = "P101"
category = 1
max_g = 20
tenge = 300
[[fee]]
code = "P101"
category = 1
max_g = 100
tenge = 450
"""


def test_without_a_tariff_there_is_no_fee_and_none_is_zero(tmp_path: Path) -> None:
    assert tariff_on(DAY, tmp_path) == (None, [])
    own(tmp_path, "2026-01-01.toml", TARIFF, "postal_tariffs")

    tariff, refused = tariff_on(DAY, tmp_path)

    assert not refused
    assert tariff
    letter = (PostalKind.LETTER, MailCategory.REGISTERED)
    assert [tariff.fee(*letter, g) for g in (1, 20, 21, 100, 101)] == [300, 300, 450, 450, None]
    assert tariff.fee(PostalKind.BANDEROLE, MailCategory.REGISTERED, 20) is None
    assert tariff_on(date(2025, 12, 31), tmp_path)[0] is None


@pytest.mark.parametrize(
    ("wrong", "right", "line"),
    [
        ("tenge = 450", "tenge = 0", 11),
        ("max_g = 20", "max_g = true", 5),
        ("category = 1\nmax_g = 100", "category = 7\nmax_g = 100", 9),
        ('source = "price list"', "", 1),
        (TARIFF, 'source = "empty"', 1),
    ],
)
def test_a_broken_tariff_leaves_the_fee_empty(
    tmp_path: Path, wrong: str, right: str, line: int
) -> None:
    own(tmp_path, "2026-01-01.toml", TARIFF.replace(wrong, right), "postal_tariffs")

    tariff, (refused,) = tariff_on(DAY, tmp_path)

    assert tariff is None
    assert f"line {line}" in said(refused)


def postage(tmp_path: Path, **changes: object) -> Postage:
    return replace(Postage(rules_on(DAY, tmp_path)[0], Stock()), **changes)


def with_child(*, writes: bool, **changes: object) -> Pack:
    one = a_lesson()
    sheets = (AnswerSheet(1, one, 1, 1),) if writes else ()
    child = ChildPart(1, "Айша", "2А", 2, "kk", False, (), (one,), sheets)
    return a_pack(replace(child, **changes))


def test_what_a_child_writes_on_is_a_letter_and_plain_lessons_a_banderole(tmp_path: Path) -> None:
    rules = postage(tmp_path)
    code = HomeCode("https://t.me/x", "ABC", "t.me/x")
    marked = EarlierWork(1, "post:f", "maths", "Есеп", "5", "Жарайсың")

    kinds = [
        (one.kind, one.category)
        for one in (
            postal_of(with_child(writes=True), 10, rules),
            postal_of(with_child(writes=False), 10, rules),
            postal_of(with_child(writes=True, code=code), 10, rules),
            postal_of(with_child(writes=True, is_large=True), 10, rules),
            postal_of(with_child(writes=True, code=code), 10, replace(rules, registered="never")),
            postal_of(with_child(writes=False), 10, replace(rules, registered="always")),
            postal_of(with_child(writes=False, earlier=(marked,)), 10, rules),
        )
    ]

    simple, registered = MailCategory.SIMPLE, MailCategory.REGISTERED
    assert kinds == [
        (PostalKind.LETTER, simple),
        (PostalKind.BANDEROLE, simple),
        (PostalKind.LETTER, registered),
        (PostalKind.LETTER, registered),
        (PostalKind.LETTER, simple),
        (PostalKind.BANDEROLE, registered),
        (PostalKind.LETTER, registered),
    ]


def test_no_letter_becomes_a_parcel_unless_the_school_allows_it(tmp_path: Path) -> None:
    pack, rules = with_child(writes=True), postage(tmp_path, most_sheets=2000)
    allowed = replace(rules, may_be_parcel=True)

    assert limit(pack, rules) == 386
    assert limit(pack, allowed) > 1_500
    assert limit(replace(pack, by_post=False), rules) == 2000
    assert limit(pack, replace(rules, most_sheets=200)) == 200
    assert postal_of(pack, 387, rules).kind == PostalKind.LETTER
    heavy = postal_of(pack, 387, allowed)
    assert (heavy.kind, heavy.category) == (PostalKind.PARCEL, MailCategory.ORDINARY_PARCEL)
    assert postal_of(pack, 386, allowed).kind == PostalKind.LETTER


@given(st.lists(st.integers(1, 2000), max_size=60), st.integers(0, 9))
def test_packs_for_the_scales_are_the_lightest_the_heaviest_and_some_between(
    sizes: list[int], count: int
) -> None:
    found = spread(sizes, count)
    assert len(found) == len(set(found)) == min(count, len(sizes))
    weights = [sizes[place] for place in found]
    assert weights == sorted(weights)
    if sizes and len(found) > 1:
        assert (weights[0], weights[-1]) == (min(sizes), max(sizes))
    assert len(spread(sizes)) == min(ENOUGH, len(sizes))


@given(st.integers(1, 400), st.integers(1, 2000))
def test_weighing_moves_the_estimate_once_enough_was_weighed(packs: int, real: int) -> None:
    one = Calibration(packs, real, 1000)

    assert one.factor == (real / 1000 if packs >= 5 else 1.0)
    assert one.is_usual == (930 <= real <= 1100)
    assert Calibration().factor == 1.0
    assert grams(30, Stock(factor=1.05)) == 178


def tally(grams: int, model_g: int) -> Tally:
    return Tally(1000 * grams // model_g, 1, grams, model_g)


@given(st.lists(st.integers(97, 108), min_size=4, max_size=9), st.integers(64, 1000))
def test_one_wrong_weight_of_many_moves_nothing(right: list[int], wrong: int) -> None:
    told = calibrate([*(tally(one, 100) for one in right), tally(wrong, 252)])

    if not 180 <= wrong <= 340:
        assert (told.packs, told.far) == (len(right), 1)
        assert told.measured == sum(right) / (100 * len(right))
        assert told.leaves_out(Weighed(1, "A4/80", wrong, 252))
    assert told.is_usual or told.far == 0
    assert not told.leaves_out(Weighed(1, "A4/80", right[0], 100))


@pytest.mark.parametrize(
    ("weights", "counted", "far", "factor"),
    [
        ([], 0, 0, 1.0),
        ([900], 0, 1, 1.0),  # before there is a middle the model is believed
        ([140, 140, 140, 140], 0, 4, 1.0),
        ([140, 140, 140, 140, 138], 5, 0, 698 / 500),  # the paper really is another
        ([140, 140, 140, 140, 138, 100], 5, 1, 698 / 500),
        ([100, 100, 100, 300, 300, 300], 3, 3, 1.0),  # of two middles the nearer to the model
    ],
)
def test_what_is_far_from_the_middle_does_not_count(
    weights: list[int], counted: int, far: int, factor: float
) -> None:
    told = calibrate([tally(one, 100) for one in weights])

    assert (told.packs, told.far, told.factor) == (counted, far, pytest.approx(factor))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("envelopes", "B5"),
        ("envelopes", " , "),
        ("registered", "yes"),
        ("paper_gsm", "8000"),
        ("pack_sheets", "1"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(JetkizError):
        load_settings(tmp_path, {}, **{name: value})
    assert Settings().envelope_names() == ["DL", "C5", "C4"]
    assert read_rules(rules_on(DAY, tmp_path)[0].file).kinds
