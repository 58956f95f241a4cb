"""Polls and quizzes: what may be asked, who has answered what, and when nobody may any more."""

from dataclasses import replace
from typing import Any

from jetkiz.i18n import N_
from jetkiz.rehearsal.bot_api.editing import changed, own_message
from jetkiz.rehearsal.bot_api.parameters import Parameters
from jetkiz.rehearsal.bot_api.sending import Call, new_message, reachable_chat, sent
from jetkiz.rehearsal.bot_api.updates import queue_updates
from jetkiz.rehearsal.state.model import Event, EventKind, Json, Message, Outcome, Person
from jetkiz.rehearsal.state.refusals import RehearsalError, bad_request
from jetkiz.rehearsal.state.world import World
from jetkiz.rehearsal.texts.formatting import format_text
from jetkiz.rehearsal.texts.keyboards import inline_only
from jetkiz.rehearsal.texts.text_entities import utf16_length

LONGEST_QUESTION, LONGEST_OPTION, LONGEST_EXPLANATION = 300, 100, 200
MOST_OPTIONS = 12
SHORTEST_PERIOD, LONGEST_PERIOD = 5, 2_628_000


def send_poll(call: Call) -> Outcome:
    chat = reachable_chat(call)
    given = call.parameters
    question = words_of(given.text("question"), given.text("question_parse_mode"), "question")
    options = [option_of(each) for each in read_list(given.structure("options"), "options")]
    kind = given.text("type") or "regular"
    if kind not in {"regular", "quiz"}:
        raise bad_request("unsupported poll type specified")
    if not options:
        raise bad_request("poll must have at least 1 option")
    if len(options) > MOST_OPTIONS:
        raise bad_request(f"poll can't have more than {MOST_OPTIONS} options")
    poll: Json = {
        "id": new_poll_id(call.world),
        "question": question,
        "options": [
            {"persistent_id": str(n), "text": text, "voter_count": 0}
            for n, text in enumerate(options)
        ],
        "total_voter_count": 0,
        "is_closed": given.flag("is_closed"),
        "is_anonymous": said(given, "is_anonymous", usually=True),
        "type": kind,
        "allows_multiple_answers": given.flag("allows_multiple_answers"),
        "allows_revoting": said(given, "allows_revoting", usually=kind == "regular"),
        "members_only": False,
    }
    poll |= quiz_part(given, len(options)) if kind == "quiz" else {}
    return sent(call, new_message(call, chat, {"poll": poll | end_of(call)}))


def new_poll_id(world: World) -> str:
    return str(5 * 10**18 + world.bot.user_id * 10**9 + len(world.messages))


def asked_anew(world: World, poll: Json) -> Json:
    """The same question as a poll of its own, not answered by anybody yet."""
    options = [option | {"voter_count": 0} for option in poll["options"]]
    fresh = {"id": new_poll_id(world), "options": options, "total_voter_count": 0}
    return poll | fresh | {"is_closed": False}


def said(given: Parameters, name: str, usually: bool) -> bool:
    return given.flag(name) if given.text(name) else usually


def read_list(given: Any, name: str) -> list[Any]:
    if not isinstance(given, list):
        raise bad_request(f"can't parse {name} JSON object: an array is expected")
    return given


def words_of(given: Any, mode: Any, name: str) -> str:
    text = format_text(given, mode).text if isinstance(given, str) else ""
    longest = LONGEST_QUESTION if name == "question" else LONGEST_OPTION
    if not text:
        raise bad_request(f"poll {name} must be non-empty")
    if utf16_length(text) > longest:
        raise bad_request(f"poll {name} length must not exceed {longest}")
    return text


def option_of(given: Any) -> str:
    """An option is a text, or an object with one."""
    if isinstance(given, dict):
        return words_of(given.get("text"), given.get("text_parse_mode"), "options")
    return words_of(given, None, "options")


def quiz_part(given: Parameters, options: int) -> Json:
    """One or several right answers, in order, and why they are right."""
    right = given.structure("correct_option_ids")
    right = right if right is not None else given.structure("correct_option_id")
    right = right if isinstance(right, list) else [right]
    numbers = [n for n in right if isinstance(n, int) and not isinstance(n, bool)]
    in_order = numbers == sorted(set(numbers)) and numbers == right
    if not numbers or not in_order or not 0 <= numbers[0] <= numbers[-1] < options:
        raise bad_request("wrong correct option ID specified")
    if len(numbers) > 1 and not given.flag("allows_multiple_answers"):
        raise bad_request("quiz with several correct options must allow multiple answers")
    mode, entities = given.text("explanation_parse_mode"), given.structure("explanation_entities")
    why = format_text(given.text("explanation") or "", mode, entities)
    if utf16_length(why.text) > LONGEST_EXPLANATION or why.text.count("\n") > 2:
        raise bad_request("poll explanation is too long")
    told = {"explanation": why.text, "explanation_entities": why.entities} if why.text else {}
    return {"correct_option_ids": numbers} | told


def end_of(call: Call) -> Json:
    period, date = call.parameters.integer("open_period"), call.parameters.integer("close_date")
    if not period and not date:
        return {}
    length = period or (date or 0) - call.now
    if not SHORTEST_PERIOD <= length <= LONGEST_PERIOD:
        raise bad_request("invalid poll auto-close time specified")
    return ({"open_period": period} if period else {}) | {"close_date": call.now + length}


def stop_poll(call: Call) -> Outcome:
    message = own_message(call)
    poll = message.content.get("poll")
    if poll is None:
        raise bad_request("message with poll to stop not found")
    if is_over(poll, call.now):
        raise bad_request("poll has already been closed")
    buttons = inline_only(call.parameters.structure("reply_markup"))
    closed = poll | {"is_closed": True}
    changes = {"content": {"poll": closed}, "buttons": buttons}
    outcome = changed(call, message, EventKind.MESSAGE_EDITED, changes)
    news = queue_updates(call.world, [("poll", closed)])
    return replace(outcome, events=(*outcome.events, *news), result=closed)


def is_over(poll: Json, now: int) -> bool:
    return bool(poll["is_closed"]) or now >= poll.get("close_date", now + 1)


def vote(
    world: World, person: Person, chosen: list[int], message_id: int | None, now: int
) -> Outcome:
    """An answer counts once; a quiz is answered for good, other polls may be answered anew."""
    message = find_poll(world, person, message_id)
    poll = message.content["poll"]
    before = world.votes.get(poll["id"], {}).get(person.key, [])
    check_vote(poll, chosen, before, now)
    votes = world.votes.get(poll["id"], {}) | {person.key: chosen}
    counted = poll | {
        "options": [
            option | {"voter_count": sum(n in ids for ids in votes.values())}
            for n, option in enumerate(poll["options"])
        ],
        "total_voter_count": sum(bool(ids) for ids in votes.values()),
    }
    answer = {
        "poll_id": poll["id"],
        "user": person.as_user(),
        "option_ids": chosen,
        "option_persistent_ids": [str(n) for n in chosen],
    }
    facts = {
        "person": person.key,
        "chat_id": message.chat_id,
        "message_id": message.message_id,
        "poll_id": poll["id"],
        "option_ids": chosen,
        "changes": {"content": {"poll": counted}},
    }
    named = [] if poll["is_anonymous"] else [("poll_answer", answer)]
    news = queue_updates(world, [("poll", counted), *named])
    event = Event(EventKind.POLL_ANSWERED, facts)
    return Outcome((event, *news), {"message_id": message.message_id, "poll_id": poll["id"]})


def find_poll(world: World, person: Person, message_id: int | None) -> Message:
    for message in reversed(world.messages_of(person.place)):
        wanted = message_id in {None, message.message_id}
        if wanted and not message.deleted and "poll" in message.content:
            return message
    raise RehearsalError(
        N_("{name} sees no such poll."), N_("Look at the chat."), 404, name=person.name
    )


def check_vote(poll: Json, chosen: list[int], before: list[int], now: int) -> None:
    if is_over(poll, now):
        raise RehearsalError(N_("This poll is over."), N_("Nobody can answer it any more."))
    if before and not poll["allows_revoting"]:
        raise RehearsalError(
            N_("This question has been answered already."), N_("A quiz takes one answer.")
        )
    allowed = set(range(len(poll["options"])))
    too_many = len(chosen) > 1 and not poll["allows_multiple_answers"]
    nothing = not chosen and not before
    if not set(chosen) <= allowed or len(set(chosen)) != len(chosen) or too_many or nothing:
        raise RehearsalError(
            N_("These options cannot be chosen."),
            N_("Choose one of the options, or several where the poll allows it."),
            400,
        )
