"""Which airings reach a home, as families have televisions, radios and regions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from broadcast.problem.model import Medium
from broadcast.receiving import OnAir, Station, can_follow, likeness, reach, reaching
from jetkiz.i18n import LANGUAGES, translator
from jetkiz.roster.access_profile import AccessProfile, Fact, FactKind, Source
from jetkiz.roster.model import Home, Need, Student

MONDAY = date(2026, 1, 26)
TV = Station("balapan", "Balapan")
NORTH = Station("north", "North TV", regions=("39", "59"))
RADIO = Station("shalqar", "Shalqar", Medium.RADIO)


def on(station: Station, day: int = 0, hour: int = 4) -> OnAir:
    start = datetime(2026, 1, 26, hour, tzinfo=UTC) + timedelta(days=day)
    return OnAir(station, start, MONDAY + timedelta(days=day))


def home(*needs: Need, region: str = "", **facts: str) -> Home:
    known = tuple(
        Fact(FactKind(kind), value, Source.SURVEY, MONDAY) for kind, value in facts.items()
    )
    student = Student(1, 1, 1, "2A", 2, "kk", frozenset(needs))
    return Home(student, AccessProfile(known), region=region)


EVERYTHING = {"tv": "balapan, north", "radio": "shalqar"}


@pytest.mark.parametrize(
    ("who", "stations"),
    [
        (home(**EVERYTHING), [TV, NORTH, RADIO]),
        (home(tv="balapan"), [TV]),
        (home(tv="none", radio="shalqar"), [RADIO]),
        (home(Need.BRAILLE, **EVERYTHING), [RADIO]),
        (home(Need.LARGE_PRINT, **EVERYTHING), [TV, NORTH, RADIO]),
        (home(Need.SIGN_LANGUAGE, **EVERYTHING), []),
        (home(region="39", **EVERYTHING), [TV, NORTH, RADIO]),
        (home(region="75", **EVERYTHING), [TV, RADIO]),
        (home(), []),
    ],
)
def test_a_home_sees_what_its_sets_its_region_and_its_child_can(
    who: Home, stations: list[Station]
) -> None:
    airings = [on(TV), on(NORTH), on(RADIO)]
    assert [one.station for one in reaching(airings, who)] == stations
    assert reach(airings, who).possible == bool(stations)


@pytest.mark.parametrize(
    ("airings", "who", "words"),
    [
        ([], home(**EVERYTHING), "TV does not show"),
        ([on(TV)], home(), "not known which TV"),
        ([on(RADIO)], home(), "not known which radio"),
        ([on(TV)], home(tv="north"), "does not receive the TV channel Balapan"),
        ([on(RADIO)], home(radio="none"), "does not receive the radio station Shalqar"),
        ([on(NORTH)], home(region="75", **EVERYTHING), "North TV is not received in the region"),
        ([on(TV)], home(Need.BRAILLE, **EVERYTHING), "cannot be used"),
        ([on(TV)], home(Need.SIGN_LANGUAGE, **EVERYTHING), "no interpreter"),
        ([on(RADIO)], home(Need.SIGN_LANGUAGE, **EVERYTHING), "radio cannot be used"),
        ([on(TV, day=3)], home(**EVERYTHING), "only after the work is due"),
    ],
)
def test_out_of_reach_says_why_in_every_language(
    airings: list[OnAir], who: Home, words: str
) -> None:
    answer = reach(airings, who, until=MONDAY + timedelta(days=2))
    assert not answer.possible
    said = {language: translator(language)(answer.test, **answer.facts) for language in LANGUAGES}
    assert words in said["en"]
    assert len(set(said.values())) == len(LANGUAGES)


def test_who_does_not_hear_follows_an_interpreter_on_the_screen() -> None:
    airings = [replace(one, is_signed=True) for one in (on(TV), on(NORTH), on(RADIO))]
    deaf = home(Need.SIGN_LANGUAGE, **EVERYTHING)
    assert [one.station for one in reaching(airings, deaf)] == [TV, NORTH]
    assert reach(airings, deaf).facts == {"channel": "Balapan"}
    assert reaching(airings, home(Need.SIGN_LANGUAGE, tv="none", radio="shalqar")) == []
    both = home(Need.SIGN_LANGUAGE, Need.BRAILLE, **EVERYTHING)
    assert not any(can_follow(one, both.student) for one in airings)
    assert can_follow(on(TV), home().student)


def test_a_repeat_reaches_the_home_that_the_first_run_does_not() -> None:
    airings = [on(NORTH), on(TV, day=1)]
    answer = reach(airings, home(tv="balapan"), until=MONDAY + timedelta(days=1))
    assert answer.possible
    assert answer.facts == {"channel": "Balapan"}
    assert not reach(airings, home(tv="balapan"), until=MONDAY).possible


def test_power_cuts_take_the_television_and_leave_the_radio() -> None:
    steady, cuts = home(**EVERYTHING), home(electricity="cuts", **EVERYTHING)
    assert reach([on(TV)], cuts).likelihood < reach([on(TV)], steady).likelihood
    assert reach([on(RADIO)], cuts).likelihood == reach([on(RADIO)], steady).likelihood


def test_homes_alike_on_the_air_are_one() -> None:
    assert likeness(home(post="yes", **EVERYTHING)) == likeness(home(**EVERYTHING))
    assert likeness(home(region="39")) != likeness(home())
    assert likeness(home(Need.BRAILLE)) != likeness(home()) != likeness(home(Need.SIGN_LANGUAGE))
    assert likeness(home(Need.LARGE_PRINT)) == likeness(home())
