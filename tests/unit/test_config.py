"""A file yields to the environment, the environment to an option; mistakes are sentences."""

from pathlib import Path

import pytest

from jetkiz.config import Settings, load_settings
from jetkiz.errors import JetkizError


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
    ],
)
def test_mistakes_are_sentences(
    tmp_path: Path, file: str, environment: dict[str, str], words: str
) -> None:
    (tmp_path / "jetkiz.toml").write_text(file)
    with pytest.raises(JetkizError, match=words) as caught:
        load_settings(tmp_path, environment)
    assert caught.value.remedy
