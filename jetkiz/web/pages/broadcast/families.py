"""What families lose by a timetable: the share of lessons, by the number of children at one TV.

Homes are counts by kind in the timetable's problem, and no kind of few homes stands in it.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from aiohttp import web
from markupsafe import Markup

from broadcast.families.chart import Words, chart, chart_words, is_anything_lost
from broadcast.families.report import family_report
from broadcast.revisions import Kept
from jetkiz.web.pages.broadcast.desk import (
    REVISION_WORDS,
    asked_revision,
    few,
    only_air,
    read_week,
)
from jetkiz.web.pages.broadcast.shelf import SHELF
from jetkiz.web.rendering import page
from jetkiz.web.visits import look, visit, week

IN_REPORT: Final = ("lost_share", "lost_without_repeats", "clash", "homes_with_one_set")


def report_of(kept: Kept) -> Mapping[str, Any]:
    """Return what the plan says of families, or work it out where a move made that void."""
    told = kept.plan.report
    return told if all(one in told for one in IN_REPORT) else family_report(kept.problem, kept.plan)


def picture_of(report: Mapping[str, Any], words: Words) -> str:
    """Return the picture of a report as a part of the page; empty where nothing is lost."""
    if not is_anything_lost(report):
        return ""
    # It is made of numbers and of our own words, each of which is escaped in it.
    return Markup(chart(report, words))  # noqa: S704


async def show(request: web.Request) -> web.StreamResponse:
    """Show the shares of lessons lost, as a picture and as numbers."""
    who = only_air(request)
    found = await look(request, read_week, who, week(request), asked_revision(request))
    airings = tuple((one.id, one.status) for one in found.kept.plan.airings)
    key = ("families", found.week, found.kept.revision, hash(airings))
    report = await request.app[SHELF].answer(key, partial(report_of, found.kept))
    words = chart_words(visit(request).t, report)
    return page(
        request,
        "air_families.html",
        found=found,
        report=report,
        picture_words=words,
        picture=picture_of(report, words),
        few=few,
        revision_words=REVISION_WORDS,
    )
