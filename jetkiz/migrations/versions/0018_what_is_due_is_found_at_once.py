"""What is due, a message by its number, and words to be blanked are found without reading all.

Revision ID: 0018
Revises: 0017
"""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_OUTBOX: Final = "telegram_outbox"
_INBOX: Final = "telegram_inbox"
_BY_LANE: Final = "ix_telegram_outbox_bot_id_state_lane_id"
_BY_TURN: Final = "ix_telegram_outbox_bot_id_state_is_held_lane_id"
_BY_NUMBER: Final = "ix_telegram_outbox_bot_id_message_id"
_HELD: Final[dict[str, Any]] = {
    "sqlite_where": sa.text("is_held = 1"),
    "postgresql_where": sa.text("is_held"),
}


def _only(condition: str) -> dict[str, Any]:
    where = sa.text(condition)
    return {"sqlite_where": where, "postgresql_where": where}


def upgrade() -> None:
    """What is held for the end of the night no longer stands among what is ready."""
    op.drop_index(_BY_LANE, _OUTBOX)
    op.create_index(_BY_TURN, _OUTBOX, ["bot_id", "state", "is_held", "lane", "id"])
    columns = ["bot_id", "state", "is_held", "not_before"]
    op.create_index("ix_telegram_outbox_held", _OUTBOX, columns, **_HELD)
    op.create_index(_BY_NUMBER, _OUTBOX, ["bot_id", "message_id"])
    heard = _only("CAST(raw AS VARCHAR) != '{}'")
    said = _only(
        "CAST(payload AS VARCHAR) != '{}' AND "
        """substr(CAST(payload AS VARCHAR), 1, 10) != '{"buttons"'"""
    )
    op.create_index("ix_telegram_outbox_words", _OUTBOX, ["bot_id", "created_at"], **said)
    op.create_index("ix_telegram_inbox_words", _INBOX, ["bot_id", "received_at"], **heard)


def downgrade() -> None:
    """Put the one index back."""
    op.drop_index("ix_telegram_inbox_words", _INBOX)
    op.drop_index("ix_telegram_outbox_words", _OUTBOX)
    op.drop_index(_BY_NUMBER, _OUTBOX)
    op.drop_index("ix_telegram_outbox_held", _OUTBOX)
    op.drop_index(_BY_TURN, _OUTBOX)
    op.create_index(_BY_LANE, _OUTBOX, ["bot_id", "state", "lane", "id"])
