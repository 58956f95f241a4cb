"""Kazpost's services over real sockets: one number a pack, the right units, an unseen key."""

import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.roster.tables import household_identity, school
from jetkiz.storage.database import Database
from jetkiz.storage.files import FileStore
from jetkiz.storage.workplace import Workplace
from print_packs.kazpost import operations
from print_packs.kazpost.following import follow
from print_packs.kazpost.key import VARIABLE, ClientKey
from print_packs.kazpost.numbers import Counter, Ordered, OrderState, all_numbers, read_orders
from print_packs.kazpost.operations import Item, Party
from print_packs.kazpost.service import (
    BusyError,
    RefusedError,
    Service,
    UnclearError,
    track,
)
from print_packs.model import PackState
from print_packs.records import PackRow, read_packs
from print_packs.s10.allotment import NumberState, Wanted, Way, allot, find, make_void, move
from print_packs.s10.numbers import Number
from print_packs.s10.ranges import Range, add_range
from print_packs.s10.tables import s10_event, s10_number
from print_packs.tables import kazpost_poll
from tests.factories import NOW, WEEK
from tests.kazpost_stand_in import KEY, PDF, StandIn, kazpost_stand_in
from tests.posted_packs import Posted, add_posted, give_number
from tests.spoken import Jetkiz, stop_the_clock

SENDER = Party("Мектеп", "111908", "Ақкөл", bin="000140002217", phone="8 (714) 255-10-00")
HOME = Party("Әлиева & <Күләш>", "111911", "Қарасу", street="Абай", phone="+77091234567")
ITEM = Item(169)


@pytest.fixture
def kazpost() -> Iterator[StandIn]:
    with kazpost_stand_in() as found:
        yield found


@dataclass
class Desk:
    """A school with packs to post, whose clock a test moves."""

    workplace: Workplace
    posted: Posted
    stand_in: StandIn
    now: datetime = NOW

    def counter(self, **changes: object) -> Counter:
        service = Service(self.stand_in.address, plain_http=True, seconds=2)
        return replace(Counter(self.workplace, service, ClientKey(KEY)), **changes)  # type: ignore[arg-type]

    def number(self, pack: PackRow | None = None, **changes: object) -> Ordered:
        return self.counter(**changes).number(pack or self.posted.packs[0], ITEM, SENDER, HOME)

    def later(self, minutes: int = 6) -> None:
        self.now += timedelta(minutes=minutes)

    def orders(self) -> list[OrderState]:
        with self.workplace.database.read() as connection:
            return [one.state for one in read_orders(connection, [1, 2, 3, 4, 5])]

    def numbers(self) -> list[tuple[int, str]]:
        c = s10_number.c
        with self.workplace.database.read() as connection:
            rows = connection.execute(select(c.pack_id, c.state).order_by(c.pack_id))
            return [tuple(row) for row in rows]


@pytest.fixture
def desk(migrated_sqlite: Path, tmp_path: Path, kazpost: StandIn) -> Iterator[Desk]:
    shutil.copy(migrated_sqlite, tmp_path / "jetkiz.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'jetkiz.sqlite3'}")
    with database.write() as connection:
        posted = add_posted(connection)
    settings = Settings(data=tmp_path, zone="Asia/Qostanay")
    workplace = Workplace(settings, database, FileStore(tmp_path / "files"), lambda: found.now)
    found = Desk(workplace, posted, kazpost)
    yield found
    database.close()


def test_a_rate_is_asked_for_in_grams_and_without_a_key(kazpost: StandIn) -> None:
    fields = operations.rate_fields(ITEM, "111908", "050000")
    reply = Service(kazpost.address, plain_http=True).ask(operations.RATE, fields, with_key=False)
    assert operations.tenge_of(reply) == Decimal(269)


def test_a_number_is_asked_for_in_kilograms_and_once(desk: Desk) -> None:
    first = desk.number()
    assert first.number == Number("RR", 1000).text
    assert desk.number() == first
    assert (desk.stand_in.given, desk.stand_in.asked["GetParcelBarcode"]) == (1, 1)
    assert desk.numbers() == [(desk.posted.packs[0].id, "allotted")]


def test_a_pack_keeps_the_number_of_the_service_when_it_is_made_again(desk: Desk) -> None:
    first, second = desk.posted.packs[:2]
    number = desk.number(first).number
    with desk.workplace.database.write() as connection:
        add_range(connection, Range(Number("RR", 1), Number("RR", 9)), "aigul", desk.now)
        wanted = [Wanted(one.id, desk.posted.people.school) for one in (first, second)]
        given = allot(connection, wanted, "jetkiz", desk.now).numbers
        assert [given[one.pack].text for one in wanted] == [number, Number("RR", 1).text]
        assert [given[one.pack].way for one in wanted] == [Way.SERVICE, Way.RANGE]
        assert find(connection, number).pack == first.id
        events = connection.execute(select(s10_event.c.state, s10_event.c.by)).all()
        make_void(connection, number, "spoilt", "aigul", desk.now)
    assert ("allotted", "kazpost") in [tuple(one) for one in events]
    with pytest.raises(JetkizError, match="cancelled"):
        desk.number(first)


def test_a_pack_that_has_a_number_is_not_asked_for(desk: Desk) -> None:
    pack = desk.posted.packs[0]
    with desk.workplace.database.write() as connection:
        give_number(connection, pack, "RR473124829KZ")
    with pytest.raises(JetkizError, match="already"):
        desk.number(pack)
    assert not desk.stand_in.asked
    assert desk.orders() == []


def test_a_number_that_another_pack_has_stays_open(desk: Desk) -> None:
    first, second = desk.posted.packs[:2]
    taken = Number("RR", 1000).text
    with desk.workplace.database.write() as connection:
        give_number(connection, first, taken)
    doubled = desk.number(second)
    assert "another pack" in str(doubled.trouble)
    assert desk.orders() == [OrderState.UNCLEAR]
    with pytest.raises(JetkizError, match="another pack"):
        desk.counter().settle(second, taken)
    assert desk.orders() == [OrderState.UNCLEAR]
    assert desk.numbers() == [(first.id, "printed")]


def test_an_answer_that_comes_after_the_counter_gave_its_own_stays_open(desk: Desk) -> None:
    pack = desk.posted.packs[0]
    desk.stand_in.moods = ["lost"]
    desk.number(pack)
    with desk.workplace.database.write() as connection:
        give_number(connection, pack, "RR473124829KZ")
    with pytest.raises(JetkizError, match="not RR"):
        desk.counter().settle(pack, Number("RR", 1000).text)
    assert desk.orders() == [OrderState.UNCLEAR]
    desk.counter().settle(pack, "RR473124829KZ")
    assert desk.orders() == [OrderState.GIVEN]
    assert len(desk.numbers()) == 1


def test_the_number_of_an_item_in_the_post_is_not_cancelled(desk: Desk) -> None:
    pack = desk.posted.packs[0]
    desk.number(pack)
    with desk.workplace.database.write() as connection:
        move(connection, [pack.id], NumberState.POSTED, "aigul", desk.now)
    with pytest.raises(JetkizError, match="cannot be void"):
        desk.counter().cancel(pack)
    assert desk.stand_in.asked["CancelBarcode"] == 0
    assert desk.numbers() == [(pack.id, "posted")]


def test_a_label_is_kept_sealed_with_its_number(desk: Desk) -> None:
    assert desk.number(wants_label=True).number
    files = [one.read_bytes() for one in desk.workplace.settings.data.rglob("*") if one.is_file()]
    assert not any(PDF in one for one in files)
    assert desk.stand_in.asked["GetAddrLetter"] == 1


@pytest.mark.parametrize(
    "mood", ["lost", "500", "503", "302", "garbage", "half", "other", "bomb", "huge"]
)
def test_a_lost_reply_makes_no_second_number(desk: Desk, mood: str) -> None:
    desk.stand_in.moods = [mood]
    lost = desk.number()
    assert lost.trouble
    assert not lost.number
    assert desk.orders() == [OrderState.UNCLEAR]
    desk.later()
    found = desk.number()
    assert found.number
    assert desk.stand_in.given == 1
    assert desk.stand_in.asked == {"GetParcelBarcode": 1, "GetBarcodeInfo": 1}
    assert desk.orders() == [OrderState.GIVEN]


def test_while_nobody_knows_nothing_is_asked_for_again(desk: Desk) -> None:
    desk.stand_in.moods = ["lost", "lost", "500"]
    for _ in range(3):
        assert desk.number().trouble
        desk.later()
    assert (desk.stand_in.given, desk.stand_in.asked["GetParcelBarcode"]) == (1, 1)


def test_an_order_of_which_the_service_says_nothing_waits_for_a_person(desk: Desk) -> None:
    desk.stand_in.moods = ["lost"]
    desk.number()
    desk.stand_in.knows_orders = False
    for _ in range(2):
        desk.later()
        said = desk.number().trouble
        assert said
        assert said.facts["words"] == "not found"
        assert desk.orders() == [OrderState.UNCLEAR]
    assert (desk.stand_in.given, desk.stand_in.asked["GetParcelBarcode"]) == (1, 1)
    desk.counter().settle(desk.posted.packs[0], "")
    assert desk.number().number
    assert desk.stand_in.asked["GetParcelBarcode"] == 2


def test_a_computer_that_died_over_the_question_looks_it_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def off(*_: object, **__: object) -> Ordered:
        raise KeyboardInterrupt

    with monkeypatch.context() as power:
        power.setattr(Counter, "_given", off)
        with pytest.raises(KeyboardInterrupt):
            desk.number()
    assert desk.orders() == [OrderState.ASKED]
    with pytest.raises(JetkizError, match="a moment ago"):
        desk.number()
    desk.later()
    assert desk.number().number
    assert desk.stand_in.given == 1


def test_a_no_is_said_and_may_be_asked_again(desk: Desk) -> None:
    refused = desk.number(key=ClientKey("f" * 32))
    assert isinstance(refused.trouble, RefusedError)
    assert "the key" in str(refused.trouble.facts["words"])
    assert desk.orders() == [OrderState.REFUSED]
    assert desk.number().number


def test_a_person_settles_what_stayed_open(desk: Desk) -> None:
    pack = desk.posted.packs[0]
    with pytest.raises(JetkizError, match="No order"):
        desk.counter().settle(pack, "")
    desk.stand_in.moods = ["lost"]
    desk.number()
    with pytest.raises(JetkizError, match="check digit"):
        desk.counter().settle(pack, "RR473124828KZ")
    desk.counter().settle(pack, "RR 473 124 829 KZ")
    assert desk.number().number == "RR473124829KZ"
    assert desk.stand_in.asked == {"GetParcelBarcode": 1}


def test_a_cancelled_number_is_void_and_stays_the_only_one(desk: Desk) -> None:
    with pytest.raises(JetkizError, match="no number"):
        desk.counter().cancel(desk.posted.packs[0])
    number = desk.number().number
    assert desk.counter().cancel(desk.posted.packs[0]) == number
    assert desk.counter().cancel(desk.posted.packs[0]) == number
    assert desk.stand_in.asked["CancelBarcode"] == 1
    assert desk.numbers() == [(desk.posted.packs[0].id, "void")]
    with pytest.raises(JetkizError, match="cancelled"):
        desk.number()


def test_a_silent_service_is_not_asked_for_every_pack(desk: Desk) -> None:
    desk.stand_in.moods = ["500"] * 4
    found = all_numbers(desk.posted.packs, desk.number)
    assert len(found) == 3
    assert all(isinstance(one.trouble, UnclearError) for one in found)
    desk.stand_in.moods.clear()
    desk.later()
    found = all_numbers(desk.posted.packs, desk.number)
    assert len({one.number for one in found}) == 4
    assert desk.stand_in.given == 4


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [
        (replace(SENDER, bin="123"), HOME),
        (SENDER, replace(HOME, index="11191")),
        (SENDER, replace(HOME, name="")),
        (SENDER, replace(HOME, name="я" * 257)),
    ],
)
def test_what_is_written_wrong_is_refused_before_anything_is_asked(
    desk: Desk, sender: Party, recipient: Party
) -> None:
    with pytest.raises(JetkizError):
        desk.counter().number(desk.posted.packs[0], ITEM, sender, recipient)
    assert desk.orders() == []
    assert not desk.stand_in.asked


def test_the_key_stands_in_no_log_no_error_no_database_and_no_repr(
    desk: Desk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    counter = desk.counter()
    said = [repr(counter), str(counter)]
    for mood in ("lost", "500", "garbage", "", ""):
        desk.stand_in.moods = [mood] if mood else []
        found = desk.number()
        said += [
            repr(found),
            str(found.trouble),
            repr(found.trouble.__cause__ if found.trouble else 0),
        ]
        desk.later()
    wrong = desk.number(desk.posted.packs[1], key=ClientKey(KEY[::-1]))
    said += [repr(wrong.trouble and wrong.trouble.facts)]
    out, err = capsys.readouterr()
    files = b"".join(
        one.read_bytes() for one in desk.workplace.settings.data.rglob("*") if one.is_file()
    )
    for one in (*said, caplog.text, out, err, files.decode("latin-1")):
        assert KEY not in one
        assert KEY[::-1] not in one


def answer(number: str, *codes: str) -> dict[str, object]:
    activity = [{"time": f"1{n}:00", "status": [code]} for n, code in enumerate(codes)]
    return {"trackid": number, "events": [{"date": "27.01.2026", "activity": activity}]}


def test_packs_are_followed_once_an_hour_and_what_is_new_is_recorded(desk: Desk) -> None:
    for pack in desk.posted.packs[:3]:
        number = desk.number(pack).number
        desk.stand_in.events[number] = answer(number, "ARR", "in_transit")
    desk.now += timedelta(days=3)
    first = desk.stand_in.orders[f"{WEEK}-{desk.posted.packs[0].print_id}"][0]
    desk.stand_in.events[first] = answer(first, "ARR", "DLV_HAND")
    pauses: list[float] = []

    def round_of_questions() -> int:
        found = follow(
            desk.workplace, WEEK, lambda n: track(desk.stand_in.address, n), pauses.append
        )
        assert not found.troubles
        return found.asked

    assert round_of_questions() == 3
    assert pauses == [1.0, 1.0]
    assert round_of_questions() == 0
    desk.later(61)
    assert round_of_questions() == 2
    assert desk.stand_in.seen[0] == f"/api/v2/{first}/events"
    with desk.workplace.database.read() as connection:
        states = [one.state for one in read_packs(connection, week=WEEK) if one.channel == "post"]
    assert states[:2] == [PackState.SIGNED, PackState.HANDED_OVER]


@pytest.mark.parametrize(("mood", "asked"), [("429", 1), ("503", 1), ("500", 3), ("garbage", 3)])
def test_a_service_in_trouble_is_left_in_peace(desk: Desk, mood: str, asked: int) -> None:
    for pack in desk.posted.packs:
        desk.number(pack)
    desk.stand_in.moods = [mood] * 4
    found = follow(desk.workplace, WEEK, lambda n: track(desk.stand_in.address, n), lambda _: None)
    assert found.asked == asked
    assert found.recorded == 0
    assert isinstance(found.troubles[0], BusyError) == (mood in {"429", "503"})
    with desk.workplace.database.read() as connection:
        assert len(connection.scalars(select(kazpost_poll.c.number)).all()) == asked


def test_an_answer_about_something_else_moves_nothing(desk: Desk) -> None:
    number = desk.number().number
    other = json.loads(json.dumps(answer("RR473124829KZ", "DLV_HAND")))
    for said in ({"error": "not found"}, {"events": "none"}, {"events": [1, {"activity": 3}]}):
        desk.stand_in.events[number] = said
        follow(desk.workplace, WEEK, lambda n: track(desk.stand_in.address, n), lambda _: None)
        desk.later(61)
    assert other["events"]
    with desk.workplace.database.read() as connection:
        assert read_packs(connection, numbers=[1])[0].state == PackState.PREPARED


def test_the_commands_say_what_is_missing_and_what_became_of_it(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_the_clock(monkeypatch, NOW)
    jetkiz = Jetkiz(str(desk.workplace.settings.url), desk.workplace.settings.data, capsys)
    for language in ("en", "kk", "ru"):
        assert "kazpost_service" in jetkiz.refuses("kazpost", "numbers", WEEK, language=language)
        assert "kazpost_tracking" in jetkiz.refuses("kazpost", "follow", WEEK, language=language)
    monkeypatch.setenv("JETKIZ_KAZPOST_SERVICE", desk.stand_in.address)
    monkeypatch.setenv("JETKIZ_KAZPOST_TRACKING", desk.stand_in.address)
    monkeypatch.setenv("JETKIZ_KAZPOST_PLAIN_HTTP", "yes")
    assert VARIABLE in jetkiz.refuses("kazpost", "numbers", WEEK)
    monkeypatch.setenv(VARIABLE, KEY)
    assert "269" in jetkiz.run("kazpost", "rate", "169", "111908", "050000")
    assert "111911" in jetkiz.run("kazpost", "offices", "Қарасу")
    assert "twelve digits" in jetkiz.refuses("kazpost", "numbers", WEEK)
    monkeypatch.setenv("JETKIZ_KAZPOST_BIN", "000140002217")
    with desk.workplace.database.write() as connection:
        connection.execute(update(school).values(address={"index6": "111908"}))
        connection.execute(update(household_identity).values(address={"index6": "111911"}))
    said = jetkiz.run("kazpost", "numbers", WEEK)
    assert sum(line.endswith("KZ") for line in said.splitlines()) == 4
    code = desk.posted.packs[0].print_id
    assert "void" in jetkiz.run("kazpost", "cancel", WEEK, code)
    jetkiz.refuses("kazpost", "settle", WEEK, code)
    jetkiz.refuses("kazpost", "cancel", WEEK, desk.posted.by_hand.print_id)
    form = desk.workplace.settings.data / "form.pdf"
    jetkiz.run("kazpost", "form-103", WEEK, str(form))
    assert form.read_bytes() == PDF
    assert "Asked for 3 packs" in jetkiz.run("kazpost", "follow", WEEK)
    with desk.workplace.database.read() as connection:
        dump = str(connection.execute(text("select * from kazpost_number")).all())
    assert KEY not in dump
