"""The log of what was aired, as studios really send it: late, double, in other encodings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcast.as_run_log import AsRun, read_log
from broadcast.log_lines import decoded, read_lines
from broadcast.model import Airing, TvChannel, Window
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator

ALMATY = ZoneInfo("Asia/Almaty")
DAY = date(2026, 1, 26)
BALAPAN = TvChannel(
    "balapan",
    "Балапан ТВ",
    "tv",
    "balapan.kz",
    ("kk",),
    "Asia/Almaty",
    ("mon", "tue"),
    (Window(time(9), time(18)),),
    5,
)
ARNA = replace(BALAPAN, key="el_arna", name="El Arna", xmltv_id="elarna.kz", languages=("ru",))
CHANNELS = [BALAPAN, ARNA]


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ALMATY).astimezone(UTC)


def airing(number: int, clock: str, channel: str = "balapan", day: date = DAY) -> Airing:
    return Airing(100 + number, channel, at(clock, day), 15, id=number)


DRIFT = 10
MORNING = [airing(1, "09:00"), airing(2, "09:15"), airing(3, "09:30"), airing(4, "11:00")]


def log(*lines: str, head: str = "channel;date;start;status", known: object = None) -> AsRun:
    airings = MORNING if known is None else known
    return read_log("\n".join([head, *lines]), airings, CHANNELS)  # type: ignore[arg-type]


def ran(*clocks: str) -> list[str]:
    return [f"balapan;2026-01-26;{clock};aired" for clock in clocks]


def test_a_log_in_time_names_every_airing() -> None:
    assert log(*ran("09:00", "09:15", "09:30", "11:00")).aired == (1, 2, 3, 4)


@pytest.mark.parametrize("late", [-9, -5, -1, 1, 5, 8, 10])
def test_a_studio_that_is_minutes_off_all_day_still_names_every_airing(late: int) -> None:
    """With eight minutes of delay each lesson is nearer to the next one's start than to its own."""
    clocks = [
        (datetime.combine(DAY, time.fromisoformat(c)) + timedelta(minutes=late)).strftime("%H:%M")
        for c in ("09:00", "09:15", "09:30", "11:00")
    ]

    found = log(*ran(*clocks))

    assert found.aired == (1, 2, 3, 4)
    assert found.unknown == ()


def test_a_row_that_is_missing_does_not_shift_the_others() -> None:
    assert log(*ran("09:02", "09:33", "11:01")).aired == (1, 3, 4)


def test_a_row_too_many_is_named_by_its_line() -> None:
    found = log(*ran("09:00", "09:15", "10:10", "11:00"))

    assert (found.aired, found.unknown) == ((1, 2, 4), (4,))


def test_rows_in_any_order_say_the_same() -> None:
    lines = ran("11:04", "09:33", "09:03", "09:18")

    assert sorted(log(*lines).aired) == [1, 2, 3, 4]


def test_the_same_row_twice_is_one_airing() -> None:
    found = log(*ran("09:00", "09:00", "09:15", "09:15", "09:15"))

    assert (found.aired, found.missed, found.unknown) == ((1, 2), (), ())


def test_a_log_that_contradicts_itself_is_believed_where_it_says_aired() -> None:
    lines = ["balapan;2026-01-26;09:00;missed", *ran("09:00"), "balapan;2026-01-26;09:15;missed"]

    for order in (lines, lines[::-1]):
        found = log(*order)
        assert (found.aired, found.missed) == ((1,), (2,))
    both = log("1;missed", "1;aired", "2;aired", "2;missed", head="airing;status")
    assert (both.aired, both.missed) == ((1, 2), ())


def test_a_moment_further_away_than_the_drift_is_no_airing() -> None:
    assert log(*ran("11:10")).aired == (4,)
    assert log(*ran("11:11")).unknown == (2,)


def test_the_same_time_on_another_channel_or_day_is_another_airing() -> None:
    known = [
        airing(1, "09:00"),
        airing(2, "09:00", "el_arna"),
        airing(3, "09:00", day=date(2026, 1, 27)),
    ]

    found = log(
        "el_arna;2026-01-26;09:00;aired",
        "balapan;2026-01-27;09:00;missed",
        "balapan;2026-01-28;09:00;aired",
        known=known,
    )

    assert (found.aired, found.missed, found.unknown) == ((2,), (3,), (4,))


def test_an_airing_over_midnight_of_the_world_clock_belongs_to_its_local_day() -> None:
    """In the zone of the channel 00:30 is still the evening before by the world's clock."""
    known = [airing(1, "00:30", day=date(2026, 1, 27)), airing(2, "23:50")]

    assert known[0].start.date() == DAY
    found = log("balapan;2026-01-27;00:31;aired", "balapan;2026-01-26;23:52;missed", known=known)
    assert (found.aired, found.missed) == ((1,), (2,))


def test_a_row_just_after_midnight_finds_what_was_planned_before_it() -> None:
    known = [airing(2, "23:55")]

    assert log("balapan;2026-01-27;00:03;aired", known=known).aired == (2,)


@pytest.mark.parametrize("name", ["balapan", "BALAPAN", "balapan.kz", "Балапан ТВ", "балапан тв"])
def test_a_channel_is_known_by_any_of_its_names(name: str) -> None:
    assert log(f"{name};2026-01-26;09:00;aired").aired == (1,)


def test_a_channel_that_is_not_ours_is_named_by_its_line() -> None:
    assert log("khabar;2026-01-26;09:00;aired", *ran("09:15")).unknown == (2,)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("2026-01-26", "09:00"),
        ("2026-01-26", "9:00"),
        ("2026-01-26", "09:00:14"),
        ("2026-01-26", "09:00:14:20"),
        ("2026-01-26", "09:00:14.500"),
        ("26.01.2026", "9.00"),
        ("26/01/2026", "09.00"),
        ("", "2026-01-26 09:00"),
        ("", "2026-01-26T09:00:00"),
        ("", "2026-01-26T04:00:00+00:00"),
        ("", "2026-01-26T10:00:00+06:00"),
    ],
)
def test_days_and_times_are_read_as_people_write_them(day: str, clock: str) -> None:
    assert log(f"balapan;{day};{clock};Aired").aired == (1,)


@pytest.mark.parametrize(
    ("day", "clock"),
    [
        ("26.13.2026", "09:00"),
        ("2026-01-26", "25:00"),
        ("2026-01-26", "9"),
        ("2026-01-26", ""),
        ("", ""),
        ("", "09:00"),
        ("yesterday", "09:00"),
        ("2026-01-26", "noon"),
        ("٢٦.٠١.٢٠٢٦", "09:00"),
    ],
)
def test_a_moment_that_is_none_is_told_with_its_line(day: str, clock: str) -> None:
    with pytest.raises(JetkizError) as caught:
        log(*ran("09:00"), f"balapan;{day};{clock};aired")

    assert "Line 3" in str(caught.value)
    assert "Строка 3" in translator("ru").error(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_office_program_saves_a_log_that_can_be_read(
    encoding: str, end: str, delimiter: str
) -> None:
    rows = [["Channel", "Date", "Start", "Status"], ["Балапан ТВ", "2026-01-26", "09:00", "aired"]]
    content = end.join(delimiter.join(row) for row in rows).encode(encoding)

    assert read_log(decoded(content), MORNING, CHANNELS).aired == (1,)


def test_empty_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    text = "airing;status\n\n1;aired\n;;\n  ;  \n77;aired\n\n2;missed\n"

    found = read_log(text, MORNING, CHANNELS)

    assert (found.aired, found.missed, found.unknown) == ((1,), (2,), (6,))


def test_columns_in_any_order_and_more_than_needed_are_no_trouble() -> None:
    head = "Title; STATUS ;Start;Date;Channel"

    found = log("Аяз; AIRED ;09:00;2026-01-26; balapan ;rest;of;line", head=head)

    assert found.aired == (1,)


@pytest.mark.parametrize("number", ["1", "01", " 1 "])
def test_our_own_number_is_enough(number: str) -> None:
    assert log(f"{number};aired", head="airing;status").aired == (1,)


@pytest.mark.parametrize("number", ["0", "99", "-1", "1.0", "١", "one", "9" * 400])
def test_a_number_that_is_not_ours_is_named_by_its_line(number: str) -> None:
    found = log(f"{number};aired", "2;aired", head="airing;status")

    assert (found.aired, found.unknown) == ((2,), (2,))


def test_a_line_without_a_number_may_have_a_time_instead() -> None:
    found = log(
        "1;;;;aired", ";balapan;2026-01-26;09:15;missed", head="airing;channel;date;start;status"
    )

    assert (found.aired, found.missed) == ((1,), (2,))


@pytest.mark.parametrize("status", ["", "yes", "aired?", "AIRED MISSED"])
def test_a_status_that_is_none_is_told_with_its_line(status: str) -> None:
    with pytest.raises(JetkizError, match="Line 2"):
        log(f"1;{status}", head="airing;status")


CLOCKS = st.lists(st.integers(0, 100), min_size=1, max_size=12, unique=True)


def morning(starts: Sequence[int]) -> list[Airing]:
    first = at("09:00")
    return [
        Airing(n, "balapan", first + timedelta(minutes=5 * start), 5, id=n)
        for n, start in enumerate(sorted(starts), start=1)
    ]


def rows_of(airings: Sequence[Airing], late: Sequence[int]) -> list[str]:
    moments = [
        (one.start + timedelta(minutes=minutes)).astimezone(ALMATY)
        for one, minutes in zip(airings, late, strict=True)
    ]
    return [f"balapan;{one:%Y-%m-%d};{one:%H:%M};aired" for one in moments]


@given(CLOCKS, st.integers(-10, 10))
def test_a_clock_that_is_off_by_the_same_minutes_all_day_loses_nothing(
    starts: list[int], late: int
) -> None:
    airings = morning(starts)

    found = log(*rows_of(airings, [late] * len(airings)), known=airings)

    assert found.aired == tuple(one.id for one in airings)
    assert found.unknown == ()


@given(CLOCKS, st.data())
def test_pairs_keep_their_order_their_distance_and_leave_no_line_unnamed(
    starts: list[int], data: st.DataObject
) -> None:
    airings = morning(starts)
    late = data.draw(st.lists(st.integers(-25, 25), min_size=len(airings), max_size=len(airings)))
    lines = rows_of(airings, late)

    found = log(*lines, known=airings)

    moments = {line: int(minutes) for line, minutes in zip(lines, late, strict=True)}
    paired = len(found.aired)
    assert len(set(found.aired)) == paired
    unknown = {lines[number - 2] for number in found.unknown}
    assert paired + len(unknown) == len(moments)
    if late == sorted(late):
        # Nobody overtakes, so every line that is near enough to its own airing has one.
        assert paired >= len({line for line, m in moments.items() if abs(m) <= DRIFT})


@given(st.text(alphabet="airngstued;\n,\t0129:.-\"'", max_size=80))
def test_whatever_a_file_holds_it_is_a_log_or_a_sentence(text: str) -> None:
    try:
        found = read_log("airing;status\n" + text, MORNING, CHANNELS)
    except JetkizError as error:
        sentence = translator("kk").error(error)
    else:
        sentence = ""
        assert {*found.aired, *found.missed} <= {1, 2, 3, 4}
    assert "Traceback" not in sentence


@given(st.binary(max_size=60))
def test_any_bytes_have_a_text(content: bytes) -> None:
    assert isinstance(decoded(content), str)


def test_a_line_says_what_stands_in_it() -> None:
    (line,) = read_lines("channel,date,start,status\nbalapan,26.01.2026,9:05,missed\n")

    assert (line.number, line.was_aired, line.channel) == (2, False, "balapan")
    assert line.start == datetime(2026, 1, 26, 9, 5)  # noqa: DTZ001 - the studio's wall clock
