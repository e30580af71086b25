"""Messages of which the words were forgotten, though they stand in their conversation

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
    # What was forgotten with everything else between the two. The version before this one left no
    # mark at single messages.
    op.execute(
        "UPDATE message SET forgotten_at = now() FROM conversation"
        " WHERE conversation.id = message.conversation_id"
        " AND conversation.forgotten_seq >= message.seq AND conversation.forgotten_seq > 0"
    )


def downgrade() -> None:
    op.drop_column("message", "forgotten_at")
