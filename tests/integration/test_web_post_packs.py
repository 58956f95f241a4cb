"""One pack at the post desk: found, its number given, taken off or void; packs on the scales."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from jetkiz.staff.tables import audit
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.postage.tables import weighed_pack
from print_packs.postage.weighing import calibrations
from print_packs.records import PackRow, read_packs
from print_packs.runs.scales import to_weigh
from print_packs.s10.allotment import NumberState, Way, history_of, numbers_of
from print_packs.s10.ranges import Range, add_range, read_ends
from tests.console import Browser, Hands, add_staff, open_browser, workplace_for
from tests.factories import WEEK
from tests.posted_packs import add_posted
from tests.print_school import NOW, post_deliveries, print_school, saved_batch

FIND = f"/paper/post/packs?week={WEEK}&said="
NUMBER, OTHER = "RR000000014KZ", "RR000000028KZ"


@pytest.fixture
def clock() -> Hands:
    return Hands(NOW)


@pytest.fixture
def place(sqlite_url: str, tmp_path: Path, clock: Hands) -> Workplace:
    return workplace_for(sqlite_url, tmp_path, clock, zone="Asia/Qostanay")


def print_week(place: Workplace, *, roll: str = "") -> None:
    """Alice's pack goes by post on list 1, Bob's against signature on list 2."""
    with place.database.write() as connection:
        people = print_school(connection)
        add_staff(connection, people)
        if roll:
            first, last = read_ends(roll.split())
            add_range(connection, Range(first, last, school=people.school), "test", NOW)
        deliveries = post_deliveries(connection)
    workplace = replace(place, settings=replace(place.settings, registered="always"))
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)


@pytest.fixture
async def desk(place: Workplace, clock: Hands) -> AsyncIterator[Browser]:
    async with open_browser(place, clock) as opened:
        yield opened


def packs_of(place: Workplace) -> list[PackRow]:
    with place.database.read() as connection:
        return read_packs(connection, week=WEEK)


async def test_a_number_typed_for_the_wrong_pack_is_taken_off_and_given_to_the_right_one(
    desk: Browser, place: Workplace
) -> None:
    print_week(place)
    alice, bob = packs_of(place)
    await desk.sign_in("aigul")
    await desk.open(FIND + "1/1")
    for words in ("Әлиева", alice.print_id, "none yet", "g expected", "Post on"):
        assert words in desk.text, words
    give = {"code": bob.print_id, "act": "give", "number": " rr 000 000 014 kz"}
    await desk.send("/paper/post/number", **give)
    assert "RR 000 000 014 KZ" in desk.text
    assert "saved=give" in desk.path
    assert "taken by the office" in desk.text
    await desk.send("/paper/post/number", **(give | {"code": alice.print_id}))
    assert desk.status == 400
    assert "belongs to another pack" in desk.text
    await desk.open(FIND + NUMBER)
    off = {"code": bob.print_id, "number": NUMBER, "note": "row 1, not 2"}
    await desk.send("/paper/post/number", **off, act="off")
    assert "stands on no pack now" in desk.text
    await desk.send("/paper/post/number", **off, act="off")
    assert desk.status == 404
    await desk.open(FIND + NUMBER)
    assert "No pack has the postal number" in desk.text
    await desk.send("/paper/post/number", **(give | {"code": alice.print_id}))
    with place.database.read() as connection:
        (issued,) = numbers_of(connection, [alice.id, bob.id]).values()
        assert (issued.pack, issued.text, issued.way) == (alice.id, NUMBER, Way.COUNTER)
        history = [(state, by, note) for state, by, note, _ in history_of(connection, issued)]
        acts = set(connection.scalars(select(audit.c.detail)))
    assert history == [
        (NumberState.POSTED, "aigul", ""),
        (NumberState.ALLOTTED, "aigul", "row 1, not 2"),
        (NumberState.POSTED, "aigul", ""),
    ]
    assert {f"{bob.print_id}: postal number off", f"{WEEK}: {alice.print_id}"} <= acts


async def test_a_pack_is_found_by_its_number(desk: Browser, place: Workplace) -> None:
    print_week(place, roll="RR 00000001 00000009")
    await desk.sign_in("aigul")
    await desk.open(FIND + "rr 000 000 014 kz")
    assert packs_of(place)[0].print_id in desk.text
    await desk.open(FIND + OTHER[:-3] + "9KZ")
    assert "check digit" in desk.text
    await desk.open(FIND + "nobody")
    assert "no home, no pack" in desk.text


async def test_a_spoilt_number_of_a_roll_is_void_and_never_comes_back(
    desk: Browser, place: Workplace
) -> None:
    print_week(place, roll="RR 00000001 00000009")
    alice = packs_of(place)[0]
    await desk.sign_in("aigul")
    await desk.open(FIND + alice.print_id)
    assert "RR 000 000 014 KZ" in desk.text
    same = {"code": alice.print_id, "number": NUMBER, "note": "torn"}
    await desk.send("/paper/post/number", **same, act="off")
    assert desk.status == 400
    assert "not typed back from a sticker" in desk.text
    await desk.open(FIND + alice.print_id)
    await desk.send("/paper/post/number", **(same | {"number": OTHER}), act="void")
    assert desk.status == 404, "another number than the one that stands there"
    await desk.open(FIND + alice.print_id)
    await desk.send("/paper/post/number", **same, act="void")
    assert "void for ever" in desk.text
    assert "none yet" in desk.text
    await desk.send("/paper/post/number", **same, act="give")
    assert desk.status == 400
    assert "was made void" in desk.text
    await desk.open("/paper/post")
    assert "8 of 9 left" in desk.text


async def test_nothing_of_another_school_is_found_weighed_or_numbered(
    desk: Browser, place: Workplace
) -> None:
    print_week(place, roll="RR 00000001 00000009")
    alice = packs_of(place)[0]
    await desk.sign_in("outsider")
    for said in (NUMBER, alice.print_id, "1/1", "h1"):
        await desk.open(FIND + said)
        assert desk.status == 200
        assert "Әлиева" not in desk.text, said
        assert "notice bad" in desk.text, said
    theirs = {"code": alice.print_id, "number": NUMBER}
    for act in ("give", "void", "off"):
        await desk.open("/paper/post")
        await desk.send("/paper/post/number", **theirs, act=act)
        assert desk.status == 404, act
    await desk.open("/paper/post")
    await desk.send("/paper/post/weights", **{f"g-{alice.print_id}": "30"})
    assert desk.status == 404
    with place.database.read() as connection:
        assert connection.execute(select(weighed_pack)).all() == []


async def test_what_no_scales_can_show_is_refused(desk: Browser, place: Workplace) -> None:
    print_week(place)
    alice, bob = packs_of(place)
    model = alice.postal["model_g"]
    await desk.sign_in("aigul")
    await desk.open("/paper/post")
    assert "Weigh five packs" in desk.text
    field, other = f"g-{alice.print_id}", f"g-{bob.print_id}"
    await desk.send("/paper/post/weights", **{field: "heavy", other: ""})
    assert desk.status == 400
    assert "no weight in grams" in desk.text
    await desk.open("/paper/post")
    await desk.send("/paper/post/weights", **{field: str(model * 9), other: "20"})
    assert desk.status == 400
    assert "cannot weigh" in desk.text
    with place.database.read() as connection:
        assert connection.execute(select(weighed_pack)).all() == []


async def test_what_packs_weigh_is_compared_with_what_was_expected(
    desk: Browser, place: Workplace
) -> None:
    print_week(place)
    alice, bob = packs_of(place)
    model = alice.postal["model_g"]
    field, other = f"g-{alice.print_id}", f"g-{bob.print_id}"
    await desk.sign_in("aigul")
    await desk.open("/paper/post")
    near = model + model // 5
    await desk.send("/paper/post/weights", **{field: str(near), other: " "})
    assert f"A4/80: 1 weighed, {round(100 * near / model)} % of what was expected" in desk.text
    assert "far from 100 %" in desk.text
    assert "does not count" not in desk.text
    await desk.send("/paper/post/weights", **{field: str(model * 2), other: " "})
    assert desk.path == "/paper/post?saved=weights"
    assert f"{model * 2} g typed, {model} g expected: too far from the others" in desk.text
    assert "of what was expected" not in desk.text
    assert f'name="{field}" inputmode="numeric" maxlength="5" size="5"' in desk.text
    assert f'value="{model * 2}"' in desk.text
    await desk.send("/paper/post/weights", **{field: str(model * 2), other: ""})
    assert desk.path == "/paper/post", "what is known changes nothing"
    await desk.open(FIND + alice.print_id)
    assert f"{model * 2} g on the scales, {model} g expected (+100 %)" in desk.text


async def test_the_desks_say_by_which_day_and_hour_paper_goes_to_the_office(
    desk: Browser, place: Workplace, clock: Hands
) -> None:
    print_week(place)
    said = {
        0: "before 16:00 at the latest",
        1: "To be posted today before 16:00",
        2: "It was to be posted by",
    }
    with place.database.read() as connection:
        found = read_packs(connection, week=WEEK)
    assert found[0].channel == "post"
    pages = {}
    for days in range(-8, 8):
        clock.moment = NOW + timedelta(days=days)
        await desk.sign_in("aigul")
        both = [(await desk.open(address)).text for address in ("/paper/post", "/paper")]
        pages[days] = [[n for n, words in said.items() if words in text] for text in both]
    assert all(post == printing and len(post) <= 1 for post, printing in pages.values())
    order = [post[0] for post, _ in pages.values() if post]
    assert order == sorted(order)
    assert set(order) == {0, 1, 2}


def test_those_that_were_weighed_are_shown_and_others_until_there_are_five(
    place: Workplace,
) -> None:
    with place.database.write() as connection:
        posted = add_posted(connection, homes=12)
        packs = [
            replace(one, postal={"stock": "A4/80", "model_g": 100 + 10 * n})
            for n, one in enumerate(posted.packs)
        ]
        first = to_weigh(connection, packs)
        assert [one.pack.postal["model_g"] for one in first] == [100, 130, 160, 180, 210]
        assert {(one.weighed, one.is_far) for one in first} == {(None, False)}
        for one, grams in zip(packs[:6], (100, 110, 120, 130, 140, 153), strict=True):
            row = {"pack_id": one.id, "stock": "A4/80", "model_g": one.postal["model_g"]}
            row |= {"grams": grams, "by": "test", "at": NOW}
            connection.execute(weighed_pack.insert().values(row))
        shown = to_weigh(connection, packs)
        weights = [one.weighed.grams if one.weighed else None for one in shown]
        assert weights == [100, 110, 120, 130, 140, 153]
        assert calibrations(connection)["A4/80"].factor == pytest.approx(753 / 750)
        connection.execute(
            weighed_pack.update().where(weighed_pack.c.pack_id.in_((packs[0].id, packs[5].id))),
            {"grams": 390},
        )
        shown = to_weigh(connection, packs)
        assert [one.is_far for one in shown] == [True, *[False] * 4, True, False]
        assert shown[-1].weighed is None, "another pack is asked for"
        told = calibrations(connection)["A4/80"]
        assert (told.packs, told.far, told.measured) == (4, 2, 1.0)
        assert to_weigh(connection, posted.packs) == []
