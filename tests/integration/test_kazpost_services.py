"""Kazpost's services over real sockets: the right units, an unseen key, a service in peace."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from jetkiz.errors import JetkizError
from jetkiz.roster.tables import household_identity, postal_experience, school
from print_packs.kazpost import operations
from print_packs.kazpost.following import follow
from print_packs.kazpost.key import VARIABLE, ClientKey
from print_packs.kazpost.operations import Party
from print_packs.kazpost.service import (
    BusyError,
    Service,
    track,
)
from print_packs.model import PackState
from print_packs.records import read_packs
from print_packs.tables import kazpost_poll
from tests.factories import NOW, WEEK
from tests.kazpost_desk import HOME, ITEM, SENDER, Desk, kazpost_desk
from tests.kazpost_stand_in import KEY, PDF
from tests.spoken import Jetkiz, stop_the_clock


@pytest.fixture
def desk(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Desk]:
    with kazpost_desk(migrated_sqlite, tmp_path) as found:
        yield found


def test_a_rate_is_asked_for_in_grams_and_without_a_key(desk: Desk) -> None:
    fields = operations.rate_fields(ITEM, "111908", "050000")
    reply = Service(desk.stand_in.address, plain_http=True).ask(
        operations.RATE, fields, with_key=False
    )
    assert operations.tenge_of(reply) == Decimal(269)


def test_a_label_is_kept_sealed_with_its_number(desk: Desk) -> None:
    assert desk.number(wants_label=True).number
    files = [one.read_bytes() for one in desk.workplace.settings.data.rglob("*") if one.is_file()]
    assert not any(PDF in one for one in files)
    assert desk.stand_in.asked["GetAddrLetter"] == 1


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
    desk.stand_in.events[first] = answer(first, "in_transit", "DLV_HAND")
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
        c = postal_experience.c
        told = dict(tuple(one) for one in connection.execute(select(c.place, c.out_packs)))
    assert states[:2] == [PackState.SIGNED, PackState.HANDED_OVER]
    # The one that came in this round is measured in it.
    assert told == {"110000": 1, "1100": 1}


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


def switch_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JETKIZ_KAZPOST_SERVICE", desk.stand_in.address)
    monkeypatch.setenv("JETKIZ_KAZPOST_TRACKING", desk.stand_in.address)
    monkeypatch.setenv("JETKIZ_KAZPOST_PLAIN_HTTP", "yes")


def test_the_commands_say_what_is_missing(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_the_clock(monkeypatch, NOW)
    jetkiz = Jetkiz(str(desk.workplace.settings.url), desk.workplace.settings.data, capsys)
    for language in ("en", "kk", "ru"):
        assert "kazpost_service" in jetkiz.refuses("kazpost", "numbers", WEEK, language=language)
        assert "kazpost_tracking" in jetkiz.refuses("kazpost", "follow", WEEK, language=language)
    switch_on(desk, monkeypatch)
    assert VARIABLE in jetkiz.refuses("kazpost", "numbers", WEEK)
    monkeypatch.setenv(VARIABLE, KEY)
    assert "269" in jetkiz.run("kazpost", "rate", "169", "111908", "050000")
    assert "111911" in jetkiz.run("kazpost", "offices", "Қарасу")
    assert "twelve digits" in jetkiz.refuses("kazpost", "numbers", WEEK)


def agree(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the school a key, a sender's number and addresses."""
    switch_on(desk, monkeypatch)
    monkeypatch.setenv(VARIABLE, KEY)
    monkeypatch.setenv("JETKIZ_KAZPOST_BIN", "000140002217")
    with desk.workplace.database.write() as connection:
        connection.execute(update(school).values(address={"index6": "111908"}))
        connection.execute(update(household_identity).values(address={"index6": "111911"}))


def test_the_commands_say_what_became_of_the_numbers(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_the_clock(monkeypatch, NOW)
    jetkiz = Jetkiz(str(desk.workplace.settings.url), desk.workplace.settings.data, capsys)
    agree(desk, monkeypatch)
    code, pdf = desk.posted.packs[0].print_id, desk.workplace.settings.data / "label.pdf"
    assert "no label" in jetkiz.refuses("kazpost", "label", WEEK, code, str(pdf))
    said = jetkiz.run("kazpost", "numbers", WEEK, "--label")
    assert sum(line.endswith("KZ") for line in said.splitlines()) == 4
    assert "No pack" in jetkiz.run("kazpost", "numbers", WEEK)
    assert code in jetkiz.run("kazpost", "label", WEEK, code, str(pdf))
    assert pdf.read_bytes() == PDF
    assert "void" in jetkiz.run("kazpost", "cancel", WEEK, code)
    jetkiz.refuses("kazpost", "settle", WEEK, code)
    jetkiz.refuses("kazpost", "cancel", WEEK, desk.posted.by_hand.print_id)
    spoilt = next(line.split()[1] for line in said.splitlines() if code not in line)
    jetkiz.run("post", "numbers", "void", spoilt)
    form = desk.workplace.settings.data / "form.pdf"
    jetkiz.run("kazpost", "form-103", WEEK, str(form))
    assert form.read_bytes() == PDF
    # Neither the cancelled number nor the one that was spoilt here.
    assert len(desk.stand_in.listed) == 2
    assert spoilt not in desk.stand_in.listed
    monkeypatch.setattr("print_packs.kazpost.commands._MANY", 2)
    followed = jetkiz.run("kazpost", "follow", WEEK)
    assert "2 packs are asked for one after the other" in followed
    assert "Asked for 2 packs" in followed
    with desk.workplace.database.read() as connection:
        dump = str(connection.execute(text("select * from kazpost_number")).all())
    assert KEY not in dump
