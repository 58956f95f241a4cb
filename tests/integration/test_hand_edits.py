"""Every field a person may correct: saved, shown, kept against later files, refused in words."""

from pathlib import Path

import pytest

from jetkiz.errors import JetkizError
from jetkiz.roster.hand_edits import EDITABLE, edit_by_hand
from jetkiz.roster.incoming import Subject, written
from jetkiz.roster.reading_register import read_state
from jetkiz.storage.database import Database
from tests.integration.test_roster_import import NOW, bring_files
from tests.rosters import Files, workbook

ROWS = {
    Subject.SCHOOL: "s1",
    Subject.STUDENT: "u1",
    Subject.HOUSEHOLD: "h1",
    Subject.GUARDIAN: "h1/g1",
}
KEYS = {
    Subject.SCHOOL: ("s1",),
    Subject.STUDENT: ("s1", "u1"),
    Subject.HOUSEHOLD: ("s1", "h1"),
    Subject.GUARDIAN: ("s1", "h1", "g1"),
}
# What is typed, and what is kept; other fields keep what was typed.
TYPED: dict[str, tuple[str, object]] = {
    "zone": ("Asia/Almaty", "Asia/Almaty"),
    "settlement_type": ("с.", "village"),
    "region_kato": ("11", "11"),
    "index6": ("020000", "020000"),
    "index7": ("c01 a1b2", "C01A1B2"),
    "delivery_index": ("020001", "020001"),
    "rka": ("0201 3000 1234 5678", "0201300012345678"),
    "country": ("kg", "KG"),
    "phone": ("8 777 765 43 21", "+77777654321"),
    "grade": ("09", 9),
    "language": ("RU", "ru"),
    "class": ("8 a", "class:8А"),
    "household": ("h2", "h2"),
    "needs": ("Sign_Language; audio", "audio,sign_language"),
    "active": ("жоқ", False),
    "delivery_mode": ("pick_up", "pick_up"),
    "delivery_order": ("12", 12),
    "pick_up_km": ("3,5", 3.5),
}
WRONG = {
    "zone": "Kostanay",
    "settlement_type": "vilage",
    "region_kato": "99",
    "index6": "1119",
    "index7": "Р19Е5Х4",
    "delivery_index": "12",
    "rka": "123",
    "country": "Kazakhstan",
    "phone": "call me",
    "grade": "13",
    "language": "kz",
    "class": "9Ж",
    "household": "h77",
    "needs": "glasses",
    "active": "maybe",
    "delivery_mode": "courier",
    "delivery_order": "first",
    "pick_up_km": "far",
}
INDEXES = "111908,P19E5X4,111900,0201300099998888,KZ"
FIELDS = [(subject, field) for subject, readers in EDITABLE.items() for field in readers]


def full_workbook() -> Files:
    """Return the good workbook with every column filled, so that every edit has a rival."""
    address = (
        "care_of,street,house,flat,settlement_type,settlement,rural_okrug,district,region_kato"
    )
    place = "Ахметов,Абай көшесі,1,2,кент,Ақкөл,Ақкөл округі,Ақкөл ауданы,39"
    files = workbook()
    files["school.csv"] = (
        f"school_id,name,zone,{address},index6,index7,delivery_index,rka,country,phone\n"
        f"s1,Village school,Asia/Qostanay,{place},{INDEXES},+77142540000\n"
    )
    files["households.csv"] = (
        f"household_id,language,{address},index6,index7,delivery_index,rka,country,phone,delivery_mode,delivery_order,"
        "pick_up_km\n"
        f"h1,kk,{place},{INDEXES},+77011234501,post,1,1.5\n"
        f"h2,kk,{place},{INDEXES},+77011234502,post,2,1.5\n"
    )
    files["students.csv"] = (
        "student_id,family_name,given_name,patronymic,grade,class,language,household_id,needs,"
        "active\n"
        "u1,Family1,Given1,Patron1,8,8А,kk,h1,braille,true\n"
    )
    files["guardians.csv"] = (
        "guardian_id,household_id,family_name,given_name,patronymic,relation,phone,language\n"
        "g1,h1,Family1,Aigul,Patron,mother,+77011234501,kk\n"
    )
    files["access.csv"] = "household_id,fact,value,asked_on\nh1,tv,none,2026-01-10\n"
    return files


def without_answers() -> Files:
    """Return the same workbook as another file."""
    return {**full_workbook(), "access.csv": "household_id,fact,value,asked_on\n"}


def corrected(database: Database, subject: Subject, field: str, text: str) -> tuple[str, str]:
    with database.write() as connection:
        return edit_by_hand(connection, subject, ("", ROWS[subject]), (field, text), by="A", at=NOW)


def value_of(database: Database, subject: Subject, field: str) -> object:
    with database.read() as connection:
        return read_state(connection, ["s1"])[subject][KEYS[subject]].values[field]


def all_values(database: Database) -> dict[tuple[Subject, str], object]:
    with database.read() as connection:
        state = read_state(connection, ["s1"])
    return {(s, field): state[s][KEYS[s]].values[field] for s, field in FIELDS}


def test_every_field_is_saved_and_kept(database: Database, tmp_path: Path) -> None:
    bring_files(database, tmp_path / "1", full_workbook())
    wanted = {one: TYPED.get(one[1], ("Handmade", "Handmade")) for one in FIELDS}
    before = all_values(database)
    for (subject, field), (typed, kept) in wanted.items():
        said = (written(before[subject, field]), written(kept))
        if field == "class":
            said = ("8А", "8А")  # people are told the title
        assert corrected(database, subject, field, typed) == said, field
    found = all_values(database)
    assert found == {one: kept for one, (_typed, kept) in wanted.items()}
    difference = bring_files(database, tmp_path / "2", without_answers()).difference
    assert difference.is_empty
    # The class that was typed is the one of the file, in other letters.
    kept_fields = {(one.subject, one.column) for one in difference.kept}
    assert kept_fields == set(FIELDS) - {(Subject.STUDENT, "class")}
    assert all_values(database) == found


def test_a_wrong_value_leaves_every_field_as_it_was(
    sqlite_database: Database, tmp_path: Path
) -> None:
    bring_files(sqlite_database, tmp_path / "1", full_workbook())
    before = all_values(sqlite_database)
    for subject, field in FIELDS:
        with pytest.raises(JetkizError) as refused:
            corrected(sqlite_database, subject, field, WRONG.get(field, "x" * 201))
        assert refused.value.remedy, field
    assert all_values(sqlite_database) == before


CLEARED = {"patronymic", "needs", "relation", "phone", "street", "house", "flat", "district"}
CLEARED |= {"settlement_type", "settlement", "rural_okrug", "region_kato", "index6", "index7"}
CLEARED |= {"care_of", "delivery_index", "rka", "country"}


def test_a_dash_clears_only_what_may_be_empty(sqlite_database: Database, tmp_path: Path) -> None:
    bring_files(sqlite_database, tmp_path / "1", full_workbook())
    before = all_values(sqlite_database)
    for subject, field in FIELDS:
        if field in CLEARED:
            corrected(sqlite_database, subject, field, "-")
        else:
            with pytest.raises(JetkizError, match="must not be empty"):
                corrected(sqlite_database, subject, field, "-")
    after = all_values(sqlite_database)
    assert after == {one: "" if one[1] in CLEARED else value for one, value in before.items()}


def test_who_was_sent_away_by_hand_comes_back_by_hand(database: Database, tmp_path: Path) -> None:
    bring_files(database, tmp_path / "1", full_workbook())
    corrected(database, Subject.STUDENT, "active", "false")
    bring_files(database, tmp_path / "2", without_answers())
    assert value_of(database, Subject.STUDENT, "active") is False
    assert corrected(database, Subject.STUDENT, "active", "иә") == ("false", "true")
    assert value_of(database, Subject.STUDENT, "active") is True


def test_the_last_hand_wins_and_is_named(database: Database, tmp_path: Path) -> None:
    bring_files(database, tmp_path / "1", full_workbook())
    for family, who in (("First", "Aigul"), ("Second", "Marat")):
        with database.write() as connection:
            value = ("family_name", family)
            edit_by_hand(connection, Subject.STUDENT, ("s1", "u1"), value, by=who, at=NOW)
    (kept,) = bring_files(database, tmp_path / "2", without_answers()).difference.kept
    assert (kept.edit.value, kept.edit.by, kept.file_value) == ("Second", "Marat", "Family1")
