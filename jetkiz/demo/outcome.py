"""What the demo leaves behind and says at the end: files in their places, and who got nothing."""

import json
import shutil
from collections.abc import Container, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from jetkiz.channel import channel_words
from jetkiz.delivery.reasons import CHOICE_WORDS, FAILURE_WORDS
from jetkiz.demo.stage import Stage
from jetkiz.demo.week_clock import WEEK
from jetkiz.i18n import N_, Translator
from jetkiz.lessons.shelf import read_lessons
from jetkiz.reports.progress import EmptyHanded, WeekReport, read_week_report, standing_words
from jetkiz.roster.register import read_names, read_students
from jetkiz.storage.whole_files import write_whole
from print_packs.runs.joining import joined

# Each run has these of its own; the joined file and the lists of the runs tell the same.
_OF_THE_RUN: Final = frozenset({"run.pdf", "manifest.csv", "job.json", "SHA256SUMS"})


def write_report(stage: Stage) -> WeekReport:
    """Write ``report.json``; names stand in it because it stays in the school."""
    with stage.workplace.database.read() as connection:
        report = read_week_report(connection, WEEK)
        words = _report(connection, report, stage.t)
    content = json.dumps(words, ensure_ascii=False, indent=2) + "\n"
    write_whole(stage.folder / "report.json", content.encode())
    return report


def _report(connection: Connection, report: WeekReport, t: Translator) -> dict[str, Any]:
    names = {number: name.short for number, name in read_names(connection).items()}
    classes = {one.id: one.class_title for one in read_students(connection)}
    codes = {one.id: one.code for one in read_lessons(connection, WEEK)}

    def about(one: EmptyHanded) -> dict[str, Any]:
        return {
            "student": names.get(one.student, ""),
            "class": classes.get(one.student, ""),
            "standing": one.standing.value,
            "why": reasons(one, t),
        }

    return {
        "week": report.week,
        "students": report.students,
        "lessons": report.lessons,
        "channels": {
            one.channel: asdict(one.rungs) | {"proof": {k.value: v for k, v in one.proof.items()}}
            for one in report.channels
        },
        "total": asdict(report.total),
        "students_with_nothing": [about(one) for one in report.nothing],
        "students_without_a_sign": [about(one) for one in report.no_sign],
        "students_with_a_part": [about(one) | {"lost": one.lost} for one in report.partly],
        "lessons_without_channel": [
            {
                "student": names.get(one.student, ""),
                "class": classes.get(one.student, ""),
                "lesson": codes.get(one.lesson, ""),
                "reason": one.reason.name.lower(),
                "why": t(CHOICE_WORDS[one.reason]),
            }
            for one in report.without_channel
        ],
    }


def reasons(one: EmptyHanded, t: Translator) -> str:
    """Say in one line why nothing is known to have reached a student."""
    more = [t(FAILURE_WORDS[reason]) for reason in one.failures]
    more += [t(CHOICE_WORDS[reason]) for reason in one.reasons]
    return "; ".join([standing_words(one, t), *more[:2]])


def say_report(stage: Stage, report: WeekReport) -> None:
    """Print the week as a table, then the students with nothing."""
    t = stage.t
    heads = [
        N_("planned"),
        N_("failed"),
        N_("sent"),
        N_("arrived"),
        N_("confirmed"),
        N_("returned"),
        N_("marked"),
    ]
    widths = [max(9, len(t(head))) for head in heads]
    stage.say(
        "{line}",
        line=" " * 20 + "  ".join(t(h).rjust(w) for h, w in zip(heads, widths, strict=True)),
    )
    for one in report.channels:
        r = one.rungs
        # From left to right: what was planned either failed or went out, and then came further.
        cells = (r.planned, r.failed, r.dispatched, r.delivered, r.acknowledged)
        whole = (*cells, r.returned, r.marked)
        numbers = "  ".join(str(n).rjust(w) for n, w in zip(whole, widths, strict=True))
        stage.say("{line}", line=t(channel_words(one.channel)).ljust(20) + numbers)
    stage.say(N_("Aired on TV: {n}. Nobody can prove who watched."), n=report.total.aired)
    with stage.workplace.database.read() as connection:
        names = {number: name.short for number, name in read_names(connection).items()}
    _say_students(stage, N_("Got nothing: {n}"), report.nothing, names)
    _say_students(stage, N_("Sent, but nobody has confirmed anything: {n}"), report.no_sign, names)
    _say_students(stage, N_("Got only a part of the week: {n}"), report.partly, names)
    lessons = len(report.without_channel)
    stage.say(N_("Lessons that no channel could bring: {n}"), n=lessons)


def _say_students(
    stage: Stage, head: str, listed: Iterable[EmptyHanded], names: dict[int, str]
) -> None:
    found = list(listed)
    stage.say(head, n=len(found))
    for one in found:
        stage.say("{line}", line=f"  - {names.get(one.student, '')}: {reasons(one, stage.t)}")


def lay_out(stage: Stage) -> None:
    """Put the week's files where a reader of the demo looks for them."""
    runs = sorted((stage.folder / "packs" / WEEK).glob("run-*"))
    packs: set[str] = set()
    for run in runs:
        for file in sorted(run.rglob("*")):
            if file.is_file() and file.name not in _OF_THE_RUN:
                name = _name_of(file, packs)
                _place(file, stage.folder / _folder_of(file, run) / name)
                packs |= {name} if file.parent == run else set()
    whole = joined([run / "run.pdf" for run in runs])
    write_whole(stage.folder / "packs" / "run.pdf", whole)
    on_air = stage.folder / "broadcast" / WEEK
    for file in sorted(one for one in on_air.rglob("*") if one.is_file()):
        _place(file, stage.folder / "broadcast" / file.relative_to(on_air))
    stage.people.write_transcript(stage.folder / "telegram" / "transcript.json")


def _folder_of(file: Path, run: Path) -> str:
    """Packs of all runs lie together; a list lies under what it is for, a hand list by run."""
    if file.parent == run:
        return "packs"
    return f"hand/{run.name}" if file.parent.name == "hand" else file.parent.name


def _name_of(file: Path, taken: Container[str]) -> str:
    """The second pack of a home lies beside its first."""
    return f"{file.stem}-{file.parent.name}{file.suffix}" if file.name in taken else file.name


def _place(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
