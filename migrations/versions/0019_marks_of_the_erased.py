"""A receipt tells a token from before the erasure

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("erasure_receipt", sa.Column("mark", sa.LargeBinary(), nullable=True))
    op.create_index("ix_erasure_receipt_mark", "erasure_receipt", ["mark"])


def downgrade() -> None:
    op.drop_index("ix_erasure_receipt_mark", table_name="erasure_receipt")
    op.drop_column("erasure_receipt", "mark")
