"""What happens in the sample week to lessons whose first way failed: paper is brought instead."""

from datetime import timedelta

from jetkiz.demo.stage import Stage
from jetkiz.demo.week_clock import WEEK
from jetkiz.i18n import N_
from print_packs.records import read_packs
from print_packs.runs.hand_over import hand_over, signed
from print_packs.runs.lists import read_lists
from scheduler.falling_back import read_orders


def take_second_ways(stage: Stage, day: str) -> None:
    """Let what failed since yesterday be found, print the second packs, bring them by noon."""
    now = stage.move_to(day, "07:50")
    stage.settle()
    with stage.workplace.database.read() as connection:
        orders = [
            one
            for one in read_orders(connection, WEEK)
            if now - timedelta(days=1) < one.at <= now and not one.was_refused
        ]
    if orders:
        stage.say(
            N_("Lessons that did not get through and go another way now: {n}; students: {m}."),
            n=len(orders),
            m=len({one.student for one in orders}),
        )
    _bring_packs(stage, day)


def _bring_packs(stage: Stage, day: str) -> None:
    with stage.workplace.database.read() as connection:
        lists = [one for one in read_lists(connection, WEEK) if one.confirmed_at is None]
        names = {name for one in lists for name in one.packs}
        packs = read_packs(connection, consignments=names) if names else []
    if not packs:
        return
    now = stage.move_to(day, "12:00")
    with stage.workplace.database.write() as connection:
        hand_over(connection, WEEK, [one.number for one in lists], now)
        signed(connection, WEEK, [one.print_id for one in packs], now)
    stage.say(N_("Second packs that were printed, brought and signed for: {n}."), n=len(packs))
