"""Everything the console shows has words in three languages, and every gap has a next step."""

import itertools
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from jetkiz.delivery.reasons import ChoiceReason, FailureReason
from jetkiz.delivery.states import Proof, State
from jetkiz.homework.feedback import MARKS
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.reports.progress import EmptyHanded, Rungs, Standing
from jetkiz.roster.access_profile import FactKind, Source
from jetkiz.roster.model import DeliveryMode, Need
from jetkiz.roster.reading.cells import fact_value
from jetkiz.staff.permissions import Role
from jetkiz.staff.viewers import subject_key
from jetkiz.web import wording
from jetkiz.web.next_steps import STEP_WORDS, Step, next_step, step_address
from jetkiz.web.rendering import Spelling

ASTANA = ZoneInfo("Asia/Qostanay")


@pytest.mark.parametrize(
    ("enum", "table"),
    [
        (State, wording.STATES),
        (State, wording.SIGNS),
        (Proof, wording.PROOFS),
        (Standing, wording.GROUPS),
        (Role, wording.ROLES),
        (FactKind, wording.FACTS),
        (Source, wording.SOURCES),
        (Need, wording.NEEDS),
        (DeliveryMode, wording.MODES),
        (Step, STEP_WORDS),
    ],
)
def test_every_member_has_words(enum: type, table: dict[object, str]) -> None:
    assert set(table) == set(enum)


def test_the_ladder_has_every_rung() -> None:
    assert tuple(wording.RUNGS) == tuple(Rungs.__dataclass_fields__)


def test_a_choice_offered_for_a_fact_is_one_that_the_register_takes() -> None:
    for kind, values in wording.CHOICES.items():
        assert [fact_value(kind, value) for value in values] == list(values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_is_said_in_every_language(language: str) -> None:
    t = translator(language)
    told = EmptyHanded(
        1, Standing.FAILED, 3, ("post",), (ChoiceReason.NO_PAGES,), (FailureReason.LOST,)
    )
    assert len(wording.why(told, t).split("; ")) == 2
    assert wording.why(EmptyHanded(1, Standing.NO_SIGN, 3), t)


def test_unknown_words_speak_for_themselves() -> None:
    assert wording.teller("scan:0a1b") == "a scanned sheet"
    assert wording.teller("aigul") == "aigul"
    assert wording.mark_words("5") == "5"
    assert wording.value_words("balapan") == "balapan"
    assert {wording.mark_words(mark) for mark in MARKS["done"]} == {"done", "do it again"}


@pytest.mark.parametrize(
    ("told", "step"),
    [
        (EmptyHanded(1, Standing.NOT_IN_PLAN, 0), Step.LOOK_LESSONS),
        (EmptyHanded(1, Standing.NO_SIGN, 3, ("post",)), Step.CALL),
        (EmptyHanded(1, Standing.FAILED, 3, ("post",)), Step.BY_HAND),
        (EmptyHanded(1, Standing.NOT_HANDED_OVER, 3, ("telegram",)), Step.LOOK_RUNNING),
        (EmptyHanded(1, Standing.NOT_HANDED_OVER, 3, ("in_person",)), Step.HAND_PACKS),
        (EmptyHanded(1, Standing.NOT_HANDED_OVER, 3, ("broadcast",)), Step.WAIT_AIRING),
        (EmptyHanded(1, Standing.NOT_HANDED_OVER, 3, ("pigeon",)), Step.BY_HAND),
        (EmptyHanded(1, Standing.NOT_HANDED_OVER, 3, ("duty_class",)), Step.LOOK_RUNNING),
        (EmptyHanded(1, Standing.NO_SIGN, 3, ("duty_class",)), Step.ENTER_LIST),
        (EmptyHanded(1, Standing.NO_SIGN, 3, ("duty_class", "post")), Step.CALL),
        (EmptyHanded(1, Standing.FAILED, 3, ("duty_class",)), Step.BY_HAND),
        (
            EmptyHanded(1, Standing.NO_CHANNEL, 3, (), (ChoiceReason.UNKNOWN_PROFILE,)),
            Step.ASK_HOME,
        ),
        (EmptyHanded(1, Standing.NO_CHANNEL, 3, (), (ChoiceReason.NO_MONEY,)), Step.BY_HAND),
        (
            EmptyHanded(1, Standing.NO_CHANNEL, 3, (), (ChoiceReason.NO_CHANNEL_FITS,)),
            Step.CORRECT_HOME,
        ),
    ],
)
def test_the_most_useful_step_is_named(told: EmptyHanded, step: Step) -> None:
    assert next_step(told, may_change=True, has_phone=True) == step


def test_a_teacher_is_never_sent_to_a_page_of_the_coordinator() -> None:
    closed = {"/running", "/students/1/2026-W05/by-hand"}
    reasons = [(), *((reason,) for reason in ChoiceReason if not reason.has_channel)]
    channels = [(), ("telegram",), ("post",), ("broadcast",), ("duty_class",)]
    cases = itertools.product(Standing, reasons, channels, (True, False))
    for standing, why, ways, phone in cases:
        told = EmptyHanded(1, standing, 1, ways, why)
        step = next_step(told, may_change=False, has_phone=phone)
        assert step != Step.CALL or phone
        assert step_address(step, 1, "2026-W05") not in closed


@pytest.mark.parametrize(
    ("language", "week", "words"),
    [
        ("en", "2026-W05", "26–30 January 2026"),
        ("ru", "2026-W05", "26–30 января 2026 г."),
        ("kk", "2026-W05", "2026 ж. 26–30 қаңтар"),
        ("ru", "2026-W14", "30 марта – 3 апреля 2026 г."),
        ("kk", "2026-W14", "2026 ж. 30 наурыз – 3 сәуір"),
    ],
)
def test_a_week_is_written_as_people_write_it(language: str, week: str, words: str) -> None:
    assert Spelling(language, ASTANA).week(week) == words


def test_moments_are_told_in_the_time_of_the_school() -> None:
    say = Spelling("en", ASTANA)
    assert say.moment(datetime(2026, 1, 26, 20, 30, tzinfo=UTC)) == "27 Jan 01:30"
    assert say.day(date(2026, 1, 26)) == "Mon 26 Jan"
    assert say.count(1234) == "1,234"


@pytest.mark.parametrize(
    ("text", "key"),
    [("Математика", "mathematics"), ("Қазақ тілі ", "kazakh"), ("nature", "nature"), ("Ән", "")],
)
def test_a_subject_is_known_by_its_name_in_any_language(text: str, key: str) -> None:
    assert subject_key(text) == key
