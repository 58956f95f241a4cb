"""How the packs of a run come into envelopes: within the rules of the post, each with its numbers.

What is told of it to a person: lessons that no envelope takes, rolls of postal numbers that ended,
rules that cannot be read or that nobody checked with the post.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from jetkiz.delivery.model import Batch
from jetkiz.i18n import N_, Translator, translator
from jetkiz.storage.workplace import Workplace
from print_packs.model import Pack
from print_packs.postage.choosing import Postage, limit
from print_packs.postage.in_force import UNVERIFIED, postage_on
from print_packs.runs.allotting import Numbered, Outline, allot, local_day
from print_packs.runs.composing import without
from print_packs.runs.parting import Counts, TooHeavy, part


@dataclass(frozen=True, slots=True)
class Enveloped:
    """The packs of a run, numbered; what they were measured by; what a person is told."""

    given: Numbered
    postage: Postage
    problems: tuple[str, ...]


def into_envelopes(
    workplace: Workplace,
    batch: Batch,
    drawn_up: Outline,
    counts: Counts,
    unprintable: frozenset[int],
    now: datetime,
) -> Enveloped:
    """Put what can be printed into envelopes and give every one its numbers."""
    t = translator(workplace.settings.language)
    with workplace.database.read() as connection:
        day = local_day(workplace, now)
        postage, broken = postage_on(connection, workplace.settings, day)
    packs, too_heavy = _parted(drawn_up, counts, unprintable, postage)
    given = allot(workplace, batch, packs, counts, postage, now)
    problems = [*map(t.error, broken), *(_too_heavy(t, one) for one in too_heavy)]
    problems += _of_the_post(t, given, postage)
    return Enveloped(given, postage, tuple(problems))


def _parted(
    drawn_up: Outline, counts: Counts, unprintable: frozenset[int], postage: Postage
) -> tuple[list[Pack], list[TooHeavy]]:
    done: list[Pack] = []
    too_heavy: list[TooHeavy] = []
    for one in drawn_up.packs:
        before = drawn_up.before.get(one.consignment, ())
        parted = part(without(one, unprintable), counts, limit(one, postage), before)
        done += parted.packs
        too_heavy += parted.too_heavy
    return done, too_heavy


def _of_the_post(t: Translator, given: Numbered, postage: Postage) -> Iterable[str]:
    if given.without_s10:
        yield t(
            N_(
                "The roll of postal numbers has ended; packs without one: {n}. The counter gives "
                "them theirs, or enter the next roll and make the packs again."
            ),
            n=given.without_s10,
        )
    if any(one.by_post for one in given.packs) and not postage.is_verified:
        yield t(UNVERIFIED)


def _too_heavy(t: Translator, one: TooHeavy) -> str:
    return t(
        N_(
            "Home {home}: the lesson {title} alone takes {sheets} sheets, more than one envelope "
            "may hold. It is left out; shorten it, or give it another way."
        ),
        home=one.pack.key,
        title=one.lesson.title,
        sheets=one.sheets,
    )
