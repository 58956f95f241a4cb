"""A register over a year: files in any order, hand edits between them, who leaves and returns."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import func, select

from jetkiz.roster.access_profile import Fact, FactKind, Source
from jetkiz.roster.hand_edits import edit_by_hand
from jetkiz.roster.importing import Proposal, RosterRefusedError, propose, save
from jetkiz.roster.incoming import Subject
from jetkiz.roster.reading_register import read_state
from jetkiz.roster.register import learn, read_homes, read_names, read_students
from jetkiz.roster.register_state import RegisterState
from jetkiz.roster.tables import access_fact, enrolment, import_run, student
from jetkiz.storage.database import Database
from tests.integration.test_roster_import import NOW, OLDER, WISHES, bring, bring_files
from tests.lives import truths_that_held
from tests.rosters import one_roster, source_of, swap, text, workbook, write_folder

PARTS = ("school", "households", "students", "guardians", "access")


def test_one_sheet_after_another_is_no_step_back(sqlite_database: Database, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "sheets", workbook())
    for name in PARTS:
        assert bring(sqlite_database, folder / f"{name}.csv").repeated is None
    for name in PARTS:
        again = bring(sqlite_database, folder / f"{name}.csv")
        assert again.repeated is not None, name
    with sqlite_database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(import_run)) == len(PARTS)
        assert len(read_homes(connection)) == 30


def test_an_older_sheet_after_a_newer_one_is_refused(
    sqlite_database: Database, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path / "sheets", workbook())
    bring(sqlite_database, folder)
    newer = {"students.csv": swap(workbook(), "students.csv", "Given1,", "Dana,")["students.csv"]}
    bring_files(sqlite_database, tmp_path / "newer", newer)
    with pytest.raises(RosterRefusedError, match="nothing was saved"):
        bring(sqlite_database, folder)


def test_two_schools_take_turns(sqlite_database: Database, tmp_path: Path) -> None:
    first = write_folder(tmp_path / "a", workbook())
    second = write_folder(tmp_path / "b", swap(workbook(), "school.csv", "s1", "s2"))
    bring(sqlite_database, first)
    bring(sqlite_database, second)
    for folder in (first, second, first):
        assert bring(sqlite_database, folder).repeated is not None
    with sqlite_database.read() as connection:
        assert len(read_students(connection)) == 60


def test_the_same_file_works_again_where_another_kind_changed_the_register(
    database: Database, tmp_path: Path
) -> None:
    """The journal's export spoils a name; the workbook, unchanged, puts it right again."""
    book = write_folder(tmp_path / "book", workbook())
    bring(database, book)
    bring_files(database, tmp_path / "journal", swap(one_roster(), "users.csv", "Given1,", "Gvn,"))
    again = bring(database, book)
    assert again.repeated is None
    assert {c.key[1] for c in again.difference.subjects[Subject.STUDENT].changed} >= {"u1"}
    assert bring(database, book).repeated is not None
    with database.read() as connection:
        assert "Family1 Given1" in {name.short for name in read_names(connection).values()}


def test_a_class_set_by_hand_is_the_only_own_class(database: Database, tmp_path: Path) -> None:
    bring_files(database, tmp_path / "1", one_roster())
    with database.write() as connection:
        edit_by_hand(connection, Subject.STUDENT, ("", "u1"), ("class", "c1"), by="A", at=NOW)
    bring_files(database, tmp_path / "2", swap(one_roster(), "users.csv", "Given2,", "Dana,"))
    with database.read() as connection:
        state = read_state(connection, ["s1"])
    places = {
        key[1]: e.values["active"] for key, e in state[Subject.PLACE].items() if key[2] == "u1"
    }
    assert places == {"c1": True, "c2": False, "math": True}


def test_what_a_student_said_moves_with_the_student(database: Database, tmp_path: Path) -> None:
    """Telegram was linked while the student had a household of their own."""
    bring_files(database, tmp_path / "1", one_roster())
    linked = Fact(FactKind.TELEGRAM, "linked", Source.BOT, NOW.date())
    with database.write() as connection:
        home = next(one for one in read_homes(connection) if one.student.id == 1)
        assert learn(connection, home.student.household, linked, home.student.id)
    bring_files(database, tmp_path / "2", workbook())
    with database.read() as connection:
        [alone] = read_homes(connection, only=[home.student.id])
        among_all = next(one for one in read_homes(connection) if one.student.id == 1)
    assert alone.student.household != home.student.household
    assert alone.profile.fact(FactKind.TELEGRAM) == linked
    assert alone == among_all


def test_a_broken_file_in_the_middle_changes_nothing(database: Database, tmp_path: Path) -> None:
    bring_files(database, tmp_path / "1", workbook())
    with database.read() as connection:
        before = read_state(connection, ["s1"])
    with pytest.raises(RosterRefusedError):
        bring_files(database, tmp_path / "2", swap(workbook(), "access.csv", ",3g,", ",quick,"))
    with database.read() as connection:
        assert read_state(connection, ["s1"]) == before


def test_a_power_cut_while_saving_leaves_the_register_as_it_was(
    database: Database, tmp_path: Path
) -> None:
    bring_files(database, tmp_path / "1", workbook())
    with database.read() as connection:
        before = read_state(connection, ["s1"])
    source = source_of(swap(workbook(), "students.csv", "Given", "Other"))
    with database.engine.connect() as connection, connection.begin() as transaction:
        save(connection, propose(connection, source, WISHES), by="Aigul", now=NOW)
        transaction.rollback()
    with database.read() as connection:
        assert read_state(connection, ["s1"]) == before


FAMILY = ("Akhmetova", "Bekov", "Сапарова")
Person = dict[str, str]


def sheet_of(people: Mapping[str, Person]) -> dict[str, str]:
    """Return a workbook of a few students, their homes and one answer a home."""
    homes = sorted({person["home"] for person in people.values()} - {""})
    return {
        "school.csv": text("school_id,name", [["s1", "Village school"]]),
        "households.csv": text("household_id,language", [[home, "kk"] for home in homes]),
        "students.csv": text(
            "student_id,family_name,given_name,grade,class,language,household_id,active",
            [
                [n, p["family"], "Dana", p["grade"], f"{p['grade']}А", "kk", p["home"], p["active"]]
                for n, p in people.items()
            ],
        ),
        "access.csv": text(
            "household_id,fact,value,asked_on", [[h, "tv", "balapan", "2026-01-10"] for h in homes]
        ),
    }


class RegisterLife(RuleBasedStateMachine):
    """The register beside a model of what every student should be by now."""

    folder: Path
    template: Path
    numbers = count()

    @initialize()
    def open(self) -> None:
        file = self.folder / f"{os.getpid()}-{next(self.numbers)}.sqlite3"
        shutil.copy(self.template, file)
        self.database = Database(f"sqlite:///{file}")
        self.file = file
        self.people: dict[str, Person] = {}
        self.by_hand: dict[tuple[str, str], str] = {}
        self.now = NOW
        self.last: dict[str, str] | None = None

    def teardown(self) -> None:
        self.database.close()
        self.file.unlink()

    @rule(
        changed=st.dictionaries(
            st.sampled_from(["001", "002", "u3", "u4", "u5"]),
            st.fixed_dictionaries(
                {
                    "family": st.sampled_from(FAMILY),
                    "grade": st.sampled_from(["1", "2", "9"]),
                    "home": st.sampled_from(["", "h1", "h2"]),
                    "active": st.sampled_from(["", "true", "false"]),
                }
            ),
            min_size=1,
            max_size=4,
        )
    )
    def import_a_file(self, changed: dict[str, Person]) -> None:
        """Who is in the file is as the file says; who is not stays as before."""
        shown = self._import(sheet_of(changed))
        before = set(self.people)
        absent = {key[1] for key in shown.difference.subjects[Subject.STUDENT].absent}
        active = {n for n in before - set(changed) if self.people[n]["active"] != "false"}
        assert absent == active
        for number, person in changed.items():
            known = self.people.get(number, {"home": "", "active": ""})
            self.people[number] = {
                "family": person["family"],
                "grade": person["grade"],
                "home": person["home"] or known["home"],
                "active": person["active"],
            }
        for (number, column), value in self.by_hand.items():
            self.people[number][column] = value
        self.last = sheet_of(changed)

    def _import(self, files: dict[str, str]) -> Proposal:
        """What is shown is what is done, and doing it twice does nothing."""
        source = replace(source_of(files), sha256=f"{next(self.numbers):064}")
        with self.database.write() as connection:
            before = read_state(connection, ["s1"])
            shown = propose(connection, source, OLDER)
            assert not shown.stops, shown.messages
            save(connection, shown, by="Aigul", now=self.now)
            after = read_state(connection, ["s1"])
            assert propose(connection, source, OLDER).difference.is_empty
        check_that_the_difference_was_done(shown, before, after)
        return shown

    @precondition(lambda self: bool(self.people))
    @rule(data=st.data())
    def correct_by_hand(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.people)))
        column, value = data.draw(
            st.sampled_from([("family", "Handmade"), ("grade", "5"), ("active", "false")])
        )
        field = {"family": "family_name"}.get(column, column)
        with self.database.write() as connection:
            edit_by_hand(
                connection, Subject.STUDENT, ("", number), (field, value), by="A", at=self.now
            )
        self.by_hand[number, column] = value
        self.people[number][column] = value

    @precondition(lambda self: self.last is not None)
    @rule()
    def import_the_same_again(self) -> None:
        assert self.last is not None
        with self.database.read() as connection:
            again = propose(connection, source_of(self.last), OLDER)
        assert again.difference.is_empty

    @rule(days=st.integers(1, 40))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def everybody_is_as_the_model_says(self) -> None:
        with self.database.read() as connection:
            state = read_state(connection, ["s1"])
            active = {one.id for one in read_students(connection)}
        found = state[Subject.STUDENT]
        assert {key[1] for key in found} == set(self.people)
        for (_school, number), entry in found.items():
            person = self.people[number]
            assert entry.values["family_name"] == person["family"]
            assert entry.values["grade"] == int(person["grade"])
            assert entry.values["household"] == (person["home"] or f"student:{number}")
            assert (entry.id in active) == (person["active"] != "false")

    @invariant()
    def everybody_is_in_one_own_class(self) -> None:
        with self.database.read() as connection:
            enrolled = select(enrolment.c.student_id, func.count()).where(enrolment.c.active)
            rows = connection.execute(enrolled.group_by(enrolment.c.student_id)).all()
            numbers = set(connection.scalars(select(student.c.id)))
            facts = connection.scalar(select(func.count()).select_from(access_fact)) or 0
        assert {row[0]: row[1] for row in rows} == dict.fromkeys(numbers, 1)
        assert facts <= 2


def check_that_the_difference_was_done(
    shown: Proposal, before: RegisterState, after: RegisterState
) -> None:
    """Every added and changed value is there, and nothing else is."""
    for subject, part in shown.difference.subjects.items():
        assert after[subject].keys() == before[subject].keys() | part.added.keys()
        said: dict[Any, dict[str, Any]] = {change.key: change.new for change in part.changed}
        for key, entry in after[subject].items():
            if key in part.added:
                wanted = part.added[key]
                assert {name: entry.values[name] for name in wanted if name in entry.values} == {
                    name: value for name, value in wanted.items() if name in entry.values
                }
            else:
                assert entry.values == before[subject][key].values | said.get(key, {})
                assert entry.id == before[subject][key].id
    assert len(after.fact_keys) == len(before.fact_keys) + len(shown.difference.new_facts)


def test_no_order_of_files_and_hands_loses_anything(migrated_sqlite: Path, tmp_path: Path) -> None:
    places = {"folder": tmp_path, "template": migrated_sqlite}
    assert truths_that_held(RegisterLife, lives=10, steps=6, **places) == {
        "everybody_is_as_the_model_says",
        "everybody_is_in_one_own_class",
    }
