"""How one change of the tables runs: inside the caller's transaction, on both databases."""

from typing import Any

from alembic import context

from jetkiz.storage.schema import all_tables


def _is_ours(_item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    # The engine library keeps its own tables beside ours and migrates them itself.
    return kind != "table" or name in all_tables().tables


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=all_tables(),
    render_as_batch=connection.dialect.name == "sqlite",
    include_object=_is_ours,
    compare_type=True,
)
context.run_migrations()
