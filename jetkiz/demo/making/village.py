"""Who lives in the demo village, how they can be reached, and where the numbers come from.

Names and circumstances are written by hand in families.toml and village.toml. House numbers,
telephone numbers, days and certainties are drawn here with one seed, so they never change.
"""

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SEED = 202605
SURVEY_START = date(2025, 9, 8)
SURVEY_DAYS = 12
# 709 is a code held in reserve as far as we know: nobody's telephone should ring
PHONE = "+7709{:07d}"


@dataclass(frozen=True, slots=True)
class Child:
    """A student as the school knows him or her."""

    id: str
    family_name: str
    given_name: str
    patronymic: str
    grade: int
    language: str
    household_id: str
    needs: tuple[str, ...]

    @property
    def class_name(self) -> str:
        return f"{self.grade}{'А' if self.language == 'kk' else 'Б'}"


@dataclass(frozen=True, slots=True)
class Guardian:
    """A grown-up who answers for the children of a home."""

    id: str
    family_name: str
    given_name: str
    patronymic: str
    relation: str
    phone: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer about a home or one child: what, when asked, by whom, how sure."""

    student_id: str
    name: str
    value: str
    source: str
    asked_on: date
    confidence: float


@dataclass(frozen=True, slots=True)
class Home:
    """One household: one address, one envelope, one set of answers."""

    id: str
    language: str
    street: Mapping[str, Any]
    house: str
    flat: str
    index6: str
    index7: str
    phone: str
    delivery_mode: str
    delivery_order: int
    pick_up_km: float | None
    children: tuple[Child, ...]
    guardians: tuple[Guardian, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Village:
    """The school's description and its homes."""

    about: Mapping[str, Any]
    homes: tuple[Home, ...]

    @property
    def children(self) -> list[Child]:
        return [child for home in self.homes for child in home.children]


def load_village(folder: Path = HERE) -> Village:
    """Read the two hand-written files and draw the numbers."""
    about = tomllib.loads((folder / "village.toml").read_text(encoding="utf-8"))
    families = tomllib.loads((folder / "families.toml").read_text(encoding="utf-8"))["home"]
    draw = random.Random(SEED)  # noqa: S311 - invented data, not secrets
    streets = {street["key"]: street for street in about["street"]}
    houses = _house_numbers(draw, families)
    walk = _walk(families, list(streets), houses)
    first_child = 1
    homes = []
    for family in families:
        children = _children(family, first_child)
        first_child += len(children)
        homes.append(_home(draw, family, streets[family["street"]], houses, walk, children))
    return Village(about, tuple(homes))


def _house_numbers(draw: random.Random, families: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Two homes never share a house on one street."""
    numbers: dict[str, int] = {}
    for street in sorted({family["street"] for family in families}):
        here = [family["id"] for family in families if family["street"] == street]
        farm = street == "besterek"
        drawn = [1] if farm else draw.sample(range(1, 40), len(here))
        numbers.update(zip(here, drawn, strict=True))
    return numbers


def _walk(
    families: Sequence[Mapping[str, Any]], streets: Sequence[str], houses: Mapping[str, int]
) -> dict[str, int]:
    """Street by street, along the house numbers: the order in which bundles are carried."""
    ordered = sorted(families, key=lambda one: (streets.index(one["street"]), houses[one["id"]]))
    return {family["id"]: place for place, family in enumerate(ordered, start=1)}


def _children(family: Mapping[str, Any], first: int) -> tuple[Child, ...]:
    return tuple(
        Child(
            id=f"s-{number:03d}",
            family_name=family["surname"][sex == "f"],
            given_name=given,
            patronymic=family["patronymic"][sex == "f"],
            grade=grade,
            language=language,
            household_id=family["id"],
            needs=tuple(family.get("needs", ())),
        )
        for number, (given, sex, grade, language) in enumerate(family["children"], start=first)
    )


def _home(
    draw: random.Random,
    family: Mapping[str, Any],
    street: Mapping[str, Any],
    houses: Mapping[str, int],
    walk: Mapping[str, int],
    children: tuple[Child, ...],
) -> Home:
    phone = _phone(draw, family)
    return Home(
        id=family["id"],
        language=family["language"],
        street=street,
        house=str(houses[family["id"]]),
        flat=str(draw.randrange(1, 9)) if draw.random() < 0.25 else "",
        index6=family.get("index6", street["index6"]),
        index7=_index7(draw) if draw.random() < 0.5 else "",
        phone=phone,
        delivery_mode=family["delivery"],
        delivery_order=walk[family["id"]],
        pick_up_km=family.get("pick_up_km"),
        children=children,
        guardians=_guardians(draw, family, phone),
        facts=_facts(draw, family, children),
    )


def _phone(draw: random.Random, family: Mapping[str, Any]) -> str:
    number = PHONE.format(draw.randrange(10_000_000))
    return "" if family["facts"].get("phone") in {"none", "unknown"} else number


def _index7(draw: random.Random) -> str:
    """The new index of Kostanay region: P, two figures, letter, figure, letter, figure."""
    letters = "ABCDEFGHKMPTXYABCDEFG"
    figures = [draw.randrange(1, 9) for _ in range(2)]
    return f"P19{draw.choice(letters)}{figures[0]}{draw.choice(letters)}{figures[1]}"


def _guardians(draw: random.Random, family: Mapping[str, Any], phone: str) -> tuple[Guardian, ...]:
    """The first guardian answers the home's telephone; a second may have one as well."""
    own = family["facts"].get("phone") == "own"
    phones = [phone, PHONE.format(draw.randrange(10_000_000)) if own else ""]
    return tuple(
        Guardian(
            f"g-{family['id'][1:]}-{number + 1}", surname, given, patronymic, kin, phones[number]
        )
        for number, (kin, surname, given, patronymic) in enumerate(family["guardians"])
    )


def _facts(
    draw: random.Random, family: Mapping[str, Any], children: Sequence[Child]
) -> tuple[Fact, ...]:
    by_name = {child.given_name: child.id for child in children}
    asked_on = SURVEY_START + timedelta(days=draw.randrange(SURVEY_DAYS))
    source = draw.choice(["survey", "survey", "survey", "teacher"])
    sure = 0.9 if source == "survey" else 0.7
    facts = [
        Fact("", name, str(value), source, asked_on, 0.0 if value == "unknown" else sure)
        for name, value in family["facts"].items()
    ]
    facts += [
        Fact(
            student_id=by_name[row["child"]] if "child" in row else "",
            name=row["fact"],
            value=row["value"],
            source=row["source"],
            asked_on=date.fromisoformat(row["asked_on"]),
            confidence=1.0 if row["source"] == "bot" else 0.9,
        )
        for row in family.get("dated", ())
    ]
    return tuple(facts)
