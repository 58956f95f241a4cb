"""Whatever is thrown at the importer, it answers with rows or sentences, never with a traceback."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.roster.reading.sources import read_sources
from jetkiz.roster.register_state import RegisterState
from tests.rosters import MIT, Files, completed, one_roster, said, workbook

NAMES = ["users.csv", "orgs.csv", "roles.csv", "students.csv", "access.csv", "School.csv", "x.csv"]
CELLS = st.text(st.characters(codec="utf-8"), max_size=12)
TABLES = st.lists(st.lists(CELLS, max_size=5), max_size=6).map(
    lambda rows: "\n".join(",".join(cells) for cells in rows)
)
GOOD: dict[str, Files] = {
    "one_roster": one_roster(),
    "workbook": workbook(),
    "sds": {f.name: f.read_text("utf-8-sig") for f in (MIT / "sds_v2.1").glob("*.csv")},
}
WORDS = ["", "-", "0", "99", "kk", "true", "h1", "u1", "2026-01-10", "none", "Ә", '"', "\x00", "=1"]


@given(st.dictionaries(st.sampled_from(NAMES), st.one_of(st.binary(max_size=200), TABLES)))
def test_random_files(files: dict[str, str | bytes]) -> None:
    with suppress(JetkizError):
        _incoming, findings = completed(files)
        assert all(line.strip() for line in said(findings, "kk"))


@settings(max_examples=150)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_mutated_cells(kind: str, data: st.DataObject) -> None:
    files = dict(GOOD[kind])
    for _change in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(files)))
        lines = files[name].splitlines()
        row = data.draw(st.integers(0, len(lines) - 1))
        cells = lines[row].split(",")
        column = data.draw(st.integers(0, len(cells) - 1))
        cells[column] = data.draw(st.one_of(st.sampled_from(WORDS), CELLS))
        lines[row] = ",".join(cells)
        files[name] = "\n".join(lines)
    assert _unsaid(files) == []


@settings(max_examples=100)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_mutated_bytes(kind: str, data: st.DataObject) -> None:
    files: dict[str, str | bytes] = dict(GOOD[kind])
    name = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(str(files[name]).encode())
    for _change in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    assert _unsaid({**files, name: bytes(content[:cut])}) == []


def _unsaid(files: dict[str, str | bytes] | Files) -> list[object]:
    """Return the findings that somebody would read as an empty line."""
    with suppress(JetkizError):
        _incoming, findings = completed(files, RegisterState())
        languages = [translator(language) for language in ("kk", "ru", "en")]
        return [one for one in findings.messages() for t in languages if not one.say(t)]
    return []


@pytest.mark.parametrize("kind", sorted(GOOD))
@given(data=st.data())
def test_missing_files_are_few_messages(kind: str, data: st.DataObject) -> None:
    names = sorted(GOOD[kind])
    left = data.draw(st.sets(st.sampled_from(names), min_size=1))
    with suppress(JetkizError):
        _incoming, findings = completed({name: GOOD[kind][name] for name in left})
        assert len(said(findings)) <= 8, said(findings)


@given(content=st.binary(max_size=200))
def test_random_zips(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = Path(tmp_path_factory.getbasetemp()) / "random.zip"
    file.write_bytes(b"PK\x03\x04" + content)
    with pytest.raises(JetkizError):
        read_sources(file)
