"""What goes out in a week: published lessons become consignments, each under its own key.

Keys are made of what a consignment is, so that preparing again changes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from jetkiz.channel import Channel
from jetkiz.delivery import ledger
from jetkiz.delivery.consignments import read_consignments, save_batch
from jetkiz.delivery.model import WITH_LESSONS, Consignment, Delivery
from jetkiz.lessons.shelf import read_lessons
from jetkiz.roster.register import read_students
from scheduler.batching import Prepared, batches_of, read_sites


def prepare_week(
    connection: Connection,
    channels: Mapping[str, Channel],
    week: str,
    now: datetime,
    students: Collection[int] | None = None,
) -> Prepared:
    """Turn the published lessons of a week that stand in no consignment yet into batches.

    Those of everybody, or of some ``students`` alone: then nobody else's are read or touched.
    """
    batches: list[int] = []
    count = 0
    left_out: dict[str, int] = {}
    open_ones = _open_deliveries(connection, week, students)
    sites = read_sites(connection, {one.household for one in open_ones})
    for name, group in sorted(_by_channel(open_ones).items()):
        if name not in channels:
            left_out[name] = len(group)
            continue
        kept = read_consignments(connection, week=week, channel=name, students=students)
        fresh = _fresh(channels[name], kept, group)
        for batch, moment in batches_of(channels[name], week, fresh, sites):
            batches.append(save_batch(connection, batch, moment, now))
        count += len(fresh)
    return Prepared(tuple(batches), count, left_out)


def _open_deliveries(
    connection: Connection, week: str, students: Collection[int] | None
) -> list[Delivery]:
    """Return the deliveries whose lesson has neither arrived nor failed on that attempt."""
    homes = {one.id: one.household for one in read_students(connection, students)}
    states = ledger.lesson_states(connection, week, students)
    stand = {(one.student, one.lesson): one for one in states}
    # By their numbers: what was published stays in its week whatever the shelf says now.
    published = {lesson for _, lesson in stand}
    days = {one.id: one.day for one in read_lessons(connection, only=published)}

    def is_open(one: Delivery) -> bool:
        told = stand[one.student, one.lesson]
        is_over = told.state.has_arrived or told.state.is_setback
        return told.attempt == one.attempt and not is_over

    planned = ledger.deliveries(connection, week, homes, days, students)
    return [one for one in planned if is_open(one)]


def _by_channel(deliveries: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    groups: dict[str, list[Delivery]] = defaultdict(list)
    for one in deliveries:
        groups[one.channel].append(one)
    return groups


def _fresh(
    channel: Channel, kept: Sequence[Consignment], deliveries: Sequence[Delivery]
) -> list[Consignment]:
    """Return the consignments of deliveries that are in none of those kept."""
    covered = {
        (content.student, content.attempt, lesson)
        for one in kept
        if one.kind in WITH_LESSONS
        for content in one.contents
        for lesson in content.lessons
    }
    rest = [one for one in deliveries if (one.student, one.attempt, one.lesson) not in covered]
    taken = {one.key for one in kept}
    found: list[Consignment] = []
    # Attempts apart: one envelope never mixes the first try with a later one.
    for number in sorted({one.attempt for one in rest}):
        for one in channel.prepare([each for each in rest if each.attempt == number]):
            # An airing may list nobody: one that stands serves the newcomer too.
            if one.contents or one.key not in taken:
                key = _own_key(one.key, taken)
                taken.add(key)
                found.append(replace(one, key=key))
    return found


def _own_key(key: str, taken: Collection[str]) -> str:
    """Return a key of its own for lessons that join a home after its first consignment left."""
    part = 1
    free = key
    while free in taken:
        part += 1
        free = f"{key}:part-{part}"
    return free
