"""Pictures of characters, and the other files that come with their cards

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("character", sa.Column("picture_path", sa.String(), nullable=True))
    op.create_table(
        "character_file",
        sa.Column("character_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("character_id", "path"),
        sa.ForeignKeyConstraint(["character_id"], ["character.id"], ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("character_file")
    op.drop_column("character", "picture_path")
