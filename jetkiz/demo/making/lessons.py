"""Makes the sample lessons: python -m jetkiz.demo.making.lessons SOURCE [FOLDER].

SOURCE is the folder with lessons.json, img/ and kk/. The product itself never reads it: what
this script writes is kept in the repository.
"""

import io
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from jetkiz.demo.making.lesson_heads import head, licence, quiz
from jetkiz.demo.making.lesson_pages import page, picture_name
from jetkiz.demo.making.lesson_sources import Sources, load_entries, load_sources
from jetkiz.demo.making.stable_files import write_if_changed
from jetkiz.demo.making.thermometer import thermometer_pages
from jetkiz.lessons.model import ready_pages_name

LESSONS = Path(__file__).parent.parent / "lessons"
PICTURE_WIDTH = 400
PICTURE_QUALITY = 65
LICENCES = {
    "CC-BY-4.0.txt": "LICENSE-CC-BY-4.0.txt",
    "CC-BY-SA-4.0.txt": "kk/LICENSE-CC-BY-SA-4.0-texts.txt",
    "CC0-1.0.txt": "kk/LICENSE-CC0-vocabulary.txt",
}
SHARE_ALIKE = """This folder stands under CC BY-SA 4.0: text by {text_by}, source {source}.
Whoever passes on a changed copy does so under the same licence.
The full text of the licence is in ../LICENSES/CC-BY-SA-4.0.txt.
"""


def lesson_files(entry: Mapping[str, Any], sources: Sources) -> dict[str, bytes]:
    """Every written file of one lesson, by its name in the lesson's folder."""
    names = titles(entry, sources)
    files = {"lesson.toml": head(entry, names, sources)}
    for language, title in names.items():
        files[f"{language}.md"] = page(entry, language, title, sources)
        if "quiz" in entry:
            files[f"{language}.quiz.toml"] = quiz(entry["quiz"][language])
    if "text" in entry:
        files["LICENCE.txt"] = SHARE_ALIKE.format(**licence(entry, sources))
    return {name: text.encode("utf-8") for name, text in files.items()} | _ready_pages(entry)


def _ready_pages(entry: Mapping[str, Any]) -> dict[str, bytes]:
    """The pages that a teacher set herself, in the language in which she did."""
    language = entry.get("set_by_the_teacher")
    return {ready_pages_name(language): thermometer_pages()} if language else {}


def titles(entry: Mapping[str, Any], sources: Sources) -> dict[str, str]:
    """The title in each language the lesson exists in."""
    languages = entry.get("streams", ["kk", "ru"])
    if "title" in entry:
        return {language: entry["title"][language] for language in languages}
    story = sources.stories[entry["story"]]
    own = {"kk": sources.story_notes[entry["story"]]["title_kk"], "ru": story["title"]["ru"]}
    if entry.get("read_in") == "en":
        return {language: f"{story['title']['en']} ({own[language]})" for language in languages}
    return {language: own[language] for language in languages}


def lesson_pictures(entry: Mapping[str, Any], sources: Sources, folder: Path) -> dict[str, bytes]:
    """The pictures of a story, small enough for a prepaid telephone."""
    if "story" not in entry:
        return {}
    pages = sources.stories[entry["story"]]["pages"]
    return {
        f"img/{picture_name(number)}": _smaller(folder / one["image"])
        for number, one in enumerate(pages, start=1)
    }


def _smaller(path: Path) -> bytes:
    with Image.open(path) as picture:
        height = round(picture.height * PICTURE_WIDTH / picture.width)
        small = picture.convert("RGB").resize((PICTURE_WIDTH, height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=PICTURE_QUALITY, optimize=True)
    return out.getvalue()


def write_lesson(entry: Mapping[str, Any], sources: Sources, source: Path, target: Path) -> None:
    files = lesson_files(entry, sources) | lesson_pictures(entry, sources, source)
    for name, content in files.items():
        write_if_changed(target / entry["code"] / name, content)


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    source = Path(arguments[0])
    target = Path(arguments[1]) if len(arguments) > 1 else LESSONS
    sources = load_sources(source)
    entries = load_entries()
    for old in target.glob("w*/"):
        shutil.rmtree(old)
    for entry in entries:
        write_lesson(entry, sources, source, target)
    for name, original in LICENCES.items():
        write_if_changed(target / "LICENSES" / name, (source / original).read_bytes())
    sys.stdout.write(f"{len(entries)} lessons in {target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
