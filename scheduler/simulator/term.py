"""A term of some weeks: every policy lives through the same weeks and knows what it may know."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from scheduler.nation.folder import read_problem
from scheduler.nation.making import Wanted, make_nation
from scheduler.nation.population import Population
from scheduler.rules.channel_choice import CERTAIN
from scheduler.simulator.events import draw_events, next_blocked
from scheduler.simulator.hidden import Hidden, draw_hidden
from scheduler.simulator.living import MESSENGER, POST, TELEVISION, Lived, World, live
from scheduler.simulator.noticing import Notebook
from scheduler.simulator.parameters import Parameters
from scheduler.simulator.policies import Knows, Policy, nothing_yet, with_budget, with_reserve
from scheduler.simulator.room import whole
from scheduler.simulator.scores import Score, Tally
from scheduler.simulator.second_choice import second_ways, shipped_terms
from scheduler.solver.uses import by_pool, takes_of
from scheduler.solver.week_arrays import Bytes, Reals, WeekArrays

MOST_WEEKS: Final = 52
MOST_STUDENTS: Final = 200_000

_TRUTH, _WEEK, _LINKS = range(3)


@dataclass(frozen=True, slots=True)
class Term:
    """What is tried: how many weeks, the week's name, seeds, policies and numbers."""

    name: str
    weeks: int
    seeds: tuple[int, ...]
    policies: tuple[Policy, ...]
    numbers: Parameters


@dataclass(slots=True, eq=False)
class _Player:
    """One policy on its way through the term."""

    policy: Policy
    notebook: Notebook
    tally: Tally
    last: Lived | None = None


def refuse_term(weeks: int, seeds: int, students: int) -> None:
    """Refuse a term of no weeks, and what no office computer could hold."""
    wishes = (
        (weeks, MOST_WEEKS, N_("A term of {found} weeks cannot be simulated.")),
        (seeds, 100, N_("A term cannot be drawn {found} times.")),
        (students, MOST_STUDENTS, N_("A term of {found} students cannot be simulated.")),
    )
    for found, most, words in wishes:
        if not 1 <= found <= most:
            raise JetkizError(words, N_("Write a number from 1 to {most}."), found=found, most=most)


def drawn_week(population: Population, students: int, seed: int, name: str) -> WeekArrays:
    """Draw a nation's week of so many students; equal seeds give equal weeks."""
    with TemporaryDirectory(prefix="jetkiz-simulate-") as folder:
        make_nation(Path(folder), population, Wanted(students, seed, name), lambda _: None)
        return read_problem(Path(folder))


def play(
    term: Term,
    draw: Callable[[int], WeekArrays],
    progress: Callable[[int, int], None] = lambda _seed, _week: None,
) -> dict[str, list[Score]]:
    """Let every policy live through the term once for each seed; return scores by policy."""
    found: dict[str, list[Score]] = {one.name: [] for one in term.policies}
    for seed in term.seeds:
        week = draw(seed)
        if not week.students.count:
            raise JetkizError(N_("There is no student in this week."))
        for player in play_one(term, week, seed, progress):
            found[player.policy.name].append(player.tally.score())
    return found


def play_one(
    term: Term, week: WeekArrays, seed: int, progress: Callable[[int, int], None]
) -> Sequence[_Player]:
    """Let every policy live through the weeks of one seed."""
    hidden = draw_hidden(week, term.numbers, np.random.default_rng([seed, _TRUTH]))
    players = [_Player(one, Notebook(week), Tally(week)) for one in term.policies]
    for number, world in enumerate(worlds(term, week, hidden, seed)):
        for player in players:
            _live_week(term, world, player, {one.policy.name: one for one in players})
        progress(seed, number + 1)
    return players


def worlds(term: Term, week: WeekArrays, hidden: Hidden, seed: int) -> Iterator[World]:
    """Draw the weeks one after another."""
    blocked = np.zeros(week.students.count, dtype=np.bool_)
    for number in range(term.weeks):
        links = np.random.default_rng([seed, _LINKS, number])
        blocked = next_blocked(blocked, term.numbers, links)
        chance = np.random.default_rng([seed, _WEEK, number])
        yield World(week, hidden, draw_events(week, blocked, term.numbers, chance), term.numbers)


def _live_week(term: Term, world: World, player: _Player, others: dict[str, _Player]) -> None:
    policy, notebook, blocked = player.policy, player.notebook, world.events.blocked
    notebook.hear_of_links(blocked)
    week = told(world, policy, notebook)
    if player.tally.previous is not None:
        week = replace(week, students=replace(week.students, previous=player.tally.previous))
    lived = live_planned(term, world, policy, week, _spent(policy, others))
    notebook.notice(lived, blocked)
    player.tally.add(lived)
    player.last = lived


def _spent(policy: Policy, others: dict[str, _Player]) -> Lived | None:
    return others[policy.bounded_by].last if policy.bounded_by else None


def told(world: World, policy: Policy, notebook: Notebook) -> WeekArrays:
    """Return the week as a policy sees it."""
    if policy.knows == Knows.TRUTH:
        chance = np.round(expected(world) * CERTAIN)
        # What is possible at all is never quite 0.
        chance = np.where(world.hidden.reach > 0, np.maximum(chance, 1), 0)
        return notebook.without_refusals(chance.astype(np.uint16))
    return notebook.told(learns=policy.knows == Knows.PAST)


def expected(world: World) -> Reals:
    """Return the true chances [N, 1 or W, C] with what may happen in a week, as its odds say."""
    week, odds = world.week, world.numbers.events
    rural = week.is_rural[week.students.school]
    cut = np.where(rural, odds.power_cut_a_day_rural, odds.power_cut_a_day_urban)
    late = np.where(rural, odds.late_post_rural, odds.late_post_urban)
    shown = (1 - odds.airing_dropped) * (1 - odds.transmitter_down_a_week)
    stays = {
        MESSENGER: 1 - cut * odds.messenger_lost_in_a_cut,
        TELEVISION: (1 - cut) * shown,
        POST: 1 - late,
    }
    factor = np.stack([stays.get(name, np.ones_like(cut)) for name in week.channels], axis=1)
    found: Reals = world.hidden.reach * factor[:, None, :]
    return found


def live_planned(
    term: Term, world: World, policy: Policy, week: WeekArrays, spent: Lived | None
) -> Lived:
    """Let a policy decide about a week, and the week go by."""
    if spent is not None:
        week = with_budget(week, spent.paper[0], spent.tenge[0])
    asked = with_reserve(week, term.numbers.plans.reserve) if policy.has_second_ways else week
    channel = policy.decide(asked)
    second = nothing_yet(week)
    if policy.has_second_ways:
        second = second_ways(week, term.name, channel, shipped_terms())
    return live(replace(world, week=week), channel, second, _room(week, channel, spent))


def _room(week: WeekArrays, channel: Bytes, spent: Lived | None) -> Reals:
    """Return what is left [P] for second ways; of money all that the bounding policy spent."""
    amount = week.pools.amount.copy()
    if spent is not None:
        amount[-2:] = np.floor([sum(spent.paper), sum(spent.tenge)])
    return amount - by_pool(week, takes_of(whole(week), channel))
