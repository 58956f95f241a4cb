"""How a transaction begins, ends and survives a power cut, on SQLite and PostgreSQL alike."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_

P = ParamSpec("P")
R = TypeVar("R")

# FULL, because schools lose power: NORMAL may lose the last transactions.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=30000",
    "PRAGMA foreign_keys=ON",
)


class Database:
    """One database address: ``read()`` and ``write()`` give a Connection inside a transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _create_engine(url)
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="database")

    @property
    def is_sqlite(self) -> bool:
        """True on the one-file database of a school."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection whose transaction sees one state and changes nothing."""
        with _plain_errors(self.url), self.engine.connect() as connection:
            # SQLite keeps one state by itself; PostgreSQL would show a new one to each statement.
            if not self.is_sqlite:
                options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                connection.execution_options(**options)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection that commits at the end, or leaves nothing behind on an error.

        On SQLite the write lock is taken at once: a transaction that reads first and
        writes later fails under load in spite of any time-out.
        """
        with _plain_errors(self.url), self.engine.connect() as connection:
            writer = connection.execution_options(jetkiz_write=True)
            with writer.begin():
                yield writer

    @contextmanager
    def reshape(self) -> Iterator[Connection]:
        """Give a connection that may rebuild tables; it commits only if every reference holds.

        SQLite changes a table by writing it anew and dropping the old one, which foreign keys
        forbid; they can be switched off only outside of a transaction.
        """
        with _plain_errors(self.url), self.engine.connect() as connection:
            if self.is_sqlite:
                _switch_references(connection, on=False)
            try:
                writer = connection.execution_options(jetkiz_write=True)
                with writer.begin():
                    yield writer
                    if self.is_sqlite:
                        _require_references(writer)
            finally:
                if self.is_sqlite:
                    _switch_references(connection, on=True)

    async def run(
        self, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a sync function inside a write transaction in a thread, for async shells."""

        def work() -> R:
            with self.write() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def look(
        self, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a sync function inside a read transaction in a thread, for async shells."""

        def work() -> R:
            with self.read() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Give every connection and thread back."""
        self._threads.shutdown(wait=True)
        self.engine.dispose()


def _create_engine(url: str) -> Engine:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise JetkizError(
            N_("The database address {url} cannot be understood."),
            N_(
                "Leave database_url empty for SQLite, or write "
                "postgresql://user:password@host/database."
            ),
            url=url,
        ) from error
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(url, address.database)
    if address.get_backend_name() != "postgresql":
        raise _unknown_kind(address.get_backend_name())
    try:
        return create_engine(
            address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
        )
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise JetkizError(
            N_("PostgreSQL needs the package psycopg, which is not installed."),
            N_("Install it with: pip install 'jetkiz[postgres]'."),
        ) from error


def _unknown_kind(kind: str) -> JetkizError:
    return JetkizError(
        N_("Jetkiz keeps its data in SQLite or PostgreSQL, not in {kind}."),
        N_("Write an address that begins with sqlite:/// or postgresql://."),
        kind=kind,
    )


def _sqlite_engine(url: str, file: str | None) -> Engine:
    if not file or file == ":memory:":
        raise JetkizError(
            N_("The database address {url} names no file: everything would be lost at the end."),
            N_("Leave database_url empty, or write sqlite:/// and the path of a file."),
            url=url,
        )
    _make_folder(Path(file).parent)
    # Names and addresses of children are parameters: they must not stand in any log.
    engine = create_engine(url, connect_args={"timeout": 30}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JetkizError(
            N_("The folder {folder} for the database cannot be made: {reason}."),
            N_("Choose another folder with the setting data, or ask for the right to write there."),
            folder=folder,
            reason=error.strerror,
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # Our own BEGIN decides between reading and writing; the driver must not start its own.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("jetkiz_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _switch_references(connection: Connection, *, on: bool) -> None:
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _require_references(connection: Connection) -> None:
    row = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if row:
        raise JetkizError(
            N_("Rows of the table {table} would point to rows that are not there."),
            N_("Nothing was changed. Run: jetkiz database check, and report this."),
            table=row[0],
        )


class DamagedError(JetkizError):
    """The file is a broken database, or none at all."""


def is_passing(error: BaseException) -> bool:
    """Say whether a failure is the database's own: busy, full, away, or two steps that crossed.

    What was to be written has done nothing wrong, and goes well when it is tried later.
    """
    if isinstance(error, JetkizError):
        return isinstance(error.__cause__, DatabaseError | sqlite3.DatabaseError)
    return isinstance(error, OperationalError) and not isinstance(error.orig, sqlite3.Error)


@contextmanager
def _plain_errors(url: str) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, sqlite3.DatabaseError) as error:
        plain = _in_words(url, error)
        if plain is None:
            raise
        raise plain from error


def _in_words(url: str, error: DatabaseError | sqlite3.DatabaseError) -> JetkizError | None:
    """Return what a person can do about it; None for a fault of our own."""
    cause = error if isinstance(error, sqlite3.DatabaseError) else error.orig
    reason = (str(cause).strip().splitlines() or [""])[0]
    if isinstance(cause, sqlite3.Error):
        return _sqlite_in_words(url, cause, reason)
    if isinstance(error, OperationalError):
        if "disk" in reason or "space" in reason.lower():
            return _disk_full(reason)
        # Without a statement there was no connection yet: no such host, or it does not run.
        if error.statement is None or error.connection_invalidated or "connect" in reason.lower():
            return _unreachable(url, reason)
    return None


def _sqlite_in_words(url: str, cause: sqlite3.Error, reason: str) -> JetkizError | None:
    # The low byte is the kind; SQLite puts details above it.
    kind = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if kind in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return _disk_full(reason)
    if kind in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return JetkizError(
            N_("The database file {file} cannot be opened or written: {reason}."),
            N_(
                "Check that the file and its folder may be written to by you, and that the disk "
                "or stick is not write-protected. Nothing was changed."
            ),
            file=make_url(url).database,
            reason=reason,
        )
    if kind in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return DamagedError(
            N_("The database is damaged: {reason}."),
            N_("Stop Jetkiz and put the last copy back: jetkiz database restore COPY"),
            reason=reason,
        )
    if kind in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return JetkizError(
            N_("Another program has kept the database busy for half a minute."),
            N_("Nothing was saved. Wait until the other step has ended, and repeat this one."),
        )
    return None


def _disk_full(reason: str) -> JetkizError:
    return JetkizError(
        N_("The disk is full or broken; the last step was not saved ({reason})."),
        N_("Free some space and repeat the step: everything before it is safe."),
        reason=reason,
    )


def _unreachable(url: str, reason: str) -> JetkizError:
    shown = make_url(url).render_as_string(hide_password=True)
    return JetkizError(
        N_("The database {url} cannot be reached: {reason}."),
        N_("Check the address, that the database runs, and the user and password."),
        url=shown,
        reason=reason,
    )
