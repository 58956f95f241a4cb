"""What the commands ``report week`` and ``report nothing`` say."""

import json
from dataclasses import asdict
from typing import Any

import click

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.channel import channel_words
from jetkiz.command_line import CommandDesk, SpokenGroup, pass_desk
from jetkiz.delivery.reasons import CHOICE_WORDS, FAILURE_WORDS
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator
from jetkiz.reports.progress import (
    EmptyHanded,
    WeekReport,
    read_week_report,
    standing_words,
)
from jetkiz.roster.register import read_names

_as_json = click.option("--json", "as_json", is_flag=True, help=N_("Print as JSON, without names."))


@click.group(cls=SpokenGroup, help=N_("Say who got nothing, and count the rest."))
def report() -> None:
    """Reports read the ledger and change nothing."""


@report.command(help=N_("Count a week by channel and by proof."))
@click.argument("week")
@_as_json
@pass_desk
def week(desk: CommandDesk, week: str, *, as_json: bool) -> None:
    """Print the week in numbers."""
    found = _read(desk, week)
    if as_json:
        click.echo(report_json(found))
        return
    for line in week_lines(found, desk.t):
        click.echo(line)


@report.command(help=N_("List the students whom nothing has reached, and why."))
@click.argument("week")
@_as_json
@pass_desk
def nothing(desk: CommandDesk, week: str, *, as_json: bool) -> None:
    """Print the students with nothing, those without a sign, those who lost a part."""
    found = _read(desk, week)
    if as_json:
        kept = ("week", "nothing", "no_sign", "partly")
        click.echo(_dumped({name: as_document(found)[name] for name in kept}))
        return
    with desk.workplace.database.read() as connection:
        students = [one.student for one in (*found.nothing, *found.no_sign, *found.partly)]
        names = {number: name.short for number, name in read_names(connection, students).items()}
    for line in nothing_lines(found, names, desk.t):
        click.echo(line)


def _read(desk: CommandDesk, week: str) -> WeekReport:
    parse_week(week)
    with desk.workplace.database.read() as connection:
        found = read_week_report(connection, week)
    if not found.is_published:
        raise JetkizError(
            N_("No plan of week {week} is published."),
            N_("Make its plan with jetkiz plan make, and publish it with jetkiz plan publish."),
            week=week,
        )
    return found


def week_lines(found: WeekReport, t: Translator) -> list[str]:
    """Say the week in words, one line a channel."""
    lines = [
        t(
            "Week {week}: {students}, {lessons}.",
            week=found.week,
            students=t.n("{n} student", "{n} students", found.students),
            lessons=t.n("{n} lesson to deliver", "{n} lessons to deliver", found.lessons),
        )
    ]
    lines += [
        t(
            "{channel}: planned {planned}, handed over {dispatched}, arrived {delivered}, "
            "confirmed by the home {acknowledged}, homework back {returned}, "
            "marked {marked}, failed {failed}.",
            channel=t(channel_words(one.channel)),
            **asdict(one.rungs),
        )
        for one in found.channels
    ]
    if found.total.aired:
        lines.append(t("Aired on TV: {n}. Nobody can prove who watched.", n=found.total.aired))
    for reason, count in found.without_channel_by_reason.items():
        words = t.n("{n} lesson without a channel", "{n} lessons without a channel", count)
        lines.append(t("{count}: {reason}.", count=words, reason=t(CHOICE_WORDS[reason])))
    lines.append(
        t(
            "With nothing at all: {nothing}. Handed over, but no sign of arrival: {no_sign}. "
            "Got only a part: {partly}.",
            nothing=t.n("{n} student", "{n} students", len(found.nothing)),
            no_sign=t.n("{n} student", "{n} students", len(found.no_sign)),
            partly=t.n("{n} student", "{n} students", len(found.partly)),
        )
    )
    return lines


def nothing_lines(found: WeekReport, names: dict[int, str], t: Translator) -> list[str]:
    """Say who got nothing and why, one line a student."""
    lines = []
    if not found.nothing and not found.no_sign:
        lines.append(t("Something has reached every student in week {week}.", week=found.week))
    for one in (*found.nothing, *found.no_sign, *found.partly):
        name = names.get(one.student) or t("student {number}", number=one.student)
        lines.append(t("{name}: {why}.", name=name, why=why(one, t)))
    return lines


def why(one: EmptyHanded, t: Translator) -> str:
    """Say in words why nothing, or not everything, is known to have reached a student."""
    details = [t(FAILURE_WORDS[reason]) for reason in one.failures]
    details += [t(CHOICE_WORDS[reason]) for reason in one.reasons]
    words = standing_words(one, t)
    return f"{words} ({'; '.join(details)})" if details else words


def as_document(found: WeekReport) -> dict[str, Any]:
    """Return the report as plain values; students are numbers, never names."""
    document = asdict(found)
    for group in ("nothing", "no_sign", "partly"):
        for one in document[group]:
            one["reasons"] = [reason.name.lower() for reason in one["reasons"]]
    for one in document["without_channel"]:
        one["reason"] = one["reason"].name.lower()
    document["without_channel_by_reason"] = {
        reason.name.lower(): count for reason, count in found.without_channel_by_reason.items()
    }
    return document


def report_json(found: WeekReport) -> str:
    """Return the report as JSON."""
    return _dumped(as_document(found))


def _dumped(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True)
