"""A week on the air by hand: two channels and a radio station, two languages, two clocks.

Grades 1 and 3 are taught in Kazakh in two regions, of which the east is an hour ahead; grade 3 is
taught in Russian in one. Every kind of airing stands in it once at least.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from broadcast.plan.model import AiringKind, AiringStatus, Plan, PlannedAiring, Solver
from broadcast.problem.lesson_ids import lesson_id
from broadcast.problem.model import (
    Channel,
    Filler,
    HomeKind,
    Hours,
    Lesson,
    Medium,
    Meta,
    Problem,
    Stream,
)
from broadcast.problem.moments import moment
from broadcast.revisions import keep_draft, publish
from jetkiz.lessons.tables import lesson
from jetkiz.storage.bulk_load import bulk_load
from tests.factories import MONDAY, NOW, WEEK

WORKDAYS: Final = (0, 1, 2, 3, 4)
LOST: Final = "3-nature-2.kk-first"
SUBJECTS: Final = ("reading", "mathematics", "nature")
TITLES: Final = {
    ("reading", "kk"): "Абай. Қыс",
    ("reading", "ru"): "Стихи о зиме",
    ("mathematics", "kk"): "Екі таңбалы сандар",
    ("mathematics", "ru"): "Двузначные числа",
    ("nature", "kk"): "Су неге қатады?",
    ("nature", "ru"): "Почему вода замерзает?",
}


def air_problem() -> Problem:
    """Return what the week has to serve."""
    streams = (
        Stream("kk-1", "kk", (1,), ("west", "east"), students=1200, alone=300, latest=20 * 60),
        Stream("kk-3", "kk", (3,), ("west", "east"), students=1100, alone=3),
        Stream("ru-3", "ru", (3,), ("west",), students=400),
        Stream("kk-3-radio", "kk", (3,), ("east",), medium=Medium.RADIO, students=90),
    )
    return Problem(
        meta=Meta(id="2026-W05", zone="Asia/Almaty", first_day=MONDAY, days=6, grid_min=15),
        regions={"west": "Asia/Almaty", "east": "Asia/Omsk"},
        channels=(
            _channel("balapan", "Balapan", ("kk",), ("west", "east")),
            _channel("el-arna", "El Arna", ("ru",), ("west",)),
            replace(
                _channel("shalqar", "Шалқар", ("kk",), ("east",)),
                medium=Medium.RADIO,
                repeat_windows=(),
            ),
        ),
        streams=streams,
        lessons=tuple(
            _lesson(one, subject, seq)
            for one in streams
            for subject in SUBJECTS
            for seq in (1, 2)
            if one.medium == Medium.TV or subject == "reading"
        ),
        homes=(HomeKind(("kk-1", "kk-3"), 400, 2), HomeKind(("kk-3", "ru-3"), 3, 2)),
    )


def _channel(key: str, name: str, languages: tuple[str, ...], regions: tuple[str, ...]) -> Channel:
    return Channel(
        id=key,
        name=name,
        medium=Medium.TV,
        languages=languages,
        regions=regions,
        zone="Asia/Almaty",
        windows=(Hours(WORKDAYS, 9 * 60, 12 * 60),),
        repeat_windows=(Hours(WORKDAYS, 18 * 60, 20 * 60), Hours((5,), 9 * 60, 12 * 60)),
        day_start=6 * 60,
        grid_min=15,
        fillers=(Filler("Заставка", "F-1"),),
        guide_id=f"{key}.kz",
    )


def _lesson(stream: Stream, subject: str, seq: int) -> Lesson:
    return Lesson(
        id=lesson_id(f"{stream.grades[0]}-{subject}-{seq}", stream.language, stream.medium),
        stream=stream.id,
        subject=subject,
        seq=seq,
        minutes=15,
        asset=f"A-{stream.id}-{subject}-{seq}",
        needs_picture=stream.medium == Medium.TV,
        sign_language=subject == "nature",
        titles={stream.language: f"{TITLES[subject, stream.language]} ({seq})"},
    )


def air_plan(problem: Problem, revision: int = 1) -> Plan:
    """Return first runs on Monday and Thursday, repeats in the evening, and one make-up."""
    places = {"kk-1": ("balapan", 540), "kk-3": ("balapan", 600), "ru-3": ("el-arna", 540)}
    places["kk-3-radio"] = ("shalqar", 11 * 60)
    airings = []
    for one in problem.lessons:
        channel, first = places[one.stream]
        place = (0 if one.seq == 1 else 3, first + SUBJECTS.index(one.subject) * 15)
        airings.append(_airing(problem, one.id, channel, place, AiringKind.FIRST))
    repeats = [("1-reading-1.kk", "balapan", (1, 1080)), ("3-reading-1.kk", "balapan", (1, 1095))]
    repeats.append(("3-mathematics-2.kk", "balapan", (5, 540)))
    repeats.append(("3-reading-1.ru", "el-arna", (1, 1080)))
    airings += [_airing(problem, *one, AiringKind.REPEAT) for one in repeats]
    lost = next(one for one in airings if one.id == LOST)
    airings[airings.index(lost)] = replace(lost, status=AiringStatus.MISSED)
    made_up = _airing(problem, "3-nature-2.kk", "balapan", (4, 1080), AiringKind.MAKEUP)
    airings.append(replace(made_up, supersedes=LOST))
    return Plan(problem.meta.id, revision, 0, "0" * 64, Solver(), tuple(airings))


def _airing(
    problem: Problem, lesson: str, channel: str, place: tuple[int, int], kind: AiringKind
) -> PlannedAiring:
    on = next(one for one in problem.channels if one.id == channel)
    at = moment(problem, on, *place)
    return PlannedAiring(f"{lesson}-{kind}", lesson, channel, at, 15, kind)


def add_air_lessons(connection: Connection, problem: Problem) -> None:
    """Write the lessons of a problem as lessons of the school, so that airings can name them."""
    rows = {}
    for one in problem.lessons:
        code, language = one.id.removesuffix(".radio").rsplit(".", 1)
        rows[code, language] = {
            "code": code,
            "language": language,
            "week": WEEK,
            "day": MONDAY,
            "place": one.seq,
            "subject": one.subject,
            "title": one.titles.get(language, code),
            "kind": "video",
            "minutes": one.minutes,
            "needs_picture": one.needs_picture,
            "weight": 1.0,
            "text": "",
            "licence": {"name": "CC0"},
            "content_hash": "0" * 64,
            "imported_at": NOW,
        }
    bulk_load(connection, lesson, list(rows.values()))


def publish_air(connection: Connection, now: datetime = NOW) -> tuple[Problem, Plan]:
    """Keep the week and publish it as revision 1."""
    problem = air_problem()
    plan = air_plan(problem)
    add_air_lessons(connection, problem)
    number = keep_draft(connection, WEEK, problem, plan, now, "efir")
    publish(connection, WEEK, number, "efir", now)
    return problem, plan
