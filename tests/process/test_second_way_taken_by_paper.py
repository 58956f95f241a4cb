"""Telegram refuses for good, and paper takes over: bot, clock, jobs and printer as in a school."""

from datetime import timedelta
from pathlib import Path

import pytest

from jetkiz.delivery import ledger
from jetkiz.delivery.model import StudentPlan
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.tables import student_week
from jetkiz.wiring import App, build_app
from print_packs.records import read_packs
from scheduler.catching_up import catch_up
from scheduler.dispatch import prepare_week
from scheduler.falling_back import read_orders
from scheduler.rules.fallback_firing import Cause
from tests.bot_school import Stage, open_stage, running_bot
from tests.factories import BY_TELEGRAM, NOW, WEEK

pytestmark = pytest.mark.process
FIVE_MINUTES = timedelta(minutes=5)
PATIENCE = 120.0


def _publish(stage: Stage, app: App) -> None:
    people = stage.people
    fallbacks = ("in_person", "in_person", None)
    plans = [
        StudentPlan(who, people.lessons, (BY_TELEGRAM,) * 3, fallbacks)
        for who in (people.alice, people.bob)
    ]
    schools = {people.alice: people.school, people.bob: people.school}
    with stage.workplace.database.write() as connection:
        connection.execute(student_week.delete())
        ledger.publish(connection, WEEK, 1, plans, schools)
        prepare_week(connection, app.channels, WEEK, NOW)


def test_a_family_that_blocked_the_bot_finds_its_lessons_on_paper(
    sqlite_url: str, tmp_path: Path
) -> None:
    with open_stage(sqlite_url, tmp_path) as stage, running_bot(stage) as bot:
        stage.link("blocker", stage.people.alice)
        stage.link("friend", stage.people.bob)
        assert bot.drain(PATIENCE)
        app = build_app(stage.workplace, poll_seconds=0.05)
        app.start()
        try:
            _publish(stage, app)
            stage.players.block("blocker")
            # The last tick comes twice, as with two clocks; the second must do nothing.
            for moment in (NOW, NOW + FIVE_MINUTES, NOW + FIVE_MINUTES):
                catch_up(stage.workplace, app.engine, moment)
                assert app.engine.wait_idle(PATIENCE)
                assert bot.drain(PATIENCE)
        finally:
            app.stop()
        alice, bob, lessons = stage.people.alice, stage.people.bob, stage.people.lessons
        with stage.workplace.database.read() as connection:
            orders = read_orders(connection, WEEK)
            (pack,) = read_packs(connection, week=WEEK)
            told = {
                (one.student, one.lesson): one.channel
                for one in ledger.lesson_states(connection, WEEK)
            }
        assert [(one.student, one.lesson) for one in orders] == [
            (alice, lessons[0]),
            (alice, lessons[1]),
        ]
        assert {(one.cause, one.reason) for one in orders} == {
            (Cause.FAILED, FailureReason.BLOCKED)
        }
        assert [(c["student"], c["attempt"], c["lessons"]) for c in pack.contents] == [
            (alice, 2, list(lessons[:2]))
        ]
        assert pack.sha256
        assert list((tmp_path / "packs" / WEEK).rglob("h1.pdf"))
        assert [told[alice, one] for one in lessons] == ["in_person", "in_person", "telegram"]
        assert {told[bob, one] for one in lessons} == {"telegram"}
        assert any("w05-0" in message.get("text", "") for message in stage.seen("friend"))
        assert not any("w05-0" in message.get("text", "") for message in stage.seen("blocker"))
