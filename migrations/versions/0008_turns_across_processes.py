"""What processes tell each other of turns, and what clients that come back have missed

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTED_FROM_NOUGHT = ("user_read_seq", "character_read_seq", "last_change")


def upgrade() -> None:
    for name in COUNTED_FROM_NOUGHT:
        op.add_column(
            "conversation", sa.Column(name, sa.Integer(), server_default="0", nullable=False)
        )
    op.add_column("conversation", sa.Column("turn_stop_fence", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("change", sa.Integer(), server_default="0", nullable=False))
    op.add_column("message", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_message_change",
        "message",
        ["conversation_id", "change"],
        postgresql_where=sa.text("change > 0"),
    )
    op.create_table(
        "wanted_variant",
        sa.Column("reply_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reply_id"], ["message.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("reply_id"),
    )
    op.create_index(
        op.f("ix_wanted_variant_conversation_id"), "wanted_variant", ["conversation_id"]
    )
    # Reading went up to a number always: the newest that is read says how far.
    op.execute(
        "UPDATE conversation SET user_read_seq = read.by_user, character_read_seq = read.by_character"
        " FROM (SELECT conversation_id,"
        "   coalesce(max(seq) FILTER (WHERE sender_type = 'character'), 0) AS by_user,"
        "   coalesce(max(seq) FILTER (WHERE sender_type = 'user'), 0) AS by_character"
        "   FROM message WHERE status = 'read' GROUP BY conversation_id) AS read"
        " WHERE read.conversation_id = conversation.id"
    )


def downgrade() -> None:
    op.drop_table("wanted_variant")
    op.drop_index("ix_message_change", table_name="message")
    op.drop_column("message", "changed_at")
    op.drop_column("message", "change")
    op.drop_column("conversation", "turn_stop_fence")
    for name in COUNTED_FROM_NOUGHT:
        op.drop_column("conversation", name)
