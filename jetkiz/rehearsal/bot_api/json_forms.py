"""Gives messages, presses and block notices the form in which the Bot API carries them."""

from jetkiz.rehearsal.state.model import (
    Author,
    BotPlace,
    GroupChat,
    Json,
    Message,
    Person,
    Standing,
)
from jetkiz.rehearsal.state.world import World
from jetkiz.rehearsal.texts.rich_blocks import button_rows


def message_json(world: World, message: Message, with_reply: bool = True) -> Json:
    chat = world.chat_of(message.chat_id)
    speaker = message.sender or world.chats.get(message.chat_id, "")
    by_person = message.author == Author.PERSON
    sender = world.people[speaker].as_user() if by_person else world.bot.as_user()
    answer: Json = {
        "message_id": message.message_id,
        "from": sender,
        "chat": chat.as_chat() if chat else {"id": message.chat_id},
        "date": message.date,
    }
    if message.edited is not None:
        answer["edit_date"] = message.edited
    if message.effect is not None:
        answer["effect_id"] = message.effect
    if message.album is not None:
        answer["media_group_id"] = message.album
    replied = world.message_in(message.chat_id, message.reply_to or 0) if with_reply else None
    if replied is not None:
        answer["reply_to_message"] = message_json(world, replied, with_reply=False)
    answer |= {name: part for name, part in message.content.items() if part != []}
    if message.buttons:
        answer["reply_markup"] = {"inline_keyboard": message.buttons}
    return answer


def visible_rows(message: Message) -> list[list[Json]]:
    """The buttons inside a rich message and those under it."""
    rich = message.content.get("rich_message", {"blocks": ()})
    return [*button_rows(rich["blocks"]), *(message.buttons or ())]


def press_json(world: World, person: Person, press: Json) -> Json:
    return {
        "id": press["query_id"],
        "from": person.as_user(),
        "message": message_json(world, world.messages[person.place, press["message_id"]]),
        "chat_instance": str(-abs(person.place)),
        "data": press["data"],
    }


def standing_json(world: World, person: Person, date: int, after: Standing) -> Json:
    return {
        "chat": person.as_chat(),
        "from": person.as_user(),
        "date": date,
        "old_chat_member": member_json(world, person.standing),
        "new_chat_member": member_json(world, after),
    }


def group_standing_json(world: World, group: GroupChat, date: int, after: BotPlace) -> Json:
    """Somebody of the group brought the bot in or threw it out."""
    doer = world.people[group.members[0]].as_user() if group.members else world.bot.as_user()
    return {
        "chat": group.as_chat(),
        "from": doer,
        "date": date,
        "old_chat_member": place_json(world, group.bot),
        "new_chat_member": place_json(world, after),
    }


def place_json(world: World, place: BotPlace) -> Json:
    until = {"until_date": 0} if place == BotPlace.KICKED else {}
    return {"user": world.bot.as_user(), "status": place.value} | until


def member_json(world: World, standing: Standing) -> Json:
    if standing == Standing.MEMBER:
        return {"user": world.bot.as_user(), "status": "member"}
    return {"user": world.bot.as_user(), "status": "kicked", "until_date": 0}
