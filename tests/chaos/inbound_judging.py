"""What a run is guilty of towards families: compares what they did with what they saw for it.

The rehearsal's ledger says what each phone was answered; the school's database is asked only for
what it took over: pages, questions, receipts and wrong codes.
"""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from bot.receiving import inbox
from bot.sending.sender import REPEATED
from bot.tables import outbox_attempt, telegram_chat, telegram_question, telegram_question_part
from bot.words import family, homework, linking
from bot.words.cards import Card
from bot.words.keyboards import ROW_SIGN, Verb, read_press
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.homework.returns import read_returns
from jetkiz.i18n import translator
from jetkiz.roster.link_codes import CodeRefusal
from tests.chaos.families import MOST_CODES, Act, Deed, Said, number_in, question
from tests.chaos.school import BOT, School

EN = translator("en")
# A message is known by its words, or by a button that only such messages have.
BY_BUTTON = (
    (Verb.OPEN, "lessons of the day"),
    (Verb.ASK, "about which lesson"),
    (Verb.NO_QUESTION, "write your question"),
    (Verb.FINISH, "draft"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot that stands in a chat; a copy may say that it is one.

    Buttons tell of which row of the outbox it is: a copy of one message is not another message.
    """

    chat: int
    label: str
    is_marked: bool = False
    row: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What the school has of one phone, each thing in the order in which it came."""

    pages: tuple[int, ...] = ()
    questions: tuple[str, ...] = ()
    receipts: int = 0
    wrong_codes: int = 0


@dataclass(frozen=True, slots=True)
class InboundCase:
    """All the evidence of a run."""

    said: Sequence[Said]
    shown: Sequence[Shown]
    reacted: frozenset[tuple[int, int]]
    answered: frozenset[str]
    taken: Mapping[int, Taken]
    waiting: int = 0
    put_aside: int = 0
    unknowns: int = 0
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class InboundVerdict:
    """The counts of a run; all but the marked copies have to be nothing.

    ``marked_with_buttons`` are those marked copies that a search could have spared: what has no
    buttons cannot be looked for.
    """

    acts: int
    lost: int = 0
    doubled_unmarked: int = 0
    doubled_marked: int = 0
    marked_with_buttons: int = 0
    too_many_copies: int = 0
    out_of_order: int = 0
    put_aside: int = 0
    above_rate: int = 0
    unsaid: int = 0
    notes: tuple[str, ...] = ()

    @property
    def doubled(self) -> int:
        """Whatever happened more often than it should."""
        return self.doubled_unmarked + self.doubled_marked

    def breaches(self, *, probed: bool) -> list[str]:
        """What must not be: with the probe not even a marked copy that it could have spared."""
        names = [
            *("lost", "doubled_unmarked", "too_many_copies", "out_of_order"),
            *("put_aside", "above_rate", "unsaid"),
            *(("marked_with_buttons",) if probed else ()),
        ]
        return [f"{name}={getattr(self, name)}" for name in names if getattr(self, name)]


def plain(card: Card) -> str:
    """Return the words of a card as a person reads them."""
    return html.unescape(re.sub("<[^>]+>", "", card.text))


def expected(acts: Sequence[Act]) -> Counter[str]:
    """Return which messages must stand in a chat after these turns, beside the day's digest."""
    found = Counter({"lessons of the day": 1})
    pages, codes, is_draft_open = 0, 0, False
    for act in acts:
        if is_draft_open and act.deed not in {Deed.PHOTO, Deed.RECEIVED}:
            found[plain(homework.unfinished(pages, EN))] += 1
            is_draft_open = False
        if act.deed == Deed.TODAY:
            found["lessons of the day"] += 1
        elif act.deed == Deed.ASK:
            found["about which lesson"] += 1
        elif act.deed == Deed.QUESTION:
            found["write your question"] += 1
            found[f"{plain(family.asked(EN))} to {act.message}"] += 1
        elif act.deed == Deed.CODE:
            codes += 1
            found[plain(linking.wrong_code(CodeRefusal.UNKNOWN, EN, MOST_CODES + 1 - codes))] += 1
        elif act.deed == Deed.PHOTO:
            found["draft"] += not is_draft_open
            pages, is_draft_open = pages + 1, True
    return found


def buttons_of(event: Mapping[str, Any]) -> list[str]:
    """Return what the buttons of a message carry."""
    rows = event.get("buttons") or ()
    return [str(one.get("callback_data", "")) for row in rows for one in row]


def label_of(event: Mapping[str, Any]) -> str:
    """Return what kind of message this is; unexpected ones are known by their words."""
    verbs = {press.verb for press in map(read_press, buttons_of(event)) if press}
    for verb, label in BY_BUTTON:
        if verb in verbs:
            return label
    words = str(event["content"].get("text", "")).partition(str(REPEATED))[0].strip()
    return f"{words} to {event['reply_to']}" if event.get("reply_to") else words


def row_of(event: Mapping[str, Any]) -> str:
    """Return the number that all buttons of a message carry; empty where it has none."""
    return next((data.partition(ROW_SIGN)[2] for data in buttons_of(event)), "")


def shown_in(events: Sequence[Mapping[str, Any]]) -> list[Shown]:
    """Return every message of the bot that nobody took away."""
    gone = {(e["chat_id"], e["message_id"]) for e in events if e["kind"] == "message_deleted"}
    return [
        Shown(
            chat=one["chat_id"],
            label=label_of(one),
            is_marked=str(REPEATED) in str(one["content"].get("text")),
            row=row_of(one),
        )
        for one in events
        if one["kind"] == "message_posted" and one["author"] == "bot"
        if (one["chat_id"], one["message_id"]) not in gone
    ]


def case_of(school: School, said: Sequence[Said]) -> InboundCase:
    """Collect the evidence of a school whose bot is dead."""
    events = school.players.ledger()["events"]
    with school.workplace.database.read() as connection:
        return InboundCase(
            said=said,
            shown=shown_in(events),
            reacted=frozenset(
                (one["chat_id"], one["message_id"])
                for one in events
                if one["kind"] == "reaction_set"
            ),
            answered=frozenset(
                one["query_id"] for one in events if one["kind"] == "press_answered"
            ),
            taken={one.phone.chat: taken(school, connection, one) for one in said},
            waiting=inbox.count_waiting(connection, BOT),
            put_aside=len(inbox.put_aside(connection, BOT)),
            unknowns=connection.scalar(
                select(func.count()).where(outbox_attempt.c.event == "unknown")
            )
            or 0,
            refusals=len(school.watch.refusals),
        )


def taken(school: School, connection: Connection, said: Said) -> Taken:
    """Return what the school has of one phone; photos are opened again."""
    student, chat = said.phone.student, telegram_chat.c
    asked, part = telegram_question.c, telegram_question_part.c
    words = (
        select(part.words)
        .join_from(telegram_question_part, telegram_question, asked.id == part.question)
        .where(asked.student_id == student)
        .order_by(part.id)
    )
    codes = select(chat.wrong_codes).where(chat.chat_id == said.phone.chat)
    received = select(func.count()).where(
        receipt.c.student_id == student, receipt.c.state == State.ACKNOWLEDGED
    )
    return Taken(
        pages=tuple(
            number_in(school.workplace.files.get(page.sha256))
            for work in read_returns(connection, students=[student])
            for page in work.pages
        ),
        questions=tuple(connection.scalars(words)),
        receipts=connection.scalar(received) or 0,
        wrong_codes=connection.scalar(codes) or 0,
    )


def wanted_of(said: Said) -> Taken:
    """Return what the school must have of one phone."""
    return Taken(
        pages=tuple(act.number for act in said.of(Deed.PHOTO)),
        questions=tuple(question(act.number) for act in said.of(Deed.QUESTION)),
        receipts=min(len(said.of(Deed.RECEIVED)), 1),
        wrong_codes=len(said.of(Deed.CODE)),
    )


def judge(case: InboundCase) -> InboundVerdict:
    """Count what must not be."""
    lost, extra, marked = Counter[str](), Counter[str](), Counter[str]()
    for one in case.said:
        seen, again, said_so = _counted(m for m in case.shown if m.chat == one.phone.chat)
        wanted = expected(one.acts)
        lost += (wanted - seen) + _unanswered(case, one)
        extra += (seen - wanted) + again
        marked += said_so
    orders = 0
    for one in case.said:
        has, should = case.taken[one.phone.chat], wanted_of(one)
        less, more, is_mixed = compared(has, should)
        lost, extra, orders = lost + less, extra + more, orders + is_mixed
    return InboundVerdict(
        acts=sum(len(one.acts) for one in case.said),
        lost=lost.total() + case.waiting,
        doubled_unmarked=extra.total(),
        doubled_marked=marked.total(),
        marked_with_buttons=sum(marked[label] for _, label in BY_BUTTON),
        too_many_copies=max(marked.total() - case.unknowns, 0),
        out_of_order=orders,
        put_aside=case.put_aside,
        above_rate=case.refusals,
        notes=_notes(lost, extra, marked),
    )


def _counted(shown: Iterable[Shown]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return how many different messages a chat has, their copies, and copies that say so."""
    groups: dict[tuple[str, str], list[Shown]] = defaultdict(list)
    for one in shown:
        groups[one.label, one.row].append(one)
    again, said_so = Counter[str](), Counter[str]()
    for (label, _), group in groups.items():
        unmarked = max(sum(not one.is_marked for one in group) - 1, 0)
        again[label] += unmarked
        said_so[label] += len(group) - 1 - unmarked
    return Counter(label for label, _ in groups), +again, +said_so


def _notes(lost: Counter[str], extra: Counter[str], marked: Counter[str]) -> tuple[str, ...]:
    kinds = (("lost", lost), ("doubled", extra), ("marked", marked))
    return tuple(f"{kind}: {name}" for kind, found in kinds for name in found)


def _unanswered(case: InboundCase, said: Said) -> Counter[str]:
    """Return photos without a sign and presses without an answer."""
    photos = [act.message for act in said.of(Deed.PHOTO)]
    return Counter(
        [f"sign on {one}" for one in photos if (said.phone.chat, one) not in case.reacted]
        + [f"press {act.press}" for act in said.acts if act.press not in case.answered | {""}]
    )


def compared(has: Taken, should: Taken) -> tuple[Counter[str], Counter[str], bool]:
    """Return what the school lacks, what it has too often, and whether the order is wrong."""
    mine, right = _things(has), _things(should)
    is_mixed = mine == right and (has.pages, has.questions) != (should.pages, should.questions)
    return right - mine, mine - right, is_mixed


def _things(one: Taken) -> Counter[str]:
    counts = Counter({"receipt": one.receipts, "wrong code": one.wrong_codes})
    return counts + Counter([f"page {page}" for page in one.pages]) + Counter(one.questions)
