"""Groups: who is in them, whether the bot is, what it hears there, and how one becomes another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from jetkiz.i18n import N_
from jetkiz.rehearsal.bot_api.json_forms import group_standing_json, message_json
from jetkiz.rehearsal.bot_api.sending import posted
from jetkiz.rehearsal.bot_api.updates import queue_updates
from jetkiz.rehearsal.people.deeds import KEY, find
from jetkiz.rehearsal.state.model import (
    Author,
    BotPlace,
    Event,
    EventKind,
    GroupChat,
    GroupKind,
    Json,
    Message,
    Outcome,
    Person,
)
from jetkiz.rehearsal.state.refusals import RehearsalError
from jetkiz.rehearsal.state.world import World


class GroupAct(StrEnum):
    """What may happen to a group from outside."""

    ADD = "add"  # a person comes in
    REMOVE = "remove"  # a person goes
    INVITE = "invite"  # the bot comes in
    EXPEL = "expel"  # the bot is thrown out
    MIGRATE = "migrate"  # the group becomes a supergroup with another number


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group as it is asked for; `privacy` is the bot's usual mode: it hears only what it must."""

    key: str
    title: str
    members: Sequence[str]
    privacy: bool = True


def make(world: World, asked: NewGroup, now: datetime) -> Outcome:
    """A group with its members and the bot; the same group again changes nothing."""
    title = asked.title.strip()
    if not KEY.fullmatch(asked.key) or not 1 <= len(title) <= 128 or asked.key in world.people:
        raise RehearsalError(
            N_("A group needs a key of its own and a title."),
            N_("Use letters, digits, dots and dashes for the key; no person may have it."),
            400,
        )
    known = world.group_chats.get(asked.key)
    if known is not None:
        return Outcome((), group_facts(known))
    members = [find(world, member).key for member in asked.members]
    facts: Json = {
        "group": asked.key,
        "chat_id": -(1000 + len(world.group_chats) + 1),
        "title": title,
        "members": members,
        "privacy": asked.privacy,
    }
    group = GroupChat(asked.key, facts["chat_id"], title, tuple(members), asked.privacy)
    news = standing_news(world, replace(group, bot=BotPlace.LEFT), BotPlace.MEMBER, now)
    return Outcome((Event(EventKind.GROUP_MADE, facts), *news), group_facts(group))


def group_facts(group: GroupChat) -> Json:
    return {
        "group": group.key,
        "chat_id": group.chat_id,
        "title": group.title,
        "kind": group.kind.value,
        "members": list(group.members),
        "bot": group.bot.value,
    }


def find_group(world: World, key: str) -> GroupChat:
    group = world.group_chats.get(key)
    if group is None:
        raise RehearsalError(
            N_("There is no group {key}."), N_("Make the group first."), 404, key=key
        )
    return group


def in_group(world: World, person: Person, key: str) -> Person:
    """The person as a member who speaks in the group."""
    group = find_group(world, key)
    if person.key not in group.members:
        raise RehearsalError(
            N_("{name} is not in the group {group}."),
            N_("Add the person to the group first."),
            name=person.name,
            group=group.title,
        )
    return replace(person, room=group.chat_id)


def change(world: World, key: str, act: GroupAct, person: str, now: datetime) -> Outcome:
    group = find_group(world, key)
    if act in {GroupAct.ADD, GroupAct.REMOVE}:
        return change_member(group, act, find(world, person))
    if act == GroupAct.MIGRATE:
        return migrate(world, group, now)
    after = BotPlace.MEMBER if act == GroupAct.INVITE else BotPlace.KICKED
    if group.bot == after:
        return Outcome((), group_facts(group))
    facts = {"group": key, "bot": after.value}
    news = standing_news(world, group, after, now)
    changed = group_facts(replace(group, bot=after))
    return Outcome((Event(EventKind.BOT_PLACED, facts), *news), changed)


def change_member(group: GroupChat, act: GroupAct, person: Person) -> Outcome:
    others = [member for member in group.members if member != person.key]
    members = [*others, person.key] if act == GroupAct.ADD else others
    facts = {"group": group.key, "members": members}
    changed = replace(group, members=tuple(members))
    return Outcome((Event(EventKind.GROUP_CHANGED, facts),), group_facts(changed))


def standing_news(
    world: World, group: GroupChat, after: BotPlace, now: datetime
) -> tuple[Event, ...]:
    news = group_standing_json(world, group, int(now.timestamp()), after)
    return queue_updates(world, [("my_chat_member", news)])


def migrate(world: World, group: GroupChat, now: datetime) -> Outcome:
    """Two service messages tell of it; whoever writes to the old number is told the new one."""
    if group.kind == GroupKind.SUPERGROUP:
        raise RehearsalError(
            N_("The group {group} is a supergroup already."),
            N_("There is nothing to do."),
            group=group.title,
        )
    number = -(10**12 + 2_000_000_000 - group.chat_id)
    moved = replace(group, chat_id=number, kind=GroupKind.SUPERGROUP)
    date = int(now.timestamp())
    old = service(world.next_message(group.chat_id), group, date, migrate_to_chat_id=number)
    new = service(1, moved, date, migrate_from_chat_id=group.chat_id)
    told = [
        ("message", message_json(world, message) | {"chat": chat.as_chat()})
        for message, chat in ((old, group), (new, moved))
    ]
    facts = {"group": group.key, "chat_id": number}
    events = (posted(old), Event(EventKind.GROUP_MOVED, facts), posted(new))
    return Outcome((*events, *queue_updates(world, told)), group_facts(moved))


def service(number: int, group: GroupChat, date: int, **content: int) -> Message:
    return Message(number, group.chat_id, Author.BOT, date, content)
