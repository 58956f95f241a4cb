"""The commands for what was really aired: read a broadcaster's log, show what became of a week."""

from datetime import date, datetime
from pathlib import Path

import click

from broadcast.as_run.importing import Imported, import_log, log_file
from broadcast.as_run.model import AsRun, Outcome
from broadcast.as_run.profiles import OWN, log_profile
from broadcast.as_run.reporting import LOG_WORDS, AirDay, LogState, hour_of_logs, read_air_days
from broadcast.consequences import follow_log, tellers
from broadcast.followed_words import say_followed
from broadcast.revisions import read_kept, read_published
from jetkiz.command_line import CommandDesk, SpokenCommand, operator, pass_desk
from jetkiz.i18n import N_

OUTCOME_WORDS = {
    Outcome.AIRED: N_("aired"),
    Outcome.SHORT: N_("short"),
    Outcome.MOVED: N_("at another hour"),
    Outcome.MISSED: N_("missed"),
}
_SHOWN = 20


@click.command(
    "as-run", cls=SpokenCommand, help=N_("Read the broadcaster's log of what was aired.")
)
@click.argument("week")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--profile", default=OWN, help=N_("How the log is laid out."))
@click.option("--channel", default="", help=N_("Whose log it is, where the file does not say."))
@click.option("--as-written", is_flag=True, help=N_("Take its hours as they are written."))
@pass_desk
def as_run_command(
    desk: CommandDesk, week: str, file: Path, profile: str, channel: str, as_written: bool
) -> None:
    """Turn a log into receipts."""
    workplace = desk.workplace
    layout = log_profile(profile, workplace.settings.data)
    found = log_file(file, channel, trust_clock=as_written)
    with workplace.database.write() as connection:
        done = import_log(connection, week, found, layout, operator(), workplace.clock())
        followed = follow_log(connection, tellers(workplace), week, done, workplace.clock())
        _say_imported(desk, done)
        say_followed(desk, connection, week, followed)


def _say_imported(desk: CommandDesk, done: Imported) -> None:
    as_run, settled = done.as_run, done.recorded.settled
    if done.before:
        read = N_("This file was read before, {at} by {by}.")
        desk.say(read, at=f"{done.before.at:%Y-%m-%d %H:%M} UTC", by=done.before.by)
    for clock in as_run.clocks:
        _say_clock(desk, clock.channel, clock.hours, clock.lines, clock.first_line)
    counts = ", ".join(
        f"{desk.t(words)}: {len(as_run.of(one))}" for one, words in OUTCOME_WORDS.items()
    )
    desk.say(N_("Airings in the log: {counts}."), counts=counts)
    new = N_("New in the ledger: {n} delivered, {m} failed.")
    desk.say(new, n=settled.delivered, m=settled.failed)
    _say_unknown(desk, as_run)


def _say_clock(desk: CommandDesk, channel: str, hours: int, lines: int, first: int) -> None:
    desk.say(
        N_("{channel}: the clock of {n} lines, from line {first} on, is {hours} h off: set right."),
        channel=channel,
        n=lines,
        first=first,
        hours=f"{hours:+d}",
    )
    desk.say(N_("If lessons really ran at those hours, import it again with --as-written."))


def _say_unknown(desk: CommandDesk, as_run: AsRun) -> None:
    if as_run.unknown:
        lines = ", ".join(map(str, as_run.unknown[:_SHOWN]))
        more = len(as_run.unknown) - _SHOWN
        lines += f" (+{more})" if more > 0 else ""
        desk.say(N_("These lines fit no airing: {lines}."), lines=lines)


@click.command(
    "aired", cls=SpokenCommand, help=N_("Show what was aired, and which log is missing.")
)
@click.argument("week")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help=N_("Only this day."))
@pass_desk
def aired_command(desk: CommandDesk, week: str, day: datetime | None) -> None:
    """Count airings by channel and day."""
    workplace = desk.workplace
    by = hour_of_logs(workplace.settings.as_run_by)
    with workplace.database.read() as connection:
        kept = read_published(connection, week) or read_kept(connection, week)
        days = read_air_days(connection, week, kept.problem, by, workplace.clock())
    wanted: date | None = day.date() if day else None
    for one in days:
        if wanted in {None, one.day}:
            _say_day(desk, one)


def _say_day(desk: CommandDesk, one: AirDay) -> None:
    counts = ", ".join(
        f"{desk.t(words)} {one.of(outcome)}"
        for outcome, words in OUTCOME_WORDS.items()
        if one.of(outcome)
    )
    desk.say(
        N_("{day} {channel}: {planned} planned; {counts}; {state}"),
        day=one.day,
        channel=one.channel.name,
        planned=one.planned,
        counts=counts or "-",
        state=desk.t(LOG_WORDS[one.state]),
    )
    if one.state in {LogState.PART, LogState.NO_LOG}:
        desk.say(N_("  Not reported: {airings}"), airings=_some(one.silent))


def _some(codes: tuple[str, ...]) -> str:
    more = len(codes) - _SHOWN
    return ", ".join(codes[:_SHOWN]) + (f" (+{more})" if more > 0 else "")
