"""What our own workbook says: school, students, teachers, households, guardians, access."""

import re
from datetime import date
from typing import Final

from jetkiz.i18n import N_
from jetkiz.roster.access_profile import Fact, Source
from jetkiz.roster.incoming import Incoming, IncomingFact, Kind, Subject, Taught, Values
from jetkiz.roster.reading import cells
from jetkiz.roster.reading.checked_rows import KnownIds, Row, check_lost_zeros, checked_rows
from jetkiz.roster.reading.findings import Findings
from jetkiz.roster.reading.raw_tables import RawTable
from jetkiz.roster.reading.tables import Shape, Table, shape_table
from jetkiz.roster.regions import REGIONS, index_fits, is_usual

ADDRESS: Final = (
    "care_of",
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
    "delivery_index",
    "rka",
    "country",
)
NAMES: Final = ("family_name", "given_name", "patronymic")
SCHOOL: Final = Shape("school", ("school_id", "name"), ("zone", *ADDRESS, "phone"), True)
STUDENTS: Final = Shape(
    "students",
    ("student_id",),
    (*NAMES, "grade", "class", "language", "household_id", "needs", "active"),
    True,
)
HOUSEHOLDS: Final = Shape(
    "households",
    ("household_id",),
    ("language", *ADDRESS, "phone", "delivery_mode", "delivery_order", "pick_up_km"),
    True,
)
GUARDIANS: Final = Shape(
    "guardians",
    ("guardian_id", "household_id"),
    (*NAMES, "relation", "phone", "language"),
    True,
)
TEACHERS: Final = Shape("teachers", ("teacher_id",), (*NAMES, "classes", "active"), True)
ACCESS: Final = Shape(
    "access",
    ("household_id", "fact", "value", "asked_on"),
    ("student_id", "source", "confidence"),
    True,
)
SHEETS: Final = (SCHOOL, STUDENTS, HOUSEHOLDS, GUARDIANS, TEACHERS, ACCESS)


class _Workbook:
    """The sheets of one school while they are read."""

    def __init__(self, school: str, today: date, findings: Findings) -> None:
        self.school = school
        self.today = today
        self.findings = findings
        self.incoming = Incoming(Kind.WORKBOOK)
        self.known = KnownIds(findings)


def school_of_workbook(raw: dict[str, RawTable]) -> str | None:
    """Return the id on the sheet school, if there is one."""
    table = raw.get("school")
    found = shape_table(table, SCHOOL, Findings()) if table else None
    ids = [text["school_id"] for _number, text in found.rows] if found else []
    return ids[0] if ids and ids[0] else None


def read_workbook(
    raw: dict[str, RawTable],
    school: str,
    registered: dict[Subject, set[str]],
    today: date,
    findings: Findings,
) -> Incoming:
    """Check the sheets and return what they say; ids of the register may be referred to."""
    book = _Workbook(school, today, findings)
    tables = {
        shape.name: shape_table(raw[shape.name], shape, findings)
        for shape in SHEETS
        if shape.name in raw
    }
    _learn_ids(book, tables, registered)
    _read_school(book, tables.get("school"))
    _read_households(book, tables.get("households"), registered)
    _read_students(book, tables.get("students"), registered)
    _read_guardians(book, tables.get("guardians"))
    _read_teachers(book, tables.get("teachers"), registered)
    _read_access(book, tables.get("access"))
    lists = {"students": Subject.STUDENT, "teachers": Subject.TEACHER}
    book.incoming.complete = frozenset(lists[name] for name in lists.keys() & tables.keys())
    return book.incoming


def _learn_ids(
    book: _Workbook, tables: dict[str, Table], registered: dict[Subject, set[str]]
) -> None:
    for subject, name, column in (
        (Subject.HOUSEHOLD, "households", "household_id"),
        (Subject.STUDENT, "students", "student_id"),
    ):
        if name in tables:
            book.known.learn(subject, tables[name], column)
        book.known.add(subject, registered[subject])


def _rows(
    book: _Workbook, table: Table | None, needed: tuple[str, ...], key: tuple[str, ...] = ()
) -> list[Row]:
    return list(checked_rows(table, needed, book.findings, key)) if table else []


def _read_school(book: _Workbook, table: Table | None) -> None:
    for row in _rows(book, table, ("school_id", "name"), ("school_id",)):
        if row["school_id"] != book.school:
            row.findings.error(
                row.place("school_id"),
                N_("A workbook is about one school."),
                N_("Make a workbook for each school."),
            )
        values = {"name": row["name"], "zone": row.read("zone", cells.zone)}
        values |= _address(row) | {"phone": row.cleared("phone", cells.phone)}
        book.incoming.put(Subject.SCHOOL, (row["school_id"],), values)


def _address(row: Row) -> Values:
    values: Values = {column: row.said(column) for column in ADDRESS}
    values["settlement_type"] = row.cleared("settlement_type", cells.settlement)
    values["region_kato"] = row.cleared("region_kato", cells.region)
    values["index7"] = row.cleared("index7", cells.index7)
    _check_building(row, values["index7"])
    values["house"] = row.cleared("house", cells.no_day)
    values["flat"] = row.cleared("flat", cells.no_day)
    values["delivery_index"] = row.cleared("delivery_index", cells.index6)
    values["rka"] = row.cleared("rka", cells.rka)
    values["country"] = row.cleared("country", cells.country)
    values["index6"] = _index6(row, values["region_kato"])
    _check_region(row, values["index6"], values["region_kato"])
    return values


def _check_building(row: Row, index: str | None) -> None:
    if index and not is_usual(index):
        row.findings.warn(
            row.place("index7"),
            N_("The building index {index} has a letter that such indexes hardly ever have."),
            N_("Compare it with the plate on the house or the post's search."),
            index=index,
        )


def _check_region(row: Row, index: str | None, region: str | None) -> None:
    """A wrong digit sends the envelope to another region; new regions keep old prefixes."""
    if index and region and not index_fits(index, region):
        row.findings.warn(
            row.place("index6"),
            N_("Indexes of region {region} begin with {prefix}."),
            N_("Check the index and the region."),
            region=region,
            prefix=REGIONS[region].prefix,
        )


def _index6(row: Row, region: str | None) -> str | None:
    """Five digits are six whose leading zero a spreadsheet ate, if the region's begin with one."""
    text = row["index6"]
    begins = REGIONS[region].prefix if region else "0"
    if len(text) == 5 and text.isascii() and text.isdigit() and f"0{text}".startswith(begins):
        row.findings.warn(
            row.place("index6"),
            N_("Five digits: the leading zero was lost; it was read as {mended}."),
            N_("Format the column as text."),
            mended="0" + text,
        )
        return "0" + text
    return row.cleared("index6", cells.index6)


def _read_households(
    book: _Workbook, table: Table | None, registered: dict[Subject, set[str]]
) -> None:
    if table and table.is_usable:
        check_lost_zeros(table, "household_id", registered[Subject.HOUSEHOLD], book.findings)
    for row in _rows(book, table, ("household_id",), ("household_id",)):
        values: Values = {
            "language": row.read("language", cells.language),
            "phone": row.cleared("phone", cells.phone),
            "delivery_mode": row.read("delivery_mode", cells.delivery_mode),
            "delivery_order": row.read("delivery_order", cells.whole),
            "pick_up_km": row.read("pick_up_km", cells.kilometres),
            "active": True,
        }
        key = (book.school, row["household_id"])
        book.incoming.put(Subject.HOUSEHOLD, key, values | _address(row))


def _read_students(
    book: _Workbook, table: Table | None, registered: dict[Subject, set[str]]
) -> None:
    if table and table.is_usable:
        check_lost_zeros(table, "student_id", registered[Subject.STUDENT], book.findings)
    for row in _rows(book, table, ("student_id",), ("student_id",)):
        values = _student(book, row)
        if row["student_id"] not in registered[Subject.STUDENT]:
            _check_named(row)
        book.incoming.put(Subject.STUDENT, (book.school, row["student_id"]), values)


def _student(book: _Workbook, row: Row) -> Values:
    household = row["household_id"]
    if household and not book.known.check(row, "household_id", Subject.HOUSEHOLD):
        household = ""
    active = row.read("active", cells.truth)
    return {
        "family_name": row["family_name"] or None,
        "given_name": row["given_name"] or None,
        "patronymic": row.said("patronymic"),
        "grade": row.read("grade", cells.grade),
        "language": row.read("language", cells.language),
        "class_title": row.read("class", cells.no_day),
        "household": household or None,
        "needs": row.cleared("needs", cells.needs),
        "active": active is not False,
    }


def _check_named(row: Row) -> None:
    """Somebody new needs a name; who is known keeps theirs."""
    for column in ("family_name", "given_name"):
        if not row[column]:
            row.findings.error(
                row.place(column, value=False),
                N_("A person who is new needs a name."),
                N_("Fill the cell; if the person is in the register, check the id."),
            )


def _read_guardians(book: _Workbook, table: Table | None) -> None:
    for row in _rows(book, table, ("guardian_id", "household_id"), ("household_id", "guardian_id")):
        if not book.known.check(row, "household_id", Subject.HOUSEHOLD):
            continue
        if not row["family_name"] and not row["given_name"]:
            _check_named(row)
            continue
        values = {
            "family_name": row["family_name"] or None,
            "given_name": row["given_name"] or None,
            "patronymic": row.said("patronymic"),
            "relation": row.said("relation"),
            "phone": row.cleared("phone", cells.phone),
            "language": row.read("language", cells.language),
        }
        key = (book.school, row["household_id"], row["guardian_id"])
        book.incoming.put(Subject.GUARDIAN, key, values)


def _read_teachers(
    book: _Workbook, table: Table | None, registered: dict[Subject, set[str]]
) -> None:
    if table and table.is_usable:
        check_lost_zeros(table, "teacher_id", registered[Subject.TEACHER], book.findings)
    for row in _rows(book, table, ("teacher_id",), ("teacher_id",)):
        if row["teacher_id"] not in registered[Subject.TEACHER]:
            _check_named(row)
        key = (book.school, row["teacher_id"])
        active = row.read("active", cells.truth)
        values = {
            "family_name": row["family_name"] or None,
            "given_name": row["given_name"] or None,
            "patronymic": row.said("patronymic"),
            "active": active is not False,
        }
        book.incoming.put(Subject.TEACHER, key, values)
        if (said := row.cleared("classes", cells.no_day)) is not None:
            titles = tuple(title for part in re.split("[,;]", said) if (title := part.strip()))
            book.incoming.taught.append(Taught(key, titles, row.table.file, row.number))


def _read_access(book: _Workbook, table: Table | None) -> None:
    for row in _rows(book, table, ("household_id", "fact", "value", "asked_on")):
        known = book.known.check(row, "household_id", Subject.HOUSEHOLD)
        if row["student_id"]:
            known = book.known.check(row, "student_id", Subject.STUDENT) and known
        fact = _fact(row, book.today)
        if fact and known:
            book.incoming.facts.append(
                IncomingFact(book.school, row["household_id"], row["student_id"], fact)
            )


def _fact(row: Row, today: date) -> Fact | None:
    kind = row.read("fact", cells.fact_kind)
    asked_on = row.read("asked_on", lambda text: cells.past_day(text, today))
    source = row.read("source", cells.source) if row["source"] else Source.IMPORT
    sure = row.read("confidence", cells.confidence) if row["confidence"] else 1.0
    value = row.read("value", lambda text: cells.fact_value(kind, text)) if kind else None
    if kind is None or value is None or asked_on is None or source is None or sure is None:
        return None
    return Fact(kind, value, source, asked_on, sure)
