"""What is known best of a user is read in its order

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_memory_best_known",
        "memory",
        [
            "character_id",
            "user_id",
            sa.text("pinned DESC"),
            sa.text("importance DESC"),
            sa.text("last_reinforced DESC"),
        ],
        postgresql_where=sa.text(
            "status = 'active' AND kind = 'fact' AND realm = 'real' AND about <> 'character'"
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_memory_best_known", table_name="memory")
