"""Which tables exist, and how a database is brought to the version of this program."""

from functools import cache
from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData, String, column, inspect, make_url, select, table

from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.storage.database import Database
from jetkiz.storage.metadata import metadata

# Names, not imports: the storage stands below the subjects whose tables it creates.
TABLE_MODULES = (
    "jetkiz.engine.tables",
    "jetkiz.roster.tables",
    "jetkiz.lessons.tables",
    "jetkiz.delivery.tables",
    "jetkiz.homework.tables",
    "jetkiz.staff.tables",
    "jetkiz.web.tables",
    "scheduler.tables",
    "bot.tables",
    "bot.staff_tables",
    "print_packs.tables",
    "print_packs.postage.tables",
    "print_packs.s10.tables",
    "print_packs.quizzes.tables",
    "print_packs.post.tables",
    "broadcast.tables",
    "broadcast.as_run.tables",
)
MIGRATIONS = Path(__file__).parent.parent / "migrations"
# The engine of jobs keeps its own tables and migrates them itself, also by name.
ENGINE_MIGRATION = "jetkiz.engine.dbos_adapter:migrate"


def all_tables() -> MetaData:
    """Return the tables of every package."""
    for name in TABLE_MODULES:
        import_module(name)
    return metadata


def upgrade(database: Database) -> None:
    """Bring the database to the newest version; running it again changes nothing."""
    from alembic import command  # noqa: PLC0415 - half a second and 10 MB that others never pay
    from alembic.config import Config  # noqa: PLC0415

    with database.reshape() as connection:
        config = Config()
        config.set_main_option("script_location", MIGRATIONS.as_posix())
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    module, _, function = ENGINE_MIGRATION.partition(":")
    getattr(import_module(module), function)(database)


def version(database: Database) -> tuple[str | None, str | None]:
    """Return the version a database has, and the version this program needs."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None, _versions()[-1]
        number = column("version_num", String)
        return connection.scalar(select(number).select_from(table("alembic_version"))), _versions()[
            -1
        ]


def is_known(revision: str) -> bool:
    """Return whether this program knows a version; a newer program's versions are unknown."""
    return revision in _versions()


@cache
def _versions() -> list[str]:
    """Return every version in order: the files are named by them, and the chain is one line."""
    return sorted(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def require_file(url: str) -> None:
    """Refuse a SQLite file that is not there: opening it would make an empty one in its place."""
    if not url.startswith("sqlite"):
        return
    name = make_url(url).database
    file = Path(name or ":memory:")
    if file.name != ":memory:" and not file.exists():
        raise JetkizError(
            N_("There is no school in the folder {folder}."),
            N_("Look at the path again; a new school begins with: jetkiz database upgrade"),
            folder=file.parent,
        )


def require_current(database: Database) -> None:
    """Refuse to work on a database that this program does not fit."""
    have, needed = version(database)
    if have == needed:
        return
    if have is not None and not is_known(have):
        raise newer(have)
    if have is None:
        raise JetkizError(
            N_("There is no school in this database yet."), N_("Run: jetkiz database upgrade")
        )
    raise JetkizError(
        N_("The database is not ready: it has version {have}, this program needs {needed}."),
        N_("Run: jetkiz database upgrade"),
        have=have,
        needed=needed,
    )


def newer(revision: str) -> JetkizError:
    """Return the refusal for a database that a newer program has upgraded."""
    return JetkizError(
        N_("The database was upgraded by a newer Jetkiz (version {have})."),
        N_("Install that newer version, or put a backup from before the upgrade back."),
        have=revision,
    )
