"""What stays of a message whose words were forgotten: what its buttons carry, for they work on."""

from collections.abc import Mapping
from typing import Any, Final

BUTTONS: Final = "buttons"


def without_words(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a message for good; of a change of another message that is nothing."""
    carried = carried_by(payload)
    return {BUTTONS: carried} if carried and "message_id" not in payload else {}


def carried_by(payload: Mapping[str, Any]) -> list[str]:
    """Return what the buttons of a message carry, its words forgotten or not."""
    markup = payload.get("reply_markup") or {}
    shown = (one for row in markup.get("inline_keyboard", ()) for one in row)
    return list(payload.get(BUTTONS) or (one.get("callback_data", "") for one in shown))
