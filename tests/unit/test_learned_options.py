"""Options after experience: which change, which stay shared, and how they are kept with a plan."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.delivery.bit_counts import BitRows
from jetkiz.delivery.past_weeks import COLUMNS, WeekRows
from jetkiz.i18n import LANGUAGES, translator
from scheduler.evidence_words import answer_words, evidence_words
from scheduler.kept_problem import read_kept_problem, with_kept_evidence
from scheduler.learning.experience import learned
from scheduler.learning.options import OWN, OWN_AND_REGION, REGION, SILENT, learned_options
from scheduler.learning.posterior import PRIOR_STRENGTH
from scheduler.model import Learned, Option, PlanProblem
from scheduler.plan_files import folder_of, inputs_hash, plan_files, problem_files, write_files
from scheduler.plan_report import report_of
from scheduler.plan_store import PlanRun, RunState
from scheduler.planner import make_plan
from tests.plan_problems import Reached, lesson, problem, student

NAMES = ("broadcast", "in_person", "post", "telegram")
LESSONS = 5
ALL = (1 << LESSONS) - 1
SHELF = [lesson(1), lesson(2)]
REACHED = Reached(telegram=0.9, broadcast=0.45, post=0.8)
WEEK = "2026-W05"

Heard = Mapping[int, tuple[str, str, int]]


def past(*weeks: tuple[str, Heard]) -> list[WeekRows]:
    """Weeks in which each student had five lessons by one channel: how many reached one rung."""
    found = []
    for name, heard in weeks:
        slots = np.array(
            [[ALL * (channel == name_) for name_ in NAMES] for channel, _, _ in heard.values()]
        )
        bits = {
            column: np.array(
                [
                    ((1 << count) - 1) * (column == rung) | ALL * (column == "dispatched")
                    for _, rung, count in heard.values()
                ]
            )
            for column in COLUMNS
        }
        rows = BitRows(slots, np.arange(len(heard)), bits)
        found.append(WeekRows(name, np.array(list(heard)), rows))
    return found


def options_of(
    heard: Heard, students: tuple[int, ...] = (1, 2, 3), reached: Reached = REACHED
) -> dict[tuple[int, int], tuple[Option, ...]]:
    """The options after two equal weeks; homes that are alike share one answer for a lesson."""
    answers = {number: reached.options() for number in (1, 2)}
    plain = {(who, number): answers[number] for who in students for number in answers}
    told = learned(
        WEEK, NAMES, students, [("39", "rural")] * len(students), past((("2026-W03"), heard))
    )
    return learned_options(plain, told)


def one(options: Mapping, student_: int, channel: str) -> Option:
    return next(each for each in options[student_, 1] if each.channel == channel)


def test_each_kind_of_evidence_has_its_words() -> None:
    heard = {
        1: ("telegram", "failed", 5),
        2: ("post", "returned", 3),
        3: ("broadcast", "failed", 0),
    }
    found = options_of(heard)
    assert one(found, 1, "telegram").evidence == OWN_AND_REGION
    assert one(found, 2, "telegram").evidence == REGION
    assert one(found, 2, "post").evidence == OWN
    assert one(found, 3, "broadcast").evidence == SILENT
    assert one(found, 3, "broadcast").likelihood == 0.45
    assert one(found, 1, "post").evidence == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_evidence_is_said_without_an_open_place(language: str) -> None:
    t = translator(language)
    facts = {"received": 1, "heard": 3, "left": 4, "since": "2025-09-01", "region": 0.5}
    said = set()
    for words in (OWN_AND_REGION, OWN, REGION, SILENT):
        option = Option("post", possible=True, test="a test", evidence=words, evidence_facts=facts)
        text = answer_words(option, t)
        assert text.startswith("a test; ")
        assert text.endswith(evidence_words(option, t))
        assert not {"{", "}"} & set(text)
        said.add(text)
    assert len(said) == 4
    plain = Option("post", possible=True, test="a test")
    assert (answer_words(plain, t), evidence_words(plain, t)) == ("a test", "")


def test_homes_of_which_the_same_is_known_share_their_answers() -> None:
    heard = {
        1: ("telegram", "failed", 5),
        2: ("telegram", "failed", 5),
        3: ("telegram", "failed", 2),
    }
    found = options_of(heard)
    assert found[1, 1] is found[2, 1]
    # Lessons of equal answers share as well, others do not.
    assert found[1, 1] is found[1, 2]
    assert found[3, 1] is not found[1, 1]


def test_a_home_without_experience_keeps_the_very_answer() -> None:
    answer = Reached(post=0.8).options()
    told = learned(WEEK, NAMES, (1,), [("", "")], past())
    assert learned_options({(1, 1): answer}, told)[1, 1] is answer
    assert told.weeks == ()


def test_an_answer_of_a_student_or_channel_that_nobody_knows_is_left_alone() -> None:
    answer = (Option("pigeon", possible=True, likelihood=0.5), Option("post", possible=False))
    told = learned(WEEK, NAMES, (1,), [("", "")], past(("2026-W03", {1: ("post", "failed", 5)})))
    options = {(1, 1): answer, (9, 1): answer}
    assert learned_options(options, told) == options


def test_a_channel_with_several_chances_learns_for_each() -> None:
    """A film may be less likely to come through than a text; the best chance is the channel's."""
    text = (Option("telegram", possible=True, likelihood=0.9),)
    film = (Option("telegram", possible=True, likelihood=0.4),)
    heard = {1: ("telegram", "returned", 3)}
    told = learned(WEEK, NAMES, (1,), [("", "")], past(("2026-W03", heard)))
    found = learned_options({(1, 1): text, (1, 2): film}, told)
    # Three of five came and two count half, as three lessons at most, and a week has passed since.
    received, tried = 3 * 0.6 * 0.92, 4 * 0.6 * 0.92
    ratio = (received + 20 * 0.9) / (tried * 0.9 + 20 * 0.9)
    for options, prior in ((found[1, 1], 0.9), (found[1, 2], 0.4)):
        mean = (PRIOR_STRENGTH * prior * ratio + received) / (PRIOR_STRENGTH + tried)
        assert options[0].likelihood == pytest.approx(mean, abs=0.0006)


@given(
    st.dictionaries(
        st.integers(1, 4),
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from(["failed", "returned", "delivered", "acknowledged"]),
            st.integers(0, LESSONS),
        ),
        min_size=1,
    ),
    st.permutations((1, 2, 3, 4)),
)
def test_no_order_decides_and_no_test_is_overruled(heard: Heard, order: list[int]) -> None:
    found = options_of(heard, (1, 2, 3, 4))
    turned = dict(sorted(heard.items(), key=lambda item: order.index(item[0])))
    assert options_of(turned, tuple(order)) == found
    for answer in found.values():
        for before, after in zip(REACHED.options(), answer, strict=True):
            assert (before.channel, before.possible) == (after.channel, after.possible)
            assert 0 < after.likelihood < 1 or not after.possible
            assert round(after.likelihood, 3) == after.likelihood


# Kept with the plan.


def village() -> PlanProblem:
    people = {student(number, SHELF): REACHED for number in (1, 2, 3)}
    plain = problem(SHELF, people)
    heard = {
        1: ("telegram", "failed", 5),
        2: ("post", "returned", 3),
        3: ("broadcast", "failed", 0),
    }
    return PlanProblem(
        week=plain.week,
        version=1,
        students=plain.students,
        lessons=plain.lessons,
        channels=plain.channels,
        options=options_of(heard),
        learned=Learned(weeks=1, students=2),
    )


def kept(tmp_path: Path, made: PlanProblem) -> PlanProblem | None:
    """Write the plan's files and read the problem back as ``plan explain`` does."""
    plan = make_plan(made)
    files = problem_files(made) | plan_files(made, plan)
    write_files(folder_of(tmp_path, made.week, made.version), files)
    run = PlanRun(
        id=1,
        week=made.week,
        version=made.version,
        inputs_hash=inputs_hash(made),
        engine=plan.engine,
        objective=plan.objective,
        bound=plan.bound,
        gap=plan.gap,
        report=report_of(made, plan),
        state=RunState.DRAFT,
        created_at=datetime(2026, 1, 21, tzinfo=UTC),
        published_at=None,
        approved_by=None,
    )
    return read_kept_problem(tmp_path, run)


def test_the_evidence_is_kept_with_the_plan(tmp_path: Path) -> None:
    made = village()
    found = kept(tmp_path, made)
    assert found is not None
    assert found.options == made.options
    assert found.learned == made.learned
    assert inputs_hash(found) == inputs_hash(made)


def test_the_evidence_of_then_is_put_on_the_answers_of_today() -> None:
    then = village()
    people = {student(number, SHELF): REACHED for number in (1, 2, 3, 4)}
    today = problem(SHELF, people)
    found = with_kept_evidence(today, then)
    assert found.learned == then.learned
    assert {place: found.options[place] for place in then.options} == then.options
    # Who came since has no evidence, and a channel that closed since stays closed.
    assert found.options[4, 1] == today.options[4, 1]
    closed = problem(SHELF, dict.fromkeys(people, Reached(post=0.8)))
    assert not one(with_kept_evidence(closed, then).options, 1, "telegram").possible
    assert with_kept_evidence(today, today) is today
