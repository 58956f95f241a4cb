"""Who came to the duty class: what the attendance list of a day proves, entered as often as needed.

Whoever came was taught; who did not come is told to the ledger at once, so that another way is
found. Good news beats bad news: an absence entered by mistake is put right by entering the day
again, and what says that a student came stands.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from jetkiz.delivery.consignments import BatchState, move_batch, read_batch, read_consignments
from jetkiz.delivery.model import Batch, Consignment, Kind
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.receipts import record_receipts
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch, receipt
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.model import Student
from jetkiz.roster.register import find_student, read_schools, read_students
from jetkiz.storage.many_values import among
from jetkiz.storage.workplace import Workplace
from print_packs.duty.channel import NAME, dispatch_receipts, session_receipt
from print_packs.duty.register import day_of, register_folder, write_registers
from print_packs.runs.allotting import local_day

_SOURCE = "attendance"


@dataclass(frozen=True, slots=True)
class Attendance:
    """What entering a day said: students who came, who did not, and how much of it was news.

    ``stands`` are those now called absent of whom it was entered before that they came.
    """

    came: tuple[int, ...]
    absent: tuple[int, ...]
    news: int
    stands: tuple[int, ...]


def make_registers(workplace: Workplace, week: str) -> str:
    """Write the attendance lists of a week now, or once more; return the folder they lie in."""
    now = workplace.clock()
    c = batch.c
    with workplace.database.read() as connection:
        query = select(c.id).where(c.week == week, c.channel == NAME).order_by(c.id)
        batches = [read_batch(connection, number) for number in connection.scalars(query).all()]
    if not batches:
        raise _nobody(week)
    for one in batches:
        _make(workplace, one, now)
    return str(register_folder(workplace.settings.data, week))


def _make(workplace: Workplace, one: Batch, now: datetime) -> None:
    receipts = dispatch_receipts(one, write_registers(workplace, one), now)
    with workplace.database.write() as connection:
        record_receipts(connection, receipts, now)
        # Given up for a full disk, and now it is there.
        move_batch(connection, one.id, BatchState.STOPPED, BatchState.HANDED, handed_at=now)


def enter_day(
    workplace: Workplace, week: str, day: date, absent: Collection[str], school: str | None = None
) -> Attendance:
    """Record who came on a day: everybody who was expected, but for those named as absent."""
    now = workplace.clock()
    if day > local_day(workplace, now):
        raise JetkizError(
            N_("{day} has not come yet."),
            N_("Enter the attendance list when the day is over."),
            day=day.isoformat(),
        )
    with workplace.database.write() as connection:
        sessions, students = _sessions(connection, week, day, school)
        away = {find_student(connection, text).id for text in absent}
        _refuse_strangers(away, students, day)
        return _record(connection, sessions, away, now)


def _sessions(
    connection: Connection, week: str, day: date, school: str | None
) -> tuple[list[Consignment], dict[int, Student]]:
    """Return the sessions of a day in one school, and the students who are still enrolled."""
    every = _week_sessions(connection, week)
    here = [one for one in every if day_of(one) == day]
    students = {one.id: one for one in read_students(connection, [_student(one) for one in here])}
    keys = {one.id: one.sourced_id for one in read_schools(connection)}
    schools = {keys[one.school] for one in students.values()}
    if school is None and len(schools) > 1:
        raise JetkizError(
            N_("More than one school has a duty class on {day}: {schools}."),
            N_("Name one of them with --school."),
            day=day.isoformat(),
            schools=", ".join(sorted(schools)),
        )
    mine = {n: one for n, one in students.items() if school in {None, keys[one.school]}}
    if not mine:
        raise _nobody_on(week, day, {day_of(one) for one in every})
    return [one for one in here if _student(one) in mine], mine


def _week_sessions(connection: Connection, week: str) -> list[Consignment]:
    found = read_consignments(connection, week=week, channel=NAME)
    sessions = [one for one in found if one.kind == Kind.SESSION]
    if not sessions:
        raise _nobody(week)
    return sessions


def _student(one: Consignment) -> int:
    return one.contents[0].student


def _nobody(week: str) -> JetkizError:
    return JetkizError(
        N_("Nobody is expected in the duty class in week {week}."),
        N_("Publish the plan first with: jetkiz plan publish {week}."),
        week=week,
    )


def _nobody_on(week: str, day: date, days: Collection[date]) -> JetkizError:
    return JetkizError(
        N_("Nobody was expected in the duty class on {day}."),
        N_("The days of week {week} are: {days}. Look also at the name of the school."),
        day=day.isoformat(),
        week=week,
        days=", ".join(one.isoformat() for one in sorted(days)),
    )


def _refuse_strangers(away: Collection[int], students: Collection[int], day: date) -> None:
    strangers = sorted(set(away) - set(students))
    if strangers:
        raise JetkizError(
            N_("Student {student} was not expected in the duty class on {day}."),
            N_("Look at the attendance list of that day; nothing has been recorded."),
            student=strangers[0],
            day=day.isoformat(),
        )


def _record(
    connection: Connection, sessions: Sequence[Consignment], away: Collection[int], now: datetime
) -> Attendance:
    came = [one for one in sessions if _student(one) not in away]
    missed = [one for one in sessions if _student(one) in away]
    good = [session_receipt(one, State.DELIVERED, _SOURCE, now) for one in came]
    bad = [session_receipt(one, State.FAILED, _SOURCE, now, FailureReason.ABSENT) for one in missed]
    before = {session_receipt(one, State.DELIVERED, _SOURCE, now).key: one for one in missed}
    known = connection.scalars(select(receipt.c.key).where(among(receipt.c.key, before))).all()
    return Attendance(
        came=_numbers(came),
        absent=_numbers(missed),
        news=record_receipts(connection, [*good, *bad], now),
        stands=_numbers([before[key] for key in known]),
    )


def _numbers(sessions: Sequence[Consignment]) -> tuple[int, ...]:
    return tuple(sorted({_student(one) for one in sessions}))
