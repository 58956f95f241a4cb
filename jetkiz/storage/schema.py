"""Which tables exist, and how a database is brought to the version of this program."""

from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from jetkiz.storage.database import Database
from jetkiz.storage.metadata import metadata

# Names, not imports: the storage stands below the subjects whose tables it creates.
TABLE_MODULES = (
    "jetkiz.engine.tables",
    "jetkiz.roster.tables",
    "jetkiz.lessons.tables",
    "jetkiz.delivery.tables",
    "jetkiz.homework.tables",
    "jetkiz.web.tables",
    "scheduler.tables",
    "bot.tables",
    "print_packs.tables",
    "broadcast.tables",
)
# The engine of jobs keeps its own tables and migrates them itself, also by name.
ENGINE_MIGRATION = "jetkiz.engine.dbos_adapter:migrate"


def all_tables() -> MetaData:
    """Return the tables of every package."""
    for name in TABLE_MODULES:
        import_module(name)
    return metadata


def upgrade(database: Database) -> None:
    """Bring the database to the newest version; running it again changes nothing."""
    with database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    module, _, function = ENGINE_MIGRATION.partition(":")
    getattr(import_module(module), function)(database)


def version(database: Database) -> tuple[str | None, str | None]:
    """Return the version a database has, and the version this program needs."""
    needed = ScriptDirectory.from_config(_config()).get_current_head()
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision(), needed


def _config() -> Config:
    config = Config()
    migrations = Path(__file__).parent.parent / "migrations"
    config.set_main_option("script_location", migrations.as_posix())
    return config
