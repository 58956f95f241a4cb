"""How the packs of a run come into envelopes: within the rules of the post, each with its numbers.

What is told of it to a person: lessons that no envelope takes, rolls of postal numbers that ended,
rules that cannot be read or that nobody checked with the post.
"""

from dataclasses import dataclass
from datetime import datetime

from jetkiz.delivery.model import Batch
from jetkiz.i18n.kept_words import Words
from jetkiz.storage.workplace import Workplace
from print_packs.model import Pack
from print_packs.postage.choosing import Postage, limit
from print_packs.postage.in_force import postage_on
from print_packs.runs.allotting import Numbered, Outline, allot, local_day
from print_packs.runs.composing import without
from print_packs.runs.parting import Counts, TooHeavy, part
from print_packs.runs.run_notes import of_the_post, too_heavy


@dataclass(frozen=True, slots=True)
class Enveloped:
    """The packs of a run, numbered; what they were measured by; what a person is told.

    ``left_out`` are lessons that no envelope takes, ``notices`` is what to know of the post.
    """

    given: Numbered
    postage: Postage
    left_out: tuple[Words, ...]
    notices: tuple[Words, ...]


def into_envelopes(
    workplace: Workplace,
    batch: Batch,
    drawn_up: Outline,
    counts: Counts,
    unprintable: frozenset[int],
    now: datetime,
) -> Enveloped:
    """Put what can be printed into envelopes and give every one its numbers."""
    with workplace.database.read() as connection:
        day = local_day(workplace, now)
        postage, broken = postage_on(connection, workplace.settings, day)
    packs, heavy = _parted(drawn_up, counts, unprintable, postage)
    given = allot(workplace, batch, packs, counts, postage, now)
    told = of_the_post(given.packs, given.without_s10, is_verified=postage.is_verified)
    notices = (*map(Words.of, broken), *told)
    return Enveloped(given, postage, tuple(map(too_heavy, heavy)), notices)


def _parted(
    drawn_up: Outline, counts: Counts, unprintable: frozenset[int], postage: Postage
) -> tuple[list[Pack], list[TooHeavy]]:
    done: list[Pack] = []
    heavy: list[TooHeavy] = []
    for one in drawn_up.packs:
        before = drawn_up.before.get(one.consignment, ())
        parted = part(without(one, unprintable), counts, limit(one, postage), before)
        done += filter(_has_something, parted.packs)
        heavy += parted.too_heavy
    return done, heavy


def _has_something(pack: Pack) -> bool:
    """Whether a pack brings anything home: nobody pays the post for a cover alone."""
    return any(child.lessons or child.sheets or child.earlier for child in pack.children)
