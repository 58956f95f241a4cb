"""Paper as a channel: who can be reached, what a pack is, and that a crash costs nothing."""

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import func, select, update

from jetkiz.channel import ChannelError
from jetkiz.delivery.consignments import read_batch
from jetkiz.delivery.model import Kind
from jetkiz.delivery.states import State
from jetkiz.lessons.model import LessonKind
from jetkiz.lessons.tables import lesson
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import DeliveryMode, Home, Need, Student
from jetkiz.roster.tables import student
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import InPersonChannel, PostChannel
from print_packs.records import read_packs
from print_packs.runs import printing, stack_making
from print_packs.runs.lists import read_lists
from print_packs.runs.run_pdf import RunPdf
from print_packs.runs.stack_making import draw_stack
from print_packs.tables import pack, print_run, sheet
from tests.factories import WEEK
from tests.full_disks import full_disk
from tests.print_school import (
    LESSON,
    NOW,
    a_lesson,
    post_deliveries,
    print_school,
    printed,
    saved_batch,
    workplace_in,
)

RUN = Path("packs") / WEEK / "run-1"


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, database)


def home(*needs: Need, **facts: str) -> Home:
    person = Student(1, 1, 1, "2A", 2, "kk", frozenset(needs))
    day = date(2026, 1, 1)
    known = [Fact(FactKind(name), value, Source.SURVEY, day) for name, value in facts.items()]
    return Home(person, AccessProfile(tuple(known)))


def test_letters_reach_a_home_that_has_post(workplace: Workplace) -> None:
    reach = PostChannel(workplace).can_reach(home(post="yes"), LESSON)

    assert (reach.possible, reach.likelihood) == (True, 0.80)


def test_somebody_who_can_come_is_reached_at_school(workplace: Workplace) -> None:
    reach = InPersonChannel(workplace).can_reach(home(pick_up="yes"), LESSON)

    assert (reach.possible, reach.likelihood) == (True, 0.88)


@pytest.mark.parametrize("known", [{}, {"pick_up": "no"}, {"pick_up": "unknown", "post": "yes"}])
def test_a_home_to_which_the_school_brings_paper_is_reached_by_hand_alone(
    workplace: Workplace, known: dict[str, str]
) -> None:
    who = replace(home(**known), delivery_mode=DeliveryMode.HAND)
    by_hand = InPersonChannel(workplace).can_reach(who, LESSON)
    by_post = PostChannel(workplace).can_reach(who, LESSON)
    assert (by_hand.possible, by_hand.likelihood) == (True, 0.88)
    assert not by_post.possible
    assert "not the post" in by_post.test


@pytest.mark.parametrize("known", ["yes", "no", "unknown"])
def test_a_home_that_fetches_its_paper_gets_no_letter(workplace: Workplace, known: str) -> None:
    who = replace(home(post="yes", pick_up=known), delivery_mode=DeliveryMode.PICK_UP)
    assert not PostChannel(workplace).can_reach(who, LESSON).possible
    assert InPersonChannel(workplace).can_reach(who, LESSON).possible == (known == "yes")


@pytest.mark.parametrize("who", [home(Need.BRAILLE), home(post="no", pick_up="no")])
def test_what_is_brought_must_be_of_use(workplace: Workplace, who: Home) -> None:
    brought = replace(who, delivery_mode=DeliveryMode.HAND)
    reach = InPersonChannel(workplace).can_reach(brought, LESSON)
    assert reach.possible == (Need.BRAILLE not in who.student.needs)


@pytest.mark.parametrize(
    ("who", "lesson_kind", "words"),
    [
        (home(post="no"), LessonKind.TEXT, "do not reach"),
        (home(), LessonKind.TEXT, "nobody knows"),
        (home(post="unknown"), LessonKind.TEXT, "nobody knows"),
        (home(Need.BRAILLE, post="yes"), LessonKind.TEXT, "Braille"),
        (home(post="yes"), LessonKind.VIDEO, "film"),
    ],
)
def test_what_post_cannot_do_is_said(
    workplace: Workplace, who: Home, lesson_kind: LessonKind, words: str
) -> None:
    reach = PostChannel(workplace).can_reach(who, a_lesson(kind=lesson_kind))

    assert not reach.possible
    assert words in reach.test


def test_a_home_gets_one_pack_before_the_cut_off(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        people = print_school(connection)
        deliveries = post_deliveries(connection)

    consignments = PostChannel(workplace).prepare(deliveries)

    assert PostChannel(workplace).prepare(deliveries[::-1]) == consignments
    assert [one.key for one in consignments] == [f"post:{WEEK}:h1:a1", f"post:{WEEK}:h2:a1"]
    assert {(one.due, one.at) for one in consignments} == {(date(2026, 1, 22), "15:00")}
    assert consignments[0].contents[0].lessons == people.lessons[:2]


def test_feedback_is_a_slip_of_its_own(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        print_school(connection)
        first = post_deliveries(connection)[0]

    (slip,) = PostChannel(workplace).prepare([replace(first, feedback=9)])

    assert (slip.kind, slip.payload) == (Kind.FEEDBACK, {"feedback": 9})


def test_packs_are_files_and_every_lesson_has_a_receipt(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        people = print_school(connection)
        deliveries = post_deliveries(connection)

    receipts = PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)

    folder = workplace.settings.data / RUN
    assert {(one.student, one.lessons, one.state) for one in receipts} == {
        (people.alice, people.lessons[:2], State.PREPARED),
        (people.bob, people.lessons[:2], State.PREPARED),
    }
    job = json.loads((folder / "job.json").read_text("utf-8"))
    assert [one["alone"] for one in job["list"]] == ["h1.pdf", "h2.pdf"]
    assert [one["carrier"] for one in job["list"]] == ["post", "hand"]
    assert {file.name for file in folder.iterdir()} >= {"h1.pdf", "h2.pdf", "run.pdf", "SHA256SUMS"}


def test_a_lesson_on_television_has_its_sheet_in_the_pack(workplace: Workplace) -> None:
    people = printed(workplace, pages=2)

    with workplace.database.read() as connection:
        rows = connection.execute(select(sheet.c.student_id, sheet.c.lesson_id, sheet.c.page)).all()
    assert {(s, n, p) for s, n, p in rows if s == people.alice} == {
        (people.alice, number, page) for number in people.lessons for page in (1, 2)
    }


def test_printing_again_changes_no_serial_and_no_byte(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        print_school(connection)
        deliveries = post_deliveries(connection)
    batch = saved_batch(workplace, deliveries)
    channel = PostChannel(workplace)
    first = channel.dispatch(batch, NOW)
    before = files(workplace)
    for file in (workplace.settings.data / "packs").rglob("*.pdf"):
        file.unlink()

    assert channel.dispatch(batch, NOW) == first
    assert files(workplace) == before


def files(workplace: Workplace) -> dict[str, bytes]:
    folder = workplace.settings.data / "packs"
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("step", ["make_stack", "close_run", "_finish", "release_run"])
def test_a_run_killed_half_way_is_taken_up(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class PowerCutError(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCutError

    with workplace.database.write() as connection:
        print_school(connection)
        deliveries = post_deliveries(connection)
    batch = saved_batch(workplace, deliveries)
    with monkeypatch.context() as patch:
        patch.setattr(printing, step, cut)
        with pytest.raises(PowerCutError):
            PostChannel(workplace).dispatch(batch, NOW)
    PostChannel(workplace).dispatch(batch, NOW)

    with workplace.database.read() as connection:
        counts = [connection.scalar(select(func.count()).select_from(t)) for t in (print_run, pack)]
        ready = connection.scalar(select(print_run.c.is_ready))
    assert counts == [1, 2]
    assert ready


def test_a_lesson_that_cannot_be_set_fails_alone(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        people = print_school(connection)
        bad = update(lesson).where(lesson.c.id == people.lessons[0])
        connection.execute(bad.values(text="![no such picture](gone.jpg)"))
        deliveries = post_deliveries(connection)

    receipts = PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)

    states = {(one.student, one.lessons): one.state for one in receipts}
    assert states[people.alice, people.lessons[:1]] == State.FAILED
    assert states[people.alice, people.lessons[1:2]] == State.PREPARED
    job = json.loads((workplace.settings.data / RUN / "job.json").read_text("utf-8"))
    assert "gone.jpg" in job["problems"][0]


def test_a_student_who_left_gets_no_pack_and_an_answer(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        people = print_school(connection)
        batch_key = "left"
        deliveries = post_deliveries(connection)
    batch = saved_batch(workplace, deliveries, batch_key)
    with workplace.database.write() as connection:
        connection.execute(update(student).values(active=False))

    receipts = PostChannel(workplace).dispatch(batch, NOW)

    assert {(one.student, one.state) for one in receipts} == {
        (people.alice, State.FAILED),
        (people.bob, State.FAILED),
    }


def test_a_full_disk_is_a_temporary_refusal(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        print_school(connection)
        deliveries = post_deliveries(connection)
    batch = saved_batch(workplace, deliveries)
    (workplace.settings.data / "packs").write_text("a file where the folder should be")

    with pytest.raises(ChannelError) as refusal:
        PostChannel(workplace).dispatch(batch, NOW)

    assert not refusal.value.permanent
    assert refusal.value.retry_after
    with workplace.database.read() as connection:
        assert read_batch(connection, batch.id) == batch


def careless(job: stack_making.StackJob) -> RunPdf:
    """Draw a stack, and lose a page of the second pack of it: a fault that nobody knows yet."""
    drawn = draw_stack(job)
    if len(job.stack.packs) < 2:
        return drawn
    second = job.stack.packs[1].first_page
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn.pdf)) as document:
        document.pages[second].obj.Contents = document.pages[second + 1].obj.Contents
        document.save(out)
    return replace(drawn, pdf=out.getvalue())


def test_a_pack_that_fails_the_gate_is_held_back_and_the_rest_is_released(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workplace.database.write() as connection:
        people = print_school(connection)
        deliveries = post_deliveries(connection)
    batch = saved_batch(workplace, deliveries)
    with monkeypatch.context() as patch:
        patch.setattr(stack_making, "draw_stack", careless)
        receipts = PostChannel(workplace).dispatch(batch, NOW)

    assert {(one.student, one.state) for one in receipts} == {
        (people.alice, State.PREPARED),
        (people.bob, State.FAILED),
    }
    folder = workplace.settings.data / RUN
    job = json.loads((folder / "job.json").read_text("utf-8"))
    assert job["released"]
    assert job["held_back"][0].startswith("2-пакет шығарылмады: беттері сызылғандай емес")
    assert [one["alone"] for one in job["list"]] == ["h1.pdf"]
    assert not (folder / "hand").exists(), "no list asks to sign for a pack that is not there"
    with workplace.database.read() as connection:
        first, second = read_packs(connection, week=WEEK)
        assert [(one.stack, bool(one.held_back)) for one in (first, second)] == [
            ("run.pdf", False),
            ("", True),
        ]
        assert PostChannel(workplace).pack_numbers(connection, WEEK, people.bob) == {}

    PostChannel(workplace).dispatch(batch, NOW)
    with workplace.database.read() as connection:
        assert [bool(one.held_back) for one in read_packs(connection, week=WEEK)] == [False, False]


def test_a_run_of_which_nothing_passes_is_not_released(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with workplace.database.write() as connection:
        print_school(connection)
        deliveries = post_deliveries(connection)
    monkeypatch.setattr(
        stack_making, "draw_stack", lambda job: replace(draw_stack(job), pdf=b"%PDF-1.5 nothing")
    )

    receipts = PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)

    assert {one.state for one in receipts} == {State.FAILED}
    folder = workplace.settings.data / RUN
    assert [one.name for one in folder.iterdir()] == ["job.json"]
    job = json.loads((folder / "job.json").read_text("utf-8"))
    assert not job["released"]
    assert len(job["held_back"]) == 2
    with workplace.database.read() as connection:
        assert read_lists(connection, WEEK) == []


def test_a_disk_that_is_full_in_mid_run_leaves_nothing_half(workplace: Workplace) -> None:
    with workplace.database.write() as connection:
        print_school(connection)
        deliveries = post_deliveries(connection)
    batch = saved_batch(workplace, deliveries)
    channel = PostChannel(workplace)
    first = channel.dispatch(batch, NOW)
    before = files(workplace)
    for file in (workplace.settings.data / RUN).glob("*.pdf"):
        file.unlink()

    with full_disk(20_000), pytest.raises(ChannelError, match="cannot be written") as refusal:
        channel.dispatch(batch, NOW)

    assert not refusal.value.permanent
    left = files(workplace)
    assert not any(name.endswith("SHA256SUMS") for name in left)
    assert left.items() <= before.items(), "nothing is half written"
    assert channel.dispatch(batch, NOW) == first
    assert files(workplace) == before
