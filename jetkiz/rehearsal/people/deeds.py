"""What people do in a rehearsal: press Start, write, press buttons, send photos, block the bot."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jetkiz.i18n import LANGUAGES, N_
from jetkiz.rehearsal.bot_api.json_forms import (
    message_json,
    press_json,
    standing_json,
    visible_rows,
)
from jetkiz.rehearsal.bot_api.media import Storing
from jetkiz.rehearsal.bot_api.parameters import Upload
from jetkiz.rehearsal.bot_api.sending import LONGEST_CAPTION, LONGEST_TEXT, posted
from jetkiz.rehearsal.bot_api.updates import hold_updates, queue_updates
from jetkiz.rehearsal.state.limits import Limits
from jetkiz.rehearsal.state.model import (
    Author,
    BotPlace,
    Event,
    EventKind,
    FileKind,
    GroupChat,
    Json,
    Message,
    Outcome,
    Person,
    Standing,
)
from jetkiz.rehearsal.state.refusals import RehearsalError
from jetkiz.rehearsal.state.world import World
from jetkiz.rehearsal.texts.keyboards import is_disabled
from jetkiz.rehearsal.texts.text_entities import FormattedText, found_entities, utf16_length

KEY = re.compile(r"[\w.@-]{1,64}")
MEASURES: dict[FileKind, Json] = {
    FileKind.VOICE: {"duration": 1},
    FileKind.VIDEO: {"duration": 1, "width": 320, "height": 240},
}
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


def arrive(world: World, key: str, name: str, language: str) -> Outcome:
    """A person exists; the same person arriving again changes nothing."""
    if not KEY.fullmatch(key) or not 1 <= len(name.strip()) <= 64 or language not in LANGUAGES:
        raise RehearsalError(
            N_("A person needs a key, a first name and a language."),
            N_("Use letters, digits, dots and dashes for the key, and kk, ru or en."),
            400,
        )
    known = world.people.get(key)
    if known is None:
        facts = {"person": key, "chat_id": world.next_chat, "name": name, "language": language}
        event = Event(EventKind.PERSON_ARRIVED, facts)
        return Outcome((event,), facts | {"standing": Standing.STRANGER.value})
    if (known.name, known.language) != (name, language):
        raise RehearsalError(
            N_("{key} is already here as {name}."),
            N_("Choose another key, or the same name and language."),
            key=key,
            name=known.name,
        )
    return Outcome((), person_facts(known))


def person_facts(person: Person) -> Json:
    return {
        "person": person.key,
        "chat_id": person.chat_id,
        "name": person.name,
        "language": person.language,
        "standing": person.standing.value,
    }


def find(world: World, key: str) -> Person:
    person = world.people.get(key)
    if person is None:
        raise RehearsalError(
            N_("Nobody here is called {key}."), N_("Add the person first."), 404, key=key
        )
    return person


def talking(person: Person) -> Person:
    if person.room is None and person.standing != Standing.MEMBER:
        raise RehearsalError(
            N_("{name} does not talk with the bot."), N_("Press Start first."), name=person.name
        )
    return person


def standing_events(
    world: World, person: Person, after: Standing, now: datetime
) -> tuple[Event, ...]:
    """The change, and the my_chat_member update that tells the bot of it."""
    facts = {"person": person.key, "standing": after.value}
    change = Event(EventKind.STANDING_CHANGED, facts)
    news = standing_json(world, person, int(now.timestamp()), after)
    return (change, *queue_updates(world, [("my_chat_member", news)]))


def start(world: World, person: Person, payload: str, now: datetime) -> Outcome:
    if not PAYLOAD.fullmatch(payload):
        raise RehearsalError(
            N_("This start code cannot be in a Telegram link."),
            N_("Use at most 64 Latin letters, digits, dashes and underscores."),
            400,
        )
    text = f"/start {payload}".strip()
    content = text_content(text)
    if person.standing == Standing.MEMBER:
        return write(world, person, [content], None, now)
    member = replace(person, standing=Standing.MEMBER)
    message = incoming(world, person, content, None, now)
    news = [("message", message_json(world, message))]
    if person.standing == Standing.BLOCKED:
        change = standing_json(world, person, int(now.timestamp()), Standing.MEMBER)
        news.insert(0, ("my_chat_member", change))
    facts = {"person": member.key, "standing": member.standing.value}
    return Outcome(
        (
            Event(EventKind.STANDING_CHANGED, facts),
            posted(message),
            *queue_updates(world, news),
        ),
        {"message_id": message.message_id},
    )


def text_content(text: str) -> Json:
    found = found_entities(FormattedText(text, []))
    return {"text": found.text, "entities": found.entities}


def say(world: World, person: Person, text: str, reply_to: int | None, now: datetime) -> Outcome:
    talking(person)
    if not 1 <= utf16_length(text.strip()) <= LONGEST_TEXT:
        raise RehearsalError(
            N_("Nobody can send such a message."), N_("Write 1 to 4096 letters."), 400
        )
    return write(world, person, [text_content(text.strip())], reply_to, now)


def incoming(
    world: World, person: Person, content: Json, reply_to: int | None, now: datetime
) -> Message:
    if reply_to is not None and world.message_in(person.place, reply_to) is None:
        raise RehearsalError(
            N_("There is no message {number} in this chat."),
            N_("Reply to a message that is there."),
            404,
            number=reply_to,
        )
    return Message(
        message_id=world.next_message(person.place),
        chat_id=person.place,
        author=Author.PERSON,
        date=int(now.timestamp()),
        content=content,
        reply_to=reply_to,
        sender=None if person.room is None else person.key,
    )


@dataclass(frozen=True, slots=True)
class Pace:
    """How the parts of an album reach the bot: in an order by chance, with gaps by chance."""

    seed: int
    gap: float  # the longest between two parts, in seconds

    def held(
        self, world: World, news: Sequence[tuple[str, Json]], now: datetime
    ) -> tuple[Event, ...]:
        dice = random.Random(self.seed)  # noqa: S311 - a rehearsal must repeat itself
        mixed = dice.sample(list(news), len(news))
        gaps = [0.0, *(dice.uniform(0, self.gap) for _ in mixed[1:])]
        times = [now + timedelta(seconds=sum(gaps[: n + 1])) for n in range(len(mixed))]
        return hold_updates(world, [(due, *each) for due, each in zip(times, mixed, strict=True)])


def write(
    world: World,
    person: Person,
    contents: Sequence[Json],
    reply_to: int | None,
    now: datetime,
    pace: Pace | None = None,
) -> Outcome:
    """The messages of one act; several are an album, which the bot gets as separate updates."""
    first = incoming(world, person, contents[0], reply_to, now)
    album = world.next_album if len(contents) > 1 else None
    messages = [
        replace(first, message_id=first.message_id + step, content=content, album=album)
        for step, content in enumerate(contents)
    ]
    heard = [message for message in messages if is_heard(world, message)]
    news = [("message", message_json(world, message)) for message in heard]
    numbers = [message.message_id for message in messages]
    queued = queue_updates(world, news) if pace is None else pace.held(world, news, now)
    return Outcome(
        (*map(posted, messages), *queued),
        {"message_id": numbers[0], "message_ids": numbers},
    )


def edit(world: World, person: Person, number: int | None, text: str, now: datetime) -> Outcome:
    """A person changes the words of an own message; the bot hears of it."""
    talking(person)
    message = world.message_in(person.place, number or 0)
    if message is None or message.author != Author.PERSON:
        raise RehearsalError(
            N_("There is no own message {number} to change."),
            N_("Change a message that you sent yourself."),
            404,
            number=number,
        )
    words, name = text_content(text.strip()), "text" if message.media is None else "caption"
    longest = LONGEST_TEXT if name == "text" else LONGEST_CAPTION
    if utf16_length(words["text"]) > longest or (name == "text" and not words["text"]):
        raise RehearsalError(
            N_("Nobody can send such a message."), N_("Write 1 to 4096 letters."), 400
        )
    places = ("text", "entities") if name == "text" else ("caption", "caption_entities")
    content = message.content | dict(zip(places, words.values(), strict=True))
    changes: Json = {"content": content, "edited": int(now.timestamp())}
    facts = {"message_id": number, "chat_id": person.place, "changes": changes}
    news = [("edited_message", message_json(world, replace(message, **changes)))]
    event = Event(EventKind.MESSAGE_EDITED, facts)
    return Outcome((event, *queue_updates(world, news)), {"message_id": number})


def is_heard(world: World, message: Message) -> bool:
    """In a group with privacy the bot hears commands and answers to its own messages."""
    chat = world.chat_of(message.chat_id)
    if not isinstance(chat, GroupChat):
        return True
    if chat.bot != BotPlace.MEMBER:
        return False
    replied = world.message_in(message.chat_id, message.reply_to or 0)
    to_bot = replied is not None and replied.author == Author.BOT
    return not chat.privacy or to_bot or str(message.content.get("text", "")).startswith("/")


@dataclass(frozen=True, slots=True)
class Attachment:
    """Files that a person sends in one act, with words and the message they answer."""

    kind: FileKind
    uploads: Sequence[Upload]
    caption: str = ""
    reply_to: int | None = None
    pace: Pace | None = None


def send_files(world: World, person: Person, attached: Attachment, now: datetime) -> Outcome:
    talking(person)
    caption = attached.caption.strip()
    if not 1 <= len(attached.uploads) <= 10 or utf16_length(caption) > LONGEST_CAPTION:
        raise RehearsalError(
            N_("Nobody can send these files at once."),
            N_("Send 1 to 10 files with at most 1024 letters of text."),
            400,
        )
    # A person's own file may be larger than the bot may fetch; that is for the bot to find out.
    storing = Storing(world, Limits(upload_bytes=2_000_000_000, photo_bytes=2_000_000_000))
    extra = MEASURES.get(attached.kind, {})
    contents = [
        storing.reference(attached.kind, None, upload, extra) for upload in attached.uploads
    ]
    if caption:
        words = text_content(caption)
        contents[0] |= {"caption": words["text"], "caption_entities": words["entities"]}
    outcome = write(world, person, contents, attached.reply_to, now, attached.pace)
    return Outcome((*storing.events, *outcome.events), outcome.result)


@dataclass(frozen=True, slots=True)
class Aim:
    """The button meant: by its label or its data, on one message or on the newest that has it."""

    label: str = ""
    data: str = ""
    message_id: int | None = None

    def hits(self, button: Json) -> bool:
        if self.data:
            return self.data == button.get("callback_data")
        return bool(self.label == button["text"])


def press(world: World, person: Person, aim: Aim) -> Outcome:
    talking(person)
    message, button = find_button(world, person, aim)
    if "callback_data" not in button or is_disabled(button):
        raise RehearsalError(
            N_("The button {label} sends nothing to the bot."),
            N_("Press another button."),
            label=button["text"],
        )
    facts = {
        "query_id": str(world.bot.user_id * 10**9 + len(world.presses) + 1),
        "person": person.key,
        "message_id": message.message_id,
        "chat_id": message.chat_id,
        "label": button["text"],
        "data": button["callback_data"],
    }
    news = queue_updates(world, [("callback_query", press_json(world, person, facts))])
    event = Event(EventKind.BUTTON_PRESSED, facts)
    return Outcome(
        (event, *news), {"query_id": facts["query_id"], "message_id": facts["message_id"]}
    )


def find_button(world: World, person: Person, aim: Aim) -> tuple[Message, Json]:
    for message in reversed(world.messages_of(person.place)):
        if message.deleted or aim.message_id not in {None, message.message_id}:
            continue
        for button in (button for row in visible_rows(message) for button in row):
            if aim.hits(button):
                return message, button
    raise RehearsalError(
        N_("{name} sees no button {label}."),
        N_("Look at the chat: the message may have changed."),
        404,
        name=person.name,
        label=aim.label or aim.data,
    )


def block(world: World, person: Person, now: datetime) -> Outcome:
    talking(person)
    return Outcome(standing_events(world, person, Standing.BLOCKED, now), {})


def unblock(world: World, person: Person, now: datetime) -> Outcome:
    if person.standing != Standing.BLOCKED:
        raise RehearsalError(
            N_("{name} has not blocked the bot."), N_("There is nothing to do."), name=person.name
        )
    return Outcome(standing_events(world, person, Standing.MEMBER, now), {})


def deactivate(person: Person) -> Outcome:
    """The account is gone; Telegram tells the bot nothing until it tries to write."""
    facts = {"person": person.key, "standing": Standing.DEACTIVATED.value}
    return Outcome((Event(EventKind.STANDING_CHANGED, facts),), {})
