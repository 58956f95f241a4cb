"""How a teacher reads what families ask and answers it: after a button, or by a reply to it."""

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot import bots
from bot.chats import links, questions
from bot.chats.alarms import Refused
from bot.chats.questions import MOST_WORDS, Question
from bot.chats.staff import Member
from bot.staff_notices import may_answer
from bot.talking import interruptions
from bot.talking.desk import Desk
from bot.talking.dialogue_states import Doing
from bot.talking.handlers.filters import AboutQuestion, Asked, Pressed, Staff
from bot.talking.handlers.teacher import page_messages
from bot.telling import News, tell
from bot.words import staff as staff_words
from bot.words import staff_questions as words
from bot.words.keyboards import Press, Verb
from bot.words.staff_questions import QuestionLine
from jetkiz.homework.model import Page
from jetkiz.i18n import translator
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_names
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.viewers import places, visible_students


def build_router() -> Router:
    """Return the handlers of the teacher's side of questions."""
    router = Router(name="questions")
    router.message.register(list_questions, Asked("questions"), Staff())
    router.callback_query.register(opened, Pressed(Verb.QUESTION), Staff())
    router.callback_query.register(answer_wanted, Pressed(Verb.ANSWER), Staff())
    router.callback_query.register(answer_put_off, Pressed(Verb.NO_ANSWER), Staff())
    router.message.register(answered, F.text, ~F.text.startswith("/"), AboutQuestion())
    router.message.register(not_in_words, AboutQuestion(), ~F.text)
    return router


async def list_questions(_message: Message, desk: Desk) -> None:
    """List what waits for an answer, the oldest first."""
    open_now = [
        one
        for bot in bots.in_use(desk.connection)
        for one in questions.open_questions(desk.connection, bot.number)
    ]
    found = [seen[1] for one in open_now if (seen := _line(desk, one))]
    desk.show(words.question_list(found, desk.t))


def _line(desk: Desk, question: Question) -> tuple[Member, QuestionLine] | None:
    """Return a question as the chat may see it, with who of the chat may answer it."""
    place = places(desk.connection, [question.student]).get(question.student)
    lessons = read_lessons(desk.connection, only=[question.lesson])
    if place is None or not lessons:
        return None
    for member in desk.staff:
        if may_answer(member.viewer, place, lessons[0]):
            name = read_names(desk.connection, [question.student])[question.student].given
            seen = visible_students(desk.connection, member.viewer, [question.student])
            title = seen[question.student].class_title
            return member, QuestionLine(question, name, title, lessons[0])
    return None


def _find(desk: Desk, number: int) -> tuple[Member, QuestionLine] | None:
    question = questions.read_question(desk.connection, number)
    return _line(desk, question) if question else None


async def _pressed(
    query: CallbackQuery, desk: Desk, press: Press
) -> tuple[Member, QuestionLine] | None:
    """Return the question of a button; whoever may not see it is refused."""
    found = _find(desk, press.numbers[0]) if press.numbers else None
    if found is None:
        desk.refuse(Refused.FOREIGN)
        await query.answer(desk.t("This work is not in your classes."))
    return found


async def opened(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """Show a question with what came with it; the reading is written down."""
    found = await _pressed(query, desk, press)
    if found is None:
        return
    member, line = found
    who, question = member.viewer, line.question
    entry = Entry(who.login, Act.READ_QUESTION, who.school, question.student, line.lesson.code)
    write_down(desk.connection, [entry], desk.now)
    files = (part for part in question.parts if part.sha256)
    pages = (Page(part.key, part.sha256, part.media_type, "telegram") for part in files)
    for method, payload in page_messages(pages):
        desk.send(method, payload)
    desk.show(words.question_card(line, desk.t), subject=f"question:{question.id}")


async def answer_wanted(query: CallbackQuery, desk: Desk, press: Press) -> None:
    """What the teacher types next is the answer."""
    found = await _pressed(query, desk, press)
    if found is None:
        return
    _, line = found
    if line.question.answered_at is not None:
        desk.show(words.answered_before(desk.t))
        return
    interruptions.enter(desk, Doing.ANSWERING, question=line.question.id)
    desk.show(words.say_it_now(line, desk.t), subject=f"question:{line.question.id}")


async def answer_put_off(_query: CallbackQuery, desk: Desk, press: Press) -> None:
    """The question waits on."""
    _end_answering(desk, press.numbers[0] if press.numbers else 0)
    desk.change(words.not_answered(desk.t))


def _end_answering(desk: Desk, question: int) -> None:
    state = desk.state
    if state.doing == Doing.ANSWERING and state.facts["question"] == question:
        interruptions.end(desk)


async def answered(message: Message, desk: Desk, question: int) -> None:
    """Keep the first answer and bring it to the family, hanging on what they asked."""
    text = (message.text or "").strip()
    if len(text) > MOST_WORDS:
        card = staff_words.too_long(len(text), MOST_WORDS, desk.t)
        desk.show(card, about=message.message_id)
        return
    _end_answering(desk, question)
    found = _find(desk, question)
    is_new = found is not None and questions.answer(
        desk.connection, question, text, found[0].viewer.login, desk.now
    )
    if found is None:
        desk.refuse(Refused.FOREIGN)
    if found is None or not is_new:
        desk.show(words.answered_before(desk.t), about=message.message_id)
        return
    member, line = found
    who = member.viewer
    entry = Entry(who.login, Act.ANSWER_QUESTION, who.school, line.question.student)
    write_down(desk.connection, [entry], desk.now)
    is_heard = _bring(desk, line.question, text)
    said = words.answered(desk.t) if is_heard else words.answered_in_vain(desk.t)
    desk.show(said, about=message.message_id)


def _bring(desk: Desk, question: Question, text: str) -> bool:
    """Write the answer to the family's chat, unless it left meanwhile; never in quiet hours."""
    chat = questions.chat_of(desk.connection, question)
    if chat is None or not links.role_of(desk.connection, chat, question.student):
        return False
    card = words.answer(text, translator(chat.language))
    news = News(f"answer:{question.id}", card, about=question.message_id)
    return tell(desk.connection, chat, news, desk.now, desk.zone)


async def not_in_words(message: Message, desk: Desk) -> None:
    """Ask for words: an answer is kept as words."""
    desk.show(words.words_only(desk.t), about=message.message_id)
