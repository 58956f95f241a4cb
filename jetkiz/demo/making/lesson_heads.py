"""What the school must know of a sample lesson: its place in the week, its task, its licence."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from jetkiz.demo.making.lesson_pages import written_exercises
from jetkiz.demo.making.lesson_sources import Sources

WEEK = "2026-W05"
OURS = "Jetkiz"


def head(entry: Mapping[str, Any], titles: Mapping[str, str], sources: Sources) -> str:
    """The text of lesson.toml."""
    lines = [
        'format = "jetkiz-lesson/1"',
        f"code = {_quoted(entry['code'])}",
        f'week = "{WEEK}"',
        f"day = {_quoted(entry['day'])}",
        f"order = {entry['order']}",
        f"subject = {_quoted(entry['subject'])}",
        f"grades = {entry['grades']}",
        f"minutes = {entry['minutes']}",
        f"kind = {_quoted(_kind(entry))}",
        f"needs_picture = {str('story' in entry).lower()}",
        f"weight = {entry.get('weight', 1.0)}",
        "",
        "[title]",
        *(f"{language} = {_quoted(title)}" for language, title in titles.items()),
    ]
    if "task" in entry:
        lines += _task(entry, titles)
    lines += ["", "[licence]"]
    lines += [f"{key} = {_quoted(value)}" for key, value in licence(entry, sources).items()]
    return "\n".join(lines) + "\n"


def quiz(questions: Sequence[Mapping[str, Any]]) -> str:
    """The text of a quiz file."""
    return "\n".join(_question(one) for one in questions)


def _question(one: Mapping[str, Any]) -> str:
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in one.items()]
    return "\n".join(["[[question]]", *lines]) + "\n"


def licence(entry: Mapping[str, Any], sources: Sources) -> dict[str, str]:
    """Who made the material and on which terms, for the foot of every copy."""
    if "story" in entry:
        return _story_licence(entry, sources.stories[entry["story"]])
    if "text" in entry:
        author = sources.text_authors[entry["text"]]
        return _terms("CC BY-SA 4.0", text_by=author, source="UD_Kazakh-KTB")
    if "words" in entry:
        return _terms("CC0 1.0", text_by="AnmiTaliDev", source="kazakh-dictionary")
    return _terms("CC0 1.0", text_by=OURS, source=OURS)


def _story_licence(entry: Mapping[str, Any], story: Mapping[str, Any]) -> dict[str, str]:
    translators = f"{story['translation_ru_by']} (ru)"
    if entry["code"].split("-")[1] not in {"kk", "ru"}:
        translators += f", {OURS} (kk)"
    return _terms(
        story["license"],
        text_by=story["text_by"],
        pictures_by=story["illustration_by"],
        translation_by="" if entry.get("read_in") == "en" else translators,
        source=f"African Storybook, {story['id']}; pictures made smaller",
    )


def _terms(
    name: str, *, text_by: str, source: str, pictures_by: str = "", translation_by: str = ""
) -> dict[str, str]:
    return {
        "name": name,
        "text_by": text_by,
        "pictures_by": pictures_by,
        "translation_by": translation_by,
        "source": source,
    }


def _kind(entry: Mapping[str, Any]) -> str:
    if "story" in entry:
        return "pictures"
    return "practice" if "exercise" in entry else "text"


def _task(entry: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    task = entry["task"]
    lines = [
        "",
        "[task]",
        f"due_days = {task['due_days']}",
        'marks = "five"',
        f"pages = {task.get('pages', 1)}",
        "",
        "[task.text]",
    ]
    for language in titles:
        sums = written_exercises(entry) if "exercise" in entry else []
        numbered = [f"{n}) {one.question[language]}" for n, one in enumerate(sums, start=1)]
        text = "\n".join([task[language].strip(), *numbered])
        lines.append(f"{language} = {_long(text)}")
    return lines


def _quoted(text: str) -> str:
    # a JSON string is a TOML basic string
    return json.dumps(text, ensure_ascii=False)


def _long(text: str) -> str:
    return f'"""\n{text}"""' if "\n" in text else _quoted(text)
