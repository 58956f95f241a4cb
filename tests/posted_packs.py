"""Packs that were posted without being drawn: homes of one school, a run by post, one by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from jetkiz.delivery import ledger
from jetkiz.delivery.model import Batch, Choice, StudentPlan
from jetkiz.delivery.reasons import ChoiceReason
from jetkiz.roster.tables import household, household_identity
from print_packs.records import PackPlace, PackRow, allot_packs, allot_run, finish_packs, read_packs
from print_packs.s10.numbers import parse
from print_packs.s10.tables import s10_number
from tests.factories import NOW, WEEK, People, add_people

POST = Choice("post", ChoiceReason.ONLY_CHANNEL)


@dataclass(frozen=True)
class Posted:
    """The people of the school, the packs by post and the one by hand."""

    people: People
    packs: tuple[PackRow, ...]
    by_hand: PackRow


def add_posted(connection: Connection, homes: int = 4, second: str | None = None) -> Posted:
    """Write a school whose Alice has a lesson in each of so many packs by post, and in one by hand.

    The first lies in Alice's own home; the others have the index 111908. ``second`` is the second
    way of her first lesson.
    """
    people = add_people(connection)
    plan = StudentPlan(people.alice, people.lessons, (POST,) * 3, (second, None, None))
    ledger.publish(connection, WEEK, 1, [plan], {people.alice: people.school})
    numbers = [1, *(_add_home(connection, people, n) for n in range(2, homes + 1))]
    _add_run(connection, "post", numbers, people)
    _add_run(connection, "in_person", numbers[:1], people)
    rows = read_packs(connection, week=WEEK)
    by_post = tuple(one for one in rows if one.channel == "post")
    return Posted(people, by_post, next(one for one in rows if one.channel != "post"))


def _add_home(connection: Connection, people: People, number: int) -> int:
    row = {"school_id": people.school, "language": "kk", "delivery_mode": "post", "active": True}
    made = connection.execute(household.insert().values(row | {"sourced_id": f"b{number:03}"}))
    assert made.inserted_primary_key
    home = int(made.inserted_primary_key[0])
    values = {"household_id": home, "address": {"index6": "111908"}, "phone": ""}
    connection.execute(household_identity.insert().values(values))
    return home


def _add_run(connection: Connection, channel: str, homes: Sequence[int], people: People) -> None:
    batch = Batch(f"{channel}:run", channel, WEEK, ())
    run = allot_run(connection, batch, date(2026, 1, 22), NOW)
    places = [PackPlace(f"{channel}:h{home}", home) for home in homes]
    for one in allot_packs(connection, run, places):
        lesson = people.lessons[0 if channel == "post" else 1]
        inside = {"student": people.alice, "attempt": 1, "lessons": [lesson]}
        done = {"number": one.id, "pages": 8, "sheets": 4, "grams": 25, "contents": [inside]}
        finish_packs(connection, [done])


def give_number(connection: Connection, pack: PackRow, text: str) -> None:
    """Let a pack have a postal number."""
    one = parse(text)
    row = {"prefix": one.prefix, "country": one.country, "serial": one.serial, "pack_id": pack.id}
    connection.execute(s10_number.insert().values(row | {"way": "counter", "state": "printed"}))
