"""What becomes of an event: kept once under its key, told to the ledger, each line answered.

An event may come twice and in any order; good news beats bad, as at the counter. One line that is
wrong stops no other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, select

from jetkiz.delivery.consignments import settle_batches
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_school_numbers
from jetkiz.storage.bulk_load import insert_new
from jetkiz.storage.many_values import among
from print_packs.model import PackState
from print_packs.records import PackRow, read_pack_codes, read_packs
from print_packs.runs.hand_over import POST, Step, move_on
from print_packs.s10.allotment import NumberState
from print_packs.s10.numbers import LENGTH, bare, parse, validate
from print_packs.s10.tables import s10_number
from print_packs.tables import pack, pack_event, print_run
from print_packs.tracking.event_kinds import MOVES, EventKind, kind_of
from print_packs.tracking.event_lines import EventLine

# A clock of somebody else may be ahead of ours, but not by a day.
_AHEAD: Final = timedelta(days=1)
_BY_THE_POST_ALONE: Final = frozenset(EventKind) - {
    EventKind.DELIVERED,
    EventKind.LOST,
    EventKind.SENT_BACK,
    EventKind.UNKNOWN,
}


class Answer(StrEnum):
    """What became of a line."""

    RECORDED = "recorded"
    KNOWN = "known"
    KEPT = "kept"
    UNKNOWN_NUMBER = "unknown_number"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"


ANSWER_WORDS: Final = {
    Answer.RECORDED: N_("recorded"),
    Answer.KNOWN: N_("known before, nothing changes"),
    Answer.KEPT: N_("kept word for word; it moves nothing"),
    Answer.UNKNOWN_NUMBER: N_("no pack of ours has this number"),
    Answer.WRONG_NUMBER: N_("a number that cannot be right"),
    Answer.REFUSED: N_("cannot be recorded"),
}


@dataclass(frozen=True, slots=True)
class LineResult:
    """A line and what became of it; ``trouble`` says why nothing did."""

    line: EventLine
    answer: Answer
    kind: EventKind = EventKind.UNKNOWN
    pack: PackRow | None = None
    trouble: JetkizError | None = None


def record_lines(
    connection: Connection,
    lines: Sequence[EventLine],
    now: datetime,
    source: str,
    week: str | None = None,
    school: int | None = None,
) -> list[LineResult]:
    """Keep the events of these lines, move their packs, tell the ledger; answer every line.

    With a ``week`` a pack of another week is refused: it is the wrong list. With a ``school`` a
    pack for a home of another school is answered like a number that nobody has.
    """
    packs = _packs_of(connection, {bare(one.number) for one in lines if not one.trouble})
    if school is not None:
        packs = _own(connection, packs, school)
    results = [_judged(one, packs, now, week) for one in lines]
    wanted = [one for one in results if one.answer == Answer.RECORDED]
    fresh = _keep(connection, wanted, now, source)
    answered = []
    steps = []
    for one in results:
        # The first line of an event tells it; the same one again, here or later, changes nothing.
        is_new = one.answer == Answer.RECORDED and _key(one) in fresh
        if is_new:
            fresh.discard(_key(one))
            steps += _steps(one, source)
        answered.append(_answered(one, is_new=is_new))
    move_on(connection, sorted(steps, key=lambda step: step.at), now)
    _settle(connection, {step.pack.run for step in steps}, now)
    return answered


def _answered(one: LineResult, *, is_new: bool) -> LineResult:
    if one.answer != Answer.RECORDED:
        return one
    if not is_new:
        return replace(one, answer=Answer.KNOWN)
    return one if one.kind in MOVES else replace(one, answer=Answer.KEPT)


def _steps(one: LineResult, source: str) -> list[Step]:
    if one.pack is None or one.line.at is None or one.kind not in MOVES:
        return []
    return [Step(one.pack, MOVES[one.kind], one.line.at, source)]


def _packs_of(connection: Connection, names: Iterable[str]) -> dict[str, PackRow]:
    """Return packs by what they may be called: a postal number or their code, without hyphens.

    A number that is void means no pack any more, whatever a spoilt sticker was put on.
    """
    wanted = [name for name in names if name]
    numbers = [parse(name) for name in wanted if validate(name) is None]
    by_text = {one.text: one for one in numbers}
    c = s10_number.c
    rows = connection.execute(
        select(c.prefix, c.serial, c.country, c.pack_id).where(
            among(c.serial, {one.serial for one in by_text.values()}),
            c.pack_id.is_not(None),
            c.state != NumberState.VOID.value,
        )
    )
    of_number = {(row.prefix, row.serial, row.country): row.pack_id for row in rows}
    codes = {f"{name[:4]}-{name[4:]}": name for name in wanted if len(name) == len("ABCDEFGH")}
    of_code = read_pack_codes(connection, codes)
    found = {codes[code]: number for code, number in of_code.items()}
    for text, one in by_text.items():
        number = of_number.get((one.prefix, one.serial, one.country))
        if number is not None:
            found[text] = number
    rows_by_id = {one.id: one for one in read_packs(connection, numbers=found.values())}
    return {name: rows_by_id[number] for name, number in found.items()}


def _own(connection: Connection, packs: Mapping[str, PackRow], school: int) -> dict[str, PackRow]:
    schools = read_school_numbers(connection, {one.household for one in packs.values()})
    return {name: one for name, one in packs.items() if schools.get(one.household) == school}


def _judged(
    line: EventLine, packs: Mapping[str, PackRow], now: datetime, week: str | None
) -> LineResult:
    if line.trouble or line.at is None:
        return LineResult(line, Answer.REFUSED, trouble=line.trouble)
    one = packs.get(bare(line.number))
    if one is None:
        return _not_ours(line)
    kind = kind_of(line.code)
    trouble = _trouble_with(line, one, kind, now, week)
    if trouble:
        return LineResult(line, Answer.REFUSED, kind, one, trouble)
    return LineResult(line, Answer.RECORDED, kind, one)


def _not_ours(line: EventLine) -> LineResult:
    """Say whether a number was misread, or belongs to somebody else."""
    text = bare(line.number)
    # A code of ours has eight letters and digits; whatever is nearly as long as a number is one.
    if len(text) >= LENGTH - 2 and validate(text) is not None:
        try:
            parse(text)
        except JetkizError as error:
            return LineResult(line, Answer.WRONG_NUMBER, trouble=error)
    return LineResult(line, Answer.UNKNOWN_NUMBER)


def _trouble_with(
    line: EventLine, one: PackRow, kind: EventKind, now: datetime, week: str | None
) -> JetkizError | None:
    if week and one.week != week:
        return JetkizError(
            N_("Pack {code} belongs to week {week}."),
            N_("Enter it with that week."),
            code=one.print_id,
            week=one.week,
        )
    if line.at and line.at > now + _AHEAD:
        return JetkizError(
            N_("The day of {number} lies in the future."),
            N_("Look at day and month."),
            number=line.number,
        )
    if one.channel != POST and kind in _BY_THE_POST_ALONE:
        return JetkizError(
            N_("Pack {code} did not go by post, so the post can say nothing of it."),
            N_("Look where every pack stands with: jetkiz packs status {week}."),
            code=one.print_id,
            week=one.week,
        )
    return None


def _key(one: LineResult) -> str:
    """Number, word and moment: what Kazpost repeats each hour is one event."""
    at = one.line.at.astimezone(UTC).isoformat() if one.line.at else ""
    name = one.pack.print_id if one.pack else one.line.number
    word = one.line.code if one.kind == EventKind.UNKNOWN else one.kind.value
    return f"{name}:{word}:{at}"


def _keep(
    connection: Connection, results: Sequence[LineResult], now: datetime, source: str
) -> set[str]:
    """Write the events down that are new; return their keys."""
    rows = {
        _key(one): {
            "key": _key(one),
            "pack_id": one.pack.id,
            "number": bare(one.line.number),
            "code": one.line.code,
            "kind": one.kind.value,
            "at": one.line.at,
            "source": source,
            "said": one.line.said,
            "recorded_at": now,
        }
        for one in results
        if one.pack
    }
    known = connection.scalars(select(pack_event.c.key).where(among(pack_event.c.key, rows))).all()
    fresh = {key: row for key, row in rows.items() if key not in set(known)}
    insert_new(connection, pack_event, list(fresh.values()), ["key"])
    return set(fresh)


def _settle(connection: Connection, runs: Iterable[int], now: datetime) -> None:
    """A run of which the post has every pack is handed over, whoever says so."""
    wanted = set(runs)
    waiting = set(
        connection.scalars(
            select(pack.c.run_id)
            .where(
                among(pack.c.run_id, wanted),
                pack.c.state == PackState.PREPARED.value,
                pack.c.held_back == "",
            )
            .distinct()
        )
    )
    keys = connection.scalars(
        select(print_run.c.key).where(among(print_run.c.id, wanted - waiting))
    )
    settle_batches(connection, set(keys), now)
