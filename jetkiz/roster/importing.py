"""How a roster file gets into the register: read, checked, compared, shown, saved at once."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.checks import (
    check_missing,
    check_names,
    check_repeated,
    check_tv_keys,
    check_year,
)
from jetkiz.roster.completion import Defaults, complete
from jetkiz.roster.difference import Difference, find_difference
from jetkiz.roster.incoming import Incoming, Kind
from jetkiz.roster.reading.findings import Findings, Message, Place
from jetkiz.roster.reading.first_sds import read_first_sds
from jetkiz.roster.reading.kinds import check_unread, find_kind, organisations, read_tables
from jetkiz.roster.reading.one_roster import read_one_roster
from jetkiz.roster.reading.own_workbook import read_workbook, school_of_workbook
from jetkiz.roster.reading.raw_tables import RawTable
from jetkiz.roster.reading.school_data_sync import read_sds
from jetkiz.roster.reading.sources import SourceFiles, read_sources
from jetkiz.roster.reading_register import read_state
from jetkiz.roster.register_state import ImportRun, RegisterState
from jetkiz.roster.saving import save_difference
from jetkiz.roster.tables import import_run, school


@dataclass(frozen=True, slots=True)
class ImportWishes:
    """What the person wants: which school a workbook is about, defaults, and old files or not."""

    today: date
    language: str = "kk"
    zone: str = "Asia/Almaty"
    school: str = ""
    older: bool = False
    tv_keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an import would do and what was found; ``repeated`` when it was done before."""

    source: SourceFiles
    kind: Kind
    messages: tuple[Message, ...]
    stops: bool
    difference: Difference
    register: RegisterState
    year_ends: date | None = None
    schools: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    repeated: ImportRun | None = None


class RosterRefusedError(JetkizError):
    """A roster with errors: the messages say which; nothing was saved."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(
            N_("{name} has errors; nothing was saved."),
            N_("Correct what is listed above and import it again."),
            name=proposal.source.name,
        )
        self.proposal = proposal


def import_roster(
    connection: Connection, path: Path, wishes: ImportWishes, *, by: str, now: datetime
) -> Proposal:
    """Read, compare and save in one go; a file with errors raises RosterRefusedError."""
    proposal = propose(connection, read_sources(path), wishes)
    if proposal.stops:
        raise RosterRefusedError(proposal)
    save(connection, proposal, by=by, now=now)
    return proposal


def propose(connection: Connection, source: SourceFiles, wishes: ImportWishes) -> Proposal:
    """Say what an import would change; nothing is written."""
    findings = Findings()
    raw = read_tables(source, findings)
    place = Place(source.name)
    if not any(table.is_readable for table in raw.values()):
        return _refused(source, Kind.UNREADABLE, findings)
    kind = find_kind(source, raw)
    check_unread(kind, source, raw, findings)
    if kind is Kind.WORKBOOK:
        own = _school_of_workbook(connection, raw, wishes)
        register = read_state(connection, [own])
        incoming = read_workbook(raw, own, register.ids(), wishes.today, findings)
        check_tv_keys(incoming, wishes.tv_keys, place, findings)
    else:
        register = read_state(connection, organisations(raw), with_facts=False)
        incoming = _read_foreign(kind, raw, register, findings)
    schools = _schools(incoming)
    runs = [run for run in register.runs if run.kind == kind and run.is_about(schools, raw)]
    last = runs[0] if runs else None
    repeated = last if last and last.sha256 == source.sha256 else None
    if not wishes.older and not repeated:
        check_repeated(source.sha256, runs, place, findings)
        check_year(incoming.year_ends, last, wishes.today, place, findings)
    if findings.stops:
        return _refused(source, kind, findings)
    proposal = _compared(source, incoming, register, wishes, findings)
    # Another kind of file may have changed the register since: then the same file has work to do.
    has_work = not proposal.difference.is_empty
    return replace(proposal, tables=tuple(sorted(raw)), repeated=None if has_work else repeated)


def _schools(incoming: Incoming) -> set[str]:
    facts = {item.school for item in incoming.facts}
    return facts | {key[0] for records in incoming.records.values() for key in records}


def _read_foreign(
    kind: Kind, raw: dict[str, RawTable], register: RegisterState, findings: Findings
) -> Incoming:
    readers = {
        Kind.ONE_ROSTER: read_one_roster,
        Kind.SDS: read_sds,
        Kind.FIRST_SDS: read_first_sds,
    }
    return readers[kind](raw, register.ids(), findings)


def _compared(
    source: SourceFiles,
    incoming: Incoming,
    register: RegisterState,
    wishes: ImportWishes,
    findings: Findings,
) -> Proposal:
    defaults = Defaults(wishes.language, wishes.zone)
    complete(incoming, register, defaults, findings, source.name)
    check_names(incoming, register, Place(source.name), findings)
    if findings.stops:
        return _refused(source, incoming.kind, findings)
    difference = find_difference(incoming, register)
    check_missing(difference, register, Place(source.name), findings)
    return Proposal(
        source,
        incoming.kind,
        findings.messages(),
        stops=False,
        difference=difference,
        register=register,
        year_ends=incoming.year_ends,
        schools=tuple(sorted(_schools(incoming))),
    )


def _refused(source: SourceFiles, kind: Kind, findings: Findings) -> Proposal:
    return Proposal(
        source,
        kind,
        findings.messages(),
        stops=True,
        difference=Difference({}),
        register=RegisterState(),
    )


def _all_schools(connection: Connection) -> list[str]:
    return list(connection.scalars(select(school.c.sourced_id)))


def _school_of_workbook(
    connection: Connection, raw: dict[str, RawTable], wishes: ImportWishes
) -> str:
    """Return the school a workbook is about: its sheet, the option, or the only one there is."""
    known = _all_schools(connection)
    named = school_of_workbook(raw)
    if named:
        return named
    if wishes.school in known:
        return wishes.school
    if len(known) == 1 and not wishes.school:
        return known[0]
    if not known:
        raise JetkizError(
            N_("The workbook names no school, and none is in the register."),
            N_("Write school_id and name into the sheet school, or import OneRoster first."),
        )
    raise JetkizError(
        N_("It is not clear which school the workbook is about."),
        N_("Say it with --school; the register has: {schools}."),
        schools=", ".join(sorted(known)),
    )


def save(connection: Connection, proposal: Proposal, *, by: str, now: datetime) -> None:
    """Write the difference and remember the import; a repeated file writes nothing."""
    if proposal.repeated:
        return
    save_difference(connection, proposal.difference, proposal.register)
    row = {
        "kind": proposal.kind.value,
        "source": proposal.source.name,
        "sha256": proposal.source.sha256,
        "at": now,
        "by": by,
        "summary": _summary(proposal),
    }
    connection.execute(insert(import_run), [row])


def _summary(proposal: Proposal) -> dict[str, Any]:
    difference = proposal.difference
    counts: dict[str, Any] = {
        subject.value: {
            "added": len(part.added),
            "changed": len(part.changed),
            "unchanged": part.unchanged,
            "absent": len(part.absent),
        }
        for subject, part in difference.subjects.items()
    }
    counts["facts"] = {"added": len(difference.new_facts), "unchanged": difference.known_facts}
    counts["kept"] = len(difference.kept)
    counts["schools"], counts["tables"] = list(proposal.schools), list(proposal.tables)
    if proposal.year_ends:
        counts["year_ends"] = proposal.year_ends.isoformat()
    return counts
