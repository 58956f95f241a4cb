"""How fast a roster of 10,000 students comes in, beside a plain loop of ORM objects.

Both read the same workbook (a folder of CSV files) into the same five tables of a fresh SQLite
file; only ours checks every cell, compares with the register and can be repeated.
"""

import csv
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

STUDENTS = 10_000
NOW = datetime(2026, 1, 20, tzinfo=UTC)
ADDRESS = {"street": "Абай көшесі", "settlement": "Ақкөл", "region_kato": "39", "index6": "111908"}


def run(record: Callable[..., None]) -> None:
    """Import once each; a row is a line of the files."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "roster"
        rows = write_workbook(source)
        ours = rows / seconds(Path(folder) / "ours.sqlite3", source, import_ours)
        theirs = rows / seconds(Path(folder) / "orm.sqlite3", source, import_by_orm)
    record(
        name="spine.import_rows_per_s",
        value=ours,
        unit="rows/s",
        peer="SQLAlchemy ORM add_all",
        ratio=ours / theirs,
    )


def write_workbook(folder: Path) -> int:
    """Write students, households, guardians and access; return the number of rows."""
    folder.mkdir()
    (folder / "school.csv").write_text("school_id,name\ns1,Bench school\n", "utf-8")
    homes = range(STUDENTS * 6 // 10)
    tables: dict[str, list[dict[str, Any]]] = {
        "students": [_student(n) for n in range(STUDENTS)],
        "households": [_household(n) for n in homes],
        "guardians": [_guardian(n) for n in homes],
        "access": [_fact(n, kind) for n in homes for kind in ("internet", "phone")],
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return sum(map(len, tables.values()))


def _student(n: int) -> dict[str, Any]:
    names = {"family_name": f"Ахметов{n}", "given_name": "Әлихан", "patronymic": "Ерланұлы"}
    grade = n % 12
    place = {"grade": grade, "class": f"{grade}А", "language": "kk"}
    return {"student_id": f"s-{n:06}", **names, **place, "household_id": f"h-{n * 6 // 10:06}"}


def _household(n: int) -> dict[str, Any]:
    return {"household_id": f"h-{n:06}", "language": "kk", **ADDRESS, "house": n % 90 + 1}


def _guardian(n: int) -> dict[str, Any]:
    names = {"family_name": f"Ахметова{n}", "given_name": "Гүлнар"}
    return {"guardian_id": f"g-{n:06}", "household_id": f"h-{n:06}", **names, "language": "kk"}


def _fact(n: int, kind: str) -> dict[str, Any]:
    value = "3g" if kind == "internet" else "shared"
    return {"household_id": f"h-{n:06}", "fact": kind, "value": value, "asked_on": "2026-01-10"}


def seconds(file: Path, source: Path, work: Callable[[Any, Path], None]) -> float:
    """Return how long the work takes on a migrated, empty database."""
    from jetkiz.storage.database import Database
    from jetkiz.storage.schema import upgrade

    database = Database(f"sqlite:///{file}")
    upgrade(database)
    begun = time.perf_counter()
    work(database, source)
    spent = time.perf_counter() - begun
    database.close()
    return spent


def import_ours(database: Any, source: Path) -> None:
    """Bring the folder in as the command does with --yes."""
    from jetkiz.roster.importing import ImportWishes, import_roster

    with database.write() as connection:
        import_roster(connection, source, ImportWishes(today=NOW.date()), by="bench", now=NOW)


def import_by_orm(database: Any, source: Path) -> None:
    """Make an object for each row and add them all, as a first version would."""
    from sqlalchemy.orm import Session

    classes = _orm_classes()
    with Session(database.engine) as session:
        school = classes["school"](sourced_id="s1", name="Bench school", zone="", address={})
        session.add(school)
        session.flush()
        homes = _orm_homes(session, classes, source, school.id)
        _orm_people(session, classes, source, school.id, homes)
        _orm_facts(session, classes, source, homes)
        session.commit()


def _orm_classes() -> dict[str, Any]:
    from sqlalchemy.orm import registry

    from jetkiz.roster import tables

    mapper = registry()
    names = ("school", "school_class", "household", "household_identity", "student")
    classes = {name: type(name, (), {}) for name in (*names, "student_identity", "guardian")}
    classes["access_fact"] = type("access_fact", (), {})
    for name, kind in classes.items():
        kind.__init__ = _take_all  # type: ignore[misc]
        mapper.map_imperatively(kind, getattr(tables, name))
    return classes


def _take_all(self: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(self, name, value)


def _rows(source: Path, name: str) -> list[dict[str, str]]:
    with (source / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _orm_homes(session: Any, classes: dict[str, Any], source: Path, school: int) -> dict[str, Any]:
    homes = {}
    rows = _rows(source, "households")
    for row in rows:
        key = row["household_id"]
        values = {"school_id": school, "sourced_id": key, "language": row["language"]}
        homes[key] = classes["household"](**values, delivery_mode="post", active=True)
    session.add_all(homes.values())
    session.flush()
    session.add_all(
        classes["household_identity"](
            household_id=homes[row["household_id"]].id,
            address={**{name: row[name] for name in ADDRESS}, "house": row["house"]},
        )
        for row in rows
    )
    return homes


def _orm_people(
    session: Any, classes: dict[str, Any], source: Path, school: int, homes: dict[str, Any]
) -> None:
    rooms: dict[str, Any] = {}
    students = []
    rows = _rows(source, "students")
    for row in rows:
        title = row["class"]
        if title not in rooms:
            room = {"school_id": school, "sourced_id": title, "title": title}
            rooms[title] = classes["school_class"](**room, is_homeroom=True, active=True)
            session.add(rooms[title])
            session.flush()
        links = {"household_id": homes[row["household_id"]].id, "class_id": rooms[title].id}
        values = {"school_id": school, "grade": int(row["grade"]), "language": row["language"]}
        students.append(classes["student"](**links, **values, active=True))
    session.add_all(students)
    session.flush()
    names = ("family_name", "given_name", "patronymic")
    session.add_all(
        classes["student_identity"](
            student_id=student.id,
            school_id=school,
            sourced_id=row["student_id"],
            **{name: row[name] for name in names},
        )
        for student, row in zip(students, rows, strict=True)
    )


def _orm_facts(session: Any, classes: dict[str, Any], source: Path, homes: dict[str, Any]) -> None:
    session.add_all(
        classes["guardian"](
            household_id=homes[row["household_id"]].id,
            sourced_id=row["guardian_id"],
            family_name=row["family_name"],
            given_name=row["given_name"],
            language=row["language"],
        )
        for row in _rows(source, "guardians")
    )
    session.add_all(
        classes["access_fact"](
            household_id=homes[row["household_id"]].id,
            kind=row["fact"],
            value=row["value"],
            source=1,
            asked_on=date.fromisoformat(row["asked_on"]),
            confidence=1.0,
            key=f"{row['household_id']}:{row['fact']}",
        )
        for row in _rows(source, "access")
    )
