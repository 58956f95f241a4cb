"""A sentence that is kept is read in any language, with the words inside it translated too."""

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.i18n.kept_words import Words
from print_packs.gate.faults import EMPTY, Fault
from print_packs.runs.run_notes import RunNotes

FACTS = st.dictionaries(
    st.sampled_from(["n", "home", "reason"]), st.text(max_size=5) | st.integers()
)
PLAIN = st.builds(Words, st.text(max_size=9), st.text(max_size=9), FACTS)
NESTED = st.builds(
    Words, st.text(), facts=st.fixed_dictionaries({"why": st.lists(PLAIN).map(tuple)})
)


@settings(max_examples=30)
@given(st.lists(PLAIN | NESTED, max_size=3).map(tuple))
def test_what_is_kept_is_read_as_it_was(words: tuple[Words, ...]) -> None:
    notes = RunNotes(left_out=words, notices=words[:1])
    assert RunNotes.read(json.loads(json.dumps(notes.document()))) == notes


def test_words_inside_a_sentence_are_in_the_readers_language_too() -> None:
    words = Fault("post:1", 2, 7, EMPTY).told
    assert words.said(translator("en")) == "Pack 2, page 7, is held back: the page is empty."
    russian = words.said(translator("ru"))
    assert "Пакет 2" in russian
    assert "empty" not in russian


def test_a_refusal_is_kept_with_its_facts_as_plain_values() -> None:
    error = JetkizError("Cannot read {file}.", "Look at {file}.", file=Path("a.toml"), line=2)
    kept = json.loads(json.dumps(Words.of(error).document()))
    assert Words.read(kept).said(translator("en")) == str(error)
    assert kept["facts"] == {"file": "a.toml", "line": 2}
