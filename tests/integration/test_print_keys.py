"""The keys that know the sheets which are out: made once, kept to oneself, never replaced."""

from pathlib import Path

import pytest

from jetkiz.codes import Corner, Standing, judge
from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from print_packs.issuer import FILE, change_key, read_issuer
from print_packs.runs.printing import print_batch
from tests.print_school import NOW, post_deliveries, printed, saved_batch, workplace_in
from tests.spoken import Jetkiz


def test_the_keys_stay_when_they_are_asked_for_again(tmp_path: Path) -> None:
    assert read_issuer(tmp_path) == read_issuer(tmp_path)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"issuer": 1, "version": 2, "keys": {}}'])
def test_spoilt_keys_are_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)

    with pytest.raises(JetkizError, match="Restore it from a copy"):
        read_issuer(tmp_path)


def test_lost_keys_are_not_made_anew_while_sheets_are_out(
    sqlite_database: Database, tmp_path: Path
) -> None:
    workplace = workplace_in(tmp_path, sqlite_database)
    printed(workplace)
    (workplace.settings.data / "keys" / FILE).unlink()
    with workplace.database.read() as connection:
        deliveries = post_deliveries(connection)
    batch = saved_batch(workplace, deliveries, "once more")

    with pytest.raises(JetkizError, match="but sheets are out") as caught:
        print_batch(workplace, batch, list(batch.consignments), NOW)
    assert "last backup" in caught.value.remedy


def test_keys_that_cannot_be_kept_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file where the folder should be")

    with pytest.raises(JetkizError, match="cannot be kept"):
        read_issuer(tmp_path / "keys")


def test_a_new_key_seals_new_sheets_and_old_ones_stay_readable(tmp_path: Path) -> None:
    before = read_issuer(tmp_path)
    old = before.codes(77)[Corner.TOP_RIGHT]

    after = change_key(tmp_path)

    new = after.codes(78)[Corner.TOP_RIGHT]
    assert after == read_issuer(tmp_path)
    assert (after.number, after.version) == (before.number, 2)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    assert {judge(text, after.number, after.keys)[0] for text in (old, new)} == {Standing.OURS}
    assert judge(new, before.number, before.keys)[0] == Standing.FORGED
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_the_ninth_key_drops_the_oldest_only_when_it_is_told_to(tmp_path: Path) -> None:
    first = read_issuer(tmp_path).codes(5)[Corner.TOP_RIGHT]
    for _ in range(7):
        change_key(tmp_path)
    with pytest.raises(JetkizError, match="no more fit"):
        change_key(tmp_path)
    eight = read_issuer(tmp_path)
    assert sorted(eight.keys) == list(range(8))
    assert judge(first, eight.number, eight.keys)[0] == Standing.OURS

    ninth = change_key(tmp_path, drops_oldest=True)

    assert (ninth.version, len(ninth.keys)) == (1, 8)
    assert judge(first, ninth.number, ninth.keys)[0] == Standing.FORGED


def test_no_key_is_changed_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(JetkizError, match="are gone"):
        change_key(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_key_that_cannot_be_kept_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = read_issuer(tmp_path)

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("print_packs.issuer.os.fsync", full)
    with pytest.raises(JetkizError, match="cannot be kept"):
        change_key(tmp_path)
    assert read_issuer(tmp_path) == before
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_the_command_says_what_to_do_after_a_new_key(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read_issuer(tmp_path / "keys")

    said = Jetkiz(sqlite_url, tmp_path, capsys).run("packs", "new-key")

    assert "sealed with key 2" in said
    assert "Make a backup now" in said
