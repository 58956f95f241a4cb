"""Checks the buttons under a message: a text and one purpose each, 1 to 64 bytes behind them."""

from typing import Any

from jetkiz.rehearsal.state.model import Json
from jetkiz.rehearsal.state.refusals import bad_request

PURPOSES = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
DECORATIONS = ("style", "icon_custom_emoji_id", "disabled")
STYLES = {"danger", "success", "primary"}
MOST_BUTTONS = 100
OTHER_KEYBOARDS = ("keyboard", "remove_keyboard", "force_reply")

Rows = list[list[Json]]


def read_markup(markup: Any) -> tuple[Rows | None, Json | None]:
    """Inline buttons, or a keyboard that replaces the person's own."""
    if markup is None or markup == {}:
        return None, None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return inline_rows(markup["inline_keyboard"]), None
    if not any(name in markup for name in OTHER_KEYBOARDS):
        raise bad_request("can't parse reply keyboard markup JSON object")
    if "keyboard" in markup:
        return None, markup | {"keyboard": reply_rows(markup["keyboard"])}
    return None, markup


def inline_only(markup: Any) -> Rows | None:
    """What an edit may bring; no markup at all takes the buttons away."""
    rows, other = read_markup(markup)
    if other is not None:
        raise bad_request("inline keyboard expected")
    return rows


def inline_rows(rows: Any) -> Rows | None:
    checked = [[inline_button(button) for button in row] for row in listed_rows(rows)]
    kept = [row for row in checked if row]
    if sum(map(len, kept)) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return kept or None


def reply_rows(rows: Any) -> Rows:
    return [
        [{"text": button} if isinstance(button, str) else labelled(button) for button in row]
        for row in listed_rows(rows)
    ]


def listed_rows(rows: Any) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse keyboard: an array of arrays is expected")
    return rows


def labelled(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: an object is expected")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request('can\'t parse keyboard button: Field "text" must be a non-empty string')
    return button


def is_disabled(button: Json) -> bool:
    """The mark is an object without fields, so that an empty one counts."""
    return button.get("disabled") is not None and button["disabled"] is not False


def inline_button(button: Any) -> Json:
    given = labelled(button)
    purposes = [name for name in PURPOSES if given.get(name) is not None]
    if len(purposes) != 1 and not (is_disabled(given) and not purposes):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = given.get("callback_data")
    if data is not None and not (isinstance(data, str) and 1 <= len(data.encode()) <= 64):
        raise bad_request("BUTTON_DATA_INVALID")
    url = given.get("url")
    if url is not None and not (isinstance(url, str) and url.startswith(("http", "tg:"))):
        raise bad_request(
            f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol"
        )
    if given.get("style") is not None and str(given["style"]) not in STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    kept = ("text", *purposes, *DECORATIONS)
    return {name: given[name] for name in kept if given.get(name) is not None}
