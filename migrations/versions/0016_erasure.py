"""What is held on a user can be exported and erased

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("leaving_at", sa.DateTime(timezone=True)))
    _add_receipts()
    _add_exports()


def _add_receipts() -> None:
    op.create_table(
        "erasure_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("characters", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("conversations", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("deleted", postgresql.JSONB(), nullable=False),
        sa.Column("remaining", postgresql.JSONB(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_erasure_receipt_user",
        "erasure_receipt",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )


def _add_exports() -> None:
    op.create_table(
        "data_export",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("user_id"),
    )
    op.create_index("ix_data_export_begun_at", "data_export", ["begun_at"])
    op.create_table(
        "export_piece",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("notes", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("export_id", "number"),
        sa.ForeignKeyConstraint(["export_id"], ["data_export.id"], ondelete="CASCADE"),
    )
    # Compressed and encrypted already: nothing to gain from trying again.
    op.execute("ALTER TABLE export_piece ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("export_piece")
    op.drop_table("data_export")
    op.drop_table("erasure_receipt")
    op.drop_column("user_account", "leaving_at")
