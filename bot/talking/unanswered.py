"""What is said when a question of ours ends without an answer, by a command or after a day."""

from collections.abc import Callable, Mapping
from typing import Final

from bot import coordinator_cards
from bot.talking.dialogue_states import Doing
from bot.words import family, linking, staff
from bot.words.cards import Card
from jetkiz.i18n import Translator

BROKEN_OFF: Final[Mapping[Doing, Callable[[Translator], Card]]] = {
    Doing.LINKING: linking.link_broken_off,
    Doing.FEEDBACK: staff.nothing_said,
    Doing.EMERGENCY: coordinator_cards.emergency_dropped,
    Doing.ASKING: family.not_asked,
    Doing.NAMING: family.no_name,
}
"""What is said of each; a draft of homework says how many pages it keeps."""
