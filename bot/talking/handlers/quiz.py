"""What starts a quiz and what answers it: a tap in the quiz itself, or a typed letter."""

from typing import Any, Final

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, PollAnswer

from bot.talking import quiz_progress
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.handlers.filters import Pressed
from bot.talking.lesson_view import pressed_lesson
from bot.talking.quiz_progress import OpenQuestion
from bot.words.keyboards import Press, Verb

# Amid anything else words belong to that: a question to a teacher, a name, a note.
_FREE: Final = frozenset({Doing.NOTHING, Doing.SEALED})


class TypedAnswer(Filter):
    """Words that answer the question that waits in this chat."""

    async def __call__(self, message: Message, desk: Desk) -> bool | dict[str, Any]:
        text = message.text or ""
        if not desk.children or desk.amid.doing not in _FREE or text.startswith("/"):
            return False
        reply = message.reply_to_message
        found = quiz_progress.typed_question(desk, text, reply.message_id if reply else 0)
        return {"waiting": found[0], "shown": found[1]} if found else False


def build_router() -> Router:
    """Return the handlers of quizzes."""
    router = Router(name="quiz")
    router.callback_query.register(begun, Pressed(Verb.QUIZ))
    router.poll_answer.register(polled)
    router.message.register(typed, TypedAnswer())
    return router


async def begun(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Ask the questions of a lesson."""
    found = pressed_lesson(desk, press)
    if found is None or not found[1].lesson.quiz:
        await query.answer(desk.t("This quiz is not in this chat."))
        return
    quiz_progress.begin(desk, *found)


async def polled(event: PollAnswer, desk: Desk) -> None:
    """Keep what was tapped; an answer that was taken back is none."""
    waiting = quiz_progress.polled_question(desk, event.poll_id) if event.option_ids else None
    if waiting:
        quiz_progress.answer(desk, waiting, event.option_ids)


async def typed(
    _message: Message, desk: Desk, waiting: OpenQuestion, shown: tuple[int, ...]
) -> None:
    """Keep what was typed."""
    quiz_progress.answer(desk, waiting, shown)
