"""What everybody may read of the air without a sign-in: the choice of a grade, and its week.

The words of a page follow the language of the lessons, so that anything on the way to the reader
may keep a copy; ``?words=ru`` asks for other ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web
from markupsafe import Markup

from broadcast.export.as_json_ld import as_json_ld
from broadcast.export.places import Place, places_of
from broadcast.export.rows import withdrawn_rows
from broadcast.plan.model import AiringKind, AiringStatus
from jetkiz.calendar.school_weeks import week_of
from jetkiz.i18n import LANGUAGES, N_
from jetkiz.roster.regions import REGIONS
from jetkiz.web.languages import LANGUAGE_NAMES, accepted_language
from jetkiz.web.pages.broadcast.grade_week import GradeWeek, grade_week, grades_on_air
from jetkiz.web.pages.broadcast.shelf import SHELF, AirWeek, Ready, Shelf, answered, ready
from jetkiz.web.rendering import public_text
from jetkiz.web.visits import WORKPLACE, now

PUBLIC: Final = "/air"
NOW: Final = "now"
SECONDS: Final = 60
"""So long may a copy on the way to the reader be kept: a moved lesson is seen within a minute."""
KIND_WORDS: Final = {
    AiringKind.FIRST: N_("first run"),
    AiringKind.REPEAT: N_("repeat"),
    AiringKind.MAKEUP: N_("instead of one that fell out"),
}
FALLEN: Final = frozenset({AiringStatus.MISSED, AiringStatus.CANCELLED})


def is_public(path: str) -> bool:
    """Return whether everybody may read what stands at an address, and no cookie is given."""
    return path == PUBLIC or path.startswith(f"{PUBLIC}/")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader wants to see, in which words, and from which day."""

    week: str
    language: str
    grade: int
    words: str
    region: str
    today: date


def today_of(request: web.Request) -> date:
    """Return the day where the console stands: no school is asked for."""
    zone = ZoneInfo(request.app[WORKPLACE].settings.zone)
    return now(request).astimezone(zone).date()


def chosen_week(standing: Mapping[str, object], today: date, asked: str = NOW) -> str:
    """Return a published week: the one asked for, or this one, the next to come, the last.

    Empty when there is none.
    """
    if asked != NOW:
        return asked if asked in standing else ""
    current = week_of(today)
    coming = [one for one in standing if one >= current]
    return min(coming) if coming else max(standing, default="")


async def find_week(request: web.Request, asked: str = NOW) -> AirWeek | None:
    """Return a published timetable by its week, or the one that matters now."""
    shelf = request.app[SHELF]
    standing = await shelf.standing(now(request))
    week = chosen_week(standing, today_of(request), asked)
    return await shelf.week(week, standing[week]) if week else None


def words_of(request: web.Request, language: str) -> str:
    """Return the language of the words: the reader's wish, or that of the lessons."""
    wish = request.query.get("words", "")
    known = [one for one in (wish, language) if one in LANGUAGES]
    return known[0] if known else request.app[WORKPLACE].settings.language


def place_words(place: Place, language: str) -> str:
    """Return what the regions of a place are called."""
    return ", ".join(region_words(one, language) for one in place.regions)


def region_words(region: str, language: str) -> str:
    """Return what a region is called; one that the country does not have by its own name."""
    known = REGIONS.get(region[:2]) if region.isdecimal() else None
    if known is None:
        return region
    return known.kazakh if language == "kk" else known.russian


async def choose(request: web.Request) -> web.StreamResponse:
    """Let a reader choose a language and a grade."""
    liked = accepted_language(request.headers.get("Accept-Language", ""))
    words = words_of(request, liked or "")
    found = await find_week(request)
    key = ("choose", _mark(found), words)
    answer = await request.app[SHELF].answer(key, partial(_chooser, found, words))
    response = answered(request, answer, SECONDS)
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return response


def _mark(found: AirWeek | None) -> object:
    return (found.week, found.mark) if found else None


def _chooser(found: AirWeek | None, words: str) -> Ready:
    text = public_text(
        "air_choose.html",
        words,
        None,
        found=found,
        grades=grades_on_air(found.kept.problem) if found else {},
        here=PUBLIC,
        language_names=LANGUAGE_NAMES,
    )
    return ready(text.encode(), "text/html")


async def place_of(shelf: Shelf, found: AirWeek, asked: Asked) -> str:
    """Return the key of the place that a region belongs to; without one, of the first.

    Pages are kept by place: an address with any other word in it makes no page of its own.
    """
    rows = found.of(asked.language, asked.grade)
    key = ("places", found.mark, found.week, asked.language, asked.grade)
    places = await shelf.answer(key, partial(places_of, found.kept.problem, rows))
    return next((one.key for one in places if asked.region in one.regions), places[0].key)


async def show_week(request: web.Request) -> web.StreamResponse:
    """Show a grade its week on the air."""
    asked_week = request.match_info["week"]
    found = await find_week(request, asked_week)
    asked = _asked(request, found.week if found else "")
    if found is None or not found.of(asked.language, asked.grade):
        return _nothing(asked)
    shelf = request.app[SHELF]
    asked = replace(asked, region=await place_of(shelf, found, asked))
    weeks = sorted(await shelf.standing(now(request)))
    key = ("page", found.mark, asked, tuple(weeks))
    answer = await shelf.answer(key, partial(week_page, found, asked, weeks))
    return answered(request, answer, SECONDS)


def _asked(request: web.Request, week: str) -> Asked:
    language = request.match_info["language"]
    region = request.query.get("place", "")
    return Asked(
        week=week,
        language=language,
        grade=int(request.match_info["grade"]),
        words=words_of(request, language),
        region=region if len(region) < 40 else "",
        today=today_of(request),
    )


def _nothing(asked: Asked) -> web.Response:
    """A grade or week without lessons gets a page all the same, which leads to the others."""
    text = public_text(
        "air_nothing.html",
        asked.words,
        None,
        asked=asked,
        here=PUBLIC,
        language_names=LANGUAGE_NAMES,
    )
    headers = {"Cache-Control": f"public, max-age={SECONDS}"}
    return web.Response(text=text, status=404, content_type="text/html", headers=headers)


async def show_printed(request: web.Request) -> web.StreamResponse:
    """Send the week of a grade as pages to be printed."""
    found = await find_week(request, request.match_info["week"])
    asked = _asked(request, found.week if found else "")
    if found is None or not found.of(asked.language, asked.grade):
        return _nothing(asked)
    shelf = request.app[SHELF]
    asked = replace(asked, region=await place_of(shelf, found, asked))
    key = ("print", found.mark, replace(asked, today=date.min, words=""))
    answer = await shelf.answer(key, partial(printed, found, asked))
    response = answered(request, answer, SECONDS)
    name = f"{asked.week}-{asked.language}-{asked.grade}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def printed(found: AirWeek, asked: Asked) -> Ready:
    """Draw the pages, by the clock of the reader's place."""
    # They come with the extra for TV and radio; the page itself does without.
    from broadcast.export.issue import Issue  # noqa: PLC0415
    from broadcast.export.week_page import week_page as drawn_week  # noqa: PLC0415

    meta, plan = found.kept.problem.meta, found.kept.plan
    seen = grade_week(found.kept.problem, found.rows, asked.language, asked.grade, asked.region)
    issue = Issue(meta.first_day, meta.days, seen.place.zone, plan.revision, found.changed)
    content = drawn_week(seen.rows, asked.grade, asked.language, issue)
    return ready(content, "application/pdf", found.changed)


def week_page(found: AirWeek, asked: Asked, weeks: Sequence[str]) -> Ready:
    """Make the page of a grade's week."""
    problem, plan = found.kept.problem, found.kept.plan
    fallen = [one for one in withdrawn_rows(problem, plan) if one.airing.status in FALLEN]
    seen = grade_week(problem, found.rows, asked.language, asked.grade, asked.region)
    lost = grade_week(problem, fallen, asked.language, asked.grade, seen.place.key)
    place = weeks.index(found.week) if found.week in weeks else 0
    text = public_text(
        "air_week.html",
        asked.words,
        ZoneInfo(seen.place.zone),
        asked=asked,
        found=found,
        seen=seen,
        lost=lost,
        before=before_words(found, seen),
        today=asked.today,
        earlier=weeks[place - 1] if place else "",
        later=weeks[place + 1] if place + 1 < len(weeks) else "",
        json_ld=Markup(as_json_ld(seen.rows).decode()),  # noqa: S704 - no tag can end in it
        kind_words=KIND_WORDS,
        place_words=place_words,
        here=_address(asked),
        language_names=LANGUAGE_NAMES,
    )
    return ready(text.encode(), "text/html")


def before_words(found: AirWeek, seen: GradeWeek) -> dict[str, tuple[datetime, str]]:
    """Return when and where the airings that were moved stood at first, by the clock at home."""
    names = {one.id: one.name for one in found.kept.problem.channels}
    clock = ZoneInfo(seen.place.zone)
    stood = [(row.airing, found.announced.get(row.airing.id)) for row in seen.rows]
    return {
        one.id: (old.start.astimezone(clock), names.get(old.channel, old.channel))
        for one, old in stood
        if old and (old.start, old.channel) != (one.start, one.channel)
    }


def _address(asked: Asked) -> str:
    return f"{PUBLIC}/{asked.week}/{asked.language}/{asked.grade}"
