"""Commands that the demo types for its reader: shown with their answer, refused like any other."""

from pathlib import Path

import click
import pytest

from jetkiz.demo.stage import open_diary, open_stage
from jetkiz.demo.typed import typed
from jetkiz.storage.schema import upgrade


def test_a_command_is_shown_with_what_it_answers_and_leaves_the_school_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_stage(open_diary(tmp_path / "demo"), "en", None) as stage:
        upgrade(stage.workplace.database)
        roll = ("post", "numbers", "add", "RR", "00000001", "00000009", "--specimen")
        typed(stage, *roll)
        typed(stage, *roll)
        typed(stage, "packs", "legs", "2026-W05")
        with pytest.raises(click.UsageError):
            typed(stage, "packs", "legs")
        with stage.workplace.database.read() as connection:
            assert connection.exec_driver_sql("select count(*) from s10_range").scalar() == 1
    first, second, last, _ = capsys.readouterr().out.split("    $ jetkiz ")[1:]
    assert first.splitlines()[1].strip().startswith("9 numbers from RR 000 000 014 KZ")
    assert "Error: The numbers from RR 000 000 014 KZ" in second
    assert "No packs have been made" in last
