"""What a plan was made of, read back from its folder: the answer to "why" must not change later."""

import csv
import io
import json
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from jetkiz.channel import Screen
from jetkiz.delivery.model import Choice
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.lessons.model import LessonKind
from jetkiz.roster.model import Need
from scheduler.model import (
    Capacity,
    Learned,
    Option,
    Override,
    PlannedLesson,
    PlannedStudent,
    PlanProblem,
    Terms,
)
from scheduler.plan_files import INPUTS, STANDING, Files, folder_of, hash_of
from scheduler.plan_store import PlanRun
from scheduler.rules import channel_choice
from scheduler.rules.channel_choice import Resource

_NONE: Final = "-"


def read_kept_problem(data: Path, run: PlanRun) -> PlanProblem | None:
    """Return the very problem of a plan, or None when its files are gone or were changed.

    None too when they were weighed with another table of worth: it would give other answers.
    """
    folder = folder_of(data, run.week, run.version) / "problem"
    try:
        names = (*INPUTS, STANDING) if (folder / STANDING).exists() else INPUTS
        files = {name: (folder / name).read_bytes().decode() for name in names}
    except (OSError, UnicodeDecodeError):
        return None
    if hash_of(files) != run.inputs_hash:
        return None
    channels = tomllib.loads(files["channels.toml"])
    if channels.pop("table_version") != channel_choice.TABLE_VERSION:
        return None
    learned = _learned(channels)
    return PlanProblem(
        week=run.week,
        version=run.version,
        students=tuple(_student(row) for row in _rows(files, "students.csv")),
        lessons={one.id: one for one in map(_lesson, _rows(files, "lessons.csv"))},
        channels={name: _terms(name, about) for name, about in channels.items()},
        options=_options(files),
        capacities=tuple(_capacity(row) for row in _rows(files, "capacity.csv")),
        overrides={(one.student, one.lesson): one for one in _overrides(files)},
        previous=_previous(files),
        learned=learned,
        shares={
            int(row["school"]): tuple(row["shares"].split())
            for row in _rows(files, "students.csv")
            if row["shares"]
        },
        **_standing(files),
    )


def _standing(files: Files) -> dict[str, Any]:
    if STANDING not in files:
        return {}
    rows = [((int(row["student"]), int(row["lesson"])), row) for row in _rows(files, STANDING)]
    return {
        "standing": {
            place: Choice(row["channel"] or None, ChoiceReason[row["reason"].upper()])
            for place, row in rows
        },
        "on_its_way": frozenset(place for place, row in rows if row["on_its_way"] == "1"),
    }


def with_kept_evidence(problem: PlanProblem, kept: PlanProblem) -> PlanProblem:
    """Return a problem of today with what experience said when the plan was made.

    Late work of a week long past comes in every day; it makes no older plan wrong.
    """
    if kept.learned is None:
        return problem
    shared: dict[tuple[int, int], tuple[Option, ...]] = {}
    options = {}
    for place, answer in problem.options.items():
        then = kept.options.get(place, ())
        pair = (id(answer), id(then))
        if pair not in shared:
            shared[pair] = _as_then(answer, then)
        options[place] = shared[pair]
    return replace(problem, options=options, learned=kept.learned)


def _as_then(answer: tuple[Option, ...], then: tuple[Option, ...]) -> tuple[Option, ...]:
    said = {one.channel: one for one in then if one.evidence}
    return tuple(
        replace(
            one,
            likelihood=said[one.channel].likelihood,
            evidence=said[one.channel].evidence,
            evidence_facts=said[one.channel].evidence_facts,
        )
        if one.possible and one.channel in said
        else one
        for one in answer
    )


def _learned(channels: dict[str, Any]) -> Learned | None:
    """Take what is said of learning out of the table of channels."""
    weeks, students = channels.pop("learned_weeks", None), channels.pop("learned_students", None)
    return None if weeks is None else Learned(weeks, students)


def _rows(files: Files, name: str) -> "csv.DictReader[str]":
    return csv.DictReader(io.StringIO(files[name], newline=""))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


def _student(row: dict[str, str]) -> PlannedStudent:
    return PlannedStudent(
        id=int(row["student"]),
        school=int(row["school"]),
        household=int(row["household"]),
        language=row["language"],
        grade=int(row["grade"]),
        curriculum=_numbers(row["curriculum"]),
        needs=frozenset(map(Need, row["needs"].split())),
        is_unknown=row["unknown"] == "1",
        wish=row["wish"],
        paper_way=row["paper_way"],
        videos=_limit(row["videos"]),
        phone_lessons=_limit(row["phone_lessons"]),
        tv_lessons=_limit(row["tv_lessons"]),
    )


def _limit(text: str) -> int | None:
    return int(text) if text else None


def _lesson(row: dict[str, str]) -> PlannedLesson:
    return PlannedLesson(
        id=int(row["lesson"]),
        code=row["code"],
        language=row["language"],
        grades=_numbers(row["grades"]),
        day=date.fromisoformat(row["day"]),
        order=int(row["place"]),
        kind=LessonKind(row["kind"]),
        weight=float(row["weight"]),
        has_task=row["task"] == "1",
        pages=int(row["pages"]),
        due=date.fromisoformat(row["due"]) if row.get("due") else None,
        is_signed=row.get("signed") == "1",
    )


def _terms(name: str, about: dict[str, Any]) -> Terms:
    return Terms(
        name,
        is_paper=about["paper"],
        lead_days=about["lead_days"],
        failure_domain=about["failure_domain"],
        too_late=frozenset(about["too_late"]),
        can_take_over=about["can_take_over"],
        screen=Screen(about["screen"]),
        has_seats=about["has_seats"],
    )


def _options(files: Files) -> dict[tuple[int, int], tuple[Option, ...]]:
    answers = [
        tuple(Option(**option) for option in answer) for answer in json.loads(files["answers.json"])
    ]
    return {
        (int(row["student"]), int(row["lesson"])): answers[int(row["answer"])]
        for row in _rows(files, "options.csv")
    }


def _capacity(row: dict[str, str]) -> Capacity:
    # Plans of before second ways were counted have no such column.
    kept = float(row.get("kept") or 0)
    return Capacity(Resource(row["resource"]), row["key"], float(row["amount"]), row["unit"], kept)


def _overrides(files: Files) -> list[Override]:
    return [
        Override(
            student=int(row["student"]),
            lesson=int(row["lesson"]),
            channel=row["channel"],
            by=row["by"],
            why=row["why"],
            until=date.fromisoformat(row["until"]) if row["until"] else None,
        )
        for row in _rows(files, "overrides.csv")
    ]


def _previous(files: Files) -> dict[int, tuple[str | None, ...]]:
    return {
        int(row["student"]): tuple(
            None if name == _NONE else name for name in row["channels"].split()
        )
        for row in _rows(files, "previous.csv")
    }
