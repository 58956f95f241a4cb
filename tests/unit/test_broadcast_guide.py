"""The programme guide: what tools we did not write make of it, and what our checker refuses."""

import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from broadcast.export.as_xmltv import as_xmltv
from broadcast.export.checking_xmltv import guide_faults, refuse_faulty_guide
from broadcast.export.rows import export_rows, guide_ids_of, withdrawn_rows
from broadcast.plan.model import AiringKind, AiringStatus
from jetkiz.errors import JetkizError
from tests.broadcast_export_weeks import (
    CHANNELS,
    MONDAY,
    TWO_ZONES,
    ZONE_CHANGE,
    airing,
    full_week,
    small_week,
)

DTD = Path("/usr/share/xmltv/xmltv.dtd")
FIRST = airing("a1", "l1", 0, "09:00")
REPEAT = airing("a2", "l1", 1, "19:00", kind=AiringKind.REPEAT)
NEXT = airing("a3", "l2", 0, "09:15")


@pytest.mark.parametrize("first_day", [MONDAY, ZONE_CHANGE, TWO_ZONES])
def test_our_checker_finds_nothing_in_a_full_week(first_day: date) -> None:
    problem, plan = full_week(first_day)
    guide = as_xmltv(export_rows(problem, plan))
    assert guide_faults(guide) == []
    moments = [
        (datetime.strptime(node.get("start"), "%Y%m%d%H%M%S %z"), node.get("channel"))
        for node in etree.fromstring(guide).iter("programme")
    ]
    names = guide_ids_of(problem.channels)
    assert sorted(moments) == sorted((one.start, names[one.channel]) for one in plan.airings)


@pytest.mark.needs("tv_validate_file", "tv_sort")
def test_the_tools_of_the_trade_take_the_guide_as_it_is(tmp_path: Path) -> None:
    """Sorted by the reference sorter it is the same file, byte by byte; three weeks at once."""
    file = tmp_path / "guide.xml"
    weeks = (TWO_ZONES, ZONE_CHANGE, MONDAY)
    file.write_bytes(as_xmltv([row for day in weeks for row in export_rows(*full_week(day, 150))]))
    assert etree.DTD(str(DTD)).validate(etree.parse(str(file)))
    checked = subprocess.run(
        ["tv_validate_file", "--dtd-file", str(DTD), str(file)], capture_output=True, check=False
    )
    ordered = subprocess.run(["tv_sort", str(file)], capture_output=True, check=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert ordered.stderr == b""
    assert ordered.stdout == file.read_bytes()


def test_hours_that_a_change_of_the_zone_repeats_stay_in_order() -> None:
    """29 February 2024, Almaty: after 23:59 came 23:00 again, an hour further from Greenwich."""
    nights = [datetime(2024, 2, 29, hour, 30, tzinfo=UTC) for hour in (17, 18)]
    late = [replace(FIRST, id=f"a{n}", start=start) for n, start in enumerate(nights)]
    rows = export_rows(*small_week(*late))
    assert [f"{row.start:%d %H:%M %z}" for row in rows] == ["29 23:30 +0600", "29 23:30 +0500"]
    assert guide_faults(as_xmltv(rows)) == []


def test_the_series_is_the_title_and_the_lesson_the_episode() -> None:
    (node,) = etree.fromstring(as_xmltv(export_rows(*small_week(FIRST)))).findall("programme")
    assert node.findtext("title") == "Оқу, 1-2-сынып"
    assert node.findtext("sub-title") == "Ер Төстік <ертегі> & қазан"
    assert node.findtext("episode-num") == "0 . 0 . "
    assert node.get("start") == "20260126090000 +0500"
    assert node.find("desc") is None


def test_a_repeat_says_when_it_was_shown_before_and_a_first_run_when_it_is_seen_again() -> None:
    nodes = etree.fromstring(as_xmltv(export_rows(*small_week(FIRST, REPEAT)))).findall("programme")
    assert [node.find("previously-shown") is None for node in nodes] == [True, False]
    before = nodes[1].find("previously-shown")
    assert dict(before.attrib) == {"start": "20260126090000 +0500", "channel": "balapan.jetkiz"}
    assert "27 қаң. 19:00, Балапан" in nodes[0].findtext("desc")
    assert nodes[1].find("desc") is None


def test_what_was_shown_before_is_on_the_own_channel_where_it_was() -> None:
    rows = export_rows(
        *small_week(
            airing("a", "l1", 0, "09:00"),
            airing("b", "l1", 0, "10:00", "khabar", kind=AiringKind.REPEAT),
            airing("c", "l1", 0, "18:00", kind=AiringKind.REPEAT),
        )
    )
    earlier = [row.earlier and (row.earlier.channel.id, row.earlier.start.hour) for row in rows]
    assert earlier == [None, ("balapan", 9), ("balapan", 9)]


def test_a_repeat_of_last_week_is_a_repeat_and_a_make_up_of_what_nobody_saw_is_new() -> None:
    alone = etree.fromstring(as_xmltv(export_rows(*small_week(REPEAT)))).find("programme")
    assert dict(alone.find("previously-shown").attrib) == {}
    lost = replace(FIRST, status=AiringStatus.MISSED)
    made_up = replace(REPEAT, kind=AiringKind.MAKEUP, supersedes="a1")
    new = etree.fromstring(as_xmltv(export_rows(*small_week(lost, made_up)))).findall("programme")
    assert len(new) == 1
    assert new[0].find("previously-shown") is None
    # In time it keeps its number, and stands for no other airing.
    in_time = replace(FIRST, kind=AiringKind.MAKEUP, sequence=1)
    (row,) = export_rows(*small_week(in_time))
    assert not row.is_repeat
    assert b"previously-shown" not in as_xmltv([row])
    cut_off = replace(FIRST, status=AiringStatus.SHORT)
    seen = etree.fromstring(as_xmltv(export_rows(*small_week(cut_off, made_up))))
    assert seen.findall("programme")[1].find("previously-shown") is not None


def test_what_is_withdrawn_is_no_programme_and_knows_where_the_lesson_went() -> None:
    moved = replace(FIRST, status=AiringStatus.MOVED)
    week = small_week(moved, replace(REPEAT, kind=AiringKind.FIRST, supersedes="a1"))
    assert [row.airing.id for row in export_rows(*week)] == ["a2"]
    (row,) = withdrawn_rows(*week)
    assert [f"{one.start:%a %H:%M}" for one in row.again] == ["Tue 19:00"]


def test_sign_language_and_sound_alone_are_said() -> None:
    problem, plan = full_week()
    nodes = etree.fromstring(as_xmltv(export_rows(problem, plan))).findall("programme")
    signed = {one.id for one in problem.lessons if one.sign_language}
    assert len([n for n in nodes if n.find("subtitles[@type='deaf-signed']") is not None]) == sum(
        one.lesson in signed for one in plan.airings
    )
    silent = {n.get("channel") for n in nodes if n.findtext("video/present") == "no"}
    assert silent == {"shalqar.jetkiz"}


def test_homes_are_not_sent_to_a_channel_of_another_region() -> None:
    east, west = (replace(one, regions=(name,)) for one, name in zip(CHANNELS, "ew", strict=False))
    elsewhere = replace(REPEAT, channel=west.id)
    rows = export_rows(*small_week(FIRST, elsewhere, channels=(east, west)))
    assert [row.again for row in rows] == [(), ()]


def test_channels_have_names_with_a_dot_and_each_its_own() -> None:
    names = guide_ids_of(
        [*CHANNELS, replace(CHANNELS[0], id="el-arna"), replace(CHANNELS[0], id="Ұ")]
    )
    assert len(set(names.values())) == len(CHANNELS) + 2
    assert names["khabar"] == "24.kz"
    with pytest.raises(JetkizError, match="cannot name the channel balapan"):
        guide_ids_of([replace(CHANNELS[0], guide_id="Балапан")])
    with pytest.raises(JetkizError, match=r"Two channels are called 24\.kz"):
        guide_ids_of([CHANNELS[4], replace(CHANNELS[0], guide_id="24.kz")])


GOOD = as_xmltv(export_rows(*small_week(FIRST, NEXT, REPEAT))).decode()

FAULTS = {
    "unknown channel": (
        'stop="20260126091500 +0500" channel="balapan',
        'stop="20260126091500 +0500" channel="arna',
        "is not in the guide",
    ),
    "channel without programmes": (
        "  <programme",
        '  <channel id="x.kz">\n<display-name>x</display-name></channel>\n  <programme',
        "has no programme",
    ),
    "id without a dot": ("balapan.jetkiz", "balapan", "has no dot"),
    "channel twice": (
        "  <programme",
        '  <channel id="balapan.jetkiz"><display-name>x</display-name></channel>\n  <programme',
        "twice",
    ),
    "channel without a name": ("Балапан</display-name>", " </display-name>", "has no name to show"),
    "channel after a programme": (
        "</tv>",
        '<channel id="balapan.jetkiz"/></tv>',
        "channels come first",
    ),
    "name after icon": ("    <display-name", '    <icon src="x"/><display-name', "wrong order"),
    "missing title": (r"<title.*?</title>\n", "", "title is missing"),
    "empty title": (r"<title.*?</title>", "<title> </title>", "title is empty"),
    "wrong order": (
        r"(    <title.*?\n)(    <sub-title.*?\n)",
        r"\2\1",
        "title must stand before sub-title",
    ),
    "element twice": (
        "    <language>kk</language>",
        "    <language>kk</language><language>kk</language>",
        "stands there twice",
    ),
    "unknown element": ("    <category", "    <home>5</home><category", "home is unknown"),
    "unknown attribute": ("<programme start", '<programme day="1" start', "day is unknown"),
    "unknown part": ("</tv>", "<note/></tv>", "note has no place"),
    "bad number": ("0 . 0 . ", "0 / 0", "episode-num cannot be"),
    "negative number": ("0 . 0 . ", "-1 . 0 . ", "episode-num cannot be"),
    "bad language": ("<language>kk", "<language>қазақ", "language cannot be"),
    "bad lang": ('lang="kk"', 'lang="k_k"', "lang cannot be"),
    "bad length": ('units="minutes"', 'units="lessons"', "length cannot be"),
    "bad repeat": (
        r'shown start="\d+ ',
        'shown start="20261326090000 ',
        "previously-shown cannot be",
    ),
    "overlap": ('20260126091500 +0500" channel', '20260126092000 +0500" channel', "overlap"),
    "stop before start": ('stop="20260126091500', 'stop="20260126084500', "stops before it begins"),
    "month 13": ('start="20260126090000', 'start="20261326090000', "a real day with its zone"),
    "hour 25": ('start="20260126090000', 'start="20260126250000', "a real day with its zone"),
    "no zone": (
        'start="20260126090000 +0500"',
        'start="20260126090000"',
        "a real day with its zone",
    ),
    "zone of no place": (
        'start="20260126090000 +0500"',
        'start="20260126090000 +9900"',
        "a real day",
    ),
    "no stop": (r' stop="20260126091500 \+0500"', "", "a real day with its zone"),
    "not in order": (
        r"(?s)(  <programme.*?</programme>\n)(  <programme.*?</programme>\n)",
        r"\2\1",
        "order of time",
    ),
    "no guide": ("<tv ", "<tw ", "no XML"),
    "another root": (r"<(/?)tv\b", r"<\1radio", "begins with radio"),
}


def test_nothing_is_wrong_with_the_guide_that_faults_are_planted_in() -> None:
    assert guide_faults(GOOD.encode()) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_refused(name: str) -> None:
    old, new, words = FAULTS[name]
    broken = re.sub(old if "\\" in old or ".*" in old else re.escape(old), new, GOOD)
    assert broken != GOOD
    assert any(words in str(fault) for fault in guide_faults(broken.encode()))
    with pytest.raises(JetkizError, match="Nothing was written"):
        refuse_faulty_guide(broken.encode())
