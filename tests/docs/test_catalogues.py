"""Every text a person sees has Kazakh and Russian words, and no catalogue keeps a dead one."""

import io
import re
import string
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po
from jinja2 import Environment

from tools import sizes
from tools.messages import Message, messages, messages_of_code, messages_of_template

LOCALE = Path("jetkiz/i18n/locale")
FORMS = {"kk": 2, "ru": 3}
# Attributes that a browser shows or reads aloud.
SPOKEN = re.compile(r'\b(?:title|alt|placeholder|aria-label)="([^"]*)"')


@cache
def catalogues(language: str) -> dict[str, Catalog]:
    files = sorted((LOCALE / language / "LC_MESSAGES").glob("*.po"))
    return {file.stem: read_po(io.BytesIO(file.read_bytes()), locale=language) for file in files}


def entries(language: str) -> list[tuple[str, Entry]]:
    return [
        (subject, entry)
        for subject, catalogue in catalogues(language).items()
        for entry in catalogue
        if entry.id
    ]


@cache
def in_code() -> dict[str, Message]:
    return {message.text: message for message in messages()}


def ids(entry: Entry) -> list[str]:
    return [entry.id] if isinstance(entry.id, str) else list(entry.id)


def words(entry: Entry) -> list[str]:
    return [entry.string] if isinstance(entry.string, str) else list(entry.string)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def loose_words(template: str) -> list[str]:
    """Words that would be shown as they stand, in whatever language the reader has."""
    without_code = re.sub(r"<(script|style)\b.*?</\1>", " ", template, flags=re.DOTALL)
    parts = Environment(autoescape=True).lex(without_code)
    text = "".join(value if kind == "data" else "\0" for _, kind, value in parts)
    spoken = " ".join(SPOKEN.findall(text))
    shown = re.sub(r"<[^>]*>", " ", text) + " " + spoken
    shown = re.sub(r"&\w+;|\0", " ", shown)
    return [word for word in re.findall(r"[^\W\d_]{2,}", shown) if word != "Jetkiz"]


@pytest.fixture(params=sorted(FORMS))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_text_has_words(language: str) -> None:
    known = {ids(entry)[0] for _, entry in entries(language)}
    missing = sorted(f"{m.where} {text!r}" for text, m in in_code().items() if text not in known)
    assert missing == []


def test_no_words_are_left_over(language: str) -> None:
    unused = [f"{s}: {ids(e)[0]!r}" for s, e in entries(language) if ids(e)[0] not in in_code()]
    assert unused == []


def test_words_are_neither_empty_nor_doubtful(language: str) -> None:
    bad = [f"{s}: {ids(e)[0]!r}" for s, e in entries(language) if e.fuzzy or not all(words(e))]
    assert bad == []


def test_words_name_the_same_places_as_the_text(language: str) -> None:
    wrong = [
        f"{subject}: {text!r}"
        for subject, entry in entries(language)
        for text in words(entry)
        if places(text) != places(ids(entry)[-1])
    ]
    assert wrong == []


def test_numbers_have_all_their_forms(language: str) -> None:
    plurals = {text for text, message in in_code().items() if message.plural}
    wrong = [
        f"{subject}: {ids(entry)[0]!r}"
        for subject, entry in entries(language)
        if len(words(entry)) != (FORMS[language] if ids(entry)[0] in plurals else 1)
    ]
    assert wrong == []


def test_one_text_has_one_wording(language: str) -> None:
    wordings = defaultdict(set)
    for _, entry in entries(language):
        wordings[ids(entry)[0]].add(tuple(words(entry)))
    assert {text for text, each in wordings.items() if len(each) > 1} == set()


def test_kazakh_days_and_hours_stand_in_their_case() -> None:
    """What comes before "until" is in the dative: not «16:00 дейін» but «16:00-ге дейін»."""
    bare = [
        f"{subject}: {text!r}"
        for subject, entry in entries("kk")
        for text in words(entry)
        if re.search(r"\} (?:дейін|шейін)", text)
    ]
    assert bare == []


def test_both_languages_have_the_same_subjects() -> None:
    assert list(catalogues("kk")) == list(catalogues("ru"))


def test_templates_have_no_words_of_their_own() -> None:
    templates = [file for root in sizes.ROOTS for file in sorted(Path(root).rglob("*.html"))]
    found = [f"{file}: {words}" for file in templates if (words := loose_words(file.read_text()))]
    assert found == []


def test_messages_are_found_in_code() -> None:
    source = """
t("one"); self.t("two" if x else "three", n=1); N_("four" " joined")
t.n("{n} page", "{n} pages", n); say(f"no"); other("no"); t(variable); confirm_or_stop(d, "five")
"""
    found = [(m.text, m.plural) for m in messages_of_code(source, "sample.py")]
    assert sorted(found) == [
        ("five", ""),
        ("four joined", ""),
        ("one", ""),
        ("three", ""),
        ("two", ""),
        ("{n} page", "{n} pages"),
    ]


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p class='x'>{{ t('Name') }}: {{ a }}</p>", []),
        ("<a href='{{ url }}' title=\"{{ t('Go > on') }}\">→ 12&nbsp;</a>", []),
        ("<b>Jetkiz</b><script>let name = 1;</script>", []),
        ("<p>Save</p>{# a note #}", ["Save"]),
        ('<input placeholder="Search" name="query">', ["Search"]),
    ],
)
def test_loose_words_are_found(template: str, words: list[str]) -> None:
    assert loose_words(template) == words


def test_messages_are_found_in_templates() -> None:
    source = "{{ t('one', name=x) }}{% if t('two') %}{% endif %}{{ t.n('a', 'b', n) }}{{ f('no') }}"
    found = [(m.text, m.plural) for m in messages_of_template(source, "sample.html")]
    assert sorted(found) == [("a", "b"), ("one", ""), ("two", "")]
