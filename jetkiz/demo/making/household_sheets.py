"""What a school secretary writes about the homes: the four sheets of our own workbook."""

from jetkiz.demo.making.stable_files import Cell, Sheet
from jetkiz.demo.making.village import Home, Village

STUDENTS = [
    "student_id",
    "family_name",
    "given_name",
    "patronymic",
    "grade",
    "class",
    "language",
    "household_id",
    "needs",
]
HOUSEHOLDS = [
    "household_id",
    "language",
    "street",
    "house",
    "flat",
    "settlement_type",
    "settlement",
    "rural_okrug",
    "district",
    "region_kato",
    "index6",
    "index7",
    "phone",
    "delivery_mode",
    "delivery_order",
    "pick_up_km",
]
GUARDIANS = [
    "guardian_id",
    "household_id",
    "family_name",
    "given_name",
    "patronymic",
    "relation",
    "phone",
    "language",
]
ACCESS = ["household_id", "student_id", "fact", "value", "source", "asked_on", "confidence"]


def household_sheets(village: Village) -> list[Sheet]:
    return [
        Sheet("students", tuple(STUDENTS), tuple(_students(village))),
        Sheet(
            "households", tuple(HOUSEHOLDS), tuple(_household(village, h) for h in village.homes)
        ),
        Sheet("guardians", tuple(GUARDIANS), tuple(_guardians(village))),
        Sheet("access", tuple(ACCESS), tuple(_access(village))),
    ]


def _students(village: Village) -> list[tuple[Cell, ...]]:
    return [
        (
            child.id,
            child.family_name,
            child.given_name,
            child.patronymic,
            child.grade,
            child.class_name,
            child.language,
            child.household_id,
            ",".join(child.needs),
        )
        for child in village.children
    ]


def _household(village: Village, home: Home) -> tuple[Cell, ...]:
    place = village.about["place"]
    return (
        home.id,
        home.language,
        home.street["name"][home.language],
        home.house,
        home.flat,
        home.street["settlement_type"][home.language],
        home.street["settlement"][home.language],
        place["rural_okrug"][home.language],
        place["district"][home.language],
        place["region_kato"],
        home.index6,
        home.index7,
        home.phone,
        home.delivery_mode,
        home.delivery_order,
        "" if home.pick_up_km is None else home.pick_up_km,
    )


def _guardians(village: Village) -> list[tuple[Cell, ...]]:
    return [
        (
            guardian.id,
            home.id,
            guardian.family_name,
            guardian.given_name,
            guardian.patronymic,
            guardian.relation,
            guardian.phone,
            home.language,
        )
        for home in village.homes
        for guardian in home.guardians
    ]


def _access(village: Village) -> list[tuple[Cell, ...]]:
    return [
        (
            home.id,
            fact.student_id,
            fact.name,
            fact.value,
            fact.source,
            fact.asked_on.isoformat(),
            fact.confidence,
        )
        for home in village.homes
        for fact in home.facts
    ]
