"""Sessions against a plain model in any order; the audit against every kind of tampering."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import Connection, create_engine, insert, select, update

from jetkiz.staff.audit import Act, Entry, check_chain, first_break, read_entries, write_down
from jetkiz.staff.tables import audit
from jetkiz.storage.database import Database
from jetkiz.storage.metadata import metadata
from jetkiz.web import sessions
from jetkiz.web.sessions import IDLE, LONGEST, SEEN_EVERY
from jetkiz.web.tables import session
from tests.factories import NOW
from tests.lives import truths_that_held

TABLES = [session, audit]


@contextmanager
def in_memory() -> Iterator[Connection]:
    """A database of two tables that lives as long as one example."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine, tables=TABLES)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@dataclass
class Known:
    """What the model remembers of one browser."""

    account: int
    opened: datetime
    seen: datetime
    closed: bool = False

    def opens(self, now: datetime) -> bool:
        """True while the browser is signed in."""
        return not self.closed and now < self.opened + LONGEST and now < self.seen + IDLE


@dataclass
class Model:
    """Every browser by its cookie."""

    browsers: dict[str, Known] = field(default_factory=dict)


class SessionDay(RuleBasedStateMachine):
    """A day of people coming, clicking, leaving and being signed out."""

    cookies = Bundle("cookies")

    @initialize()
    def open_the_school(self) -> None:
        self.doors = in_memory()
        self.connection = self.doors.__enter__()
        self.model, self.now = Model(), NOW

    @rule(target=cookies, account=st.integers(1, 3))
    def sign_in(self, account: int) -> str:
        token = sessions.new_token()
        sessions.open_session(self.connection, account, token, self.now)
        self.model.browsers[token] = Known(account, self.now, self.now)
        return token

    @rule(cookie=cookies)
    def click(self, cookie: str) -> None:
        """What the console does with each request of a browser."""
        found = sessions.find_session(self.connection, cookie, self.now)
        known = self.model.browsers[cookie]
        assert (found is not None) == known.opens(self.now)
        if found and found.needs_touch(self.now):
            sessions.touch(self.connection, found, self.now)
            known.seen = self.now

    @rule(cookie=cookies)
    def sign_out(self, cookie: str) -> None:
        sessions.close_session(self.connection, cookie)
        self.model.browsers[cookie].closed = True

    @rule(account=st.integers(1, 3))
    def new_password(self, account: int) -> None:
        sessions.close_all(self.connection, account)
        for known in self.model.browsers.values():
            known.closed = known.closed or known.account == account

    @rule(minutes=st.sampled_from([0, 1, 4, 5, 60, 119, 120, 600, 720]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def guess(self) -> None:
        assert sessions.find_session(self.connection, sessions.new_token(), self.now) is None

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def everybody_is_as_the_model_says(self) -> None:
        for cookie, known in self.model.browsers.items():
            found = sessions.find_session(self.connection, cookie, self.now)
            assert (found is not None) == known.opens(self.now)
            assert found is None or found.account == known.account

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def no_cookie_is_kept(self) -> None:
        kept = set(self.connection.scalars(select(session.c.token_hash)))
        assert not kept & set(self.model.browsers)

    def teardown(self) -> None:
        if hasattr(self, "doors"):
            self.doors.__exit__(None, None, None)


def test_sessions_do_what_the_model_says() -> None:
    assert truths_that_held(SessionDay, lives=30, steps=25) == {
        "everybody_is_as_the_model_says",
        "no_cookie_is_kept",
    }


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        (timedelta(), True),
        (IDLE - timedelta(microseconds=1), True),
        (IDLE, False),
        (LONGEST, False),
        (-timedelta(hours=1), True),
    ],
)
def test_the_very_moment_in_which_a_session_ends(after: timedelta, *, opens: bool) -> None:
    one = sessions.Session("x", 1, NOW, NOW + LONGEST)
    assert one.is_alive(NOW + after) is opens
    assert one.needs_touch(NOW + after) is (after >= SEEN_EVERY)


ENTRY = st.builds(
    Entry,
    who=st.text(max_size=12),
    act=st.sampled_from(Act),
    school=st.none() | st.integers(1, 3),
    student=st.none() | st.integers(1, 9),
    detail=st.text(max_size=12),
)


@cache
def chain_of_five() -> tuple[dict[str, object], ...]:
    """The rows of an audit that nobody touched."""
    with in_memory() as connection:
        for number in range(5):
            entry = Entry("aigul", Act.READ_HOME, 1, number, f"phone {number}")
            write_down(connection, [entry], NOW + timedelta(minutes=number))
        rows = connection.execute(select(audit).order_by(audit.c.id)).mappings()
        return tuple(dict(row) for row in rows)


@given(st.lists(st.lists(ENTRY, max_size=4), max_size=6))
@settings(max_examples=40)
def test_what_is_written_down_is_whole_and_read_back(written: list[list[Entry]]) -> None:
    with in_memory() as connection:
        for number, entries in enumerate(written):
            write_down(connection, entries, NOW + timedelta(seconds=number))
        told = [one for entries in written for one in entries]
        found = read_entries(connection, None, 100)
        assert [(one.who, one.act, one.student, one.detail) for one in found] == [
            (one.who, one.act, one.student, one.detail) for one in told
        ]
        assert check_chain(connection) is None
        about = [one for one in told if one.student == 1]
        assert len(read_entries(connection, 1, 100)) == len(about)
        assert [one.detail for one in read_entries(connection, None, 2)] == [
            one.detail for one in told[-2:]
        ]


CHANGES = {
    "at": NOW + timedelta(days=1),
    "who": "bolat",
    "act": Act.MARK.value,
    "school_id": 2,
    "student_id": 77,
    "detail": "nothing",
    "previous": "f" * 64,
    "hash": "e" * 64,
}


@pytest.mark.parametrize("column", CHANGES)
@pytest.mark.parametrize("place", range(5))
def test_a_change_of_any_word_of_any_entry_is_noticed(column: str, place: int) -> None:
    rows = chain_of_five()
    with in_memory() as connection:
        connection.execute(insert(audit), [dict(row) for row in rows])
        assert check_chain(connection) is None
        number = rows[place]["id"]
        changed = update(audit).where(audit.c.id == number)
        connection.execute(changed.values({column: CHANGES[column]}))
        assert check_chain(connection) == number


@pytest.mark.parametrize("gone", range(4))
def test_an_entry_that_was_taken_out_is_noticed_at_the_next(gone: int) -> None:
    rows = chain_of_five()
    with in_memory() as connection:
        connection.execute(insert(audit), [dict(r) for n, r in enumerate(rows) if n != gone])
        assert check_chain(connection) == rows[gone + 1]["id"]


def test_entries_in_another_order_are_noticed() -> None:
    rows = [dict(row) for row in chain_of_five()]
    rows[1]["id"], rows[2]["id"] = rows[2]["id"], rows[1]["id"]
    with in_memory() as connection:
        connection.execute(insert(audit), rows)
        assert check_chain(connection) == rows[2]["id"]
    assert first_break([]) is None


def test_many_writers_make_one_chain(database: Database) -> None:
    """Two links to the same entry would break the chain, or lose an entry."""

    def write(name: str) -> None:
        for number in range(5):
            with database.write() as connection:
                write_down(connection, [Entry(name, Act.SIGN_IN, detail=str(number))], NOW)

    writers = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    with database.read() as connection:
        assert check_chain(connection) is None
        found = read_entries(connection, None, 100)
    assert len(found) == 20
    for name in {one.who for one in found}:
        assert [one.detail for one in found if one.who == name] == [str(n) for n in range(5)]


def test_an_act_that_is_taken_back_leaves_no_entry(sqlite_database: Database) -> None:
    with pytest.raises(ZeroDivisionError), sqlite_database.write() as connection:  # noqa: PT012
        write_down(connection, [Entry("aigul", Act.MARK)], NOW)
        raise ZeroDivisionError
    with sqlite_database.write() as connection:
        write_down(connection, [], NOW)
        write_down(connection, [Entry("aigul", Act.SIGN_OUT)], NOW)
        assert check_chain(connection) is None
        assert [one.act for one in read_entries(connection, None, 9)] == [Act.SIGN_OUT]


def test_only_what_we_give_out_is_a_token() -> None:
    assert all(sessions.is_token(sessions.new_token()) for _ in range(200))
    for other in ("", "x", "x" * 42, "x" * 44, "x" * 42 + "\n", "қ" * 43, "x" * 42 + "="):
        assert not sessions.is_token(other)
