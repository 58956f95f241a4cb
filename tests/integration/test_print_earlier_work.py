"""What a teacher said goes home in the next pack or on a slip: printed in one place, once."""

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from jetkiz.delivery.consignments import read_batch, save_batch
from jetkiz.delivery.model import Batch, Delivery
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.homework.feedback import Marking, give_feedback
from jetkiz.homework.model import Page
from jetkiz.homework.returns import add_page, hand_in
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.model import ChildPart, EarlierWork
from print_packs.page_plan import earlier_parts
from print_packs.runs.earlier_work import slip_day
from print_packs.runs.hand_over import hand_over, signed
from print_packs.tables import feedback_place
from tests.factories import WEEK, People
from tests.print_school import NOW, post_deliveries, print_school, saved_batch, workplace_in

LONG = "Өте жақсы! " + "Сен өте ұқыпты жұмыс істедің, бірақ екінші есепті қайта қара. " * 30


@pytest.fixture
def workplace(database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, database)


@pytest.fixture
def people(workplace: Workplace) -> People:
    with workplace.database.write() as connection:
        return print_school(connection)


def feedback_batch(workplace: Workplace, people: People, *said: tuple[str, str]) -> Batch:
    """Alice's work is marked, and each mark waits to go home by post."""
    with workplace.database.write() as connection:
        lesson = people.lessons[0]
        page = Page(f"p{said}", "0" * 64, "image/jpeg", "x")
        add_page(connection, people.alice, lesson, page, NOW)
        work = hand_in(connection, people.alice, lesson, NOW.date(), NOW, "scan")
        assert work
        first = next(d for d in post_deliveries(connection) if d.student == people.alice)
        told = [
            give_feedback(connection, Marking(work.id, mark, words, "t", f"{mark}{words}"), NOW)
            for mark, words in said
        ]
    deliveries = [replace(first, feedback=one.id) for one in told]
    return kept_batch(workplace, deliveries)


def kept_batch(workplace: Workplace, deliveries: list[Delivery]) -> Batch:
    consignments = PostChannel(workplace).prepare(deliveries)
    batch = Batch(f"b{deliveries[0].feedback}", "post", WEEK, tuple(consignments))
    with workplace.database.write() as connection:
        number = save_batch(connection, batch, NOW + timedelta(days=1), NOW)
        return read_batch(connection, number)


def make_packs(workplace: Workplace) -> Batch:
    with workplace.database.read() as connection:
        deliveries = post_deliveries(connection)
    batch = saved_batch(workplace, deliveries)
    PostChannel(workplace).dispatch(batch, NOW)
    return batch


def text_of(workplace: Workplace, home: str) -> str:
    file = workplace.settings.data / "packs" / WEEK / "run-1" / f"{home}.pdf"
    document = pypdfium2.PdfDocument(io.BytesIO(file.read_bytes()))
    pages = [one.get_textpage().get_text_range() for one in document]
    return " ".join(" ".join(pages).replace("\ufffe", "").split())


def slips(workplace: Workplace) -> list[str]:
    return [one.name for one in (workplace.settings.data / "packs" / WEEK).glob("feedback_slips*")]


def places(workplace: Workplace) -> list[str]:
    with workplace.database.read() as connection:
        return list(connection.scalars(select(feedback_place.c.place)))


def test_what_waits_lies_in_the_pack_and_on_no_slip(workplace: Workplace, people: People) -> None:
    waiting = feedback_batch(workplace, people, ("5", LONG), ("again", "Қайта жаса 🙂"))
    packs = make_packs(workplace)
    said = text_of(workplace, "h1")
    assert "Бұрынғы жұмысың" in said
    assert said.count("екінші есепті қайта қара.") == 30, "long words go on over pages"
    assert "Қайта жаса □" in said, "a letter that no font has is seen as a box"
    assert "Бұрынғы жұмысың" not in text_of(workplace, "h2")
    assert places(workplace) == ["post:2026-W05:h1:a1"] * 2
    receipts = PostChannel(workplace).dispatch(waiting, NOW)
    assert [one.state for one in receipts] == [State.PREPARED] * 2
    assert slips(workplace) == []
    PostChannel(workplace).dispatch(packs, NOW)
    assert text_of(workplace, "h1") == said


def test_what_is_said_after_the_packs_were_made_is_a_slip(
    workplace: Workplace, people: People
) -> None:
    packs = make_packs(workplace)
    late = feedback_batch(workplace, people, ("4", "Жарайсың"))
    PostChannel(workplace).dispatch(packs, NOW)
    assert "Бұрынғы жұмысың" not in text_of(workplace, "h1"), "a finished pack keeps its pages"
    PostChannel(workplace).dispatch(late, NOW)
    assert slips(workplace) == [f"feedback_slips-{late.id}.pdf"]
    assert places(workplace) == [f"slips:{late.key}"]


def test_what_is_on_a_slip_is_in_no_pack(workplace: Workplace, people: People) -> None:
    early = feedback_batch(workplace, people, ("4", "Жарайсың"))
    PostChannel(workplace).dispatch(early, NOW)
    make_packs(workplace)
    assert "Жарайсың" not in text_of(workplace, "h1")
    assert slips(workplace) == [f"feedback_slips-{early.id}.pdf"]


def test_a_run_that_was_cut_off_prints_the_same_words_again(
    workplace: Workplace, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = feedback_batch(workplace, people, ("5", "Жарайсың"))
    with monkeypatch.context() as broken:
        broken.setattr("print_packs.runs.printing.cut_into_stacks", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            make_packs(workplace)
    assert places(workplace) == ["post:2026-W05:h1:a1"]
    PostChannel(workplace).dispatch(waiting, NOW)
    assert slips(workplace) == []
    make_packs(workplace)
    assert "Жарайсың" in text_of(workplace, "h1")


def test_the_words_are_told_of_when_their_pack_moves_on(
    workplace: Workplace, people: People
) -> None:
    waiting = feedback_batch(workplace, people, ("5", "Жарайсың"))
    make_packs(workplace)
    key = waiting.consignments[0].key
    with workplace.database.write() as connection:
        for _ in range(2):
            hand_over(connection, WEEK, None, NOW)
            signed(connection, WEEK, ["h1"], NOW)
        c = receipt.c
        told = connection.execute(
            select(c.state, c.source).where(c.consignment == key).order_by(c.state)
        ).all()
    assert {one.state for one in told} == {State.DISPATCHED, State.DELIVERED}
    assert len(told) == 2


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 26), date(2026, 1, 30)),
        (date(2026, 1, 29), date(2026, 1, 30)),
        (date(2026, 1, 30), date(2026, 2, 6)),
    ],
)
def test_a_slip_waits_until_the_next_packs_were_made(day: date, expected: date) -> None:
    assert slip_day(day, "thu 15:00") == expected


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=2000)


@given(st.lists(WORDS, max_size=4), st.booleans())
def test_no_word_is_lost_between_pages(said: list[str], is_large: bool) -> None:
    works = tuple(EarlierWork(n, "c", "math", "T", "5", words) for n, words in enumerate(said))
    child = ChildPart(1, "Ә", "3А", 3, "kk", is_large, (), (), (), earlier=works)
    pages = earlier_parts(child)
    for work in works:
        parts = [part for page in pages for part in page if part.work == work]
        assert "".join("".join(part.words.split()) for part in parts) == "".join(work.words.split())
        assert [part.is_continued for part in parts] == [n > 0 for n in range(len(parts))]
    assert all(pages)
