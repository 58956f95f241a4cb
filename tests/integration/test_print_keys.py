"""The keys that know the sheets which are out: made once, kept to oneself, never replaced."""

from pathlib import Path

import pytest

from jetkiz.errors import JetkizError
from jetkiz.storage.database import Database
from print_packs.issuer import FILE, read_issuer
from print_packs.runs.printing import print_batch
from tests.print_school import NOW, post_deliveries, printed, saved_batch, workplace_in


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
