"""The sample lessons fill the demo week, have real tasks, and keep everybody's name and licence."""

import re
import tomllib
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from jetkiz.demo.making.lesson_sources import Sources, load_entries
from jetkiz.demo.making.lessons import LESSONS, lesson_files

FOLDERS = sorted(path.parent for path in LESSONS.glob("*/lesson.toml"))
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
KEYS = {
    *("format", "code", "week", "day", "order", "subject", "grades", "minutes", "kind"),
    *("needs_picture", "weight", "title", "task", "licence"),
}


@cache
def head(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "lesson.toml").read_text(encoding="utf-8"))


def languages(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.md")}


def test_every_class_has_three_lessons_on_each_of_five_days() -> None:
    places = Counter(
        (language, grade, head(folder)["day"], head(folder)["order"])
        for folder in FOLDERS
        for language in languages(folder)
        for grade in head(folder)["grades"]
    )
    assert places == {
        (language, grade, day, order): 1
        for language in ("kk", "ru")
        for grade in range(1, 10)
        for day in ("mon", "tue", "wed", "thu", "fri")
        for order in (1, 2, 3)
    }


def test_about_ten_lessons_of_a_week_have_a_task() -> None:
    tasks = Counter(
        (language, grade)
        for folder in FOLDERS
        if "task" in head(folder)
        for language in languages(folder)
        for grade in head(folder)["grades"]
    )
    assert set(tasks.values()) <= {10, 11}


def test_subjects_are_spread_over_the_week() -> None:
    subjects = defaultdict(set)
    for folder in FOLDERS:
        for language in languages(folder):
            for grade in head(folder)["grades"]:
                subjects[language, grade].add(head(folder)["subject"])
    assert all(
        {"reading", "mathematics", "english", "nature"} <= one for one in subjects.values() if one
    )
    assert all("russian" in one or "kazakh" in one for one in subjects.values())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_lesson_has_the_agreed_form(folder: Path) -> None:
    said = head(folder)
    assert set(said) <= KEYS
    assert said["format"] == "jetkiz-lesson/1"
    assert said["code"] == folder.name
    assert re.fullmatch(r"[a-z0-9-]+", said["code"])
    assert said["week"] == "2026-W05"
    assert said["kind"] in {"text", "pictures", "practice"}
    assert set(said["title"]) == languages(folder)
    assert said["needs_picture"] == (folder / "img").is_dir()
    if "task" in said:
        assert set(said["task"]["text"]) == languages(folder)
        assert 1 <= said["task"]["due_days"] <= 5
        assert said["task"]["pages"] in {1, 2}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_picture_is_there_and_described(folder: Path) -> None:
    shown = set()
    for path in folder.glob("*.md"):
        for described, name in PICTURE.findall(path.read_text(encoding="utf-8")):
            assert len(described) > 10, name
            assert (folder / name).is_file()
            shown.add(name)
    assert shown == {f"img/{path.name}" for path in folder.glob("img/*")}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_licence_and_its_makers_stand_in_every_lesson(folder: Path) -> None:
    licence = head(folder)["licence"]
    assert licence["text_by"]
    assert licence["source"]
    full_text = f"{licence['name'].replace('BY 4', 'BY-4').replace(' ', '-')}.txt"
    assert (LESSONS / "LICENSES" / full_text).is_file()
    assert (folder / "LICENCE.txt").exists() == (licence["name"] == "CC BY-SA 4.0")
    if (folder / "img").is_dir():
        assert licence["name"] == "CC BY 4.0"
        assert licence["pictures_by"]


def test_the_pictures_stay_under_three_megabytes_and_a_lesson_under_300_kilobytes() -> None:
    sizes = {
        folder.name: sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        for folder in FOLDERS
    }
    assert max(sizes.values()) < 300_000
    assert sum(path.stat().st_size for path in LESSONS.rglob("*.jpg")) <= 3_000_000


def test_kazakh_pages_are_in_kazakh() -> None:
    for folder in FOLDERS:
        if "kk" in languages(folder):
            page = (folder / "kk.md").read_text(encoding="utf-8")
            words = re.findall(r"[а-яәғқңөұүһі]+", page.lower())
            kazakh = [word for word in words if set(word) & set("әғқңөұүһі")]
            assert len(kazakh) > len(words) / 8, folder.name


def test_russian_tasks_have_no_kazakh_letters_outside_kazakh_lessons() -> None:
    for folder in FOLDERS:
        if head(folder)["subject"] != "kazakh":
            task = head(folder).get("task", {"text": {}})["text"].get("ru", "")
            assert not set(task.lower()) & set("әғқңөұүһі"), folder.name


def test_sums_and_our_own_texts_are_made_again_to_the_byte() -> None:
    ours = [entry for entry in load_entries() if {"exercise", "body"} & set(entry)]
    assert len(ours) == 18
    for entry in ours:
        for name, content in lesson_files(entry, Sources()).items():
            assert (LESSONS / entry["code"] / name).read_bytes() == content, entry["code"]


def test_no_folder_is_left_from_an_older_making() -> None:
    assert {folder.name for folder in FOLDERS} == {entry["code"] for entry in load_entries()}
