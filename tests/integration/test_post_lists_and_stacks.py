"""Rows of lists come in the order in which packs lie in the printed files, opened and read."""

import json
from itertools import groupby
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select, update

from jetkiz.roster.tables import household, household_identity
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.records import read_packs
from print_packs.runs.list_labels import list_as_made
from print_packs.runs.lists import read_lists
from tests.factories import WEEK
from tests.print_school import NOW, post_deliveries, print_school, saved_batch, workplace_in


@pytest.fixture
def workplace(sqlite_database: Database, tmp_path: Path) -> Workplace:
    return workplace_in(tmp_path, sqlite_database)


def packs_in(run: Path, codes: set[str]) -> list[str]:
    """The codes at the foot of the pages of every stack, a pack once, as they lie on the paper.

    The sheet at the front of a stack names its first and its last pack; it is no page of a pack.
    """
    job = json.loads((run / "job.json").read_text("utf-8"))
    found = []
    for file in job["files"]:
        with pypdfium2.PdfDocument(run / file["file"]) as document:
            for page in document:
                text = page.get_textpage().get_text_bounded()
                named = [code for code in codes if code in text]
                found += named if len(named) == 1 else []
    return [code for code, _ in groupby(found)]


@pytest.mark.parametrize("first", [1, 2])
def test_rows_of_a_list_lie_in_the_printed_file_in_their_order(
    workplace: Workplace, tmp_path: Path, first: int
) -> None:
    """The home with the smaller index comes first, on the list and on the paper."""
    with workplace.database.write() as connection:
        print_school(connection)
        connection.execute(update(household).values(delivery_mode="post"))
        c = household_identity.c
        for home, address in connection.execute(select(c.household_id, c.address)).all():
            index = "020000" if home == first else "070000"
            change = update(household_identity).where(c.household_id == home)
            connection.execute(change.values(address=address | {"index6": index}))
        deliveries = post_deliveries(connection)
    PostChannel(workplace).dispatch(saved_batch(workplace, deliveries), NOW)

    run = tmp_path / "packs" / WEEK / "run-1"
    with workplace.database.read() as connection:
        codes = {one.print_id: one.household for one in read_packs(connection, week=WEEK)}
        forms = [
            list_as_made(connection, tmp_path, WEEK, one) for one in read_lists(connection, WEEK)
        ]
    note = [column.key for column in forms[0].columns].index("note")
    rows = [row[note].partition(";")[0] for form in forms for row in form.rows]
    assert packs_in(run, set(codes)) == rows
    assert [codes[code] for code in rows] == [first, 3 - first]
    with pypdfium2.PdfDocument(run / "post" / "registry.pdf") as document:
        text = document[0].get_textpage().get_text_bounded()
    assert text.index(rows[0]) < text.index(rows[1]), "and so they stand on the drawn list"
