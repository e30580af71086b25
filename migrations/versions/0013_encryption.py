"""Which key a row is sealed under

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SEALABLE = (
    "message",
    "message_variant",
    "conversation",
    "memory",
    "memory_revision",
    "relationship",
    "reply_context",
)
# A message says in its details whether it is.
SENSITIVE = ("conversation", "memory", "memory_revision", "relationship", "reply_context")


def upgrade() -> None:
    for table in SEALABLE:
        op.add_column(table, sa.Column("key_id", sa.String()))
        op.add_column(table, sa.Column("sealed", sa.LargeBinary()))
        op.create_index(
            f"ix_{table}_key", table, ["key_id"], postgresql_where=sa.text("key_id IS NOT NULL")
        )
    for table in SENSITIVE:
        op.add_column(
            table, sa.Column("sensitive", sa.Boolean(), nullable=False, server_default="false")
        )
    op.create_table(
        "sealing_key",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("pepper", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sealing_key")
    for table in SENSITIVE:
        op.drop_column(table, "sensitive")
    for table in SEALABLE:
        op.drop_index(f"ix_{table}_key", table_name=table)
        op.drop_column(table, "sealed")
        op.drop_column(table, "key_id")
