"""What safety decided of a message, how far a conversation may go, and what a user was told and said

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENTS = (
    ("user_account", "said_minor_at"),
    ("user_account", "talk_began_at"),
    ("user_account", "reminded_at"),
    ("conversation", "told_ai_at"),
)


def upgrade() -> None:
    for table, column in MOMENTS:
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True)))
    op.add_column("conversation", sa.Column("nsfw_level", sa.Integer()))
    # A constant default: no row is written anew, however many there are.
    op.add_column(
        "reply_context",
        sa.Column("decision", postgresql.JSONB(), nullable=False, server_default="{}"),
    )


def downgrade() -> None:
    op.drop_column("reply_context", "decision")
    op.drop_column("conversation", "nsfw_level")
    for table, column in reversed(MOMENTS):
        op.drop_column(table, column)
