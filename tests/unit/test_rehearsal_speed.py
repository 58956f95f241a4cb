"""The rehearsal keeps up with a fast sender: a message costs it a small part of a core."""

import json

from tests.cpu_time import costing_less_than
from tests.rehearsal_examples import BUTTONS, call, chat_of, open_stage

MESSAGES = 600
SECONDS_EACH = 1 / 5000


def test_a_message_costs_little_of_a_core() -> None:
    stage = open_stage()
    chat = chat_of(stage, "alice")
    text = "Бүгін математика сабағы: екі таңбалы сандарды қосу. " * 6
    with costing_less_than(MESSAGES * SECONDS_EACH):
        for number in range(MESSAGES):
            sent = call(
                stage, "sendMessage", chat_id=chat, text=f"{text}{number}", reply_markup=BUTTONS
            )
            json.dumps(sent)
    assert sent["text"].endswith(str(MESSAGES - 1)), "and the message is kept"
