"""A fresh database for each test, on SQLite and on PostgreSQL, in milliseconds.

The schema is migrated once for a session; a test gets a copy of the file or of the template.
"""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Dialect, Engine, event

from jetkiz.storage.database import Database
from jetkiz.storage.schema import upgrade
from tests.gates import leave_out
from tests.postgres_server import Server, find_binaries, running_server

KINDS = ("sqlite", "postgresql")
# Of each kind the dialect of the first database, and the statements it has put into words.
_words: dict[str, tuple[Dialect, dict[Any, Any]]] = {}


@event.listens_for(Engine, "engine_connect")
def _compile_each_statement_once(connection: Connection) -> None:
    """Let all databases of a kind share the words of statements, as one database does for long.

    Each test has a database of its own, and SQLAlchemy would compile every statement anew for it.
    Engines with options of their own, such as that of the jobs, are left as they are.
    """
    if type(connection.engine) is not Engine:
        return
    first: tuple[Dialect, dict[Any, Any]] = (connection.dialect, {})
    connection.dialect, compiled = _words.setdefault(connection.dialect.name, first)
    connection.execution_options(compiled_cache=compiled)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One server for all tests of this process, started by the first that wants it."""
    try:
        find_binaries()
    except FileNotFoundError:
        leave_out("postgresql")
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """An empty PostgreSQL database that goes when the test ends."""
    yield from _postgres_copy(postgres_server, "template1")


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: Server) -> str:
    """The template whose copies are the databases of the tests."""
    postgres_server.execute("CREATE DATABASE migrated")
    _migrate(postgres_server.url("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file whose copies are the databases of the tests."""
    file = tmp_path_factory.mktemp("migrated") / "jetkiz.sqlite3"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jetkiz.sqlite3'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite file, for tests that are not about the engine."""
    file = tmp_path / "jetkiz.sqlite3"
    shutil.copy(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def migrated_postgres_url(postgres_server: Server, migrated_postgres: str) -> Iterator[str]:
    """The address of a migrated PostgreSQL database, for tests of what only it can do."""
    yield from _postgres_copy(postgres_server, migrated_postgres)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database, on each engine in turn."""
    name = "sqlite_url" if request.param == "sqlite" else "migrated_postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database, on each engine in turn."""
    yield from _opened(database_url)


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A migrated SQLite database, for tests that are not about the engine."""
    yield from _opened(sqlite_url)


def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


def _postgres_copy(server: Server, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")
