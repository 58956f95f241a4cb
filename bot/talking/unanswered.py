"""What is said when a question of ours ends without an answer, by a command or after a day."""

from collections.abc import Callable, Mapping
from typing import Final

from bot import coordinator_cards
from bot.talking.dialogue_states import DialogueState, Doing
from bot.words import family, homework, linking, staff, staff_questions
from bot.words.cards import Card
from jetkiz.i18n import Translator

BROKEN_OFF: Final[Mapping[Doing, Callable[[Translator], Card]]] = {
    Doing.LINKING: linking.link_broken_off,
    Doing.FEEDBACK: staff.nothing_said,
    Doing.ANSWERING: staff_questions.not_answered,
    Doing.EMERGENCY: coordinator_cards.emergency_dropped,
    Doing.ASKING: family.not_asked,
    Doing.NAMING: family.no_name,
}
"""What is said of each; a draft of homework says how many pages it keeps."""


def ended_cards(state: DialogueState, t: Translator, *, has_children: bool) -> list[Card]:
    """Say of what ended after a day what became of it: of a question, of pages without a task.

    Pages that lie in a draft were handed in long ago, and that was said; whoever has no children
    here any more was told so.
    """
    cards = []
    pages = state.facts.get("pages", ())
    if pages and has_children:
        cards.append(homework.not_placed(len(pages), t))
    if state.doing == Doing.DRAFT and has_children:
        cards.append(homework.no_longer_collected(t))
    if state.doing in BROKEN_OFF:
        cards.append(BROKEN_OFF[state.doing](t))
    return cards
