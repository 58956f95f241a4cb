"""The signed sheet entered by number: rows, ranges, codes and homes, in any order and twice."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from jetkiz.delivery.model import Batch
from jetkiz.delivery.tables import receipt
from jetkiz.errors import JetkizError
from jetkiz.i18n import translator
from jetkiz.roster.tables import household
from jetkiz.storage.database import Database
from print_packs.model import PackState
from print_packs.records import PackRow, allot_packs, allot_run, finish_packs, read_packs
from print_packs.runs.hand_over import came_back, hand_over, signed
from print_packs.runs.lists import read_lists
from print_packs.runs.pack_choice import choose_packs
from print_packs.tables import registry
from tests.factories import NOW, WEEK, People, add_people, publish_week

LATER = NOW + timedelta(days=1)
HOMES = 8


def add_homes(connection: Connection, people: People) -> list[int]:
    """Eight homes of one school, a01 to a08."""
    row = {"school_id": people.school, "language": "kk", "delivery_mode": "post", "active": True}
    keys = [
        connection.execute(
            household.insert().values(row | {"sourced_id": f"a{n:02}"})
        ).inserted_primary_key
        for n in range(1, HOMES + 1)
    ]
    return [int(key[0]) for key in keys if key]


def add_run(connection: Connection, channel: str, homes: Sequence[int], people: People) -> None:
    """A printed run of a channel, one pack a home, all on one list; Alice is in every pack."""
    batch = Batch(f"{channel}:run", channel, WEEK, ())
    run = allot_run(connection, batch, date(2026, 1, 22), NOW)
    rows = allot_packs(connection, run, [(f"{channel}:h{home}", home) for home in homes])
    inside = {"student": people.alice, "attempt": 1, "lessons": [people.lessons[0]]}
    for one in rows:
        done = {"number": one.id, "pages": 8, "sheets": 4, "grams": 25, "contents": [inside]}
        finish_packs(connection, [done])
    values = {
        "run_id": run.id,
        "week": WEEK,
        "number": run.number,
        "day": run.printed_on,
        "kind": "post" if channel == "post" else "hand",
        "packs": [one.consignment for one in rows],
    }
    connection.execute(registry.insert().values(values))


def add_week(connection: Connection) -> People:
    """List 1 by hand to a01..a05, list 2 by post to a04..a08: two homes get packs of both ways."""
    people = add_people(connection)
    publish_week(connection, people)
    homes = add_homes(connection, people)
    add_run(connection, "in_person", homes[:5], people)
    add_run(connection, "post", homes[3:], people)
    return people


def states(connection: Connection) -> dict[str, PackState]:
    return {place: one.state for place, one in by_place(connection).items()}


def by_place(connection: Connection) -> dict[str, PackRow]:
    """The packs of the week by list and row, as the sheets say it."""
    return {f"{one.run}/{one.place}": one for one in read_packs(connection, week=WEEK)}


def places(connection: Connection, *said: str) -> set[str]:
    chosen = choose_packs(connection, WEEK, said)
    numbers = {one.id for one in (*chosen.of_homes, *chosen.by_number)}
    return {place for place, one in by_place(connection).items() if one.id in numbers}


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    """Let a test write, and take everything back afterwards."""
    with database.write() as connection, connection.begin_nested() as nested:
        yield connection
        nested.rollback()


@pytest.fixture(scope="module")
def school(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One school for all tests of this file; what a test writes is taken back."""
    file = tmp_path_factory.mktemp("school") / "jetkiz.sqlite3"
    shutil.copy(migrated_sqlite, file)
    database = Database(f"sqlite:///{file}")
    with database.write() as connection:
        add_week(connection)
    yield database
    database.close()


def test_a_run_has_its_own_list_and_its_own_rows(school: Database) -> None:
    with school.read() as connection:
        assert [one.number for one in read_lists(connection, WEEK)] == [1, 2]
        assert list(by_place(connection)) == [f"{n}/{row}" for n in (1, 2) for row in range(1, 6)]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1/3", {"1/3"}),
        ("1/2-4", {"1/2", "1/3", "1/4"}),
        ("2/1,3,5", {"2/1", "2/3", "2/5"}),
        ("2/1-2,4-5", {"2/1", "2/2", "2/4", "2/5"}),
        ("1/1-3,2-4,3", {"1/1", "1/2", "1/3", "1/4"}),
        ("01/03", {"1/3"}),
        ("1/4-4", {"1/4"}),
        ("a01", {"1/1"}),
        ("a04", {"1/4", "2/1"}),
        ("a08", {"2/5"}),
    ],
)
def test_rows_ranges_and_homes_name_packs(school: Database, said: str, meant: set[str]) -> None:
    with school.read() as connection:
        assert places(connection, said) == meant


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("1/6", "has no pack in row 6"),
        ("1/0", "has no pack in row 0"),
        ("1/4-9", "has no pack in row 6"),
        ("9/1", "list 9"),
        ("1/", "no home, no pack"),
        ("1/-3", "no home, no pack"),
        ("1/3-", "no home, no pack"),
        ("1/4-2", "no home, no pack"),
        ("1/a", "no home, no pack"),
        ("1", "no home, no pack"),
        ("1/99999999999", "no home, no pack"),
        ("1/٣", "no home, no pack"),
        ("h1", "no home, no pack"),
        ("", "no home, no pack"),
        ("ABCD-EFGH", "no home, no pack"),
        ("1/1 1/2", "no home, no pack"),
    ],
)
def test_a_number_that_is_nobodys_is_refused_and_nothing_is_recorded(
    school: Database, said: str, words: str
) -> None:
    with pytest.raises(JetkizError, match=words), school.write() as connection:
        signed(connection, WEEK, ["1/1", said], NOW)

    with school.read() as connection:
        assert set(states(connection).values()) == {PackState.PREPARED}
        assert connection.scalars(select(receipt.c.key)).all() == []


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("said", ["1/9", "zz"])
def test_the_refusal_is_said_in_the_language_of_the_school(
    school: Database, said: str, language: str
) -> None:
    with school.read() as connection, pytest.raises(JetkizError) as caught:
        choose_packs(connection, WEEK, [said])

    sentence = translator(language).error(caught.value)
    assert said in sentence
    assert WEEK in sentence
    assert "{" not in sentence


def test_a_code_names_one_pack_however_it_is_typed(school: Database) -> None:
    with school.read() as connection:
        codes = {place: one.print_id for place, one in by_place(connection).items()}
        for place, code in codes.items():
            assert places(connection, code) == places(connection, code.lower()) == {place}


def test_a_code_of_a_home_with_two_packs_means_the_one(school: Database) -> None:
    with undone(school) as connection:
        letter = by_place(connection)["2/1"]
        signed(connection, WEEK, [letter.print_id], NOW)
        found = states(connection)

    assert found["2/1"] == PackState.SIGNED
    assert found["1/4"] == PackState.PREPARED


def test_a_home_with_two_packs_signed_for_the_one_that_was_brought(school: Database) -> None:
    with undone(school) as connection:
        assert signed(connection, WEEK, ["a04"], NOW).packs == 1
        found = states(connection)

    assert (found["1/4"], found["2/1"]) == (PackState.SIGNED, PackState.PREPARED)


def test_a_pack_named_in_three_ways_is_counted_once(school: Database) -> None:
    with undone(school) as connection:
        code = by_place(connection)["1/1"].print_id
        moved = signed(connection, WEEK, ["a01", "1/1", code, code.lower(), "1/1-1"], NOW)

    assert (moved.packs, moved.lessons) == (1, 1)


@pytest.mark.parametrize("said", ["1/1", "a01"])
def test_the_post_brings_back_only_what_it_took(school: Database, said: str) -> None:
    with pytest.raises(JetkizError, match="did not go by post"), school.write() as connection:
        came_back(connection, WEEK, ["2/5", said], NOW)

    with school.read() as connection:
        assert set(states(connection).values()) == {PackState.PREPARED}


def test_a_home_with_two_packs_had_its_letter_brought_back(school: Database) -> None:
    with undone(school) as connection:
        came_back(connection, WEEK, ["a04", "2/4-5"], NOW)
        found = states(connection)

    back = {place for place, state in found.items() if state == PackState.RETURNED_TO_SENDER}
    assert back == {"2/1", "2/4", "2/5"}


def test_homes_of_two_schools_with_one_key_are_told_apart(school: Database) -> None:
    with undone(school) as connection:
        people = People(1, 2, 1, 2, 3, (1,))
        other = connection.execute(
            household.insert().values(
                school_id=people.other_school,
                sourced_id="a01",
                language="kk",
                delivery_mode="hand",
                active=True,
            )
        ).inserted_primary_key
        assert other
        batch = Batch("other", "in_person", WEEK, ())
        run = allot_run(connection, batch, date(2026, 1, 22), NOW)
        (there,) = allot_packs(connection, run, [("in_person:other", int(other[0]))])

        with pytest.raises(JetkizError, match="More than one home"):
            signed(connection, WEEK, ["a01"], NOW)
        assert signed(connection, WEEK, ["1/1"], NOW).packs == 1
        assert signed(connection, WEEK, [there.print_id], NOW).packs == 1


def test_another_weeks_packs_are_not_meant(school: Database) -> None:
    with school.read() as connection:
        code = by_place(connection)["1/1"].print_id
        for said in ("a01", "1/1", code):
            with pytest.raises(JetkizError):
                choose_packs(connection, "2026-W06", [said])


SPANS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 4)).map(lambda p: (p[0], min(5, p[0] + p[1]))),
    min_size=1,
    max_size=4,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(1, 2), spans=SPANS, plain=st.booleans())
def test_ranges_mean_what_their_rows_mean(
    school: Database, number: int, spans: list[tuple[int, int]], plain: bool
) -> None:
    rows = {row for first, last in spans for row in range(first, last + 1)}
    parts = [f"{a}" if plain and a == b else f"{a}-{b}" for a, b in spans]
    with school.read() as connection:
        assert places(connection, f"{number}/{','.join(parts)}") == {f"{number}/{r}" for r in rows}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="0123456789/,-ah٣ \n", max_size=10))
def test_whatever_is_typed_names_packs_or_is_refused_in_words(school: Database, said: str) -> None:
    with school.read() as connection, suppress(JetkizError):
        assert places(connection, said)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("taken"), st.sampled_from([(1,), (2,), (1, 2)])),
        st.tuples(st.just("signed"), st.sampled_from(["1/1-3", "2/2", "2/1-5", "a06", "a04"])),
        st.tuples(st.just("back"), st.sampled_from(["2/1", "2/2-4", "a06", "a04"])),
    ),
    max_size=6,
)
RANK = [
    PackState.PREPARED,
    PackState.HANDED_OVER,
    PackState.RETURNED_TO_SENDER,
    PackState.SIGNED,
]


def carry_out(connection: Connection, acts: Sequence[tuple[str, object]]) -> None:
    for number, (act, what) in enumerate(acts):
        moment = NOW + timedelta(hours=number)
        if act == "taken":
            hand_over(connection, WEEK, what, moment)  # type: ignore[arg-type]
        elif act == "signed":
            signed(connection, WEEK, [str(what)], moment)
        else:
            came_back(connection, WEEK, [str(what)], moment)


def told(connection: Connection) -> set[tuple[str, int]]:
    return {(row.key, row.state) for row in connection.execute(select(receipt))}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS, st.randoms(use_true_random=False))
def test_the_order_in_which_papers_are_entered_does_not_matter(
    school: Database, acts: list[tuple[str, object]], chance: object
) -> None:
    mixed = [*acts, *acts]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    ends = []
    for order in (acts, mixed):
        with undone(school) as connection:
            carry_out(connection, order)
            ends.append((states(connection), told(connection)))

    assert ends[0] == ends[1]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_a_pack_only_ever_moves_towards_good_news(
    school: Database, acts: list[tuple[str, object]]
) -> None:
    with undone(school) as connection:
        before = states(connection)
        for act in acts:
            carry_out(connection, [act])
            after = states(connection)
            assert all(RANK.index(after[p]) >= RANK.index(before[p]) for p in before)
            before = after


def test_the_sheet_is_entered_on_both_databases_and_twice(database: Database) -> None:
    with database.write() as connection:
        add_week(connection)
        hand_over(connection, WEEK, [1], NOW)
        first = signed(connection, WEEK, ["1/1-3,5"], NOW)
    with database.write() as connection:
        again = signed(connection, WEEK, ["1/1-3", "a05", "1/5"], LATER)
        found = states(connection)
        (confirmed, open_list) = read_lists(connection, WEEK)

    assert (first.packs, again.packs, again.lessons) == (4, 0, 4)
    assert [found[f"1/{n}"] for n in range(1, 6)] == [
        *[PackState.SIGNED] * 3,
        PackState.HANDED_OVER,
        PackState.SIGNED,
    ]
    assert confirmed.confirmed_at == NOW
    assert open_list.confirmed_at is None
