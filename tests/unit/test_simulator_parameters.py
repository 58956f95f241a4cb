"""Every number of the simulator has a source; what cannot be a number is refused by its name."""

import copy
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from scheduler.nation.chances import CHANNELS
from scheduler.simulator.parameters import parameters_of, read_parameters

SHIPPED = tomllib.loads(
    (resources.files("scheduler.simulator") / "data/parameters.toml").read_text("utf-8")
)
NAMES = sorted((group, name) for group, some in SHIPPED.items() for name in some)


def changed(group: str, name: str, value: object) -> dict[str, Any]:
    found = copy.deepcopy(SHIPPED)
    found[group][name] = value
    return found


def said(error: pytest.ExceptionInfo[JetkizError]) -> str:
    return str(error.value)


def test_the_shipped_file_is_read_whole() -> None:
    numbers = read_parameters()
    assert numbers.events.airing_dropped == 0.03
    assert numbers.truth.student_channel_spread == 0.9
    assert numbers.seen.messenger_failed == 0.7
    assert set(numbers.sources) == {f"{group}.{name}" for group, name in NAMES}
    assert all(numbers.sources.values())


def test_every_channel_of_the_nation_has_its_numbers() -> None:
    numbers = read_parameters()
    for channel in CHANNELS:
        assert numbers.returns.of(channel) > 0
        assert numbers.heard.of(channel) > 0
    assert numbers.returns.of("pigeon") == 0


@given(st.sampled_from(NAMES), st.floats(0, 1))
def test_a_chance_inside_its_range_is_taken(name: tuple[str, str], value: float) -> None:
    found = parameters_of(changed(*name, {"value": value, "source": "assumed"}))
    assert getattr(getattr(found, name[0]), name[1]) == value


@given(
    st.sampled_from(NAMES),
    st.one_of(st.floats(max_value=-1e-9), st.floats(min_value=5.001), st.just(float("nan"))),
)
def test_a_number_outside_its_range_is_refused_by_name(name: tuple[str, str], value: float) -> None:
    with pytest.raises(JetkizError) as error:
        parameters_of(changed(*name, {"value": value, "source": "assumed"}))
    assert ".".join(name) in said(error)


def test_a_spread_may_be_wider_than_a_chance() -> None:
    wide = {"value": 1.5, "source": "assumed"}
    assert parameters_of(changed("truth", "student_spread", wide)).truth.student_spread == 1.5
    with pytest.raises(JetkizError, match=r"seen\.messenger_failed is 1\.5"):
        parameters_of(changed("seen", "messenger_failed", wide))


@pytest.mark.parametrize(
    "value",
    [
        0.03,
        "3 %",
        None,
        [],
        True,
        {"value": 0.03},
        {"value": "many", "source": "assumed"},
        {"value": True, "source": "assumed"},
        {"value": 1, "source": "assumed", "unit": "%"},
    ],
)
def test_a_number_without_a_source_beside_it_is_refused(value: object) -> None:
    with pytest.raises(JetkizError, match=r"events\.airing_dropped"):
        parameters_of(changed("events", "airing_dropped", value))


@pytest.mark.parametrize("source", ["", "  ", 7])
def test_a_source_says_something(source: object) -> None:
    with pytest.raises(JetkizError, match="does not say where its number comes from"):
        parameters_of(changed("events", "airing_dropped", {"value": 0.1, "source": source}))


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_number_is_named(name: tuple[str, str]) -> None:
    found = copy.deepcopy(SHIPPED)
    del found[name[0]][name[1]]
    with pytest.raises(JetkizError, match=rf"{name[0]}\.{name[1]} is missing"):
        parameters_of(found)


def test_unknown_names_and_missing_groups_are_refused() -> None:
    with pytest.raises(JetkizError, match=r"no parameter events\.meteorites"):
        parameters_of(changed("events", "meteorites", {"value": 0.1, "source": "assumed"}))
    with pytest.raises(JetkizError, match="no parameter weather"):
        parameters_of({**SHIPPED, "weather": {}})
    without = {name: group for name, group in SHIPPED.items() if name != "heard"}
    with pytest.raises(JetkizError, match="heard is missing"):
        parameters_of(without)
    with pytest.raises(JetkizError, match="heard"):
        parameters_of({**SHIPPED, "heard": 5})


def test_a_file_that_is_none_is_refused_in_every_language(tmp_path: Path) -> None:
    broken = tmp_path / "own.toml"
    broken.write_text("[truth\n", "utf-8")
    for file in (broken, tmp_path / "nowhere.toml"):
        with pytest.raises(JetkizError, match="cannot be read") as error:
            read_parameters(file)
        for language in ("kk", "ru"):
            words = translator(language)(error.value.sentence, **error.value.facts)
            assert str(file) in words
            assert "cannot" not in words
