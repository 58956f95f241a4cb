"""What experience makes of a channel's answer: another likelihood, and words that account for it.

Whether a channel can reach a home at all is never learned: its test decides, as without experience.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from jetkiz.calendar.school_weeks import parse_week
from jetkiz.i18n import N_
from scheduler.learning.experience import Experience
from scheduler.learning.posterior import LEAST, MOST, pool_ratios, posterior_mean
from scheduler.model import Option

# Channels round their likelihoods so, and the solver counts in thousandths.
DIGITS: Final = 3

OWN_AND_REGION: Final = N_(
    "{received} of {heard} received since {since}; for homes of the region {region:.0%}"
)
OWN: Final = N_("{received} of {heard} received, of which something was heard since {since}")
REGION: Final = N_("nothing is known of this home yet; for homes of the region {region:.0%}")
SILENT: Final = N_(
    "since {since} nothing was heard of {left} sent this way, which says nothing here"
)

Options = Mapping[tuple[int, int], tuple[Option, ...]]
Asked = tuple[int, int, float]
Change = tuple[float, str, tuple[tuple[str, Any], ...]]


def learned_options(
    options: Options, experience: Experience
) -> dict[tuple[int, int], tuple[Option, ...]]:
    """Return the options with what experience makes of their likelihoods.

    Answers that homes share stay shared where experience says the same of them.
    """
    numbers, answers = _apart(options)
    pairs = {(student, numbers[id(answer)]) for (student, _), answer in options.items()}
    asked = _asked(pairs, answers, experience)
    changes = dict(zip(asked, _changes(asked, experience), strict=True))
    shared: dict[Any, tuple[Option, ...]] = {}
    own = {}
    for student, number in pairs:
        questions = _questions(student, answers[number], experience)
        said = tuple(changes[one] if one else None for one in questions)
        if (number, said) not in shared:
            shared[number, said] = _changed(answers[number], said)
        own[student, number] = shared[number, said]
    return {
        (student, lesson): own[student, numbers[id(answer)]]
        for (student, lesson), answer in options.items()
    }


def _apart(options: Options) -> tuple[dict[int, int], list[tuple[Option, ...]]]:
    """Return each different answer once, and its number by the object that says it."""
    places: dict[str, int] = {}
    numbers: dict[int, int] = {}
    answers = []
    for answer in options.values():
        if id(answer) in numbers:
            continue
        # Facts are no keys, and there are few answers: homes alike share the object.
        words = repr(answer)
        if words not in places:
            places[words] = len(places)
            answers.append(answer)
        numbers[id(answer)] = places[words]
    return numbers, answers


def _questions(
    student: int, answer: Iterable[Option], experience: Experience
) -> Iterator[Asked | None]:
    """Return whom and what each option asks experience about; None where it is never asked."""
    row = experience.row.get(student)
    columns = {name: column for column, name in enumerate(experience.channels)}
    for one in answer:
        if row is None or not one.possible or one.channel not in columns:
            yield None
        else:
            yield row, columns[one.channel], one.likelihood


def _asked(
    pairs: Iterable[tuple[int, int]], answers: list[tuple[Option, ...]], experience: Experience
) -> list[Asked]:
    questions = (
        one for student, number in pairs for one in _questions(student, answers[number], experience)
    )
    return sorted({one for one in questions if one})


def _changes(asked: list[Asked], experience: Experience) -> list[Change | None]:
    """Return for each question the learned likelihood with its words; None: nothing is known."""
    if not asked:
        return []
    places, columns = (np.array(part) for part in zip(*[one[:2] for one in asked], strict=True))
    chances = np.array([one[2] for one in asked])
    memory, pools = experience.memory, experience.pools
    priors = np.zeros(memory.trials.shape)
    # A channel may give a home several chances, by lesson: the best stands for them.
    np.maximum.at(priors, (places, columns), chances)
    ratios = pool_ratios(memory, priors, pools, experience.rules)[pools[places], columns]
    here = (places, columns)
    found = posterior_mean(chances, ratios, memory.successes[here], memory.trials[here])
    usual = np.clip(chances * ratios, LEAST, MOST)
    return [
        _change(experience, one, float(ratio), float(likelihood), float(region))
        for one, ratio, likelihood, region in zip(asked, ratios, found, usual, strict=True)
    ]


def _change(
    experience: Experience, asked: Asked, ratio: float, likelihood: float, usual: float
) -> Change | None:
    told, here = experience.told, asked[:2]
    heard, left = int(told.heard[here]), int(told.left[here])
    region = ("region", round(usual, DIGITS))
    if not heard and ratio != 1:
        return round(likelihood, DIGITS), REGION, (region,)
    if not left:
        return None
    since = ("since", parse_week(experience.weeks[told.since[here]]).isoformat())
    if not heard:
        return asked[2], SILENT, (("left", left), since)
    own = (("received", int(told.received[here])), ("heard", heard), since)
    if ratio == 1:
        return round(likelihood, DIGITS), OWN, own
    return round(likelihood, DIGITS), OWN_AND_REGION, (*own, region)


def _changed(answer: tuple[Option, ...], said: Iterable[Change | None]) -> tuple[Option, ...]:
    """Return an answer after experience: the very same where experience says nothing."""
    changes = tuple(said)
    if not any(changes):
        return answer
    return tuple(
        replace(one, likelihood=change[0], evidence=change[1], evidence_facts=dict(change[2]))
        if change
        else one
        for one, change in zip(answer, changes, strict=True)
    )
