"""What lines of a list say: numbers and days as people write them, CSV, JSON, Kazpost's answers."""

import io
import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from print_packs.model import PackState
from print_packs.tracking.event_kinds import KIND_WORDS, MOVES, EventKind, kind_of
from print_packs.tracking.event_lines import MOST_BYTES, EventLine, read_lines, read_text

ZONE = ZoneInfo("Asia/Qostanay")
TODAY = date(2026, 1, 31)
NOON = datetime(2026, 1, 30, 7, 0, tzinfo=UTC)


def lines(text: str) -> list[EventLine]:
    return read_lines(text, ZONE, "delivered", TODAY)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DLV_HAND", EventKind.DELIVERED),
        ("DPAY", EventKind.DELIVERED),
        ("DPAY_O", EventKind.DELIVERED),
        ("ISSPAY_I", EventKind.DELIVERED),
        ("ISSSC_O", EventKind.DELIVERED),
        ("DLV_POBOX_I", EventKind.DELIVERED),
        ("Handed", EventKind.DELIVERED),
        ("RET_O", EventKind.RETURNED),
        ("RETSTR_I", EventKind.RETURNED),
        ("RETSC_O", EventKind.RETURNED),
        ("EMH", EventKind.TROUBLE),
        ("EXB", EventKind.TROUBLE),
        ("UTL", EventKind.DESTROYED),
        ("Destroyed", EventKind.DESTROYED),
        ("in transit", EventKind.IN_TRANSIT),
        ("At-Office", EventKind.AT_OFFICE),
        ("sent_back", EventKind.SENT_BACK),
        ("RET", EventKind.UNKNOWN),
        ("DLV_HANDS", EventKind.UNKNOWN),
        ("RPODELAY", EventKind.UNKNOWN),
        ("", EventKind.UNKNOWN),
    ],
)
def test_words_of_the_post(code: str, kind: EventKind) -> None:
    assert kind_of(code) == kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Вручено адресату", EventKind.DELIVERED),
        ("Вручено", EventKind.DELIVERED),
        ("Алушыға тапсырылды", EventKind.DELIVERED),
        ("Вручено отправителю", EventKind.RETURNED),
        ("Жіберушіге тапсырылды", EventKind.RETURNED),
        ("Возврат: истёк срок хранения", EventKind.RETURNED),
        ("Не вручено адресату", EventKind.TROUBLE),
        ("Неудачная попытка вручения адресату", EventKind.TROUBLE),
        ("Тапсырылмады", EventKind.TROUBLE),
        ("Выдано почтальону", EventKind.IN_TRANSIT),
        ("Выдано в доставку", EventKind.IN_TRANSIT),
        ("Принято от отправителя", EventKind.ACCEPTED),
        ("Прибыло в место вручения", EventKind.AT_OFFICE),
        ("Прибыло в сортировочный центр", EventKind.IN_TRANSIT),
        ("Утеряно", EventKind.LOST),
        ("Уведомление о вручении", EventKind.UNKNOWN),
        ("Таможня", EventKind.UNKNOWN),
    ],
)
def test_sentences_of_the_post_mean_only_what_they_can_mean(words: str, kind: EventKind) -> None:
    assert kind_of(words) == kind
    [found] = lines(f"12. 30.01.2026 12:00 RR473124829KZ {words}; Қарасу")
    assert (found.number, found.at) == ("RR473124829KZ", NOON)
    assert kind_of(found.code) == kind or words in {"Вручено", "Тапсырылды"}


def test_every_kind_has_words_and_only_known_ones_move_a_pack() -> None:
    assert set(KIND_WORDS) == set(EventKind)
    still = set(EventKind) - set(MOVES)
    assert still == {EventKind.TROUBLE, EventKind.UNKNOWN}
    assert MOVES[EventKind.DESTROYED] == MOVES[EventKind.LOST] == PackState.LOST


@pytest.mark.parametrize(
    ("text", "number", "at", "code"),
    [
        ("RR473124829KZ", "RR473124829KZ", datetime(2026, 1, 31, 7, tzinfo=UTC), "delivered"),
        ("K3X8-EHD7 30.01.2026", "K3X8-EHD7", NOON, "delivered"),
        ("K3X8-EHD7; 2026-01-30; lost", "K3X8-EHD7", NOON, "lost"),
        ("RR 473 124 829 KZ 30/01/2026 RET_O", "RR473124829KZ", NOON, "RET_O"),
        ("K3X8-EHD7,30.1.2026,in transit", "K3X8-EHD7", NOON, "in_transit"),
        ("K3X8-EHD7 30.01.2026 12:00:00", "K3X8-EHD7", NOON, "delivered"),
        ('{"number": "K3X8-EHD7", "at": "2026-01-30T12:00:00+05:00"}', "K3X8-EHD7", NOON, ""),
        ('[{"шпи": "K3X8-EHD7", "дата": "30.01.2026"}]', "K3X8-EHD7", NOON, ""),
        ("Number;Date;Status\nK3X8-EHD7;30.01.2026;UTL", "K3X8-EHD7", NOON, "UTL"),
        ("date,number\n2026-01-30,K3X8-EHD7", "K3X8-EHD7", NOON, "delivered"),
        ("1 rr 473 124 829 kz 30.01.2026", "rr473124829kz", NOON, "delivered"),
        ("30.01.2026; k3x8-ehd7; UTL", "k3x8-ehd7", NOON, "UTL"),
        ("\ufeff# a note\n\nK3X8-EHD7 30.01.2026", "K3X8-EHD7", NOON, "delivered"),
    ],
)
def test_a_line_is_read_as_people_write_it(text: str, number: str, at: datetime, code: str) -> None:
    [found] = lines(text)
    assert (found.number, found.at, found.trouble) == (number, at, None)
    assert found.code == (code or "delivered")


def test_a_line_is_called_by_the_place_where_it_stands() -> None:
    assert [one.place for one in lines("\nK3X8-EHD7\n\n# a note\nK3X8-EHD8\n")] == [2, 5]
    assert [one.place for one in lines("number;date\n\nK3X8-EHD7;30.01.2026")] == [3]


def test_kazposts_answer_is_a_list_of_events() -> None:
    answer = {
        "trackid": "RR473124829KZ",
        "events": [
            {
                "date": "30.01.2026",
                "activity": [
                    {"time": "12:00", "city": "Қарасу", "status": ["DLV_HAND"]},
                    {"time": "09:00", "status": "ARR"},
                    "nonsense",
                ],
            },
            {"date": "29.01.2026", "activity": None},
        ],
    }
    first, second = lines(json.dumps(answer))
    assert (first.number, first.at, first.code) == ("RR473124829KZ", NOON, "DLV_HAND")
    assert (second.code, second.at) == ("ARR", datetime(2026, 1, 30, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    "text",
    [
        "K3X8-EHD7 31.02.2026",
        "30.01.2026",
        "K3X8-EHD7 30.01.2026 25:00",
        '{"number": "", "at": "2026-01-30"}',
        '{"number": "K3X8-EHD7", "at": "yesterday"}',
        '["30.01.2026"]',
        "Dear customer, your parcels moved on",
    ],
)
def test_a_line_that_means_nothing_says_so_and_stops_no_other(text: str) -> None:
    [found] = lines(text)
    assert found.trouble
    assert not found.at
    if not text.startswith(("{", "[")):
        both = lines(f"{text}\nK3X8-EHD7")
        assert [bool(one.trouble) for one in both] == [True, False]
        assert [one.place for one in both] == [1, 2]


@given(st.text(max_size=200))
def test_no_text_whatever_ends_in_more_than_a_sentence(text: str) -> None:
    try:
        found = lines(text)
    except JetkizError:
        return
    assert all(one.trouble or (one.number and one.at) for one in found)


@pytest.mark.parametrize("text", ["{", "[1, 2", '{"a": ' * 5_000])
def test_broken_json_is_refused_by_name(text: str) -> None:
    with pytest.raises(JetkizError, match="JSON"):
        lines(text)


def test_a_list_has_an_end() -> None:
    with pytest.raises(JetkizError, match="more than"):
        lines("A\n" * 50_001)
    with pytest.raises(JetkizError, match="larger than"):
        read_text(io.BytesIO(b"A" * (MOST_BYTES + 1)))
    assert read_text(io.BytesIO("номер".encode("cp1251"))) == "номер"
    with pytest.raises(JetkizError, match="no text"):
        read_text(io.BytesIO(b"\x98\x98"))
