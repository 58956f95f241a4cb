"""The page of settings knows every setting as the code has it."""

import dataclasses

from jetkiz.config import Settings
from tools import reference


def test_the_page_is_as_the_code() -> None:
    page = reference.SETTINGS.read_text("utf-8")
    assert page == reference.settings_page(), "run: python -m tools.reference"


def test_every_setting_has_a_meaning() -> None:
    meanings = reference._meanings()
    assert {field.name for field in dataclasses.fields(Settings)} == set(meanings)
    assert all(meanings.values())
