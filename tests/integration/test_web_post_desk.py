"""The post desk: lists taken and signed, rows refused, addresses put right, by the school alone."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from jetkiz.roster.register import read_households
from jetkiz.roster.tables import (
    guardian,
    household_identity,
    school_class,
    student,
    student_identity,
)
from jetkiz.staff.tables import account, audit
from jetkiz.storage.workplace import Workplace
from print_packs.model import PackState
from print_packs.post.senders import ListSender, read_senders
from print_packs.post.tables import address_override, refused_item
from print_packs.postage.tables import postal_sign_off
from print_packs.records import read_packs
from print_packs.runs.lists import read_lists
from print_packs.s10.allotment import numbers_of
from print_packs.s10.ranges import read_ranges
from tests.console import Browser, Hands, add_staff, open_browser, workplace_for
from tests.factories import WEEK, People
from tests.print_school import NOW

LIST = f"/paper/post/lists/{WEEK}/1"


@pytest.fixture
def clock() -> Hands:
    return Hands(NOW)


@pytest.fixture
def school(copied_week: People, sqlite_url: str, tmp_path: Path, clock: Hands) -> Workplace:
    """A printed week: Alice by post on list 1, Bob against signature on list 2."""
    place = workplace_for(sqlite_url, tmp_path, clock, zone="Asia/Qostanay")
    with place.database.write() as connection:
        add_staff(connection, copied_week)
    return place


@pytest.fixture
async def desk(school: Workplace, clock: Hands) -> AsyncIterator[Browser]:
    """The coordinator's browser, with the desk open."""
    async with open_browser(school, clock) as opened:
        await opened.sign_in("aigul")
        yield await opened.open("/paper/post")


def states(place: Workplace) -> dict[int, PackState]:
    with place.database.read() as connection:
        return {one.household: one.state for one in read_packs(connection, week=WEEK)}


async def content(browser: Browser, address: str) -> bytes:
    answer = await browser.client.get(address)
    assert answer.status == 200, address
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    return await answer.read()


async def test_the_desk_says_by_when_to_post_and_whose_answers_are_missed(
    desk: Browser, clock: Hands
) -> None:
    assert "at the latest" in desk.text
    assert "overdue" not in desk.text
    clock.moment = NOW + timedelta(days=28)
    await desk.sign_in("aigul")
    later = await desk.open("/paper/post")
    assert "Answers that are overdue" in later.text
    assert "3 tasks" in later.text


async def test_lists_that_wait_stand_first_and_finished_ones_are_folded(desk: Browser) -> None:
    fold, waits = '<details id="finished-lists">', "No list waits"
    assert fold not in desk.text
    await desk.send("/paper/post/taken", week=WEEK, number="1", rows="", note="")
    above, _, folded = desk.text.partition(fold)
    assert f"List {WEEK}/2" in above
    assert f"List {WEEK}/1" not in above
    assert f"List {WEEK}/1" in folded
    assert "Finished lists: 1" in folded
    assert waits not in desk.text
    await desk.send("/paper/post/signed", week=WEEK, number="2", rows="")
    above, _, folded = desk.text.partition(fold)
    assert waits in above
    assert "<h3>List" not in above
    assert folded.count("<h3>List") == 2


async def test_a_list_is_taken_home_and_taken_at_the_counter(
    desk: Browser, school: Workplace
) -> None:
    assert "not yet taken" in desk.text
    assert "not the approved form" in desk.text
    assert "signed for: 0 of 1" in desk.text
    sheet = load_workbook(io.BytesIO(await content(desk, f"{LIST}/xlsx"))).active
    assert any("Әлиева" in str(cell.value) for row in sheet for cell in row)
    assert "011911" in (await content(desk, f"{LIST}/csv")).decode("utf-8-sig")
    for what, pages in (("pdf", 2), ("labels/a4?start=8", 1), ("labels/c5", 1), ("inventory", 2)):
        with pypdfium2.PdfDocument(await content(desk, f"{LIST}/{what}")) as document:
            assert len(document) == pages, what

    await desk.send("/paper/post/taken", week=WEEK, number="1", rows="", note="")
    assert desk.path == "/paper/post?saved=taken"
    assert "Noted" in desk.text
    assert states(school) == {1: PackState.HANDED_OVER, 2: PackState.PREPARED}
    await desk.send("/paper/post/signed", week=WEEK, number="2", rows=" 1 ")
    assert states(school)[2] == PackState.SIGNED
    assert "signed for: 1 of 1" in desk.text
    await desk.send("/paper/post/back", week=WEEK, packs="1/1")
    assert states(school)[1] == PackState.RETURNED_TO_SENDER
    assert "Әлиева" in desk.text
    with school.database.read() as connection:
        acts = list(connection.scalars(select(audit.c.act)))
    assert acts.count("sign_lists") == 3
    assert acts.count("read_lists") >= 6


async def test_rows_that_were_refused_are_noted_with_the_words_of_the_counter(
    desk: Browser, school: Workplace
) -> None:
    await desk.send("/paper/post/taken", week=WEEK, number="1", rows="x", note="")
    assert desk.status == 400
    assert "are no rows" in desk.text
    await desk.send("/paper/post/taken", week=WEEK, number="1", rows="7", note="")
    assert desk.status == 400
    with school.database.read() as connection:
        assert connection.execute(select(refused_item)).all() == []
        assert read_lists(connection, WEEK)[0].confirmed_at is None

    await desk.open("/paper/post")
    await desk.send("/paper/post/taken", week=WEEK, number="1", rows="1", note="torn <b>")
    assert states(school)[1] == PackState.REFUSED
    assert "row 1 (torn <b>)" in desk.text
    assert "taken" in desk.text

    await desk.send("/paper/post/not-refused", week=WEEK, number="1", rows="1")
    assert "not refused" in desk.text
    assert "torn" not in desk.text
    assert states(school)[1] == PackState.HANDED_OVER
    await desk.send("/paper/post/not-refused", week=WEEK, number="1", rows="1")
    assert desk.status == 400
    assert "Only a pack that the counter refused" in desk.text


async def test_another_school_sees_no_list_and_moves_no_pack(
    desk: Browser, school: Workplace
) -> None:
    await desk.sign_out_and_in("outsider")
    await desk.open("/paper/post")
    assert "Әлиева" not in desk.text
    assert f"{WEEK}/1" not in desk.text
    for address in (f"{LIST}/pdf", f"{LIST}/labels/a5", f"{LIST}/inventory"):
        assert (await desk.client.get(address)).status == 404
    for act, fields in (
        ("taken", {"number": "1"}),
        ("signed", {"number": "2"}),
        ("back", {"packs": "1/1"}),
        ("pass", {"household": "1", "note": "x"}),
        ("address", {"household": "1", "street": "x"}),
    ):
        await desk.open("/paper/post")
        await desk.send(f"/paper/post/{act}", week=WEEK, **fields)
        assert desk.status in {400, 404}, act
    assert set(states(school).values()) == {PackState.PREPARED}
    with school.database.read() as connection:
        assert read_households(connection, [1])[1].address.street == "Орталық көше"


async def test_an_address_is_let_pass_with_a_note_or_corrected(
    desk: Browser, school: Workplace
) -> None:
    assert "no patronymic" in desk.text
    await desk.send("/paper/post/pass", household="1", note=" ")
    assert desk.status == 400
    await desk.open("/paper/post")
    await desk.send("/paper/post/pass", household="1", note="she has none")
    assert "no patronymic" not in desk.text
    with school.database.write() as connection:
        rows = connection.execute(select(address_override)).all()
        assert {row.flaw for row in rows} == {"no_patronymic", "other_region"}
        assert {(row.by, row.note, row.household_id) for row in rows} == {
            ("aigul", "she has none", 1)
        }
        address = connection.scalar(select(household_identity.c.address).limit(1))
        gone = update(household_identity).where(household_identity.c.household_id == 1)
        connection.execute(gone.values(address=address | {"index6": "", "house": ""}))

    await desk.open("/paper/post")
    assert "no postal index; no house number" in desk.text
    await desk.send("/paper/post/address", household="1", index6="11", house="6")
    assert desk.status == 400
    await desk.open("/paper/post")
    await desk.send(
        "/paper/post/address", household="1", index6="020000", house="6/1", region_kato="11"
    )
    with school.database.read() as connection:
        found = read_households(connection, [1])[1].address
        assert (found.index6, found.house, found.street) == ("020000", "6/1", "Орталық көше")
        assert found.region_kato == "11"
    assert "no postal index" not in desk.text


async def test_what_lists_say_of_the_school_is_typed_once(desk: Browser, school: Workplace) -> None:
    await desk.send("/paper/post/sender", bin="000140002218")
    assert desk.status == 400
    assert "is no BIN" in desk.text
    await desk.open("/paper/post")
    await desk.send("/paper/post/sender", bin="000140002217", contract="№ 5", office="Ақкөл")
    assert "000140002217" in desk.text
    with school.database.read() as connection:
        (found,) = read_senders(connection, range(1, 9)).values()
    assert found == ListSender("000140002217", "№ 5", "Ақкөл")


@pytest.mark.parametrize("what", ["nothing", "returned", "overdue"])
async def test_whoever_sees_a_name_on_the_desk_is_written_down(
    desk: Browser, school: Workplace, clock: Hands, what: str
) -> None:
    await desk.send("/paper/post/pass", household="1", note="she has none")
    if what == "returned":
        await desk.send("/paper/post/back", week=WEEK, packs="1/1")
    if what == "overdue":
        clock.moment = NOW + timedelta(days=28)
        await desk.sign_in("aigul")
    with school.database.write() as connection:
        connection.execute(audit.delete())
    page = await desk.open("/paper/post")
    assert ("Әлиева" in page.text) is (what != "nothing")
    with school.database.read() as connection:
        told = list(connection.scalars(select(audit.c.detail).where(audit.c.act == "read_lists")))
    assert (
        told
        == {
            "nothing": [],
            "returned": ["0 addresses, 1 returned, 0 overdue"],
            "overdue": ["0 addresses, 0 returned, 2 overdue"],
        }[what]
    )


async def test_numbers_of_stickers_are_typed_back_all_or_none(
    desk: Browser, school: Workplace
) -> None:
    assert "Postal numbers typed back" in desk.text
    name = {"week": WEEK, "number": "1"}
    await desk.send("/paper/post/numbers", **name, **{"row-1": "RR 000 000 015 KZ"})
    assert desk.status == 400
    await desk.open("/paper/post")
    await desk.send("/paper/post/numbers", **name, **{"row-1": " rr 000 000 014 kz "})
    assert desk.path == "/paper/post?saved=numbers"
    assert "RR000000014KZ" in desk.text
    with school.database.read() as connection:
        packs = {one.id: one.household for one in read_packs(connection, week=WEEK)}
        (found,) = numbers_of(connection, packs).values()
        assert (found.text, found.way, found.state) == ("RR000000014KZ", "counter", "posted")
        assert packs[found.pack or 0] == 1
    await desk.send("/paper/post/numbers", week=WEEK, number="2", **{"row-1": "RR000000028KZ"})
    assert desk.status == 404, "a list to sign goes over no counter"
    await desk.open("/paper/post")
    await desk.send("/paper/post/numbers", week=WEEK, number="x")
    assert desk.path == "/paper/post"
    await desk.sign_out_and_in("outsider")
    await desk.open("/paper/post")
    await desk.send("/paper/post/numbers", **name, **{"row-1": "RR000000028KZ"})
    assert desk.status == 404


async def test_a_roll_of_numbers_is_entered_once_and_for_the_own_school(
    desk: Browser, school: Workplace
) -> None:
    ends = "RR000000014KZ RR000001006KZ"
    await desk.send("/paper/post/roll", ends="RR000000014KZ", office="x")
    assert desk.status == 400
    await desk.open("/paper/post")
    await desk.send("/paper/post/roll", ends=ends, office="Ақкөл")
    assert desk.path == "/paper/post?saved=roll"
    assert "RR 000 001 006 KZ: 100 of 100 left" in desk.text
    await desk.send("/paper/post/roll", ends=ends, office="Ақкөл")
    assert desk.status == 400
    with school.database.read() as connection:
        (roll,) = read_ranges(connection)
    assert (roll.size, roll.school, roll.office) == (100, 1, "Ақкөл")
    await desk.sign_out_and_in("outsider")
    await desk.open("/paper/post")
    assert "RR 000 001 006 KZ" not in desk.text


async def test_the_rules_are_signed_by_a_school_that_is_alone(
    desk: Browser, school: Workplace
) -> None:
    assert "not verified with Kazpost" in desk.text
    assert "I compared the rules" not in desk.text, "another school is in this database"
    assert "jetkiz post sign-off" in desk.text
    await desk.send("/paper/post/sign-off", note="the head of the office")
    assert desk.status == 404
    with school.database.write() as connection:
        for one in (student_identity, student, school_class, account):
            connection.execute(one.delete().where(one.c.school_id == 2))
        connection.exec_driver_sql("DELETE FROM household_identity WHERE household_id = 3")
        connection.exec_driver_sql("DELETE FROM household WHERE school_id = 2")
        connection.exec_driver_sql("DELETE FROM school WHERE id = 2")
    await desk.open("/paper/post")
    assert "sign in the form below" in desk.text
    assert "jetkiz post sign-off" not in desk.text
    await desk.send("/paper/post/sign-off", note=" ")
    assert desk.status == 400
    await desk.open("/paper/post")
    await desk.send("/paper/post/sign-off", note="the head of the office")
    assert desk.path == "/paper/post?saved=rules"
    assert "not verified with Kazpost" not in desk.text
    with school.database.read() as connection:
        (row,) = connection.execute(select(postal_sign_off)).all()
        assert (row.by, row.note) == ("aigul", "the head of the office")


async def test_a_home_without_a_guardian_is_told_where_names_come_from(
    desk: Browser, school: Workplace
) -> None:
    with school.database.write() as connection:
        connection.execute(guardian.delete().where(guardian.c.household_id == 1))
    await desk.open("/paper/post")
    assert "no guardian: it goes to the parents of" in desk.text
    assert "A name comes with a guardian" in desk.text
