"""Which sums a class gets: drawn with the code of the lesson as seed, answers included."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

Words: TypeAlias = Mapping[str, str]

IN_WORDS = frozenset({"apples", "equal_parts", "area", "proportion"})
_SUPERSCRIPTS = {2: "²", 3: "³", 4: "⁴"}
_ENOUGH_TRIES = 1000

_MORE_OR_FEWER = [
    (
        "+",
        "Себетте {a} алма бар еді. Анасы тағы {b} алма салды. Барлығы неше алма болды?",
        "В корзине было яблок: {a}. Мама положила ещё {b}. Сколько яблок стало?",
    ),
    (
        "+",
        "Автобуста {a} бала отыр. Аялдамада тағы {b} бала мінді. Автобуста неше бала болды?",
        "В автобусе ехало детей: {a}. На остановке вошло ещё {b}. Сколько детей стало?",
    ),
    (
        "-",
        "Қорада {a} қой тұр. {b} қой далаға шықты. Қорада неше қой қалды?",
        "В загоне стояло овец: {a}. Вышло {b}. Сколько овец осталось?",
    ),
    (
        "-",
        "Сөреде {a} кітап бар. {b} кітапты оқуға алды. Сөреде неше кітап қалды?",
        "На полке стояло книг: {a}. Взяли почитать {b}. Сколько книг осталось?",
    ),
]
_PARTS = [
    (
        "{n} дәптерді {k} балаға тең бөлді. Әр балаға неше дәптерден тиді?",
        "Тетрадей {n}. Их поровну раздали детям, детей {k}. Сколько тетрадей получил каждый?",
    ),
    (
        "{n} бауырсақты {k} табаққа тең салды. Әр табақта неше бауырсақ бар?",
        "Баурсаков {n}. Их поровну разложили на тарелки, тарелок {k}. Сколько на каждой?",
    ),
    (
        "{n} оқушы {k} топқа тең бөлінді. Әр топта неше оқушы бар?",
        "Учеников {n}. Они разделились поровну, групп {k}. Сколько учеников в каждой группе?",
    ),
]
_UNITS = [
    ("сағ", "мин", "ч", "мин", 60),
    ("м", "см", "м", "см", 100),
    ("км", "м", "км", "м", 1000),
    ("кг", "г", "кг", "г", 1000),
]
_RECTANGLES = [
    ("Бөлменің", "комнаты"),
    ("Бақшаның", "огорода"),
    ("Кілемнің", "ковра"),
    ("Ауланың", "двора"),
]
_RATES = [
    (
        "{a} кг картоп {p} теңге тұрады. {b} кг картоп неше теңге тұрады?",
        "{a} кг картофеля стоят {p} тенге. Сколько тенге стоят {b} кг?",
        (180, 220, 260),
        ("теңге", "тенге"),
    ),
    (
        "Көлік {a} сағатта {p} км жүрді. Сол жылдамдықпен {b} сағатта неше км жүреді?",
        "Машина за {a} ч проехала {p} км. Сколько км она проедет с той же скоростью за {b} ч?",
        (60, 70, 80),
        ("км", "км"),
    ),
    (
        "{a} дәптер {p} теңге тұрады. Осындай {b} дәптер неше теңге тұрады?",
        "Тетради ({a} шт.) стоят {p} тенге. Сколько тенге стоят {b} таких тетрадей?",
        (90, 120, 150),
        ("теңге", "тенге"),
    ),
]


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question and its answer in both languages."""

    question: Words
    answer: Words


def exercises(kind: str, seed: str, count: int) -> list[Exercise]:
    """Draw exercises of one kind, no question twice."""
    draw = random.Random(seed)  # noqa: S311 - sums, not secrets
    make = MAKERS[kind]
    found: dict[str, Exercise] = {}
    for _ in range(_ENOUGH_TRIES):
        one = make(draw)
        found.setdefault(one.question["kk"], one)
        if len(found) == count:
            return list(found.values())
    raise ValueError(f"{kind}: fewer than {count} different exercises")


def _same(question: str, answer: object) -> Exercise:
    return Exercise({"kk": question, "ru": question}, {"kk": str(answer), "ru": str(answer)})


def _within_twenty(draw: random.Random) -> Exercise:
    a, b = draw.randint(5, 9), draw.randint(6, 9)
    if draw.random() < 0.5:
        return _same(f"{a} + {b}", a + b)
    return _same(f"{a + b} − {b}", a)


def _missing_number(draw: random.Random) -> Exercise:
    a, b = draw.randint(2, 9), draw.randint(3, 10)
    question = draw.choice([f"{a} + □ = {a + b}", f"□ + {a} = {a + b}", f"{a + b} − □ = {a}"])
    return _same(question, b)


def _apples(draw: random.Random) -> Exercise:
    sign, kk, ru = draw.choice(_MORE_OR_FEWER)
    b = draw.randint(3, 8)
    a = draw.randint(b + 2, 12)
    answer = str(a + b if sign == "+" else a - b)
    return Exercise(
        {"kk": kk.format(a=a, b=b), "ru": ru.format(a=a, b=b)}, {"kk": answer, "ru": answer}
    )


def _neighbours(draw: random.Random) -> Exercise:
    n = draw.randint(2, 19)
    question = f"□, {n}, □"
    return Exercise(
        {"kk": question, "ru": question},
        {"kk": f"{n - 1} және {n + 1}", "ru": f"{n - 1} и {n + 1}"},
    )


def _times_table(draw: random.Random) -> Exercise:
    a, b = draw.randint(3, 9), draw.randint(3, 9)
    if draw.random() < 0.5:
        return _same(f"{a} × {b}", a * b)
    return _same(f"{a * b} : {a}", b)


def _within_thousand(draw: random.Random) -> Exercise:
    a, b = draw.randint(120, 580), draw.randint(105, 390)
    if draw.random() < 0.5:
        return _same(f"{a} + {b}", a + b)
    return _same(f"{a + b} − {b}", a)


def _equal_parts(draw: random.Random) -> Exercise:
    kk, ru = draw.choice(_PARTS)
    k, each = draw.randint(3, 9), draw.randint(3, 9)
    n = k * each
    return Exercise(
        {"kk": kk.format(n=n, k=k), "ru": ru.format(n=n, k=k)}, {"kk": str(each), "ru": str(each)}
    )


def _units(draw: random.Random) -> Exercise:
    big_kk, small_kk, big_ru, small_ru, ratio = draw.choice(_UNITS)
    n = draw.randint(2, 9)
    return Exercise(
        {"kk": f"{n} {big_kk} = □ {small_kk}", "ru": f"{n} {big_ru} = □ {small_ru}"},
        {"kk": str(n * ratio), "ru": str(n * ratio)},
    )


def _fractions(draw: random.Random) -> Exercise:
    d = draw.randint(5, 12)
    a = draw.randint(2, d - 2)
    b = draw.randint(1, d - a)
    if draw.random() < 0.5:
        return _same(f"{a}/{d} + {b}/{d}", Fraction(a + b, d))
    return _same(f"{a + b}/{d} − {b}/{d}", Fraction(a, d))


def _decimals(draw: random.Random) -> Exercise:
    a, b = draw.randint(105, 990), draw.randint(11, 95) * 10
    if draw.random() < 0.5:
        return _same(f"{_decimal(a)} + {_decimal(b)}", _decimal(a + b))
    return _same(f"{_decimal(a + b)} − {_decimal(a)}", _decimal(b))


def _decimal(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    tail = f"{rest:02d}".rstrip("0")
    return f"{whole},{tail}" if tail else str(whole)


def _percent(draw: random.Random) -> Exercise:
    n, p = draw.randint(2, 40) * 100, draw.choice([5, 10, 15, 20, 25, 30, 50, 75])
    answer = str(n * p // 100)
    return Exercise(
        {"kk": f"{n} санының {p} %-ы", "ru": f"{p} % от {n}"}, {"kk": answer, "ru": answer}
    )


def _area(draw: random.Random) -> Exercise:
    kk, ru = draw.choice(_RECTANGLES)
    b = draw.randint(3, 9)
    a = b + draw.randint(1, 6)
    answer = f"P = {2 * (a + b)} м, S = {a * b} м²"
    return Exercise(
        {
            "kk": f"{kk} ұзындығы {a} м, ені {b} м. P = ? S = ?",
            "ru": f"Длина {ru} {a} м, ширина {b} м. P = ? S = ?",
        },
        {"kk": answer, "ru": answer},
    )


def _equations(draw: random.Random) -> Exercise:
    x, a, b = draw.randint(2, 12), draw.randint(2, 9), draw.randint(1, 20)
    question = draw.choice(
        [f"{a}x + {b} = {a * x + b}", f"{a}x − {b} = {a * x - b}", f"{a}(x + {b}) = {a * (x + b)}"]
    )
    return _same(question.replace("= -", "= −"), f"x = {x}")


def _powers(draw: random.Random) -> Exercise:
    a, b = draw.randint(3, 6), draw.randint(2, 4)
    p, q = draw.choice([2, 3]), draw.choice([2, 3])
    if a**p > b**q and draw.random() < 0.5:
        return _same(f"{a}{_SUPERSCRIPTS[p]} − {b}{_SUPERSCRIPTS[q]}", a**p - b**q)
    return _same(f"{a}{_SUPERSCRIPTS[p]} + {b}{_SUPERSCRIPTS[q]}", a**p + b**q)


def _squares(draw: random.Random) -> Exercise:
    k, n = draw.randint(1, 3), draw.randint(2, 9)
    sign = draw.choice(["+", "−"])
    first = "x" if k == 1 else f"{k}x"
    lead = "x²" if k == 1 else f"{k * k}x²"
    return _same(f"({first} {sign} {n})²", f"{lead} {sign} {2 * k * n}x + {n * n}")


def _proportion(draw: random.Random) -> Exercise:
    kk, ru, prices, (unit_kk, unit_ru) = draw.choice(_RATES)
    a, each = draw.randint(2, 5), draw.choice(prices)
    b = a + draw.randint(1, 4)
    return Exercise(
        {"kk": kk.format(a=a, b=b, p=a * each), "ru": ru.format(a=a, b=b, p=a * each)},
        {"kk": f"{b * each} {unit_kk}", "ru": f"{b * each} {unit_ru}"},
    )


MAKERS: Mapping[str, Callable[[random.Random], Exercise]] = {
    "within_twenty": _within_twenty,
    "missing_number": _missing_number,
    "apples": _apples,
    "neighbours": _neighbours,
    "times_table": _times_table,
    "within_thousand": _within_thousand,
    "equal_parts": _equal_parts,
    "units": _units,
    "fractions": _fractions,
    "decimals": _decimals,
    "percent": _percent,
    "area": _area,
    "equations": _equations,
    "powers": _powers,
    "squares": _squares,
    "proportion": _proportion,
}
