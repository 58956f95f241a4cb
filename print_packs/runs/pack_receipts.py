"""What the ledger is told of a printed pack: what lies in it, and what could not be printed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from jetkiz.delivery.model import Consignment, Content, Receipt
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from print_packs.runs.printing import Printed


def pack_receipts(one: Consignment, printed: Printed, channel: str, now: datetime) -> list[Receipt]:
    """One receipt for what is in the pack, one for what could not be printed or has left."""
    inside: dict[int, set[int]] = defaultdict(set)
    for file in printed.packs:
        if file.pack.consignment == one.key:
            for child in file.pack.children:
                inside[child.student] |= {lesson.id for lesson in child.lessons}
    receipts = []
    for content in one.contents:
        good = tuple(n for n in content.lessons if n in inside[content.student])
        bad = tuple(n for n in content.lessons if n not in good)
        for lessons, state in ((good, State.PREPARED), (bad, State.FAILED)):
            if lessons:
                part = Content(content.student, lessons, content.attempt)
                receipts += receipts_of(one, (part,), state, channel, now)
    return receipts


def receipts_of(
    one: Consignment, contents: Sequence[Content], state: State, channel: str, now: datetime
) -> list[Receipt]:
    """Say of each content that it has come to ``state``; a failure is the printer's refusal."""
    return [
        Receipt(
            key=_key(one, content, state),
            week=one.week,
            student=content.student,
            lessons=content.lessons,
            state=state,
            channel=channel,
            at=now,
            attempt=content.attempt,
            source="print",
            reason=FailureReason.REFUSED if state == State.FAILED else None,
            consignment=one.key,
        )
        for content in contents
    ]


def _key(one: Consignment, content: Content, state: State) -> str:
    """Name the lessons where they failed: made again, other lessons may fail than before."""
    key = f"{one.key}:s{content.student}:{state.name.lower()}"
    if state != State.FAILED or not content.lessons:
        return key
    return f"{key}:{'-'.join(map(str, sorted(content.lessons)))}"
