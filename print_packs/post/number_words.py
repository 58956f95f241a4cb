"""How a count is written out in words on a list: in Kazakh and in Russian.

Russian thousands are feminine (две тысячи), what is counted is not named and stays masculine.
"""

from collections.abc import Iterator
from typing import Final

MOST: Final = 999_999
"""No list has more rows; what is larger stays in figures."""


def _from(first: int, words: str) -> tuple[str, ...]:
    """Give each word its place, counted from ``first``; the places before it are empty."""
    return ("",) * first + tuple(words.split())


class _Kazakh:
    ones: Final = _from(1, "бір екі үш төрт бес алты жеті сегіз тоғыз")
    tens: Final = _from(1, "он жиырма отыз қырық елу алпыс жетпіс сексен тоқсан")


class _Russian:
    ones: Final = _from(
        1,
        "один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
        "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
    )
    tens: Final = _from(
        2, "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"
    )
    hundreds: Final = _from(
        1, "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
    )


_FEMININE: Final = {"один": "одна", "два": "две"}


def in_words(count: int, language: str) -> str:
    """Return a count from 0 to ``MOST`` in words, Kazakh or else Russian."""
    if not 0 <= count <= MOST:
        return str(count)
    nought, written = ("нөл", _kazakh) if language == "kk" else ("ноль", _russian)
    return " ".join(one for one in written(count) if one) or nought


def _kazakh(count: int) -> Iterator[str]:
    thousands, rest = divmod(count, 1000)
    if thousands:
        yield from _kazakh(thousands)
        yield "мың"
    hundreds, rest = divmod(rest, 100)
    if hundreds:
        yield from (_Kazakh.ones[hundreds] if hundreds > 1 else "", "жүз")
    yield _Kazakh.tens[rest // 10]
    yield _Kazakh.ones[rest % 10]


def _russian(count: int) -> Iterator[str]:
    thousands, rest = divmod(count, 1000)
    if thousands:
        yield from (_FEMININE.get(one, one) for one in _russian(thousands))
        yield _thousand(thousands)
    yield _Russian.hundreds[rest // 100]
    rest %= 100
    if rest >= len(_Russian.ones):
        yield _Russian.tens[rest // 10]
        rest %= 10
    yield _Russian.ones[rest]


def _thousand(count: int) -> str:
    """Return the form of the word: одна тысяча, две тысячи, пять and одиннадцать тысяч."""
    last = count % 10 if count % 100 // 10 != 1 else 0
    return "тысяча" if last == 1 else "тысячи" if last in {2, 3, 4} else "тысяч"
