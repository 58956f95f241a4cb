"""Rosters on both databases: demo school, MIT roster, a year of changes, hand edits, repetition."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jetkiz.errors import JetkizError
from jetkiz.roster.access_profile import UNKNOWN, Fact, FactKind, Source
from jetkiz.roster.hand_edits import edit_by_hand
from jetkiz.roster.importing import ImportWishes, Proposal, RosterRefusedError, import_roster
from jetkiz.roster.incoming import Kind, Subject
from jetkiz.roster.model import DeliveryMode, Need
from jetkiz.roster.register import (
    learn,
    read_homes,
    read_households,
    read_names,
    read_schools,
    read_students,
)
from jetkiz.roster.tables import access_fact, enrolment, import_run, student
from jetkiz.storage.database import Database
from tests.rosters import DEMO, MIT, Files, one_roster, swap, workbook, write_folder, write_zip

NOW = datetime(2026, 1, 20, 6, 0, tzinfo=UTC)
WISHES = ImportWishes(today=NOW.date(), zone="Asia/Qostanay")
OLDER = replace(WISHES, older=True)


def bring(database: Database, path: Path, wishes: ImportWishes = WISHES) -> Proposal:
    with database.write() as connection:
        return import_roster(connection, path, wishes, by="Aigul", now=NOW)


def bring_files(database: Database, folder: Path, files: Files) -> Proposal:
    return bring(database, write_folder(folder, files))


def count(database: Database, table: object) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[call-overload]


def test_the_demo_school_comes_in_with_two_files(database: Database) -> None:
    bring(database, DEMO / "roster.zip")
    with database.read() as connection:
        assert len(read_households(connection)) == 43
    bring(database, DEMO / "households.xlsx")
    with database.read() as connection:
        homes = read_homes(connection)
        households = read_households(connection)
        names = read_names(connection)
        schools = read_schools(connection)
    assert (len(homes), len(households), len(names)) == (43, 27, 43)
    assert [school.zone for school in schools] == ["Asia/Qostanay"]
    assert {home.student.language for home in homes} == {"kk", "ru"}
    assert {home.student.grade for home in homes} == set(range(1, 10))
    assert [h for h in homes if Need.LARGE_PRINT in h.student.needs]
    alikhan = next(home for home in homes if names[home.student.id].given == "Алихан")
    assert alikhan.student.class_title == "2А"
    assert alikhan.profile.value(FactKind.PHONE) == "shared"
    assert any(home.profile.value(FactKind.INTERNET) == UNKNOWN for home in homes)
    assert {home.delivery_mode for home in households.values()} == set(DeliveryMode)
    assert all(home.addressee for home in households.values())
    assert households[alikhan.student.household].address.index6 == "111908"


def test_the_same_file_twice_says_so_and_changes_nothing(database: Database) -> None:
    bring(database, DEMO / "roster.zip")
    bring(database, DEMO / "households.xlsx")
    runs = count(database, import_run)
    facts = count(database, access_fact)
    for name in ("roster.zip", "households.xlsx"):
        again = bring(database, DEMO / name)
        assert again.repeated is not None
        assert again.repeated.by == "Aigul"
    assert (count(database, import_run), count(database, access_fact)) == (runs, facts)
    folder = bring(database, DEMO / "households_csv")
    assert folder.repeated is None
    assert folder.difference.is_empty


@pytest.mark.parametrize("shape", ["oneroster_1.1_bulk", "sds_100_users"])
def test_the_mit_roster_comes_in(database: Database, shape: str) -> None:
    with pytest.raises(RosterRefusedError) as refused:
        bring(database, MIT / shape)
    assert "nothing was saved" in str(refused.value)
    assert count(database, student) == 0
    proposal = bring(database, MIT / shape, replace(OLDER, language="en"))
    assert proposal.kind in {Kind.ONE_ROSTER, Kind.FIRST_SDS}
    with database.read() as connection:
        students = read_students(connection)
        assert len(read_schools(connection)) == 2
        assert len(read_households(connection)) == 86
    assert len(students) == 86
    assert {s.class_title for s in students} == {"9", "10", "11", "12"}
    assert {s.language for s in students} == {"en"}
    assert count(database, enrolment) == 602 + 86


def test_school_data_sync_brings_guardians(database: Database) -> None:
    bring(database, MIT / "sds_v2.1", OLDER)
    with database.read() as connection:
        addressees = {home.addressee for home in read_households(connection).values()}
    assert addressees == {"Craig Jean", "Smithee Bob"}


def test_a_year_of_changes(database: Database, tmp_path: Path) -> None:
    bring_files(database, tmp_path / "1", one_roster())
    files = swap(one_roster(), "users.csv", "Given1,Family1,", "Given1,Newname,")
    files = swap(files, "users.csv", "u2,true", "u2,false")
    files = swap(files, "enrollments.csv", "c2,u3,", "c1,u3,")
    files = swap(files, "users.csv", "u30,true,s1,student,Given30,Family30,,08\r\n", "")
    rows = files["enrollments.csv"].splitlines()
    files["enrollments.csv"] = "\n".join(row for row in rows if ",u30," not in row)
    difference = bring_files(database, tmp_path / "2", files).difference
    part = difference.subjects[Subject.STUDENT]
    assert {change.key[1] for change in part.changed} == {"u1", "u2", "u3"}
    assert part.absent == (("s1", "u30"),)
    with database.read() as connection:
        students = read_students(connection)
        names = {name.short for name in read_names(connection).values()}
        active = connection.scalar(
            select(func.count()).select_from(enrolment).where(enrolment.c.active)
        )
    assert len(students) == 29  # u2 left; u30 is absent and stays
    assert "Newname Given1" in names
    assert active == 60
    assert count(database, student) == 30


def test_a_file_with_an_error_saves_nothing(database: Database, tmp_path: Path) -> None:
    broken = swap(workbook(), "access.csv", ",3g,", ",fast,")
    with pytest.raises(RosterRefusedError) as refused:
        bring_files(database, tmp_path / "broken", broken)
    assert len(refused.value.proposal.messages) == 1
    assert count(database, student) == 0


def test_a_zip_in_a_folder_of_its_own(database: Database, tmp_path: Path) -> None:
    bring(database, write_zip(tmp_path / "export.zip", one_roster(), "export/"))
    assert count(database, student) == 30


def test_last_years_file_needs_a_word(database: Database, tmp_path: Path) -> None:
    files = swap(one_roster(), "academicSessions.csv", "2026-05-25", "2025-05-25")
    with pytest.raises(RosterRefusedError) as refused:
        bring_files(database, tmp_path / "old", files)
    assert "ended on" in refused.value.proposal.messages[0].sentence
    bring(database, tmp_path / "old", OLDER)
    assert count(database, student) == 30


def test_going_back_to_an_earlier_file_needs_a_word(database: Database, tmp_path: Path) -> None:
    bring_files(database, tmp_path / "1", one_roster())
    bring_files(database, tmp_path / "2", swap(one_roster(), "users.csv", "Family1,", "Other,"))
    with pytest.raises(RosterRefusedError):
        bring(database, tmp_path / "1")
    assert len(bring(database, tmp_path / "1", OLDER).difference.subjects[Subject.STUDENT].changed)


def test_hand_edits_win_over_every_later_file(database: Database, tmp_path: Path) -> None:
    bring_files(database, tmp_path / "1", workbook())
    edits = [
        (Subject.STUDENT, "u1", ("family_name", "Handmade")),
        (Subject.STUDENT, "u1", ("class", "8а")),
        (Subject.STUDENT, "u1", ("household", "h2")),
        (Subject.STUDENT, "u2", ("needs", "audio")),
        (Subject.HOUSEHOLD, "h2", ("index6", "111900")),
        (Subject.HOUSEHOLD, "h2", ("phone", "-")),
        (Subject.HOUSEHOLD, "h2", ("pick_up_km", "2,5")),
        (Subject.GUARDIAN, "h2/g2", ("relation", "aunt")),
        (Subject.SCHOOL, "s1", ("name", "Renamed school")),
        (Subject.SCHOOL, "s1", ("street", "Main street")),
    ]
    with database.write() as connection:
        for subject, row, value in edits:
            edit_by_hand(connection, subject, ("", row), value, by="Aigul", at=NOW)
    files = swap(workbook(), "students.csv", "Given3,", "Changed,", 1)
    difference = bring_files(database, tmp_path / "2", files).difference
    assert [change.key[1] for change in difference.subjects[Subject.STUDENT].changed] == ["u3"]
    kept = {(item.subject, item.column) for item in difference.kept}
    assert kept == {
        (Subject.STUDENT, "family_name"),
        (Subject.STUDENT, "household"),
        (Subject.HOUSEHOLD, "index6"),
        (Subject.HOUSEHOLD, "phone"),
        (Subject.GUARDIAN, "relation"),
        (Subject.SCHOOL, "name"),
    }
    with database.read() as connection:
        homes = {home.key: home for home in read_households(connection).values()}
        names = {name.short for name in read_names(connection).values()}
    assert (homes["h2"].address.index6, homes["h2"].phone) == ("111900", "")
    assert homes["h2"].address.street == "Абай көшесі"
    assert "Handmade Given1" in names


REFUSED = [
    (Subject.STUDENT, "u99", ("grade", "8"), "The register has no u99"),
    (Subject.STUDENT, "u1", ("shoe", "44"), "no field shoe"),
    (Subject.STUDENT, "u1", ("grade", "44"), "no grade"),
    (Subject.STUDENT, "u1", ("grade", ""), "must not be empty"),
    (Subject.STUDENT, "u1", ("household", "h99"), "no household h99"),
    (Subject.STUDENT, "u1", ("class", "9А"), "There is no class 9А. Classes are: 8А."),
    (Subject.STUDENT, "u1", ("family_name", "x" * 300), "too long"),
    (Subject.GUARDIAN, "g1", ("relation", "aunt"), "no g1"),
]


@pytest.mark.parametrize(
    ("subject", "row", "value", "words"), REFUSED, ids=[words for *_, words in REFUSED]
)
def test_a_hand_edit_is_checked_like_a_file(
    sqlite_database: Database,
    tmp_path: Path,
    subject: Subject,
    row: str,
    value: tuple[str, str],
    words: str,
) -> None:
    bring_files(sqlite_database, tmp_path / "1", workbook())
    with (
        sqlite_database.write() as connection,
        pytest.raises(JetkizError, match=words),
    ):
        edit_by_hand(connection, subject, ("", row), value, by="Aigul", at=NOW)


def test_two_schools_need_a_word_which(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="names no school"):
        bring_files(sqlite_database, tmp_path / "0", {"access.csv": workbook()["access.csv"]})
    bring_files(sqlite_database, tmp_path / "1", workbook())
    bring_files(sqlite_database, tmp_path / "2", swap(workbook(), "school.csv", "s1", "s2"))
    single = {"students.csv": workbook()["students.csv"].replace("Given", "Other")}
    with pytest.raises(JetkizError, match="not clear which school"):
        bring_files(sqlite_database, tmp_path / "3", single)
    proposal = bring(sqlite_database, tmp_path / "3", replace(WISHES, school="s2"))
    assert {c.key[0] for c in proposal.difference.subjects[Subject.STUDENT].changed} == {"s2"}
    with sqlite_database.write() as connection:
        with pytest.raises(JetkizError, match="Several schools"):
            edit_by_hand(connection, Subject.STUDENT, ("", "u1"), ("grade", "8"), by="A", at=NOW)
        with pytest.raises(JetkizError, match="no school s9"):
            edit_by_hand(connection, Subject.STUDENT, ("s9", "u1"), ("grade", "8"), by="A", at=NOW)
        old, new = edit_by_hand(
            connection, Subject.STUDENT, ("s2", "u1"), ("grade", "9"), by="A", at=NOW
        )
    assert (old, new) == ("8", "9")


def test_what_the_bot_learned_is_not_lost(sqlite_database: Database, tmp_path: Path) -> None:
    bring_files(sqlite_database, tmp_path / "1", workbook())
    fact = Fact(FactKind.TELEGRAM, "linked", Source.BOT, NOW.date())
    with sqlite_database.write() as connection:
        home = next(iter(read_households(connection)))
        assert learn(connection, home, fact)
        assert not learn(connection, home, fact)
        assert learn(connection, home, fact, at=NOW)
    files = swap(workbook(), "access.csv", "internet,3g", "telegram,never")
    bring_files(sqlite_database, tmp_path / "2", files)
    with sqlite_database.read() as connection:
        profile = next(h.profile for h in read_homes(connection) if h.student.household == home)
    assert profile.value(FactKind.TELEGRAM) == "linked"


def test_an_unknown_file_is_a_sentence(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match=r"no roster that is known here. It holds: shop.csv"):
        bring_files(sqlite_database, tmp_path / "x", {"shop.csv": "bread,milk\n1,2\n"})


def test_a_damaged_workbook_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(b"PK damaged")
    with pytest.raises(RosterRefusedError):
        bring(sqlite_database, tmp_path / "book.xlsx")
