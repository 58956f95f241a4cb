"""How the teacher's mark and words get home: one consignment each, on the student's channel."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import save_batch
from jetkiz.delivery.model import Consignment, Delivery, LessonState
from jetkiz.homework.feedback import consignment_key, unsent_feedback
from jetkiz.homework.model import Feedback, HomeworkReturn
from jetkiz.homework.returns import read_returns
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.access_profile import FactKind
from jetkiz.roster.model import Home, Household
from jetkiz.roster.register import read_homes, read_households
from scheduler.batching import Prepared, Sites, batches_of, read_sites
from scheduler.rules.feedback_channel import feedback_channel, feedback_day

NO_CHANNEL = "none"


@dataclass(frozen=True, slots=True)
class _Known:
    """What must be known of the students whose work was marked."""

    works: Mapping[int, HomeworkReturn]
    homes: Mapping[int, Home]
    households: Mapping[int, Household]
    states: Mapping[tuple[int, int], LessonState]
    weeks: Mapping[int, str]


def prepare_feedback(
    connection: Connection, channels: Mapping[str, Channel], now: datetime
) -> Prepared:
    """Put every mark and word that has no consignment yet on its way home."""
    waiting = unsent_feedback(connection)
    if not waiting:
        return Prepared()
    known = _look_up(connection, waiting)
    sites = read_sites(connection, known.households)
    left_out: Counter[str] = Counter()
    groups: dict[tuple[str, str], list[Consignment]] = defaultdict(list)
    for feedback in waiting:
        one = _delivery(feedback, known, channels, sites, now)
        if one is None:
            left_out[NO_CHANNEL] += 1
            continue
        prepared = channels[one.channel].prepare([one])
        groups[one.channel, one.week].extend(_keyed(feedback.id, prepared))
    batches = [
        save_batch(connection, batch, moment, now)
        for (name, week), group in sorted(groups.items())
        for batch, moment in batches_of(channels[name], week, group, sites)
    ]
    return Prepared(tuple(batches), sum(map(len, groups.values())), left_out)


def _keyed(number: int, consignments: Sequence[Consignment]) -> Iterable[Consignment]:
    for part, one in enumerate(consignments, start=1):
        end = f":part-{part}" if part > 1 else ""
        yield replace(one, key=consignment_key(number) + end)


def _look_up(connection: Connection, waiting: Sequence[Feedback]) -> _Known:
    returns = read_returns(connection, numbers={one.homework_return for one in waiting})
    lessons = read_lessons(connection, only={one.lesson for one in returns})
    homes = read_homes(connection, {one.student for one in returns})
    weeks = {one.id: one.week for one in lessons}
    students = [one.student.id for one in homes]
    return _Known(
        works={one.id: one for one in returns},
        homes={one.student.id: one for one in homes},
        households=read_households(connection, {one.student.household for one in homes}),
        states={
            (one.student, one.lesson): one
            for week in sorted(set(weeks.values()))
            for one in ledger.lesson_states(connection, week, students)
        },
        weeks=weeks,
    )


def _delivery(
    feedback: Feedback, known: _Known, channels: Mapping[str, Channel], sites: Sites, now: datetime
) -> Delivery | None:
    """Return how one feedback goes home, or None when the student left or no channel is on."""
    work = known.works[feedback.homework_return]
    home = known.homes.get(work.student)
    state = known.states.get((work.student, work.lesson))
    if home is None or state is None:
        return None
    household = home.student.household
    channel = feedback_channel(
        state.channel,
        home.profile.value(FactKind.TELEGRAM),
        known.households[household].delivery_mode,
        channels,
    )
    if channel is None:
        return None
    return Delivery(
        week=known.weeks[work.lesson],
        student=work.student,
        household=household,
        lesson=work.lesson,
        day=feedback_day(now.astimezone(sites[household].zone)),
        channel=channel,
        attempt=state.attempt,
        feedback=feedback.id,
    )
