"""Accounts of people whom another issuer signs in

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("issuer", sa.String(), nullable=True))
    op.add_column("user_account", sa.Column("external_subject", sa.String(), nullable=True))
    op.create_index(
        "uq_user_account_external_subject",
        "user_account",
        ["issuer", "external_subject"],
        unique=True,
        postgresql_where=sa.text("external_subject IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_user_account_external_subject", "user_account")
    op.drop_column("user_account", "external_subject")
    op.drop_column("user_account", "issuer")
