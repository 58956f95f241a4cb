"""Which updates the bot gets: each again and again until it confirms it, none older than a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jetkiz.rehearsal.bot_api.parameters import Parameters
from jetkiz.rehearsal.state.model import Event, EventKind, Json
from jetkiz.rehearsal.state.refusals import bad_request
from jetkiz.rehearsal.state.world import QueuedUpdate, World

KEPT_FOR = timedelta(hours=24)
LONGEST_HOLD = 50
FUTURE_LEEWAY = 10
OFF_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True, slots=True)
class Taken:
    """The updates to hand out, and the number below which all are done with."""

    updates: tuple[Json, ...]
    confirmed_below: int


def take_updates(queue: Sequence[QueuedUpdate], offset: int, limit: int, now: datetime) -> Taken:
    """Telegram's offset: positive confirms all below it, negative keeps only the last ones."""
    fresh = [update for update in queue if now - update.at <= KEPT_FOR]
    if not fresh:
        return Taken((), offset if offset > 0 else after_last(queue))
    first, after = fresh[0].number, fresh[-1].number + 1
    if offset < 0:
        offset = max(after + offset, first)
    if offset > after + FUTURE_LEEWAY:  # the real server takes such an offset for a mistake
        offset = 0
    begin = max(offset, first)
    ready = tuple(update.update for update in fresh if update.number >= begin)
    return Taken(ready[:limit], begin)


def after_last(queue: Sequence[QueuedUpdate]) -> int:
    return queue[-1].number + 1 if queue else 0


def confirmation(world: World, taken: Taken) -> tuple[Event, ...]:
    """An event only when something really leaves the queue."""
    if not world.updates or world.updates[0].number >= taken.confirmed_below:
        return ()
    return (Event(EventKind.UPDATES_CONFIRMED, {"below": taken.confirmed_below}),)


@dataclass(frozen=True, slots=True)
class Poll:
    """What one getUpdates call asks for."""

    offset: int
    limit: int
    hold: int
    wanted: list[str] | None


def read_poll(parameters: Parameters) -> Poll:
    limit = parameters.integer("limit")
    return Poll(
        offset=parameters.integer("offset") or 0,
        limit=limit if limit is not None and 1 <= limit <= 100 else 100,
        hold=min(max(parameters.integer("timeout") or 0, 0), LONGEST_HOLD),
        wanted=read_wanted(parameters),
    )


def read_wanted(parameters: Parameters) -> list[str] | None:
    wanted = parameters.structure("allowed_updates")
    if wanted is None:
        return None
    if not isinstance(wanted, list) or not all(isinstance(kind, str) for kind in wanted):
        raise bad_request("can't parse allowed_updates: an array of strings is expected")
    return wanted


def choice(world: World, wanted: list[str] | None) -> tuple[Event, ...]:
    """The bot's choice of kinds holds for what comes later and until it chooses anew."""
    if wanted is None or wanted == world.wanted:
        return ()
    return (Event(EventKind.UPDATES_CHOSEN, {"kinds": wanted}),)


def is_wanted(world: World, kind: str) -> bool:
    return kind in world.wanted if world.wanted else kind not in OFF_BY_DEFAULT


def queue_updates(world: World, items: Sequence[tuple[str, Json]]) -> tuple[Event, ...]:
    """Updates of these kinds, numbered on, as far as the bot wants them."""
    wanted = [(kind, body) for kind, body in items if is_wanted(world, kind)]
    return tuple(
        Event(EventKind.UPDATE_QUEUED, {"update": {"update_id": number, kind: body}})
        for number, (kind, body) in enumerate(wanted, start=world.next_update)
    )


def hold_updates(world: World, items: Sequence[tuple[datetime, str, Json]]) -> tuple[Event, ...]:
    """Updates that the bot gets only later, at the time given with each."""
    return tuple(
        Event(EventKind.UPDATE_HELD, {"due": due.isoformat(), "kind": kind, "body": body})
        for due, kind, body in items
        if is_wanted(world, kind)
    )


def due_update(world: World, now: datetime) -> tuple[Event, ...]:
    """The next one whose time has come; it gets its number only now."""
    if not world.held or world.held[0].due > now:
        return ()
    held = world.held[0]
    update = {"update_id": world.next_update, held.kind: held.body}
    return (Event(EventKind.UPDATE_QUEUED, {"update": update, "held": True}),)
