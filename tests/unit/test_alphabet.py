"""The order of names in lists: Kazakh letters where their alphabet has them."""

from hypothesis import given
from hypothesis import strategies as st

from jetkiz.i18n.alphabet import alphabetical

LETTERS = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"


def test_every_letter_follows_the_one_before_it() -> None:
    assert sorted(LETTERS, key=alphabetical) == list(LETTERS)
    assert sorted(LETTERS.lower(), key=alphabetical) == list(LETTERS.lower())


def test_the_names_that_stood_wrong() -> None:
    names = ["Ысқақ", "Қалиев", "Әбен", "Төлеген", "Ёлкин", "Ерлан", "Smith", "Іңкәр"]
    right = ["Smith", "Әбен", "Ерлан", "Ёлкин", "Қалиев", "Төлеген", "Ысқақ", "Іңкәр"]
    assert sorted(names, key=alphabetical) == right


@given(st.lists(st.text("АӘЕЁҚкІыЯ -z", max_size=4), unique=True), st.randoms())
def test_one_order_whatever_came_first(names: list[str], random: object) -> None:
    mixed = list(names)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert sorted(mixed, key=alphabetical) == sorted(names, key=alphabetical)


def test_a_short_name_stands_before_the_longer_one() -> None:
    assert sorted(["Ахметова", "Ахмет Дана", "Ахмет"], key=alphabetical) == [
        "Ахмет",
        "Ахмет Дана",
        "Ахметова",
    ]
