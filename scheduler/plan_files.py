"""Which files a plan leaves: its inputs and its outcome, byte for byte equal for equal input.

Students and homes are numbers: no name, no address ever stands in these files.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from jetkiz.delivery.model import Choice
from jetkiz.storage.whole_files import write_whole
from scheduler.model import Option, Plan, PlannedStudent, PlanProblem
from scheduler.plan_report import DIGITS, report_of
from scheduler.rules import channel_choice

FORMAT: Final = "jetkiz-plan-2"
INPUTS: Final = (
    "answers.json",
    "students.csv",
    "lessons.csv",
    "options.csv",
    "channels.toml",
    "capacity.csv",
    "overrides.csv",
    "previous.csv",
)

STANDING: Final = "standing.csv"
"""The one input that only a re-plan has."""

Files = dict[str, str]
# Lessons, choices and second ways of all students who have the same week.
_Template = tuple[tuple[int, ...], tuple[Choice, ...], tuple[str | None, ...]]

_STUDENT: Final = (
    "student",
    "school",
    "household",
    "language",
    "grade",
    "needs",
    "unknown",
    "wish",
    "paper_way",
    "videos",
    "phone_lessons",
    "tv_lessons",
    "shares",
    "curriculum",
)
_LESSON: Final = (
    "lesson",
    "code",
    "language",
    "grades",
    "day",
    "place",
    "kind",
    "weight",
    "task",
    "pages",
    "due",
    "signed",
)


def folder_of(data: Path, week: str, version: int) -> Path:
    """Return where the files of a plan lie."""
    return data / "plans" / week / str(version)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files, each whole or not at all."""
    for name, text in sorted(files.items()):
        write_whole(folder / name, text.encode())


def inputs_hash(problem: PlanProblem) -> str:
    """Name the inputs by their content; the version of the plan is no part of it."""
    return hash_of(inputs_of(problem))


def hash_of(inputs: Files) -> str:
    """Name inputs that have been written out already."""
    lines = (f"{name} {_sha256(text)}" for name, text in sorted(inputs.items()))
    return _sha256("\n".join(lines))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def problem_files(problem: PlanProblem, inputs: Files | None = None) -> Files:
    """Return the folder ``problem``: all that decided, unless it is given, written out anew."""
    files = inputs or inputs_of(problem)
    manifest = [
        f'format = "{FORMAT}"',
        f'week = "{problem.week}"',
        f"version = {problem.version}",
        f'inputs_hash = "{hash_of(files)}"',
        "",
        "[files]",
        *(f'"{name}" = "{_sha256(text)}"' for name, text in sorted(files.items())),
    ]
    named = {f"problem/{name}": text for name, text in files.items()}
    return named | {"problem/manifest.toml": "\n".join(manifest) + "\n"}


def inputs_of(problem: PlanProblem) -> Files:
    """Write the inputs out, one text a subject."""
    answers, numbers = _answers(problem)
    return {
        "answers.json": "[\n" + ",\n".join(answers) + "\n]\n",
        "students.csv": _students(problem),
        "lessons.csv": _lessons(problem),
        "options.csv": _options(problem, numbers),
        "channels.toml": _channels(problem),
        "capacity.csv": _capacity(problem),
        "overrides.csv": _overrides(problem),
        "previous.csv": _previous(problem),
        **({STANDING: _standing(problem)} if problem.standing else {}),
    }


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def _joined(values: Iterable[Any]) -> str:
    return " ".join(map(str, values))


def _students(problem: PlanProblem) -> str:
    rows = (
        (
            one.id,
            one.school,
            one.household,
            one.language,
            one.grade,
            _joined(sorted(one.needs)),
            int(one.is_unknown),
            one.wish,
            one.paper_way,
            *("" if limit is None else limit for limit in _limits(one)),
            _joined(problem.shares.get(one.school, ())),
            _joined(one.curriculum),
        )
        for one in problem.students
    )
    return _table(_STUDENT, rows)


def _limits(one: PlannedStudent) -> tuple[int | None, ...]:
    return one.videos, one.phone_lessons, one.tv_lessons


def _lessons(problem: PlanProblem) -> str:
    rows = (
        (
            one.id,
            one.code,
            one.language,
            _joined(one.grades),
            one.day.isoformat(),
            one.order,
            one.kind.value,
            one.weight,
            int(one.has_task),
            one.pages,
            one.due or "",
            int(one.is_signed),
        )
        for _, one in sorted(problem.lessons.items())
    )
    return _table(_LESSON, rows)


def _answers(problem: PlanProblem) -> tuple[list[str], dict[int, int]]:
    """Return what the channels answered, each answer once, and its number by its object.

    Homes that are alike share the object: a million lessons have a few hundred answers.
    """
    found: dict[str, int] = {}
    numbers: dict[int, int] = {}
    for _, options in sorted(problem.options.items()):
        if id(options) not in numbers:
            words = [_answer(one) for one in options]
            text = json.dumps(words, ensure_ascii=False, sort_keys=True, default=str)
            numbers[id(options)] = found.setdefault(text, len(found))
    return list(found), numbers


def _answer(option: Option) -> dict[str, Any]:
    words = asdict(option)
    if not option.evidence:
        # Without experience a problem has the bytes, and so the name, that it always had.
        del words["evidence"], words["evidence_facts"]
    return words


def _options(problem: PlanProblem, numbers: Mapping[int, int]) -> str:
    """One line a student and lesson: what reaches it with which likelihood, and what fails."""
    rows = (
        (
            student,
            lesson,
            _joined(f"{o.channel}:{round(o.likelihood, DIGITS)}" for o in options if o.possible),
            "; ".join(f"{o.channel}: {o.test}" for o in options if not o.possible),
            numbers[id(options)],
        )
        for (student, lesson), options in sorted(problem.options.items())
    )
    return _table(("student", "lesson", "reached_by", "failed_tests", "answer"), rows)


def _channels(problem: PlanProblem) -> str:
    lines = [f'table_version = "{channel_choice.TABLE_VERSION}"']
    if problem.learned:
        lines += [
            f"learned_weeks = {problem.learned.weeks}",
            f"learned_students = {problem.learned.students}",
        ]
    for name, one in sorted(problem.channels.items()):
        fit = ", ".join(
            f"{kind.value} = {channel_choice.fit(kind, name)}" for kind in channel_choice.FIT
        )
        lines += [
            "",
            f"[{name}]",
            f"paper = {str(one.is_paper).lower()}",
            f"lead_days = {one.lead_days}",
            f'failure_domain = "{one.failure_domain}"',
            f'screen = "{one.screen}"',
            f"has_seats = {str(one.has_seats).lower()}",
            f"can_take_over = {str(one.can_take_over).lower()}",
            f"tenge_for_a_pack = {channel_choice.tenge_of_pack(name)}",
            f"tenge_for_a_page = {channel_choice.tenge_of_pages(name, 1)}",
            f"fit = {{ {fit} }}",
            f"too_late = [{', '.join(map(str, sorted(one.too_late)))}]",
        ]
    return "\n".join(lines) + "\n"


def _capacity(problem: PlanProblem) -> str:
    rows = (
        (one.resource.value, one.key, one.amount, one.unit, one.kept)
        for _, one in sorted(problem.capacity.items())
    )
    return _table(("resource", "key", "amount", "unit", "kept"), rows)


def _overrides(problem: PlanProblem) -> str:
    rows = (
        (student, lesson, one.channel, one.by, one.why, one.until or "")
        for (student, lesson), one in sorted(problem.overrides.items())
    )
    return _table(("student", "lesson", "channel", "by", "why", "until"), rows)


def _previous(problem: PlanProblem) -> str:
    rows = (
        (student, _joined(name or "-" for name in channels))
        for student, channels in sorted(problem.previous.items())
    )
    return _table(("student", "channels"), rows)


def _standing(problem: PlanProblem) -> str:
    rows = (
        (*place, one.channel or "", one.reason.name.lower(), int(place in problem.on_its_way))
        for place, one in sorted(problem.standing.items())
    )
    return _table(("student", "lesson", "channel", "reason", "on_its_way"), rows)


def plan_files(problem: PlanProblem, plan: Plan) -> Files:
    """Return the folder ``plan``: what was decided."""
    templates: dict[_Template, int] = {}
    lines, unreached = [], []
    for line in plan.students:
        key = (line.lessons, line.choices, line.fallbacks)
        number = templates.setdefault(key, len(templates))
        student = problem.student[line.student]
        lines.append((student.id, student.school, student.household, number))
        unreached += [
            (student.id, slot, problem.lessons[lesson].code, choice.reason.name.lower())
            for slot, (lesson, choice) in enumerate(zip(line.lessons, line.choices, strict=True))
            if choice.channel is None
        ]
    report = json.dumps(report_of(problem, plan), ensure_ascii=False, indent=2, sort_keys=True)
    prices = (
        (one.capacity.resource.value, one.capacity.key, round(one.price, DIGITS), repr(one.exact))
        for one in plan.use
    )
    return {
        "plan/student_week.csv": _table(("student", "school", "household", "template"), lines),
        "plan/templates.csv": _templates(templates),
        "plan/prices.csv": _table(("resource", "key", "price", "exact"), prices),
        "plan/unreached.csv": _table(("student", "slot", "lesson", "reason"), unreached),
        "plan/report.json": report + "\n",
    }


def _templates(templates: Mapping[_Template, int]) -> str:
    rows = (
        (
            number,
            _joined(lessons),
            _joined(one.channel or "-" for one in choices),
            _joined(one.reason.name.lower() for one in choices),
            _joined(name or "-" for name in fallbacks or (None,) * len(choices)),
        )
        for (lessons, choices, fallbacks), number in templates.items()
    )
    return _table(("template", "lessons", "channels", "reasons", "fallbacks"), rows)
