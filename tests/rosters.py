"""Small roster files to break: a good OneRoster, a good workbook, and what is said about them."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

from openpyxl import Workbook

from jetkiz.i18n import LANGUAGES, translator
from jetkiz.roster.completion import Defaults, complete
from jetkiz.roster.incoming import Incoming, Kind, Subject
from jetkiz.roster.reading.findings import Findings
from jetkiz.roster.reading.first_sds import read_first_sds
from jetkiz.roster.reading.kinds import find_kind, read_tables
from jetkiz.roster.reading.one_roster import read_one_roster
from jetkiz.roster.reading.own_workbook import read_workbook
from jetkiz.roster.reading.raw_tables import read_csv
from jetkiz.roster.reading.school_data_sync import read_sds
from jetkiz.roster.reading.sources import SourceFiles
from jetkiz.roster.register_state import RegisterState

MIT = Path(__file__).parent / "data" / "mit_roster"
DEMO = Path("jetkiz/demo/school")
STUDENTS = 30
TODAY = date(2026, 1, 20)
Files = dict[str, str]
Sheets = dict[str, list[list[object]]]


def text(header: str, rows: Iterable[Iterable[object]]) -> str:
    """Return a CSV file."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue()


def one_roster() -> Files:
    """Return a school with 30 students in two homerooms and a class of mathematics."""
    students = range(1, STUDENTS + 1)
    people = [
        [f"u{n}", "true", "s1", "student", f"Given{n}", f"Family{n}", "", "08"] for n in students
    ]
    people.append(["t1", "true", "s1", "teacher", "Aigul", "Teacher", "", ""])
    places = [[f"c{n % 2 + 1}", f"u{n}", "student", "s1"] for n in students]
    places += [["math", f"u{n}", "student", "s1"] for n in students]
    places.append(["math", "t1", "teacher", "s1"])
    return {
        "manifest.csv": text(
            "propertyName,value",
            [
                ["oneroster.version", "1.1"],
                *([f"file.{name}", "bulk"] for name in ("orgs", "users", "classes")),
                *([f"file.{name}", "bulk"] for name in ("enrollments", "academicSessions")),
            ],
        ),
        "orgs.csv": text("sourcedId,name,type", [["s1", "Village school", "school"]]),
        "academicSessions.csv": text(
            "sourcedId,title,type,startDate,endDate",
            [["y", "2025/26", "schoolYear", "2025-09-01", "2026-05-25"]],
        ),
        "classes.csv": text(
            "sourcedId,title,grades,classType,schoolSourcedId",
            [
                ["c1", "8А каз", "08", "homeroom", "s1"],
                ["c2", "8Б рус", "08", "homeroom", "s1"],
                ["math", "Algebra", "08,09", "scheduled", "s1"],
            ],
        ),
        "users.csv": text(
            "sourcedId,enabledUser,orgSourcedIds,role,givenName,familyName,middleName,grades",
            people,
        ),
        "enrollments.csv": text("classSourcedId,userSourcedId,role,schoolSourcedId", places),
    }


def workbook() -> Files:
    """Return a school with 30 students in 15 households."""
    students = range(1, STUDENTS + 1)
    homes = range(1, STUDENTS // 2 + 1)
    return {
        "school.csv": text("school_id,name,zone", [["s1", "Village school", "Asia/Qostanay"]]),
        "students.csv": text(
            "student_id,family_name,given_name,grade,class,language,household_id,needs",
            [
                [f"u{n}", f"Family{n}", f"Given{n}", 8, "8А", "kk", f"h{(n + 1) // 2}", ""]
                for n in students
            ],
        ),
        "households.csv": text(
            "household_id,language,street,house,settlement,region_kato,index6,phone",
            [
                [f"h{n}", "kk", "Абай көшесі", n, "Ақкөл", "39", "111908", f"+770112345{n:02}"]
                for n in homes
            ],
        ),
        "guardians.csv": text(
            "guardian_id,household_id,family_name,given_name,relation,phone",
            [[f"g{n}", f"h{n}", f"Family{n}", "Aigul", "mother", ""] for n in homes],
        ),
        "teachers.csv": text(
            "teacher_id,family_name,given_name,classes", [["t1", "Teacher", "Aigul", "8A"]]
        ),
        "access.csv": text(
            "household_id,student_id,fact,value,source,asked_on,confidence",
            [[f"h{n}", "", "internet", "3g", "survey", "2026-01-10", "0.9"] for n in homes],
        ),
    }


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def write_zip(file: Path, files: Mapping[str, str | bytes], inside: str = "") -> Path:
    """Write files into a zip, perhaps inside a folder of it."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(inside + name, content)
    return file


def source_of(files: Mapping[str, str | bytes]) -> SourceFiles:
    """Return files as they come from a folder."""
    content = {n: c if isinstance(c, bytes) else c.encode() for n, c in files.items()}
    return SourceFiles("roster", content, "0" * 64)


def read(
    files: Mapping[str, str | bytes], register: RegisterState | None = None
) -> tuple[Incoming, Findings]:
    """Read files as the import does, without a database."""
    findings = Findings()
    source = source_of(files)
    raw = read_tables(source, findings)
    kind = find_kind(source, raw)
    state = register or RegisterState()
    if kind is Kind.WORKBOOK:
        return read_workbook(raw, "s1", state.ids(), TODAY, findings), findings
    readers = {
        Kind.ONE_ROSTER: read_one_roster,
        Kind.SDS: read_sds,
        Kind.FIRST_SDS: read_first_sds,
    }
    return readers[kind](raw, state.ids(), findings), findings


def completed(
    files: Mapping[str, str | bytes], register: RegisterState | None = None
) -> tuple[Incoming, Findings]:
    """Read files and fill what they leave open."""
    state = register or RegisterState()
    incoming, findings = read(files, state)
    complete(incoming, state, Defaults("kk", "Asia/Almaty"), findings, "roster")
    return incoming, findings


def said(findings: Findings, language: str = "en") -> list[str]:
    """Return the messages as a person reads them; in the other languages they have words too."""
    spoken = {
        each: [message.say(translator(each)) for message in findings.messages()]
        for each in LANGUAGES
    }
    for lines in zip(*spoken.values(), strict=True):
        assert all(lines)
    return spoken[language]


def students(incoming: Incoming) -> dict[str, dict[str, object]]:
    """Return what is said of students, by their id."""
    return {key[1]: values for key, values in incoming[Subject.STUDENT].items()}


def swap(files: Files, name: str, old: str, new: str, count: int = -1) -> Files:
    """Return files with one of them changed; the old text has to be there."""
    assert old in files[name], f"{old!r} is not in {name}"
    return {**files, name: files[name].replace(old, new, count)}


def without(files: Files, name: str) -> Files:
    """Return files without one of them."""
    return {key: content for key, content in files.items() if key != name}


def sheets() -> Sheets:
    """Return the good workbook as rows of cells."""
    return {
        name.removesuffix(".csv"): [
            list(row) for _n, row in read_csv(name, text.encode(), Findings()).rows
        ]
        for name, text in workbook().items()
    }


def book_of(changed: Sheets, finish: Callable[[Workbook], object] = lambda _book: None) -> Files:
    """Return the files of one XLSX workbook; ``finish`` does what only a workbook can."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in changed.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    finish(book)
    out = io.BytesIO()
    book.save(out)
    return {"book.xlsx": out.getvalue()}  # type: ignore[dict-item]
