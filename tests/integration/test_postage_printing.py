"""A home with too much paper for one envelope, from printing to the counter; its postage."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from jetkiz.delivery.ledger import lesson_states
from jetkiz.delivery.states import State
from jetkiz.i18n import translator
from jetkiz.i18n.kept_words import all_said
from jetkiz.lessons.tables import lesson
from jetkiz.storage.database import Database
from jetkiz.storage.workplace import Workplace
from print_packs.channel import PostChannel
from print_packs.model import MailCategory, PostalKind
from print_packs.postage import weighing
from print_packs.postage.in_force import stock_of
from print_packs.postage.weighing import Weighed, record
from print_packs.records import PackRow, read_packs
from print_packs.runs.hand_over import hand_over
from print_packs.runs.lists import read_lists
from print_packs.runs.printing import Printed
from print_packs.runs.remaking import make_week
from print_packs.s10.allotment import NumberState, numbers_of
from print_packs.s10.numbers import Number
from print_packs.s10.ranges import Range, add_range
from tests.factories import WEEK, People
from tests.print_school import NOW, post_deliveries, print_school, saved_batch, workplace_in
from tests.spoken import Jetkiz

SMALL = 6
"""So few sheets in an envelope that a home with two lessons needs two of them."""


@pytest.fixture
def workplace(sqlite_database: Database, tmp_path: Path) -> Workplace:
    plain = workplace_in(tmp_path, sqlite_database)
    return replace(plain, settings=replace(plain.settings, pack_sheets=SMALL, single_files=100))


@pytest.fixture
def jetkiz(sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Jetkiz:
    return Jetkiz(sqlite_url, tmp_path, capsys)


def school_of(workplace: Workplace) -> People:
    with workplace.database.write() as connection:
        people = print_school(connection)
        deliveries = post_deliveries(connection)
    saved_batch(workplace, deliveries)
    return people


def rows_of(workplace: Workplace) -> list[PackRow]:
    with workplace.database.read() as connection:
        return read_packs(connection, week=WEEK)


def lessons_in(rows: Sequence[PackRow], student: int) -> list[list[int]]:
    return [
        list(content["lessons"])
        for row in rows
        for content in row.contents
        if content["student"] == student
    ]


def test_a_home_with_much_paper_gets_two_envelopes_and_each_lesson_once(
    workplace: Workplace,
) -> None:
    people = school_of(workplace)

    (run,) = make_week(workplace, WEEK)

    rows = rows_of(workplace)
    alice = [row for row in rows if row.channel == "post" and (row.part, row.parts) != (1, 1)]
    assert len(rows) > 2
    assert all(row.sheets <= SMALL for row in rows)
    assert sorted(n for part in lessons_in(rows, people.alice) for n in part) == sorted(
        people.lessons[:2]
    )
    assert {row.consignment for row in alice} < {row.name for row in rows}
    assert len({row.print_id for row in rows}) == len({row.place for row in rows}) == len(rows)
    assert not run.unprintable
    notes = {(one.postal.part, one.postal.parts) for one in run.packs}
    assert {(1, 2), (2, 2)} <= notes


def test_made_again_every_part_has_its_number_and_its_bytes(workplace: Workplace) -> None:
    school_of(workplace)
    with workplace.database.write() as connection:
        ends = (Number("RR", 1), Number("RR", 50))
        add_range(connection, Range(*ends, "011900"), "aigul", NOW)
    wide = replace(workplace, settings=replace(workplace.settings, registered="always"))

    first, again = make_week(wide, WEEK)[0], make_week(wide, WEEK)[0]

    assert [one.postal.s10 for one in first.packs] == [one.postal.s10 for one in again.packs]
    assert [one.sha256 for one in first.packs] == [one.sha256 for one in again.packs]
    posted = [one for one in first.packs if one.pack.by_post]
    numbers = [Number("RR", n).text for n in range(1, len(posted) + 1)]
    assert [one.postal.s10 for one in posted] == numbers
    assert all(one.postal.s10 == "" for one in first.packs if not one.pack.by_post)


def test_a_run_killed_after_numbers_were_given_gives_none_twice(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    school_of(workplace)
    with workplace.database.write() as connection:
        add_range(connection, Range(Number("RR", 1), Number("RR", 50)), "aigul", NOW)
    wide = replace(workplace, settings=replace(workplace.settings, registered="always"))

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("print_packs.runs.printing._dated", power_cut)
        with pytest.raises(KeyboardInterrupt):
            make_week(wide, WEEK)
    before = {row.name: row.print_id for row in rows_of(workplace)}
    with workplace.database.read() as connection:
        given = numbers_of(connection, [row.id for row in rows_of(workplace)])
    (run,) = make_week(wide, WEEK)

    assert {one.pack.name: one.pack.print_id for one in run.packs} == before
    assert {one.postal.s10 for one in run.packs if one.postal.s10} == {
        one.number.text for one in given.values()
    }


def test_the_office_takes_each_part_and_a_lesson_counts_with_the_part_that_holds_it(
    workplace: Workplace, jetkiz: Jetkiz
) -> None:
    people = school_of(workplace)
    with workplace.database.write() as connection:
        add_range(connection, Range(Number("RR", 1), Number("RR", 50)), "aigul", NOW)
    wide = replace(workplace, settings=replace(workplace.settings, registered="always"))
    make_week(wide, WEEK)
    with workplace.database.read() as connection:
        lists = [one for one in read_lists(connection, WEEK) if one.carrier == "post"]
    names = [name for one in lists for name in one.packs]
    assert [name.rpartition(":")[2] for name in names][1:] == ["p2"]

    with workplace.database.write() as connection:
        moved = hand_over(connection, WEEK, [one.number for one in lists], NOW)
        rows = read_packs(connection, consignments=names)
        numbers = numbers_of(connection, [row.id for row in rows])
        states = {one.lesson: one.state for one in lesson_states(connection, WEEK, [people.alice])}

    assert (moved.packs, moved.lessons) == (2, 2)
    assert {one.state for one in numbers.values()} == {NumberState.POSTED}
    assert [states[n] for n in people.lessons[:2]] == [State.DISPATCHED] * 2
    shown = jetkiz.run("packs", "status", WEEK)
    assert all(row.print_id in shown for row in rows)
    assert jetkiz.run("packs", "reprint", "h1").count(".pdf") == 2


def test_of_a_home_in_two_envelopes_one_page_is_printed_again_by_its_code(
    workplace: Workplace, jetkiz: Jetkiz
) -> None:
    school_of(workplace)
    make_week(workplace, WEEK)
    first, second = (row for row in rows_of(workplace) if row.household == 1)
    with workplace.database.read() as connection:
        (row,) = (
            f"{one.number}/{one.packs.index(second.name) + 1}"
            for one in read_lists(connection, WEEK)
            if second.name in one.packs
        )

    words = jetkiz.refuses("packs", "reprint", "h1", "--page", "3")
    by_code = jetkiz.run("packs", "reprint", second.print_id.lower(), "--page", "3")
    by_row = jetkiz.run("packs", "reprint", row, "--week", WEEK, "--page", "3")
    alone = jetkiz.run("packs", "one", second.print_id)

    assert f"the spoilt page: {first.print_id}, {second.print_id}." in words
    assert len(list((workplace.settings.data / "packs" / WEEK / "reprints").iterdir())) == 2
    assert all("h1-" in one and one.count(".pdf") == 1 for one in (by_code, by_row))
    assert "h1-2.pdf" in alone
    assert "--week" in jetkiz.refuses("packs", "reprint", row)
    assert "row 99" in jetkiz.refuses("packs", "reprint", f"{row[0]}/99", "--week", WEEK)


def test_one_part_brought_back_tells_nothing_of_the_other(
    workplace: Workplace, jetkiz: Jetkiz
) -> None:
    people = school_of(workplace)
    make_week(workplace, WEEK)
    jetkiz.run("packs", "hand-over", WEEK, "--all")
    second = next(row for row in rows_of(workplace) if row.name.endswith(":p2"))

    jetkiz.run("packs", "came-back", WEEK, second.print_id)

    (lost,) = lessons_in([second], people.alice)
    with workplace.database.read() as connection:
        states = {one.lesson: one.state for one in lesson_states(connection, WEEK, [people.alice])}
    for number in people.lessons[:2]:
        assert (states[number] == State.DISPATCHED) == (number not in lost)


def test_the_chat_names_the_envelope_in_which_a_lesson_lies(workplace: Workplace) -> None:
    people = school_of(workplace)
    make_week(workplace, WEEK)

    with workplace.database.read() as connection:
        told = PostChannel(workplace).pack_numbers(connection, WEEK, people.alice)

    places = {row.place: row for row in rows_of(workplace)}
    assert {lesson for lesson, _ in told} == set(people.lessons[:2])
    for (number, _), place in told.items():
        assert [number] in lessons_in([places[place]], people.alice)


def test_a_lesson_too_heavy_is_named_and_goes_another_way(workplace: Workplace) -> None:
    people = school_of(workplace)
    with workplace.database.write() as connection:
        long = "\n\n".join("Сөз сөз сөз сөз. " * 60 for _ in range(40))
        heavy = update(lesson).where(lesson.c.id == people.lessons[0])
        connection.execute(heavy.values(text=long))

    (run,) = make_week(workplace, WEEK)

    told = all_said(run.notes.left_out, translator("en"))
    assert any("h1" in one and "sheets" in one for one in told)
    inside = [n for part in lessons_in(rows_of(workplace), people.alice) for n in part]
    assert inside == [people.lessons[1]]
    with workplace.database.read() as connection:
        states = {one.lesson: one.state for one in lesson_states(connection, WEEK, [people.alice])}
    assert states[people.lessons[0]] == State.FAILED
    assert states[people.lessons[1]] != State.FAILED


def print_whole(workplace: Workplace, **changes: object) -> Printed:
    settings = replace(workplace.settings, **{"pack_sheets": 400} | changes)
    return make_week(replace(workplace, settings=settings), WEEK)[0]


def test_a_pack_with_sheets_is_a_letter_and_its_fee_is_empty_without_a_tariff(
    workplace: Workplace,
) -> None:
    school_of(workplace)

    postal = print_whole(workplace).packs[0].postal

    assert postal.kind == PostalKind.LETTER
    assert postal.category == MailCategory.SIMPLE
    assert postal.fee is None
    assert not postal.is_verified


def test_a_tariff_file_fills_the_fee(workplace: Workplace) -> None:
    school_of(workplace)
    folder = workplace.settings.data / "postal_tariffs"
    folder.mkdir()
    (folder / "2026-01-01.toml").write_text(
        'source = "office"\n[[fee]]\ncode = "P101"\ncategory = 1\nmax_g = 100\ntenge = 635\n'
    )

    posted = print_whole(workplace, registered="always").packs[0].postal

    assert (posted.category, posted.fee) == (MailCategory.REGISTERED, 635)


def test_a_broken_file_of_rules_is_named_and_stops_nothing(workplace: Workplace) -> None:
    school_of(workplace)
    folder = workplace.settings.data / "postal_rules"
    folder.mkdir()
    (folder / "2026-01-01.toml").write_text('source = "office"\nverified = maybe\n')

    run = print_whole(workplace)

    assert run.packs
    assert any("line 2" in one for one in all_said(run.notes.notices, translator("en")))


def test_the_scales_teach_the_model(workplace: Workplace, jetkiz: Jetkiz) -> None:
    school_of(workplace)
    run = print_whole(workplace)
    model = run.packs[0].postal.est_g

    out = jetkiz.run("post", "weigh", WEEK, "h1", str(model + 5))

    assert "1 packs weighed" in out
    assert "far from 1" in out
    assert "does not count" not in out
    out = jetkiz.run("post", "weigh", WEEK, "h1", str(model * 3))
    assert f"h1: {model * 3} g typed, {model} g expected: too far from the others" in out
    assert "packs weighed" not in out
    assert "cannot weigh" in jetkiz.refuses("post", "weigh", WEEK, "h1", str(model * 9))
    assert "grams" in jetkiz.refuses("post", "weigh", WEEK, "h1", "heavy")
    assert "stands alone" in jetkiz.refuses("post", "weigh", WEEK, "h1")


def test_what_the_scales_said_is_in_the_weights_of_the_next_run(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weighing, "ENOUGH", 4)
    school_of(workplace)
    make_week(workplace, WEEK)
    rows = rows_of(workplace)
    with workplace.database.write() as connection:
        for one in rows[:3]:
            heavy = round(one.postal["model_g"] * 1.2)
            told = Weighed(one.id, one.postal["stock"], heavy, one.postal["model_g"])
            record(connection, told, "aigul", NOW)
        assert stock_of(connection, workplace.settings).factor == 1.0, "too few were weighed"
        last = rows[3]
        model = last.postal["model_g"]
        record(connection, Weighed(last.id, "A4/80", 3 * model, model), "aigul", NOW)
        assert stock_of(connection, workplace.settings).factor == 1.0, "one of four is mistyped"
        record(connection, Weighed(last.id, "A4/80", round(1.25 * model), model), "aigul", NOW)
        factor = stock_of(connection, workplace.settings).factor
    assert 1.15 < factor < 1.3

    (run,) = make_week(workplace, WEEK)

    # The estimate is rounded up to a gram.
    models = [one.postal["model_g"] for one in rows]
    assert [one.grams for one in run.packs] == pytest.approx([m * factor for m in models], abs=2)
    job = json.loads((workplace.settings.data / "packs" / WEEK / "run-1" / "job.json").read_text())
    assert job["grams"] == sum(one.grams for one in run.packs) > sum(models)


def test_a_secretary_enters_a_roll_and_types_back_what_the_counter_stuck(
    workplace: Workplace, jetkiz: Jetkiz
) -> None:
    school_of(workplace)
    assert "No office" in jetkiz.run("post", "numbers", "list")
    out = jetkiz.run("post", "numbers", "add", "RR", "00000001", "00000009", "--office", "011900")
    assert "9 numbers from RR 000 000 014 KZ" in out
    assert "entered before" in jetkiz.refuses("post", "numbers", "add", "RR", "5", "6")
    assert "no school" in jetkiz.refuses(
        "post", "numbers", "add", "RS", "5", "6", "--school", "nowhere"
    )
    print_whole(workplace)
    number = Number("RR", 77).text

    assert "1" in jetkiz.run("post", "numbers", "enter", WEEK, "h1", number)
    assert "home h1" in jetkiz.run("post", "numbers", "find", number)
    assert "No pack has" in jetkiz.refuses("post", "numbers", "find", Number("RR", 78).text)
    assert "9 of 9 left" in jetkiz.run("post", "numbers", "list")
    assert "cannot be void" in jetkiz.refuses("post", "numbers", "void", number)
    assert "stands on no pack" in jetkiz.run("post", "numbers", "take-back", number, "--why", "h2")
    assert "1" in jetkiz.run("post", "numbers", "enter", WEEK, "h1", number)


def test_rules_are_unverified_until_somebody_signs(workplace: Workplace, jetkiz: Jetkiz) -> None:
    school_of(workplace)

    assert "not verified" in jetkiz.run("post", "rules")
    russian, kazakh = (jetkiz.run("post", "rules", language=said) for said in ("ru", "kk"))
    assert "сверены" in russian
    assert "Источник: Коды и категории — из справочника Казпочты" in russian
    assert "Қазпоштаның 2019 жылғы анықтамалығынан" in kazakh
    assert "believed" not in russian + kazakh
    assert "is verified from now on" in jetkiz.run("post", "sign-off", "--yes", "--note", "call")
    assert "was verified before" in jetkiz.run("post", "sign-off", "--yes")
    assert "Verified by" in jetkiz.run("post", "rules")
    assert print_whole(workplace).packs[0].postal.is_verified
    # Other bytes are other rules.
    folder = workplace.settings.data / "postal_rules"
    folder.mkdir()
    shipped = Path(__file__).parents[2] / "print_packs/postage/postal_rules/2019-01-01.toml"
    ours = re.sub(
        "^source = .*$",
        'source = "Asked in {Aktau}"',
        shipped.read_text("utf-8"),
        flags=re.MULTILINE,
    )
    (folder / "2019-01-01.toml").write_text(ours, "utf-8")
    assert "not verified" in jetkiz.run("post", "rules")
    assert "Asked in {Aktau}" in jetkiz.run("post", "rules", language="kk")


def test_a_home_that_a_code_names_twice_is_asked_about(
    workplace: Workplace, jetkiz: Jetkiz
) -> None:
    school_of(workplace)
    make_week(workplace, WEEK)

    assert "several packs" in jetkiz.refuses("post", "weigh", WEEK, "h1", "30")
