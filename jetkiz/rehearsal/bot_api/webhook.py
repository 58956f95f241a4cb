"""Where the bot wants its updates brought: an address on this computer, with a secret word."""

import re
from urllib.parse import urlsplit

from jetkiz.rehearsal.bot_api.sending import Call
from jetkiz.rehearsal.bot_api.updates import choice, read_wanted
from jetkiz.rehearsal.state.model import Event, EventKind, Json, Outcome
from jetkiz.rehearsal.state.refusals import bad_request

HERE = {"127.0.0.1", "localhost", "::1"}
SECRET = re.compile(r"[A-Za-z0-9_-]*")
LONGEST_SECRET = 256
MOST_CONNECTIONS, USUAL_CONNECTIONS = 100, 40
ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
REPLACED = "Conflict: terminated by setWebhook request"


def set_webhook(call: Call) -> Outcome:
    url = call.parameters.text("url") or ""
    if not url:
        return delete_webhook(call)
    secret = call.parameters.text("secret_token") or ""
    if len(secret) > LONGEST_SECRET:
        raise bad_request("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    check_address(url)
    asked = call.parameters.integer("max_connections")
    webhook = {
        "url": url,
        "secret": secret,
        "max_connections": min(max(asked or USUAL_CONNECTIONS, 1), MOST_CONNECTIONS),
    }
    chosen = choice(call.world, read_wanted(call.parameters))
    change = Event(EventKind.WEBHOOK_CHANGED, {"webhook": webhook})
    return Outcome((change, *chosen, *dropped(call)), True)


def check_address(url: str) -> None:
    """Nothing of a rehearsal leaves this computer; the real server wants https and other ports."""
    try:
        address = urlsplit(url)
        here = address.scheme == "http" and address.hostname in HERE and address.port != 0
    except ValueError:
        here = False
    if not here:
        raise bad_request("bad webhook: the rehearsal delivers only to http://127.0.0.1")


def dropped(call: Call) -> tuple[Event, ...]:
    if not call.parameters.flag("drop_pending_updates") or not call.world.updates:
        return ()
    return (Event(EventKind.UPDATES_CONFIRMED, {"below": call.world.next_update}),)


def delete_webhook(call: Call) -> Outcome:
    change = Event(EventKind.WEBHOOK_CHANGED, {"webhook": None})
    return Outcome(((change,) if call.world.webhook else ()) + dropped(call), True)


def get_webhook_info(call: Call) -> Outcome:
    world, webhook = call.world, call.world.webhook
    info: Json = {
        "url": webhook["url"] if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
    }
    if webhook:
        info |= {"max_connections": webhook["max_connections"], "ip_address": "127.0.0.1"}
        info |= world.webhook_trouble
    return Outcome((), info | ({"allowed_updates": world.wanted} if world.wanted else {}))


def chat_of(update: Json) -> int:
    """Whose turn an update belongs to: updates of one chat keep their order."""
    body: Json = next(value for name, value in update.items() if name != "update_id")
    message = body.get("message")
    chat = (message if isinstance(message, dict) else body).get("chat") or body.get("user")
    return int(chat["id"]) if isinstance(chat, dict) else 0
