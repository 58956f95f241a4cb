"""How much there is for a week, and which school draws on what."""

from pathlib import Path

import pytest

from jetkiz.config import Settings
from jetkiz.errors import JetkizError
from jetkiz.roster.model import School
from scheduler.capacities import capacities_of, shares_of
from scheduler.rules.channel_choice import Resource

NORTH = School(1, "s1", "North", "Asia/Qostanay", "39")
SOUTH = School(2, "s2", "South", "Asia/Almaty", "61")


def _amounts(folder: Path, text: str = "", **settings: int) -> dict[tuple[str, str], float]:
    if text:
        (folder / "capacity.csv").write_text(text, "utf-8")
    found = capacities_of(Settings(data=folder, **settings), [NORTH, SOUTH])
    return {(one.resource.value, one.key): one.amount for one in found}


def test_without_a_file_the_settings_hold_for_all_schools(tmp_path: Path) -> None:
    assert _amounts(tmp_path, print_capacity=700, post_money=9000) == {
        ("post_money", "all"): 9000,
        ("print_pages", "all"): 700,
    }


def test_what_is_not_counted_sets_no_limit(tmp_path: Path) -> None:
    named = {resource for resource, _ in _amounts(tmp_path)}
    assert named == {Resource.POST_MONEY, Resource.PRINT_PAGES}


def test_messages_are_counted_day_by_day(tmp_path: Path) -> None:
    found = _amounts(tmp_path, telegram_messages=50)
    assert {key for resource, key in found if resource == Resource.MESSAGES} == {
        f"all@{day}" for day in range(5)
    }


def test_a_part_of_copier_and_seats_is_kept_for_what_fails(tmp_path: Path) -> None:
    found = _amounts(tmp_path, copier_pages=200, duty_seats=40, print_capacity=200)
    assert found["copier_pages", "all"] == 190
    assert found["duty_seats", "all"] == 38
    assert found["print_pages", "all"] == 200


def test_what_is_kept_is_told_to_second_ways_and_nothing_gets_lost(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, copier_pages=200, duty_seats=40, print_capacity=200)
    found = {one.resource: one for one in capacities_of(settings, [NORTH, SOUTH])}
    copier, seats = found[Resource.COPIER_PAGES], found[Resource.DUTY_SEATS]
    assert (copier.amount + copier.kept, copier.kept) == (200, 10)
    assert (seats.amount + seats.kept, seats.kept) == (40, 2)
    assert found[Resource.PRINT_PAGES].kept == 0


def test_a_few_seats_are_all_given(tmp_path: Path) -> None:
    assert _amounts(tmp_path, duty_seats=4)["duty_seats", "all"] == 4


def test_a_school_or_region_can_have_its_own(tmp_path: Path) -> None:
    text = "resource,key,amount\nprint_pages,2,10\npost_money,region:39,500\npost_money,all,70\n"
    found = _amounts(tmp_path, text, post_money=9000, print_capacity=700)
    assert found == {
        ("post_money", "all"): 70,
        ("post_money", "region:39"): 500,
        ("print_pages", "2"): 10,
        ("print_pages", "all"): 700,
    }
    assert shares_of([NORTH, SOUTH]) == {1: ("region:39",), 2: ("region:61",)}


def test_a_school_of_no_known_region_draws_on_what_all_share() -> None:
    assert shares_of([School(3, "s3", "Lost", "Asia/Almaty")]) == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("paper,all,5", "no resource 'paper'"),
        ("print_pages,7,5", "no school or region '7'"),
        ("print_pages,region:99,5", "no school or region 'region:99'"),
        ("print_pages,all,-5", "'-5' is no amount"),
        ("print_pages,all,many", "'many' is no amount"),
        ("print_pages,all,nan", "'nan' is no amount"),
        ("print_pages,all", "'' is no amount"),
        ("print_pages,all,5\nprint_pages,all,6", "print_pages all stands there twice"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(JetkizError, match=words) as caught:
        _amounts(tmp_path, f"resource,key,amount\n{line}\n")
    assert "line" in str(caught.value.remedy)


def test_a_file_without_its_columns_says_which(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="resource, key, amount"):
        _amounts(tmp_path, "resource;key;amount\nprint_pages;all;5\n")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "capacity.csv").write_bytes(b"resource,key,amount\nprint_pages,all,\xff\xfe\n")
    with pytest.raises(JetkizError, match="cannot be read"):
        _amounts(tmp_path)


def test_less_than_nothing_in_the_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="there cannot be less than nothing"):
        _amounts(tmp_path, post_money=-1)
