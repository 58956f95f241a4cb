"""A file yields to the environment, the environment to an option; mistakes are sentences."""

import tempfile
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetkiz.config import Settings, load_settings
from jetkiz.errors import JetkizError
from jetkiz.storage.workplace import open_workplace

ALL = fields(Settings)


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_the_nearest_source_wins(tmp_path: Path) -> None:
    (tmp_path / "jetkiz.toml").write_text('language = "kk"\nzone = "Asia/Aqtau"\nworker = "w"\n')
    found = load_settings(
        tmp_path, {"JETKIZ_ZONE": "Asia/Oral", "JETKIZ_WORKER": "x"}, worker="y", language=None
    )
    assert (found.language, found.zone, found.worker) == ("kk", "Asia/Oral", "y")


def test_values_become_what_the_setting_is(tmp_path: Path) -> None:
    given = {
        "JETKIZ_DATA": "here",
        "JETKIZ_CONSOLE_PORT": "0",
        "JETKIZ_CONSOLE_SECURE": "yes",
        "JETKIZ_TELEGRAM_RATE": "5",
    }
    found = load_settings(tmp_path, given)
    assert (found.data, found.console_port) == (Path("here"), 0)
    assert (found.console_secure, found.telegram_rate) == (True, 5.0)


def test_an_option_may_already_be_typed(tmp_path: Path) -> None:
    found = load_settings(tmp_path, {}, console_secure=False, console_port=1)
    assert (found.console_secure, found.console_port) == (False, 1)


def test_the_database_is_a_file_in_the_data_folder_unless_named() -> None:
    assert Settings(data=Path("d")).url == "sqlite:///d/jetkiz.sqlite3"
    assert Settings(database_url="postgresql://h/d").url == "postgresql://h/d"


@pytest.mark.parametrize(
    ("file", "environment", "words"),
    [
        ("language = ", {}, "cannot be read"),
        ("colour = 1", {}, "no setting named colour"),
        ("", {"JETKIZ_CONSOLE_PORT": "http"}, "cannot be 'http'"),
        ("console_secure = 3", {}, "cannot be 3"),
        ('language = "de"', {}, "no language 'de'"),
        ("", {"JETKIZ_LANGUAGE": ""}, "no language ''"),
        ("", {"JETKIZ_CONSOLE_PORT": "70000"}, "console_port cannot be '70000'"),
        ("", {"JETKIZ_CONSOLE_PORT": "-1"}, "console_port cannot be '-1'"),
        ("", {"JETKIZ_CONSOLE_PORT": "8040.0"}, "console_port cannot be"),
        ("console_port = 65536", {}, "console_port cannot be 65536"),
        ("", {"JETKIZ_CONSOLE_SECURE": "maybe"}, "console_secure cannot be 'maybe'"),
        ("", {"JETKIZ_CONSOLE_SECURE": "ja"}, "console_secure cannot be 'ja'"),
        ("", {"JETKIZ_TELEGRAM_RATE": "0"}, "telegram_rate cannot be '0'"),
        ("", {"JETKIZ_TELEGRAM_RATE": "nan"}, "telegram_rate cannot be 'nan'"),
        ("", {"JETKIZ_TELEGRAM_CHAT_RATE": "inf"}, "telegram_chat_rate cannot be 'inf'"),
        ("telegram_rate = -1", {}, "telegram_rate cannot be -1"),
        ("print_capacity = -5", {}, "print_capacity cannot be -5"),
        ("post_money = -1", {}, "post_money cannot be -1"),
        ('database_url = "\\q"', {}, "cannot be read"),
    ],
)
def test_mistakes_are_sentences(
    tmp_path: Path, file: str, environment: dict[str, str], words: str
) -> None:
    (tmp_path / "jetkiz.toml").write_text(file)
    with pytest.raises(JetkizError, match=words) as caught:
        load_settings(tmp_path, environment)
    assert caught.value.remedy


@pytest.mark.parametrize("word", ["1", "true", "TRUE", "yes", "On", " on "])
def test_words_that_switch_on(tmp_path: Path, word: str) -> None:
    assert load_settings(tmp_path, {"JETKIZ_CONSOLE_SECURE": word}).console_secure is True


@pytest.mark.parametrize("word", ["", "0", "false", "False", "no", "OFF"])
def test_words_that_switch_off(tmp_path: Path, word: str) -> None:
    (tmp_path / "jetkiz.toml").write_text("console_secure = true")
    assert load_settings(tmp_path, {"JETKIZ_CONSOLE_SECURE": word}).console_secure is False


def test_every_default_is_a_value_that_may_be_set(tmp_path: Path) -> None:
    """What the program says of itself it takes back: from the environment and from a file."""
    environment = {f"JETKIZ_{f.name.upper()}": str(getattr(Settings(), f.name)) for f in ALL}
    assert load_settings(tmp_path, environment) == Settings()
    lines = [f"{f.name} = {toml(getattr(Settings(), f.name))}" for f in ALL]
    (tmp_path / "jetkiz.toml").write_text("\n".join(lines), "utf-8")
    assert load_settings(tmp_path, {}) == Settings()


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(str(value)) if isinstance(value, str | Path) else str(value)


def outcome(folder: Path, environment: dict[str, str]) -> Settings | JetkizError:
    try:
        return load_settings(folder, environment)
    except JetkizError as error:
        return error


@given(st.sampled_from([f.name for f in ALL]), st.text(max_size=30))
def test_any_text_in_the_environment_is_taken_or_refused_in_words(name: str, text: str) -> None:
    found = outcome(Path("/nowhere"), {f"JETKIZ_{name.upper()}": text})
    if isinstance(found, JetkizError):
        assert found.remedy
        assert str(found)
    else:
        assert isinstance(getattr(found, name), type(getattr(Settings(), name)))


@given(st.binary(max_size=60))
def test_any_file_is_read_or_refused_in_words(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "jetkiz.toml").write_bytes(content)
        found = outcome(Path(folder), {})
    assert not isinstance(found, JetkizError) or found.remedy


@pytest.mark.parametrize("zone", ["", "Nowhere", "../etc/passwd", "Asia/", "Asia/Almaty\0", "/etc"])
def test_a_zone_that_is_none_opens_no_workplace(tmp_path: Path, zone: str) -> None:
    with pytest.raises(JetkizError, match="no time zone"):
        open_workplace(Settings(data=tmp_path, zone=zone))


@pytest.mark.parametrize(
    ("title", "rule"),
    [("9A", "closed"), ("9 А", "closed"), ("9 «а»", "closed"), ("1B", "accept"), ("9B", "flag")],
)
def test_a_class_has_its_own_rule_for_late_work_or_that_of_the_school(
    tmp_path: Path, title: str, rule: str
) -> None:
    """Whoever writes the setting may have another keyboard than who wrote the roster."""
    found = load_settings(tmp_path, {"JETKIZ_LATE_WORK_CLASSES": " 9А = closed,1В=accept, "})
    assert found.late_rule(title) == rule


@pytest.mark.parametrize("said", ["9A", "9A=", "9A=never", "9A=closed, 9B=late", "9A:closed"])
def test_a_rule_for_late_work_that_there_is_not_is_refused(tmp_path: Path, said: str) -> None:
    with pytest.raises(JetkizError) as refusal:
        load_settings(tmp_path, {"JETKIZ_LATE_WORK_CLASSES": said})
    assert refusal.value.facts["name"] == "late_work_classes"


@given(st.text(max_size=12))
def test_without_rules_of_their_own_all_classes_follow_the_school(title: str) -> None:
    assert Settings(late_work="closed").late_rule(title) == "closed"
