"""Which acts people have, and how each is read from a request or a form."""

from collections.abc import Callable

from jetkiz.i18n import N_
from jetkiz.rehearsal.bot_api import polls
from jetkiz.rehearsal.bot_api.parameters import Parameters
from jetkiz.rehearsal.people import deeds, groups
from jetkiz.rehearsal.people.deeds import Aim, Attachment, Pace
from jetkiz.rehearsal.running.stage import Act
from jetkiz.rehearsal.state.model import FileKind
from jetkiz.rehearsal.state.refusals import RehearsalError

LONGEST_GAP = 3600


def start(given: Parameters) -> Act:
    payload = given.text("payload") or ""
    return lambda world, person, now: deeds.start(world, person, payload, now)


def say(given: Parameters) -> Act:
    text, reply_to = given.text("text") or "", given.integer("reply_to")
    return lambda world, person, now: deeds.say(world, person, text, reply_to, now)


def press(given: Parameters) -> Act:
    label, data = given.text("label") or "", given.text("data") or ""
    aim = Aim(label, data, given.integer("message_id"))
    return lambda world, person, _now: deeds.press(world, person, aim)


def vote(given: Parameters) -> Act:
    """Numbers as a list, or a tick for each option as a page's form has them."""
    chosen = given.structure("options")
    chosen = chosen if chosen is not None else [n for n in range(12) if given.flag(f"option{n}")]
    numbers = chosen if isinstance(chosen, list) else [chosen]
    if not all(type(number) is int for number in numbers):
        raise RehearsalError(
            N_("These options cannot be chosen."),
            N_("Choose one of the options, or several where the poll allows it."),
            400,
        )
    number = given.integer("message_id")
    return lambda world, person, now: polls.vote(
        world, person, numbers, number, int(now.timestamp())
    )


def edit(given: Parameters) -> Act:
    number, text = given.integer("message_id"), given.text("text") or ""
    return lambda world, person, now: deeds.edit(world, person, number, text, now)


def deactivate(_given: Parameters) -> Act:
    return lambda _world, person, _now: deeds.deactivate(person)


def attach(kind: FileKind, given: Parameters) -> Act:
    attached = Attachment(
        kind,
        list(given.uploads.values()),
        given.text("caption") or "",
        given.integer("reply_to"),
        read_pace(given),
    )
    return lambda world, person, now: deeds.send_files(world, person, attached, now)


def read_pace(given: Parameters) -> Pace | None:
    """With a gap the parts of an album come slowly and in an order by the seed."""
    if not given.text("gap"):
        return None
    try:
        gap = float(given.text("gap") or "")
    except ValueError:
        gap = -1.0
    if not 0 <= gap <= LONGEST_GAP:
        raise RehearsalError(
            N_("Parts of an album cannot be {gap} seconds apart."),
            N_("Give a number of seconds from 0 to 3600."),
            400,
            gap=given.text("gap"),
        )
    return Pace(given.integer("seed") or 0, gap)


def photos(given: Parameters) -> Act:
    return attach(FileKind.PHOTO, given)


def document(given: Parameters) -> Act:
    return attach(FileKind.DOCUMENT, given)


def voice(given: Parameters) -> Act:
    return attach(FileKind.VOICE, given)


def video(given: Parameters) -> Act:
    return attach(FileKind.VIDEO, given)


def files(given: Parameters) -> Act:
    """What a phone does: pictures go as photos, sound as voice, the rest as documents."""
    families = {upload.mime.partition("/")[0] for upload in given.uploads.values()}
    if given.flag("as_document") or len(families) != 1:
        return document(given)
    return {"image": photos, "audio": voice, "video": video}.get(families.pop(), document)(given)


ACTS: dict[str, Callable[[Parameters], Act]] = {
    "start": start,
    "say": say,
    "press": press,
    "photos": photos,
    "document": document,
    "voice": voice,
    "video": video,
    "files": files,
    "edit": edit,
    "vote": vote,
    "block": lambda _given: deeds.block,
    "unblock": lambda _given: deeds.unblock,
    "deactivate": deactivate,
}


IN_GROUPS = {"say", "press", "photos", "document", "voice", "video", "files", "vote", "edit"}


def read_act(name: str, given: Parameters) -> Act:
    if name not in ACTS:
        raise RehearsalError(
            N_("There is no act {name}."), N_("Look into the guide for the acts."), 404, name=name
        )
    act, group = ACTS[name](given), given.text("group")
    if not group:
        return act
    if name not in IN_GROUPS:
        raise RehearsalError(
            N_("The act {name} is not done in a group."), N_("Leave the group out."), 400, name=name
        )
    return lambda world, person, now: act(world, groups.in_group(world, person, group), now)
