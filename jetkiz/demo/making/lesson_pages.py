"""What a child reads: the Markdown page of a sample lesson in Kazakh or in Russian."""

from collections.abc import Mapping, Sequence
from typing import Any

from jetkiz.demo.making.arithmetic import IN_WORDS, Exercise, exercises
from jetkiz.demo.making.lesson_sources import Sources

SOLVED, ORAL, ORAL_ALONE, WRITTEN = 3, 6, 9, 8
# a problem in words needs drawing and writing: four fill a sheet
ORAL_PROBLEMS, WRITTEN_PROBLEMS = 3, 4

_HEADINGS = {
    "words": {"kk": "Сөздік", "ru": "Слова"},
    "text_to_read": {"kk": "Мәтін", "ru": "Текст по-казахски"},
    "solved": {"kk": "Шығарылған мысалдар", "ru": "Решённые примеры"},
    "oral": {"kk": "Ауызша шығар", "ru": "Реши устно"},
    "check": {"kk": "Тексер", "ru": "Проверь себя"},
}
_COLUMNS = {
    "kk": {"kk": "Қазақша", "ru": "По-казахски"},
    "ru": {"kk": "Орысша", "ru": "По-русски"},
    "en": {"kk": "Ағылшынша", "ru": "По-английски"},
    "example_kk": {"kk": "Мысал", "ru": "Казахский пример"},
    "example_ru": {"kk": "Орысша мысал", "ru": "Пример"},
    "meaning_kk": {"kk": "Мағынасы", "ru": "Значение"},
    "word": {"kk": "Сөз", "ru": "Слово"},
    "meaning": {"kk": "Мағынасы", "ru": "Перевод"},
    "question": {"kk": "Есеп", "ru": "Пример"},
    "answer": {"kk": "Жауабы", "ru": "Ответ"},
}


def page(entry: Mapping[str, Any], language: str, title: str, sources: Sources) -> str:
    """The whole page: heading, what to do, and the material."""
    blocks = [f"# {title}"]
    if "intro" in entry:
        blocks.append(entry["intro"][language].strip())
    if "story" in entry:
        blocks += _story(entry, language, sources)
    elif "text" in entry:
        blocks += _text(entry, language, sources)
    elif "words" in entry:
        blocks.append(_word_table(entry, language, sources))
    elif "exercise" in entry:
        blocks += _sums(entry, language)
    else:
        blocks.append(entry["body"][language].strip())
    return "\n\n".join(blocks) + "\n"


def written_exercises(entry: Mapping[str, Any]) -> list[Exercise]:
    """The sums that come back on paper; none when the lesson has no task."""
    _, oral, _ = _amounts(entry)
    return _drawn(entry)[SOLVED + oral :]


def picture_name(number: int) -> str:
    return f"{number:02d}.jpg"


def _story(entry: Mapping[str, Any], language: str, sources: Sources) -> list[str]:
    story, notes = sources.stories[entry["story"]], sources.story_notes[entry["story"]]
    read_in = entry.get("read_in", language)
    lines = _story_lines(story, notes, read_in)
    seen = {number: {"kk": kk, "ru": ru} for number, kk, ru in notes["pictures"]}
    blocks = []
    if read_in == "en":
        rows = [(en, kk if language == "kk" else ru) for en, kk, ru in notes["words"]]
        header = [_COLUMNS["en"][language], _COLUMNS[language][language]]
        blocks += [_heading("words", language), _table(header, rows), f"## {story['title']['en']}"]
    for number, line in enumerate(lines, start=1):
        blocks += [f"![{seen[number][language]}](img/{picture_name(number)})", line]
    return blocks


def _story_lines(
    story: Mapping[str, Any], notes: Mapping[str, Any], language: str
) -> Sequence[str]:
    if language == "kk":
        return [str(line) for line in notes["kk"]]
    corrected = notes.get(f"{language}_corrected", {})
    return [corrected.get(str(one["n"]), one[language]) for one in story["pages"]]


def _text(entry: Mapping[str, Any], language: str, sources: Sources) -> list[str]:
    sentences = sources.texts[entry["text"]]["sentences"]
    paragraphs = [
        " ".join(sentences[number - 1] for number in numbers) for numbers in entry["paragraphs"]
    ]
    if gap := entry.get("gap"):
        paragraphs = [part for paragraph in paragraphs for part in (paragraph, gap)][:-1]
    blocks = []
    if glossary := entry.get("glossary"):
        header = [_COLUMNS["word"][language], _COLUMNS["meaning"][language]]
        blocks = [_heading("words", language), _table(header, glossary)]
    return [*blocks, _heading("text_to_read", language), *paragraphs]


def _word_table(entry: Mapping[str, Any], language: str, sources: Sources) -> str:
    columns = entry["columns"]
    rows = [
        [_word_cell(sources.words[word], column) for column in columns] for word in entry["words"]
    ]
    return _table([_COLUMNS[column][language] for column in columns], rows)


def _word_cell(word: Mapping[str, Any], column: str) -> str:
    if column.startswith("example_"):
        return str(word["example"][column.removeprefix("example_")])
    text = str(word[column])
    return text if column == "meaning_kk" else text[:1].lower() + text[1:]


def _amounts(entry: Mapping[str, Any]) -> tuple[int, int, int]:
    """How many sums are solved as a pattern, done by heart, and written."""
    if "task" not in entry:
        return SOLVED, ORAL_ALONE, 0
    if entry["exercise"] in IN_WORDS:
        return SOLVED, ORAL_PROBLEMS, WRITTEN_PROBLEMS
    return SOLVED, ORAL, WRITTEN


def _drawn(entry: Mapping[str, Any]) -> list[Exercise]:
    return exercises(entry["exercise"], entry["code"], sum(_amounts(entry)))


def _sums(entry: Mapping[str, Any], language: str) -> list[str]:
    _, oral_count, _ = _amounts(entry)
    drawn = _drawn(entry)
    solved, oral = drawn[:SOLVED], drawn[SOLVED : SOLVED + oral_count]
    header = [_COLUMNS["question"][language], _COLUMNS["answer"][language]]
    rows = [(one.question[language], f"**{one.answer[language]}**") for one in solved]
    questions = [f"{n}. {one.question[language]}" for n, one in enumerate(oral, start=1)]
    answers = [f"{n}) {one.answer[language]}" for n, one in enumerate(oral, start=1)]
    return [
        _heading("solved", language),
        _table(header, rows),
        _heading("oral", language),
        "\n".join(questions),
        _heading("check", language),
        "; ".join(answers) + ".",
    ]


def _heading(key: str, language: str) -> str:
    return f"## {_HEADINGS[key][language]}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
