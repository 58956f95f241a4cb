"""The queue of homework by task, oldest first; one return with its pages; mark and words."""

import secrets
from collections.abc import Mapping

from aiohttp import web

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.staff.work_desk import (
    Said,
    mark_return,
    next_work,
    open_return,
    read_answered_quizzes,
    read_marked,
    read_queue,
)
from jetkiz.web.pages.paper_quizzes import read_quizzes_of
from jetkiz.web.rendering import page
from jetkiz.web.visits import form, look, now, number, run, viewer
from print_packs.quizzes.doubts import DOUBT_WORDS


def _said(work: int, given: Mapping[str, str]) -> Said:
    """Read the form of a mark; its key lets it be sent twice and count once."""
    key = given.get("key", "").strip()[:64]
    if not key:
        raise JetkizError(
            N_("A part of the form is missing, so the mark was not saved."),
            N_("Open the homework again and give the mark there."),
        )
    return Said(given.get("mark", ""), given.get("words", "").strip(), f"console:{work}:{key}")


async def show_queue(request: web.Request) -> web.StreamResponse:
    """Show what waits for a mark."""
    found = await look(request, read_queue, viewer(request))
    marked = await look(request, read_marked, viewer(request))
    quizzes = await look(request, read_answered_quizzes, viewer(request))
    return page(
        request,
        "homework.html",
        tasks=found,
        marked=marked,
        quizzes=quizzes,
        saved=request.query.get("saved", ""),
    )


async def show(request: web.Request) -> web.StreamResponse:
    """Show one piece of work."""
    found = await run(request, open_return, viewer(request), number(request, "work"), now(request))
    if found is None:
        raise web.HTTPNotFound
    return page(
        request,
        "work.html",
        found=found,
        quizzes=await look(request, read_quizzes_of, found),
        doubt_words=DOUBT_WORDS,
        key=secrets.token_urlsafe(12),
        saved=request.query.get("saved", ""),
    )


async def mark(request: web.Request) -> web.StreamResponse:
    """Keep a mark, once, and open the next piece of work."""
    work, fields = number(request, "work"), await form(request)
    lesson = await run(
        request, mark_return, viewer(request), work, _said(work, fields), now(request)
    )
    if lesson is None:
        raise web.HTTPNotFound
    # The queue is read when the mark is safe: nobody waits for the write lock meanwhile.
    following = await look(request, next_work, viewer(request), lesson)
    address = f"/homework/{following}?saved=1" if following else "/homework?saved=1"
    return web.Response(status=303, headers={"Location": address})
