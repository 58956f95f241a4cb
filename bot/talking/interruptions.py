"""How what a chat is in the middle of ends: by its answer, a command, a button, a day, a cut link.

Whatever ends without its answer is named. Handlers begin and end it here and nowhere else.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.talking import dialogue_states, drafts
from bot.talking.desk import Desk
from bot.talking.dialogue_states import DialogueState, Doing
from bot.talking.drafts import Kept, Target
from bot.talking.unanswered import ended_cards
from bot.words import homework

# What a question of ours is about: about anything else it is another question.
_ABOUT: Final = ("student", "lesson", "work", "question", "key")
_OF_THE_STAFF: Final = frozenset({Doing.FEEDBACK, Doing.ANSWERING})
_OF_A_CHILD: Final = frozenset({Doing.DRAFT, Doing.SEALED, Doing.ASKING, Doing.NAMING})


def is_command(text: str) -> bool:
    """Say whether a person asks for something else."""
    return text.startswith("/")


def settle(desk: Desk, *, has_expired: bool) -> None:
    """Name what has ended since the chat last spoke: by a day, or with the child or the role."""
    if has_expired:
        where = (desk.connection, desk.bot, desk.now, desk.chat)
        for _, state in dialogue_states.take_expired(*where):
            desk.show(*ended_cards(state, desk.t, has_children=bool(desk.children)))
    elif not _is_theirs(desk, desk.amid):
        let_go(desk)
        desk.amid = desk.state


def let_go(desk: Desk) -> None:
    """End what is about a child, or part of a role, that the chat no longer has; say so."""
    if not desk.children and drafts.waiting_pages(desk):
        drop_waiting(desk)
        desk.show(homework.cancelled(desk.t))
    state = desk.state
    if _is_theirs(desk, state):
        return
    if state.doing == Doing.DRAFT:
        kept = drafts.pages_in_draft(desk.connection, *_task(state))
        desk.show(homework.kept(kept, desk.t) if kept else homework.no_such_task(desk.t))
    drafts.break_question_off(desk)
    end(desk)


def _is_theirs(desk: Desk, state: DialogueState) -> bool:
    """Whether the chat may still do what it is in the middle of."""
    if state.facts.get("pages") and not desk.children:
        return False
    if state.doing in _OF_A_CHILD:
        return desk.child(state.facts["student"]) is not None
    if state.doing in _OF_THE_STAFF:
        return bool(desk.staff)
    return state.doing != Doing.EMERGENCY or bool(desk.coordinators)


def _task(state: DialogueState) -> tuple[int, int]:
    return state.facts["student"], state.facts["lesson"]


def break_off(desk: Desk, command: str) -> None:
    """End what the chat is in the middle of because a command came; pages are kept, and said so."""
    if desk.state.doing == Doing.DRAFT:
        if not command.startswith("/send"):
            _lay_draft_aside(desk)
            end(desk)
        return
    stop_asking(desk)


def stop_asking(desk: Desk) -> None:
    """End a question of ours because something else was begun, and say so."""
    if drafts.break_question_off(desk):
        end(desk)


def enter(desk: Desk, doing: Doing, **facts: Any) -> None:
    """Begin to ask something else; pages that wait for a word go on waiting."""
    state = desk.state
    if state.doing == Doing.DRAFT:
        _lay_draft_aside(desk)
    elif not _is_same(state, doing, facts):
        drafts.break_question_off(desk)
    desk.enter(doing, **{"pages": drafts.waiting_pages(desk)} | facts)


def _is_same(state: DialogueState, doing: Doing, facts: Mapping[str, Any]) -> bool:
    named = {name: said for name, said in facts.items() if name in _ABOUT}
    return state.doing == doing and named.items() <= state.facts.items()


def turn_to(desk: Desk, place: Target) -> None:
    """Say what becomes of the draft that is open, if this task is another one."""
    if desk.state.doing == Doing.DRAFT and not drafts.is_about(desk, place):
        _lay_draft_aside(desk)


def _lay_draft_aside(desk: Desk) -> None:
    student, lesson = _task(desk.state)
    pages = drafts.pages_in_draft(desk.connection, student, lesson)
    if pages and drafts.target(desk, student, lesson):
        desk.show(homework.unfinished(pages, desk.t))


def let_wait(desk: Desk, pages: Sequence[Kept], album: str) -> None:
    """Keep pages until somebody says for which task they are."""
    enter(desk, Doing.CHOOSING, pages=[*drafts.waiting_pages(desk), *pages], album=album)


def drop_waiting(desk: Desk) -> None:
    """Throw away the pages that wait, whatever is done now."""
    state = desk.state
    if state.doing == Doing.CHOOSING:
        desk.leave()
    elif drafts.waiting_pages(desk):
        desk.enter(state.doing, **(dict(state.facts) | {"pages": []}))


def take_waiting(desk: Desk) -> tuple[list[Kept], str]:
    """Return the pages that waited, with their album; from here on nothing waits any more."""
    pages, album = drafts.waiting_pages(desk), desk.state.facts.get("album", "")
    drafts.break_question_off(desk)
    desk.leave()
    return pages, album


def end(desk: Desk) -> None:
    """Forget the question; pages that waited meanwhile wait for their word again."""
    pages = drafts.waiting_pages(desk)
    desk.leave()
    if pages:
        desk.enter(Doing.CHOOSING, pages=pages, album="")
