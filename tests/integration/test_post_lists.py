"""A list after printing: its labels, inventories, and what the counter refused."""

import io
import json
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.reasons import FailureReason
from jetkiz.delivery.states import State
from jetkiz.delivery.tables import receipt
from jetkiz.errors import JetkizError
from jetkiz.roster.tables import household_identity
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.model import Letter, PackState
from print_packs.post.kazpost_registry import Carrier, whom
from print_packs.post.senders import ListSender, Payment, save_sender
from print_packs.post.tables import refused_item
from print_packs.records import read_packs
from print_packs.runs.hand_over import hand_over, refused, signed
from print_packs.runs.inventories import inventories
from print_packs.runs.list_labels import as_printed, find_list, list_as_made, list_labels
from print_packs.runs.lists import read_lists
from print_packs.runs.remaking import make_week
from print_packs.tables import registry
from tests.factories import WEEK, People
from tests.print_school import (
    NOW,
    post_deliveries,
    print_school,
    saved_batch,
    workplace_in,
)
from tests.spoken import Jetkiz

WHY = ("aigul", "no such street")


@pytest.fixture
def workplace(sqlite_database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, sqlite_database)


@pytest.fixture
def people(copied_week: People) -> People:
    return copied_week


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


@pytest.mark.usefixtures("people")
def test_labels_have_the_order_and_the_packs_of_their_list(
    workplace: Workplace, tmp_path: Path
) -> None:
    with workplace.database.read() as connection:
        for one in read_lists(connection, WEEK):
            labels = list_labels(connection, tmp_path, WEEK, one)
            form = list_as_made(connection, tmp_path, WEEK, one)
            note = [column.key for column in form.columns].index("note")
            assert [label.note for label in labels] == [row[note] for row in form.rows]
            assert [label.to.name for label in labels] == [row[1] for row in form.rows]
            assert all(label.sender.name == "Village school" for label in labels)
        with pytest.raises(JetkizError, match="no list number 9"):
            find_list(connection, WEEK, 9)


@pytest.mark.usefixtures("people")
def test_a_label_says_what_the_list_says_though_the_home_has_moved(
    workplace: Workplace, tmp_path: Path
) -> None:
    moved = {"street": "Жаңа көше", "house": "9", "settlement": "Ақкөл", "index6": "020000"}
    with workplace.database.write() as connection:
        before = list_labels(connection, tmp_path, WEEK, find_list(connection, WEEK, 1))
        connection.execute(update(household_identity).values(address=moved))
        (label,) = list_labels(connection, tmp_path, WEEK, find_list(connection, WEEK, 1))
        form = list_as_made(connection, tmp_path, WEEK, find_list(connection, WEEK, 1))

    assert whom(label.to) == whom(before[0].to) == (form.rows[0][1], form.rows[0][2])
    assert label.to.index == before[0].to.index == "011911"


@given(
    st.lists(st.sampled_from(["Абай көшесі, 6-үй", "Ақкөл ауылы", "P.O. 7"]), max_size=3),
    st.sampled_from(["", "020000"]),
    st.sampled_from(["", "P19E5X4"]),
)
def test_an_address_in_one_line_gives_its_indexes_back(
    lines: list[str], index: str, index7: str
) -> None:
    said = whom(Letter("Әлиева", tuple(lines), index, index7=index7))
    found = as_printed(Letter("x"), said)
    assert whom(found) == said
    assert found.indexes == tuple(one for one in (index, index7) if one)


@pytest.mark.usefixtures("people")
def test_a_list_of_a_run_that_was_cut_off_gives_no_labels(
    workplace: Workplace, tmp_path: Path
) -> None:
    """Killed after the list was allotted anew and before its files were written."""
    with workplace.database.write() as connection:
        one = find_list(connection, WEEK, 1)
        other = find_list(connection, WEEK, 2)
        for packs in ([*one.packs, *other.packs], list(other.packs)):
            change = update(registry).where(registry.c.id == one.id)
            connection.execute(change.values(packs=packs))
            with pytest.raises(JetkizError, match="not written to its end"):
                list_labels(connection, tmp_path, WEEK, find_list(connection, WEEK, 1))


@pytest.mark.usefixtures("people")
def test_an_inventory_names_what_was_printed_and_no_child(
    workplace: Workplace, tmp_path: Path
) -> None:
    with workplace.database.read() as connection:
        (one, *_) = read_lists(connection, WEEK)
        (form,) = inventories(connection, tmp_path, WEEK, one)
        (pack,) = read_packs(connection, consignments=one.packs)

    articles = {row[1]: row[2] for row in form.rows}
    assert articles["Жауап парақтары / Листы для ответов"] == "3"
    assert sum("Lesson w05" in article for article in articles) == 2
    assert form.totals[0].value == str(2 + 3 + 1)
    assert form.name == pack.print_id
    assert not any("Alice" in cell for row in form.rows for cell in row)


@pytest.mark.usefixtures("people")
def test_the_commands_write_addresses_and_inventories(jetkiz: Jetkiz, tmp_path: Path) -> None:
    out = tmp_path / "labels.pdf"
    said = jetkiz.run("packs", "labels", WEEK, "--list", "1", "--as", "c5", "--out", str(out))
    assert "Addresses: 1, in" in said
    with pypdfium2.PdfDocument(out) as document:
        assert [round(side * 25.4 / 72) for side in document[0].get_size()] == [229, 162]
    out = tmp_path / "inventory.pdf"
    jetkiz.run("packs", "inventory", WEEK, "--list", "1", "--out", str(out))
    with pypdfium2.PdfDocument(io.BytesIO(out.read_bytes())) as document:
        assert len(document) == 2
    words = jetkiz.refuses("packs", "labels", WEEK, "--list", "7", "--out", str(out))
    assert "no list number 7" in words


def test_what_the_counter_refuses_goes_another_way(workplace: Workplace, people: People) -> None:
    with workplace.database.write() as connection:
        for _ in range(2):
            refused(connection, WEEK, ["1/1"], WHY, NOW)
        hand_over(connection, WEEK, None, NOW)
        (row,) = connection.execute(select(refused_item)).all()
        assert (row.by, row.note) == WHY
        states = {one.name: one.state for one in read_packs(connection, week=WEEK)}
        assert sorted(states.values()) == [PackState.HANDED_OVER, PackState.REFUSED]
        states_of = lesson_states(connection, WEEK, [people.alice])
        told = [one for one in states_of if one.channel == "post"]
        assert {one.state for one in told} == {State.FAILED}
        reasons = set(connection.scalars(select(receipt.c.reason)))
        assert FailureReason.REFUSED.value in reasons
        signed(connection, WEEK, ["h1"], NOW)
        assert all(one.state != PackState.REFUSED for one in read_packs(connection, week=WEEK)), (
            "whoever signs for it has it"
        )


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("said", ["2/1", "h1"])
def test_only_a_row_of_a_posted_list_is_refused_at_a_counter(
    workplace: Workplace, said: str
) -> None:
    with workplace.database.write() as connection:
        with pytest.raises(JetkizError, match="at the counter"):
            refused(connection, WEEK, [said], WHY, NOW)
        assert connection.execute(select(refused_item)).all() == []


@pytest.mark.usefixtures("people")
def test_the_counter_is_told_by_a_command(jetkiz: Jetkiz) -> None:
    assert "1 pack recorded" in jetkiz.run("packs", "refused", WEEK, "1/1", "--note", "torn")
    assert "refused at the counter" in jetkiz.run("packs", "status", WEEK)


def test_a_list_names_the_schools_contract_and_a_remade_one_holds_what_is_there_now(
    workplace: Workplace, tmp_path: Path
) -> None:
    with workplace.database.write() as connection:
        people = print_school(connection)
        deliveries = post_deliveries(connection)
        sender = ListSender("000140002217", "№ 5", "Почта", "110000", Payment.CASH, marks="75")
        save_sender(connection, people.school, sender)
        save_sender(connection, people.school, sender)
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)
    file = tmp_path / "packs" / WEEK / "run-1" / "post" / "registry.json"
    (one,) = json.loads(file.read_text("utf-8"))["lists"]
    assert one["header"]["sender_bin"] == "000140002217"
    assert one["rows"][0]["marks"] == "75"

    with workplace.database.write() as connection:
        connection.exec_driver_sql("UPDATE household SET delivery_mode = 'pick_up'")
    make_week(workplace, WEEK)
    assert lists_now(workplace) == [(1, Carrier.PICK_UP, 2)]


def lists_now(workplace: Workplace) -> list[tuple[int, Carrier, int]]:
    with workplace.database.read() as connection:
        lists = read_lists(connection, WEEK)
    return [(one.number, one.carrier, len(one.packs)) for one in lists]


@pytest.mark.usefixtures("people")
def test_a_list_of_which_the_counter_spoke_stays_as_it_was(workplace: Workplace) -> None:
    before = lists_now(workplace)
    with workplace.database.write() as connection:
        (code, *_) = [one.print_id for one in read_packs(connection, week=WEEK)]
        refused(connection, WEEK, [code], WHY, NOW)
        connection.exec_driver_sql("UPDATE household SET delivery_mode = 'hand'")
    with pytest.raises(JetkizError, match="were handed over already"):
        make_week(workplace, WEEK)
    assert lists_now(workplace) == before == [(1, Carrier.POST, 1), (2, Carrier.HAND, 1)]
    with workplace.database.read() as connection:
        (number,) = connection.scalars(select(refused_item.c.list_id))
        assert number == find_list(connection, WEEK, 1).id


@pytest.mark.usefixtures("people")
def test_a_refusal_by_mistake_is_taken_back(workplace: Workplace, jetkiz: Jetkiz) -> None:
    with workplace.database.write() as connection:
        refused(connection, WEEK, ["1/1"], WHY, NOW)
    assert "not refused" in jetkiz.run("packs", "refused", WEEK, "1/1", "--undo")
    assert "Only a pack that the counter refused" in jetkiz.refuses(
        "packs", "refused", WEEK, "1/1", "--undo"
    )
    with workplace.database.write() as connection:
        assert connection.execute(select(refused_item)).all() == []
        pack = read_packs(connection, week=WEEK)[0]
        assert pack.state == PackState.PREPARED, "nobody took the list yet"
        hand_over(connection, WEEK, [1], NOW)
        refused(connection, WEEK, ["1/1"], WHY, NOW)
    jetkiz.run("packs", "refused", WEEK, "1/1", "--undo")
    with workplace.database.write() as connection:
        states = {one.name: one.state for one in read_packs(connection, week=WEEK)}
        assert states[pack.name] == PackState.HANDED_OVER
        student = pack.contents[0]["student"]
        told = {one.lesson: one.state for one in lesson_states(connection, WEEK, [student])}
        lessons = pack.contents[0]["lessons"]
        assert {told[n] for n in lessons} == {State.FAILED}, "what was heard stays heard"
        signed(connection, WEEK, ["1/1"], NOW)
        told = {one.lesson: one.state for one in lesson_states(connection, WEEK, [student])}
        assert {told[n] for n in lessons} == {State.DELIVERED}
