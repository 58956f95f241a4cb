"""What happens to a question of ours that was never answered: a command or a day ends it, said."""

from typing import Any

from bot.talking import drafts
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.unanswered import BROKEN_OFF
from bot.words import homework


def is_command(text: str) -> bool:
    """Say whether a person asks for something else."""
    return text.startswith("/")


def break_off(desk: Desk, command: str) -> None:
    """End what the chat is in the middle of because a command came; pages are kept, and said so."""
    if desk.state.doing == Doing.DRAFT:
        if not command.startswith("/send"):
            _lay_draft_aside(desk)
        return
    said = BROKEN_OFF.get(desk.state.doing)
    if said:
        end(desk)
        desk.show(said(desk.t))


def enter(desk: Desk, doing: Doing, **facts: Any) -> None:
    """Begin to ask something else; pages that wait for a word go on waiting."""
    if desk.state.doing == Doing.DRAFT:
        _lay_draft_aside(desk)
    elif desk.state.doing != doing:
        drafts.break_question_off(desk)
    desk.enter(doing, **facts, pages=list(desk.state.facts.get("pages", ())))


def _lay_draft_aside(desk: Desk) -> None:
    facts = desk.state.facts
    place = drafts.target(desk, facts["student"], facts["lesson"])
    end(desk)
    if place and (pages := drafts.draft_pages(desk, place)):
        desk.show(homework.unfinished(sum(page.sheets for page in pages), desk.t))


def end(desk: Desk) -> None:
    """Forget the question; pages that waited meanwhile wait for their word again."""
    pages = list(desk.state.facts.get("pages", ()))
    desk.leave()
    if pages:
        desk.enter(Doing.CHOOSING, pages=pages, album="")
