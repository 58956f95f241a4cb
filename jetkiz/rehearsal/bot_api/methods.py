"""Which methods the rehearsal Telegram understands; anything else is 404 Not Found."""

from collections.abc import Callable

from jetkiz.rehearsal.bot_api import card, copying, editing, polls, rich_messages, sending, webhook
from jetkiz.rehearsal.bot_api.sending import Call
from jetkiz.rehearsal.state.model import EventKind, Outcome
from jetkiz.rehearsal.state.refusals import ApiRefusal

Method = Callable[[Call], Outcome]

METHODS: dict[str, Method] = {
    "getMe": card.get_me,
    "getChat": card.get_chat,
    "getFile": card.get_file,
    "setMyName": card.set_my_name,
    "getMyName": card.get_my_name,
    "setMyDescription": card.set_my_description,
    "getMyDescription": card.get_my_description,
    "setMyShortDescription": card.set_my_short_description,
    "getMyShortDescription": card.get_my_short_description,
    "setMyCommands": card.set_my_commands,
    "getMyCommands": card.get_my_commands,
    "deleteMyCommands": card.delete_my_commands,
    "setWebhook": webhook.set_webhook,
    "deleteWebhook": webhook.delete_webhook,
    "getWebhookInfo": webhook.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendAudio": sending.send_audio,
    "sendVoice": sending.send_voice,
    "sendMediaGroup": sending.send_media_group,
    "sendVideo": sending.send_video,
    "sendAnimation": sending.send_animation,
    "sendVideoNote": sending.send_video_note,
    "sendLocation": sending.send_location,
    "sendRichMessage": rich_messages.send_rich_message,
    "sendPoll": polls.send_poll,
    "stopPoll": polls.stop_poll,
    "copyMessage": copying.copy_message,
    "forwardMessage": copying.forward_message,
    "pinChatMessage": copying.pin_message,
    "unpinChatMessage": copying.unpin_message,
    "deleteMessages": copying.delete_messages,
    "editMessageMedia": editing.edit_message_media,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "setMessageReaction": editing.set_message_reaction,
    "answerCallbackQuery": editing.answer_callback_query,
}
POLLING = "getUpdates"  # the one method that waits; the server answers it itself
CANONICAL = {name.lower(): name for name in (*METHODS, POLLING)}


def method_name(asked: str) -> str:
    """Telegram does not care about upper and lower case in a method's name."""
    name = CANONICAL.get(asked.lower())
    if name is None:
        raise ApiRefusal(404, "Not Found")
    return name


def decide(method: str, call: Call) -> Outcome:
    return METHODS[method](call)


def messages_in(outcome: Outcome) -> int:
    """How many messages a call counts for against the limits."""
    return sum(event.kind == EventKind.MESSAGE_POSTED for event in outcome.events)
