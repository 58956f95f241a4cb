"""What a run is guilty of: compares what people saw with what the school believes.

Only the rehearsal's ledger is the truth; the database is the accused.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from bot.sending.sender import REPEATED
from bot.tables import outbox, outbox_attempt
from bot.words.keyboards import Verb, read_press
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from tests.chaos.school import School
from tests.chaos.watching import Request

Key = tuple[int, int]
# Requests that were on their way when Telegram asked for silence.
GRACE = 1.0
FINAL = {"sent", "refused", "dropped"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that a person saw: its number, for which day of whom, and whether it says so."""

    chat: int
    message_id: int
    key: Key
    is_marked: bool
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the outbox with the story of its attempts."""

    number: int
    chat: int
    state: str
    message_id: int | None
    consignment: str
    events: tuple[str, ...]

    @property
    def unknowns(self) -> int:
        """How often nobody could tell; each may have made one copy."""
        return self.events.count("unknown")

    @property
    def is_claimed_twice(self) -> bool:
        """Whether an attempt began before the one before it had ended."""
        sending = [event == "sending" for event in self.events]
        return any(one and other for one, other in itertools.pairwise(sending))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The counts of a run; all but the marked copies have to be nothing."""

    deliveries: int
    lost: int = 0
    doubled_unmarked: int = 0
    doubled_marked: int = 0
    too_many_copies: int = 0
    false_sent: int = 0
    false_receipts: int = 0
    inside_retry_after: int = 0
    above_rate: int = 0
    not_final: int = 0
    claimed_twice: int = 0
    probes: int = 0
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def doubled(self) -> int:
        """Copies that somebody got beyond the first."""
        return self.doubled_unmarked + self.doubled_marked

    def breaches(self, *, probed: bool) -> list[str]:
        """What must not be: with the probe not even a marked copy."""
        names = [
            *("lost", "doubled_unmarked", "too_many_copies", "false_sent", "false_receipts"),
            *("inside_retry_after", "above_rate", "not_final", "claimed_twice"),
            *(("doubled_marked",) if probed else ()),
        ]
        return [f"{name}={getattr(self, name)}" for name in names if getattr(self, name)]


def seen_messages(ledger: Mapping[str, Any]) -> list[Seen]:
    """Every day's message that the bot ever showed to anybody."""
    deleted = {
        (event["chat_id"], event["message_id"])
        for event in ledger["events"]
        if event["kind"] == "message_deleted"
    }
    found = []
    for event in ledger["events"]:
        if event["kind"] != "message_posted" or event["author"] != "bot":
            continue
        key = key_of(event.get("buttons"))
        place = (event["chat_id"], event["message_id"])
        if key:
            words = str(event["content"].get("text", ""))
            found.append(Seen(*place, key, str(REPEATED) in words, place in deleted))
    return found


def key_of(buttons: Any) -> Key | None:
    """Return whose day a message is about, by its button for the whole day."""
    for row in buttons or ():
        for one in row:
            press = read_press(one.get("callback_data"))
            if press and press.verb == Verb.DAY_RECEIVED:
                return press.numbers[0], press.numbers[1]
    return None


def rows_of(connection: Connection) -> list[Row]:
    """Every row of the outbox that stands for a consignment."""
    story: dict[int, list[str]] = defaultdict(list)
    c = outbox_attempt.c
    for one in connection.execute(select(c.outbox_id, c.event).order_by(c.id)):
        story[one.outbox_id].append(one.event)
    rows = connection.execute(
        select(outbox).where(outbox.c.consignment != "").order_by(outbox.c.id)
    )
    return [
        Row(r.id, r.chat_id, r.state, r.message_id, r.consignment, tuple(story[r.id])) for r in rows
    ]


def dispatched(connection: Connection) -> set[str]:
    """The consignments of which the ledger says that they went out."""
    wanted = receipt.c.state == State.DISPATCHED
    return set(connection.scalars(select(receipt.c.consignment).where(wanted)))


@dataclass(frozen=True, slots=True)
class Case:
    """All the evidence of a run."""

    wanted: Mapping[str, tuple[int, Key]]
    blocked: Collection[int]
    seen: Sequence[Seen]
    rows: Sequence[Row]
    dispatched: Collection[str]
    requests: Sequence[Request]
    refusals: int = 0
    kills: Sequence[float] = ()


def case_of(school: School) -> Case:
    """Collect the evidence of a school whose senders are all dead."""
    with school.workplace.database.read() as connection:
        rows, receipts = rows_of(connection), dispatched(connection)
    chats = {phone.student: phone.chat for phone in school.phones}
    wanted = {
        one.key: (chats[one.student or 0], (one.student or 0, int(f"{one.due:%Y%m%d}")))
        for one in school.consignments
    }
    return Case(
        wanted=wanted,
        blocked={phone.chat for phone in school.phones if phone.is_blocked},
        seen=seen_messages(school.players.ledger()),
        rows=rows,
        dispatched=receipts,
        requests=tuple(school.watch.requests),
        refusals=len(school.watch.refusals),
        kills=tuple(school.watch.kills),
    )


def judge(case: Case) -> Verdict:
    """Count what must not be."""
    shown = [one for one in case.seen if not one.is_deleted]
    copies: dict[tuple[int, Key], list[Seen]] = defaultdict(list)
    for one in shown:
        copies[one.chat, one.key].append(one)
    unmarked = sum(max(sum(not one.is_marked for one in group) - 1, 0) for group in copies.values())
    extra = sum(len(group) - 1 for group in copies.values())
    unknowns = {case.wanted[row.consignment]: row.unknowns for row in case.rows}
    missing = [
        place
        for place in case.wanted.values()
        if place[0] not in case.blocked and not copies.get(place)
    ]
    return Verdict(
        deliveries=len(case.wanted),
        lost=len(missing),
        doubled_unmarked=unmarked,
        doubled_marked=extra - unmarked,
        too_many_copies=sum(
            max(len(group) - 1 - unknowns.get(place, 0), 0) for place, group in copies.items()
        ),
        false_sent=_false_sent(case),
        false_receipts=sum(not _shown(case, copies, key) for key in case.dispatched),
        inside_retry_after=inside_retry_after(case.requests, case.kills),
        above_rate=case.refusals,
        not_final=sum(row.state not in FINAL for row in case.rows)
        + len(set(case.wanted) - {row.consignment for row in case.rows}),
        claimed_twice=sum(row.is_claimed_twice for row in case.rows),
        probes=sum(one.method == "editMessageReplyMarkup" for one in case.requests),
    )


def _shown(case: Case, copies: Mapping[Any, Any], key: str) -> bool:
    return bool(copies.get(case.wanted[key])) if key in case.wanted else True


def _false_sent(case: Case) -> int:
    """Rows that are called sent while nobody saw that very message."""
    truth = {(one.chat, one.message_id, one.key) for one in case.seen}
    return sum(
        (row.chat, row.message_id, case.wanted[row.consignment][1]) not in truth
        for row in case.rows
        if row.state == "sent"
    )


def inside_retry_after(requests: Sequence[Request], kills: Sequence[float] = ()) -> int:
    """How many sends came while Telegram had asked for silence.

    A sender that is killed before it can write down the answer takes the silence to its grave.
    """
    spans = []
    for one in requests:
        died = any(one.at <= kill < one.at + GRACE for kill in kills)
        if one.retry_after and not died:
            spans.append((one.at + GRACE, one.at + one.retry_after))
    return sum(any(begin < one.at < end for begin, end in spans) for one in requests if one.is_send)
