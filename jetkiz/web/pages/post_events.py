"""What the post said of packs, pasted from its page or a letter: every line gets its own answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.web.pages.post_desk import back_to_desk
from jetkiz.web.pages.print_desk import only_coordinators
from jetkiz.web.rendering import page
from jetkiz.web.visits import WORKPLACE, form, now, run, today, zone
from print_packs.tracking.event_kinds import KIND_WORDS, USUAL, EventKind
from print_packs.tracking.event_lines import read_lines
from print_packs.tracking.recording import ANSWER_WORDS, Answer, LineResult, record_lines
from print_packs.transit.measuring import measure
from print_packs.transit.post_dates import PostClock, clock_of

TONES: Final = {
    Answer.RECORDED: "good",
    Answer.KNOWN: "plain",
    Answer.KEPT: "plain",
    Answer.UNKNOWN_NUMBER: "way",
    Answer.WRONG_NUMBER: "bad",
    Answer.REFUSED: "bad",
}
_DO: Final = {
    Answer.UNKNOWN_NUMBER: N_(
        "It is another school's, or it was not typed back yet: look at the list of that day."
    ),
    Answer.KEPT: N_("Nothing is to be done: the pack stays where it is until the post says more."),
}


@dataclass(frozen=True, slots=True)
class Pasted:
    """What somebody pasted: the text, the word of lines without one, when and where it is read."""

    text: str
    usual: EventKind
    at: datetime
    day: date
    zone: ZoneInfo
    clock: PostClock


def record_pasted(connection: Connection, who: Viewer, pasted: Pasted) -> list[LineResult]:
    """Record the lines that are of packs of the own school, and answer every line."""
    lines = read_lines(pasted.text, pasted.zone, pasted.usual.value, pasted.day)
    if not lines:
        raise JetkizError(
            N_("There is no line in the box."),
            N_("Paste numbers with a day and a word, one pack in a line."),
        )
    found = record_lines(connection, lines, pasted.at, f"console:{who.login}", school=who.school)
    recorded = sum(one.answer == Answer.RECORDED for one in found)
    if recorded:
        measure(connection, pasted.clock, pasted.zone, pasted.at)
    detail = f"{len(found)} lines of the post, {recorded} recorded"
    write_down(connection, [Entry(who.login, Act.SIGN_LISTS, who.school, detail=detail)], pasted.at)
    return found


def left_over(found: Sequence[LineResult]) -> str:
    """Return the lines about which somebody must do something, to be corrected and sent again."""
    return "\n".join(one.line.said for one in found if TONES[one.answer] in {"way", "bad"})


def _usual(fields: Mapping[str, str]) -> EventKind:
    said = fields.get("what", "")
    return next((one for one in USUAL if one.value == said), EventKind.DELIVERED)


async def pasted(request: web.Request) -> web.StreamResponse:
    """Record what was pasted and answer line by line."""
    who, fields = only_coordinators(request), await form(request)
    if "lines" not in fields:
        return back_to_desk("")
    clock = clock_of(request.app[WORKPLACE].settings)
    given = Pasted(
        fields["lines"], _usual(fields), now(request), today(request), zone(request), clock
    )
    found = await run(request, record_pasted, who, given)
    return page(
        request,
        "post_events.html",
        found=found,
        counts={one: sum(line.answer == one for line in found) for one in Answer},
        rest=left_over(found),
        usual=given.usual,
        kinds={one: KIND_WORDS[one] for one in USUAL},
        kind_words=KIND_WORDS,
        answers=ANSWER_WORDS,
        tones=TONES,
        to_do=_DO,
    )
