"""The quiz that came back on paper: what was read, beside its picture; the teacher decides."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import ACCEPTED
from jetkiz.i18n import translator
from jetkiz.lessons.option_letters import option_letters
from jetkiz.staff.audit import Act, Entry, write_down
from jetkiz.staff.permissions import Viewer
from jetkiz.staff.work_desk import ReturnPage, read_return
from jetkiz.web.pages.work_pages import KEPT_BUT_ASKED
from jetkiz.web.visits import WORKPLACE, chosen, form, look, now, number, run, viewer
from print_packs.quizzes.proposals import Answers, PrintedQuiz, Proposal, decide, read_proposals
from print_packs.scans.page_reader import flat_block


@dataclass(frozen=True, slots=True)
class QuizOnPage:
    """A proposal as the page shows it, with the letters that stand on the sheet."""

    proposal: Proposal
    letters: str


def read_quizzes_of(connection: Connection, work: ReturnPage) -> list[QuizOnPage]:
    """Return the quizzes of a piece of work that came back on paper."""
    place = (work.handed.student, work.handed.lesson)
    letters = option_letters(work.lesson.language)
    return [QuizOnPage(one, letters) for one in read_proposals(connection, [place])]


def find_proposal(
    connection: Connection, who: Viewer, work: int, sheet: int
) -> tuple[ReturnPage, Proposal] | None:
    """Return a proposal of a piece of work that somebody may see."""
    found = read_return(connection, who, work)
    if found is None:
        return None
    for one in read_quizzes_of(connection, found):
        if one.proposal.sheet == sheet:
            return found, one.proposal
    return None


@dataclass(frozen=True, slots=True)
class Decision:
    """Which answers somebody says are on a sheet; each is its question and its option."""

    work: int
    sheet: int
    ticked: Sequence[str]


def decide_quiz(connection: Connection, who: Viewer, wanted: Decision, at: datetime) -> int | None:
    """Keep the answers that count; return the lesson, or None for who may not mark it."""
    found = find_proposal(connection, who, wanted.work, wanted.sheet)
    if found is None or not found[0].may_mark:
        return None
    work, proposal = found
    answers = answers_of(wanted.ticked, proposal.quiz.options)
    if decide(connection, proposal, answers, who.login, at):
        entry = Entry(who.login, Act.MARK, who.school, work.handed.student, work.lesson.code)
        write_down(connection, [entry], at)
        if work.lesson.task is None:
            marking = _result(work, proposal.quiz, answers, who.login)
            give_feedback(connection, marking, at)
    return work.handed.lesson


def _result(work: ReturnPage, quiz: PrintedQuiz, answers: Answers, login: str) -> Marking:
    """Where the quiz is all of the work, its result is what the teacher says to it."""
    t = translator(work.lesson.language)
    right, count = quiz.count_right(answers), len(quiz.options)
    words = t("{right} of {count} are right.", right=right, count=count)
    return Marking(work.handed.id, ACCEPTED, words, login, f"paper-quiz:{work.handed.id}")


def answers_of(ticked: Sequence[str], options: Sequence[int]) -> Answers:
    """Read which circles were ticked; what is no circle of the sheet is left out."""
    known = {
        f"{question}-{option}": (question, option)
        for question, count in enumerate(options)
        for option in range(count)
    }
    places = sorted({known[one] for one in ticked if one in known})
    return tuple(
        tuple(option for at, option in places if at == question) for question in range(len(options))
    )


async def answer(request: web.Request) -> web.StreamResponse:
    """Keep the answers as the teacher sees them, and show the work again."""
    await form(request)
    work, sheet = number(request, "work"), number(request, "sheet")
    wanted = Decision(work, sheet, await chosen(request, "answer"))
    if await run(request, decide_quiz, viewer(request), wanted, now(request)) is None:
        raise web.HTTPNotFound
    return web.Response(status=303, headers={"Location": f"/homework/{work}?saved=quiz#quiz"})


async def show_block(request: web.Request) -> web.StreamResponse:
    """Send the picture of a block, laid flat."""
    work, sheet = number(request, "work"), number(request, "sheet")
    found = await look(request, find_proposal, viewer(request), work, sheet)
    if found is None or not found[1].corners:
        raise web.HTTPNotFound
    files = request.app[WORKPLACE].files
    content = await asyncio.to_thread(files.get, found[1].page_sha256)
    picture = await asyncio.to_thread(flat_block, content, found[1].corners)
    headers = {"Cache-Control": KEPT_BUT_ASKED, "Vary": "Cookie"}
    return web.Response(body=picture, content_type="image/jpeg", headers=headers)
