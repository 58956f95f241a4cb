"""What the command ``simulate`` does: policies compared on drawn terms, in words and files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click

from jetkiz.calendar.school_weeks import parse_week, week_of
from jetkiz.channel import channel_words, load_channels, switched_off
from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_, Translator
from jetkiz.storage.whole_files import write_whole
from scheduler.nation.population import read_population
from scheduler.simulator.chart import Words, chart
from scheduler.simulator.parameters import Parameters, read_parameters
from scheduler.simulator.policies import POLICIES, chosen
from scheduler.simulator.school_copy import copied
from scheduler.simulator.scores import Score, Spread, advantage, over_seeds
from scheduler.simulator.term import Term, drawn_week, play, refuse_term
from scheduler.simulator.through import rehearse

FORMAT: Final = 1
JSON: Final = "simulation.json"
SVG: Final = "simulation.svg"

Found = Mapping[str, Sequence[Score]]


@click.command(
    cls=SpokenCommand,
    help=N_("Try a term before it comes: compare policies on drawn homes and drawn mishaps."),
)
@click.option("--weeks", type=int, default=9, help=N_("How many weeks the term has."))
@click.option("--students", type=int, default=2000, help=N_("How many students there are."))
@click.option("--seeds", type=int, default=3, help=N_("How many times everything is drawn anew."))
@click.option("--seed", type=click.IntRange(0), default=1, help=N_("The first of the seeds."))
@click.option("--policy", multiple=True, help=N_("A policy to try; may be repeated; else all."))
@click.option("--week", help=N_("The week, such as 2026-W05; the coming one if none is named."))
@click.option(
    "--parameters",
    type=click.Path(dir_okay=False, path_type=Path),
    help=N_("File with numbers of your own."),
)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("simulation"),
    help=N_("The folder to write."),
)
@click.option(
    "--through-ledger",
    is_flag=True,
    help=N_("Live one week through a copy of this school's ledger, and compare."),
)
@pass_desk
def simulate(
    desk: CommandDesk,
    /,
    policy: tuple[str, ...],
    week: str | None,
    parameters: Path | None,
    into: Path,
    through_ledger: bool,
    **size: int,
) -> None:
    """Compares policies; it does not forecast."""
    weeks, students, seeds = size["weeks"], size["students"], size["seeds"]
    refuse_term(weeks, seeds, students)
    name = week or week_of(desk.clock().date() + timedelta(days=7))
    parse_week(name)
    if through_ledger:
        _through(desk, name, read_parameters(parameters), size["seed"])
        return
    first = size["seed"]
    numbers = read_parameters(parameters)
    term = Term(name, weeks, tuple(range(first, first + seeds)), chosen(policy), numbers)
    population = read_population()

    def progress(seed: int, number: int) -> None:
        click.echo(desk.t("seed {seed}, week {number}", seed=seed, number=number), err=True)

    found = play(term, lambda seed: drawn_week(population, students, seed, name), progress)
    for line in table(found, desk.t):
        click.echo(line)
    for line in differences(found, desk.t):
        click.echo(line)
    desk.say("This compares policies; it does not forecast a term.")
    write_whole(into / JSON, report(found, term, students))
    write_whole(into / SVG, picture(found, term, students, desk.t).encode())
    desk.say("Written: {table} and {picture}.", table=into / JSON, picture=into / SVG)


def _through(desk: CommandDesk, week: str, numbers: Parameters, seed: int) -> None:
    """Let the week go through a copy of the school's data; the school itself is not touched."""
    with copied(desk.workplace) as (place, clock):
        channels = load_channels(place, switched_off(place.settings))
        found = rehearse(place, clock, channels, week, numbers, seed)
    desk.say(
        "Week {week} of {students} students, lived as numbers and through a copy of the ledger:",
        week=week,
        students=found.students,
    )
    for name, one in sorted(found.ledger.items()):
        desk.say(
            "{channel}: received {received}, returned {returned}, taken over {taken}",
            channel=desk.t(channel_words(name)),
            received=one.received,
            returned=one.returned,
            taken=one.taken_over,
        )
    if not found.holds:
        raise JetkizError(
            N_("The ledger counts otherwise than the model: one of the two is wrong."),
            N_("Please report it together with this output."),
        )
    desk.say("Both count alike; {batches} batches were handed over.", batches=found.batches)


_COLUMNS: Final = (
    ("received", N_("received")),
    ("returned", N_("returned")),
    ("rural", N_("villages")),
    ("worst_region", N_("worst region")),
    ("p10", "p10"),
    ("p1", "p1"),
    ("churn", N_("changes")),
)
_MONEY: Final = N_("tenge")


def table(found: Found, t: Translator) -> list[str]:
    """Return the comparison in lines: shares of lessons, tenge for a student and week."""
    heads = [t(words) for _, words in _COLUMNS] + [t(_MONEY)]
    rows = [[t(POLICIES[name].words), *_cells(scores)] for name, scores in found.items()]
    first = max(len(row[0]) for row in rows)
    wide = [max(len(one) for one in column) for column in zip(heads, *_tails(rows), strict=True)]
    lines = [[" " * first, *heads], *rows]
    return [
        "  ".join([one[0].ljust(first), *(c.rjust(w) for c, w in zip(one[1:], wide, strict=True))])
        for one in lines
    ]


def _tails(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [row[1:] for row in rows]


def _cells(scores: Sequence[Score]) -> list[str]:
    spreads = over_seeds(scores)
    shares = [_percent(spreads[name]) for name, _ in _COLUMNS]
    return [*shares, f"{spreads['tenge'].mean:.1f}"]


def _percent(one: Spread) -> str:
    return f"{one.mean:.1%} ± {100 * one.deviation:.1f}"


def differences(found: Found, t: Translator) -> list[str]:
    """Say what a planner brings at no more money, where both were tried."""
    lines = []
    for name in found:
        other = POLICIES[name].bounded_by
        if other:
            ahead = advantage(found, name, other)
            lines.append(
                t(
                    "{policy} against {other}: {points:+.1f} points of lessons received "
                    "(± {spread:.1f})",
                    policy=t(POLICIES[name].words),
                    other=t(POLICIES[other].words),
                    points=100 * ahead.mean,
                    spread=100 * ahead.deviation,
                )
            )
    return lines


def report(found: Found, term: Term, students: int) -> bytes:
    """Return everything as JSON: what was asked, every number with its source, every seed."""
    words: dict[str, Any] = {
        "format": FORMAT,
        "week": term.name,
        "weeks": term.weeks,
        "students": students,
        "seeds": list(term.seeds),
        "policies": {
            name: {
                "mean": {key: round(one.mean, 6) for key, one in over_seeds(scores).items()},
                "deviation": {
                    key: round(one.deviation, 6) for key, one in over_seeds(scores).items()
                },
                "by_seed": [
                    {key: round(value, 6) for key, value in asdict(one).items()} for one in scores
                ],
            }
            for name, scores in found.items()
        },
        "parameters": {
            name: {"value": _value(term, name), "source": source}
            for name, source in term.numbers.sources.items()
        },
        "note": "compares policies; does not forecast",
    }
    return (json.dumps(words, ensure_ascii=False, indent=2) + "\n").encode()


def _value(term: Term, name: str) -> float:
    group, _, own = name.partition(".")
    return float(getattr(getattr(term.numbers, group), own))


def picture(found: Found, term: Term, students: int, t: Translator) -> str:
    """Return the chart in the reader's language."""
    rows = [(t(POLICIES[name].words), over_seeds(scores)) for name, scores in found.items()]
    words = Words(
        title=t("Lessons received and homework returned, by policy"),
        received=t("lessons received"),
        returned=t("homework returned"),
        axis=t("share of the term"),
        note=t(
            "{students} students, {weeks} weeks, drawn {seeds} times; whiskers show the spread. "
            "Compares policies, does not forecast.",
            students=students,
            weeks=term.weeks,
            seeds=len(term.seeds),
        ),
    )
    return chart(rows, words)
