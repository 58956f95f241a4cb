"""Pieces of the demo that can be looked at without playing the whole week."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from jetkiz.demo.notebook import notebook_photo
from jetkiz.demo.stage import DIARY, open_diary, open_stage
from jetkiz.demo.week_clock import WeekClock, moment
from jetkiz.errors import JetkizError


def test_the_clock_only_goes_forward() -> None:
    clock = WeekClock(moment("mon", "08:00"))
    clock.move_to(moment("tue", "08:00"))
    assert clock.move_to(moment("mon", "09:00")) == moment("tue", "08:00") == clock()


def test_the_week_before_is_seven_days_earlier() -> None:
    assert moment("thu", "09:00") - moment("before thu", "09:00") == timedelta(days=7)
    assert moment("mon", "00:00").isoformat() == "2026-01-26T00:00:00+05:00"


def test_an_unfinished_demo_goes_on_where_it_was(tmp_path: Path) -> None:
    open_diary(tmp_path / "demo").note("school")
    diary = open_diary(tmp_path / "demo")
    assert diary.done == ["school"]
    diary.moment = "2026-01-26T07:40:00+05:00"
    diary.save()
    assert open_diary(tmp_path / "demo").moment == "2026-01-26T07:40:00+05:00"


def test_a_finished_demo_makes_room_for_the_next(tmp_path: Path) -> None:
    diary = open_diary(tmp_path / "demo")
    diary.finished = True
    diary.note("close")
    (tmp_path / "demo" / "report.json").write_text("{}")
    assert open_diary(tmp_path / "demo").done == []
    assert [file.name for file in (tmp_path / "demo").iterdir()] == [DIARY]


def test_a_folder_with_something_else_is_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(JetkizError, match="not a demo"):
        open_diary(tmp_path)
    assert (tmp_path / "thesis.docx").exists()


@pytest.mark.parametrize("words", ["{}", "[1]", '{"done": 1, "finished": 0}', "{half", ""])
def test_a_strangers_diary_is_left_alone(tmp_path: Path, words: str) -> None:
    (tmp_path / DIARY).write_text(words)
    with pytest.raises(JetkizError, match="not a demo"):
        open_diary(tmp_path)
    assert (tmp_path / DIARY).read_text() == words


def test_a_diary_says_what_is_done(tmp_path: Path) -> None:
    open_diary(tmp_path).note("school")
    found = json.loads((tmp_path / DIARY).read_text())
    assert (found["done"], found["finished"]) == (["school"], False)
    assert found["moment"] == "2026-01-22T08:00:00+05:00"


def test_a_notebook_is_a_real_photo_and_the_same_each_time() -> None:
    photo = notebook_photo("a")
    assert photo == notebook_photo("a") != notebook_photo("b")
    assert Image.open(io.BytesIO(photo)).size == (810, 1080)


def test_the_families_of_a_demo_outlive_the_program(tmp_path: Path) -> None:
    """Codes that were redeemed before a kill would be refused the second time."""
    diary = open_diary(tmp_path / "demo")
    with open_stage(diary, "en", None) as stage:
        stage.people.person("family-h01", "Ахметова", "kk")
        stage.people.start("family-h01")
        before = stage.people.chat("family-h01")
    with open_stage(diary, "en", None) as stage:
        assert stage.people.chat("family-h01") == before != []
