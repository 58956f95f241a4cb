"""Which of a teacher's words lie in a pack and which on slips: each is printed in one place, once.

A mark that waits when the packs of a week are made goes into the pack of its home. For a home
without a pack, and for what is said later, a slip is printed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from jetkiz.calendar.print_cutoff import print_cutoff
from jetkiz.calendar.school_weeks import parse_week, week_of
from jetkiz.delivery.consignments import BatchState, read_consignments
from jetkiz.delivery.model import Consignment, Kind, Receipt
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import batch, consignment
from jetkiz.homework.feedback import read_feedback
from jetkiz.lessons.shelf import read_lessons
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from print_packs.model import ChildPart, EarlierWork, Pack
from print_packs.records import read_packs
from print_packs.runs.composing import PAPER
from print_packs.tables import feedback_place

_TOLD: Final = {State.DISPATCHED: "handed_over", State.DELIVERED: "signed"}


def slip_day(day: date, setting: str) -> date:
    """Return when a slip is printed for what is said on a day: when the next packs were made."""
    monday = parse_week(week_of(day))
    closes = (print_cutoff(week_of(monday + timedelta(weeks=n)), setting)[0] for n in range(1, 4))
    return next(one for one in closes if one >= day) + timedelta(days=1)


def waiting_for(connection: Connection, packs: Sequence[Pack]) -> dict[int, list[EarlierWork]]:
    """Return what the teachers said to the children of these packs, by student.

    A pack that was finished keeps what it has: made again it has the same pages.
    """
    wanted = {one.consignment for one in packs}
    homes_of = {one.household for one in packs}
    weeks = {one.week for one in packs}
    rows = [
        row
        for week in sorted(weeks)
        for row in read_packs(connection, week=week, households=homes_of)
        if row.consignment in wanted
    ]
    finished = {one.consignment for one in rows if one.sha256}
    homes = [one.household for one in packs if one.consignment not in finished]
    kept = _placed(connection, [one.name for one in rows])
    keys = {*kept.values(), *_waiting_keys(connection, homes)}
    return _works(connection, read_consignments(connection, keys=keys) if keys else [])


def _placed(connection: Connection, places: Iterable[str]) -> dict[int, str]:
    c = feedback_place.c
    rows = connection.execute(select(c.feedback_id, c.consignment).where(among(c.place, places)))
    return {row.feedback_id: row.consignment for row in rows}


def _waiting_keys(connection: Connection, homes: Iterable[int]) -> list[str]:
    """Return what is to go home on paper and was printed nowhere yet."""
    c = consignment.c
    query = (
        select(c.key)
        .join_from(consignment, batch, batch.c.id == c.batch_id)
        .where(
            c.kind == Kind.FEEDBACK.value,
            c.channel.in_(PAPER),
            batch.c.state == int(BatchState.WAITING),
            among(c.household_id, homes),
        )
    )
    return list(connection.scalars(query))


def _works(
    connection: Connection, consignments: Sequence[Consignment]
) -> dict[int, list[EarlierWork]]:
    lessons = {
        one.id: one
        for one in read_lessons(connection, only={c.lesson for c in consignments if c.lesson})
    }
    told = {one.id: one for one in read_feedback(connection, numbers=map(number_of, consignments))}
    found: dict[int, list[EarlierWork]] = defaultdict(list)
    for one in sorted(consignments, key=number_of):
        lesson, said = lessons.get(one.lesson or 0), told.get(number_of(one))
        if lesson and said and one.student:
            work = EarlierWork(
                said.id, one.key, lesson.subject, lesson.title, said.mark, said.words
            )
            found[one.student].append(work)
    return found


def number_of(one: Consignment) -> int:
    """Return the number of the feedback that a consignment brings home."""
    return int(one.payload["feedback"])


def with_earlier(packs: Sequence[Pack], works: Mapping[int, Sequence[EarlierWork]]) -> list[Pack]:
    """Return packs with what the teachers said to each child."""
    return [
        replace(
            pack,
            children=tuple(
                replace(child, earlier=tuple(works.get(child.student, ())))
                for child in pack.children
            ),
        )
        for pack in packs
    ]


def claim_for_packs(connection: Connection, packs: Sequence[Pack], now: datetime) -> list[Pack]:
    """Keep that these packs print what was said; what is on a slip meanwhile is left out."""
    rows = [
        _row(work.feedback, work.consignment, pack.name, now)
        for pack in packs
        for child in pack.children
        for work in child.earlier
    ]
    insert_new(connection, feedback_place, rows, ["feedback_id"])
    ours = _places(connection, [row["feedback_id"] for row in rows])

    def only_ours(pack: Pack, child: ChildPart) -> ChildPart:
        kept = tuple(one for one in child.earlier if ours.get(one.feedback) == pack.name)
        return replace(child, earlier=kept)

    return [
        replace(pack, children=tuple(only_ours(pack, child) for child in pack.children))
        for pack in packs
    ]


def claim_for_slips(
    connection: Connection, consignments: Sequence[Consignment], key: str, now: datetime
) -> list[Consignment]:
    """Return what is to be printed on the slips of a batch; the rest lies in a pack."""
    place = f"slips:{key}"
    rows = [_row(number_of(one), one.key, place, now) for one in consignments]
    insert_new(connection, feedback_place, rows, ["feedback_id"])
    places = _places(connection, map(number_of, consignments))
    return [one for one in consignments if places[number_of(one)] == place]


def _row(number: int, key: str, place: str, now: datetime) -> dict[str, Any]:
    return {"feedback_id": number, "consignment": key, "place": place, "at": now}


def _places(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    c = feedback_place.c
    rows = connection.execute(select(c.feedback_id, c.place).where(among(c.feedback_id, numbers)))
    return {row.feedback_id: row.place for row in rows}


def receipts_with(
    connection: Connection, moved: Mapping[str, datetime], state: State
) -> list[Receipt]:
    """Return what is to be told of the words that lie in packs, when these moved on.

    ``moved`` gives the moment of each pack by its name. A pack that came back says nothing of
    them: the lesson they speak of has been answered long ago.
    """
    if state not in _TOLD:
        return []
    c = feedback_place.c
    rows = connection.execute(select(c.consignment, c.place).where(among(c.place, moved)))
    places = {row.consignment: row.place for row in rows}
    found = read_consignments(connection, keys=places) if places else []
    return [
        Receipt(
            key=f"{one.key}:s{content.student}:{_TOLD[state]}",
            week=one.week,
            student=content.student,
            lessons=content.lessons,
            state=state,
            channel=one.channel,
            at=moved[places[one.key]],
            attempt=content.attempt,
            source="packs",
            consignment=one.key,
        )
        for one in found
        for content in one.contents
    ]
