"""Updates that wait are found by their age and their chat, however many were handled before.

Revision ID: 0014
Revises: 0013
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLE: Final = "telegram_inbox"
_WAITS: Final[dict[str, Any]] = {
    "sqlite_where": sa.text("done_at IS NULL AND is_dead = 0"),
    "postgresql_where": sa.text("done_at IS NULL AND NOT is_dead"),
}


def upgrade() -> None:
    """Two small indexes take the place of a large one."""
    op.drop_index("ix_telegram_inbox_bot_id_done_at", _TABLE)
    op.create_index("ix_telegram_inbox_waiting", _TABLE, ["bot_id", "id"], **_WAITS)
    columns = ["bot_id", "chat_id", "id"]
    op.create_index("ix_telegram_inbox_waiting_chat", _TABLE, columns, **_WAITS)


def downgrade() -> None:
    """Put the large one back."""
    op.drop_index("ix_telegram_inbox_waiting_chat", _TABLE)
    op.drop_index("ix_telegram_inbox_waiting", _TABLE)
    op.create_index("ix_telegram_inbox_bot_id_done_at", _TABLE, ["bot_id", "done_at"])
